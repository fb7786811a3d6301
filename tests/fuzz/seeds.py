"""Make the good files that are spoiled afterwards: one of every kind that a person or a phone sends."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sqlite3
import tempfile
import uuid
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
import xlsxwriter
from PIL import Image

from audits import wording
from audits.demo import seed
from audits.field.qfield import package
from audits.formats import geopackage
from audits.reports import contents as contents_room
from tests import made_records
from tests.field.kit import kit_lines
from tests.field.odk import exports

FILLED = Path(__file__).parents[1] / "field" / "odk" / "submissions" / "filled.xml"
ROWS = (
    ("code", "name_th", "lat", "lon", "date", "surveyor", "running_slope_pct", "clear_width_mm", "note"),
    ("KK-001", "", "", "", "2026-03-02", "สมชาย", "1:12", "85 cm", "ทางลาดชัน"),
    ("KK-002", "", "", "", "2/3/2569", "สมชาย", "8.3%", "900 mm", '=HYPERLINK("x")'),
    ("NEW-1", "ศาลากลางบ้าน", "16.4321", "102.8321", "2026-03-02", "สมหญิง", "4.76°", "1.2 m", ""),
    ("NEW-2", "ตลาด", "๑๖.๔๓", "102.84", "๒ มีนาคม ๒๕๖๙", "สมหญิง", "ไม่ได้วัด", "๙๐ ซม.", "เปียก"),
)


def tables() -> dict[str, bytes]:
    """Return tables of sites and surveys, as a person uploads them."""
    return {
        "table.csv": _csv(",", "utf-8-sig"),
        "thai.csv": _csv(";", "cp874"),
        "table.xlsx": _xlsx(),
        "table.geojson": _frame().to_json().encode(),
        "table.gpkg": _geopackage(),
    }


def returns(workspace_id: str) -> dict[str, bytes]:
    """Return files that come back from the field, one of every channel; the kit's is of this workspace."""
    return {
        "kit.jaidee": b"".join(kit_lines.lines(records(workspace_id), [kit_lines.photo(1)])),
        "central.json": exports.odata(*_visits(1)),
        "central.csv": exports.central_csv(*_visits(2)),
        "central.zip": exports.central_zip(*_visits(3), photos={exports.PHOTO: exports.jpeg()}),
        "kobo.json": exports.kobo_json(*_visits(4)),
        "kobo.csv": exports.kobo_csv(*_visits(5)),
        "kobo.xlsx": exports.kobo_xlsx(*_visits(6)),
        "submission.xml": FILLED.read_bytes(),
        **_qfield(),
    }


def records(workspace_id: str) -> list[dict[str, object]]:
    """Return two records of the kit, one with a photo."""
    of_here = {"workspace": workspace_id}
    return [kit_lines.record(1, photos=[kit_lines.photo(1)], **of_here), kit_lines.record(2, "KK-002", **of_here)]


def submission(number: int) -> bytes:
    """Return a submission as a phone writes it, each number another visit."""
    return exports.xml(_visits(number)[0])


def _visits(number: int) -> list[exports.Visit]:
    ids = [f"uuid:{uuid.UUID(int=2 * number + one)}" for one in range(2)]
    first = exports.Visit(root=ids[0], version=ids[0])
    return [first, exports.Visit(root=ids[1], version=ids[1], number=2).but(site="KK-002")]


def photos() -> dict[str, bytes]:
    """Return pictures of every format that is taken, with what cameras write beside."""
    picture = Image.new("RGB", (64, 48), (90, 120, 60))
    about = Image.Exif()
    about[0x0112], about[0x0132] = 6, "2026:03:02 09:30:00"
    about.get_ifd(0x8825).update({1: "N", 2: (16.0, 25.0, 49.6), 3: "E", 4: (102.0, 49.0, 46.5)})
    made = {"camera.jpg": _saved(picture, "JPEG", exif=about), "screen.png": _saved(picture, "PNG")}
    return made | {"phone.webp": _saved(picture, "WEBP", exif=about), "plain.jpg": exports.jpeg()}


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def _csv(delimiter: str, encoding: str) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(ROWS)
    return written.getvalue().replace("°", " องศา" if encoding == "cp874" else "°").encode(encoding)


def _xlsx() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_formulas": False}) as book:
        sheet, percent = book.add_worksheet("จุด"), book.add_format({"num_format": "0.0%"})
        for line, row in enumerate(ROWS):
            sheet.write_row(line, 0, row)
        sheet.write_number(1, 6, 0.0833, percent)
        sheet.write_datetime(1, 4, dt.date(2026, 3, 2), book.add_format({"num_format": "dd/mm/yyyy"}))
    return written.getvalue()


def _frame() -> gpd.GeoDataFrame:
    rows = pd.DataFrame(ROWS[1:], columns=ROWS[0]).drop(columns=["lat", "lon"])
    places = [shapely.Point(102.8231, 16.4251), shapely.Point(102.83, 16.43), shapely.Point(102.84, 16.44), None]
    return gpd.GeoDataFrame(rows, geometry=places, crs=4326)


def _geopackage() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.gpkg"
        _frame().to_file(path, driver="GPKG", engine="pyogrio")
        return path.read_bytes()


def _qfield() -> dict[str, bytes]:
    """Return a trip of QField: the table alone, and the whole folder with a photo."""
    packed = package.packed(_contents(), wording.Wording("th"), trip="fuzz")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
        path = next(Path(folder).rglob("field.gpkg"))
        geometry = geopackage.encode(shapely.Point(102.8231, 16.4251))
        row = {"uuid": str(uuid.UUID(int=1_000)), "geom": geometry, "site_code": "KK-001"}
        row |= {"element_kind": "ramp", "element_number": 1, "surveyor": "สมชาย", "photo_has_person": 0}
        row |= {"observed_at": "2026-03-05T16:39:35.000", "photo_1": "one.jpg"}
        with closing(sqlite3.connect(path)) as file, file:
            known = {str(each[1]) for each in file.execute("PRAGMA table_info(field_survey)")}
            row = {name: value for name, value in row.items() if name in known}
            names = ", ".join(row)
            file.execute(
                f"INSERT INTO field_survey ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
            )
        table, written = path.read_bytes(), io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as trip:
            for each in path.parent.iterdir():
                trip.writestr(f"trip/{each.name}", each.read_bytes())
            trip.writestr("trip/one.jpg", exports.jpeg())
        return {"trip.gpkg": table, "trip.zip": written.getvalue()}


def _contents() -> contents_room.Contents:
    sites, elements = seed.starter_sites().loc[["KK-001", "KK-002"]], seed.starter_elements()
    elements = elements.loc[elements["site_code"].isin(sites.index)]
    names = ["site_code", "element_id", "quantity", "value", "uncertainty", "observed_at"]
    nothing = ("KK-001", "KK-001.ramp.1", "running_slope_pct", 12.0, 0.2, pd.Timestamp("2026-03-02T03:00:00Z"))
    measured = pd.DataFrame([nothing], columns=names)
    record, options = made_records.record_of(sites, elements, measured), contents_room.Options(dt.date(2026, 3, 5))
    return contents_room.contents(record, wording.Wording("th"), options=options)
