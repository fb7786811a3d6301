"""Print what needs an administrator's hand."""

from __future__ import annotations

import datetime as dt
import os

from audits.cli import arguments
from audits.doctor import checks


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
            {"check": one.name, "ok": one.ok, "sentence": one.sentence(request.words), "details": list(one.details)}
            for one in found
        ],
    }
    lines = []
    for one in sorted(found, key=lambda one: one.ok):
        lines.append(f"{'✓' if one.ok else '✕'} {one.sentence(request.words)}")
        lines += [f"    {detail}" for detail in one.details if not one.ok]
    request.print_receipt(receipt, lines, ok=all(one.ok for one in found))
