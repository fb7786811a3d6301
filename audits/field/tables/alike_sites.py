"""Find sites of a table that may be one place under two codes: at one point, or of nearly one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np

from audits import errors
from layers import distance

SAME_POINT = errors.ProblemKind(
    "SITE-N04", "codes that stand at the place of another code: {count} ({pairs}); taken as sites of their own"
)
NEARLY_ONE_NAME = errors.ProblemKind(
    "SITE-N05", "codes with nearly the name of another code: {count} ({pairs}); check whether they are one site"
)
NEARLY_ONE_CODE = errors.ProblemKind(
    "SITE-N06", "codes that are written nearly like another code: {count} ({pairs}); check whether they are one site"
)
NEAR_M = 5.0
SHOWN = 5
# Shorter names differ by one letter without meaning the same, and still shorter ones are no names.
SHORTEST_ALIKE = 6
SHORTEST_EQUAL = 3
# Of every name all forms with one letter left out are compared; beyond this many names only equal ones are found.
MOST_COMPARED = 10_000

_NOT_SPOKEN = re.compile(r"[^\w฀-๿]|_")


class Named(Protocol):
    """A site with its code, names and place; NaN where nobody knows."""

    code: str
    line: int
    name_th: str
    name_en: str
    longitude: float
    latitude: float


def notices(sites: Iterable[Named], file_name: str) -> Iterator[errors.Problem]:
    """Yield one notice for each way in which new sites, those with a line, are like another.

    Parameters
    ----------
    sites
        The register's, whose line is 0, and the new ones.
    file_name
        For the notices.
    """
    known = list(sites)
    # without a new site the register would be compared with itself
    if not any(site.line for site in known):
        return
    found = (
        (SAME_POINT, _at_one_point(known)),
        (NEARLY_ONE_NAME, _of_one_name(known)),
        (NEARLY_ONE_CODE, _of_one_code(known)),
    )
    for kind, pairs in found:
        if pairs:
            shown = ", ".join(f"{code} = {other}" for code, other in pairs[:SHOWN]) + (
                " …" if len(pairs) > SHOWN else ""
            )
            yield kind.at(file_name, count=len(pairs), pairs=shown)


def form_of_code(code: str) -> str:
    """Form of a code that is the same however its case, its separators and its leading zeros were typed.

    Examples
    --------
    >>> [form_of_code(code) for code in ("KK-001", "kk 1", "ＫＫ๐๑", "KK-010", "1-12", "11-2")]
    ['kk 1', 'kk 1', 'kk 1', 'kk 10', '1 12', '11 2']
    """
    parts = re.findall(r"\d+|[^\W\d_]+", unicodedata.normalize("NFKC", code).casefold())
    return " ".join(str(int(part)) if part.isdecimal() else part for part in parts)


def _of_one_code(sites: list[Named]) -> list[tuple[str, str]]:
    seen: dict[str, str] = {}
    pairs = []
    for site in sites:
        # a code of signs alone has no form, and is like itself only
        other = seen.setdefault(form_of_code(site.code) or site.code, site.code)
        if other != site.code and site.line:
            pairs.append((site.code, other))
    return pairs


def _at_one_point(sites: list[Named]) -> list[tuple[str, str]]:
    placed = [site for site in sites if np.isfinite(site.longitude)]
    if not placed:
        return []
    corner = min(site.longitude for site in placed), min(site.latitude for site in placed)
    near, pairs = distance.Nearness(*corner, NEAR_M), []
    for site in placed:
        other = near.within(site.longitude, site.latitude)
        if other is not None and site.line:
            pairs.append((site.code, other))
        # after it was asked about, else each would be found beside itself
        near.add(site.code, site.longitude, site.latitude)
    return pairs


def _of_one_name(sites: list[Named]) -> list[tuple[str, str]]:
    letter_left_out = len(sites) <= MOST_COMPARED
    seen: dict[tuple[str, str], str] = {}
    pairs: dict[str, str] = {}
    for site in sites:
        # a code stands in for a missing name, and codes are compared on their own
        forms = [form for name in {site.name_th, site.name_en} - {site.code} for form in _forms(name, letter_left_out)]
        for form in forms:
            other = seen.setdefault(form, site.code)
            if other != site.code and site.line:
                pairs.setdefault(site.code, other)
    return list(pairs.items())


def _forms(name: str, letter_left_out: bool) -> Iterator[tuple[str, str]]:
    """Yield a name as it is compared, with its numbers apart, and with each one letter left out."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = [word for word in (_NOT_SPOKEN.sub("", part) for part in plain.split()) if word]
    # Gate 1 and gate 2, side A and side B are not one place.
    counted = [word for word in words if len(word) == 1 or any(map(str.isdigit, word))]
    numbers = " ".join(counted)
    letters = "".join(word for word in words if word not in counted)
    if len(letters) < SHORTEST_EQUAL:
        return
    yield letters, numbers
    if letter_left_out and len(letters) >= SHORTEST_ALIKE:
        for place in range(len(letters)):
            yield letters[:place] + letters[place + 1 :], numbers
