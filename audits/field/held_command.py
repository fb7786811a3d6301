"""List the held records from the command line, and decide on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from audits import wording
from audits.cli import arguments, usage_problems
from audits.field import held_decisions
from audits.reports import markers
from audits.store.surveys import read

phrase = wording.phrase

HELD = phrase("{name}: {file}, held on {day}: {site}")
COUNTS = phrase("{name} counts at {code} now, with receipt {number}")
STILL_HELD = phrase("{name} is held under {code} now, with what is still to be mended")
SAY_SITE = phrase("Say which site it is: python -m audits held {name} --site CODE")
KEPT_ASIDE = phrase("{name} is not needed any more; it is kept with the reason")


@arguments.command()
def held(
    request: arguments.Request,
    actor: arguments.Actor,
    name: Annotated[str, typer.Argument(metavar="[BATCH.LINE]", help="One record, such as 3.7; none to list.")] = "",
    site: Annotated[str, typer.Option("--site", help="Code of the site that it is of.")] = "",
    because: Annotated[str, typer.Option("--because", help="Why it is not needed any more.")] = "",
) -> None:
    """List the records that are held back; say of which site one is, or why it is not needed any more."""
    # either nothing is named, or a record together with exactly one of both decisions
    if bool(name) != (bool(site) != bool(because)):
        raise usage_problems.refused(usage_problems.ONE_DECISION, "BATCH.LINE")
    words, done = request.words, None
    with request.open_store() as store:
        rows = {_name(one): one for one in held_decisions.waiting(store)}
        one = rows[arguments.known(name, list(rows), "BATCH.LINE")] if name else None
        names = {
            str(row.Index): f"{row.Index} {markers.site_name(row, words)}" for row in read.sites(store).itertuples()
        }
        if one is not None and because:
            held_decisions.dismiss(store, one, because, actor)
        elif one is not None:
            done = held_decisions.assign_site(store, one, site, actor, request.criteria(), words)
        head = str(read.head(store))
    shown = rows.values() if one is None else (one,)
    receipt = {
        "held": [_record(each) for each in shown],
        "decision": None if one is None else "dismissed" if done is None else "taken_in" if done.number else "held",
        "receipt": done.number if done else 0,
        "problems": request.problems(done.problems if done else ()),
        "head": head,
    }
    lines = [line for each in shown for line in _lines(each, names, words)]
    if one is None:
        lines.append(words.count("{n} record waits for a decision", "{n} records wait for a decision", len(rows)))
    elif done is None:
        lines = [words.text(KEPT_ASIDE, name=name)]
    else:
        sentence = COUNTS if done.number else STILL_HELD
        lines = [words.text(sentence, name=name, code=site, **({"number": done.number} if done.number else {}))]
        lines += map(words.problem, done.problems)
    request.print_receipt(receipt, lines)


def _name(row: held_decisions.Waiting) -> str:
    return f"{row.batch_id}.{row.line}"


def _record(row: held_decisions.Waiting) -> dict[str, object]:
    return {
        "name": _name(row),
        **{"file": row.file_name, "held_by": row.held_by, "held_at": row.held_at.isoformat()},
        **{"site_as_written": row.about.site_code, "needs_a_site": row.needs_a_site, "reasons": list(row.reasons)},
    }


def _lines(row: held_decisions.Waiting, names: Mapping[str, str], words: wording.Wording) -> Iterator[str]:
    site, day = row.site(names, words), words.instant(row.held_at)
    yield words.text(HELD, name=_name(row), file=row.file_name, day=day, site=site)
    yield from (f"    {reason}" for reason in row.reasons_in(words))
    if row.needs_a_site:
        yield f"    {words.text(SAY_SITE, name=_name(row))}"
