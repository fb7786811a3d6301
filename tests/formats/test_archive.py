"""An archive from a stranger is judged before it is unpacked, and one of ours is the same on every computer."""

import datetime as dt
import io
import struct
import warnings
import zipfile

import pytest

from audits import errors
from audits.formats import archive

DAY = dt.date(2026, 11, 22)
DAMAGED, TOO_MUCH, LOCKED, OUTSIDE = (errors.ProblemKind(f"TEST-{number}", "wrong") for number in range(4))
GUARD = archive.Guard(DAMAGED, TOO_MUCH, LOCKED, OUTSIDE, most_entries=3, most_unpacked_bytes=1000)


def zipped(*parts: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in parts:
            file.writestr(name, content)
    return target.getvalue()


def refusal(content: bytes, guard: archive.Guard = GUARD) -> errors.ProblemKind:
    with pytest.raises(errors.RefusedError) as refused:
        archive.opened(content, "x.zip", guard)
    (problem,) = refused.value.problems
    return problem.kind


def lying(content: bytes, size: int) -> bytes:
    """Return an archive whose directory gives its first part another size."""
    changed = bytearray(content)
    struct.pack_into("<I", changed, content.index(b"PK\x01\x02") + 24, size)
    return bytes(changed)


def test_the_same_files_make_the_same_bytes() -> None:
    files = {"ก.csv": b"1", "b/c.txt": b"2"}
    assert archive.zipped(files, DAY) == archive.zipped(dict(files), DAY)


def test_names_content_and_day_come_back() -> None:
    content = archive.zipped({"ก.csv": b"1", "b/c.txt": b"2"}, DAY)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(2026, 11, 22, 0, 0, 0)}
        assert opened.testzip() is None
    parts = archive.opened(content, "x.zip", GUARD)
    assert list(parts.entries) == ["ก.csv", "b/c.txt"]
    assert parts.read("b/c.txt") == b"2"


def test_folders_and_names_that_stand_twice_are_no_parts() -> None:
    parts = archive.opened(zipped(("a/", b""), ("b", b"1"), ("b", b"2")), "x.zip", GUARD)
    assert list(parts.entries) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 no archive", DAMAGED),
        (zipped(*((str(number), b"") for number in range(4))), TOO_MUCH),
        (zipped(("a", b"0" * 1001)), TOO_MUCH),
        (zipped(("../a", b"")), OUTSIDE),
        (zipped(("/a", b"")), OUTSIDE),
        (zipped(("C:\\a", b"")), OUTSIDE),
    ],
    ids=["damaged", "many parts", "much unpacked", "above", "from the root", "on a drive"],
)
def test_what_a_directory_gives_away_is_refused(content: bytes, kind: errors.ProblemKind) -> None:
    assert refusal(content) is kind


def test_a_password_is_refused_where_the_channel_has_a_word_for_it() -> None:
    content = bytearray(zipped(("a", b"1")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)) is LOCKED
    assert archive.opened(bytes(content), "x.zip", archive.Guard(DAMAGED, TOO_MUCH)).entries


def test_no_archive_may_grow_a_hundredfold_unless_it_stays_small() -> None:
    content = zipped(("a", b"0" * 900_000))
    wide = archive.Guard(DAMAGED, TOO_MUCH, most_unpacked_bytes=2**30)
    assert refusal(content, wide) is TOO_MUCH
    small = archive.Guard(DAMAGED, TOO_MUCH, always_allowed_bytes=2**20)
    assert len(archive.opened(content, "x.zip", small).read("a")) == 900_000


def test_a_part_is_read_up_to_a_limit_or_refused() -> None:
    parts = archive.opened(zipped(("a", b"0123456789")), "x.zip", GUARD)
    assert parts.read("a", 4) == b"0123"
    assert parts.read_whole("a", 10) == b"0123456789"
    with pytest.raises(errors.RefusedError) as refused:
        parts.read_whole("a", 9)
    assert refused.value.problems[0].kind is TOO_MUCH


@pytest.mark.parametrize("name", ["missing", "a"])
def test_a_part_that_cannot_be_read_is_refused_by_its_name(name: str) -> None:
    content = bytearray(zipped(("a", b"0123456789" * 20)))
    content[40] ^= 0xFF
    with pytest.raises(errors.RefusedError) as refused:
        archive.opened(bytes(content), "x.zip", GUARD).read(name)
    assert [(problem.kind, problem.where) for problem in refused.value.problems] == [(DAMAGED, f"x.zip, {name}")]


def test_a_directory_that_understates_a_size_is_refused_before_another_reader_unpacks_it() -> None:
    honest = zipped(("a", b"0" * 900))
    archive.opened(honest, "x.zip", GUARD).check_sizes()
    with pytest.raises(errors.RefusedError) as refused:
        archive.opened(lying(honest, 10), "x.zip", GUARD).check_sizes()
    assert refused.value.problems[0].kind is DAMAGED
