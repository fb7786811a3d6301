"""Build the planning model of a record: the walking network, the audited sites in it, and their fixes."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from audits import barriers, wording
from audits import record as records
from audits.access import site_network, trips
from audits.plans import certificate, planning_model, site_fixes
from audits.ramps import prices
from audits.reports import about_lines
from layers import personas

ZONES = wording.phrase("A home belongs to the zone of the nearest site; zones of sites are partly presumed.")
ONLY_THESE = wording.phrase(
    "Fixes are ramps, kerb ramps and paths. Obstacles and crossings stand in the way too, but no price of mending them "
    "is known. Doors, toilets and parking are not planned here."
)
EVERY_BARRIER = wording.phrase(
    "A site opens for someone when everything there that stands in their way is mended; an element that is mended is a "
    "barrier for nobody."
)
UNSURVEYED = wording.phrase(
    "Goals are the sites with a survey that counts, by category: of the others nobody can say whether one gets in."
)
UNKNOWN = {
    barriers.KNOWN_ONLY: wording.phrase("What was not measured or is borderline counts as no barrier."),
    barriers.ALL_UNKNOWN: wording.phrase(
        "What was not measured or is borderline counts as a barrier that no fix removes before it is measured."
    ),
}
LAW = wording.phrase("Some limits are not yet checked against the Royal Gazette; the page of criteria says which.")


@dataclass(frozen=True, eq=False)
class RecordModel:
    """The planning model of a record.

    Parameters
    ----------
    model
        For the planner; its weights are trips of the 100 that can be made on foot.
    fixes
        By name, the fixes of the model.
    case
        One of :data:`audits.barriers.CASES`.
    access
        Today, in this case: what is only promised, or built and not surveyed since, is still a barrier.
    of_100_committed
        Trips of the 100 that can be made step-free once everything in `committed` is finished: what the model serves
        without any fix.
    prepared
        The network with the sites.
    law_checked
        Whether every limit that is judged by was compared with the Royal Gazette.
    presumed_pairs
        Pairs of fixes that may be one thing, of :attr:`audits.record.AuditedRecord.presumed`; each is bought by itself.
    committed
        Known barriers whose works were handed in as promised: open in the model, and no fix of it.
    apart
        By name, the fixes of sites that are too far from every known way: no trip can need them, no plan weighs them.
    """

    model: planning_model.Model
    fixes: Mapping[str, site_fixes.RecordFix]
    case: str
    access: trips.Access
    of_100_committed: float
    prepared: trips.Prepared
    law_checked: bool
    presumed_pairs: tuple[tuple[str, str], ...]
    committed: tuple[str, ...] = ()
    apart: Mapping[str, site_fixes.RecordFix] = dataclasses.field(default_factory=dict)

    @property
    def coarse(self) -> bool:
        """Whether the network is only the axes of main streets."""
        return self.prepared.joined.coarse

    @property
    def joined(self) -> int:
        """Number of sites in the network."""
        return int((self.prepared.joined.sites["joined_as"] != "far").sum())

    @property
    def presumed(self) -> int:
        """Number of sites in the network whose position is not confirmed."""
        return self.prepared.presumed

    @property
    def goals(self) -> int:
        """Number of nodes that people go to, counted once for each category."""
        return sum(len(set(category.nodes)) for category in self.model.categories)

    @property
    def ways(self) -> gpd.GeoSeries:
        """LineStrings, one for each edge of the model's network, in the CRS of the network."""
        return self.prepared.joined.edges.geometry

    @property
    def statements(self) -> tuple[str, ...]:
        """Phrases that must stand beside every figure of a plan, beside what its network rests on."""
        rules = UNSURVEYED, ZONES, ONLY_THESE, EVERY_BARRIER, UNKNOWN[self.case]
        return rules if self.law_checked else (*rules, LAW)

    @functools.cached_property
    def sha256(self) -> str:
        """Digest of the model, as a certificate names it."""
        return certificate.digest(certificate.model_text(self.model))


def build(
    walking: site_network.Walking,
    record: records.AuditedRecord,
    price_book: prices.PriceBook,
    designs: pd.DataFrame | None = None,
    *,
    case: str = barriers.KNOWN_ONLY,
    weights: Mapping[str, float] | None = None,
    committed: Collection[str] = (),
) -> RecordModel:
    """Return the planning model of a record.

    Parameters
    ----------
    walking
        From :func:`audits.access.site_network.read`.
    record, price_book, designs
        As in :func:`audits.plans.site_fixes.fixes`.
    case
        One of :data:`audits.barriers.CASES`. A barrier that counts and that nobody knows to be one has no fix, so the
        edges behind it stay closed.
    weights
        By persona of the network, the weight of one of its trips; 1 for each when not given.
    committed
        Elements that count as mended, since their money is promised already: under contract or built, from
        :func:`audits.access.committed_works.committed`, or planned as well, from
        :func:`audits.access.committed_works.promised_or_further`.

    Raises
    ------
    errors.RefusedError
        When no site lies near a known way.
    """
    weight = {one.persona: 1.0 if weights is None else weights.get(one.persona, 1.0) for one in personas.load()}
    # a persona that weighs nothing would cost a search and change no figure
    people = tuple(one for one in personas.load() if weight[one.persona] > 0)
    weight = {one.persona: weight[one.persona] for one in people}
    prepared = trips.prepare(walking, record)
    on_a_way = {element for code in prepared.edges_of_site for element in prepared.elements.get(code, ())}
    wanted = (one for one in site_fixes.fixes(record, price_book, designs) if one.fix.fix_id not in committed)
    every = {one.fix.fix_id: one for one in wanted}
    # A fix at a site that joins no way opens nothing; the planner never sees it.
    fixes, apart = ({name: every[name] for name in every if (name in on_a_way) is near} for near in (True, False))
    done = prepared.under_way(committed)
    finished = prepared.mended(done)
    # only where both are to be bought: that is where the same thing would be paid twice
    twice = tuple(pair for pair in record.presumed if set(pair) <= set(fixes))
    joined, unit = prepared.joined, prepared.trip_weight(weight)
    needs = {one.persona: _needs(finished, one, case, frozenset(fixes)) for one in people}
    model = planning_model.Model(
        planning_model.Network(len(joined.nodes), joined.ends[:, 0], joined.ends[:, 1], joined.length_m, needs),
        tuple(
            planning_model.Category(name, tuple(nodes.tolist()), site_network.WALK_M)
            for name, nodes in prepared.goals().items()
        ),
        {name: prepared.homes.weights * each * unit for name, each in weight.items()},
        tuple(map(str, prepared.home_zones.tolist())),
        tuple(one.fix for one in fixes.values()),
    )
    checked = not about_lines.unchecked_sources(record)
    access = trips.measure(prepared, case, weight)
    then = trips.measure(finished, case, weight) if done else access
    return RecordModel(model, fixes, case, access, then.of_100, prepared, checked, twice, tuple(sorted(done)), apart)


def _needs(
    prepared: trips.Prepared, persona: personas.Persona, case: str, fixes: frozenset[str]
) -> list[frozenset[str] | None]:
    """Return the fixes that each edge needs before a persona passes; None where no fix of today opens it."""
    blocking = prepared.blocking(persona, case)
    nothing: frozenset[str] = frozenset()
    needed = (blocking.get(edge, nothing) if passes else None for edge, passes in enumerate(prepared.passable(persona)))
    # one barrier without a fix keeps an edge closed, whatever else is mended there
    return [None if need is None or not need <= fixes else need for need in needed]
