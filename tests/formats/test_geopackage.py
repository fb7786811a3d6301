import pytest
import shapely

from audits.formats import geopackage

SHAPES = [shapely.Point(102.8, 16.4), shapely.Point(-0.1, 1e-17), shapely.LineString([(0, 0), (1, 1)])]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_geometry_comes_back_with_its_reference_system(shape: shapely.Geometry) -> None:
    assert geopackage.decode(geopackage.encode(shape)) == (shape, 4326)


@pytest.mark.parametrize(("kind", "size"), [(1, 32), (2, 48), (3, 48), (4, 64)])
def test_an_envelope_that_another_program_wrote_is_skipped(kind: int, size: int) -> None:
    plain = geopackage.encode(SHAPES[0])
    content = plain[:3] + bytes([kind << 1 | 1]) + plain[4:8] + bytes(size) + plain[8:]
    assert geopackage.decode(content) == (SHAPES[0], 4326)


def test_a_big_endian_header_is_read() -> None:
    content = b"GP\0\0" + (32648).to_bytes(4, "big") + shapely.to_wkb(SHAPES[0], byte_order=0)
    assert geopackage.decode(content) == (SHAPES[0], 32648)


def test_an_empty_geometry_is_marked_empty() -> None:
    content = geopackage.encode(shapely.Point())
    assert content[3] == 0x11
    assert geopackage.decode(content)[0].is_empty


@pytest.mark.parametrize("content", [b"", b"GP", b"XX" + bytes(30), b"GP\0\x0b" + bytes(30), b"GP\0\x01" + bytes(6)])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        geopackage.decode(content)


def test_only_a_file_that_grows_lets_the_database_write_the_time_of_a_change() -> None:
    grows = (*geopackage.core_tables(stamped=True), geopackage.layer_styles(stamped=True))
    export = (*geopackage.core_tables(stamped=False), geopackage.layer_styles(stamped=False))
    assert sum("strftime" in statement for statement in grows) == 2
    assert not any("strftime" in statement for statement in export)
