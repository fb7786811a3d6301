import datetime as dt
import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from audits import errors
from audits.store.db import connection
from audits.store.photos import photos
from audits.store.surveys import read

pytestmark = pytest.mark.usefixtures("the_file")

ORIENTATION_TURNED = 6


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", exif: Image.Exif | None = None
) -> bytes:
    image = Image.new(mode, size, "red" if mode != "RGBA" else (255, 0, 0, 0))
    buffer = io.BytesIO()
    extra = {"exif": exif.tobytes()} if exif is not None else {}
    image.save(buffer, kind, **extra)
    return buffer.getvalue()


def camera(offset: str = "+07:00") -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = ORIENTATION_TURNED
    exif[ExifTags.Base.Make] = "SECRETPHONE"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (16.0, 25.0, 48.0)
    place[ExifTags.GPS.GPSLongitudeRef] = "E"
    place[ExifTags.GPS.GPSLongitude] = (102.0, 49.0, 46.2)
    taken = exif.get_ifd(ExifTags.IFD.Exif)
    taken[ExifTags.Base.DateTimeOriginal] = "2026:03:02 09:31:00"
    if offset:
        taken[ExifTags.Base.OffsetTimeOriginal] = offset
    return exif


def files(store: connection.Store) -> list[str]:
    folder = store.workspace.photos_folder
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def refused(store: connection.Store, content: bytes) -> errors.ProblemKind:
    with pytest.raises(errors.RefusedError) as error:
        photos.keep(store, content, actor="somchai")
    assert files(store) == []
    assert read.head(store).sequence == 1
    (problem,) = error.value.problems
    assert "{" not in problem.sentence()
    return problem.kind


def test_position_and_time_are_kept_beside_the_photo_and_gone_from_it(store: connection.Store) -> None:
    kept = photos.keep(store, picture(exif=camera()), actor="somchai")
    assert kept.latitude == pytest.approx(16.43)
    assert kept.longitude == pytest.approx(102.8295)
    assert kept.taken_at == dt.datetime(2026, 3, 2, 2, 31, tzinfo=dt.UTC)
    content = photos.content(store, kept.sha256)
    image = Image.open(io.BytesIO(content))
    assert dict(image.getexif()) == {}
    assert b"Exif" not in content
    assert b"SECRETPHONE" not in content


def test_a_turned_photo_is_kept_upright(store: connection.Store) -> None:
    kept = photos.keep(store, picture(size=(64, 48), exif=camera()), actor="somchai")
    assert (kept.width, kept.height) == (48, 64)


def test_a_photo_is_named_by_its_content(store: connection.Store) -> None:
    kept = photos.keep(store, picture(), actor="somchai")
    assert files(store) == [f"{kept.sha256[:2]}/{kept.sha256}.jpg"]
    assert hashlib.sha256(photos.content(store, kept.sha256)).hexdigest() == kept.sha256


def test_the_same_photo_again_is_kept_once(store: connection.Store) -> None:
    first = photos.keep(store, picture(exif=camera()), actor="somchai")
    head = read.head(store)
    assert photos.keep(store, picture(exif=camera()), actor="somying") == first
    assert read.head(store) == head


def test_a_lost_file_comes_back_when_the_photo_is_sent_again(store: connection.Store) -> None:
    kept = photos.keep(store, picture(), actor="somchai")
    store.workspace.photo_path(kept.sha256).unlink()
    photos.keep(store, picture(), actor="somchai")
    assert photos.content(store, kept.sha256)


def test_a_large_photo_is_made_smaller(store: connection.Store) -> None:
    kept = photos.keep(store, picture(size=(5000, 2500)), actor="somchai")
    assert (kept.width, kept.height) == (2048, 1024)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_the_usual_kinds_of_picture_are_taken(store: connection.Store, kind: str, mode: str) -> None:
    kept = photos.keep(store, picture(kind, mode=mode), actor="somchai")
    assert Image.open(io.BytesIO(photos.content(store, kept.sha256))).format == "JPEG"


def test_a_photo_of_an_iphone_is_taken(store: connection.Store) -> None:
    # a green picture of our own, 64 by 48 pixels, with the position of `camera`
    content = (Path(__file__).parent / "pictures" / "green.heic").read_bytes()
    kept = photos.keep(store, content, actor="somchai")
    assert kept.latitude == pytest.approx(16.43)
    assert {kept.width, kept.height} == {48, 64}


def test_a_photo_with_a_second_picture_inside_is_taken(store: connection.Store) -> None:
    buffer = io.BytesIO()
    second = Image.new("RGB", (64, 48), "blue")
    Image.new("RGB", (64, 48), "red").save(buffer, "MPO", save_all=True, append_images=[second])
    kept = photos.keep(store, buffer.getvalue(), actor="somchai")
    red, _, blue = Image.open(io.BytesIO(photos.content(store, kept.sha256))).getpixel((9, 9))
    assert red > 200 > 50 > blue


def test_the_comment_of_the_camera_is_not_copied(store: connection.Store) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", comment=b"taken by Somchai")
    kept = photos.keep(store, buffer.getvalue(), actor="somchai")
    assert b"Somchai" not in photos.content(store, kept.sha256)


def test_an_instant_that_is_known_better_wins(store: connection.Store) -> None:
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    assert photos.keep(store, picture(exif=camera()), actor="somchai", taken_at=noon).taken_at == noon


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"GIF89a" + bytes(50), b"\xff\xd8\xff" + bytes(9)])
def test_what_is_not_a_photo_is_refused(store: connection.Store, content: bytes) -> None:
    assert refused(store, content) == photos.NOT_A_PICTURE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_was_cut_off_is_refused(store: connection.Store, kind: str) -> None:
    noise = Image.effect_noise((300, 300), 90)
    buffer = io.BytesIO()
    noise.convert("RGB").save(buffer, kind)
    content = buffer.getvalue()
    assert refused(store, content[: len(content) // 2]) in {photos.TRUNCATED, photos.NOT_A_PICTURE}


def test_a_photo_that_is_too_big_is_refused(store: connection.Store) -> None:
    assert refused(store, picture() + bytes(photos.LARGEST_BYTES)) == photos.TOO_BIG


@pytest.mark.parametrize("side", [7_100, 10_000, 30_000])
def test_a_small_file_that_unfolds_to_a_giant_is_refused(store: connection.Store, side: int) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    assert refused(store, bomb) == photos.TOO_MANY_PIXELS


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_what_does_not_name_a_photo_reads_no_file(store: connection.Store, name: str) -> None:
    with pytest.raises(errors.StoreError, match="does not name a photo"):
        photos.content(store, name)


def test_a_photo_whose_file_is_gone_is_named(store: connection.Store) -> None:
    with pytest.raises(errors.StoreError, match="a" * 64):
        photos.content(store, "a" * 64)


def test_the_same_file_is_known_again_whatever_the_encoder_does_by_then(
    store: connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(noise, "PNG")
    first, head = photos.keep(store, noise.getvalue(), actor="somchai"), read.head(store)
    monkeypatch.setattr(photos, "JPEG_QUALITY", 40)
    assert photos.keep(store, noise.getvalue(), actor="somying") == first
    assert read.head(store) == head
    assert len(files(store)) == 1
    other = io.BytesIO()
    Image.open(noise).save(other, "PNG", optimize=True, compress_level=1)
    assert photos.keep(store, other.getvalue(), actor="somying").sha256 != first.sha256


def test_what_a_file_was_kept_as_is_told_by_the_bytes_that_were_sent(store: connection.Store) -> None:
    content = picture()
    sent_sha256 = hashlib.sha256(content).hexdigest()
    assert photos.sent_before(store, sent_sha256) is None
    kept = photos.keep(store, content, actor="somchai")
    assert photos.sent_before(store, sent_sha256) == kept
    # a correction names the photos of the earlier survey as they are kept
    assert photos.sent_before(store, kept.sha256) == kept


def test_two_files_of_one_picture_are_one_photo_and_both_are_known(store: connection.Store) -> None:
    one, two = picture("PNG"), picture("PNG") + b"trailing bytes"
    assert photos.keep(store, one, actor="somchai") == photos.keep(store, two, actor="somchai")
    for content in (one, two):
        assert photos.sent_before(store, hashlib.sha256(content).hexdigest()) is not None
    assert len(files(store)) == 1


def test_an_altered_file_is_mended_when_the_photo_is_sent_again(store: connection.Store) -> None:
    kept = photos.keep(store, picture(), actor="somchai")
    store.workspace.photo_path(kept.sha256).write_bytes(b"damaged")
    photos.keep(store, picture(), actor="somchai")
    assert hashlib.sha256(photos.content(store, kept.sha256)).hexdigest() == kept.sha256
