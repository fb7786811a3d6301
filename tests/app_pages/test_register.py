"""The register page offers pairs that may be one thing, joins them, and takes a join back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.session import cache
from audits.store.db import connection, workspace
from audits.store.register import same_elements
from tests.app_pages import opening

KK, SP = "KK-001.ramp.1", "SP-001.ramp.1"


@pytest.fixture
def folder(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield folder
    cache.open_store.clear()


def _opened(code: str) -> AppTest:
    app = opening.opened("register.py", lang="en", workspace="demonstration", site=code)
    return app.text_input(key="reviewer_name").set_value("E-01").run()


def _table(app: AppTest) -> str:
    return next((str(one.proto.body) for one in app.get("html") if "One thing or two" in str(one.proto.body)), "")


def _here(app: AppTest) -> str:
    return next(str(one.key) for one in app.selectbox if str(one.key).startswith("same_here"))


def _joined(folder: Path) -> dict[str, str]:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        return same_elements.joined(store)


def test_a_presumed_pair_is_joined_at_either_site_and_taken_back(folder: Path) -> None:
    app = _opened("SP-001")
    assert "presumed: not decided yet" in _table(app)
    app.selectbox(key=_here(app)).set_value(SP).run()
    other = app.selectbox(key=f"same_other|{SP}")
    assert other.value == KK
    app.button(key="same_join").click().run()
    assert any("Say why" in one.value for one in app.error)
    app.text_input(key="same_reason").set_value("one ramp by the gate").run()
    app.button(key="same_join").click().run()
    assert not app.exception
    assert _joined(folder) == {SP: KK}
    app = _opened("KK-001")
    assert "one thing" in _table(app)
    assert "presumed" not in _table(app)
    app.selectbox(key=_here(app)).set_value(KK).run()
    app.selectbox(key=f"same_other|{KK}").set_value(SP).run()
    app.text_input(key="same_reason").set_value("two after all").run()
    app.button(key="same_apart").click().run()
    assert not app.exception
    assert _joined(folder) == {}
    assert _table(app) == ""


@pytest.mark.usefixtures("folder")
def test_all_pairs_that_may_be_one_thing_are_listed_with_the_way_to_each() -> None:
    query = {"lang": "en", "workspace": "demonstration"}
    listed, to_do = (
        " ".join(str(each.proto.body) for each in opening.opened(page, **query, **more).get("html"))
        for page, more in (("register.py", {"twice": "all"}), ("to_do.py", {}))
    )
    (count,) = re.findall(r"<b>(\d+)</b> things perhaps recorded twice", to_do)
    assert f"{count} things perhaps recorded twice</caption>" in listed
    assert listed.count('href="/register?') == int(count)
