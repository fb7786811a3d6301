"""Hand the council its brief and the public its pages, from the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from audits import audit, council, council_money, errors, terms, wording
from audits.command_line import answers, arguments, standing
from audits.exchange import contents, council_contents, static_site
from audits.paper import brief as printed_brief
from audits.planning import build_model, price_books, prices, site_network
from audits.store import fix_steps
from layers import web_assets

phrase = wording.phrase

BRIEF_WRITTEN = phrase("Brief for the council, one page, written to {file}")
SITE_WRITTEN = phrase("{count} files for the public written to {file}")
BOTH = "both"
EXISTS = "exists already; name another, or say --replace"

Content = Annotated[str, typer.Option("--content", help="Language of the content: th, en or both.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over what is there.")]


def brief(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="The new file.", dir_okay=False)],
    content: Content = "",
    edition: arguments.Edition = audit.BY_PERMIT_DATE,
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
    state = standing.load(folder, edition, arguments.day(as_of), approved_only=approved)
    told = gathered(state, folder, arguments.day(as_of), approved_only=approved)
    for language, target in targets.items():
        target.write_bytes(printed_brief.brief(told, wording.Wording(language)))
    words = answers.reader(context).words
    record = {"files": [str(target) for target in targets.values()], **_rests_on(state, edition)}
    lines = [words.text(BRIEF_WRITTEN, file=target) for target in targets.values()]
    answers.give(context, record, _marked(state, words, lines))


def site(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; with --one-file, the file.")],
    one_file: Annotated[bool, typer.Option("--one-file", help="Everything in one HTML file.")] = False,
    content: Content = BOTH,
    edition: arguments.Edition = audit.BY_PERMIT_DATE,
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
    state = standing.load(folder, edition, arguments.day(as_of), approved_only=approved)
    told = gathered(state, folder, arguments.day(as_of), approved_only=approved)
    briefs = {language: printed_brief.brief(told, wording.Wording(language)) for language in languages}
    if one_file:
        written = {target: static_site.one_file(told, briefs, languages)}
    else:
        written = {target / name: page for name, page in static_site.files(told, briefs, languages).items()}
    for path, page in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page)
    words = answers.reader(context).words
    record = {"files": [str(path) for path in written], "bytes": sum(map(len, written.values()))}
    lines = [words.text(SITE_WRITTEN, count=words.number(len(written), 0), file=target)]
    answers.give(context, record | _rests_on(state, edition), _marked(state, words, lines))


def gathered(
    state: standing.Standing, folder: Path | None, as_of: dt.date | None, *, approved_only: bool = False
) -> council_contents.Answers:
    """Return the three answers for a record, with what each million baht buys."""
    subject = contents.Subject(
        state.sites, state.elements, state.measurements, state.audited, state.book, state.weights
    )
    about = contents.About(arguments.today(), as_of, state.head, state.demonstration)
    with arguments.opened(folder) as store:
        steps, book = fix_steps.every(store), price_books.in_force(store).book
        money = _money(state, store.workspace.folder, book)
    return council_contents.gathered(
        subject, about, money, council.accepted(steps, about.as_of), approved_only=approved_only
    )


def _money(state: standing.Standing, ground: Path, book: prices.PriceBook) -> council_money.Money | None:
    """Return what each million baht buys; None where no site lies near a known way, so that nothing can be planned."""
    try:
        record = build_model.build(
            site_network.read(ground),
            state.sites,
            state.elements,
            state.measurements,
            state.audited,
            state.book,
            book,
        )
    except errors.RefusedError:
        return None
    return council_money.solve(record, book)


def _languages(context: typer.Context, content: str) -> tuple[str, ...]:
    content = content or answers.reader(context).words.language
    if content not in (*wording.LANGUAGES, BOTH):
        accepted = ", ".join((*wording.LANGUAGES, BOTH))
        raise typer.BadParameter(f"{content}: use one of: {accepted}", param_hint="--content")
    return wording.LANGUAGES if content == BOTH else (content,)


def _refuse_what_is_there(paths: Iterable[Path], *, replace: bool) -> None:
    there = [str(path) for path in paths if path.exists()]
    if there and not replace:
        raise typer.BadParameter(f"{', '.join(there)}: {EXISTS}", param_hint="FILE, DIR")


def _rests_on(state: standing.Standing, edition: str) -> dict[str, object]:
    return {
        "sites": len(state.sites),
        "demonstration": state.demonstration,
        "edition": edition,
        "head": state.head,
    }


def _marked(state: standing.Standing, words: wording.Wording, lines: list[str]) -> list[str]:
    return [words.text(terms.DEMONSTRATION), *lines] if state.demonstration else lines
