"""Keep the accounts of those who sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from audits import errors, roles, wording
from audits.cli import arguments
from audits.store.accounts import accounts, sessions
from audits.store.db import connection

phrase = wording.phrase

ADDED = phrase("Account {name} ({role}) made. First password, shown only now: {password}")
RESET = phrase("Account {name}: new first password, shown only now: {password}")
CLOSED = phrase("Account {name} opens nothing any more.")
ROLE_GIVEN = phrase("Account {name} is now: {role}.")
LINKED = phrase("Account {name} belongs to {subject} of the office's own sign-in.")
UNLINKED = phrase("Account {name} belongs to nobody of the office's own sign-in.")
UNLOCKED = phrase("Account {name}: {count} wrong tries forgotten.")
NONE_YET = phrase("No account yet.")

user = typer.Typer(help=__doc__, no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the account, such as a staff number.")]
Role = Annotated[str, typer.Option("--role", help=f"One of: {', '.join(roles.ROLES)}.")]


@user.command("add")
@arguments.command()
def add(
    request: arguments.Request,
    name: Name,
    role: Role,
    actor: arguments.Actor,
    display_name: Annotated[str, typer.Option("--display-name", help="As others read it.")] = "",
) -> None:
    """Make an account and show its first password, which must be changed when first signing in."""
    # the first administrator of a new record is made here, before anybody has opened it
    with request.open_store(create=True) as store:
        password = accounts.add(store, name, role, actor, display_name)
        _print(request, store, name, ADDED, password=password)


@user.command("disable")
@arguments.command()
def disable(request: arguments.Request, name: Name, actor: arguments.Actor) -> None:
    """Let an account open nothing any more; who is signed in with it is signed out."""
    with request.open_store() as store:
        accounts.disable(store, name, actor)
        _print(request, store, name, CLOSED)


@user.command("role")
@arguments.command()
def give_role(
    request: arguments.Request,
    name: Name,
    role: Annotated[str, typer.Argument(help=f"One of: {', '.join(roles.ROLES)}.")],
    actor: arguments.Actor,
) -> None:
    """Give an account another role."""
    with request.open_store() as store:
        accounts.give_role(store, name, role, actor)
        _print(request, store, name, ROLE_GIVEN)


@user.command("reset")
@arguments.command()
def reset(request: arguments.Request, name: Name, actor: arguments.Actor) -> None:
    """Give an account a new first password; it opens again if it was disabled."""
    with request.open_store() as store:
        password = accounts.reset(store, name, actor)
        _print(request, store, name, RESET, password=password)


@user.command("link")
@arguments.command()
def link(
    request: arguments.Request,
    name: Name,
    subject: Annotated[str, typer.Argument(help="Who it is for the office's own sign-in; empty for nobody.")],
    actor: arguments.Actor,
) -> None:
    """Say who an account is for the office's own sign-in (OpenID Connect)."""
    with request.open_store() as store:
        accounts.link(store, name, subject, actor)
        _print(request, store, name, LINKED if subject.strip() else UNLINKED, subject=subject.strip())


@user.command("unlock")
@arguments.command()
def unlock(request: arguments.Request, name: Name, actor: arguments.Actor) -> None:
    """Forget the wrong passwords of an account, so that nobody has to wait for it."""
    with request.open_store() as store:
        count = sessions.clear_attempts(store, name, actor)
        _print(request, store, name, UNLOCKED, count=str(count))


@user.command("list")
@arguments.command()
def everyone(request: arguments.Request) -> None:
    """List the accounts."""
    with request.open_store() as store:
        found = accounts.everyone(store)
    text = request.words.text
    lines = [
        f"{one.username} · {one.display_name} · {text(roles.ROLES[one.role])} · {text(accounts.state(one))}"
        for one in found
    ]
    request.print_receipt({"accounts": [_receipt(one) for one in found]}, lines or (text(NONE_YET),))


def _print(request: arguments.Request, store: connection.Store, name: str, sentence: str, **values: str) -> None:
    account = accounts.find(store, name)
    if account is None:
        raise errors.RefusedError((accounts.NOBODY.at(name),))
    secret = {"password": values["password"]} if "password" in values else {}
    role = request.words.text(roles.ROLES[account.role])
    line = request.words.text(sentence, name=account.username, role=role, **values)
    request.print_receipt(_receipt(account) | secret, [line])


def _receipt(account: accounts.Account) -> dict[str, object]:
    names = ("username", "display_name", "role", "active", "must_change")
    return {name: getattr(account, name) for name in names}
