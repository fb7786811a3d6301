import dataclasses
import datetime as dt

import pytest

from audits import errors
from audits.store.audit_log import hash_chain
from audits.store.db import connection, schema
from audits.store.surveys import read

ENTRY = hash_chain.Entry(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "somchai", "survey.submit", "survey", "uuid:1", "{}")


def test_the_head_of_an_empty_audit_log_is_the_beginning(place: object) -> None:
    with connection.open_store(place) as store:  # type: ignore[arg-type]
        assert read.head(store) == hash_chain.Head(0, schema.GENESIS)


def test_each_entry_moves_the_head_by_one(store: connection.Store) -> None:
    before = read.head(store)
    with connection.writing(store) as records:
        new = hash_chain.append(records, ENTRY)
    assert new == read.head(store)
    assert new.sequence == before.sequence + 1
    assert new.digest == hash_chain.digest(new.sequence, ENTRY, before.digest)


@pytest.mark.parametrize("name", ["actor", "action", "entity", "entity_id", "payload"])
def test_every_field_changes_the_digest(name: str) -> None:
    changed = dataclasses.replace(ENTRY, **{name: "other"})
    assert hash_chain.digest(1, changed, schema.GENESIS) != hash_chain.digest(1, ENTRY, schema.GENESIS)


def test_a_text_that_runs_over_into_the_next_field_changes_the_digest() -> None:
    one = dataclasses.replace(ENTRY, actor="ab", action="c")
    other = dataclasses.replace(ENTRY, actor="a", action="bc")
    assert hash_chain.digest(1, one, schema.GENESIS) != hash_chain.digest(1, other, schema.GENESIS)


def test_a_event_without_a_doer_is_refused(store: connection.Store) -> None:
    with pytest.raises(errors.StoreError, match="who did it"), connection.writing(store) as records:
        hash_chain.append(records, dataclasses.replace(ENTRY, actor=" "))


def test_a_printed_head_is_read_back() -> None:
    head = hash_chain.Head(12, "ab" * 32)
    assert hash_chain.parse(f" {head} ") == head


@pytest.mark.parametrize("text", ["", "12", "12:abc", "x:" + "a" * 64, "12:" + "g" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(errors.RefusedError, match="number:digest"):
        hash_chain.parse(text)
