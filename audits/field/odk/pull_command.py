"""Fetch what phones sent to ODK Central or KoboToolbox, from the command line."""

from __future__ import annotations

import datetime as dt
import os
from typing import Annotated

import typer

from audits import wording
from audits.cli import answers, arguments, usage_problems
from audits.field import command
from audits.field import known as known_room
from audits.field.odk import pulling
from audits.rules import files

CENTRAL, KOBO = "central", "kobo"
CENTRAL_PASSWORD, KOBO_TOKEN = "JAIDEE_CENTRAL_PASSWORD", "JAIDEE_KOBO_TOKEN"


@arguments.command()
def pull(
    request: arguments.Request,
    actor: arguments.Actor,
    server: Annotated[str, typer.Argument(metavar="SERVER", help=f"{CENTRAL} or {KOBO}.")],
    url: Annotated[str, typer.Argument(help="Its address, such as https://central.example.org.")],
    project: Annotated[str, typer.Argument(help="Central: number of the project. KoboToolbox: id of the project.")],
    form: Annotated[str, typer.Argument(help="Central: id of the form.")] = "",
    user: Annotated[str, typer.Option("--user", help="Central: e-mail of a web user who may read submissions.")] = "",
    since: Annotated[
        str, typer.Option("--since", help="Central: only what was sent or edited since this day, such as 2026-06-30.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what came, and write nothing.")] = False,
) -> None:
    """Fetch submissions and take them in; doing it again changes nothing.

    The password is asked for, or taken from JAIDEE_CENTRAL_PASSWORD or JAIDEE_KOBO_TOKEN; exit code 3 when records
    were held.
    """
    arguments.known(server, (CENTRAL, KOBO), "SERVER")
    if server == CENTRAL and not (project.isdecimal() and form and user):
        raise usage_problems.refused(usage_problems.CENTRAL_NEEDS, "PROJECT FORM")
    if server == KOBO and (form or user or since):
        raise usage_problems.refused(usage_problems.KOBO_NEEDS, "PROJECT")
    begun = arguments.day(since, "--since")
    secret = _secret(CENTRAL_PASSWORD if server == CENTRAL else KOBO_TOKEN)
    with request.open_store() as store, answers.progress(request.words.text("Import")) as progress:
        known = known_room.of_store(store, files.load_criteria(), dt.datetime.now(dt.UTC))
        if server == CENTRAL:
            zone = wording.local_zone()
            first = None if begun is None else dt.datetime.combine(begun, dt.time.min, tzinfo=zone)
            delivery = pulling.pull_central(url, int(project), form, user, secret, known, first)
        else:
            delivery = pulling.pull_kobo(url, project, secret, known)
        command.take_in(request, store, delivery, actor, dry_run=dry_run, progress=progress)


def _secret(variable: str) -> str:
    # Never an argument, which other users of the computer can read.
    return os.environ.get(variable) or str(typer.prompt(variable, hide_input=True, err=True))
