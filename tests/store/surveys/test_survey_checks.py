import datetime as dt
import math
from collections.abc import Callable

import pytest

from audits import errors, survey
from audits.store.db import connection
from audits.store.surveys import submit, survey_checks

pytestmark = pytest.mark.usefixtures("the_file")

RAMP = survey.Element("KK-001.ramp.1", "ramp")
ZONED = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def measured(**changes: object) -> dict[str, object]:
    known: dict[str, object] = {"element_id": RAMP.element_id, "quantity": "clear_width_mm", "value": 900.0}
    return {"measurements": (survey.Measurement(**{**known, **changes}),)}  # type: ignore[arg-type]


ITSELF = [
    ({"survey_id": " "}, survey_checks.EMPTY),
    ({"surveyor": ""}, survey_checks.EMPTY),
    ({"note": "half \ud83d"}, survey_checks.UNSTORABLE_TEXT),
    ({"elements": (survey.Element(RAMP.element_id, "ramp", "a\0b"),)}, survey_checks.UNSTORABLE_TEXT),
    ({"observed_at": ZONED.replace(tzinfo=None)}, survey_checks.NO_ZONE),
    ({"observed_at": ZONED.replace(year=2569)}, survey_checks.IMPOSSIBLE_YEAR),
    ({"observed_at": dt.datetime.min.replace(tzinfo=dt.UTC)}, survey_checks.IMPOSSIBLE_YEAR),
    ({"status": "draft"}, survey_checks.UNKNOWN_STATUS),
    ({"status": "void"}, survey_checks.VOID_OF_NOTHING),
    ({"place": survey.NOT_FOUND, **measured()}, survey_checks.MEASURED_WHERE),
    ({"latitude": None}, survey_checks.HALF_POSITION),
    ({"latitude": 102.8, "longitude": 16.4}, survey_checks.OFF_THE_EARTH),
    ({"longitude": math.nan}, survey_checks.OFF_THE_EARTH),
    ({"accuracy_m": math.inf}, survey_checks.NOT_FINITE),
    ({"accuracy_m": -1.0}, survey_checks.NEGATIVE),
    (
        {"elements": (survey.Element("KK-001.escalator.1", "escalator"),), "measurements": ()},
        survey_checks.UNKNOWN_KIND,
    ),
    ({"elements": (survey.Element("", "ramp"),), "measurements": ()}, survey_checks.EMPTY),
    ({"elements": (RAMP, RAMP), "measurements": ()}, survey_checks.TWICE),
    ({"measurements": measured()["measurements"] * 2}, survey_checks.TWICE),  # type: ignore[operator]
    (measured(value=math.nan), survey_checks.NOT_FINITE),
    (measured(value=-math.inf), survey_checks.NOT_FINITE),
    (measured(uncertainty=-1.0), survey_checks.NEGATIVE),
    (measured(quantity=""), survey_checks.EMPTY),
    (measured(reading=0), survey_checks.BAD_READING),
    (measured(value=None), survey_checks.REASON_MISSING),
    (measured(value=None, not_measured_because="lazy"), survey_checks.REASON_MISSING),
    (measured(not_measured_because="blocked"), survey_checks.REASON_TOO_MANY),
]

AGAINST_STORE = [
    ({"site_code": "KK-099"}, survey_checks.UNKNOWN_SITE),
    ({"supersedes": "uuid:none"}, survey_checks.UNKNOWN_SURVEY),
    ({"supersedes": "uuid:park"}, survey_checks.OTHER_SITE),
    ({"supersedes": "uuid:old"}, survey_checks.CORRECTED_BEFORE),
    ({"elements": (survey.Element("SP-001.path.1", "path"),), "measurements": ()}, survey_checks.ELEMENT_ELSEWHERE),
    (
        {"elements": (survey.Element("KK-001.ramp.1", "stair"),), "measurements": ()},
        survey_checks.ELEMENT_OTHER_KIND,
    ),
    (measured(element_id="KK-001.ramp.9"), survey_checks.UNKNOWN_ELEMENT),
    ({"photos": (survey.Photo("f" * 64),)}, survey_checks.UNKNOWN_PHOTO),
    (measured(photo_sha256="f" * 64), survey_checks.UNKNOWN_PHOTO),
]


def names(case: object) -> str:
    return case.code if isinstance(case, errors.ProblemKind) else ""


def test_a_whole_survey_has_no_problems(a_survey: Callable[..., survey.Survey]) -> None:
    assert survey_checks.of_itself(a_survey()) == ()


@pytest.mark.parametrize(("changes", "kind"), ITSELF, ids=names)
def test_each_fault_of_a_survey_is_found_and_nothing_is_written(
    store: connection.Store,
    a_survey: Callable[..., survey.Survey],
    changes: dict[str, object],
    kind: errors.ProblemKind,
) -> None:
    sent = a_survey(**changes)
    assert [problem.kind for problem in survey_checks.of_itself(sent)] == [kind]
    assert submit.submit(store, sent, "somchai").outcome == "refused"


def test_all_faults_are_told_at_once(a_survey: Callable[..., survey.Survey]) -> None:
    found = survey_checks.of_itself(a_survey(surveyor="", status="draft", accuracy_m=-1.0))
    assert {problem.kind for problem in found} == {
        survey_checks.EMPTY,
        survey_checks.UNKNOWN_STATUS,
        survey_checks.NEGATIVE,
    }


@pytest.mark.parametrize(("changes", "kind"), AGAINST_STORE, ids=names)
def test_what_does_not_fit_the_store_is_refused(
    store: connection.Store,
    a_survey: Callable[..., survey.Survey],
    changes: dict[str, object],
    kind: errors.ProblemKind,
) -> None:
    park = a_survey(survey_id="uuid:park", site_code="SP-001", elements=(), measurements=())
    submit.submit(store, park, "somchai")
    submit.submit(store, a_survey(survey_id="uuid:old"), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:newer", supersedes="uuid:old"), "somchai")
    receipt = submit.submit(store, a_survey(**changes), "somchai")
    assert receipt.outcome == "refused"
    assert [problem.kind for problem in receipt.problems] == [kind]


def test_every_problem_can_be_said(store: connection.Store, a_survey: Callable[..., survey.Survey]) -> None:
    for changes, _ in [*ITSELF, *AGAINST_STORE]:
        for problem in submit.submit(store, a_survey(**changes), "somchai").problems:
            assert "{" not in problem.sentence()
