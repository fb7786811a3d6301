"""Pack a project, an empty table and the sites into the folder that a technician takes along."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing

import pandas as pd

from audits import terms, wording
from audits.field.qfield import layout, project
from audits.formats import archive, geopackage
from audits.reports import columns
from audits.reports import contents as contents_room
from audits.rules import model
from layers import positions

VERSION_MARK = "criteria "
SUGGESTIONS = 3

_TRIP = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MARGIN_DEG = 0.003


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
    made = project.Project(
        title=f"Jaidee {trip}{mark}",
        survey_fields=layout.fields(criteria, words),
        site_fields=layout.site_fields(weights, words),
        groups=layout.groups(criteria, words),
        bounds=_bounds(contents),
    )
    day = contents.options.exported_on
    # QField takes a project of this name inside the folder; the zip within a zip is what QGIS calls .qgz.
    within = archive.zipped({"jaidee.qgs": project.document(made, words)}, day)
    folder = f"jaidee-{trip}"
    files = {f"{folder}/jaidee.qgz": within, f"{folder}/{layout.GEOPACKAGE}": _table_file(contents, made, words)}
    return archive.zipped(files, day)


def _bounds(contents: contents_room.Contents) -> tuple[float, float, float, float]:
    west, south, east, north = (float(edge) for edge in contents.sites.total_bounds)
    if math.isnan(west):
        box = positions.KHON_KAEN_SURROUNDINGS
        return box.west, box.south, box.east, box.north
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def _table_file(contents: contents_room.Contents, made: project.Project, words: wording.Wording) -> bytes:
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
    best = contents.next_measurements.loc[contents.next_measurements["rank"] <= SUGGESTIONS]
    name = best["quantity_name_th" if words.language == "th" else "quantity_name_en"]
    lines = (best["element_id"] + ": " + name).groupby(best["site_code"], sort=False).agg("\n".join)
    return pd.Series(contents.sites["code"].map(lines).fillna(""))
