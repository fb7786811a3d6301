"""Show photos as evidence, and in the place of an erased one its date and the reason."""

from __future__ import annotations

import base64
from pathlib import Path

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.session import plain_text
from audits import errors, terms
from audits.formats import templates
from audits.store.db import connection
from audits.store.photos import photos

TEMPLATE = Path(__file__).parent / "photo.html.j2"


def label(context: session.Context, row: pd.Series) -> str:
    """Return the caption of a photo or, without one, what it was taken of and when.

    Parameters
    ----------
    context
        Reader and criteria.
    row
        Of :func:`audits.store.surveys.read.photos`.
    """
    if row["caption"]:
        return str(row["caption"])
    quantity = context.criteria.quantities.get(row["quantity"])
    parts = (_of(context, row), *([context.words.name(quantity.name)] if quantity else []))
    taken = context.words.text("Photo of {element}", element=", ".join(parts))
    return f"{taken} · {context.words.instant(row['observed_at'])}"


def _of(context: session.Context, row: pd.Series) -> str:
    name = str(row["element_id"])
    return terms.element(name).write(context.words) if name else str(row["site_code"])


def show(context: session.Context, sha256: str, label: str) -> None:
    """Show a photo inside the page: an address of its own could be passed on to people without an account."""
    content = base64.b64encode(photos.content(context.store, sha256)).decode()
    st.html(templates.render(TEMPLATE, label=label, content=content, small=False))


def show_small(context: session.Context, sha256: str, label: str) -> None:
    """Show a photo small; its label alone where it cannot be shown, as when it was erased meanwhile."""
    try:
        content = base64.b64encode(_thumbnail(context.store, sha256)).decode()
    except errors.StoreError:
        st.write(plain_text.literal(label))
        return
    st.html(templates.render(TEMPLATE, label=label, content=content, small=True))


# a photo that is erased leaves the memory of every process within ten minutes too
@st.cache_data(max_entries=64, ttl=600, show_spinner=False)
def _thumbnail(_store: connection.Store, sha256: str) -> bytes:
    return photos.thumbnail(_store, sha256)


def show_erased(context: session.Context, kept: pd.DataFrame) -> pd.DataFrame:
    """Show the date and the reason of each erased photo, and return those that are kept.

    Parameters
    ----------
    context
        Reader and workspace.
    kept
        From :func:`audits.store.surveys.read.photos`.
    """
    words = context.words
    erased = kept["erased_because"] != ""
    for _, row in kept.loc[erased].iterrows():
        of = {"element": _of(context, row), "day": words.instant(row["erased_at"])}
        st.write(
            words.text(
                "A photo of {element} was erased on {day} because: {reason}",
                **of,
                reason=plain_text.literal(row["erased_because"]),
            )
        )
    return kept.loc[~erased]
