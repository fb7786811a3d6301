import datetime as dt
import json

import pytest

from audits import errors
from audits.store import connection, holding, read, verify

MOMENT = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
ROWS = (
    holding.HeldRow(3, '{"code": "KK-900"}', ("the site is unknown", "the date is in the future")),
    holding.HeldRow(7, '{"code": ""}', ("the code is empty",)),
)


def test_a_refused_row_is_kept_with_its_reasons(store: connection.Store) -> None:
    batch = holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    held = holding.held_rows(store)
    assert held["line"].tolist() == [3, 7]
    assert held["batch_id"].tolist() == [batch, batch]
    assert held["reasons"].tolist() == [row.reasons for row in ROWS]
    assert held["raw"].tolist() == [row.raw for row in ROWS]
    assert held.loc[0, "file_name"] == "list.csv"


def test_the_same_file_again_is_held_once(store: connection.Store) -> None:
    first = holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    head = read.head(store)
    assert holding.hold(store, "copy of list.csv", "a" * 64, "somying", ROWS, 0) == first
    assert len(holding.held_rows(store)) == 2
    assert read.head(store) == head


def test_a_line_that_was_not_held_before_joins_its_batch(store: connection.Store) -> None:
    first = holding.hold(store, "list.csv", "a" * 64, "somying", ROWS[:1], 12)
    assert holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 0) == first
    assert holding.held_rows(store)["line"].tolist() == [3, 7]
    assert verify.verify(store).problems == ()


def test_a_file_without_refused_rows_is_recorded_too(store: connection.Store) -> None:
    before = read.head(store).sequence
    holding.hold(store, "list.csv", "a" * 64, "somying", (), 12)
    assert read.head(store).sequence == before + 1
    assert holding.held_rows(store).empty


def test_two_rows_of_one_line_are_a_mistake_of_the_program_and_nothing_is_kept(store: connection.Store) -> None:
    with pytest.raises(errors.StoreError):
        holding.hold(store, "list.csv", "a" * 64, "somying", (ROWS[0], ROWS[0]), 12)
    assert holding.held_rows(store).empty


def test_half_a_surrogate_pair_is_held_as_its_escape(store: connection.Store) -> None:
    raw = json.dumps({"name": "\ud83d"}, ensure_ascii=False)
    holding.hold(store, "list.json", "a" * 64, "somying", (holding.HeldRow(1, raw, ("bad text",)),), 0)
    assert json.loads(holding.held_rows(store).loc[0, "raw"]) == {"name": "\ud83d"}


def test_an_empty_store_gives_an_empty_frame_of_the_same_columns(store: connection.Store) -> None:
    empty = holding.held_rows(store)
    holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    assert empty.dtypes.to_dict() == holding.held_rows(store).dtypes.to_dict()


def test_a_row_is_open_until_it_is_settled(store: connection.Store) -> None:
    batch = holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    assert holding.held_rows(store)["decision"].tolist() == ["", ""]
    holding.settle(store, batch, 3, holding.DISMISSED, " a test row ", "engineer")
    holding.settle(store, batch, 7, holding.TAKEN_IN, "", "engineer")
    held = holding.held_rows(store)
    assert held["decision"].tolist() == ["dismissed", "taken_in"]
    assert held["decision_note"].tolist() == ["a test row", ""]
    assert held["raw"].tolist() == [row.raw for row in ROWS]
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize(
    ("line", "decision", "note", "kind"),
    [
        (3, "dismissed", " ", holding.NO_REASON),
        (4, "taken_in", "", holding.NO_ROW),
        (7, "taken_in", "", holding.SETTLED_BEFORE),
    ],
)
def test_what_cannot_be_settled_is_refused(
    store: connection.Store, line: int, decision: str, note: str, kind: errors.ProblemKind
) -> None:
    batch = holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 12)
    holding.settle(store, batch, 7, holding.DISMISSED, "a test row", "engineer")
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        holding.settle(store, batch, line, decision, note, "engineer")
    assert [problem.kind for problem in refused.value.problems] == [kind]
    assert read.head(store) == head


def test_rows_taken_in_later_are_settled_by_their_line_or_by_what_they_say(store: connection.Store) -> None:
    first = holding.hold(store, "monday.csv", "a" * 64, "somying", ROWS, 0)
    other = holding.hold(store, "tuesday.csv", "b" * 64, "somying", [holding.HeldRow(1, ROWS[0].raw, ("x",))], 0)
    third = holding.hold(store, "tuesday.csv", "c" * 64, "somying", [holding.HeldRow(7, '{"x": 1}', ("x",))], 0)
    with connection.writing(store) as records:
        holding.settle_taken_in(records, "a" * 64, {3: ROWS[0].raw, 7: "{}"}, "system", MOMENT)
    held = holding.held_rows(store).set_index(["batch_id", "line"])["decision"]
    assert held.to_dict() == {(first, 3): "taken_in", (first, 7): "taken_in", (other, 1): "taken_in", (third, 7): ""}


def test_rows_settled_before_stay_as_they_were_settled(store: connection.Store) -> None:
    batch = holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 0)
    holding.settle(store, batch, 3, holding.DISMISSED, "a test row", "engineer")
    head = read.head(store)
    with connection.writing(store) as records:
        holding.settle_taken_in(records, "a" * 64, {3: ROWS[0].raw}, "system", MOMENT)
    assert read.head(store) == head


def test_a_row_held_before_is_known_by_what_it_says_and_why(store: connection.Store) -> None:
    holding.hold(store, "list.csv", "a" * 64, "somying", ROWS, 0)
    same = holding.HeldRow(99, ROWS[0].raw, ROWS[0].reasons)
    with connection.reading(store) as records:
        assert holding.held_before(records, same)
        assert not holding.held_before(records, holding.HeldRow(3, ROWS[0].raw, ("another",)))
        assert not holding.held_before(records, holding.HeldRow(3, "{}", ROWS[0].reasons))


def test_a_file_name_that_is_no_text_is_kept_as_its_escape(store: connection.Store) -> None:
    holding.hold(store, "\udce0\udcb8.csv", "a" * 64, "somying", ROWS, 0)
    assert set(holding.held_rows(store)["file_name"]) == {"\\udce0\\udcb8.csv"}
    assert verify.verify(store).problems == ()
