"""Compare municipalities and provinces by intervals; where intervals overlap, no order is given."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from audits.nation import partitions, totals

RANKS = ("rank_best", "rank_worst")
COLUMNS = (
    *("elements", "judged", "judged_share", "coverage_share", "failing_share_low", "failing_share_high"),
    *("scored", "score_low", "score_high", *RANKS, "ranked", "complete"),
)
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
    """
    refused = {receipt["province"] for receipt in receipts if receipt["state"] == "refused"}
    records = [
        {"province": receipt["province"], **record} for receipt in receipts for record in receipt["municipalities"]
    ]
    # A province of which nothing could be read is named all the same.
    unread = sorted(refused - {record["province"] for record in records})
    provinces = _table(totals.merged(records, PROVINCES), PROVINCES, refused)
    missing = pd.DataFrame({"province": unread, "elements": 0, "judged": 0, "scored": 0, "complete": False})
    if unread:
        provinces = pd.concat([provinces, missing], ignore_index=True).sort_values("province", ignore_index=True)
        provinces["ranked"] = provinces["ranked"].max() if len(unread) < len(provinces) else 0
    return {
        "municipalities": _table(totals.merged(records, MUNICIPALITIES), MUNICIPALITIES, refused),
        "provinces": provinces,
    }


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
    table = pd.DataFrame(rows, columns=[*names, *(name for name in COLUMNS if name not in (*RANKS, "ranked"))])
    table = table.astype({name: "float64" for name in COLUMNS if name.endswith(("share", "low", "high"))})
    return table.assign(**_ranks(table))[[*names, *COLUMNS]]


def _ranks(table: pd.DataFrame) -> dict[str, Any]:
    """Ranks that each place may have, 1 for the best score: only places with a wholly higher interval are before it."""
    is_ranked = table["complete"].astype(bool) & table["score_low"].notna()
    low, high = (table.loc[is_ranked, name].to_numpy() for name in ("score_low", "score_high"))
    before = low.size - np.searchsorted(np.sort(low), high, side="right")
    behind = np.searchsorted(np.sort(high), low, side="left")
    best, worst = (pd.array([pd.NA] * len(table), dtype="Int64") for _ in RANKS)
    best[is_ranked.to_numpy()], worst[is_ranked.to_numpy()] = before + 1, low.size - behind
    return {"rank_best": best, "rank_worst": worst, "ranked": low.size}


def write(found: Mapping[str, pd.DataFrame], out: Path) -> dict[str, str]:
    """Write each table as Parquet and as CSV below `out`, and return the files by name of the table.

    Raises
    ------
    OSError
        When a file cannot be written.
    """
    folder = out / partitions.SUMMARY
    for name, table in found.items():
        with partitions.replacing(folder / f"{name}.parquet") as temporary:
            table.to_parquet(temporary, index=False)
        # Excel reads the Thai of a CSV only with this mark; seventeen figures are every bit of a double.
        with partitions.replacing(folder / f"{name}.csv") as temporary:
            table.to_csv(temporary, index=False, encoding="utf-8-sig", float_format="%.17g")
    return {name: str(folder / f"{name}.csv") for name in found}


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON; what is not known is null."""
    return [
        {
            str(name): None if value is pd.NA or (isinstance(value, float) and math.isnan(value)) else value
            for name, value in row.items()
        }
        for row in table.astype(object).to_dict("records")
    ]
