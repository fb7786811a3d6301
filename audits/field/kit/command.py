"""Write the offline kit from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import arguments
from audits.field.kit import page as kit_room
from audits.field.kit import store as kit_store
from audits.plans import site_fixes
from audits.store.register import devices
from layers import ground, web_assets

phrase = wording.phrase

WRITTEN = phrase("{count} sites in the offline kit {file}, {kilobytes} kB; open it once on each phone")


@arguments.command()
def kit(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(help="The new HTML file.", metavar="FILE.html")],
    zone: arguments.Zone = None,
    sites: arguments.Codes = "",
    address: Annotated[str, typer.Option("--address", help="Where it sends to, such as https://host.")] = "",
) -> None:
    """Write the offline kit: one page that surveys without a network, in Thai and English."""
    words = request.words
    office, record = kit_room.known_address(address), request.read_record()
    zones = () if zone is None else (zone,)
    chosen = arguments.chosen_sites(record, "--zone, --sites", codes=sites, zones=zones)
    with request.open_store() as store:
        origin = kit_room.Origin(kit_store.workspace_id(store), record.demonstration, office, words.language)
        base = ground.of(store.workspace.folder, record.area)
        unsized = site_fixes.waiting_in(store, record)
        packed = kit_room.pack(record.select(chosen), devices.latest(store), origin, base, unsized)
    web_assets.prepare()
    content = kit_room.render(packed)
    file.write_bytes(content)
    receipt = {"file": str(file), "bytes": len(content), "sites": len(chosen), "demonstration": record.demonstration}
    count, kilobytes = words.number(len(chosen), 0), words.number(len(content) / 1000, 0)
    request.print_receipt(receipt, [words.text(WRITTEN, count=count, file=file, kilobytes=kilobytes)])
