"""Read the kerbs of an OpenSidewalks file as sites with a kerb ramp each."""

from __future__ import annotations

from collections.abc import Sequence

from audits.field.tables import headers

_EDGE_COLUMNS = frozenset({"_id", "_u_id", "_v_id"})
_KERB_COLUMNS = frozenset({"_id", "barrier", "kerb"})
# https://wiki.openstreetmap.org/wiki/Key:kerb: these two can be rolled over; a raised kerb is no ramp, and is held.
_RAMPS = {"lowered": "kerb_ramp", "flush": "kerb_ramp"}


def is_network(columns: Sequence[str]) -> bool:
    """Whether the columns are those of OpenSidewalks' edges, which are ways and no places."""
    return set(columns) >= _EDGE_COLUMNS


def layout(columns: Sequence[str]) -> headers.Layout | None:
    """Layout of the columns of OpenSidewalks' kerbs; None of any other table.

    What says nothing of where a kerb is, such as its tactile paving, is left out by name: the file states no day of
    a survey and no surveyor.
    """
    if not set(columns) >= _KERB_COLUMNS:
        return None
    uses = headers.Use("_id", "code"), headers.Use("kerb", "element_kind", codes=_RAMPS)
    unused = tuple(column for column in columns if column not in ("_id", "kerb"))
    return headers.Layout(uses, unused)
