"""Say of a kept design who checked it, and tell whether a drawing is the very one that was checked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from audits import errors
from audits.paper import ramp_drawing

KEY = "signed_off"
DRAWN = ("kind", "space", "family", "legs", "geometry", "construction", "works")
"""What a drawing is made from; a signature holds for nothing else."""

NO_ENGINEER = errors.ProblemKind("DESIGN-030", "Write the name of the engineer who checked the drawing.")
NO_LICENCE = errors.ProblemKind("DESIGN-031", "Write the number of the engineer's licence.")
IN_THE_FUTURE = errors.ProblemKind("DESIGN-032", "{day} has not come yet; write the day of the check.")
FAILS = errors.ProblemKind("DESIGN-033", "The drawing does not meet {criteria}; a design that fails is not signed off.")


def signed(content: Mapping[str, Any], signature: ramp_drawing.SignedOff, today: dt.date) -> dict[str, Any]:
    """Return what is kept of a design once it is signed off.

    Parameters
    ----------
    content
        What :func:`audits.planning.design_record.content` told of it.
    signature
        Who checked it, and when.
    today
        The last day that a check can be of.

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
    told = {
        "signed_off_by": signature.engineer.strip(),
        "licence": signature.licence.strip(),
        "signed_off_on": signature.signed_on.isoformat(),
    }
    return {**content, KEY: told}


def of(content: Mapping[str, Any]) -> ramp_drawing.SignedOff | None:
    """Return who checked a kept design; None while it is a draft."""
    told = content.get(KEY)
    if told is None:
        return None
    day = dt.date.fromisoformat(told["signed_off_on"])
    return ramp_drawing.SignedOff(told["signed_off_by"], told["licence"], day)


def same_drawing(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two designs are drawn alike, whatever they cost today."""
    return _drawn(one) == _drawn(other)


def _drawn(content: Mapping[str, Any]) -> str:
    return json.dumps({name: content[name] for name in DRAWN}, sort_keys=True)
