"""Remove what has been kept for the terms that the municipality set, and files that belong to nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from audits import errors, roles
from audits.store.db import connection, schema
from audits.store.photos import erasure
from audits.store.register import municipal_choices
from audits.store.surveys import drafts

PHOTO_MONTHS, REFUSED_MONTHS, DRAFT_MONTHS = TERMS = municipal_choices.TERMS
LONGEST_MONTHS = 1200
# longer than any upload lasts, so that a file being written is left alone
LEFT_OVER_AFTER = dt.timedelta(days=1)
REASON = "kept {months} months, as the municipality set"

NO_TERM = errors.ProblemKind("STORE-591", "Give whole months from 1 to {most}, or nothing to keep without an end.")


@dataclass(frozen=True)
class Due:
    """What is to be removed.

    Photos past their term, by name (their rows and the reason stay); files of erased photos that are here again;
    unreadable files and drafts past their terms; half-written files and photos without a row older than a day.
    """

    photos: tuple[str, ...]
    back: tuple[str, ...]
    refused: tuple[Path, ...]
    drafts: tuple[str, ...]
    left_over: tuple[Path, ...]

    def __len__(self) -> int:
        return sum(len(part) for part in (self.photos, self.back, self.refused, self.drafts, self.left_over))


def set_term(store: connection.Store, name: str, months: str, actor: str, at: dt.datetime | None = None) -> None:
    """Set for how many months one kind of thing is kept; the empty text keeps it forever.

    Raises
    ------
    audits.errors.RefusedError
        For anything but whole months.
    audits.errors.NotAllowedError
        When this role may not choose for everybody.
    """
    written = months.strip()
    # isdigit alone lets a superscript through, at which int raises
    if written and not (written.isascii() and written.isdigit() and 0 < int(written) <= LONGEST_MONTHS):
        raise errors.RefusedError((NO_TERM.at(name, most=LONGEST_MONTHS),))
    municipal_choices.choose(store, name, written, actor, at)


def terms(store: connection.Store) -> dict[str, int | None]:
    """Return the months of each of :data:`TERMS`; None keeps forever."""
    chosen = municipal_choices.every(store)
    return {name: int(chosen[name]) if chosen.get(name) else None for name in TERMS}


def due(store: connection.Store, now: dt.datetime) -> Due:
    """Return the items that :func:`sweep` would remove at an instant; the term of a photo runs from its arrival."""
    months = terms(store)
    place = store.workspace
    gone = set(erasure.every(store))
    return Due(
        photos=_old_photos(store, _before(now, months[PHOTO_MONTHS]), gone),
        back=erasure.returned(store),
        refused=_older(sorted(place.refused_folder.glob("*.bin")), _before(now, months[REFUSED_MONTHS])),
        drafts=_old_drafts(store, _before(now, months[DRAFT_MONTHS])),
        left_over=_left_over(store, now - LEFT_OVER_AFTER),
    )


def sweep(store: connection.Store, actor: str, now: dt.datetime) -> Due:
    """Remove what is due, and return it.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not erase.
    """
    roles.require(store.role, erasure.ACTION)
    found = due(store, now)
    reason = REASON.format(months=terms(store)[PHOTO_MONTHS])
    for name in found.photos:
        # A blurred copy may have been erased with its original.
        if erasure.find(store, name) is None:
            erasure.erase(store, name, reason, actor, now)
    # also what an interrupted erasure or a restored backup has left
    erasure.finish(store)
    for path in (*found.refused, *found.left_over):
        path.unlink(missing_ok=True)
    for key in found.drafts:
        drafts.discard(store.workspace, key)
    return found


def _before(now: dt.datetime, months: int | None) -> dt.datetime | None:
    # calendar months: six before 31 August is the last day of February
    return None if months is None else (pd.Timestamp(now) - pd.DateOffset(months=months)).to_pydatetime()


def _old_photos(store: connection.Store, before: dt.datetime | None, gone: set[str]) -> tuple[str, ...]:
    if before is None:
        return ()
    columns = schema.photo.c
    query = sa.select(columns.sha256).where(columns.kept_at < before).order_by(columns.fid)
    with connection.reading(store) as records:
        return tuple(name for name in records.execute(query).scalars() if name not in gone)


def _old_drafts(store: connection.Store, before: dt.datetime | None) -> tuple[str, ...]:
    if before is None or not store.workspace.drafts_path.is_file():
        return ()
    return drafts.untouched_since(store.workspace, before)


def _left_over(store: connection.Store, before: dt.datetime) -> tuple[Path, ...]:
    place = store.workspace
    halves = [path for folder in (place.photos_folder, place.refused_folder) for path in folder.rglob(".*.part")]
    with connection.reading(store) as records:
        known = set(records.execute(sa.select(schema.photo.c.sha256)).scalars())
    unknown = [path for path in place.photos_folder.rglob("*.jpg") if path.stem not in known]
    return _older(sorted([*halves, *unknown]), before)


def _older(paths: list[Path], before: dt.datetime | None) -> tuple[Path, ...]:
    if before is None:
        return ()
    # by the time of the file: these have no row that says when they came
    return tuple(path for path in paths if path.is_file() and path.stat().st_mtime < before.timestamp())
