"""Draw the city as a web map that needs no network, in the app or as one file."""

from __future__ import annotations

import base64
import json
import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import folium
import geopandas as gpd
import jinja2
import shapely
from folium.utilities import JsCode

from layers import errors, web_assets, web_ground
from layers import ground as ground_room

# The frame of the map component lies two levels below the app's root, under whatever address the app is served.
ASSETS = "../../assets/"

SHAPES = ("circle", "square", "triangle", "diamond", "hexagon")
# Colours of the ground; the lines have a contrast of at least 3 to 1 with the paper.
CHOSEN = "#00468b"
PAPER, STREET, OUTLINE = "#f6f5f1", "#85847a", "#5f6f7a"
WORST_FIRST = ("✕", "D", "▼", "▽", "±", "C", "?", "=", "B", "△", "✓", "A", "▲", "·")

_MARKER_COLUMNS = ("code", "label", "colour", "shape", "glyph", "hollow")
_SCRIPTS = ("vendor/leaflet/leaflet.js", "symbols.js", "crowd.js", "dress.js", "map.js")
_STYLES = ("vendor/leaflet/leaflet.css", "map.css")
# Zoom levels: the largest, the smallest, and the one at which a single site is first seen with its streets.
_CLOSEST, _FARTHEST, _ONE_SITE = 19, 10, 17
_BRACE = "\ue000"
_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
_TILES_ATTRIBUTION = "&copy; OpenStreetMap contributors"
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend: a symbol and what it means; `name` is what a group calls sites with this glyph."""

    text: str
    colour: str
    shape: str
    glyph: str
    hollow: bool = False
    name: str = ""


@dataclass(frozen=True)
class MapWords:
    """Texts of the map in the reader's language; plain text, never HTML.

    Parameters
    ----------
    language
        ``th`` or ``en``; also chooses the names of streets and places.
    title
        Name of the map, spoken and shown.
    zoom_in, zoom_out
        Names of the two buttons.
    north
        Label of the north arrow.
    attribution
        Sources of the ground.
    skip, panel
        Texts of the link past the map and of the panel beside it, in an exported file.
    legend_title, legend
        The legend; none is drawn when `legend` is empty.
    group
        Name of a group of `{n}` sites; `{parts}` says how many there are of each kind, the worst first.
    group_part
        One of these parts: `{n}` sites that the legend's `{name}` describes.
    legend_group
        What the ring of a group means; left out of the legend when empty.
    """

    language: str
    title: str
    zoom_in: str
    zoom_out: str
    north: str
    attribution: str
    skip: str
    panel: str
    legend_title: str
    legend: tuple[LegendEntry, ...] = ()
    group: str = "{n} sites: {parts}. Enter zooms in"
    group_part: str = "{n} {name}"
    legend_group: str = ""


def city_map(
    sites: gpd.GeoDataFrame,
    ground: ground_room.Ground,
    words: MapWords,
    *,
    online_tiles: bool = False,
    worst_first: tuple[str, ...] = WORST_FIRST,
    shades: Sequence[web_ground.Shade] = (),
) -> folium.Map:
    """Draw the sites on the ground, north up; one layer for each class of things.

    Sites that would cover one another become a group that counts them; entering it zooms in. The chosen site is
    never in a group.

    Parameters
    ----------
    sites
        Points, EPSG:4326, with `code`, `label` (full text, spoken), `colour` (``#rrggbb``), `shape` (one of
        :data:`SHAPES`), `glyph` (one or two characters) and `hollow` (bool: position not confirmed).
    ground
        Drawn under the sites.
    words
        The reader's words.
    online_tiles
        Also fetch OpenStreetMap's raster tiles, in place of our labels.
    worst_first
        Glyphs, the worst first: how a group orders its sites, and which sign it bears.
    shades
        Areas over the ground, the lowest first.

    Raises
    ------
    errors.LayerError
        If a site lacks a column or a point, or has a colour, shape or glyph that is not accepted; all are named.
    """
    faults = list(_marker_faults(sites))
    if faults:
        raise errors.LayerError("sites on the map: " + "; ".join(faults))
    city = empty_map()
    city.options["words"] = _inert(asdict(words) | {"legend": [_inert(asdict(entry)) for entry in words.legend]})
    city.options["paper"] = PAPER
    city.options["worst_first"] = list(worst_first)
    if online_tiles:
        # tiles are pictures of whole zoom levels and blur between two of them
        city.options["zoom_snap"] = 1
        folium.TileLayer(_TILES, attr=_TILES_ATTRIBUTION, max_zoom=_CLOSEST, name="tiles").add_to(city)
    for layer in _ground(ground, words.language, labelled=not online_tiles):
        layer.add_to(city)
    for shade in shades:
        features = [_feature(shape, {"style": style}) for shape, style in shade.parts()]
        folium.GeoJson(_collection(features), name=shade.name, control=False, interactive=False).add_to(city)
    _sites_layer(sites).add_to(city)
    shown = [*sites.geometry, *(shade.area for shade in shades if not shapely.is_empty(shade.area))]
    city.fit_bounds(
        _bounds(_in_view(gpd.GeoSeries(shown, crs=sites.crs), ground.outline)), padding=(24, 24), max_zoom=_ONE_SITE
    )
    # Fixed ids, so that the same content gives the same file.
    for number, child in enumerate(city._children.values(), 1):
        child._id = f"{number:032x}"
    return city


def empty_map(assets: str = ASSETS) -> folium.Map:
    """Make an empty map that uses our own scripts and styles."""
    city = folium.Map(
        tiles=None,
        zoom_control=False,
        zoom_snap=0.25,
        prefer_canvas=True,
    )
    # folium hands its own limits to the tiles, and there are none.
    city.options |= {"min_zoom": _FARTHEST, "max_zoom": _CLOSEST}
    # The same content gives the same file; the map component knows an element by 32 hexadecimal digits.
    city._id = f"{0:032x}"
    city.default_js = [(Path(name).stem, assets + name) for name in _SCRIPTS]
    city.default_css = [(Path(name).stem + "_css", assets + name) for name in _STYLES]
    return city


def selection_layer(code: str, longitude: float, latitude: float) -> folium.FeatureGroup:
    """Make the ring round the chosen site, for a drawn map; it also marks the site as pressed.

    Parameters
    ----------
    code
        The site's code.
    longitude, latitude
        WGS 84 degrees.
    """
    feature = _feature(shapely.Point(longitude, latitude), {"code": code, "colour": CHOSEN})
    group = folium.FeatureGroup(name="chosen", control=False)
    folium.GeoJson(_collection([feature]), control=False, point_to_layer=JsCode("jaidee.ring")).add_to(group)
    return group


def export_html(
    city: folium.Map,
    *,
    title: str,
    language: str,
    panel_html: str,
    script: str = "",
    style: str = "",
    static_folder: Path = web_assets.STATIC,
) -> str:
    """Write the map and the panel beside it as one HTML file that needs no network.

    Parameters
    ----------
    city
        As drawn by :func:`city_map`, without online tiles.
    title
        Heading and name of the page; plain text.
    language
        Language of the page.
    panel_html
        Table twin of the map, already escaped by the caller; content of ``#panel``.
    script
        JavaScript run last; it may listen for ``jaidee:chosen`` on the document and call ``jaidee.show(code)``.
    style
        CSS added last.
    static_folder
        The folder that :func:`layers.web_assets.prepare` filled.

    Raises
    ------
    errors.LayerError
        If the map is not one of :func:`city_map` or asks for online tiles, or a library or font has not been prepared.
    """
    words = city.options.get("words")
    if not isinstance(words, dict) or any(isinstance(child, folium.TileLayer) for child in city._children.values()):
        raise errors.LayerError("only a map drawn by city_map without online tiles can be exported")
    figure = cast(folium.Figure, city.get_root())
    figure.render()
    scripts = [_read(static_folder, name).decode() for name in _SCRIPTS] + [figure.script.render(), script]
    styles = [_styles(static_folder, name) for name in (*_STYLES, "export.css")] + [style]
    # outside of the map nothing restores the braces
    skip, panel = (str(words[key]).replace(_BRACE, "{") for key in ("skip", "panel"))
    return _TEMPLATES.get_template("exported_map.html.j2").render(
        title=title,
        language=language,
        skip=skip,
        panel=panel,
        map_id=city.get_name(),
        panel_html=panel_html,
        styles=[_contained(text, "style") for text in styles],
        scripts=[_contained(text, "script") for text in scripts],
    )


def _marker_faults(sites: gpd.GeoDataFrame) -> Iterator[str]:
    missing = [name for name in _MARKER_COLUMNS if name not in sites]
    if missing:
        yield "missing columns " + ", ".join(missing)
        return
    for site in sites.itertuples():
        if site.geometry is None or site.geometry.geom_type != "Point" or site.geometry.is_empty:
            yield f"{site.code}: no point"
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(site.colour)):
            yield f"{site.code}: colour {site.colour!r} is not #rrggbb"
        if site.shape not in SHAPES:
            yield f"{site.code}: shape {site.shape!r} is not one of {', '.join(SHAPES)}"
        if not 1 <= len(str(site.glyph)) <= 2:
            yield f"{site.code}: glyph {site.glyph!r} is not one or two characters"


def _sites_layer(sites: gpd.GeoDataFrame) -> folium.GeoJson:
    columns = [sites[name].tolist() for name in _MARKER_COLUMNS]
    features = [
        _feature(point, dict(zip(_MARKER_COLUMNS, values, strict=True)))
        for point, *values in zip(sites.geometry, *columns, strict=True)
    ]
    draw = JsCode("jaidee.marker")
    return folium.GeoJson(_collection(features), name="sites", control=False, point_to_layer=draw)


def _ground(ground: ground_room.Ground, language: str, *, labelled: bool) -> Iterator[folium.GeoJson]:
    edge = {"color": OUTLINE, "weight": 2, "dashArray": "8 5", "fill": False}
    drawn = [(name, web_ground.area(name, getattr(ground, name))) for name in web_ground.AREAS]
    drawn.append(("outline", [(shape, edge) for shape in ground.outline.geometry]))
    drawn.append(("streets", web_ground.streets(ground.streets, STREET)))
    for name, parts in drawn:
        if parts:
            features = [_feature(shape, {"style": style}) for shape, style in parts]
            yield folium.GeoJson(_collection(features), name=name, control=False, interactive=False)
    if labelled:
        texts = web_ground.labels(ground, "name_th" if language == "th" else "name_en")
        features = [_feature(point, {"kind": kind, "text": text}) for kind, point, text in texts]
        draw = JsCode("jaidee.label")
        yield folium.GeoJson(_collection(features), name="labels", control=False, point_to_layer=draw)


def _in_view(shown: gpd.GeoSeries, outline: gpd.GeoDataFrame) -> gpd.GeoSeries | gpd.GeoDataFrame:
    """Return the first view: the things drawn, with the whole outline where they fill half of its box or more."""
    if not len(shown) or not len(outline):
        return shown if len(shown) else outline
    drawn, whole = (shapely.box(*each.total_bounds) for each in (shown, outline))
    is_wide = drawn.intersection(whole).area >= whole.area / 2
    return gpd.GeoSeries([drawn, whole]) if is_wide else shown


def _bounds(frame: gpd.GeoSeries | gpd.GeoDataFrame) -> list[list[float]]:
    west, south, east, north = (float(edge) for edge in frame.total_bounds)
    return [[south, west], [north, east]]


def _feature(shape: shapely.Geometry, properties: dict[str, object]) -> dict[str, object]:
    # Six decimals are 0.1 m; more would only make the file larger.
    rounded = shapely.set_precision(shape, 1e-6, mode="pointwise")
    return {"type": "Feature", "properties": _inert(properties), "geometry": json.loads(shapely.to_geojson(rounded))}


def _inert(texts: dict[str, object]) -> dict[str, object]:
    """Replace braces in texts: folium renders its output as a template a second time; map.js restores them."""
    return {key: text.replace("{", _BRACE) if isinstance(text, str) else text for key, text in texts.items()}


def _collection(features: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": features}


def _read(static_folder: Path, name: str) -> bytes:
    if name.startswith("vendor/"):
        return web_assets.path_of(name.removeprefix("vendor/"), static_folder).read_bytes()
    return (web_assets.STATIC / name).read_bytes()


def _styles(static_folder: Path, name: str) -> str:
    folder = name.rpartition("/")[0]

    def inline(found: re.Match[str]) -> str:
        target = found[1].strip("'\"")
        if target.startswith(("data:", "#")):
            return found[0]
        path = f"{folder}/{target}" if folder else target
        # not every system's list of types knows woff2
        kind = mimetypes.guess_type(path)[0] or "font/woff2"
        return f"url(data:{kind};base64,{base64.b64encode(_read(static_folder, path)).decode()})"

    return re.sub(r"url\(([^)]+)\)", inline, _read(static_folder, name).decode())


def _contained(text: str, tag: str) -> str:
    """Keep a text inside its element: the element's own end tag must not stand in it."""
    contained = re.sub(rf"</({tag})", r"<\\/\1", text, flags=re.IGNORECASE)
    # An opening comment in a script would swallow the end tag.
    return contained.replace("<!--", "<\\!--") if tag == "script" else contained
