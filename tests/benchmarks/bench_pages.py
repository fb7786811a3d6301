"""Time the server's work of a rerun of every page, for the starter register and for 2,000 synthetic sites."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from audits.demo import demonstration, seed
from audits.rules import files
from audits.store.db import connection, workspace
from audits.store.register import register
from audits.store.surveys import read, submit

MENU = Path(__file__).parents[2] / "app_pages" / "menu.py"
PAGES = ("city_map", "site", "survey", "criteria", "exports", "start")
MANY, RERUNS, SEED = 2_000, 20, 7
BARS_MS = {"starter": 150, "many": 1_000}


def starter(store: connection.Store) -> None:
    """Fill a store with the demonstration: 85 ramp sites and the candidate spaces."""
    demonstration.build(store, files.load_criteria())


def many(store: connection.Store) -> None:
    """Fill a store with the starter register copied many times a little aside, with surveys invented for each copy."""
    draw, sites, elements = np.random.default_rng(SEED), seed.starter_sites(), seed.starter_elements()
    copies = range(MANY // len(sites) + 1)
    moved = [_copy(sites, number, draw) for number in copies]
    wide = gpd.GeoDataFrame(pd.concat(moved), crs=sites.crs).iloc[:MANY]
    things = pd.concat([_copy_elements(elements, number) for number in copies])
    things = things.loc[things["site_code"].isin(wide.index)]
    register.add_sites(store, wide, things, demonstration.ACTOR, "benchmark", demonstration.BEGUN_AT)
    for visit in demonstration.visits(wide, things, files.load_criteria()):
        submit.submit(store, visit, visit.surveyor, received_at=demonstration.CLOSED_AT)


def _copy(sites: gpd.GeoDataFrame, number: int, draw: np.random.Generator) -> gpd.GeoDataFrame:
    aside = sites.geometry.translate(*draw.uniform(-0.005, 0.005, 2))
    return sites.set_geometry(aside).rename(index=lambda code: f"{code}-{number:02d}")


def _copy_elements(elements: pd.DataFrame, number: int) -> pd.DataFrame:
    codes = elements["site_code"] + f"-{number:02d}"
    ids = [element.replace(site, f"{site}-{number:02d}", 1) for element, site in elements["site_code"].items()]
    return elements.assign(site_code=codes).set_axis(pd.Index(ids, name="element_id"))


def measure(name: str, fill: Callable[[connection.Store], None]) -> None:
    """Fill a store, run every page again and again, and print the milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        place = workspace.Workspace(Path(folder))
        with connection.open_store(place.demonstration, kind="demonstration") as store:
            started = time.perf_counter()
            fill(store)
            busiest = str(read.measurements(store)["site_code"].value_counts().index[0])
        print(f"{name}: filled in {time.perf_counter() - started:.1f} s; bar {BARS_MS[name]} ms (p95)")
        os.environ[workspace.ENVIRONMENT_KEY] = str(place.folder)
        for page in PAGES:
            _measure_page(page, busiest)


def _measure_page(page: str, code: str) -> None:
    screen = AppTest.from_file(str(MENU), default_timeout=120)
    screen.query_params["workspace"] = "demonstration"
    screen.query_params["lang"] = "th"
    screen.query_params["site"] = code
    started = time.perf_counter()
    if page != PAGES[0]:
        screen.switch_page(f"{page}.py")
    screen.run()
    first = 1000 * (time.perf_counter() - started)
    if screen.exception:
        print(f"  {page:<10} failed: {screen.exception[0].message}", file=sys.stderr)
        return
    times = []
    for _ in range(RERUNS):
        started = time.perf_counter()
        screen.run()
        times.append(1000 * (time.perf_counter() - started))
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"  {page:<10} first {first:>7.0f} ms   p50 {statistics.median(times):>6.0f} ms   p95 {p95:>6.0f} ms")


def main() -> None:
    """Measure both stores and print."""
    measure("starter", starter)
    measure("many", many)


if __name__ == "__main__":
    main()
