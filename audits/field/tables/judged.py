"""Set the judgement of a table beside its rows: one row an element, and how far its inspector agreed."""

from __future__ import annotations

import collections
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from audits import errors, survey
from audits.field.tables import importing, profile
from audits.formats import csv_writer, xlsx
from audits.scoring import readings, run

UNKNOWN_FORMAT = errors.ProblemKind("JUDGE-001", "The results are written as .gpkg, .csv or .xlsx; name such a file.")

_WORST_FIRST = ("fail", "borderline", "unknown", "pass", "not_applicable")
_LISTED = {"failed": "fail", "borderline": "borderline", "not_measured": "unknown"}


def elements(understood: importing.Preview, judged: run.Audit) -> gpd.GeoDataFrame:
    """Make a table of the elements with their verdicts and what was measured.

    Parameters
    ----------
    understood
        The table as it was read.
    judged
        Its judgement.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``element_id``; ``site_code``, ``line`` (the last row that measured it), ``kind``, ``name_th``,
        ``name_en``, ``setting``; ``verdict`` over all that applies and ``verdict_of_measured`` over what was measured;
        ``inspector_verdict`` where a profile names its column; the ids of the criteria ``failed``, ``borderline`` and
        ``not_measured``; ``score_low``, ``score_high`` (0–100), ``coverage_share``; one column a quantity measured,
        the mean of the readings judged, those of its newest day, in the unit at the end of its name. Points in
        EPSG:4326.
    """
    words = {verdict: number for number, verdict in enumerate(_WORST_FIRST)}
    found = judged.findings.assign(rank=judged.findings["verdict"].map(words))
    measured = found.loc[found["verdict"] != "unknown"]
    table = judged.elements[["site_code", "kind"]].copy()
    lines = {str(one.element_id): line for line, visit in understood.survey_of_line.items() for one in visit.elements}
    # whole numbers that may be missing; as floats they would print with a decimal
    table.insert(1, "line", pd.Series(lines, dtype="Int64").reindex(table.index))
    sites = understood.sites.sites
    for column in ("name_th", "name_en", "setting"):
        table[column] = table["site_code"].map(sites[column])
    table["verdict"] = _worst(found, table.index)
    table["verdict_of_measured"] = _worst(measured, table.index)
    inspected = _inspected(understood)
    table["inspector_verdict"] = [inspected.get(lines.get(element_id, 0), "") for element_id in table.index]
    for column, verdict in _LISTED.items():
        ids = found.loc[found["verdict"] == verdict].groupby("element_id")["criterion"].agg(", ".join)
        table[column] = ids.reindex(table.index).fillna("")
    scores = judged.elements[["score_low", "score_high", "coverage"]].rename(columns={"coverage": "coverage_share"})
    table = table.join(scores).join(_values(understood))
    points = table["site_code"].map(sites.geometry)
    return gpd.GeoDataFrame(table.rename_axis("element_id"), geometry=list(points), crs=sites.crs)


def _worst(found: pd.DataFrame, index: pd.Index[str]) -> pd.Series:
    ranks = found.groupby("element_id")["rank"].min().map(dict(enumerate(_WORST_FIRST)))
    return ranks.reindex(index).fillna("unknown")


def _inspected(understood: importing.Preview) -> dict[int, str]:
    written = {row.line: row.written(profile.VERDICT).casefold() for row in understood.rows}
    return {line: verdict for line, verdict in written.items() if verdict}


def _values(understood: importing.Preview) -> pd.DataFrame:
    judged = readings.of_latest_day(measurements(understood.surveys).dropna(subset=["value"]))
    return judged.pivot_table(index="element_id", columns="quantity", values="value", aggfunc="mean", sort=False)


def measurements(surveys: Iterable[survey.Survey]) -> pd.DataFrame:
    """Return every reading of some surveys, as :func:`audits.scoring.run.run` takes them."""
    rows = [
        (one.site_code, reading.element_id, reading.quantity, reading.value, reading.uncertainty, one.observed_at)
        for one in surveys
        for reading in one.measurements
    ]
    columns = ["site_code", "element_id", "quantity", "value", "uncertainty", "observed_at"]
    # a table without readings still has columns of numbers
    frame = pd.DataFrame(rows, columns=columns).astype({"value": float, "uncertainty": float})
    frame["observed_at"] = pd.to_datetime(frame["observed_at"], utc=True)
    return frame


def agreement(table: pd.DataFrame) -> list[dict[str, object]]:
    """Count the elements by the inspector's verdict and ours over what was measured; empty without the former.

    Returns
    -------
    list of dict
        ``inspector``, ``ours`` and ``count``, the most frequent pair first.
    """
    both = table.loc[table["inspector_verdict"] != ""]
    pairs = collections.Counter(zip(both["inspector_verdict"], both["verdict_of_measured"], strict=True))
    return [{"inspector": one, "ours": other, "count": count} for (one, other), count in pairs.most_common()]


def write(table: gpd.GeoDataFrame, path: Path, today: dt.date) -> None:
    """Write the elements as GeoPackage, CSV or workbook, by the ending of the name.

    Raises
    ------
    audits.errors.RefusedError
        When the ending is another.
    OSError
        When the file cannot be written.
    """
    _WRITERS[checked(path)](table, path, today)


def checked(path: Path) -> str:
    """Return the ending of a file that :func:`write` takes.

    Raises
    ------
    audits.errors.RefusedError
        When the ending is another.
    """
    ending = path.suffix.casefold()
    if ending not in _WRITERS:
        raise errors.RefusedError((UNKNOWN_FORMAT.at(path.name),))
    return ending


def _write_geopackage(table: gpd.GeoDataFrame, path: Path, _today: dt.date) -> None:
    # GDAL may keep other layers of a file that is there already
    path.unlink(missing_ok=True)
    table.reset_index().to_file(path, layer="elements", driver="GPKG", engine="pyogrio")


def _write_csv(table: gpd.GeoDataFrame, path: Path, _today: dt.date) -> None:
    flat = _flat(table)
    path.write_bytes(csv_writer.table([list(flat.columns), *flat.itertuples(index=False)]))


def _write_workbook(table: gpd.GeoDataFrame, path: Path, today: dt.date) -> None:
    flat = _flat(table)

    def fill(file: object) -> None:
        sheet = file.add_worksheet("elements")  # type: ignore[attr-defined]
        for number, row in enumerate([tuple(flat.columns), *flat.itertuples(index=False)]):
            xlsx.write_row(sheet, number, row)

    path.write_bytes(xlsx.workbook(today, fill))


def _flat(table: gpd.GeoDataFrame) -> pd.DataFrame:
    flat = pd.DataFrame(table.drop(columns="geometry")).reset_index()
    return flat.assign(longitude_deg=table.geometry.x.to_numpy(), latitude_deg=table.geometry.y.to_numpy())


_WRITERS: Mapping[str, Callable[[gpd.GeoDataFrame, Path, dt.date], None]] = {
    ".gpkg": _write_geopackage,
    ".csv": _write_csv,
    ".xlsx": _write_workbook,
}
