"""While works are under contract, access, plan and council count the same trips, today and once they are finished."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app_pages.session import cache
from audits import wording
from audits.access import access_text
from audits.plans import plan_about
from audits.store.db import connection, workspace
from audits.works import contracts, fix_states
from tests.agreement import printed, worlds

MILLION, MOST_WAITS, ZONE = 1_000_000, 120, 4
PLANNED_ON, SIGNED_ON = dt.date(2026, 11, 2), dt.date(2026, 11, 9)


@pytest.fixture(scope="module")
def under_contract(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[worlds.World]:
    """The demonstration with the best fixes of a million baht under contract."""
    copied = Path(shutil.copytree(root, tmp_path_factory.mktemp("contract") / "workspace"))
    world = worlds.World(copied, demonstration=True)
    chosen = worlds.World(root, demonstration=True).answer("plan", "--budget-thb", str(MILLION))["chosen"]
    with connection.open_store(workspace.Workspace(world.folder)) as store:
        for number, fix in enumerate(chosen[:3]):
            fix_states.record(store, fix, fix_states.PLANNED, PLANNED_ON, "E-01")
            agreed = {"contractor": "หจก. ทางดี", "number": f"{number}/2570", "price": "90000", "is_sure": True}
            contracts.sign(store, fix, "E-01", signed_on=SIGNED_ON, today=SIGNED_ON, **agreed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAIDEE_WORKSPACE", str(copied))
        yield world
    cache.open_store.clear()


def test_access_says_what_works_under_contract_will_open_as_the_plan_does(
    under_contract: worlds.World, words: wording.Wording
) -> None:
    access = under_contract.answer("access")
    plan = under_contract.answer("plan", "--budget-thb", str(MILLION))
    assert access["committed"] == plan["committed"] != []
    assert access["access_committed"] == pytest.approx(plan["access_committed"])
    assert access["access_committed"] > access["access"]["known"] == pytest.approx(plan["access_before"])
    lead = access_text.LEAD_COMMITTED
    for shown in (
        under_contract.text("access", language=words.language),
        worlds.html(under_contract.page("access.py", words.language)),
    ):
        found = printed.figures(lead, shown, words)
        assert found["known"] == printed.number(words.number(plan["access_before"], plan_about.DIGITS), words)
        assert found["then"] == printed.number(words.number(plan["access_committed"], plan_about.DIGITS), words)


def test_a_zone_has_the_same_trips_for_council_and_access_while_works_are_under_contract(
    under_contract: worlds.World, words: wording.Wording
) -> None:
    zones = {row["zone"]: row for row in under_contract.answer("access")["zones"]}
    app = under_contract.page("council.py", words.language, look="money")
    finished = under_contract.answer("plan", "--budget-thb", str(MILLION))["access_committed"]
    for _ in range(MOST_WAITS):
        if words.number(finished, plan_about.DIGITS) in worlds.html(app):
            break
        time.sleep(1)
        app.run()
    assert words.number(finished, plan_about.DIGITS) in worlds.html(app)
    where = worlds.html(under_contract.page("council.py", words.language, look="where"))
    heading = words.text("By zone of the home")
    split = worlds.html(under_contract.page("access.py", words.language, by="zone"))
    (table,) = [one for one in printed.tables(split) if one.rows[0][0] == heading]
    rows = {row[heading]: list(row.values())[1:3] for row in table.records()}
    worst = min(zones.values(), key=lambda row: row["step_free"] / row["on_foot"])["zone"]
    for zone in (worst, ZONE):
        on_foot, known = rows[access_text.zone_name(zone, words)]
        assert float(printed.number(on_foot, words)) == pytest.approx(zones[zone]["on_foot"], abs=0.1)
        assert float(printed.number(known, words)) == pytest.approx(zones[zone]["step_free"], abs=0.1)
    on_foot, known = rows[access_text.zone_name(worst, words)]
    assert printed.squeezed(known) in printed.squeezed(where)
    assert printed.squeezed(on_foot) in printed.squeezed(where)
