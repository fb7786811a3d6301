"""Name every column of the exported tables: id, title, type and the meaning of coded values."""

from __future__ import annotations

import csv
import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from audits import terms, wording
from audits.rules import model
from layers import installation

FILE = installation.DATA / "columns.csv"
TEXT, WHOLE, NUMBER, YES_NO, DAY = "text", "whole", "number", "yes_no", "day"
_PERSONA = "{persona}"


@dataclass(frozen=True)
class Column:
    """One column of an exported table.

    Parameters
    ----------
    name
        Id, the same in every format; ends in its unit.
    title
        Heads the column.
    kind
        :data:`TEXT`, :data:`WHOLE`, :data:`NUMBER`, :data:`YES_NO` or :data:`DAY`.
    words
        Phrase of each coded value; empty where values are plain.
    """

    name: str
    title: model.Name
    kind: str = TEXT
    words: Mapping[str, str] = field(default_factory=dict)

    def heading(self, words: wording.Wording) -> str:
        """Return the title in the reader's language."""
        return words.name(self.title)

    def shown(self, value: str, words: wording.Wording) -> str:
        """Return a coded value in the reader's language, and any other value as it is."""
        return words.text(self.words[value]) if self.words.get(value) else self.words.get(value, value)


@functools.cache
def of(table: str) -> tuple[Column, ...]:
    """Return the columns of a table of ``data/columns.csv``; its vocabularies are those of :mod:`audits.terms`."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == table]
    return tuple(
        Column(
            row["column"],
            model.Name(row["title_th"], row["title_en"]),
            row["kind"],
            getattr(terms, row["words"]) if row["words"] else {},
        )
        for row in rows
    )


def of_sites(weights: model.Weights) -> tuple[Column, ...]:
    """Return the columns of the table of sites; each persona of the municipality has a score of its own."""
    every = of("site")
    scores = [column for column in every if _PERSONA in column.name]
    personas = [_of_persona(column, key, name) for key, name in weights.personas.items() for column in scores]
    first = every.index(scores[0])
    return (*every[:first], *personas, *every[first + len(scores) :])


def _of_persona(column: Column, key: str, name: model.Name) -> Column:
    thai = column.title.th.replace(_PERSONA, name.th)
    title = model.Name(thai, column.title.en.replace(_PERSONA, name.en or name.th))
    return dataclasses.replace(column, name=column.name.replace(_PERSONA, key), title=title)


FINDINGS, ELEMENTS, NEXT_MEASUREMENTS = of("finding"), of("element"), of("measure_next")
ABOUT, QUALITY = of("about"), of("quality")


def plain(cells: pd.Series, kind: str) -> list[object]:
    """Return the cells of one column as text, int, float, bool or ISO day, and None where there is nothing."""
    if kind == DAY:
        return [None if pd.isna(day) else day.date().isoformat() for day in cells]
    # types of Python: the writers of JSON, SQLite and Excel do not know those of numpy
    python = {WHOLE: int, NUMBER: float, YES_NO: bool, TEXT: str}[kind]
    return [None if pd.isna(value) else python(value) for value in cells]
