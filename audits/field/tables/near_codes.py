"""Find the registered code that a mistyped one may stand for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


class NearCodes:
    """Codes to be found by one that was mistyped in a sign: wrong, missing, too many, or two exchanged."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._codes: dict[str, list[str]] = {}
        for code in codes:
            # under every form with a sign left out: codes that differ in one sign have a form in common
            for form in self._forms(code):
                self._codes.setdefault(form, []).append(code)

    def near(self, code: str) -> list[str]:
        """Return the codes that are written nearly like this one: first where the last sign is the wrong one."""
        return list(dict.fromkeys(other for form in self._forms(code) for other in self._codes.get(form, ())))

    @staticmethod
    def _forms(code: str) -> list[str]:
        plain = unicodedata.normalize("NFKC", code).casefold()
        without_one = (plain[:place] + plain[place + 1 :] for place in reversed(range(len(plain))))
        return list(dict.fromkeys((plain, *without_one)))
