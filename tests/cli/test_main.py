"""The command line starts light: it loads the command that was asked for, and nothing of the others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from audits import __main__ as program

HEAVY = {"numpy", "pandas", "geopandas", "sqlalchemy", "yaml", "jsonschema", "scipy", "folium", "typst", "streamlit"}
NOT_FOR_SCORES = {
    *("scipy", "folium", "typst", "streamlit", "ezdxf", "osmium", "pyxform", "pyodk", "requests", "xlsxwriter"),
    *("openpyxl", "fontTools", "pikepdf", "psycopg", "argon2", "uvicorn", "rich.progress"),
}


def loaded_after(*words: object) -> set[str]:
    """Return the modules that a command has imported when it ends."""
    code = (
        "import json, sys\n"
        "from audits import __main__ as program\n"
        "try:\n    program.application(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))"
    )
    command = [sys.executable, "-c", code, *map(str, words)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(result.stderr.splitlines()[-1]))


def test_help_loads_no_heavy_library() -> None:
    assert loaded_after("--help") & HEAVY == set()


def test_scoring_a_record_loads_no_library_of_another_vertical(demonstration_folder: Path) -> None:
    loaded = loaded_after("score", "--workspace", demonstration_folder / "demonstration", "--json")
    assert loaded & NOT_FOR_SCORES == set()


@pytest.mark.parametrize("name", program.COMMANDS)
def test_the_overview_gives_the_first_paragraph_of_the_command_s_own_help(name: str) -> None:
    command = typer.main.get_command(program.application).get_command(None, name)
    assert command.help.strip().split("\n\n")[0].replace("\n", " ") == program.summary(name) != ""
