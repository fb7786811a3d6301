"""Write one visit as ODK Central, KoboToolbox and a phone write it, each in its own way."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile

import xlsxwriter
from PIL import Image

from audits.field.odk import names

ROOT = "uuid:11111111-1111-4111-8111-111111111111"
EDITED = "uuid:22222222-2222-4222-8222-222222222222"
TWICE_EDITED = "uuid:33333333-3333-4333-8333-333333333333"
VERSION = "2026030100 c3316df05f26"
PHOTO = "1772420000000.jpg"

LEAVES = {
    "start": "2026-03-02T09:30:00.000+07:00",
    "end": "2026-03-02T09:45:00.000+07:00",
    "today": "2026-03-02",
    "deviceid": "collect:Qw12",
    "site": "KK-001",
    "surveyor": "สมชาย ใจดี",
    "place": "16.43046 102.82957 0.0 8.5",
    "element_kinds": "ramp",
    "slope_instrument": "digital_level",
    "slope_device": "007",
    "length_instrument": "tape_measure",
    "slope_unit": "percent",
    "length_unit": "cm",
    "ramp__number": "1",
    "ramp__label": "ฝั่งเหนือ",
    "ramp__element_present": "yes",
    "ramp__running_slope_pct__1": "8.3",
    "ramp__running_slope_pct__2": "8.50",
    "ramp__clear_width_mm__1": "85",
    "ramp__ramp_length_total_mm__why": "blocked",
    "ramp__surface_slip_resistant": "cannot",
    "ramp__surface_slip_resistant__why": "not_visible",
    "ramp__handrail_present": "no",
    "ramp__photo__1": PHOTO,
    "ramp__person": "no",
    "note": '=HYPERLINK("http://example.org")\nน้ำขัง',
}


@dataclasses.dataclass(frozen=True)
class Visit:
    """What one phone sent, and what became of it on the server."""

    leaves: dict = dataclasses.field(default_factory=lambda: dict(LEAVES))
    root: str = ROOT
    version: str = ROOT
    deprecated: str = ""
    number: int = 1
    submitted: str = "2026-03-02T03:00:00.000Z"

    def but(self, **changes) -> Visit:
        """Return the visit with other answers; None leaves one out."""
        leaves = {name: value for name, value in {**self.leaves, **changes}.items() if value is not None}
        return dataclasses.replace(self, leaves=leaves)

    def edited(self, version=EDITED, **changes) -> Visit:
        return dataclasses.replace(self.but(**changes), version=version, deprecated=self.version)


def path(leaf: str) -> list[str]:
    """Return the groups of a leaf, and the leaf."""
    about = names.leaf(leaf)
    if not about.kind:
        return [leaf]
    if about.about in (names.NUMBER, names.LABEL, names.PHOTO, names.PERSON):
        return [f"about_{about.kind}", leaf]
    return [f"about_{about.kind}", f"when_there_{about.kind}", f"ask_{about.kind}_{about.about}", leaf]


def _typed(leaf: str, text: str):
    if leaf == "place":
        up, along, height, accuracy = map(float, text.split())
        return {"type": "Point", "coordinates": [along, up, height], "properties": {"accuracy": accuracy}}
    if (names.leaf(leaf).part.isdecimal() and names.leaf(leaf).about != names.PHOTO) or leaf.endswith("__number"):
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            return text
    return text


def odata_row(visit: Visit, **system) -> dict:
    row: dict = {"__id": visit.root, "meta": {"instanceID": visit.version, "instanceName": "KK-001"}}
    for leaf, text in visit.leaves.items():
        *groups, last = path(leaf)
        place = row
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = _typed(leaf, text)
    row["about_toilet"] = {"toilet__number": 1, "ask_toilet_turning_circle_mm": None}
    row["__system"] = {
        "submissionDate": visit.submitted,
        "updatedAt": None,
        "deletedAt": None,
        "edits": int(visit.version != visit.root),
        "reviewState": None,
        "formVersion": VERSION,
        "attachmentsPresent": 1,
        "attachmentsExpected": 1,
        **system,
    }
    return row


def odata(*visits: Visit) -> bytes:
    context = "https://central.example.org/v1/projects/1/forms/jaidee_survey.svc/$metadata#Submissions"
    document = {"value": [odata_row(visit) for visit in visits], "@odata.context": context}
    return json.dumps(document, ensure_ascii=False).encode()


def central_csv(*visits: Visit, delimiter=",") -> bytes:
    leaves = list(dict.fromkeys(leaf for visit in visits for leaf in visit.leaves))
    headers = ["SubmissionDate"]
    for leaf in leaves:
        parts = ("Latitude", "Longitude", "Altitude", "Accuracy")
        headers += [f"place-{part}" for part in parts] if leaf == "place" else ["-".join(path(leaf))]
    headers += ["meta-instanceID", "KEY", "SubmitterID", "ReviewState", "Edits", "FormVersion"]
    written = io.StringIO()
    table = csv.writer(written, delimiter=delimiter)
    table.writerow(headers)
    for visit in visits:
        row = [visit.submitted]
        for leaf in leaves:
            text = visit.leaves.get(leaf, "")
            row += text.split() or [""] * 4 if leaf == "place" else [text]
        table.writerow([*row, visit.version, visit.root, "5", "", "0", VERSION])
    return written.getvalue().encode("utf-8-sig")


def central_zip(*visits: Visit, photos=()) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("jaidee_survey.csv", central_csv(*visits))
        for name, content in dict(photos).items():
            archive.writestr(f"media/{name}", content)
    return written.getvalue()


def kobo_row(visit: Visit, **more) -> dict:
    row = {"_id": visit.number, "formhub/uuid": "f" * 32, "__version__": "vAbc"}
    row |= {"/".join(path(leaf)): text for leaf, text in visit.leaves.items()}
    row |= {
        "meta/instanceID": visit.version,
        "meta/rootUuid": visit.root,
        "_uuid": visit.version.removeprefix("uuid:"),
        "_xform_id_string": "aAbc",
        "_submission_time": visit.submitted.removesuffix(".000Z"),
        "_geolocation": [16.43046, 102.82957],
        "_attachments": [],
        "_validation_status": {},
        "_tags": [],
    }
    row |= {"meta/deprecatedID": visit.deprecated} if visit.deprecated else {}
    return row | more


def kobo_json(*visits: Visit) -> bytes:
    rows = [kobo_row(visit) for visit in visits]
    document = {"count": len(rows), "next": None, "previous": None, "results": rows}
    return json.dumps(document, ensure_ascii=False).encode()


def kobo_table(visit: Visit, *, with_root=True, grouped=True) -> dict:
    row = {("/".join(path(leaf)) if grouped else leaf): text for leaf, text in visit.leaves.items()}
    up, along, height, accuracy = visit.leaves["place"].split()
    row |= {"_place_latitude": up, "_place_longitude": along, "_place_altitude": height, "_place_precision": accuracy}
    row |= {"element_kinds/ramp": "1", "element_kinds/toilet": "0", "__version__": "vAbc"}
    row |= {"meta/rootUuid": visit.root} if with_root else {}
    row |= {"_id": str(visit.number), "_uuid": visit.version.removeprefix("uuid:")}
    return row | {"_submission_time": visit.submitted.removesuffix(".000Z"), "_validation_status": "", "_index": "1"}


def kobo_csv(*visits: Visit, delimiter=";", **options) -> bytes:
    rows = [kobo_table(visit, **options) for visit in visits]
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(rows)
    return written.getvalue().encode("utf-8-sig")


def kobo_xlsx(*visits: Visit, **options) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("jaidee_survey")
        for line, visit in enumerate(visits, start=1):
            row = kobo_table(visit, **options)
            sheet.write_row(0, 0, list(row))
            for column, (header, text) in enumerate(row.items()):
                value = _typed(header.rpartition("/")[2], text) if header != "place" else text
                sheet.write(line, column, value)
    return written.getvalue()


def xml(visit: Visit, *, form="jaidee_survey", version=VERSION) -> bytes:
    inside = []
    for leaf, text in visit.leaves.items():
        *groups, last = path(leaf)
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        opened, closed = "".join(f"<{one}>" for one in groups), "".join(f"</{one}>" for one in reversed(groups))
        inside.append(f"{opened}<{last}>{escaped}</{last}>{closed}")
    earlier = f"<orx:deprecatedID>{visit.deprecated}</orx:deprecatedID>" if visit.deprecated else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><data xmlns:orx="http://openrosa.org/xforms" '
        f'xmlns="http://example.org/ours" id="{form}" version="{version}">{"".join(inside)}'
        f"<orx:meta>{earlier}<orx:instanceID>{visit.version}</orx:instanceID></orx:meta></data>"
    ).encode()


def jpeg(shade=90) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 120, 60)).save(written, "JPEG")
    return written.getvalue()
