"""Report from the command line who comes to the sites step-free, and which sites go first."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from audits import errors, priority, wording
from audits import record as records
from audits.access import persona_reach, population_problems, site_network
from audits.cli import arguments
from layers import ground, personas, population_file, reach

phrase = wording.phrase

CITY = phrase("{case}: {share} of what lies within {walk} m on foot of a site can also come step-free")
SITE = phrase("{rank}. {code}: {low} to {high} of 100; may be {best} to {worst}")
MEASURE_FIRST = wording.phrase("Measure first, not ranked, {n} sites in about {minutes} minutes: {codes}")
SHOWN = 20


@arguments.command(*arguments.JUDGED)
def reach_report(
    request: arguments.Request,
    persona: Annotated[str, typer.Option("--persona", help="Who; see data/reach/personas.csv.")] = "manual_wheelchair",
    walk: Annotated[float, typer.Option("--walk", help="How far one walks, metres.", min=1.0)] = reach.LIMITS_M[-1],
) -> None:
    """Say who comes to the sites step-free beside on foot: worst, likely and best, by zone and site."""
    words, record = request.words, request.read_record()
    found = _reach(record, request.workspace.folder, persona)
    zones = persona_reach.by_zone(found, record.sites["zone"], walk)
    city = zones.loc[persona_reach.CITY]
    receipt = {
        "persona": persona,
        "walk_m": walk,
        "zones": _records(zones, "zone"),
        "sites": _records(persona_reach.by_site(found, walk), "code"),
        "destinations": _records(persona_reach.destinations(found, record.sites.index, walk), "category"),
        "barriers": persona_reach.busiest_barriers(found, walk).to_dict("records"),
        "unknown": _records(found.unknown, "cause"),
        "coarse_network": found.walking.coarse,
        "equal_weights": found.people.equal,
        **arguments.basis(record),
    }
    lines = []
    for case, name in persona_reach.CASES.items():
        share = float(str(city[f"share_{case}"]))
        known = words.text("not known") if math.isnan(share) else words.percent(share)
        lines.append(words.text(CITY, case=words.text(name), share=known, walk=words.number(walk, 0)))
    request.print_receipt(receipt, (*lines, *_statements(found, words)))


@arguments.command(*arguments.JUDGED)
def priority_report(
    request: arguments.Request,
) -> None:
    """Order the sites by condition and place under the municipality's weights, with the ranks each may have."""
    words, record, folder = request.words, request.read_record(), request.workspace.folder
    found = _reach(record, folder, personas.load()[0].persona)
    walk = reach.LIMITS_M[-1]
    people = persona_reach.by_site(found, walk)["people_on_foot"]
    passers = persona_reach.passers(found, walk)
    parts = priority.components(record.sites, record.audit.sites, ground.destinations(folder), people, passers)
    weights = record.weights.priority
    ranked = priority.scores(parts, weights).sort_values(["rank", "low"], ascending=[True, False], kind="stable")
    each = priority.contributions(parts, weights)
    first = priority.measure_first(record, parts, weights)
    receipt = {
        "weights": dict(weights),
        "sites": [row | {"points": _points(each, str(row["code"]))} for row in _records(ranked, "code")],
        "measure_first": _records(first, "code"),
        "coarse_network": found.walking.coarse,
        "equal_weights": found.people.equal,
        **arguments.basis(record),
    }
    lines = []
    for code, row in ranked.head(SHOWN).iterrows():
        low, high = (words.number(row[end], 1) for end in ("low", "high"))
        ranks = {"best": int(row["rank_best"]), "worst": int(row["rank_worst"])}
        lines.append(words.text(SITE, rank=int(row["rank"]), code=code, low=low, high=high, **ranks))
    if len(first):
        codes = ", ".join(map(str, first.index[:SHOWN]))
        lines.append(
            words.text(MEASURE_FIRST, n=len(first), codes=codes, minutes=words.number(first["minutes"].sum(), 0))
        )
    basis = [words.text(each) for each in (priority.MEASURE_FIRST, priority.FORM, priority.WORKING, priority.NEARNESS)]
    request.print_receipt(receipt, (*lines, *basis, *_statements(found, words)))


def _reach(record: records.AuditedRecord, folder: Path, persona: str) -> persona_reach.Reach:
    known = {one.persona: one for one in personas.load()}
    arguments.known(persona, known, "--persona")
    try:
        walking = site_network.read(folder)
    except population_file.PopulationError as refused:
        raise errors.RefusedError(population_problems.problems(population_file.NAME, refused)) from refused
    return persona_reach.analyse(walking, record, known[persona], ground.destinations(folder))


def _records(table: pd.DataFrame, key: str) -> list[dict[str, object]]:
    """Rows with their names; what is not known is null."""
    rows = table.rename_axis(key).reset_index().astype(object)
    return [
        {str(name): value for name, value in row.items()} for row in rows.where(rows.notna(), None).to_dict("records")
    ]


def _points(each: priority.Components, code: str) -> dict[str, list[float]]:
    """Points of a site by component, lowest and highest."""
    ends = zip(each.low.loc[code].items(), each.high.loc[code], strict=True)
    return {str(name): [float(low), float(high)] for (name, low), high in ends}


def _statements(found: persona_reach.Reach, words: wording.Wording) -> list[str]:
    return [
        words.text(statement, **{name: words.text(value) for name, value in values.items()})
        for statement, values in found.statements
    ]
