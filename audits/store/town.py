"""Keep the town of a workspace: its name, the box in which its places lie, and its time zone."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import geopandas as gpd

from audits import errors, wording
from audits.store.db import connection
from audits.store.register import municipal_choices
from audits.store.surveys import read as reading
from layers import installation, positions, time_zones, utm

NAME_TH, NAME_EN, BOX, TIME_ZONE = "town_th", "town_en", "town_box", connection.TIME_ZONE

NO_NAME = errors.ProblemKind("TOWN-001", "The town needs a name.")
NO_BOX = errors.ProblemKind(
    "TOWN-002", "“{written}” is no box; write west,south,east,north in degrees, such as 98.9,18.7,99.1,18.9."
)
NO_ZONE = errors.ProblemKind(
    "TOWN-003", "“{written}” is no time zone; write its IANA name, such as Asia/Bangkok or Europe/Paris."
)
ZONE_IN_USE = errors.ProblemKind(
    "TOWN-004",
    "There are surveys already, and their days were written in {zone}; begin another workspace for {written}.",
)


@dataclass(frozen=True)
class Town:
    """A municipality: its name in both languages and where its places lie; nothing is known of an empty one.

    Parameters
    ----------
    th, en
        The name; English may be empty.
    box
        Degrees of WGS 84; None where nobody gave one.
    time_zone
        IANA name of the zone in which its days begin and end.
    """

    th: str = ""
    en: str = ""
    box: positions.Box | None = None
    time_zone: str = time_zones.BANGKOK

    def metres(self, places: gpd.GeoSeries | gpd.GeoDataFrame) -> str:
        """Reference system in which the town is measured: the UTM zone of its box, else that of some places."""
        return self.box.metres if self.box else utm.crs_of(places)

    def area(self, places: gpd.GeoSeries | gpd.GeoDataFrame) -> positions.Box | None:
        """Where the town lies: its box, else that around some places; None where nothing is known of it."""
        known = places.geometry[places.geometry.notna()]
        if self.box is not None or known.empty:
            return self.box
        return positions.Box.around(known)


def starter() -> Town:
    """Town of the starter register."""
    known = json.loads((installation.DATA / "register" / "town.json").read_text("utf-8"))
    return Town(known["th"], known["en"], positions.Box(*known["box"]))


def read(store: connection.Store) -> Town:
    """Town of a workspace: the one it names, else that of the starter register, unless its sites lie elsewhere."""
    chosen = municipal_choices.every(store)
    if chosen.get(NAME_TH):
        written = chosen.get(BOX, "")
        box = positions.read_box(written) if written else None
        return Town(chosen[NAME_TH], chosen.get(NAME_EN, ""), box, chosen.get(TIME_ZONE) or time_zones.BANGKOK)
    return assumed(reading.sites(store))


def assumed(sites: gpd.GeoDataFrame) -> Town:
    """Town of a register whose workspace names none."""
    town, known = starter(), sites.geometry[sites.geometry.notna()]
    if known.empty or town.box is None:
        return town
    inside = town.box.holds(known.x.to_numpy(), known.y.to_numpy())
    return town if inside.any() else Town()


def choose(
    store: connection.Store,
    th: str,
    en: str,
    box: str,
    actor: str,
    at: dt.datetime | None = None,
    *,
    time_zone: str = "",
) -> Town:
    """Set the town of a workspace: names as in :class:`Town`, the box as written; the same again writes nothing.

    Parameters
    ----------
    time_zone
        IANA name; when empty, the zone of a record with surveys stays, and else that of the box is taken.

    Raises
    ------
    audits.errors.RefusedError
        When it has no name, when the box or the zone is none, or when surveys were dated in another zone.
    audits.errors.NotAllowedError
        When this role may not choose for everybody.
    """
    place = _box(box)
    town = Town(th.strip() or en.strip(), en.strip(), place, _zone(store, time_zone.strip(), place))
    if not town.th:
        raise errors.RefusedError((NO_NAME.at("town"),))
    named = (NAME_TH, town.th), (NAME_EN, town.en), (BOX, str(town.box)), (TIME_ZONE, town.time_zone)
    for name, value in named:
        municipal_choices.choose(store, name, value, actor, at)
    # It holds for the whole process, which a demonstration beside the record must not set.
    if connection.kind(store) == "real":
        wording.use_time_zone(town.time_zone)
    return town


def _zone(store: connection.Store, written: str, box: positions.Box) -> str:
    if written and not time_zones.is_known(written):
        raise errors.RefusedError((NO_ZONE.at("time_zone", written=written),))
    if reading.surveys(store).empty:
        return written or time_zones.near(*box.middle)
    current = read(store).time_zone
    if written not in ("", current):
        raise errors.RefusedError((ZONE_IN_USE.at("time_zone", written=written, zone=current),))
    return current


def _box(written: str) -> positions.Box:
    found = positions.read_box(written)
    if found is None:
        raise errors.RefusedError((NO_BOX.at("box", written=written),))
    return found
