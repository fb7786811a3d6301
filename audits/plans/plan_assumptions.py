"""State everything that the figures of a plan rest on, with the figures that the program itself works with."""

from __future__ import annotations

from audits import wording
from audits.access import access_text, site_network, trips
from audits.plans import build_model, fix_pricing, od_pairs
from audits.ramps import prices
from audits.reports import site_report

phrase = wording.phrase

COUNTED = phrase(
    "{joined} sites lie near a known way, {goals} of them are goals; the position of {presumed} is not confirmed."
)
TRIPS = phrase(
    "A trip leads from a home to the nearest place of one kind, for one group of people; all trips that can be made on "
    "foot are {trips}."
)
WITHIN = phrase("A goal counts when it is within {limit} m on foot; a site joins a way within {within} m.")
MOST_FIXES = phrase(
    "Trips that need more than {most} fixes at once are not looked at; the certificate says when there are."
)
PRESUMED = phrase(
    "May be one thing recorded twice, and would then be bought twice until somebody decides under Register: {pairs}."
)
OWN_PRICES = phrase("Prices handed in by the municipality: {file}")


def sentences(
    record: build_model.RecordModel, words: wording.Wording, *, sample: bool, price_file: str = ""
) -> tuple[str, ...]:
    """Return the assumptions of a plan in the reader's language.

    `sample` tells whether any price is a sample; `price_file` is the file of the municipality's own prices.
    """
    number, text = words.number, words.text
    within_m = site_network.within_m(record.coarse)
    found = [
        text(COUNTED, joined=number(record.joined), goals=number(record.goals), presumed=number(record.presumed)),
        text(TRIPS, trips=number(trips.OF_TRIPS)),
        text(WITHIN, limit=number(site_network.WALK_M), within=number(within_m)),
        access_text.network(record.prepared, words),
        *(text(statement) for statement in record.statements),
    ]
    if record.committed:
        found.append(
            words.count(
                "{n} work under contract or built is counted as done and not paid from this budget.",
                "{n} works under contract or built are counted as done and not paid from this budget.",
                len(record.committed),
            )
        )
    for template, values in fix_pricing.ASSUMPTIONS.items():
        found.append(text(template, **{name: number(value) for name, value in values.items()}))
    named = ([site_report.element_of_site(one, words) for one in pair] for pair in record.presumed_pairs)
    pairs = "; ".join(map(" = ".join, named))
    found += [text(PRESUMED, pairs=pairs)] if pairs else []
    found.append(text(MOST_FIXES, most=number(od_pairs.MOST_FIXES)))
    found += [text(OWN_PRICES, file=price_file)] if price_file else []
    return (*found, *((text(prices.SAMPLE),) if sample else ()))
