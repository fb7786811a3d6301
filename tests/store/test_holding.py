import json

import pytest

from audits import errors
from audits.store import connection, holding, read, verify

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
