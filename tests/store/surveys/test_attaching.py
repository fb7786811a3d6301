from collections.abc import Callable

import pytest

from audits import errors, survey
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import attaching, read, submit

Keeper = Callable[[str], str]


@pytest.fixture(autouse=True)
def one_survey(store: connection.Store, a_survey: Callable[..., survey.Survey]) -> None:
    submit.submit(store, a_survey(), "somchai")


def test_a_photo_that_came_is_evidence_of_its_survey(store: connection.Store, keep_photo: Keeper) -> None:
    photo = attaching.Evidence("a.jpg", keep_photo("red"), "KK-001.ramp.1", "clear_width_mm", "กว้าง", True)
    assert attaching.attach(store, "uuid:1", [photo], "somchai") == ()
    row = read.photos(store).iloc[0]
    assert row[["survey_id", "site_code", "sha256"]].tolist() == ["uuid:1", "KK-001", photo.sha256]
    assert row[["element_id", "quantity", "caption"]].tolist() == ["KK-001.ramp.1", "clear_width_mm", "กว้าง"]
    assert (row["contains_person"], row["shown_sha256"]) == (True, "")
    assert verify.verify(store).problems == ()


def test_attaching_again_changes_nothing(store: connection.Store, keep_photo: Keeper) -> None:
    evidence = [attaching.Evidence("a.jpg", keep_photo("red")), attaching.Evidence("b.jpg")]
    attaching.attach(store, "uuid:1", evidence, "somchai")
    head = read.head(store)
    assert attaching.attach(store, "uuid:1", evidence, "somchai") == ()
    assert read.head(store) == head


def test_a_photo_that_did_not_come_is_missing_until_it_comes(store: connection.Store, keep_photo: Keeper) -> None:
    assert attaching.missing(store).empty
    attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg"), attaching.Evidence("b.jpg")], "somchai")
    assert attaching.missing(store).to_numpy().tolist() == [["uuid:1", "a.jpg"], ["uuid:1", "b.jpg"]]
    attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg", keep_photo("red"))], "somchai")
    assert attaching.missing(store).to_numpy().tolist() == [["uuid:1", "b.jpg"]]
    assert attaching.attached(store, "uuid:1") == {"a.jpg"}
    assert verify.verify(store).problems == ()


def test_a_record_that_names_its_photo_again_without_it_does_not_miss_it(
    store: connection.Store, keep_photo: Keeper
) -> None:
    attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg", keep_photo("red"))], "somchai")
    assert attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg")], "somchai") == ()
    assert attaching.missing(store).empty


def test_the_first_photo_of_a_name_stays_and_the_other_is_told_of(store: connection.Store, keep_photo: Keeper) -> None:
    first, other = keep_photo("red"), keep_photo("blue")
    attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg", first)], "somchai")
    (problem,) = attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg", other)], "somchai")
    assert (problem.kind, problem.where) == (attaching.OTHER_PHOTO, "a.jpg")
    assert read.photos(store)["sha256"].tolist() == [first]


def test_a_name_that_comes_twice_at_once_is_attached_once(store: connection.Store, keep_photo: Keeper) -> None:
    red, blue = keep_photo("red"), keep_photo("blue")
    sent = [attaching.Evidence(name, sha256) for name, sha256 in [("a", red), ("a", red), ("a", blue), ("b", "")] * 2]
    found = attaching.attach(store, "uuid:1", sent, "somchai")
    assert [problem.kind for problem in found] == [attaching.OTHER_PHOTO] * 2
    assert read.photos(store)["sha256"].tolist() == [red]
    assert attaching.missing(store)["name"].tolist() == ["b"]


def test_two_surveys_may_name_their_photos_alike(
    store: connection.Store, a_survey: Callable[..., survey.Survey], keep_photo: Keeper
) -> None:
    submit.submit(store, a_survey(survey_id="uuid:2"), "somchai")
    for number, colour in ((1, "red"), (2, "blue")):
        photo = attaching.Evidence("1.jpg", keep_photo(colour))
        assert attaching.attach(store, f"uuid:{number}", [photo], "somchai") == ()
    assert read.photos(store)["survey_id"].tolist() == ["uuid:1", "uuid:2"]


def test_nothing_is_attached_to_a_survey_that_is_not_here(store: connection.Store, keep_photo: Keeper) -> None:
    with pytest.raises(errors.StoreError):
        attaching.attach(store, "uuid:none", [attaching.Evidence("a.jpg", keep_photo("red"))], "somchai")
    assert read.photos(store).empty


def test_photos_that_came_with_the_survey_are_before_those_attached_later(
    store: connection.Store, a_survey: Callable[..., survey.Survey], keep_photo: Keeper
) -> None:
    late, within = keep_photo("red"), keep_photo("blue")
    attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg", late)], "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2", photos=(survey.Photo(within),)), "somchai")
    assert read.photos(store)["sha256"].tolist() == [within, late]
