"""The house keeps its floors: every arrow downwards, one room per tool, rooms of a human size."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {"layers": 0, "audits": 1, "app_pages": 2, "app": 3}
PAGES = (
    *("city_map", "site", "survey", "quick_entry", "field_work", "review", "quality"),
    *("design", "plan", "works", "register", "criteria", "exports", "start"),
    *("council", "reach", "priority", "ledger", "privacy", "accounts", "accessibility"),
)
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
        "layers/starter_register.py",
        "audits/demo/values.py",
        "audits/rules/files.py",
        "audits/field/tables/profile.py",
    ),
    "typer": ("audits/__main__.py", "audits/command_line/"),
    "PIL": ("audits/store/",),
    "xlsxwriter": ("audits/formats/xlsx.py", "audits/exchange/", "audits/field/odk/"),
    "typst": ("audits/formats/typesetting.py",),
    "pikepdf": ("audits/formats/typesetting.py",),
    "segno": ("audits/paper/",),
    "uharfbuzz": ("layers/paper_text.py",),
    "osmium": ("layers/osm.py",),
    "ezdxf": ("audits/ramps/drawing/dxf.py",),
    "pyxform": ("audits/field/odk/",),
    "requests": ("audits/field/odk/", "layers/osm_online.py"),
    "scipy": ("audits/planning/", "layers/reach.py"),
    "defusedxml": ("audits/field/odk/",),
    "argon2": ("audits/store/accounts/",),
    "psycopg": ("audits/store/",),
    "uvicorn": ("audits/cli/serve.py",),
}
PURE = (
    "audits/survey.py",
    "audits/scoring/findings.py",
    "audits/scoring/scores.py",
    "audits/scoring/readings.py",
    "audits/scoring/next_measurement.py",
    "audits/scoring/questions.py",
    "audits/scoring/selection.py",
    "audits/scoring/run.py",
    "audits/quality/agreement.py",
    "audits/quality/calibration.py",
    "audits/quality/coefficients.py",
    "audits/quality/pairing.py",
    "audits/quality/report.py",
    "audits/quality/resurvey.py",
    "audits/roles.py",
    "audits/works/fix_states.py",
    "audits/priority.py",
    *(f"audits/{name}.py" for name in ("council", "trend", "council_money", "council_text")),
    *(f"audits/planning/{name}.py" for name in ("flows", "robustness", "plan_assumptions")),
    "audits/book/routes.py",
    *(f"audits/planning/{name}.py" for name in ("planning_model", "od_pairs", "greedy", "plan_constraints")),
    *(f"audits/planning/{name}.py" for name in ("quantities", "prices", "cost", "interventions", "solids")),
    *(f"audits/planning/{name}.py" for name in ("budget_program", "ranking", "frontier", "certificate")),
    "layers/distance.py",
    *(f"layers/{name}.py" for name in ("reach", "demand", "passability", "site_access", "osm_tags")),
)
OUTSIDE_WORLD = {"os", "pathlib", "sqlalchemy", "sqlite3", "time", "io", "tempfile", "subprocess", "socket"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "constants", "misc", "base"}
TOP_LEVEL = {"app.py", "app_pages", "audits", "layers", "data", "tests", "static", "requirements.txt", "README.md"} | {
    "pyproject.toml",
    "LICENSE",
    ".ci",
    ".streamlit",
    ".gitignore",
}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60

ROOMS = [path for place in ("audits", "layers", "app_pages") for path in (ROOT / place).rglob("*.py")]
SOURCES = [*sorted(ROOMS), ROOT / "app.py"]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each import as (module, name), the name empty for ``import module``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def _is_module(dotted: str) -> bool:
    path = ROOT / dotted.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_every_arrow_goes_downwards(path: Path) -> None:
    mine = FLOORS[_name(path).split("/")[0].removesuffix(".py")]
    for module, _ in _imports(path):
        floor = FLOORS.get(module.split(".")[0])
        assert floor is None or floor <= mine, f"{_name(path)} imports {module}, which is above it"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_our_own_modules_are_imported_as_modules(path: Path) -> None:
    for module, name in _imports(path):
        if module.split(".")[0] in FLOORS and name:
            assert _is_module(f"{module}.{name}"), f"{_name(path)}: import the module {module}, not {name} from it"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_no_page_is_imported_by_another(path: Path) -> None:
    for module, name in _imports(path):
        assert not (module == "app_pages" and name in PAGES), f"{_name(path)} imports the page {name}"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_each_tool_has_its_room(path: Path) -> None:
    for module, _ in _imports(path):
        rooms = ROOMS_OF_TOOLS.get(module.split(".")[0])
        assert rooms is None or _name(path).startswith(rooms), f"{_name(path)} uses {module}; its room is {rooms}"


@pytest.mark.parametrize("name", PURE)
def test_pure_rooms_see_no_file_clock_or_database(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert {module.split(".")[0] for module, _ in _imports(ROOT / name)} & OUTSIDE_WORLD == set()
    assert ".now(" not in text
    assert ".today(" not in text
    assert not re.search(r"(?<!\w)open\(", text)


def test_there_are_no_circles() -> None:
    arrows = {
        _name(path): {
            target
            for module, name in _imports(path)
            for target in (f"{module}.{name}".replace(".", "/") + ".py", module.replace(".", "/") + ".py")
            if (ROOT / target).is_file()
        }
        for path in SOURCES
    }
    done: set[str] = set()

    def visit(room: str, way: tuple[str, ...]) -> None:
        assert room not in way, " -> ".join((*way, room))
        if room not in done:
            for other in arrows.get(room, ()):
                visit(other, (*way, room))
            done.add(room)

    for room in arrows:
        visit(room, ())


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_rooms_have_a_human_size(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            lines = (node.end_lineno or 0) - first.lineno + 1
            assert lines <= MOST_LINES_OF_A_FUNCTION, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_names_say_what_is_inside(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    assert path.parent.name not in FORBIDDEN_NAMES
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), "every room says in a sentence what it does"


def test_the_top_level_is_the_one_the_readme_shows() -> None:
    ignored = {
        ".venv",
        ".git",
        "workspace",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        "__pycache__",
        ".pytest_cache",
    }
    assert {path.name for path in ROOT.iterdir()} - ignored <= TOP_LEVEL


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 90


def test_no_script_style_or_font_of_others_is_kept_here() -> None:
    ours = {path for path in (ROOT / "static").iterdir() if path.suffix in {".js", ".css"}}
    assert all("Copyright" not in path.read_text("utf-8") for path in ours)
    assert "static/vendor/" in (ROOT / ".gitignore").read_text("utf-8")
