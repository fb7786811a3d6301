"""One Thai term for each concept: the glossary holds screens, book, kit, forms and files to it."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from babel.messages import pofile

from audits import wording
from layers import installation

ROOT = Path(__file__).parents[1]
GLOSSARY = wording.LOCALE_FOLDER / "th" / "glossary.csv"
COLUMNS = ["term", "english", "thai", "also", "not", "except", "note"]


@dataclass(frozen=True)
class Term:
    """One line of the glossary; the last five columns hold several values with `` | `` between them.

    `english` is looked for as a whole word, singular or plural, but not inside a phrase of `exceptions`, nor in the
    whole text that follows a ``=`` there. The Thai must then hold `thai`, or one of the short forms in `also`, and
    nothing of `forbidden`.
    """

    name: str
    english: tuple[str, ...]
    thai: str
    also: tuple[str, ...]
    forbidden: tuple[str, ...]
    exceptions: tuple[str, ...]


def terms_of(lines: Iterable[str]) -> list[Term]:
    """Read the lines of a glossary."""

    def several(cell: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in cell.split(" | ") if part.strip())

    return [
        Term(
            row["term"],
            several(row["english"]),
            row["thai"],
            several(row["also"]),
            several(row["not"]),
            several(row["except"]),
        )
        for row in csv.DictReader(lines)
    ]


def _spans(phrase: str, english: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(rf"(?<![\w-]){phrase}(?![\w-])", english, re.IGNORECASE)]


def _form(words: str) -> str:
    written = re.escape(words.removeprefix("="))
    if words.startswith("="):
        return rf"\A{written}\Z"
    # "survey" also finds "surveys", "fix" "fixes" and "facility" "facilities"
    return f"(?:{written}(?:e?s)?|{written[:-1]}ies)" if words.endswith("y") else f"{written}(?:e?s)?"


def terms_in(english: str, terms: Sequence[Term]) -> Iterator[Term]:
    """Find the terms of an English phrase, longest first, so that “kerb ramp” is not also “ramp”."""
    text = re.sub(r"\{[^}]*\}", lambda value: " " * len(value.group()), english)
    forms = sorted(((form, term) for term in terms for form in term.english), key=lambda pair: -len(pair[0]))
    lowered, found = text.casefold(), set()
    for form, term in forms:
        # most forms are not there at all, and a search costs more than a look
        if form.strip("=")[:-1].casefold() not in lowered or f"={english}" in term.exceptions:
            continue
        excepted = [span for phrase in term.exceptions for span in _spans(re.escape(phrase), english)]
        for start, end in _spans(_form(form), text):
            if not any(first <= start and end <= last for first, last in excepted):
                text = text[:start] + "\0" * (end - start) + text[end:]
                if term.name not in found:
                    found.add(term.name)
                    yield term


def _holds(thai: str, form: str, term: Term, terms: Sequence[Term]) -> bool:
    # ไม่ผ่าน holds ผ่าน, แผนที่ holds แผน: a word does not count where it is part of another term
    for longer in sorted(
        (each.thai for each in terms if each is not term and form in each.thai), key=len, reverse=True
    ):
        if form != longer:
            thai = thai.replace(longer, "\0")
    return form in thai


def violations(english: str, thai: str, terms: Sequence[Term]) -> list[str]:
    """Say where a Thai phrase leaves the glossary, and what to do."""
    faults = []
    for term in terms_in(english, terms):
        if not any(_holds(thai, form, term, terms) for form in (term.thai, *term.also)):
            faults.append(
                f"“{english}” = “{thai}”: write “{term.thai}” for “{term.english[0]}”, or, where the English means"
                f" something else, add its phrase to “except” of “{term.name}” in data/locale/th/glossary.csv"
            )
        faults += [
            f"“{english}” = “{thai}”: “{word}” is not the word for “{term.english[0]}”, write “{term.thai}”"
            for word in term.forbidden
            if word in thai
        ]
    return faults


def pairs_in_catalogues() -> Iterator[tuple[str, str]]:
    """Every phrase of screens, book, kit, forms and command line, with its Thai."""
    for path in sorted(GLOSSARY.parent.glob("*.po")):
        # the browser's own words speak of no concept of ours
        if path.name == "chrome.po":
            continue
        with path.open("rb") as file:
            for message in pofile.read_po(file, locale="th"):
                if message.id:
                    english = message.id if isinstance(message.id, str) else message.id[0]
                    yield english, "".join(message.string or ())


def _named(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if {"th", "en"} <= node.keys():
            yield node["en"], node["th"]
        for child in node.values():
            yield from _named(child)
    elif isinstance(node, list):
        for child in node:
            yield from _named(child)


def pairs_in_data() -> Iterator[tuple[str, str]]:
    """Every name in both languages of the criteria, questions, weights and tables; not the names of places."""
    data = installation.DATA
    for path in [*sorted((data / "criteria").rglob("*.yaml")), data / "weights.yaml"]:
        yield from _named(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
    for table in ("columns.csv", "reach/personas.csv", "drawings/ways.csv", "prices/sample.csv"):
        with (data / table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from ((row[f"{each[:-3]}_en"], row[each]) for each in row if each.endswith("_th"))


def menu_entries() -> list[str]:
    """English titles of the menu, in its order."""
    tree = ast.parse((ROOT / "app_pages" / "session" / "page_titles.py").read_text("utf-8"))
    (titles,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "TITLES"
    ]
    assert isinstance(titles, ast.Dict)
    return [title.args[0].value for title in titles.values]  # type: ignore[attr-defined]


with GLOSSARY.open(encoding="utf-8", newline="") as lines:
    TERMS = terms_of(lines)
PHRASES, NAMES = dict.fromkeys(pairs_in_catalogues()), dict.fromkeys(pairs_in_data())
THAI = wording.Wording("th")


def test_the_glossary_has_one_line_a_concept_and_one_thai_term_a_line() -> None:
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    for column in ("term", "thai"):
        written = [row[column] for row in rows]
        assert [each for each in written if not each or written.count(each) > 1] == []
    english = [form for term in TERMS for form in term.english]
    assert [form for form in english if english.count(form) > 1] == []
    assert [term.name for term in TERMS if any(word in term.thai for word in term.forbidden)] == []


def test_every_exception_is_still_needed() -> None:
    whole = {english for english, _ in [*PHRASES, *NAMES]}
    written = "\n".join(whole).casefold()
    assert [
        (term.name, phrase)
        for term in TERMS
        for phrase in term.exceptions
        if (phrase[1:] not in whole if phrase.startswith("=") else phrase.casefold() not in written)
    ] == []


def test_every_phrase_keeps_to_the_glossary() -> None:
    faults = [fault for english, thai in PHRASES for fault in violations(english, thai, TERMS)]
    assert faults == [], "\n".join(faults)


def test_criteria_questions_and_columns_keep_to_the_glossary() -> None:
    faults = [fault for english, thai in NAMES for fault in violations(english, thai, TERMS)]
    assert faults == [], "\n".join(faults)


def test_every_menu_entry_is_a_term_and_no_two_are_alike() -> None:
    entries = menu_entries()
    assert len(entries) > 15
    named = {entry: {term.thai for term in terms_in(entry, TERMS)} for entry in entries}
    assert [entry for entry in entries if THAI.text(entry) not in named[entry]] == [], "add the entry to the glossary"
    assert len({THAI.text(entry) for entry in entries}) == len(entries)


BAD = """term,english,thai,also,not,except,note
site,site,จุดสำรวจ,จุด,สถานที่,on site,
ramp,ramp,ทางลาด,,,,
kerb_ramp,kerb ramp,ทางลาดขอบทาง,,,,
plan,plan,แผน,,,=Plan,
facility,facility,สิ่งอำนวยความสะดวก,,,,
"""


@pytest.mark.parametrize(
    ("english", "thai", "faults"),
    [
        ("Choose a site", "เลือกจุดสำรวจ", 0),
        ("Choose a site", "เลือกตำแหน่ง", 1),
        ("{n} sites", "{n} จุด", 0),
        ("{site} is far", "{site} อยู่ไกล", 0),
        ("Site code", "รหัสจุดหรือสถานที่", 1),
        ("Site code", "รหัสสถานที่", 2),
        ("Measure it on site", "วัดที่หน้างาน", 0),
        ("Kerb ramps", "ทางลาดขอบทาง", 0),
        ("Kerb ramps", "ทางลาด", 1),
        ("Ramps and kerb ramps", "ทางลาดขอบทาง", 1),
        ("Ramps and kerb ramps", "ทางลาดและทางลาดขอบทาง", 0),
        ("Plan", "ผังพื้น", 0),
        ("This plan", "ผังพื้นนี้", 1),
        ("Sitetrip", "อื่น", 0),
        ("Facilities", "บริการ", 1),
    ],
)
def test_a_phrase_that_leaves_the_glossary_is_found(english: str, thai: str, faults: int) -> None:
    assert len(violations(english, thai, terms_of(BAD.splitlines()))) == faults


def test_a_fault_says_what_to_write_and_where_an_exception_goes() -> None:
    (fault,) = violations("Choose a site", "เลือกตำแหน่ง", terms_of(BAD.splitlines()))
    assert "write “จุดสำรวจ” for “site”" in fault
    assert "“except” of “site” in data/locale/th/glossary.csv" in fault
