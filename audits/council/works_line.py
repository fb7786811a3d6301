"""Put the works promised, built, accepted and paid into one line."""

from __future__ import annotations

from collections.abc import Mapping

from audits import wording
from audits.works import spending

phrase = wording.phrase

PARTS: Mapping[str, str] = {
    spending.PROMISED: phrase("promised {n}: {thb} baht"),
    spending.COMPLETED: phrase("built {n}: {thb} baht"),
    spending.ACCEPTED: phrase("accepted {n}: {thb} baht"),
    spending.PAID: phrase("paid {n}: {thb} baht"),
}
LINE = phrase("Works: {parts}.")
NOTHING = phrase("No works are promised yet.")
WITHOUT_SUM = phrase("({n} without a known sum)")

Rungs = Mapping[str, spending.Rung]
"""From :func:`audits.works.spending.rungs`; empty where nothing was ever planned."""


def parts(rungs: Rungs, words: wording.Wording) -> dict[str, str]:
    """Return by key of :data:`PARTS` how many works there are and what they come to."""
    found = {}
    for key, template in PARTS.items():
        rung = rungs[key]
        found[key] = words.text(template, n=words.number(rung.works, 0), thb=words.number(rung.thb, 0))
        if rung.without_sum:
            found[key] += f" {words.text(WITHOUT_SUM, n=words.number(rung.without_sum, 0))}"
    return found


def line(rungs: Rungs, words: wording.Wording) -> str:
    """Return all parts as one sentence."""
    if not rungs:
        return words.text(NOTHING)
    return words.text(LINE, parts=" · ".join(parts(rungs, words).values()))
