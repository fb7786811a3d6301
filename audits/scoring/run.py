"""Judge and score a city: from the measurements of its elements to findings, scores and grades."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from audits import survey
from audits.rules import editions, model
from audits.scoring import findings, readings, scores

BY_PERMIT_DATE = "permit_date"
OFFICIAL = "official"
BASIC_FACILITIES = ("ramp", "parking", "toilet", "sign", "information")
SEVERITY_DANGEROUS = 4
NOT_SURVEYED, WAITING, PROVISIONAL, APPROVED = "not_surveyed", "waiting", "provisional", "approved"


@dataclass(frozen=True)
class Audit:
    """Findings and scores of every element and site.

    Parameters
    ----------
    findings
        One row per element and criterion: ``element_id``, ``site_code``, ``criterion``, ``verdict``, ``outcome``,
        ``lowest``, ``highest``, ``uncertainty``, ``readings``, ``observed_on``, ``margin``, ``source``, ``clause``,
        ``basis``, ``edition_assumed``, ``weight``.
    sites
        One row per site, index ``code``: ``verdict``, ``score_low``, ``score_high``, ``coverage``, ``grade``,
        ``items_passed``, ``items_failed``, ``law_failed`` (of them, of the basis ``law``), ``items_applicable``,
        ``items_unknown``, ``items_borderline`` (of them), ``elements``, ``last_surveyed_on``, ``standing``
        (:data:`NOT_SURVEYED`, :data:`PROVISIONAL` or :data:`APPROVED`), one
        ``score_low_<persona>`` and ``score_high_<persona>`` each, one ``facility_<name>`` each.
    elements
        One row per element, index ``element_id``: ``site_code``, ``kind``, ``score_low``, ``score_high``, ``coverage``.
    edition
        :data:`BY_PERMIT_DATE` or the id of a source.
    """

    findings: pd.DataFrame
    sites: pd.DataFrame
    elements: pd.DataFrame
    edition: str


@dataclass(frozen=True)
class Batch:
    """Elements of one kind in one setting under the same rules, judged together; `rows` are their positions."""

    rules: tuple[findings.Rule, ...]
    applicable: tuple[editions.Applicable, ...]
    elements: pd.DataFrame
    rows: npt.NDArray[np.intp]
    setting: str

    @property
    def wanted(self) -> set[str]:
        """Ids of the quantities that its rules read."""
        return {survey.ELEMENT_PRESENT}.union(*(rule.quantities() for rule in self.rules))


@dataclass(frozen=True)
class _Judged:
    batch: Batch
    readings: Mapping[str, findings.Readings]
    outcomes: findings.Outcomes


def run(
    sites: pd.DataFrame,
    elements: pd.DataFrame,
    measurements: pd.DataFrame,
    criteria: model.Criteria,
    weights: model.Weights,
    edition: str = BY_PERMIT_DATE,
) -> Audit:
    """Judge and score every element and site.

    Parameters
    ----------
    sites
        Index ``code``; column ``setting``.
    elements
        Index ``element_id``; columns ``site_code``, ``kind``, ``permitted_on`` (day or NaT).
    measurements
        See :func:`audits.scoring.readings.governing`; a column ``review`` says whether an engineer approved each.
    criteria
        The criteria.
    weights
        The municipality's weights, bands and cap.
    edition
        :data:`BY_PERMIT_DATE`, or the id of a Thai source (the law as it stood under that edition) or of a comparator.

    Returns
    -------
    Audit
        For all `sites`, also those never surveyed: their interval is 0 to 100.

    Raises
    ------
    KeyError
        When a column is missing, or `edition` names no source of the criteria.

    Examples
    --------
    >>> from audits.rules import files
    >>> sites = pd.DataFrame({"setting": ["building"]}, index=["KK-001"])
    >>> ramp = {"site_code": ["KK-001"], "kind": ["ramp"], "permitted_on": [pd.NaT]}
    >>> seen = {"element_id": ["KK-001.ramp.1"], "site_code": ["KK-001"], "quantity": ["running_slope_pct"]}
    >>> seen |= {"value": [12.5], "uncertainty": [0.2], "observed_at": pd.to_datetime(["2026-03-02T03:00Z"])}
    >>> elements = pd.DataFrame(ramp, index=["KK-001.ramp.1"])
    >>> audit = run(sites, elements, pd.DataFrame(seen), files.load_criteria(), files.load_weights())
    >>> audit.sites.loc["KK-001", ["verdict", "grade"]].tolist()
    ['fail', 'D']
    """
    governed = readings.governing(measurements, criteria)
    # Elements of sites that are left out must not appear in the findings either.
    elements = elements.loc[elements["site_code"].isin(sites.index)]
    measured = readings.by_quantity(governed, elements.index)
    judged = [_judge(batch, measured) for batch in batches(elements, sites, criteria, edition)]
    frame = _findings_frame(judged, governed)
    pile = _Pile(frame, elements.index, sites.index, criteria, weights)
    return Audit(
        findings=frame,
        sites=_sites_frame(pile, elements, measurements),
        elements=_elements_frame(pile, elements),
        edition=edition,
    )


def without_retired(sites: pd.DataFrame, elements: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out retired sites, their elements, and retired elements.

    Parameters
    ----------
    sites
        Index ``code``; column ``retired``.
    elements
        Index ``element_id``; columns ``site_code``, ``retired``.
    """
    sites = sites.loc[~sites["retired"].astype(bool)]
    return sites, elements.loc[~elements["retired"].astype(bool) & elements["site_code"].isin(sites.index)]


class _Pile:
    """All findings one under the other, to be added up by element or by site under any weights."""

    def __init__(
        self,
        frame: pd.DataFrame,
        element_ids: pd.Index[str],
        codes: pd.Index[str],
        criteria: model.Criteria,
        weights: model.Weights,
    ) -> None:
        self.frame, self.codes, self.weights = frame, codes, weights
        self.outcome = frame["outcome"].to_numpy(dtype=np.uint8)
        self.by_element = (element_ids.get_indexer(pd.Index(frame["element_id"])), len(element_ids))
        self.by_site = (codes.get_indexer(pd.Index(frame["site_code"])), len(codes))
        # Weights are looked up once a criterion, not once a finding.
        self._criterion, names = pd.factorize(frame["criterion"])
        self._criteria = [criteria.criteria[name] for name in names]

    def total(self, weigh: Callable[[model.Criterion], float], by: tuple[npt.NDArray[np.intp], int]) -> scores.Tally:
        """Add up by ``by_element`` or ``by_site``."""
        of_each = np.array([weigh(criterion) for criterion in self._criteria], dtype=np.float64)
        return scores.tally_by_group(self.outcome, of_each[self._criterion], *by)

    def official(self, by: tuple[npt.NDArray[np.intp], int]) -> scores.Tally:
        """Add up under the municipality's weights."""
        return self.total(self.weights.of, by)

    def of_law(self, by: tuple[npt.NDArray[np.intp], int]) -> scores.Tally:
        """Count the findings whose limit binds the place as law."""
        binds = (self.frame["basis"] == "law").to_numpy().astype(np.float64)
        return scores.tally_by_group(self.outcome, binds, *by)


def rules_for(
    criteria: model.Criteria, kind: str, permitted_on: dt.date | None, setting: str, edition: str = BY_PERMIT_DATE
) -> tuple[tuple[findings.Rule, ...], tuple[editions.Applicable, ...]]:
    """Rules in force for one kind of element, and how each came to be in force.

    Parameters
    ----------
    criteria
        The criteria.
    kind
        One of :data:`audits.survey.ELEMENT_KINDS`.
    permitted_on
        Permit or construction day; None when not known, which takes the newest edition and says so.
    setting
        One of :data:`audits.survey.SETTINGS`: what binds it goes first.
    edition
        See :func:`run`.
    """
    pairs = []
    for criterion in criteria.of_element(kind):
        applicable = _applicable(criterion, permitted_on, setting, edition, criteria)
        if applicable is not None:
            pairs.append((findings.Rule(criterion, applicable.limit), applicable))
    return tuple(rule for rule, _ in pairs), tuple(applicable for _, applicable in pairs)


def _applicable(
    criterion: model.Criterion, permitted_on: dt.date | None, setting: str, edition: str, criteria: model.Criteria
) -> editions.Applicable | None:
    if edition == BY_PERMIT_DATE:
        return editions.limit_on(criterion, permitted_on, setting)
    # A foreign standard never binds here: its verdicts are by analogy.
    if criteria.sources[edition].kind == "comparator":
        limit = editions.comparator(criterion, edition)
        return None if limit is None else editions.Applicable(limit, edition_assumed=False, by_analogy=True)
    return editions.limit_on(criterion, _last_day_of(criteria.sources[edition], criteria), setting)


def _last_day_of(source: model.Source, criteria: model.Criteria) -> dt.date:
    """Day before the next edition of the same family came into force."""
    later = [
        other.in_force_on
        for other in criteria.sources.values()
        if other.family == source.family
        and other.in_force_on
        and other.in_force_on > (source.in_force_on or dt.date.min)
    ]
    return min(later) - dt.timedelta(days=1) if later else dt.date.max


def day_of(permitted_on: Any) -> dt.date | None:
    """Cell of the column ``permitted_on`` as a day; None where it is not known."""
    return None if pd.isna(permitted_on) else pd.Timestamp(permitted_on).date()


def batches(elements: pd.DataFrame, sites: pd.DataFrame, criteria: model.Criteria, edition: str) -> Iterator[Batch]:
    """Yield the elements in batches under the same rules; kinds of element that no rule judges are left out."""
    setting = sites["setting"].reindex(elements["site_code"]).to_numpy()
    # Elements under the same rules are judged together: a city of a million needs a few dozen batches.
    keys = [elements["kind"].to_numpy(), setting, eras(elements["permitted_on"], criteria)]
    groups: dict[tuple[str, str, int], npt.NDArray[np.intp]] = dict(elements.groupby(keys).indices.items())  # type: ignore[arg-type]
    for (kind, setting_name, _), rows in groups.items():
        # Any day of the era stands for all: no edition begins within one.
        day = day_of(elements["permitted_on"].iloc[rows[0]])
        rules, applicable = rules_for(criteria, str(kind), day, str(setting_name), edition)
        if rules:
            yield Batch(rules, applicable, elements.iloc[rows], rows, str(setting_name))


def eras(permitted_on: pd.Series[pd.Timestamp], criteria: model.Criteria) -> npt.NDArray[np.intp]:
    """Number the days between which the rules stay the same; -1 where the day is not known."""
    changes = np.array(sorted({source.in_force_on for source in criteria.sources.values() if source.in_force_on}))
    eras = np.searchsorted(changes.astype("datetime64[ns]"), permitted_on.to_numpy("datetime64[ns]"), side="right")
    return np.where(permitted_on.isna(), -1, eras)


def _judge(batch: Batch, measured: Mapping[str, findings.Readings]) -> _Judged:
    mine = readings.at_rows(measured, batch.rows, batch.wanted)
    return _Judged(batch, mine, findings.outcomes(batch.rules, mine, len(batch.rows)))


def _findings_frame(judged: Sequence[_Judged], governed: pd.DataFrame) -> pd.DataFrame:
    if not judged:
        return pd.DataFrame(columns=_FINDINGS_COLUMNS)
    parts = [_batch_columns(part) for part in judged]
    # One frame of all batches: a frame for each would take longer to lay out than to judge.
    frame = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    # Number and day of the readings serve the reports only, so they are joined after judging.
    seen = governed[["element_id", "quantity", "readings", "observed_on"]]
    frame = frame.merge(seen, how="left", on=["element_id", "quantity"])
    return frame[_FINDINGS_COLUMNS]


_FINDINGS_COLUMNS = [
    *("element_id", "site_code", "criterion", "quantity", "verdict", "outcome"),
    *("lowest", "highest", "uncertainty", "readings", "observed_on", "margin", "lower", "upper"),
    *("source", "clause", "stated_as", "basis", "edition_assumed", "severity", "basic_facility"),
]


def _batch_columns(judged: _Judged) -> dict[str, npt.NDArray[Any]]:
    rules, size = judged.batch.rules, len(judged.batch.elements)
    unmeasured = findings.Readings.exact(np.full(size, np.nan))
    measured = [judged.readings.get(rule.criterion.quantity.quantity_id, unmeasured) for rule in rules]
    limits = [findings.bounds(rule.limit, judged.readings, unmeasured) for rule in rules]
    applicable, setting = judged.batch.applicable, judged.batch.setting
    return {
        "element_id": np.tile(judged.batch.elements.index.to_numpy(), len(rules)),
        "site_code": np.tile(judged.batch.elements["site_code"].to_numpy(), len(rules)),
        "criterion": _repeated([rule.criterion.criterion_id for rule in rules], size),
        "quantity": _repeated([rule.criterion.quantity.quantity_id for rule in rules], size),
        "verdict": np.array(findings.VERDICTS)[findings.verdicts(judged.outcomes)].ravel(),
        "outcome": judged.outcomes.ravel(),
        "lowest": np.concatenate([reading.lowest for reading in measured]),
        "highest": np.concatenate([reading.highest for reading in measured]),
        "uncertainty": np.concatenate([reading.uncertainty for reading in measured]),
        "margin": findings.margins(rules, judged.readings, size).ravel(),
        "lower": np.concatenate([np.broadcast_to(lower, size) for lower, _ in limits]),
        "upper": np.concatenate([np.broadcast_to(upper, size) for _, upper in limits]),
        "source": _repeated([rule.limit.source.source_id for rule in rules], size),
        "clause": _repeated([rule.limit.clause.th for rule in rules], size),
        "stated_as": _repeated([rule.limit.stated_as for rule in rules], size),
        "basis": _repeated([each.basis(setting) for each in applicable], size),
        "edition_assumed": _repeated([each.edition_assumed for each in applicable], size),
        "severity": _repeated([rule.criterion.severity for rule in rules], size),
        "basic_facility": _repeated([rule.criterion.basic_facility for rule in rules], size),
    }


def _repeated(values: Sequence[object], size: int) -> npt.NDArray[np.object_]:
    return np.repeat(np.array(values, dtype=object), size)


def _elements_frame(pile: _Pile, elements: pd.DataFrame) -> pd.DataFrame:
    total = pile.official(pile.by_element)
    low, high = scores.interval(total)
    scored = {"score_low": low, "score_high": high, "coverage": scores.coverage(total)}
    return elements[["site_code", "kind"]].assign(**scored)


def _sites_frame(pile: _Pile, elements: pd.DataFrame, measurements: pd.DataFrame) -> pd.DataFrame:
    weights, codes = pile.weights, pile.codes
    official = pile.official(pile.by_site)
    # The same sums with every weight 1 count the findings; with 1 for severity 4 only, the dangers.
    items = pile.total(lambda _: 1.0, pile.by_site)
    dangerous = pile.total(lambda criterion: float(criterion.severity == SEVERITY_DANGEROUS), pile.by_site)
    law = pile.of_law(pile.by_site)
    borderline = pile.frame.loc[pile.frame["verdict"] == "borderline", "site_code"].value_counts()
    low, high = scores.interval(official)
    columns: dict[str, npt.ArrayLike | pd.Series[str]] = {
        "score_low": low,
        "score_high": high,
        "coverage": scores.coverage(official),
        "grade": scores.grades(
            *(low, high, weights),
            anything=scores.Failing.of(items),
            law=scores.Failing.of(law),
            dangerous=scores.Failing.of(dangerous),
        ),
        "dangerous": dangerous.certain_fail > 0,
        "law_failed": law.certain_fail.astype(int),
        "items_passed": items.certain_pass.astype(int),
        "items_failed": items.certain_fail.astype(int),
        "items_applicable": items.applicable.astype(int),
        "items_unknown": (items.applicable - items.certain_pass - items.certain_fail).astype(int),
        "items_borderline": borderline.reindex(codes, fill_value=0).astype(int),
        "elements": elements.groupby("site_code").size().reindex(codes, fill_value=0),
    }
    for persona in weights.personas:
        total = pile.total(functools.partial(weights.of, persona=persona), pile.by_site)
        columns[f"score_low_{persona}"], columns[f"score_high_{persona}"] = scores.interval(total)
    result = pd.DataFrame(columns, index=codes)
    result["verdict"] = _site_verdicts(items, pile.frame, codes)
    result["last_surveyed_on"] = _last_surveyed(measurements).reindex(codes)
    result["standing"] = _standings(measurements).reindex(codes, fill_value=NOT_SURVEYED)
    return result.join(_facilities(pile.frame, codes))


def _site_verdicts(items: scores.Tally, frame: pd.DataFrame, codes: pd.Index[str]) -> npt.NDArray[np.object_]:
    borderline = set(frame.loc[frame["verdict"] == "borderline", "site_code"])
    unknown = set(frame.loc[frame["verdict"] == "unknown", "site_code"])
    # Later assignments go first: one failure fails the site, and unknown hides borderline.
    verdicts = np.full(len(codes), "unknown", dtype=object)
    verdicts[(items.certain_pass > 0) & (items.possible_fail == 0)] = "pass"
    only_borderline = codes.isin(borderline) & ~codes.isin(unknown)
    verdicts[only_borderline] = "borderline"
    verdicts[codes.isin(unknown)] = "unknown"
    verdicts[items.certain_fail > 0] = "fail"
    return verdicts


def _last_surveyed(measurements: pd.DataFrame) -> pd.Series[dt.datetime]:
    return measurements.groupby("site_code")["observed_at"].max()


def _standings(measurements: pd.DataFrame) -> pd.Series[str]:
    """Standing of each site measured: approved when every survey that counts is."""
    if "review" not in measurements:
        # Without reviews on record, nothing can have been approved.
        return pd.Series(PROVISIONAL, index=pd.Index(measurements["site_code"].unique()), dtype=object)
    approved = (measurements["review"] == APPROVED).groupby(measurements["site_code"]).all()
    return approved.map({True: APPROVED, False: PROVISIONAL}).astype(object)


def _facilities(frame: pd.DataFrame, codes: pd.Index[str]) -> pd.DataFrame:
    """State of each basic facility at each site: ``pass``, ``fail``, ``unknown`` or ``absent``."""
    # The worst finding decides; a facility with no applicable finding is not there.
    order = {"fail": 0, "borderline": 1, "unknown": 2, "pass": 3, "not_applicable": 4}
    applicable = frame.loc[frame["basic_facility"].isin(BASIC_FACILITIES)]
    rank = applicable["verdict"].map(order).groupby([applicable["site_code"], applicable["basic_facility"]]).min()
    names = {value: key for key, value in order.items()} | {1: "unknown", 4: "absent"}
    table = rank.map(names).unstack(fill_value="absent")
    table = table.reindex(index=codes, columns=list(BASIC_FACILITIES), fill_value="absent")
    return table.add_prefix("facility_")
