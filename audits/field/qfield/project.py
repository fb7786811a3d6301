"""Write the project that QField and QGIS open: two layers, their drawing and the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pyproj

from audits import wording
from audits.field.qfield import layout
from audits.formats import templates
from audits.reports import qgis_style

# QGIS and QField write NULL for this value of a value map.
NOTHING = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"
ON_THE_GROUND, IN_DEGREES = 32648, 4326

_TEMPLATE = Path(__file__).parent / "templates" / "project.qgs.j2"
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


@dataclass(frozen=True)
class Project:
    """Content of the project.

    Parameters
    ----------
    title
        Shown when it is open.
    survey_fields, site_fields
        Columns of the two layers, without ``fid``.
    groups
        Pages of the form.
    bounds
        West, south, east and north of what is shown first, in degrees.
    """

    title: str
    survey_fields: Sequence[layout.Field]
    site_fields: Sequence[layout.Field]
    groups: Sequence[layout.Group]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class _Layer:
    id: str
    name: str
    title: str
    preview: str
    fields: Sequence[layout.Field]
    groups: Sequence[layout.Group] = ()
    read_only: bool = False

    @property
    def source(self) -> str:
        return f"./{layout.GEOPACKAGE}|layername={self.name}"

    @property
    def positions(self) -> Mapping[str, int]:
        """Place of each column in the table, after ``fid``."""
        return {field.name: position for position, field in enumerate(self.fields, start=1)}


def document(made: Project, words: wording.Wording) -> bytes:
    """Return the project as QGIS saves it, with paths relative to its own folder."""
    to_ground = pyproj.Transformer.from_crs(IN_DEGREES, ON_THE_GROUND, always_xy=True)
    style = ElementTree.fromstring(qgis_style.qml((), words, points=True))  # noqa: S314 - written by ourselves
    preview = '"element_kind" || \' \' || coalesce("element_number", 1)'
    layers = (
        _Layer(
            "field_survey_jaidee", layout.LAYER, words.text("Field survey"), preview, made.survey_fields, made.groups
        ),
        _Layer("site_jaidee", layout.SITES, words.text("Sites"), '"label"', made.site_fields, read_only=True),
    )
    written = templates.render(
        _TEMPLATE,
        title=made.title,
        ground=pyproj.CRS.from_epsg(ON_THE_GROUND),
        degrees=pyproj.CRS.from_epsg(IN_DEGREES),
        layers={layer.name: layer for layer in layers},
        extent=to_ground.transform_bounds(*made.bounds),
        by_verdict="".join(ElementTree.tostring(each, encoding="unicode") for each in style.findall("renderer-v2")),
        nothing=NOTHING,
    )
    return (_DOCTYPE + written).encode()
