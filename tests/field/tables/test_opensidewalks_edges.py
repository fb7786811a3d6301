"""The ways of a walking network are no sites."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from audits import __main__ as program

ENDS = {"_id": "1", "_u_id": "2", "_v_id": "3", "footway": "sidewalk"}


def _file(folder: Path, name: str, kind: str, coordinates: list, properties: dict) -> Path:
    shape = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "geometry": shape, "properties": properties}
    file = folder / name
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    return file


def test_the_edges_are_refused_with_the_command_that_reads_them(tmp_path: Path) -> None:
    file = _file(tmp_path, "edges.geojson", "LineString", [[102.83, 16.44], [102.83, 16.441]], ENDS)
    asked = ["import", str(file), "--dry-run", "--json", "--workspace", str(tmp_path / "w"), "--lang", "en"]
    done = CliRunner().invoke(program.application, [*asked, "--actor", "E-01"], env={"JAIDEE_WORKSPACE": ""})
    (problem,) = json.loads(done.stdout)["problems"]
    assert (done.exit_code, problem["code"]) == (1, "IMPORT-004")
    assert "python -m layers base edges.geojson" in done.stdout
