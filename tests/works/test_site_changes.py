import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.scoring import run
from audits.works import fix_states, site_changes
from tests.works import made_works

VERDICTS = ("pass", "fail", "borderline", "unknown", "not_applicable")


def audited(findings: pd.DataFrame) -> run.Audit:
    scores = {"score_low": [20.0], "score_high": [60.0]}
    sites, elements = (pd.DataFrame(scores, index=[name]) for name in ("KK-001", made_works.RAMP))
    return run.Audit(findings, sites, elements, run.BY_PERMIT_DATE)


def compared(before: dict[str, str], after: dict[str, str], by: str = site_changes.BY_SITE) -> pd.Series:
    audits = (audited(made_works.findings(**verdicts)) for verdicts in (before, after))
    return site_changes.compare(*audits, by=by).iloc[0]


@pytest.mark.parametrize("by", [site_changes.BY_SITE, site_changes.BY_ELEMENT])
@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ({"slope": "fail", "width": "fail"}, {"slope": "pass", "width": "fail"}, site_changes.BETTER),
        ({"slope": "pass"}, {"slope": "fail"}, site_changes.WORSE),
        ({"slope": "fail", "width": "pass"}, {"slope": "pass", "width": "fail"}, site_changes.SAME),
        ({"slope": "fail"}, {"slope": "unknown"}, site_changes.UNCLEAR),
        ({"slope": "unknown"}, {"slope": "pass"}, site_changes.UNCLEAR),
        ({"slope": "fail"}, {"slope": "not_applicable"}, site_changes.UNCLEAR),
        ({"slope": "fail", "width": "pass"}, {"slope": "fail", "width": "pass", "rail": "fail"}, site_changes.SAME),
    ],
)
def test_improved_is_fewer_known_failures_of_what_both_surveys_measured(
    before: dict[str, str], after: dict[str, str], change: str, by: str
) -> None:
    assert compared(before, after, by)["change"] == change


def test_what_only_became_known_is_counted_apart() -> None:
    row = compared({"slope": "unknown", "rail": "pass"}, {"slope": "pass", "width": "fail", "rail": "pass"})
    assert (row["found_passing"], row["found_failing"], row["change"]) == (1, 1, site_changes.SAME)
    assert (row["before_failed"], row["after_failed"], row["before_low"], row["after_high"]) == (0, 0, 20, 60)


findings = st.dictionaries(st.sampled_from(["slope", "width", "rail", "sign"]), st.sampled_from(VERDICTS), min_size=1)


@given(findings, findings)
def test_looking_the_other_way_round_turns_better_into_worse(before: dict[str, str], after: dict[str, str]) -> None:
    mirror = dict(zip(site_changes.CHANGES, site_changes.CHANGES, strict=True))
    mirror |= {site_changes.BETTER: site_changes.WORSE, site_changes.WORSE: site_changes.BETTER}
    assert compared(after, before)["change"] == mirror[compared(before, after)["change"]]


def test_the_findings_that_changed_come_with_both_verdicts_the_gravest_first() -> None:
    before = made_works.findings(sign="fail", slope="fail", width="pass")
    changed = site_changes.changed_findings(
        before, made_works.findings(sign="pass", slope="pass", width="pass"), "KK-001"
    )
    assert changed["criterion"].tolist() == ["slope", "sign"]
    assert changed[["verdict_before", "verdict_after"]].to_numpy().tolist() == [["fail", "pass"]] * 2


def test_a_site_is_compared_with_the_day_before_its_first_accepted_fix_was_built() -> None:
    other = "KK-001.path.1"
    told = pd.concat(
        [
            made_works.steps((fix_states.BUILT, made_works.LATER), (fix_states.ACCEPTED, made_works.LATER)),
            made_works.steps((fix_states.BUILT, made_works.DAY), (fix_states.ACCEPTED, made_works.LATER), fix_id=other),
            made_works.steps((fix_states.BUILT, made_works.DAY), fix_id="KK-002.ramp.1"),
        ]
    )
    assert site_changes.built_days(told) == {"KK-001": made_works.DAY}
