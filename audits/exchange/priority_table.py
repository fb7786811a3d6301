"""Write the order of the sites as a table for others, with what it rests on."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd
import xlsxwriter

from audits import markers, priority, wording
from audits.exchange import spreadsheet

phrase = wording.phrase

OFFICIAL = {
    "rank": phrase("Official rank"),
    "rank_best": phrase("Best rank it may have"),
    "rank_worst": phrase("Worst rank it may have"),
    "low": phrase("Official priority, lowest"),
    "high": phrase("Official priority, highest"),
}
OWN = {
    "rank": phrase("Rank, own weights"),
    "low": phrase("Priority, own weights, lowest"),
    "high": phrase("Priority, own weights, highest"),
}
LOWEST, HIGHEST = phrase("{part}, points, lowest"), phrase("{part}, points, highest")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def table(
    sites: gpd.GeoDataFrame,
    official: pd.DataFrame,
    own: pd.DataFrame | None,
    parts: priority.Components,
    weights: Mapping[str, float],
    words: wording.Wording,
) -> pd.DataFrame:
    """Return the list in the official order, headed in the reader's language.

    Parameters
    ----------
    sites
        The register.
    official, own
        As from :func:`audits.priority.scores`; `own` only where other weights were tried.
    parts, weights
        What the official figures are made of.
    words
        The reader's language.
    """
    order = official.sort_values(["rank", "low"], ascending=[True, False], kind="stable").index
    text, named = words.text, sites.loc[order]
    columns: dict[str, object] = {
        text("Code"): list(order),
        text("Name"): [markers.site_name(row, words) for row in named.itertuples()],
        text("Zone"): [None if pd.isna(zone) else int(zone) for zone in named["zone"]],
    }
    for figures, headings in ((official, OFFICIAL), (own, OWN)):
        if figures is not None:
            columns |= {text(title): figures.loc[order, name].round(1).tolist() for name, title in headings.items()}
    each = priority.contributions(parts, weights)
    for name, title in priority.COMPONENTS.items():
        for ends, heading in ((each.low, LOWEST), (each.high, HIGHEST)):
            columns[text(heading, part=text(title))] = ends.loc[order, name].round(2).tolist()
    return pd.DataFrame(columns)


def csv_file(made: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """Return the list as CSV that spreadsheets open as it is, with what it rests on below it."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([spreadsheet.harmless(str(name)) for name in made.columns])
    writer.writerows([_cell(value) for value in row] for row in made.itertuples(index=False))
    writer.writerows([] if not note else [spreadsheet.harmless(note)] for note in ("", *filter(None, notes)))
    return written.getvalue().encode("utf-8-sig")


def workbook(made: pd.DataFrame, notes: Sequence[str], day: dt.date, words: wording.Wording) -> bytes:
    """Return the list as an Excel workbook, with what it rests on above it; the same list makes the same bytes."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, _OPTIONS) as file:
        file.set_properties({"title": "Jaidee", "created": dt.datetime(day.year, day.month, day.day)})  # noqa: DTZ001
        sheet = file.add_worksheet("Priority")
        bold = file.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        shown = [note for note in notes if note]
        sheet.write_string(0, 0, words.text("Priority"), bold)
        for row, note in enumerate(shown, 1):
            sheet.write_string(row, 0, note)
        top = len(shown) + 2
        for column, name in enumerate(made.columns):
            sheet.write_string(top, column, str(name), bold)
        for row, values in enumerate(made.itertuples(index=False), top + 1):
            for column, value in enumerate(values):
                _write(sheet, row, column, value)
        sheet.freeze_panes(top + 1, 2)
        sheet.autofilter(top, 0, top + len(made), len(made.columns) - 1)
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 36)
        sheet.set_column(2, len(made.columns) - 1, 14)
    return written.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str):
        return spreadsheet.harmless(value)
    return "" if pd.isna(value) else value  # type: ignore[call-overload]


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif not pd.isna(value):  # type: ignore[call-overload]
        sheet.write_number(row, column, value)
