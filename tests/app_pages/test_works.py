"""The works page takes the fixes of a saved plan, and shows only what a role may see and do."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.session import cache
from audits.store.audit_log import events
from audits.store.db import connection, workspace
from audits.store.works import fix_steps
from audits.works import fix_states
from tests.app_pages import opening

CHOSEN = ["KK-012.ramp.1", "KK-020.ramp.1", "gone.ramp.1"]


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration with one saved plan, of which one fix is built already and one is no longer registered."""
    folder = Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("copied") / "workspace"))
    moment = dt.datetime(2020, 3, 2, 5, 0, tzinfo=dt.UTC)
    plan = {"plan_id": "plan.1", "title": "2570", "content": json.dumps({"chosen": CHOSEN})}
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        with connection.writing(store) as records:
            events.add(records, "plan.save", plan | {"saved_by": "E-01", "saved_at": moment}, "E-01", moment)
        fix_states.record(store, CHOSEN[1], fix_states.BUILT, moment.date(), "E-01", recorded_at=moment)
    return folder


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(**address: str) -> AppTest:
    return opening.opened("works.py", **{"lang": "en", "workspace": "demonstration", **address})


def test_the_fixes_of_a_saved_plan_are_recorded_as_planned_but_those_further_on(folder: Path) -> None:
    app = _opened()
    app.text_input(key="reviewer_name").set_value("E-01").run()
    button = app.button(key="works_plan_take")
    assert button.label == "Record 1 fix as planned"
    button.click().run()
    assert not app.exception
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        told = fix_steps.every(store)
    planned = told.loc[told["step"] == fix_states.PLANNED]
    assert planned[["fix_id", "plan_id", "recorded_by"]].to_numpy().tolist() == [[CHOSEN[0], "plan.1", "E-01"]]


def test_the_address_chooses_state_and_fix_and_the_overdue_one_says_so() -> None:
    app = _opened(works_state="overdue", fix=CHOSEN[1])
    assert not app.exception
    said = " ".join(str(each.proto.body) for each in app.get("html"))
    assert "! not accepted by 31 May 2020" in said
    assert "1 fix<" in said
    assert app.selectbox(key="fix").value == CHOSEN[1]
