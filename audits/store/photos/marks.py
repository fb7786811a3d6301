"""Hide photos that show people until an engineer clears or blurs each."""

from __future__ import annotations

import datetime as dt
import io
import math
from dataclasses import dataclass

from PIL import Image, ImageFilter

from audits import errors
from audits.store.audit_log import events
from audits.store.db import connection, schema
from audits.store.photos import erasure, photos

ACTION = "photo.mark"
PERSON, CLEAR, BLURRED = "person", "clear", "blurred"
SMALLEST_BLUR_SHARE = 0.04

NO_AREA = errors.ProblemKind("STORE-521", "Choose an area inside the photo, at least one percent wide and high.")


@dataclass(frozen=True)
class Area:
    """A rectangle of a photo, in shares of its width and height from the upper left corner, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    def usable(self) -> bool:
        """Whether it lies inside the photo and is wide and high enough to hide something."""
        inside = min(self.left, self.top) >= 0 and max(self.right, self.bottom) <= 1
        return inside and self.right - self.left >= 0.01 and self.bottom - self.top >= 0.01


def mark(store: connection.Store, sha256: str, found: str, actor: str, at: dt.datetime | None = None) -> None:
    """Record that a photo shows a person (:data:`PERSON`) or that it does not (:data:`CLEAR`).

    Raises
    ------
    audits.errors.RefusedError
        When there is no such photo.
    """
    _write(store, sha256, found, None, actor, at)


def blur(
    store: connection.Store, sha256: str, areas: tuple[Area, ...], actor: str, at: dt.datetime | None = None
) -> str:
    """Blur areas of a photo beyond recognition; the blurred copy is shown from now on, the original to engineers only.

    Returns
    -------
    str
        SHA-256 of the blurred copy.

    Raises
    ------
    audits.errors.RefusedError
        Without a usable area, or when there is no such photo.
    """
    if not areas or not all(area.usable() for area in areas):
        raise errors.RefusedError((NO_AREA.at(sha256),))
    picture = Image.open(io.BytesIO(photos.content(store, sha256))).convert("RGB")
    for area in areas:
        _blur(picture, area)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=photos.JPEG_QUALITY)
    kept = photos.keep(store, written.getvalue(), actor=actor, kept_at=at)
    # after the copy is kept, since the mark makes it the picture that everybody sees
    _write(store, sha256, BLURRED, kept.sha256, actor, at)
    return kept.sha256


def _blur(picture: Image.Image, area: Area) -> None:
    width, height = picture.size
    # rounded outwards, so that no edge of a face stays sharp
    upper_left = int(area.left * width), int(area.top * height)
    box = (*upper_left, math.ceil(area.right * width), math.ceil(area.bottom * height))
    part = picture.crop(box)
    # A few coarse cells, then smoothed: a plain blur can be sharpened again.
    cells = max(1, round(1 / SMALLEST_BLUR_SHARE) // 5)
    coarse = part.resize((cells, cells), Image.Resampling.BOX).resize(part.size, Image.Resampling.BILINEAR)
    picture.paste(coarse.filter(ImageFilter.GaussianBlur(max(part.size) / 20)), box)


def _write(
    store: connection.Store, sha256: str, found: str, blurred_sha256: str | None, actor: str, at: dt.datetime | None
) -> None:
    with connection.writing(store) as records:
        if not connection.exists(records, schema.photo.c.sha256 == sha256):
            raise errors.RefusedError((erasure.NO_PHOTO.at(sha256, sha256=sha256),))
        values = {"sha256": sha256, "mark": found, "blurred_sha256": blurred_sha256}
        events.add(records, ACTION, values, actor, at)
