"""Report from the command line which trips can be made step-free, and which sites go first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from audits import barriers, errors, priority, wording
from audits import record as records
from audits.access import access_text, catchments, committed_works, population_problems, site_network, trips
from audits.cli import arguments
from audits.reports import about_lines
from audits.requests import counts
from audits.store.requests import requests
from layers import ground, personas, population_file

SITE = wording.phrase("{rank}. {code}: {low} to {high} of 100; may be {best} to {worst}")
MEASURE_FIRST = wording.phrase("Measure first, not ranked, {n} sites in about {minutes} minutes: {codes}")
SHOWN = 20
PARTS = {"zone": "zones", "code": "sites", "persona": "personas", "category": "categories"}


@arguments.command(*arguments.JUDGED)
def access(
    request: arguments.Request,
    persona: Annotated[
        str, typer.Option("--persona", help="Only the trips of this group; see data/reach/personas.csv.")
    ] = "",
    case: Annotated[
        str, typer.Option("--barriers", help=f"Which barriers count in the parts: {', '.join(barriers.CASES)}.")
    ] = barriers.KNOWN_ONLY,
) -> None:
    """Say how many of 100 trips to the nearest needed place can be made step-free, by zone, site, group and kind."""
    words = request.words
    case = arguments.read_as(case, barriers.case_of)
    arguments.known(persona, [one.persona for one in personas.load()], "--persona", optional=True)
    record = request.read_record()
    prepared = _prepared(record, request.workspace.folder)
    with request.open_store() as store:
        committed = committed_works.committed(store, record)
    people, then = (persona,) if persona else (), access_text.finished(prepared, committed, persona)
    cases, unknown_m = access_text.measure(prepared, persona), catchments.unknown_m(prepared, people)
    receipt = {
        "persona": persona or None,
        "barriers": case,
        "access": {name: one.of_100 if one.known else None for name, one in cases.items()},
        "access_committed": then.of_100 if then is not None and then.known else None,
        "committed": sorted(prepared.under_way(committed)),
        **{name: _records(cases[case].by(part), part) for part, name in PARTS.items()},
        "trips_too_far": cases[case].too_far,
        "places_not_surveyed": prepared.unsurveyed,
        "places_perhaps_twice": [list(pair) for pair in prepared.twice],
        "places_surveyed_as": {code: list(others) for code, others in prepared.surveyed_as.items()},
        "places_waiting": prepared.waiting,
        "busiest_barriers": catchments.busiest_barriers(prepared, people).to_dict("records"),
        "unknown_m": unknown_m,
        "network": prepared.joined.source,
        "coarse_network": prepared.joined.coarse,
        "equal_weights": prepared.homes.equal,
        **arguments.basis(record),
    }
    lines = access_text.lead(cases, words, persona, then), *access_text.other_case(cases, words)
    lines = *lines, about_lines.counted(record.counted, words)
    beside = *access_text.zone_lines(cases, words), *access_text.beside(prepared, cases, words)
    rests_on = access_text.network(prepared, words), *access_text.limits(prepared, unknown_m, words)
    request.print_receipt(receipt, (*lines, *beside, *rests_on))


@arguments.command(*arguments.JUDGED)
def priority_report(
    request: arguments.Request,
) -> None:
    """Order the sites by condition, place and requests under the official weights, with the ranks each may have."""
    words, record, folder = request.words, request.read_record(), request.workspace.folder
    prepared = _prepared(record, folder)
    people, passers = catchments.homes_near(prepared), catchments.passers(prepared)
    with request.open_store() as store:
        asked = counts.at_sites(requests.every(store, record.as_of))
    places = ground.destinations(folder, record.area)
    parts = priority.components(record.sites, record.audit.sites, places, people, passers, asked)
    weights = record.weights.priority
    ranked = priority.scores(parts, weights).sort_values(["rank", "low"], ascending=[True, False], kind="stable")
    each = priority.contributions(parts, weights)
    first = priority.measure_first(record, parts, weights)
    receipt = {
        "weights": dict(weights),
        "sites": [row | {"points": _points(each, str(row["code"]))} for row in _records(ranked, "code")],
        "measure_first": _records(first, "code"),
        "waiting": list(parts.waiting),
        "network": prepared.joined.source,
        "coarse_network": prepared.joined.coarse,
        "equal_weights": prepared.homes.equal,
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
    lines += priority.waits(parts, words)
    basis = [words.text(each) for each in (priority.MEASURE_FIRST, priority.FORM, priority.WORKING, priority.NEARNESS)]
    basis = [about_lines.counted(record.counted, words), *basis]
    request.print_receipt(receipt, (*lines, *basis, access_text.network(prepared, words)))


def _prepared(record: records.AuditedRecord, folder: Path) -> trips.Prepared:
    return trips.prepare(read_walking(folder, record), record)


def read_walking(folder: Path, record: records.AuditedRecord) -> site_network.Walking:
    """Read the walking network of a workspace, for the town of its record.

    Raises
    ------
    audits.errors.RefusedError
        When its table of residents cannot be read.
    """
    try:
        return site_network.read(folder, record.area)
    except population_file.PopulationError as refused:
        raise errors.RefusedError(population_problems.problems(population_file.NAME, refused)) from refused


def _records(table: pd.DataFrame, key: str) -> list[dict[str, object]]:
    """Rows with their names; what is not known is null."""
    # a column of numbers cannot hold None, and JSON has no NaN
    rows = table.rename_axis(key).reset_index().astype(object)
    return [
        {str(name): value for name, value in row.items()} for row in rows.where(rows.notna(), None).to_dict("records")
    ]


def _points(each: priority.Components, code: str) -> dict[str, list[float]]:
    """Points of a site by component, lowest and highest."""
    ends = zip(each.low.loc[code].items(), each.high.loc[code], strict=True)
    return {str(name): [float(low), float(high)] for (name, low), high in ends}
