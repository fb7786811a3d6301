"""Write the order of the sites as a table for others, with what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import pandas as pd
import xlsxwriter

from audits import priority, wording
from audits.formats import csv_writer, xlsx
from audits.reports import markers

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
FIRST = phrase("Measure first")
LOWEST, HIGHEST = phrase("{part}, points, lowest"), phrase("{part}, points, highest")


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
        Components and weights of the official figures.
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


def first(sites: gpd.GeoDataFrame, never: pd.DataFrame, words: wording.Wording) -> pd.DataFrame:
    """Return the sites that are not ranked, from :func:`audits.priority.measure_first`, in the reader's language."""
    text, named = words.text, sites.loc[never.index]
    return pd.DataFrame(
        {
            text(FIRST): list(never.index),
            text("Name"): [markers.site_name(row, words) for row in named.itertuples()],
            text("Zone"): [None if pd.isna(zone) else int(zone) for zone in named["zone"]],
            text("Points of location"): never["location"].round(2).tolist(),
            text("Points of requests"): never["requests"].round(2).tolist(),
            text("Minutes"): [None if pd.isna(each) else float(each) for each in never["minutes"]],
        }
    )


def minutes(number: float, words: wording.Wording) -> str:
    """Return a number of minutes; a dash where it is not known."""
    return "–" if pd.isna(number) else words.number(number, 0)


def csv_file(made: pd.DataFrame, never: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """Return the list as CSV that spreadsheets open as it is, with what is not ranked and what it rests on below it."""
    unranked: list[Iterable[object]] = [[], never.columns, *never.itertuples(index=False)] if len(never) else []
    below = [[], *([note] for note in notes if note)]
    return csv_writer.table([made.columns, *made.itertuples(index=False), *unranked, *below])


def workbook(
    made: pd.DataFrame, never: pd.DataFrame, notes: Sequence[str], day: dt.date, words: wording.Wording
) -> bytes:
    """Return the list as an Excel workbook, with what it rests on above it; the same list makes the same bytes.

    What is not ranked, from :func:`first`, has a sheet of its own.
    """

    def fill(file: xlsxwriter.Workbook) -> None:
        sheet = file.add_worksheet("Priority")
        bold = file.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        xlsx.write(sheet, 0, 0, words.text("Priority"), bold)
        shown = [note for note in notes if note]
        for row, note in enumerate(shown, 1):
            xlsx.write(sheet, row, 0, note)
        top = len(shown) + 2
        xlsx.write_row(sheet, top, made.columns, bold)
        for row, values in enumerate(made.itertuples(index=False), top + 1):
            xlsx.write_row(sheet, row, values)
        sheet.freeze_panes(top + 1, 2)
        sheet.autofilter(top, 0, top + len(made), len(made.columns) - 1)
        xlsx.set_widths(sheet, 10, 36, *[14] * (len(made.columns) - 2))
        unranked = file.add_worksheet("Measure first")
        xlsx.write_row(unranked, 0, never.columns, bold)
        for row, values in enumerate(never.itertuples(index=False), 1):
            xlsx.write_row(unranked, row, values)
        xlsx.set_widths(unranked, 14, 36, 10, 14, 10)

    return xlsx.workbook(day, fill)
