"""Prove that the start page says what every door says, and makes a profile of columns that one points at."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from audits.store.db import connection, workspace
from audits.store.surveys import read
from tests.app_pages import opening

ROWS = (
    "RAMP,LNG,LTD,INSP,WHO,SLP_PCT,OK\nR-1,102.83,16.43,11/15/2025,Som,-9.2,N\nR-2,102.84,16.44,11/16/2025,Som,5.1,Y\n"
)
MEANINGS = {
    "RAMP: R-1": "code",
    "LNG: 102.83": "east",
    "LTD: 16.43": "north",
    "INSP: 11/15/2025": "observed_on",
    "WHO: Som": "surveyor",
    "SLP_PCT: -9.2": "quantity:running_slope_pct",
    "OK: N": "inspector_verdict",
}


def labelled(app: AppTest, kind: str, label: str) -> object:
    return next(one for one in app.get(kind) if one.label == label)


def test_a_profile_is_made_by_pointing_at_columns_and_used_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(workspace.ENVIRONMENT_KEY, str(tmp_path))
    with connection.open_store(workspace.Workspace(tmp_path)):
        pass
    app = opening.opened("start.py", lang="en", workspace="real")
    app.file_uploader(key="import_file").upload("list.csv", ROWS.encode(), "text/csv").run()
    assert [one.value.partition(": ")[2][:40] for one in app.error] == ["no measured column was understood, and t"]
    # a profile has no place for these: chosen, they would be lost
    for unsaid in ("whether the place was found", "accuracy of the position in metres", "street, English name"):
        assert unsaid not in labelled(app, "selectbox", "RAMP: R-1").options
    for label, meaning in MEANINGS.items():
        labelled(app, "selectbox", label).set_value(meaning)
    app.run()
    labelled(app, "selectbox", "Unit of SLP_PCT").set_value("percent")
    labelled(app, "selectbox", "“N” stands for").set_value("fail")
    labelled(app, "selectbox", "Kind of element").set_value("ramp")
    labelled(app, "text_input", "Format of the days, such as %m/%d/%Y").set_value("%m/%d/%Y")
    labelled(app, "text_input", "Name of the profile").set_value("county")
    app.run()
    labelled(app, "button", "Save the profile and use it").click().run()
    assert (tmp_path / "profiles" / "county.yaml").read_text("utf-8").count("sign: either") == 1
    assert not app.error
    assert labelled(app, "selectbox", "Profile of the table").value == "county"
    assert any("2 rows would be taken in, 2 new sites, 2 surveys" in one.value for one in app.markdown)
    labelled(app, "text_input", "Your name or staff number").set_value("E-01").run()
    labelled(app, "button", "Write to the register").click().run()
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        assert read.measurements(store)["value"].tolist() == [9.2, 5.1]
