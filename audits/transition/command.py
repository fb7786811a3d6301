"""Print the transition plan from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from audits import priority, wording
from audits.access import catchments, committed_works, trips
from audits.access import command as access_command
from audits.cli import answers, arguments, usage_problems
from audits.council import council_contents, figures
from audits.plans import build_model, plan_constraints, solved_plan
from audits.ramps import price_books
from audits.requests import counts
from audits.store.requests import requests
from audits.store.works import fix_steps
from audits.transition import transition_plan as document
from audits.works import spending, works_table
from layers import ground

phrase = wording.phrase

WRITTEN = phrase("Transition plan written to {file}: {sections} sections, {works} works in {years} years")
WRITERS = {".pdf": document.pdf, ".docx": document.docx}
UNIT = phrase("division of public works")
YEARS = 5


@arguments.command(*arguments.JUDGED)
def transition_plan(
    request: arguments.Request,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.pdf|.docx", help="The new file.", dir_okay=False),
    ],
    yearly: Annotated[
        str,
        typer.Option("--years", help=f"Money of each year, baht, by commas; else {YEARS} equal shares of the cost."),
    ] = "",
    unit: Annotated[str, typer.Option("--unit", help="The responsible unit; else the division of public works.")] = "",
    content: Annotated[str, typer.Option("--content", help="Language of the document: th or en.")] = "",
    replace: arguments.Replace = False,
) -> None:
    """Print the transition plan that a council adopts, PDF/UA or Word: inventory, barriers, works by year, requests."""
    words = wording.Wording(arguments.known(content or request.words.language, wording.LANGUAGES, "--content"))
    # refused before anything is worked out, since a plan may take minutes
    write = WRITERS.get(file.suffix.lower())
    if write is None:
        endings = ", ".join(WRITERS)
        raise usage_problems.refused(usage_problems.WRONG_ENDING, "FILE.pdf|.docx", file=file, endings=endings)
    arguments.refuse_existing([file], "FILE.pdf|.docx", replace=replace)
    with answers.progress(request.words.text("Budget plan")) as progress:
        subject = gathered(request, arguments.amounts_thb(yearly, "--years"), unit or words.text(UNIT), progress)
    file.write_bytes(write(subject, words))
    sections = [section.title for section in document.sections(subject, words)]
    stages = subject.staged.stages if subject.staged else ()
    others = document.others_by_year(subject)
    years = [
        {
            "year": subject.first_year + one.year - 1,
            "works": list(one.built),
            "cost_thb": one.cost_thb,
            "other_works": list(also),
        }
        for one, also in zip(stages, others, strict=True)
    ]
    receipt = {
        "file": str(file),
        "sections": sections,
        "years": years,
        "requests": dict(subject.answers.asked or {}),
        "sample_prices": subject.sample_prices,
        **arguments.basis(subject.answers.record),
    }
    numbers = {
        "sections": len(sections),
        "works": sum(map(len, (*others, *(one.built for one in stages)))),
        "years": len(years),
    }
    request.print_receipt(receipt, [request.words.text(WRITTEN, file=file, **numbers)])


def gathered(
    request: arguments.Request, yearly_thb: tuple[float, ...], unit: str, progress: Callable[[int, int], None]
) -> document.Subject:
    """Gather what the document is made of, by the functions that the pages use."""
    record, folder, today = request.read_record(), request.workspace.folder, arguments.today()
    with request.open_store() as store:
        asked, steps = requests.every(store, record.as_of), committed_works.counted_steps(store, record)
        book, designs = price_books.in_force(store).book, fix_steps.designs(store)
        committed = committed_works.committed(store, record)
        rungs = spending.rungs(works_table.gather(store, record, book, today).table)
    found = council_contents.gathered(record, today, None, figures.accepted(steps), rungs, counts.by_state(asked))
    network = access_command.read_walking(folder, record)
    prepared = trips.prepare(network, record)
    people, passers = catchments.homes_near(prepared), catchments.passers(prepared)
    places = ground.destinations(folder, record.area)
    parts = priority.components(record.sites, record.audit.sites, places, people, passers, counts.at_sites(asked))
    model = build_model.build(network, record, book, designs, committed=committed)
    # works too far from every way open no trip, but are paid for all the same
    whole = sum(one.fix.cost.likely for one in (*model.fixes.values(), *model.apart.values()))
    # rounded up: equal shares rounded down would leave the last work a few baht short
    yearly = yearly_thb or (float(-(-whole // YEARS)),) * YEARS
    wishes = plan_constraints.Constraints(sum(yearly))
    staged = solved_plan.by_years(model.model, wishes, yearly, progress) if model.fixes or model.apart else None
    first_year = spending.budget_year(today) + 1
    planned = model, staged, yearly, bool(yearly_thb), first_year
    return document.Subject(found, parts, *planned, asked, unit, book.sample, model.apart)
