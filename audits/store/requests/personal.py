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

_BETWEEN = r"[ \-.()]{0,2}"
# Thai numbers have nine figures (land line) or ten (mobile) with the 0 that +66 replaces.
# not after a point: the decimals of a position are no phone number
_PHONE = re.compile(rf"(?<![0-9.])(?:\+?66{_BETWEEN}0?|0)[1-9](?:{_BETWEEN}[0-9]){{7,8}}(?![0-9])")
_EMAIL = re.compile(r"[\w.+\-]+\s?@\s?[\w\-]+(?:\.[\w\-]+)+", re.ASCII)
_IDENTITY = re.compile(r"(?<![0-9.])[0-9](?:[ \-]?[0-9]){12}(?![0-9])")


def faults(text: str, where: str = "text") -> Iterator[errors.Problem]:
    """Yield a problem for each kind of personal data in a text; Thai figures count as figures."""
    # first to one spelling: full-width figures and Thai ones are figures to whoever dials
    plain = "".join(_figure(sign) for sign in unicodedata.normalize("NFKC", text))
    for kind, pattern in ((PHONE, _PHONE), (EMAIL, _EMAIL), (IDENTITY, _IDENTITY)):
        if pattern.search(plain):
            yield kind.at(where)


def _figure(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
