"""Hand out the offline kit from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import record as records
from audits import terms, wording
from audits.cli import answers, arguments
from audits.field.kit import page as kit_room
from audits.field.kit import store as kit_store
from audits.rules import files
from audits.scoring import selection
from audits.store.register import devices
from layers import ground, web_assets

phrase = wording.phrase

WRITTEN = phrase("{count} sites in the offline kit {file}, {kilobytes} kB; open it once on each phone")


def kit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The new HTML file.", metavar="FILE.html")],
    zone: Annotated[int | None, typer.Option("--zone", help="Only sites of this zone.")] = None,
    sites: Annotated[str, typer.Option("--sites", help="Only these codes, separated by commas.")] = "",
    address: Annotated[str, typer.Option("--address", help="Where it sends to, such as https://host.")] = "",
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Write the offline kit: one page that surveys without a network, in Thai and English."""
    words = answers.reader(context).words
    office = kit_room.known_address(address)
    with arguments.opened(folder) as store:
        record = records.read(store, files.load_criteria(), records.weights_of(store.workspace))
        asked = arguments.known_codes([code.strip() for code in sites.split(",") if code.strip()], record.sites)
        zones = () if zone is None else (zone,)
        chosen = selection.select(record.sites, record.audit.sites, selection.Selection(zones=zones, codes=asked))
        if chosen.empty:
            raise typer.BadParameter("no site of the register is meant", param_hint="--zone, --sites")
        origin = kit_room.Origin(kit_store.workspace_id(store), record.demonstration, office, words.language)
        base = ground.of(store.workspace.folder)
        packed = kit_room.pack(record.select(chosen), devices.latest(store), origin, base)
    web_assets.prepare()
    content = kit_room.render(packed)
    file.write_bytes(content)
    answer = {"file": str(file), "bytes": len(content), "sites": len(chosen), "demonstration": origin.demonstration}
    lines = [words.text(terms.DEMONSTRATION)] if origin.demonstration else []
    written = words.text(
        WRITTEN, count=words.number(len(chosen), 0), file=file, kilobytes=words.number(len(content) / 1000, 0)
    )
    answers.give(context, answer, (*lines, written))
