"""Keep accounts from the command line: who may sign in, with which role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from audits import roles, wording
from audits.cli import answers, arguments
from audits.store.accounts import accounts

phrase = wording.phrase

ADDED = phrase("Account {name} ({role}) made. First password, shown only now: {password}")
GIVEN = phrase("Account {name}: new first password, shown only now: {password}")
CLOSED = phrase("Account {name} opens nothing any more.")
ROLE_GIVEN = phrase("Account {name} is now: {role}.")
LINKED = phrase("Account {name} belongs to {subject} of the office's own sign-in.")
UNLINKED = phrase("Account {name} belongs to nobody of the office's own sign-in.")
NONE_YET = phrase("No account yet.")
ACTIVE, CLOSED_WORD = phrase("active"), phrase("disabled")

user = typer.Typer(help="Keep the accounts of those who sign in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the account, such as a staff number.")]
Role = Annotated[str, typer.Option("--role", help=f"One of: {', '.join(roles.ROLES)}.")]


@user.command("add")
def add(
    context: typer.Context,
    name: Name,
    role: Role,
    actor: arguments.Actor,
    display_name: Annotated[str, typer.Option("--display-name", help="As others read it.")] = "",
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Make an account and show its first password, which must be changed when first signing in."""
    with arguments.opened(folder, create=True) as store:
        password = accounts.add(store, name, role, actor, display_name)
        made = accounts.find(store, name)
    words = answers.reader(context).words
    sentence = words.text(ADDED, name=accounts.username(name), role=words.text(roles.ROLES[role]), password=password)
    answers.give(context, {**_records((made,))[0], "password": password}, (sentence,))


@user.command("disable")
def disable(
    context: typer.Context,
    name: Name,
    actor: arguments.Actor,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Let an account open nothing any more; who is signed in with it is signed out."""
    with arguments.opened(folder) as store:
        accounts.disable(store, name, actor)
        changed = accounts.find(store, name)
    sentence = answers.reader(context).words.text(CLOSED, name=accounts.username(name))
    answers.give(context, _records((changed,))[0], (sentence,))


@user.command("role")
def give_role(
    context: typer.Context,
    name: Name,
    role: Annotated[str, typer.Argument(help=f"One of: {', '.join(roles.ROLES)}.")],
    actor: arguments.Actor,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Give an account another role."""
    with arguments.opened(folder) as store:
        accounts.give_role(store, name, role, actor)
        changed = accounts.find(store, name)
    words = answers.reader(context).words
    sentence = words.text(ROLE_GIVEN, name=accounts.username(name), role=words.text(roles.ROLES[role]))
    answers.give(context, _records((changed,))[0], (sentence,))


@user.command("reset")
def reset(
    context: typer.Context,
    name: Name,
    actor: arguments.Actor,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Give an account a new first password; it opens again if it was disabled."""
    with arguments.opened(folder) as store:
        password = accounts.reset(store, name, actor)
        changed = accounts.find(store, name)
    sentence = answers.reader(context).words.text(GIVEN, name=accounts.username(name), password=password)
    answers.give(context, {**_records((changed,))[0], "password": password}, (sentence,))


@user.command("link")
def link(
    context: typer.Context,
    name: Name,
    subject: Annotated[str, typer.Argument(help="Who it is for the office's own sign-in; empty for nobody.")],
    actor: arguments.Actor,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Say who an account is for the office's own sign-in (OpenID Connect)."""
    with arguments.opened(folder) as store:
        accounts.link(store, name, subject, actor)
        changed = accounts.find(store, name)
    words = answers.reader(context).words
    sentence = words.text(
        LINKED if subject.strip() else UNLINKED, name=accounts.username(name), subject=subject.strip()
    )
    answers.give(context, _records((changed,))[0], (sentence,))


@user.command("list")
def everyone(
    context: typer.Context,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """List the accounts."""
    with arguments.opened(folder) as store:
        found = accounts.everyone(store)
    text = answers.reader(context).words.text
    lines = [
        f"{one.username} · {one.display_name} · {text(roles.ROLES[one.role])} · "
        f"{text(ACTIVE if one.active else CLOSED_WORD)}"
        for one in found
    ]
    answers.give(context, {"accounts": _records(found)}, lines or (text(NONE_YET),))


def _records(found: Iterable[accounts.Account | None]) -> list[dict[str, object]]:
    return [
        {
            "username": one.username,
            "display_name": one.display_name,
            "role": one.role,
            "active": one.active,
            "must_change": one.must_change,
        }
        for one in found
        if one is not None
    ]
