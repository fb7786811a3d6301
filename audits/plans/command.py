"""Work a plan out from the command line, and check the certificate of any plan."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from audits import barriers, wording
from audits import record as records
from audits.access import command as access_command
from audits.access import committed_works
from audits.cli import answers, arguments, usage_problems
from audits.plans import (
    budget_plan,
    budget_program,
    build_model,
    certificate_check,
    fix_pricing,
    plan_about,
    plan_constraints,
    plan_contents,
    plan_files,
    ranking,
    site_fixes,
    solved_plan,
    staging,
)
from audits.ramps import command, price_books
from audits.store.works import fix_steps
from layers import personas

phrase = wording.phrase

RANKED = phrase("the same money, {rule}: {gained} trips")
HOLDS = phrase("the certificate holds: {gained} trips for {cost} baht")
OF_WHAT = phrase("budget {budget} baht, {costs}; certificate {certificate}, planning model {model}")
NOTHING = phrase("The surveys show no barrier that a fix could open; there is nothing to plan yet.")
WHOLE, CERTIFICATE, MODEL = "json", "certificate", "model"
ENDINGS = (WHOLE, *plan_files.FORMATS)
MOST_CERTIFICATE_BYTES = 200_000_000

File = Annotated[Path, typer.Argument(help="As it was written by the plan.", exists=True, dir_okay=False)]


@arguments.command(*arguments.JUDGED)
def plan(
    request: arguments.Request,
    budget: Annotated[float, typer.Option("--budget-thb", "--budget", help="The money at hand, baht.")],
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="Write the certificate here.", dir_okay=False)
    ] = None,
    model_file: Annotated[
        Path | None,
        typer.Option("--model", help="Write the planning model here; both are needed to check.", dir_okay=False),
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", help=f"Write the plan here, by its ending: {', '.join(ENDINGS)}.", dir_okay=False),
    ] = None,
    yearly: Annotated[
        str, typer.Option("--years", help="The money of each year, baht, separated by commas: plan year by year too.")
    ] = "",
    phases: Annotated[
        int, typer.Option("--phases", min=0, help="Spread the money evenly over so many years: plan year by year too.")
    ] = 0,
    persona: Annotated[str, typer.Option("--persona", help="Count the trips of this group only.")] = "",
    time_limit_s: Annotated[
        float, typer.Option("--time-limit", min=0.1, help="Seconds to search; past them the gap is given.")
    ] = budget_plan.LIMITS.seconds,
    replace: arguments.Replace = False,
    case: Annotated[
        str, typer.Option("--barriers", help=f"Which barriers count: {', '.join(barriers.CASES)}.")
    ] = barriers.KNOWN_ONLY,
) -> None:
    """Choose the fixes that make most trips step-free under a budget, with a check."""
    # words of the command line are refused before the record is read and the network is built
    case = arguments.read_as(case, barriers.case_of)
    wanted, yearly_thb = (
        _outputs(certificate, model_file, out or [], replace=replace),
        arguments.amounts_thb(yearly, "--years"),
    )
    # amounts written year by year go before an even spread
    yearly_thb = yearly_thb or (budget / phases,) * phases if phases else yearly_thb
    weights = _weights(persona)
    words, record = request.words, request.read_record()
    with request.open_store() as store:
        kept, designs = price_books.in_force(store), fix_steps.designs(store)
        committed, promised = committed_works.committed(store, record), committed_works.promised(store, record)
    network = access_command.read_walking(request.workspace.folder, record)
    model = build_model.build(network, record, kept.book, designs, case=case, weights=weights, committed=committed)
    if not model.fixes:
        request.print_receipt(_nothing(record, model, budget), (words.text(NOTHING), *barriers.waits(record, words)))
        return
    wishes, steps = plan_constraints.Constraints(budget), 100
    with answers.progress(words.text("Budget plan")) as progress:
        worked = solved_plan.solve(
            *(model.model, wishes),
            progress=lambda _, share: progress(round(share * steps), steps),
            cancelled=lambda: False,
            limits=budget_program.Limits(time_limit_s),
        )
        staged = solved_plan.by_years(model.model, wishes, yearly_thb, progress) if yearly_thb else None
    if worked is None:
        request.print_receipt(_nothing(record, model, budget), (words.text(NOTHING), *barriers.waits(record, words)))
        return
    prices = kept.book, kept.file_name
    subject = plan_contents.Subject(record, model, wishes, worked, *prices, arguments.today(), staged, promised)
    for form, path in wanted:
        path.write_bytes(_written(form, subject, words))
    files = [str(path) for _, path in wanted]
    receipt = _receipt(subject, words) | {"files": files, "years": _years(staged)}
    written = [words.text(command.WRITTEN, file=file) for file in files]
    request.print_receipt(receipt, [*_lines(words, subject), *written])


def _outputs(certificate: Path | None, model: Path | None, out: list[Path], *, replace: bool) -> list[tuple[str, Path]]:
    # Checked first: nothing is worked out for a file that cannot be written.
    wanted = [(CERTIFICATE, certificate), (MODEL, model), *((path.suffix.lstrip(".").lower(), path) for path in out)]
    found = [(form, path) for form, path in wanted if path is not None]
    for form, path in found:
        if form not in (*ENDINGS, CERTIFICATE, MODEL):
            endings = ", ".join(f".{each}" for each in ENDINGS)
            raise usage_problems.refused(usage_problems.WRONG_ENDING, "--out", file=path, endings=endings)
        arguments.refuse_existing([path], "--out, --certificate, --model", replace=replace)
    return found


def _weights(persona: str) -> dict[str, float] | None:
    known = [one.persona for one in personas.load()]
    arguments.known(persona, known, "--persona", optional=True)
    return {one: float(one == persona) for one in known} if persona else None


def _written(form: str, subject: plan_contents.Subject, words: wording.Wording) -> bytes:
    if form == WHOLE:
        whole = {"certificate": subject.worked.certificate, MODEL: subject.worked.model}
        return json.dumps(whole, ensure_ascii=False).encode()
    if form in (CERTIFICATE, MODEL):
        return (subject.worked.certificate if form == CERTIFICATE else subject.worked.model).encode()
    return plan_files.made(form, subject, words)[1]


def _years(staged: staging.Staging | None) -> list[dict[str, object]]:
    stages = staged.stages if staged else ()
    return [
        {"year": stage.year, "built": list(stage.built), "cost_thb": stage.cost_thb, "benefit": stage.benefit}
        for stage in stages
    ]


def _nothing(record: records.AuditedRecord, model: build_model.RecordModel, budget_thb: float) -> dict[str, object]:
    today = model.access.of_100 if model.access.known else None
    then = model.of_100_committed if model.access.known else None
    access = {
        "access_before": today,
        "access_committed": then,
        "access_after": then,
        "trips_too_far": model.access.too_far,
    }
    plan = {"chosen": [], "fixes": [], "cost_thb": 0, "left_thb": math.floor(budget_thb), "checked_gap": 0.0}
    return {**plan, **access, **_to_learn(record)}


def _to_learn(record: records.AuditedRecord) -> dict[str, object]:
    """List the possible barriers: those to be measured, and those whose survey waits for approval."""
    return {
        "measure_first": list(barriers.measure_first(record).index),
        "approve_first": list(barriers.approve_first(record).index),
    }


def _receipt(subject: plan_contents.Subject, words: wording.Wording) -> dict[str, object]:
    made, model, verdict = subject.worked.plan, subject.model, subject.worked.verdict
    case = subject.wishes.cost_case
    fixes = [_fix(model.fixes[one], case, words) for one in made.chosen]
    return {
        "barriers": model.case,
        "chosen": list(made.chosen),
        "fixes": fixes,
        "fixes_considered": len(model.fixes),
        "cost_thb": getattr(made.cost, case),
        "cost_low_thb": made.cost.low,
        "cost_high_thb": made.cost.high,
        "left_thb": plan_about.left_thb(subject),
        "access_before": model.access.of_100,
        "access_committed": made.base,
        "access_after": made.base + made.benefit,
        "committed": list(model.committed),
        "promised": sorted(subject.promised.intersection(made.chosen)),
        "trips_too_far": model.access.too_far,
        "benefit": made.benefit,
        "bound": made.bound,
        "status": made.status,
        "seconds": made.seconds,
        "certificate_holds": verdict.holds,
        "checked_gap": verdict.checked_gap,
        "rankings": {one.rule: one.benefit for one in subject.worked.rankings},
        **_to_learn(subject.record),
        "places_not_surveyed": model.prepared.unsurveyed,
        "places_waiting": model.prepared.waiting,
        "network": model.prepared.joined.source,
        "coarse_network": model.coarse,
        **arguments.basis(subject.record),
    }


def _fix(one: site_fixes.RecordFix, cost_case: str, words: wording.Wording) -> dict[str, object]:
    return {
        "fix_id": one.fix.fix_id,
        "site": one.site_code,
        "zone": one.fix.zone,
        "level": one.level,
        "personas": list(one.personas),
        "cost_thb": getattr(one.fix.cost, cost_case),
        "cost_low_thb": one.fix.cost.low,
        "cost_high_thb": one.fix.cost.high,
        "cost_basis": one.cost_basis,
        "cost_basis_why": words.text(fix_pricing.BASES[one.cost_basis]),
    }


def _lines(words: wording.Wording, subject: plan_contents.Subject) -> list[str]:
    made, model = subject.worked.plan, subject.model
    lines = [*filter(None, (plan_about.lead(subject, words), plan_about.cost_bases(subject, words)))]
    lines += [sentence for sentence in (plan_about.left_over(subject, words),) if sentence]
    lines.append(certificate_check.certainty(subject.worked.verdict, words))
    for one in subject.worked.rankings:
        gained = plan_about.trips(one.benefit, words)
        lines.append(words.text(RANKED, rule=words.text(ranking.RULES[one.rule]), gained=gained))
    years = subject.years
    for fix_id in sorted({*made.chosen, *years}):
        year = words.text("Year {year}", year=years[fix_id]) if fix_id in years else ""
        cost = words.text("{cost} baht", cost=plan_about.baht(model.fixes[fix_id].fix.cost.likely, words))
        parts = fix_id, plan_contents.what_is_built(model.fixes[fix_id], words), cost, year
        lines.append(" · ".join(part for part in parts if part))
    return [*lines, *barriers.waits(subject.record, words), *subject.statements(words)]


def _read(file: Path) -> str:
    if file.stat().st_size > MOST_CERTIFICATE_BYTES:
        most = MOST_CERTIFICATE_BYTES // 2**20
        raise usage_problems.refused(usage_problems.TOO_LARGE, "FILE", file=file, most=most)
    # what is no text is left to the checker, which refuses it in words
    return file.read_bytes().decode("utf-8", errors="replace")


def _parts(whole: str) -> tuple[str, str]:
    """Certificate and planning model of a plan's file; any other text is checked as a certificate."""
    try:
        parts = json.loads(whole)
        # Files of before name the planning model a town.
        return str(parts["certificate"]), str(parts.get(MODEL) or parts["town"])
    except (ValueError, KeyError, TypeError):
        return whole, ""


def _of_what(texts: tuple[str, str]) -> dict[str, Any]:
    """Name what was checked, so that it can be laid beside a printed plan; empty where it cannot be read."""
    try:
        plan = json.loads(texts[0])
        return {
            "budget_thb": float(plan["budget_thb"]),
            "cost_case": str(plan["cost_case"]),
            "certificate_sha256": str(plan["sha256"]),
            "model_sha256": str(plan["town_sha256"]),
        }
    except (ValueError, KeyError, TypeError):
        return {}


@arguments.command(workspace=False)
def check_plan(
    request: arguments.Request,
    file: File,
    model: Annotated[
        Path | None,
        typer.Argument(help="The planning model, where FILE is a certificate alone.", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """Check the certificate of a plan against its planning model, with nothing but arithmetic."""
    words = request.words
    texts = _read(file), "" if model is None else _read(model)
    texts = texts if model else _parts(texts[0])
    verdict = certificate_check.check(*texts)
    receipt = {
        "holds": verdict.holds,
        "checked_gap": verdict.checked_gap,
        "problems": request.problems(verdict.problems),
        "benefit": verdict.benefit,
        "cost_thb": verdict.cost_thb,
        "proved_bound": verdict.proved_bound,
        "complete": verdict.complete,
        **_of_what(texts),
    }
    gained, cost = plan_about.trips(verdict.benefit, words), words.number(verdict.cost_thb, 0)
    good = [words.text(HOLDS, gained=gained, cost=cost), certificate_check.certainty(verdict, words)]
    # of a certificate that does not hold, no field may be read as a fact
    if verdict.holds:
        of = _of_what(texts)
        money = words.number(of["budget_thb"], 0), words.text(plan_about.COST_CASES[of["cost_case"]])
        # as many digits as the brief prints, so that both can be laid side by side
        digests = of["certificate_sha256"][:12], of["model_sha256"][:12]
        named = dict(zip(("budget", "costs", "certificate", "model"), (*money, *digests), strict=True))
        good.append(words.text(OF_WHAT, **named))
    lines = good if verdict.holds else [words.problem(problem) for problem in verdict.problems]
    request.print_receipt(receipt, lines, ok=verdict.holds)
