"""The worked examples that the criteria page shows are what the judge says."""

from __future__ import annotations

import datetime as dt

from audits.rules import cases, editions, files
from audits.scoring import findings

CASES = cases.load_cases()


def _verdict(case: cases.Case) -> tuple[str, str]:
    criterion = files.load_criteria().criteria[case.criterion]
    applicable = editions.limit_on(criterion, case.permitted_on)
    assert applicable is not None
    readings = {name: findings.Readings.exact([value]) for name, value in case.measured.items()}
    possible = findings.outcomes([findings.Rule(criterion, applicable.limit)], readings, 1)
    return findings.VERDICTS[findings.verdicts(possible)[0, 0]], applicable.limit.clause.th


def test_the_judge_agrees_with_every_example() -> None:
    judged = [(case, _verdict(case)) for case in CASES]
    wrong = [
        f"{case.criterion}, {case.name.en}: {found} instead of {(case.verdict, case.clause)}"
        for case, found in judged
        if found != (case.verdict, case.clause)
    ]
    assert wrong == []


def test_every_scored_limit_has_an_example_on_each_side() -> None:
    seen: dict[tuple[str, str], set[str]] = {}
    book = files.load_criteria()
    for case in CASES:
        applicable = editions.limit_on(book.criteria[case.criterion], case.permitted_on)
        assert applicable is not None
        seen.setdefault((case.criterion, applicable.limit.source.source_id), set()).add(case.verdict)
    for criterion in book.criteria.values():
        for limit in criterion.limits:
            if limit.scored:
                verdicts = seen.get((criterion.criterion_id, limit.source.source_id), set())
                assert {"pass", "fail"} <= verdicts, (criterion.criterion_id, limit.source.source_id)


def test_an_unknown_permit_day_takes_the_newest_edition_and_says_so() -> None:
    edge = files.load_criteria().criteria["ramp.running_slope"]
    applicable = editions.limit_on(edge, None)
    assert applicable is not None
    assert applicable.edition_assumed
    assert applicable.limit.source.source_id == "moi_2564"
    old = editions.limit_on(edge, dt.date(1999, 1, 1))
    assert old is not None
    assert old.by_analogy
