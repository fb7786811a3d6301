"""Keep the town of a workspace: its name and the box in which its places lie."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import geopandas as gpd

from audits import errors
from audits.store.db import connection
from audits.store.register import municipal_choices
from audits.store.surveys import read as reading
from layers import installation, positions, utm

NAME_TH, NAME_EN, BOX = "town_th", "town_en", "town_box"

NO_NAME = errors.ProblemKind("TOWN-001", "The town needs a name.")
NO_BOX = errors.ProblemKind(
    "TOWN-002", "“{written}” is no box; write west,south,east,north in degrees, such as 98.9,18.7,99.1,18.9."
)


@dataclass(frozen=True)
class Town:
    """A municipality: its name in both languages and the box of its places; nothing is known of an empty one.

    Parameters
    ----------
    th, en
        The name; English may be empty.
    box
        Degrees of WGS 84; None where nobody gave one.
    """

    th: str = ""
    en: str = ""
    box: positions.Box | None = None

    def metres(self, places: gpd.GeoSeries | gpd.GeoDataFrame) -> str:
        """Reference system in which the town is measured: the UTM zone of its box, else that of some places."""
        return self.box.metres if self.box else utm.crs_of(places)


def starter() -> Town:
    """Town of the starter register."""
    known = json.loads((installation.DATA / "register" / "town.json").read_text("utf-8"))
    return Town(known["th"], known["en"], positions.Box(*known["box"]))


def read(store: connection.Store) -> Town:
    """Town of a workspace: the one it names, else that of the starter register, unless its sites lie elsewhere."""
    chosen = municipal_choices.every(store)
    if chosen.get(NAME_TH):
        written = chosen.get(BOX, "")
        return Town(chosen[NAME_TH], chosen.get(NAME_EN, ""), positions.read_box(written) if written else None)
    return assumed(reading.sites(store))


def assumed(sites: gpd.GeoDataFrame) -> Town:
    """Town of a register whose workspace names none."""
    town, known = starter(), sites.geometry[sites.geometry.notna()]
    if known.empty or town.box is None:
        return town
    inside = town.box.holds(known.x.to_numpy(), known.y.to_numpy())
    return town if inside.any() else Town()


def choose(store: connection.Store, th: str, en: str, box: str, actor: str, at: dt.datetime | None = None) -> Town:
    """Set the town of a workspace: names as in :class:`Town`, the box as written; the same again writes nothing.

    Raises
    ------
    audits.errors.RefusedError
        When it has no name or the box is none.
    audits.errors.NotAllowedError
        When this role may not choose for everybody.
    """
    town = Town(th.strip() or en.strip(), en.strip(), _box(box))
    if not town.th:
        raise errors.RefusedError((NO_NAME.at("town"),))
    for name, value in ((NAME_TH, town.th), (NAME_EN, town.en), (BOX, str(town.box))):
        municipal_choices.choose(store, name, value, actor, at)
    return town


def _box(written: str) -> positions.Box:
    found = positions.read_box(written)
    if found is None:
        raise errors.RefusedError((NO_BOX.at("box", written=written),))
    return found
