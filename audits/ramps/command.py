"""Design a ramp from the command line: what fits, what it costs, and its drawing and workbook as files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from audits import terms, wording
from audits.cli import arguments, usage_problems
from audits.ramps import (
    cost,
    cost_forms,
    cost_workbook,
    design_check,
    design_record,
    geometry,
    measured_space,
    mending,
    price_books,
    prices,
    quantities,
    ramp_design,
    requirements,
    site_design,
    walls,
)
from audits.ramps.drawing import described, drawing, key_plan, views
from audits.rules import model
from audits.store import town as towns
from audits.store.db import connection
from audits.store.surveys import read
from audits.store.works import fix_steps
from layers import ground

MOST_ALTERNATIVES = 5
WRITTEN = wording.phrase("written: {file}")
LIFT = wording.phrase("A platform lift costs {cost}")
_Out = Annotated[Path | None, typer.Option(dir_okay=False, help="The new file.")]
_MADE = requirements.Construction()
_ROOM = frozenset(("length_mm", "width_mm"))


@dataclass(frozen=True)
class _Place:
    """What is designed for: a space, what of it is only a bound, what stands there now and what parts mend it.

    `to_level_mm` is the rise where the survey only lets calculate it, else 0; the survey awaits review where it
    `is_provisional`.
    """

    space: geometry.Space | geometry.KerbSpace
    at_least: frozenset[str] = frozenset()
    element_id: str = ""
    standing_mm: tuple[float, float, float] | None = None
    parts: mending.Parts | None = None
    to_level_mm: int = 0
    is_provisional: bool = False

    def works(self, design: geometry.Design) -> quantities.Works:
        """Return the assumptions of the bill: with the ramp that stands there, where a survey knows of one."""
        return quantities.replacing(self.standing_mm, design, _MADE) if self.element_id else quantities.Works()

    def fitted(self, criteria: model.Criteria) -> site_design.Fitted | geometry.NotFeasible:
        """Find the ramps that fit, or why none does."""
        calculated, stands = bool(self.to_level_mm), bool(self.element_id)
        return site_design.fitted(self.space, self.at_least, criteria, _MADE, calculated=calculated, stands=stands)


@arguments.command()
def design(
    request: arguments.Request,
    rise: Annotated[
        int | None, typer.Option("--rise-mm", "--rise", help="Rise in mm; of a kerb ramp the height of the kerb.")
    ] = None,
    length: Annotated[
        int | None, typer.Option("--length-mm", "--length", help="Free length in mm; of a kerb ramp along the kerb.")
    ] = None,
    width: Annotated[
        int | None, typer.Option("--width-mm", "--width", help="Free width in mm; of a kerb ramp behind the kerb.")
    ] = None,
    code: Annotated[str, typer.Argument(metavar="[SITE]", help="Code in the register; or by --site.")] = "",
    site: Annotated[
        str,
        typer.Option("--site", help="Code in the register, whose survey gives the lengths left out; none: anywhere."),
    ] = "",
    home: Annotated[bool, typer.Option("--home", help="For a home: nothing is kept, and other people sign.")] = False,
    kerb: Annotated[bool, typer.Option("--kerb", help="A kerb ramp instead of a ramp.")] = False,
    wall_left: Annotated[bool, typer.Option("--wall-left", help="A wall stands along the left.")] = False,
    wall_right: Annotated[bool, typer.Option("--wall-right", help="A wall stands along the right.")] = False,
    approach: Annotated[
        str, typer.Option("--approach", help=f"One of: {', '.join(geometry.APPROACHES)}.")
    ] = geometry.ANY,
    leave: Annotated[str, typer.Option("--exit", help=f"One of: {', '.join(geometry.EXITS)}.")] = geometry.ANY,
    bearing: Annotated[
        float | None,
        typer.Option(min=0, max=360, help="Compass bearing from the front of the space to its far side, degrees."),
    ] = None,
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
    if home and site:
        raise usage_problems.refused(usage_problems.HOME_OR_SITE, "--home")
    wanted = _outputs({form: path or (out and out / f"design.{form}") for form, path in asked.items()}, replace=replace)
    words, criteria = request.words, request.criteria()
    demonstration, town, price_book, at = _in_force(request, site)
    given = {"rise_mm": rise, "length_mm": length, "width_mm": width}
    sides = geometry.Space(0, 0, 0, wall_left, wall_right, approach, leave)
    place = _place(request, site, given, sides, price_book, kerb=kerb)
    found = place.fitted(criteria)
    receipt: dict[str, object] = {"site": site, "demonstration": demonstration, **_asked(place)}
    if isinstance(found, geometry.NotFeasible) or not found.designs:
        _refuse(request, receipt, found, price_book, place, demonstration=demonstration)
        return
    found = dataclasses.replace(found, designs=found.designs[:MOST_ALTERNATIVES])
    if number > len(found.designs):
        count = len(found.designs)
        raise usage_problems.refused(usage_problems.NO_ALTERNATIVE, "--alternative", number=number, count=count)
    grounds = site_design.Grounds(found.basis, place.to_level_mm, found.not_given, place.is_provisional)
    assumed = list(grounds.cautions(words))
    priced = [_priced(each, place.works(each), price_book) for each in found.designs]
    lines = [*([mending.sentence(place.parts, words)] if place.parts else []), *assumed]
    for each in priced:
        lines += [described.family(each.design, words), described.summary(each.design, words)]
        lines += [cost.sentence(each.estimate, words), *ramp_design.warnings(each.design, criteria, words)]
    chosen = priced[number - 1]
    subject = _subject(chosen, place.works(chosen.design), site, criteria, words, "" if home else words.name(town))
    # The forms are Thai, whatever the language of the answer.
    thai = wording.Wording("th")
    work = " ".join(filter(None, (described.family(chosen.design, thai), site, at)))
    # whoever finds the paper alone must not take invented surveys for the municipality's
    mark = [words.text(terms.DEMONSTRATION)] if demonstration else []
    if demonstration:
        work = f"{thai.text(terms.DEMONSTRATION_SHORT)}: {work}"
    forms = {"title": work, "owner": "" if home else town.th, "home": home, "parts": place.parts, "grounds": grounds}
    signed = [words.text(cost_forms.HOME_SIGNATURES)] if home else []
    subject = dataclasses.replace(
        subject,
        title=f"{words.text(terms.DEMONSTRATION_SHORT)}: {subject.title}" if demonstration else subject.title,
        notes=(*mark, *subject.notes, *signed),
        place=place.element_id or site,
        cautions=tuple(assumed),
        bearing_deg=bearing,
        key_plan=_key_plan(request, site) if {"pdf", "dxf"} & set(wanted) else None,
        standing_mm=place.standing_mm[:2] if place.standing_mm and grounds.in_place else None,
    )
    for form, path in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(form, subject, chosen.estimate, price_book, words, forms))
        lines.append(words.text(WRITTEN, file=path))
    receipt |= {
        "feasible": True,
        "basis": found.basis,
        "alternatives": [_content(each, place.works(each.design), assumed, criteria, words) for each in priced],
        "chosen": number,
        "drawing_number": subject.drawing_number,
        "files": [str(path) for path in wanted.values()],
    }
    request.print_receipt(receipt, lines)


def _in_force(request: arguments.Request, site: str) -> tuple[bool, towns.Town, prices.PriceBook, str]:
    """Whether the record is a demonstration, its town, its prices and the site's Thai name.

    A ramp at no site needs no record.
    """
    if not site and not request.workspace.store_path.is_file():
        return False, towns.starter(), price_books.sample(), ""
    with request.open_store() as store:
        name = ""
        if site:
            sites = read.sites(store)
            arguments.known_codes([site], sites)
            name = str(sites.at[site, "name_th"])
        return connection.kind(store) == "demonstration", towns.read(store), price_books.in_force(store).book, name


def _place(
    request: arguments.Request,
    site: str,
    given: Mapping[str, int | None],
    sides: geometry.Space,
    price_book: prices.PriceBook,
    *,
    kerb: bool,
) -> _Place:
    """Return the space that was given, its missing lengths and what stands there from the survey of the site's ramp."""
    known = {name: value for name, value in given.items() if value is not None}
    missing = ", ".join(f"--{name.removesuffix('_mm')}-mm" for name in given if name not in known)
    if kerb or not site:
        return _given(known, missing, sides, kerb=kerb)
    record = request.read_record()
    with request.open_store() as store:
        designed = fix_steps.designs(store).index
    governed = record.governed
    here = record.elements.index[(record.elements["site_code"] == site) & (record.elements["kind"] == "ramp")]
    for element_id in map(str, here):
        taken = measured_space.taken(governed, element_id, "ramp")
        space, at_least, _ = site_design.measured(taken)
        # another ramp at the site may have what this one lacks
        if space is None and "rise_mm" not in known:
            continue
        at_least = _ROOM if space is None else at_least
        measured = space or geometry.Space(0, 0, 0)
        standing = measured_space.standing_mm(governed, element_id)
        space = dataclasses.replace(
            _with_lengths(measured, known),
            # a wall counts when either the survey or whoever asks saw it
            obstacle_left=measured.obstacle_left or sides.obstacle_left,
            obstacle_right=measured.obstacle_right or sides.obstacle_right,
            approach=sides.approach,
            exit=sides.exit,
        )
        parts = mending.of_ramp(record, element_id, price_book, designed)
        # a rise that somebody types counts as levelled
        calculated = "rise_mm" not in known and measured_space.never_levelled(space.rise_mm, taken)
        to_level_mm = space.rise_mm if calculated else 0
        is_provisional = record.is_provisional(site)
        return _Place(space, at_least - set(known), element_id, standing, parts, to_level_mm, is_provisional)
    if missing:
        raise usage_problems.refused(usage_problems.NOT_SURVEYED, missing, site=site)
    return _Place(_with_lengths(sides, known))


def _given(known: Mapping[str, int], missing: str, sides: geometry.Space, *, kerb: bool) -> _Place:
    """Return a place of which no survey is asked."""
    # the rise alone is enough: the slope of the law gives the length
    if missing and (kerb or "rise_mm" not in known):
        raise usage_problems.refused(usage_problems.NEEDED, missing)
    if kerb:
        return _Place(geometry.KerbSpace(known["rise_mm"], known["length_mm"], known["width_mm"]))
    return _Place(_with_lengths(sides, known), _ROOM - set(known))


def _key_plan(request: arguments.Request, site: str) -> views.View | None:
    """Return the streets about the site; None for a ramp anywhere and where nobody knows the position."""
    if not site:
        return None
    with request.open_store() as store:
        point = read.sites(store).geometry[site]
    if point is None:
        return None
    streets = ground.of(request.workspace.folder).streets
    return key_plan.view(streets, (point.x, point.y), site, request.words)


def _with_lengths(space: geometry.Space, known: Mapping[str, int]) -> geometry.Space:
    rise_mm, length_mm, width_mm = (
        known.get(name, was)
        for name, was in (("rise_mm", space.rise_mm), ("length_mm", space.length_mm), ("width_mm", space.width_mm))
    )
    return dataclasses.replace(space, rise_mm=rise_mm, length_mm=length_mm, width_mm=width_mm)


def _asked(place: _Place) -> dict[str, object]:
    return {
        "element_id": place.element_id,
        "space": dataclasses.asdict(place.space),
        "at_least": sorted(place.at_least),
        "rise_to_level": bool(place.to_level_mm),
        "parts": place.parts and _parts(place.parts),
    }


def _refuse(
    request: arguments.Request,
    receipt: Mapping[str, object],
    found: site_design.Fitted | geometry.NotFeasible,
    price_book: prices.PriceBook,
    place: _Place,
    *,
    demonstration: bool,
) -> None:
    """Answer why no ramp fits, what parts mend the one that stands, and what a platform lift costs in its place."""
    words = request.words
    lift = cost.estimate({"platform_lift_lump": 1.0}, price_book, ("platform_lift_lump",))
    reason: dict[str, object] = {"feasible": False, "alternatives": [], "lift_thb": int(lift.total_thb.likely)}
    if isinstance(found, geometry.NotFeasible):
        sentences = [*ramp_design.sentences(found, words)]
        reason |= {"binding": found.binding, "criteria": list(found.criteria)}
        for name in ("relaxations", "together"):
            reason[name] = [dataclasses.asdict(each) for each in getattr(found, name)]
    else:
        sentences = [words.text(site_design.BASES[found.basis])]
        reason |= {"basis": found.basis}
    sentences += site_design.Grounds(to_level_mm=place.to_level_mm).cautions(words)
    sentences.append(words.text(LIFT, cost=cost.sentence(lift, words)))
    if place.parts:
        sentences.insert(0, mending.sentence(place.parts, words))
    mark = [words.text(terms.DEMONSTRATION)] if demonstration else []
    request.print_receipt({**receipt, **reason, "sentences": [*mark, *sentences]}, sentences, ok=False)


def _parts(found: mending.Parts) -> dict[str, object]:
    return {"level": found.level, "cost_thb": int(found.estimate.total_thb.likely)}


def _outputs(asked: Mapping[str, Path | None], *, replace: bool) -> dict[str, Path]:
    wanted = {form: path for form, path in asked.items() if path is not None}
    for form, path in wanted.items():
        arguments.refuse_existing([path], f"--{form}", replace=replace, makes_folder=True)
    return wanted


def _priced(design: geometry.Design, works: quantities.Works, price_book: prices.PriceBook) -> design_record.Priced:
    bill = quantities.bill(design, _MADE, works)
    return design_record.Priced(design, bill, cost.estimate(bill, price_book))


def _content(
    priced: design_record.Priced,
    works: quantities.Works,
    assumed: list[str],
    criteria: model.Criteria,
    words: wording.Wording,
) -> dict[str, object]:
    check = design_check.check(priced.design, criteria)
    low, likely, high = map(int, priced.estimate.total_thb)
    return {
        **design_record.content(priced, _MADE, works, check, criteria.version),
        # numbers in place of the texts in which the record keeps money
        "cost_thb": likely,
        "cost_low_thb": low,
        "cost_high_thb": high,
        "direct_cost_thb": str(priced.estimate.direct_thb.likely),
        "factor_f": str(priced.estimate.factor.thb.likely),
        "engineer_needed": walls.engineer_needed(priced.design),
        "assumptions": [*assumed, *described.assumptions_of(priced.design, _MADE, works, words)],
        "at_the_limits": ramp_design.at_the_limits(priced.design, criteria),
    }


def _subject(
    chosen: design_record.Priced,
    works: quantities.Works,
    site: str,
    criteria: model.Criteria,
    words: wording.Wording,
    town: str,
) -> drawing.Subject:
    check = design_check.check(chosen.design, criteria)
    notes = (*ramp_design.warnings(chosen.design, criteria, words), *design_check.notes(check, words))
    title = site or described.family(chosen.design, words)
    return drawing.Subject(chosen.design, _MADE, works, title, arguments.today(), notes=notes, town=town)


def _written(
    form: str,
    subject: drawing.Subject,
    estimate: cost.Estimate,
    book: prices.PriceBook,
    words: wording.Wording,
    forms: Mapping[str, Any],
) -> bytes:
    if form == "pdf":
        return drawing.pdf(subject, words)
    if form == "dxf":
        return drawing.dxf(subject, words)
    made_on = subject.made_on
    assumed = subject.made, subject.works
    number = subject.drawing_number
    return cost_workbook.workbook(
        estimate, book, *assumed, made_on=made_on, drawing=number, design=subject.design, **forms
    )
