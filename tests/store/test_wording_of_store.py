import importlib
import pkgutil
import string
from collections import Counter

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


def test_every_problem_is_said_in_thai_with_the_same_values() -> None:
    thai = wording.Wording("th")
    faults = []
    for kind in KINDS:
        values = {name: name for name in fields(kind.template)}
        text = thai.text(kind.template, **values)
        if not any("\u0e00" <= character <= "\u0e7f" for character in text):
            faults.append(f"{kind.code}: not in Thai: {text}")
        faults += [f"{kind.code}: {value} is lost: {text}" for value in values if value not in text]
    assert faults == []
