"""Keep photos as evidence: reduced, without the metadata of the camera, named by their content."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
import threading
from dataclasses import asdict, dataclass, fields

import pi_heif
import sqlalchemy as sa
from PIL import ExifTags, Image, ImageOps

from audits import errors, wording
from audits.store.audit_log import events, hash_chain
from audits.store.db import column_types, connection, durable_files, schema
from audits.store.photos import erasure

LARGEST_BYTES = 25_000_000
# Pillow only warns from 89 megapixels on and refuses from 179; a PNG of 100 kB can unfold to 900.
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
JPEG_QUALITY = 85
# MPO, the two-picture JPEG of phones, comes through the JPEG plugin.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
ACTION, SOURCE = "photo.keep", "photo.source"

TOO_BIG = errors.ProblemKind(
    "STORE-301", "The photo has {megabytes} MB; up to {limit} MB are taken. Send a smaller one."
)
NOT_A_PICTURE = errors.ProblemKind("STORE-302", "This is not a photo that can be read; send JPEG, PNG, WebP or HEIC.")
TRUNCATED = errors.ProblemKind("STORE-303", "The photo is cut off or damaged; send it again.")
TOO_MANY_PIXELS = errors.ProblemKind(
    "STORE-304", "The photo has more than {limit} megapixels; send one of the usual size."
)

pi_heif.register_heif_opener()

_PHOTO = wording.translated(wording.phrase("photo"))
# An open picture takes hundreds of megabytes at worst; when all phones send at once, they take turns.
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class KeptPhoto:
    """A photo as it is kept, named by the SHA-256 of its bytes.

    Width and height are in pixels, upright; position (WGS 84 degrees) and instant are None where the camera wrote none.
    """

    sha256: str
    width: int
    height: int
    latitude: float | None
    longitude: float | None
    taken_at: dt.datetime | None


@dataclass(frozen=True)
class Facts:
    """Position (WGS 84 degrees, both or neither) and instant from EXIF; a camera without a zone shows Thai time."""

    latitude: float | None = None
    longitude: float | None = None
    taken_at: dt.datetime | None = None


KEPT_COLUMNS = tuple(schema.photo.c[field.name] for field in fields(KeptPhoto))


def keep(
    store: connection.Store,
    content: bytes,
    *,
    actor: str,
    taken_at: dt.datetime | None = None,
    kept_at: dt.datetime | None = None,
) -> KeptPhoto:
    """Keep one photo: turned upright, at most 2048 pixels long, as JPEG without EXIF; the same photo is kept once.

    The file comes as it was sent: JPEG, PNG, WebP or HEIC; the camera says when it was taken unless `taken_at` does.
    Its file is on the disk before its row is; a photo that was erased stays erased.

    Raises
    ------
    audits.errors.RefusedError
        When it is too big, not a picture, cut off, or has too many pixels.
    """
    sent_sha256 = hashlib.sha256(content).hexdigest()
    # before anything is decoded: a phone sends the same photo again when the answer was lost
    before = sent_before(store, sent_sha256)
    # one whose file is lost is taken in again: the phone brings what a backup may lack
    if before is not None and is_settled(store, before.sha256):
        return before
    with _AT_ONCE:
        facts, picture = _opened(content)
        small = _encoded(picture)
    taken_at = taken_at or facts.taken_at
    taken_at = None if taken_at is None else column_types.instant(taken_at)
    kept = KeptPhoto(hashlib.sha256(small).hexdigest(), *picture.size, facts.latitude, facts.longitude, taken_at)
    # The file before its row: a row whose file is missing would count as a lost photo.
    if erasure.find(store, kept.sha256) is None:
        durable_files.write(store.workspace.photo_path(kept.sha256), small)
    return _write_row(store, kept, sent_sha256, len(small), actor, column_types.instant(kept_at))


def sent_before(store: connection.Store, sent_sha256: str) -> KeptPhoto | None:
    """Return the photo kept of a file that was sent before, or None; another decoder may give other bytes for it.

    A correction names a photo of the earlier survey as it is kept.
    """
    query = sa.select(*KEPT_COLUMNS).join_from(schema.photo_source, schema.photo)
    source = schema.photo_source.c
    with connection.reading(store) as records:
        found = records.execute(query.where(source.sent_sha256 == sent_sha256)).first()
        found = found or records.execute(query.where(schema.photo.c.sha256 == sent_sha256)).first()
    return None if found is None else KeptPhoto(*found)


def content(store: connection.Store, sha256: str) -> bytes:
    """Return the bytes of a kept photo.

    Raises
    ------
    audits.errors.StoreError
        When no such photo is kept, it was erased, or its file is gone.
    """
    # The name becomes part of a path.
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise errors.StoreError(f"{sha256!r} does not name a photo; a photo is named by 64 hexadecimal digits")
    gone = erasure.find(store, sha256)
    if gone is not None:
        raise errors.StoreError(f"photo {sha256}: erased on {gone.erased_at:%Y-%m-%d} because: {gone.reason}")
    try:
        return store.workspace.photo_path(sha256).read_bytes()
    except OSError as error:
        raise errors.StoreError(f"photo {sha256}: {error.strerror}") from error


def thumbnail(store: connection.Store, sha256: str, side: int = 320) -> bytes:
    """Return a kept photo as a JPEG of at most `side` pixels; errors as in :func:`content`."""
    picture = Image.open(io.BytesIO(content(store, sha256)))
    picture.thumbnail((side, side))
    return _encoded(picture)


def is_settled(store: connection.Store, sha256: str) -> bool:
    """Whether nobody need send this photo again: its file is intact, or it was erased."""
    path = store.workspace.photo_path(sha256)
    is_intact = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    return is_intact or erasure.find(store, sha256) is not None


def _opened(content: bytes) -> tuple[Facts, Image.Image]:
    """Return the metadata of a picture, and the picture upright and reduced; refuse files that cannot be trusted."""
    if len(content) > LARGEST_BYTES:
        megabytes, limit = round(len(content) / 1e6, 1), LARGEST_BYTES // 1_000_000
        raise errors.RefusedError((TOO_BIG.at(_PHOTO, megabytes=megabytes, limit=limit),))
    too_many = errors.RefusedError((TOO_MANY_PIXELS.at(_PHOTO, limit=LARGEST_PIXELS // 1_000_000),))
    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_many from error
    # Decoders of damaged files raise errors of many kinds: OSError, SyntaxError, ValueError, struct.error …
    except Exception as error:
        raise errors.RefusedError((NOT_A_PICTURE.at(_PHOTO),)) from error
    if picture.width * picture.height > LARGEST_PIXELS:
        raise too_many
    try:
        facts = facts_of(picture)
        # Lets the JPEG decoder skip detail that the reduction removes anyway, which saves memory.
        picture.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
        picture.load()
        return facts, _upright_and_small(picture)
    except Exception as error:
        raise errors.RefusedError((TRUNCATED.at(_PHOTO),)) from error


def _upright_and_small(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        # JPEG has no transparency, and its default would be black.
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright)
    return upright.convert("RGB")


def _encoded(picture: Image.Image) -> bytes:
    # A fresh picture: the JPEG writer would copy the comment of the old one.
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    buffer = io.BytesIO()
    bare.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return buffer.getvalue()


def _write_row(
    store: connection.Store, kept: KeptPhoto, sent_sha256: str, size: int, actor: str, moment: dt.datetime
) -> KeptPhoto:
    known = sa.select(*KEPT_COLUMNS).where(schema.photo.c.sha256 == kept.sha256)
    with connection.writing(store) as records:
        # under the write lock: two phones may send the same picture at once
        before = records.execute(known).first()
        if before is None:
            records.execute(sa.insert(schema.photo).values(**asdict(kept), bytes=size, kept_by=actor, kept_at=moment))
            events.write(records, ACTION, "photo", kept.sha256, payload(kept), actor, moment)
        if not connection.exists(records, schema.photo_source.c.sent_sha256 == sent_sha256):
            events.add(records, SOURCE, {"sent_sha256": sent_sha256, "sha256": kept.sha256}, actor, moment)
    return kept if before is None else KeptPhoto(*before)


def payload(kept: KeptPhoto) -> str:
    """Return the audit log entry of a photo as canonical JSON."""
    taken_at = None if kept.taken_at is None else kept.taken_at.isoformat(timespec="milliseconds")
    return hash_chain.canonical({**asdict(kept), "taken_at": taken_at})


def facts_of(picture: Image.Image) -> Facts:
    """Return the facts of a picture as opened, before it is turned or re-encoded; impossible ones are None."""
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
    # 0, 0 is what a camera without a fix writes; it lies in the sea off Ghana
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
    # texts of EXIF end in NUL, and some cameras pad them with blanks
    written = place.get(reference, "")
    return -value if str(written).strip("\0 ").upper() == negative else value


def _instant(camera: dict[int, object]) -> dt.datetime | None:
    written = str(camera.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(camera.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    year, colon, rest = written.partition(":")
    # Some cameras keep the calendar that the owner reads.
    if year.isdecimal() and 2400 <= int(year) <= 2700:
        written = f"{int(year) - wording.BUDDHIST_ERA_YEARS}{colon}{rest}"
    try:
        local = dt.datetime.strptime(written, "%Y:%m:%d %H:%M:%S").replace(tzinfo=wording.local_zone())
    except ValueError:
        return None
    try:
        return dt.datetime.strptime(f"{written} {offset}", "%Y:%m:%d %H:%M:%S %z")
    except ValueError:
        return local
