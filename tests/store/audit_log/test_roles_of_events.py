"""Each role can do what is its own through the real functions of the store, and nothing else, whoever calls them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from audits import errors, roles
from audits.rules import gazette, model
from audits.store import comparisons
from audits.store.accounts import accounts, device_secrets, sessions
from audits.store.audit_log import events
from audits.store.db import connection, schema
from audits.store.photos import erasure, marks, photos
from audits.store.register import changes, devices, municipal_choices, rebuilt_elements, register, same_elements
from audits.store.requests import requests
from audits.store.surveys import attaching, quarantine, read, reviews, submit
from audits.store.works import contracts, designs
from audits.works import fix_states
from tests.store import city_events

pytestmark = pytest.mark.usefixtures("the_file")

RAMP, TODAY = "KK-001.ramp.1", dt.date(2026, 3, 3)
READERS = (roles.OFFICE, roles.PUBLIC, *roles.ROLES)
Action = Callable[[connection.Store, Mapping[str, Any]], object]


def _picture(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return buffer.getvalue()


def _again(store: connection.Store, known: Mapping[str, Any]) -> object:
    """Send the same photo smaller first, so that only its source is new."""
    values = {"sent_sha256": "0" * 64, "sha256": known["photo"]}
    with connection.writing(store) as records:
        events.add(records, photos.SOURCE, values, "me", city_events.NOON)
    return None


def _rebuilt(store: connection.Store) -> object:
    with connection.writing(store) as records:
        rebuilt_elements.add(records, RAMP, TODAY, "me", city_events.NOON)
    return None


def _settled(store: connection.Store, known: Mapping[str, Any]) -> object:
    """Settle a held row as one that came again and was taken in."""
    with connection.writing(store) as records:
        quarantine.settle_within(records, known["batch"], 1, quarantine.TAKEN_IN, "", "me", city_events.NOON)
    return None


def _plan(store: connection.Store, _known: Mapping[str, Any]) -> object:
    values = {"plan_id": "plan:2", "title": "2571", "content": "{}", "saved_by": "me", "saved_at": city_events.NOON}
    with connection.writing(store) as records:
        events.add(records, "plan.save", values, "me", city_events.NOON)
    return None


def _contract(store: connection.Store) -> object:
    row = {"contractor": "x", "number": "1", "signed_on": TODAY, "price_thb": 1, "estimate_thb": None, "due_on": None}
    row |= {"defects_months": None, "committee": "", "note": ""}
    return contracts.add(store, "fix.contract", RAMP, row, "me", lambda *_: (1, ()))


DONE: Mapping[str, Action] = {
    "survey.submit": lambda store, known: submit.submit(store, known["survey"](survey_id="uuid:2"), "me"),
    "survey.photo": lambda store, known: attaching.attach(
        store, "uuid:1", [attaching.Evidence("a.jpg", known["photo"])], "me"
    ),
    "survey.await": lambda store, _: attaching.attach(store, "uuid:1", [attaching.Evidence("b.jpg")], "me"),
    "photo.keep": lambda store, _: photos.keep(store, _picture("blue"), actor="me"),
    "photo.source": _again,
    "import.hold": lambda store, _: quarantine.hold(
        store, "b.csv", "b" * 64, "me", [quarantine.HeldRow(1, "{}", ("?",))], 0
    ),
    "held.settle": _settled,
    "register.position": lambda store, _: changes.report_position(store, "KK-001", "not_found", "me", "looked"),
    "survey.review": lambda store, _: reviews.approve(store, ["uuid:1"], "me"),
    "photo.mark": lambda store, known: marks.mark(store, known["photo"], marks.CLEAR, "me"),
    "device.calibrate": lambda store, known: devices.calibrate(
        store,
        "L-1",
        "digital_level",
        uncertainty=0.1,
        calibrated_on=TODAY,
        valid_until=dt.date(2027, 3, 3),
        criteria=known["book"],
        actor="me",
    ),
    "technician.secret": lambda store, _: device_secrets.give_secret(store, "somying", "me"),
    "register.add": lambda store, _: register.add_element(store, "KK-001", "ramp", "", "me", "seen"),
    "register.change": lambda store, _: changes.change_site(store, "KK-001", {"name_en": "x"}, "me", "why"),
    "register.permit": lambda store, _: changes.set_permit(store, RAMP, dt.date(2011, 1, 1), "me", "papers"),
    "register.same": lambda store, known: same_elements.join(store, RAMP, known["second"], "me", "seen"),
    "design.save": lambda store, _: designs.save(store, "KK-001", "x", {"kind": "ramp"}, "me", element_id=RAMP),
    "plan.save": _plan,
    "fix.step": lambda store, _: fix_states.record(store, RAMP, "planned", TODAY, "me"),
    "element.rebuild": lambda store, _: _rebuilt(store),
    "fix.contract": lambda store, _: _contract(store),
    "fix.progress": lambda store, _: contracts.add(
        store,
        "fix.progress",
        RAMP,
        {"happened_on": TODAY, "percent": 50, "photo_sha256": None, "note": ""},
        "me",
        lambda *_: (1, ()),
    ),
    "fix.payment": lambda store, _: contracts.add(
        store,
        "fix.payment",
        RAMP,
        {"happened_on": TODAY, "amount_thb": 1, "note": "", "over_reason": ""},
        "me",
        lambda *_: (1, ()),
    ),
    "request.add": lambda store, _: requests.add(
        store, requests.Request("ทางลาดชัน", TODAY, "counter", "KK-001"), "me", recorded_at=city_events.NOON
    ),
    "request.step": lambda store, known: requests.change(store, known["asked"], "built", "me"),
    "setting.set": lambda store, _: municipal_choices.choose(store, "photo_months", "24", "me"),
    "law.compare": lambda store, known: comparisons.record(
        store, known["book"].criteria["ramp.clear_width"].limits[0], gazette.SAME, "me"
    ),
    "photo.erase": lambda store, known: erasure.erase(store, known["photo"], "asked for", "me"),
    "account.set": lambda store, _: accounts.add(store, "malee", roles.ENGINEER, "me"),
    "account.unlock": lambda store, _: sessions.clear_attempts(store, "somchai", "me"),
    "account.sign_out": lambda store, _: sessions.end_all(store, "somchai", "me"),
}


@pytest.fixture
def known(store: connection.Store, a_survey: Callable[..., Any], book: model.Criteria) -> Mapping[str, Any]:
    """Return what there is to do something with: a survey, a photo, a held row, a ramp at another site."""
    accounts.add(store, "somchai", roles.TECHNICIAN, "boss")
    submit.submit(store, a_survey(), "somchai")
    photo = photos.keep(store, _picture("red"), actor="somchai").sha256
    batch = quarantine.hold(store, "a.csv", "a" * 64, "somchai", [quarantine.HeldRow(1, "{}", ("unreadable",))], 0)
    space = register.add_site(store, "space", {"name_th": "สวน", "setting": "park"}, "somchai", "seen")
    second = register.add_element(store, space, "ramp", "", "somchai", "seen")
    asked = requests.Request("ขอราวจับ", TODAY, "letter", "KK-001")
    request_id, _ = requests.add(store, asked, "somchai", recorded_at=city_events.NOON)
    return {"asked": request_id, "survey": a_survey, "photo": photo, "batch": batch, "book": book, "second": second}


def test_every_event_is_tried() -> None:
    assert set(DONE) == set(roles.ACTIONS)


@pytest.mark.parametrize("action", DONE)
def test_an_event_is_done_by_its_roles_only(store: connection.Store, known: Mapping[str, Any], action: str) -> None:
    for reader in READERS:
        if not roles.may(reader, action):
            before = str(read.head(store))
            with pytest.raises(errors.NotAllowedError) as refused:
                DONE[action](store.for_role(reader), known)
            assert refused.value.role == reader
            assert str(read.head(store)) == before
    done_by = next(reader for reader in READERS[1:] if roles.may(reader, action))
    DONE[action](store.for_role(done_by), known)
    assert action in _last(store)


def _last(store: connection.Store) -> list[str]:
    query = sa.select(schema.ledger.c.action).order_by(schema.ledger.c.sequence.desc()).limit(2)
    with connection.reading(store) as records:
        return list(records.execute(query).scalars())
