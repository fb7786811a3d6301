"""Work a plan out from the command line, and check the certificate of any plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import audit, price_files, terms, wording
from audits.command_line import answers, arguments, standing
from audits.planning import (
    budget_plan,
    certificate_check,
    frontier,
    plan_wishes,
    prices,
    ranking,
    town_of_record,
    worked_plan,
)

phrase = wording.phrase

OPENS = phrase("{fixes} fixes for {cost} baht open {gained} more of 1,000 ways; {today} are open today")
AT_MOST = phrase("no choice opens more than {bound}: {status}")
RANKED = phrase("the same money, {rule}: {gained} ways")
HOLDS = phrase("the certificate holds: {gained} ways for {cost} baht; proved: no choice opens more than {bound}")
NOTHING = phrase("The surveys show no barrier that a fix could open; there is nothing to plan yet.")
MOST_CERTIFICATE_BYTES = 200_000_000

File = Annotated[Path, typer.Argument(help="As it was written by the plan.", exists=True, dir_okay=False)]


def plan(
    context: typer.Context,
    budget: Annotated[float, typer.Option("--budget", help="The money at hand, baht.")],
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="Write the certificate here.", dir_okay=False)
    ] = None,
    town: Annotated[
        Path | None, typer.Option("--town", help="Write the town here; both are needed to check.", dir_okay=False)
    ] = None,
    case: Annotated[
        str, typer.Option("--barriers", help=f"Which barriers count: {', '.join(frontier.CASES)}.")
    ] = frontier.LIKELY,
    edition: arguments.Edition = audit.BY_PERMIT_DATE,
    as_of: arguments.AsOf = None,
    approved: arguments.Approved = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Choose the fixes that open most step-free ways under a budget, with a proof."""
    if case not in frontier.CASES:
        raise typer.BadParameter(f"{case}: use one of: {', '.join(frontier.CASES)}", param_hint="--barriers")
    words, day = answers.reader(context).words, arguments.day(as_of)
    state = standing.load(folder, edition, day, approved_only=approved)
    ground = arguments.chosen_workspace(folder).folder
    book = price_files.sample()
    record = town_of_record.assemble(
        town_of_record.network_of(ground),
        state.sites,
        state.elements,
        state.measurements,
        state.audited,
        state.book,
        book,
        case=case,
        buildings=town_of_record.buildings_of(ground),
    )
    wishes = plan_wishes.Wishes(budget)
    steps = 100
    with answers.progress(words.text("Budget plan")) as told:
        worked = worked_plan.work_out(
            record.town, wishes, say=lambda _, share: told(round(share * steps), steps), cancelled=lambda: False
        )
    if worked is None or not record.fixes:
        answers.give(context, {"chosen": [], "fixes": 0}, (words.text(NOTHING),))
        return
    for file, content in ((certificate, worked.certificate), (town, worked.town)):
        if file is not None:
            file.write_text(content, "utf-8")
    answers.give(context, _receipt(record, worked, state), _lines(words, record, worked, state, book))


def _receipt(
    record: town_of_record.RecordTown, worked: worked_plan.Worked, state: standing.Standing
) -> dict[str, object]:
    made = worked.plan
    return {
        "chosen": list(made.chosen),
        "fixes": len(record.fixes),
        "cost_thb": {case: getattr(made.cost, case) for case in ("low", "likely", "high")},
        "base": made.base,
        "benefit": made.benefit,
        "bound": made.bound,
        "status": made.status,
        "seconds": made.seconds,
        "certificate_holds": worked.verdict.holds,
        "rankings": {one.rule: one.benefit for one in worked.rankings},
        "coarse_network": record.coarse,
        "demonstration": state.demonstration,
        "head": state.head,
    }


def _lines(
    words: wording.Wording,
    record: town_of_record.RecordTown,
    worked: worked_plan.Worked,
    state: standing.Standing,
    book: prices.PriceBook,
) -> list[str]:
    made = worked.plan
    lines = [words.text(terms.DEMONSTRATION)] if state.demonstration else []
    opened, today, bound = (words.number(value, 1) for value in (made.benefit, made.base, made.bound))
    cost = words.number(round(made.cost.likely, -2), 0)
    lines.append(words.text(OPENS, fixes=len(made.chosen), cost=cost, gained=opened, today=today))
    lines.append(words.text(AT_MOST, bound=bound, status=words.text(budget_plan.STATUSES[made.status])))
    for one in worked.rankings:
        gained = words.number(one.benefit, 1)
        lines.append(words.text(RANKED, rule=words.text(ranking.RULES[one.rule]), gained=gained))
    lines += made.chosen
    lines += [words.text(statement) for statement in record.statements]
    return [*lines, words.text(prices.SAMPLE)] if book.sample else lines


def check_plan(
    context: typer.Context,
    certificate: File,
    town: File,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Check the certificate of a plan against its town, with nothing but arithmetic."""
    words = answers.reader(context).words
    for file in (certificate, town):
        if file.stat().st_size > MOST_CERTIFICATE_BYTES:
            raise typer.BadParameter(f"{file}: more than {MOST_CERTIFICATE_BYTES} bytes")
    texts = [file.read_bytes().decode("utf-8", errors="replace") for file in (certificate, town)]
    verdict = certificate_check.check(*texts)
    record = {
        "problems": [answers.problem_record(problem, words) for problem in verdict.problems],
        "benefit": verdict.benefit,
        "cost_thb": verdict.cost_thb,
        "proved_bound": verdict.proved_bound,
        "complete": verdict.complete,
    }
    gained, bound = words.number(verdict.benefit, 1), words.number(verdict.proved_bound, 1)
    good = words.text(HOLDS, gained=gained, cost=words.number(verdict.cost_thb, 0), bound=bound)
    lines = [good] if verdict.holds else [words.problem(problem) for problem in verdict.problems]
    answers.give(context, record, lines, ok=verdict.holds)
    if not verdict.holds:
        raise typer.Exit(answers.PROBLEMS)
