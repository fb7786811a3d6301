"""Say from the command line which elements of the register are one physical thing."""

from __future__ import annotations

from typing import Annotated

import typer

from audits import record as records
from audits import wording
from audits.cli import arguments, usage_problems
from audits.store.register import presumed_pairs, same_elements

phrase = wording.phrase

JOINED = phrase("{other} is one thing with {kept}: it is counted and mended once, as {kept}")
APART = phrase("{other} and {kept} are two things")
PRESUMED = phrase("{other} may be one thing with {kept}: nobody has decided yet")
NOTHING = phrase("Nothing is joined, and nothing is presumed to be one thing")


@arguments.command()
def same(
    request: arguments.Request,
    actor: arguments.Actor,
    kept: Annotated[str, typer.Argument(help="Id of the element that is counted, such as KK-001.ramp.1.")] = "",
    other: Annotated[str, typer.Argument(help="Id of the other record of it, such as SP-020.ramp.1.")] = "",
    two: Annotated[bool, typer.Option("--two", help="They are two things: takes an earlier answer back.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="How it is known, for the audit log.")] = "command line",
) -> None:
    """Record that two elements are one thing, or two; without elements, list what is joined and what is presumed."""
    if bool(kept) != bool(other):
        raise usage_problems.refused(usage_problems.TWO_ELEMENTS, "OTHER")
    with request.open_store() as store:
        if kept:
            decide = same_elements.separate if two else same_elements.join
            decide(store, kept, other, actor, reason)
        sites, elements = records.register(store)
        joined = same_elements.joined(store)
        presumed = presumed_pairs.find(sites, elements, joined, same_elements.apart(store))
    receipt = {
        "joined": [{"kept": one, "other": name} for name, one in joined.items()],
        "presumed": [{"kept": one, "other": name} for one, name in presumed.index],
    }
    words = request.words
    lines = [words.text(JOINED, **one) for one in receipt["joined"]]
    lines += [words.text(PRESUMED, **one) for one in receipt["presumed"]]
    if kept:
        lines = [words.text(APART if two else JOINED, kept=kept, other=other)]
    request.print_receipt(receipt, lines or [words.text(NOTHING)])
