import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest

from audits import errors, survey
from audits.store.backup import backup
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import read, submit


def test_a_backup_taken_while_others_write_restores_whole(
    store: connection.Store, a_survey: Callable[..., survey.Survey], tmp_path: Path
) -> None:
    stop, acknowledged = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            receipt = submit.submit(store, a_survey(survey_id=survey.new_survey_id()), "somchai")
            acknowledged.append(receipt.survey_id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(acknowledged) < 20:
            stop.wait(0.01)
        before = list(acknowledged)
        restored = workspace.Workspace(tmp_path / "restored")
        restored.folder.mkdir()
        backup.backup(store, restored.store_path)
    finally:
        stop.set()
        writer.join()
    with connection.open_store(restored, create=False) as opened:
        assert verify.verify(opened).problems == ()
        assert set(before) <= set(read.surveys(opened)["survey_id"]) <= set(acknowledged)
        head = str(read.head(opened))
    assert verify.verify(store, expect=head).problems == ()


def test_a_backup_is_one_file_that_gdal_reads(store: connection.Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.gpkg"
    backup.backup(store, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.gpkg", "work"]
    raw = sqlite3.connect(target)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    raw.close()
    assert len(pyogrio.read_dataframe(target, layer="site")) == 2


def test_a_backup_never_overwrites(store: connection.Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.gpkg"
    target.write_text("mine")
    with pytest.raises(errors.StoreError, match="exists already"):
        backup.backup(store, target)
    assert target.read_text() == "mine"


def test_a_backup_that_fails_leaves_nothing(store: connection.Store, tmp_path: Path) -> None:
    with pytest.raises(errors.StoreError, match="could not be made"):
        backup.backup(store, tmp_path / "no folder" / "copy.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["work"]
