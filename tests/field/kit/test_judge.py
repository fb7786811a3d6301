"""Hold the judge on the phone to the judge in the office: the same records, the same texts, the same answers."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import random

import numpy as np
import pandas as pd
import pytest

from audits import survey
from audits.field import contradictions
from audits.field.kit import rules as kit_rules
from audits.rules import cases, model
from audits.scoring import findings, questions, readings, run
from tests import kit_phone, made_records, seeds

CASES = cases.load_cases()
OF_ANY_SETTING = ""
SETTINGS = (*survey.SETTINGS, OF_ANY_SETTING)
FIRST_DAYS = (dt.date(2005, 8, 31), dt.date(2013, 1, 16), dt.date(2013, 4, 3), dt.date(2021, 5, 3))
DAYS = (None, *FIRST_DAYS, *(day - dt.timedelta(days=1) for day in FIRST_DAYS), dt.date(2030, 1, 1))
# of each kind in each setting and era; the soak tries more of the same
ELEMENTS_OF_EACH = 29 if seeds.SOAK else 10
ELEMENTS_OF_A_SITE = 4


@pytest.fixture(name="packed", scope="module")
def _packed(book, weights, town):
    """Return a pack with the rules of every kind, setting and era."""
    sites = pd.DataFrame({"setting": SETTINGS}, index=[f"KK-{number:03}" for number in range(len(SETTINGS))])
    elements = pd.concat(
        [
            town.elements(*(f"{code}.{kind}.1" for code in sites.index for kind in survey.ELEMENT_KINDS)).assign(
                permitted_on=pd.Timestamp(day)
            )
            for day in DAYS[1:]
        ]
    )
    # the same elements of every age: nothing that a record could judge
    return kit_rules.pack(made_records.record_of(sites, elements, None, book, weights, audit=None), {})


@pytest.fixture(name="phone", scope="module")
def _phone(chromium, packed, tmp_path_factory):
    with kit_phone.opened(chromium, packed, tmp_path_factory.mktemp("kit")) as phone:
        yield phone


# ---- the rules ------------------------------------------------------------------------------------------------------

RULES = """given.map(([kind, setting, day]) => Jaidee.judge.rulesFor(book, kind, setting, day).map(rule => ({
    ...rule, lower: String(rule.lower), upper: String(rule.upper)})))"""


def _plain(rule):
    """Return a rule in the shape of the phone, its missing bounds as null."""
    limit = rule.limit
    table = limit.table and {
        "quantity": limit.table.quantity.quantity_id,
        "steps": [list(step) for step in limit.table.steps],
        "per": limit.table.per,
        "roundUpOver": limit.table.round_up_over,
    }
    return {
        "quantity": rule.criterion.quantity.quantity_id,
        "lower": limit.lower if math.isfinite(limit.lower) else None,
        "upper": limit.upper if math.isfinite(limit.upper) else None,
        "table": table,
        "conditions": [
            {"quantity": each.quantity.quantity_id, "operator": each.operator, "value": each.value}
            for each in limit.conditions
        ],
    }


def _expected_rule(rule, applicable, setting, weights):
    criterion, limit = rule.criterion, rule.limit
    return _plain(rule) | {
        "id": criterion.criterion_id,
        "name": {"th": criterion.name.th, "en": criterion.name.en},
        "severity": criterion.severity,
        "weight": weights.of(criterion),
        "lower": limit.lower,
        "upper": limit.upper,
        "source": {"th": limit.source.short.th, "en": limit.source.short.en},
        "clause": {"th": limit.clause.th, "en": limit.clause.en},
        "statedAs": limit.stated_as,
        "unverified": limit.state == "reported",
        "basis": applicable.basis(setting),
        "editionAssumed": applicable.edition_assumed,
    }


def test_the_phone_takes_the_rules_that_the_office_takes_on_every_day(book, weights, phone):
    asked = list(itertools.product(survey.ELEMENT_KINDS, SETTINGS, DAYS))
    found = phone(RULES, [(kind, setting, day.isoformat() if day else "") for kind, setting, day in asked])
    for (kind, setting, day), rules in zip(asked, found, strict=True):
        for rule in rules:
            rule |= {side: float(rule[side]) for side in ("lower", "upper")}
        expected = zip(*run.rules_for(book, kind, day, setting), strict=True)
        assert rules == [_expected_rule(*each, setting, weights) for each in expected]


def test_the_phone_refuses_rules_that_were_not_packed(phone):
    script = """(() => { try { Jaidee.judge.rulesFor(book, "ramp", given, ""); return "" }
        catch (problem) { return problem.name } })()"""
    assert phone(script, "moon") == "RangeError"


def test_the_phone_refuses_a_pack_of_another_form(phone, packed):
    script = """(() => { try { Jaidee.judge.open(given); return "" } catch (problem) { return problem.name } })()"""
    assert phone(script, packed) == ""
    assert phone(script, packed | {"form": kit_rules.FORM + 1}) == "RangeError"


# ---- the judgement --------------------------------------------------------------------------------------------------

JUDGE = """(() => {
    const measured = rows => Jaidee.judge.readings(
        rows.map(([quantity, value, uncertainty]) => ({quantity, value, uncertainty})), book.quantities);
    const shown = values => values.map(value => Number.isFinite(value) ? value : String(value));
    const elements = given.elements.map(([kind, setting, day, rows]) => (
        {kind, rules: Jaidee.judge.rulesFor(book, kind, setting, day), readings: measured(rows)}));
    const outcomes = elements.flatMap(({rules, readings}) => Jaidee.judge.outcomes(rules, readings));
    const sites = given.sites.map(rows => Jaidee.judge.interval(rows.map(row => elements[row])));
    return {
        outcomes,
        verdicts: outcomes.map(Jaidee.judge.verdict),
        margins: shown(elements.flatMap(({rules, readings}) => Jaidee.judge.margins(rules, readings))),
        low: shown(sites.map(site => site.low)),
        high: shown(sites.map(site => site.high)),
        coverage: shown(sites.map(site => site.coverage)),
        asked: given.closer.map(row => {
            const {kind, rules, readings} = elements[row];
            return Jaidee.judge.thatApply(book, kind, rules, readings);
        }),
        needed: given.closer.map(row => {
            const {kind, rules, readings} = elements[row];
            return Jaidee.judge.needed(book, kind, rules, readings);
        }),
        ruledOut: given.closer.map(row => {
            const {kind, rules, readings} = elements[row];
            return Jaidee.judge.ruledOut(book, kind, rules, readings);
        }),
        first: given.closer.map(row => [...Jaidee.judge.weighty(elements[row].rules)].sort()),
        live: given.closer.map(row => elements[row])
            .map(({rules, readings}) => Object.entries(Jaidee.judge.live(rules, readings, book.quantities))
            .map(([quantity, all]) => [quantity, all.map(one => (
                [one.rule.id, one.verdict, one.waitsFor, ...shown([one.margin, one.lower, one.upper])]))])),
    };
})()"""


class Values:
    """Values of one element's quantities that the rules can tell apart, most of them close to a limit."""

    NEAR = (0.0, 0.4e-9, -0.4e-9, 1e-9, -1e-9, 3e-9, -3e-9, 0.01, -0.01)

    def __init__(self, book, rules, chance):
        self.book, self.chance = book, chance
        self.edges = {name: set() for rule in rules for name in rule.quantities()} | {survey.ELEMENT_PRESENT: set()}
        for rule in rules:
            self.edges[rule.criterion.quantity.quantity_id] |= {rule.limit.lower, rule.limit.upper}
            for condition in rule.limit.conditions:
                self.edges[condition.quantity.quantity_id].add(condition.value)
            if rule.limit.table is not None:
                self._add_table(rule.limit.table, rule.criterion.quantity.quantity_id)
        self.edges = {name: sorted(filter(math.isfinite, edges)) for name, edges in sorted(self.edges.items())}

    def _add_table(self, table, judged):
        last = table.steps[-1][0]
        beyond = {last + times * table.per + table.round_up_over for times in (0, 1, 2)} if table.per else set()
        self.edges[table.quantity.quantity_id] |= {top for top, _ in table.steps} | beyond
        self.edges[judged] |= {required for _, required in table.steps}

    def guard(self, quantity):
        known = (self.book.instruments[name] for name in quantity.instruments)
        return [0.0, *(each.uncertainty for each in known if each.unit == quantity.unit)]

    def value(self, quantity, guard):
        edges = self.edges[quantity.quantity_id]
        if quantity.kind == "yes_no":
            return float(self.chance.random() < 0.6)
        if quantity.kind == "count":
            return float(max(0, self.chance.choice([*edges, 7.0, 400.0]) + self.chance.randint(-1, 1)))
        if not edges or self.chance.random() < 0.3:
            return self.chance.uniform(*quantity.usual)
        edge = self.chance.choice(edges) + self.chance.choice((-guard, 0.0, guard))
        return abs(edge * (1 + self.chance.choice(self.NEAR)))

    def record(self):
        """Return a record with some quantities left out: rows of quantity, value and uncertainty."""
        share, rows = self.chance.choice((0.3, 0.6, 0.9, 1.0)), []
        for name in self.edges:
            if self.chance.random() < (0.15 if name == survey.ELEMENT_PRESENT else share):
                quantity = self.book.quantities[name]
                guards = self.chance.choices(self.guard(quantity), k=self.chance.choice((1, 1, 1, 2, 3)))
                rows += [(name, self.value(quantity, guard), guard) for guard in guards]
        return rows


@pytest.fixture(name="records", scope="module")
def _records(book):
    """Return many partial records of every kind in every setting and era: kind, setting, day, rows."""
    chance, result = random.Random(20261), []
    for setting in survey.SETTINGS:
        of_setting = []
        for kind, day in itertools.product(survey.ELEMENT_KINDS, DAYS):
            values = Values(book, run.rules_for(book, kind, day, setting)[0], chance)
            of_setting += [(kind, setting, day, values.record()) for _ in range(ELEMENTS_OF_EACH)]
        chance.shuffle(of_setting)
        result += of_setting
    return result


@pytest.fixture(name="judged", scope="module")
def _judged(phone, records):
    elements = [(kind, setting, day.isoformat() if day else "", rows) for kind, setting, day, rows in records]
    every = range(len(records))
    sites = [list(every[row : row + ELEMENTS_OF_A_SITE]) for row in every[::ELEMENTS_OF_A_SITE]]
    return phone(JUDGE, {"elements": elements, "sites": sites, "closer": list(range(0, len(records), 10))})


@pytest.fixture(name="audited", scope="module")
def _audited(town, records):
    """Return the office's findings, element by element in the order of the records, and its sites."""
    codes = [f"KK-{row // ELEMENTS_OF_A_SITE:05}" for row in range(len(records))]
    ids = [f"{code}.{kind}.{row}" for row, (code, (kind, *_)) in enumerate(zip(codes, records, strict=True))]
    elements = town.elements(*ids).assign(permitted_on=pd.to_datetime([day for _, _, day, _ in records]))
    settings = pd.Series([setting for _, setting, _, _ in records], index=codes)
    sites = settings[~settings.index.duplicated()].to_frame("setting")
    rows = [(each, *row) for each, (*_, rows) in zip(ids, records, strict=True) for row in rows]
    result = town.audit(town.measured(*rows), elements, sites)
    order = np.argsort(pd.Index(ids).get_indexer(result.findings["element_id"]), kind="stable")
    return result.findings.iloc[order].reset_index(drop=True), result.sites


def test_the_records_are_many_and_reach_every_verdict(records, audited):
    assert len(records) >= 690 * ELEMENTS_OF_EACH
    assert audited[0]["verdict"].value_counts().reindex(findings.VERDICTS).min() > 34 * ELEMENTS_OF_EACH
    assert audited[0]["outcome"].nunique() >= 9


def test_every_finding_can_still_turn_out_as_the_office_says(judged, audited):
    np.testing.assert_array_equal(judged["outcomes"], audited[0]["outcome"].to_numpy())


def test_every_verdict_is_that_of_the_office(judged, audited):
    assert judged["verdicts"] == audited[0]["verdict"].to_list()


def test_every_margin_is_that_of_the_office(judged, audited):
    np.testing.assert_allclose(kit_phone.numbers(judged["margins"]), audited[0]["margin"], rtol=1e-9, atol=1e-9)


def test_the_score_of_every_site_is_that_of_the_office(judged, audited):
    for mine, office in (("low", "score_low"), ("high", "score_high"), ("coverage", "coverage")):
        np.testing.assert_allclose(kit_phone.numbers(judged[mine]), audited[1][office], rtol=0, atol=1e-6)
    assert audited[1]["score_low"].nunique() > 100


SMALL = """given.map(([rules, records]) => {
    for (const rule of rules) { rule.lower ??= -Infinity; rule.upper ??= Infinity; }
    return records.map(rows => {
        const readings = Jaidee.judge.readings(
            rows.map(([quantity, value, uncertainty]) => ({quantity, value, uncertainty})), {});
        return Jaidee.judge.outcomes(rules, readings);
    });
})"""


def test_rules_that_no_law_has_yet_are_judged_alike(phone, small_rules, as_readings):
    """Reach tables that require nothing and conditions in chains, which the criteria of today do not all have."""
    chance = random.Random(20264)
    small = [small_rules(chance) for _ in range(300)]
    records = [[each.partial(chance) for _ in range(12)] for each in small]
    rows = [
        [[(name, *pair) for name, pairs in record.items() for pair in pairs] for record in of_each]
        for of_each in records
    ]
    found = phone(
        SMALL, [([_plain(rule) for rule in each.rules], mine) for each, mine in zip(small, rows, strict=True)]
    )
    for each, of_each, mine in zip(small, records, found, strict=True):
        office = findings.outcomes(each.rules, as_readings(of_each), len(of_each))
        np.testing.assert_array_equal(np.array(mine).T, office)


def _row_readings(rows, book):
    measured = [survey.Measurement("", name, value, uncertainty=guard) for name, value, guard in rows]
    return readings.of_visit(measured, book)


def test_the_phone_asks_what_the_office_asks_in_the_same_order(book, judged, records):
    shorter, ruled_out = 0, iter(judged["ruledOut"])
    for (kind, setting, day, rows), asked, first in zip(records[::10], judged["asked"], judged["first"], strict=True):
        rules, _ = run.rules_for(book, kind, day, setting)
        expected = [each.quantity_id for each in questions.that_apply(book, kind, rules, _row_readings(rows, book))]
        assert asked == expected
        out = questions.ruled_out(book, kind, rules, questions.that_apply(book, kind, rules, _row_readings(rows, book)))
        assert next(ruled_out) == [each.quantity_id for each in out]
        assert first == sorted(questions.weighty(rules))
        shorter += len(asked) < len(model.questions(book, kind))
    assert shorter > 100


def test_the_phone_counts_as_needed_what_a_rule_that_judges_may_read(book, judged, records):
    left_out = 0
    for (kind, setting, day, rows), asked, needed in zip(records[::10], judged["asked"], judged["needed"], strict=True):
        rules, _ = run.rules_for(book, kind, day, setting)
        measured = _row_readings(rows, book)
        bits = findings.outcomes(rules, measured, 1)[:, 0]
        may_apply = [
            rule
            for rule, outcome in zip(rules, bits, strict=True)
            if int(outcome) & ~findings.MEASURED != findings.CAN_NOT_APPLY
        ]
        read = {survey.ELEMENT_PRESENT}.union(*(rule.quantities() for rule in may_apply))
        read |= set(measured) & set().union(*(rule.quantities() for rule in rules))
        assert needed == [name for name in asked if name in read]
        left_out += len(needed) < len(asked)
    assert left_out > 100


def test_the_phone_shows_the_findings_of_one_element_by_quantity(book, judged, records):
    for (kind, setting, day, rows), live in list(zip(records[::10], judged["live"], strict=True))[::4]:
        rules, _ = run.rules_for(book, kind, day, setting)
        expected = questions.live(rules, _row_readings(rows, book))
        assert [quantity for quantity, _ in live] == list(expected)
        for quantity, mine in live:
            theirs = expected[quantity]
            assert [one[:3] for one in mine] == [
                [one.rule.criterion.criterion_id, one.verdict, list(one.waits_for)] for one in theirs
            ]
            np.testing.assert_allclose(
                [kit_phone.numbers(one[3:]) for one in mine],
                [(one.margin, one.lower, one.upper) for one in theirs],
                atol=1e-9,
            )


def test_a_site_where_nothing_can_apply_has_no_score(phone):
    script = """Object.values(Jaidee.judge.interval(given.map(kind => ({
        rules: Jaidee.judge.rulesFor(book, kind, "park", "").filter(rule => rule.quantity !== "element_present"),
        readings: {element_present: {lowest: 0, highest: 0, uncertainty: 0}}})))).map(String)"""
    assert phone(script, []) == phone(script, ["ramp", "path"]) == ["NaN", "NaN", "NaN"]


def test_the_worked_examples_are_judged_the_same(phone):
    script = """given.map(([kind, day, criterion, measured]) => {
        const rule = Jaidee.judge.rulesFor(book, kind, "", day).find(one => one.id === criterion);
        const readings = Object.fromEntries(Object.entries(measured).map(([quantity, value]) => (
            [quantity, {lowest: value, highest: value, uncertainty: 0}])));
        return [Jaidee.judge.verdict(Jaidee.judge.outcomes([rule], readings)[0]), rule.clause.th];
    })"""
    asked = [
        (case.criterion.split(".")[0], str(case.permitted_on or ""), case.criterion, dict(case.measured))
        for case in CASES
    ]
    assert phone(script, asked) == [[case.verdict, case.clause] for case in CASES]


def test_the_phone_asks_about_the_contradictions_that_the_office_asks_about(book, packed, phone):
    chance, asked = random.Random(12), []
    for _ in range(400):
        rule = chance.choice(book.contradictions)
        ids = {rule.answer, *chance.sample(rule.against, min(3, len(rule.against))), *filter(None, [rule.slope])}
        asked.append(
            [
                survey.Measurement(
                    "KK-001.ramp.1", name, float(chance.choice((0, 0, 1, 5))), uncertainty=1.0, reading=number
                )
                for name in sorted(ids)
                for number in range(1, chance.choice((1, 1, 2)) + 1)
            ]
        )
    read = [[{"quantity": one.quantity, "value": one.value, "uncertainty": 1} for one in each] for each in asked]
    script = f"""given.map(each => Jaidee.contradictions.found({json.dumps(packed["contradictions"])}, book.quantities,
        Jaidee.judge.readings(each, [])))"""
    for each, told in zip(asked, phone(script, read), strict=True):
        found = contradictions.found(each, book)
        assert {name: one["code"] for name, one in told.items()} == {name: one.kind.code for name, one in found.items()}
    met = [one.kind for each in asked for one in contradictions.found(each, book).values()]
    assert {*met} == {contradictions.NOT_THERE, contradictions.PART_GREATER, contradictions.TOO_HIGH}
    assert len(met) > 50
