"""Answer ``python -m layers``: make the base map from a file of OpenStreetMap."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import rich.console
import rich.progress

from layers import base_file, errors, osm, positions

WORKSPACE_KEY = "JAIDEE_WORKSPACE"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; return 0 when done and 1 when something was refused."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    asked = _parser().parse_args(words)
    console = rich.console.Console(stderr=True)
    try:
        box = _box(asked.box) if asked.box else osm.city_box()
        with rich.progress.Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(f"Reading {asked.file.name}", total=None)
            ground = osm.write_base(
                asked.file,
                asked.into,
                box,
                progress=lambda looked, kept: bar.update(
                    task, description=f"Reading {asked.file.name}: {looked:,} things, {kept:,} kept"
                ),
            )
    except errors.LayerError as refused:
        print(refused, file=sys.stderr)
        return 1
    print(f"Base map written to {base_file.path(asked.into)}")
    for key, value in ground.about.items():
        print(f"  {key}: {value}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m layers", description="Make the ground under the sites.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    base = commands.add_parser("base", help="make or renew the base map from a file of OpenStreetMap")
    base.add_argument("file", type=Path, metavar="FILE.osm.pbf", help="an extract that holds the city")
    base.add_argument("--box", metavar="W,S,E,N", help="degrees; the municipality and 2 km around it when not given")
    base.add_argument("--into", type=Path, default=_default_folder(), metavar="DIR", help="default: %(default)s")
    return parser


def _default_folder() -> Path:
    named = os.environ.get(WORKSPACE_KEY)
    return (Path(named) if named else Path(__file__).parents[1] / "workspace") / "base"


def _box(written: str) -> positions.Box:
    try:
        west, south, east, north = (float(number) for number in written.split(","))
    except ValueError:
        accepted = "write four numbers with commas between them: west,south,east,north"
        raise errors.LayerError(f"--box {written}: {accepted}, in degrees") from None
    return positions.Box(west, south, east, north)


if __name__ == "__main__":
    sys.exit(main())
