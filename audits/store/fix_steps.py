"""Keep the steps of each fix from plan to acceptance: every step a row, none ever changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd
import sqlalchemy as sa

from audits import criteria, errors, wording, works
from audits.store import chain, connection, deeds, read, register_checks, schema

ACTION = "fix.step"
COLUMNS = (
    *("fix_id", "site_code", "element_id", "step", "happened_on"),
    *("plan_id", "design_id", "survey_id", "note", "recorded_by", "recorded_at"),
)
DESIGN_COLUMNS = ("design_id", "site_code", "element_id", "title", "content")

NO_AUTHOR = errors.ProblemKind("STORE-601", "Say who records the step: a name or staff number.")
UNKNOWN_STEP = errors.ProblemKind("STORE-602", "{step} is not a step here; use one of: {steps}.")
UNKNOWN_PLAN = errors.ProblemKind("STORE-603", "The record has no plan {plan_id}; choose one that is kept.")
OTHER_DESIGN = errors.ProblemKind(
    "STORE-604", "The design {design_id} is not one of this place; choose one that is kept for it."
)
NO_DESIGN = errors.ProblemKind("STORE-605", "Choose the design kept here, or write in the note which drawing it is.")
NO_REASON = errors.ProblemKind("STORE-606", "Write in the note why it is dropped.")
NEEDS_SURVEY = errors.ProblemKind("STORE-607", "Nothing is accepted without a survey of what was built; give one.")
NOT_OFFICIAL = errors.ProblemKind(
    "STORE-608", "The survey {survey_id} does not stand, or no engineer has approved it; review it first."
)
OTHER_ELEMENT = errors.ProblemKind("STORE-609", "The survey {survey_id} did not measure this element; survey it.")
TOO_EARLY = errors.ProblemKind(
    "STORE-610", "The survey of {observed} was made before it was built on {built}; survey it again."
)
ACCEPTED_BEFORE_SEEN = errors.ProblemKind(
    "STORE-611", "The day {day} lies before the survey of {observed}; write that day or a later one."
)


def record(
    store: connection.Store,
    fix_id: str,
    step: str,
    happened_on: dt.date,
    actor: str,
    *,
    note: str = "",
    plan_id: str = "",
    design_id: str = "",
    recorded_at: dt.datetime | None = None,
) -> None:
    """Record that a fix was planned, designed, built or dropped.

    Parameters
    ----------
    store
        An open store.
    fix_id
        Of :mod:`audits.planning.site_fixes`: the element that is mended.
    step, happened_on
        One of :data:`audits.works.STEPS` but *accepted*, and its day.
    actor
        Who records it.
    note
        Remark; needed to drop, and to say which drawing when no design is kept here.
    plan_id, design_id
        The plan that it is part of, and the design it is built by; empty when none is kept here.
    recorded_at
        Instant; now when None.

    Raises
    ------
    audits.errors.RefusedError
        With every problem: a step out of order, an impossible day, an unknown element, plan or design, a missing note.
    """
    moment = chain.instant(recorded_at)
    with connection.writing(store) as records:
        if step == works.ACCEPTED:
            raise errors.RefusedError((NEEDS_SURVEY.at(fix_id),))
        values = _row(records, fix_id, step, happened_on, actor, moment)
        values |= {"note": note.strip(), "plan_id": plan_id or None, "design_id": design_id or None}
        problems = (*_of_order(records, values, moment), *_of_references(records, values))
        if problems:
            raise errors.RefusedError(tuple(problems))
        deeds.add(records, ACTION, values, actor.strip(), moment)


def accept(
    store: connection.Store,
    fix_id: str,
    survey_id: str,
    happened_on: dt.date,
    actor: str,
    book: criteria.Criteria,
    weights: criteria.Weights,
    *,
    note: str = "",
    names: Mapping[str, str] | None = None,
    recorded_at: dt.datetime | None = None,
) -> works.Inspection:
    """Accept what was built, when an approved survey of it shows that nothing of what was to be mended still fails.

    Parameters
    ----------
    store, fix_id, happened_on, actor, note, recorded_at
        As in :func:`record`.
    survey_id
        The survey, made on the day of building or later; the engine that judges every survey judges it.
    book, weights
        The criteria, and the municipality's weights.
    names
        Names of criteria in the reader's language, for the problems; their ids when None.

    Returns
    -------
    audits.works.Inspection
        What was to be mended, and what of it is borderline.

    Raises
    ------
    audits.errors.RefusedError
        With every problem: not built, no approved survey of it since, each requirement that still fails or is not
        measured.
    """
    found = inspection(store, fix_id, survey_id, book, weights)
    moment = chain.instant(recorded_at)
    with connection.writing(store) as records:
        values = _row(records, fix_id, works.ACCEPTED, happened_on, actor, moment)
        values |= {"note": note.strip(), "survey_id": survey_id}
        problems = [*_of_order(records, values, moment)]
        problems = problems or [*_of_survey(store, records, values)]
        if problems:
            raise errors.RefusedError(tuple(problems))
        kept_back = found.problems(fix_id, names or {})
        if kept_back:
            raise errors.RefusedError(kept_back)
        deeds.add(records, ACTION, values, actor.strip(), moment)
    return found


def inspection(
    store: connection.Store, fix_id: str, survey_id: str, book: criteria.Criteria, weights: criteria.Weights
) -> works.Inspection:
    """Return what one survey says of a fix that was built; parameters as in :func:`accept`."""
    with connection.reading(store) as records:
        standing = _standing(records, fix_id)
    sites, elements = read.sites(store), read.elements(store)
    if fix_id not in elements.index:
        raise errors.RefusedError((register_checks.NOT_REGISTERED.at(fix_id, name=fix_id),))
    built_on = standing.built_on or dt.date.max
    day_before = built_on - dt.timedelta(days=1)
    old, new = read.measurements(store, day_before), read.measurements(store)
    pairs = (old, new.loc[new["survey_id"] == survey_id])
    before, after = (works.of_element(fix_id, sites, elements, one, book, weights) for one in pairs)
    return works.inspect(before, after)


def every(store: connection.Store, site_code: str | None = None) -> pd.DataFrame:
    """Return the steps of all fixes, or of one site, in the order in which they were recorded.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`: ``happened_on`` a day, references empty when there is none, ``recorded_at`` an instant
        (UTC).
    """
    columns = schema.fix_step.c
    query = sa.select(*(columns[name] for name in COLUMNS)).order_by(columns.fid)
    if site_code is not None:
        query = query.where(columns.site_code == site_code)
    with connection.reading(store) as records:
        rows = [dict(row) for row in records.execute(query).mappings()]
    return _frame(rows)


def designs(store: connection.Store) -> pd.DataFrame:
    """Return the design that stands of each element; index ``element_id``, columns :data:`DESIGN_COLUMNS`."""
    one, newer = schema.design, schema.design.alias("newer")
    replaced = sa.select(newer.c.fid).where(newer.c.supersedes == one.c.design_id)
    query = sa.select(*(one.c[name] for name in DESIGN_COLUMNS)).where(one.c.element_id != "", ~replaced.exists())
    with connection.reading(store) as records:
        rows = [dict(row) for row in records.execute(query.order_by(one.c.fid)).mappings()]
    frame = pd.DataFrame.from_records(rows, columns=list(DESIGN_COLUMNS)).drop_duplicates("element_id", keep="last")
    return frame.set_index("element_id", drop=False)


def measured_before(store: connection.Store, days: Mapping[str, dt.date]) -> pd.DataFrame:
    """Return what was measured at each site before a day of its own; columns as of :func:`read.measurements`.

    Parameters
    ----------
    store
        An open store.
    days
        By site; what was observed on that day or later is left out.
    """
    parts = [read.measurements(store).iloc[:0]]
    for day in sorted(set(days.values())):
        codes = [code for code, one in days.items() if one == day]
        known = read.measurements(store, day - dt.timedelta(days=1))
        parts.append(known.loc[known["site_code"].isin(codes)])
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


class _Standing:
    """State, day of the last step and day of building of one fix."""

    def __init__(self, steps: pd.DataFrame) -> None:
        self.state, self.since, self.built_on = works.FOUND, None, None
        if not steps.empty:
            row = works.follow(steps, dt.date.max).iloc[0]
            self.state, self.since, self.built_on = row["state"], row["since"], row["built_on"]


def _standing(records: sa.Connection, fix_id: str) -> _Standing:
    columns = schema.fix_step.c
    query = sa.select(*(columns[name] for name in COLUMNS)).where(columns.fix_id == fix_id).order_by(columns.fid)
    return _Standing(_frame([dict(row) for row in records.execute(query).mappings()]))


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    frame["recorded_at"] = pd.to_datetime(frame["recorded_at"], utc=True).dt.as_unit("ms")
    return frame.fillna(dict.fromkeys(("plan_id", "design_id", "survey_id"), ""))


def _row(
    records: sa.Connection, fix_id: str, step: str, happened_on: dt.date, actor: str, moment: dt.datetime
) -> dict[str, object]:
    element = schema.element.c
    code = records.execute(sa.select(element.site_code).where(element.element_id == fix_id)).scalar()
    problems = [] if code is not None else [register_checks.NOT_REGISTERED.at(fix_id, name=fix_id)]
    problems += [] if actor.strip() else [NO_AUTHOR.at("recorded_by")]
    problems += [] if step in works.STEPS else [UNKNOWN_STEP.at("step", step=step, steps=", ".join(works.STEPS))]
    if problems:
        raise errors.RefusedError(tuple(problems))
    return {
        "fix_id": fix_id,
        "site_code": code,
        "element_id": fix_id,
        "step": step,
        "happened_on": happened_on,
        "plan_id": None,
        "design_id": None,
        "survey_id": None,
        "note": "",
        "recorded_by": actor.strip(),
        "recorded_at": moment,
    }


def _of_order(records: sa.Connection, values: Mapping[str, object], moment: dt.datetime) -> tuple[errors.Problem, ...]:
    fix_id, step, happened_on = str(values["fix_id"]), str(values["step"]), values["happened_on"]
    standing = _standing(records, fix_id)
    today = moment.astimezone(wording.BANGKOK).date()
    return works.misstep(fix_id, standing.state, standing.since, step, happened_on, today)  # type: ignore[arg-type]


def _of_references(records: sa.Connection, values: Mapping[str, object]) -> list[errors.Problem]:
    step, note, plan_id, design_id = (values[name] for name in ("step", "note", "plan_id", "design_id"))
    plan, design = schema.plan.c, schema.design.c
    found = []
    if plan_id and records.execute(sa.select(plan.fid).where(plan.plan_id == plan_id)).first() is None:
        found.append(UNKNOWN_PLAN.at("plan_id", plan_id=plan_id))
    fits = design.element_id.in_(("", values["element_id"]))
    of_place = sa.select(design.fid).where(design.design_id == design_id, design.site_code == values["site_code"], fits)
    if design_id and records.execute(of_place).first() is None:
        found.append(OTHER_DESIGN.at("design_id", design_id=design_id))
    if step == works.DESIGNED and not design_id and not note:
        found.append(NO_DESIGN.at("note"))
    if step == works.DROPPED and not note:
        found.append(NO_REASON.at("note"))
    return found


def _of_survey(
    store: connection.Store, records: sa.Connection, values: Mapping[str, object]
) -> tuple[errors.Problem, ...]:
    """Return why a survey cannot be the one for acceptance."""
    survey_id, fix_id = str(values["survey_id"]), str(values["fix_id"])
    official = read.measurements(store, approved_only=True)
    mine = official.loc[official["survey_id"] == survey_id]
    if mine.empty:
        return (NOT_OFFICIAL.at(fix_id, survey_id=survey_id),)
    if fix_id not in set(mine["element_id"]):
        return (OTHER_ELEMENT.at(fix_id, survey_id=survey_id),)
    observed, built_on = mine["observed_at"].iloc[0].astimezone(wording.BANGKOK).date(), _standing(records, fix_id)
    day, built = values["happened_on"], built_on.built_on
    if built is not None and observed < built:
        return (TOO_EARLY.at(fix_id, observed=observed.isoformat(), built=built.isoformat()),)
    if isinstance(day, dt.date) and day < observed:
        return (ACCEPTED_BEFORE_SEEN.at(fix_id, day=day.isoformat(), observed=observed.isoformat()),)
    return ()
