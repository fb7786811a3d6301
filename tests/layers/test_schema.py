"""Contracts name every fault at once."""

import pandas as pd
import pytest

from layers import errors, schema


def field(name, kind="string", required=True, **constraints):
    return {"name": name, "type": kind, "constraints": {"required": required, **constraints}}


COLUMNS = (
    field("code", unique=True, pattern=r"[A-Z]\d"),
    field("size_m", "number", minimum=0, maximum=10),
    field("count", "integer", minimum=0),
    field("open", "boolean"),
    field("kind", enum=["ramp", "space"]),
    {"name": "note", "type": "string"},
)
GOOD = {"code": "A1", "size_m": "2.5", "count": "3", "open": "true", "kind": "ramp", "note": ""}


def table(**changes):
    return pd.DataFrame([GOOD | changes], dtype=str)


def test_a_good_table_comes_back_typed():
    row = schema.checked(table(), COLUMNS, "things").iloc[0]
    assert (row["size_m"], row["count"], row["open"], row["note"]) == (2.5, 3, True, "")


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("code", "a1", "is not text like"),
        ("code", "", "empty"),
        ("size_m", "11", "from 0 to 10"),
        ("size_m", "nan", "is not one number"),
        ("size_m", "1e3", "is not one number"),
        ("count", "1.5", "is not one integer"),
        ("open", "yes", "true or false"),
        ("kind", "stair", "one of ramp, space"),
    ],
)
def test_a_cell_that_breaks_its_promise_is_named_with_its_line(column, cell, said):
    with pytest.raises(errors.LayerError, match=rf"things: line 2, {column}: .*{said}|line 2, {column}: {said}"):
        schema.checked(table(**{column: cell}), COLUMNS, "things")


def test_all_faults_are_said_at_once():
    with pytest.raises(errors.LayerError) as refused:
        schema.checked(table(size_m="x", kind="y").assign(extra="1").drop(columns="open"), COLUMNS, "things")
    for part in ("column open is missing", "column extra is not known", "size_m: 'x'", "kind: 'y'"):
        assert part in str(refused.value)


def test_a_code_that_stands_twice_is_refused():
    with pytest.raises(errors.LayerError, match="line 3, code: 'A1' occurs twice"):
        schema.checked(pd.concat([table(), table()]), COLUMNS, "things")
