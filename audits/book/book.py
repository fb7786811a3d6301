"""Print the map book: how to measure, day routes, and a page for each site with what to measure first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from audits import survey, terms, wording
from audits.book import book_maps, book_pages, layout, routes, sheets
from audits.formats import typesetting
from audits.reports import about_lines, markers, measuring_figures
from audits.reports import contents as contents_room
from audits.rules import model

Data = Mapping[str, Any]
MINUTES_AT_EACH_STOP = 15.0
"""Minutes to arrive, look round, photograph and write, beside those of each measurement: our assumption."""

ON_THE_COVER = ("edition", "coverage", "record_head")


def book(
    contents: contents_room.Contents,
    words: wording.Wording,
    *,
    paper: str = layout.A4,
    app_address: str = "",
    walking: bool = False,
) -> bytes:
    """Return the map book as a PDF, PDF/A-2a and PDF/UA-1; the same contents make the same bytes.

    Parameters
    ----------
    contents
        The sites of the book and what is known of them.
    words
        The reader's language.
    paper
        A key of :data:`audits.book.layout.PAPERS`.
    app_address
        Where the application answers, such as ``https://audit.example.go.th``; empty leaves its square codes out.
    walking
        Whether the days go on foot; else by car.

    Raises
    ------
    KeyError
        If the paper is not known.
    layers.errors.LayerError
        If the ground cannot be read, or the sites lie too far apart for one sheet.
    """
    sheet = layout.PAPERS[paper]
    made = contents.options
    title = words.text("Map book for measuring")
    mark = contents.about.get("demonstration", "")
    data = layout.frame(words, sheet, title=title, made_on=made.exported_on, mark=mark, head=contents.record.head)
    data["town"] = words.name(contents.record.town)
    known = book_pages.Known(contents, words, app_address)
    return typesetting.pdf(layout.TEMPLATE, data | _parts(known, sheet, walking=walking), made.exported_on, words)


def _parts(known: book_pages.Known, sheet: layout.Paper, *, walking: bool) -> dict[str, Any]:
    contents, words = known.contents, known.words
    atlas = book_maps.atlas(contents, sheet, words)
    suggested = known.suggested()
    rows = list(contents.sites.itertuples())
    pages = [{**book_pages.page(row, suggested.get(row.code), known), "map": atlas.site(row)} for row in rows]
    # Only what the book's own sites have is explained and gets blank sheets.
    kinds = [kind for kind in survey.ELEMENT_KINDS if (contents.elements["kind"] == kind).any()]
    overview, cells = _overview(known, atlas)
    return {
        "cover": _cover(known),
        "measuring": _measuring(_quantities(known, kinds), contents.record.criteria, words),
        "overview": overview,
        "index": [_index_line(page, row, cells, words) for page, row in zip(pages, rows, strict=True)],
        **_routes(known, atlas, suggested, walking=walking),
        "sites": pages,
        "sheets": sheets.pages(kinds, contents.record.criteria, words),
    }


def _cover(known: book_pages.Known) -> Data:
    contents, words = known.contents, known.words
    lines = {item: [words.text(about_lines.TITLES[item]), text] for item, text in contents.about.items()}
    return {
        "selection": selection_text(contents, words),
        "day": words.text("Exported on {day}", day=words.day(contents.options.exported_on)),
        "unverified": ": ".join(lines["verification"]),
        "rests_on": [lines[item] for item in ON_THE_COVER],
        "about": list(lines.values()),
    }


def selection_text(contents: contents_room.Contents, words: wording.Wording) -> str:
    """Describe the part of the register that a book holds, by kind and zone."""
    sites = contents.sites
    kinds = [
        f"{words.text(terms.SITE_KIND[str(kind)])}: {words.number(number, 0)}"
        for kind, number in sites["kind"].value_counts().sort_index().items()
    ]
    zones = sorted(sites["zone"].dropna().astype(int).unique())
    whole = words.text(
        "{n} of the register's {all} sites",
        n=words.number(len(sites), 0),
        all=words.number(len(contents.record.audit.sites), 0),
    )
    parts = [whole, ", ".join(kinds)]
    if zones:
        parts.append(words.text("zones {zones}", zones=", ".join(words.number(zone, 0) for zone in zones)))
    return " · ".join(parts)


def _quantities(known: book_pages.Known, kinds: Iterable[str]) -> list[model.Quantity]:
    """Return the quantities that the book asks for anywhere, in the order of the catalogue."""
    book = known.contents.record.criteria
    asked = {each.quantity_id for kind in kinds for each in sheets.asked(kind, book)}
    asked |= set(known.contents.next_measurements["quantity"])
    return [quantity for name, quantity in book.quantities.items() if name in asked]


def _measuring(quantities: Sequence[model.Quantity], book: model.Criteria, words: wording.Wording) -> list[Data]:
    """Return the drawn ways of measuring that occur, each with its quantities."""
    by_way: dict[str, list[model.Quantity]] = {}
    for quantity in quantities:
        by_way.setdefault(measuring_figures.way_of(quantity), []).append(quantity)
    return [
        {
            "name": words.name(way.name),
            "alt": words.name(way.caption),
            "svg": way.svg,
            "quantities": [book_pages.question(quantity, book, words) for quantity in by_way[key]],
        }
        for key, way in measuring_figures.ways().items()
        if key in by_way
    ]


def _overview(known: book_pages.Known, atlas: book_maps.Atlas) -> tuple[Data | None, Mapping[str, str]]:
    words, codes = known.words, list(atlas.marked.index)
    if not codes:
        return None, {}
    counted = known.contents.sites.loc[known.contents.sites["code"].isin(codes), "verdict"].value_counts()
    parts = {
        verdict: words.text("{n} {name}", n=words.number(counted[verdict], 0), name=words.text(name))
        for verdict, name in terms.VERDICT.items()
        if verdict in counted
    }
    alt = words.text(
        "Overview map of {sites} sites: {parts}.", sites=words.number(len(codes), 0), parts=", ".join(parts.values())
    )
    drawn, cells = atlas.area(codes, alt)
    return {**drawn, "legend": [{"verdict": each, "word": part} for each, part in parts.items()]}, cells


def _index_line(page: Data, row: Any, cells: Mapping[str, str], words: wording.Wording) -> Data:
    zone = "" if pd.isna(row.zone) else words.number(row.zone, 0)
    found = {"code": page["code"], "name": page["name"], "verdict": page["verdict"], "word": page["verdict_word"]}
    return {**found, "zone": zone, "cell": cells.get(page["code"], "")}


def _routes(
    known: book_pages.Known, atlas: book_maps.Atlas, suggested: Mapping[str, pd.DataFrame], *, walking: bool
) -> dict[str, Any]:
    words, sites = known.words, known.contents.record.sites
    # where nothing is left to measure nobody has to go
    open_sites = sites.loc[sites.index.isin(list(suggested))]
    minutes = {code: _minutes(table) for code, table in suggested.items()}
    found = routes.day_routes(open_sites, minutes_at=minutes, walking=walking)
    names = {row.Index: markers.site_name(row, words) for row in sites.itertuples()}
    return {
        "routes_note": _routes_note(words, walking=walking),
        "days": [_day(day, known, atlas, suggested, names, walking=walking) for day in found.days],
        "unplaced": [{"code": code, "name": names[code]} for code in found.without_position],
    }


def _minutes(suggested: pd.DataFrame) -> float:
    return MINUTES_AT_EACH_STOP + float(suggested["time_min"].sum())


def _day(
    day: routes.Day,
    known: book_pages.Known,
    atlas: book_maps.Atlas,
    suggested: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    *,
    walking: bool,
) -> Data:
    words = known.words
    title = words.text("Day {number}", number=words.number(day.number, 0))
    stops = ", ".join(f"{code} {names[code]}" for code in day.codes)
    alt = words.text("Map of day {number}, in this order: {stops}.", number=day.number, stops=stops)
    drawn, cells = atlas.area(day.codes, alt, route=True)
    return {
        "title": title,
        "summary": _summary(day, words, walking=walking),
        "map": drawn,
        "bring": _instruments([suggested[code] for code in day.codes], known),
        "stops": [
            {
                "order": order,
                "code": code,
                "name": names[code],
                "cell": cells[code],
                "minutes": words.number(_minutes(suggested[code]), 0),
            }
            for order, code in enumerate(day.codes, start=1)
        ],
    }


def _summary(day: routes.Day, words: wording.Wording, *, walking: bool) -> str:
    hours, minutes = divmod(round(day.minutes), 60)
    parts = (
        words.count("{n} stop", "{n} stops", len(day.codes)),
        words.text("about {hours} h {minutes} min", hours=hours, minutes=minutes),
        words.text("about {km} km", km=words.number(day.distance_m / 1000, 1)),
        words.text("on foot") if walking else words.text("by car"),
    )
    return " · ".join(parts)


def _routes_note(words: wording.Wording, *, walking: bool) -> str:
    how = (
        words.text("on foot at 4 km/h") if walking else words.text("by car at 20 km/h, 5 minutes to park at each stop")
    )
    return words.text(
        "Sites with something left to measure. Reckoned {how}, with 1.3 times the straight distance for the way; "
        "at each stop {minutes} minutes to look round and photograph, and the time of what the page asks to measure.",
        how=how,
        minutes=words.number(MINUTES_AT_EACH_STOP, 0),
    )


def _instruments(tables: Iterable[pd.DataFrame], known: book_pages.Known) -> str:
    """Name the first instrument of each quantity suggested, in the order of the catalogue."""
    book = known.contents.record.criteria
    wanted = {
        instrument
        for table in tables
        for quantity in table["quantity"]
        for instrument in book.quantities[quantity].instruments[:1]
    }
    # The eye is an instrument too, but without an uncertainty, and nobody needs to bring it.
    brought = [each for name, each in book.instruments.items() if name in wanted and each.uncertainty > 0]
    return ", ".join(known.words.name(each.name) for each in brought)
