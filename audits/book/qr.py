"""Write square codes with a place or an address for a phone's camera."""

from __future__ import annotations

import io
import urllib.parse

import segno

QUIET_MODULES = 4
CHEQUERED = 0


def place(latitude: float, longitude: float, code: str) -> str:
    """Return the text that opens a place in a map app, its site's code as the name of the pin.

    Parameters
    ----------
    latitude, longitude
        WGS 84 degrees; written to six decimals, about 0.1 m.
    code
        Site code.

    Notes
    -----
    A ``geo:`` URI of RFC 5870 with the query that map apps read for a named pin.
    """
    where = f"{latitude:.6f},{longitude:.6f}"
    return f"geo:{where}?q={where}({urllib.parse.quote(code)})"


def page(address: str, code: str) -> str:
    """Return the address of a site's page under the address of the application."""
    return f"{address.rstrip('/')}/site?site={urllib.parse.quote(code)}"


def svg(text: str) -> str:
    """Return the square code as SVG with its quiet zone; medium error correction (15 %).

    The mask is always the chequered one: weighing all eight takes most of the time and no reader needs it.
    """
    written = io.BytesIO()
    # the cameras of most phones read no micro code
    code = segno.make(text, error="m", micro=False, boost_error=False, mask=CHEQUERED)
    code.save(written, kind="svg", xmldecl=False, svgns=True, border=QUIET_MODULES, nl=False)
    return written.getvalue().decode()
