"""Every page, in both languages and at both sizes, has nothing that axe can object to."""

from __future__ import annotations

import pytest

from tests import chromium
from tests.browser import conftest

WORLD = "workspace=demonstration"
PAGES = {
    "to_do": f"/?{WORLD}",
    "my_work": f"/my_work?{WORLD}",
    "map": f"/city_map?{WORLD}&site=KK-012",
    "site": f"/site?{WORLD}&site=KK-012",
    "survey": f"/survey?{WORLD}&site=KK-012",
    "quick_entry": f"/quick_entry?{WORLD}",
    "field_work": f"/field_work?{WORLD}",
    "review": f"/review?{WORLD}",
    "design": f"/design?{WORLD}&site=KK-012",
    "plan": f"/plan?{WORLD}",
    "works": f"/works?{WORLD}&fix=KK-012.ramp.1",
    "register": f"/register?{WORLD}&site=KK-012",
    "council": f"/council?{WORLD}",
    "council_where": f"/council?{WORLD}&look=where",
    "access": f"/access?{WORLD}",
    "priority": f"/priority?{WORLD}",
    "audit_log": f"/audit_log?{WORLD}",
    "privacy": f"/privacy?{WORLD}",
    "accessibility": f"/accessibility?{WORLD}",
    "quality": f"/quality?{WORLD}",
    "criteria": f"/criteria?{WORLD}&element=ramp",
    "gazette_check": f"/gazette_check?{WORLD}",
    "exports": f"/exports?{WORLD}",
    "start": "/start?workspace=real",
}


# What axe finds hardly changes with the language: each page in Thai, the most used ones in both.
IN_ENGLISH_TOO = ("map", "survey", "plan")
VIEWS = [(name, "th") for name in PAGES] + [(name, "en") for name in IN_ENGLISH_TOO]


@pytest.mark.parametrize(("page_name", "language"), VIEWS)
def test_axe_finds_nothing_on_a_phone_and_on_a_desk(
    served: conftest.Served, opened: conftest.Opener, page_name: str, language: str
) -> None:
    page = opened(f"{served.address}{PAGES[page_name]}&lang={language}", "phone")
    conftest.settled(page)
    for summary in page.locator("details > summary:visible").all()[:4]:
        conftest.unfold(summary)
    for size in ("phone", "desktop"):
        page.set_viewport_size(conftest.SIZES[size])
        conftest.settled(page)
        assert chromium.violations(page) == [], size
        assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES[size]["width"], size
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title().endswith("– Jaidee")
