"""Generate a nation for tests and benchmarks: seeded, with gaps, and with partitions that must be refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from audits import survey
from audits.nation import judging, partitions
from audits.rules import files, model

PROVINCES, FEWEST_IN_A_PROVINCE = 77, 4
MISSING, ABSENT = (0.02, 0.8), 0.05
BROKEN = ("cut", "unit", "column")
_ROW_GROUP = judging.BATCH_ROWS
# Degrees around Thailand; the places are invented.
_WEST, _SOUTH, _EAST, _NORTH = 97.5, 6.0, 105.5, 20.0
_FIRST_PERMIT, _DAYS = np.datetime64("2000-01-01"), 9_000


def generate(folder: Path, municipalities: int, elements: int, seed: int) -> list[Path]:
    """Write a nation of invented municipalities, and return its files.

    Parameters
    ----------
    folder
        Gets one folder a province and one file in each, and in the last province one of each kind in :data:`BROKEN`:
        a file cut off, one with a column in another unit, one without municipalities.
    municipalities
        Spread over at most :data:`PROVINCES` provinces, with sizes as uneven as those of real ones.
    elements
        In all whole partitions together; at least one a municipality.
    seed
        The same seed gives the same tables, whatever else runs.

    Raises
    ------
    ValueError
        When there are fewer elements than municipalities, or no municipality.
    """
    if not 0 < municipalities <= elements:
        raise ValueError(f"{municipalities} municipalities, {elements} elements: at least one element in each")
    criteria = files.load_criteria()
    sizes = _sizes(municipalities, elements, np.random.default_rng(seed))
    numbers = np.array_split(np.arange(municipalities), min(PROVINCES, 1 + municipalities // FEWEST_IN_A_PROVINCE))
    written = []
    for province, mine in enumerate(numbers, start=1):
        names = [f"P{province:02d}-{number:03d}" for number in range(1, mine.size + 1)]
        # from its own seed, so that no province depends on how many there are before it
        draw = np.random.default_rng([seed, province])
        place = folder / f"{partitions.PROVINCE}P{province:02d}"
        place.mkdir(parents=True, exist_ok=True)
        written.append(place / "part-0000.parquet")
        _province(names, sizes[mine], criteria, draw).to_parquet(written[-1], index=False, row_group_size=_ROW_GROUP)
    return [*written, *_broken(written[-1], criteria, seed)]


def _sizes(municipalities: int, elements: int, draw: np.random.Generator) -> npt.NDArray[np.int64]:
    share = draw.lognormal(0.0, 1.0, municipalities)
    return 1 + draw.multinomial(elements - municipalities, share / share.sum())


def _province(
    names: Sequence[str], sizes: npt.NDArray[np.int64], criteria: model.Criteria, draw: np.random.Generator
) -> gpd.GeoDataFrame:
    size = int(sizes.sum())
    municipality = np.repeat(np.arange(len(names)), sizes)
    kinds = draw.integers(0, len(survey.ELEMENT_KINDS), size)
    text = pa.DictionaryArray.from_arrays(municipality.astype(np.int32), pa.array(names)).cast(pa.string())
    number = pc.cast(pa.array(np.arange(size)), pa.string())
    columns: dict[str, object] = {
        judging.MUNICIPALITY: _words(municipality, names),
        judging.ELEMENT: pc.binary_join_element_wise(text, number, "-").to_pandas(),
        judging.KIND: _words(kinds, survey.ELEMENT_KINDS),
        judging.SETTING: _words(draw.integers(0, len(survey.SETTINGS), size), survey.SETTINGS),
        "permitted_on": _permits(size, draw),
    }
    # Some municipalities measured nearly everything, others hardly anything.
    gaps = draw.uniform(*MISSING, len(names))[municipality]
    columns |= dict(_values(kinds, gaps, criteria, draw))
    centre = draw.uniform((_WEST, _SOUTH), (_EAST, _NORTH), (len(names), 2))[municipality]
    points = shapely.points((centre + draw.normal(0.0, 0.02, (size, 2))).round(6))
    return gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


def _words(codes: npt.NDArray[np.integer[Any]], words: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, pd.Index(words))  # type: ignore[return-value]


def _permits(size: int, draw: np.random.Generator) -> npt.NDArray[np.datetime64]:
    days: npt.NDArray[np.datetime64] = (_FIRST_PERMIT + draw.integers(0, _DAYS, size)).astype("datetime64[ms]")
    days[draw.random(size) < max(MISSING) / 2] = np.datetime64("NaT")
    return days


def _values(
    kinds: npt.NDArray[np.int64], gaps: npt.NDArray[np.float64], criteria: model.Criteria, draw: np.random.Generator
) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    """Yield each quantity's column: usual values at elements of the kinds that are asked for it, with gaps."""
    asked = [{each.quantity_id for each in model.questions(criteria, kind)} for kind in survey.ELEMENT_KINDS]
    for name, quantity in criteria.quantities.items():
        of_kinds = np.array([name in questions for questions in asked])
        rows = np.flatnonzero(of_kinds[kinds])
        rows = rows[draw.random(rows.size) >= gaps[rows]]
        column = np.full(kinds.size, np.nan)
        low, high = quantity.usual
        if name == survey.ELEMENT_PRESENT:
            column[rows] = draw.random(rows.size) >= ABSENT
        elif quantity.kind in ("yes_no", "count"):
            column[rows] = draw.integers(int(low), int(high) + 1, rows.size)
        else:
            # rounding may step over an end of what is usual
            column[rows] = np.clip(draw.uniform(low, high, rows.size).round(1), low, high)
        yield name, column


def _broken(whole: Path, criteria: model.Criteria, seed: int) -> list[Path]:
    paths = [whole.with_name(f"part-broken-{name}.parquet") for name in BROKEN]
    table = _province(["broken"], np.array([20]), criteria, np.random.default_rng([seed, PROVINCES + 1]))
    table.to_parquet(paths[0], index=False)
    # Parquet keeps its table of contents at the end.
    paths[0].write_bytes(paths[0].read_bytes()[:-100])
    table.rename(columns={"clear_width_mm": "clear_width_cm"}).to_parquet(paths[1], index=False)
    table.drop(columns=judging.MUNICIPALITY).to_parquet(paths[2], index=False)
    return paths
