"""Decide which requirements stand in a persona's way: those that are severe and matter to it."""

from __future__ import annotations

from audits.rules import model

KINDS = ("ramp", "kerb_ramp", "path")
"""Kinds of element that a trip passes; doors, toilets and parking are not on the way."""

NEEDS_HELP = 3
"""Severity from which somebody cannot pass without help."""

MATTERS = 2
"""Relevance of 0 to 3 from which a requirement counts for a persona."""


def blocked_personas(criterion: model.Criterion) -> tuple[str, ...]:
    """Return the personas to whom a criterion matters, so that its failure is a barrier for them."""
    return tuple(persona for persona, relevance in criterion.personas.items() if relevance >= MATTERS)
