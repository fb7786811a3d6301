"""A point is written as GDAL reads it and read however a writer may keep it."""

import struct

import pytest
import shapely

from audits.field.qfield import points

PLACE = (102.8231, 16.4251)


def blob(shape, *, flags=0x01, envelope=b"", system=4326, order="<"):
    return struct.pack(f"{order}2sBBi", b"GP", 0, flags, system) + envelope + shapely.to_wkb(shape)


def test_a_point_comes_back_as_it_was():
    assert points.unpacked(points.packed(*PLACE)) == PLACE


def test_a_point_with_an_envelope_or_a_height_is_read():
    envelope = struct.pack("<4d", PLACE[0], PLACE[0], PLACE[1], PLACE[1])
    assert points.unpacked(blob(shapely.Point(PLACE), flags=0x03, envelope=envelope)) == PLACE
    assert points.unpacked(blob(shapely.Point(*PLACE, 155.0))) == PLACE


def test_a_header_in_the_other_byte_order_is_read():
    assert points.unpacked(blob(shapely.Point(PLACE), flags=0x00, order=">")) == PLACE


def test_an_empty_point_is_no_place():
    assert points.unpacked(blob(shapely.Point(), flags=0x11)) is None
    assert points.unpacked(blob(shapely.Point())) is None


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"GP",
        b"XX" + bytes(30),
        points.packed(*PLACE)[:-3],
        blob(shapely.Point(PLACE), system=32648),
        blob(shapely.LineString([PLACE, (102.9, 16.5)])),
        blob(shapely.Point(268000.0, 1817000.0)),
        blob(shapely.Point(float("inf"), 16.0)),
        blob(shapely.Point(PLACE), flags=0x0F),
    ],
    ids=["nothing", "cut", "foreign", "cut in the middle", "utm", "line", "metres", "endless", "unknown envelope"],
)
def test_what_is_no_point_in_degrees_is_refused(kept):
    with pytest.raises(ValueError, match=r".+"):
        points.unpacked(kept)
