"""Answer the offline kit: which photos are here, and what became of its records."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from audits.field import answer_sheet, doubts
from audits.field.kit import record as kit_record
from audits.formats import cells
from audits.rules import model
from audits.store.accounts import accounts
from audits.store.db import connection, schema
from audits.store.photos import photos
from audits.store.surveys import attaching, quarantine, read, reviews

MOST_RETURNED = 50

# The phone fills in its own units; every figure of a correction carries one.
_OF_THE_PHONE = ("carried", "length_unit", "slope_unit", "slopes_by_rise")

UNKNOWN, ACCEPTED, HELD, RETURNED, DISMISSED = "unknown", "accepted", "held", "returned", "dismissed"


def workspace_id(store: connection.Store) -> str:
    """Return a short name of this workspace that no other has and that a restored backup keeps."""
    with connection.reading(store) as records:
        rows = {str(row.key): str(row.value) for row in records.execute(schema.workspace.select())}
    return hashlib.sha256(f"{rows['kind']} {rows['created_at']}".encode()).hexdigest()[:16]


def photos_here(store: connection.Store, sent_sha256s: Sequence[str]) -> list[str]:
    """Return those photos, named by the bytes that the phone sent, whose file is here and whole, or was erased."""
    kept = {name: photos.sent_before(store, name) for name in sent_sha256s}
    # A row is not enough before a phone deletes its copy; of an erased photo there must be no copy.
    return [name for name, photo in kept.items() if photo is not None and photos.is_settled(store, photo.sha256)]


def states(store: connection.Store, survey_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the state of records by their ids, as plain JSON.

    Returns
    -------
    dict
        For each id ``state``, one of the words of this module; once taken in also ``number``, ``review``, ``note``,
        ``answer_notes`` (by ``element|quantity``), ``photos`` (what is to be photographed again; None where the words
        of the notes say it), ``reviewed_by``, ``superseded_by``, ``missing_photos``; while held,
        or dismissed, ``problems`` in the words in which they were kept.
    """
    surveys = read.surveys(store)
    mine = surveys.loc[surveys["survey_id"].isin(survey_ids)]
    awaited = attaching.missing(store)
    found = {
        str(row["survey_id"]): _taken_in(
            store, row.to_dict(), awaited.loc[awaited["survey_id"] == row["survey_id"], "name"]
        )
        for _, row in mine.iterrows()
    }
    found |= _held(store, set(survey_ids) - set(found), surveys)
    return {survey_id: found.get(survey_id, {"state": UNKNOWN}) for survey_id in survey_ids}


def returned(store: connection.Store, criteria: model.Criteria) -> list[dict[str, Any]]:
    """Return the surveys that an engineer returned and nobody has corrected, whoever made them, for any phone.

    Returns
    -------
    list of dict
        The last returned first: what the kit keeps of a record of its own, with the answers as ``sheet``, and with
        ``state`` and ``review`` as its own questions would set them.
    """
    back = read.standing(read.surveys(store)).loc[lambda kept: kept["review"] == reviews.RETURNED]
    last = back.sort_values("reviewed_at", ascending=False).head(MOST_RETURNED)
    return [_record(store, row.to_dict(), criteria) for _, row in last.iterrows()]


def _record(store: connection.Store, row: Mapping[Any, Any], criteria: model.Criteria) -> dict[str, Any]:
    survey_id, known = str(row["survey_id"]), _taken_in(store, row, ())
    earlier = read.survey_with_photos(store, survey_id)
    sheet = dataclasses.asdict(answer_sheet.correcting(earlier, criteria, survey_id))
    kept = {name: value for name, value in sheet.items() if name not in _OF_THE_PHONE}
    review = {"decision": known["review"], "note": known["note"], "by": known["reviewed_by"]}
    kept["answers"] = {element: dict(_asked(answers, criteria)) for element, answers in sheet["answers"].items()}
    return {
        # a version only orders what one phone makes, which has nothing of this survey yet
        **{"survey_id": survey_id, "root_id": earlier.root_id or survey_id, "version": 1},
        **{"site_code": earlier.site_code, "finished_at": earlier.observed_at.isoformat()},
        **{"state": known["state"], "number": known["number"]},
        "sheet": {**kept, "supersedes": earlier.supersedes},
        "review": {**review, "answers": known["answer_notes"], "photos": known["photos"]},
    }


def _asked(answers: Mapping[str, Any], criteria: model.Criteria) -> Iterator[tuple[str, Any]]:
    """Yield the answers that are still asked for; a figure that stands in the record is not doubted once more."""
    for name, answer in answers.items():
        quantity = criteria.quantities.get(name)
        if quantity is None:
            continue
        doubtful = quantity.unit == "percent" or quantity.unit in cells.MILLIMETRES
        yield name, {**answer, "texts": [doubts.confirmed(one) if doubtful else one for one in answer["texts"]]}


def _taken_in(store: connection.Store, row: Mapping[Any, Any], missing: Iterable[str]) -> dict[str, Any]:
    notes, again = reviews.asked_for(row["answer_notes"])
    return {
        "state": RETURNED if row["review"] == "returned" and not row["superseded_by"] else ACCEPTED,
        "number": int(row["receipt_number"]),
        "review": row["review"],
        "note": row["review_note"],
        # What is only to be photographed has an empty note, so that it is listed like any other.
        "answer_notes": {place: "" for place in sorted(again or ()) if place != reviews.WHOLE} | notes,
        "photos": None if again is None else sorted(again),
        "reviewed_by": accounts.display_name(store, row["reviewed_by"]),
        "superseded_by": row["superseded_by"],
        "missing_photos": sorted(missing),
    }


def _held(store: connection.Store, wanted: Collection[str], surveys: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the last held row of each record that was not taken in; one that came in put right is that survey."""
    found: dict[str, dict[str, Any]] = {}
    # oldest first: a record that is held once more is held for other reasons, and those are the ones to tell
    for _, row in quarantine.held_rows(store).iterrows() if wanted else ():
        survey_id = str((kit_record.parsed(row["raw"]) or {}).get("survey_id"))
        twin = surveys.loc[surveys["survey_id"] == row["decision_note"]]
        if survey_id in wanted and row["decision"] == quarantine.TAKEN_IN and not twin.empty:
            found[survey_id] = _taken_in(store, twin.iloc[0].to_dict(), ())
        elif survey_id in wanted:
            dismissed = row["decision"] == quarantine.DISMISSED
            problems = [row["decision_note"]] if dismissed else list(row["reasons"])
            found[survey_id] = {"state": DISMISSED if dismissed else HELD, "problems": problems}
    return found
