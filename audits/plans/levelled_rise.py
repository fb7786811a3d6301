"""Say where a levelled rise and the one that length and slope make differ, and what a fix costs by either."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from audits import record as records
from audits import wording
from audits.plans import fix_pricing, site_fixes
from audits.ramps import measured_space, prices
from audits.reports import site_report

RISE = "rise_mm"
DIFFERS = wording.phrase("{element}: rise {source}.")
PRICED = wording.phrase(
    "The fix costs about {after} baht by this rise, in place of about {before} baht by the one levelled before."
)
PRICED_FIRST = wording.phrase(
    "The fix costs about {after} baht by this rise, in place of about {before} baht by the one calculated from length "
    "and slope."
)

LEVEL_AGAIN = wording.phrase(
    "! {levelled} mm were levelled, and length and slope make {calculated} mm: {difference} mm apart. Have it measured "
    "again before it is approved."
)


def apart(record: records.AuditedRecord, element_id: str) -> measured_space.Taken | None:
    """Return the levelled rise of a ramp where its length and slope make another one; else None."""
    rise = measured_space.taken(record.governed, element_id, "ramp").get(RISE)
    return rise if rise is not None and rise.apart else None


def to_level_again(record: records.AuditedRecord, element_id: str, words: wording.Wording) -> str:
    """Ask an engineer about a levelled rise that is far from what length and slope make; empty where it is not."""
    (name,) = record.counted_as([element_id])
    rise = apart(record, str(name))
    if rise is None:
        return ""
    numbers = {"levelled": rise.value, "calculated": rise.calculated, "difference": abs(rise.value - rise.calculated)}
    return words.text(LEVEL_AGAIN, **{each: words.number(one, 0) for each, one in numbers.items()})


def sentences(
    record: records.AuditedRecord, found: Iterable[site_fixes.RecordFix], words: wording.Wording
) -> tuple[str, ...]:
    """Return the sentences of :func:`by_fix` alone."""
    return tuple(by_fix(record, found, words).values())


def by_fix(
    record: records.AuditedRecord, found: Iterable[site_fixes.RecordFix], words: wording.Wording
) -> dict[str, str]:
    """Say of each fix whose ramp's levelled rise differs from the calculated one what both are, and which is taken.

    A design that is kept rests on the rise it was drawn for.
    """
    levelled = set(record.governed.loc[record.governed["quantity"] == RISE, "element_id"])
    by_rise = (one.fix.fix_id for one in found if one.fix.fix_id in levelled and one.cost_basis != fix_pricing.KEPT)
    differing = ((name, apart(record, name)) for name in by_rise)
    return {
        name: words.text(
            DIFFERS,
            element=site_report.element_of_site(name, words),
            source=measured_space.source(rise, record.criteria, words),
        )
        for name, rise in differing
        if rise is not None
    }


def priced(
    record: records.AuditedRecord,
    price_book: prices.PriceBook,
    designs: pd.DataFrame | None,
    element_id: str,
    rise_mm: float | None,
) -> site_fixes.RecordFix | None:
    """Return the fix of a ramp as if this were its levelled rise; None where nothing is to be mended.

    Parameters
    ----------
    record, price_book, designs
        As for :func:`audits.plans.site_fixes.fixes`.
    rise_mm
        None where nobody levelled it: the fix rests on what length and slope make, then.
    """
    (name,) = record.counted_as([element_id])
    governed = record.governed
    is_rise = (governed["element_id"] == name) & (governed["quantity"] == RISE)
    others = governed.loc[~is_rise]
    if rise_mm is not None:
        days = governed.loc[governed["element_id"] == name, "observed_on"]
        # no band of an instrument: it plays no part in a price
        given = {"element_id": name, "quantity": RISE, "uncertainty": 0.0, "readings": 1, "observed_on": days.max()}
        row = pd.DataFrame([{**given, "lowest": rise_mm, "highest": rise_mm}])
        others = pd.concat([others, row.astype(others.dtypes.to_dict())], ignore_index=True)
    return next(iter(site_fixes.fixes(record, price_book, designs, [str(name)], others)), None)


def price_sentence(
    before: site_fixes.RecordFix | None,
    after: site_fixes.RecordFix | None,
    words: wording.Wording,
    *,
    was_levelled: bool,
) -> str:
    """State the likely cost of a fix by a levelled rise and by the one before; empty where it stays the same.

    Parameters
    ----------
    before, after
        From :func:`priced`.
    words
        The reader's.
    was_levelled
        Whether the one before was levelled too; else it is what length and slope make.
    """
    if before is None or after is None or before.fix.cost == after.fix.cost:
        return ""
    amounts = (words.number(one.fix.cost.likely, 0) for one in (before, after))
    return words.text(PRICED if was_levelled else PRICED_FIRST, **dict(zip(("before", "after"), amounts, strict=True)))
