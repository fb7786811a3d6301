"""A technician sees what the office holds of what was sent, with the reason, and which sites come next."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app_pages.session import cache
from audits.store.db import connection, workspace
from audits.store.surveys import quarantine
from tests.app_pages import opening


def test_what_the_office_holds_is_shown_with_its_reason(
    demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    rows = [quarantine.HeldRow(1, '{"site_code": "KK-012"}', ("The record was made 50000 m from KK-012.",))]
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        quarantine.hold(store, "kit uuid:1", "a" * 64, "somchai", rows, 0)
    try:
        app = opening.opened("my_work.py", lang="en", workspace="demonstration")
        assert not app.exception
        assert "1 record is held at the office" in [each.value for each in app.subheader]
        (card,) = [each.proto.body for each in app.get("html") if "50000 m" in each.proto.body]
        assert "KK-012" in card
    finally:
        cache.open_store.clear()
