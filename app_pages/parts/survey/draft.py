"""Keep the survey being made: every answer goes to the disk as it is given."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.session import address, cache
from audits import survey
from audits.field import answer_sheet, answers
from audits.store.register import devices
from audits.store.surveys import drafts, read

STATE = "survey_draft"
SEEN = "survey_draft_seen"
# the surveys that this session sent or gave up
_ENDED = "survey_drafts_ended"
HABITS = "habits"
# The unit of lengths is the municipality's at every site: one changed for a visit must not go on unseen.
HABITS_KEPT = ("surveyor", "slope_unit", "slopes_by_rise", "instruments")


def _key(context: session.Context, name: str) -> str:
    """Return under what a draft is kept: of the account, else of the device; two share a phone, not their drafts."""
    if context.account is not None:
        return f"account {context.account.username}/{name}"
    device = st.context.cookies.get("device") or "this-device"
    return f"{device}/{name}"


def current(context: session.Context, site_code: str) -> answer_sheet.AnswerSheet:
    """Return the draft of a site: of this session, else from the disk, else a new one."""
    draft = st.session_state.get(STATE)
    # the same code may be that of a site in another workspace
    if (
        isinstance(draft, answer_sheet.AnswerSheet)
        and draft.site_code == site_code
        and st.session_state.get("draft_of") == str(context.workspace.folder)
    ):
        return draft
    kept = drafts.load(context.workspace, _key(context, site_code)) or _take_back(context, site_code)
    draft = (
        answer_sheet.AnswerSheet(**kept)
        if kept
        else answer_sheet.AnswerSheet(survey.new_survey_id(), site_code, **_habits(context))
    )
    _take(context, draft)
    return draft


def _aside(context: session.Context, site_code: str) -> list[str]:
    """Return the keys of the drafts of a site that were put aside for another one."""
    prefix = _key(context, f"{site_code}|aside|")
    return [key for key in drafts.keys(context.workspace) if key.startswith(prefix)]


def _put_aside(context: session.Context, record: Mapping[str, Any]) -> None:
    drafts.save(context.workspace, _key(context, f"{record['site_code']}|aside|{record['survey_id']}"), record)


def _take_back(context: session.Context, site_code: str) -> dict[str, Any] | None:
    """Return a draft that was put aside to its place, once that is free."""
    for key in _aside(context, site_code):
        record = drafts.load(context.workspace, key)
        if record is not None:
            # written before the other is taken away: what breaks off between leaves two, never none
            drafts.save(context.workspace, _key(context, site_code), record)
            drafts.discard(context.workspace, key)
            return record
    return None


def waiting(context: session.Context, site_code: str) -> list[answer_sheet.AnswerSheet]:
    """Return the drafts of a site that were put aside and wait for the one at hand."""
    records = (drafts.load(context.workspace, key) for key in _aside(context, site_code))
    return [answer_sheet.AnswerSheet(**record) for record in records if record]


def swap(context: session.Context, draft: answer_sheet.AnswerSheet, other: answer_sheet.AnswerSheet) -> None:
    """Put a draft aside and go on with another one of the same site."""
    # kept before it is taken from those aside: what breaks off between leaves two, never none
    begin(context, draft, other)
    drafts.discard(context.workspace, _key(context, f"{other.site_code}|aside|{other.survey_id}"))


def begin(context: session.Context, draft: answer_sheet.AnswerSheet, other: answer_sheet.AnswerSheet) -> None:
    """Take another draft in hand; the one before is put aside when anything is in it."""
    # put aside first: what breaks off between loses nothing
    if is_begun(draft):
        _put_aside(context, asdict(draft))
    drafts.discard(context.workspace, _key(context, draft.site_code))
    _take(context, other)
    keep(context, other)


def is_begun(draft: answer_sheet.AnswerSheet) -> bool:
    """Whether anything in a draft would be lost with it."""
    answered = any(any(one["texts"]) or one["reason"] for each in draft.answers.values() for one in each.values())
    return bool(answered or draft.photos or draft.added or draft.note.strip() or draft.place)


def _habits(context: session.Context) -> dict[str, Any]:
    """Return the units of the municipality, and this device's last surveyor, notation of slopes and instruments."""
    units = context.criteria.units
    kept = drafts.load(context.workspace, _key(context, HABITS)) or {}
    fresh = {"length_unit": units.length, "slope_unit": answers.PERCENT}
    return fresh | {name: value for name, value in kept.items() if name in HABITS_KEPT}


def own_names(context: session.Context) -> set[str]:
    """Return the names in which the reader's surveys are made: of the account, else the last one typed here."""
    if context.account is not None:
        return {context.account.username, context.account.display_name}
    return {_habits(context).get("surveyor", "")} - {""}


def refill(draft: answer_sheet.AnswerSheet) -> None:
    """Have every field of a draft show what the draft holds, when something else than the field has changed it."""
    for key in [key for key in st.session_state if str(key).startswith(f"answer|{draft.survey_id}|")]:
        del st.session_state[key]


def _take(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    st.session_state[STATE] = draft
    st.session_state["draft_of"] = str(context.workspace.folder)
    st.session_state[SEEN] = drafts.load(context.workspace, _key(context, draft.site_code))
    for key in [key for key in st.session_state if str(key).startswith("answer|")]:
        del st.session_state[key]


def keep(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Write the draft to the disk; one that another window wrote meanwhile is put aside, not written over."""
    record = asdict(draft)
    on_disk = drafts.load(context.workspace, _key(context, draft.site_code))
    if on_disk is not None and on_disk != st.session_state.get(SEEN):
        fresh = on_disk["survey_id"] != draft.survey_id
        # of the same survey both would be one: the copy of the other window gets an id of its own
        _put_aside(context, on_disk if fresh else {**on_disk, "survey_id": survey.new_survey_id()})
    # as it will be read back, where tuples have become lists
    st.session_state[SEEN] = json.loads(json.dumps(record))
    drafts.save(context.workspace, _key(context, draft.site_code), record)
    # A correction has the instruments of who measured then.
    if not draft.supersedes:
        _keep_habits(context, {name: record[name] for name in HABITS_KEPT})


def _keep_habits(context: session.Context, habits: Mapping[str, Any]) -> None:
    """Write the habits to the disk when they are others than this session wrote last: most answers change none."""
    key, now = _key(context, HABITS), json.dumps(habits)
    if st.session_state.get(HABITS) != (key, now):
        drafts.save(context.workspace, key, habits)
        st.session_state[HABITS] = (key, now)


def field(context: session.Context, draft: answer_sheet.AnswerSheet, name: str) -> address.Kept:
    """Return the arguments of a widget that fills one field of the draft."""
    key = f"answer|{draft.survey_id}|{name}"
    st.session_state.setdefault(key, getattr(draft, name))

    def take() -> None:
        setattr(draft, name, st.session_state[key])
        keep(context, draft)

    return {"key": key, "on_change": while_open(draft, take), "args": ()}


def while_open(draft: answer_sheet.AnswerSheet, take: Callable[..., None]) -> Callable[..., None]:
    """Return the callback of a field that does nothing once its draft was sent or given up.

    The second of two taps on the last button brings the values of all fields of a form that is gone by then.
    """

    def taken(*args: Any) -> None:
        if is_open(draft):
            take(*args)

    return taken


def is_open(draft: answer_sheet.AnswerSheet) -> bool:
    """Whether a draft was neither sent nor given up on this page."""
    return draft.survey_id not in st.session_state.get(_ENDED, ())


def begun(context: session.Context) -> list[answer_sheet.AnswerSheet]:
    """Return the drafts of the reader, one a site, in order."""
    start = _key(context, "")
    found = sorted(key for key in drafts.keys(context.workspace) if key.startswith(start))
    # those put aside have a bar in their key
    records = (drafts.load(context.workspace, key) for key in found if key != start + HABITS and "|" not in key)
    return [answer_sheet.AnswerSheet(**record) for record in records if record]


def discard(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Forget the draft: it was sent, or given up."""
    drafts.discard(context.workspace, _key(context, draft.site_code))
    st.session_state.pop(STATE, None)
    st.session_state.pop(SEEN, None)
    st.session_state.setdefault(_ENDED, set()).add(draft.survey_id)


def correct(context: session.Context, before: answer_sheet.AnswerSheet, survey_id: str) -> None:
    """Begin a correction: a draft with everything in the earlier survey; the draft `before` it is put aside."""
    earlier = read.survey_with_photos(context.store, survey_id)
    open_already = (each for each in waiting(context, earlier.site_code) if each.supersedes == survey_id)
    if other := next(open_already, None):
        swap(context, before, other)
        return
    draft = answer_sheet.correcting(earlier, context.criteria, survey.new_survey_id())
    draft.length_unit, draft.slope_unit = before.length_unit, before.slope_unit
    draft.slopes_by_rise = before.slopes_by_rise
    # Who corrects answers for the correction; the survey that it corrects keeps the name of who measured.
    draft.surveyor = _corrector(context)
    begin(context, before, draft)


def _corrector(context: session.Context) -> str:
    if context.account is not None:
        return context.account.display_name
    return str(_habits(context).get("surveyor", ""))


def read_element(context: session.Context, draft: answer_sheet.AnswerSheet, element_id: str) -> answers.Read:
    """Return the answers of the draft about one element so far."""
    known = devices.uncertainties_of(cache.devices(context.store))
    return answer_sheet.read_element(draft, element_id, context.criteria, known)


def understood(
    context: session.Context, draft: answer_sheet.AnswerSheet, elements: dict[str, survey.Element], source: str = "web"
) -> answer_sheet.Understood:
    """Return the survey that the draft makes, and what cannot be taken yet.

    Parameters
    ----------
    context
        The reader's workspace.
    draft
        The draft.
    elements
        The elements of the site, by id.
    source
        The channel, one of :data:`audits.survey.SOURCES`.
    """
    known, now = devices.uncertainties_of(cache.devices(context.store)), dt.datetime.now(dt.UTC)
    return answer_sheet.understood(draft, elements, context.criteria, source=source, now=now, devices=known)
