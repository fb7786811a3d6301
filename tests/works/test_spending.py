"""Estimate, contract and payments add up to one number by fix, zone and budget year, on screen and in the workbook."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re

import openpyxl
import pandas as pd
import pytest

from audits import record as records
from audits import wording
from audits.access import committed_works
from audits.demo import seed
from audits.ramps import price_books
from audits.store.db import connection, workspace
from audits.store.register import changes
from audits.works import contracts, fix_states, spending, works_table, works_workbook

FIRST, SECOND = "KK-001.ramp.1", "KK-002.ramp.1"
SIGNED, TODAY = dt.date(2026, 9, 30), dt.date(2026, 12, 1)
NOW = dt.datetime(2026, 12, 1, 5, tzinfo=dt.UTC)
EN = wording.Wording("en")


@pytest.fixture(scope="module", name="works")
def _works(town, tmp_path_factory):
    """Two steep ramps: the first has a contract above its estimate, paid in two budget years, and is late."""
    rows = [row for ramp in (FIRST, SECOND) for row in town.complete_ramp(ramp, running_slope_pct=12.0)]
    sites, elements = town.sites("KK-001", "KK-002").assign(zone=[1, None]), town.elements(FIRST, SECOND)
    record = town.record(town.measured(*rows), elements, sites)
    with connection.open_store(workspace.Workspace(tmp_path_factory.mktemp("works"))) as store:
        seed.with_starter_register(store, "admin")
        fix_states.record(store, FIRST, fix_states.PLANNED, dt.date(2026, 9, 1), "E-01", recorded_at=NOW)
        signed = {"contractor": "หจก. ก", "number": "1", "signed_on": SIGNED, "due_on": "30/11/2569"}
        book = price_books.sample()
        estimate = works_table.gather(store, record, book, TODAY).cost_thb(FIRST)
        contracts.sign(
            store, FIRST, "E-01", price=estimate + 1, today=TODAY, estimate_thb=estimate, recorded_at=NOW, **signed
        )
        for amount, day in ((7_000, SIGNED), (3_000, dt.date(2026, 10, 1))):
            contracts.pay(store, FIRST, "E-01", amount=amount, happened_on=day, today=TODAY, recorded_at=NOW)
        return works_table.gather(store, record, book, TODAY)


@pytest.fixture(scope="module", name="built")
def _built(town, tmp_path_factory):
    """A ramp that was reported as done by 40 % and then recorded as built."""
    rows = town.complete_ramp(FIRST, running_slope_pct=12.0)
    record = town.record(town.measured(*rows), town.elements(FIRST), town.sites("KK-001").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path_factory.mktemp("built"))) as store:
        seed.with_starter_register(store, "admin")
        fix_states.record(store, FIRST, fix_states.PLANNED, dt.date(2026, 9, 1), "E-01", recorded_at=NOW)
        contracts.report(store, FIRST, "E-01", percent=40, happened_on=SIGNED, today=TODAY, recorded_at=NOW)
        fix_states.record(store, FIRST, fix_states.BUILT, TODAY, "E-01", recorded_at=NOW)
        return works_table.gather(store, record, price_books.sample(), TODAY)


def test_the_progress_ends_with_the_day_on_which_the_works_were_recorded_as_built(built, sites):
    made = openpyxl.load_workbook(io.BytesIO(works_workbook.workbook(built, [FIRST], sites, TODAY, EN, "")))
    _, _, _, *rows, _ = made[EN.text(works_workbook.PROGRESS)].iter_rows(values_only=True)
    assert [(row[1].date(), row[2], row[4]) for row in rows] == [(SIGNED, 40, ""), (TODAY, 100, "recorded as built")]


@pytest.fixture(scope="module", name="sites")
def _sites(town):
    return town.sites("KK-001", "KK-002")


def test_works_paid_beyond_their_contract_are_marked_in_the_table_and_in_the_workbook(town, sites, tmp_path):
    rows = town.complete_ramp(FIRST, running_slope_pct=12.0)
    record = town.record(town.measured(*rows), town.elements(FIRST), town.sites("KK-001").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        seed.with_starter_register(store, "admin")
        fix_states.record(store, FIRST, fix_states.PLANNED, dt.date(2026, 9, 1), "E-01", recorded_at=NOW)
        signed = {"contractor": "หจก. ก", "number": "1", "signed_on": SIGNED, "price": 50_000, "recorded_at": NOW}
        contracts.sign(store, FIRST, "E-01", today=TODAY, **signed)
        marked = []
        for amount, why in ((50_000, ""), (1, "a ramp more")):
            paid = {"amount": amount, "happened_on": SIGNED, "over_reason": why, "recorded_at": NOW}
            contracts.pay(store, FIRST, "E-01", today=TODAY, **paid)
            works = works_table.gather(store, record, price_books.sample(), TODAY)
            made = openpyxl.load_workbook(io.BytesIO(works_workbook.workbook(works, [FIRST], sites, TODAY, EN, "")))
            headings, row, *_ = _rows_of_works(made)
            in_workbook = dict(zip(headings, row, strict=True))[spending.OVERPAID] == "yes"
            marked.append((*works.table.loc[FIRST, ["overpaid", "over_budget"]], in_workbook))
    assert marked == [(False, False, False), (True, True, True)]


def _rows_of_works(made):
    """Return the rows of the first sheet from its headings on."""
    rows = list(made.worksheets[0].iter_rows(values_only=True))
    return rows[next(place for place, row in enumerate(rows) if spending.OVERPAID in row) :]


def test_the_sums_by_zone_and_by_budget_year_are_those_of_the_table(works):
    table, money = works.table, list(spending.MONEY)
    first = table.loc[FIRST]
    assert (first["late"], first["overdue"], first["over_budget"], first["paid_thb"]) == (True, True, True, 10_000)
    assert not table.loc[SECOND, ["late", "overdue", "over_budget"]].any()
    assert (first["open_thb"], first["uncontracted_thb"] is pd.NA) == (first["contract_thb"] - 10_000, True)
    assert table.loc[SECOND, "open_thb"] == table.loc[SECOND, "estimate_thb"]
    zones, years = spending.by_zone(table), spending.by_year(works.contracts, table)
    assert zones[money].sum().tolist() == years[money].sum().tolist() == table[money].sum().tolist()
    assert (zones.index.tolist(), years.index.tolist()) == ([0, 1], [spending.NO_YEAR, 2026, 2027])
    assert years["paid_thb"].tolist() == [0, 7_000, 3_000]


def test_works_count_as_promised_and_paid_but_not_as_built(works):
    rungs = spending.rungs(works.table)
    agreed = int(works.table.loc[FIRST, "contract_thb"])
    assert rungs[spending.PROMISED] == spending.Rung(1, agreed)
    assert rungs[spending.COMPLETED] == rungs[spending.ACCEPTED] == spending.Rung(0, 0)
    assert rungs[spending.PAID] == spending.Rung(1, 10_000)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_formulas_of_the_workbook_recalculate_to_the_same_sums(works, sites, language):
    names, words = list(works.table.index), wording.Wording(language)
    made = works_workbook.workbook(works, names, sites, TODAY, words, "")
    assert made == works_workbook.workbook(works, names, sites, TODAY, words, "")
    live, kept = (openpyxl.load_workbook(io.BytesIO(made), data_only=only) for only in (False, True))
    checked = 0
    for sheet in live:
        for cell in (cell for row in sheet for cell in row if cell.data_type == "f"):
            assert worked_out(live, sheet, cell.value) == kept[sheet.title][cell.coordinate].value, cell
            checked += 1
    assert checked > 20
    sums = [kept[words.text(name)] for name in SUMS]
    total = [dict(zip(*(_row(sheet, row) for row in (3, sheet.max_row)), strict=True)) for sheet in sums]
    for heading, name in zip(MONEY, spending.MONEY, strict=True):
        assert {each[words.text(heading)] for each in total} == {works.table[name].sum()}


def test_the_total_of_no_rows_is_no_sum_of_itself(works, sites):
    made = openpyxl.load_workbook(io.BytesIO(works_workbook.workbook(works, [], sites, TODAY, EN, "")))
    summed = [(cell.coordinate, cell.value) for sheet in made for row in sheet for cell in row if cell.data_type == "f"]
    assert not [place for place, formula in summed if re.search(rf"\b{place}\b", formula)]
    assert made[EN.text(works_workbook.SHEET)].cell(4, 1).value == "Total"


SUMS = (works_workbook.SHEET, works_workbook.ZONES, works_workbook.YEARS)
MONEY = (works_workbook.ESTIMATE, works_workbook.AGREED, works_workbook.PAID)


def _row(sheet, number):
    return [cell.value for cell in sheet[number]]


def worked_out(book, sheet, formula):
    """Work out the few formulas that the workbook has."""
    if added := re.fullmatch(r"=(SUMIFS\(.*\))\+([A-Z]+\d+)", formula):
        return worked_out(book, sheet, f"={added[1]}") + (value(book, sheet[added[2]]) or 0)
    if taken := re.fullmatch(r"=([A-Z]+\d+)-([A-Z]+\d+)", formula):
        return value(book, sheet[taken[1]]) - value(book, sheet[taken[2]])
    if summed := re.fullmatch(r"=SUM\((.+)\)", formula):
        return sum(value(book, cell) or 0 for cell in cells(book, sheet, summed[1]))
    if counted := re.fullmatch(r"=COUNTIFS\((.+),(.+)\)", formula):
        key = sheet[counted[2]].value
        return sum(cell.value == key for cell in cells(book, sheet, counted[1]))
    amounts, keys, key = re.fullmatch(r"=SUMIFS\((.+),(.+),(.+)\)", formula).groups()
    pairs = zip(cells(book, sheet, amounts), cells(book, sheet, keys), strict=True)
    return sum(value(book, cell) or 0 for cell, one in pairs if one.value == sheet[key].value)


def value(book, cell):
    return worked_out(book, cell.parent, cell.value) if cell.data_type == "f" else cell.value


def cells(book, sheet, place):
    name, _, area = place.rpartition("!")
    return [row[0] for row in (book[name.strip("'")] if name else sheet)[area.replace("$", "")]]


def test_works_are_committed_from_their_contract_until_they_are_dropped(town, tmp_path):
    record = town.record(town.measured(), town.elements(FIRST, SECOND), town.sites("KK-001", "KK-002"))
    signed = {"contractor": "หจก. ก", "number": "1", "price": 135_000, "estimate_thb": 120_000, "recorded_at": NOW}
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        seed.with_starter_register(store, "admin")

        def step(fix_id: str, state: str, **details: str) -> frozenset[str]:
            fix_states.record(store, fix_id, state, SIGNED, "E-01", recorded_at=NOW, **details)
            return committed_works.committed(store, record)

        assert step(FIRST, fix_states.PLANNED) == set()
        assert committed_works.promised(store, record) == {FIRST}
        contracts.sign(store, FIRST, "E-01", signed_on=SIGNED, today=TODAY, **signed)
        assert committed_works.committed(store, record) == {FIRST}
        assert committed_works.promised(store, record) == set()
        assert step(SECOND, fix_states.BUILT) == {FIRST, SECOND}
        assert step(FIRST, fix_states.DROPPED, note="no money") == {SECOND}
        # planned anew: the contract of the round before says nothing of this one
        assert step(FIRST, fix_states.PLANNED) == {SECOND}


def test_works_at_what_left_the_register_count_nowhere(book, weights, tmp_path):
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        seed.with_starter_register(store, "admin")
        for fix_id in (FIRST, SECOND):
            fix_states.record(store, fix_id, fix_states.BUILT, SIGNED, "E-01", recorded_at=NOW)
        changes.change_element(store, FIRST, {"retired": True}, "E-01", "recorded twice", changed_at=NOW)
        record = records.read(store, book, weights)
        steps = committed_works.counted_steps(store, record)
        table = works_table.gather(store, record, price_books.in_force(store).book, TODAY).table
    assert (
        list(fix_states.follow(steps, TODAY).index) == list(table.index[table["state"] == fix_states.BUILT]) == [SECOND]
    )
    before = dataclasses.replace(record, as_of=SIGNED - dt.timedelta(days=1))
    assert committed_works.as_counted(before, steps, "happened_on").empty


@pytest.mark.parametrize("cost", [123_456, pd.NA])
@pytest.mark.parametrize("state", fix_states.STATES)
def test_a_fix_without_a_contract_is_counted_as_by_empty_tables(works, state, cost):
    fix = works.table.loc[SECOND].copy()
    fix["state"], fix["cost_thb"] = state, cost
    assert spending._row_without_contract(fix) == spending._row(works.contracts.of(""), 1, fix, TODAY)
