"""Write receipts of scores, and check them, from the command line."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from audits import record as records
from audits import wording
from audits.cli import answers, arguments
from audits.receipts import bundle, check

phrase = wording.phrase

ALL = "all"

PACKED = phrase("Receipt {number} of {count} sites: {file}. Head {head}")
HOLDS = phrase("Every figure follows from the evidence in the receipt. Number {number}")
FAILS = phrase("The receipt does not hold: {count} problems. Number {number}")
IN_AUDIT_LOG = phrase("The audit log agrees up to the head {head}.")
AUDIT_LOG_NOT_READ = phrase(
    "Only the audit log shows whether surveys were invented or left out: add --workspace. Head {head}"
)
OLDER_CRITERIA = phrase("Judged by other criteria than this program's: version {version}.")
OTHER_JUDGE = phrase("Made by a program whose judging code differs from this one: version {version}.")


@arguments.command(*arguments.JUDGED)
def receipt(
    request: arguments.Request,
    site: Annotated[str, typer.Argument(help=f"Code of a site, or {ALL} for the whole record.")],
    file: Annotated[Path, typer.Argument(help="The new zip file, or a folder.")],
    replace: arguments.Replace = False,
) -> None:
    """Write a score with everything it rests on as one file that proves itself."""
    words, today = request.words, arguments.today()
    with request.open_store() as store, answers.progress(words.text("Score receipt")):
        sites, _ = records.register(store)
        codes = list(sites.index) if site == ALL else arguments.known_codes([site], sites)
        made = bundle.packed(
            store, codes, today, edition=request.edition, as_of=request.as_of, approved_only=request.approved
        )
    target = file / bundle.file_name(codes, today) if file.is_dir() else file
    arguments.refuse_existing([target], "FILE", replace=replace)
    target.write_bytes(made)
    # read back, so that what is printed is what the file says
    stated = bundle.opened(made).stated
    names = ("number", "head", "criteria_version", "edition", "demonstration")
    record = {"file": str(target), "bytes": len(made), "sites": len(codes), **{name: stated[name] for name in names}}
    sentence = words.text(PACKED, number=stated["number"], count=len(codes), file=target, head=stated["head"])
    request.print_receipt(record, [sentence])


# with a workspace of its own, since a receipt is checked without any unless one is named
@arguments.command(workspace=False)
def verify_receipt(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(help="The receipt.", exists=True, dir_okay=False, readable=True)],
    folder: Annotated[
        Path | None,
        typer.Option("--workspace", help="Also compare with the audit log of this record.", file_okay=False),
    ] = None,
) -> None:
    """Judge the evidence in a receipt again and compare figure by figure; exit code 1 when anything differs."""
    request.folder = folder
    with answers.progress(request.words.text("Checking")), contextlib.ExitStack() as stack:
        store = None if folder is None else stack.enter_context(request.open_store())
        found = check.check(file.read_bytes(), store)
    stated, holds = found.receipt.stated, not found.problems
    record = {
        "holds": holds,
        **{name: stated[name] for name in ("number", "head", "sites", "criteria_version", "demonstration")},
        "same_criteria": found.same_criteria,
        "same_judge": found.same_judge,
        "ledger_asked": found.with_audit_log,
        "problems": request.problems(found.problems),
    }
    request.print_receipt(record, _lines(found, request.words), ok=holds)


def _lines(found: check.Checked, words: wording.Wording) -> list[str]:
    stated = found.receipt.stated
    sentence = FAILS if found.problems else HOLDS
    lines = [words.text(sentence, number=stated["number"], count=len(found.problems))]
    lines += [words.problem(problem) for problem in found.problems]
    if not found.with_audit_log:
        lines.append(words.text(AUDIT_LOG_NOT_READ, head=stated["head"]))
    elif not found.problems:
        lines.append(words.text(IN_AUDIT_LOG, head=stated["head"]))
    if not found.same_criteria:
        lines.append(words.text(OLDER_CRITERIA, version=stated["criteria_version"]))
    if not found.same_judge:
        lines.append(words.text(OTHER_JUDGE, version=stated.get("program_version", "–")))
    return lines
