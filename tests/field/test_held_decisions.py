"""A held record whose site nobody can tell is settled by saying the site, or by a reason why it is not needed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from audits import errors, roles
from audits.field import answers, held_decisions, held_twins
from audits.field.kit import store as kit_store
from audits.field.tables import import_receipts, importing, profile
from audits.rules import model
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import quarantine, read, submit
from tests.field import sent

HEADER = "รหัสจุด,วันที่สำรวจ,ผู้สำรวจ,ความกว้างสุทธิ (ซม.)"
MISTYPED = "KK-0001,2/3/2569,สมชาย,90"
TODAY = dt.date(2026, 3, 2)
PROFILE = """
name: other office
site: {code: PLACE}
element: {kind: ramp}
surveyed_on: {column: DAY, format: "%d.%m.%Y"}
surveyor: {constant: somchai}
columns:
  WIDTH: {quantity: clear_width_mm, unit: cm}
"""


def bring(
    store: connection.Store,
    book: model.Criteria,
    *rows: str,
    header: str = HEADER,
    chosen: profile.Profile | None = None,
) -> import_receipts.ImportReceipt:
    content = "\n".join((header, *rows)).encode()
    register = read.sites(store), read.elements(store)
    seen = importing.preview(content, "visits.csv", book, *register, TODAY, chosen)
    return importing.commit(store, seen, "somchai", sent.ENGLISH, sent.ARRIVAL)


def the_one(store: connection.Store, **about: object) -> held_decisions.Waiting:
    (row,) = held_decisions.waiting(store, **about)  # type: ignore[arg-type]
    return row


def settled(store: connection.Store) -> list[tuple[str, str]]:
    held = quarantine.held_rows(store)
    return list(zip(held["decision"], held["decision_note"], strict=True))


def test_the_card_of_a_mistyped_row_names_what_was_written(store: connection.Store, book: model.Criteria) -> None:
    bring(store, book, MISTYPED)
    row = the_one(store)
    assert (row.needs_a_site, row.line) == (True, 2)
    assert row.site({"KK-001": "Station"}, sent.ENGLISH) == "“KK-0001” as written, which is not in the register"
    assert held_decisions.waiting(store, {"somying"}) == []


def test_a_row_is_taken_in_at_the_site_that_is_said(store: connection.Store, book: model.Criteria) -> None:
    bring(store, book, MISTYPED)
    done = held_decisions.assign_site(store, the_one(store), "KK-001", "somchai", book, sent.ENGLISH, at=sent.ARRIVAL)
    (visit,) = read.surveys(store).to_dict("records")
    assert (done.number, done.problems) == (visit["receipt_number"], ())
    assert (visit["site_code"], visit["surveyor"]) == ("KK-001", "สมชาย")
    assert settled(store) == [(quarantine.TAKEN_IN, visit["survey_id"])]
    assert verify.verify(store).problems == ()
    again = bring(store, book, MISTYPED.replace("0001", "001"))
    assert (again.surveys_accepted, again.surveys_same) == (0, 1), "the corrected row is the same survey"


def test_a_row_whose_visit_came_in_put_right_is_settled_by_it(store: connection.Store, book: model.Criteria) -> None:
    bring(store, book, MISTYPED.replace(",90", ",กว้าง"))
    bring(store, book, MISTYPED.replace("0001", "001"))
    assert settled(store) == [("", "")]
    held_decisions.assign_site(store, the_one(store), "KK-001", "somchai", book, sent.ENGLISH)
    assert settled(store) == [(quarantine.TAKEN_IN, read.surveys(store)["survey_id"].iloc[0])]


def test_a_row_with_another_fault_is_held_again_under_its_site_and_then_settled_by_the_corrected_one(
    store: connection.Store, book: model.Criteria
) -> None:
    bring(store, book, *[",,,"] * 3, MISTYPED.replace(",90", ",กว้าง"))
    done = held_decisions.assign_site(store, the_one(store), "KK-001", "somchai", book, sent.ENGLISH, at=sent.ARRIVAL)
    assert [problem.where for problem in done.problems] == ["row 5, ความกว้างสุทธิ (ซม.)"]
    row = the_one(store)
    assert (row.about.site_code, row.names_a_site, row.line) == ("KK-001", True, 5)
    bring(store, book, MISTYPED.replace("0001", "001"))
    assert [decision for decision, _ in settled(store)] == [quarantine.DISMISSED, quarantine.TAKEN_IN]
    assert "KK-001" in settled(store)[0][1]


def test_a_technician_decides_on_what_he_brought_and_on_nothing_else(
    store: connection.Store, book: model.Criteria
) -> None:
    bring(store, book, MISTYPED, "KK-0002,2/3/2569,สมชาย,95")
    first, second = held_decisions.waiting(store)
    hers = store.for_role(roles.TECHNICIAN)
    with pytest.raises(errors.NotAllowedError):
        held_decisions.dismiss(hers, first, "measured twice", "somying", own={"somying"})
    with pytest.raises(errors.NotAllowedError):
        held_decisions.assign_site(hers, second, "KK-001", "somying", book, sent.ENGLISH, own={"somying"})
    with pytest.raises(errors.RefusedError, match="Say why"):
        held_decisions.dismiss(hers, first, " ", "somchai", own={"somchai"})
    with pytest.raises(errors.RefusedError, match="not in the register"):
        held_decisions.assign_site(hers, first, "KK-0001", "somchai", book, sent.ENGLISH, own={"somchai"})
    held_decisions.dismiss(hers, first, "measured twice", "somchai", own={"somchai"})
    held_decisions.assign_site(hers, second, "KK-001", "somchai", book, sent.ENGLISH, own={"somchai"}, at=sent.ARRIVAL)
    assert [decision for decision, _ in settled(store)] == [quarantine.DISMISSED, quarantine.TAKEN_IN]
    assert settled(store)[0][1] == "measured twice"
    assert verify.verify(store).problems == ()


def test_a_record_of_the_kit_is_moved_with_its_things(store: connection.Store, book: model.Criteria) -> None:
    record = {
        **{
            "jaidee_record": 1,
            "survey_id": "uuid:1",
            "site_code": "KK-0001",
            "surveyor": "สมชาย",
            "form_version": "v1",
        },
        **{"observed_at": sent.MORNING.isoformat(), "workspace": kit_store.workspace_id(store)},
        "answers": {"KK-0001.ramp.1": {"clear_width_mm": {"texts": ["90 cm"]}}},
    }
    problem = answers.PART_MISSING.at("KK-0001.ramp.1, clear_width_mm")
    sent.receive(store, sent.arrival(None, raw=json.dumps(record, ensure_ascii=False), problems=(problem,)))
    held_decisions.assign_site(store, the_one(store), "KK-001", "engineer", book, sent.ENGLISH, at=sent.ARRIVAL)
    assert read.measurements(store)[["element_id", "value"]].values.tolist() == [["KK-001.ramp.1", 900.0]]
    assert kit_store.states(store, ["uuid:1"])["uuid:1"]["state"] == kit_store.ACCEPTED


def test_why_a_conflict_is_held_stands_in_the_readers_language(store: connection.Store) -> None:
    submit.submit(store, sent.visit(), "somchai")
    assert submit.submit(store, sent.visit(note="other"), "somchai").outcome == "conflict"
    row = the_one(store)
    thai, english = (" ".join(row.reasons_in(words)) for words in (sent.THAI, sent.ENGLISH))
    assert english == held_decisions.SAME_NUMBER
    assert "เก็บไว้ทั้งสองฉบับ" in thai
    assert "uuid" not in thai


def test_a_record_that_cannot_be_moved_says_what_to_do(store: connection.Store, book: model.Criteria) -> None:
    sent.receive(store, sent.arrival(None, raw='{"xml": "<data/>"}', problems=(answers.PART_MISSING.at("x"),)))
    with pytest.raises(errors.RefusedError, match="Quick entry"):
        held_decisions.assign_site(store, the_one(store), "KK-001", "engineer", book, sent.ENGLISH)


def test_a_row_read_with_a_profile_is_known_by_it(store: connection.Store, book: model.Criteria) -> None:
    chosen = profile.read(PROFILE, book)
    wrong, right = "KK-001,2.3.2026,wide", "KK-001,2.3.2026,90"
    bring(store, book, wrong, header="PLACE,DAY,WIDTH", chosen=chosen)
    assert the_one(store).about == held_twins.HeldVisit(), "a profile that nobody kept explains nothing later"
    bring(store, book, right, header="PLACE,DAY,WIDTH", chosen=chosen)
    assert [decision for decision, _ in settled(store)] == [quarantine.TAKEN_IN]


def test_a_row_read_with_a_kept_profile_is_settled_by_any_channel(
    store: connection.Store, book: model.Criteria
) -> None:
    folder: Path = store.workspace.profiles_folder
    profile.save(folder, profile.read(PROFILE, book).content, book)
    chosen = profile.load(folder / "other office.yaml", book)
    bring(store, book, "KK-0001,2.3.2026,90", "KK-001,2.3.2026,wide", header="PLACE,DAY,WIDTH", chosen=chosen)
    mistyped, faulty = held_decisions.waiting(store)
    assert (mistyped.about.site_code, mistyped.needs_a_site, faulty.needs_a_site) == ("KK-0001", True, False)
    sent.receive(store, sent.visit("uuid:web", surveyor="somchai"))
    assert [decision for decision, _ in settled(store)] == ["", quarantine.TAKEN_IN]
    held_decisions.assign_site(store, mistyped, "SP-001", "engineer", book, sent.ENGLISH, at=sent.ARRIVAL)
    assert [decision for decision, _ in settled(store)] == [quarantine.TAKEN_IN] * 2
