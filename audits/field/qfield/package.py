"""Pack a QGIS project, an empty table and the sites into the folder that a technician takes along."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyproj

from audits import terms, wording
from audits.field.qfield import layout
from audits.formats import archive, geopackage, templates
from audits.reports import columns, qgis_style
from audits.reports import contents as contents_room
from audits.rules import model
from layers import positions

VERSION_MARK = "criteria "
SUGGESTIONS = 3
# QGIS and QField write NULL for this value of a value map.
NOTHING = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"
IN_DEGREES = 4326

_TEMPLATE = Path(__file__).parent / "templates" / "project.qgs.j2"
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"

_TRIP = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# About 300 m, so that no site lies at the edge of the first view.
_MARGIN_DEG = 0.003


@dataclass(frozen=True)
class Project:
    """Content of the project.

    Parameters
    ----------
    title
        Shown when it is open.
    survey_fields, site_fields
        Columns of the two layers, without ``fid``.
    groups
        Pages of the form.
    bounds
        West, south, east and north of what is shown first, in degrees.
    """

    title: str
    survey_fields: Sequence[layout.Field]
    site_fields: Sequence[layout.Field]
    groups: Sequence[layout.Group]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class _Layer:
    id: str
    name: str
    title: str
    preview: str
    fields: Sequence[layout.Field]
    groups: Sequence[layout.Group] = ()
    read_only: bool = False

    @property
    def source(self) -> str:
        return f"./{layout.GEOPACKAGE}|layername={self.name}"

    @property
    def positions(self) -> Mapping[str, int]:
        """Place of each column in the table, after ``fid``."""
        return {field.name: position for position, field in enumerate(self.fields, start=1)}


def packed(contents: contents_room.Contents, words: wording.Wording, *, trip: str) -> bytes:
    """Return the package as a zip with the folder ``jaidee-<trip>``; the same twice gives the same bytes.

    Nothing in it names a person: no surveyor, photo, review or audit log.

    Parameters
    ----------
    contents
        The sites to visit, what is known of them and what to measure next.
    words
        The language of the form.
    trip
        Names the folder. QField replaces a folder of the same name, with whatever was surveyed in it: take a new one
        for every trip.

    Raises
    ------
    ValueError
        If `trip` is more than lower-case letters, digits and hyphens.
    """
    if not _TRIP.fullmatch(trip):
        raise ValueError(f"{trip!r} names no trip; up to 40 lower-case letters, digits and hyphens are accepted")
    criteria, weights = contents.record.criteria, contents.record.weights
    mark = f" · {words.text(terms.DEMONSTRATION_SHORT)}" if contents.record.demonstration else ""
    made = Project(
        title=f"Jaidee {trip}{mark}",
        survey_fields=layout.fields(criteria, words),
        site_fields=layout.site_fields(weights, words),
        groups=layout.groups(criteria, words),
        bounds=_bounds(contents),
    )
    day = contents.options.exported_on
    # QField takes a project of this name inside the folder; the zip within a zip is what QGIS calls .qgz.
    within = archive.zipped({"jaidee.qgs": document(made, words)}, day)
    folder = f"jaidee-{trip}"
    files = {f"{folder}/jaidee.qgz": within, f"{folder}/{layout.GEOPACKAGE}": _table_file(contents, made, words)}
    return archive.zipped(files, day)


def _bounds(contents: contents_room.Contents) -> tuple[float, float, float, float]:
    west, south, east, north = (float(edge) for edge in contents.sites.total_bounds)
    # without a single position the project opens on the town
    if math.isnan(west):
        box = contents.record.town.box or positions.KHON_KAEN_SURROUNDINGS
        return box.west, box.south, box.east, box.north
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def _table_file(contents: contents_room.Contents, made: Project, words: wording.Wording) -> bytes:
    """Return the GeoPackage 1.3 with the empty table, the sites and the lists of values, without journal."""
    criteria = contents.record.criteria
    changed = f"{contents.options.exported_on.isoformat()}T00:00:00.000Z"
    with closing(sqlite3.connect(":memory:")) as file:
        geopackage.begin(file)
        _create(file, layout.LAYER, made.survey_fields)
        _create(file, layout.SITES, made.site_fields)
        file.execute(f"CREATE TABLE {layout.LISTS} (id INTEGER PRIMARY KEY, list TEXT, value TEXT, label TEXT)")
        rows = layout.value_lists(criteria, words)
        file.executemany(f"INSERT INTO {layout.LISTS} (list, value, label) VALUES (?, ?, ?)", rows)  # noqa: S608
        _fill_sites(file, contents, made.site_fields, words)
        _register(file, layout.LAYER, f"{VERSION_MARK}{criteria.version}", changed, made.bounds)
        _register(file, layout.SITES, contents.about.get("demonstration", ""), changed, made.bounds)
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, 'attributes', ?, ?)",
            (layout.LISTS, layout.LISTS, changed),
        )
        file.commit()
        return file.serialize()


def _create(file: sqlite3.Connection, table: str, fields: Iterable[layout.Field]) -> None:
    described = ", ".join(f'"{one.name}" {one.kind}' for one in fields)
    file.execute(f"CREATE TABLE {table} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, {described})")


def _register(file: sqlite3.Connection, table: str, description: str, changed: str, bounds: Sequence[float]) -> None:
    file.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (table, table, description, changed, *bounds, geopackage.WGS84),
    )
    file.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)", (table, geopackage.WGS84))


def _fill_sites(
    file: sqlite3.Connection,
    contents: contents_room.Contents,
    fields: Sequence[layout.Field],
    words: wording.Wording,
) -> None:
    table = contents.sites.assign(label=_labels(contents, words), measure_next=_following(contents, words))
    kinds = {one.name: one.kind for one in columns.of_sites(contents.record.weights)}
    cells = [columns.plain(table[one.name], kinds.get(one.name, columns.TEXT)) for one in fields]
    places = [None if point is None or point.is_empty else geopackage.encode(point) for point in table.geometry]
    names = ", ".join(f'"{one.name}"' for one in fields)
    marks = ", ".join("?" * (len(fields) + 1))
    # The names are those of our own columns; every value is bound.
    file.executemany(
        f"INSERT INTO {layout.SITES} (geom, {names}) VALUES ({marks})",  # noqa: S608
        zip(places, *cells, strict=True),
    )


def _labels(contents: contents_room.Contents, words: wording.Wording) -> list[str]:
    sites = contents.sites
    named = (
        words.name(model.Name(thai, english)) for thai, english in zip(sites["name_th"], sites["name_en"], strict=True)
    )
    return [f"{code} {name}" for code, name in zip(sites["code"], named, strict=True)]


def _following(contents: contents_room.Contents, words: wording.Wording) -> pd.Series:
    """Return for each site what narrows its score most, a line each."""
    best = contents_room.first_measurements(contents.next_measurements, SUGGESTIONS)
    name = best["quantity_name_th" if words.language == "th" else "quantity_name_en"]
    name = name + best["reason"].map(lambda one: f" ({why})" if (why := contents_room.why_measured(one, words)) else "")
    lines = (best["element_id"] + ": " + name).groupby(best["site_code"], sort=False).agg("\n".join)
    return pd.Series(contents.sites["code"].map(lines).fillna(""))


def document(made: Project, words: wording.Wording) -> bytes:
    """Return the project as QGIS saves it, with paths relative to its own folder."""
    ground = positions.Box(*made.bounds).metres
    to_ground = pyproj.Transformer.from_crs(IN_DEGREES, ground, always_xy=True)
    style = ElementTree.fromstring(qgis_style.qml((), words, points=True))  # noqa: S314 - written by ourselves
    preview = '"element_kind" || \' \' || coalesce("element_number", 1)'
    layers = (
        _Layer(
            "field_survey_jaidee", layout.LAYER, words.text("Field survey"), preview, made.survey_fields, made.groups
        ),
        _Layer("site_jaidee", layout.SITES, words.text("Sites"), '"label"', made.site_fields, read_only=True),
    )
    written = templates.render(
        _TEMPLATE,
        title=made.title,
        ground=pyproj.CRS.from_user_input(ground),
        degrees=pyproj.CRS.from_epsg(IN_DEGREES),
        layers={layer.name: layer for layer in layers},
        extent=to_ground.transform_bounds(*made.bounds),
        by_verdict="".join(ElementTree.tostring(each, encoding="unicode") for each in style.findall("renderer-v2")),
        nothing=NOTHING,
    )
    return (_DOCTYPE + written).encode()
