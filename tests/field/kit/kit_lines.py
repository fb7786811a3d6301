"""Write records and files as the offline kit does, in Python, for the tests of what reads them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
from collections.abc import Sequence

from PIL import Image

VISIT = "2026-03-02T03:00:00.000Z"


def this_hour() -> str:
    """Return the instant of a visit that was just made, for a server whose clock nobody sets."""
    return f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:00:00.000}Z"


def photo(seed: int) -> bytes:
    """Return a small JPEG that no other seed gives."""
    buffer = io.BytesIO()
    Image.new("RGB", (48, 36), (seed % 256, seed * 7 % 256, seed * 31 % 256)).save(buffer, "JPEG")
    return buffer.getvalue()


def name_of(content: bytes) -> str:
    """Return the name under which the kit sends bytes."""
    return hashlib.sha256(content).hexdigest()


def record(number: int, code: str = "KK-001", photos: Sequence[bytes] = (), **changes: object) -> dict[str, object]:
    """Return a record of a ramp with a slope."""
    element = f"{code}.ramp.1"
    evidence = [
        {"sha256": name_of(each), "element_id": element, "quantity": "", "caption": "", "contains_person": False}
        for each in photos
    ]
    return {
        "survey_id": f"uuid:{number:08}",
        "site_code": code,
        "surveyor": "สมหญิง",
        "note": "",
        "answers": {element: {"running_slope_pct": {"texts": ["1:12"], "reason": ""}}},
        "added": [],
        "photos": evidence,
        "fix": {},
        "length_unit": "cm",
        "slope_unit": "percent",
        "instruments": {},
        "supersedes": "",
        "observed_at": VISIT,
        "jaidee_record": 1,
        "root_id": f"uuid:{number:08}",
        "version": 1,
        "form_version": "2569-1",
        "workspace": "w",
        "language": "th",
        "finished_at": VISIT,
        **changes,
    }


def text(told: object) -> str:
    """Return JSON as the browser writes it."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def line(kind: str, body: str) -> bytes:
    """Return one line of a file."""
    return f'{{"jaidee_kit":1,"kind":"{kind}","sha256":"{name_of(body.encode())}","body":{body}}}\n'.encode()


def lines(records: Sequence[dict[str, object]], photos: Sequence[bytes] = ()) -> list[bytes]:
    """Return the lines of a file: the list of contents, the records, the photos."""
    of_photos = {
        name_of(each): line(
            "photo",
            text({"sha256": name_of(each), "type": "image/jpeg", "bytes": len(each), "content": _base64(each)}),
        )
        for each in photos
    }
    told = {
        "workspace": "w",
        "made_at": VISIT,
        "records": [
            {
                "survey_id": each["survey_id"],
                "site_code": each["site_code"],
                "line_sha256": name_of(text(each).encode()),
            }
            for each in records
        ],
        "photos": [{"sha256": name, "line_sha256": ""} for name in of_photos],
    }
    return [
        line("manifest", text(told)),
        *(line("record", text(each)) for each in records),
        *of_photos.values(),
    ]


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
