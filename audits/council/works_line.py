"""Put the works promised, built, accepted and paid into one line."""

from __future__ import annotations

from collections.abc import Mapping

from audits import wording
from audits.council import council_text
from audits.works import spending

phrase = wording.phrase

PARTS: Mapping[str, str] = {
    spending.PROMISED: phrase("promised {n}: {thb} baht"),
    spending.COMPLETED: phrase("built {n}: {thb} baht"),
    spending.ACCEPTED: phrase("accepted {n}: {thb} baht"),
    spending.PAID: phrase("paid {n}: {thb} baht"),
}
LINE = phrase("Works at all sites: {parts}.")
NOTHING = phrase("No works are promised yet.")
WITHOUT_SUM = phrase("({n} without a known sum)")
PLANNED = phrase("({n} of them planned without a contract: {thb} baht)")
SETTLED = phrase("({n} where nothing is to be mended any more)")

Rungs = Mapping[str, spending.Rung]
"""From :func:`audits.works.spending.rungs`; may be empty where nothing was ever planned."""


def line(rungs: Rungs, words: wording.Wording, listing: council_text.Listing = council_text.unlinked) -> str:
    """Return as one sentence how many works there are of each of :data:`PARTS` and what they come to."""
    if not any(rung.works for rung in rungs.values()):
        return words.text(NOTHING)
    found = (listing(_part(key, rungs[key], words), "works", works_state=key) for key in PARTS)
    return words.text(LINE, parts=" · ".join(found))


def _part(key: str, rung: spending.Rung, words: wording.Wording) -> str:
    counted = words.text(PARTS[key], n=words.number(rung.works, 0), thb=words.number(rung.thb, 0))
    # plans choose these anew, and take all others for finished
    planned = rung.planned if rung.planned != rung.works else 0
    besides = ((PLANNED, planned), (WITHOUT_SUM, rung.without_sum), (SETTLED, rung.settled))
    thb = words.number(rung.planned_thb, 0)
    return " ".join([counted, *(words.text(each, n=words.number(n, 0), thb=thb) for each, n in besides if n)])
