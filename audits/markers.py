"""Give every site its symbol and its full name for the map and its table twin."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from audits import terms, wording
from layers import symbols

BY_VERDICT, BY_GRADE = "verdict", "grade"


def markers(
    sites: gpd.GeoDataFrame, audited: pd.DataFrame, words: wording.Wording, by: str = BY_VERDICT
) -> gpd.GeoDataFrame:
    """Return the sites with what the map needs to draw and to say.

    Parameters
    ----------
    sites
        Index ``code``, EPSG:4326.
    audited
        :attr:`audits.audit.Audit.sites`.
    words
        The reader's language.
    by
        :data:`BY_VERDICT` or :data:`BY_GRADE`.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326; columns ``code``, ``label``, ``colour``, ``shape``, ``glyph``, ``hollow``, ``geometry``.
    """
    table = symbols.OF_VERDICT if by == BY_VERDICT else symbols.OF_GRADE
    chosen = [table[key] for key in audited[by].reindex(sites.index)]
    return gpd.GeoDataFrame(
        {
            "code": sites.index,
            "label": [label(row, audited.loc[row.Index], words) for row in sites.itertuples()],
            "colour": [symbol.colour for symbol in chosen],
            "shape": [symbol.shape for symbol in chosen],
            "glyph": [symbol.glyph for symbol in chosen],
            "hollow": sites["position_status"].isin(terms.POSITION_UNSURE).to_numpy(),
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )


def label(site: object, audited: pd.Series, words: wording.Wording) -> str:
    """Return a site's full name: code, name, verdict, score and how its position is known."""
    parts = (
        f"{site.Index} {site_name(site, words)}",  # type: ignore[attr-defined]
        words.text(terms.VERDICT[audited["verdict"]]),
        score_text(audited["score_low"], audited["score_high"], words),
        words.text(terms.POSITION_STATUS[site.position_status]),  # type: ignore[attr-defined]
    )
    return " · ".join(parts)


def site_name(site: object, words: wording.Wording) -> str:
    """Return a site's name in the reader's language, or in Thai where it has no other."""
    thai, english = str(getattr(site, "name_th", "")), str(getattr(site, "name_en", "") or "")
    return english if words.language == "en" and english else thai


def score_text(low: float, high: float, words: wording.Wording) -> str:
    """Return a score interval, one number where it is closed, a phrase where nothing applies."""
    if pd.isna(low):
        return words.text("no score")
    if high - low < 0.5:
        return words.text("score {score}", score=words.number(round(low), 0))
    return words.text("score {low} to {high}", low=words.number(round(low), 0), high=words.number(round(high), 0))
