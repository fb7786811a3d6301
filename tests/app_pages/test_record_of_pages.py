"""A page shows the record as it stands at each look: register, weights and criteria."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.session import cache
from audits.rules import files
from audits.store.db import connection, workspace
from audits.store.register import changes
from tests.app_pages import opening

RAMP = "KK-012.ramp.1"
NOON = dt.datetime(2027, 3, 3, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def folder(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield folder / "demonstration"
    cache.open_store.clear()


def _page(app: AppTest, page: str, **address: str) -> str:
    """Open a page once more and give everything it says."""
    for name, value in {"lang": "en", "workspace": "demonstration", **address}.items():
        app.query_params[name] = value
    app.switch_page(page)
    for name, value in {"lang": "en", "workspace": "demonstration", **address}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return " ".join(str(each.proto.body) for each in app.get("html"))


def _opened() -> AppTest:
    return opening.opened(lang="en", workspace="demonstration")


def test_other_weights_show_at_the_next_look(folder: Path) -> None:
    app = _opened()
    before = _page(app, "site.py", site="KK-012")
    own = files.WEIGHTS.read_text("utf-8")
    (folder / "weights.yaml").write_text(own.replace("{4: 8,", "{4: 80,"), "utf-8")
    after = _page(app, "site.py", site="KK-012")
    assert before != after
    (folder / "weights.yaml").unlink()
    assert _page(app, "site.py", site="KK-012") == before


def test_a_retired_element_leaves_its_page_at_the_next_look(folder: Path) -> None:
    app, label = _opened(), "behind the old gate"
    with connection.open_store(workspace.Workspace(folder), kind="demonstration") as store:
        changes.change_element(store, RAMP, {"label": label}, "engineer", "named", changed_at=NOON)
        assert label in _page(app, "site.py", site="KK-012")
        changes.change_element(store, RAMP, {"retired": True}, "engineer", "gone", changed_at=NOON)
    for page in ("site.py", "works.py", "survey.py"):
        assert label not in _page(app, page, site="KK-012")
