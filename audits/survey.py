"""Say what one visit to one site found: elements, measurements, photos."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import asdict, dataclass

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

NOT_MEASURED_REASONS = ("no_instrument", "blocked", "unsafe", "no_time", "not_visible", "other")

ELEMENT_PRESENT = "element_present"


@dataclass(frozen=True)
class Element:
    """One physical thing at a site, as the surveyor found it.

    Parameters
    ----------
    element_id
        Site code, kind and number, such as ``KK-001.ramp.1``.
    kind
        One of :data:`ELEMENT_KINDS`.
    label
        What the surveyor calls it, such as *north entrance*; may be empty.
    """

    element_id: str
    kind: str
    label: str = ""


@dataclass(frozen=True)
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
        What the surveyor wrote, such as ``1:12``.
    instrument
        Id in the catalogue of instruments; may be empty.
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


@dataclass(frozen=True)
class Photo:
    """A photo kept as evidence; its bytes are named by their SHA-256."""

    sha256: str
    element_id: str = ""
    caption: str = ""


@dataclass(frozen=True)
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
        Channel, such as ``web``, ``table``, ``demonstration``.
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


def new_survey_id() -> str:
    """Return a fresh survey id in the form that ODK uses too."""
    return f"uuid:{uuid.uuid4()}"


def canonical(survey: Survey) -> str:
    """Return the survey as canonical JSON: sorted keys, no blanks, UTC instant in milliseconds."""
    record = asdict(survey)
    record["observed_at"] = survey.observed_at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_sha256(survey: Survey) -> str:
    """Return the SHA-256 of the canonical survey, in hexadecimal."""
    return hashlib.sha256(canonical(survey).encode()).hexdigest()
