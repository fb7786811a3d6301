"""The comparison of municipalities is in the menu once it is made, as a map and in the same table."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app_pages.session import cache
from audits.nation import generating, judging, partitions, running
from tests.app_pages import opening


@pytest.fixture(name="folder")
def _folder(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copied = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(copied))
    yield copied
    cache.open_store.clear()


def test_municipalities_are_compared_on_a_map_and_in_the_same_table(folder: Path, tmp_path: Path) -> None:
    app = opening.opened("nation.py", lang="en")
    assert "python -m audits nation" in app.info[0].value
    generating.generate(tmp_path / "nation", 6, 60, seed=3)
    running.judge_nation(tmp_path / "nation", folder / "nation", lambda tasks: map(judging.judge, tasks))
    problem = {"partition": "province=P02/part.parquet", "problems": [{"sentence": "It is torn."}]}
    partitions.write_json(folder / "nation" / "nation.json", {"refused": [problem]})
    app.run()
    assert not app.exception
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    assert "Map of 6 municipalities" in shown
    assert "It is torn." in shown
    assert len(app.dataframe[0].value) == 6
    app.selectbox(key="province").set_value("P01").run()
    app.selectbox(key="place").set_value("P01 · P01-002").run()
    assert not app.exception
    assert set(app.dataframe[0].value["Province"]) == {"P01"}
    assert any(each.value.startswith("P01-002: ") for each in app.markdown)
    (folder / "nation" / "summary" / "municipalities.parquet").write_bytes(b"PAR1 cut short")
    app.run()
    assert not app.exception
    assert "cannot be read" in app.error[0].value
