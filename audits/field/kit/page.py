"""Build the offline kit: an HTML page that asks, judges and keeps surveys without a network."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import geopandas as gpd
import pandas as pd
import shapely

from audits import errors, terms, wording
from audits import record as records
from audits.field import answers, photo_requests, position_checks
from audits.field.kit import rules as kit_rules
from audits.formats import templates
from audits.scoring import run
from audits.store.surveys import submit
from audits.works import begun, fix_states
from layers import ground as ground_room
from layers import sources, web_assets, web_ground

FOLDER = web_assets.STATIC / "kit"
# In the order in which they need each other.
SCRIPTS = (
    *("cells", "answers", "judge", "contradictions", "sha256", "store", "words", "dom", "photos", "notes", "sync"),
    *("bundle", "map", "position", "place", "screens", "photo_list", "boxes"),
    *("list_screen", "site_screen", "element_screen", "queue_screen", "kit"),
)
ADDRESS_SCHEMES = ("http", "https")

# A script has no catalogue to look into, so each kit carries its phrases in both languages, by the scripts' keys.
WORDS: Mapping[str, str] = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
NO_SCRIPT = wording.phrase("This page needs JavaScript; allow it in the browser.")

# What the office holds a record to, for the phone to ask before it is sent.
LIMITS = {
    "coarse_m": position_checks.COARSE_M,
    "coarse_move_m": submit.COARSEST_MOVE_M,
    "reach_m": position_checks.REACH_M,
    "far_m": position_checks.FAR_REACH_M,
    "worst_accuracy_m": position_checks.WORST_ACCURACY_M,
    "null_island_degrees": position_checks.NULL_ISLAND_DEGREES,
    "nearly_empty": answers.NEARLY_EMPTY,
    "most_readings": answers.MOST_READINGS,
    "least_answered": begun.LEAST_ANSWERED,
    "photo_words": photo_requests.WORDS,
}

_TEMPLATE = Path(__file__).parent / "templates" / "page.html.j2"
_POLICY = re.compile(rb'http-equiv="Content-Security-Policy" content="([^"]+)"')

NO_ADDRESS = errors.ProblemKind(
    "KIT-001", "“{written}” is no address of a server; write it as https://jaidee.example.go.th"
)


@dataclass(frozen=True)
class Origin:
    """Where a kit comes from and goes back to.

    Parameters
    ----------
    workspace_id
        From :func:`audits.field.kit.store.workspace_id`; keeps the records of two municipalities apart on one phone.
    demonstration
        Its surveys are invented.
    address
        Where a page opened from a file sends to, such as ``https://jaidee.example.go.th``; empty for by hand only.
    language
        In which the page opens at first.
    """

    workspace_id: str
    demonstration: bool = False
    address: str = ""
    language: str = "th"


def pack(
    record: records.AuditedRecord,
    devices: pd.DataFrame,
    origin: Origin,
    ground: ground_room.Ground | None = None,
    unsized: Collection[str] = (),
) -> dict[str, Any]:
    """Return everything that the page knows, as plain JSON.

    Parameters
    ----------
    record
        The sites to survey.
    devices
        Of :func:`audits.store.register.devices.latest`.
    origin
        Where it comes from.
    ground
        What its map is drawn on, of which it takes what is near; the coarse one when not given.
    unsized
        Ids of the elements whose price rests on a rise that nobody levelled; the phone asks to level it.
    """
    sites, elements = record.sites, record.elements
    return {
        "rules": kit_rules.pack(record, WORDS),
        "workspace": origin.workspace_id,
        "demonstration": origin.demonstration,
        "address": origin.address,
        "language": origin.language,
        "time_zone": record.town.time_zone,
        "position_statuses": {key: _both(english) for key, english in terms.POSITION_STATUS.items()},
        "devices": _devices(devices),
        "sites": _sites(
            sites,
            elements.assign(unsized=elements.index.isin(unsized)),
            begun.last_surveyed(record),
            begun.begun(record),
            record.retired,
        ),
        "limits": LIMITS,
        "ground": _ground(ground or ground_room.of(None, record.area), sites),
    }


def render(packed: Mapping[str, Any], static_folder: Path = web_assets.STATIC) -> bytes:
    """Return the page in UTF-8; it asks the network for nothing but the office it was made for.

    Parameters
    ----------
    packed
        From :func:`pack`.
    static_folder
        The folder that :func:`layers.web_assets.prepare` filled.

    Raises
    ------
    layers.errors.LayerError
        If a font has not been prepared.
    """
    scripts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    style = _style(static_folder)
    words = wording.Wording(packed["language"])
    written = templates.render(
        _TEMPLATE,
        language=words.language,
        policy=policy(scripts, style, packed["address"]),
        icon=f"data:image/svg+xml,{quote((FOLDER / 'icon.svg').read_text('utf-8'))}",
        title=words.text(WORDS["kit_title"]),
        style=style,
        noscript=words.text(NO_SCRIPT),
        data=_json(packed),
        scripts=scripts,
    )
    return written.encode()


def policy(scripts: Sequence[str], style: str, address: str) -> str:
    """Return a Content-Security-Policy: the scripts of the page and no other, requests to its own office only."""
    return "; ".join(
        (
            "default-src 'none'",
            # hashes, since a page that is opened from a file has no server that could give out a nonce
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {_hash(style)}",
            "font-src data:",
            "img-src blob: data:",
            f"connect-src 'self' {address}".rstrip(),
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def policy_of(content: bytes) -> str:
    """Return the policy written into a page, so that a server can send the same."""
    found = _POLICY.search(content)
    return html.unescape(found[1].decode()) if found else ""


def known_address(written: str) -> str:
    """Return the address of a server without its path, or empty for none.

    Raises
    ------
    audits.errors.RefusedError
        If it is none.
    """
    written = written.strip()
    parts = urlsplit(written)
    if not written:
        return ""
    # the address goes into the policy of the page, where a blank or a semicolon would begin another rule
    plain = parts.netloc and not set(parts.netloc) & set(" '\";,<>@")
    if parts.scheme not in ADDRESS_SCHEMES or not plain:
        raise errors.RefusedError((NO_ADDRESS.at("address", written=written),))
    # the scripts bring their own path
    return f"{parts.scheme}://{parts.netloc}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _style(static_folder: Path) -> str:
    style = (FOLDER / "kit.css").read_text(encoding="utf-8")
    for place, font in (("{regular}", "Sarabun-Regular"), ("{bold}", "Sarabun-Bold")):
        # within the page, since in the field there is nothing to fetch a font from
        content = web_assets.path_of(f"fonts/{font}.woff2", static_folder).read_bytes()
        style = style.replace(place, f"data:font/woff2;base64,{base64.b64encode(content).decode()}")
    return style


def _json(packed: Mapping[str, Any]) -> str:
    # the parser of a browser knows no NaN
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Inside a script element only "<" can end it.
    return text.replace("<", "\\u003c")


def _both(english: str) -> dict[str, str]:
    return {language: wording.Wording(language).text(english) for language in wording.LANGUAGES}


def _devices(devices: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {
        f"{row['instrument_id']}/{code}": {
            "uncertainty": float(row["uncertainty"]),
            "valid_until": _day(row["valid_until"]),
        }
        for code, row in devices.iterrows()
    }


def _sites(
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    surveyed: pd.Series[Any],
    begun_ones: pd.DataFrame,
    retired: Iterable[str],
) -> list[dict[str, Any]]:
    # split once: looking for each site among all elements would be quadratic
    of_site = {str(code): rows for code, rows in elements.groupby("site_code")}
    none = elements.iloc[:0]
    last = surveyed.dropna().to_dict()
    counts = {
        str(code): {"begun": {"done": int(row["answered"]), "all": int(row["asked"])}}
        for code, row in begun_ones.iterrows()
    }
    gone = _retired(retired)
    return [
        _site(str(code), row, of_site.get(str(code), none))
        | _days(last.get(str(code)))
        | counts.get(str(code), {})
        | ({"retired": gone[str(code)]} if str(code) in gone else {})
        for code, row in sites.iterrows()
    ]


def _retired(element_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the highest number that a retired element keeps, by site and kind."""
    found: dict[str, dict[str, int]] = {}
    for element_id in element_ids:
        code, kind, number = element_id.rsplit(".", 2)
        of_site = found.setdefault(code, {})
        of_site[kind] = max(of_site.get(kind, 0), int(number) if number.isdecimal() else 0)
    return found


def _days(last: Any) -> dict[str, str]:
    """Days on which a site was surveyed last and is due again; empty while it never was."""
    if last is None:
        return {"surveyed_on": "", "due_on": ""}
    day = wording.local_day(last)
    due = day + dt.timedelta(days=fix_states.RESURVEY_AFTER_DAYS)
    return {"surveyed_on": day.isoformat(), "due_on": due.isoformat()}


def _site(code: str, row: Mapping[Any, Any], elements: pd.DataFrame) -> dict[str, Any]:
    point = row["geometry"]
    return {
        "code": code,
        "th": row["name_th"],
        "en": row["name_en"],
        "setting": row["setting"],
        "zone": None if pd.isna(row["zone"]) else int(row["zone"]),
        "street": {"th": row["street_th"], "en": row["street_en"]},
        # a decimetre is finer than any phone knows its place, and the page stays small
        "lat": None if point is None else round(point.y, 6),
        "lon": None if point is None else round(point.x, 6),
        "position_status": row["position_status"],
        "accuracy_m": None if pd.isna(row["position_accuracy_m"]) else float(row["position_accuracy_m"]),
        "elements": [
            {"id": str(name), "kind": one["kind"], "label": one["label"], "permitted_on": _day(one["permitted_on"])}
            | ({"unsized": True} if one["unsized"] else {})
            for name, one in elements.iterrows()
        ],
    }


def _day(stamp: Any) -> str:
    day = run.day_of(stamp)
    return "" if day is None else day.isoformat()


def _ground(whole: ground_room.Ground, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the ground near the sites in degrees to five decimals, about one metre."""
    near = ground_room.near(whole, sites.geometry, ground_room.IN_POCKET)
    lines = near.streets.to_crs(sources.WGS84)
    # streets without a class are the coarse axes, and these are of main streets
    main = ~near.streets["highway"].ne("") | near.streets["highway"].isin(ground_room.EVERYWHERE)
    streets = [
        {"points": _rounded(line.coords), **({} if wide else {"lesser": True})}
        for shape, wide in zip(lines.geometry, main, strict=True)
        for line in shapely.get_parts(shape)
    ]
    places = [
        {"th": row["name_th"], "en": row["name_en"], "lat": round(row["lat"], 5), "lon": round(row["lon"], 5)}
        for _, row in near.places.iterrows()
    ]
    areas = {name: _rings(getattr(near, name)) for name in web_ground.AREAS} if near.mapped else {}
    credit = {"credit": _both(terms.ground_credit(near.mapped))} if near.mapped else {}
    return {"streets": streets, "places": places, "outline": _rings(near.outline), **areas, **credit}


def _rings(frame: gpd.GeoDataFrame) -> list[list[list[float]]]:
    """Return the outer rings of areas; a phone's map needs no holes."""
    parts = shapely.get_parts(frame.to_crs(sources.WGS84).geometry.to_numpy())
    return [_rounded(part.exterior.coords) for part in parts]


def _rounded(vertices: Any) -> list[list[float]]:
    return [[round(each, 5) for each in vertex[:2]] for vertex in vertices]
