"""Write the council's brief and the public pages from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import arguments
from audits.council import brief as printed_brief
from audits.council import public_site, static_site

phrase = wording.phrase

BRIEF_WRITTEN = phrase("Brief for the council, one page, written to {file}")
SITE_WRITTEN = phrase("{count} files for the public written to {file}")
BOTH = "both"

Content = Annotated[str, typer.Option("--content", help="Language of the content: th, en or both.")]


@arguments.command(*arguments.JUDGED)
def brief(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="The new file.", dir_okay=False)],
    content: Content = "",
    replace: arguments.Replace = False,
) -> None:
    """Print the council's brief, one page of A4; in both languages it is two files."""
    languages = _languages(content or request.words.language)
    targets = {
        language: file if len(languages) == 1 else file.with_stem(f"{file.stem}-{language}") for language in languages
    }
    # before the record is read: planning every million may take minutes
    arguments.refuse_existing(targets.values(), "FILE", replace=replace)
    record = request.read_record()
    with request.open_store() as store:
        found = public_site.gathered(store, record, arguments.today())
    for language, target in targets.items():
        target.write_bytes(printed_brief.brief(found, wording.Wording(language)))
    receipt = {"files": [str(target) for target in targets.values()], "sites": len(record.sites)}
    lines = [request.words.text(BRIEF_WRITTEN, file=target) for target in targets.values()]
    request.print_receipt(receipt | arguments.basis(record), lines)


@arguments.command(*arguments.JUDGED)
def site(
    request: arguments.Request,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; with --one-file, the file.")],
    one_file: Annotated[bool, typer.Option("--one-file", help="Everything in one HTML file.")] = False,
    content: Content = BOTH,
    replace: arguments.Replace = False,
) -> None:
    """Write public pages that need no server: no script, no photo, no note, no name of a surveyor."""
    languages = _languages(content or request.words.language)
    first = target if one_file else target / "index.html"
    arguments.refuse_existing([first], "DIR", replace=replace, makes_folder=True)
    record = request.read_record()
    with request.open_store() as store:
        if one_file:
            found = public_site.gathered(store, record, arguments.today())
            written = {target: static_site.one_file(found, public_site.briefs(found, languages), languages)}
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(written[target])
        else:
            written = public_site.make(store, record, arguments.today(), target, languages)
    receipt = {"files": [str(path) for path in written], "bytes": sum(map(len, written.values()))}
    line = request.words.text(SITE_WRITTEN, count=request.words.number(len(written), 0), file=target)
    request.print_receipt(receipt | {"sites": len(record.sites)} | arguments.basis(record), [line])


def _languages(content: str) -> tuple[str, ...]:
    arguments.known(content, (*wording.LANGUAGES, BOTH), "--content")
    return wording.LANGUAGES if content == BOTH else (content,)
