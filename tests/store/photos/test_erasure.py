import datetime as dt
import hashlib
import io
from collections.abc import Callable

import pytest
from PIL import Image

from audits import errors, survey
from audits.field.kit import store as kit_store
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.photos import erasure, marks, photos
from audits.store.surveys import read, submit

NOON = dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC)
AREA = (marks.Area(0.1, 0.1, 0.6, 0.6),)


def test_the_bytes_are_gone_and_the_reason_stays(
    store: connection.Store, keep_photo: Callable[[str], str], a_survey: Callable[..., survey.Survey]
) -> None:
    red, blue = keep_photo("red"), keep_photo("blue")
    submit.submit(store, a_survey(photos=(survey.Photo(red), survey.Photo(blue))), "somchai")
    assert erasure.erase(store, red, " a child's face ", "admin", NOON) == (red,)
    assert not store.workspace.photo_path(red).exists()
    assert erasure.find(store, red) == erasure.Erasure("a child's face", "admin", NOON)
    with pytest.raises(errors.StoreError, match=r"erased on 2026-03-03 because: a child's face"):
        photos.content(store, red)
    shown = read.photos(store).set_index("sha256")
    assert (shown.loc[red, "shown_sha256"], shown.loc[red, "erased_because"]) == ("", "a child's face")
    assert shown.loc[red, "erased_at"] == NOON
    assert not shown.loc[red, "contains_person"]
    assert (shown.loc[blue, "shown_sha256"], shown.loc[blue, "erased_because"]) == (blue, "")
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize("which", [0, 1, 2])
def test_original_and_blurred_copies_go_together_whichever_is_named(
    store: connection.Store, keep_photo: Callable[[str], str], which: int
) -> None:
    original = keep_photo("red")
    one = marks.blur(store, original, AREA, "engineer")
    two = marks.blur(store, one, (marks.Area(0.0, 0.0, 0.9, 0.9),), "engineer")
    family = {original, one, two}
    keep_photo("blue")
    assert set(erasure.erase(store, (original, one, two)[which], "asked", "admin")) == family
    assert not any(store.workspace.photo_path(name).exists() for name in family)
    assert verify.verify(store).problems == ()


def test_an_erased_photo_that_is_sent_again_stays_erased_and_counts_as_arrived(
    store: connection.Store, keep_photo: Callable[[str], str]
) -> None:
    red = keep_photo("red")
    erasure.erase(store, red, "asked", "admin")
    head = read.head(store)
    assert keep_photo("red") == red
    assert not store.workspace.photo_path(red).exists()
    assert read.head(store) == head


def test_a_phone_need_not_send_an_erased_photo(store: connection.Store) -> None:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(written, "PNG")
    sent = hashlib.sha256(written.getvalue()).hexdigest()
    kept = photos.keep(store, written.getvalue(), actor="somchai")
    assert kit_store.photos_here(store, [sent]) == [sent]
    store.workspace.photo_path(kept.sha256).unlink()
    assert kit_store.photos_here(store, [sent]) == []
    erasure.erase(store, kept.sha256, "asked", "admin")
    assert kit_store.photos_here(store, [sent]) == [sent]


def test_it_is_refused_without_a_reason_a_second_time_or_for_a_stranger(
    store: connection.Store, keep_photo: Callable[[str], str]
) -> None:
    red = keep_photo("red")
    for reason, name, kind in (
        ("  ", red, erasure.NO_REASON),
        ("asked", "f" * 64, erasure.NO_PHOTO),
    ):
        with pytest.raises(errors.RefusedError) as refused:
            erasure.erase(store, name, reason, "admin")
        assert [problem.kind for problem in refused.value.problems] == [kind]
    assert photos.content(store, red)
    erasure.erase(store, red, "asked", "admin")
    with pytest.raises(errors.RefusedError) as refused:
        erasure.erase(store, red, "asked", "admin")
    assert [problem.kind for problem in refused.value.problems] == [erasure.ERASED_BEFORE]


@pytest.mark.parametrize("role", ["technician", "engineer", "council"])
def test_only_the_administrator_erases(store: connection.Store, keep_photo: Callable[[str], str], role: str) -> None:
    red = keep_photo("red")
    with pytest.raises(errors.NotAllowedError):
        erasure.erase(store.for_role(role), red, "asked", "x")
    assert photos.content(store, red)
    erasure.erase(store.for_role("administrator"), red, "asked", "admin")
