"""Read a store into one audited record: the frames that count, the audit of them, and the key they are cached by."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import geopandas as gpd
import pandas as pd

from audits import terms
from audits.rules import comparisons as law
from audits.rules import files, model
from audits.scoring import readings
from audits.scoring import run as judge
from audits.store import comparisons
from audits.store import town as towns
from audits.store.db import connection, workspace
from audits.store.register import presumed_pairs, rebuilt_elements, same_elements
from audits.store.surveys import read as reading
from audits.store.surveys import reviews
from layers import positions


# Without equality: frames have no single truth value, and caches go by identity.
@dataclass(frozen=True, eq=False)
class AuditedRecord:
    """What a municipality knows of its sites, judged under one choice of edition, day and surveys.

    Parameters
    ----------
    sites
        The sites in the register that are not retired: index ``code``, point geometry (None where the position is not
        known), EPSG:4326; columns of :func:`audits.store.surveys.read.sites`.
    elements
        Their elements that are not retired: index ``element_id``; columns of
        :func:`audits.store.surveys.read.elements`.
    measurements
        The readings of these elements that count; columns of :func:`audits.store.surveys.read.measurements`. Of an
        element that was rebuilt only those since.
    history
        The same with what was measured before an element was rebuilt.
    surveys
        The surveys that count: final, superseded by none, and approved or at least not returned; columns of
        :func:`audits.store.surveys.read.surveys`, which gives the whole history.
    criteria, weights
        What the record was judged by.
    joined
        By element, the element that it is one physical thing with and is counted as: see
        :mod:`audits.store.register.same_elements`. Only those of `elements`; what is joined to nothing is not in it.
    presumed
        Pairs of elements that may be one thing until a person decides, from
        :func:`audits.store.register.presumed_pairs.find`; each counts by itself.
    rebuilt
        By element, the last local day on which it was rebuilt whole: :mod:`audits.store.register.rebuilt_elements`.
    audit
        Findings and scores of `sites` and `elements`, joined ones judged by what was measured at any of them.
    town
        The municipality: its name and where it lies.
    head
        Head of the audit log, as ``sequence:digest``.
    demonstration
        Whether the surveys are invented.
    edition
        :data:`audits.scoring.run.BY_PERMIT_DATE` or the id of a source.
    as_of
        Last local day whose visits count; None for all.
    official_only
        Whether only surveys count that an engineer approved.
    left_out
        Codes of sites with surveys that would count, had an engineer approved them; empty unless `official_only`.
    returned
        Codes of sites where nothing counts and a survey waits to be corrected, since an engineer returned it.
    retired
        Ids of the elements that count no more: their numbers are taken for ever.
    key
        Digest of everything above but `left_out`, `returned` and `retired`, which follow from it; two records with one
        key are equal.
    """

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    measurements: pd.DataFrame
    history: pd.DataFrame
    surveys: pd.DataFrame
    criteria: model.Criteria
    weights: model.Weights
    joined: Mapping[str, str]
    presumed: tuple[tuple[str, str], ...]
    rebuilt: Mapping[str, dt.date]
    audit: judge.Audit
    town: towns.Town
    head: str
    demonstration: bool
    edition: str
    as_of: dt.date | None
    official_only: bool
    key: str
    left_out: frozenset[str] = frozenset()
    returned: frozenset[str] = frozenset()
    retired: frozenset[str] = frozenset()

    @property
    def counted(self) -> str:
        """Which surveys count, a key of :data:`audits.terms.COUNTED`."""
        return terms.COUNT_APPROVED if self.official_only else terms.COUNT_ALL

    @functools.cached_property
    def governing(self) -> pd.DataFrame:
        """The readings that elements are judged by: `measurements`, those of a joined element at each that it is."""
        return shared(self.measurements, self.elements, self.joined)

    @functools.cached_property
    def governed(self) -> pd.DataFrame:
        """What `governing` comes to, a row for each element and quantity: :func:`audits.scoring.readings.governing`."""
        return readings.governing(self.governing, self.criteria)

    @functools.cached_property
    def findings(self) -> pd.DataFrame:
        """The findings of the audit, each at the element that it is counted at."""
        return self.audit.findings.assign(element_id=self.counted_as(self.audit.findings["element_id"]))

    @functools.cached_property
    def measured(self) -> frozenset[tuple[str, str]]:
        """The elements with each quantity that somebody looked at, also those that could not be measured."""
        return frozenset(zip(self.governing["element_id"], self.governing["quantity"], strict=True))

    @functools.cached_property
    def area(self) -> positions.Box | None:
        """Where the town lies, from :meth:`audits.store.town.Town.area`."""
        return self.town.area(self.sites)

    def counted_as(self, element_ids: Iterable[object]) -> pd.Index[str]:
        """Name each element by the one that it is counted and mended as: itself unless it is joined to another."""
        here = self._joined_here
        return pd.Index([here.get(str(name), str(name)) for name in element_ids], dtype=object)

    @functools.cached_property
    def _joined_here(self) -> dict[str, str]:
        # In a part of a record, the element that another is joined to may be at a site that is left out.
        return {name: kept for name, kept in self.joined.items() if kept in self.elements.index}

    def site(self, code: str) -> pd.Series[Any]:
        """Return the row of one of the sites."""
        return cast("pd.Series[Any]", self.sites.loc[code])

    def audited(self, code: str) -> pd.Series[Any]:
        """Return the row of one of the sites in the audit."""
        return cast("pd.Series[Any]", self.audit.sites.loc[code])

    def is_provisional(self, code: str) -> bool:
        """Whether what counts at one of the sites still awaits an engineer's review."""
        return bool(self.audit.sites.loc[code, "standing"] == judge.PROVISIONAL)

    def presumed_same_as(self, element_id: str) -> tuple[str, ...]:
        """Return the elements that one may be one thing with; empty where nothing is presumed."""
        return tuple(one for pair in self.presumed if element_id in pair for one in pair if one != element_id)

    def select(self, codes: Iterable[str]) -> AuditedRecord:
        """Narrow sites and elements to some codes, in their order; the audit stays that of the whole record.

        Raises
        ------
        KeyError
            If a code is not among the sites.
        """
        kept = list(codes)
        return dataclasses.replace(
            self,
            sites=self.sites.loc[kept],
            elements=self.elements.loc[self.elements["site_code"].isin(kept)],
            key=_digest(self.key, *kept),
        )


def read(
    store: connection.Store,
    criteria: model.Criteria,
    weights: model.Weights,
    *,
    edition: str = judge.BY_PERMIT_DATE,
    as_of: dt.date | None = None,
    official_only: bool = False,
) -> AuditedRecord:
    """Read a store and judge what counts in it.

    Only here is decided what counts: retired sites and elements are out, with everything that was measured there, and
    so are surveys that were withdrawn, superseded or returned, and what was measured before an element was rebuilt.

    Parameters
    ----------
    store
        An open store.
    criteria, weights
        What to judge by; what the store's comparisons with the gazette found is applied to the criteria.
    edition
        As in :func:`audits.scoring.run.run`.
    as_of
        Only visits up to the end of this local day; None for all.
    official_only
        Only surveys that an engineer approved.
    """
    # The head first: what is written meanwhile has a later one, and so
    # another key. Read last, it would hide under this key.
    head, criteria = str(reading.head(store)), criteria_of(store, criteria)
    sites, elements = register(store)
    joined = same_elements.remaining(same_elements.joined(store), elements.index)
    measurements = reading.measurements(store, as_of, approved_only=official_only)
    history = measurements.loc[measurements["element_id"].isin(elements.index)]
    rebuilt = rebuilt_elements.days(store, as_of)
    measurements = rebuilt_elements.since(history, rebuilt, joined)
    surveys = reading.surveys(store, as_of)
    surveys = surveys.loc[surveys["site_code"].isin(sites.index)]
    counted = counting(surveys, official_only=official_only)
    left_out = frozenset(counting(surveys).drop(counted.index)["site_code"])
    back = reading.standing(surveys).loc[lambda kept: kept["review"] == reviews.RETURNED]
    audit = judge.run(sites, elements, shared(measurements, elements, joined), criteria, weights, edition)
    return AuditedRecord(
        sites=sites,
        elements=elements,
        measurements=measurements,
        history=history,
        surveys=counted,
        criteria=criteria,
        weights=weights,
        joined=joined,
        presumed=tuple(presumed_pairs.find(sites, elements, joined, same_elements.apart(store)).index),
        rebuilt=rebuilt,
        audit=with_waiting(audit, left_out),
        town=towns.read(store),
        head=head,
        demonstration=connection.kind(store) == "demonstration",
        edition=edition,
        as_of=as_of,
        official_only=official_only,
        key=_key(store, head, criteria, weights, edition, as_of, official_only),
        left_out=left_out,
        returned=frozenset(back["site_code"]) - left_out - set(counted["site_code"]),
        retired=frozenset(reading.elements(store).index.difference(elements.index)),
    )


def with_waiting(audit: judge.Audit, left_out: Collection[str]) -> judge.Audit:
    """Give the sites that are judged by nothing, since their surveys wait for approval, that standing."""
    standing = audit.sites["standing"]
    waits = (standing == judge.NOT_SURVEYED) & standing.index.isin(left_out)
    sites = audit.sites.assign(standing=standing.mask(waits, judge.WAITING))
    return dataclasses.replace(audit, sites=sites)


def shared(measurements: pd.DataFrame, elements: pd.DataFrame, joined: Mapping[str, str]) -> pd.DataFrame:
    """Let what was measured at one of joined elements hold for each of them, at its own site.

    Parameters
    ----------
    measurements
        Columns ``element_id``, ``site_code`` and whatever else; in any order.
    elements
        Index ``element_id``; column ``site_code``.
    joined
        As in :class:`AuditedRecord`.
    """
    groups: dict[str, list[str]] = {}
    for name, kept in joined.items():
        groups.setdefault(kept, [kept]).append(name)
    copies = [
        measurements.loc[measurements["element_id"] == source].assign(
            element_id=name, site_code=str(elements["site_code"][name])
        )
        for group in groups.values()
        for source, name in itertools.permutations(group, 2)
        if name in elements.index
    ]
    return pd.concat([measurements, *copies], ignore_index=True) if copies else measurements


def register(store: connection.Store) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read the sites and elements that count, for lists that need no judgement; see :class:`AuditedRecord`."""
    sites, elements = judge.without_retired(reading.sites(store), reading.elements(store))
    return gpd.GeoDataFrame(sites), elements


def key(
    store: connection.Store,
    criteria: model.Criteria,
    weights: model.Weights,
    *,
    edition: str = judge.BY_PERMIT_DATE,
    as_of: dt.date | None = None,
    official_only: bool = False,
) -> str:
    """Tell the key of the record that :func:`read` would give, without reading or judging anything."""
    return _key(store, str(reading.head(store)), criteria, weights, edition, as_of, official_only)


def criteria_of(store: connection.Store, criteria: model.Criteria | None = None) -> model.Criteria:
    """Apply a store's comparisons with the Royal Gazette to criteria, those of the program when None."""
    return law.apply(criteria or files.load_criteria(), comparisons.latest(store))


def weights_of(place: workspace.Workspace) -> model.Weights:
    """Load the weights of a workspace, or those that come with the program where it has none.

    Raises
    ------
    audits.errors.CriteriaError
        When the file is malformed.
    """
    own = place.weights_path
    return files.load_weights(own if own.is_file() else files.WEIGHTS)


def _key(
    store: connection.Store,
    head: str,
    criteria: model.Criteria,
    weights: model.Weights,
    edition: str,
    as_of: dt.date | None,
    official_only: bool,
) -> str:
    place = store.workspace
    # two empty stores have the same head, so the place belongs to the key
    return _digest(place.folder, place.store_name, head, criteria.version, repr(weights), edition, as_of, official_only)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def counting(surveys: pd.DataFrame, *, official_only: bool = False) -> pd.DataFrame:
    """Keep the surveys whose readings :func:`audits.store.surveys.read.measurements` gives.

    Parameters
    ----------
    surveys
        From :func:`audits.store.surveys.read.surveys`: ``status``, ``superseded_by``, ``review``.
    official_only
        Only those that an engineer approved.
    """
    standing = reading.standing(surveys)
    review = standing["review"]
    return standing.loc[review == reviews.APPROVED if official_only else review != reviews.RETURNED]
