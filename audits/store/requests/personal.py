"""Find in a text what leads to a person: a phone number, an e-mail address, an identity number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from audits import errors

PHONE = errors.ProblemKind("REQUEST-001", "The text holds a phone number; leave it out, only the matter is kept.")
EMAIL = errors.ProblemKind("REQUEST-002", "The text holds an e-mail address; leave it out, only the matter is kept.")
IDENTITY = errors.ProblemKind(
    "REQUEST-003", "The text holds an identity number; leave it out, only the matter is kept."
)

# days look like numbers to dial, most of all two of them in a row
_DAY = re.compile(
    r"(?<![0-9])(?:(?:19|2[0-9])[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[.\-][0-9]{1,2}[.\-](?:19|2[0-9])[0-9]{2})(?![0-9])"
)
# not after a figure and a point: the decimals of a position are no phone number
_START = r"(?<![0-9])(?<![0-9]\.)"
_BETWEEN = r"[ \-.()]{0,3}"
# Thai numbers have nine figures (land line) or ten (mobile) with the 0 that +66 replaces; an office writes 0-4322-1202.
_PREFIX = rf"(?:\+?66{_BETWEEN}(?:0{_BETWEEN})?|0\)?|0-(?=[0-9]{{4}}-[0-9]{{4}}))"
_PHONE = re.compile(rf"{_START}{_PREFIX}[1-9](?:{_BETWEEN}[0-9]){{7,8}}(?![0-9])")
# the last part of an address has letters, a price after "@" has none
_EMAIL = re.compile(r"[^\s@]\s?@\s?[^\s@]+\.[^\s@0-9.]")
_IDENTITY = re.compile(rf"{_START}[0-9](?:[ \-]{{0,3}}[0-9]){{12}}(?![0-9])")


def faults(text: str, where: str = "text") -> Iterator[errors.Problem]:
    """Yield a problem for each kind of personal data in a text; Thai figures count as figures."""
    # first to one spelling: full-width figures and Thai ones are figures to whoever dials
    plain = _DAY.sub("/", "".join(map(_plain, unicodedata.normalize("NFKC", text))))
    for kind, pattern in ((PHONE, _PHONE), (EMAIL, _EMAIL), (IDENTITY, _IDENTITY)):
        if pattern.search(plain):
            yield kind.at(where)


def _plain(sign: str) -> str:
    if unicodedata.category(sign) == "Pd":
        return "-"
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
