"""A part of a page that does not come is explained to the reader and kept for the administrator."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import expect

from audits.store import incidents
from tests.browser import conftest

# Streamlit waits a minute for a component
NO_MINUTE = """(() => {
  const wait = setTimeout;
  window.setTimeout = (f, ms, ...rest) => wait(f, ms % 60000, ...rest);
})()"""


def _kept(served: conftest.Served) -> set[str]:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    return {one.what for one in incidents.since(served.workspace, since)}


def test_a_map_that_does_not_come_is_explained_and_kept(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/?lang=th")
    page.route("**/component/**", lambda route: route.fulfill(status=204))
    page.add_init_script(NO_MINUTE)
    page.goto(f"{served.address}/city_map?lang=th")
    explained = page.locator("[data-jaidee-late]").first
    expect(explained).to_be_visible()
    expect(page.get_by_text("having trouble loading").first).to_be_hidden()
    assert "ส่วนนี้ของหน้ายังไม่มา" in explained.evaluate("one => getComputedStyle(one, '::before').content")
    for _ in range(40):
        if "component" in _kept(served):
            break
        page.wait_for_timeout(250)
    assert "component" in _kept(served)


def test_a_script_that_stops_is_kept(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/?lang=en")
    with page.expect_response("**/browser-fault") as answered:
        page.evaluate("setTimeout(() => { throw new RangeError('of a test'); })")
    assert answered.value.status == 204
    assert any(what.startswith("RangeError") for what in _kept(served))
