"""Know what an engineer asked to be photographed, and of what no photo has come yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from audits.store.surveys import reviews

Place = tuple[str, str]
"""Element and quantity; both empty for the survey as a whole."""
WHOLE: Place = ("", "")

# The kit reads the same words: no look-behind, which older phones refuse. รูปแบบ is a form and สภาพ a state.
WORDS = r"photo|picture|ถ่าย|รูป(?!แบบ|ทรง|ร่าง|ธรรม|ตัด)|ขอภาพ|(?:^|[^ก-๙])ภาพ"
_ASKS = re.compile(WORDS, re.IGNORECASE)


def asks(note: str) -> bool:
    """Whether a note asks for a photo.

    Examples
    --------
    >>> [asks(note) for note in ("photograph again", "ถ่ายรูปใหม่", "สภาพไม่ชัด", "measure again")]
    [True, True, False, False]
    """
    return _ASKS.search(note) is not None


def is_photographed(place: Place, new: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a new photo shows what a note is about; one of the whole thing, or of the whole site, does."""
    element_id, quantity = place
    for photo in new:
        shows = photo.get("element_id", "") in ("", element_id) and photo.get("quantity", "") in ("", quantity)
        if shows or place == WHOLE:
            return True
    return False


def wanted(note: str, answer_notes: str) -> set[Place]:
    """List what a return asks to be photographed: as it says, or by the words of one made before it could say.

    Parameters
    ----------
    note, answer_notes
        On the whole, and on single answers as JSON, as :func:`audits.store.surveys.read.surveys` gives them.

    Examples
    --------
    >>> wanted("a new photo, please", ""), wanted("a new photo, please", '{"photos": ["KK-001.ramp.1|slope_pct"]}')
    ({('', '')}, {('KK-001.ramp.1', 'slope_pct')})
    """
    notes, photos = reviews.asked_for(answer_notes)
    if photos is None:
        photos = frozenset(key for key, each in {reviews.WHOLE: note, **notes}.items() if asks(each))
    parts = (key.partition("|") for key in photos)
    return {(element_id, quantity) for element_id, _, quantity in parts}


def missing(
    places: Collection[Place], photos: Collection[Mapping[str, Any]], before: Collection[Mapping[str, Any]]
) -> Iterator[Place]:
    """Yield the places that were to be photographed and are not yet.

    Parameters
    ----------
    places
        From :func:`wanted`.
    photos, before
        Those of the correction, and those of the returned survey.
    """
    new = added(photos, before)
    yield from (place for place in places if not is_photographed(place, new))


def added(photos: Iterable[Mapping[str, Any]], before: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """List the photos that the returned survey did not have."""
    known = {photo["sha256"] for photo in before}
    return [photo for photo in photos if photo["sha256"] not in known]
