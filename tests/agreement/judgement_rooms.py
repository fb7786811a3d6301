"""Read what each room says of a site: verdict, score interval and grade. A new room is one function in ROOMS."""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import openpyxl
import pandas as pd
from playwright._impl import _driver

from audits import terms, wording
from audits.book import book as map_book
from audits.council import council_contents, static_site
from audits.export import offline_map as offline_map_room
from audits.field.kit import page as kit_page
from audits.field.kit import rules as kit_rules
from audits.reports import columns
from audits.scoring import readings, run
from layers import symbols
from tests import kit_phone, spoken
from tests.agreement import printed, worlds

NOT_SAID = "not said in this room"
Interval = tuple[int, int] | None
COLUMNS = ("verdict", "score_low", "score_high", "grade")
NUMBERS, SIGNS = r"[\d,.]+", "".join({symbol.glyph for symbol in symbols.OF_VERDICT.values()}) + "✓✕±?–"


@dataclass(frozen=True)
class Site:
    """What a room says of a site; the interval as printed, in whole points, None where there is no score."""

    verdict: str
    score: Interval
    grade: str = NOT_SAID


Said = Mapping[str, Site]


def command_json(world: worlds.World, words: wording.Wording) -> Said:
    return {row["code"]: _coded(*(row[name] for name in COLUMNS)) for row in world.answer("score")["sites"]}


def command_text(world: worlds.World, words: wording.Wording) -> Said:
    rows = [re.split(r"\s{2,}", line) for line in world.text("score", language=words.language).splitlines()]
    return {
        code: Site(_verdict(verdict, words), _interval(score), "" if grade == "–" else grade)
        for code, verdict, score, grade, *_ in (row for row in rows if re.fullmatch(r"[A-Z]{2}-\d{3}", row[0]))
    }


def city_map(world: worlds.World, words: wording.Wording) -> Said:
    (frame,) = [each.value for each in world.page("city_map.py", words.language).dataframe]
    named = ("Verdict", "Score, lowest", "Score, highest", "Grade")
    rows = frame[[words.text(name) for name in named]].itertuples()
    return {
        str(code): _coded(_verdict(verdict, words), low, high, grade if re.fullmatch("[A-D]", grade) else "")
        for code, verdict, low, high, grade in rows
    }


def geopackage(world: worlds.World, words: wording.Wording) -> Said:
    file = sqlite3.connect(":memory:")
    file.deserialize(world.export("geopackage", words.language))
    return {code: _coded(*rest) for code, *rest in file.execute(f"SELECT code, {', '.join(COLUMNS)} FROM site")}


def workbook(world: worlds.World, words: wording.Wording) -> Said:
    book = openpyxl.load_workbook(io.BytesIO(world.export("xlsx", words.language)), read_only=True, data_only=True)
    titles = {column.name: column.heading(words) for column in columns.of("site")}
    found: dict[str, Site] = {}
    places: list[int] = []
    for row in book.worksheets[0].iter_rows(values_only=True):
        if places:
            code, verdict, low, high, grade = (row[place] for place in places)
            found[str(code)] = _coded(_verdict(str(verdict), words), low, high, grade)
        elif titles["code"] in row:
            places = [row.index(titles[name]) for name in ("code", *COLUMNS)]
    return found


def geojson(world: worlds.World, words: wording.Wording) -> Said:
    features = json.loads(world.export("geojson", words.language))["features"]
    return {each["id"]: _coded(*(each["properties"][name] for name in COLUMNS)) for each in features}


def csv(world: worlds.World, words: wording.Wording) -> Said:
    with zipfile.ZipFile(io.BytesIO(world.export("csv", words.language))) as packed:
        (name,) = [each for each in packed.namelist() if each.endswith("site.csv")]
        table = pd.read_csv(packed.open(name), dtype=str, keep_default_na=False).set_index("code")
    return {str(code): _coded(*rest) for code, *rest in table[list(COLUMNS)].itertuples()}


def offline_map(world: worlds.World, words: wording.Wording) -> Said:
    page = offline_map_room.panel(world.contents_of_few(words.language), words)
    return _sites_in(printed.table(page, words.text("All sites; a button shows its site on the map")).rows, words)


def public_page(world: worlds.World, words: wording.Wording) -> Said:
    answers = council_contents.gathered(world.record, worlds.MADE_ON, None)
    page = static_site.page(answers, words, links={})
    return _sites_in(printed.rows_headed(page, words.text("Site"), words.text("Verdict")), words)


def book(world: worlds.World, words: wording.Wording) -> Said:
    """Read the pages of a few sites: setting those of all takes half a minute."""
    verdicts = "|".join(map(re.escape, _verdicts(words.language)))
    scores = "|".join(_pattern(each, words) for each in ("score {low} to {high}", "score {score}", "no score"))
    of_site = re.compile(rf"([A-Z]{{2}}-\d{{3}}).*?({verdicts})({scores})")
    pages = map(printed.squeezed, spoken.pages(map_book.book(world.contents_of_few(words.language), words)))
    return {said[1]: Site(_verdict(said[2], words), _interval(said[3])) for said in map(of_site.match, pages) if said}


def site_page(world: worlds.World, words: wording.Wording) -> Said:
    """Read the pages of the same few sites."""
    found = {}
    for code in world.few():
        said = worlds.html(world.page("site.py", words.language, site=code))
        block = re.search(r'jaidee-verdict (\w+).*?jaidee-score">([^<]*)<(.*)', said, re.DOTALL)
        assert block, said
        graded = re.search(_pattern("grade {grade}", words).replace(NUMBERS, "([A-D])"), printed.squeezed(block[3]))
        found[code] = Site(block[1], _interval(block[2]), graded[1] if graded else "")
    return found


ON_A_PHONE = """
const {pack, sites} = JSON.parse(given), book = Jaidee.judge.open(pack);
console.log(JSON.stringify(sites.map(elements => {
    const judged = elements.map(([kind, setting, day, rows]) => ({
        rules: Jaidee.judge.rulesFor(book, kind, setting, day),
        readings: Jaidee.judge.readings(rows, book.quantities)}));
    const {low, high} = Jaidee.judge.interval(judged);
    const bits = judged.flatMap(({rules, readings}) => Jaidee.judge.outcomes(rules, readings));
    const found = bits.map(Jaidee.judge.verdict);
    const verdict = ["fail", "unknown", "borderline", "pass"].find(one => found.includes(one)) ?? "unknown";
    return [book.verdicts[verdict], low, high];
})))"""


def kit(world: worlds.World, words: wording.Wording) -> Said:
    """Let the scripts of the offline kit judge what was measured, by the rules that a kit of this record carries."""
    codes = list(world.record.sites.index)
    judged = zip(codes, _judged_by_kit(world), strict=True)
    return {
        code: dataclasses.replace(_coded(_verdict(names[words.language], words), low, high, None), grade=NOT_SAID)
        for code, (names, low, high) in judged
    }


@functools.cache
def _judged_by_kit(world: worlds.World) -> list[Any]:
    record, given = world.record, []
    measured = dict(list(readings.governing(record.governing, record.criteria).groupby("element_id")))
    for code, setting in record.sites["setting"].items():
        rows = record.elements.loc[record.elements["site_code"] == code]
        given.append([_as_on_the_phone(name, row, setting, measured) for name, row in rows.iterrows()])
    packed = {"pack": kit_rules.pack(record, kit_page.WORDS), "sites": given}
    scripts = [path.read_text("utf-8") for path in kit_phone.SCRIPTS]
    program = [*scripts, f"const given = {json.dumps(json.dumps(packed))};", ON_A_PHONE]
    node, _ = _driver.compute_driver_executable()
    done = subprocess.run([node, "-"], input="\n".join(program), capture_output=True, check=True, text=True)
    judged: list[Any] = json.loads(done.stdout)
    return judged


def _as_on_the_phone(name: object, element: pd.Series, setting: str, measured: Mapping[Any, pd.DataFrame]) -> list[Any]:
    day = run.day_of(element["permitted_on"])
    seen = [
        {"quantity": row.quantity, "value": end, "uncertainty": row.uncertainty}
        for row in (measured[name].itertuples() if name in measured else ())
        for end in (row.lowest, row.highest)
    ]
    return [element["kind"], setting, day.isoformat() if day else "", seen]


ROOMS: Mapping[str, Callable[[worlds.World, wording.Wording], Said]] = {
    room.__name__: room
    for room in (
        *(command_text, city_map, site_page, geopackage, workbook, geojson, csv, offline_map, public_page, book, kit),
    )
}
"""Every room but ``command_json``, which all are held against."""
OF_FEW = ("site_page", "offline_map", "book")
"""Those that are asked about a few sites only, :meth:`worlds.World.few`."""


def _sites_in(table: list[list[str]], words: wording.Wording) -> Said:
    headings, *rows = table
    verdict, score = (headings.index(words.text(name)) for name in ("Verdict", "Score (0–100)"))
    # A row of one cell holds what fails at the site above it.
    rows = [row for row in rows if len(row) > 1]
    return {row[0].split()[0]: Site(_verdict(row[verdict], words), _interval(_first(row[score]))) for row in rows}


def _first(cell: str) -> str:
    """Return the interval that a cell begins with, without the remark after it."""
    found = re.match(r"\d+(\s*–\s*\d+)?", cell)
    return found[0] if found else ""


@functools.cache
def _verdicts(language: str) -> dict[str, str]:
    """Return the ids of verdicts by how they are printed, the longest first."""
    words = wording.Wording(language)
    shown = {printed.squeezed(words.text(name)): verdict for verdict, name in terms.VERDICT.items()}
    return dict(sorted(shown.items(), key=lambda pair: -len(pair[0])))


def _verdict(shown: str, words: wording.Wording) -> str:
    return _verdicts(words.language)[printed.squeezed(shown).lstrip(SIGNS)]


def _coded(verdict: str, low: object, high: object, grade: str | None) -> Site:
    return Site(
        verdict, None if low in (None, "") or pd.isna(low) else (round(float(low)), round(float(high))), grade or ""
    )


def _pattern(template: str, words: wording.Wording) -> str:
    return re.sub(r"\\\{\w+\\\}", lambda _: NUMBERS, re.escape(printed.squeezed(words.text(template))))


def _interval(shown: str) -> Interval:
    ends = [int(end) for end in re.findall(r"\d+", shown)]
    return (ends[0], ends[-1]) if ends else None
