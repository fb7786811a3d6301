"""Define the pages of each role and the order and groups of its menu."""

from __future__ import annotations

from collections.abc import Mapping

from audits import roles, wording

Menu = Mapping[str, tuple[str, ...]]
"""Pages in groups by the name of the group; the nameless group comes first and shows its pages one by one."""

CHECK, BUILD, RECORD = wording.phrase("Check"), wording.phrase("Build"), wording.phrase("Record")

_ENGINEER: Menu = {
    "": ("to_do", "city_map"),
    CHECK: ("review", "requests", "quality", "gazette_check"),
    BUILD: ("priority", "access", "design", "plan", "works", "council", "nation"),
    RECORD: ("survey", "quick_entry", "field_work", "start", "register", "exports", "criteria", "audit_log"),
}
MENU_OF: Mapping[str, Menu] = {
    # without accounts, whoever sits at the computer does what an administrator would
    roles.OFFICE: {**_ENGINEER, RECORD: (*_ENGINEER[RECORD], "backup")},
    roles.ENGINEER: _ENGINEER,
    roles.TECHNICIAN: {"": ("my_work", "survey", "city_map")},
    roles.COUNCIL: {"": ("council", "city_map")},
    roles.ADMINISTRATOR: {
        "": ("to_do", "accounts", "audit_log", "backup"),
        RECORD: ("city_map", "start", "register", "quality", "criteria", "gazette_check", "council", "nation"),
    },
}
"""At most five entries or groups at the top for anybody."""

ONLY_WITH_RESULTS = "nation"
"""A page of the menu only where a comparison of municipalities has been made."""

OFF_MENU = ("site", "privacy", "accessibility")
"""Pages that every role has and reaches by links."""

# Pages that a role reaches by links from the pages of its menu.
_LINKED: Mapping[str, tuple[str, ...]] = {
    roles.OFFICE: ("my_work",),
    roles.ENGINEER: ("my_work",),
    roles.TECHNICIAN: ("quick_entry", "field_work", "access", "requests"),
    roles.COUNCIL: ("nation", "plan", "priority", "access", "criteria", "exports", "requests"),
}


def pages(role: str) -> tuple[str, ...]:
    """Return all pages of a role, those of its menu first; a page that is not listed does not exist for it."""
    menu = MENU_OF.get(role)
    if menu is None:
        return ()
    listed = tuple(page for group in menu.values() for page in group)
    return (*listed, *_LINKED.get(role, ()), *OFF_MENU)


def has(role: str, page: str) -> bool:
    """Return whether a role has a page."""
    return page in pages(role)


def is_page(page: str) -> bool:
    """Return whether any role has a page of this name."""
    return any(has(role, page) for role in MENU_OF)


def first(role: str) -> str:
    """Return the page that a role begins with."""
    return next(iter(MENU_OF[role][""])) if role in MENU_OF else "city_map"
