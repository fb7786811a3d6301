"""Number a drawing by its place, or else its day, and by what is drawn, so that no two drawings share a number."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from audits import survey
from audits.ramps import design_record

_DIGITS = 6


def number(drawn: Mapping[str, Any], place: str, made_on: dt.date) -> str:
    """Return the number of a drawing, without that of the sheet; the same drawing always has the same.

    It stays when an engineer signs, whatever the work costs by then.

    Parameters
    ----------
    drawn
        The design from :func:`audits.ramps.design_record.drawn`, or the kept one that holds it.
    place
        Id of the element, or else code of the site, with which the number begins; empty for a ramp anywhere.
    made_on
        Day on the drawing, with which the number of a ramp anywhere begins.
    """
    # As JSON, since a design that was read back has lists where a new one has tuples.
    text = json.dumps({name: drawn[name] for name in design_record.DRAWN}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS].upper()
    code, kind, element = (*place.rsplit(".", 2), "", "")[:3]
    # both the code of a site and that before an element may hold dots
    code, element = (code, element) if kind in survey.ELEMENT_KINDS else (place, "")
    return f"{code or f'{made_on:%Y%m%d}'}-R{element}-{digest}"
