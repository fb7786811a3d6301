"""What is no export, damaged or hostile is refused in a sentence, before anything is written."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile

import pytest
import xlsxwriter

from audits import errors, wording
from audits.field.odk import central, export_files, flat_tables, submission_xml
from audits.formats import archive
from audits.store.surveys import quarantine, read
from tests.field.odk import exports

THAI, ENGLISH = wording.Wording("th"), wording.Wording("en")
VISIT = exports.Visit()
WHOLE_ZIP = exports.central_zip(VISIT, photos={exports.PHOTO: exports.jpeg()})


def _zip(parts: dict) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return written.getvalue()


def _lying_zip() -> bytes:
    """Return a zip whose directory says that 3 MB are 10 bytes."""
    content = bytearray(_zip({"a.csv": b"0" * 3_000_000}))
    place = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 10)
    return bytes(content)


def _csv_of(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows)).encode()


def _labelled_workbook() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["ชื่อผู้สำรวจ", "จุดสำรวจ", "_uuid", "_submission_time"])
        sheet.write_row(1, 0, ["สมชาย", "KK-001", "abc", "2026-03-02T03:00:00"])
    return written.getvalue()


LABELLED = _csv_of("ชื่อผู้สำรวจ;จุดสำรวจ;_uuid;_submission_time", "สมชาย;KK-001;abc;2026-03-02T03:00:00")
OTHER_FORM = _csv_of("SubmissionDate,name,age,KEY", "2026-03-02T03:00:00.000Z,Alice,7,uuid:1")
JUNK = random.Random(7).randbytes(10_000_000)
LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><data id="jaidee_survey">&b;</data>'
OUTSIDE = b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><data id="jaidee_survey"/>'
NO_ID = exports.xml(VISIT).replace(exports.ROOT.encode(), b"")

CENTRAL_ZIP, KOBO_CSV, KOBO_JSON = export_files.CENTRAL_ZIP, export_files.KOBO_CSV, export_files.KOBO_JSON
XML, CENTRAL_CSV, CENTRAL_JSON = export_files.SUBMISSION_XML, export_files.CENTRAL_CSV, export_files.CENTRAL_JSON
REFUSED = {
    "zip cut off": (CENTRAL_ZIP, WHOLE_ZIP[:-200], "ODK-041"),
    "zip of junk": (CENTRAL_ZIP, b"PK\x03\x04" + JUNK[:5000], "ODK-041"),
    "zip that lies about sizes": (CENTRAL_ZIP, _lying_zip(), "ODK-041"),
    "zip bomb": (CENTRAL_ZIP, _zip({"a.csv": b"0" * 60_000_000}), "ODK-042"),
    "zip that leads out": (CENTRAL_ZIP, _zip({"../a.csv": b"KEY"}), "ODK-041"),
    "zip without a table": (CENTRAL_ZIP, _zip({"media/a.jpg": exports.jpeg()}), "ODK-043"),
    "zip of another form": (CENTRAL_ZIP, _zip({"form.csv": OTHER_FORM}), "ODK-071"),
    "csv of another form": (CENTRAL_CSV, OTHER_FORM, "ODK-071"),
    "odata of another form": (CENTRAL_JSON, b'{"value":[{"__id":"uuid:1","name":"Alice"}]}', "ODK-071"),
    "odata that is none": (CENTRAL_JSON, b'{"value": 7}', "ODK-072"),
    "labels for headers": (KOBO_CSV, LABELLED, "ODK-082"),
    "labels for headers in xlsx": (export_files.KOBO_XLSX, _labelled_workbook(), "ODK-082"),
    "json cut off": (KOBO_JSON, exports.kobo_json(VISIT)[:-40], "ODK-061"),
    "json nested beyond reason": (KOBO_JSON, b"[" * 200_000, "ODK-061"),
    "json of something else": (KOBO_JSON, b'{"type":"FeatureCollection"}', "ODK-081"),
    "csv with an open quotation mark": (KOBO_CSV, _csv_of("site;element_kinds;_uuid", 'KK-001;"ramp;1'), "TABLE-006"),
    "csv with one header twice": (KOBO_CSV, _csv_of("element_kinds;site;site;_uuid", "ramp;1;2;3"), "TABLE-010"),
    "csv in no encoding": (KOBO_CSV, b"site;element_kinds;_uuid\n\x81\xfe\xff;1;2", "TABLE-005"),
    "csv without ids": (KOBO_CSV, _csv_of("site;element_kinds", "KK-001;ramp"), "ODK-081"),
    "csv wider than any form": (KOBO_CSV, b";".join([b"a"] * 4000), "TABLE-009"),
    "nothing": (KOBO_CSV, b"", "ODK-051"),
    "xml cut off": (XML, exports.xml(VISIT)[:-30], "ODK-031"),
    "xml that multiplies itself": (XML, LAUGHS, "ODK-032"),
    "xml that reads a file": (XML, OUTSIDE, "ODK-032"),
    "xml in an unknown encoding": (XML, b'<?xml version="1.0" encoding="none-such"?><data/>', "ODK-031"),
    "xml of another form": (XML, exports.xml(VISIT, form="household"), "ODK-033"),
    "xml without an id": (XML, NO_ID, "ODK-034"),
    "xml beyond any form": (XML, b"<data>" + b" " * submission_xml.LARGEST_BYTES + b"</data>", "ODK-035"),
    "10 MB of junk as a zip": (CENTRAL_ZIP, JUNK, "ODK-041"),
    "10 MB of junk as csv": (KOBO_CSV, JUNK, "TABLE-005"),
    "10 MB of junk as json": (KOBO_JSON, JUNK, "ODK-061"),
    "10 MB of junk as xml": (XML, JUNK, "ODK-035"),
    "10 MB of junk as xlsx": (export_files.KOBO_XLSX, JUNK, "BOOK-001"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.usefixtures("one_store")
def test_it_is_refused_in_a_sentence_and_nothing_is_written(case, office) -> None:
    kind, content, code = REFUSED[case]
    head = str(read.head(office.store))
    with pytest.raises(errors.RefusedError) as refused:
        office.read(content, "sent.bin", kind)
    (problem,) = refused.value.problems
    assert problem.kind.code == code
    assert THAI.problem(problem) != ENGLISH.problem(problem)
    assert str(read.head(office.store)) == head


@pytest.mark.parametrize(
    "content",
    [
        b"",
        JUNK,
        b"PK\x03\x04" + JUNK[:2000],
        _zip({"a.txt": b"hello"}),
        _zip({"a.csv": b"name,age\nAlice,7"}),
        b'{"type":"FeatureCollection","features":[]}',
        b"code,name\nKK-001,hospital",
        exports.xml(VISIT, form="household"),
    ],
)
def test_what_is_no_export_is_not_recognised(content) -> None:
    assert export_files.recognise(content, "download.zip") is None


def test_one_bad_entry_is_held_and_the_others_come(office) -> None:
    bad = exports.odata_row(exports.Visit(root="", version=""))
    rows = [7, bad, exports.odata_row(VISIT)]
    reception = office.receive(office.read(json.dumps({"value": rows}).encode(), kind=CENTRAL_JSON))
    assert [one.outcome for one in reception.outcomes] == ["held", "held", "accepted"]
    held = quarantine.held_rows(office.store)
    assert held["raw"].iloc[0] == '"7"'
    assert held["line"].tolist() == [1, 2]


def test_a_stray_cell_holds_its_row(office) -> None:
    content = _csv_of("element_kinds;site;surveyor;_uuid", "ramp;KK-001;สมชาย;abc;stray")
    (arrival,) = office.read(content, kind=KOBO_CSV).arrivals
    assert "ODK-011" in {one.kind.code for one in arrival.problems}


def test_a_part_larger_than_allowed_is_not_unpacked() -> None:
    opened = archive.opened(_zip({"a.csv": JUNK[:4000]}), "sent.zip", central.GUARD)
    assert opened.read_whole("a.csv", 4000) == JUNK[:4000]
    with pytest.raises(errors.RefusedError):
        opened.read_whole("a.csv", 3999)


def test_a_table_of_empty_columns_is_no_bomb() -> None:
    sparse = b"," * 5_000_000
    content = _zip({"jaidee_survey.csv": sparse})
    assert len(content) * 100 < len(sparse)
    assert archive.opened(content, "sent.zip", central.GUARD).read("jaidee_survey.csv") == sparse


def test_windows_thai_is_read_and_told() -> None:
    table = flat_tables.read_csv("site;surveyor\nKK-001;สมชาย".encode("cp874"), "sent.csv")
    assert table.rows[0][1]["surveyor"] == "สมชาย"
    assert [one.kind.code for one in table.notices] == ["TABLE-N02"]
