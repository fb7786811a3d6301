from __future__ import annotations

import math
import random

import pandas as pd
import pytest

from audits import wording
from audits.quality import agreement, coefficients
from audits.quality import sentences as quality_sentences

SLOPE, WIDTH, PRESENT = "running_slope_pct", "clear_width_mm", "surface_slip_resistant"
MONDAY, TUESDAY, MONTHS_LATER = "2026-03-02T03:00:00Z", "2026-03-03T03:00:00Z", "2026-07-02T03:00:00Z"


def ramp(number):
    return f"KK-{number:03}.ramp.1"


def readings(*rows):
    """Write readings: surveyor, element, quantity, value, then instant, guard band and number where they matter."""
    full = [(*row, *(MONDAY, 0.0, 1)[len(row) - 4 :]) for row in rows]
    columns = ["surveyor", "element_id", "quantity", "value", "observed_at", "uncertainty", "reading"]
    frame = pd.DataFrame(full, columns=columns)
    return frame.assign(
        site_code=frame["element_id"].str.split(".").str[0].astype(object),
        survey_id=(frame["surveyor"] + frame["element_id"].str.split(".").str[0] + frame["observed_at"]).astype(object),
        observed_at=pd.to_datetime(frame["observed_at"], utc=True),
        value=frame["value"].astype(float),
    )


def twice(quantity, pairs, guard=0.0):
    """Let Mali and a day later Somchai measure one ramp after the other."""
    rows = []
    for number, (first, second) in enumerate(pairs, start=1):
        rows.append(("Mali", ramp(number), quantity, first, MONDAY, guard))
        rows.append(("Somchai", ramp(number), quantity, second, TUESDAY, guard))
    return readings(*rows)


def compared(town, measured, permitted_on=None, **options):
    elements = town.elements(*sorted(set(measured["element_id"])), permitted_on=permitted_on)
    sites = town.sites(*dict.fromkeys(elements["site_code"]))
    return agreement.run(town.record(measured, elements, sites), **options)


def only(frame):
    rows = list(frame.itertuples())
    assert len(rows) == 1
    return rows[0]


def test_yes_or_no_answers_of_two_surveyors_are_compared_beyond_chance(town):
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    row = only(compared(town, twice(PRESENT, pairs)).answers)
    assert (row.Index, row.pairs, row.agreed, row.state) == (PRESENT, 50, 35, agreement.ENOUGH)
    assert row.kappa == pytest.approx(0.4)
    assert row.kappa_low < 0.4 < row.kappa_high
    assert row.agreed_low < 0.7 < row.agreed_high


def test_figures_are_compared_in_their_unit(town):
    # Bland & Altman, Lancet 327 (1986): two readings each of 17 people with the Wright peak flow meter
    first = (494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427)
    second = (490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372, 421)
    row = only(compared(town, twice(WIDTH, list(zip(first, second, strict=True)), guard=3.0)).figures)
    assert (row.pairs, row.state, row.stated) == (17, agreement.ENOUGH, 3.0)
    assert row.within_sd == pytest.approx(15.3, abs=0.05)
    assert row.limit == pytest.approx(2.77 * 15.3, abs=0.2)
    assert row.guard == coefficients.TOO_SMALL
    assert 0.95 < row.icc_low < row.icc < row.icc_high < 1


def test_a_guard_band_as_wide_as_the_spread_holds(town):
    pairs = [(8.0, 8.1), (6.0, 5.9), (9.0, 9.0), (7.1, 7.0), (5.0, 5.1)]
    assert only(compared(town, twice(SLOPE, pairs, guard=0.2)).figures).guard == coefficients.HOLDS


@pytest.mark.parametrize(("pairs", "state"), [(4, agreement.TOO_FEW), (5, agreement.ENOUGH)])
def test_a_few_pairs_are_counted_and_not_judged(town, pairs, state):
    figures = only(compared(town, twice(SLOPE, [(5.0 + step, 5.5 + step) for step in range(pairs)])).figures)
    answers = only(compared(town, twice(PRESENT, [(step % 2, step // 2 % 2) for step in range(pairs)])).answers)
    assert figures.state == answers.state == state
    assert figures.pairs == answers.pairs == pairs
    undefined = state == agreement.TOO_FEW
    assert math.isnan(figures.icc) == math.isnan(figures.limit) == math.isnan(answers.kappa) == undefined
    assert (figures.guard == "") == undefined


def test_where_all_answers_are_one_no_coefficient_is_invented(town):
    answers = only(compared(town, twice(PRESENT, [(1, 1)] * 6)).answers)
    figures = only(compared(town, twice(SLOPE, [(8.0, 8.0)] * 6)).figures)
    assert answers.state == figures.state == agreement.ALL_THE_SAME
    assert math.isnan(answers.kappa)
    assert math.isnan(figures.icc)
    assert (answers.agreed, figures.limit, figures.guard) == (6, 0.0, coefficients.HOLDS)


def test_a_survey_says_the_mean_of_its_readings(town):
    rows = [("Mali", ramp(1), SLOPE, value, MONDAY, 0.2, number) for number, value in enumerate((7, 8, 9), start=1)]
    row = compared(town, readings(*rows, ("Somchai", ramp(1), SLOPE, 8.5, TUESDAY, 0.2))).pairs.iloc[0]
    assert (row["first"], row["second"]) == (8.0, 8.5)


def test_of_a_yes_or_no_asked_twice_in_a_survey_the_last_answer_counts(town):
    rows = [("Mali", ramp(1), PRESENT, 0, MONDAY, 0.0, 2), ("Mali", ramp(1), PRESENT, 1, MONDAY, 0.0, 1)]
    paired = compared(town, readings(*rows, ("Somchai", ramp(1), PRESENT, 1, TUESDAY))).pairs
    row = paired.loc[paired["item"] == PRESENT].iloc[0]
    assert (row["first"], row["second"]) == (0.0, 1.0)


def test_what_was_not_measured_is_in_no_pair(town):
    rows = [("Mali", ramp(1), SLOPE, math.nan), ("Somchai", ramp(1), SLOPE, 8.0, TUESDAY)]
    assert compared(town, readings(*rows)).pairs.empty


def test_months_apart_or_across_a_rebuilding_nothing_is_compared(town):
    later = readings(("Mali", ramp(1), SLOPE, 8.0), ("Somchai", ramp(1), SLOPE, 5.0, MONTHS_LATER))
    soon = twice(SLOPE, [(8.0, 5.0)])
    rebuilt = pd.DataFrame({"element_id": [ramp(1)], "rebuilt_on": [pd.Timestamp("2026-03-03")]})
    assert compared(town, later).pairs.empty
    assert compared(town, soon, rebuilt=rebuilt).pairs.empty
    assert compared(town, soon, permitted_on="2026-03-03").pairs.empty
    assert not compared(town, soon, permitted_on="2020-01-01").pairs.empty


def test_verdicts_are_those_of_each_survey_by_itself(town):
    rows = []
    for number, (first, second) in enumerate([(7.0, 7.5), (7.0, 9.0), (9.0, 9.5), (8.3, 8.4), (10.0, 6.0)], start=1):
        rows.append(("Mali", ramp(number), SLOPE, first, MONDAY, 0.2))
        rows.append(("Somchai", ramp(number), SLOPE, second, TUESDAY, 0.2))
    result = compared(town, readings(*rows))
    row = only(result.verdicts)
    assert (row.Index, row.pairs, row.agreed) == ("ramp.running_slope", 5, 3)
    paired = result.pairs.loc[result.pairs["item"] == "ramp.running_slope"]
    assert list(paired["first"]) == ["pass", "pass", "fail", "borderline", "fail"]
    assert list(paired["second"]) == ["pass", "fail", "fail", "borderline", "pass"]


def test_verdicts_by_survey_are_what_an_audit_of_that_survey_alone_says(town):
    chance = random.Random(5)
    rows = []
    for surveyor, day in (("Mali", MONDAY), ("Somchai", TUESDAY)):
        for number in (1, 2, 3):
            whole = town.complete_ramp(ramp(number), running_slope_pct=chance.uniform(4, 12))
            rows += [(surveyor, *row, day) for row in whole if chance.random() < 0.7]
    measured = readings(*rows)
    elements = town.elements(ramp(1), ramp(2), ramp(3))
    sites = town.sites("KK-001", "KK-002", "KK-003")
    found = agreement.verdicts_by_survey(town.record(measured, elements, sites))
    expected = set()
    for survey_id, own in measured.groupby("survey_id"):
        judged = town.audit(own, elements).findings
        judged = judged.loc[judged["verdict"].isin(agreement.JUDGED)]
        expected |= {(survey_id, row.element_id, row.criterion, row.verdict) for row in judged.itertuples()}
    columns = ("survey_id", "element_id", "item", "answer")
    assert set(zip(*(found[name] for name in columns), strict=True)) == expected
    assert len(found) == len(expected) > 20


def test_repeated_readings_are_pooled_over_the_surveys(town):
    rows, squares = [], 0.0
    for number in range(1, 6):
        values = (7.0, 7.0 + number / 10, 7.3)
        mean = sum(values) / 3
        squares += sum((value - mean) ** 2 for value in values)
        rows += [
            ("Mali", ramp(number), SLOPE, value, MONDAY, 0.2, place) for place, value in enumerate(values, start=1)
        ]
    rows.append(("Mali", ramp(9), SLOPE, 50.0, MONDAY, 0.2))
    row = only(compared(town, readings(*rows)).repeats)
    assert (row.surveys, row.freedom, row.state) == (5, 10, agreement.ENOUGH)
    assert row.within_sd == pytest.approx(math.sqrt(squares / 10))
    assert row.limit == pytest.approx(2.7718 * row.within_sd, rel=1e-4)
    few = only(compared(town, readings(*rows[:12])).repeats)
    assert (few.surveys, few.state) == (4, agreement.TOO_FEW)
    assert math.isnan(few.within_sd)


def _random_readings(chance, names):
    rows = []
    for number in range(1, 9):
        for name, day in zip(chance.sample(names, 2), (MONDAY, TUESDAY), strict=True):
            rows.append((name, ramp(number), SLOPE, round(chance.uniform(4, 12), 1), day, 0.2))
            rows.append((name, ramp(number), PRESENT, float(chance.random() < 0.5), day))
    return rows


def test_neither_the_order_of_rows_nor_the_names_of_surveyors_matter(town):
    chance = random.Random(11)
    for _ in range(3):
        rows = _random_readings(chance, ["A", "B", "C"])
        renamed = [({"A": "B", "B": "C", "C": "A"}[name], *rest) for name, *rest in rows]
        shuffled = readings(*rows).sample(frac=1, random_state=chance.randint(0, 99))
        one = compared(town, readings(*rows))
        for other in (compared(town, readings(*renamed)), compared(town, shuffled)):
            for name in ("answers", "verdicts", "figures", "repeats"):
                pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_swapping_who_came_first_changes_no_measure_of_agreement(town):
    rows = _random_readings(random.Random(12), ["A", "B"])
    swapped = [(*row[:4], TUESDAY if row[4] == MONDAY else MONDAY, *row[5:]) for row in rows]
    one, other = compared(town, readings(*rows)), compared(town, readings(*swapped))
    for name in ("answers", "verdicts", "figures"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_surveyors_who_wrote_the_same_agree_wholly(town):
    rows = [row for row in _random_readings(random.Random(13), ["A", "B"]) if row[4] == MONDAY]
    again = [("C", *row[1:4], TUESDAY, *row[5:]) for row in rows]
    result = compared(town, readings(*rows, *again))
    assert only(result.figures).icc == pytest.approx(1)
    assert only(result.answers).kappa == pytest.approx(1)
    assert only(result.figures).limit == 0


def test_an_empty_record_agrees_on_nothing(town):
    result = compared(town, readings(("Mali", ramp(1), SLOPE, 8.0)))
    assert [len(frame) for frame in (result.answers, result.verdicts, result.figures, result.repeats)] == [0] * 4
    nothing = readings(("Mali", ramp(1), SLOPE, 8.0)).iloc[:0]
    elements, sites = town.elements(ramp(1)), town.sites("KK-001")
    assert agreement.run(town.record(nothing, elements, sites)).pairs.empty


ENGLISH, THAI = wording.Wording("en"), wording.Wording("th")


def sentences(town, result, words):
    quantities = town.book.quantities
    return (
        [
            quality_sentences.answer_sentence(row, words)
            for frame in (result.answers, result.verdicts)
            for row in frame.itertuples()
        ]
        + [quality_sentences.figure_sentence(row, quantities[row.Index], words) for row in result.figures.itertuples()]
        + [quality_sentences.repeat_sentence(row, quantities[row.Index], words) for row in result.repeats.itertuples()]
    )


def test_agreement_is_told_in_plain_words_with_its_unit(town):
    pairs = [(800, 810), (900, 880), (1000, 1015), (1200, 1190), (1500, 1520)]
    # squared differences 100, 400, 225, 100, 400: standard deviation within pairs 11.07
    told = sentences(town, compared(town, twice(WIDTH, pairs, guard=3.0)), ENGLISH)
    assert told == [
        # a ramp of 900 mm for the one is of 880 mm for the other, which is too narrow
        "4 of 5 pairs the same (95 %: 38% to 96%); substantial agreement (κ 0.64; 95 %: 0.19 to 1)",
        "95 of 100 pairs differ by 30.68 mm or less; excellent agreement (ICC > 0.99; 95 %: 0.99 to > 0.99); "
        "the guard band ± 3 mm is too small: ± 21.69 mm was seen",
    ]


def test_answers_are_told_with_share_word_and_interval(town):
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    told = sentences(town, compared(town, twice(PRESENT, pairs)), ENGLISH)
    assert told[0] == "35 of 50 pairs the same (95 %: 56% to 81%); fair agreement (κ 0.4; 95 %: 0.15 to 0.65)"


@pytest.mark.parametrize(
    ("pairs", "ending"),
    [
        ([(1, 1)] * 4, "not enough pairs: 4 of at least 5"),
        ([(1, 1)] * 6, "all answers are one and the same, so chance cannot be ruled out"),
        ([(1, 1)] * 3 + [(0, 0)] * 3, "almost perfect agreement (κ 1; no interval: nobody differed)"),
        ([(1, 1)] * 29 + [(0, 1)], "nearly all answers are alike, which makes κ low by itself"),
    ],
)
def test_what_kappa_cannot_say_is_said(town, pairs, ending):
    assert sentences(town, compared(town, twice(PRESENT, pairs)), ENGLISH)[0].endswith(ending)


def test_a_reading_that_differs_within_a_survey_is_told_too(town):
    rows = [
        ("Mali", ramp(number), SLOPE, 7.0 + number * place, MONDAY, 0.2, place)
        for number in range(6)
        for place in (1, 2)
    ]
    told = sentences(town, compared(town, readings(*rows)), ENGLISH)
    assert told[0].startswith("95 of 100 repeated readings differ by ")
    assert "the guard band ± 0.2 % is too small" in told[0]
    assert sentences(town, compared(town, readings(*rows[:4])), ENGLISH) == [
        "not enough repeated readings: 2 of at least 5"
    ]


def test_every_sentence_is_thai_for_a_thai_reader(town):
    rows = [("Mali", ramp(1), SLOPE, value, MONDAY, 0.2, place) for place, value in enumerate((7, 9), start=1)]
    measured = readings(*rows, *_random_readings(random.Random(14), ["A", "B"]))
    for told in sentences(town, compared(town, measured), THAI):
        assert not {"pairs", "agreement", "readings", "guard"} & set(told.split())
