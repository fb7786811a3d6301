"""Every phrase of the project speaks Thai, in one place, with the same values in it."""

from __future__ import annotations

import ast
import collections
import copy
import datetime as dt
import functools
import json
import re
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jinja2
import jinja2.nodes
import pytest
from babel.messages import catalog, pofile

from audits import errors, wording
from audits.formats import typesetting
from audits.rules import files
from audits.store.surveys import reviews
from tests import chromium

ROOT = Path(__file__).parents[1]
SOURCES = [
    ROOT / "app.py",
    *sorted(path for room in ("app_pages", "audits", "layers") for path in (ROOT / room).rglob("*.py")),
]
TEMPLATES = sorted(path for room in ("app_pages", "audits", "layers") for path in (ROOT / room).rglob("*.j2"))
TYPST = sorted((ROOT / "audits").rglob("*.typ"))
PHRASES_AS_DATA = [ROOT / "audits/field/kit/words.json"]
CATALOGUES = sorted(path for path in (wording.LOCALE_FOLDER / "th").glob("*.po") if path.name != "chrome.po")
CHROME = wording.LOCALE_FOLDER / "th" / "chrome.po"
THAI, ENGLISH = wording.Wording("th"), wording.Wording("en")
THAI_LETTER, WILD = re.compile("[ก-๛]"), re.compile("[*#]")

# one positional argument tells Wording.text from other methods of that name
ARGUMENTS = {"text": 1, "phrase": 1, "count": 3, "ProblemKind": 2}


def _written(node: ast.expr) -> list[str]:
    """Return the phrases an argument can be: one, or both of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return _written(node.body) + _written(node.orelse) if isinstance(node, ast.IfExp) else []


def _calls(source: str) -> Iterator[tuple[str, list[ast.expr]]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if ARGUMENTS.get(name) == len(node.args):
                yield name, node.args


def phrases(source: str) -> set[str]:
    """Return the English phrases of one module as the catalogue keeps them: a plural by its singular."""
    found = set()
    for name, arguments in _calls(source):
        found |= set(_written(arguments[1 if name == "ProblemKind" else 0]))
    return found


def template_phrases(source: str) -> set[str]:
    """Return the English phrases of one template: the first argument of each call of ``text``."""
    calls = jinja2.Environment().parse(source).find_all(jinja2.nodes.Call)
    return {
        call.args[0].as_const()
        for call in calls
        if "text" in (getattr(call.node, "name", ""), getattr(call.node, "attr", ""))
    }


def plurals(source: str) -> set[tuple[str, str]]:
    """Return the pairs of singular and plural of one module."""
    return {
        pair
        for name, arguments in _calls(source)
        if name == "count"
        for pair in zip(_written(arguments[0]), _written(arguments[1]), strict=True)
    }


def _messages(path: Path) -> list[catalog.Message]:
    with path.open("rb") as file:
        return [message for message in pofile.read_po(file, locale="th") if message.id]


def _english(message: catalog.Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _thai(message: catalog.Message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def _values(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


# Parsed by the first test that asks: every process that runs tests imports this module, and one of them runs it.
@functools.cache
def written() -> dict[Path, set[str]]:
    found = {path: phrases(path.read_text("utf-8")) for path in SOURCES}
    found |= {path: template_phrases(path.read_text("utf-8")) for path in TEMPLATES}
    found |= {path: set(typesetting.phrases(path.read_text("utf-8"))) for path in TYPST}
    return found | {path: set(json.loads(path.read_text("utf-8")).values()) for path in PHRASES_AS_DATA}


@functools.cache
def every_message() -> list[tuple[str, catalog.Message]]:
    return [(path.stem, message) for path in CATALOGUES for message in _messages(path)]


def test_phrases_are_found_wherever_they_are_written() -> None:
    source = """
words.text("a")
f"<p>{cell(text('in a formatted string', day=day))}</p>"
text("one" if lone else "other")
words.count("{n} site", "{n} sites", 3)
NAME = wording.phrase("as " "data")
KIND = errors.ProblemKind("X-001", "wrong: {value}")
layout.text("column", row)
line.count(",")
"""
    found = {"a", "in a formatted string", "one", "other", "{n} site", "as data", "wrong: {value}"}
    assert phrases(source) == found
    assert plurals(source) == {("{n} site", "{n} sites")}


def test_phrases_are_found_in_templates() -> None:
    source = """{% if a %}{{ text("a {b}", b=text('c')) }}{{ words.text("d") }}{% endif %}<p>text("e")</p>"""
    assert template_phrases(source) == {"a {b}", "c", "d"}


def test_every_phrase_is_translated() -> None:
    known = {_english(message)[0] for _, message in every_message() if _thai(message)}
    missing = {path.relative_to(ROOT).as_posix(): sorted(found - known) for path, found in written().items()}
    assert {path: phrases for path, phrases in missing.items() if phrases} == {}


def test_every_phrase_is_translated_in_one_place_only() -> None:
    places = collections.Counter(_english(message)[0] for _, message in every_message())
    assert [phrase for phrase, count in places.items() if count > 1] == []


def test_no_translation_is_left_without_its_phrase() -> None:
    used = set().union(*written().values())
    kept = [(catalogue, _english(message)[0]) for catalogue, message in every_message()]
    assert [(catalogue, phrase) for catalogue, phrase in kept if phrase not in used] == []


def test_a_plural_is_kept_with_the_plural_that_is_written() -> None:
    written = set().union(*(plurals(path.read_text("utf-8")) for path in SOURCES))
    kept = {_english(message) for _, message in every_message() if len(_english(message)) == 2}
    assert kept == written


def test_a_translation_takes_the_same_values() -> None:
    other_values = [
        (catalogue, english, _thai(message))
        for catalogue, message in every_message()
        for english in _english(message)
        if _values(_thai(message)) != _values(english)
    ]
    assert other_values == []


def test_a_translation_is_finished() -> None:
    unfinished = [
        (catalogue, _english(message)[0])
        for catalogue, message in every_message()
        if message.fuzzy or not _thai(message).strip() == _thai(message) != ""
    ]
    assert unfinished == []


def test_the_code_of_a_problem_means_one_thing() -> None:
    written = collections.Counter(
        code
        for path in SOURCES
        for name, arguments in _calls(path.read_text("utf-8"))
        if name == "ProblemKind"
        for code in _written(arguments[0])
    )
    assert len(written) > 50
    assert [code for code, count in written.items() if count > 1] == []


def test_days_are_written_in_the_era_of_the_reader() -> None:
    day = dt.date(2026, 11, 22)
    assert THAI.day(day) == "22 พ.ย. 2569"
    assert ENGLISH.day(day) == "22 Nov 2026"


def test_an_instant_is_told_in_bangkok() -> None:
    late = dt.datetime(2026, 12, 31, 17, 5, tzinfo=dt.UTC)
    assert THAI.instant(late) == "1 ม.ค. 2570 00:05"
    assert ENGLISH.instant(late) == "1 Jan 2027 00:05"


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(1234567, None, "1,234,567"), (8.3333, None, "8.333"), (8.3333, 1, "8.3"), (8.0, 1, "8"), (1999.6, 0, "2,000")],
)
def test_numbers_have_separators_and_no_idle_zeros(value: float, digits: int | None, shown: str) -> None:
    assert THAI.number(value, digits) == shown
    assert ENGLISH.number(value, digits) == shown


def test_a_share_is_a_whole_percentage() -> None:
    assert THAI.percent(0.655) == ENGLISH.percent(0.655) == "66%"


def test_english_has_a_plural_and_thai_has_none() -> None:
    assert [ENGLISH.count("{n} site", "{n} sites", number) for number in (0, 1, 1200)] == [
        "0 sites",
        "1 site",
        "1,200 sites",
    ]
    assert [THAI.count("{n} site", "{n} sites", number) for number in (0, 1, 1200)] == ["0 จุด", "1 จุด", "1,200 จุด"]


def test_an_unknown_phrase_stays_english() -> None:
    assert THAI.text("nobody wrote {this}", this="that") == "nobody wrote that"


def test_braces_without_values_are_left_alone() -> None:
    assert ENGLISH.text("{done} of {all}") == "{done} of {all}"


@pytest.mark.parametrize("language", ["", "de", "TH", "../en"])
def test_an_unknown_language_is_read_as_thai(language: str) -> None:
    words = wording.Wording(language)
    assert words.language == "th"
    assert words.text("pass") == "ผ่าน"


def test_a_name_is_given_in_the_language_of_the_reader() -> None:
    wheelchair = files.load_weights(files.WEIGHTS).personas["wheelchair"]
    assert THAI.name(wheelchair) == "ผู้ใช้เก้าอี้ล้อ"
    assert ENGLISH.name(wheelchair) == "Wheelchair user"


def test_a_problem_says_its_place_in_the_language_of_the_reader() -> None:
    kind = errors.ProblemKind("TEST-001", "{value} must not be negative.")
    in_a_cell, elsewhere = kind.at("row 3, width, net", value=-1), kind.at("KK-001", value=-1)
    assert THAI.problem(in_a_cell) == "แถว 3 คอลัมน์ width, net: -1 ติดลบไม่ได้"
    assert ENGLISH.problem(in_a_cell) == "row 3, column width, net: -1 must not be negative."
    assert THAI.problem(elsewhere) == "KK-001: -1 ติดลบไม่ได้"
    assert THAI.place("row 12") == "แถว 12"


def test_the_browsers_own_words_are_translated_once_and_whole() -> None:
    written = [_english(message)[0] for message in _messages(CHROME)]
    assert len(written) == len(set(written)) > 100
    for english, thai in wording.chrome_phrases("th").items():
        assert THAI_LETTER.search(thai), english
        assert WILD.findall(english) == WILD.findall(thai), f"{english}: the rest that * or # stands for is lost"
    assert wording.chrome_phrases("en") == {}


def test_the_browsers_own_words_are_said_in_thai_and_data_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = json.dumps(wording.chrome_phrases("th"), ensure_ascii=False)
    script = (ROOT / "static" / "shell.js").read_text("utf-8")
    page.write_text(
        f"""<!doctype html><meta charset="utf-8"><script type="application/json" id="jaidee-words">{words}</script>
<script>{script}</script>
<p>Select all</p><p>50MB per file</p><p>3 options available.</p><p>Nobody's word</p>
<p>Number is outside the allowed range. Please enter a value between -1.00 and 1,000.00.</p>
<button aria-label="Help for ความกว้าง"></button><button aria-label="Error: Unknown error"></button>
<div data-testid="stHtml"><p>Remove everything</p><i title="Search"></i></div><textarea>Search</textarea>""",
        "utf-8",
    )
    arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        f"--user-data-dir={tmp_path / 'user'}",
    ]
    shown = subprocess.run(
        [str(chromium.executable()), *arguments, "--dump-dom", page.as_uri()],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout.decode()
    said = ("<p>เลือกทั้งหมด</p>", "<p>ไม่เกิน 50 MB ต่อไฟล์</p>", "<p>มี 3 ตัวเลือก</p>", "คือ -1.00 ถึง 1,000.00</p>")
    named = ('aria-label="คำอธิบายของ ความกว้าง"', 'aria-label="ผิดพลาด: เกิดข้อผิดพลาดที่ไม่ทราบสาเหตุ"')
    left = ("<p>Nobody's word</p>", "<p>Remove everything</p>", 'title="Search"', "<textarea>Search</textarea>")
    assert [part for part in (*said, *named, *left) if part not in shown] == []


def test_a_value_of_each_language_may_be_copied() -> None:
    copied = copy.deepcopy(wording.Translated(lambda words: words.text("ramp")))
    assert (copied, wording.Wording("th").text("{kind}", kind=copied)) == ("ramp", "ทางลาด")


def test_a_problem_names_its_field_as_the_form_does() -> None:
    problem = errors.ProblemKind("TEST-001", "Give the reason: the office answers with it when somebody asks.")
    assert wording.Wording("th").problem(problem.at("reason")).startswith("เหตุผล: ")
    assert wording.Wording("en").problem(problem.at("")) == problem.template


@pytest.mark.parametrize("where", wording.FIELDS)
def test_the_place_of_a_problem_is_named_as_the_page_labels_it(where: str) -> None:
    problem = errors.ProblemKind("TEST-002", "Write it.").at(where)
    sentence = wording.Wording("th").problem(problem)
    assert sentence.startswith(f"{THAI.text(wording.FIELDS[where])}: ")
    assert where not in sentence


def test_a_return_without_a_note_is_refused_in_thai_alone() -> None:
    assert not re.search("[A-Za-z]{3}", THAI.problem(reviews.NO_NOTE.at("note")))


def test_a_word_that_no_dictionary_knows_is_held_together_on_the_screen() -> None:
    word = "ราชกิจจานุเบกษา"
    assert word not in wording.held(f"เทียบกับ{word}แล้ว")
    assert wording.held(f"เทียบกับ{word}แล้ว").replace("\u2060", "") == f"เทียบกับ{word}แล้ว"
