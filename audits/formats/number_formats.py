"""Show a number of a spreadsheet as its number format does (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import fractions
import functools
import re

from audits.formats import cells

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[[^\]]*\]|(?P<general>general)|(?P<mask>E[+-]|[0#?.,%/])|(?P<other>.)',
    re.IGNORECASE,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;])+')
_FRACTION = re.compile(r"[0#?] *(?:/ *)(?P<parts>[0#?]+|[0-9]+)")
# Nearly every cell has one of these, and a table has a million cells.
_PLAIN = re.compile(r"(?:general)?|[#,]*0(?:\.0+)?", re.IGNORECASE)
_PERCENT_WORDS = frozenset(("percent", "เปอร์เซ็นต์", "เปอร์เซนต์", "ร้อยละ"))
_UNIT_WORDS = frozenset(cells.LENGTH_UNITS) | frozenset(cells.SPELLINGS["degrees"]) | _PERCENT_WORDS
_MEANS_SOMETHING = re.compile(r"[0-9:/°%'\"-]")
# Each comma behind the last whole figure hides three figures.
_THOUSANDS = re.compile(r"[0#?](,+)(?:\.|$)")


def shown(value: float, code: str) -> float | str:
    """Return a number as its cell shows it; the number itself where the format adds only decimals or money signs.

    The figures are those behind the cell, not the rounded ones: 0.0833 shown as ``8%`` is ``8.33%``.

    Parameters
    ----------
    value
        What the file holds.
    code
        The number format, such as ``0.0%``, ``# ?/?``, ``"1:"0`` or ``000``.

    Examples
    --------
    >>> shown(0.0833, "0%"), shown(12, '"1:"0'), shown(7, "000"), shown(1 / 12, "# ??/??"), shown(12.5, "#,##0.00")
    ('8.33%', '1:12', '007', '1/12', 12.5)
    """
    if _PLAIN.fullmatch(code):
        return value
    section = _section(_sign(value), code)
    mask = "".join(text for is_literal, text in section if not is_literal)
    if "%" in mask:
        # rounded: 0.07 * 100 is 7.000000000000001
        return f"{round(value * 100, 10):.12g}%"
    if fraction := _FRACTION.search("".join(text for _, text in section)):
        # A denominator such as the 8 of “# ?/8” is a literal too.
        found, unit = (
            _as_fraction(value, fraction["parts"]),
            _unit_after(section).removeprefix(fraction["parts"]).strip(),
        )
        return f"{cells.written(found)} {unit}" if unit else found
    if re.search("e", mask, re.IGNORECASE) and "general" not in mask:
        return value
    if hidden := _THOUSANDS.search(mask):
        value /= 1000 ** len(hidden[1])
    return _with_literals(value, section)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


@functools.lru_cache(maxsize=1024)
def _section(sign: int, code: str) -> list[tuple[bool, str]]:
    sections = _SECTION.findall(code) or [""]
    # sections of positive, negative and zero numbers; one that is missing takes the first
    number = 1 if sign < 0 and len(sections) > 1 else 2 if sign == 0 and len(sections) > 2 else 0
    found = []
    for token in _TOKEN.finditer(sections[number]):
        if token["general"] or token["mask"]:
            found.append((False, token[0].casefold()))
        elif text := token["quoted"] or token["escaped"] or token["other"]:
            found.append((True, text))
    return found


def _as_fraction(value: float, parts: str) -> str | float:
    if parts.isdecimal() and int(parts):
        found = fractions.Fraction(round(value * int(parts)), int(parts))
    else:
        found = fractions.Fraction(value).limit_denominator(10 ** len(parts) - 1)
    whole, rest = divmod(abs(found), 1)
    if not rest:
        return float(found)
    sign, before = "-" if found < 0 else "", f"{whole} " if whole else ""
    return f"{sign}{before}{rest.numerator}/{rest.denominator}"


def _with_literals(value: float, section: list[tuple[bool, str]]) -> float | str:
    places = [number for number, (is_literal, _) in enumerate(section) if not is_literal]
    if not places:
        return value
    before = "".join(text for _, text in section[: places[0]]).strip()
    after = _unit_after(section)
    middle = section[places[0] : places[-1] + 1]
    figures = _figures(value, middle)
    is_code = re.search(r"\w", before) and figures.startswith("0") and "." not in figures
    before = before if _MEANS_SOMETHING.search(before) or before in _PERCENT_WORDS or is_code else ""
    if figures == cells.written(abs(value)) and not before and not after:
        return value
    sign = "-" if value < 0 and "-" not in before else ""
    # A unit stands apart from its figure, a sign and a digit do not.
    return f"{sign}{before}{figures}{' ' if after[:1].isalpha() else ''}{after}"


def _unit_after(section: list[tuple[bool, str]]) -> str:
    """Return the literals behind the last figure; empty where they are no unit and no sign."""
    last = max((number for number, (is_literal, _) in enumerate(section) if not is_literal), default=-1)
    after = "".join(text for _, text in section[last + 1 :]).strip()
    return after if _MEANS_SOMETHING.search(after) or after.casefold().strip(" .") in _UNIT_WORDS else ""


def _figures(value: float, middle: list[tuple[bool, str]]) -> str:
    """Return the figures with leading zeros and signs between them, as a code such as ``40-001`` has."""
    mask = "".join(text for is_literal, text in middle if not is_literal)
    zeros = len(re.findall("0", mask.partition(".")[0]))
    has_signs = any(is_literal for is_literal, _ in middle)
    if not float(value).is_integer() or "." in mask or not (zeros > 1 or has_signs):
        return cells.written(abs(value))
    left = list(str(abs(int(value))).zfill(zeros))
    found = ""
    # from the right: a mask may have fewer places than the number has figures
    for is_literal, text in reversed(middle):
        if is_literal:
            found = text + found
        elif text in "0#?" and left:
            found = left.pop() + found
    return "".join(left) + found
