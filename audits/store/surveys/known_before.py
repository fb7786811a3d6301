"""Ask at once what the store knows of surveys that arrive together."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from audits import survey
from audits.store.db import schema
from audits.store.surveys import same_visit, survey_checks

_OF = schema.survey.c
_IDS: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
_NUMBERS = sa.select(_OF.survey_id, _OF.root_id).where(sa.or_(_OF.survey_id.in_(_IDS), _OF.root_id.in_(_IDS)))
_SITES = sa.select(schema.site.c.code).where(schema.site.c.code.in_(_IDS))
_VISITED = sa.select(_OF.site_code).where(
    _OF.site_code.in_(_IDS), _OF.source == same_visit.WITHOUT_ID, _OF.received_at != sa.bindparam("moment")
)


@dataclass(frozen=True)
class KnownBefore:
    """What the store knows of some surveys before the first of them is received.

    Parameters
    ----------
    numbers
        Ids and roots that are known, or that two of the surveys have: versions of one record.
    sites
        Codes in the register.
    elements
        Site and kind of registered elements.
    visited
        Sites with an account of a table that another may contradict.
    sound
        Identities of the surveys that have no fault in themselves.
    """

    numbers: frozenset[str]
    sites: frozenset[str]
    elements: dict[str, survey_checks.Registered]
    visited: frozenset[str]
    sound: frozenset[int]

    @classmethod
    def of(cls, records: sa.Connection, sent: Sequence[survey.Survey], moment: dt.datetime) -> KnownBefore:
        """Ask for all of them at once."""
        # What a faulty one holds may be no text that a database can be asked about.
        sound = [one for one in sent if not survey_checks.of_itself(one)]
        times = Counter(number for one in sound for number in {one.survey_id, one.root_id or one.survey_id})
        numbers, codes = {"ids": list(times)}, {"ids": list({one.site_code for one in sound})}
        found = {number for row in records.execute(_NUMBERS, numbers) for number in row}
        return cls(
            frozenset(found | {number for number, count in times.items() if count > 1}),
            frozenset(records.execute(_SITES, codes).scalars()),
            survey_checks.registered(records, (name for one in sound for name in survey_checks.elements_of(one))),
            frozenset(records.execute(_VISITED, {**codes, "moment": moment}).scalars()),
            # by identity: hashing a survey would read through all its measurements
            frozenset(map(id, sound)),
        )

    def is_plainly_new(self, sent: survey.Survey) -> bool:
        """Whether a survey has no fault, corrects nothing and can contradict nothing."""
        # a place may change the register, and photos have to be looked up: these go one by one
        alone = not (sent.supersedes or sent.place or survey_checks.photos_of(sent))
        number = sent.root_id or sent.survey_id
        return (
            alone
            and number == sent.survey_id
            and number not in self.numbers
            and sent.site_code in self.sites
            and not (sent.source == same_visit.WITHOUT_ID and sent.site_code in self.visited)
            and id(sent) in self.sound
            and not any(survey_checks.against_elements(self.elements, sent))
        )

    def add_elements(self, taken: survey.Survey) -> None:
        """Add the elements that a survey brought into the register."""
        for one in taken.elements:
            self.elements.setdefault(one.element_id, survey_checks.Registered(taken.site_code, one.kind))
