"""Read the points and blocks of a DXF drawing, one row each, with the attributes of the blocks."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING

import shapely

from audits import errors
from audits.formats import features

if TYPE_CHECKING:
    from ezdxf.document import Drawing

# ezdxf holds a drawing in about twenty times the memory of its file.
LARGEST_BYTES = 20 * 2**20

NOT_DXF = errors.ProblemKind("MAP-014", "this DXF drawing is damaged ({reason}); save it again as DXF (R2010 or later)")
TOO_LARGE = errors.ProblemKind("MAP-015", "the drawing has over {most} MB; save the layer of points as a drawing alone")
NO_POINTS = errors.ProblemKind(
    "MAP-016", "no point and no block is in the model space of the drawing; mark the places with points or blocks"
)


def read(content: bytes, file_name: str, most: int) -> features.Layer:
    """Return the POINT and INSERT entities of the model space, in drawing units.

    Columns are ``note`` (the layer), ``block`` and the attributes of the blocks. A drawing names no coordinate system.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged, too large, has no such entity, or more than `most`.
    """
    if len(content) > LARGEST_BYTES:
        raise errors.RefusedError((TOO_LARGE.at(file_name, most=LARGEST_BYTES // 2**20),))
    drawing, encoding = _document(content, file_name)
    entities = list(drawing.modelspace().query("POINT INSERT"))
    if not entities:
        raise errors.RefusedError((NO_POINTS.at(file_name),))
    features.refuse_too_many(len(entities), most, file_name)
    records, shapes = [], []
    for entity in entities:
        is_block = entity.dxftype() == "INSERT"
        block = {"block": entity.dxf.name} if is_block else {}
        filled = {each.dxf.tag: each.dxf.text for each in entity.attribs} if is_block else {}
        records.append({"note": entity.dxf.layer, **block, **filled})
        place = entity.dxf.insert if is_block else entity.dxf.location
        shapes.append(shapely.Point(place.x, place.y))
    return dataclasses.replace(features.from_shapes(records, shapes, "", file_name), encoding=encoding)


def _document(content: bytes, file_name: str) -> tuple[Drawing, str]:
    # ezdxf takes half a second to import, and few tables are drawings.
    import ezdxf
    from ezdxf import filemanagement

    try:
        # The header names the encoding of the rest, and is ASCII itself.
        start = content.decode("ascii", "replace").replace("\r\n", "\n")
        encoding = filemanagement.dxf_stream_info(io.StringIO(start)).encoding
        text = io.StringIO(content.decode(encoding, "replace").replace("\r\n", "\n"))
        return ezdxf.read(text), encoding  # type: ignore[attr-defined]
    # Anything that is written in a drawing can lead it into any of its parts.
    except Exception as error:
        raise errors.RefusedError((NOT_DXF.at(file_name, reason=" ".join(str(error).split())[:80]),)) from error
