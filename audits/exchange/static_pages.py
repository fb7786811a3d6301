"""Write one public page in one language: the three answers, every site with why, and what it rests on."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from audits import council, council_text, markers, site_report, terms, wording
from audits.exchange import charts, council_contents, drawing, site_map
from audits.planning import prices
from layers import sources, symbols, web_map

NAMES = {"th": "ไทย", "en": "English"}
SITES, ABOUT = "sites", "about"
ALL_SITES, RESTS_ON = wording.phrase("All sites"), wording.phrase("What this rests on")


def title(words: wording.Wording) -> str:
    """Return what the pages are called."""
    return words.text("Ramps and public spaces for everyone, Khon Kaen")


def page(
    answers: council_contents.Answers, words: wording.Wording, *, links: Mapping[str, str], brief: str = ""
) -> str:
    """Return the page between ``<body>`` and ``</body>``; every text from the record is escaped.

    Parameters
    ----------
    answers
        What to tell.
    words
        The reader's language.
    links
        Where the page is in each language.
    brief
        Where the printed brief is; empty for none.
    """
    where, improved, money = council_contents.told(answers, words)
    parts = (
        _masthead(answers, words, links, brief),
        _section(words, council_text.WHERE, where, _where(answers, words)),
        _section(words, council_text.IMPROVED, improved, _improved(answers, words)),
        _section(words, council_text.MONEY, money, _money(answers, words)),
        _sites(answers, words),
        _about(answers, words),
    )
    return f'<div lang="{words.language}" id="{words.language}">{"".join(parts)}</div>'


def _masthead(answers: council_contents.Answers, words: wording.Wording, links: Mapping[str, str], brief: str) -> str:
    mark = council_contents.mark(answers, words)
    others = "".join(
        f'<li><a href="{_safe(link)}" lang="{language}" hreflang="{language}">{NAMES[language]}</a></li>'
        for language, link in links.items()
        if language != words.language
    )
    down = _safe(f"brief-{words.language}.pdf")
    printed = f'<li><a href="{_safe(brief)}" download="{down}">{_safe(words.text("One page to print (PDF)"))}</a></li>'
    jumps = {**council_text.QUESTIONS, SITES: ALL_SITES, ABOUT: RESTS_ON}
    inside = "".join(
        f'<li><a href="#{words.language}-{key}">{_safe(words.text(name))}</a></li>' for key, name in jumps.items()
    )
    return (
        "<header>"
        + (f'<p class="mark" role="note">{_safe(mark)}</p>' if mark else "")
        + f"<h1>{_safe(title(words))}</h1><p>{_safe(words.day(answers.until))}</p>"
        + f'<p class="lead">{_safe(council_text.known_so_far(answers.ramps, words))}</p>'
        + f'<nav aria-label="{_safe(words.text("On this page"))}">'
        + f"<ul>{inside}{printed if brief else ''}{others}</ul></nav>"
        + "</header>"
    )


def _section(words: wording.Wording, name: str, told: council_contents.Told, body: Iterable[str]) -> str:
    answer = (
        (f'<p class="big">{_safe(told.big)}</p>' if told.big else "")
        + f'<p class="said">{_safe(told.said)}</p>'
        + "".join(f'<p class="remark">{_safe(each)}</p>' for each in told.remarks)
    )
    return _part(words, name, told.question, f'<div class="answer">{answer}</div>{"".join(body)}')


def _part(words: wording.Wording, name: str, heading: str, body: str) -> str:
    """Return a part of the page under its heading."""
    identifier = f"{words.language}-{name}"
    return (
        f'<section id="{identifier}" aria-labelledby="{identifier}-name">'
        f'<h2 id="{identifier}-name">{_safe(heading)}</h2>{body}</section>'
    )


def _where(answers: council_contents.Answers, words: wording.Wording) -> list[str]:
    found, subject, text = answers.ramps, answers.subject, words.text
    parts = [
        _heading(words.text(council_text.KIND_NAMES[council.RAMPS])),
        _chart(charts.zones(found, words)),
        _table(council_text.zone_table(found, words)),
        _list([text(council_text.LOW_TO_HIGH), *council_text.not_known(found, words)]),
        _heading(text("The worst sites, and why")),
        _worst(answers, words),
    ]
    if len(found.causes):
        parts.append(_table(council_text.cause_table(found, subject.book, words)))
    parts += [_table(council_text.persona_table(found, subject.weights, words))]
    parts += [_table(council_text.facility_table(found, words)), _list([text(council_text.FIVE)])]
    if len(answers.spaces.codes):
        parts += [
            _heading(words.text(council_text.KIND_NAMES[council.SPACES])),
            _list([council_text.known_so_far(answers.spaces, words)]),
            _table(council_text.zone_table(answers.spaces, words)),
        ]
    return parts


def _worst(answers: council_contents.Answers, words: wording.Wording) -> str:
    subject, codes = answers.subject, answers.ramps.worst_sites.index
    entries = []
    for code in codes:
        name = council_text.site_name(str(code), subject.sites, words)
        why = _list(council_text.reason_list(subject.audited.findings, str(code), subject.book, words))
        entries.append(f'<li><a href="#{words.language}-{_safe(code)}">{_safe(name)}</a>{why}</li>')
    return f"<ol>{''.join(entries)}</ol>" if entries else _list([words.text("No failure is known so far.")])


def _improved(answers: council_contents.Answers, words: wording.Wording) -> list[str]:
    parts, history = [], answers.history
    if history is not None:
        parts += [_chart(charts.history(history, words)), _table(council_text.history_table(history, words))]
    if len(answers.again):
        parts.append(_table(council_text.changes_table(answers.again, answers.subject.sites, words)))
    return [*parts, _list([words.text(council_text.AS_TODAY), words.text(council_text.MORE_MAY_BE_MEASURED)])]


def _money(answers: council_contents.Answers, words: wording.Wording) -> list[str]:
    bought = answers.money
    if bought is None:
        return []
    parts, first = [], bought.next_million
    if first is not None:
        parts.append(_chart(charts.budgets(bought, words)))
        parts.append(_table(council_text.money_table(bought, words)))
        parts.append(_table(council_text.fixes_table(bought, first.plan, answers.subject.sites, words)))
    sample = [prices.SAMPLE] if bought.sample else []
    said = [words.text(each) for each in (*sample, council_text.TRIPS, *bought.record.statements)]
    return [*parts, _list(filter(None, (council_text.knee(bought, words), *said)))]


def _sites(answers: council_contents.Answers, words: wording.Wording) -> str:
    subject, text = answers.subject, words.text
    ground = web_map.Base(sources.street_axes(), sources.outline(), sources.places())
    drawn = site_map.drawn(subject.sites, subject.audited.sites["verdict"], ground, words)
    found = subject.audited.findings
    failing = found.loc[found["verdict"] == "fail"].sort_values(["site_code", "criterion", "element_id"])
    by_site = {str(code): _why(mine, answers, words) for code, mine in failing.groupby("site_code")}
    rows = "".join(_site(row, by_site.get(row.Index, ""), answers, words) for row in subject.sites.itertuples())
    headings = (text("Site"), text("Zone"), text("Verdict"), text("Score (0–100)"), text("Why"))
    head = "".join(f'<th scope="col">{_safe(each)}</th>' for each in headings)
    caption = text(ALL_SITES)
    digits = text("The digit in a sign is its zone; the shape and the colour are the verdict.")
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{_safe(caption)}">'
    table = f"<caption>{_safe(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    shown = f"{_chart(drawn)}<p>{_safe(digits)}</p>" if drawn else ""
    return _part(words, SITES, caption, f'{shown}{region}<table class="sites">{table}</table></div>')


def _site(row: Any, why: str, answers: council_contents.Answers, words: wording.Wording) -> str:
    judged = answers.subject.audited.sites.loc[row.Index]
    verdict = str(judged["verdict"])
    glyph, said = symbols.OF_VERDICT[verdict].glyph, words.text(terms.VERDICT[verdict])
    sign = f'<span aria-hidden="true">{glyph}</span> {_safe(said)}'
    zone = "" if pd.isna(row.zone) else str(int(row.zone))
    name = f"{row.Index} {markers.site_name(row, words)}"
    position = words.text(terms.POSITION_STATUS[row.position_status])
    score = council_text.score(judged["score_low"], judged["score_high"], words)
    return (
        f'<tr id="{words.language}-{_safe(row.Index)}"><th scope="row">{_safe(name)}'
        f"<small>{_safe(position)} · {_safe(words.text(terms.STANDING[judged['standing']]))}</small></th>"
        f'<td>{zone}</td><td class="{verdict}">{sign}</td><td>{_safe(score)}</td>'
        f"<td>{why}</td></tr>"
    )


def _why(failing: pd.DataFrame, answers: council_contents.Answers, words: wording.Wording) -> str:
    """Return every failing requirement of a site with what was measured, its limit and clause."""
    entries = [_failure(row, answers, words) for row in failing.itertuples()]
    count = words.count("{n} requirement fails", "{n} requirements fail", len(entries))
    return f"<details><summary>{_safe(count)}</summary>{_list(entries)}</details>"


def _failure(finding: Any, answers: council_contents.Answers, words: wording.Wording) -> str:
    book = answers.subject.book
    said, source = council_text.reason(finding, book, words), words.name(book.sources[finding.source].short)
    clause = site_report.clause_text(book.criteria[finding.criterion], finding, words)
    return f"{said} · {source} {clause} ({words.text(terms.BASIS[finding.basis])})"


def _about(answers: council_contents.Answers, words: wording.Wording) -> str:
    lines = "".join(
        f"<dt>{_safe(name)}</dt><dd>{_safe(text)}</dd>" for name, text in council_contents.about(answers, words).items()
    )
    laws = _heading(words.text("Laws and standards")) + _list(council_contents.sources(answers, words))
    return _part(words, ABOUT, words.text(RESTS_ON), f"<dl>{lines}</dl>{laws}")


def _heading(text: str) -> str:
    return f"<h3>{_safe(text)}</h3>"


def _chart(picture: drawing.Picture) -> str:
    return f'<div class="chart">{picture.tag("picture")}</div>'


def _list(entries: Iterable[str]) -> str:
    inside = "".join(f"<li>{_safe(each)}</li>" for each in entries)
    return f"<ul>{inside}</ul>" if inside else ""


def _table(told: council_text.Table) -> str:
    head = "".join(f'<th scope="col">{_safe(each)}</th>' for each in told.headings)
    body = "".join(
        f'<tr><th scope="row">{_safe(row[0])}</th>{"".join(f"<td>{_safe(cell)}</td>" for cell in row[1:])}</tr>'
        for row in told.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{_safe(told.caption)}"><table>'
        f"<caption>{_safe(told.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _safe(text: object) -> str:
    return html.escape(str(text))
