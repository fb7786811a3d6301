"""Build the demonstration, or start a record with the starter register, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from audits import wording
from audits.cli import answers, arguments
from audits.demo import demonstration, seed
from audits.rules import files
from audits.store import town as towns
from audits.store.db import connection
from audits.store.surveys import read
from layers import time_zones, utm

phrase = wording.phrase

BUILT = phrase("{sites} sites, {visited} visited, {surveys} surveys ({added} new) in {folder}")
STARTED = phrase("{sites} sites and {elements} elements registered in {folder}")
NAMED = phrase("Workspace of {town} in {folder}, without sites; metres are measured in UTM {zone}, days in {time_zone}")
NAMED_NEAR = phrase(
    "The time zone {time_zone} is that of the nearest reference city; if it is wrong, name --time-zone."
)


@arguments.command()
def demo(request: arguments.Request) -> None:
    """Fill a workspace with invented surveys: the one named, or else one of its own beside the record."""
    # Named, the folder is the demonstration's own; a real record in it is refused when it is opened.
    place = request.workspace if request.folder else request.workspace.demonstration
    words = request.words
    with (
        connection.open_store(place, kind="demonstration") as store,
        answers.progress(words.text("Demonstration")) as progress,
    ):
        built = demonstration.build(store, files.load_criteria(), progress=progress)
    numbers = {name: getattr(built, name) for name in ("sites", "visited", "surveys", "added")}
    receipt = {"workspace": str(place.folder), "demonstration": True, **numbers, "head": str(built.head)}
    request.print_receipt(receipt, [words.text(BUILT, folder=place.folder, **numbers)])


@arguments.command()
def start(
    request: arguments.Request,
    actor: arguments.Actor,
    town: Annotated[str, typer.Option("--town", help="Name of another town: it starts without sites.")] = "",
    town_en: Annotated[str, typer.Option("--town-en", help="Its English name.")] = "",
    box: Annotated[str, typer.Option("--box", help="Its box, in degrees: west,south,east,north.")] = "",
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="Its time zone, such as Asia/Bangkok; else that of the nearest city.")
    ] = "",
) -> None:
    """Begin a record: with the starter register of 85 ramp sites and no surveys, or empty for another town."""
    with request.open_store(create=True) as store:
        if town or town_en or box or time_zone:
            named = towns.choose(store, town, town_en, box, actor, time_zone=time_zone)
            _print_named(request, store, named, is_guess=not time_zone)
            return
        seeded = seed.with_starter_register(store, actor)
        folder = store.workspace.folder
    numbers = {"sites": seeded.sites, "elements": seeded.elements}
    receipt = {"workspace": str(folder), **numbers, "head": str(seeded.head)}
    request.print_receipt(receipt, [request.words.text(STARTED, folder=folder, **numbers)])


def _print_named(request: arguments.Request, store: connection.Store, named: towns.Town, *, is_guess: bool) -> None:
    folder, zone = store.workspace.folder, utm.name(named.metres(read.sites(store)))
    town, text = {"th": named.th, "en": named.en}, request.words.text
    receipt = {"workspace": str(folder), "town": town, "box": str(named.box), "utm": zone, "time_zone": named.time_zone}
    lines = [text(NAMED, town=request.words.name(named), folder=folder, zone=zone, time_zone=named.time_zone)]
    if is_guess and named.time_zone != time_zones.BANGKOK:
        lines.append(text(NAMED_NEAR, time_zone=named.time_zone))
    request.print_receipt({**receipt, "head": str(read.head(store))}, lines)
