"""Give the pages their titles, by the names of their files."""

from __future__ import annotations

from audits import wording

TITLES = {
    "my_work": wording.phrase("My work"),
    "to_do": wording.phrase("To do"),
    "city_map": wording.phrase("Map"),
    "site": wording.phrase("Site"),
    "survey": wording.phrase("Survey"),
    "quick_entry": wording.phrase("Quick entry"),
    "field_work": wording.phrase("Field work"),
    "review": wording.phrase("Review"),
    "requests": wording.phrase("Requests"),
    "design": wording.phrase("Design"),
    "plan": wording.phrase("Budget plan"),
    "works": wording.phrase("Works"),
    "register": wording.phrase("Register"),
    "council": wording.phrase("Council"),
    "nation": wording.phrase("Municipalities"),
    "access": wording.phrase("Access"),
    "priority": wording.phrase("Priority"),
    "quality": wording.phrase("Quality"),
    "criteria": wording.phrase("Criteria"),
    "gazette_check": wording.phrase("Check against the gazette"),
    "exports": wording.phrase("Exports"),
    "start": wording.phrase("Start"),
    "audit_log": wording.phrase("Audit log"),
    "backup": wording.phrase("Backup"),
    "privacy": wording.phrase("Privacy"),
    "accounts": wording.phrase("Accounts"),
    "accessibility": wording.phrase("Accessibility"),
}
