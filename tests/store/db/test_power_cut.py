"""A power cut at any step between a file and its row loses nothing acknowledged and leaves no row without its file."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from audits import survey
from audits.store.db import connection
from audits.store.surveys import submit

pytestmark = pytest.mark.usefixtures("the_file")

ROOT = Path(__file__).parents[3]

# One process without threads, which forks a child for each step: it dies there, and takes with it what a disk loses.
CUTS = """
import datetime as dt, os, shutil, sys
from pathlib import Path
import sqlalchemy as sa
from audits.store.backup import retention
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.photos import erasure, photos

begun, picture = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes()
fsync, replace, mkdir, unlink = os.fsync, Path.replace, Path.mkdir, Path.unlink
lost = []  # what is not on the disk yet; each takes one thing away
left = 0


def step():
    global left
    left -= 1
    if left < 0:
        cut(9)


def cut(code):
    for lose in reversed(lost):
        lose()
    os._exit(code)


def on_disk(descriptor):
    step()
    fsync(descriptor)
    synced = Path(f"/proc/self/fd/{descriptor}").resolve()
    if synced.is_dir():
        lost[:] = [one for one in lost if one.folder != synced]
    step()


class Lost:
    def __init__(self, folder, path, again=None):
        self.folder, self.path, self.again = folder.resolve(), path, again

    def __call__(self):
        if self.again is not None:
            self.path.write_bytes(self.again)
        elif self.path.is_dir():
            shutil.rmtree(self.path)
        else:
            unlink(self.path, missing_ok=True)


def renamed(path, target):
    step()
    done = replace(path, target)
    lost.append(Lost(target.parent, target))
    step()
    return done


def made(path, *words, **named):
    is_new = not path.exists()
    if is_new and named.get("parents") and not path.parent.exists():
        made(path.parent, *words, **named)
    mkdir(path, *words, **named)
    if is_new:
        lost.append(Lost(path.parent, path))
        step()


def removed(path, **named):
    step()
    content = path.read_bytes() if path.is_file() and path.suffix == ".jpg" else None
    unlink(path, **named)
    if content is not None:
        lost.append(Lost(path.parent, path, content))
        step()


def keep(store):
    return photos.keep(store, picture, actor="somchai").sha256


def erase(store):
    name = photos.sent_before(store, photos.hashlib.sha256(picture).hexdigest()).sha256
    if erasure.find(store, name) is None:
        erasure.erase(store, name, "asked for", "admin")
    erasure.finish(store)


def cut_at(number, act, place):
    global left
    child = os.fork()
    if not child:
        store = connection.open_store(place, create=False)
        left = number
        os.fsync, Path.replace, Path.mkdir, Path.unlink = on_disk, renamed, made, removed
        for event in ("before_cursor_execute", "commit"):
            sa.event.listen(store.write_engine, event, lambda *_: step())
        act(store)
        # what is done is acknowledged, and the power may go at that moment
        cut(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


cuts = []
for act in (keep, erase):
    for number in range(999):
        place = workspace.Workspace(begun.with_name(f"{act.__name__} {number}"))
        shutil.copytree(begun, place.folder)
        is_done = cut_at(number, act, place)
        names = {path.name for path in place.photos_folder.rglob("*") if path.is_file()}
        with connection.open_store(place, create=False) as store:
            found = {problem.kind for problem in verify.verify(store).problems}
            # an erasure that was cut short is completed by the next
            assert found <= ({verify.PHOTO_NOT_ERASED} if act is erase and not is_done else set()), (act, number, found)
            # what died left at most a half-written file or one without a row, which the sweep finds
            later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
            gone = {path.name for path in retention.due(store, later).left_over}
            act(store)
            assert verify.verify(store).problems == (), (act, number)
        assert gone >= {name for name in names if name.endswith(".part")}
        if is_done:
            begun = place.folder
            break
    cuts.append(number)
print(*cuts)
"""


def test_a_power_cut_at_any_step_between_file_and_row_loses_nothing(
    store: connection.Store, a_survey: Callable[..., survey.Survey], tmp_path: Path
) -> None:
    submit.submit(store, a_survey(), "somchai")
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, "PNG")
    (tmp_path / "red.png").write_bytes(buffer.getvalue())
    done = subprocess.run(
        [sys.executable, "-c", CUTS, str(store.workspace.folder), str(tmp_path / "red.png")],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    kept, erased = map(int, done.stdout.split())
    assert kept > 20, done.stdout
    assert erased > 5, done.stdout
