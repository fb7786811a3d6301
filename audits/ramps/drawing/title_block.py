"""Hold what stands in the title block of every sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TitleBlock:
    """Texts of a title block, in the reader's language.

    Parameters
    ----------
    title, lines, warning
        Name of the drawing, what stands below it, and what stands there in red, if anything.
    number, sheet
        Number of the drawing, and the word for a sheet.
    facts, revisions, signatures
        One line each.
    """

    title: str
    lines: tuple[str, ...]
    warning: tuple[str, ...]
    number: str
    facts: tuple[str, ...]
    sheet: str
    revisions: tuple[str, ...]
    signatures: tuple[str, ...]
