"""Run ``python -m layers``: make the base map, import the residents by place."""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import rich.console
import rich.progress

from layers import base_file, errors, installation, opensidewalks, osm, osm_online, population_file, positions

WORKSPACE_KEY = "JAIDEE_WORKSPACE"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line: exit code 0 when done, 1 when something was refused."""
    # pipes and consoles of Windows begin in a code page that has no Thai letters
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    asked = _parser().parse_args(words)
    try:
        answer = asked.command(asked)
    except errors.LayerError as refused:
        print(refused, file=sys.stderr)
        return 1
    print(answer)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m layers", description="Make the ground under the sites.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    base = commands.add_parser("base", help="make or renew the base map from OpenStreetMap or OpenSidewalks")
    source = base.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "files",
        type=Path,
        nargs="*",
        default=[],
        metavar="FILE",
        help="an extract of OpenStreetMap that holds the city, such as FILE.osm.pbf; or a dataset of OpenSidewalks: "
        "its .zip, or its .geojson files",
    )
    source.add_argument("--online", action="store_true", help="fetch the city from Overpass; needs a network")
    base.add_argument("--overpass", default=osm_online.ADDRESS, metavar="URL", help="default: %(default)s")
    base.add_argument(
        "--box",
        metavar="W,S,E,N",
        help="degrees; when not given, Khon Kaen and 2 km around it, or all of a dataset of OpenSidewalks",
    )
    base.add_argument("--into", type=Path, default=_workspace(), metavar="DIR", help="default: %(default)s")
    base.set_defaults(command=_base)
    population = commands.add_parser("population", help="take in the residents by place, or take them away")
    given = population.add_mutually_exclusive_group(required=True)
    given.add_argument("file", type=Path, nargs="?", metavar="FILE", help="GeoPackage, GeoJSON or CSV with residents")
    given.add_argument("--remove", action="store_true", help="take the file of the workspace away")
    population.add_argument(
        "--box",
        metavar="W,S,E,N",
        help="degrees in which the places must be; when not given, Khon Kaen and 10 km around it",
    )
    population.add_argument("--workspace", type=Path, default=_workspace(), metavar="DIR", help="default: %(default)s")
    population.set_defaults(command=_population)
    return parser


def _base(asked: argparse.Namespace) -> str:
    """Make the base map and list its contents."""
    files = asked.files
    if files and all(map(opensidewalks.is_part, files)):
        given = _box(asked.box) if asked.box else None
        return _written(opensidewalks.write_base(files, asked.into, given), asked.into)
    if len(files) > 1:
        raise errors.LayerError(f"{', '.join(map(str, files))}: one extract at a time, or only files of OpenSidewalks")
    box = _box(asked.box) if asked.box else osm.city_box()
    # the bar goes to stderr, and to a terminal only: what is printed in the end may be read by a program
    console = rich.console.Console(stderr=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        rich.progress.Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("Base map", total=None)
        file = files[0] if files else None
        if file is None:
            bar.update(task, description=f"Asking {asked.overpass}")
            file = osm_online.fetch(box, Path(folder), asked.overpass)
        ground = osm.write_base(
            file,
            asked.into,
            box,
            progress=lambda looked, kept: bar.update(
                task, description=f"Reading {file.name}: {looked:,} things, {kept:,} kept"
            ),
        )
    return _written(ground, asked.into)


def _written(ground: osm.Ground, folder: Path) -> str:
    about = [f"  {key}: {value}" for key, value in ground.about.items()]
    return "\n".join((f"Base map written to {base_file.path(folder)}", *about))


def _population(asked: argparse.Namespace) -> str:
    """Import or remove the residents by place."""
    if asked.remove:
        gone = population_file.remove(asked.workspace)
        return f"{asked.workspace}: the file of residents was taken away" if gone else "There was no file of residents"
    try:
        content = asked.file.read_bytes()
    except OSError as fault:
        raise errors.LayerError(f"{asked.file}: cannot be read ({fault.strerror})") from fault
    box = _box(asked.box) if asked.box else positions.KHON_KAEN_SURROUNDINGS
    people = population_file.keep(asked.workspace, asked.file.name, content, box)
    count = f"{people[population_file.COLUMN].sum():,.0f} residents at {len(people):,} places"
    return f"{population_file.path(asked.workspace)}: {count}"


def _workspace() -> Path:
    named = os.environ.get(WORKSPACE_KEY)
    return Path(named) if named else installation.workspace()


def _box(written: str) -> positions.Box:
    try:
        west, south, east, north = (float(number) for number in written.split(","))
    except ValueError:
        accepted = "write four numbers with commas between them: west,south,east,north"
        raise errors.LayerError(f"--box {written}: {accepted}, in degrees") from None
    return positions.Box(west, south, east, north)


if __name__ == "__main__":
    sys.exit(main())
