"""Build the demonstration, or start a record with the starter register, from the command line."""

from __future__ import annotations

from audits import wording
from audits.cli import answers, arguments
from audits.demo import demonstration, seed
from audits.rules import files
from audits.store.db import connection

phrase = wording.phrase

BUILT = phrase("{sites} sites, {visited} visited, {surveys} surveys ({added} new) in {folder}")
STARTED = phrase("{sites} sites and {elements} elements registered in {folder}")


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
def start(request: arguments.Request, actor: arguments.Actor) -> None:
    """Begin a record with the starter register: 85 ramp sites and the candidate spaces, no surveys."""
    with request.open_store(create=True) as store:
        seeded = seed.with_starter_register(store, actor)
        folder = store.workspace.folder
    numbers = {"sites": seeded.sites, "elements": seeded.elements}
    receipt = {"workspace": str(folder), **numbers, "head": str(seeded.head)}
    request.print_receipt(receipt, [request.words.text(STARTED, folder=folder, **numbers)])
