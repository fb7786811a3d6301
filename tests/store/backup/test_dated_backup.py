import dataclasses
import datetime as dt
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from audits import errors, survey
from audits.store.accounts import sessions
from audits.store.audit_log import hash_chain
from audits.store.backup import backup, dated_backup, restore
from audits.store.db import connection, schema, triggers, workspace
from audits.store.integrity import verify
from audits.store.photos import erasure
from audits.store.public_form import unread
from audits.store.surveys import quarantine, read, submit
from layers import base_file, population_file

pytestmark = pytest.mark.usefixtures("the_file")

ROOT = Path(__file__).parents[3]
NOON = dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC)
Builder = Callable[..., survey.Survey]


@pytest.fixture
def worked_in(store: connection.Store, a_survey: Builder, keep_photo: Callable[[str], str]) -> connection.Store:
    """Return a store with a survey, two photos, a refused file and weights of its own."""
    red = keep_photo("red")
    keep_photo("blue")
    submit.submit(store, a_survey(photos=(survey.Photo(red),)), "somchai")
    quarantine.keep_file(store.workspace, b"no table")
    store.workspace.weights_path.write_text("weights", "utf-8")
    (store.workspace.profiles_folder).mkdir()
    (store.workspace.profiles_folder / "kobo.yaml").write_text("profile", "utf-8")
    for name in (base_file.NAME, *(population_file.NAME + ending for ending in population_file.ENDINGS)):
        (store.workspace.folder / name).write_text("ground", "utf-8")
    unread.send(store, "ขอทางลาด", "หน้าวัด", "", "192.0.2.1")
    (store.workspace.folder / sessions.KEY_FILE).unlink()
    with connection.writing(store) as records:
        values = {"token_sha256": "t" * 64, "username": "malee", "since": NOON, "until": NOON}
        records.execute(sa.insert(schema.signed_in).values(**values))
    return store


def later(days: int) -> dt.datetime:
    return NOON + dt.timedelta(days=days)


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("jaidee.gpkg")
    }


def test_what_is_restored_is_the_whole_workspace(worked_in: connection.Store, tmp_path: Path) -> None:
    made = dated_backup.write(worked_in, tmp_path / "backups", at=NOON)
    assert (made.folder.name, made.surveys, made.photos, made.problems) == ("2026-03-03T05-00-00Z", 1, 2, ())
    assert made.head == str(read.head(worked_in))
    restored = restore.restore(tmp_path / "backups", tmp_path / "new", expect=made.head)
    assert dataclasses.asdict(restored) == {
        **{"backup": made.folder, "head": made.head, "entries": made.entries, "surveys": 1, "photos": 2},
        **{"erased_again": (), "unread": 1, "deleted_again": 0},
    }
    place = workspace.Workspace(tmp_path / "new")
    assert everything(place.folder) == everything(worked_in.workspace.folder)
    with connection.open_store(place, create=False) as opened:
        assert verify.verify(opened, made.head) == verify.verify(worked_in)
        assert read.survey(opened, "uuid:1") == read.survey(worked_in, "uuid:1")
        with connection.reading(opened) as records:
            assert records.execute(sa.select(schema.signed_in)).all() == []
        pd.testing.assert_frame_equal(unread.every(opened), unread.every(worked_in))


def test_what_was_deleted_of_the_public_form_stays_deleted(worked_in: connection.Store, tmp_path: Path) -> None:
    for text in ("ขายของ", "ขอม้านั่ง"):
        unread.send(worked_in, text, "ตลาด", "", "192.0.2.2")
    old = dated_backup.write(worked_in, tmp_path / "backups", at=NOON)
    ramp, advertising, seat = unread.every(worked_in)["key"]
    unread.dismiss(worked_in, advertising)
    unread.accept(worked_in, seat, "ขอม้านั่ง", "malee", longitude=102.83, latitude=16.43)
    unread.send(worked_in, "ส่งภายหลัง", "ตลาด", "", "192.0.2.2")
    # no backup has seen yet what was decided
    restored = restore.restore(old.folder, tmp_path / "first")
    assert (restored.unread, restored.deleted_again) == (3, 0)
    new = dated_backup.write(worked_in, tmp_path / "backups", at=later(1))
    restored = restore.restore(old.folder, tmp_path / "second")
    # what was recorded is not in the older record, so that it waits there again
    assert (restored.unread, restored.deleted_again) == (2, 1)
    with connection.open_store(workspace.Workspace(tmp_path / "second"), create=False) as opened:
        assert unread.every(opened)["key"].tolist() == [ramp, seat]
        assert verify.verify(opened).problems == ()
    assert restore.restore(new.folder, tmp_path / "third").unread == 2
    (new.folder / "jaidee.gpkg").write_bytes(b"damaged")
    assert restore.restore(old.folder, tmp_path / "fourth").unread == 3


def test_who_is_signed_in_leaves_no_byte_in_a_backup(worked_in: connection.Store, tmp_path: Path) -> None:
    backup.backup(worked_in, tmp_path / "copy.gpkg")
    assert b"t" * 64 in worked_in.workspace.store_path.read_bytes() + _log(worked_in)
    assert b"t" * 64 not in (tmp_path / "copy.gpkg").read_bytes()


def _log(store: connection.Store) -> bytes:
    log = store.workspace.folder / "jaidee.gpkg-wal"
    return log.read_bytes() if log.exists() else b""


def test_a_photo_is_copied_once_for_all_backups(
    worked_in: connection.Store, keep_photo: Callable[[str], str], tmp_path: Path
) -> None:
    target = tmp_path / "backups"
    assert dated_backup.write(worked_in, target, at=NOON).copied == 3
    keep_photo("green")
    assert dated_backup.write(worked_in, target, at=later(1)).copied == 1
    assert len(list((target / "photos").glob("*/*"))) == 3


def test_only_the_newest_are_kept_and_what_only_older_ones_had_goes(
    worked_in: connection.Store, tmp_path: Path
) -> None:
    target = tmp_path / "backups"
    for day in range(3):
        dated_backup.write(worked_in, target, at=later(day))
    (worked_in.workspace.refused_folder / next(worked_in.workspace.refused_folder.iterdir()).name).unlink()
    made = dated_backup.write(worked_in, target, keep=2, at=later(3))
    assert made.pruned == ("2026-03-03T05-00-00Z", "2026-03-04T05-00-00Z")
    dated_backup.write(worked_in, target, keep=1, at=later(4))
    assert sorted(path.name for path in target.iterdir()) == ["2026-03-07T05-00-00Z", "photos", "refused"]
    assert list((target / "refused").glob("*/*")) == []
    assert len(list((target / "photos").glob("*/*"))) == 2


def test_a_clock_set_back_does_not_cost_the_fresh_backup(worked_in: connection.Store, tmp_path: Path) -> None:
    dated_backup.write(worked_in, tmp_path / "b", at=later(9))
    made = dated_backup.write(worked_in, tmp_path / "b", keep=1, at=NOON)
    assert made.folder.is_dir()
    assert made.pruned == ("2026-03-12T05-00-00Z",)


def test_an_altered_record_is_kept_and_told_and_nothing_older_is_removed(
    worked_in: connection.Store, outsider: sqlite3.Connection, tmp_path: Path
) -> None:
    dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    outsider.execute("DROP TRIGGER measurement_no_update")
    outsider.execute("UPDATE measurement SET value = 5 WHERE fid = 1")
    outsider.execute(triggers.expected()["measurement_no_update"])
    made = dated_backup.write(worked_in, tmp_path / "b", keep=1, at=later(1))
    assert [problem.kind for problem in made.problems] == [verify.SURVEY_ALTERED]
    assert made.pruned == ()
    with pytest.raises(errors.RefusedError, match="differs from the audit log"):
        restore.restore(made.folder, tmp_path / "new")
    assert restore.restore(tmp_path / "b" / "2026-03-03T05-00-00Z", tmp_path / "old").surveys == 1


def test_a_photo_that_is_gone_from_the_workspace_is_told(worked_in: connection.Store, tmp_path: Path) -> None:
    path = next(worked_in.workspace.photos_folder.rglob("*.jpg"))
    path.unlink()
    made = dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    assert [(problem.kind, problem.where) for problem in made.problems] == [
        (dated_backup.EVIDENCE_DAMAGED, f"photos {path.stem}")
    ]
    assert made.photos == 1


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "which", ["jaidee.gpkg", "weights.yaml", "profiles/kobo.yaml", "../photos/*/*", "../refused/*/*"]
)
@pytest.mark.parametrize("how", [damage, Path.unlink])
def test_a_damaged_backup_is_refused_and_says_which_file(
    worked_in: connection.Store, tmp_path: Path, which: str, how: Callable[[Path], None]
) -> None:
    made = dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    folder, pattern = (tmp_path / "b", which[3:]) if which.startswith("../") else (made.folder, which)
    path = sorted(folder.glob(pattern))[0]
    how(path)
    with pytest.raises(errors.RefusedError) as refused:
        restore.restore(made.folder, tmp_path / "new")
    (problem,) = refused.value.problems
    assert problem.kind is (restore.FILE_DAMAGED if how is damage else restore.FILE_GONE)
    assert path.name in problem.where
    assert not (tmp_path / "new").exists()
    assert not [left for left in tmp_path.iterdir() if left.name.endswith(".part")]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 99}', b'{"format": 1}'])
def test_a_damaged_list_is_refused(worked_in: connection.Store, tmp_path: Path, content: bytes) -> None:
    made = dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    (made.folder / "manifest.json").write_bytes(content)
    with pytest.raises(errors.StoreError, match=r"manifest\.json"):
        restore.restore(made.folder, tmp_path / "new")


def test_an_older_record_under_a_younger_list_is_refused(
    worked_in: connection.Store, a_survey: Builder, tmp_path: Path
) -> None:
    old = dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    submit.submit(worked_in, a_survey(survey_id="uuid:2"), "somchai")
    young = dated_backup.write(worked_in, tmp_path / "b", at=later(1))
    manifest = json.loads((young.folder / "manifest.json").read_text("utf-8"))
    (young.folder / "jaidee.gpkg").write_bytes((old.folder / "jaidee.gpkg").read_bytes())
    manifest["files"]["jaidee.gpkg"] = dated_backup.digest(old.folder / "jaidee.gpkg")
    (young.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(errors.RefusedError) as refused:
        restore.restore(young.folder, tmp_path / "new")
    assert [problem.kind for problem in refused.value.problems] == [restore.OTHER_HEAD]
    with pytest.raises(errors.RefusedError) as refused:
        restore.restore(old.folder, tmp_path / "new", expect=young.head)
    assert [problem.kind for problem in refused.value.problems] == [verify.TAIL_CUT]


def test_a_workspace_that_holds_something_is_never_restored_over(worked_in: connection.Store, tmp_path: Path) -> None:
    dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    before = everything(worked_in.workspace.folder)
    with pytest.raises(errors.WorkspaceError, match="holds something"):
        restore.restore(tmp_path / "b", worked_in.workspace.folder)
    assert everything(worked_in.workspace.folder) == before


def test_an_empty_folder_is_restored_into_and_a_folder_without_a_backup_is_refused(
    worked_in: connection.Store, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(errors.StoreError, match="no backup"):
        restore.restore(tmp_path / "empty", tmp_path / "new")
    dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    assert restore.restore(tmp_path / "b", tmp_path / "empty").surveys == 1


def test_a_photo_erased_after_the_backup_is_erased_again_when_it_is_restored(
    worked_in: connection.Store, tmp_path: Path
) -> None:
    old = dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    sha256 = read.photos(worked_in)["sha256"].iloc[0]
    erasure.erase(worked_in, sha256, "asked by the person", "admin", later(1))
    dated_backup.write(worked_in, tmp_path / "b", at=later(2))
    assert not dated_backup.shared_path(tmp_path / "b", "photos", sha256).exists()
    restored = restore.restore(old.folder, tmp_path / "new", expect=old.head)
    assert restored.erased_again == (sha256,)
    with connection.open_store(workspace.Workspace(tmp_path / "new"), create=False) as opened:
        assert erasure.find(opened, sha256) == erasure.Erasure("asked by the person", restore.RESTORER, later(1))
        assert not opened.workspace.photo_path(sha256).exists()
        assert verify.verify(opened, old.head).problems == ()


def test_a_backup_that_fails_half_way_leaves_nothing_with_a_list(
    worked_in: connection.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dated_backup, "_note_erased", full)
    with pytest.raises(errors.StoreError, match="No space left"):
        dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    assert not [path for path in (tmp_path / "b").iterdir() if path.name not in ("photos", "refused")]


def test_two_backups_of_one_second_do_not_overwrite(worked_in: connection.Store, tmp_path: Path) -> None:
    dated_backup.write(worked_in, tmp_path / "b", at=NOON)
    with pytest.raises(errors.StoreError, match="exists already"):
        dated_backup.write(worked_in, tmp_path / "b", at=NOON)


WRITER = """
import sys
from pathlib import Path
from audits import survey
from audits.store.db import connection, workspace
from audits.store.surveys import read, submit
place = workspace.Workspace(Path(sys.argv[1]))
with connection.open_store(place, create=False) as store:
    first = read.survey(store, "uuid:1")
    import dataclasses
    while not Path(sys.argv[2]).exists():
        one = dataclasses.replace(first, survey_id=survey.new_survey_id())
        print(submit.submit(store, one, sys.argv[3]).survey_id, flush=True)
"""


def test_a_backup_taken_while_three_programs_write_restores_whole(worked_in: connection.Store, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    folder = str(worked_in.workspace.folder)
    busy = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, folder, str(stop), f"writer {number}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    try:
        acknowledged = [writer.stdout.readline().strip() for writer in busy for _ in range(3)]  # type: ignore[union-attr]
        made = dated_backup.write(worked_in, tmp_path / "b")
        after = [writer.stdout.readline().strip() for writer in busy]  # type: ignore[union-attr]
    finally:
        stop.touch()
        rest = [line for writer in busy for line in writer.communicate()[0].split()]
    assert [writer.returncode for writer in busy] == [0, 0, 0]
    restore.restore(tmp_path / "b", tmp_path / "new", expect=made.head)
    with connection.open_store(workspace.Workspace(tmp_path / "new"), create=False) as opened:
        assert verify.verify(opened).problems == ()
        found = set(read.surveys(opened)["survey_id"])
    assert {"uuid:1", *acknowledged} <= found <= {"uuid:1", *acknowledged, *after, *rest}
    live = verify.verify(worked_in, expect=made.head)
    assert live.problems == ()
    assert live.head.sequence > hash_chain.parse(made.head).sequence


def test_a_full_disk_refuses_with_a_sentence_and_loses_nothing_acknowledged(
    worked_in: connection.Store, tmp_path: Path
) -> None:
    worked_in.close()
    script = """
import dataclasses, resource, signal, sys
from pathlib import Path
from audits import errors, survey
from audits.store.db import connection, workspace
from audits.store.surveys import read, submit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
place = workspace.Workspace(Path(sys.argv[1]))
limit = place.store_path.stat().st_size + 150_000
with connection.open_store(place, create=False) as store:
    first = read.survey(store, "uuid:1")
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for number in range(1000):
        one = dataclasses.replace(first, survey_id=survey.new_survey_id())
        try:
            print(submit.submit(store, one, "somchai").survey_id, flush=True)
        except errors.StoreError as error:
            print("refused", error)
            break
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(worked_in.workspace.folder)], cwd=ROOT, capture_output=True, text=True
    )
    *acknowledged, last = done.stdout.splitlines()
    assert last.startswith("refused"), done.stderr
    assert len(acknowledged) > 3
    with connection.open_store(worked_in.workspace, create=False) as opened:
        assert verify.verify(opened).problems == ()
        assert set(acknowledged) <= set(read.surveys(opened)["survey_id"])


def test_a_backup_onto_a_full_disk_is_refused_with_a_sentence(
    worked_in: connection.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from audits import errors
from audits.store.backup import dated_backup
from audits.store.db import connection, workspace
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with connection.open_store(workspace.Workspace(Path(sys.argv[1])), create=False) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
    try:
        dated_backup.write(store, Path(sys.argv[2]))
    except errors.StoreError as error:
        print(error)
"""
    target = tmp_path / "b"
    arguments = [sys.executable, "-c", script, str(worked_in.workspace.folder), str(target)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert "The backup could not be made" in done.stdout, done.stderr
    assert list(target.iterdir()) == []
