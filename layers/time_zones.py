"""Find the time zone of a place among those of the IANA database."""

from __future__ import annotations

import functools
import importlib.resources
import re
import zoneinfo

BANGKOK = "Asia/Bangkok"
# Thailand reaches 5-21° N and 97-106° E; the reference city nearest to its north is that of Myanmar.
_THAILAND = (97.3, 5.6, 105.7, 20.5)
# Degrees, minutes and perhaps seconds, as in +404251-0740023.
_ISO_6709 = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


def is_known(name: str) -> bool:
    """Whether a name is one of the IANA database, such as ``Europe/Paris``."""
    return name in zoneinfo.available_timezones()


def near(longitude: float, latitude: float) -> str:
    """Zone of the nearest reference city, Thailand's inside Thailand; near a border it may be that of the neighbour.

    Parameters
    ----------
    longitude, latitude
        Degrees of WGS 84.

    Examples
    --------
    >>> near(98.98, 18.79), near(2.35, 48.86), near(-74.0, 40.7)
    ('Asia/Bangkok', 'Europe/Paris', 'America/New_York')
    """
    west, south, east, north = _THAILAND
    if west <= longitude <= east and south <= latitude <= north:
        return BANGKOK
    # imported here: every command reads this module, and few measure
    from layers import distance

    return min(_cities(), key=lambda city: distance.metres_between(longitude, latitude, city[0], city[1]))[2]


@functools.cache
def _cities() -> tuple[tuple[float, float, str], ...]:
    # from the package: Windows has no zone files of its own
    table = (importlib.resources.files("tzdata") / "zoneinfo" / "zone1970.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple((*_position(written), name) for _, written, name, *_ in rows)


def _position(written: str) -> tuple[float, float]:
    (found,) = _ISO_6709.findall(written)
    latitude, longitude = (
        float(f"{sign}1") * (int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600)
        for sign, degrees, minutes, seconds in (found[:4], found[4:])
    )
    return longitude, latitude
