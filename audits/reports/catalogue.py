"""Describe the open data of a record as a DCAT catalogue in JSON-LD, and its columns as a data dictionary."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from audits import record as records
from audits import wording
from audits.formats import csv_writer
from audits.reports import columns, contents
from audits.rules import model
from audits.scoring import readings
from audits.store import town as towns
from audits.store.register import municipal_choices

phrase = wording.phrase

LICENCE = municipal_choices.LICENCE
"""Name of the municipality's choice."""

LICENCES: Mapping[str, str] = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
DICTIONARY_COLUMNS = ("table", "column", "title_th", "title_en", "datatype", "unit", "values")
TITLE = phrase("Accessibility audit of ramps and public spaces")
ABOUT = phrase(
    "Sites, their elements and every requirement judged, with the clause and the interval of the measurement."
)
KEYWORDS = (phrase("accessible places"), phrase("universal design"), phrase("ramps"))

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_DATATYPES = {
    columns.TEXT: "string",
    columns.WHOLE: "integer",
    columns.NUMBER: "double",
    columns.YES_NO: "boolean",
    columns.DAY: "date",
}
# A column ends in its unit.
_UNITS = {"mm": "mm", "m": "m", "pct": "%", "deg": "°", "lux": "lx", "count": "1", "share": "1", "thb": "THB"}
_DECIMALS = 6  # about 0.1 m
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
_IANA = "https://www.iana.org/assignments/media-types/"


def document(
    record: records.AuditedRecord,
    exported_on: dt.date,
    *,
    address: str = "",
    licence: str = "",
    files: Mapping[str, tuple[str, str]] | None = None,
) -> bytes:
    """Return a ``dcat:Catalog`` with one dataset (https://www.w3.org/TR/vocab-dcat-3/) and the schema of its columns.

    Parameters
    ----------
    record
        What is described.
    exported_on
        Day of the catalogue.
    address
        Address under which the files lie; without one they lie beside the catalogue.
    licence
        One of :data:`LICENCES`; any other is left out.
    files
        Title and media type by the name of each file that can be had; none when not given.
    """
    base = f"{address.rstrip('/')}/" if address else ""
    licensed = {"@id": LICENCES[licence]} if licence in LICENCES else None
    day = {"@value": exported_on.isoformat(), "@type": "xsd:date"}
    dataset = {
        "@id": f"{base}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": f"jaidee:{record.head}",
        "dct:title": _title(record.town),
        "dct:description": _described(record),
        "dct:publisher": {"@id": f"{base}#publisher"},
        "dct:issued": day,
        "dct:modified": day,
        "dct:language": [{"@id": f"{_LANGUAGE}{code}"} for code in ("THA", "ENG")],
        "dct:license": licensed,
        "dct:rightsHolder": {"@id": f"{base}#publisher"},
        "dcat:keyword": [text for keyword in KEYWORDS for text in _in_both(keyword)],
        "dct:spatial": _extent(record),
        "dct:temporal": _period(record),
        "dcat:distribution": [_distribution(base, name, *one, licensed) for name, one in (files or {}).items()],
        "csvw:tableSchema": [_schema(table, rows) for table, rows in _by_table(record)],
    }
    town = [
        {"@value": name, "@language": language}
        for language in wording.LANGUAGES
        if (name := getattr(record.town, language))
    ]
    catalogue = {
        "@context": _CONTEXT,
        "@id": f"{base}#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _title(record.town),
        "dct:description": _described(record),
        "dct:publisher": {"@id": f"{base}#publisher", "@type": "foaf:Organization", "foaf:name": town or "Jaidee"},
        # what is not known is left out: an empty value would state that there is none
        "dcat:dataset": [{key: value for key, value in dataset.items() if value}],
    }
    return json.dumps(catalogue, ensure_ascii=False, allow_nan=False, indent=1).encode()


def dictionary(record: records.AuditedRecord) -> bytes:
    """Return the data dictionary as CSV, :data:`DICTIONARY_COLUMNS`: every column, and every quantity with its unit."""
    rows = [row for _, rows in _by_table(record) for row in rows]
    return csv_writer.table([DICTIONARY_COLUMNS, *rows])


def _by_table(record: records.AuditedRecord) -> Iterator[tuple[str, Sequence[tuple[str, ...]]]]:
    tables = {
        "site": columns.of_sites(record.weights),
        "finding": columns.FINDINGS,
        "element": columns.ELEMENTS,
        "measure_next": columns.NEXT_MEASUREMENTS,
    }
    for table, known in tables.items():
        yield (
            table,
            [
                (
                    table,
                    one.name,
                    one.title.th,
                    one.title.en,
                    _DATATYPES[one.kind],
                    _unit(one.name),
                    "|".join(one.words),
                )
                for one in known
            ],
        )
    yield (
        "quantity",
        [
            ("quantity", one.quantity_id, one.name.th, one.name.en, *_measured(one))
            for one in record.criteria.quantities.values()
        ],
    )


def _measured(quantity: model.Quantity) -> tuple[str, str, str]:
    answers = quantity.unit == "yes_no"
    return "boolean" if answers else "double", "" if answers else quantity.unit, ""


def _unit(column: str) -> str:
    return _UNITS.get(column.rpartition("_")[2], "")


def _schema(table: str, rows: Sequence[tuple[str, ...]]) -> dict[str, object]:
    described = []
    for _, name, thai, english, datatype, unit, values in rows:
        column = {
            "csvw:name": name,
            "csvw:title": [{"@value": thai, "@language": "th"}, {"@value": english, "@language": "en"}],
            "csvw:datatype": datatype,
            "dct:format": unit,
            "dct:description": values,
        }
        described.append({key: value for key, value in column.items() if value})
    return {"@type": "csvw:Schema", "rdfs:label": table, "csvw:column": described}


def _described(record: records.AuditedRecord) -> list[dict[str, str]]:
    # a portal shows the description alone, and invented surveys must not pass there for those of a city
    mark = f"{contents.demonstration_mark()}. " if record.demonstration else ""
    return [text | {"@value": mark + text["@value"]} for text in _in_both(ABOUT)]


def _title(town: towns.Town) -> list[dict[str, str]]:
    names = [wording.Wording(language).name(town) for language in wording.LANGUAGES]
    return [
        text | {"@value": ", ".join(filter(None, (text["@value"], name)))}
        for text, name in zip(_in_both(TITLE), names, strict=True)
    ]


def _in_both(text: str) -> list[dict[str, str]]:
    return [{"@value": wording.Wording(language).text(text), "@language": language} for language in wording.LANGUAGES]


def _extent(record: records.AuditedRecord) -> dict[str, object] | None:
    places = record.sites.geometry
    known = places[places.notna() & ~places.is_empty]
    if known.empty:
        return None
    west, south, east, north = (round(float(edge), _DECIMALS) for edge in known.total_bounds)
    # the ring of a polygon in WKT ends where it began
    ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    box = {"@value": f"POLYGON(({ring}))", "@type": "geo:wktLiteral"}
    return {"@type": "dct:Location", "dcat:bbox": box}


def _period(record: records.AuditedRecord) -> dict[str, object] | None:
    measured = record.governing.loc[record.governing["element_id"].isin(record.elements.index)]
    if measured.empty:
        return None
    days = readings.days(measured["observed_at"])
    ends = {"dcat:startDate": days.min(), "dcat:endDate": days.max()}
    stamps = {name: {"@value": pd.Timestamp(day).date().isoformat(), "@type": "xsd:date"} for name, day in ends.items()}
    return {"@type": "dct:PeriodOfTime", **stamps}


def _distribution(
    base: str, name: str, title: str, media_type: str, licensed: Mapping[str, str] | None
) -> dict[str, object]:
    known = {"dct:license": licensed} if licensed else {}
    return {
        **known,
        "@type": "dcat:Distribution",
        "dct:title": _in_both(title),
        "dcat:accessURL": {"@id": f"{base}{name}"},
        "dcat:downloadURL": {"@id": f"{base}{name}"},
        "dcat:mediaType": {"@id": f"{_IANA}{media_type}"},
    }
