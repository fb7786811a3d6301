"""Score a record from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, cast

import pandas as pd
import rich.cells
import typer

from audits import terms, wording
from audits.cli import arguments
from audits.reports import markers
from audits.scoring import findings, selection

phrase = wording.phrase

TOTAL = phrase("{n} site")
TOTALS = phrase("{n} sites")
SURVEYED = phrase("{surveyed} of {sites} sites surveyed, criteria {version}, head {head}")

_CODE_WIDTH, _VERDICT_WIDTH, _SCORE_WIDTH, _GRADE_WIDTH, _SHARE_WIDTH = 10, 14, 20, 5, 6


@arguments.command(*arguments.JUDGED)
def score(
    request: arguments.Request,
    site: Annotated[list[str] | None, typer.Option("--site", help="Only this site; may be repeated.")] = None,
) -> None:
    """Score every site: verdict, interval, grade and how much of it was measured."""
    words, record = request.words, request.read_record()
    sites = record.sites.loc[arguments.known_codes(site or list(record.sites.index), record.sites)]
    scored = record.audit.sites.loc[sites.index]
    rows = cast("dict[str, dict[str, Any]]", scored.to_dict("index"))
    surveyed = int(scored["last_surveyed_on"].notna().sum())
    receipt = {
        **arguments.basis(record),
        "criteria_version": record.criteria.version,
        "approved_only": request.approved,
        "surveyed": surveyed,
        "totals": totals(scored["verdict"]),
        "failing": failing(scored),
        "sites": [_site_record(code, row, sites.loc[code], words) for code, row in rows.items()],
    }
    lines = [_site_line(code, row, sites.loc[code], words) for code, row in rows.items()]
    lines += total_lines(scored, words)
    numbers = {"surveyed": surveyed, "sites": len(scored)}
    lines.append(words.text(SURVEYED, version=record.criteria.version, head=record.head, **numbers))
    request.print_receipt(receipt, lines)


def totals(verdicts: Iterable[str]) -> dict[str, int]:
    """Count verdicts, all of :data:`audits.scoring.findings.VERDICTS` in their order."""
    # of no verdicts pandas would make a column of floats
    counts = pd.Series(list(verdicts), dtype=object).value_counts()
    return {verdict: int(counts.get(verdict, 0)) for verdict in findings.VERDICTS}


def failing(judged: pd.DataFrame) -> dict[str, int]:
    """Count the failing sites by what they fail, a key of :data:`audits.terms.FAILING`."""
    found = selection.failing(judged)
    return {kind: int((found == kind).sum()) for kind in selection.FAILING}


def total_lines(judged: pd.DataFrame, words: wording.Wording) -> Iterator[str]:
    """Yield a line for each verdict that occurs, with the number of sites, and for failing ones what they fail."""
    binding, other = failing(judged).values()
    force = words.text(terms.OF_FAILING, binding=words.number(binding, 0), other=words.number(other, 0))
    for verdict, count in totals(judged["verdict"]).items():
        if count:
            line = f"{words.text(terms.VERDICT[verdict])}: {words.count(TOTAL, TOTALS, count)}"
            yield f"{line} ({force})" if verdict == "fail" else line


def _site_record(code: str, row: Mapping[str, Any], site: pd.Series, words: wording.Wording) -> dict[str, object]:
    last = row["last_surveyed_on"]
    return {
        "code": code,
        **{name: str(site[name]) for name in ("name_th", "name_en", "kind")},
        "verdict": row["verdict"],
        # JSON has no NaN
        **{name: None if pd.isna(row[name]) else float(row[name]) for name in ("score_low", "score_high", "coverage")},
        "grade": row["grade"] or None,
        "grade_undecided": markers.undecided(row) or None,
        "law_failed_count": int(row["law_failed"]),
        "sentence": markers.compliance_and_grade(row, words),
        "standing": row["standing"],
        "last_surveyed_on": None if pd.isna(last) else last.tz_convert(wording.local_zone()).date().isoformat(),
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
    sentence = markers.compliance_and_grade(row, words)
    # by cells of the terminal, not by letters: Thai vowels and tone marks take no room of their own
    return "  ".join([*(rich.cells.set_cell_size(text, width) for text, width in cells), f"{name} · {sentence}"])
