"""Find the zone with most known failures and their causes, for a council."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from audits import record as records
from audits.rules import model
from audits.scoring import run, scores, selection
from audits.works import fix_states

RAMPS, SPACES, BOTH = "ramp", "space", "both"
KINDS = (RAMPS, SPACES, BOTH)
MOST_SITES, MOST_CAUSES, MOST_REASONS = 10, 6, 3


@dataclass(frozen=True)
class Figures:
    """Counts and scores of some sites; every share has all of them as its denominator.

    Parameters
    ----------
    sites, surveyed
        Number of sites, and of those surveyed at least once.
    passed, failed, borderline, unknown
        Number of sites by verdict.
    coverage
        Mean share of what applies that is measured, 0 to 1, of the sites where anything applies.
    score_low, score_high
        Means of both ends of the score, 0 to 100; NaN where nothing applies anywhere.
    unreviewed
        Number of sites of which a survey counts that no engineer has reviewed.
    failed_binding
        Number of the failing sites that fail a requirement that binds there; all others fail only what does not.
    """

    sites: int
    surveyed: int
    passed: int
    failed: int
    borderline: int
    unknown: int
    coverage: float
    score_low: float
    score_high: float
    unreviewed: int = 0
    failed_binding: int = 0

    @property
    def undecided(self) -> int:
        """Number of sites that may still pass or fail."""
        return self.borderline + self.unknown

    @property
    def failed_not_binding(self) -> int:
        """Number of the failing sites that fail only requirements that do not bind there."""
        return self.failed - self.failed_binding

    @property
    def unsurveyed(self) -> int:
        """Number of sites never surveyed."""
        return self.sites - self.surveyed

    @property
    def failing_least(self) -> float:
        """Share that fails whatever is measured later, 0 to 1."""
        return self.failed / self.sites if self.sites else 0.0

    @property
    def failing_most(self) -> float:
        """Share that fails at most, 0 to 1."""
        return (self.failed + self.undecided) / self.sites if self.sites else 0.0


@dataclass(frozen=True)
class Worst:
    """The zones with the largest share of known failures, and the zones that may be worse.

    Parameters
    ----------
    zones
        Their numbers, in order; several where the share is exactly the same.
    rivals
        Other zones of which a larger share may fail once everything is measured.
    """

    zones: tuple[int, ...]
    rivals: tuple[int, ...]


@dataclass(frozen=True)
class Where:
    """All figures on where it is worst.

    Parameters
    ----------
    kind
        One of :data:`KINDS`: which sites are counted.
    counted
        Which surveys count, a key of :data:`audits.terms.COUNTED`.
    codes
        Their codes.
    whole, zones
        All of them together, and by zone in order, :data:`audits.scoring.selection.NO_ZONE` last.
    named_zones
        By zone, the sites whose zone follows from the name of a community; the zone of all others is presumed.
    worst
        None where no failure is known in any zone.
    facilities
        By basic facility: number of sites, of both kinds, at which it is ``pass``, ``fail``, ``unknown`` or ``absent``.
    personas
        By persona, the figures of the surveyed sites' scores for it: mean lowest and mean highest.
    causes
        Index criterion; ``failing`` and ``judged``, numbers of sites; ``severity``. The most frequent first.
    causes_there
        The same in the worst zones alone; those of all sites where there is no worst zone.
    worst_sites
        Index code; ``dangerous_failures``, ``items_failed``, ``law_failed``, ``score_low``, ``score_high``; ``rank``
        from 1, and ``of_rank``, the number of all sites that share it. The worst first.
    left_out
        Number of sites with surveys that are not counted because nobody has approved them yet.
    """

    kind: str
    counted: str
    codes: pd.Index[str]
    whole: Figures
    zones: Mapping[int, Figures]
    named_zones: Mapping[int, int]
    worst: Worst | None
    facilities: Mapping[str, Mapping[str, int]]
    personas: Mapping[str, tuple[float, float]]
    causes: pd.DataFrame
    causes_there: pd.DataFrame
    worst_sites: pd.DataFrame
    left_out: int = 0

    @property
    def presumed_zones(self) -> int:
        """Number of sites whose zone is presumed, not named by a community."""
        zoned = {zone: each for zone, each in self.zones.items() if zone != selection.NO_ZONE}
        return sum(each.sites - self.named_zones.get(zone, 0) for zone, each in zoned.items())


def where(record: records.AuditedRecord, kind: str = RAMPS) -> Where:
    """Find where it is worst and why, among the sites of one of :data:`KINDS`."""
    sites, audited = record.sites, record.audit
    kept = sites if kind == BOTH else sites.loc[sites["kind"] == kind]
    judged = audited.sites.loc[kept.index]
    found = audited.findings.loc[audited.findings["site_code"].isin(kept.index)]
    zone = kept["zone"].fillna(selection.NO_ZONE).astype(int)
    # A site without a zone comes after those with one.
    order = sorted(zone.unique(), key=lambda number: (number == selection.NO_ZONE, number))
    zones = {int(number): figures(judged.loc[zone == number]) for number in order}
    named, worst = kept["zone_basis"] == "named", worst_zone(zones)
    there = kept.index[zone.isin(worst.zones)] if worst else kept.index
    return Where(
        kind=kind,
        counted=record.counted,
        codes=kept.index,
        whole=figures(judged),
        zones=zones,
        named_zones={number: int((named & (zone == number)).sum()) for number in zones},
        worst=worst,
        facilities=_facilities(audited.sites),
        personas=_personas(judged, record.weights),
        causes=causes(found),
        causes_there=causes(found.loc[found["site_code"].isin(there)]),
        worst_sites=worst_sites(judged, found),
        left_out=int(kept.index.isin(record.left_out).sum()),
    )


def figures(judged: pd.DataFrame) -> Figures:
    """Return the figures of some sites, rows of :attr:`audits.scoring.run.Audit.sites`."""
    counted = judged["verdict"].value_counts()
    return Figures(
        sites=len(judged),
        surveyed=int(judged["last_surveyed_on"].notna().sum()),
        passed=int(counted.get("pass", 0)),
        failed=int(counted.get("fail", 0)),
        borderline=int(counted.get("borderline", 0)),
        unknown=int(counted.get("unknown", 0)),
        coverage=scores.mean_coverage(judged["coverage"].to_numpy()),
        score_low=float(judged["score_low"].mean()),
        score_high=float(judged["score_high"].mean()),
        unreviewed=int((judged["standing"] == run.PROVISIONAL).sum()),
        failed_binding=int((selection.failing(judged) == selection.BINDING).sum()),
    )


def worst_zone(zones: Mapping[int, Figures]) -> Worst | None:
    """Return the zones of which the largest share is known to fail; None where no failure is known."""
    # By what is known, never by a score: a zone where little is surveyed may be worse, and is named as a rival.
    numbered = {zone: each for zone, each in zones.items() if zone != selection.NO_ZONE}
    # Exact fractions: 12 of 18 and 6 of 9 are the same share.
    least = {zone: Fraction(each.failed, each.sites) for zone, each in numbered.items() if each.failed}
    if not least:
        return None
    largest = max(least.values())
    worst = tuple(sorted(zone for zone, share in least.items() if share == largest))
    rivals = (
        zone
        for zone, each in numbered.items()
        if zone not in worst and each.failed + each.undecided > largest * each.sites
    )
    return Worst(worst, tuple(rivals))


def _facilities(judged: pd.DataFrame) -> dict[str, dict[str, int]]:
    return {
        name: {str(state): int(count) for state, count in judged[f"facility_{name}"].value_counts().items()}
        for name in run.BASIC_FACILITIES
    }


def _personas(judged: pd.DataFrame, weights: model.Weights) -> dict[str, tuple[float, float]]:
    surveyed = judged.loc[judged["last_surveyed_on"].notna()]
    return {
        persona: (float(surveyed[f"score_low_{persona}"].mean()), float(surveyed[f"score_high_{persona}"].mean()))
        for persona in weights.personas
    }


def causes(found: pd.DataFrame, most: int = MOST_CAUSES) -> pd.DataFrame:
    """Return the requirements that fail at most sites, with the number of sites at which each was judged."""
    known = found.loc[found["verdict"].isin(["pass", "fail", "borderline"])]
    counted = pd.DataFrame(
        {
            "failing": known.loc[known["verdict"] == "fail"].groupby("criterion")["site_code"].nunique(),
            "judged": known.groupby("criterion")["site_code"].nunique(),
            "severity": known.groupby("criterion")["severity"].max(),
        }
    )
    # a requirement that failed nowhere has no count in the first column, but NaN
    counted = counted.loc[counted["failing"].fillna(0) > 0].astype(int)
    # by name first, and stable: what fails at as many sites keeps one order
    ordered = counted.rename_axis("criterion").sort_index()
    return ordered.sort_values(["failing", "severity"], ascending=False, kind="stable").head(most)


def failing_sites(found: pd.DataFrame, where_it_is: Where) -> dict[str, list[str]]:
    """Return by requirement of :attr:`Where.causes` the sites at which it fails, from the findings of a record."""
    failing = found.loc[(found["verdict"] == "fail") & found["site_code"].isin(where_it_is.codes)]
    return {
        str(criterion): sorted(failing.loc[failing["criterion"] == criterion, "site_code"].unique())
        for criterion in where_it_is.causes.index
    }


def dangerous_failures(found: pd.DataFrame, codes: pd.Index[str]) -> pd.Series[int]:
    """Return by site how many failing findings are impassable or dangerous; 0 for none."""
    grave = found.loc[(found["verdict"] == "fail") & (found["severity"].astype(int) == run.SEVERITY_DANGEROUS)]
    return grave.groupby("site_code").size().reindex(codes, fill_value=0)


def worst_sites(judged: pd.DataFrame, found: pd.DataFrame, most: int = MOST_SITES) -> pd.DataFrame:
    """Return the sites with most dangerous failures, then most failures, then the lowest possible score."""
    failing = judged.loc[judged["items_failed"] > 0, ["items_failed", "law_failed", "score_low", "score_high"]]
    failing = (
        failing.assign(dangerous_failures=dangerous_failures(found, failing.index)).rename_axis("code").sort_index()
    )
    order = ["dangerous_failures", "items_failed", "score_high"]
    ordered = failing.sort_values(order, ascending=[False, False, True], kind="stable")
    # sites that are alike in all three share a place, also with those beyond the list
    alike = pd.Series(range(1, len(ordered) + 1), ordered.index, dtype=int).groupby([ordered[name] for name in order])
    return ordered.assign(rank=alike.transform("min"), of_rank=alike.transform("size")).head(most)


def accepted(steps: pd.DataFrame) -> int:
    """Return how many fixes are accepted, from :func:`audits.access.committed_works.counted_steps`."""
    return int((steps.groupby("fix_id")["step"].last() == fix_states.ACCEPTED).sum())


def reasons(found: pd.DataFrame, code: str, most: int = MOST_REASONS) -> pd.DataFrame:
    """Return the failing findings of a site, the gravest first, each requirement once."""
    mine = found.loc[(found["site_code"] == code) & (found["verdict"] == "fail")]
    # the ids decide ties, so that a card names the same reasons on every machine
    ordered = mine.assign(grave=-mine["severity"].astype(int)).sort_values(["grave", "criterion", "element_id"])
    return ordered.drop_duplicates("criterion").head(most)
