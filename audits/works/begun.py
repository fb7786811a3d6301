"""Find the sites that were visited and whose questions are mostly still open."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from audits import record as records
from audits import survey
from audits.rules import model
from audits.scoring import findings, questions, readings, run

# With fewer of its questions answered a site was begun and not surveyed.
LEAST_ANSWERED = 0.5


# by identity, as a record has no equality: pages are handed one and the same until something is recorded
@functools.lru_cache(maxsize=4)
def answered(record: records.AuditedRecord) -> pd.DataFrame:
    """Count the questions of each surveyed site that its score needs, and those of them that are answered.

    Counted is what all surveys together answered. That something could not be measured is an answer. A site that was
    looked for in vain has no questions. What only a design rests on, or what is shown and judges nothing, is asked on
    the form and not counted: a site whose score is settled is not mostly open.

    Parameters
    ----------
    record
        The record that counts. Its counts are kept for the next page that asks; do not write into them.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; ``answered`` and ``asked``, whole numbers.
    """
    # sorted, since rows stand in the order in which they came in
    last = record.surveys.sort_values("observed_at").groupby("site_code")["place"].last()
    seen = last.index[(last != survey.NOT_FOUND) & last.index.isin(record.sites.index)]
    needed = _needed(record)
    code = record.elements["site_code"].loc[needed.get_level_values("element_id")].to_numpy(dtype=object)
    given = needed.isin(pd.MultiIndex.from_frame(record.governing[_QUESTION]))
    counted = pd.DataFrame({"answered": given, "asked": True}).groupby(code).sum()
    return counted.reindex(seen.astype(object), fill_value=0).rename_axis("code").astype("int64")


def begun(record: records.AuditedRecord) -> pd.DataFrame:
    """Return the sites of :func:`answered` with most questions open."""
    found = answered(record)
    return found.loc[found["answered"] < LEAST_ANSWERED * found["asked"]]


@functools.lru_cache(maxsize=4)
def last_surveyed(record: records.AuditedRecord) -> pd.Series[pd.Timestamp]:
    """Return when each site was last surveyed so that the next survey is due a year later.

    A visit that answered few questions does not put off the survey that is due: the last one counts that answered at
    least :data:`LEAST_ANSWERED` of what the score needs there now, and the last of all only where none did.

    Returns
    -------
    pandas.Series
        Index ``code`` of all sites; NaT where nobody surveyed. Do not write into it.
    """
    # a site is visited once at an instant
    visit = ["site_code", "observed_at"]
    # Several readings of one quantity answer one question. What was measured before a thing was built anew is an answer
    # no more, and was a visit all the same.
    answers = record.history.drop_duplicates([*visit, *_QUESTION])
    counts = pd.MultiIndex.from_frame(answers[_QUESTION]).isin(_needed(record))
    given = answers.loc[counts].groupby(visit).size().rename("given").reset_index()
    asked = answered(record)["asked"].reindex(given["site_code"], fill_value=0).to_numpy()
    whole = given.loc[given["given"] >= LEAST_ANSWERED * asked].groupby("site_code")["observed_at"].max()
    last = record.audit.sites["last_surveyed_on"].fillna(record.history.groupby("site_code")["observed_at"].max())
    return whole.reindex(last.index).fillna(last)


_QUESTION = ["element_id", "quantity"]


@functools.lru_cache(maxsize=4)
def _needed(record: records.AuditedRecord) -> pd.MultiIndex:
    """Return element and quantity of each question that decides the score, of all elements that a survey judged."""
    elements = record.elements.loc[record.elements["site_code"].isin(record.surveys["site_code"])]
    measured = readings.by_quantity(record.governed, elements.index)
    found: list[tuple[str, str]] = []
    for batch in run.batches(elements, record.sites, record.criteria, record.edition):
        names = batch.elements.index.to_numpy(dtype=object)
        for quantity, wanted in _wanted(record.criteria, batch, measured):
            found += [(str(name), quantity) for name in names[wanted]]
    return pd.MultiIndex.from_tuples(found, names=_QUESTION)


def _wanted(
    criteria: model.Criteria, batch: run.Batch, measured: Mapping[str, findings.Readings]
) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Yield each quantity of a kind, and of which elements a rule that judges and may apply reads it."""
    kind, count = str(batch.elements["kind"].iloc[0]), len(batch.elements)
    here = readings.at_rows(measured, batch.rows, {one.quantity_id for one in model.questions(criteria, kind)})
    cannot = findings.CAN_NOT_APPLY | findings.MEASURED
    may = (findings.outcomes(batch.rules, here, count) | findings.MEASURED) != cannot
    reads = [rule.quantities() for rule in batch.rules]
    for quantity in model.questions(criteria, kind):
        name = quantity.quantity_id
        of_rules = [place for place, names in enumerate(reads) if name in names]
        wanted = may[of_rules].any(axis=0) | (name == survey.ELEMENT_PRESENT)
        # an answer that is there counts, whether or not the form would still ask for it
        wanted = wanted | ~np.isnan(here[name].lowest) if of_rules and name in here else wanted
        yield name, wanted & ~questions.follows(quantity, here, count)
