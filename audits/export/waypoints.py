"""Write sites as KML placemarks or GPX waypoints, for maps and navigation on a phone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from audits import wording
from audits.export import facts as facts_room
from audits.export import losses

MEASURE = wording.phrase("Measure next: {what}")


def kml(facts: facts_room.Facts, report: losses.Report, words: wording.Wording) -> bytes:
    """Return the sites as KML 2.2: code, name and verdict to read, score and verdict as data."""
    sites = _placed(facts, report)
    described = _described(facts, sites, words)
    table = gpd.GeoDataFrame(
        {
            "Name": described["name"],
            "Description": described["text"],
            # as arrays: this table is numbered anew, and pandas would look for the codes in it
            **{name: sites[name].to_numpy() for name in ("verdict", "grade", "score_low", "score_high")},
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )
    return _written(table, "KML", "kml", {"NameField": "Name", "DescriptionField": "Description"})


def gpx(facts: facts_room.Facts, report: losses.Report, words: wording.Wording) -> bytes:
    """Return the sites as GPX 1.1 waypoints: code, name, verdict, and what to measure next."""
    sites = _placed(facts, report)
    report.lose_rest(losses.SCORE, (), losses.NO_FIELD)
    described = _described(facts, sites, words)
    table = gpd.GeoDataFrame(
        {
            "name": described["code"],
            "cmt": described["measure"],
            "desc": described["title"] + "\n" + described["text"],
            "type": sites["kind"].to_numpy(),
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )
    return _written(table, "GPX", "gpx", {})


def _placed(facts: facts_room.Facts, report: losses.Report) -> gpd.GeoDataFrame:
    facts.lose_sites(report, facts_room.without_position(facts), losses.NO_POSITION)
    for thing in (losses.ELEMENT, losses.MEASUREMENT, losses.INTERVAL, losses.FINDING, losses.CLAUSE):
        report.lose_rest(thing, (), losses.NO_FIELD)
    return gpd.GeoDataFrame(facts.sites.loc[sorted(report.written(losses.SITE))])


def _described(facts: facts_room.Facts, sites: gpd.GeoDataFrame, words: wording.Wording) -> pd.DataFrame:
    titles = sites[f"name_{words.language}"].where(sites[f"name_{words.language}"] != "", sites["name_th"])
    wanted = facts.contents.next_measurements
    first = wanted.loc[wanted["rank"] == 1].set_index("site_code")[f"quantity_name_{words.language}"]
    measure = [words.text(MEASURE, what=first[code]) if code in first.index else "" for code in sites.index]
    mark = f"{facts.demonstration}\n" if facts.demonstration else ""
    sentences = mark + sites[f"sentence_{words.language}"]
    return pd.DataFrame(
        {
            "code": sites.index,
            "title": titles.to_numpy(),
            "name": (sites.index + " " + titles).to_numpy(),
            "text": sentences.to_numpy(),
            "measure": measure,
        }
    )


def _written(table: gpd.GeoDataFrame, driver: str, ending: str, options: Mapping[str, str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"sites.{ending}"
        pyogrio.write_dataframe(
            table,
            file,
            # the driver of GPX knows its layers by name
            layer="waypoints" if driver == "GPX" else "sites",
            driver=driver,
            dataset_options=dict(options),
            # named, since an empty table does not show it
            geometry_type="Point",
        )
        return file.read_bytes()
