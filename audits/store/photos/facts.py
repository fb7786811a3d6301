"""Read position and instant from the EXIF data of a photo."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from PIL import ExifTags, Image

from audits import wording


@dataclass(frozen=True)
class Facts:
    """Position and instant from EXIF.

    Parameters
    ----------
    latitude, longitude
        WGS 84 degrees, both or neither.
    taken_at
        Instant; a camera that writes no zone is taken to show Thai time.
    """

    latitude: float | None = None
    longitude: float | None = None
    taken_at: dt.datetime | None = None


def of(picture: Image.Image) -> Facts:
    """Return position and instant; what is missing or impossible is None.

    Parameters
    ----------
    picture
        As opened, before it is turned or re-encoded.
    """
    try:
        exif = picture.getexif()
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        camera = exif.get_ifd(ExifTags.IFD.Exif)
    # Decoders raise errors of many kinds, and broken EXIF data is no reason to refuse the photo.
    except Exception:
        return Facts()
    latitude = _degrees(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    taken_at = _instant(camera)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return Facts(taken_at=taken_at)
    return Facts(latitude, longitude, taken_at)


def _degrees(place: dict[int, object], tag: int, reference: int, negative: str, highest: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[tag])  # type: ignore[attr-defined]
        value = degrees + minutes / 60 + seconds / 3600
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(value) or not 0 <= value <= highest:
        return None
    written = place.get(reference, "")
    return -value if str(written).strip("\0 ").upper() == negative else value


def _instant(camera: dict[int, object]) -> dt.datetime | None:
    written = str(camera.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(camera.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        local = dt.datetime.strptime(written, "%Y:%m:%d %H:%M:%S").replace(tzinfo=wording.BANGKOK)
    except ValueError:
        return None
    try:
        return dt.datetime.strptime(f"{written} {offset}", "%Y:%m:%d %H:%M:%S %z")
    except ValueError:
        return local
