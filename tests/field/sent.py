"""Make the records that come back from the field, and bring them."""

import dataclasses
import datetime as dt
import hashlib
import io
import json
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from PIL import Image

from audits import errors, survey, wording
from audits.field import arrivals, receiving
from audits.store.db import connection
from audits.store.register import checks, register
from audits.store.surveys import read

MORNING = dt.datetime(2026, 3, 2, 9, 30, tzinfo=wording.BANGKOK)
ARRIVAL = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
ENGLISH, THAI = wording.Wording("en"), wording.Wording("th")
KNOWN = (102.8231, 16.4251)
METRE_NORTH = 1 / 110_600


def add_site(
    store: connection.Store, code: str, kind: str, status: str, accuracy_m: float, *, known: bool = True
) -> None:
    words = dict.fromkeys(checks.SITE_COLUMNS, "") | {"setting": "park"}
    row = {**words, "kind": kind, "zone": None, "position_status": status, "position_accuracy_m": accuracy_m}
    place = shapely.Point(KNOWN) if known else None
    sites = gpd.GeoDataFrame([row], index=pd.Index([code], name="code"), geometry=[place], crs=4326)
    element = {"site_code": code, "kind": "ramp", "label": "", "permitted_on": None, "source": "register"}
    elements = pd.DataFrame([element], index=pd.Index([f"{code}.ramp.1"], name="element_id"))
    register.add_sites(store, sites, elements, "admin", "new")


def visit(survey_id: str = "uuid:1", code: str = "KK-001", **changes: Any) -> survey.Survey:
    element = survey.Element(f"{code}.ramp.1", "ramp")
    reading = survey.Measurement(element.element_id, "clear_width_mm", 900.0, "90 cm", "tape_measure", 3.0)
    whole = survey.Survey(survey_id, code, "สมชาย", MORNING, "odk", "v1", (element,), (reading,))
    return dataclasses.replace(whole, **changes)


def arrival(made: survey.Survey | None, line: int = 1, **changes: Any) -> arrivals.Arrival:
    raw = json.dumps({"id": made.survey_id, "note": made.note} if made else {"line": line}, ensure_ascii=False)
    return dataclasses.replace(arrivals.Arrival(line, raw, made), **changes)


def delivery(*records: arrivals.Arrival | survey.Survey, name: str = "odk.zip") -> arrivals.Delivery:
    """Return a delivery of these records; its digest is of what it holds, as that of a file is."""
    made = tuple(
        arrival(each, line) if isinstance(each, survey.Survey) else each for line, each in enumerate(records, start=1)
    )
    content = "\n".join(f"{each.line} {each.raw} {len(each.attachments)}" for each in made)
    digest = hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()
    return arrivals.Delivery(name, digest, "odk", made)


def receive(store: connection.Store, *records: arrivals.Arrival | survey.Survey, **options: Any) -> receiving.Reception:
    return receiving.receive(
        store, delivery(*records), "somchai", **({"words": ENGLISH, "received_at": ARRIVAL} | options)
    )


def outcomes(reception: receiving.Reception) -> list[str]:
    return [one.outcome for one in reception.outcomes]


def kinds(reception: receiving.Reception, line: int = 1) -> list[errors.ProblemKind]:
    return [problem.kind for problem in reception.outcomes[line - 1].problems]


def picture(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return buffer.getvalue()


def photo(name: str, content: bytes | None = None, **changes: Any) -> arrivals.Attachment:
    return arrivals.Attachment(name, content=None if content is None else lambda: content, **changes)


def ids(store: connection.Store) -> list[str]:
    return read.surveys(store)["survey_id"].tolist()


# What becomes of a record


def three_hundred() -> list[arrivals.Arrival]:
    """Return 300 records, every tenth with a photo."""
    return [
        arrival(
            visit(f"uuid:{number}"),
            number + 1,
            attachments=(photo("a.png", picture(f"#{number:06x}")),) if number % 10 == 0 else (),
        )
        for number in range(300)
    ]
