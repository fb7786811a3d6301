"""Write the list of works as an Excel workbook: estimate, contract and payments, with sums that recalculate."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import xlsxwriter
from xlsxwriter import utility
from xlsxwriter.format import Format

from audits import barriers, terms, wording
from audits.formats import xlsx
from audits.ramps import interventions, prices
from audits.reports import markers
from audits.store.works import contracts
from audits.works import spending, works_table

phrase = wording.phrase

SHEET, ZONES, YEARS = phrase("Works"), phrase("Works by zone"), phrase("Works by year")
CONTRACTS, PROGRESS, PAYMENTS = phrase("Contracts"), phrase("Progress"), phrase("Payments")
"""The sheets, each under its name in the reader's language."""

_DAYS = {
    "planned_on": phrase("Planned"),
    "designed_on": phrase("Designed"),
    "built_on": phrase("Built"),
    "accepted_on": phrase("Accepted"),
    "accept_by": phrase("Accept by"),
}
FIX, COST, ZONE, BASIS = phrase("Fix"), phrase("Likely cost (baht)"), phrase("Zone"), phrase("How the cost is known")
ESTIMATE, AGREED, PAID = phrase("Estimate (baht)"), phrase("Contract (baht)"), phrase("Paid (baht)")
OPEN, LEFT, COUNT = (
    phrase("Estimate without a contract (baht)"),
    phrase("Left to pay (baht)"),
    phrase("Number of works"),
)
CONTRACTOR, NUMBER, SIGNED = phrase("Contractor"), phrase("Contract number"), phrase("Day of the contract")
DUE, MONTHS, UNTIL = phrase("Complete by"), phrase("Liable for defects (months)"), phrase("Liable for defects until")
COMMITTEE, YEAR, DAY, NOTE = phrase("Acceptance committee"), phrase("Budget year"), phrase("Day"), phrase("Note")
DONE, PHOTO = phrase("Done (%)"), phrase("Photo")
NO_CONTRACT, NO_ZONE = phrase("no contract yet"), phrase("no zone yet")
OVERDUE, OVER_BUDGET = phrase("overdue"), phrase("over budget")

_SUMMED: Collection[str] = frozenset({COST, ESTIMATE, AGREED, PAID, OPEN, LEFT, COUNT})
_WIDTHS: Mapping[str, float] = {FIX: 24, CONTRACTOR: 30, COMMITTEE: 40, NOTE: 40, PHOTO: 24, BASIS: 50}
_WIDTH = 16.0
_LOOKS: Mapping[str, dict[str, object]] = {
    "text": {},
    "heading": xlsx.HEADING,
    "baht": {"num_format": "#,##0"},
    "total": {"num_format": "#,##0", "bold": True, "top": 1},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
}
# rows above the first work: the mark, what promised means, the headings
_TOP = 3

Columns = Mapping[str, Sequence[object]]
"""The values of a sheet by heading, the key of its rows first."""


class Live(NamedTuple):
    """A formula, with the value that it has now for programs that do not calculate."""

    formula: str
    value: int


def workbook(
    works: works_table.Works,
    names: Sequence[str],
    sites: gpd.GeoDataFrame,
    made_on: dt.date,
    words: wording.Wording,
    title: str,
) -> bytes:
    """Return the works named as a workbook; the same works make the same bytes.

    Contracts and payments are rows of their own; what each work, zone and budget year comes to are formulas over them.

    Parameters
    ----------
    works
        From :func:`audits.works.works_table.gather`.
    names
        Ids of the fixes, in the order of the rows.
    sites
        Of the record, whose names stand beside their codes.
    made_on
        Day written on it.
    title
        Stands above the table, such as the mark of a demonstration.
    """
    sheets = _sheets(works, list(names), sites, words)
    mark = " · ".join(filter(None, [title, words.text(prices.SAMPLE) if works.sample_prices else ""]))

    def fill(file: xlsxwriter.Workbook) -> None:
        looks = {name: file.add_format(xlsx.FONT | look) for name, look in _LOOKS.items()}
        for name, columns in sheets.items():
            _write(file, name, columns, mark, looks, words)

    return xlsx.workbook(made_on, fill)


def _write(
    file: xlsxwriter.Workbook,
    name: str,
    columns: Columns,
    mark: str,
    looks: Mapping[str, Format],
    words: wording.Wording,
) -> None:
    sheet = file.add_worksheet(words.text(name))
    xlsx.write(sheet, 0, 0, mark, looks["text"])
    meanings = " ".join(map(words.text, (spending.PROMISED_MEANS, spending.ESTIMATE_MEANS)))
    xlsx.write(sheet, 1, 0, meanings, looks["text"])
    xlsx.write_row(sheet, _TOP - 1, map(words.text, columns), looks["heading"])
    end = _TOP + len(next(iter(columns.values())))
    xlsx.write(sheet, end, 0, words.text("Total"), looks["heading"])
    for place, (heading, values) in enumerate(columns.items()):
        summed = heading in _SUMMED
        for row, value in enumerate(values, start=_TOP):
            look = looks["baht" if summed else "day" if isinstance(value, dt.datetime) else "text"]
            if isinstance(value, Live):
                sheet.write_formula(row, place, f"={_on_named_sheets(value.formula, words)}", look, value.value)
            else:
                xlsx.write(sheet, row, place, value, look)
        if summed:
            now = sum(one.value if isinstance(one, Live) else int(str(one)) for one in values if not _missing(one))
            # without rows the cells to sum would be the total itself
            first, last = (utility.xl_rowcol_to_cell(row, place) for row in (min(_TOP, end - 1), end - 1))
            sheet.write_formula(end, place, f"=SUM({first}:{last})", looks["total"], now)
        sheet.set_column(place, place, _WIDTHS.get(heading, _WIDTH))
    sheet.freeze_panes(_TOP, 1)
    if end > _TOP:
        sheet.autofilter(_TOP - 1, 0, end - 1, len(columns) - 1)


def _on_named_sheets(formula: str, words: wording.Wording) -> str:
    """Return a formula with the sheets under the names that the reader sees."""
    # last, since until then the English names are the keys by which cells are found
    return re.sub("'([^']+)'!", lambda found: f"'{words.text(found[1])}'!", formula)


def _missing(value: object) -> bool:
    return value is None or value is pd.NA


def _sheets(
    works: works_table.Works, names: list[str], sites: gpd.GeoDataFrame, words: wording.Wording
) -> Mapping[str, Columns]:
    kept, table = works.contracts_of(names), works.table.loc[names]
    rows = _rows(kept, works.progress_of(names), words)
    first = _works(works, names, sites, words, rows)
    rows = {SHEET: first, **rows}
    zones, years = _zones(spending.by_zone(table), rows, words), _years(spending.by_year(kept, table), rows, words)
    return {SHEET: first, ZONES: zones, YEARS: years} | {name: rows[name] for name in (CONTRACTS, PROGRESS, PAYMENTS)}


def _rows(kept: contracts.Contracts, done: pd.DataFrame, words: wording.Wording) -> dict[str, Columns]:
    """Return the sheets of what was recorded, row by row."""
    signed, paid = kept.standing, kept.payments
    agreed = {
        FIX: list(signed["fix_id"]),
        CONTRACTOR: list(signed["contractor"]),
        NUMBER: list(signed["number"]),
        SIGNED: _days(signed["signed_on"]),
        YEAR: [spending.shown_year(spending.budget_year(day), words) for day in signed["signed_on"]],
        ESTIMATE: list(signed["estimate_thb"]),
        AGREED: list(signed["price_thb"]),
        DUE: _days(signed["due_on"]),
        MONTHS: list(signed["defects_months"]),
        COMMITTEE: list(signed["committee"]),
        NOTE: list(signed["note"]),
    }
    progress = {
        FIX: list(done["fix_id"]),
        DAY: _days(done["happened_on"]),
        DONE: list(done["percent"]),
        PHOTO: list(done["photo_sha256"]),
        NOTE: list(done["note"].mask(done["is_built"], words.text(works_table.RECORDED_AS_BUILT))),
    }
    payments = {
        FIX: list(paid["fix_id"]),
        DAY: _days(paid["happened_on"]),
        YEAR: [spending.shown_year(spending.budget_year(day), words) for day in paid["happened_on"]],
        PAID: list(paid["amount_thb"]),
        NOTE: [" ".join(filter(None, both)) for both in zip(paid["note"], paid["over_reason"], strict=True)],
    }
    return {CONTRACTS: agreed, PROGRESS: progress, PAYMENTS: payments}


def _works(
    works: works_table.Works,
    names: Sequence[str],
    sites: gpd.GeoDataFrame,
    words: wording.Wording,
    rows: Mapping[str, Columns],
) -> Columns:
    table = works.table.loc[list(names)]
    columns: dict[str, Sequence[object]] = {
        FIX: list(names),
        phrase("Site"): list(table["site"]),
        phrase("Site name"): [markers.site_name(sites.loc[code], words) for code in table["site"]],
        phrase("State"): [works_table.state_text(row, words) for _, row in table.iterrows()],
        phrase("Barrier now"): [words.text(barriers.STATES[one]) for one in table["barrier"]],
        phrase("Kind of work"): [_kind(works, name, words) for name in names],
        COST: list(table["cost_thb"]),
        BASIS: [works_table.cost_text(row, words) for _, row in table.iterrows()],
        **{heading: _days(table[name]) for name, heading in _DAYS.items()},
        OVERDUE: [words.text("yes") if one else "" for one in table["overdue"]],
        OVER_BUDGET: [words.text("yes") if one else "" for one in table["over_budget"]],
        spending.OVERPAID: [words.text("yes") if one else "" for one in table["overpaid"]],
        ZONE: [words.text(NO_ZONE) if _missing(zone) else int(zone) for zone in table["zone"]],
        CONTRACTOR: list(table["contractor"]),
        NUMBER: list(table["contract_number"]),
        SIGNED: _days(table["signed_on"]),
        DUE: _days(table["due_on"]),
        UNTIL: _days(table["defects_until"]),
        DONE: list(table["percent"]),
        OPEN: list(table["uncontracted_thb"]),
    }
    # a formula names other columns by their letters, so these must stand before it
    still_open = f"+{_letter(columns, OPEN)}{{row}}"
    columns[ESTIMATE] = _live(table["estimate_thb"], _sum_if(rows, CONTRACTS, ESTIMATE, FIX) + still_open)
    columns[AGREED] = _live(table["contract_thb"], _sum_if(rows, CONTRACTS, AGREED, FIX))
    columns[PAID] = _live(table["paid_thb"], _sum_if(rows, PAYMENTS, PAID, FIX))
    left = f"{_letter(columns, AGREED)}{{row}}-{_letter(columns, PAID)}{{row}}"
    columns[LEFT] = _live(table["contract_thb"] - table["paid_thb"], left)
    return columns


def _kind(works: works_table.Works, name: str, words: wording.Wording) -> str:
    fix = works.fixes.get(name)
    return f"{words.text(interventions.NAMES[fix.level])}: {words.text(terms.ELEMENT_KIND[fix.kind])}" if fix else ""


def _zones(zones: pd.DataFrame, rows: Mapping[str, Columns], words: wording.Wording) -> Columns:
    columns: dict[str, Sequence[object]] = {
        ZONE: [int(str(zone)) if zone else words.text(NO_ZONE) for zone in zones.index],
        COUNT: _live(zones["works"], f"COUNTIFS({_cells(rows, SHEET, ZONE)},$A{{row}})"),
    }
    for heading, name in zip((ESTIMATE, AGREED, PAID), spending.MONEY, strict=True):
        columns[heading] = _live(zones[name], _sum_if(rows, SHEET, heading, ZONE))
    return columns


def _years(years: pd.DataFrame, rows: Mapping[str, Columns], words: wording.Wording) -> Columns:
    still_open = spending.NO_YEAR in years.index
    columns: dict[str, list[object]] = {
        YEAR: [spending.shown_year(int(str(year)), words) if year else words.text(NO_CONTRACT) for year in years.index]
    }
    places = ((ESTIMATE, CONTRACTS), (AGREED, CONTRACTS), (PAID, PAYMENTS))
    for (heading, sheet), name in zip(places, spending.MONEY, strict=True):
        columns[heading] = _live(years[name], _sum_if(rows, sheet, heading, YEAR))
    # the years are sorted, and none counts as the first
    if still_open:
        now = int(years[spending.MONEY[0]].iloc[0])
        columns[ESTIMATE][0] = Live(f"SUM({_cells(rows, SHEET, OPEN)})", now)
    return columns


def _live(values: pd.Series, formula: str) -> list[object]:
    """Return a formula for each row of a sheet, nothing where its value is not known."""
    return [
        None if _missing(value) else Live(formula.format(row=row), int(value))
        for row, value in enumerate(values, start=_TOP + 1)
    ]


def _sum_if(rows: Mapping[str, Columns], sheet: str, heading: str, key: str) -> str:
    """Return the formula that adds up what a sheet has under a heading for the key in the first column of this row."""
    return f"SUMIFS({_cells(rows, sheet, heading)},{_cells(rows, sheet, key)},$A{{row}})"


def _cells(rows: Mapping[str, Columns], sheet: str, heading: str) -> str:
    """Return the cells under a heading of a sheet, at least one."""
    letter, last = _letter(rows[sheet], heading), _TOP + max(len(rows[sheet][heading]), 1)
    return f"'{sheet}'!${letter}${_TOP + 1}:${letter}${last}"


def _letter(columns: Columns, heading: str) -> str:
    return str(utility.xl_col_to_name(list(columns).index(heading)))


def _days(column: pd.Series) -> list[dt.datetime | None]:
    return [None if pd.isna(day) else xlsx.instant(day) for day in column]
