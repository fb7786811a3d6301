"""Read what each room says of a plan: fixes and costs, sums, trips today and after. A new room is one function."""

from __future__ import annotations

import dataclasses
import functools
import io
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import openpyxl
from streamlit.testing.v1 import AppTest

from app_pages.parts.plan import studies
from audits import wording
from audits.access import committed_works, site_network
from audits.plans import (
    build_model,
    kept_plans,
    plan_about,
    plan_constraints,
    plan_contents,
    plan_files,
    ranking,
    solved_plan,
)
from audits.ramps import price_books
from audits.reports import site_report
from audits.store.db import connection, workspace
from audits.store.works import fix_steps, plans
from tests import spoken
from tests.agreement import printed, worlds

BUDGET_THB = 400_000
YEARLY_THB = (200_000.0, 200_000.0)
PATIENCE_S = 120.0
ZONES = "By zone: who gains lives there, the money is spent there"
BOUND = "Proved by the checker: no choice opens more than (trips of 100)"
BASES_SUMMED = ("designed_baht", "assumed_baht")


@dataclass(frozen=True)
class Said:
    """What a room says of a plan; what it does not say is None or empty.

    Parameters
    ----------
    fixes
        Cost of each fix, baht, by its id, or by site where the room prints no id.
    total
        Of the fixes, as printed.
    sums
        Costs that the room adds up in another way, each list with its own name; all must come to `total`.
    today, after, opened
        Trips of the 100.
    zones_opened
        Trips opened by zone.
    """

    fixes: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    left: int | None = None
    today: Decimal | None = None
    after: Decimal | None = None
    opened: Decimal | None = None
    sums: Mapping[str, list[int]] = field(default_factory=dict)
    zones_opened: list[Decimal] = field(default_factory=list)


Room = Callable[[worlds.World, wording.Wording], Said]


def command_json(world: worlds.World, words: wording.Wording) -> Said:
    said = world.answer("plan", "--budget-thb", str(BUDGET_THB))
    today, after = (tenth(said[name]) for name in ("access_before", "access_after"))
    return Said(
        {one["fix_id"]: one["cost_thb"] for one in said["fixes"]},
        said["cost_thb"],
        said["left_thb"],
        today,
        after,
        tenth(said["benefit"]),
    )


def command_text(world: worlds.World, words: wording.Wording) -> Said:
    said = world.text("plan", "--budget-thb", str(BUDGET_THB), language=words.language)
    rows = [line.split(" · ") for line in said.splitlines()]
    fixes = {row[0]: printed.whole(row[2], words) for row in rows if re.fullmatch(r"[A-Z]{2}-\d{3}\.\w+\.\d+", row[0])}
    return _sentences(said, words, fixes=fixes)


def page(world: worlds.World, words: wording.Wording) -> Said:
    said = made_on_page(world, words.language)
    return _page(world, worlds.html(said) + "\n" + "\n".join(each.value for each in said.markdown), words)


def workbook(world: worlds.World, words: wording.Wording) -> Said:
    book = openpyxl.load_workbook(io.BytesIO(file(world, "xlsx", words.language)), data_only=True)
    fixes = rows_of(book["Fixes"], plan_contents.FIXES, words)
    budget = [row for row in book["Budget"].iter_rows(values_only=True) if row[0]]
    likely = {str(row[0]): row[3] for row in budget}
    about = "\n".join(str(row[1]) for row in book["About"].iter_rows(values_only=True, min_row=2))
    lead = printed.figures(plan_about.LEAD, str(book["Budget"]["A1"].value), words)
    assert lead == printed.figures(plan_about.LEAD, about, words)
    zones = [one["cost_likely_thb"] for one in fixes if one["in_plan"] == words.text("yes")]
    return Said(
        {one["fix_id"]: one["cost_likely_thb"] for one in fixes if one["in_plan"] == words.text("yes")},
        likely[words.text("Cost of the plan")],
        likely[words.text("Left of the budget")],
        lead["today"],
        lead["after"],
        sums={"headline": [int(lead["cost"])], "zones": zones_of(budget, words), "rows": zones},
    )


def geopackage(world: worlds.World, words: wording.Wording) -> Said:
    layers = sqlite3.connect(":memory:")
    layers.deserialize(file(world, "gpkg", words.language))
    about = "\n".join(text for (text,) in layers.execute("SELECT text FROM about"))
    fixes = dict(layers.execute("SELECT fix_id, cost_likely_thb FROM fix WHERE in_plan"))
    return _sentences(about, words, fixes=fixes)


def brief(world: worlds.World, words: wording.Wording) -> Said:
    said = "\n".join(spoken.pages(file(world, "pdf", words.language)))
    found, flat = _sentences(said, words), printed.squeezed(said)
    fixes, at = {}, flat.index(printed.squeezed(words.text("Trips lost")))
    for row in plan_contents.fixes(subject(world), words).loc[lambda table: table["in_plan"]].itertuples():
        cells = printed.squeezed("".join((row.site_code, row.site_name, row.what, row.zone)))
        at = flat.index(cells, at) + len(cells)
        fixes[row.fix_id] = printed.whole(flat[at:], words)
    counted = words.text("Total") + words.count("{n} fix", "{n} fixes", len(fixes))
    total = printed.whole(flat.split(printed.squeezed(counted), 1)[1], words)
    return dataclasses.replace(found, fixes=fixes, sums={**found.sums, "total row": [total]})


ROOMS: Mapping[str, Room] = {room.__name__: room for room in (command_text, page, workbook, geopackage, brief)}
"""Every room but ``command_json``, which all are held against."""


def rankings(world: worlds.World) -> dict[str, Decimal]:
    """Return the trips that each ranking opens with the same money, as they must be printed."""
    said = world.answer("plan", "--budget-thb", str(BUDGET_THB))
    return {rule: tenth(gained) for rule, gained in said["rankings"].items()}


def bound_and_rankings(world: worlds.World, room: str, words: wording.Wording) -> tuple[Decimal, dict[str, Decimal]]:
    """Return what a room prints beside the plan: the bound that is proved, and what each ranking opens."""
    names = {rule: words.text(name) for rule, name in ranking.RULES.items()}
    wanted = (words.text(BOUND), *names.values())
    if room == "brief":
        said = "\n".join(spoken.pages(file(world, "pdf", words.language)))
        # Lines break anywhere in Thai, but a remark that begins with a number does not touch the figure before it.
        after = {
            name: re.search(r"\s*".join(map(re.escape, printed.squeezed(name))) + r"\s*(\d+(?:\.\d)?)", said)
            for name in wanted
        }
        values = {name: found[1] for name, found in after.items() if found}
    elif room == "page":
        said = worlds.html(made_on_page(world, words.language))
        named = ("The plan and its proof", "What each choice opens")
        values = {row[0]: row[1] for name in named for row in printed.table(said, words.text(name)).rows}
    elif room == "workbook":
        book = openpyxl.load_workbook(io.BytesIO(file(world, "xlsx", words.language)), data_only=True)
        values = dict(book["About"].iter_rows(values_only=True))
    else:
        layers = sqlite3.connect(":memory:")
        layers.deserialize(file(world, "gpkg", words.language))
        values = dict(layers.execute("SELECT item, text FROM about"))
    bound, *opened = (printed.number(values[name], words) for name in wanted)
    return bound, dict(zip(names, opened, strict=True))


def _sentences(said: str, words: wording.Wording, *, fixes: Mapping[str, int] | None = None) -> Said:
    """Read the sentences that lead every account of a plan."""
    lead, found = printed.figures(plan_about.LEAD, said, words), bases(said, words)
    sums = {"bases": [int(found[name]) for name in BASES_SUMMED if name in found]}
    return Said(fixes or {}, int(lead["cost"]), _left(said, words), lead["today"], lead["after"], sums=sums)


def bases(said: str, words: wording.Wording) -> dict[str, Decimal]:
    """Return the figures of the sentence that sums designed and assumed fixes apart."""
    templates = plan_about.BASES, plan_about.ALL_DESIGNED, plan_about.ALL_ASSUMED
    return next(filter(None, (printed.figures(one, said, words) for one in templates)), {})


def _left(said: str, words: wording.Wording) -> int:
    """Return the money left over; 0 where the room says of none."""
    for template in (plan_about.TOO_DEAR, plan_about.ALL_DONE):
        if found := printed.figures(template, said, words):
            return int(found["left"])
    return 0


def fix_of(world: worlds.World, cell: str, words: wording.Wording) -> str:
    """Return the id of the fix that a page names by its site and by the title of its element."""
    where, what, *_ = cell.splitlines()
    elements = world.record.elements
    here = elements.loc[elements["site_code"] == where.split()[0]]
    titles = {
        site_report.element_title(one, row["kind"], row["label"] or "", words): one for one, row in here.iterrows()
    }
    return str(titles[what.split(": ")[0]])


def _page(world: worlds.World, said: str, words: wording.Wording) -> Said:
    found = _sentences(said, words)
    tables = printed.tables(said)
    cost, trips = words.text("Cost (baht)"), words.text("Trips lost without it")
    (fixes,) = [one for one in tables if cost in one.rows[0] and trips in one.rows[0]]
    *rows, total = fixes.records()
    *zones, all_zones = printed.table(said, words.text(ZONES)).records()
    opened, spent = words.text("Trips opened"), words.text("Spent there (baht)")
    (compared,) = [one for one in tables if one.caption == words.text("What each choice opens")]
    assert printed.number(all_zones[opened], words) == printed.number(compared.records()[0][opened], words)
    proof = {row[0]: row[1] for row in printed.table(said, words.text("The plan and its proof")).rows}
    assert found.today == printed.number(proof[words.text("Of 100 trips, step-free today")], words)
    assert found.after == printed.number(proof[words.text("Of 100 trips, step-free with this plan")], words)
    return Said(
        {fix_of(world, row[words.text("Fix")], words): printed.whole(row[cost], words) for row in rows},
        found.total,
        found.left,
        found.today,
        found.after,
        printed.number(all_zones[opened], words),
        {
            **found.sums,
            "total row": [printed.whole(total[cost], words)],
            "zones": [printed.whole(row[spent], words) for row in zones],
            "total of zones": [printed.whole(all_zones[spent], words)],
        },
        [printed.number(row[opened], words) for row in zones],
    )


@functools.cache
def made_on_page(world: worlds.World, language: str) -> AppTest:
    """Return the plan page with the plan of the budget on it."""
    return done(world.page("plan.py", language, plan_budget=str(BUDGET_THB / 1_000_000)))


def done(app: AppTest) -> AppTest:
    """Run a page again until its work is done."""
    until = time.monotonic() + PATIENCE_S
    while app.get("progress"):
        assert time.monotonic() < until
        time.sleep(0.2)
        app.run()
    assert not app.exception
    assert not app.error
    return app


@functools.cache
def subject(world: worlds.World) -> plan_contents.Subject:
    """Return the plan that files are written from, with a plan by years, made as the command makes it."""
    with connection.open_store(workspace.Workspace(world.folder)) as store:
        kept, designs = price_books.in_force(store), fix_steps.designs(store)
        committed = committed_works.committed(store, world.record)
    walking = site_network.read(world.folder, world.record.area)
    model = build_model.build(walking, world.record, kept.book, designs, committed=committed)
    wishes = plan_constraints.Constraints(float(BUDGET_THB))
    worked = solved_plan.solve(model.model, wishes, progress=lambda *_: None, cancelled=lambda: False)
    staged = solved_plan.by_years(model.model, wishes, YEARLY_THB, lambda *_: None)
    return plan_contents.Subject(world.record, model, wishes, worked, kept.book, kept.file_name, worlds.MADE_ON, staged)


@functools.cache
def file(world: worlds.World, kind: str, language: str) -> bytes:
    """Return one file of the plan."""
    return plan_files.made(kind, subject(world), wording.Wording(language))[1]


def rows_of(sheet: Any, wanted: Any, words: wording.Wording) -> list[dict[str, Any]]:
    """Return the rows of a sheet by the ids of its columns."""
    headings, *rows = sheet.iter_rows(values_only=True)
    assert list(headings) == [column.heading(words) for column in wanted]
    return [dict(zip((column.name for column in wanted), row, strict=True)) for row in rows]


def zones_of(budget: list[tuple[Any, ...]], words: wording.Wording) -> list[int]:
    """Return the likely cost of each zone of the budget table."""
    names = [row[0] for row in budget]
    first, last = (names.index(words.text(name)) for name in ("Zone of the fix", "Year of the plan by years"))
    return [row[3] for row in budget[first + 1 : last]]


def tenth(trips: float) -> Decimal:
    """Return trips as they are printed."""
    return Decimal(str(round(trips, 1)))


@dataclass(frozen=True)
class Phases:
    """What a room says of the plan by years: the cost of each year, and trips opened by its end."""

    costs: list[int]
    rows: list[int]
    opened: list[Decimal]
    headline: dict[str, Decimal] = field(default_factory=dict)


def phases_json(world: worlds.World, words: wording.Wording) -> Phases:
    yearly = ",".join(str(int(each)) for each in YEARLY_THB)
    said = world.answer("plan", "--budget-thb", str(BUDGET_THB), "--years", yearly)
    opened = [tenth(year["benefit"]) for year in said["years"]]
    costs = [round(year["cost_thb"]) for year in said["years"]]
    return Phases(costs, [], opened)


def phases_page(world: worlds.World, words: wording.Wording) -> Phases:
    app = made_on_page(world, words.language)
    app.number_input(key="plan_years").set_value(len(YEARLY_THB)).run()
    app.button(key="plan_years_work_go").click().run()
    said = worlds.html(done(app))
    *years, total = printed.table(said, words.text("The plan by years")).records()
    *built, of_all = printed.table(said, words.text("What is built when")).records()
    cost, opened = words.text("Cost (baht)"), words.text("Trips opened by its end")
    headline = printed.figures(studies.LEAD, said, words)
    costs = [printed.whole(row[cost], words) for row in years]
    assert printed.whole(total[cost], words) == printed.whole(of_all[cost], words) == sum(costs)
    rows = [printed.whole(row[cost], words) for row in built]
    return Phases(costs, rows, [printed.number(row[opened], words) for row in years], headline)


def phases_workbook(world: worlds.World, words: wording.Wording) -> Phases:
    book = openpyxl.load_workbook(io.BytesIO(file(world, "xlsx", words.language)), data_only=True)
    budget = [row for row in book["Budget"].iter_rows(values_only=True) if row[0]]
    first = [row[0] for row in budget].index(words.text("Year of the plan by years"))
    fixes = [one for one in rows_of(book["Fixes"], plan_contents.FIXES, words) if one["year"]]
    return Phases([row[3] for row in budget[first + 1 :]], [one["cost_likely_thb"] for one in fixes], [])


def kept_page(world: worlds.World, words: wording.Wording) -> Said:
    """Read a plan that was kept, on its own page."""
    worked = subject(world).worked
    with connection.open_store(workspace.Workspace(world.folder)) as store:
        known = plans.listed(store)["plan_id"].tolist()
        plan_id = known[0] if known else kept_plans.save(store, "2570", worked.certificate, worked.model, "E-01")
    said = worlds.html(world.page("plan.py", words.language, plan=plan_id))
    facts = {row[0]: row[1] for row in printed.table(said, words.text("The plan as it was kept")).rows}
    *rows, total = printed.table(said, words.text("What the plan builds")).records()
    cost, fix = words.text("Cost (baht)"), words.text("Fix")
    opened = printed.number(facts[words.text("Trips opened")], words)
    return Said(
        {fix_of(world, row[fix], words): printed.whole(row[cost], words) for row in rows},
        printed.whole(facts[cost], words),
        today=printed.number(facts[words.text("Step-free today")], words),
        opened=opened,
        sums={"total row": [printed.whole(total[cost], words)]},
    )
