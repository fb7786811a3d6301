"""Print a plan on one sheet of A4 for those who decide: what is built where, for how much, and how sure it is."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from audits import wording
from audits.exchange import plan_about, plan_contents, plan_geopackage
from audits.paper import book_maps, typesetting
from audits.planning import prices
from layers import paper_map, sources

TEMPLATE = Path(__file__).with_name("plan_brief.typ")
MAP_MM = (178.0, 96.0)
MOST_PAGES, MOST_ROWS = 2, (30, 24, 18, 12, 6)
MAP_WORDS = wording.phrase("Map of the plan: {count} sites with something to build. The table names every one.")
MORE_ROWS = wording.phrase("and {n} more in the workbook of this plan")


def pdf(subject: plan_contents.Subject, words: wording.Wording) -> bytes:
    """Return the brief, PDF/A-2a and PDF/UA-1, of one or two pages; the same plan makes the same bytes.

    Parameters
    ----------
    subject
        The plan.
    words
        The reader's language.
    """
    fixes = plan_contents.fixes(subject, words)
    data = _data(subject, fixes, words)
    for rows in MOST_ROWS:
        made = typesetting.pdf(_template(), data | _fix_table(subject, fixes, words, rows), subject.made_on)
        if typesetting.pages(made) <= MOST_PAGES:
            break
    return made


@functools.cache
def _template() -> str:
    return TEMPLATE.read_text("utf-8")


def _data(subject: plan_contents.Subject, fixes: gpd.GeoDataFrame, words: wording.Wording) -> dict[str, Any]:
    text, day = words.text, subject.made_on
    compared = [
        [name, plan_about.ways(gained, words), words.count("{n} fix opens nothing", "{n} fixes open nothing", idle)]
        for name, gained, idle in plan_about.compared(subject, words)
    ]
    marks = [subject.mark(words), text(prices.SAMPLE) if subject.price_book.sample else ""]
    return {
        "language": words.language,
        "made_on": [day.year, day.month, day.day],
        "title": text("Budget plan"),
        "municipality": text("Khon Kaen City Municipality"),
        "marks": [mark for mark in marks if mark],
        "lead": plan_about.lead(subject, words),
        "budget": text("Budget: {baht} baht", baht=words.number(subject.wishes.budget_thb, 0)),
        "map": _map(fixes, words),
        "proof": {
            "title": text("The plan and its proof"),
            "headings": [text("What"), text("Value")],
            "rows": [list(row) for row in plan_about.proof(subject, words)],
        },
        "compared": {
            "title": text("The same money by ranking"),
            "headings": [text("Choice"), text("Ways opened"), text("Remark")],
            "rows": [[name, gained, said if not said.startswith("0") else ""] for name, gained, said in compared],
        },
        "rests": {"title": text("What these figures rest on"), "lines": list(subject.statements(words))},
        "foot": " · ".join((words.day(day), f"{text('Head of the record')}: {_short(subject.record.head)}")),
    }


def _short(head: str) -> str:
    sequence, _, digest = head.partition(":")
    return f"{sequence}:{digest[:12]}"


def _fix_table(
    subject: plan_contents.Subject, fixes: gpd.GeoDataFrame, words: wording.Wording, most: int
) -> dict[str, Any]:
    text, staged = words.text, bool(subject.by_years)
    headings = [text("Site"), text("What is built"), text("Zone"), text("Cost, low to high (baht)"), text("Ways lost")]
    shown = fixes.head(most)
    rows = [
        [
            f"{row.site_code} {row.site_name}",
            row.what,
            row.zone,
            f"{plan_about.baht(row.cost_low_thb, words)} – {plan_about.baht(row.cost_high_thb, words)}",
            "–" if pd.isna(row.lost_ways) else plan_about.ways(row.lost_ways, words),
            *(["–" if pd.isna(row.year) else words.number(row.year)] if staged else []),
        ]
        for row in shown.itertuples()
    ]
    left = len(fixes) - len(shown)
    return {
        "fixes": {
            "title": words.count("{n} fix", "{n} fixes", len(fixes)),
            "headings": [*headings, *([text("Year")] if staged else [])],
            "rows": rows,
            "more": text(MORE_ROWS, n=words.number(left)) if left else "",
        }
    }


def _map(fixes: gpd.GeoDataFrame, words: wording.Wording) -> dict[str, str] | None:
    """Return the map of the sites where something is built; None where no site has a position."""
    at = fixes.loc[fixes.geometry.notna()].drop_duplicates("site_code")
    if at.empty:
        return None
    symbol = plan_geopackage.IN_PLAN
    looks = {"colour": symbol.colour, "shape": symbol.shape, "glyph": symbol.glyph, "hollow": False}
    marked = gpd.GeoDataFrame(
        {"code": at["site_code"].to_numpy(), **looks}, geometry=at.geometry.to_numpy(), crs=fixes.crs
    )
    ground = paper_map.ground(sources.street_axes(), sources.places(), sources.outline())
    wide, high = MAP_MM
    drawn = paper_map.area_map(ground, marked, width_mm=wide, height_mm=high, text=book_maps.map_text(words))
    return {"svg": drawn.svg, "alt": words.text(MAP_WORDS, count=words.number(len(marked)))}
