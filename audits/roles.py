"""Define the rights of each role; the store checks them before it writes, the screens before they show."""

from __future__ import annotations

from collections.abc import Mapping

from audits import errors, wording

# The one person at this computer, without accounts: may do everything.
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

# Every action of the audit log, and the roles that may take it.
ACTIONS: Mapping[str, frozenset[str]] = {
    "survey.submit": _FIELD,
    "survey.photo": _FIELD,
    "survey.await": _FIELD,
    "photo.keep": _FIELD,
    "photo.source": _FIELD,
    "import.hold": _FIELD,
    # A row in quarantine is settled by the program when it comes again without fault; people decide by a review.
    "held.settle": _FIELD,
    "register.position": _FIELD,
    "survey.review": _JUDGEMENT,
    "photo.mark": _JUDGEMENT,
    "device.calibrate": _JUDGEMENT,
    "technician.secret": _TRUST,
    "register.add": _JUDGEMENT,
    "register.change": _JUDGEMENT,
    "register.permit": _JUDGEMENT,
    "register.same": _TRUST,
    "design.save": _JUDGEMENT,
    "plan.save": _JUDGEMENT,
    "fix.step": _JUDGEMENT,
    "element.rebuild": _JUDGEMENT,
    "fix.contract": _JUDGEMENT,
    "fix.progress": _JUDGEMENT,
    "fix.payment": _JUDGEMENT,
    "request.add": _FIELD,
    "request.step": _JUDGEMENT,
    "setting.set": _TRUST,
    "law.compare": _TRUST,
    "photo.erase": _KEEPING,
    "account.set": _KEEPING,
    "account.unlock": _KEEPING,
    "account.sign_out": _KEEPING,
}

# Views that are restricted; every signed-in role may see all others.
VIEWS: Mapping[str, frozenset[str]] = {
    "photo": _TRUST | {TECHNICIAN},
    "surveyor": _TRUST | {TECHNICIAN},
    "held": _JUDGEMENT,
    "audit_log": _TRUST,
    "accounts": _KEEPING,
    "backup": _KEEPING,
    "cost": _JUDGEMENT | {COUNCIL},
}


def may(role: str, action: str) -> bool:
    """Whether a role may take an action; nobody may take an unknown one.

    Examples
    --------
    >>> may(TECHNICIAN, "survey.submit"), may(TECHNICIAN, "survey.review")
    (True, False)
    """
    return role in ACTIONS.get(action, frozenset())


def sees(role: str, view: str) -> bool:
    """Whether a role may open a restricted view."""
    return role in VIEWS[view]


def require(role: str, action: str) -> None:
    """Refuse an action to a role that may not take it.

    Raises
    ------
    audits.errors.NotAllowedError
        Naming the role and the action.
    """
    if not may(role, action):
        raise errors.NotAllowedError(role, action)


def require_view(role: str, view: str) -> None:
    """Refuse a view to a role that may not open it.

    Raises
    ------
    audits.errors.NotAllowedError
        Naming the role and the view.
    """
    if not sees(role, view):
        raise errors.NotAllowedError(role, view)
