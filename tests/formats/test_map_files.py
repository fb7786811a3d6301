"""Prove that the files of map programs become rows with one point each, and that none of them is a door."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import ezdxf
import geopandas as gpd
import pandas as pd
import pytest
import shapely

from audits import errors
from audits.formats import cells, tables, workbooks

PLACE = shapely.Point(102.83, 16.44)
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>map</name>
<Schema name="s" id="s"><SimpleField name="slope" type="float"/></Schema>
<Folder><name>one</name><Placemark><name>ตลาด</name><description><![CDATA[<b>ทางลาด</b> เก่า]]></description>
<ExtendedData><Data name="code"><value>A-1</value></Data><Data name="วันที่สำรวจ"><value>15/11/2568</value></Data>
</ExtendedData><Point><coordinates>102.83,16.44,0</coordinates></Point></Placemark></Folder>
<Folder><name>two</name><Placemark><name>B</name><ExtendedData><SchemaData schemaUrl="#s">
<SimpleData name="slope">8.3</SimpleData></SchemaData></ExtendedData>
<LineString><coordinates>102.83,16.44 102.83,16.46</coordinates></LineString></Placemark></Folder>
</Document></kml>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="16.44" lon="102.83"><name>G-1</name><desc>kerb</desc><extensions><a>1</a></extensions></wpt>
<trk><trkseg><trkpt lat="16.4" lon="102.8"/></trkseg></trk></gpx>"""
ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles>
<style:style style:name="off"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="old" table:style-name="off"><table:table-row><table:table-cell><text:p>x</text:p>
</table:table-cell></table:table-row></table:table><table:table table:name="data"><table:table-row>
<table:table-cell office:value-type="string"><text:p>code</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>slope</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>day</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="16000"/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>A-1</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.0833"><text:p>8.33%</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2025-11-15"><text:p>15/11/68</text:p></table:table-cell>
</table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def packed(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def ods(content: str = ODS) -> bytes:
    return packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()})


def frame(crs: object = 4326, point: shapely.Point = PLACE) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["A-1"], "name_th": ["ตลาด"]}, geometry=[point], crs=crs)


def shapefile(folder: Path, *without: str, encoding: str = "UTF-8", crs: object = 4326) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame(crs).to_file(folder / "pts.shp", encoding=encoding)
    return packed(
        {f"deep/{one.name.upper()}": one.read_bytes() for one in folder.glob("pts.*") if one.suffix not in without}
    )


def of_frame(write: str, suffix: str) -> Callable[[Path], bytes]:
    def made(folder: Path) -> bytes:
        getattr(frame(), write)(folder / f"a.{suffix}")
        return (folder / f"a.{suffix}").read_bytes()

    return made


def drawing(_folder: Path) -> bytes:
    document = ezdxf.new()  # type: ignore[attr-defined]
    document.blocks.new("KERB").add_attdef("CODE", (0, 0))
    document.modelspace().add_blockref("KERB", (102.83, 16.44)).add_auto_attribs({"CODE": "A-1"})
    document.modelspace().add_line((0, 0), (1, 1))
    written = io.StringIO()
    document.write(written)
    return written.getvalue().encode()


@pytest.mark.parametrize(
    ("kind", "made", "code"),
    [
        ("Shapefile", shapefile, "code"),
        ("FlatGeobuf", of_frame("to_file", "fgb"), "code"),
        ("GeoParquet", of_frame("to_parquet", "parquet"), "code"),
        ("KML", lambda _: KML.encode(), "code"),
        ("KMZ", lambda _: packed({"doc.kml": KML.encode(), "images/a.png": b"x"}), "code"),
        ("GPX", lambda _: GPX.encode(), "name"),
        ("DXF", drawing, "CODE"),
    ],
)
def test_every_kind_of_map_file_gives_rows_with_points(
    kind: str, made: Callable[[Path], bytes], code: str, tmp_path: Path
) -> None:
    table = tables.read(made(tmp_path), "sent.any")
    assert table.kind == kind
    assert table.rows[0].cells[code] in ("A-1", "G-1")
    assert table.rows[0].point == pytest.approx((102.83, 16.44))
    assert table.crs == ("" if kind == "DXF" else "EPSG:4326")
    assert table.encoding.startswith("utf")


def test_parquet_without_geometry_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "sent.parquet"
    columns = {
        "code": ["A-1", "B"],
        "lat": [16.44, None],
        "built": [dt.date(2020, 1, 2), None],
        "price": [Decimal("2.5")] * 2,
    }
    pd.DataFrame(columns).to_parquet(path)
    table = tables.read(path.read_bytes(), "sent.parquet")
    assert table.rows[0].cells == {"code": "A-1", "lat": 16.44, "built": dt.date(2020, 1, 2), "price": 2.5}
    assert (table.rows[1].cells["lat"], table.rows[1].cells["built"], table.has_points) == (None, None, False)
    assert not table.notices


def test_placemarks_of_every_folder_keep_their_thai_fields_and_lose_their_markup() -> None:
    first, second = tables.read(KML.encode(), "mymaps.kml").rows
    assert first.cells == {"name": "ตลาด", "note": "ทางลาด เก่า", "code": "A-1", "วันที่สำรวจ": "15/11/2568"}
    assert second.cells == {"name": "B", "slope": "8.3"}
    assert shapely.Point(second.point).distance(shapely.LineString([(102.83, 16.44), (102.83, 16.46)])) < 1e-9


@pytest.mark.parametrize(("encoding", "without"), [("UTF-8", ".cpg"), ("CP874", ".cpg"), ("CP874", "")])
def test_the_letters_of_a_shapefile_are_thai_with_and_without_a_cpg(
    encoding: str, without: str, tmp_path: Path
) -> None:
    table = tables.read(shapefile(tmp_path, without, encoding=encoding), "s.zip")
    assert table.rows[0].cells["name_th"] == "ตลาด"
    assert table.encoding == encoding.casefold()
    assert ("MAP-N07" in {notice.kind.code for notice in table.notices}) == bool(without)


def test_a_shapefile_without_a_prj_says_that_its_system_is_not_known(tmp_path: Path) -> None:
    table = tables.read(shapefile(tmp_path, ".prj"), "s.zip")
    assert (table.crs, [one.kind.code for one in table.notices]) == ("", ["MAP-N06"])


def test_an_opendocument_sheet_leaves_out_what_is_hidden_and_fills_what_is_merged() -> None:
    def cell(text: str, **about: str) -> str:
        named = " ".join(f'{name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in about.items())
        return f"<table:table-cell {named}>{text and f'<text:p>{text}</text:p>'}</table:table-cell>"

    number = {"office_value_type": "float"}
    note = "<office:annotation><text:p>12 ask</text:p></office:annotation>"
    seen = [
        cell("code") + cell("slope") + cell("width"),
        cell("A", table_number_rows_spanned="2")
        + cell("1:12", **number, office_value="12")
        + cell("", table_formula="of:=1"),
        "<table:covered-table-cell/>"
        + cell("1/8", **number, office_value="0.125")
        + cell("90 cm", **number, office_value="90"),
        cell("C")
        + cell("8,3", **number, office_value="8.25")
        + cell("70", **number, office_value="70").replace("<text", note + "<text", 1),
    ]
    written = "".join(f"<table:table-row>{row}</table:table-row>" for row in seen)
    unseen = f'<table:table-row table:visibility="collapse">{cell("H")}</table:table-row>'
    head, named, body = ODS.partition('<table:table table:name="data">')
    tail = body[body.index("</table:table>") :]
    table = tables.read(ods(head + named + written + unseen + tail), "list.ods")
    assert [list(row.cells.values()) for row in table.rows] == [
        ["A", "1:12", "=1"],
        ["A", "1/8", "90 cm"],
        ["C", 8.25, 70.0],
    ]
    assert cells.unseen(table.rows[0].cells["width"]) is cells.NOT_COMPUTED
    assert [notice.values["count"] for notice in table.notices if notice.kind is workbooks.HIDDEN_ROWS] == [1]


def test_an_opendocument_sheet_shows_what_a_person_saw() -> None:
    table = tables.read(ods(), "list.ods")
    assert (table.kind, table.columns, len(table.rows)) == ("ODS", ("code", "slope", "day"), 1)
    assert [str(cell) for cell in table.rows[0].cells.values()] == ["A-1", "8.33%", "2025-11-15"]


BOMB = "<a>" + "x" * 60_000_000 + "</a>"
ENTITY = '<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>'
VIRTUAL = "<kml><!-- <OGRVRTDataSource> --><Document><NetworkLink><href>file:///etc/passwd</href></NetworkLink></Document></kml>"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (packed({"doc.kml": BOMB.encode()}), "MAP-007"),
        (packed({"a.shp": BOMB.encode(), "a.dbf": b""}), "MAP-007"),
        (packed({"content.xml": BOMB.encode()}), "BOOK-002"),
        (ENTITY.encode(), "TABLE-003"),
        (f'<?xml version="1.0"?><kml>{ENTITY}</kml>'.encode(), "MAP-010"),
        (VIRTUAL.encode(), "MAP-011"),
        (b"<kml><Document/></kml>", "MAP-012"),
        (b"<gpx><trk/></gpx>", "MAP-013"),
        (packed({"a.kml": b"<html/>"}), "MAP-010"),
        (packed({"a.shp": b"\x00\x00\x27\x0a", "b.dbf": b""}), "MAP-009"),
        (packed({"a.shp": b"nothing", "a.dbf": b"nothing"}), "MAP-006"),
        (b"\x00\x00\x27\x0a" + bytes(96), "MAP-009"),
        (b"fgb\x03fgb\x01" + bytes(60), "MAP-006"),
        (b"PAR1" + bytes(60) + b"PAR1", "MAP-006"),
        (b"  0\nSECTION\n  2\nENTITIES\n  0\nnonsense", "MAP-014"),
        (ods(ODS.replace('repeated="1048000"', 'repeated="x"')), "BOOK-001"),
        (ods(ODS[:-40]), "BOOK-001"),
        (ods(ODS.replace("A-1</text:p></table:table-cell>", "A</text:p></table:table-cell>" * 600)), "BOOK-001"),
    ],
)
def test_a_file_that_cannot_be_read_or_trusted_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        tables.read(content, "sent.any")
    assert [problem.kind.code for problem in refused.value.problems] == [code]


def test_a_file_cut_off_anywhere_is_refused_and_never_breaks_the_reader(tmp_path: Path) -> None:
    for made in (shapefile, of_frame("to_file", "fgb"), of_frame("to_parquet", "parquet"), drawing):
        content = made(tmp_path)
        for cut in range(1, len(content), max(1, len(content) // 12)):
            with contextlib.suppress(errors.RefusedError):
                tables.read(content[:cut], "sent.any")
