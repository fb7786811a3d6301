"""List the pages of each role; a page that is not listed does not exist for it."""

from __future__ import annotations

from collections.abc import Mapping

from audits import roles

FOR_ALL = ("privacy", "accessibility")
FOR_THE_OFFICE = ("accounts",)

# in no order: the menu has its own. Engineers and the single person at one computer follow below.
PAGES_OF: Mapping[str, frozenset[str]] = {
    roles.TECHNICIAN: frozenset({"city_map", "site", "survey", "quick_entry", "field_work", "access", *FOR_ALL}),
    roles.COUNCIL: frozenset(
        {"council", "city_map", "site", "plan", "priority", "access", "criteria", "exports", *FOR_ALL}
    ),
    roles.ADMINISTRATOR: frozenset(
        {
            "accounts",
            "council",
            "city_map",
            "site",
            "audit_log",
            "quality",
            "criteria",
            "gazette_check",
            "start",
            "register",
            *FOR_ALL,
        }
    ),
}
FIRST_OF: Mapping[str, str] = {roles.COUNCIL: "council", roles.ADMINISTRATOR: "accounts"}


def has(role: str, page: str) -> bool:
    """Return whether a role has a page; engineers have all but the accounts, one person alone has no accounts."""
    if role in (roles.OFFICE, roles.ENGINEER):
        return page not in FOR_THE_OFFICE
    return page in PAGES_OF.get(role, frozenset())


def first(role: str) -> str:
    """Return the page that a role begins with."""
    return FIRST_OF.get(role, "city_map")
