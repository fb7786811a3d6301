"""Keep the requests of residents: what, where, when and by which channel, never by whom; every change is a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import shapely
import sqlalchemy as sa

from audits import errors, roles, wording
from audits.store.audit_log import events
from audits.store.db import column_types, connection, frames, request_tables, schema
from audits.store.requests import personal
from layers import distance

ADD, STEP = ACTIONS = ("request.add", "request.step")
NEW, JOINED, IN_PLAN, BUILT, REFUSED, SAME = "new", "joined", "in_plan", "built", "refused", "same"
STATES = (NEW, JOINED, IN_PLAN, BUILT, REFUSED, SAME)
OPEN = (NEW, JOINED, IN_PLAN)
WITH_SITE = (JOINED, IN_PLAN, BUILT)
MOST_TEXT, MOST_CHANNEL = 1000, 60
# further from its site, a request is about something else: a park is large, and a presumed position rough
FAR_M = 1000.0

COLUMNS = {
    **{"request_id": "str", "text": "str", "site_code": "str", "longitude": "float64", "latitude": "float64"},
    **{"received_on": "object", "channel": "str", "source_id": "str", "state": "str", "reason": "str"},
    **{"same_as": "str", "recorded_by": "str", "recorded_at": frames.INSTANT, "changed_at": frames.INSTANT},
}

NO_TEXT = errors.ProblemKind("REQUEST-011", "Write what is asked for.")
LONG_TEXT = errors.ProblemKind("REQUEST-012", "The text has {length} characters; {most} are enough for the matter.")
UNSTORABLE = errors.ProblemKind("REQUEST-013", "The request holds a character that cannot be kept; type it again.")
NO_PLACE = errors.ProblemKind("REQUEST-014", "Say where: name a site, or give a position.")
NO_CHANNEL = errors.ProblemKind("REQUEST-015", "Say how it was received, such as counter, letter or meeting.")
FUTURE = errors.ProblemKind("REQUEST-016", "{day} is still to come; write the day it was received.")
NO_SITE = errors.ProblemKind("REQUEST-017", "The site {code} is not in the register; write its code, such as KK-001.")
NOT_ON_EARTH = errors.ProblemKind("REQUEST-018", "{place} is no position; write longitude,latitude in degrees.")
NO_AUTHOR = errors.ProblemKind("REQUEST-019", "Say who records the request: a name or staff number.")
FAR = errors.ProblemKind(
    "REQUEST-020", "The position is {metres} m from the site {code}; keep the one of the two that is meant."
)
UNKNOWN_REQUEST = errors.ProblemKind("REQUEST-021", "There is no request {request_id}; choose one of the list.")
UNKNOWN_STATE = errors.ProblemKind("REQUEST-022", "{state} is no state of a request; use one of: {states}.")
NEEDS_SITE = errors.ProblemKind("REQUEST-023", "Name the site that the request is about.")
NEEDS_REASON = errors.ProblemKind("REQUEST-024", "Give the reason: the office answers with it when somebody asks.")
NEEDS_OTHER = errors.ProblemKind("REQUEST-025", "Name the request that asks for the same, one that is still open.")
SETTLED = errors.ProblemKind("REQUEST-026", "The request is settled already; give the reason for changing that.")


Sites = Mapping[str, shapely.Point | None]


@dataclass(frozen=True)
class Request:
    """One request as it is recorded; longitude and latitude in degrees of WGS 84, None where only the site is known."""

    text: str
    received_on: dt.date
    channel: str
    site_code: str = ""
    longitude: float | None = None
    latitude: float | None = None
    source_id: str = ""


@dataclass(frozen=True)
class Added:
    """What became of requests that were sent in: by place in the list, the id, or the problems.

    `same` are those that the record had already: the same number at its source, or the same in every field.
    """

    new: dict[int, str] = field(default_factory=dict)
    same: dict[int, str] = field(default_factory=dict)
    refused: dict[int, tuple[errors.Problem, ...]] = field(default_factory=dict)


def add(
    store: connection.Store, request: Request, actor: str, *, recorded_at: dt.datetime | None = None
) -> tuple[str, bool]:
    """Record one request; return its id, and whether it is new.

    Raises
    ------
    errors.RefusedError
        With every problem: no text, personal data in it, no or an unknown place, a day to come, nobody named.
    errors.NotAllowedError
        When this role may not record requests.
    """
    done = add_all(store, [request], actor, recorded_at=recorded_at)
    if done.refused:
        raise errors.RefusedError(done.refused[0])
    return (done.new | done.same)[0], bool(done.new)


def add_all(
    store: connection.Store, requests: Sequence[Request], actor: str, *, recorded_at: dt.datetime | None = None
) -> Added:
    """Record many requests in one transaction, those without a problem; parameters and other errors as :func:`add`.

    Raises
    ------
    errors.RefusedError
        When nobody is named.
    """
    roles.require(store.role, ADD)
    if not actor.strip():
        raise errors.RefusedError((NO_AUTHOR.at("recorded_by"),))
    moment, done = column_types.instant(recorded_at), Added()
    today = wording.local_day(moment)
    with connection.writing(store) as records:
        places = records.execute(sa.select(schema.site.c.code, schema.site.c.geom))
        sites: Sites = {row.code: row.geom for row in places}
        known = _known(records)
        # requests are never deleted, so their count gives the next number
        number = len(set(known.values()))
        for place, request in enumerate(map(_tidy, requests)):
            if problems := tuple(_faults(request, sites, today)):
                done.refused[place] = problems
            elif same := next((known[key] for key in _keys(request) if key in known), ""):
                done.same[place] = same
            else:
                number += 1
                request_id = f"R-{number:05d}"
                # at once, so that a request repeated within the same list is found too
                known |= dict.fromkeys(_keys(request), request_id)
                done.new[place] = request_id
                events.add(records, ADD, _row(request_id, request), actor.strip(), moment)
    return done


def change(
    store: connection.Store,
    request_id: str,
    state: str,
    actor: str,
    *,
    site_code: str = "",
    same_as: str = "",
    reason: str = "",
    recorded_at: dt.datetime | None = None,
) -> None:
    """Record what became of a request.

    Parameters
    ----------
    state
        Of :data:`STATES`, but not new.
    site_code
        The site it is about; empty for the one it is joined to already.
    same_as
        The open request that asks for the same, for the state ``same``.
    reason
        Needed to refuse, and to change what was settled.

    Raises
    ------
    errors.RefusedError
        With every problem.
    errors.NotAllowedError
        When this role may not decide it.
    """
    roles.require(store.role, STEP)
    moment, reason = column_types.instant(recorded_at), " ".join(reason.split())
    with connection.writing(store) as records:
        # under the write lock, so that of two decisions at once the later one sees the earlier
        before = _every(records, sa.true(), sa.true()).set_index("request_id")
        if request_id not in before.index:
            raise errors.RefusedError((UNKNOWN_REQUEST.at("request_id", request_id=request_id),))
        site = site_code.strip() or str(before["site_code"][request_id])
        problems = [
            *_step_faults(before, request_id, state, site, same_as, reason),
            *([NO_SITE.at("site", code=site)] if site and not is_site(records, site) else []),
            *([] if actor.strip() else [NO_AUTHOR.at("recorded_by")]),
        ]
        if problems:
            raise errors.RefusedError(tuple(problems))
        row = {"request_id": request_id, "state": state, "site_code": site or None, "same_as": same_as or None}
        events.add(records, STEP, row | {"reason": reason}, actor.strip(), moment)


def every(store: connection.Store, as_of: dt.date | None = None) -> pd.DataFrame:
    """Return the requests with what became of them, in the order in which they were recorded.

    Parameters
    ----------
    as_of
        Only what was received and recorded by the end of this local day; None for all.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`: ``site_code`` the one that it is joined to, empty where none is known; degrees of
        WGS 84; ``state`` of :data:`STATES`, with its ``reason`` and the instant of the change, that of recording while
        it is new.
    """
    received: sa.ColumnElement[bool] = sa.true()
    recorded: sa.ColumnElement[bool] = sa.true()
    if as_of is not None:
        midnight = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(), wording.local_zone())
        received = sa.and_(
            request_tables.request.c.received_on <= as_of, request_tables.request.c.recorded_at < midnight
        )
        recorded = request_tables.step.c.recorded_at < midnight
    with connection.reading(store) as records:
        return _every(records, received, recorded)


def _every(records: sa.Connection, received: sa.ColumnElement[bool], recorded: sa.ColumnElement[bool]) -> pd.DataFrame:
    asked, step = request_tables.request, request_tables.step
    rows = [dict(row) for row in records.execute(asked.select().where(received).order_by(asked.c.fid)).mappings()]
    # a later step of a request takes the place of the earlier one
    last = {
        row["request_id"]: row for row in records.execute(step.select().where(recorded).order_by(step.c.fid)).mappings()
    }
    for row in rows:
        now = last.get(row["request_id"])
        row |= {"state": NEW, "reason": "", "same_as": "", "changed_at": row["recorded_at"]}
        row["site_code"] = row["site_code"] or ""
        if now is not None:
            row |= {"state": now["state"], "reason": now["reason"], "same_as": now["same_as"] or ""}
            row |= {"changed_at": now["recorded_at"], "site_code": now["site_code"] or row["site_code"]}
    return frames.frame(rows, COLUMNS)


def _known(records: sa.Connection) -> dict[tuple[object, ...], str]:
    columns = request_tables.request.c
    names = ("request_id", "text", "received_on", "channel", "site_code", "longitude", "latitude", "source_id")
    found: dict[tuple[object, ...], str] = {}
    for row in records.execute(sa.select(*(columns[name] for name in names)).order_by(columns.fid)).mappings():
        values = {name: row[name] for name in names if name != "request_id"} | {"site_code": row["site_code"] or ""}
        found |= {key: str(row["request_id"]) for key in _keys(Request(**values))}
    return found


def _keys(request: Request) -> Iterable[tuple[object, ...]]:
    """Yield by what a request is known again."""
    if request.source_id:
        # without its words, which a person of the office may have edited before it was recorded
        yield request.channel, request.source_id
    else:
        place = (request.site_code, request.longitude, request.latitude)
        yield request.text, request.received_on, request.channel, *place


def _tidy(request: Request) -> Request:
    # the same request typed with other blanks is the same request
    words = {name: " ".join(getattr(request, name).split()) for name in ("text", "channel", "site_code", "source_id")}
    return Request(received_on=request.received_on, longitude=request.longitude, latitude=request.latitude, **words)


def _row(request_id: str, request: Request) -> dict[str, object]:
    return {
        "request_id": request_id,
        "text": request.text,
        "site_code": request.site_code or None,
        "longitude": request.longitude,
        "latitude": request.latitude,
        "received_on": request.received_on,
        "channel": request.channel,
        "source_id": request.source_id,
    }


def text_faults(text: str) -> Iterable[errors.Problem]:
    """Yield what is wrong with the words of a request: none, too many, not storable, or personal data in them."""
    if not text:
        yield NO_TEXT.at("text")
    if len(text) > MOST_TEXT:
        yield LONG_TEXT.at("text", length=len(text), most=MOST_TEXT)
    if not column_types.is_storable(text):
        yield UNSTORABLE.at("text")
    yield from personal.faults(text)


def is_site(records: sa.Connection, code: str) -> bool:
    """Whether a code is in the register."""
    return records.execute(sa.select(schema.site.c.code).where(schema.site.c.code == code)).first() is not None


def _faults(request: Request, sites: Sites, today: dt.date) -> Iterable[errors.Problem]:
    yield from text_faults(request.text)
    if not all(map(column_types.is_storable, (request.channel, request.source_id))):
        yield UNSTORABLE.at("channel")
    yield from personal.faults(request.channel, "channel")
    if not request.channel or len(request.channel) > MOST_CHANNEL:
        yield NO_CHANNEL.at("channel")
    if request.received_on > today:
        yield FUTURE.at("received_on", day=request.received_on.isoformat())
    yield from _place_faults(request, sites)


def _place_faults(request: Request, sites: Sites) -> Iterable[errors.Problem]:
    code, longitude, latitude = request.site_code, request.longitude, request.latitude
    if code and code not in sites:
        yield NO_SITE.at("site", code=code)
    if longitude is None or latitude is None:
        if not code:
            yield NO_PLACE.at("place")
    # written with not, since every comparison with NaN is false
    elif not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        yield NOT_ON_EARTH.at("place", place=f"{longitude:g},{latitude:g}")
    elif (point := sites.get(code)) is not None:
        metres = distance.metres_between(longitude, latitude, point.x, point.y)
        if metres > FAR_M:
            yield FAR.at("place", code=code, metres=round(metres))


def _step_faults(
    before: pd.DataFrame, request_id: str, state: str, site: str, same_as: str, reason: str
) -> Iterable[errors.Problem]:
    if state not in STATES[1:]:
        yield UNKNOWN_STATE.at("state", state=state, states=", ".join(STATES[1:]))
    if state in WITH_SITE and not site:
        yield NEEDS_SITE.at("site")
    if state == REFUSED and not reason:
        yield NEEDS_REASON.at("reason")
    # a refusal without a reason is named above already
    elif before["state"][request_id] not in OPEN and not reason:
        yield SETTLED.at("reason")
    # open ones alone: two must not each be the same as the other
    others = before.index[before["state"].isin(OPEN)]
    if (state == SAME) != bool(same_as) or (same_as and (same_as == request_id or same_as not in others)):
        yield NEEDS_OTHER.at("same_as")
    if not column_types.is_storable(reason):
        yield UNSTORABLE.at("reason")
    yield from personal.faults(reason, "reason")
