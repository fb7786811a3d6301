"""Pair the surveys of one thing by two people within days of each other, each survey in one pair at most."""

from __future__ import annotations

import numpy as np
import pandas as pd

from audits import survey
from audits.scoring import readings

# later the place itself may have changed, and the surveyors would not differ
WITHIN_DAYS = 14
COLUMNS = (
    *("element_id", "site_code", "item", "first_survey", "second_survey", "first_surveyor", "second_surveyor"),
    *("first_on", "second_on", "first", "second", "uncertainty"),
)


def pairs(answers: pd.DataFrame, within_days: int = WITHIN_DAYS, rebuilt: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pair each survey's answer with the next one about the same thing by somebody else.

    An answer stands in one pair at most, so that pairs are independent of each other.

    Parameters
    ----------
    answers
        One row per survey, element and item: ``survey_id``, ``site_code``, ``surveyor``, ``observed_at`` (UTC),
        ``element_id``, ``item``, ``answer``, ``uncertainty``.
    within_days
        Most local days between the two.
    rebuilt
        As in :func:`audits.quality.agreement.run`.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`; ``uncertainty`` is the root of the mean square of the two stated.
    """
    thing = ["element_id", "item"]
    # By the id too: a list may give only the day, and pairs must not hang on the order of its rows.
    ordered = answers.sort_values([*thing, "observed_at", "survey_id"]).reset_index(drop=True)
    ordered["day"] = readings.days(ordered["observed_at"])
    person = people(ordered["surveyor"])
    linked = (ordered[thing] == ordered[thing].shift()).all(axis=1) & (person != person.shift())
    linked &= (ordered["day"] - ordered["day"].shift()).dt.days <= within_days
    linked &= ~_rebuilt_since_the_last(ordered, rebuilt)
    # In a run of linked surveys every second closes a pair: one survey in two pairs would count twice.
    place_in_run = linked.groupby((~linked).cumsum()).cumcount()
    later = np.flatnonzero(linked & (place_in_run % 2 == 1))
    first, second = ordered.iloc[later - 1].reset_index(drop=True), ordered.iloc[later].reset_index(drop=True)
    columns: dict[str, pd.Series[str]] = {name: second[name] for name in ("element_id", "site_code", "item")}
    for word, source in {"survey": "survey_id", "surveyor": "surveyor", "on": "day"}.items():
        columns |= {f"first_{word}": first[source], f"second_{word}": second[source]}
    columns |= {"first": first["answer"], "second": second["answer"]}
    columns["uncertainty"] = np.sqrt((first["uncertainty"] ** 2 + second["uncertainty"] ** 2) / 2)
    return pd.DataFrame(columns)[list(COLUMNS)]


def people(surveyors: pd.Series[str]) -> pd.Series[str]:
    """Identity of each surveyor, as :func:`audits.survey.person` tells it."""
    return surveyors.map(survey.person)


def _rebuilt_since_the_last(ordered: pd.DataFrame, rebuilt: pd.DataFrame | None) -> pd.Series[bool]:
    """Mark rows whose element was rebuilt between the day of the row before and their own, both counted."""
    if rebuilt is None or rebuilt.empty:
        return pd.Series(False, index=ordered.index)
    spans = pd.DataFrame({"row": ordered.index, "since": ordered["day"].shift(), "until": ordered["day"]})
    spans = spans.assign(element_id=ordered["element_id"]).merge(rebuilt, on="element_id")
    day = pd.to_datetime(spans["rebuilt_on"])
    return ordered.index.to_series().isin(spans.loc[(day >= spans["since"]) & (day <= spans["until"]), "row"])
