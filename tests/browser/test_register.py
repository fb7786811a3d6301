"""Two engineers correct one site at the same time, and nothing of either is lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from audits.store.db import connection
from audits.store.register import changes
from audits.store.surveys import read
from tests import chromium
from tests.browser import conftest

WORLD = "lang=en&workspace=demonstration"
CODE = "KK-044"


def _begin(opened: conftest.Opener, served: conftest.Served, who: str) -> Page:
    page = opened(f"{served.address}/register?{WORLD}&site={CODE}")
    conftest.settled(page)
    name = page.get_by_label("Your name or staff number")
    name.fill(who)
    name.press("Enter")
    conftest.settled(page)
    return page


def _write(page: Page, reason: str, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).first.fill(text)
    page.get_by_label("Why is it changed?").first.fill(reason)
    page.get_by_role("button", name="Save the change").first.click()


def test_two_engineers_who_edit_one_site_see_both_versions_and_choose_field_by_field(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    one, other = _begin(opened, served, "E-01"), _begin(opened, served, "E-02")
    _write(one, "the sign says so", English_name="Sign of one")
    expect(one.get_by_text(f"{CODE}: Saved in the register.")).to_be_visible(timeout=conftest.SLOW_MS)
    _write(other, "asked the guard", English_name="Name of other", Thai_name="ชื่อของคนที่สอง")
    expect(other.get_by_role("heading", name=f"Somebody else changed {CODE} meanwhile")).to_be_visible(
        timeout=conftest.SLOW_MS
    )
    both = other.get_by_role("table", name="Both changes")
    row = both.get_by_role("row").filter(has_text="English name")
    expect(row).to_contain_text("Sign of one", timeout=conftest.SLOW_MS)
    expect(row).to_contain_text("Name of other", timeout=conftest.SLOW_MS)
    for size in ("phone", "desktop"):
        other.set_viewport_size(conftest.SIZES[size])
        conftest.settled(other)
        assert chromium.violations(other) == [], size
    other.get_by_role("radiogroup", name="English name").get_by_text("take theirs").click()
    conftest.settled(other)
    other.get_by_role("button", name="Save my choice").click()
    expect(other.get_by_text(f"{CODE}: Saved in the register.")).to_be_visible(timeout=conftest.SLOW_MS)
    conftest.settled(other)
    other.get_by_role("tab", name="Changes of the site").click()
    expect(other.get_by_role("table", name="Changes of the site")).to_contain_text(
        "asked the guard", timeout=conftest.SLOW_MS
    )
    with connection.open_store(served.workspace.demonstration) as store:
        kept = read.sites(store).loc[CODE]
        reasons = set(changes.reasons(store, CODE).values())
    assert (kept["name_en"], kept["name_th"], kept["updated_by"]) == ("Sign of one", "ชื่อของคนที่สอง", "E-02")
    assert {"the sign says so", "asked the guard"} <= reasons


def test_a_site_and_its_ramp_are_added_from_the_page(served: conftest.Served, opened: conftest.Opener) -> None:
    page = _begin(opened, served, "E-01")
    conftest.unfold(page.get_by_text("Add a site"))
    form = page.get_by_test_id("stForm").last
    form.get_by_label("Thai name", exact=True).fill("จุดทดสอบ")
    form.get_by_label("Why is it added?").fill("new ramp")
    form.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("KK-086 is in the register now.")).to_be_visible(timeout=conftest.SLOW_MS)
    page.goto(f"{served.address}/register?{WORLD}&site=KK-086")
    conftest.settled(page)
    page.get_by_label("Your name or staff number").fill("E-01")
    page.keyboard.press("Enter")
    conftest.settled(page)
    page.get_by_role("tab", name="Elements of the site").click()
    conftest.settled(page)
    conftest.unfold(page.get_by_text("Add an element"))
    form = page.get_by_test_id("stForm").filter(has_text="Kind").first
    form.get_by_label("Why is it added?").fill("its ramp")
    form.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("KK-086.ramp.1 is in the register now.")).to_be_visible(timeout=conftest.SLOW_MS)
