"""Write the map as one HTML file for a phone without a network, with the table of all sites beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from audits import barriers, terms, wording
from audits.formats import templates
from audits.reports import about_lines, markers, site_report, web_map_texts
from audits.reports import contents as contents_room
from layers import ground as ground_room
from layers import symbols, web_assets, web_map

PANEL = Path(__file__).parent / "templates" / "offline_map_panel.html.j2"
SUGGESTED = 3
_SCRIPT, _STYLE = "offline_map.js", "offline_map.css"
_BARRIERS = (barriers.KNOWN, barriers.POSSIBLE)
_VERDICTS = ("fail", "borderline", "unknown", "pass")


def packed(contents: contents_room.Contents, words: wording.Wording, static_folder: Path = web_assets.STATIC) -> bytes:
    """Return the map as one HTML page in UTF-8 that asks the network for nothing.

    Sites without a position are left off the map and stay in the table.

    Parameters
    ----------
    contents
        The sites and what is known of them.
    words
        The reader's language.
    static_folder
        The folder that :func:`layers.web_assets.prepare` filled.

    Raises
    ------
    layers.errors.LayerError
        If a library or font has not been prepared, or the ground cannot be read.
    """
    sites, audited = contents.record.sites, contents.record.audit.sites
    placed = sites.loc[sites.geometry.notna() & ~sites.geometry.is_empty]
    audited = audited.loc[placed.index]
    # not the whole town: the file goes to a phone
    ground = ground_room.near(
        contents.options.ground or ground_room.of(None, contents.record.area), placed.geometry, ground_room.ON_SCREEN
    )
    credit = words.text(terms.ground_credit(ground.mapped))
    city = web_map.city_map(
        markers.markers(placed, audited, words),
        ground,
        dataclasses.replace(web_map_texts.map_words(audited, words), attribution=credit),
    )
    page = web_map.export_html(
        city,
        title=_title(contents, words),
        language=words.language,
        panel_html=panel(contents, words),
        script=(web_assets.STATIC / _SCRIPT).read_text(encoding="utf-8"),
        style=(web_assets.STATIC / _STYLE).read_text(encoding="utf-8"),
        static_folder=static_folder,
    )
    return page.encode()


def panel(contents: contents_room.Contents, words: wording.Wording) -> str:
    """Return the panel beside the map as HTML; every text from the record is escaped."""
    return templates.render(
        PANEL,
        text=words.text,
        mark=contents.about.get("demonstration", ""),
        verdicts={verdict: words.text(terms.VERDICT[verdict]) for verdict in _VERDICTS},
        signs=symbols.OF_VERDICT,
        states={state: words.text(barriers.STATES[state]) for state in _BARRIERS},
        personas={key: words.name(name) for key, name in contents.record.weights.personas.items()},
        sites=list(_sites(contents, words)),
        about={words.text(about_lines.TITLES[item]): text for item, text in contents.about.items()},
    )


def _title(contents: contents_room.Contents, words: wording.Wording) -> str:
    day = words.day(contents.options.exported_on)
    title = f"{words.text('Map of ramps and public spaces')} · {day}"
    return f"{title} · {words.text(terms.DEMONSTRATION_SHORT)}" if contents.record.demonstration else title


def _sites(contents: contents_room.Contents, words: wording.Wording) -> Iterator[dict[str, object]]:
    record, states = contents.record, barriers.by_site(contents.record)
    first = contents_room.first_measurements(contents.next_measurements, SUGGESTED)
    suggested = dict(list(first.groupby("site_code")))
    for site in contents.sites.itertuples():
        sections = site_report.sections(record, site.code, words)
        failures = [
            _failure(line, section, words) for section in sections for line in section.lines if line.verdict == "fail"
        ]
        steps = suggested.get(site.code, first[:0])
        placed = not pd.isna(site.longitude_deg)
        yield {
            "code": site.code,
            "name": markers.site_name(site, words),
            "verdict": site.verdict,
            # In both languages, whichever the reader types.
            "sought": " ".join((site.code, site.name_th, site.name_en, site.street_th, site.street_en)),
            "score": _score(site, words),
            "barriers": {
                state: [key for key, one in states.loc[site.code].items() if one == state] for state in _BARRIERS
            },
            "barrier_lines": markers.barrier_lines(states.loc[site.code], record.weights, words),
            "failing": getattr(site, f"sentence_{words.language}"),
            "failures": failures,
            "position": markers.position_text(site, words),
            "place": f"{site.latitude_deg:.6f},{site.longitude_deg:.6f}" if placed else "",
            "note": site.position_note,
            "steps": [_step(row, record.elements, words) for row in steps.itertuples()],
        }


def _score(site: Any, words: wording.Wording) -> str:
    if pd.isna(site.score_low):
        return words.text("no score")
    low, high = (words.number(round(score), 0) for score in (site.score_low, site.score_high))
    return low if low == high else f"{low} – {high}"


def _failure(
    line: site_report.FindingLine, section: site_report.ElementSection, words: wording.Wording
) -> dict[str, str]:
    return {
        "name": line.name,
        "element": section.title,
        "facts": words.text("measured {measured}, limit {limit}", measured=line.measured, limit=line.limit),
        "remarks": " · ".join((f"{line.clause} ({line.basis})", *filter(None, (line.earlier,)), *line.flags)),
        "advice": line.advice,
    }


def _step(row: Any, elements: pd.DataFrame, words: wording.Wording) -> dict[str, str]:
    element = elements.loc[row.element_id]
    thai = words.language == "th"
    return {
        "name": row.quantity_name_th if thai else row.quantity_name_en,
        "element": site_report.element_title(row.element_id, element["kind"], element["label"], words),
        "minutes": words.text("about {minutes} min", minutes=words.number(row.time_min, 1)),
        "how": row.how_th if thai else row.how_en,
        "why": contents_room.why_measured(row.reason, words),
    }
