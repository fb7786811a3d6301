"""Write the list of sites that the phone form chooses from."""

from __future__ import annotations

import csv
import io

import geopandas as gpd
import pandas as pd
import shapely

from audits import terms, wording
from audits.field.odk import names
from audits.formats import csv_writer

COLUMNS = ("name", names.SITE_CODE, "label", "name_en", names.GEOMETRY, names.SITE_ELEMENTS)


def sites_csv(
    sites: gpd.GeoDataFrame, elements: pd.DataFrame, words: wording.Wording, *, with_map: bool = False
) -> bytes:
    """Return ``sites.csv`` (UTF-8): a row a site, and one for any other place; its headers are XML names.

    Parameters
    ----------
    sites
        Index ``code``; ``name_th``, ``name_en``, ``position_accuracy_m``, ``geometry`` (EPSG:4326; None where nobody
        knows).
    elements
        Index ``element_id``; ``site_code``, ``kind``, ``label``; shown for the register's numbers.
    words
        Language of the labels.
    with_map
        Leave out what has no position, since a map cannot show it.
    """
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    shown = sites.loc[~(sites.geometry.isna() | sites.geometry.is_empty)] if with_map else sites
    known = _elements_by_site(elements, words)
    # row by row, a place that is missing would come out as NaN
    for (code, site), point in zip(shown.iterrows(), shown.geometry, strict=True):
        name = (site["name_en"] if words.language == "en" else "") or site["name_th"] or site["name_en"]
        place = _geometry(point, site["position_accuracy_m"])
        texts = (f"{code} {name}".strip(), site["name_en"], place, known.get(str(code), ""))
        # in a spreadsheet a name that begins like a formula would run
        table.writerow([code, code, *map(csv_writer.harmless, texts)])
    if not with_map:
        table.writerow([names.OTHER_SITE, names.OTHER_SITE, words.text("another place, not in this list"), "", "", ""])
    return written.getvalue().encode()


def count(written: bytes) -> int:
    """Count the sites of a list, without the row for any other place."""
    rows = csv.DictReader(io.StringIO(written.decode()))
    return sum(row["name"] != names.OTHER_SITE for row in rows)


def _geometry(point: shapely.Point | None, accuracy_m: float | None) -> str:
    """Return a position as XForms write it: latitude, longitude, altitude, accuracy; empty when not known."""
    known_to_m = accuracy_m if accuracy_m and accuracy_m > 0 else 0
    return "" if point is None or point.is_empty else f"{point.y:.6f} {point.x:.6f} 0 {known_to_m:g}"


def _elements_by_site(elements: pd.DataFrame, words: wording.Wording) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for element_id, element in elements.sort_index().iterrows():
        number = str(element_id).rpartition(".")[2]
        title = f"{words.text(terms.ELEMENT_KIND[element['kind']])} {number}"
        label = str(element["label"] or "").strip()
        texts.setdefault(str(element["site_code"]), []).append(f"{title} {label}".strip())
    return {code: "; ".join(each) for code, each in texts.items()}
