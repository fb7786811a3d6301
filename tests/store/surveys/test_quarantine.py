import datetime as dt
import json

import pytest

from audits import errors
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import quarantine, read

MOMENT = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
ROWS = (
    quarantine.HeldRow(3, '{"code": "KK-900"}', ("the site is unknown", "the date is in the future")),
    quarantine.HeldRow(7, '{"code": ""}', ("the code is empty",)),
)


def test_a_refused_row_is_kept_with_its_reasons(store: connection.Store) -> None:
    batch = quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    held = quarantine.held_rows(store)
    assert held["line"].tolist() == [3, 7]
    assert held["batch_id"].tolist() == [batch, batch]
    assert held["reasons"].tolist() == [row.reasons for row in ROWS]
    assert held["raw"].tolist() == [row.raw for row in ROWS]
    assert held.loc[0, "file_name"] == "list.csv"


def test_the_same_file_again_is_held_once(store: connection.Store) -> None:
    first = quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    head = read.head(store)
    assert quarantine.hold(store, "copy of list.csv", "a" * 64, "somying", ROWS, 0) == first
    assert len(quarantine.held_rows(store)) == 2
    assert read.head(store) == head


def test_a_line_that_was_not_held_before_joins_its_batch(store: connection.Store) -> None:
    first = quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS[:1], 12)
    assert quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 0) == first
    assert quarantine.held_rows(store)["line"].tolist() == [3, 7]
    assert verify.verify(store).problems == ()


def test_a_file_without_refused_rows_is_recorded_too(store: connection.Store) -> None:
    before = read.head(store).sequence
    quarantine.hold(store, "list.csv", "a" * 64, "somying", (), 12)
    assert read.head(store).sequence == before + 1
    assert quarantine.held_rows(store).empty


def test_two_rows_of_one_line_are_a_mistake_of_the_program_and_nothing_is_kept(store: connection.Store) -> None:
    with pytest.raises(errors.StoreError):
        quarantine.hold(store, "list.csv", "a" * 64, "somying", (ROWS[0], ROWS[0]), 12)
    assert quarantine.held_rows(store).empty


def test_half_a_surrogate_pair_is_held_as_its_escape(store: connection.Store) -> None:
    raw = json.dumps({"name": "\ud83d"}, ensure_ascii=False)
    quarantine.hold(store, "list.json", "a" * 64, "somying", (quarantine.HeldRow(1, raw, ("bad text",)),), 0)
    assert json.loads(quarantine.held_rows(store).loc[0, "raw"]) == {"name": "\ud83d"}


def test_an_empty_store_gives_an_empty_frame_of_the_same_columns(store: connection.Store) -> None:
    empty = quarantine.held_rows(store)
    quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    assert empty.dtypes.to_dict() == quarantine.held_rows(store).dtypes.to_dict()


def test_a_row_is_open_until_it_is_settled(store: connection.Store) -> None:
    batch = quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    assert quarantine.held_rows(store)["decision"].tolist() == ["", ""]
    quarantine.settle(store, batch, 3, quarantine.DISMISSED, " a test row ", "engineer")
    quarantine.settle(store, batch, 7, quarantine.TAKEN_IN, "", "engineer")
    held = quarantine.held_rows(store)
    assert held["decision"].tolist() == ["dismissed", "taken_in"]
    assert held["decision_note"].tolist() == ["a test row", ""]
    assert held["raw"].tolist() == [row.raw for row in ROWS]
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize(
    ("line", "decision", "note", "kind"),
    [
        (3, "dismissed", " ", quarantine.NO_REASON),
        (4, "taken_in", "", quarantine.NO_ROW),
        (7, "taken_in", "", quarantine.SETTLED_BEFORE),
    ],
)
def test_what_cannot_be_settled_is_refused(
    store: connection.Store, line: int, decision: str, note: str, kind: errors.ProblemKind
) -> None:
    batch = quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    quarantine.settle(store, batch, 7, quarantine.DISMISSED, "a test row", "engineer")
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        quarantine.settle(store, batch, line, decision, note, "engineer")
    assert [problem.kind for problem in refused.value.problems] == [kind]
    assert read.head(store) == head


def test_rows_taken_in_later_are_settled_by_their_line_or_by_what_they_say(store: connection.Store) -> None:
    first = quarantine.hold(store, "monday.csv", "a" * 64, "somying", ROWS, 0)
    other = quarantine.hold(store, "tuesday.csv", "b" * 64, "somying", [quarantine.HeldRow(1, ROWS[0].raw, ("x",))], 0)
    third = quarantine.hold(store, "tuesday.csv", "c" * 64, "somying", [quarantine.HeldRow(7, '{"x": 1}', ("x",))], 0)
    with connection.writing(store) as records:
        quarantine.settle_taken_in(records, "a" * 64, {3: ROWS[0].raw, 7: "{}"}, "system", MOMENT)
    held = quarantine.held_rows(store).set_index(["batch_id", "line"])["decision"]
    assert held.to_dict() == {(first, 3): "taken_in", (first, 7): "taken_in", (other, 1): "taken_in", (third, 7): ""}


def test_rows_settled_before_stay_as_they_were_settled(store: connection.Store) -> None:
    batch = quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 0)
    quarantine.settle(store, batch, 3, quarantine.DISMISSED, "a test row", "engineer")
    head = read.head(store)
    with connection.writing(store) as records:
        quarantine.settle_taken_in(records, "a" * 64, {3: ROWS[0].raw}, "system", MOMENT)
    assert read.head(store) == head


def test_a_row_held_before_is_known_by_what_it_says_and_why(store: connection.Store) -> None:
    quarantine.hold(store, "list.csv", "a" * 64, "somying", ROWS, 0)
    same = quarantine.HeldRow(99, ROWS[0].raw, ROWS[0].reasons)
    with connection.reading(store) as records:
        assert quarantine.held_before(records, same)
        assert not quarantine.held_before(records, quarantine.HeldRow(3, ROWS[0].raw, ("another",)))
        assert not quarantine.held_before(records, quarantine.HeldRow(3, "{}", ROWS[0].reasons))


def test_a_file_name_that_is_no_text_is_kept_as_its_escape(store: connection.Store) -> None:
    quarantine.hold(store, "\udce0\udcb8.csv", "a" * 64, "somying", ROWS, 0)
    assert set(quarantine.held_rows(store)["file_name"]) == {"\\udce0\\udcb8.csv"}
    assert verify.verify(store).problems == ()
