"""The command line starts light: it loads the command that was asked for, and nothing of the others."""

import json
import subprocess
import sys

import pytest
import typer

from audits import __main__ as program

HEAVY = ("numpy", "pandas", "geopandas", "sqlalchemy", "scipy", "folium", "typst", "streamlit")
NOT_FOR_SCORES = ("scipy", "folium", "typst", "streamlit", "ezdxf", "osmium", "pyxform", "xlsxwriter", "fontTools")


def loaded_after(*words: str) -> set[str]:
    """Return the top-level libraries that a command has imported when it ends."""
    code = (
        "import json, sys\n"
        "from audits import __main__ as program\n"
        "try:\n    program.application(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        "sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(json.loads(result.stderr.splitlines()[-1]))


def test_help_loads_no_heavy_library() -> None:
    assert loaded_after("--help") & set(HEAVY) == set()


def test_a_command_loads_no_library_of_another_vertical() -> None:
    assert loaded_after("score", "--help") & set(NOT_FOR_SCORES) == set()


@pytest.mark.parametrize("name", program.COMMANDS)
def test_the_overview_says_what_the_command_says(name: str) -> None:
    command = typer.main.get_command(program.application).get_command(None, name)
    assert command.help.strip().split("\n\n")[0].replace("\n", " ") == program.COMMANDS[name].summary
