"""Describe a file on its way in, the same on the page, on the command line and in JSON."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audits import errors, wording
from audits.field import named_places
from audits.formats import csv_writer

phrase = wording.phrase

UNUSED = phrase("Columns that mean nothing here and are left out: {columns}")
COORDINATES = phrase("Coordinate system: {crs}")
ENCODING = phrase("Encoding: {encoding}")
EXAMPLE = phrase("such as row {row}: {reason}")
LIKE_REASONS = phrase("{n} rows for like reasons, {example}")

_ROW_AND_COLUMN = ", "
_ENDS_IN_ELEMENT = re.compile(r"\.[a-z_]+\.[0-9]+$")


@dataclass(frozen=True)
class HeldGroup:
    """Rows that are held for one reason.

    Parameters
    ----------
    problem
        That of the first of them, without its row.
    count, first_line
        How many they are, and where the first stands.
    is_example
        Whether the others have other figures in the same sentence.
    """

    problem: errors.Problem
    count: int
    first_line: int
    is_example: bool = False

    def with_another(self, problem: errors.Problem) -> HeldGroup:
        """Return the group with one row more."""
        # once one row has other figures, those of the first stand for themselves only
        differs = self.is_example or problem.values != self.problem.values
        return dataclasses.replace(self, count=self.count + 1, is_example=differs)

    def reason(self, words: wording.Wording) -> str:
        """Write the reason as a sentence, with the column; with the row only where its figures are those of one row."""
        # a problem without a place would begin with the colon behind it
        reason = words.problem(self.problem).removeprefix(": ")
        return words.text(EXAMPLE, row=str(self.first_line), reason=reason) if self.is_example else reason

    def sentence(self, words: wording.Wording) -> str:
        """Write the reason with the number of rows and the first line."""
        if self.is_example:
            return words.text(LIKE_REASONS, n=self.count, example=self.reason(words))
        return words.count(
            "{n} row: {reason}; in line {line}",
            "{n} rows: {reason}; first at line {line}",
            self.count,
            reason=self.reason(words),
            line=self.first_line,
        )


@dataclass(frozen=True)
class Overview:
    """How a file was understood, before anything is written.

    Parameters
    ----------
    rows
        Number of rows or records with anything in them.
    held
        Line and reasons of each row that is held.
    unused_columns
        Columns with something in them that mean nothing here.
    notices
        What the reader should know, each assumption among them.
    crs
        Coordinate system in which the positions were read, such as ``EPSG:32648``; empty where there are none.
    encoding
        Of the text, such as ``cp874``; empty where nothing could be read.
    """

    rows: int
    held: Sequence[tuple[int, Sequence[errors.Problem]]]
    unused_columns: tuple[str, ...] = ()
    notices: tuple[errors.Problem, ...] = ()
    crs: str = ""
    encoding: str = ""

    @property
    def accepted(self) -> int:
        """Number of rows that are not held."""
        return self.rows - len(self.held)

    @property
    def groups(self) -> tuple[HeldGroup, ...]:
        """The held rows by reason and column, the most frequent first; a row with two reasons is in two groups."""
        found: dict[tuple[str, str], HeldGroup] = {}
        for line, problems in self.held:
            # from the last to the first, so that of several problems of one kind the first is kept
            once = {(problem.kind.code, _column(problem)): problem for problem in reversed(problems)}
            for (code, column), problem in once.items():
                known = found.get((code, column))
                found[code, column] = (
                    HeldGroup(dataclasses.replace(problem, where=_named(column, problem)), 1, line)
                    if known is None
                    else known.with_another(problem)
                )
        return tuple(sorted(found.values(), key=lambda group: (-group.count, group.first_line)))

    def as_record(self, words: wording.Wording) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "held": [
                {
                    "code": group.problem.kind.code,
                    "reason": group.reason(words),
                    "count": group.count,
                    "first_line": group.first_line,
                }
                for group in self.groups
            ],
            "held_count": len(self.held),
            "unused_columns": list(self.unused_columns),
            "notices": problem_records(self.notices, words),
            "crs": self.crs,
            "encoding": self.encoding,
        }

    def lines(self, words: wording.Wording) -> Iterator[str]:
        """Yield what was assumed or left out, a line each; the held rows are not among them."""
        if self.unused_columns:
            yield words.text(UNUSED, columns=", ".join(self.unused_columns))
        if self.crs:
            yield words.text(COORDINATES, crs=self.crs)
        if self.encoding:
            yield words.text(ENCODING, encoding=self.encoding)
        yield from map(words.problem, self.notices)

    def held_lines(self, words: wording.Wording) -> Iterator[str]:
        """Yield a line for each reason, with the number of rows."""
        return (group.sentence(words) for group in self.groups)

    def held_table(self, words: wording.Wording) -> bytes:
        """Return every held row with all its reasons as CSV."""
        headings = (words.text("Row"), words.text("Reason"))
        rows = ((line, words.problem(problem)) for line, problems in self.held for problem in problems)
        return csv_writer.table((headings, *rows))


class RefusedFileError(errors.RefusedError):
    """A file refused as a whole after it was opened; `overview` holds every row of it."""

    def __init__(self, problem: errors.Problem, lines: Iterable[int], **understood: Any) -> None:
        held = [(line, (problem,)) for line in lines]
        self.overview = Overview(len(held), held, **understood)
        super().__init__((problem,))


def problem_records(found: Iterable[errors.Problem], words: wording.Wording) -> list[dict[str, str]]:
    """Return problems for JSON: code, place, and the sentence in the reader's language."""
    return [
        {"code": problem.kind.code, "where": problem.where, "sentence": words.problem(problem)} for problem in found
    ]


def _named(column: str, problem: errors.Problem) -> str:
    """Return the question in names where the place of its problem is; a table's column as its heading says."""
    return named_places.place(column) if column and isinstance(problem.where, wording.Translated) else column


def _column(problem: errors.Problem) -> str:
    """Return the column of a table's row, or the question that an element was asked; else nothing."""
    row, _, column = problem.where.partition(_ROW_AND_COLUMN)
    if row.startswith("row "):
        return column
    record, _, question = problem.where.rpartition(_ROW_AND_COLUMN)
    return question if _ENDS_IN_ELEMENT.search(record) else ""
