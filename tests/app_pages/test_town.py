"""The office names another town on the page Start, once for all pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits.store.db import workspace
from tests.app_pages import opening


def test_a_town_named_on_the_start_page_heads_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(workspace.ENVIRONMENT_KEY, str(tmp_path))
    app = opening.opened("start.py", lang="en")
    assert any("Khon Kaen City Municipality" in each.proto.body for each in app.get("html"))
    fields = {each.label: each for each in app.text_input}
    fields["Name of the town in Thai"].input("เชียงใหม่")
    fields["Name of the town in English"].input("Chiang Mai")
    fields["Box of its places in degrees: west,south,east,north"].input("98.9,18.7,99.1,18.9")
    fields["Named by (name or staff number)"].input("office")
    next(each for each in app.button if each.label == "Name the town").click().run()
    assert not app.exception
    assert not any("Khon Kaen City Municipality" in each.proto.body for each in app.get("html"))
    assert any("Chiang Mai" in each.proto.body for each in app.get("html"))
    assert any("UTM 47N" in each.value for each in app.markdown)
