"""What is prepared at the start is what the first views show: they need not work it out again."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app_pages.parts.shared import background_jobs
from app_pages.parts.start import first_views
from app_pages.session import cache
from audits.plans import build_model, solved_plan
from audits.quality import report
from audits.store.db import connection, workspace
from tests.app_pages import opening


@pytest.fixture
def store(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> connection.Store:
    """The demonstration as a record of its own."""
    folder = Path(shutil.copytree(demonstration_folder / "demonstration", tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    return cache.open_store(workspace.Workspace(folder), demonstration=False)


def _forbidden(*_: object, **__: object) -> None:
    raise AssertionError("worked out again")


def test_first_views_find_plan_and_quality_worked_out(store: connection.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first_views.prepare(lambda: store)
    until = time.monotonic() + 90
    while any(job.running for job in background_jobs.kept().values()):
        assert time.monotonic() < until
        time.sleep(0.1)
    for module, name in ((report, "of_record"), (build_model, "build"), (solved_plan, "solve")):
        monkeypatch.setattr(module, name, _forbidden)
    for page in ("quality.py", "plan.py"):
        app = opening.opened(page, lang="en")
        assert not app.exception, page
    assert any("plan_" in str(each.proto.label) for each in app.get("download_button"))


def test_a_record_that_does_not_open_is_left_to_the_pages(tmp_path: Path) -> None:
    broken = tmp_path / "workspace"
    broken.mkdir()
    (broken / "jaidee.gpkg").write_bytes(b"no database")
    first_views.prepare(lambda: connection.open_store(workspace.Workspace(broken)))


def test_no_fault_of_a_first_view_keeps_the_server_from_starting(
    store: connection.Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(report, "of_record", _forbidden)
    first_views.prepare(lambda: store)
    assert [line.getMessage() for line in caplog.records if line.name == "jaidee.start"] == [
        "first views were not prepared: AssertionError"
    ]


def test_the_component_of_the_maps_is_left_to_be_declared_while_a_page_is_drawn() -> None:
    # declared before, its files would be served to nobody, and every map would stay empty
    program = (
        "import sys\nfrom app_pages.parts.start import first_views\nfirst_views.begin().join()\n"
        "assert 'app_pages.parts.shared.folium_component' in sys.modules\n"
        "sys.exit('streamlit_folium' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0
