from concurrent import futures
from pathlib import Path

import pytest

from audits.store.db import durable_files


def test_a_file_is_written_with_its_folders_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.bin"
    durable_files.write(path, b"content")
    assert path.read_bytes() == b"content"
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


def test_a_file_that_holds_the_content_already_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.bin"
    durable_files.write(path, b"content")
    before = path.stat()
    durable_files.write(path, b"content")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "c.bin"
    path.write_bytes(b"cont")
    durable_files.write(path, b"content")
    assert path.read_bytes() == b"content"


def test_many_who_write_the_same_file_at_once_leave_it_whole(tmp_path: Path) -> None:
    path, content = tmp_path / "a" / "c.bin", b"x" * 200_000
    with futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: durable_files.write(path, content), range(32)))
    assert path.read_bytes() == content
    assert [found.name for found in path.parent.iterdir()] == ["c.bin"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.bin"
    durable_files.write(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable_files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        durable_files.write(path, b"new")
    assert path.read_bytes() == b"old"
