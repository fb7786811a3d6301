"""Write the phone form for ODK and KoboToolbox from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import record as records
from audits import survey, wording
from audits.cli import arguments, usage_problems
from audits.field.odk import names, site_list, xlsform
from audits.rules import files, model

phrase = wording.phrase

WRITTEN = phrase("The form was written to {file}; upload it together with {list}, which holds {count} sites")


@arguments.command()
def form(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(help="FILE.xlsx for KoboToolbox and ODK Central, or FILE.xml (XForm).")],
    with_map: Annotated[bool, typer.Option("--map", help="Choose the site on a map.")] = False,
    entities: Annotated[
        bool, typer.Option("--entities", help=f"Visits update the entity list “{names.SITE_LIST}” of ODK Central.")
    ] = False,
    kinds: Annotated[str, typer.Option("--kinds", help="Only these kinds of element, separated by commas.")] = "",
    revision: Annotated[int, typer.Option("--revision", help="Which form of this day it is.", min=0, max=99)] = 0,
    replace: arguments.Replace = False,
) -> None:
    """Write the survey form with every question of the criteria, and the list of sites beside it."""
    asked = _known_kinds([kind.strip() for kind in kinds.split(",") if kind.strip()])
    beside = file.with_name(names.SITE_FILE)
    if file.suffix not in (".xlsx", ".xml"):
        raise usage_problems.refused(usage_problems.WRONG_ENDING, "FILE", file=file, endings=".xlsx, .xml")
    arguments.refuse_existing((file, beside), "FILE", replace=replace)
    words, criteria = request.words, files.load_criteria()
    with request.open_store() as store:
        sites, elements = records.register(store)
    version = xlsform.version(criteria, arguments.today(), revision)
    make = xlsform.workbook if file.suffix == ".xlsx" else xlsform.xform
    made = make(xlsform.sheets(criteria, version=version, with_map=with_map, entities=entities, kinds=asked))
    listed = site_list.sites_csv(sites, elements, words, with_map=with_map)
    # both are made before one is written: a form without its list has no site to choose
    file.write_bytes(made if isinstance(made, bytes) else made.encode())
    beside.write_bytes(listed)
    count = site_list.count(listed)
    receipt = {
        "file": str(file),
        "list": str(beside),
        "form_id": names.FORM_ID,
        "version": version,
        "criteria": criteria.version,
        "kinds": list(asked),
        "questions": sum(len(model.questions(criteria, kind)) for kind in asked),
        "sites": count,
        "bytes": file.stat().st_size,
    }
    request.print_receipt(receipt, [words.text(WRITTEN, file=file, list=beside, count=words.number(count, 0))])


def _known_kinds(kinds: list[str]) -> tuple[str, ...]:
    for kind in kinds:
        arguments.known(kind, survey.ELEMENT_KINDS, "--kinds")
    return tuple(kinds) or survey.ELEMENT_KINDS
