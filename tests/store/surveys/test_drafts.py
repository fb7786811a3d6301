import subprocess
import sys
from pathlib import Path

import pytest

from audits import errors
from audits.store.db import workspace
from audits.store.surveys import drafts

pytestmark = pytest.mark.usefixtures("the_file")

ROOT = Path(__file__).parents[3]


def test_the_newest_draft_wins(place: workspace.Workspace) -> None:
    drafts.save(place, "somchai KK-001", {"clear_width_mm": 900})
    drafts.save(place, "somchai KK-001", {"clear_width_mm": 910, "note": "ฝนตก \ud83d"})
    assert drafts.load(place, "somchai KK-001") == {"clear_width_mm": 910, "note": "ฝนตก \ud83d"}


def test_drafts_of_different_keys_do_not_mix(place: workspace.Workspace) -> None:
    drafts.save(place, "b", {"a": 1})
    drafts.save(place, "a", {"a": 2})
    assert drafts.keys(place) == ("a", "b")
    drafts.discard(place, "a")
    assert drafts.load(place, "a") is None
    assert drafts.load(place, "b") == {"a": 1}


def test_nothing_is_known_of_a_draft_that_was_never_saved(place: workspace.Workspace) -> None:
    assert drafts.load(place, "a") is None
    assert drafts.keys(place) == ()


def test_a_draft_survives_the_death_of_the_program(place: workspace.Workspace) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom audits.store.db import workspace\n"
        "from audits.store.surveys import drafts\n"
        "drafts.save(workspace.Workspace(Path(sys.argv[1])), 'a', {'clear_width_mm': 900})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(place.folder)], cwd=ROOT, check=False)
    assert done.returncode == -9
    assert drafts.load(place, "a") == {"clear_width_mm": 900}


def test_a_file_that_is_no_database_is_told_of(place: workspace.Workspace) -> None:
    place.folder.mkdir()
    place.drafts_path.write_text("no database " * 100)
    with pytest.raises(errors.StoreError, match=r"drafts\.sqlite"):
        drafts.load(place, "a")
