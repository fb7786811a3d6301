"""Hand the council its brief and the public its pages, from the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from audits import errors, terms, wording
from audits import record as records
from audits.access import site_network
from audits.cli import answers, arguments
from audits.council import brief as printed_brief
from audits.council import council_contents, figures, money, static_site
from audits.plans import build_model
from audits.ramps import price_books, prices
from audits.scoring import run
from audits.store import fix_steps
from layers import web_assets

phrase = wording.phrase

BRIEF_WRITTEN = phrase("Brief for the council, one page, written to {file}")
SITE_WRITTEN = phrase("{count} files for the public written to {file}")
BOTH = "both"

Content = Annotated[str, typer.Option("--content", help="Language of the content: th, en or both.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over what is there.")]


def brief(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="The new file.", dir_okay=False)],
    content: Content = "",
    edition: arguments.Edition = run.BY_PERMIT_DATE,
    as_of: arguments.AsOf = None,
    approved: arguments.Approved = False,
    replace: Replace = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Print the council's brief, one page of A4; in both languages it is two files."""
    languages = _languages(context, content)
    targets = {
        language: file if len(languages) == 1 else file.with_stem(f"{file.stem}-{language}") for language in languages
    }
    _refuse_what_is_there(targets.values(), replace=replace)
    record = arguments.read_record(folder, edition, arguments.day(as_of), approved)
    answered = gathered(record, folder)
    for language, target in targets.items():
        target.write_bytes(printed_brief.brief(answered, wording.Wording(language)))
    words = answers.reader(context).words
    answer = {"files": [str(target) for target in targets.values()], **_rests_on(record)}
    lines = [words.text(BRIEF_WRITTEN, file=target) for target in targets.values()]
    answers.give(context, answer, _marked(record, words, lines))


def site(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; with --one-file, the file.")],
    one_file: Annotated[bool, typer.Option("--one-file", help="Everything in one HTML file.")] = False,
    content: Content = BOTH,
    edition: arguments.Edition = run.BY_PERMIT_DATE,
    as_of: arguments.AsOf = None,
    approved: arguments.Approved = False,
    replace: Replace = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Write public pages that need no server: no script, no photo, no note, no name of a surveyor."""
    languages = _languages(context, content)
    _refuse_what_is_there([target if one_file else target / "index.html"], replace=replace)
    web_assets.prepare()
    record = arguments.read_record(folder, edition, arguments.day(as_of), approved)
    answered = gathered(record, folder)
    briefs = {language: printed_brief.brief(answered, wording.Wording(language)) for language in languages}
    if one_file:
        written = {target: static_site.one_file(answered, briefs, languages)}
    else:
        written = {target / name: page for name, page in static_site.files(answered, briefs, languages).items()}
    for path, page in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page)
    words = answers.reader(context).words
    answer = {"files": [str(path) for path in written], "bytes": sum(map(len, written.values()))}
    lines = [words.text(SITE_WRITTEN, count=words.number(len(written), 0), file=target)]
    answers.give(context, answer | _rests_on(record), _marked(record, words, lines))


def gathered(record: records.AuditedRecord, folder: Path | None) -> council_contents.Answers:
    """Gather the three answers for a record, with what each million baht buys."""
    with arguments.opened(folder) as store:
        steps, book = fix_steps.every(store), price_books.in_force(store).book
        money = _money(record, store.workspace.folder, book)
    return council_contents.gathered(record, arguments.today(), money, figures.accepted(steps, record.as_of))


def _money(record: records.AuditedRecord, ground: Path, book: prices.PriceBook) -> money.Money | None:
    """Work out what each million baht buys; None where no site lies near a known way: nothing can be planned."""
    try:
        model = build_model.build(
            site_network.read(ground),
            record,
            book,
        )
    except errors.RefusedError:
        return None
    return money.solve(model, book)


def _languages(context: typer.Context, content: str) -> tuple[str, ...]:
    content = content or answers.reader(context).words.language
    if content not in (*wording.LANGUAGES, BOTH):
        accepted = ", ".join((*wording.LANGUAGES, BOTH))
        raise typer.BadParameter(f"{content}: use one of: {accepted}", param_hint="--content")
    return wording.LANGUAGES if content == BOTH else (content,)


def _refuse_what_is_there(paths: Iterable[Path], *, replace: bool) -> None:
    there = [str(path) for path in paths if path.exists()]
    if there and not replace:
        raise typer.BadParameter(f"{', '.join(there)}: {answers.EXISTS}", param_hint="FILE, DIR")


def _rests_on(record: records.AuditedRecord) -> dict[str, object]:
    return {
        "sites": len(record.sites),
        "demonstration": record.demonstration,
        "edition": record.edition,
        "head": record.head,
    }


def _marked(record: records.AuditedRecord, words: wording.Wording, lines: list[str]) -> list[str]:
    return [words.text(terms.DEMONSTRATION), *lines] if record.demonstration else lines
