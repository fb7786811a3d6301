"""Sign off a saved design, and compare a drawing with the one that was checked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from audits import errors
from audits.ramps import design_record
from audits.ramps.drawing import drawing

KEY = "signed_off"
NO_ENGINEER = errors.ProblemKind("DESIGN-030", "Write the name of the engineer who checked the drawing.")
NO_LICENCE = errors.ProblemKind("DESIGN-031", "Write the number of the engineer's licence.")
IN_THE_FUTURE = errors.ProblemKind("DESIGN-032", "{day} has not come yet; write the day of the check.")
FAILS = errors.ProblemKind("DESIGN-033", "The drawing does not meet {criteria}; a design that fails is not signed off.")


def signed(content: Mapping[str, Any], signature: drawing.SignedOff, today: dt.date) -> dict[str, Any]:
    """Return the content of a saved design with the engineer's signature.

    Parameters
    ----------
    content
        From :func:`audits.ramps.design_record.content`.
    signature
        The engineer's check.
    today
        Last day that a check can have.

    Raises
    ------
    errors.RefusedError
        With every problem: no name, no licence, a day to come, a design that fails a limit.
    """
    problems = [] if signature.engineer.strip() else [NO_ENGINEER.at("engineer")]
    problems += [] if signature.licence.strip() else [NO_LICENCE.at("licence")]
    if signature.signed_on > today:
        problems.append(IN_THE_FUTURE.at("signed_on", day=signature.signed_on.isoformat()))
    if content["failures"]:
        problems.append(FAILS.at("design", criteria=", ".join(content["failures"])))
    if problems:
        raise errors.RefusedError(tuple(problems))
    kept = {
        "signed_off_by": signature.engineer.strip(),
        "licence": signature.licence.strip(),
        "signed_off_on": signature.signed_on.isoformat(),
    }
    return {**content, KEY: kept}


def of(content: Mapping[str, Any]) -> drawing.SignedOff | None:
    """Return the signature of a saved design; None while it is a draft."""
    kept = content.get(KEY)
    if kept is None:
        return None
    day = dt.date.fromisoformat(kept["signed_off_on"])
    return drawing.SignedOff(kept["signed_off_by"], kept["licence"], day)


def same_drawing(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two designs are drawn alike, whatever they cost today."""
    # As JSON, since a design that was read back has lists where a new one has tuples.
    first, second = (
        json.dumps({name: each[name] for name in design_record.DRAWN}, sort_keys=True) for each in (one, other)
    )
    return first == second
