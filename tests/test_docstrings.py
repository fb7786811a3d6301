"""Every example in a docstring is executed, and every public function for notebooks has one."""

from __future__ import annotations

import doctest
import importlib

import pytest

import audits
from layers import installation

WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(installation.PACKAGES).with_suffix("").parts)
    for package in ("audits", "layers")
    for path in (installation.PACKAGES / package).rglob("*.py")
    if path.stem != "__init__" and ">>> " in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_are_right(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", audits.__all__)
def test_a_public_function_shows_how_it_is_used(name: str) -> None:
    assert doctest.DocTestFinder().find(getattr(audits, name))[0].examples
