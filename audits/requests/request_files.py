"""Read requests from a table of the office or from an export of Traffy Fondue, without what leads to a person."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from audits import errors
from audits.formats import cells, days, tables
from audits.store.requests import requests
from layers import installation, positions

TRAFFY = "traffy_fondue"

NO_TEXT_COLUMN = errors.ProblemKind(
    "REQUEST-031",
    "no column says what is asked for; name it text or คำขอ, or send the export of Traffy Fondue as it is",
)
NO_DAY = errors.ProblemKind("REQUEST-032", "The day on which it was received is missing.")
OUTSIDE = errors.ProblemKind(
    "REQUEST-033", "The position {place} is outside the municipality ({box}); check it, or name --box."
)
NOT_A_NUMBER = errors.ProblemKind("REQUEST-034", "“{written}” is no longitude and latitude in degrees.")


@dataclass(frozen=True)
class Row:
    """One row of the file: its line, and the request in it or why there is none."""

    line: int
    request: requests.Request | None
    problems: tuple[errors.Problem, ...] = ()


@dataclass(frozen=True)
class Read:
    """A file of requests.

    Parameters
    ----------
    source
        ``traffy_fondue`` or ``table``.
    rows
        Every row of the file, but those of another type.
    columns
        Meaning to the column that it was read from.
    unused
        Columns that were not read, such as names, phone numbers and addresses.
    other_types
        Number of rows that another type was asked for than theirs.
    """

    source: str
    rows: tuple[Row, ...]
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    other_types: int = 0


@functools.cache
def profile() -> Mapping[str, Any]:
    """Columns of the office's tables and of Traffy Fondue, from ``data/requests/columns.json``."""
    known: Mapping[str, Any] = json.loads((installation.DATA / "requests" / "columns.json").read_text("utf-8"))
    return known


def read(
    content: bytes, file_name: str, today: dt.date, area: positions.Box | None, *, channel: str = "", kind: str = ""
) -> Read:
    """Read the requests of a file.

    Parameters
    ----------
    content, file_name
        CSV, XLSX or another table of :func:`audits.formats.tables.read`.
    today
        Last day on which a request can have been received.
    area
        Where its places must lie; None for anywhere.
    channel
        Of rows that name none; empty for Traffy Fondue, or the name of the file.
    kind
        Of a table with types, as Traffy Fondue has them, only rows whose type has this word, such as ทางเท้า; empty for
        all.

    Raises
    ------
    audits.errors.RefusedError
        When it is no table, or no column says what is asked for.
    """
    table = tables.read(content, file_name, _known)
    columns, is_traffy = _columns(table.columns)
    if "text" not in columns:
        raise errors.RefusedError((NO_TEXT_COLUMN.at(file_name),))
    # an empty kind is part of every text, so that it takes all rows
    kind = kind if "type" in columns else ""
    wanted = [row for row in table.rows if kind in cells.clean(row.cells.get(columns.get("type", "")) or "")]
    channel = channel or (TRAFFY if is_traffy else PurePath(file_name).stem[: requests.MOST_CHANNEL])
    rows = tuple(_row(row, columns, today, area, channel) for row in wanted)
    unused = tuple(name for name in table.columns if name not in columns.values())
    other_types = len(table.rows) - len(wanted)
    return Read(TRAFFY if is_traffy else "table", rows, columns, unused, other_types)


def _known(headers: Sequence[str]) -> int:
    return len(_columns(headers)[0])


def _columns(headers: Sequence[str]) -> tuple[dict[str, str], bool]:
    """Return meaning to column, and whether they are those of Traffy Fondue."""
    # reversed, so that of two columns of one name the first is read
    by_name = {_plain(header): header for header in reversed(headers)}
    traffy = {meaning: _plain(name) for meaning, name in profile()[TRAFFY]["read"].items()}
    if {traffy[meaning] for meaning in ("source_id", "text", "position")} <= set(by_name):
        return {meaning: by_name[name] for meaning, name in traffy.items() if name in by_name}, True
    own = profile()["own"]
    found = {meaning: [by_name[name] for name in names if name in by_name] for meaning, names in own.items()}
    return {meaning: names[0] for meaning, names in found.items() if names}, False


def _plain(header: str) -> str:
    return " ".join(re.sub(r"[\s_./:-]+", " ", cells.clean(header).casefold()).split())


def _row(row: tables.Row, columns: Mapping[str, str], today: dt.date, area: positions.Box | None, channel: str) -> Row:
    written = {meaning: row.cells.get(column) for meaning, column in columns.items()}
    texts = {meaning: "" if value is None else cells.written(value).strip() for meaning, value in written.items()}
    received, place = _day(written.get("received_on"), today), _place(row, texts, area)
    problems = [*row.problems, *(each for each in (received, place) if isinstance(each, errors.Problem))]
    # the last two are among the problems already, which the type checker cannot see
    if problems or isinstance(received, errors.Problem) or isinstance(place, errors.Problem):
        return Row(row.line, None, tuple(problems))
    names = {"text": "text", "site_code": "site", "source_id": "source_id"}
    values = {name: texts.get(meaning, "") for name, meaning in names.items()}
    longitude, latitude = place
    request = requests.Request(
        received_on=received,
        channel=texts.get("channel") or channel,
        longitude=longitude,
        latitude=latitude,
        **values,
    )
    return Row(row.line, request)


def _day(written: object, today: dt.date) -> dt.date | errors.Problem:
    if written in (None, ""):
        return NO_DAY.at("received_on")
    value = written
    if isinstance(written, str):
        try:
            # Traffy Fondue writes an instant in UTC, whose local day may be the next one.
            instant = dt.datetime.fromisoformat(written.strip())
            value = instant if instant.tzinfo else instant.date()
        except ValueError:
            value = written
    found = days.day(value, today)
    return found.at("received_on", written=cells.written(written)) if isinstance(found, errors.ProblemKind) else found


def _place(
    row: tables.Row, texts: Mapping[str, str], area: positions.Box | None
) -> tuple[float | None, float | None] | errors.Problem:
    if texts.get("position"):
        # as places stand in lists: with or without brackets, a comma or a blank between
        parts = re.split(r"\s*[,; ]\s*", texts["position"].strip("()[] "))
    elif row.point is not None:
        parts = list(map(str, row.point))
    else:
        parts = [texts.get("longitude", ""), texts.get("latitude", "")]
    # no place is no fault: the request may name its site
    if not any(parts):
        return None, None
    return position(parts, area)


def position(parts: Sequence[str], area: positions.Box | None) -> tuple[float, float] | errors.Problem:
    """Read longitude and latitude, which must lie in the area, if one is given."""
    figures = [cells.number(part) for part in parts]
    numbers = [figure for figure in figures if isinstance(figure, float | int)]
    if len(parts) != 2 or len(numbers) != 2:
        return NOT_A_NUMBER.at("place", written=",".join(parts))
    longitude, latitude = map(float, numbers)
    if area is not None and not area.holds(longitude, latitude):
        return OUTSIDE.at("place", place=f"{longitude:g},{latitude:g}", box=str(area))
    return longitude, latitude
