"""The house keeps its floors: every arrow downwards, one room per tool, modules of a human size."""

from __future__ import annotations

import ast
import functools
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Lowest first. A package imports packages below it; of its own floor only those that SIDEWAYS lists.
FLOORS = (
    ("layers",),
    ("audits.errors", "audits.wording", "audits.terms", "audits.survey", "audits.roles", "audits.settings"),
    ("audits.formats", "audits.rules"),
    ("audits.scoring",),
    ("audits.store",),
    ("audits.record", "audits.cli"),
    ("audits.barriers",),
    (
        "audits.doctor",
        "audits.quality",
        "audits.reports",
        "audits.priority",
        "audits.notebook",
        "audits.ramps",
        "audits.requests",
    ),
    ("audits.access",),
    ("audits.plans", "audits.works"),
    ("audits.council", "audits.receipts", "audits.field", "audits.law"),
    ("audits.book", "audits.export", "audits.demo", "audits.transition", "audits.nation"),
    ("audits", "audits.__main__"),
    ("app_pages.session",),
    ("app_pages.parts", "app_pages.web"),
    ("app_pages",),
    ("app",),
)
SIDEWAYS = {
    ("audits.cli", "audits.record"),
    ("audits.reports", "audits.quality"),
    ("audits.works", "audits.plans"),
    ("audits.export", "audits.book"),
}
# within the loose modules of the lowest floor: who may import whom
SIDEWAYS |= {(f"audits.{name}", "audits.errors") for name in ("wording", "roles", "settings")}
SIDEWAYS |= {(f"audits.{name}", "audits.wording") for name in ("terms", "roles")}
MOST_LOOSE_MODULES = 12

PAGES_FOLDER = ROOT / "app_pages"
ROOMS_OF_TOOLS = {
    "streamlit": ("app.py", "app_pages/"),
    "streamlit_folium": ("app_pages/parts/shared/folium_component.py",),
    "starlette": ("app.py", "app_pages/web/"),
    "sqlalchemy": ("audits/store/",),
    "sqlite3": (
        "audits/store/",
        "audits/formats/geopackage.py",
        "audits/reports/geopackage.py",
        "audits/field/qfield/",
    ),
    "folium": ("layers/web_map.py", "app_pages/parts/shared/folium_component.py"),
    "babel": ("audits/wording.py",),
    "yaml": (
        "audits/rules/files.py",
        "audits/field/tables/profile.py",
        "audits/demo/values.py",
        "layers/starter_register.py",
    ),
    "typer": ("audits/__main__.py", "audits/cli/", "*command.py"),
    "PIL": ("audits/store/photos/",),
    "xlsxwriter": (
        *(
            "audits/formats/xlsx.py",
            "audits/reports/spreadsheet.py",
            "audits/ramps/cost_workbook.py",
            "audits/ramps/cost_forms.py",
        ),
        *("audits/plans/plan_workbook.py", "audits/export/priority_table.py", "audits/field/odk/xlsform.py"),
        "audits/works/works_workbook.py",
    ),
    "typst": ("audits/formats/typesetting.py",),
    "pikepdf": ("audits/formats/",),
    "docx": ("audits/formats/word_document.py",),
    "segno": ("audits/book/",),
    "uharfbuzz": ("layers/paper_text.py",),
    "osmium": ("layers/osm.py",),
    "ezdxf": ("audits/ramps/drawing/", "audits/formats/drawing_points.py"),
    "pyxform": ("audits/field/odk/",),
    "requests": ("audits/field/odk/", "layers/osm_online.py"),
    "scipy": ("audits/plans/", "layers/distance.py", "layers/reach.py"),
    "defusedxml": ("audits/field/odk/", "audits/formats/"),
    "argon2": ("audits/store/accounts/",),
    "psycopg": ("audits/store/db/",),
    "uvicorn": ("audits/cli/",),
    "distributed": ("audits/nation/cluster.py",),
}
PURE = ("audits/rules", "audits/scoring", "audits/ramps", "audits/plans", "audits/access", "layers")
# a solver has a clock and may run in a process of its own; these layers keep files
NOT_PURE = (
    *("audits/plans/budget_plan.py", "audits/plans/staging.py", "audits/plans/solver_process.py"),
    "audits/plans/branch_and_bound.py",
    *("layers/base_file.py", "layers/population_file.py", "layers/web_assets.py"),
)
OUTSIDE_WORLD = {"os", "sqlalchemy", "sqlite3", "time", "tempfile", "subprocess", "socket"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "constants", "misc", "base"}
PRIVATE_DIALECT = re.compile(r"\b_?(told|said)\b(?!\":)|\"\"\"Return (what|whether what)\b")
TOP_LEVEL = {
    *("app.py", "app_pages", "audits", "layers", "data", "tests", "static", "requirements.txt", "README.md"),
    *("pyproject.toml", "LICENSE", ".ci", ".streamlit", ".gitignore"),
}
MOST_LINES, MEDIAN_LINES = 400, 140
MOST_LINES_OF_A_BODY, MEDIAN_LINES_OF_A_BODY = 60, 8

SOURCES = sorted(path for place in ("audits", "layers", "app_pages") for path in (ROOT / place).rglob("*.py"))
SOURCES += [ROOT / "app.py"]
TEXTS = {path: path.read_text("utf-8") for path in SOURCES}


# Parsed by the first test that asks: every process that runs tests imports this module, and one of them runs it.
@functools.cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(text) for path, text in TEXTS.items()}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _module(path: Path) -> str:
    return _name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {_module(path) for path in SOURCES}


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each import as (module, name), the name empty for ``import module``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def _arrows() -> dict[str, set[str]]:
    """Return, for each of our modules, the modules of ours that it imports."""
    arrows = {}
    for path, tree in trees().items():
        named = {each for module, name in _imports(tree) for each in (f"{module}.{name}", module)}
        arrows[_module(path)] = {each for each in named & MODULES if not _is_package(each)}
    return arrows


def _is_package(module: str) -> bool:
    return (ROOT / module.replace(".", "/") / "__init__.py").is_file()


def _package(module: str) -> str:
    """Return the name under which a module stands in FLOORS, the longest that fits."""
    parts = module.split(".")
    known = {name for floor in FLOORS for name in floor}
    return next((name for n in range(len(parts), 0, -1) if (name := ".".join(parts[:n])) in known), "")


def _faults(arrows: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a sentence for each import that goes upwards, or sideways where nothing allows it."""
    floor_of = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    faults = []
    for module, targets in sorted(arrows.items()):
        mine = _package(module)
        for target in sorted(targets):
            theirs = _package(target)
            if not mine or not theirs:
                faults.append(f"{module if not mine else target} has no floor")
            elif floor_of[theirs] > floor_of[mine]:
                faults.append(f"{module} imports {target}, which is above it")
            elif floor_of[theirs] == floor_of[mine] and mine != theirs and (mine, theirs) not in SIDEWAYS:
                faults.append(f"{module} imports {target}, beside it")
    return faults


def test_every_arrow_goes_downwards() -> None:
    assert _faults(_arrows()) == []


def test_one_upward_import_is_found() -> None:
    arrows = _arrows()
    arrows["audits.scoring.findings"] = {*arrows["audits.scoring.findings"], "audits.store.db.connection"}
    assert _faults(arrows) == ["audits.scoring.findings imports audits.store.db.connection, which is above it"]


def test_every_loose_module_has_a_floor_and_they_are_few() -> None:
    loose = [path.stem for path in (ROOT / "audits").glob("*.py") if path.stem != "__init__"]
    assert len(loose) <= MOST_LOOSE_MODULES
    assert all(_package(f"audits.{name}") == f"audits.{name}" for name in loose)


def test_no_two_packages_import_each_other() -> None:
    pairs = {
        (mine, theirs)
        for module, targets in _arrows().items()
        for mine, theirs in ((module.rpartition(".")[0], target.rpartition(".")[0]) for target in targets)
        if mine != theirs and not f"{theirs}.".startswith(f"{mine}.") and not f"{mine}.".startswith(f"{theirs}.")
    }
    assert {pair for pair in pairs if pair[::-1] in pairs} == set()


def test_there_are_no_circles() -> None:
    arrows, done = _arrows(), set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in done:
            for other in arrows.get(module, ()):
                visit(other, (*way, module))
            done.add(module)

    for module in arrows:
        visit(module, ())


def test_our_own_modules_are_imported_as_modules() -> None:
    ours = {"audits", "layers", "app_pages", "app"}
    wrong = [
        f"{_name(path)}: import the module {module}, not {name} from it"
        for path, tree in trees().items()
        for module, name in _imports(tree)
        # the public door hands functions on; nothing else does
        if module.split(".")[0] in ours
        and name
        and f"{module}.{name}" not in MODULES
        and path != ROOT / "audits/__init__.py"
    ]
    assert wrong == []


def test_no_page_is_imported() -> None:
    pages = {f"app_pages.{path.stem}" for path in PAGES_FOLDER.glob("*.py")}
    assert {(module, target) for module, targets in _arrows().items() for target in targets if target in pages} == set()


def test_each_tool_has_its_room() -> None:
    wrong = [
        f"{_name(path)} uses {module}; its room is {rooms}"
        for path, tree in trees().items()
        for module, _ in _imports(tree)
        if (rooms := ROOMS_OF_TOOLS.get(module.split(".")[0])) and not _stands_in(path, rooms)
    ]
    assert wrong == []


def _stands_in(path: Path, rooms: tuple[str, ...]) -> bool:
    name = _name(path)
    return any(room.lstrip("*") in name if room.startswith("*") else name.startswith(room) for room in rooms)


def test_pure_packages_see_no_clock_database_or_environment() -> None:
    wrong = []
    for path, tree in trees().items():
        if (
            not _name(path).startswith(PURE)
            or _name(path) in NOT_PURE
            or path.name.endswith(("command.py", "__main__.py"))
        ):
            continue
        wrong += [f"{_name(path)} imports {one}" for one, _ in _imports(tree) if one.split(".")[0] in OUTSIDE_WORLD]
        wrong += [f"{_name(path)}: {call}" for call in (".now(", ".today(") if call in TEXTS[path]]
    assert wrong == []


def _bodies(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the name of each function with the lines of its body, the docstring left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            yield node.name, (node.end_lineno or 0) - first.lineno + 1


def test_modules_and_functions_have_a_human_size() -> None:
    lengths = {_name(path): len(text.splitlines()) for path, text in TEXTS.items()}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}
    assert statistics.median(lines for name, lines in lengths.items() if lines > 2) <= MEDIAN_LINES
    bodies = [(f"{_name(path)}: {name}", lines) for path, tree in trees().items() for name, lines in _bodies(tree)]
    assert [body for body in bodies if body[1] > MOST_LINES_OF_A_BODY] == []
    assert statistics.median(lines for _, lines in bodies) <= MEDIAN_LINES_OF_A_BODY


def test_names_say_what_is_inside() -> None:
    assert [_name(path) for path in SOURCES if {path.stem, path.parent.name} & FORBIDDEN_NAMES] == []
    assert [_name(path) for path, tree in trees().items() if not ast.get_docstring(tree)] == []


def test_the_language_is_plain() -> None:
    wrong = [
        f"{_name(path)}:{number}: {line.strip()}"
        for path, text in TEXTS.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if PRIVATE_DIALECT.search(line)
    ]
    assert wrong == []


def test_the_tests_mirror_the_tree() -> None:
    """Every folder of tests stands for a folder of the product, but for those that cross it."""
    across = {"agreement", "benchmarks", "browser", "examples", "fresh_machine", "fuzz", "pictures", "qgis", "soak"}
    across |= {"web_forms"}
    strangers = []
    for folder in (path for path in (ROOT / "tests").rglob("*") if path.is_dir() and any(path.glob("test_*.py"))):
        parts = folder.relative_to(ROOT / "tests").parts
        if parts[0] not in across and not any((ROOT / top / Path(*parts)).is_dir() for top in (".", "audits")):
            strangers.append("/".join(parts))
    assert strangers == []


def test_the_top_level_is_the_one_the_readme_shows() -> None:
    ignored = {
        *(".venv", ".git", "workspace", ".mypy_cache", ".ruff_cache", ".hypothesis", "__pycache__", ".pytest_cache"),
        *("build", "jaidee.egg-info"),
    }
    assert {path.name for path in ROOT.iterdir()} - ignored <= TOP_LEVEL


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 90


def test_no_script_style_or_font_of_others_is_kept_here() -> None:
    ours = {path for path in (ROOT / "static").iterdir() if path.suffix in {".js", ".css"}}
    assert all("Copyright" not in path.read_text("utf-8") for path in ours)
    assert "static/vendor/" in (ROOT / ".gitignore").read_text("utf-8")
