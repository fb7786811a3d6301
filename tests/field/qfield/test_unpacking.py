"""What is damaged, locked, foreign, left open or a trap is refused with a sentence; the rest opens."""

import io
import random
import sqlite3
import struct
import zipfile

import pytest
import shapely

from audits import errors
from audits.field.qfield import unpacking
from audits.formats import geopackage
from audits.store.photos import photos


def zipped(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def refusal(content):
    with pytest.raises(errors.RefusedError) as refused:
        unpacking.opened(content, "trip.zip")
    (problem,) = refused.value.problems
    return problem.kind


def other_database(statement="CREATE TABLE other (a)"):
    file = sqlite3.connect(":memory:")
    file.execute(statement)
    content = file.serialize()
    file.close()
    return content


def test_a_table_alone_opens_without_photos(phone):
    line = phone.add(note="ฝนตก")
    returned = unpacking.opened(phone.table(), "field.gpkg")
    assert [(row.line, row.cells["note"]) for row in returned.rows] == [(line, "ฝนตก")]
    assert returned.photo("DCIM/1.jpg") is None


def test_empty_cells_are_left_out_and_the_version_is_read(phone, book):
    phone.add()
    returned = unpacking.opened(phone.table(), "field.gpkg")
    assert None not in returned.rows[0].cells.values()
    assert "clear_width_mm" not in returned.rows[0].cells
    assert "clear_width_cm" in returned.columns
    assert returned.form_version == book.version


@pytest.mark.parametrize("prefix", ["", "jaidee-trip-1/", "Imported Projects/jaidee-trip-1/"])
def test_a_zip_opens_however_deep_its_folder_lies(phone, prefix):
    phone.add()
    content = phone.zipped({"DCIM/1.jpg": b"picture"}, prefix=prefix)
    returned = unpacking.opened(content, "trip.zip")
    assert len(returned.rows) == 1
    assert returned.photo("DCIM/1.jpg")() == b"picture"


def test_a_photo_is_found_beside_the_table_or_by_its_name_alone(phone):
    files = {"DCIM/1.jpg": b"one", "DCIM/2.jpg": b"two", "other/2.jpg": b"second", "other/3.jpg": b"three"}
    photo = unpacking.opened(phone.zipped(files), "trip.zip").photo
    assert photo("DCIM/2.jpg")() == b"two"
    assert photo("DCIM\\1.jpg")() == b"one"
    assert photo("/storage/emulated/0/3.jpg")() == b"three"
    assert photo("dcim/3.JPG")() == b"three"
    assert photo("elsewhere/2.jpg") is None
    assert photo("../../etc/passwd") is None


def test_a_photo_is_not_read_before_it_is_asked_for_nor_beyond_what_is_taken(phone):
    files = {
        "DCIM/1.jpg": random.Random(2).randbytes(1000),
        "DCIM/2.jpg": random.Random(1).randbytes(photos.LARGEST_BYTES + 1000),
    }
    content = phone.zipped(files)
    start = content.index(b"DCIM/1.jpg") + 500
    broken = content[:start] + b"\xff\xff\xff" + content[start + 3 :]
    photo = unpacking.opened(broken, "trip.zip").photo
    with pytest.raises(errors.RefusedError) as refused:
        photo("DCIM/1.jpg")()
    assert refused.value.problems[0].kind is unpacking.DAMAGED
    assert len(photo("DCIM/2.jpg")()) == photos.LARGEST_BYTES + 1


def test_what_is_ours_is_recognised(phone, packed):
    assert unpacking.is_qfield(phone.table())
    assert unpacking.is_qfield(packed)
    assert unpacking.is_qfield(phone.table()[:40_000])


@pytest.mark.parametrize(
    "content",
    [b"", b"code,name\n", b"PK", b"PK\x05\x06" + bytes(18), zipped(a="b"), other_database()],
    ids=["nothing", "table", "cut zip", "empty zip", "other zip", "other database"],
)
def test_what_is_not_ours_is_not_recognised_and_refused(content):
    assert not unpacking.is_qfield(content)
    assert refusal(content) in (unpacking.NOT_OURS, unpacking.DAMAGED)


def test_a_foreign_geopackage_in_a_zip_is_refused():
    assert refusal(zipped(**{"field.gpkg": other_database()})) is unpacking.NOT_OURS


def test_a_table_of_our_name_with_other_columns_is_refused():
    assert refusal(other_database("CREATE TABLE field_survey (fid INTEGER PRIMARY KEY, a)")) is unpacking.NOT_OURS


def test_a_view_or_a_virtual_table_in_place_of_ours_is_refused():
    columns = "1 AS uuid, 2 AS site_code, 3 AS element_kind, 4 AS surveyor, 5 AS observed_at"
    assert refusal(other_database(f"CREATE VIEW field_survey AS SELECT {columns}")) is unpacking.NOT_OURS
    virtual = "CREATE VIRTUAL TABLE field_survey USING fts5(uuid, site_code, element_kind, surveyor, observed_at)"
    assert refusal(other_database(virtual)) is unpacking.NOT_OURS


def test_a_file_cut_off_or_overwritten_is_refused(phone):
    for number in range(40):
        phone.add(note=f"note {number}" * 50)
    table = phone.table()
    assert refusal(table[: len(table) // 2]) is unpacking.DAMAGED
    middle = len(table) - 20_000
    assert refusal(table[:middle] + b"\xaa" * 12_000 + table[middle + 12_000 :]) is unpacking.DAMAGED


def test_a_damaged_zip_is_refused(phone):
    content = phone.zipped()
    assert refusal(content[:-200]) is unpacking.DAMAGED
    start = content.index(b"field.gpkg") + 2_000
    assert refusal(content[:start] + b"\xff" * 400 + content[start + 400 :]) is unpacking.DAMAGED


def left_open(phone):
    """Write with a log and copy the files before anyone has closed them."""
    file = sqlite3.connect(phone.path, isolation_level=None)
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA wal_autocheckpoint=0")
    file.execute("UPDATE field_survey SET note = 'only in the log'")
    return file


def test_a_table_left_open_is_refused_when_its_log_did_not_come(phone):
    phone.add()
    file = left_open(phone)
    assert refusal(phone.table()) is unpacking.STILL_OPEN
    assert refusal(phone.zipped(leave_out={"jaidee.qgz", "field.gpkg-wal", "field.gpkg-shm"})) is unpacking.STILL_OPEN
    file.close()


def test_a_folder_left_open_is_read_with_its_log(phone):
    phone.add()
    file = left_open(phone)
    returned = unpacking.opened(phone.zipped(), "trip.zip")
    assert [row.cells["note"] for row in returned.rows] == ["only in the log"]
    file.close()


def test_a_folder_closed_after_a_log_was_kept_is_whole(phone):
    phone.add()
    left_open(phone).close()
    assert not phone.path.with_name("field.gpkg-wal").exists()
    returned = unpacking.opened(phone.zipped(), "trip.zip")
    assert [row.cells["note"] for row in returned.rows] == ["only in the log"]


def test_a_journal_of_unfinished_writes_is_refused(phone):
    assert refusal(phone.zipped({"field.gpkg-journal": b"anything"})) is unpacking.STILL_OPEN
    assert unpacking.opened(phone.zipped({"field.gpkg-journal": b""}), "trip.zip").rows == ()


def test_two_trips_in_one_zip_are_refused(phone):
    assert refusal(phone.zipped({"again/field.gpkg": phone.table()})) is unpacking.SEVERAL


def test_the_shadow_files_of_a_mac_are_passed_over(phone):
    phone.add()
    content = phone.zipped({"__MACOSX/jaidee-trip-1/._field.gpkg": phone.table()}, prefix="")
    assert len(unpacking.opened(content, "trip.zip").rows) == 1


@pytest.mark.parametrize(
    "name", ["../evil.txt", "a/../../evil.txt", "/etc/evil", "C:/evil", "..\\evil", "\\\\host\\evil"]
)
def test_a_name_that_points_outside_is_refused(phone, name):
    content = phone.zipped({name: b"x"}, prefix="")
    assert refusal(content) is unpacking.OUTSIDE
    assert not unpacking.is_qfield(content)


def test_a_bomb_is_refused_from_its_directory_alone(phone):
    assert refusal(phone.zipped({"zeros.gpkg": bytes(60 * 2**20)})) is unpacking.BOMB
    many = {f"{number}": b"" for number in range(5_001)}
    assert refusal(phone.zipped(many)) is unpacking.BOMB


def test_a_part_that_claims_to_be_small_gives_no_more_than_it_claims(phone):
    content = zipped(**{"field.gpkg": phone.table() + bytes(2**20)})
    size = len(phone.table()) + 2**20
    claimed = content.replace(struct.pack("<L", size), struct.pack("<L", 5_000))
    assert claimed != content
    assert refusal(claimed) in (unpacking.DAMAGED, unpacking.NOT_OURS)


def test_a_zip_with_a_password_is_refused(phone):
    content = bytearray(phone.zipped())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    assert refusal(bytes(content)) is unpacking.LOCKED


def test_letters_that_are_no_unicode_do_not_stop_the_rest(phone):
    phone.add(note="ดี")
    phone.run("UPDATE field_survey SET note = CAST(x'ffe0b8' AS TEXT)")
    assert "\ufffd" in unpacking.opened(phone.table(), "x.gpkg").rows[0].cells["note"]


PLACE = (102.8231, 16.4251)


def blob(shape, *, flags=0x01, envelope=b"", system=4326, order="<"):
    return struct.pack(f"{order}2sBBi", b"GP", 0, flags, system) + envelope + shapely.to_wkb(shape)


def test_a_point_comes_back_as_it_was():
    assert unpacking.place(geopackage.encode(shapely.Point(PLACE))) == PLACE


def test_a_point_with_an_envelope_or_a_height_is_read():
    envelope = struct.pack("<4d", PLACE[0], PLACE[0], PLACE[1], PLACE[1])
    assert unpacking.place(blob(shapely.Point(PLACE), flags=0x03, envelope=envelope)) == PLACE
    assert unpacking.place(blob(shapely.Point(*PLACE, 155.0))) == PLACE


def test_a_header_in_the_other_byte_order_is_read():
    assert unpacking.place(blob(shapely.Point(PLACE), flags=0x00, order=">")) == PLACE


def test_an_empty_point_is_no_place():
    assert unpacking.place(blob(shapely.Point(), flags=0x11)) is None
    assert unpacking.place(blob(shapely.Point())) is None


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"GP",
        b"XX" + bytes(30),
        geopackage.encode(shapely.Point(PLACE))[:-3],
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
        unpacking.place(kept)
