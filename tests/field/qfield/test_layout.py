"""Every question has its columns, and every page asks what its kind of element needs and nothing else."""

import contextlib
import re
import sqlite3

import pytest

from audits import survey, wording
from audits.field.qfield import layout
from audits.rules import model


@pytest.fixture(params=["th", "en"])
def words(request):
    return wording.Wording(request.param)


@pytest.fixture
def fields(book, words):
    return {one.name: one for one in layout.fields(book, words)}


def all_names(group):
    return [*group.names, *(name for inner in group.groups for name in all_names(inner))]


def test_every_column_is_there_once_and_can_be_a_column(book, words):
    names = [one.name for one in layout.fields(book, words)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


def test_every_quantity_has_its_readings_and_a_reason(book, fields):
    for quantity_id, quantity in book.quantities.items():
        name = quantity_id.removesuffix("mm") + "cm" if quantity.unit == "mm" else quantity_id
        wanted = [name, *(f"{name}__{number}" for number in range(2, quantity.readings + 1))]
        assert list(layout.reading_names(quantity, book.units.length)) == wanted
        reason = {f"{quantity_id}__why"} if quantity_id != survey.ELEMENT_PRESENT else set()
        assert {*wanted, *reason} <= set(fields)
    assert "element_present__why" not in fields
    assert {"running_slope_pct__2", "running_slope_pct__3"} <= set(fields)
    assert set(fields["clear_width_mm__why"].choices) == set(survey.NOT_MEASURED_REASONS)


def test_a_page_asks_exactly_the_questions_of_its_kind(book, words):
    pages = {page.when: page for page in layout.groups(book, words) if page.when}
    assert len(pages) == len(survey.ELEMENT_KINDS)
    for kind in survey.ELEMENT_KINDS:
        names = all_names(pages[f"\"element_kind\" = '{kind}'"])
        quantities = {one.quantity_id for one in model.questions(book, kind)}
        readings = {one for name in quantities for one in layout.reading_names(book.quantities[name], "cm")}
        reasons = {f"{name}__why" for name in quantities - {survey.ELEMENT_PRESENT}}
        assert set(names) == readings | reasons
        assert names[0] == survey.ELEMENT_PRESENT


def test_every_column_that_a_person_fills_is_on_a_page(book, words, fields):
    shown = {name for page in layout.groups(book, words) for name in all_names(page)}
    # set by the device itself: the number of the record, and when its position was taken
    assert set(fields) - shown == {"uuid", "located_at"}


def test_titles_carry_the_unit_and_the_number_of_the_reading(book, thai):
    fields = {one.name: one for one in layout.fields(book, thai)}
    assert fields["clear_width_cm"].title == "ความกว้างสุทธิ (ซม.)"
    assert fields["running_slope_pct__2"].title == "ความลาดชันตามแนวทาง วัดครั้งที่ 2 (%)"
    assert fields["handrail_present"].title == "มีราวจับ"
    assert fields["handrail_present"].choices == {"yes": "มี", "no": "ไม่มี"}
    assert fields["handrail_continuous"].choices == {"yes": "ใช่", "no": "ไม่ใช่"}


def test_what_cannot_be_is_refused_and_what_is_unusual_is_only_said(fields):
    width, why = fields["clear_width_cm"], fields["clear_width_mm__why"]
    assert width.rule.hard and not why.rule.hard
    assert '"clear_width_cm" IS NULL OR ("clear_width_cm" >= 0 AND "clear_width_cm" <= 5000)' in width.rule.expression
    assert '"clear_width_cm" >= 40 AND "clear_width_cm" <= 600' in why.rule.expression
    assert "5,000" in width.rule.message
    assert "600" in why.rule.message


def test_a_figure_with_two_readings_waits_for_a_tick(fields):
    width, slope = fields["clear_width_cm"].rule, fields["running_slope_pct"].rule
    assert f'("clear_width_cm" IS NULL OR "{layout.SURE}" OR NOT (' in width.expression
    assert '("clear_width_cm" > 400 AND "clear_width_cm" < 6000)' in width.expression
    assert '"running_slope_pct" = 12 ' in slope.expression
    assert "900" in width.message
    assert fields[layout.SURE].title in width.message


@pytest.mark.parametrize("ticked", [None, False, True])
def test_what_is_not_measured_is_never_refused(fields, ticked):
    # SQLite knows no truth of NULL either, as the expressions of QGIS
    figures = {name: one.rule.expression for name, one in fields.items() if one.rule and one.widget == layout.FIGURE}
    assert sum(layout.SURE in expression for expression in figures.values()) > 90
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        for name, expression in figures.items():
            row = database.execute(
                f'SELECT {expression} FROM (SELECT NULL AS "{name}", ? AS "{layout.SURE}")', [ticked]
            )
            assert row.fetchone() == (1,), name


def test_an_unusual_second_reading_is_said_too(fields):
    assert '"running_slope_pct__3" >= 1' in fields["running_slope_pct__why"].rule.expression


def test_no_expression_uses_what_qgis_does_not_know(fields):
    rules = [one.rule.expression for one in fields.values() if one.rule]
    assert len(rules) > 70
    assert not [rule for rule in rules if "between" in rule.casefold()]


def test_instruments_are_those_of_the_unit(book, fields):
    assert set(fields["slope_instrument"].choices) == {"digital_level", "level_and_tape"}
    assert set(fields["length_instrument"].choices) == {"tape_measure", "laser_distance_meter", "calliper"}


def test_the_surveyor_and_the_instruments_are_remembered_and_the_site_is_not(fields):
    assert {name for name, one in fields.items() if one.remembered} == {
        "surveyor",
        "slope_instrument",
        "length_instrument",
    }


def test_the_lists_explain_every_coded_value(book, words):
    lists = {(name, value): label for name, value, label in layout.value_lists(book, words)}
    assert {value for name, value in lists if name == "element_kind"} == set(survey.ELEMENT_KINDS)
    assert {value for name, value in lists if name == "reason"} == set(survey.NOT_MEASURED_REASONS)
    assert lists["yes_no", "yes"] == words.text("yes")
    assert all(lists.values())
