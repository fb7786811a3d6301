"""Work out the XPath that the form uses, sharing no code with what writes it."""

from __future__ import annotations

import functools
import math
import re
import types
from collections.abc import Mapping


class _Text(str):
    """An answer as XPath sees it: a text beside a text, a number beside a number, blank being no number."""

    def _number(self) -> float:
        return float(self) if self.strip() else math.nan

    def __ge__(self, other):
        return self._number() >= other

    def __gt__(self, other):
        return self._number() > other

    def __le__(self, other):
        return self._number() <= other

    def __lt__(self, other):
        return self._number() < other


def holds(expression: str, answers: Mapping[str, str], here: str = "") -> bool:
    """Return whether an expression holds; answers not given are blank, an empty expression holds."""
    if not expression:
        return True
    values = {name: _Text(answers.get(name, "")) for name in named(expression)} | {".": _Text(here)}
    return bool(eval(_in_python(expression), {"__builtins__": {}}, {"_": values}))


@functools.cache
def _in_python(expression: str) -> types.CodeType:
    """Compile an expression once: a form has some hundreds, and a test asks each of them a thousand times."""
    python = re.sub(r"\$\{(\w+)\}", r'_["\1"]', expression)
    python = re.sub(r"(?<![<>!=])=(?!=)", "==", python)
    python = re.sub(r"(?<!\S)\.(?= [<>])|(?<=\()\.(?= [<>])", '_["."]', python).replace("false()", "False")
    return compile(python, expression, "eval")


@functools.cache
def named(expression: str) -> frozenset[str]:
    """Return the answers that an expression looks at."""
    return frozenset(re.findall(r"\$\{(\w+)\}", expression))
