"""Give receipts of scores, and check them, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import record as records
from audits import terms, wording
from audits.cli import answers, arguments
from audits.receipts import bundle, check
from audits.rules import files
from audits.scoring import run

phrase = wording.phrase

ALL = "all"

PACKED = phrase("Receipt {number} of {count} sites: {file}. Head {head}")
HOLDS = phrase("Every figure follows from the evidence in the receipt. Number {number}")
FAILS = phrase("The receipt does not hold: {count} problems. Number {number}")
AUDIT_LOG_AGREES = phrase("The audit log agrees up to the head {head}.")
AUDIT_LOG_NOT_READ = phrase(
    "Only the audit log shows whether surveys were invented or left out: add --workspace. Head {head}"
)
OLDER_CRITERIA = phrase("Judged by other criteria than this program's: version {version}.")
OTHER_JUDGE = phrase("Made by a program whose judging code differs from this one: version {version}.")


def receipt(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help=f"Code of a site, or {ALL} for the whole record.")],
    file: Annotated[Path, typer.Argument(help="The new zip file, or a folder.")],
    edition: arguments.Edition = run.BY_PERMIT_DATE,
    as_of: arguments.AsOf = None,
    approved: arguments.Approved = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Write a score with everything it rests on as one file that proves itself."""
    words, criteria = answers.reader(context).words, files.load_criteria()
    edition, day = arguments.known_edition(edition, criteria), arguments.day(as_of)
    with arguments.opened(folder) as store, answers.progress(words.text("Score receipt")):
        sites, _ = records.register(store)
        codes = list(sites.index) if site == ALL else arguments.known_codes([site], sites)
        made = bundle.packed(store, codes, arguments.today(), edition=edition, as_of=day, approved_only=approved)
    target = file / bundle.file_name(codes, arguments.today()) if file.is_dir() else file
    if target.exists() and not replace:
        raise typer.BadParameter(f"{target}: it exists; choose another name, or add --replace", param_hint="FILE")
    target.write_bytes(made)
    stated = bundle.opened(made).stated
    names = ("number", "head", "criteria_version", "edition", "demonstration")
    record = {"file": str(target), "bytes": len(made), "sites": len(codes), **{name: stated[name] for name in names}}
    sentence = words.text(PACKED, number=stated["number"], count=len(codes), file=target, head=stated["head"])
    answers.give(context, record, (*_invented(stated["demonstration"], words), sentence))


def verify_receipt(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The receipt.", exists=True, dir_okay=False, readable=True)],
    folder: Annotated[
        Path | None,
        typer.Option("--workspace", help="Also check the audit log of this record.", file_okay=False),
    ] = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Judge the evidence in a receipt again and compare figure by figure; exit code 1 when anything differs."""
    words = answers.reader(context).words
    with answers.progress(words.text("Checking")):
        if folder is None:
            found = check.check(file.read_bytes())
        else:
            with arguments.opened(folder) as store:
                found = check.check(file.read_bytes(), store)
    stated, holds = found.receipt.stated, not found.problems
    record = {
        "holds": holds,
        **{name: stated[name] for name in ("number", "head", "sites", "criteria_version", "demonstration")},
        "same_criteria": found.same_criteria,
        "same_judge": found.same_judge,
        "ledger_asked": found.with_audit_log,
        "problems": [answers.problem_record(problem, words) for problem in found.problems],
    }
    answers.give(context, record, _lines(found, words), ok=holds)
    if not holds:
        raise typer.Exit(answers.PROBLEMS)


def _lines(found: check.Checked, words: wording.Wording) -> list[str]:
    stated = found.receipt.stated
    sentence = FAILS if found.problems else HOLDS
    lines = [*_invented(stated["demonstration"], words)]
    lines.append(words.text(sentence, number=stated["number"], count=len(found.problems)))
    lines += [words.problem(problem) for problem in found.problems]
    if not found.with_audit_log:
        lines.append(words.text(AUDIT_LOG_NOT_READ, head=stated["head"]))
    elif not found.problems:
        lines.append(words.text(AUDIT_LOG_AGREES, head=stated["head"]))
    if not found.same_criteria:
        lines.append(words.text(OLDER_CRITERIA, version=stated["criteria_version"]))
    if not found.same_judge:
        lines.append(words.text(OTHER_JUDGE, version=stated.get("program_version", "–")))
    return lines


def _invented(demonstration: bool, words: wording.Wording) -> tuple[str, ...]:
    return (words.text(terms.DEMONSTRATION),) if demonstration else ()
