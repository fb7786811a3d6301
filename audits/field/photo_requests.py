"""Know which notes of an engineer ask for a photo, and for which of them none has come yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

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


def missing(
    notes: Mapping[Place, str], photos: Collection[Mapping[str, Any]], before: Collection[Mapping[str, Any]]
) -> Iterator[Place]:
    """Yield the places of the notes that ask for a photo and have none yet.

    Parameters
    ----------
    notes
        An engineer's, by their place.
    photos, before
        Those of the correction, and those of the survey that came back.
    """
    new = added(photos, before)
    yield from (place for place, note in notes.items() if asks(note) and not is_photographed(place, new))


def added(photos: Iterable[Mapping[str, Any]], before: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """List the photos that the survey that came back did not have."""
    known = {photo["sha256"] for photo in before}
    return [photo for photo in photos if photo["sha256"] not in known]
