import importlib
import pkgutil
import string
from collections import Counter

import pytest

from audits import errors, store, wording

KINDS = [
    kind
    for module in pkgutil.walk_packages(store.__path__, f"{store.__name__}.")
    for kind in vars(importlib.import_module(module.name)).values()
    if isinstance(kind, errors.ProblemKind)
]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_code_is_given_once() -> None:
    assert [code for code, times in Counter(kind.code for kind in KINDS).items() if times > 1] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_problem_is_said_in_thai_with_the_same_values(kind: errors.ProblemKind) -> None:
    values = {name: name for name in fields(kind.template)}
    thai = wording.Wording("th").text(kind.template, **values)
    assert any("\u0e00" <= character <= "\u0e7f" for character in thai)
    assert all(value in thai for value in values)
