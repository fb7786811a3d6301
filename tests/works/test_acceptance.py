import pandas as pd

from audits.works import acceptance
from tests.works import made_works


def test_everything_that_failed_or_was_borderline_must_be_mended_and_nothing_else() -> None:
    before = made_works.findings(slope="fail", width="unknown", rail="borderline", sign="pass")
    found = acceptance.inspect(before, made_works.findings(slope="pass", width="fail", rail="borderline", sign="fail"))
    assert found == acceptance.Inspection(("rail", "slope"), (), (), ("rail",))
    assert found.problems(made_works.RAMP, {}) == ()


def test_what_still_fails_and_what_was_not_measured_keeps_a_fix_from_being_accepted() -> None:
    before = made_works.findings(slope="fail", width="fail", rail="pass")
    found = acceptance.inspect(before, made_works.findings(slope="fail", width="unknown", rail="fail"))
    problems = found.problems(made_works.RAMP, {"slope": "Running slope"})
    assert [(one.kind.code, one.values["criterion"]) for one in problems] == [
        ("WORKS-004", "Running slope"),
        ("WORKS-005", "width"),
    ]


def test_where_nothing_grave_was_known_what_nobody_had_measured_must_be_measured() -> None:
    before = made_works.findings(slope="unknown", width="unknown", rail="unknown", sign="fail")
    found = acceptance.inspect(before, made_works.findings(slope="pass", width="unknown", rail="unknown", sign="pass"))
    assert found == acceptance.Inspection(("sign", "slope", "width"), (), ("width",), ())


def test_the_newest_survey_since_building_counts_from_that_day_in_bangkok() -> None:
    told = pd.DataFrame(
        {
            "element_id": [made_works.RAMP, made_works.RAMP, "other"],
            "survey_id": ["old", "new", "elsewhere"],
            "observed_at": pd.to_datetime(["2026-03-01T16:59:00Z", "2026-03-01T17:01:00Z", "2026-05-01T00:00:00Z"]),
        }
    )
    assert acceptance.newest_survey(made_works.RAMP, made_works.DAY, told) == "new"
    assert acceptance.newest_survey(made_works.RAMP, made_works.LATER, told) == ""
