import datetime as dt
import math

import pytest
from PIL import ExifTags, Image

from audits.store.photos import photos

GPS = ExifTags.GPS
PLACE = {
    GPS.GPSLatitude: (16, 30, 0),
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLongitude: (102, 45, 36),
    GPS.GPSLongitudeRef: "E",
}


def with_exif(place: dict[int, object] | None = None, taken: str = "", offset: str = "") -> Image.Image:
    picture = Image.new("RGB", (1, 1))
    exif = picture.getexif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(place or {})
    written = {ExifTags.Base.DateTimeOriginal: taken, ExifTags.Base.OffsetTimeOriginal: offset}
    exif.get_ifd(ExifTags.IFD.Exif).update({tag: text for tag, text in written.items() if text})
    return picture


def test_a_picture_without_exif_tells_nothing() -> None:
    assert photos.facts_of(Image.new("RGB", (1, 1))) == photos.Facts()


def test_degrees_minutes_and_seconds_become_degrees() -> None:
    facts = photos.facts_of(with_exif(PLACE))
    assert facts.latitude == pytest.approx(16.5)
    assert facts.longitude == pytest.approx(102.76)


def test_south_and_west_are_negative() -> None:
    facts = photos.facts_of(with_exif({**PLACE, GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "W"}))
    assert facts.latitude == pytest.approx(-16.5)
    assert facts.longitude == pytest.approx(-102.76)


@pytest.mark.parametrize(
    "change",
    [
        {GPS.GPSLatitude: (math.nan, 0, 0)},
        {GPS.GPSLatitude: (91, 0, 0)},
        {GPS.GPSLatitude: "sixteen"},
        {GPS.GPSLatitude: (16,)},
        {GPS.GPSLatitude: (0, 0, 0), GPS.GPSLongitude: (0, 0, 0)},
    ],
)
def test_a_broken_position_is_no_position(change: dict[int, object]) -> None:
    facts = photos.facts_of(with_exif({**PLACE, **change}))
    assert (facts.latitude, facts.longitude) == (None, None)


@pytest.mark.parametrize(
    ("taken", "offset", "instant"),
    [
        ("2026:03:02 09:31:00", "+00:00", dt.datetime(2026, 3, 2, 9, 31, tzinfo=dt.UTC)),
        ("2026:03:02 09:31:00", "", dt.datetime(2026, 3, 2, 2, 31, tzinfo=dt.UTC)),
        ("2026:03:02 09:31:00", "noon", dt.datetime(2026, 3, 2, 2, 31, tzinfo=dt.UTC)),
        ("2569:03:02 09:31:00", "+07:00", dt.datetime(2026, 3, 2, 2, 31, tzinfo=dt.UTC)),
        ("2567:02:29 09:31:00", "", dt.datetime(2024, 2, 29, 2, 31, tzinfo=dt.UTC)),
        ("0000:00:00 00:00:00", "", None),
        ("yesterday", "+07:00", None),
    ],
)
def test_an_instant_without_a_zone_is_thai_time(taken: str, offset: str, instant: dt.datetime | None) -> None:
    assert photos.facts_of(with_exif(taken=taken, offset=offset)).taken_at == instant
