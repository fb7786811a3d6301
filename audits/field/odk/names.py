"""Name the answers of the phone form, for its writer and its reader."""

from __future__ import annotations

from dataclasses import dataclass

from audits import survey

FORM_ID = "jaidee_survey"
SITE_FILE = "sites.csv"
SITE_LIST = "sites"

START, END, TODAY, DEVICE, USER = "start", "end", "today", "deviceid", "username"
# when each question was open: a survey filled in at the desk shows; without positions, which nobody needs twice
AUDIT, AUDIT_FILE = "audit", "audit.csv"
METADATA = (START, END, TODAY, DEVICE, USER, AUDIT)

SITE = "site"
SITE_CHOSEN = "site_chosen"
SITE_CODE = "code"
SITE_ELEMENTS = "site_elements"
GEOMETRY = "geometry"
OTHER_SITE = "other"
PLACE_NAME = "place_name"
SURVEYOR = "surveyor"
PLACE = "place"
PLACE_FOUND = "place_found"
LOCATED_AT = "located_at"
# where the register has the site, how many metres that is from the position, and the answer whether that is right
SITE_GEOMETRY, PLACE_AWAY, PLACE_CONFIRMED = "site_geometry", "place_away", "place_confirmed"
ELEMENT_KINDS = "element_kinds"
SLOPE_UNIT, LENGTH_UNIT = "slope_unit", "length_unit"
SLOPE_SIGN, LENGTH_SIGN = "slope_unit_sign", "length_unit_sign"
SLOPE_INSTRUMENT, LENGTH_INSTRUMENT = "slope_instrument", "length_instrument"
SLOPE_DEVICE, LENGTH_DEVICE = "slope_device", "length_device"
NO_INSTRUMENT = "none"
NOTE = "note"
CRITERIA_VERSION = "criteria_version"

PERCENT, DEGREES, ONE_IN = "percent", "degrees", "one_in"
SLOPE_UNITS = (PERCENT, DEGREES, ONE_IN)
BY_RISE = "rise_and_length"
LENGTH_UNITS = ("cm", "mm", "m")

YES, NO, CANNOT = "yes", "no", "cannot"

NUMBER, LABEL, PERSON, PHOTO = "number", "label", "person", "photo"
WHY, UNUSUAL = "why", "unusual"
MEANT, RISE, ALONG = "meant", "rise", "along"
RIGHT = "right"
PHOTOS = (1, 2)
MOST_ELEMENTS_OF_A_KIND = 20

# two underscores, which no kind of element and no id of a quantity has
_BETWEEN = "__"


@dataclass(frozen=True)
class Leaf:
    """The parts of the name of an answer.

    Parameters
    ----------
    kind
        Kind of element, one of :data:`audits.survey.ELEMENT_KINDS`; empty for what is asked once a visit.
    about
        A quantity's id; or :data:`NUMBER`, :data:`LABEL`, :data:`PERSON`, :data:`PHOTO`; or the whole name when `kind`
        is empty.
    part
        ``1``, ``2``, ``3`` for a reading or a photo; ``1_meant``, ``1_rise``, ``1_along`` for what belongs to a
        reading; :data:`WHY`, :data:`UNUSUAL`; else empty.
    """

    kind: str
    about: str
    part: str = ""


def of_element(kind: str, about: str) -> str:
    """Return the name of an answer about an element; of a yes-or-no question when `about` is a quantity's id."""
    return f"{kind}{_BETWEEN}{about}"


def part(kind: str, about: str, which: int | str) -> str:
    """Return the name of one reading of a quantity, of one photo, or of what stands beside the readings."""
    return f"{kind}{_BETWEEN}{about}{_BETWEEN}{which}"


def beside(kind: str, about: str, number: int, what: str) -> str:
    """Return the name of what belongs to one reading: :data:`MEANT`, :data:`RISE` or :data:`ALONG`."""
    return part(kind, about, f"{number}_{what}")


def leaf(name: str) -> Leaf:
    """Split the name of an answer, without the groups in front of it.

    Examples
    --------
    >>> leaf("ramp__running_slope_pct__2")
    Leaf(kind='ramp', about='running_slope_pct', part='2')
    >>> leaf("kerb_ramp__number")
    Leaf(kind='kerb_ramp', about='number', part='')
    >>> leaf("surveyor")
    Leaf(kind='', about='surveyor', part='')
    """
    kind, *rest = name.split(_BETWEEN)
    if kind not in survey.ELEMENT_KINDS or not 1 <= len(rest) <= 2:
        return Leaf("", name)
    return Leaf(kind, *rest)
