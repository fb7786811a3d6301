"""Design a ramp from the command line: what fits, what it costs, and its drawing and workbook as files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from audits import terms, wording
from audits.cli import arguments
from audits.ramps import (
    cost,
    cost_workbook,
    design_check,
    design_record,
    geometry,
    price_books,
    prices,
    quantities,
    ramp_design,
    requirements,
    walls,
)
from audits.ramps.drawing import described, drawing
from audits.rules import files, model
from audits.store import town as towns
from audits.store.db import connection
from audits.store.surveys import read

WRITTEN = wording.phrase("written: {file}")
_Out = Annotated[Path | None, typer.Option(dir_okay=False, help="The new file.")]


@arguments.command()
def design(
    request: arguments.Request,
    rise: Annotated[
        int, typer.Option("--rise-mm", "--rise", help="Rise in mm; of a kerb ramp the height of the kerb.")
    ],
    length: Annotated[
        int, typer.Option("--length-mm", "--length", help="Free length in mm; of a kerb ramp along the kerb.")
    ],
    width: Annotated[
        int, typer.Option("--width-mm", "--width", help="Free width in mm; of a kerb ramp behind the kerb.")
    ],
    code: Annotated[str, typer.Argument(metavar="[SITE]", help="Code in the register; or by --site.")] = "",
    site: Annotated[str, typer.Option("--site", help="Code in the register; none for a ramp anywhere.")] = "",
    kerb: Annotated[bool, typer.Option("--kerb", help="A kerb ramp instead of a ramp.")] = False,
    wall_left: Annotated[bool, typer.Option("--wall-left", help="A wall stands along the left.")] = False,
    wall_right: Annotated[bool, typer.Option("--wall-right", help="A wall stands along the right.")] = False,
    approach: Annotated[
        str, typer.Option("--approach", help=f"One of: {', '.join(geometry.APPROACHES)}.")
    ] = geometry.ANY,
    leave: Annotated[str, typer.Option("--exit", help=f"One of: {', '.join(geometry.EXITS)}.")] = geometry.ANY,
    number: Annotated[int, typer.Option("--alternative", min=1, help="Which to draw; 1 is the first listed.")] = 1,
    dxf: _Out = None,
    pdf: _Out = None,
    xlsx: _Out = None,
    out: Annotated[
        Path | None, typer.Option("--out", file_okay=False, help="A folder for all three: design.dxf, .pdf, .xlsx.")
    ] = None,
    replace: arguments.Replace = False,
) -> None:
    """Say which ramps fit a space at a site, or why none does, and write one of them as drawing and workbook."""
    asked, site = {"dxf": dxf, "pdf": pdf, "xlsx": xlsx}, site or code
    wanted = _outputs({form: path or (out and out / f"design.{form}") for form, path in asked.items()}, replace=replace)
    words, criteria = request.words, files.load_criteria()
    demonstration, town, price_book = _place(request, site)
    space: geometry.Space | geometry.KerbSpace = geometry.KerbSpace(rise, length, width)
    if not kerb:
        space = geometry.Space(rise, length, width, wall_left, wall_right, approach, leave)
    found = ramp_design.for_space(space, criteria, requirements.Construction())
    receipt: dict[str, object] = {"site": site, "demonstration": demonstration}
    if isinstance(found, geometry.NotFeasible):
        sentences = ramp_design.sentences(found, words)
        mark = [words.text(terms.DEMONSTRATION)] if demonstration else []
        reason = {"feasible": False, "binding": found.binding, "criteria": list(found.criteria)}
        for name in ("relaxations", "together"):
            reason[name] = [dataclasses.asdict(each) for each in getattr(found, name)]
        request.print_receipt(
            {**receipt, **reason, "sentences": [*mark, *sentences], "alternatives": []}, sentences, ok=False
        )
        return
    if number > len(found):
        raise typer.BadParameter(f"{number}: there are {len(found)}", param_hint="--alternative")
    priced = [_priced(each, price_book) for each in found]
    lines = []
    for each in priced:
        lines += [described.family(each.design, words), described.summary(each.design, words)]
        lines += [cost.sentence(each.estimate, words), *ramp_design.warnings(each.design, criteria, words)]
    chosen = priced[number - 1]
    subject = _subject(chosen, site, criteria, words, words.name(town))
    for form, path in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(form, subject, chosen.estimate, price_book, words))
        lines.append(words.text(WRITTEN, file=path))
    receipt |= {
        "feasible": True,
        "alternatives": [_content(each, criteria) for each in priced],
        "chosen": number,
        "files": [str(path) for path in wanted.values()],
    }
    request.print_receipt(receipt, lines)


def _place(request: arguments.Request, site: str) -> tuple[bool, towns.Town, prices.PriceBook]:
    """Whether the record is a demonstration, its town and its prices; a ramp at no site needs no record."""
    if not site and not request.workspace.store_path.is_file():
        return False, towns.starter(), price_books.sample()
    with request.open_store() as store:
        if site:
            arguments.known_codes([site], read.sites(store))
        return connection.kind(store) == "demonstration", towns.read(store), price_books.in_force(store).book


def _outputs(asked: Mapping[str, Path | None], *, replace: bool) -> dict[str, Path]:
    wanted = {form: path for form, path in asked.items() if path is not None}
    for form, path in wanted.items():
        arguments.refuse_existing([path], f"--{form}", replace=replace)
    return wanted


def _priced(design: geometry.Design, price_book: prices.PriceBook) -> design_record.Priced:
    bill = quantities.bill(design, requirements.Construction(), quantities.Works())
    return design_record.Priced(design, bill, cost.estimate(bill, price_book))


def _content(priced: design_record.Priced, criteria: model.Criteria) -> dict[str, object]:
    check = design_check.check(priced.design, criteria)
    made, works = requirements.Construction(), quantities.Works()
    return {
        **design_record.content(priced, made, works, check, criteria.version),
        "engineer_needed": walls.engineer_needed(priced.design),
        "at_the_limits": ramp_design.at_the_limits(priced.design, criteria),
    }


def _subject(
    chosen: design_record.Priced, site: str, criteria: model.Criteria, words: wording.Wording, town: str
) -> drawing.Subject:
    check = design_check.check(chosen.design, criteria)
    conditions = (design_check.condition_sentence(one, words) for one in check.conditions)
    notes = (*ramp_design.warnings(chosen.design, criteria, words), *conditions)
    assumed = requirements.Construction(), quantities.Works()
    title = site or described.family(chosen.design, words)
    return drawing.Subject(chosen.design, *assumed, title, arguments.today(), notes=notes, town=town)


def _written(
    form: str,
    subject: drawing.Subject,
    estimate: cost.Estimate,
    book: prices.PriceBook,
    words: wording.Wording,
) -> bytes:
    if form == "pdf":
        return drawing.pdf(subject, words)
    if form == "dxf":
        return drawing.dxf(subject, words)
    made, works = subject.made, subject.works
    return cost_workbook.workbook(estimate, book, made, works, title=subject.title, made_on=subject.made_on)
