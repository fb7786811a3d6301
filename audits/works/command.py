"""List how far each fix is and what it costs, and record its contract, progress and payments."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from audits import barriers, errors, terms, wording
from audits.cli import arguments
from audits.formats import days
from audits.plans import levelled_rise, site_fixes
from audits.ramps import price_books
from audits.reports import about_lines
from audits.rules import model
from audits.store.db import connection
from audits.works import begun, contracts, fix_states, spending, works_table, works_workbook

phrase = wording.phrase

SUMMARY = phrase(
    "{n} fixes, {overdue} of them overdue and {over} over budget; {resurveys} sites are due to be surveyed again"
)
MONEY = phrase("Estimate {estimate_thb} baht, contract {contract_thb} baht, paid {paid_thb} baht")
COST = phrase("about {cost} baht")
RECORDED = phrase("Recorded for {fix}.")

WRITTEN = phrase("written: {file}")
MEASURE_FIRST = phrase(
    "Measure first: {n} possible barriers at {sites} sites, {minutes} minutes; nothing is priced there"
)

IS_SITE = errors.ProblemKind("WORKS-025", "{code} is a site; name one of its fixes: {fixes}.")
NO_FIX = errors.ProblemKind("WORKS-026", "{code} is a site where nothing is to be mended or is followed; name a fix.")
SURE = errors.ProblemKind("WORKS-027", "Confirm a price that is right by repeating the command with --sure.")

works = typer.Typer(help=__doc__, invoke_without_command=True)
SO_FAR = {name: fix_states.BUILT if name == spending.COMPLETED else name for name in spending.RUNGS}
STEPS = tuple(one for one in fix_states.STEPS if one != fix_states.ACCEPTED)

Fix = Annotated[str, typer.Argument(help="Id of the fix, such as KK-001.ramp.1, or of a site with one fix.")]
On = Annotated[str, typer.Option("--on", help="Its day, such as 15/11/2568; else today.")]
Note = Annotated[str, typer.Option("--note", help="Remark; needed to change what was recorded.")]


@works.command("step")
@arguments.command()
def step(
    request: arguments.Request,
    fix: Fix,
    state: Annotated[str, typer.Argument(help=f"One of: {', '.join(STEPS)}.")],
    actor: arguments.Actor,
    on: On = "",
    note: Note = "",
    rebuilt: Annotated[
        bool | None,
        typer.Option("--rebuilt/--mended", help="Of what was built: anew whole, or parts; else as it was to be built."),
    ] = None,
) -> None:
    """Record that works were planned, designed, built or dropped; on the page Works a survey accepts them."""
    arguments.known(state, STEPS, "STATE")
    today = arguments.today()
    day = days.day(on, today) if on else today
    if isinstance(day, errors.ProblemKind):
        raise errors.RefusedError((day.at("happened_on", written=on),))
    with request.open_store() as store:
        fix = _one_fix(request, store, fix)
        if state == fix_states.BUILT and rebuilt is None:
            rebuilt = _is_rebuilding(request, store, fix)
        fix_states.record(store, fix, state, day, actor, note=note, rebuilt=bool(rebuilt))
    _print_recorded(request, fix)


def _is_rebuilding(request: arguments.Request, store: connection.Store, fix: str) -> bool:
    record = request.read_record()
    known = works_table.gather(store, record, price_books.in_force(store).book, arguments.today())
    return known.is_rebuilding(str(record.counted_as([fix])[0]))


@works.command("contract")
@arguments.command()
def contract(
    request: arguments.Request,
    fix: Fix,
    actor: arguments.Actor,
    contractor: Annotated[str, typer.Option("--contractor", help="The firm.")],
    number: Annotated[str, typer.Option("--number", help="Number of the contract or of the order.")],
    price: Annotated[str, typer.Option("--price", help="Agreed price, whole baht.")],
    on: On = "",
    due: Annotated[str, typer.Option("--due", help="Day of completion, such as 15/11/2568.")] = "",
    defects: Annotated[str, typer.Option("--defects", help="Liability for defects, months from acceptance.")] = "",
    committee: Annotated[
        str, typer.Option("--committee", help="Acceptance committee: offices or positions, separated by semicolons.")
    ] = "",
    sure: Annotated[bool, typer.Option("--sure", help="The price is right, far as it is from the estimate.")] = False,
    note: Note = "",
) -> None:
    """Record the contract of planned works, or amend the one that stands."""
    today, record = arguments.today(), request.read_record()
    with request.open_store() as store, _saying_how_to_confirm():
        fix = _one_fix(request, store, fix)
        known = works_table.gather(store, record, price_books.in_force(store).book, today)
        contracts.sign(
            store,
            fix,
            actor,
            contractor=contractor,
            number=number,
            signed_on=on or today,
            price=price,
            today=today,
            due_on=due,
            defects_months=defects,
            committee=committee,
            note=note,
            estimate_thb=known.cost_thb(fix),
            is_sure=sure,
        )
    _print_recorded(request, fix, warn_of_design=True)


@contextlib.contextmanager
def _saying_how_to_confirm() -> Iterator[None]:
    """Add to the question on a doubtful price how it is answered here."""
    try:
        yield
    except errors.RefusedError as refused:
        asked = any(problem.kind is contracts.DOUBTFUL_PRICE for problem in refused.problems)
        raise errors.RefusedError((*refused.problems, *[SURE.at("")] * asked)) from refused


@works.command("progress")
@arguments.command()
def progress(
    request: arguments.Request,
    fix: Fix,
    percent: Annotated[str, typer.Argument(help="Percent done.")],
    actor: arguments.Actor,
    on: On = "",
    photo: Annotated[
        Path | None, typer.Option("--photo", help="A photo of it.", exists=True, dir_okay=False, readable=True)
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody-in-photo", help="Nobody can be recognised in the photo.")] = False,
    note: Note = "",
) -> None:
    """Record how much of the works is done, with a photo or without."""
    today = arguments.today()
    picture = None if photo is None else photo.read_bytes()
    with request.open_store() as store:
        fix = _one_fix(request, store, fix)
        contracts.report(
            store,
            fix,
            actor,
            percent=percent,
            happened_on=on or today,
            today=today,
            note=note,
            photo=picture,
            nobody_in_photo=nobody,
        )
    _print_recorded(request, fix)


# a negative sum begins with a dash, which would be taken for an option
@works.command("pay", context_settings={"ignore_unknown_options": True})
@arguments.command()
def pay(
    request: arguments.Request,
    fix: Fix,
    amount: Annotated[str, typer.Argument(help="Whole baht; with a minus and a note to correct an earlier one.")],
    actor: arguments.Actor,
    on: On = "",
    over_reason: Annotated[str, typer.Option("--over-reason", help="Why more than the contract is paid.")] = "",
    note: Note = "",
) -> None:
    """Record a payment under the contract."""
    today = arguments.today()
    with request.open_store() as store:
        fix = _one_fix(request, store, fix)
        contracts.pay(
            store, fix, actor, amount=amount, happened_on=on or today, today=today, note=note, over_reason=over_reason
        )
    _print_recorded(request, fix)


def _one_fix(request: arguments.Request, store: connection.Store, named: str) -> str:
    """Take the code of a site for its fix, where it has just one."""
    # the id of an element has a dot, the code of a site has none
    if "." in named:
        return named
    record = request.read_record()
    if named not in record.sites.index:
        # not here: the check of what is recorded says what is wrong with it
        return named
    table = works_table.gather(store, record, price_books.in_force(store).book, arguments.today()).table
    fixes = [str(one) for one in table.index[table["site"] == named]]
    if len(fixes) == 1:
        return fixes[0]
    kind = IS_SITE if fixes else NO_FIX
    raise errors.RefusedError((kind.at(named, code=named, **({"fixes": ", ".join(fixes)} if fixes else {})),))


def _print_recorded(request: arguments.Request, fix: str, *, warn_of_design: bool = False) -> None:
    """Answer with the works as they now stand."""
    # read anew: an earlier one does not hold what was recorded just now
    record = request.read_record()
    with request.open_store() as store:
        known = works_table.gather(store, record, price_books.in_force(store).book, arguments.today())
    (row,) = _rows(known.table.loc[[str(record.counted_as([fix])[0])]])
    amounts = {name: request.words.number(row[name] or 0, 0) for name in spending.MONEY}
    words = request.words
    lines = [words.text(RECORDED, fix=fix), words.text(MONEY, **amounts)]
    receipt = {"fix": row, "head": record.head}
    if warn_of_design:
        remarks = contracts.cautions(row["state"], row["cost_basis"], words)
        receipt, lines = receipt | {"remarks": remarks}, lines + remarks
    request.print_receipt(receipt, lines)


@works.callback(invoke_without_command=True)
@arguments.command("approved")
def works_list(
    request: arguments.Request,
    state: Annotated[str, typer.Option("--state", help=f"Only fixes that are: {', '.join(fix_states.STATES)}.")] = "",
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write the list here too.", dir_okay=False)] = None,
    replace: arguments.Replace = False,
) -> None:
    """List every fix with state, days, cost and contract, what to measure first, and the surveys that are overdue."""
    arguments.known(state, tuple(fix_states.STATES), "--state", optional=True)
    words, today = request.words, arguments.today()
    # before the record is worked out, so that a file that is there is refused at once
    if xlsx is not None:
        arguments.refuse_existing([xlsx], "--xlsx", replace=replace, makes_folder=True)
    record = request.read_record()
    with request.open_store() as store:
        book = price_books.in_force(store).book
        known = works_table.gather(store, record, book, today)
    rows = [row | _why(row, words) for row in _rows(known.table) if state in ("", row["state"])]
    due = fix_states.resurveys(begun.last_surveyed(record), today, known.standing)
    overdue = [str(code) for code in due.index[due["overdue"].astype(bool)]]
    late = sum(bool(row["overdue"]) for row in rows)
    totals = known.totals([str(row["fix_id"]) for row in rows])
    table = known.table.loc[[str(row["fix_id"]) for row in rows]]
    years = spending.by_year(known.contracts_of(table.index), table)
    sums = {name: int(table[name].sum()) for name in spending.MONEY}
    differing = levelled_rise.by_fix(record, known.fixes.values(), words)
    receipt = {
        "fixes": rows,
        "money": sums,
        # none is 0 in the tables and null in an answer
        "by_zone": [row | {"zone": row["zone"] or None} for row in _rows(spending.by_zone(table))],
        "by_budget_year": [row | {"year": row["year"] or None} for row in _rows(years)],
        "so_far": {SO_FAR[name]: dataclasses.asdict(rung) for name, rung in spending.rungs(table).items()},
        "totals": dataclasses.asdict(totals) | {"cost_thb": totals.cost_thb},
        "measure_first": _rows(known.measure_first),
        "rise_differs": list(differing),
        "rise_to_level": known.to_level,
        "approve_first": _rows(barriers.approve_first(record)),
        "surveys_overdue": overdue,
        "accept_within_days": fix_states.ACCEPT_WITHIN_DAYS,
        "resurvey_after_days": fix_states.RESURVEY_AFTER_DAYS,
        "sample_prices": book.sample,
        "demonstration": record.demonstration,
        "counted": record.counted,
        "xlsx": None if xlsx is None else str(xlsx),
        "head": record.head,
    }
    lines = [_line(row, words) for row in rows]
    for row in rows:
        if row["presumed_same_as"]:
            others = ", ".join(row["presumed_same_as"])
            lines.append(f"{row['fix_id']}: {words.text(works_table.PRESUMED, others=others)}")
    lines += filter(None, [totals.sentence(words)])
    lines += differing.values()
    lines += [*_measure_first(known, record.criteria, words), *barriers.waits(record, words)]
    lines += _money(sums, words)
    over = sum(bool(row["over_budget"]) for row in rows)
    lines.append(words.text(SUMMARY, n=len(rows), overdue=late, over=over, resurveys=len(overdue)))
    lines.append(about_lines.counted(record.counted, words))
    if xlsx is not None:
        mark = words.text(terms.DEMONSTRATION) if record.demonstration else ""
        xlsx.parent.mkdir(parents=True, exist_ok=True)
        names = [str(row["fix_id"]) for row in rows]
        xlsx.write_bytes(works_workbook.workbook(known, names, record.sites, today, words, mark))
        lines.append(words.text(WRITTEN, file=xlsx))
    request.print_receipt(receipt, lines)


def _measure_first(known: works_table.Works, criteria: model.Criteria, words: wording.Wording) -> list[str]:
    first = known.measure_first
    counted = {
        "n": len(first),
        "sites": first["site_code"].nunique(),
        "minutes": words.number(first["minutes"].sum(), 0),
    }
    to_level = site_fixes.level_first(known.to_level, criteria, words)
    return [words.text(MEASURE_FIRST, **counted), *filter(None, [to_level])]


def _money(sums: Mapping[str, int], words: wording.Wording) -> list[str]:
    money = words.text(MONEY, **{name: words.number(amount, 0) for name, amount in sums.items()})
    return [money, words.text(spending.ESTIMATE_MEANS)] if sums["contract_thb"] else [money]


def _line(row: dict[str, Any], words: wording.Wording) -> str:
    cost = row["cost_thb"]
    priced = [] if cost is None else [words.text(COST, cost=words.number(cost, 0))]
    return "  ".join((row["fix_id"], works_table.state_text(row, words), *priced))


def _why(row: Mapping[str, Any], words: wording.Wording) -> dict[str, str]:
    """Say what the cost of a fix rests on, and where no ramp fits yet, why."""
    return {"cost_basis_why": works_table.cost_text(row, words)}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON with their id; days as texts, what is not known as null."""
    rows = table.reset_index().astype(object)
    named = rows.where(rows.notna(), None).to_dict("records")
    return [
        {str(key): value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()}
        for row in named
    ]
