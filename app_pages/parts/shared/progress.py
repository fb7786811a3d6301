"""Show how far something is that the reader waits for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import streamlit as st


@contextlib.contextmanager
def shown(label: str | None = None) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while the block runs, which calls what it is given with the steps done and all steps."""
    bar = st.progress(0.0, text=label)

    def move(done: int, whole: int) -> None:
        bar.progress(done / max(whole, 1))

    try:
        yield move
    finally:
        bar.empty()
