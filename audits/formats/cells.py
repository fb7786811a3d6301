"""Read one cell of a table as a number, slope, length or yes, as people in Thailand write them."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import re
import unicodedata
from pathlib import Path
from types import MappingProxyType

from audits import errors

# no expression below searches more, so none of them can be made slow by what a cell holds
LONGEST_CELL = 200

NOT_A_NUMBER = errors.ProblemKind("CELL-001", "“{written}” is not a number; write a figure such as 900 or 8.33")
SCIENTIFIC = errors.ProblemKind(
    "CELL-002", "“{written}” is in scientific notation, which loses digits; format the column as a number"
)
NOT_FINITE = errors.ProblemKind("CELL-003", "“{written}” is no measurement; leave the cell empty if nobody measured")
SLOPE_UNIT = errors.ProblemKind("CELL-004", "“{written}” has no unit; write 1:12, 8.33% or 4.76°")
SLOPE_UPSIDE_DOWN = errors.ProblemKind("CELL-005", "“{written}” is upside down; write rise first, such as 1:12")
NOT_A_SLOPE = errors.ProblemKind("CELL-006", "“{written}” is not a slope; write 1:12, 8.33% or 4.76°")
SLOPE_RANGE = errors.ProblemKind("CELL-007", "“{written}” is not between 0% and 100%; check the figure and its unit")
SLOPE_BECAME_DATE = errors.ProblemKind(
    "CELL-008", "the spreadsheet turned the slope into the date {written}; write it as 1:12 in a text cell"
)
LENGTH_UNIT = errors.ProblemKind("CELL-009", "“{written}” has no unit; write mm, cm or m behind it or in the header")
NOT_A_LENGTH = errors.ProblemKind("CELL-010", "“{written}” is not a length; write a figure and its unit, such as 90 cm")
NEGATIVE = errors.ProblemKind("CELL-011", "“{written}” is negative; a measurement here is zero or more")
NOT_YES_OR_NO = errors.ProblemKind("CELL-012", "“{written}” is neither yes nor no; write มี or ไม่มี, yes or no")
SLOPE_RANGE_DEGREES = errors.ProblemKind(
    "CELL-021", "“{written}” is not between 0° and 45°; check the figure and its unit"
)
NOT_A_COUNT = errors.ProblemKind("CELL-013", "“{written}” is not a whole number of things; write 0, 1, 2 …")
ERROR_VALUE = errors.ProblemKind(
    "CELL-014", "the cell shows the error {written}; write what was measured, or leave it empty"
)
NOT_COMPUTED = errors.ProblemKind(
    "CELL-015",
    "the formula {written} was never computed; open the table in a spreadsheet program, save it, send it again",
)
SLOPE_BECAME_TIME = errors.ProblemKind(
    "CELL-016", "the spreadsheet turned the slope into the time {written}; write it as 1:12 in a text cell"
)

# how people write months, units, yes and no; the first month of the list is January
SPELLINGS = json.loads(Path(__file__).with_name("spellings.json").read_text("utf-8"))
MILLIMETRES = MappingProxyType({"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "ft": 304.8})
SLOPE_UNITS = ("percent", "ratio", "degrees")

# Phones, keyboards and office programs write these for a figure or a sign.
_SIGNS = str.maketrans(
    "๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９：∶，．％′’″”“−‐‑–º˚⁄∕／",
    '01234567890123456789::,.%\'\'"""----°°///',
) | {ord(sign): f" {words}" for sign, words in {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅛": "1/8"}.items()}
# Thousands come before plain figures: inside a length the first form that fits is taken.
_NUMBER = (
    r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}"
    r"|[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?"
    r"|[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
)
_WHOLE_NUMBER = re.compile(rf"[+-]?{_NUMBER}")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]*[.,]?[0-9]+[eE][+-]?[0-9]+")
_RATIO = re.compile(rf"(-?{_NUMBER}) ?(?:[:/]|ต่อ|ใน|in) ?(-?{_NUMBER})")
# a typed 1:12, as a spreadsheet writes it into a CSV file: 01:12:00
_CLOCK = re.compile(r"0?([0-9]{1,2}):([0-9]{2}):00")
# A time as a spreadsheet writes it into a CSV file; a ratio has neither seconds nor a leading zero.
_TIME = re.compile(
    r"(?:0[0-9]:[0-9]{2}|[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?|[0-9]{1,2}:[0-9]{2}(?= ?[ap]m))(?: ?[ap]m)?"
)
_FIRST_HOUR = re.compile(r"0?1:([0-9]{2})(?::00)?(?: ?am)?")
_SLOPE = re.compile(
    rf"(?P<before>ร้อยละ)? ?(?P<number>[+-]?{_NUMBER}) ?(?P<after>%|percent|เปอร์เซ็นต์|เปอร์เซนต์|°|deg(?:rees?)?|องศา)?"
)
LENGTH_UNITS = MappingProxyType({word: unit for unit, words in SPELLINGS["lengths"].items() for word in words})
# the longest first, or m would take the beginning of mm
_UNIT = "|".join(re.escape(word) for word in sorted(LENGTH_UNITS, key=len, reverse=True))
_FRACTION = r"(?:[0-9]+[ -])?[0-9]+/[1-9][0-9]*"
_LENGTH_PART = re.compile(rf" ?(?P<number>{_FRACTION}|{_NUMBER}) ?(?P<unit>{_UNIT})\.?[ -]?")


_SARA_AM = re.compile("\N{THAI CHARACTER NIKHAHIT}([\u0e48-\u0e4b]?)\N{THAI CHARACTER SARA AA}|ำ([\u0e48-\u0e4b])")
# Blanks of no width and marks of direction, which come along from web pages and chats.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ERROR = re.compile(r"#(?:N/A|[A-Z0-9/_]+[!?]|#{2,})")


class Formula(str):
    """A formula whose value the file does not hold, since no spreadsheet program has computed it."""

    __slots__ = ()


def unseen(value: object) -> errors.ProblemKind | None:
    """Return why nobody could read a value in a cell: an error value, or a formula that was never computed."""
    if isinstance(value, Formula):
        return NOT_COMPUTED
    return ERROR_VALUE if isinstance(value, str) and _ERROR.fullmatch(value.strip().upper()) else None


def written(value: object) -> str:
    """Return a cell as its author sees it: ``8``, not ``8.0``; ``0.00001``, not ``1e-05``; ``1:12``, not 72 minutes."""
    # below this a float still has all its whole figures
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        # by way of repr: the decimal of the float itself may have fifty digits
        return format(decimal.Decimal(repr(value)), "f")
    if isinstance(value, dt.time) and value.second == 0:
        return f"{value.hour}:{value.minute:02d}"
    if isinstance(value, dt.timedelta) and value.seconds % 60 == 0:
        return f"{value.days * 24 + value.seconds // 3600}:{value.seconds // 60 % 60:02d}"
    return "" if value is None else str(value)


def one_spelling(text: str) -> str:
    """Return a text in the one of several spellings that look the same: NFC, ำ as one sign, its tone mark before it.

    Examples
    --------
    >>> one_spelling("น\N{THAI CHARACTER NIKHAHIT}\N{THAI CHARACTER MAI THO}\N{THAI CHARACTER SARA AA}") == "น้ำ"
    True
    """
    # two เ look like แ, and many keyboards type them so
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).replace("เเ", "แ")
    return _SARA_AM.sub(lambda found: (found[1] or found[2] or "") + "ำ", composed)


def clean(value: object) -> str:
    """Return a cell with Thai figures and full-width signs in ASCII, single blanks, and nothing that no one sees."""
    # one sign more than allowed, so that a longer cell is still seen to be too long
    return " ".join(_UNSEEN.sub("", written(value)[: LONGEST_CELL + 1]).translate(_SIGNS).split())


def _as_float(text: str) -> float:
    text = text.replace(" ", "")
    if "," in text and "." in text:
        # the sign that stands last divides the decimals
        thousands = "," if text.rindex(".") > text.rindex(",") else "."
        return float(text.replace(thousands, "").replace(",", "."))
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+|[+-]?[1-9][0-9]{0,2}(\.[0-9]{3}){2,}", text):
        return float(text.replace(",", "").replace(".", ""))
    return float(text.replace(",", "."))


def number(value: object) -> float | errors.ProblemKind:
    """Read a number: Thai figures, a decimal comma, thousands.

    Three figures behind a single comma are thousands, as in Thai practice (``1,500``), unless a zero leads (``0,833``).

    Returns
    -------
    float or ProblemKind
        A finite number; or the problem, whose template wants ``written``.
    """
    if isinstance(value, bool):
        return NOT_A_NUMBER
    if isinstance(value, int | float):
        # NaN fails the comparison too
        return float(value) if abs(value) < 1e300 else NOT_FINITE
    text = clean(value)
    if text.casefold().lstrip("+-") in ("nan", "inf", "infinity"):
        return NOT_FINITE
    if _SCIENTIFIC.fullmatch(text):
        return SCIENTIFIC
    if len(text) > LONGEST_CELL or not _WHOLE_NUMBER.fullmatch(text):
        return NOT_A_NUMBER
    found = _as_float(text)
    return found if math.isfinite(found) else NOT_FINITE


def _slope_from_ratio(rise: float, run: float) -> float | errors.ProblemKind:
    if rise < 0 or run < 0:
        return NEGATIVE
    if rise == 0 or run == 0:
        return NOT_A_SLOPE
    return 100 * rise / run if rise <= run else SLOPE_UPSIDE_DOWN


def _slope_in_unit(figure: float, unit: str | None) -> float | errors.ProblemKind:
    if figure < 0:
        return NEGATIVE
    if unit is None:
        return SLOPE_UNIT
    if unit == "ratio" and figure > 1:
        return SLOPE_UPSIDE_DOWN
    if unit == "degrees":
        return math.tan(math.radians(figure)) * 100 if figure <= 45.0 else SLOPE_RANGE_DEGREES
    if unit == "ratio":
        figure *= 100
    return figure if figure <= 100.0 + 1e-9 else SLOPE_RANGE


def slope_pct(value: object, unit: str | None = None) -> float | errors.ProblemKind:
    """Read a slope in percent: ``1:12``, ``1/12``, ``8.33%``, ``4.76°``.

    A spreadsheet keeps a typed ``1:12`` as twelve past one; that is read back as the slope.

    Parameters
    ----------
    value
        The cell.
    unit
        ``percent``, ``ratio`` (rise over run) or ``degrees`` of a bare figure; the unit in the cell itself goes first.
        Without it a bare figure is refused: 8.33 and 0.0833 may be one slope or two.
    """
    if not isinstance(value, str) and (became := slope_became(value)):
        return became
    if isinstance(value, int | float):
        bare = number(value)
        return bare if isinstance(bare, errors.ProblemKind) else _slope_in_unit(bare, unit)
    text = clean(value).casefold()
    if len(text) > LONGEST_CELL:
        return NOT_A_SLOPE
    if text.lstrip("+-") in ("nan", "inf", "infinity"):
        return NOT_FINITE
    if ratio := _RATIO.fullmatch(_CLOCK.sub(r"\1:\2", text)):
        return _slope_from_ratio(_as_float(ratio[1]), _as_float(ratio[2]))
    figure = _SLOPE.fullmatch(text)
    if figure is None:
        return NOT_A_SLOPE
    return _slope_in_unit(_as_float(figure["number"]), _slope_sign(figure) or unit)


def _slope_sign(figure: re.Match[str]) -> str:
    if figure["after"] in SPELLINGS["degrees"]:
        return "degrees"
    return "percent" if figure["before"] or figure["after"] else ""


def signed_slope(value: object) -> tuple[str, float, str] | None:
    """Split a slope that says its notation into figure as written, number and ``percent``, ``degrees`` or ``one_in``.

    None for any other text, also for a ratio of two figures such as ``2:25``.
    """
    text = clean(value).casefold()
    if len(text) > LONGEST_CELL:
        return None
    ratio = _RATIO.fullmatch(_CLOCK.sub(r"\1:\2", text))
    if ratio:
        return (ratio[2], _as_float(ratio[2]), "one_in") if _as_float(ratio[1]) == 1 else None
    figure = _SLOPE.fullmatch(text)
    sign = _slope_sign(figure) if figure else ""
    return (figure["number"], _as_float(figure["number"]), sign) if figure and sign else None


def slope_became(value: object) -> errors.ProblemKind | None:
    """Find the date, or the time of another hour, that a spreadsheet has made of a slope.

    A typed 1:12 is twelve past one; but 1:75 is kept as a quarter past two, so that only the first hour is certain.
    """
    if isinstance(value, dt.date):
        return SLOPE_BECAME_DATE
    text = clean(value).casefold()
    if not isinstance(value, dt.time | dt.timedelta) and not (isinstance(value, str) and _TIME.fullmatch(text)):
        return None
    certain = _FIRST_HOUR.fullmatch(text)
    return None if certain and int(certain[1]) else SLOPE_BECAME_TIME


def plain_time(text: str) -> str:
    """Return ``1:12`` for the time of day ``01:12:00 AM``, as a spreadsheet writes a slope into a CSV file."""
    found = _FIRST_HOUR.fullmatch(clean(text).casefold())
    return f"1:{found[1]}" if found else text


def slope_from_rise(rise_mm: float, length_along_slope_mm: float) -> float | errors.ProblemKind:
    """Return the slope in percent from the rise and the length measured along the slope.

    Parameters
    ----------
    rise_mm, length_along_slope_mm
        Height gained and length of the sloping surface; the level run is the third side, √(length² − rise²).
    """
    if not (math.isfinite(rise_mm) and math.isfinite(length_along_slope_mm)):
        return NOT_FINITE
    if rise_mm < 0:
        return NEGATIVE
    if rise_mm >= length_along_slope_mm:
        return SLOPE_UPSIDE_DOWN
    run_mm = math.sqrt(length_along_slope_mm * length_along_slope_mm - rise_mm * rise_mm)
    return _slope_in_unit(100 * rise_mm / run_mm, "percent")


def _fraction_or_number(text: str) -> float:
    if "/" not in text:
        return _as_float(text)
    whole, _, fraction = text.replace("-", " ").rpartition(" ")
    over, under = fraction.split("/")
    return float(whole or 0) + float(over) / float(under)


def is_fraction(value: object) -> bool:
    """Recognise a fraction without a unit, such as ``35 1/2``; of a slope it is a ratio."""
    return re.fullmatch(_FRACTION, clean(value)) is not None


def length_mm(value: object, unit: str | None = None) -> float | errors.ProblemKind:
    """Read a length in millimetres: ``900 มม.``, ``90 cm``, ``1 ม. 20 ซม.``, ``2'6"``, ``35 1/2 in``.

    Parameters
    ----------
    value
        The cell.
    unit
        ``mm``, ``cm``, ``m``, ``in`` or ``ft`` of a bare figure; the unit in the cell itself goes first.
    """
    bare = number(value)
    if not isinstance(bare, errors.ProblemKind):
        if bare < 0:
            return NEGATIVE
        return LENGTH_UNIT if unit is None else bare * MILLIMETRES[unit]
    if bare is not NOT_A_NUMBER or isinstance(value, bool):
        return bare
    text = clean(value).casefold()
    if text.startswith("-") and len(text) > 1:
        return NEGATIVE
    if unit is not None and re.fullmatch(_FRACTION, text):
        return _fraction_or_number(text) * MILLIMETRES[unit]
    return _length_in_parts(text)


def _length_in_parts(text: str) -> float | errors.ProblemKind:
    total, place, last = 0.0, 0, math.inf
    while place < len(text) <= LONGEST_CELL:
        part = _LENGTH_PART.match(text, place)
        # from the larger unit to the smaller, as people write lengths; anything else is a slip
        if part is None or (size := MILLIMETRES[LENGTH_UNITS[part["unit"]]]) >= last:
            return NOT_A_LENGTH
        total += _fraction_or_number(part["number"]) * size
        place, last = part.end(), size
    # finite only where a part was read
    return total if math.isfinite(last) and math.isfinite(total) else NOT_A_LENGTH


def single_length(value: object) -> tuple[str, float, str] | None:
    """Split a length of one figure into figure as written, number and unit; None for ``2'6"`` and other texts."""
    text = clean(value).casefold()
    part = _LENGTH_PART.fullmatch(text) if len(text) <= LONGEST_CELL else None
    return (part["number"], _fraction_or_number(part["number"]), LENGTH_UNITS[part["unit"]]) if part else None


def yes_no(value: object) -> float | errors.ProblemKind:
    """Read yes as 1 and no as 0: มี, ไม่มี, yes, no, true, false, ✓, 1, 0.

    A Latin ``x`` is refused: it ticks a box in one office and crosses it out in the next.
    """
    text = clean(value).casefold()
    if text in SPELLINGS["yes"]:
        return 1.0
    return 0.0 if text in SPELLINGS["no"] else NOT_YES_OR_NO


def count(value: object) -> float | errors.ProblemKind:
    """Read a number of things: whole, zero or more."""
    figure = number(value)
    if isinstance(figure, errors.ProblemKind):
        return figure
    if figure < 0:
        return NEGATIVE
    return figure if figure.is_integer() else NOT_A_COUNT


def quantity(value: object, quantity_unit: str, unit: str | None = None) -> float | errors.ProblemKind:
    """Read a cell in the unit of its quantity.

    Parameters
    ----------
    value
        The cell.
    quantity_unit
        Unit of the catalogue: ``percent`` (a slope), ``mm``, ``m``, ``count``, ``yes_no``, or any other for a bare
        number of zero or more.
    unit
        Unit of the column; see :func:`slope_pct` and :func:`length_mm`.
    """
    if quantity_unit == "percent":
        return slope_pct(value, unit)
    if quantity_unit in MILLIMETRES:
        length = length_mm(value, unit)
        return length if isinstance(length, errors.ProblemKind) else length / MILLIMETRES[quantity_unit]
    if quantity_unit in ("yes_no", "count"):
        return yes_no(value) if quantity_unit == "yes_no" else count(value)
    figure = number(value)
    return NEGATIVE if isinstance(figure, float) and figure < 0 else figure
