"""Give every test the real criteria, small real tables, and a second judge that works row by row."""

from __future__ import annotations

import dataclasses
import fcntl
import functools
import gc
import math
import os
import random
import shutil
import types

import argon2
import hypothesis
import pandas as pd
import pytest
from streamlit.components.v2 import manifest_scanner

from audits import record as records
from audits import wording
from audits.demo import demonstration, seed
from audits.formats import frame_strings
from audits.rules import files, form_units, gazette, model
from audits.scoring import findings, run
from audits.store.accounts import passwords
from audits.store.db import connection, workspace
from layers import web_assets
from tests import chromium, made_records, postgis, seeds

hypothesis.settings.load_profile("soak" if seeds.SOAK else "push")

MORNING = "2026-03-02T03:00:00Z"
NAME = model.Name("ทดลอง", "trial")
UNITS = form_units.FormUnits("cm", (6.0, 24.0), {})
LAW = model.Source("law", NAME, NAME, "law", "law", None, None, None, NAME, (), None)


@pytest.fixture(scope="session", autouse=True)
def _prepared():
    """Lay the libraries and fonts where the app lays them when it starts."""
    web_assets.prepare()


@pytest.fixture(scope="session", autouse=True)
def _strings_as_in_the_app():
    """Hold strings as the app and the command line do."""
    frame_strings.hold_as_objects()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes():
    """Hash passwords for real, and quickly: 0.2 s each otherwise. A hash says itself what checking it costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _installed_packages_read_once():
    """Look through the installed packages for Streamlit's components once, not 0.18 s for each opened page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture(scope="session", name="chromium")
def _chromium():
    with chromium.launched() as browser:
        yield browser


# who asks for one of these looks into the file itself; `one_store` asks nothing of the database that a test which
# runs in both does not: it is refused before anything is written, or looks at what is made of a file or a picture
OF_THE_FILE = {"the_file", "outsider", "intruder", "one_store"}


def pytest_collection_modifyitems(config, items):
    """Begin with the browser's files, which take longest, and leave the soak to its own command."""
    soak = [] if seeds.SOAK else [item for item in items if item.get_closest_marker("soak")]
    if soak:
        config.hook.pytest_deselected(items=soak)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
    items.sort(key=lambda item: "browser" not in item.path.parts)


def pytest_collection_finish():
    """Leave what was imported to no more garbage collections, and look for garbage less often: 6 % of the CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_generate_tests(metafunc):
    """Run what needs a place for a record twice: in the embedded file and in PostGIS."""
    if "kind_of_store" in metafunc.fixturenames:
        kinds = ["embedded", "postgis"]
        if OF_THE_FILE.intersection(metafunc.fixturenames):
            kinds = ["embedded"]
        elif "the_database" in metafunc.fixturenames:
            kinds = ["postgis"]
        metafunc.parametrize("kind_of_store", kinds, indirect=True)


@pytest.fixture
def kind_of_store(request):
    return request.param


@pytest.fixture
def the_file():
    """Ask for the embedded file only."""


@pytest.fixture
def one_store():
    """Ask for one store only: what is tested is not in its SQL, which another test runs in both."""


@pytest.fixture
def the_database():
    """Ask for PostGIS only."""


@pytest.fixture(scope="session", name="postgis")
def _postgis(tmp_path_factory):
    """A PostgreSQL with a template that holds an empty record: ``laid_out``."""
    with postgis.launched() as server:
        server.create("with_postgis", "laid_out")
        place = workspace.Workspace(tmp_path_factory.mktemp("laid_out"), server.url("laid_out"))
        connection.open_store(place).close()
        yield server


@pytest.fixture(scope="session")
def laid_out_file(tmp_path_factory):
    """A workspace that holds an empty record: a copy costs a fifth of laying it out."""
    folder = tmp_path_factory.mktemp("laid_out_file") / "work"
    connection.open_store(workspace.Workspace(folder)).close()
    return folder


@pytest.fixture
def place(kind_of_store, tmp_path, request):
    """A workspace for a record that is still to be made; with ``store`` it is laid out already."""
    folder = tmp_path / "work"
    if kind_of_store == "embedded":
        if "store" in request.fixturenames:
            shutil.copytree(request.getfixturevalue("laid_out_file"), folder)
        yield workspace.Workspace(folder)
        return
    server = request.getfixturevalue("postgis")
    database = server.create("laid_out" if "store" in request.fixturenames else "with_postgis")
    yield workspace.Workspace(folder, server.url(database))
    server.drop(database)


@pytest.fixture(scope="session")
def demonstration_folder(tmp_path_factory):
    """A workspace with the starter register, and the demonstration beside it, built once: copy it before writing.

    The workers of one run share what the first of them built; each has a copy, as a store that one opens is in motion.
    """
    own = tmp_path_factory.mktemp("pristine") / "workspace"
    together = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else own.parent
    built = together / "demonstration"
    with (together / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            _build_demonstration(workspace.Workspace(own))
            shutil.copytree(own, together / "unfinished")
            (together / "unfinished").rename(built)
    if not own.exists():
        shutil.copytree(built, own)
    return own


def _build_demonstration(place):
    with connection.open_store(place) as store:
        seed.with_starter_register(store, "test")
    with connection.open_store(place.demonstration, kind="demonstration") as store:
        demonstration.build(store, files.load_criteria())


@pytest.fixture(scope="module")
def read_once():
    """Read and judge each state of a record once, under each choice: commands and pages that ask alike share it.

    Its key tells records apart for the pages too, and what is worked out from a record is kept with it.
    """
    kept, read = {}, records.read

    def once(store, criteria, weights, **choice):
        key = records.key(store, criteria, weights, **choice)
        if key not in kept:
            kept[key] = read(store, criteria, weights, **choice)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "read", once)
        yield


@pytest.fixture(scope="session")
def book():
    return files.load_criteria()


@pytest.fixture(scope="session")
def weights():
    return files.load_weights()


@pytest.fixture(scope="session", name="english")
def _english():
    return wording.Wording("en")


@pytest.fixture(scope="session", name="thai")
def _thai():
    return wording.Wording("th")


@dataclasses.dataclass(frozen=True)
class Town:
    """Write small registers and measurements, and audit them."""

    book: model.Criteria
    weights: model.Weights

    @staticmethod
    def sites(*codes, setting="building"):
        return pd.DataFrame({"setting": setting}, index=pd.Index(codes, name="code"))

    @staticmethod
    def elements(*element_ids, permitted_on=None):
        """Write elements whose ids say all, such as ``KK-001.ramp.1``."""
        index = pd.Index(element_ids, name="element_id")
        site_code, kind = zip(*(each.split(".")[:2] for each in element_ids), strict=True)
        day = pd.to_datetime(pd.Series([permitted_on] * len(index))).to_numpy()
        columns = {"site_code": site_code, "kind": kind, "label": "", "permitted_on": day}
        return pd.DataFrame(columns, index=index)

    @staticmethod
    def measured(*rows):
        """Write measurements: element, quantity, value, then uncertainty and instant where they matter."""
        full = [(*row, *(0.0, MORNING)[len(row) - 3 :]) for row in rows]
        frame = pd.DataFrame(full, columns=["element_id", "quantity", "value", "uncertainty", "observed_at"])
        return frame.assign(
            site_code=frame["element_id"].str.split(".").str[0].astype(object),
            observed_at=pd.to_datetime(frame["observed_at"], utc=True),
            value=frame["value"].astype(float),
        )

    def audit(self, measured, elements=None, sites=None, **options):
        elements = self.elements("KK-001.ramp.1") if elements is None else elements
        sites = self.sites(*dict.fromkeys(elements["site_code"])) if sites is None else sites
        return run.run(sites, elements, measured, self.book, self.weights, **options)

    def record(self, measured, elements=None, sites=None, **changes):
        """Judge a small town as one record; `changes` are fields of it."""
        elements = self.elements("KK-001.ramp.1") if elements is None else elements
        sites = self.sites(*dict.fromkeys(elements["site_code"])) if sites is None else sites
        return made_records.record_of(sites, elements, measured, self.book, self.weights, **changes)

    def complete_ramp(self, element_id="KK-001.ramp.1", **changes):
        """Measure a short ramp that meets every rule, but for the changes."""
        asked = [each.quantity_id for each in model.questions(self.book, "ramp") if not each.for_design]
        values = dict.fromkeys(asked, 1.0)
        values |= {
            "ramp_length_total_mm": 5000.0,
            "running_slope_pct": 6.0,
            "clear_width_mm": 1500.0,
            "space_before_ramp_length_mm": 1500.0,
            "end_square_smaller_side_mm": 1500.0,
            "longest_run_length_mm": 5000.0,
            "landing_length_mm": 1500.0,
            "raised_edge_height_mm": 100.0,
            "handrail_diameter_mm": 35.0,
            "handrail_height_mm": 800.0,
            "handrail_wall_gap_mm": 50.0,
            "handrail_above_fixing_mm": 120.0,
            "handrail_extension_mm": 300.0,
            "tactile_strip_depth_mm": 300.0,
            "tactile_strip_offset_mm": 300.0,
        }
        values |= changes
        return [(element_id, quantity, value) for quantity, value in values.items()]


@pytest.fixture(scope="session")
def town(book, weights):
    return Town(book, weights)


class RowByRow:
    """Judge one record in plain Python, written from the rules' definition and sharing no code with the judge."""

    OPERATORS = types.MappingProxyType(
        {
            "at_least": lambda value, edge: value >= edge,
            "more_than": lambda value, edge: value > edge,
            "at_most": lambda value, edge: value <= edge,
            "less_than": lambda value, edge: value < edge,
            "is_yes": lambda value, edge: value > 0,
            "is_no": lambda value, edge: value == 0,
        }
    )

    def applies(self, limit, record):
        """Return True, False, or None where a condition was not measured."""
        answers = []
        for condition in limit.conditions:
            values = [value for value, _ in record.get(condition.quantity.quantity_id, ())]
            met = any(self.OPERATORS[condition.operator](value, condition.value) for value in values)
            answers.append(met if values else None)
        return False if False in answers else None if None in answers else True

    def required(self, table, total):
        for up_to, required in table.steps:
            if total <= up_to:
                return required
        last, required = table.steps[-1]
        while table.per is not None and total > last:
            rest = total - last
            required += 1 if rest >= table.per or rest > table.round_up_over else 0
            last += table.per
        return required

    def possible(self, rule, record):
        """Return the outcomes still possible: a set of ``pass``, ``fail`` and ``not_applicable``."""
        limit = rule.limit
        applies = self.applies(limit, record)
        if applies is False:
            return {"not_applicable"}
        lower, may_need_nothing = limit.lower, False
        if limit.table is not None:
            totals = [value for value, _ in record.get(limit.table.quantity.quantity_id, ())]
            lower = max((self.required(limit.table, total) for total in totals), default=None)
            if lower == 0:
                return {"not_applicable"}
            may_need_nothing = lower is None and any(required == 0 for _, required in limit.table.steps)
        own = self.answers(rule.criterion.quantity, record)
        ways = {"pass", "fail"} if lower is None or not own else self.compared(own, lower, limit.upper)
        return ways | ({"not_applicable"} if applies is None or may_need_nothing else set())

    def answers(self, quantity, record):
        """Return what was answered; where nothing was, a question answered no may say no to this one too."""
        own, without = record.get(quantity.quantity_id, ()), record.get(quantity.no_without, ())
        return own or [pair for pair in without if pair[0] == 0]

    def compared(self, own, lower, upper):
        guard = max(uncertainty for _, uncertainty in own)
        lower -= 1e-9 * max(1.0, abs(lower)) if math.isfinite(lower) else 0
        upper += 1e-9 * max(1.0, abs(upper)) if math.isfinite(upper) else 0
        inside = [lower <= value - guard and value + guard <= upper for value, _ in own]
        outside = [value + guard < lower or value - guard > upper for value, _ in own]
        if any(outside):
            return {"fail"}
        return {"pass"} if all(inside) else {"pass", "fail"}

    def verdict(self, rule, record):
        possible = self.possible(rule, record)
        if len(possible) == 1:
            return next(iter(possible))
        table = rule.limit.table
        known = bool(self.answers(rule.criterion.quantity, record))
        known = known and (table is None or table.quantity.quantity_id in record)
        return "borderline" if known and possible == {"pass", "fail"} else "unknown"


@pytest.fixture(scope="session")
def row_by_row():
    return RowByRow()


@pytest.fixture(scope="session")
def as_readings():
    """Give the vectorised judge's readings of many records, each quantity id to a list of (value, uncertainty)."""

    def convert(records):
        nothing = [(math.nan, math.nan)]
        result = {}
        for quantity in {name for record in records for name in record}:
            rows = [record.get(quantity, nothing) for record in records]
            low, high, guard = (
                [pick(pair[part] for pair in row) for row in rows] for pick, part in ((min, 0), (max, 0), (max, 1))
            )
            result[quantity] = findings.Readings(*(pd.Series(each).to_numpy(float) for each in (low, high, guard)))
        return result

    return convert


def _quantity(number, kind):
    unit = {"yes_no": "yes_no", "count": "count"}.get(kind, "mm")
    return model.Quantity(f"q{number}_{kind}", NAME, NAME, NAME, kind, unit, (), (0, 99), (0, 99), 1.0, 1, ("ramp",))


class SmallRules:
    """A few rules over a few quantities, and every value that the rules can tell apart."""

    GRID = types.MappingProxyType(
        {"yes_no": (0.0, 1.0), "count": (0.0, 1.0, 2.0, 4.0, 9.0), "length": (5.0, 10.0, 15.0, 20.0, 25.0)}
    )

    def __init__(self, chance: random.Random, shared: bool = True) -> None:
        kinds = [chance.choice(("yes_no", "count", "length")) for _ in range(chance.randint(2, 4))]
        quantities = [_quantity(number, kind) for number, kind in enumerate(kinds)]
        self.grids = {each.quantity_id: self.GRID[each.kind] for each in quantities}
        judged = [chance.choice(quantities) for _ in range(chance.randint(2, 5))] if shared else quantities
        self.rules = tuple(self._rule(chance, number, each, quantities, shared) for number, each in enumerate(judged))
        self.weights = tuple(float(chance.choice((1, 2, 4, 8))) for _ in self.rules)
        self.book = model.Criteria({}, {each.quantity_id: each for each in quantities}, {}, {}, UNITS, "")

    def _rule(self, chance, number, quantity, quantities, shared):
        others = [each for each in quantities if each is not quantity] if shared else []
        conditions = tuple(
            self._condition(chance, each) for each in chance.sample(others, min(len(others), chance.randint(0, 2)))
        )
        counts = [each for each in others if each.kind == "count"]
        lower, upper, table = self._bounds(chance, quantity, counts)
        limit = model.Limit(
            *("", LAW, NAME, lower, upper, table, quantity.unit, "", "A"), gazette.REPORTED, (), None, conditions, ""
        )
        criterion = model.Criterion(f"ramp.c{number}", "ramp", NAME, quantity, 1, {}, "", NAME, (limit,), ())
        return findings.Rule(criterion, limit)

    @staticmethod
    def _condition(chance, quantity):
        if quantity.kind == "yes_no":
            operator = chance.choice(("is_yes", "is_no"))
            return model.Condition(quantity, operator, float(operator == "is_yes"))
        edge = 2.0 if quantity.kind == "count" else chance.choice((10.0, 20.0))
        return model.Condition(quantity, chance.choice(("at_least", "more_than", "at_most", "less_than")), edge)

    @staticmethod
    def _bounds(chance, quantity, counts):
        if quantity.kind == "yes_no":
            return 1.0, math.inf, None
        if quantity.kind == "count" and counts and chance.random() < 0.7:
            steps = ((1.0, float(chance.choice((0, 1)))), (3.0, 2.0))
            per = chance.choice((None, 3.0))
            return -math.inf, math.inf, model.LimitTable(chance.choice(counts), steps, per, 1.0 if per else 0.0)
        if quantity.kind == "count":
            return 2.0, math.inf, None
        return (*chance.choice(((10.0, math.inf), (-math.inf, 20.0), (10.0, 20.0))), None)

    def partial(self, chance: random.Random):
        """Return a record with some quantities left out, some read twice, some with uncertainty."""
        record = {}
        for quantity, grid in self.grids.items():
            if chance.random() < 0.55:
                guard = chance.choice((0.0, 0.0, 5.0)) if quantity.endswith("length") else 0.0
                record[quantity] = [(chance.choice(grid), guard) for _ in range(chance.choice((1, 1, 1, 2)))]
        return record


@pytest.fixture(scope="session")
def small_rules():
    return SmallRules
