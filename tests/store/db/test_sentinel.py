import datetime as dt
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audits import errors, survey
from audits.store.db import connection, sentinel, workspace
from audits.store.integrity import verify
from audits.store.surveys import read, reviews, submit

pytestmark = pytest.mark.usefixtures("the_file")


@pytest.fixture
def closed(place: workspace.Workspace) -> workspace.Workspace:
    """Return a workspace whose record nobody has open."""
    connection.open_store(place).close()
    return place


def damaged(content: bytes) -> Iterator[tuple[str, bytes]]:
    chance, size = random.Random(7), len(content)
    yield "cut in half", content[: size // 2]
    yield "cut short", content[:-100]
    yield "a page of zeros", bytes(4096) + content[4096:]
    yield "zeros to the end", content[: size // 2] + bytes(size - size // 2)
    yield "garbage", chance.randbytes(size)
    yield "one bit of the header", content[:5] + bytes([content[5] ^ 1]) + content[6:]
    for number in range(6):
        flipped = bytearray(content)
        for _ in range(300):
            flipped[chance.randrange(100, size)] ^= 0xFF
        yield f"flipped bytes {number}", bytes(flipped)


def test_a_damaged_file_is_refused_in_a_sentence_or_found_and_never_written_over(closed: workspace.Workspace) -> None:
    sound = closed.store_path.read_bytes()
    refused = 0
    for what, content in damaged(sound):
        closed.store_path.write_bytes(content)
        try:
            with connection.open_store(closed) as store:
                assert verify.verify(store).problems, what
        except errors.JaideeError as error:
            refused += 1
            assert "jaidee.gpkg" in str(error), what
            assert "restore" in str(error), f"{what}: {error}"
        assert closed.store_path.read_bytes() == content, what
        for log in closed.folder.glob("jaidee.gpkg-*"):
            log.unlink()
    assert refused >= 6


@pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_lost_or_emptied_record_is_not_taken_for_a_new_beginning(
    closed: workspace.Workspace, how: Callable[[Path], object]
) -> None:
    how(closed.store_path)
    for create in (True, False):
        with pytest.raises(errors.WorkspaceError, match="Restore the last backup"):
            connection.open_store(closed, create=create)
    assert not closed.store_path.exists() or closed.store_path.read_bytes() == b""
    (closed.folder / sentinel.MARK).unlink()
    connection.open_store(closed).close()
    assert closed.store_path.stat().st_size > 0


def test_an_empty_file_where_no_record_was_is_begun(place: workspace.Workspace) -> None:
    place.folder.mkdir()
    place.store_path.touch()
    with connection.open_store(place) as store:
        assert verify.verify(store).problems == ()


def test_a_record_of_an_earlier_program_is_remembered_from_its_next_opening(closed: workspace.Workspace) -> None:
    (closed.folder / sentinel.MARK).unlink()
    connection.open_store(closed, create=False).close()
    assert (closed.folder / sentinel.MARK).is_file()


def test_only_words_of_damage_bring_the_advice() -> None:
    assert sentinel.with_advice("database is locked") == "database is locked"
    assert "python -m audits restore" in sentinel.with_advice("file is not a database")


def test_a_clock_set_back_breaks_neither_the_chain_nor_hides_a_survey(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    noon = dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC)
    for number, jump in enumerate((0, -400, 3650, -1, 0), start=1):
        observed = noon + dt.timedelta(days=jump)
        visit = a_survey(survey_id=f"uuid:{number}", observed_at=observed)
        assert submit.submit(store, visit, "somchai", observed).outcome == "accepted"
        reviews.approve(store, [visit.survey_id], "engineer", observed)
    assert read.surveys(store)["survey_id"].tolist() == [f"uuid:{number}" for number in range(1, 6)]
    assert read.surveys(store)["receipt_number"].tolist() == [1, 2, 3, 4, 5]
    assert set(read.measurements(store, approved_only=True)["survey_id"]) == {
        f"uuid:{number}" for number in range(1, 6)
    }
    assert verify.verify(store).problems == ()


def test_a_folder_that_cannot_be_written_is_refused_in_a_sentence(
    closed: workspace.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests may run as one for whom every folder can be written.
    before = closed.store_path.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(errors.WorkspaceError, match="cannot be written"):
        connection.open_store(closed)
    assert closed.store_path.read_bytes() == before


def test_a_record_copied_without_its_mark_opens(closed: workspace.Workspace, tmp_path: Path) -> None:
    copy = workspace.Workspace(tmp_path / "copy")
    copy.folder.mkdir()
    shutil.copy(closed.store_path, copy.store_path)
    connection.open_store(copy, create=False).close()
