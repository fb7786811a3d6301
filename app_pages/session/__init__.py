"""Find out who reads, in which language, and from which workspace."""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import os
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import markupsafe
import streamlit as st

from app_pages.session import cache, plain_text
from audits import errors, roles, settings, wording
from audits import record as records
from audits.rules import model
from audits.scoring import run
from audits.store import incidents
from audits.store import town as towns
from audits.store.accounts import accounts, sessions
from audits.store.db import connection
from audits.store.db import workspace as workspaces
from layers import positions

# the digest of the session token, from the middleware; stripped from what a client sends
SESSION_HEADER = "x-jaidee-session"
SLOW_S = 5.0
NO_ANSWER = wording.phrase(
    "The record cannot be opened just now. Nothing that was confirmed is lost; try again in a moment."
)
FOR_ENGINEERS = wording.phrase("This is not for administrators. An engineer can do it.")
SAW_ERROR = wording.phrase("an error box in place of the page")


@dataclass(frozen=True)
class Context:
    """What a page needs to know of its reader and of the workspace that is open.

    Its surveys may be invented (`demonstration`), in the workspace itself or in the demonstration that lies beside the
    municipality's own record (`is_beside`).
    """

    words: wording.Wording
    workspace: workspaces.Workspace
    store: connection.Store
    criteria: model.Criteria
    weights: model.Weights
    demonstration: bool
    today: dt.date
    account: accounts.Account | None = None
    is_beside: bool = False

    @property
    def role(self) -> str:
        """A key of :data:`audits.roles.ROLES`."""
        return self.store.role

    def record(
        self, edition: str = run.BY_PERMIT_DATE, as_of: dt.date | None = None, official_only: bool = False
    ) -> records.AuditedRecord:
        """Audit the store as it stands now, once for each state of store, criteria and weights."""
        return cache.record(self.store, self.criteria, self.weights, edition, as_of, official_only)

    @property
    def town(self) -> towns.Town:
        """The town of the workspace, read once for each state of the store."""
        return cache.town(self.store)

    @property
    def area(self) -> positions.Box | None:
        """Where the town lies, as :meth:`audits.store.town.Town.area` finds it in the register."""
        return cache.area(self.store)

    @property
    def town_name(self) -> str:
        """Its name in the reader's language; empty where none is known."""
        return self.words.name(self.town)

    def sees(self, sight: str) -> bool:
        """Return whether the reader may see one kind of thing, a key of :data:`audits.roles.VIEWS`."""
        return roles.sees(self.role, sight)

    def actor(self, typed: str) -> str:
        """Name who answers for a change: the account signed in, else the name as it was typed."""
        return self.account.username if self.account else typed.strip()

    def show_problems(self, problems: Iterable[errors.Problem]) -> None:
        """Show what is wrong, one message a problem."""
        for problem in problems:
            # The id of a record says nothing to a reader, who sees the record itself.
            machine_id = f"{problem.where}: " if problem.where.startswith("uuid:") else ""
            st.error(plain_text.literal(self.words.problem(problem).removeprefix(machine_id)))

    @contextlib.contextmanager
    def problems_shown(self) -> Iterator[None]:
        """Show why something in the block was refused; the rest of the block is left out, and the page goes on."""
        try:
            yield
        except errors.RefusedError as refused:
            self.show_problems(refused.problems)

    def in_own_record(self) -> Context:
        """Return the same reader with the municipality's own record, where the accounts are, not the demonstration."""
        main = workspaces.chosen(None, os.environ)
        store = cache.open_store(main, demonstration=False).for_role(self.role)
        demonstration = connection.kind(store) == cache.DEMONSTRATION
        return replace(self, workspace=main, store=store, demonstration=demonstration, is_beside=False)


def current() -> Context:
    """Return the context that the menu found for the page that it draws; find it elsewhere."""
    return _OF_THIS_RUN.get() or find()


@contextlib.contextmanager
def given(context: Context) -> Iterator[None]:
    """Give the page that is drawn in the block what was found for the menu, and no later run."""
    token = _OF_THIS_RUN.set(context)
    try:
        yield
    finally:
        _OF_THIS_RUN.reset(token)


_OF_THIS_RUN: contextvars.ContextVar[Context | None] = contextvars.ContextVar("context", default=None)


def find() -> Context:
    """Find the reader's language and workspace, in the address first, then in the session.

    Who reads is looked up every time: whoever was signed out meanwhile sees the way to sign in, and nothing else.
    """
    words = wording.Wording(_kept("lang", st.context.cookies.get("lang") or "th"))
    is_beside = _kept("workspace", "") == cache.DEMONSTRATION
    main = workspaces.chosen(None, os.environ)
    workspace = main.demonstration if is_beside else main
    account = None
    if settings.read(os.environ).shared:
        # always in the own record: the demonstration beside it has no accounts
        account = sessions.who(cache.open_store(main, demonstration=False), token_digest())
        if account is None or account.must_change:
            _ask_to_sign_in(words)
            st.stop()
    store = cache.open_store(workspace, is_beside).for_role(account.role if account else roles.OFFICE)
    # it may have been moved since it was opened, and its figures stand still from then on
    connection.check_not_moved(store)
    if not is_beside:
        # Another process of the server may have named the town meanwhile.
        wording.use_time_zone(cache.town(store).time_zone)
    return Context(
        words=words,
        workspace=workspace,
        store=store,
        criteria=records.criteria_of(store),
        weights=records.weights_of(workspace),
        demonstration=connection.kind(store) == cache.DEMONSTRATION,
        today=dt.datetime.now(wording.local_zone()).date(),
        account=account,
        is_beside=is_beside,
    )


def token_digest() -> str:
    """Digest of the session's token, as the middleware passes it on; empty without a session."""
    return st.context.headers.get(SESSION_HEADER) or ""


def show_refusal(words: wording.Wording, error: Exception) -> bool:
    """Explain that something is not for this reader, or that the record does not answer; False for another error."""
    if isinstance(error, errors.NoAnswerError):
        st.error(words.text(NO_ANSWER))
        return True
    if not isinstance(error, errors.NotAllowedError):
        return False
    if error.role == roles.ADMINISTRATOR:
        st.error(words.text(FOR_ENGINEERS))
        return True
    role = words.text(roles.ROLES.get(error.role, error.role))
    st.error(words.text("This is not for your role ({role}). If you need it, ask an administrator.", role=role))
    return True


@contextlib.contextmanager
def incidents_kept(context: Context, page: str) -> Iterator[None]:
    """Keep errors and slowness of a page, by its English title, for the administrator.

    What is not for this reader is explained instead.
    """
    began, now = time.monotonic(), dt.datetime.now(dt.UTC)
    try:
        yield
    except errors.NotAllowedError as refused:
        show_refusal(context.words, refused)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        # class and place only: the message may quote what somebody wrote
        fault = f"{type(error).__name__} {place.name}:{place.lineno}"
        incidents.add(context.workspace, incidents.Incident(now, incidents.ERROR, page, fault, SAW_ERROR))
        raise
    seconds = time.monotonic() - began
    if seconds > SLOW_S:
        incidents.add(context.workspace, incidents.Incident(now, incidents.SLOW, page, f"{seconds:.1f}"))


def show_script_error(error: Exception) -> bool:
    """Explain what a callback was refused; False leaves every other error to Streamlit."""
    return show_refusal(words_of_script(), error)


def words_of_script() -> wording.Wording:
    """Return the reader's language where there is no context: in a callback, or without a record."""
    return wording.Wording(str(st.session_state.get("kept_lang", "th")))


def _ask_to_sign_in(words: wording.Wording) -> None:
    page = markupsafe.Markup('<h1>{}</h1><p><a href="/sign-in" target="_self">{}</a></p>')
    st.html(page.format(words.text("You are signed out."), words.text("Sign in again")))


def _kept(name: str, otherwise: str) -> str:
    """Read an address parameter that stays while the reader walks from page to page."""
    value = st.query_params.get(name) or st.session_state.get(f"kept_{name}") or otherwise
    st.session_state[f"kept_{name}"] = value
    # written back, so that a link copied from the address says it too
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    return value
