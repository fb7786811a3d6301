"""Print what needs an administrator's hand, and what the program is made of."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import arguments
from audits.doctor import bill_of_materials, checks

LISTED = wording.phrase("{count} packages written to {file}")
AFFECTED = wording.phrase("{package} {version} has a known weakness, {advisory}, mended in {fixed_in}; update it.")


@arguments.command()
def doctor(request: arguments.Request) -> None:
    """Look at backup, disk, errors, accounts and certificates; exit code 1 when something needs a hand."""
    with request.open_store() as store:
        found = checks.examine(store, os.environ, dt.datetime.now(dt.UTC))
        place = store.workspace
    receipt = {
        "workspace": str(place.folder),
        "record": place.store_name,
        "checks": [
            {
                "check": one.name,
                "ok": one.ok,
                "known": one.known,
                "sentence": one.sentence(request.words),
                "details": one.lines(request.words),
            }
            for one in found
        ],
    }
    lines = []
    # what needs a hand first, then what nobody could look at
    for one in sorted(found, key=lambda one: (one.ok, one.known)):
        lines.append(f"{one.mark} {one.sentence(request.words)}")
        lines += [f"    {detail}" for detail in one.lines(request.words) if not one.ok]
    request.print_receipt(receipt, lines, ok=all(one.ok for one in found))


@arguments.command(workspace=False)
def sbom(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="The new file.")],
    replace: arguments.Replace = False,
) -> None:
    """Write the software bill of materials (CycloneDX); exit code 1 when an installed version has a known weakness."""
    arguments.refuse_existing([file], "FILE.json", replace=replace)
    found = bill_of_materials.components(bill_of_materials.pinned())
    file.write_text(bill_of_materials.cyclonedx(found, dt.datetime.now(dt.UTC)), "utf-8")
    weak = [
        {"package": one.name, "version": one.version, "advisory": known.advisory, "fixed_in": known.fixed_in}
        for one, known in bill_of_materials.affected(found.values(), bill_of_materials.advisories())
    ]
    lines = [request.words.text(LISTED, count=len(found), file=file)]
    lines += [request.words.text(AFFECTED, **each) for each in weak]
    request.print_receipt({"file": str(file), "components": len(found), "affected": weak}, lines, ok=not weak)
