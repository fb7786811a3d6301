"""Access is one figure: its parts add up to it as printed, and where nothing is surveyed it is not known."""

from __future__ import annotations

import dataclasses
import math

import pytest

from audits import barriers, wording
from audits import record as records
from audits.access import access_text, site_network, trips
from audits.plans import build_model
from audits.ramps import price_books
from audits.rules import files
from audits.store.db import connection, workspace
from layers import personas

PARTS = ("zone", "code", "persona", "category")


@pytest.fixture(scope="module")
def judged(demonstration_folder):
    def judge(place):
        with connection.open_store(place) as store:
            return records.read(store, files.load_criteria(), records.weights_of(store.workspace))

    place = workspace.Workspace(demonstration_folder)
    return {"demonstration": judge(place.demonstration), "unsurveyed": judge(place)}


@pytest.fixture(scope="module")
def walking(demonstration_folder):
    return site_network.read(demonstration_folder, None)


@pytest.fixture(scope="module")
def prepared(judged, walking):
    return trips.prepare(walking, judged["demonstration"])


@pytest.mark.parametrize("persona", ["", *(one.persona for one in personas.load())])
def test_the_parts_add_up_to_the_sentence_as_printed(prepared, persona):
    cases = access_text.measure(prepared, persona)
    for part in PARTS:
        parts = access_text.parts(cases, part)
        assert (parts["on_foot"] >= parts[barriers.KNOWN_ONLY]).all()
        assert (parts[barriers.KNOWN_ONLY] >= parts[barriers.ALL_UNKNOWN]).all()
        for words in map(wording.Wording, wording.LANGUAGES):
            printed = parts.map(lambda value, words=words: float(words.number(value)))
            said = " ".join((access_text.lead(cases, words, persona), *access_text.other_case(cases, words)))
            assert printed["on_foot"].sum() == pytest.approx(trips.OF_TRIPS)
            assert all(f" {words.decimal(printed[case].sum(), 1)} " in said for case in barriers.CASES)


def test_the_worst_zone_is_told_in_the_figures_of_its_row(prepared):
    cases = access_text.measure(prepared)
    worst = access_text.worst_zones(cases[barriers.KNOWN_ONLY])
    exact = cases[barriers.KNOWN_ONLY].by("zone")
    assert list(worst.index) == [(exact["step_free"] / exact["on_foot"]).idxmin()]
    assert worst.equals(access_text.parts(cases, "zone").loc[worst.index, worst.columns])


def test_all_groups_together_are_what_the_plan_says_of_today(prepared, judged, walking):
    cases = access_text.measure(prepared)
    for case, one in cases.items():
        model = build_model.build(walking, judged["demonstration"], price_books.sample(), case=case)
        assert one.of_100 == pytest.approx(model.access.of_100)


def test_a_place_whose_survey_waits_for_approval_is_counted_apart_from_those_nobody_surveyed(judged, walking, prepared):
    record, code = judged["demonstration"], prepared.unsurveyed_places[0]
    waiting = trips.prepare(walking, dataclasses.replace(record, left_out=frozenset({code})))
    assert waiting.waiting_places == (code,)
    assert waiting.unsurveyed_places == prepared.unsurveyed_places[1:]
    (sentence,) = access_text.waiting(waiting, wording.Wording("en"))
    assert sentence == "1 site was surveyed, but its survey waits for approval: until then no trip to it counts."
    assert sentence in access_text.beside(waiting, access_text.measure(waiting), wording.Wording("en"))
    assert access_text.waiting(prepared, wording.Wording("en")) == []


def test_homes_too_far_and_places_not_surveyed_are_stated_apart(prepared):
    words = wording.Wording("en")
    cases = access_text.measure(prepared)
    far, unsurveyed, *_ = access_text.beside(prepared, cases, words)
    assert far.startswith("Beside these 100 trips")
    assert unsurveyed.startswith(f"{prepared.unsurveyed} sites have not been surveyed")
    assert "No base map" in access_text.network(prepared, words)
    assert "metre of way" in access_text.network(prepared, words)


def test_unsurveyed_sites_that_may_be_one_place_or_surveyed_under_another_code_say_so(prepared, judged):
    record, words, never = judged["demonstration"], wording.Wording("en"), set(prepared.unsurveyed_places)
    site_of, measured = record.elements["site_code"], set(record.measurements["element_id"])
    pairs = {(site_of[one], site_of[other]) for one, other in record.presumed}
    twice = [pair for pair in pairs if never >= {*pair}]
    ends = [ends for pair in record.presumed for ends in (pair, pair[::-1])]
    known = {site_of[one] for one, other in ends if site_of[one] in never and other in measured}
    assert twice and known
    assert access_text.other_codes(prepared, words) == [
        f"{len(twice)} pairs of unsurveyed sites may be one place under two codes.",
        f"At {len(known)} unsurveyed sites something may have been surveyed under another code.",
    ]
    noted = {code: access_text.other_codes_of(prepared, code, words) for code in never}
    assert {code for code, note in noted.items() if "surveyed in part under" in note} == known
    assert {code for code, note in noted.items() if "one place with" in note} == {
        code for pair in twice for code in pair
    }
    assert noted["SP-003"] == "surveyed in part under KK-013, if that is one place"


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_where_nothing_is_surveyed_access_is_not_known_and_no_number(judged, walking, language):
    prepared = trips.prepare(walking, judged["unsurveyed"])
    cases, words = access_text.measure(prepared), wording.Wording(language)
    assert all(math.isnan(one.of_100) for one in cases.values())
    sentence = access_text.lead(cases, words)
    assert words.text("not known") in sentence
    assert access_text.other_case(cases, words) == []
    assert not any(character.isdigit() for character in sentence)
    assert "nan" not in sentence.lower()
    assert prepared.unsurveyed > 80
