"""Photos are attached, awaited or kept aside, whenever they come."""

import dataclasses
import hashlib
import json
import zipfile

import pytest

from audits.field import arrivals, receiving
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.surveys import attaching, quarantine, read, survey_checks
from tests.field import sent


def test_photos_that_came_are_attached_and_the_others_are_missed(store: connection.Store) -> None:
    seen = sent.photo(
        "a.png",
        sent.picture(),
        element_id="KK-001.ramp.1",
        quantity="clear_width_mm",
        caption="กว้าง",
        contains_person=True,
    )
    reception = sent.receive(store, sent.arrival(sent.visit(), attachments=(seen, sent.photo("b.png"))))
    assert reception.outcomes[0].missing_photos == ("b.png",)
    assert reception.as_record()["missing_photos"] == 1
    assert attaching.missing(store).to_numpy().tolist() == [["uuid:1", "b.png"]]
    row = read.photos(store).iloc[0]
    assert row[["element_id", "quantity", "caption"]].tolist() == ["KK-001.ramp.1", "clear_width_mm", "กว้าง"]
    assert row["contains_person"]


def test_missing_photos_come_with_a_second_delivery(store: connection.Store) -> None:
    sent.receive(
        store,
        sent.arrival(
            sent.visit(),
            attachments=(sent.photo("a.png"), sent.photo("b.png", sent.picture("blue"))),
        ),
    )
    reception = sent.receive(
        store,
        sent.arrival(
            sent.visit(),
            attachments=(sent.photo("a.png", sent.picture("red")), sent.photo("b.png")),
        ),
        received_at=sent.ARRIVAL,
    )
    assert (sent.outcomes(reception), reception.outcomes[0].missing_photos) == (["same"], ())
    assert attaching.missing(store).empty
    assert len(read.photos(store)) == 2
    assert verify.verify(store).problems == ()


def test_another_photo_under_the_same_name_is_told_of_and_the_first_stays(store: connection.Store) -> None:
    sent.receive(
        store,
        sent.arrival(sent.visit(), attachments=(sent.photo("a.png", sent.picture("red")),)),
    )
    before = read.photos(store)["sha256"].tolist()
    reception = sent.receive(
        store,
        sent.arrival(sent.visit(), 2, attachments=(sent.photo("a.png", sent.picture("blue")),)),
    )
    assert (sent.outcomes(reception), sent.kinds(reception)) == (["same"], [attaching.OTHER_PHOTO])
    assert read.photos(store)["sha256"].tolist() == before
    other = photos.sent_before(store, hashlib.sha256(sent.picture("blue")).hexdigest())
    assert other is not None
    assert photos.content(store, other.sha256)


def test_a_name_that_one_record_uses_twice_does_not_stop_the_delivery(store: connection.Store) -> None:
    twice = (
        sent.photo("a.png", sent.picture(), quantity="clear_width_mm"),
        sent.photo("a.png", sent.picture(), quantity="running_slope_pct"),
    )
    reception = sent.receive(
        store,
        sent.arrival(sent.visit(), attachments=(*twice, sent.photo("b.png"), sent.photo("b.png"))),
    )
    assert sent.outcomes(reception) == ["accepted"]
    assert len(read.photos(store)) == 1


def test_a_photo_that_cannot_be_read_is_kept_aside_byte_for_byte(store: connection.Store) -> None:
    junk = b"\xff\xd8\xff broken"
    attachments = (
        sent.photo("a.jpg", junk),
        sent.photo("b.jpg", b"%PDF-1.7"),
        sent.photo("c.png", sent.picture()),
    )
    reception = sent.receive(store, sent.arrival(sent.visit(), attachments=attachments), words=sent.THAI)
    assert sent.outcomes(reception) == ["accepted"]
    assert sent.kinds(reception) == [photos.NOT_A_PICTURE] * 2
    assert [problem.where for problem in reception.outcomes[0].problems] == ["a.jpg", "b.jpg"]
    assert reception.outcomes[0].missing_photos == ("a.jpg", "b.jpg")
    sha256 = hashlib.sha256(junk).hexdigest()
    assert store.workspace.refused_path(sha256).read_bytes() == junk
    held = quarantine.held_rows(store).set_index("file_sha256").loc[sha256]
    assert json.loads(held["raw"]) == {"photo": "a.jpg", "survey_id": "uuid:1", "refused_file": sha256}
    assert held["reasons"] == (sent.THAI.problem(photos.NOT_A_PICTURE.at("a.jpg")),)
    assert len(read.photos(store)) == 1


def test_a_photo_that_its_zip_cannot_give_is_missing_and_the_record_is_taken_in(store: connection.Store) -> None:
    def broken() -> bytes:
        raise zipfile.BadZipFile("Bad CRC-32 for file 'a.jpg'")

    attachments = (arrivals.Attachment("a.jpg", content=broken), sent.photo("b.png", sent.picture()))
    reception = sent.receive(store, sent.arrival(sent.visit(), attachments=attachments), sent.visit("uuid:2"))
    assert sent.outcomes(reception) == ["accepted", "accepted"]
    assert sent.kinds(reception) == [receiving.UNREADABLE_PHOTO]
    assert reception.outcomes[0].missing_photos == ("a.jpg",)
    assert len(read.photos(store)) == 1


def test_photos_of_a_held_record_wait_for_it(store: connection.Store) -> None:
    record = sent.arrival(sent.visit(code="KK-002"), attachments=(sent.photo("a.png", sent.picture()),))
    assert sent.outcomes(sent.receive(store, record)) == ["held"]
    assert read.photos(store).empty
    sent.add_site(store, "KK-002", "ramp", "presumed", 50.0)
    assert sent.outcomes(sent.receive(store, record)) == ["accepted"]
    assert len(read.photos(store, survey_ids=["uuid:1"])) == 1


@pytest.mark.parametrize("where", ["name", "caption", "element_id", "quantity"])
def test_a_photo_with_a_text_that_cannot_be_kept_holds_its_record(store: connection.Store, where: str) -> None:
    for number, content in enumerate((sent.picture(), b"junk", None)):
        wrong = dataclasses.replace(sent.photo("a.png", content), **{where: "half \ud83d"})
        reception = sent.receive(store, sent.arrival(sent.visit(f"uuid:{number}"), attachments=(wrong,)))
        assert sent.outcomes(reception) == ["held"]
        assert survey_checks.UNSTORABLE_TEXT in sent.kinds(reception)
    assert verify.verify(store).problems == ()
