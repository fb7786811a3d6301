"""Write one row an element, with its site and the interval of everything measured, as GeoParquet."""

from __future__ import annotations

import io

import geopandas as gpd
import pandas as pd

from audits import wording
from audits.export import facts as facts_room
from audits.export import losses

_SITE_COLUMNS = (
    *("kind", "name_th", "name_en", "category", "setting", "zone", "position_status", "position_accuracy_m"),
    *("verdict", "grade", "score_low", "score_high", "coverage_share", "last_surveyed_on", "demonstration"),
)
_VERDICTS = {"failed": ("fail",), "undecided": ("borderline", "unknown"), "passed": ("pass",)}


def write(facts: facts_room.Facts, report: losses.Report, _words: wording.Wording) -> bytes:
    """Return a GeoParquet file: a row for each element, and one for a site without elements.

    Each measured quantity has two columns, ``low_`` and ``high_`` before its id: the interval of the readings with
    their uncertainty, in the unit in which the id ends. Criteria stand by verdict, separated by commas.
    """
    report.lose_rest(losses.CLAUSE, (), losses.NO_FIELD)
    not_asked = facts.findings.index[facts.findings["verdict"] == "not_applicable"]
    report.lose(losses.FINDING, not_asked, losses.NO_FIELD)
    sites = facts.sites[[*_SITE_COLUMNS, "geometry"]].rename(columns={"kind": "site_kind"})
    elements = facts.elements[["site_code", "kind", "permitted_on"]].rename(columns={"kind": "element_kind"})
    # from the right, so that a site without elements has its row
    table = elements.reset_index().merge(sites, how="right", left_on="site_code", right_index=True)
    # sorted, so that the same record gives the same bytes
    table = table.sort_values(["site_code", "element_id"], ignore_index=True)
    for name, verdicts in _VERDICTS.items():
        table[name] = table["element_id"].map(_criteria(facts, verdicts)).astype(object).fillna("")
    # by quantity, so that both ends of an interval stand side by side
    wide = facts.values.pivot(index="element_id", columns="quantity", values=["low", "high"]).sort_index(
        axis=1, level=1
    )
    wide.columns = wide.columns.map("_".join)
    table = table.join(wide.astype(float), on="element_id")
    written = io.BytesIO()
    gpd.GeoDataFrame(table, geometry="geometry", crs=facts.sites.crs).to_parquet(written, index=False)
    return written.getvalue()


def _criteria(facts: facts_room.Facts, verdicts: tuple[str, ...]) -> pd.Series:
    found = facts.findings.loc[facts.findings["verdict"].isin(verdicts)]
    return found.groupby(found["element_id"].astype(str))["criterion"].agg(lambda names: ",".join(sorted(names)))
