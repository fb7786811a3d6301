"""Hold the reader of typed figures on the phone to the reader in the office: the same texts, the same values."""

from __future__ import annotations

import ast
import itertools
import math
import random
from pathlib import Path

import numpy as np
import pytest

from audits import errors, survey, terms
from audits.field import answers, contradictions
from audits.field.kit import rules as kit_rules
from audits.formats import cells
from audits.scoring import readings
from tests import kit_phone

TESTS = Path(__file__).parents[2]
TESTS_OF_TYPED_TEXT = [
    TESTS / "formats" / "test_cells.py",
    *(TESTS / "field" / name for name in ("test_answers.py", "test_doubts.py")),
]
TYPED_QUANTITIES = (
    "running_slope_pct",
    "cross_slope_pct",
    "clear_width_mm",
    "handrail_diameter_mm",
    "runs_count",
    "junction_smooth",
    "edge_angle_deg",
)


@pytest.fixture(name="phone", scope="module")
def _phone(chromium, town, tmp_path_factory):
    packed = kit_rules.pack(town.record(town.measured(), town.elements("KK-001.ramp.1")), {})
    with kit_phone.opened(chromium, packed, tmp_path_factory.mktemp("kit")) as phone:
        yield phone


TOKENS = (
    *"0123456789",
    *"๐๑๓๗๙",
    *(
        "12",
        "100",
        "1,500",
        "8.33",
        "0,5",
        ".5",
        "5.",
        "1.234,5",
        "1.234.567",
        "1 234",
        "35 1/2",
        "1/2",
        "00:00",
        ":00",
    ),
    *(".", ",", ":", "/", "-", "+", "−", "：", "，", "．", "％", "%", "°", "′", "’", "″", "”", "'", '"', "''"),
    *(" ", "  ", "\t", "\n", "\r", "\xa0", "\x1c", "\x85", "\u3000", "\ufeff", "\u2028", "\u200b"),
    *(
        "mm",
        "cm",
        "m",
        "in",
        "ft",
        "มม",
        "มม.",
        "ซม",
        "ซม.",
        "ม",
        "ม.",
        "เมตร",
        "เซนติเมตร",
        "นิ้ว",
        "ฟุต",
        "feet",
        "M",
        "CM",
    ),
    *("percent", "เปอร์เซ็นต์", "deg", "degrees", "Degree", "องศา", "ร้อยละ", "ต่อ", "ใน", "rise", "along", "สูง", "ลาด"),
    *("nan", "NaN", "inf", "Infinity", "in\ufb01nity", "e", "E5", "1e3", "-inf"),
    *("yes", "YE\u017f", "yeS", "no", "true", "f", "x", "มี", "ไม่มี", "ไม่", "✓", "✗", "×", "ใช่"),
    *("\u212a", "\u0130", "ß", "𝟗", "٣", "²", "½", "ก", "🦽"),
)

LENGTHS = (*cells.LENGTH_UNITS, "ม. ", "ซม. ", "มม.", "m ", "cm ", "in-", " 1/2 in", "/4in", "-1/2 in")


def _texts():
    """Return every text of the tests of typed figures, the same a little changed, and random pieces in a row."""
    chance = random.Random(20262)
    trees = [ast.parse(path.read_text("utf-8")) for path in TESTS_OF_TYPED_TEXT]
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    known = list(dict.fromkeys(each for each in constants if isinstance(each, str) and len(each) < 60))
    edges = ["9" * length for length in (199, 200, 201, 500)] + ["1" + " " * 300 + "2", "🦽" * 200, "m" * 300]
    figures = [f"{chance.uniform(0, 10 ** chance.randint(0, 5)):.{chance.randint(0, 4)}f}" for _ in range(700)]
    with_units = [f"{figure}{chance.choice(('', ' '))}{chance.choice(TOKENS)}" for figure in figures]
    slopes = [f"rise {one} along {other} cm" for one, other in itertools.pairwise(figures)]
    whole = [f"{number}{sign}" for number in range(1, 121) for sign in ("", " cm", " mm", "%", "°", "!", " ✓")]
    ratios = [f"{chance.randint(0, 3)}{chance.choice(':/')}{other}" for other in figures]
    lengths = [
        "".join(f"{chance.randint(0, 30)}{chance.choice(('', ' '))}{chance.choice(LENGTHS)}" for _ in range(parts))
        for parts in (2, 2, 3) * 150
    ]
    strings = ["".join(chance.choices(TOKENS, k=chance.randint(1, 6))) for _ in range(3000)]
    changed = [_changed(chance.choice(known + strings), chance) for _ in range(1500)]
    return [*known, *edges, *figures, *with_units, *whole, *slopes, *ratios, *lengths, *strings, *changed]


def _changed(text, chance):
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice(TOKENS) + text[place + chance.randint(0, 1) :]


def _sheets():
    """Return answers of one element to typed questions, with the units of the form and the instruments in hand."""
    chance, texts = random.Random(20263), _texts()
    for number, text in enumerate(texts):
        given = {}
        for quantity in TYPED_QUANTITIES:
            more = chance.choices(texts, k=chance.choice((0, 0, 0, 1, 2)))
            given[quantity] = {"texts": [text, *more], "reason": ""}
        if number % 50 == 0:
            given["landing_length_mm"] = {"texts": [" ", "\x1c"], "reason": chance.choice(survey.NOT_MEASURED_REASONS)}
        units = {"length": chance.choice(("cm", "mm", "m")), "slope": chance.choice(("percent", "degrees", "one_in"))}
        instruments = {
            "percent": chance.choice(
                ("level_and_tape", "digital_level/L-03", "digital_level/L/9", "digital_level/", "")
            ),
            "mm": chance.choice(("laser_distance_meter", "tape_measure/T-1", "calliper/C-2", "eye", "/T-1")),
        }
        yield given, units, instruments


COLUMNS = (
    *(("percent", unit) for unit in (None, *cells.SLOPE_UNITS)),
    *(("mm", unit) for unit in (None, "cm", "in", "ft")),
    *((unit, None) for unit in ("m", "count", "yes_no", "lux")),
)
DEVICES = {"digital_level/L-03": 0.07, "tape_measure/T-1": 1.5}

READ = """given.map(([answers, units, instruments, devices]) => {
    const read = Jaidee.answers.read(book, answers, units, instruments, devices);
    return {...read, readings: Jaidee.judge.readings(read.measurements, book.quantities)};
})"""


def _as_the_phone_says(one):
    """Return a measurement without its value, under the names of the phone."""
    return {
        "quantity": one.quantity,
        "asWritten": one.as_written,
        "instrument": one.instrument,
        "uncertainty": one.uncertainty,
        "reading": one.reading,
        "notMeasuredBecause": one.not_measured_because,
    }


def _read_in_the_office(book, given, units, instruments):
    typed = {name: answers.Answer(tuple(each["texts"]), each["reason"]) for name, each in given.items()}
    return answers.read("KK-001.ramp.1", typed, book, answers.Units(**units), instruments, DEVICES)


@pytest.fixture(name="typed", scope="module")
def _typed(book, phone):
    """Return pairs of what the phone and the office read from the same answers."""
    sheets = list(_sheets())
    assert len(sheets) >= 5_000
    office = [_read_in_the_office(book, *sheet) for sheet in sheets]
    return list(zip(phone(READ, [(*sheet, DEVICES) for sheet in sheets]), office, strict=True))


def test_every_text_is_one_cell_for_both_whatever_the_unit_of_its_column(phone):
    asked = [(text, *column) for text in _texts() for column in COLUMNS]
    found = phone("given.map(asked => Jaidee.cells.quantity(...asked))", asked)
    office = [cells.quantity(*each) for each in asked]
    codes = [each.code if isinstance(each, errors.ProblemKind) else "" for each in office]
    assert [each if isinstance(each, str) else "" for each in found] == codes
    figures = [(mine, each) for mine, each in zip(found, office, strict=True) if isinstance(each, float)]
    np.testing.assert_allclose(*np.array(figures).T, rtol=1e-12)
    of_cells = {kind.code for kind in kit_rules.PROBLEMS if kind.code.startswith("CELL")}
    assert set(codes) == of_cells | {""}


def test_every_typed_figure_is_understood_or_refused_alike(typed):
    for mine, office in typed:
        values = kit_phone.numbers(math.nan if one["value"] is None else one["value"] for one in mine["measurements"])
        expected = kit_phone.numbers(math.nan if one.value is None else one.value for one in office.measurements)
        np.testing.assert_allclose(values, expected, rtol=1e-12)
        bands = [one["uncertainty"] for one in mine["measurements"]]
        np.testing.assert_allclose(bands, [one.uncertainty for one in office.measurements], rtol=1e-12)
        figures = {"value": 0, "uncertainty": 0}
        assert [one | figures for one in mine["measurements"]] == [
            _as_the_phone_says(one) | figures for one in office.measurements
        ]
        assert mine["unusual"] == list(office.unusual)


def test_every_problem_has_the_same_code_and_the_same_words_to_fill_it(typed, book):
    met = set()
    for mine, office in typed:
        expected = {name: (each.kind.code, dict(each.values)) for name, each in office.problems.items()}
        found = {name: (each["code"], each["values"]) for name, each in mine["problems"].items()}
        for name, (_, values) in found.items():
            if "unit" in values:
                # the phone names the question when it words the sentence
                values["quantity"] = book.quantities[values["quantity"]].name.en
                values["unit"] = terms.UNIT[values["unit"]]
            if "readings" in values:
                # the phone words both when it shows them
                values |= {each: expected[name][1][each] for each in ("readings", "example")}
        assert found == expected
        met |= {code for code, _ in found.values()}
    # Contradictions lie between answers, not in a text; test_judge holds them.
    of_texts = set(kit_rules.PROBLEMS) - {
        contradictions.NOT_THERE,
        contradictions.PART_GREATER,
        contradictions.TOO_HIGH,
    }
    assert {kind.code for kind in of_texts if kind.code.startswith("ANSWER")} <= met


def test_every_figure_is_asked_about_alike_with_the_same_ways_to_read_it(typed):
    asked = 0
    for mine, office in typed:
        expected = {
            name: {text: [(way.figure, way.unit, way.text) for way in ways] for text, ways in texts.items()}
            for name, texts in office.asked.items()
        }
        found = {
            name: {text: [(way["figure"], way["unit"], way["text"]) for way in ways] for text, ways in texts.items()}
            for name, texts in mine["asked"].items()
        }
        assert found == expected
        asked += sum(map(len, expected.values()))
    assert asked > 1000


def test_several_readings_become_the_same_spread_and_band(typed, book):
    for mine, office in typed:
        expected = readings.of_visit(office.measurements, book)
        assert list(mine["readings"]) == list(expected)
        for quantity, one in expected.items():
            found = mine["readings"][quantity]
            assert found == pytest.approx(
                {name: float(getattr(one, name)[0]) for name in ("lowest", "highest", "uncertainty")}, rel=1e-12
            )
