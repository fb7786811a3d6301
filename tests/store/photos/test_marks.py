import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from audits import errors, survey
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.photos import erasure, marks, photos
from audits.store.surveys import attaching, read, submit

Builder = Callable[..., survey.Survey]
FACE = marks.Area(0.25, 0.25, 0.75, 0.75)


@pytest.fixture
def noisy(store: connection.Store) -> str:
    """Return a kept photo full of detail: a checkerboard of eight pixels."""
    board = np.kron(np.indices((32, 40)).sum(axis=0) % 2, np.ones((8, 8))) * 255
    return keep(store, Image.fromarray(board.astype("uint8")).convert("RGB"))


def keep(store: connection.Store, picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return photos.keep(store, buffer.getvalue(), actor="somchai").sha256


def show(store: connection.Store, a_survey: Builder, survey_id: str, sha256: str, person: bool, **changes: str) -> None:
    photo = survey.Photo(sha256, contains_person=person)
    bare = {"elements": (), "measurements": (), **changes}
    assert submit.submit(store, a_survey(survey_id=survey_id, photos=(photo,), **bare), "somchai").number


def pixels(store: connection.Store, sha256: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(photos.content(store, sha256))).convert("L"), dtype=float)


def shown(store: connection.Store, **options: object) -> list[str]:
    return read.photos(store, **options)["shown_sha256"].tolist()  # type: ignore[arg-type]


def test_a_photo_without_people_is_shown(store: connection.Store, a_survey: Builder, noisy: str) -> None:
    show(store, a_survey, "uuid:1", noisy, person=False)
    assert shown(store) == [noisy]
    assert read.photos(store)["contains_person"].tolist() == [False]


def test_a_photo_with_a_person_is_hidden_until_an_engineer_clears_it(
    store: connection.Store, a_survey: Builder, noisy: str
) -> None:
    show(store, a_survey, "uuid:1", noisy, person=True)
    assert (shown(store), read.photos(store)["contains_person"].tolist()) == ([""], [True])
    marks.mark(store, noisy, marks.CLEAR, "engineer")
    assert (shown(store), read.photos(store)["contains_person"].tolist()) == ([noisy], [False])


def test_an_engineer_may_see_a_person_that_the_surveyor_did_not(
    store: connection.Store, a_survey: Builder, noisy: str
) -> None:
    show(store, a_survey, "uuid:1", noisy, person=False)
    marks.mark(store, noisy, marks.PERSON, "engineer")
    assert (shown(store), read.photos(store)["contains_person"].tolist()) == ([""], [True])


def test_the_last_mark_of_an_engineer_stands(store: connection.Store, a_survey: Builder, noisy: str) -> None:
    show(store, a_survey, "uuid:1", noisy, person=True)
    for mark, expected in ((marks.CLEAR, noisy), (marks.PERSON, ""), (marks.CLEAR, noisy)):
        marks.mark(store, noisy, mark, "engineer")
        assert shown(store) == [expected]
    blurred = marks.blur(store, noisy, (FACE,), "engineer")
    assert shown(store) == [blurred]
    marks.mark(store, noisy, marks.PERSON, "engineer")
    assert shown(store) == [""]


def test_a_photo_in_two_surveys_flagged_once_is_hidden_in_both(
    store: connection.Store, a_survey: Builder, noisy: str
) -> None:
    show(store, a_survey, "uuid:1", noisy, person=False)
    show(store, a_survey, "uuid:2", noisy, person=True, site_code="SP-001")
    assert shown(store) == ["", ""]
    assert shown(store, survey_ids=["uuid:1"]) == [""]
    assert shown(store, site_code="KK-001") == [""]


def test_a_flag_on_a_photo_attached_later_hides_it_in_the_other_survey_too(
    store: connection.Store, a_survey: Builder, noisy: str
) -> None:
    show(store, a_survey, "uuid:1", noisy, person=False)
    submit.submit(store, a_survey(survey_id="uuid:2"), "somchai")
    attaching.attach(store, "uuid:2", [attaching.Evidence("a.jpg", noisy, contains_person=True)], "somchai")
    assert shown(store, survey_ids=["uuid:1"]) == [""]


def test_the_blurred_copy_hides_the_area_and_nothing_else(
    store: connection.Store, a_survey: Builder, noisy: str
) -> None:
    show(store, a_survey, "uuid:1", noisy, person=True)
    before = photos.content(store, noisy)
    copy = marks.blur(store, noisy, (FACE,), "engineer")
    assert shown(store) == [copy] != [noisy]
    assert read.photos(store)["sha256"].tolist() == [noisy]
    assert photos.content(store, noisy) == before
    old, new = pixels(store, noisy), pixels(store, copy)
    assert new.shape == old.shape
    height, width = new.shape
    inside = np.s_[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]
    assert new[inside].var() < old[inside].var() / 50
    edge = np.s_[: height // 5, :]
    assert np.abs(new[edge] - old[edge]).mean() < 5
    assert verify.verify(store).problems == ()


def test_fine_and_coarse_detail_is_gone_from_a_blurred_area(store: connection.Store) -> None:
    # A face is a few dark spots on a light oval: their places must not be found again.
    face = np.full((400, 400), 220.0)
    for row, column in ((150, 140), (150, 240), (260, 190)):
        face[row : row + 25, column : column + 25] = 0
    sha256 = keep(store, Image.fromarray(face.astype("uint8")).convert("RGB"))
    new = pixels(store, marks.blur(store, sha256, (marks.Area(0, 0, 1, 1),), "engineer"))
    assert np.ptp(new) < 60
    assert np.abs(np.diff(new, axis=0)).max() < 6


def test_several_areas_are_blurred_at_once(store: connection.Store, noisy: str) -> None:
    areas = (marks.Area(0, 0, 0.25, 0.25), marks.Area(0.75, 0.75, 1, 1))
    old, new = pixels(store, noisy), pixels(store, marks.blur(store, noisy, areas, "engineer"))
    height, width = new.shape
    for part in (np.s_[: height // 4, : width // 4], np.s_[height * 3 // 4 :, width * 3 // 4 :]):
        assert new[part].var() < old[part].var() / 20


@pytest.mark.parametrize("left", [0.0, 0.333, 0.5, 0.99])
@pytest.mark.usefixtures("one_store")
def test_the_smallest_area_of_a_small_photo_is_blurred(store: connection.Store, left: float) -> None:
    board = Image.fromarray((np.indices((40, 40)).sum(axis=0) % 2 * 255).astype("uint8"))
    sha256 = keep(store, board)
    area = marks.Area(left, left, min(left + 0.0101, 1), min(left + 0.0101, 1))
    assert marks.blur(store, sha256, (area,), "engineer")


@pytest.mark.parametrize(
    "area",
    [
        marks.Area(0.2, 0.2, 0.2, 0.5),
        marks.Area(0.5, 0.2, 0.2, 0.5),
        marks.Area(-0.1, 0.2, 0.5, 0.5),
        marks.Area(0.1, 0.2, 0.5, 1.5),
        marks.Area(float("nan"), 0.2, 0.5, 0.5),
        marks.Area(0.1, 0.2, 0.5, float("nan")),
    ],
)
@pytest.mark.usefixtures("one_store")
def test_an_area_that_hides_nothing_is_refused(store: connection.Store, noisy: str, area: marks.Area) -> None:
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        marks.blur(store, noisy, (FACE, area), "engineer")
    assert [problem.kind for problem in refused.value.problems] == [marks.NO_AREA]
    assert read.head(store) == head


def test_no_area_at_all_is_refused(store: connection.Store, noisy: str) -> None:
    with pytest.raises(errors.RefusedError, match="Choose an area"):
        marks.blur(store, noisy, (), "engineer")


def test_a_photo_that_is_not_here_cannot_be_marked(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        marks.mark(store, "f" * 64, marks.CLEAR, "engineer")
    assert [problem.kind for problem in refused.value.problems] == [erasure.NO_PHOTO]
    assert "{" not in str(refused.value)


def test_an_unknown_mark_is_a_mistake_of_the_program_and_nothing_is_kept(store: connection.Store, noisy: str) -> None:
    head = read.head(store)
    with pytest.raises(errors.StoreError):
        marks.mark(store, noisy, "fine", "engineer")
    assert read.head(store) == head
