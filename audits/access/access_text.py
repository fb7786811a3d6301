"""Word access: the leading sentence, the other case, what stands beside it, and its parts as printed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from audits import barriers, wording
from audits.access import site_network, trips
from audits.formats import rounding
from audits.scoring import selection
from layers import demand, personas
from layers import network as networks

phrase = wording.phrase

DIGITS = 1
EVERYBODY = phrase("All groups together")
LEAD = phrase("{who}: today {known} of 100 trips to the nearest needed place can be made step-free.")
LEAD_COMMITTED = phrase(
    "{who}: today {known} of 100 trips to the nearest needed place can be made step-free; {then} once the works under "
    "contract or built are finished."
)
OTHER_CASE = phrase("Known barriers only; if everything unknown is a barrier, it is {unknown} of 100 trips.")
NOT_KNOWN = phrase(
    "{who}: not known. No survey that counts is of a needed place within walking distance, so no trip counts."
)
TOO_FAR = phrase(
    "Beside these 100 trips, {trips} more lead from homes that have no place of the kind with a survey that counts "
    "within {limit} m on foot."
)
COARSE = phrase(
    "No base map: the network is only the axes of main streets, good to about 30 m. Distances are rough, access is "
    "understated, and nothing is known of any barrier between the sites. A ramp in the street is no place to go to; "
    "whom it lets through only a base map can say."
)
MAPPED = phrase(
    "Walking network from OpenStreetMap: what nobody has mapped is missing; what is mapped without a tag is unknown."
)
DATASET = phrase(
    "Walking network from an OpenSidewalks dataset: what it does not hold is missing; what it holds without a figure "
    "is unknown."
)
EQUAL = phrase("No population by place is known, so these are not people: every {what} counts the same.")
HOMES, METRES_OF_WAY = phrase("building"), phrase("metre of way")
PEOPLE = phrase("Residents as given, spread over the buildings of each area; what each can pass is modelled.")
ONLY_THESE = phrase(
    "A site is open when nothing there stands in the way, of ramps, kerb ramps, paths, obstacles and crossings; doors "
    "are not counted."
)
ANY_OF_THE_KIND = phrase(
    "A trip is step-free when a place of its kind within {limit} m on foot can be reached so, even if it is not the "
    "nearest one."
)
ZONE_LINE = phrase(
    "{zone}: of {on_foot} trips on foot, {known} step-free; {unknown} if everything unknown is a barrier"
)
ZONE_COLUMNS = {barriers.KNOWN_ONLY: "known", barriers.ALL_UNKNOWN: "unknown"}
UNKNOWN_WAYS = phrase(
    "The map does not say of {unknown} of {whole} km of way whether one can pass; they count as passable in both cases."
)

Cases = Mapping[str, trips.Access]
"""Access by each of :data:`audits.barriers.CASES`, or by those that are asked for."""


def measure(prepared: trips.Prepared, persona: str = "") -> Cases:
    """Measure access in both cases for a persona of the network, or for all together."""
    return {case: trips.measure(prepared, case, people=(persona,) if persona else ()) for case in barriers.CASES}


def people(words: wording.Wording) -> dict[str, str]:
    """Name the personas of the network by id, and first, under the empty id, all together."""
    thai = words.language == "th"
    names = {one.persona: one.name_th if thai else one.name_en for one in personas.load()}
    return {"": words.text(EVERYBODY), **names}


def finished(prepared: trips.Prepared, committed: Collection[str], persona: str = "") -> trips.Access | None:
    """Measure access once works under contract or built are finished, known barriers only; None where none are."""
    done = prepared.under_way(committed)
    people = (persona,) if persona else ()
    # without such works the second figure would repeat the first
    return trips.measure(prepared.mended(done), barriers.KNOWN_ONLY, people=people) if done else None


def lead(cases: Cases, words: wording.Wording, persona: str = "", then: trips.Access | None = None) -> str:
    """State how many of 100 trips can be made step-free, counting known barriers only.

    `then` is access once what is under contract is built, from :func:`finished`.
    """
    known, who = cases[barriers.KNOWN_ONLY], people(words)[persona]
    if not known.known:
        return words.text(NOT_KNOWN, who=who)
    figures = {"known": written(known.of_100, words)}
    if then is None:
        return words.text(LEAD, who=who, **figures)
    return words.text(LEAD_COMMITTED, who=who, then=written(then.of_100, words), **figures)


def other_case(cases: Cases, words: wording.Wording) -> list[str]:
    """State access if everything unknown is a barrier; nothing where no trip counts."""
    unknown = cases[barriers.ALL_UNKNOWN]
    return [words.text(OTHER_CASE, unknown=written(unknown.of_100, words))] if unknown.known else []


def beside(prepared: trips.Prepared, cases: Cases, words: wording.Wording) -> list[str]:
    """State what is not among the 100 trips: homes too far from every place, and places that nobody has surveyed."""
    found = [sentence for sentence in (too_far(cases[barriers.KNOWN_ONLY], words),) if sentence]
    if prepared.unsurveyed:
        found.append(
            words.count(
                "{n} site has not been surveyed: nobody knows whether one gets in, so no trip to it counts.",
                "{n} sites have not been surveyed: nobody knows whether one gets in, so no trip to them counts.",
                prepared.unsurveyed,
            )
        )
    return [*found, *other_codes(prepared, words), *waiting(prepared, words)]


def other_codes(prepared: trips.Prepared, words: wording.Wording) -> list[str]:
    """State of how many unsurveyed sites something is perhaps recorded under another code too."""
    found = []
    if prepared.twice:
        found.append(
            words.count(
                "{n} pair of unsurveyed sites may be one place under two codes.",
                "{n} pairs of unsurveyed sites may be one place under two codes.",
                len(prepared.twice),
            )
        )
    if prepared.surveyed_as:
        found.append(
            words.count(
                "At {n} unsurveyed site something may have been surveyed under another code.",
                "At {n} unsurveyed sites something may have been surveyed under another code.",
                len(prepared.surveyed_as),
            )
        )
    return found


def other_codes_of(prepared: trips.Prepared, code: str, words: wording.Wording) -> str:
    """State under which other codes an unsurveyed site may be in the register, for a list; empty for none."""
    same = [other for pair in prepared.twice if code in pair for other in pair if other != code]
    parts = [words.text("may be one place with {codes}", codes=", ".join(same))] if same else []
    if surveyed := prepared.surveyed_as.get(code):
        parts.append(words.text("surveyed in part under {codes}, if that is one place", codes=", ".join(surveyed)))
    return " · ".join(parts)


def waiting(prepared: trips.Prepared, words: wording.Wording) -> list[str]:
    """State how many places are no goals yet only because their surveys wait for approval; nothing where none do."""
    if not prepared.waiting:
        return []
    return [
        words.count(
            "{n} site was surveyed, but its survey waits for approval: until then no trip to it counts.",
            "{n} sites were surveyed, but their surveys wait for approval: until then no trip to them counts.",
            prepared.waiting,
        )
    ]


def too_far(access: trips.Access, words: wording.Wording) -> str:
    """State how many trips are beside the 100, since no surveyed place is near enough; empty where none are."""
    if not access.too_far:
        return ""
    limit = words.number(site_network.WALK_M, 0)
    return words.text(TOO_FAR, trips=written(access.too_far, words), limit=limit)


def network(prepared: trips.Prepared, words: wording.Wording) -> str:
    """State in one line what the network and the weights of the homes rest on."""
    homes = prepared.homes
    what = HOMES if homes.statement == demand.EQUAL_BUILDINGS else METRES_OF_WAY
    start = words.text(EQUAL, what=words.text(what)) if homes.equal else words.text(PEOPLE)
    ways = prepared.joined
    known = DATASET if ways.source == networks.OPENSIDEWALKS else MAPPED
    return f"{words.text(COARSE if ways.coarse else known)} {start}"


def limits(prepared: trips.Prepared, unknown_m: float, words: wording.Wording) -> list[str]:
    """State when a trip is step-free, what opens a site, and how much of the way the map says nothing of."""
    km = {"unknown": unknown_m / 1000, "whole": float(prepared.joined.length_m.sum()) / 1000}
    numbers = {name: words.number(value, 1) for name, value in km.items()}
    any_of_the_kind = words.text(ANY_OF_THE_KIND, limit=words.number(site_network.WALK_M, 0))
    return [any_of_the_kind, words.text(ONLY_THESE), words.text(UNKNOWN_WAYS, **numbers)]


def parts(cases: Cases, part: str) -> pd.DataFrame:
    """Split the 100 trips by a column of :attr:`audits.access.trips.Access.trips`, rounded as printed.

    Returns
    -------
    pandas.DataFrame
        Index the values of `part`; ``on_foot`` and one column for each case, in trips of 100. Each column adds up to
        its whole as printed, and no figure passes the one on its left.
    """
    tables = {case: cases[case].by(part) for case in barriers.CASES if case in cases}
    on_foot = next(iter(tables.values()))["on_foot"]
    most = rounding.parts(on_foot.tolist(), DIGITS)
    table = pd.DataFrame({"on_foot": most}, on_foot.index)
    for case, one in tables.items():
        table[case] = most = rounding.parts(one["step_free"].tolist(), DIGITS, most=most)
    return table


def worst_zones(access: trips.Access) -> pd.DataFrame:
    """Select the zones from which the smallest share of trips is step-free, from the parts as printed.

    Printed parts, because a share of its own would differ from their quotient; the exact ones choose the zones.
    """
    # what lies in no zone is none that anybody could send works to
    found = access.by("zone").drop(index=selection.NO_ZONE, errors="ignore")
    # a zone without trips has no share
    share = (found["step_free"] / found["on_foot"]).loc[found["on_foot"] > 0]
    # zones that tie are all named
    return parts({access.case: access}, "zone").loc[sorted(share.index[share == share.min()])]


def zone_lines(cases: Cases, words: wording.Wording) -> list[str]:
    """State each zone's part of the 100 trips in one line, as printed; nothing where no trip counts."""
    if not cases[barriers.KNOWN_ONLY].known:
        return []
    lines = []
    for zone, row in parts(cases, "zone").rename(columns=ZONE_COLUMNS).iterrows():
        numbers = {str(name): written(value, words) for name, value in row.items()}
        lines.append(words.text(ZONE_LINE, zone=zone_name(int(str(zone)), words), **numbers))
    return lines


def zone_name(zone: int, words: wording.Wording) -> str:
    """Name a zone."""
    return words.text("no zone yet") if zone == selection.NO_ZONE else words.text("Zone {n}", n=zone)


def written(weight: float, words: wording.Wording) -> str:
    """Write trips of 100."""
    return words.decimal(weight, DIGITS)
