"""Write the list of works as an Excel workbook, with a live sum of what they cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd
import xlsxwriter
from xlsxwriter import utility

from audits import barriers, terms, wording
from audits.formats import xlsx
from audits.plans import fix_pricing
from audits.ramps import interventions, prices
from audits.works import fix_states, works_table

phrase = wording.phrase

SHEET = "Works"
_DAYS = {
    "planned_on": phrase("Planned"),
    "designed_on": phrase("Designed"),
    "built_on": phrase("Built"),
    "accepted_on": phrase("Accepted"),
    "accept_by": phrase("Accept by"),
}
_HEADINGS = (
    phrase("Fix"),
    phrase("Site"),
    phrase("State"),
    phrase("Barrier now"),
    phrase("Kind of work"),
    phrase("Likely cost (baht)"),
    phrase("How the cost is known"),
    *_DAYS.values(),
    phrase("overdue"),
)
_TOP, _COST = 3, 5


def workbook(
    works: works_table.Works, names: Sequence[str], made_on: dt.date, words: wording.Wording, title: str
) -> bytes:
    """Return the works named as a workbook; the same works make the same bytes.

    Parameters
    ----------
    works
        From :func:`audits.works.works_table.gather`.
    names
        Ids of the fixes, in the order of the rows.
    made_on
        Day written on it.
    title
        Stands above the table, such as the mark of a demonstration.
    """

    def fill(file: xlsxwriter.Workbook) -> None:
        sheet = file.add_worksheet(SHEET)
        text, heading = file.add_format(xlsx.FONT), file.add_format(xlsx.HEADING)
        baht = file.add_format(xlsx.FONT | {"num_format": "#,##0"})
        day = file.add_format(xlsx.FONT | {"num_format": "yyyy-mm-dd", "align": "left"})
        marks = [title, words.text(prices.SAMPLE) if works.sample_prices else ""]
        xlsx.write(sheet, 0, 0, " · ".join(filter(None, marks)), text)
        xlsx.write_row(sheet, _TOP - 1, map(words.text, _HEADINGS), heading)
        for row, name in enumerate(names, start=_TOP):
            for column, value in enumerate(_cells(works, name, words)):
                look = baht if column == _COST else day if isinstance(value, dt.datetime) else text
                xlsx.write(sheet, row, column, value, look)
        last = _TOP + len(names)
        xlsx.write(sheet, last, 0, words.text("Total"), heading)
        first, end = (utility.xl_rowcol_to_cell(row, _COST) for row in (_TOP, max(_TOP, last - 1)))
        sheet.write_formula(last, _COST, f"=SUM({first}:{end})", baht, works.totals(names).cost_thb)
        xlsx.set_widths(sheet, 24, 10, 20, 22, 24, 16, 50, *[13] * len(_DAYS), 10)
        sheet.freeze_panes(_TOP, 1)
        if names:
            sheet.autofilter(_TOP - 1, 0, last - 1, len(_HEADINGS) - 1)

    return xlsx.workbook(made_on, fill)


def _cells(works: works_table.Works, name: str, words: wording.Wording) -> list[object]:
    row, fix = works.table.loc[name], works.fixes.get(name)
    kind = f"{words.text(interventions.NAMES[fix.level])}: {words.text(terms.ELEMENT_KIND[fix.kind])}" if fix else ""
    basis = words.text(fix_pricing.BASES[str(row["cost_basis"])]) if row["cost_basis"] else ""
    state = words.text(fix_states.STATES[str(row["state"])])
    barrier = words.text(barriers.STATES[str(row["barrier"])])
    cost_thb = works.cost_thb(name)
    days = (None if pd.isna(row[one]) else xlsx.instant(row[one]) for one in _DAYS)
    return [
        name,
        row["site"],
        state,
        barrier,
        kind,
        cost_thb,
        basis,
        *days,
        words.text("yes") if row["overdue"] else "",
    ]
