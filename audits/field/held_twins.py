"""Recognise what a held record is about, and settle it once the same visit has come in put right."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from audits import errors, survey, wording
from audits.field.kit import record as kit_record
from audits.field.odk import names, submission_xml
from audits.field.tables import headers, profile, vocabulary
from audits.formats import days
from audits.rules import files
from audits.store.db import connection
from audits.store.surveys import quarantine, same_visit

Thing = tuple[str, str]
"""Kind of a thing, and its number or name; each empty where the record does not name it."""


@dataclass(frozen=True)
class HeldVisit:
    """What a held record says of its visit, each part empty where it does not say or nobody can read it.

    Parameters
    ----------
    site_code
        As written.
    day
        The local day.
    surveyor
        As written, blanks and case folded.
    things
        Kind and label, or number, of each thing.
    quantities
        What was measured.
    """

    site_code: str = ""
    day: dt.date | None = None
    surveyor: str = ""
    things: frozenset[Thing] = frozenset()
    quantities: frozenset[str] = frozenset()

    @property
    def parts_given(self) -> int:
        """How many of its parts the record says."""
        return sum(map(bool, (self.site_code, self.day, self.surveyor, self.things, self.quantities)))

    def is_of(self, visit: survey.Survey, held_on: dt.date) -> bool:
        """Whether a survey is of the same site, day, surveyor and thing, and measured something of the same.

        A day that nobody could read is any day until that on which the record was held.
        """
        code, day, surveyor = same_visit.key(visit)
        same_day = day == self.day if self.day else day <= held_on
        measured = {one.quantity for one in visit.measurements}
        return (
            (code, surveyor) == (self.site_code, self.surveyor)
            and same_day
            and bool(self.quantities & measured)
            and all(any(_alike(thing, one) for one in visit.elements) for thing in self.things)
        )


def visit_of(raw: str, profiles: Collection[profile.Profile] = ()) -> HeldVisit:
    """Read a held record of any channel as far as it can be read: site, day, surveyor, things, quantities.

    A row of a table is read with that of these profiles, or with the usual headings, that makes most of it.

    Examples
    --------
    >>> visit_of('{"code": "KK-012", "observed_on": "2026-11-02", "surveyor": "Somchai", "clear_width_mm": "x"}').day
    datetime.date(2026, 11, 2)
    """
    found = kit_record.json_object(raw)
    if found is None:
        return HeldVisit()
    if "jaidee_record" in found:
        return _of_kit(found)
    if isinstance(found.get("xml"), str):
        return _of_form(found["xml"])
    # of equals the first, so that a profile goes before the usual headings
    return max((_of_row(found, layout) for layout, _ in layouts(found, profiles)), key=lambda one: one.parts_given)


def layouts(
    cells: Mapping[str, object], profiles: Collection[profile.Profile]
) -> Iterator[tuple[headers.Layout, profile.Profile | None]]:
    """Yield each way to read a row with headings: with the profiles whose columns it has, and with the usual ones."""
    for chosen in profiles:
        # a profile whose columns are missing is no way to read this row
        with contextlib.suppress(errors.RefusedError):
            yield profile.layout(chosen, list(cells)), chosen
    yield headers.recognise(list(cells), files.load_criteria()), None


def settle(
    store: connection.Store,
    came: Iterable[survey.Survey],
    actor: str,
    at: dt.datetime | None = None,
    *,
    still_held: Collection[str] = (),
    profile_used: profile.Profile | None = None,
) -> None:
    """Settle the open records whose visit has come in put right; each stays in the quarantine, marked as taken in.

    Parameters
    ----------
    store
        An open store.
    came
        The surveys taken in.
    actor
        Who brought them, for the audit log.
    at
        Instant; now when None.
    still_held
        What was held once more with these surveys, as it came: it is not put right.
    profile_used
        With which their table was read; it explains held rows too, as do the profiles of the workspace.
    """
    visits = list(came)
    if not visits:
        return
    held = quarantine.held_rows(store)
    held = held.loc[(held["decision"] == "") & ~held["raw"].isin(still_held)]
    profiles = [*filter(None, (profile_used,)), *profiles_of(store)] if len(held) else []
    twins = dict[tuple[int, int], str]()
    for row in held.to_dict("records"):
        about, held_on = visit_of(row["raw"], profiles), wording.local_day(row["held_at"])
        twin = next((visit.survey_id for visit in visits if about.is_of(visit, held_on)), None)
        if twin is not None:
            twins[int(row["batch_id"]), int(row["line"])] = twin
    quarantine.settle_twins(store, twins, actor, at)


def profiles_of(store: connection.Store) -> tuple[profile.Profile, ...]:
    """Read the profiles that may explain the held rows of a store."""
    return profile.every(store.workspace.profiles_folder, files.load_criteria())


def _alike(thing: Thing, element: survey.Element) -> bool:
    kind, name = thing
    number = element.element_id.rsplit(".", 1)[-1]
    is_named = not name or vocabulary.is_run(name) or not element.label or name in (number, element.label)
    return kind == element.kind and (is_named or name == number)


def _of_kit(record: Mapping[str, object]) -> HeldVisit:
    answered = record.get("answers")
    answered = answered if isinstance(answered, dict) else {}
    parts = [str(name).rsplit(".", 2) for name in answered]
    return HeldVisit(
        str(record.get("site_code", "")),
        _day(record.get("observed_at")),
        survey.person(str(record.get("surveyor", ""))),
        frozenset((part[1], part[2]) for part in parts if len(part) == 3),
        frozenset(name for each in answered.values() if isinstance(each, dict) for name in each),
    )


def _of_row(cells: Mapping[str, object], layout: headers.Layout) -> HeldVisit:
    """Read a row with headings, such as that of a table."""
    kind, number = vocabulary.element(layout.text("element_kind", cells))
    day = layout.of("observed_on")
    return HeldVisit(
        layout.text("code", cells) or str(cells.get("site_code") or ""),
        _day(_written_day(cells, layout, day), day.written_as if day else ""),
        survey.person(layout.text("surveyor", cells)),
        frozenset({(kind, layout.text("element_label", cells) or number)} if kind else ()),
        frozenset(one.quantity for one in layout.measured if one.value(cells) is not None),
    )


def _of_form(xml: str) -> HeldVisit:
    """Read a submission of the phone form; without a register nobody knows the numbers of its things."""
    try:
        leaves = submission_xml.read(xml.encode()).leaves
    except errors.RefusedError:
        return HeldVisit()
    asked = {names.leaf(name) for name in leaves}
    return HeldVisit(
        leaves.get(names.SITE, ""),
        _day(leaves.get(names.START)),
        survey.person(leaves.get(names.SURVEYOR, "")),
        frozenset((one.kind, "") for one in asked if one.kind),
        frozenset(one.about for one in asked if one.kind),
    )


def _written_day(cells: Mapping[str, object], layout: headers.Layout, day: headers.Use | None) -> object:
    if day is not None and day.value(cells) is not None:
        return day.value(cells)
    return layout.constants.get("observed_on") or cells.get("observed_at")


def _day(written: object, written_as: str = "") -> dt.date | None:
    # any day is read here: whether it may lie ahead was asked when the record was held
    found = days.day(written, dt.date.max, written_as)
    return found if isinstance(found, dt.date) else None
