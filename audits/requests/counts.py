"""Count what residents asked for, by what became of it, and at which sites it is still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from audits import terms, wording
from audits.store.requests import requests

TITLE = wording.phrase("What residents asked for")
NONE = wording.phrase("No request of residents is recorded.")
STATES = wording.phrase("{received}: {states}.")
ANSWERED = wording.phrase("Answered, built or refused with the reason: {answered} of {asked}.")
NOT_PEOPLE = wording.phrase("Requests are counted, not people: nobody's name, phone or disability is kept.")


def by_state(asked: pd.DataFrame) -> dict[str, int]:
    """Return the number of requests in each of :data:`audits.store.requests.requests.STATES`."""
    counted = asked["state"].value_counts()
    return {state: int(counted.get(state, 0)) for state in requests.STATES}


def at_sites(asked: pd.DataFrame) -> pd.Series:
    """Return, by code of the site, how many requests are open there; those that repeat another are not counted."""
    # one that only has a position is asked for at no site yet
    still_open = asked.loc[asked["state"].isin(requests.OPEN) & (asked["site_code"] != "")]
    return still_open["site_code"].value_counts().sort_index().astype("float64")


def sentences(numbers: Mapping[str, int], words: wording.Wording) -> list[str]:
    """Return the counts in words.

    Parameters
    ----------
    numbers
        From :func:`by_state`.
    words
        The reader's language.
    """
    received = sum(numbers.values())
    if not received:
        return [words.text(NONE)]
    states = ", ".join(f"{words.text(terms.REQUEST_STATE[state])} {number}" for state, number in shown(numbers))
    # what repeats another request is answered with that one
    asked = received - numbers[requests.SAME]
    answered = numbers[requests.BUILT] + numbers[requests.REFUSED]
    return [
        words.text(STATES, received=words.count("{n} request", "{n} requests", received), states=states),
        words.text(ANSWERED, answered=words.number(answered, 0), asked=words.number(asked, 0)),
        words.text(NOT_PEOPLE),
    ]


def shown(numbers: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    """Return the states that occur with their numbers."""
    return ((state, number) for state, number in numbers.items() if number)
