"""Count what an exchange format could not hold, thing by thing, with the reason in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from audits import wording

phrase = wording.phrase

SITE, ELEMENT, MEASUREMENT, FINDING, SCORE = "site", "element", "measurement", "finding", "score"
INTERVAL, READING, CLAUSE, PHOTO, SURVEYOR, NOTE = "interval", "reading", "clause", "photo", "surveyor", "note"
LICENCE, JOINT, UNMEASURED = "licence", "joint", "reason_not_measured"
THINGS: Mapping[str, str] = {
    SITE: phrase("Sites"),
    ELEMENT: phrase("Elements"),
    MEASUREMENT: phrase("Measurements"),
    INTERVAL: phrase("Intervals of measurements"),
    READING: phrase("Single readings and instruments of measurements"),
    UNMEASURED: phrase("Reasons why something was not measured"),
    FINDING: phrase("Findings"),
    CLAUSE: phrase("Limits and clauses of findings"),
    SCORE: phrase("Scores of sites"),
    PHOTO: phrase("Photos"),
    SURVEYOR: phrase("Names of surveyors"),
    NOTE: phrase("Notes of surveys"),
    LICENCE: phrase("Licence of the data"),
    JOINT: phrase("Kerb ramps joined to a way"),
}

NO_POSITION, NO_FIELD, NO_PLACE, ONE_ONLY = "no_position", "no_field", "not_in_the_file", "one_only"
NOT_APPROVED, CONFLICT, NOT_THERE, PERSONAL = "not_approved", "conflict", "not_there", "personal"
NO_PHOTOS, SAME_THING, NOT_CHOSEN, IN_FILES = "no_photos", "same_thing", "not_chosen", "in_other_files"
NO_WAY = "no_way"
REASONS: Mapping[str, str] = {
    NO_POSITION: phrase("The site has no position, and the format has no feature without one."),
    NO_FIELD: phrase("The format has no field for it."),
    NO_PLACE: phrase("The site or the element that it belongs to is not in the file."),
    ONE_ONLY: phrase("The format holds one of these at a place; the first one is written."),
    NOT_APPROVED: phrase("No engineer has approved it yet."),
    CONFLICT: phrase("The readings contradict one another, and the format holds one answer."),
    NOT_THERE: phrase("Nobody has confirmed that it is there."),
    PERSONAL: phrase("It is personal, or may be, and never leaves the record."),
    NO_PHOTOS: phrase("The format holds no photos."),
    SAME_THING: phrase("It is one physical thing with another element, which is written."),
    NOT_CHOSEN: phrase("The municipality has not chosen one."),
    IN_FILES: phrase("A catalogue only describes the data; the files that it names hold it."),
    NO_WAY: phrase("No way of the walking network is known to pass it."),
}
SCOPE = phrase(
    "Counted is what counts in the record; retired sites and elements, and surveys that were withdrawn, replaced or "
    "returned, are in none of these numbers and in no file."
)
# Listing these would give away what is withheld.
_WITHHELD = (PHOTO, SURVEYOR, NOTE)


@dataclass
class Report:
    """What an export started from, and what of it is not in the file.

    Parameters
    ----------
    totals
        By thing of :data:`THINGS`, the keys of all that could have been written: the code of a site, the id of an
        element, ``element quantity`` of a measurement, ``element criterion`` of a finding.
    lost
        By thing, the reason of :data:`REASONS` why a key is not in the file.
    """

    totals: Mapping[str, frozenset[str]]
    lost: dict[str, dict[str, str]] = field(default_factory=dict)

    def lose(self, thing: str, keys: Iterable[str], reason: str) -> None:
        """Record keys as not written; the first reason of a key stays.

        Raises
        ------
        KeyError
            If a key is not among the things that could have been written.
        """
        known = self.lost.setdefault(thing, {})
        for key in keys:
            if key not in self.totals[thing]:
                raise KeyError(f"{thing} {key}")
            known.setdefault(key, reason)

    def lose_rest(self, thing: str, written: Iterable[str], reason: str) -> None:
        """Record everything of one kind as not written that is neither written nor lost already."""
        # sorted, since a set has another order in every process
        self.lose(thing, sorted(self.totals[thing] - set(written) - self.lost.get(thing, {}).keys()), reason)

    def written(self, thing: str) -> frozenset[str]:
        """Keys of one kind that are in the file."""
        return self.totals[thing] - self.lost.get(thing, {}).keys()

    def document(self, words: wording.Wording, about: Mapping[str, object]) -> dict[str, object]:
        """Lay the report out for JSON: numbers by thing, then each loss with its reason in the reader's language.

        Parameters
        ----------
        words
            The reader's language.
        about
            Keys that come first, such as ``format``.
        """
        counts = {
            thing: {"total": len(keys), "written": len(self.written(thing)), "lost": len(self.lost.get(thing, {}))}
            for thing, keys in self.totals.items()
        }
        return {
            **about,
            "scope": words.text(SCOPE),
            "counts": counts,
            "losses": list(self._losses(words)),
            "nothing_lost": not any(self.lost.values()),
        }

    def _losses(self, words: wording.Wording) -> Iterable[dict[str, object]]:
        for thing in THINGS:
            reasons = self.lost.get(thing, {})
            for reason in REASONS:
                keys = sorted(key for key, why in reasons.items() if why == reason)
                if keys:
                    # Where everything is lost, listing it would only make the report long.
                    listed = thing not in _WITHHELD and len(reasons) < len(self.totals[thing])
                    named = {"ids": keys} if listed else {}
                    text = f"{words.text(THINGS[thing])}: {words.text(REASONS[reason])}"
                    yield {"thing": thing, "reason": reason, "count": len(keys), "text": text, **named}


def packed(document: Mapping[str, object]) -> bytes:
    """Serialise a report as JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode()
