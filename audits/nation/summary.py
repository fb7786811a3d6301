"""Compare municipalities and provinces by intervals; where intervals overlap, no order is given."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from audits.nation import outlines, partitions, totals

RANKS = ("rank_best", "rank_worst")
COLUMNS = (
    *("elements", "judged", "judged_share", "coverage_share", "failing_share_low", "failing_share_high"),
    *("scored", "score_low", "score_high", *RANKS, "ranked", "complete", "demonstration"),
)
ACCESS = ("access_low", "access_high", "network", "coarse", "places", "places_not_surveyed", "reason")
_ACCESS_TYPES = {
    **dict.fromkeys(("access_low", "access_high"), "float64"),
    **dict.fromkeys(("places", "places_not_surveyed"), "Int64"),
    "coarse": "boolean",
}
MUNICIPALITIES, PROVINCES = ("province", "municipality"), ("province",)


def tables(receipts: Sequence[Mapping[str, Any]]) -> dict[str, pd.DataFrame]:
    """Summary tables of all partitions.

    Parameters
    ----------
    receipts
        From :func:`audits.nation.judging.judge`, one a partition, in any order.

    Returns
    -------
    dict
        ``municipalities`` and ``provinces``: their names, and :data:`COLUMNS`. ``judged`` counts elements with a
        verdict other than *unknown*. The share that fails lies between ``failing_share_low`` (known to fail) and
        ``failing_share_high`` (if every unknown or borderline one fails); ``score_low`` to ``score_high`` are means
        over the ``scored`` elements, 0 to 100. A place has one of the ranks ``rank_best`` to ``rank_worst`` among
        ``ranked`` places. A place with a partition that was refused is not ``complete`` and has no rank.
        ``demonstration`` marks invented surveys. ``access``
        has a row for each municipality whose record came: see :func:`audits.nation.municipal_records.access`.
    """
    refused = [receipt for receipt in receipts if receipt["state"] == "refused"]
    # A refused table may have held any municipality of its province; a refused record is one of them.
    torn = {receipt["province"] for receipt in refused if "municipality" not in receipt}
    named = [receipt for receipt in receipts if "municipality" in receipt and not receipt["municipalities"]]
    gone = [
        {name: receipt[name] for name in MUNICIPALITIES} | {"complete": receipt["state"] != "refused"}
        for receipt in named
    ]
    invented = {(receipt["province"], receipt["municipality"]) for receipt in receipts if receipt.get("demonstration")}
    records = [
        {"province": receipt["province"], **record} for receipt in receipts for record in receipt["municipalities"]
    ]
    access = [
        {"province": receipt["province"], "municipality": receipt["municipality"], **receipt["access"]}
        for receipt in receipts
        if "access" in receipt
    ]
    read = {record["province"] for record in records}
    unread = [
        {"province": name, "complete": False} for name in sorted({receipt["province"] for receipt in refused} - read)
    ]
    municipalities = _with_unread(_table(totals.merged(records, MUNICIPALITIES), MUNICIPALITIES, torn), gone)
    refused_in = {receipt["province"] for receipt in refused}
    provinces = _with_unread(_table(totals.merged(records, PROVINCES), PROVINCES, refused_in), unread)
    keys = pd.Series(list(zip(municipalities["province"], municipalities["municipality"], strict=True)), dtype=object)
    return {
        "municipalities": municipalities.assign(demonstration=keys.isin(invented)),
        "provinces": provinces.assign(demonstration=provinces["province"].isin({name for name, _ in invented})),
        "access": pd.DataFrame(access, columns=[*MUNICIPALITIES, *ACCESS]).astype(_ACCESS_TYPES),
    }


def _with_unread(table: pd.DataFrame, places: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Name a place of which nothing could be read, or without an element, all the same."""
    if not places:
        return table
    nothing = pd.DataFrame(places).assign(elements=0, judged=0, scored=0)
    # how many are ranked is the same in every row
    nothing["ranked"] = table["ranked"].max() if len(table) else 0
    whole = pd.concat([table, nothing], ignore_index=True) if len(table) else nothing.reindex(columns=table.columns)
    return whole.sort_values([name for name in MUNICIPALITIES if name in table], ignore_index=True)


def _table(records: Sequence[Mapping[str, Any]], names: Sequence[str], refused: Collection[str]) -> pd.DataFrame:
    rows = []
    for record in records:
        elements, passed, failed = record["elements"], record["pass"], record["fail"]
        judged = passed + failed + record["borderline"]
        rows.append(
            {name: record[name] for name in names}
            | {
                "elements": elements,
                "judged": judged,
                "judged_share": judged / elements,
                "coverage_share": totals.mean(record, "coverage"),
                "failing_share_low": failed / elements,
                "failing_share_high": (elements - passed) / elements,
                "scored": record["scored"],
                "score_low": totals.mean(record, "score_low"),
                "score_high": totals.mean(record, "score_high"),
                "complete": record["province"] not in refused,
            }
        )
    table = pd.DataFrame(
        rows, columns=[*names, *(name for name in COLUMNS if name not in (*RANKS, "ranked", "demonstration"))]
    )
    table = table.astype({name: "float64" for name in COLUMNS if name.endswith(("share", "low", "high"))})
    return table.assign(**_ranks(table), demonstration=False)[[*names, *COLUMNS]]


def _ranks(table: pd.DataFrame) -> dict[str, Any]:
    """Ranks that each place may have, 1 for the best score: only places with a wholly higher interval are before it."""
    is_ranked = table["complete"].astype(bool) & table["score_low"].notna()
    low, high = (table.loc[is_ranked, name].to_numpy() for name in ("score_low", "score_high"))
    # sorted ends instead of all pairs, since a nation has thousands of municipalities
    before = low.size - np.searchsorted(np.sort(low), high, side="right")
    behind = np.searchsorted(np.sort(high), low, side="left")
    best, worst = (pd.array([pd.NA] * len(table), dtype="Int64") for _ in RANKS)
    best[is_ranked.to_numpy()], worst[is_ranked.to_numpy()] = before + 1, low.size - behind
    return {"rank_best": best, "rank_worst": worst, "ranked": low.size}


def write(found: Mapping[str, pd.DataFrame], out: Path, shapes: pd.Series[Any]) -> dict[str, str]:
    """Write each table as Parquet and as CSV below `out`, and return the files by name of the table.

    Parameters
    ----------
    found
        From :func:`tables`; one without rows is not written.
    shapes
        From :func:`audits.nation.outlines.of_places`; they make the Parquet of the municipalities a GeoParquet.

    Raises
    ------
    OSError
        When a file cannot be written.
    """
    folder = out / partitions.SUMMARY
    # An earlier run may have had records, this one none.
    for ending in ("parquet", "csv"):
        (folder / f"access.{ending}").unlink(missing_ok=True)
    written = {name: table for name, table in found.items() if len(table) or name != "access"}
    for name, table in written.items():
        with partitions.replacing(folder / f"{name}.parquet") as temporary:
            (_outlined(table, shapes) if name == "municipalities" else table).to_parquet(temporary, index=False)
        # Excel reads the Thai of a CSV only with this mark; seventeen figures are every bit of a double.
        with partitions.replacing(folder / f"{name}.csv") as temporary:
            table.to_csv(temporary, index=False, encoding="utf-8-sig", float_format="%.17g")
    return {name: str(folder / f"{name}.csv") for name in written}


def read(out: Path) -> gpd.GeoDataFrame:
    """Read the municipalities of a written summary with their areas, and with access where it was measured.

    Raises
    ------
    OSError, ValueError
        When there is none, or it is not whole.
    """
    folder = out / partitions.SUMMARY
    table = gpd.read_parquet(folder / "municipalities.parquet")
    path = folder / "access.parquet"
    if not path.is_file():
        return table.assign(access_low=math.nan, access_high=math.nan, coarse=pd.NA)
    access = pd.read_parquet(path)[[*MUNICIPALITIES, "access_low", "access_high", "coarse"]]
    return gpd.GeoDataFrame(table.merge(access, how="left", on=list(MUNICIPALITIES)))


def _outlined(table: pd.DataFrame, shapes: pd.Series[Any]) -> gpd.GeoDataFrame:
    keys = zip(table["province"], table["municipality"], strict=True)
    return gpd.GeoDataFrame(table, geometry=[shapes.get(key) for key in keys], crs=outlines.DEGREES)


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON; what is not known is null."""
    return [
        {
            str(name): None if value is pd.NA or (isinstance(value, float) and math.isnan(value)) else value
            for name, value in row.items()
        }
        for row in table.astype(object).to_dict("records")
    ]
