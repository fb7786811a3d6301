"""Print a plan on A4 for those who decide: what is built where, its cost, and how certain the plan is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from audits import wording
from audits.formats import typesetting
from audits.plans import plan_about, plan_contents, plan_geopackage
from audits.ramps import prices
from audits.reports import map_texts
from audits.store.audit_log import hash_chain
from layers import ground, paper_map, positions, utm

TEMPLATE = Path(__file__).with_name("plan_brief.typ")
MAP_MM = (178.0, 82.0)
MOST_PAGES, MOST_ROWS = 2, (30, 24, 18, 12, 6)
MAP_WORDS = wording.phrase("Map of the plan: {count} sites with something to build. The table names every one.")
MORE_ROWS = wording.phrase("and {n} more in the workbook of this plan")


def pdf(subject: plan_contents.Subject, words: wording.Wording) -> bytes:
    """Return the brief, PDF/A-2a and PDF/UA-1, of one or two pages; the same plan makes the same bytes."""
    fixes = plan_contents.fixes(subject, words)
    data = _data(subject, fixes, words)
    # Only the typesetter knows how many lines the names take.
    for rows in MOST_ROWS:
        data["tables"] = _tables(fixes, f"cost_{subject.wishes.cost_case}_thb", words, rows)
        made = typesetting.pdf(TEMPLATE, data, subject.made_on, words)
        if typesetting.pages(made) <= MOST_PAGES:
            break
    return made


def _data(subject: plan_contents.Subject, fixes: gpd.GeoDataFrame, words: wording.Wording) -> dict[str, Any]:
    text = words.text
    marks = [subject.mark(words), text(prices.SAMPLE) if subject.price_book.sample else ""]
    return {
        "town": words.name(subject.record.town),
        "marks": list(filter(None, marks)),
        "lead": plan_about.lead(subject, words),
        "budget": text("Budget: {baht} baht", baht=words.number(subject.wishes.budget_thb, 0)),
        "costs": plan_about.cost_bases(subject, words),
        "left": plan_about.left_over(subject, words),
        "map": _map(fixes, words),
        "proof": plan_about.proof(subject, words),
        "compared": [
            (name, plan_about.trips(gained, words), _idle(idle, words))
            for name, gained, idle in plan_about.compared(subject, words)
        ],
        "rests": subject.statements(words),
        "day": words.day(subject.made_on),
        "head": hash_chain.parse(subject.record.head).short,
        "certificate": json.loads(subject.worked.certificate)["sha256"][:12],
        "staged": bool(subject.by_years),
    }


def _idle(fixes: int, words: wording.Wording) -> str:
    return words.count("{n} fix opens nothing", "{n} fixes open nothing", fixes) if fixes else ""


def _tables(fixes: gpd.GeoDataFrame, cost: str, words: wording.Wording, most: int) -> list[dict[str, Any]]:
    """Return the table of the plan, and apart from it that of what only the plan by years builds."""
    in_plan = fixes["in_plan"].to_numpy(dtype=bool)
    later = words.text(plan_geopackage.ONLY_BY_YEARS)
    tables = [_table(fixes.loc[in_plan], "", cost, words, most)]
    return tables if in_plan.all() else [*tables, _table(fixes.loc[~in_plan], later, cost, words, most)]


def _table(fixes: gpd.GeoDataFrame, remark: str, cost: str, words: wording.Wording, most: int) -> dict[str, Any]:
    """Return a table of fixes whose last row is the sum of every row, shown or not."""
    rows = [
        (
            f"{row.site_code} {row.site_name}",
            row.what,
            row.zone,
            plan_about.baht(getattr(row, cost), words),
            _span(row.cost_low_thb, row.cost_high_thb, words),
            "–" if pd.isna(row.lost_trips) else plan_about.trips(row.lost_trips, words),
            "–" if pd.isna(row.year) else words.number(row.year),
        )
        for row in fixes.head(most).itertuples()
    ]
    count, left = words.count("{n} fix", "{n} fixes", len(fixes)), len(fixes) - len(rows)
    whole, low, high = (int(fixes[name].sum()) for name in (cost, "cost_low_thb", "cost_high_thb"))
    total = (words.text("Total"), count, "", plan_about.baht(whole, words), _span(low, high, words), "", "")
    return {
        "title": " · ".join(filter(None, (count, remark))),
        "rows": [*rows, total],
        "more": words.text(MORE_ROWS, n=words.number(left)) if left else "",
    }


def _span(low_thb: float, high_thb: float, words: wording.Wording) -> str:
    return f"{plan_about.baht(low_thb, words)} – {plan_about.baht(high_thb, words)}"


def _map(fixes: gpd.GeoDataFrame, words: wording.Wording) -> dict[str, str] | None:
    """Return the map of the sites where something is built; None where no site has a position."""
    # one sign a site, however many fixes it has
    at = fixes.loc[fixes.geometry.notna()].drop_duplicates("site_code")
    if at.empty:
        return None
    symbol = plan_geopackage.IN_PLAN
    looks = {"colour": symbol.colour, "shape": symbol.shape, "glyph": symbol.glyph, "hollow": False}
    marked = gpd.GeoDataFrame(
        {"code": at["site_code"].to_numpy(), **looks}, geometry=at.geometry.to_numpy(), crs=fixes.crs
    )
    known = ground.of(None, positions.Box.around(marked))
    under = paper_map.ground(known.streets, known.places, known.outline, crs=utm.crs_of(marked))
    wide, high = MAP_MM
    drawn = paper_map.area_map(under, marked, width_mm=wide, height_mm=high, text=map_texts.map_text(words))
    return {"svg": drawn.svg, "alt": words.text(MAP_WORDS, count=words.number(len(marked)))}
