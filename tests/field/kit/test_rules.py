"""Prove that the pack for the phone says what the criteria say, in both languages, and stays small."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import math

import pandas as pd
import pytest

from audits import errors, survey, wording
from audits.field.kit import rules as kit_rules
from audits.formats import cells
from audits.rules import model
from audits.scoring import run
from tests import made_records

DAYS = (None, dt.date(1999, 1, 1), dt.date(2005, 8, 31), dt.date(2014, 1, 1), dt.date(2022, 1, 1))


@pytest.fixture(name="places", scope="module")
def _places(town):
    """Return a site in every setting, and at each an element of every kind of every age."""
    codes = {setting: f"KK-{number:03}" for number, setting in enumerate(survey.SETTINGS, start=1)}
    sites = pd.concat([town.sites(code, setting=setting) for setting, code in codes.items()])
    elements = [
        town.elements(*(f"{code}.{kind}.{number}" for code in codes.values() for kind in survey.ELEMENT_KINDS))
        .assign(permitted_on=pd.Timestamp(day) if day else pd.NaT)
        .rename(index=lambda name, number=number: f"{name}.{number}")
        for number, day in enumerate(DAYS)
    ]
    return sites, pd.concat(elements)


@pytest.fixture(name="packed", scope="module")
def _packed(book, weights, places):
    return kit_rules.pack(made_records.record_of(*places, None, book, weights), {"save": "Save the survey"})


def compact(packed):
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def test_the_same_criteria_make_the_same_bytes_and_plain_json(book, weights, places, packed):
    sites, elements = places
    turned = made_records.record_of(sites.iloc[::-1], elements.iloc[::-1], None, book, weights)
    again = kit_rules.pack(turned, {"save": "Save the survey"})
    assert compact(again) == compact(packed)
    assert json.loads(compact(packed)) == packed


def test_the_pack_is_small_enough_for_a_weak_network(packed):
    assert len(gzip.compress(compact(packed), 9)) <= 90_000


def test_every_question_stands_in_both_languages(book, packed):
    for quantity, row in zip(book.quantities.values(), packed["quantities"], strict=True):
        assert row["id"] == quantity.quantity_id
        for part in ("name", "question", "how"):
            wanted = getattr(quantity, part)
            assert packed["names"][row[part]] == [wanted.th, wanted.en]
        assert (tuple(row["possible"]), tuple(row["usual"])) == (quantity.possible, quantity.usual)


def test_every_wording_stands_once(packed):
    pairs = [tuple(pair) for pair in packed["names"]]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("part", ["settings", "verdicts", "bases", "reasons", "problems", "words"])
def test_every_phrase_has_a_thai_wording_of_its_own(packed, part):
    assert packed[part]
    for place in packed[part].values():
        thai, english = packed["names"][place]
        assert thai
        assert thai != english


def test_the_words_asked_for_are_packed_under_their_keys(packed):
    thai = wording.Wording("th").text("Save the survey")
    assert packed["names"][packed["words"]["save"]] == [thai, "Save the survey"]


def test_questions_stand_in_asking_order(book, packed):
    for kind, row in packed["kinds"].items():
        asked = [packed["quantities"][place]["id"] for place in row["questions"]]
        assert asked == [quantity.quantity_id for quantity in model.questions(book, kind)]


@pytest.mark.parametrize(("era", "day"), [*enumerate(DAYS[1:3]), (3, DAYS[3]), (4, DAYS[4]), (-1, None)])
def test_each_group_has_the_rules_that_are_in_force(book, weights, packed, era, day):
    for kind, setting in itertools.product(survey.ELEMENT_KINDS, survey.SETTINGS):
        rules, applicable = run.rules_for(book, kind, day, setting)
        group = packed["groups"][kind][setting][str(era)]
        assert [packed["limits"][place]["stated_as"] for place in group["limits"]] == [
            rule.limit.stated_as for rule in rules
        ]
        assert group["assumed"] == "".join(str(int(each.edition_assumed)) for each in applicable)
        assert group["bases"] == "".join(each.basis(setting)[0] for each in applicable)
        for place, rule in zip(group["limits"], rules, strict=True):
            row = packed["criteria"][packed["limits"][place]["criterion"]]
            assert (row["id"], row["severity"]) == (rule.criterion.criterion_id, rule.criterion.severity)
            assert row["weight"] == weights.of(rule.criterion)


def test_a_bound_that_is_not_there_is_null(book, packed):
    assert any(limit["upper"] is None for limit in packed["limits"])
    assert not any(
        isinstance(limit[side], float) and math.isinf(limit[side])
        for limit in packed["limits"]
        for side in ("lower", "upper")
    )


def test_a_law_nobody_compared_with_the_gazette_is_marked_and_guidance_is_not(book, packed):
    names, sources = packed["names"], packed["sources"]
    laws = {source.short.en for source in book.sources.values() if source.kind == "law"}
    marked = {names[sources[row["source"]]["short"]][1] for row in packed["limits"] if row["unverified"]}
    unmarked = {names[sources[row["source"]]["short"]][1] for row in packed["limits"] if not row["unverified"]}
    assert marked <= laws
    assert "Good practice" in unmarked


def test_elements_of_other_sites_and_eras_that_nobody_has_are_left_out(town):
    elements = pd.concat(
        [
            town.elements("KK-001.ramp.1", permitted_on="2014-01-01"),
            town.elements("KK-002.path.1", permitted_on="2014-01-01"),
        ]
    )
    sites = town.sites("KK-001", "KK-002", setting="park")
    groups = kit_rules.pack(town.record(town.measured(), elements, sites).select(["KK-001"]), {})["groups"]
    assert {kind: {setting: list(eras) for setting, eras in of.items()} for kind, of in groups.items()} == {
        kind: {"park": ["-1", "3"] if kind == "ramp" else ["-1"]} for kind in survey.ELEMENT_KINDS
    }


def test_the_phone_can_name_every_problem_of_a_typed_figure(packed):
    of_cells = {each.code for each in vars(cells).values() if isinstance(each, errors.ProblemKind)}
    of_spreadsheets = (cells.SLOPE_BECAME_DATE, cells.SLOPE_BECAME_TIME, cells.ERROR_VALUE, cells.NOT_COMPUTED)
    assert of_cells - {each.code for each in of_spreadsheets} <= set(packed["problems"])
