"""Write the council's answers as public pages that need no server: files of a folder, or one file with everything."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from audits import barriers, terms, wording
from audits.access import access_text
from audits.council import charts, council_contents, council_tables, council_text, figures, money_text, site_map
from audits.formats import templates
from audits.ramps import prices
from audits.reports import markers, site_report
from audits.requests import counts
from audits.scoring import selection
from layers import ground as ground_room
from layers import symbols, web_assets

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "council_site.css"
FONTS = {400: "fonts/Sarabun-Regular.woff2", 700: "fonts/Sarabun-Bold.woff2"}
MADE = wording.phrase("The record as of {day}; what was recorded later is not on this page.")
FIRST_SITES, MOST_ROWS = 10, 10
NAMES = {"th": "ไทย", "en": "English"}

_JUMPS = {
    **council_text.QUESTIONS,
    "requests": counts.TITLE,
    "sites": wording.phrase("All sites"),
    "about": wording.phrase("What this rests on"),
}

Block = tuple[str, object]
"""One part of an answer: ``heading``, ``chart``, ``table``, ``list`` or ``worst``, and what it shows."""


def files(
    answers: council_contents.Answers,
    briefs: Mapping[str, bytes],
    languages: Sequence[str] = wording.LANGUAGES,
    made_at: dt.datetime | None = None,
    statements: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return the pages by path; the same answers make the same bytes.

    The first language is at ``index.html``, each other in a folder of its name; the briefs lie beside them. No page
    holds a script, a note, a photo or the name of a surveyor.

    Parameters
    ----------
    answers
        The council's answers.
    briefs
        By language, the printed brief; see :func:`audits.council.brief.brief`.
    languages
        Of :data:`audits.wording.LANGUAGES`; at least one.
    made_at
        When they are made, written on the page; None leaves it out.
    statements
        Addresses of pages about the program, by title, where the pages are served by it.

    Raises
    ------
    layers.errors.LayerError
        If the fonts have not been prepared, or the ground cannot be read.
    """
    first = languages[0]
    result = {}
    for language in languages:
        up = "" if language == first else "../"
        links = {other: f"{up}{_path(other, first)}" for other in languages}
        brief = f"{up}brief-{language}.pdf" if language in briefs else ""
        body = page(
            answers, wording.Wording(language), links=links, brief=brief, made_at=made_at, statements=statements
        )
        # a search needs a server that answers it, and a copy elsewhere has none
        result[_path(language, first)] = _document(answers, language, [body], search=statements is not None)
    return result | {f"brief-{language}.pdf": content for language, content in sorted(briefs.items())}


def one_file(
    answers: council_contents.Answers, briefs: Mapping[str, bytes], languages: Sequence[str] = wording.LANGUAGES
) -> bytes:
    """Return everything as one HTML file, each language after the other; parameters as :func:`files`."""
    links = {language: f"#{language}" for language in languages}
    bodies = []
    for language in languages:
        # within the file, since nothing lies beside it
        packed = base64.b64encode(briefs[language]).decode() if language in briefs else ""
        brief = f"data:application/pdf;base64,{packed}" if packed else ""
        bodies.append(page(answers, wording.Wording(language), links=links, brief=brief))
    return _document(answers, languages[0], bodies)


def page(
    answers: council_contents.Answers,
    words: wording.Wording,
    *,
    links: Mapping[str, str],
    brief: str = "",
    made_at: dt.datetime | None = None,
    statements: Mapping[str, str] | None = None,
) -> str:
    """Return the page between ``<body>`` and ``</body>``; every text from the record is escaped.

    Parameters
    ----------
    answers
        The council's answers.
    words
        The reader's language.
    links
        Address of the page in each language.
    brief
        Address of the printed brief; empty for none.
    made_at
        When it is made; None leaves it out.
    statements
        As of :func:`files`.
    """
    record = answers.record
    ground = ground_room.of(None, record.area)
    blocks = (_where(answers, words), _improved(answers, words), _money(answers, words))
    keys = council_text.WHERE, council_text.IMPROVED, council_text.MONEY
    return templates.render(
        TEMPLATES / "council_page.html.j2",
        text=words.text,
        language=words.language,
        names=NAMES,
        links=links,
        brief=brief,
        mark=council_contents.mark(answers, words),
        title=_title(answers, words),
        day=words.day(answers.until),
        made=words.text(MADE, day=words.instant(made_at)) if made_at else "",
        lead=council_text.known_so_far(answers.ramps, words),
        works=council_contents.works(answers, words),
        jumps={k: words.text(name) for k, name in _JUMPS.items() if k != "requests" or answers.asked is not None},
        answers=list(zip(keys, council_contents.answered(answers, words), blocks, strict=True)),
        worst=_worst(answers, words),
        asked=[] if answers.asked is None else counts.sentences(answers.asked, words),
        map=site_map.drawn(record.sites, record.audit.sites["verdict"], ground, words),
        zones=_zones(answers, words),
        most_rows=MOST_ROWS,
        search=statements is not None,
        about=council_contents.about(answers, words),
        sources=list(council_contents.sources(answers, words)),
        statements={words.text(title): address for title, address in (statements or {}).items()},
    )


def _path(language: str, first: str) -> str:
    return "index.html" if language == first else f"{language}/index.html"


def _title(answers: council_contents.Answers, words: wording.Wording) -> str:
    title = words.text("Ramps and public spaces for everyone")
    return ", ".join(filter(None, (title, words.name(answers.record.town))))


def _document(
    answers: council_contents.Answers, language: str, bodies: Sequence[str], *, search: bool = False
) -> bytes:
    words = wording.Wording(language)
    title = f"{_title(answers, words)} · {words.day(answers.until)}"
    template = TEMPLATES / "council_site.html.j2"
    document = templates.render(template, language=language, title=title, style=_style(), bodies=bodies, search=search)
    # a browser breaks Thai by a dictionary of its own, and would part words that it does not know
    return wording.held(document).encode()


def _style() -> str:
    # Inlined, so that the one file needs no other.
    faces = "".join(
        f"@font-face{{font-family:Sarabun;font-weight:{weight};src:url(data:font/woff2;base64,{_font(name)})}}"
        for weight, name in FONTS.items()
    )
    return faces + (web_assets.STATIC / STYLE).read_text("utf-8")


def _font(name: str) -> str:
    return base64.b64encode(web_assets.path_of(name).read_bytes()).decode()


def _where(answers: council_contents.Answers, words: wording.Wording) -> list[Block]:
    found, spaces, record, text = answers.ramps, answers.spaces, answers.record, words.text
    blocks: list[Block] = [
        ("heading", text(terms.SITES_OF_KIND[figures.RAMPS])),
        ("chart", charts.zones(found, words)),
        ("table", council_tables.zone_table(found, words)),
        ("list", [text(council_text.LOW_TO_HIGH), *council_text.not_known(found, words)]),
        ("heading", text("The worst sites, and why")),
        *([("list", [council_text.order_of_worst(found, record.sites, words)])] if len(found.worst_sites) else []),
        ("worst", None),
    ]
    if len(found.causes):
        blocks.append(("table", council_tables.cause_table(found, record.criteria, words)))
    blocks += [
        ("table", council_tables.persona_table(found, record.weights, words)),
        ("table", council_tables.facility_table(found, words)),
        ("list", [text(council_text.FIVE)]),
    ]
    if len(spaces.codes):
        blocks += [
            ("heading", text(terms.SITES_OF_KIND[figures.SPACES])),
            ("list", [council_text.known_so_far(spaces, words)]),
            ("table", council_tables.zone_table(spaces, words)),
        ]
    return blocks


def _worst(answers: council_contents.Answers, words: wording.Wording) -> list[dict[str, object]]:
    record, worst = answers.record, answers.ramps.worst_sites
    return [
        {
            "code": code,
            "rank": int(worst.loc[code, "rank"]),
            "place": council_text.place(worst.loc[code], words),
            "name": council_text.site_name(code, record.sites, words),
            "reasons": council_text.reason_list(record, code, words),
        }
        for code in worst.index.astype(str)
    ]


def _improved(answers: council_contents.Answers, words: wording.Wording) -> list[Block]:
    blocks: list[Block] = []
    if answers.history is not None:
        blocks.append(("chart", charts.history(answers.history, words)))
        blocks.append(("table", council_tables.history_table(answers.history, words)))
    if len(answers.again):
        blocks.append(("table", council_tables.changes_table(answers.again, answers.record.sites, words)))
    notes = council_text.AS_TODAY, council_text.IMPROVED_MEANS
    return [*blocks, ("list", [words.text(each) for each in notes])]


def _money(answers: council_contents.Answers, words: wording.Wording) -> list[Block]:
    bought = answers.money
    if bought is None:
        return []
    blocks: list[Block] = []
    if bought.next_million is not None:
        blocks = [
            ("chart", charts.budgets(bought, words)),
            ("table", council_tables.money_table(bought, words)),
            ("table", council_tables.fixes_table(bought, bought.next_million.plan, answers.record.sites, words)),
        ]
    sample = [prices.SAMPLE] if bought.sample else []
    notes = [words.text(each) for each in (*sample, council_text.TRIPS, *bought.record.statements)]
    return [
        *blocks,
        ("list", list(filter(None, (money_text.on_top(bought, words), money_text.knee(bought, words), *notes)))),
    ]


def _zones(answers: council_contents.Answers, words: wording.Wording) -> Iterator[dict[str, object]]:
    """Yield the sites of each zone, the worst first: a few, and the rest that are folded once more."""
    record, rows = answers.record, {str(row["code"]): row for row in _sites(answers, words)}
    judged = record.audit.sites.loc[record.sites.index]
    zone_of = record.sites["zone"].fillna(selection.NO_ZONE).astype(int)
    for zone in sorted(zone_of.unique(), key=lambda number: (number == selection.NO_ZONE, number)):
        here = judged.loc[zone_of == zone]
        found = record.audit.findings.loc[record.audit.findings["site_code"].isin(here.index)]
        worst = figures.worst_sites(here, found, len(here)).index
        # sites without a failure follow in the order of the register
        ordered = [rows[str(code)] for code in worst.append(here.index.difference(worst, sort=False))]
        failing = words.number(int((here["verdict"] == "fail").sum()), 0)
        counted = words.count(
            "{n} ramp site or public space, {failing} known to fail",
            "{n} ramp sites and public spaces, {failing} known to fail",
            len(here),
            failing=failing,
        )
        left = max(len(ordered) - FIRST_SITES, 0)
        yield {
            "title": f"{access_text.zone_name(int(zone), words)}: {counted}",
            "first": ordered[:FIRST_SITES],
            "rest": ordered[FIRST_SITES:],
            "more": words.count("{n} more site", "{n} more sites", left),
        }


def _sites(answers: council_contents.Answers, words: wording.Wording) -> Iterator[dict[str, object]]:
    """Yield one row for each site, with all of its failing requirements."""
    record = answers.record
    findings, states = record.audit.findings, barriers.by_site(record)
    failing = findings.loc[findings["verdict"] == "fail"].sort_values(["site_code", "criterion", "element_id"])
    # split once: looking for each site's rows among all findings would be quadratic
    by_site = {str(code): rows for code, rows in failing.groupby("site_code")}
    for row in record.sites.itertuples():
        audited = record.audit.sites.loc[row.Index]
        position = words.text(terms.POSITION_STATUS[row.position_status])
        failures = [_failure(each, answers, words) for each in by_site.get(row.Index, failing[:0]).itertuples()]
        yield {
            "code": row.Index,
            "name": f"{row.Index} {markers.site_name(row, words)}",
            "standing": f"{position} · {words.text(terms.STANDING[audited['standing']])}",
            "verdict": audited["verdict"],
            "glyph": symbols.OF_VERDICT[audited["verdict"]].glyph,
            "verdict_text": words.text(terms.VERDICT[audited["verdict"]]),
            "score": council_tables.score(audited["score_low"], audited["score_high"], words),
            "barriers": " · ".join(markers.barrier_lines(states.loc[row.Index], record.weights, words)),
            "sentence": markers.compliance_and_grade(audited, words),
            "failing": words.count("{n} requirement fails", "{n} requirements fail", len(failures)),
            "failures": failures,
        }


def _failure(finding: Any, answers: council_contents.Answers, words: wording.Wording) -> str:
    """Return a failing requirement with what was measured, its limit and its clause."""
    criteria = answers.record.criteria
    reason, source = council_text.reason(finding, criteria, words), words.name(criteria.sources[finding.source].short)
    clause = site_report.clause_text(criteria.criteria[finding.criterion], finding, words)
    return f"{reason} · {source} {clause} ({words.text(terms.BASIS[finding.basis])})"
