"""Write what stands beside the offline map: search, the table of all sites, what fails, what to measure next."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from audits import markers, terms, wording
from audits.exchange import about_lines
from audits.exchange import contents as contents_room
from audits.reports import site_report
from layers import symbols

SUGGESTED = 3
_HEADINGS = (wording.phrase("Site"), wording.phrase("Verdict"), wording.phrase("Score (0–100)"))
_ORDER = ("fail", "borderline", "unknown", "pass")


def panel(contents: contents_room.Contents, words: wording.Wording) -> str:
    """Return the panel as HTML; every text from the record is escaped.

    Parameters
    ----------
    contents
        What the file holds.
    words
        The reader's language.
    """
    mark = contents.about.get("demonstration", "")
    parts = (
        f'<p class="demonstration" role="note">{html.escape(mark)}</p>' if mark else "",
        _filters(words),
        _status(len(contents.sites), words),
        _table(contents, words),
        _about(contents.about, words),
    )
    return "\n".join(parts)


def _filters(words: wording.Wording) -> str:
    text = words.text
    choices = [f'<option value="">{_safe(text("all"))}</option>']
    for verdict in _ORDER:
        sign, name = symbols.OF_VERDICT[verdict].glyph, text(terms.VERDICT[verdict])
        choices.append(f'<option value="{verdict}">{_safe(f"{sign} {name}")}</option>')
    return (
        '<form class="filters" role="search" id="filters">'
        f'<p><label for="wanted">{_safe(text("Search by code, name or street"))}</label>'
        '<input id="wanted" type="search" autocomplete="off" spellcheck="false"></p>'
        f'<p><label for="verdict">{_safe(text("Verdict"))}</label>'
        f'<select id="verdict">{"".join(choices)}</select></p></form>'
    )


def _status(number: int, words: wording.Wording) -> str:
    template = words.text("{shown} of {all} sites shown")
    chosen = words.text("On the map: {site}")
    filled = template.format(shown=number, all=number)
    return (
        f'<p id="shown" role="status" data-template="{_safe(template)}">{_safe(filled)}</p>'
        f'<p id="chosen" role="status" data-template="{_safe(chosen)}"></p>'
    )


def _table(contents: contents_room.Contents, words: wording.Wording) -> str:
    text = words.text
    headings = "".join(f'<th scope="col">{_safe(text(each))}</th>' for each in _HEADINGS)
    suggested = dict(list(contents.next_measurements.groupby("site_code")))
    nothing = contents.next_measurements.iloc[:0]
    bodies = [
        _site(site, contents, suggested.get(site.Index, nothing), words)
        for site in contents.sites.set_index("code", drop=False).itertuples()
    ]
    caption = text("All sites; a button shows its site on the map")
    return (
        f'<table class="sites"><caption>{_safe(caption)}</caption><thead><tr>{headings}</tr></thead>'
        f"{''.join(bodies)}</table>"
    )


def _site(site: Any, contents: contents_room.Contents, suggested: pd.DataFrame, words: wording.Wording) -> str:
    sought = " ".join((site.code, site.name_th, site.name_en, site.street_th, site.street_en))
    name = f"{site.code} {markers.site_name(site, words)}"
    return (
        f'<tbody id="site-{_safe(site.code)}" data-code="{_safe(site.code)}" data-verdict="{site.verdict}" '
        f'data-sought="{_safe(sought)}">'
        f'<tr><th scope="row"><button type="button" aria-pressed="false">{_safe(name)}</button></th>'
        f"<td>{_verdict(site.verdict, words)}</td><td>{_safe(_score(site, words))}</td></tr>"
        f'<tr><td colspan="3">{_details(site, contents, suggested, words)}</td></tr></tbody>'
    )


def _verdict(verdict: str, words: wording.Wording) -> str:
    sign = symbols.OF_VERDICT[verdict].glyph
    name = words.text(terms.VERDICT[verdict])
    return f'<span class="verdict {verdict}"><span aria-hidden="true">{sign}</span> {_safe(name)}</span>'


def _score(site: Any, words: wording.Wording) -> str:
    if pd.isna(site.score_low):
        return words.text("no score")
    low, high = (words.number(round(score), 0) for score in (site.score_low, site.score_high))
    return low if low == high else f"{low} – {high}"


def _details(site: Any, contents: contents_room.Contents, suggested: pd.DataFrame, words: wording.Wording) -> str:
    record = contents.record
    sections = site_report.sections(record, site.code, words)
    failing = [
        _failure(line, section, words) for section in sections for line in section.lines if line.verdict == "fail"
    ]
    heading = words.text("no failure known")
    if failing:
        heading = words.count("{n} requirement fails", "{n} requirements fail", len(failing))
    steps = [_step(row, record.elements, words) for row in suggested.head(SUGGESTED).itertuples()]
    return (
        f"<details><summary>{_safe(heading)}, {_safe(words.text('what to measure next'))}</summary>"
        f"<p>{_position(site, words)}</p>"
        + _listed("ul", heading, failing)
        + _listed("ol", words.text("Measure next"), steps)
        + "</details>"
    )


def _position(site: Any, words: wording.Wording) -> str:
    status = words.text(terms.POSITION_STATUS[site.position_status])
    if pd.isna(site.longitude_deg):
        return _safe(f"{status}: {words.text('no position recorded')}")
    place = f"{site.latitude_deg:.6f},{site.longitude_deg:.6f}"
    accuracy = ""
    if not pd.isna(site.position_accuracy_m):
        accuracy = words.text("accuracy about {metres} m", metres=words.number(site.position_accuracy_m, 0))
    known = ", ".join(part for part in (status, accuracy, place) if part)
    note = f"<br>{_safe(site.position_note)}" if site.position_note else ""
    link = f'<a href="geo:{place}?q={place}">{_safe(words.text("Open in a map app"))}</a>'
    return f"{_safe(known)} · {link}{note}"


def _failure(line: site_report.FindingLine, section: site_report.ElementSection, words: wording.Wording) -> str:
    facts = words.text("measured {measured}, limit {limit}", measured=line.measured, limit=line.limit)
    remarks = " · ".join((f"{line.clause} ({line.basis})", *line.flags))
    return (
        f"<b>{_safe(line.name)}</b> ({_safe(section.title)}): {_safe(facts)}<br>"
        f"<small>{_safe(remarks)}</small><br>{_safe(line.advice)}"
    )


def _step(row: Any, elements: pd.DataFrame, words: wording.Wording) -> str:
    element = elements.loc[row.element_id]
    title = site_report.element_title(row.element_id, element["kind"], element["label"], words)
    thai = words.language == "th"
    name, how = (row.quantity_name_th, row.how_th) if thai else (row.quantity_name_en, row.how_en)
    minutes = words.text("about {minutes} min", minutes=words.number(row.time_min, 1))
    return f"<b>{_safe(name)}</b> ({_safe(title)}), {_safe(minutes)}<br>{_safe(how)}"


def _listed(kind: str, heading: str, entries: Sequence[str]) -> str:
    if not entries:
        return ""
    return f'<p class="list">{_safe(heading)}</p><{kind}>{_wrapped("li", entries)}</{kind}>'


def _about(about: Mapping[str, str], words: wording.Wording) -> str:
    lines = "".join(
        f"<dt>{_safe(words.text(about_lines.TITLES[item]))}</dt><dd>{_safe(text)}</dd>" for item, text in about.items()
    )
    return f"<h2>{_safe(words.text('About this file'))}</h2><dl>{lines}</dl>"


def _wrapped(tag: str, entries: Iterable[str]) -> str:
    return "".join(f"<{tag}>{entry}</{tag}>" for entry in entries)


def _safe(text: object) -> str:
    return html.escape(str(text))
