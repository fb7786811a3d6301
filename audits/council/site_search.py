"""Narrow the list of sites of a public page to those that a reader asks for, without a script on the page."""

from __future__ import annotations

import html
import re

from audits import wording

ASKED, MOST_ASKED = "q", 100
# Written into the page around what may be left out; a row of no other table has an id.
_ZONE = re.compile("<!--zone-->.*?<!--/zone-->", re.DOTALL)
_PART = re.compile("<!--part-->.*?<!--/part-->", re.DOTALL)
_ROW = re.compile(r"<tr id=.*?</tr>", re.DOTALL)
_NAME = re.compile(r'<th scope="row">(.*?)<small>', re.DOTALL)
_LANGUAGE = re.compile(r'<html lang="(\w+)">')
_FOLDED = re.compile('<details class="(zone|more)"')
_FIELD, _FOUND = f'name="{ASKED}" value="', '<p class="found" role="status">'


def narrowed(page: str, asked: str) -> str:
    """Return a public page with the sites alone whose code or name holds every word that is asked for, unfolded.

    Parameters
    ----------
    page
        As of :func:`audits.council.static_site.files`, served with the field to search in.
    asked
        What the reader wrote; a page is as it was where that is nothing.
    """
    # a stranger's words: longer than any name is nobody's search
    asked = asked.strip()[:MOST_ASKED]
    words = asked.casefold().split()
    # a page that was made without the field has no place for an outcome either
    if not words or _FOUND not in page:
        return page
    kept = [row for row in _ROW.findall(page) if all(word in _name(row) for word in words)]

    def of_zone(found: re.Match[str]) -> str:
        zone = _PART.sub(of_part, found[0])
        return _FOLDED.sub(r'<details class="\1" open', zone) if "<tr id=" in zone else ""

    def of_part(found: re.Match[str]) -> str:
        part = _ROW.sub(lambda row: row[0] if row[0] in kept else "", found[0])
        return part if "<tr id=" in part else ""

    # escaped, since what was written goes back into the page
    page = _ZONE.sub(of_zone, page).replace(_FIELD, _FIELD + html.escape(asked), 1)
    return page.replace(_FOUND, _FOUND + _outcome(page, asked, len(kept)), 1)


def _outcome(page: str, asked: str, sites: int) -> str:
    language = _LANGUAGE.search(page)
    words = wording.Wording(language[1] if language else wording.LANGUAGES[0])
    sentence = words.count("“{asked}”: {n} site found.", "“{asked}”: {n} sites found.", sites, asked=asked)
    return f'{html.escape(sentence)} <a href="?">{html.escape(words.text("All sites"))}</a>'


def _name(row: str) -> str:
    found = _NAME.search(row)
    return html.unescape(found[1]).casefold() if found else ""
