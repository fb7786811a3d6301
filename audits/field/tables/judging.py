"""Score a record, or judge another city's table, from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, cast

import pandas as pd
import rich.cells
import typer

from audits import record as records
from audits import survey, terms, wording
from audits.cli import answers, arguments
from audits.demo import seed
from audits.field.tables import command, importing
from audits.reports import markers
from audits.rules import files, model
from audits.scoring import findings, run

phrase = wording.phrase

TOTAL = phrase("{n} site")
TOTALS = phrase("{n} sites")
SURVEYED = phrase("{surveyed} of {sites} sites surveyed, criteria {version}, head {head}")
JUDGED = phrase("{rows} rows: {taken} judged, {held} held; criteria {version}")
FAILS_MOST = phrase("fails most often: {name}, {count} times")

_CODE_WIDTH, _VERDICT_WIDTH, _SCORE_WIDTH, _GRADE_WIDTH, _SHARE_WIDTH = 10, 14, 20, 5, 6
_FAILURES_SHOWN = 5


def score(
    context: typer.Context,
    edition: arguments.Edition = run.BY_PERMIT_DATE,
    as_of: arguments.AsOf = None,
    site: Annotated[list[str] | None, typer.Option("--site", help="Only this site; may be repeated.")] = None,
    approved: arguments.Approved = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Score every site: verdict, interval, grade and how much of it was measured."""
    words = answers.reader(context).words
    record = arguments.read_record(folder, edition, arguments.day(as_of), approved)
    sites = record.sites.loc[arguments.known_codes(site or list(record.sites.index), record.sites)]
    scored = record.audit.sites.loc[sites.index]
    rows = cast("dict[str, dict[str, Any]]", scored.to_dict("index"))
    surveyed = int(scored["last_surveyed_on"].notna().sum())
    answer = {
        "demonstration": record.demonstration,
        "edition": edition,
        "as_of": None if as_of is None else as_of.date().isoformat(),
        "criteria_version": record.criteria.version,
        "head": record.head,
        "approved_only": approved,
        "surveyed": surveyed,
        "totals": _totals(scored["verdict"]),
        "sites": [_site_record(code, row, sites.loc[code]) for code, row in rows.items()],
    }
    lines = [words.text(terms.DEMONSTRATION)] if record.demonstration else []
    lines += [_site_line(code, row, sites.loc[code], words) for code, row in rows.items()]
    lines += _total_lines(scored["verdict"], words)
    numbers = {"surveyed": surveyed, "sites": len(scored)}
    lines.append(words.text(SURVEYED, version=record.criteria.version, head=record.head, **numbers))
    answers.give(context, answer, lines)


def judge(
    context: typer.Context,
    file: arguments.File,
    profile: arguments.ProfileName = None,
    edition: arguments.Edition = run.BY_PERMIT_DATE,
    datum: arguments.Datum = command.DEFAULT_DATUM,
    box: arguments.Box = None,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Judge the table of any city by these criteria, and write nothing; exit code 3 when rows were held."""
    words, criteria = answers.reader(context).words, files.load_criteria()
    place = arguments.chosen_workspace(folder)
    arguments.known_edition(edition, criteria)
    nobody, nothing = seed.starter_sites().iloc[:0], seed.starter_elements().iloc[:0]
    with answers.progress(words.text("Judging")):
        understood = command.understand(file, profile, datum, box, place, criteria, nobody, nothing)
        judged = judge_table(understood, criteria, records.weights_of(place), edition)
    verdicts = judged.findings["verdict"]
    failures = judged.findings.loc[verdicts == "fail", "criterion"].value_counts()
    answer = {
        "file": file.name,
        "edition": edition,
        "criteria_version": criteria.version,
        "rows": understood.row_count,
        "judged": understood.accepted_count,
        "held": len(understood.held),
        "held_rows": command.held_records(understood, words),
        "sites": len(judged.sites),
        "totals": _totals(judged.sites["verdict"]),
        "findings": _totals(verdicts),
        "failures": {str(name): int(count) for name, count in failures.items()},
    }
    numbers = {"rows": understood.row_count, "taken": understood.accepted_count, "held": len(understood.held)}
    lines = [words.text(JUDGED, version=criteria.version, **numbers), *_total_lines(judged.sites["verdict"], words)]
    for name, count in failures.head(_FAILURES_SHOWN).items():
        lines.append(words.text(FAILS_MOST, name=words.name(criteria.criteria[str(name)].name), count=count))
    answers.give(context, answer, lines)
    command.show_held(understood, words)


def judge_table(
    understood: importing.Preview, criteria: model.Criteria, weights: model.Weights, edition: str
) -> run.Audit:
    """Judge what a table was understood to say, as if it were a record of its own.

    Parameters
    ----------
    understood
        A table read against an empty register.
    criteria, weights, edition
        As in :func:`audits.scoring.run.run`.
    """
    sites = understood.sites.sites
    found = {
        element.element_id: (one.site_code, element.kind) for one in understood.surveys for element in one.elements
    }
    registered = understood.sites.elements[["site_code", "kind", "permitted_on"]]
    met = pd.DataFrame.from_dict(found, orient="index", columns=["site_code", "kind"])
    met = met.loc[~met.index.isin(registered.index)].assign(permitted_on=None)
    elements = pd.concat([registered.astype(object), met.astype(object)]).rename_axis("element_id")
    elements["permitted_on"] = pd.to_datetime(elements["permitted_on"])
    return run.run(sites, elements, _readings(understood.surveys), criteria, weights, edition)


def _readings(surveys: Sequence[survey.Survey]) -> pd.DataFrame:
    rows = [
        (one.site_code, reading.element_id, reading.quantity, reading.value, reading.uncertainty, one.observed_at)
        for one in surveys
        for reading in one.measurements
    ]
    columns = ["site_code", "element_id", "quantity", "value", "uncertainty", "observed_at"]
    frame = pd.DataFrame(rows, columns=columns).astype({"value": float, "uncertainty": float})
    frame["observed_at"] = pd.to_datetime(frame["observed_at"], utc=True)
    return frame


def _totals(verdicts: Iterable[str]) -> dict[str, int]:
    counts = pd.Series(list(verdicts), dtype=object).value_counts()
    return {verdict: int(counts.get(verdict, 0)) for verdict in findings.VERDICTS}


def _total_lines(verdicts: Iterable[str], words: wording.Wording) -> Iterator[str]:
    for verdict, count in _totals(verdicts).items():
        if count:
            yield f"{words.text(terms.VERDICT[verdict])}: {words.count(TOTAL, TOTALS, count)}"


def _site_record(code: str, row: Mapping[str, Any], site: pd.Series) -> dict[str, object]:
    last = row["last_surveyed_on"]
    return {
        "code": code,
        **{name: str(site[name]) for name in ("name_th", "name_en", "kind")},
        "verdict": row["verdict"],
        **{name: None if pd.isna(row[name]) else float(row[name]) for name in ("score_low", "score_high", "coverage")},
        "grade": row["grade"] or None,
        "standing": row["standing"],
        "last_surveyed_on": None if pd.isna(last) else last.tz_convert(wording.BANGKOK).date().isoformat(),
    }


def _site_line(code: str, row: Mapping[str, Any], site: pd.Series, words: wording.Wording) -> str:
    share = "" if pd.isna(row["coverage"]) else words.percent(row["coverage"])
    cells = (
        (code, _CODE_WIDTH),
        (words.text(terms.VERDICT[row["verdict"]]), _VERDICT_WIDTH),
        (markers.score_text(row["score_low"], row["score_high"], words), _SCORE_WIDTH),
        (row["grade"] or "–", _GRADE_WIDTH),
        (share, _SHARE_WIDTH),
    )
    name = site["name_en"] if words.language == "en" else site["name_th"]
    return "  ".join([*(rich.cells.set_cell_size(text, width) for text, width in cells), str(name)])
