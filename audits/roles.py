"""Say what each role may do and see; the store asks before it writes, the screens before they show."""

from __future__ import annotations

from collections.abc import Mapping

from audits import errors, wording

OFFICE = "office"
TECHNICIAN = "technician"
ENGINEER = "engineer"
COUNCIL = "council"
ADMINISTRATOR = "administrator"
PUBLIC = "public"

ROLES: Mapping[str, str] = {
    TECHNICIAN: wording.phrase("community technician"),
    ENGINEER: wording.phrase("engineer"),
    COUNCIL: wording.phrase("council member"),
    ADMINISTRATOR: wording.phrase("administrator"),
}

_FIELD = frozenset({OFFICE, TECHNICIAN, ENGINEER})
_JUDGEMENT = frozenset({OFFICE, ENGINEER})
_KEEPING = frozenset({OFFICE, ADMINISTRATOR})
_TRUST = frozenset({OFFICE, ENGINEER, ADMINISTRATOR})

# every deed that the ledger can tell of
DEEDS: Mapping[str, frozenset[str]] = {
    "survey.submit": _FIELD,
    "survey.photo": _FIELD,
    "survey.await": _FIELD,
    "photo.keep": _FIELD,
    "photo.source": _FIELD,
    "import.hold": _FIELD,
    # what was held settles itself when it comes again and can be taken in; people decide by a review
    "held.settle": _FIELD,
    "register.position": _FIELD,
    "survey.review": _JUDGEMENT,
    "photo.mark": _JUDGEMENT,
    "device.calibrate": _JUDGEMENT,
    "technician.secret": _TRUST,
    "register.add": _JUDGEMENT,
    "register.change": _JUDGEMENT,
    "register.permit": _JUDGEMENT,
    "design.save": _JUDGEMENT,
    "plan.save": _JUDGEMENT,
    "fix.step": _JUDGEMENT,
    "setting.set": _TRUST,
    "photo.erase": _KEEPING,
    "account.set": _KEEPING,
}

# what is not for everybody's eyes; whatever is not named here every signed-in role may see
SIGHTS: Mapping[str, frozenset[str]] = {
    "photo": _TRUST | {TECHNICIAN},
    "surveyor": _TRUST | {TECHNICIAN},
    "held": _JUDGEMENT,
    "ledger": _TRUST,
    "accounts": _KEEPING,
    "cost": _JUDGEMENT | {COUNCIL},
}


def may(role: str, deed: str) -> bool:
    """Return whether a role may do a deed; a deed nobody named is nobody's."""
    return role in DEEDS.get(deed, frozenset())


def sees(role: str, sight: str) -> bool:
    """Return whether a role may see one kind of thing."""
    return role in SIGHTS[sight]


def demand(role: str, deed: str) -> None:
    """Refuse a deed to a role that may not do it.

    Raises
    ------
    audits.errors.NotAllowedError
        Naming the role and the deed.
    """
    if not may(role, deed):
        raise errors.NotAllowedError(role, deed)


def demand_sight(role: str, sight: str) -> None:
    """Refuse a sight to a role that may not see it.

    Raises
    ------
    audits.errors.NotAllowedError
        Naming the role and the sight.
    """
    if not sees(role, sight):
        raise errors.NotAllowedError(role, sight)
