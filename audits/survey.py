"""Define a survey: one visit to one site, with elements, measurements and photos."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass, fields
from typing import Any

ELEMENT_KINDS = (
    "ramp",
    "kerb_ramp",
    "path",
    "entrance",
    "parking",
    "toilet",
    "sign",
    "shelter",
    "stair",
    "information",
    "lift",
    "seating",
    "ticket_window",
    "boarding",
    "refuge",
    "crossing",
    "obstacle",
    "drinking_point",
    "seat",
)

SETTINGS = (
    "building",
    "compound",
    "bus_terminal",
    "park",
    "municipal_footpath",
    "highway_footpath",
    "bus_shelter",
)

POSITION_STATUSES = ("named", "presumed", "imported", "confirmed", "not_found")

# What a visit found out about the place itself; asked first, for what is measured at the wrong one is worse than none.
HERE, MOVED, NOT_FOUND = "here", "moved", "not_found"
PLACES = (HERE, MOVED, NOT_FOUND)

NOT_MEASURED_REASONS = ("no_instrument", "blocked", "unsafe", "no_time", "not_visible", "other")

# Asked first of every element: looked for and not there is a finding, not a gap.
ELEMENT_PRESENT = "element_present"

SOURCES = ("web", "quick_entry", "kit", "odk", "kobo", "qfield", "table", "demonstration")


@dataclass(frozen=True, slots=True)
class Element:
    """One physical thing at a site, as the surveyor found it.

    Parameters
    ----------
    element_id
        Site code, kind and number, such as ``KK-001.ramp.1``.
    kind
        One of :data:`ELEMENT_KINDS`.
    label
        Name given by the surveyor, such as *north entrance*; may be empty.
    """

    element_id: str
    kind: str
    label: str = ""


# slots: a large table holds all its measurements at once, and a dictionary for each would take more than they do
@dataclass(frozen=True, slots=True)
class Measurement:
    """One reading of one quantity of one element, or the reason why there is none.

    Parameters
    ----------
    element_id
        The element measured.
    quantity
        Id in the catalogue of quantities; it ends in its unit, such as ``clear_width_mm``.
    value
        In the quantity's unit; yes is 1, no is 0; None when not measured.
    as_written
        Text of the surveyor, such as ``1:12``.
    instrument
        Id in the catalogue of instruments, and after a slash the code of the municipality's own device, such as
        ``digital_level/L-03``; may be empty.
    uncertainty
        Half width of the guard band, in the quantity's unit.
    reading
        1, 2, 3 … for several readings of one quantity in one survey.
    not_measured_because
        One of :data:`NOT_MEASURED_REASONS` when `value` is None, else empty.
    photo_sha256
        Evidence photo; may be empty.
    """

    element_id: str
    quantity: str
    value: float | None
    as_written: str = ""
    instrument: str = ""
    uncertainty: float = 0.0
    reading: int = 1
    not_measured_because: str = ""
    photo_sha256: str = ""


CONFIRMED = "✓"
"""Ends the text of a figure about which the surveyor was asked, and which was confirmed."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo kept as evidence; its bytes are named by their SHA-256.

    Parameters
    ----------
    sha256
        Of the bytes kept.
    element_id, quantity
        Element shown, and the answer that it is evidence for. Either may be empty.
    caption
        Text of the surveyor.
    contains_person
        Whether the surveyor saw a person in it: only engineers see it until one of them clears or blurs it.
    """

    sha256: str
    element_id: str = ""
    caption: str = ""
    quantity: str = ""
    contains_person: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """One visit by one surveyor to one site at one time; never edited.

    Parameters
    ----------
    survey_id
        Chosen where the survey was made, so that sending twice is harmless.
    site_code
        Code in the register.
    surveyor
        Name or staff number of the surveyor.
    observed_at
        Instant of the visit, with a time zone.
    source
        Channel, one of :data:`SOURCES`.
    form_version
        Version of the criteria that asked the questions.
    supersedes
        Id of the survey that this one corrects; empty for a new visit.
    status
        ``final``, or ``void`` to withdraw the superseded survey.
    latitude, longitude
        WGS 84 degrees where the surveyor stood; None when not known.
    accuracy_m
        Accuracy of that position in metres.
    root_id
        Id that every version of this record shares where it was made, such as an ODK instance edited later;
        empty when the record has one version.
    place
        One of :data:`PLACES`: whether the site is where the register has it; empty when not asked.
    located_at
        Instant at which the position was taken, with a time zone; None when not known.
    """

    survey_id: str
    site_code: str
    surveyor: str
    observed_at: dt.datetime
    source: str
    form_version: str
    elements: tuple[Element, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    photos: tuple[Photo, ...] = ()
    supersedes: str = ""
    status: str = "final"
    note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    root_id: str = ""
    place: str = ""
    located_at: dt.datetime | None = None

    @property
    def answered(self) -> frozenset[tuple[str, str]]:
        """Return the questions answered, by element and quantity: several readings of one are one answer."""
        return frozenset((one.element_id, one.quantity) for one in self.measurements)


_INSTANTS = ("observed_at", "located_at")
# Fields added after the first records: left out while empty, so that older hash chains stay valid.
_YOUNGER_FIELDS = {"root_id": "", "quantity": "", "contains_person": False, "place": "", "located_at": None}


def new_survey_id() -> str:
    """Make a survey id in the form that ODK uses too."""
    return f"uuid:{uuid.uuid4()}"


def values_of(part: Survey | Element | Measurement | Photo) -> dict[str, Any]:
    """Return the fields of a survey, or of one of its parts, by name."""
    return {one.name: getattr(part, one.name) for one in fields(part)}


def canonical(survey: Survey) -> str:
    """Serialise a survey as canonical JSON: sorted keys, no blanks, UTC instant in milliseconds."""
    record = _without_younger(values_of(survey))
    record |= {name: [values_of(one) for one in getattr(survey, name)] for name in ("elements", "measurements")}
    record["photos"] = [_without_younger(values_of(photo)) for photo in survey.photos]
    for name in _INSTANTS:
        if record.get(name) is not None:
            record[name] = record[name].astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parsed(text: str) -> Survey:
    """Read a survey from canonical JSON.

    Raises
    ------
    ValueError, KeyError, TypeError
        When the text is not the canonical JSON of a survey.
    """
    record = json.loads(text)
    return Survey(
        **{
            **record,
            **{name: dt.datetime.fromisoformat(record[name]) for name in _INSTANTS if name in record},
            "elements": tuple(Element(**one) for one in record["elements"]),
            "measurements": tuple(Measurement(**one) for one in record["measurements"]),
            "photos": tuple(Photo(**one) for one in record["photos"]),
        }
    )


def _without_younger(record: dict[str, Any]) -> dict[str, Any]:
    silent = {name for name, value in _YOUNGER_FIELDS.items() if record.get(name) == value}
    return {name: value for name, value in record.items() if name not in silent}


def person(surveyor: str) -> str:
    """Return who a surveyor is: the name, however it is spaced or capitalised.

    Examples
    --------
    >>> person("Somchai  K") == person(" somchai k")
    True
    """
    return " ".join(surveyor.split()).casefold()


def content_sha256(survey: Survey) -> str:
    """SHA-256 of the canonical survey, in hexadecimal."""
    return text_sha256(canonical(survey))


def text_sha256(text: str) -> str:
    """SHA-256 of a survey that is canonical JSON already."""
    return hashlib.sha256(text.encode()).hexdigest()
