"""Read degrees written with minutes and seconds, in one cell or in columns of their own."""

from __future__ import annotations

import re

from audits import errors
from audits.formats import cells

NOT_DEGREES = errors.ProblemKind(
    "PLACE-005",
    "“{written}” is no angle; write whole degrees, whole minutes and seconds, each below 60, such as 16°25'55.2\"N",
)

_SIDE_WORDS = {
    **{"เหนือ": "n", "ใต้": "s", "ตะวันออก": "e", "ตะวันตก": "w"},
    **{"north": "n", "south": "s", "east": "e", "west": "w"},
}
_FIGURE = r"[0-9]+(?:[.,][0-9]+)?"
_SIDE = r"(?:[nsew]|" + "|".join(_SIDE_WORDS) + ")"
_DEGREE, _MINUTE = r"(?:°|º|˚|deg|d|องศา)", r"(?:'|′|’|‘|min|m|ลิปดา)"
_SECOND = r"(?:\"|″|”|“|''|′′|’’|sec|s|[ฟพ]ิลิปดา)"
# the look-ahead keeps 255" from being read as 25 minutes and 5 seconds
_ANGLE = re.compile(
    rf"(?P<before>{_SIDE}(?![a-z]))? ?(?P<sign>-)? ?(?P<degrees>{_FIGURE}) ?{_DEGREE} ?"
    rf"(?:(?P<minutes>{_FIGURE})(?![0-9.,]) ?(?:{_MINUTE} ?)?)?"
    rf"(?:(?P<seconds>{_FIGURE}) ?(?:{_SECOND} ?)?)?(?P<after>{_SIDE})?"
)
_LETTERED = re.compile(rf"(?P<before>{_SIDE})? ?(?P<degrees>{_FIGURE}) ?(?P<after>{_SIDE})?")
_BETWEEN = re.compile(r"\s*[,;/]\s*|\s+")
_AFTER_A_SIDE = re.compile(r"(?<=[nsew])[\s,;/]+(?=[0-9nsew])")


def read(written: str) -> float | errors.ProblemKind | None:
    r"""Read one cell as an angle in degrees, south and west negative; None where it is written in no such way.

    Examples
    --------
    >>> [read(one) for one in ("16°25'55.2\"N", "W 102° 49.5'", "16 องศา 30 ลิปดา เหนือ", "16.432 N", "16.43")]
    [16.432, -102.825, 16.5, 16.432, None]
    """
    text = cells.clean(written).casefold()
    found = _ANGLE.fullmatch(text)
    if found is None:
        found = _LETTERED.fullmatch(text)
        if found is None or not (found["before"] or found["after"]):
            return None
        return _signed(float(found["degrees"].replace(",", ".")), found["before"] or found["after"])
    degrees, minutes, seconds = (
        float(found[name].replace(",", ".")) if found[name] else None for name in ("degrees", "minutes", "seconds")
    )
    angle = joined(degrees, minutes, seconds)
    if isinstance(angle, errors.ProblemKind):
        return angle
    return -angle if found["sign"] else _signed(angle, found["before"] or found["after"] or "")


def joined(
    degrees: float | None, minutes: float | None, seconds: float | None, side: str = ""
) -> float | errors.ProblemKind:
    """Join the parts of one angle, in degrees; `side` is a word such as ``S`` or ``ตะวันตก``, which makes it negative.

    Examples
    --------
    >>> joined(16, 25, 55.2), joined(102, 49.5, None, "W")
    (16.432, -102.825)
    """
    smaller = [part for part in (minutes, seconds) if part is not None]
    if degrees is None or any(not 0 <= part < 60 for part in smaller):
        return NOT_DEGREES
    # A part with a fraction is the last one: 16.5° 30' has no meaning.
    if any(part % 1 for part, after in ((degrees, smaller), (minutes or 0, smaller[1:])) if any(after)):
        return NOT_DEGREES
    # nine decimals are less than a millimetre, without the tail that binary fractions leave
    amount = round(abs(degrees) + (minutes or 0) / 60 + (seconds or 0) / 3600, 9)
    # A minus sign and a side that says so too mean the same.
    return -amount if degrees < 0 else _signed(amount, side)


def pair(written: str) -> list[str]:
    r"""Cut a cell with two coordinates in two; another number of parts where it holds no pair.

    Examples
    --------
    >>> pair("16.43, 102.83"), pair("16°25'55\"N 102°49'30\"E"), pair("16° 25' N, 102° 49' E")
    (['16.43', '102.83'], ['16°25\'55"n', '102°49\'30"e'], ["16° 25' n", "102° 49' e"])
    """
    text = cells.clean(written).strip("()[] ").casefold()
    at_sides = _AFTER_A_SIDE.split(text)
    return at_sides if len(at_sides) == 2 else _BETWEEN.split(text)


def _signed(angle: float, side: str) -> float:
    word = cells.clean(side).casefold()
    return -angle if _SIDE_WORDS.get(word, word[:1]) in ("s", "w") else angle
