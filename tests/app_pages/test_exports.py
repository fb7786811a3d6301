"""The exports page offers the exchange formats, and shows what each cannot hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app_pages.session import cache
from audits.reports import catalogue
from audits.store.db import connection, workspace
from audits.store.register import municipal_choices
from tests.app_pages import opening


def test_an_exchange_format_shows_its_losses_and_the_catalogue_asks_for_a_licence(
    demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    app = opening.opened("exports.py", lang="en", workspace="demonstration")
    app.radio(key="format").set_value("osm").run()
    app.button(key="make").click().run()
    assert not app.exception
    assert [one.value for one in app.subheader] == ["What the file does not hold"]
    assert len(app.get("download_button")) == 2
    app.radio(key="format").set_value("dcat").run()
    app.text_input(key="reviewer_name").set_value("Somchai").run()
    app.radio(key="data_licence").set_value("CC-BY-4.0").run()
    app.button(key="set_licence").click().run()
    assert not app.exception
    cache.open_store.clear()
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        assert municipal_choices.chosen(store, catalogue.LICENCE) == "CC-BY-4.0"
