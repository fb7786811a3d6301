import datetime as dt
import io
import os
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from audits import errors
from audits.store.backup import retention
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.photos import erasure, marks, photos
from audits.store.register import municipal_choices
from audits.store.surveys import drafts, quarantine, read

pytestmark = pytest.mark.usefixtures("the_file")
ARRIVED = dt.datetime(2024, 5, 31, 12, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def keep(store: connection.Store, colour: str, at: dt.datetime) -> str:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(written, "PNG")
    return photos.keep(store, written.getvalue(), actor="somchai", kept_at=at).sha256


def age(path: Path, instant: dt.datetime) -> None:
    os.utime(path, (instant.timestamp(), instant.timestamp()))


def test_nothing_goes_while_no_term_is_set(store: connection.Store) -> None:
    keep(store, "red", ARRIVED)
    quarantine.keep_file(store.workspace, b"no table")
    drafts.save(store.workspace, "somchai", {"a": 1})
    far = dt.datetime(2126, 1, 1, tzinfo=dt.UTC)
    assert len(retention.due(store, far)) == 0
    assert retention.terms(store) == dict.fromkeys(retention.TERMS)


def test_a_photo_goes_when_its_months_are_over_and_says_why(store: connection.Store) -> None:
    old, young = keep(store, "red", ARRIVED), keep(store, "blue", NOW)
    retention.set_term(store, retention.PHOTO_MONTHS, "21", "admin")
    before, day = dt.datetime(2026, 2, 28, 12, tzinfo=dt.UTC), dt.timedelta(days=1)
    assert retention.due(store, before).photos == ()
    assert retention.due(store, before + day).photos == (old,)
    assert photos.content(store, old)
    retention.sweep(store, "admin", before + day)
    with pytest.raises(errors.StoreError, match="erased on 2026-03-01 because: kept 21 months"):
        photos.content(store, old)
    assert photos.content(store, young)
    assert verify.verify(store).problems == ()
    assert len(retention.due(store, before + day)) == 0


def test_a_photo_and_its_blurred_copy_go_together(store: connection.Store) -> None:
    old = keep(store, "red", ARRIVED)
    twin = marks.blur(store, old, (marks.Area(0.1, 0.1, 0.6, 0.6),), "engineer", ARRIVED)
    retention.set_term(store, retention.PHOTO_MONTHS, "1", "admin")
    assert set(retention.sweep(store, "admin", NOW).photos) == {old, twin}
    assert verify.verify(store).problems == ()


def test_refused_files_and_drafts_have_terms_of_their_own(store: connection.Store) -> None:
    place = store.workspace
    path = place.refused_path(quarantine.keep_file(place, b"no table"))
    drafts.save(place, "somchai", {"a": 1})
    retention.set_term(store, retention.REFUSED_MONTHS, "2", "admin")
    retention.set_term(store, retention.DRAFT_MONTHS, "2", "admin")
    age(path, NOW - dt.timedelta(days=70))
    found = retention.due(store, NOW)
    assert (found.refused, found.drafts) == ((path,), ())
    saved = dt.datetime.now(dt.UTC)
    assert retention.due(store, saved + dt.timedelta(days=70)).drafts == ("somchai",)
    retention.sweep(store, "admin", saved + dt.timedelta(days=70))
    assert not path.exists()
    assert drafts.keys(place) == ()


def test_half_files_and_photos_without_a_row_go_after_a_day(store: connection.Store) -> None:
    kept = keep(store, "red", ARRIVED)
    folder = store.workspace.photo_path(kept).parent
    half, stranger, fresh = folder / ".x.1.part", folder / f"{'a' * 64}.jpg", folder / ".y.2.part"
    for path in (half, stranger, fresh):
        path.write_bytes(b"x")
    for path in (half, stranger, store.workspace.photo_path(kept)):
        age(path, NOW - dt.timedelta(days=2))
    age(fresh, NOW)
    assert set(retention.due(store, NOW).left_over) == {half, stranger}
    retention.sweep(store, "admin", NOW)
    assert (half.exists(), stranger.exists(), fresh.exists()) == (False, False, True)
    assert photos.content(store, kept)


def test_the_file_of_an_erased_photo_that_came_back_goes(store: connection.Store) -> None:
    kept = keep(store, "red", ARRIVED)
    content = photos.content(store, kept)
    erasure.erase(store, kept, "asked", "admin")
    store.workspace.photo_path(kept).write_bytes(content)
    assert retention.sweep(store, "admin", NOW).back == (kept,)
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize("months", ["0", "-1", "1.5", "two", "๒", "1201"])
def test_a_term_that_is_not_whole_months_is_refused(store: connection.Store, months: str) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        retention.set_term(store, retention.PHOTO_MONTHS, months, "admin")
    assert [problem.kind for problem in refused.value.problems] == [retention.NO_TERM]


def test_a_term_is_taken_back_with_nothing(store: connection.Store) -> None:
    retention.set_term(store, retention.PHOTO_MONTHS, " 12 ", "admin")
    assert retention.terms(store)[retention.PHOTO_MONTHS] == 12
    retention.set_term(store, retention.PHOTO_MONTHS, "", "admin")
    assert retention.terms(store)[retention.PHOTO_MONTHS] is None
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize("role", ["technician", "engineer", "council"])
def test_only_the_administrator_sweeps(store: connection.Store, role: str) -> None:
    keep(store, "red", ARRIVED)
    retention.set_term(store, retention.PHOTO_MONTHS, "1", "admin")
    with pytest.raises(errors.NotAllowedError):
        retention.sweep(store.for_role(role), "x", NOW)
    assert retention.due(store, NOW).photos


def test_a_choice_stands_until_the_next_and_the_same_is_written_once(store: connection.Store) -> None:
    municipal_choices.choose(store, "public_council", "yes", "admin")
    head = read.head(store)
    municipal_choices.choose(store, "public_council", "yes", "admin")
    assert read.head(store) == head
    municipal_choices.choose(store, "public_council", "no", "admin")
    assert municipal_choices.chosen(store, "public_council") == "no"
    assert municipal_choices.chosen(store, "colour", "green") == "green"
    assert municipal_choices.every(store) == {"public_council": "no"}


def test_drafts_of_an_earlier_program_count_from_now_on(store: connection.Store) -> None:
    raw = sqlite3.connect(store.workspace.drafts_path)
    raw.execute("CREATE TABLE draft (key TEXT PRIMARY KEY, content TEXT NOT NULL)")
    raw.execute("INSERT INTO draft VALUES ('somchai', '{}')")
    raw.commit()
    raw.close()
    assert drafts.untouched_since(store.workspace, NOW - dt.timedelta(days=1)) == ()
    far = dt.datetime(2126, 1, 1, tzinfo=dt.UTC)
    assert drafts.untouched_since(store.workspace, far) == ("somchai",)
    assert drafts.load(store.workspace, "somchai") == {}
