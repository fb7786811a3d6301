"""What people wrote stands on every page letter by letter: no Markdown, no HTML, no link, no picture."""

from __future__ import annotations

import dataclasses
import html
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from app_pages.session import cache, page_roles, plain_text
from audits import roles
from audits.store import town
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from audits.store.register import changes
from audits.store.surveys import quarantine, read, reviews, submit
from tests import hostile
from tests.app_pages import opening

ALL = " ¶ ".join(" ".join(text.split()) for text in hostile.TEXTS)
# a page that escapes does not hold these any more
IN_MARKDOWN = tuple(text for text in hostile.TEXTS if text not in plain_text.literal(ALL))
IN_HTML = tuple(text for text in hostile.TEXTS if html.escape(text, quote=False) != text)
SITE = "KK-001"
PAGES = sorted({page for role in page_roles.MENU_OF for page in page_roles.pages(role)})
# Streamlit shows these without reading Markdown in them
PLAIN_FIELDS = {
    "id",
    "element_id",
    "value",
    "raw_value",
    "raw_values",
    "default",
    "key",
    "placeholder",
    "url",
    "query_string",
}
PLAIN_TYPES = {
    "selectbox": {"options"},
    "multiselect": {"options"},
    "arrow_data_frame": None,
    "component_instance": None,
}


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record in which every name and note holds every text."""
    place = workspace.Workspace(
        Path(shutil.copytree(demonstration_folder / "demonstration", tmp_path_factory.mktemp("hostile") / "workspace"))
    )
    with connection.open_store(place) as store:
        town.choose(store, ALL, ALL, "102.7,16.3,103.0,16.6", "it")
        for code in (SITE, "KK-002", "SP-001"):
            names = {"name_th": ALL, "name_en": ALL, "street_th": ALL, "street_en": ALL}
            changes.change_site(store, code, names, ALL, ALL)
        for element_id in read.elements(store).query("site_code == @SITE").index:
            changes.change_element(store, element_id, {"label": ALL}, ALL, ALL)
        visits = read.surveys(store).query("site_code == @SITE")
        last = read.survey(
            store, str(visits.index[-1] if visits.index.name == "survey_id" else visits["survey_id"].iloc[-1])
        )
        for number in range(2):
            one = dataclasses.replace(last, survey_id=f"uuid:{number}", surveyor=ALL, note=ALL, supersedes=None)
            submit.submit(store, one, ALL)
        reviews.give_back(store, "uuid:1", ALL, {}, ALL)
        held = [quarantine.HeldRow(1, ALL, (ALL,))]
        quarantine.hold(store, ALL, "0" * 64, ALL, held, 0)
        accounts.add(store, "somchai", roles.ENGINEER, "it", ALL)
    return place.folder


@pytest.fixture(autouse=True)
def _reader(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(workspace.ENVIRONMENT_KEY, str(folder))
    cache.open_store.clear()
    yield
    cache.open_store.clear()


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, Block):
        yield node
        for child in node.children.values():
            yield from _nodes(child)
    elif isinstance(node, Element):
        yield node


def _texts(message: Any) -> Iterator[tuple[str, str]]:
    """Yield every text of a protocol message with the name of its field."""
    for field, value in message.ListFields():
        for one in [value] if isinstance(value, str) or hasattr(value, "ListFields") else _many(value):
            if isinstance(one, str):
                yield field.name, one
            elif hasattr(one, "ListFields"):
                yield from _texts(one)


def _many(value: Any) -> list[Any]:
    if hasattr(value, "values"):
        return list(value.values())
    return list(value) if hasattr(value, "__iter__") and not isinstance(value, bytes) else []


def faults(app: AppTest) -> set[str]:
    """Return the texts that a page would render as something else, with the element that does."""
    found = set()
    for node in _nodes(app._tree.main):
        if node.proto is None or not hasattr(node.proto, "ListFields"):
            continue
        plain = PLAIN_TYPES.get(node.type, set())
        if plain is None:
            continue
        for name, text in _texts(node.proto):
            if name in PLAIN_FIELDS | plain:
                continue
            is_html = node.type == "html" or getattr(node.proto, "allow_html", False)
            if is_html:
                found |= {f"{node.type}.{name}: {one}" for one in IN_HTML if one in text}
            if not is_html or node.type == "markdown":
                shown = " ".join(text.split())
                found |= {f"{node.type}.{name}: {one}" for one in IN_MARKDOWN if one in shown}
                if shown.startswith(hostile.TEXTS[0]):
                    found.add(f"{node.type}.{name}: a block")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_every_name_and_note_letter_by_letter(page: str) -> None:
    app = opening.opened(f"{page}.py", lang="en", site=SITE)
    assert not app.exception
    assert faults(app) == set()
