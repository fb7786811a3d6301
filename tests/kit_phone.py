"""Open the judge of the offline kit as a phone does: from a file, written into the page."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Browser

SCRIPTS = [Path(__file__).parents[1] / "static" / "kit" / name for name in ("cells.js", "answers.js", "judge.js")]


@contextlib.contextmanager
def opened(browser: Browser, packed: dict[str, Any], folder: Path) -> Iterator[Callable[..., Any]]:
    """Give a function that runs an expression on the phone; ``given`` is handed over, ``book`` is the opened pack."""
    inlined = "".join(f"<script>{path.read_text('utf-8')}</script>" for path in SCRIPTS)
    file = folder / "kit.html"
    file.write_text(f'<!doctype html><meta charset="utf-8"><title>Kit</title>{inlined}', "utf-8")
    page, said = browser.new_page(), []
    page.on("pageerror", lambda problem: said.append(problem))
    page.goto(file.as_uri())
    page.evaluate("pack => { globalThis.book = Jaidee.judge.open(JSON.parse(pack)); }", json.dumps(packed))

    def ask(expression: str, given: object = None) -> Any:
        script = f"given => JSON.stringify((given => {expression})(JSON.parse(given)))"
        return json.loads(page.evaluate(script, json.dumps(given, allow_nan=False)))

    yield ask
    assert said == []
    page.close()


def numbers(values: Iterable[float | str]) -> npt.NDArray[np.float64]:
    """Return what JSON could only carry as text, such as ``NaN``, as numbers."""
    return np.array([float(value) for value in values], dtype=np.float64)
