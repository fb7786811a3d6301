"""Prove that a dry run says of every channel what the import does, and writes nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest

from audits import wording
from audits.demo import seed
from audits.field import receiving, returning, visit_days
from audits.field.kit import store as kit_store
from audits.field.tables import importing
from audits.rules import model
from audits.scoring import readings
from audits.store.db import connection, workspace
from audits.store.surveys import read
from tests.field.kit import kit_lines
from tests.field.odk import exports

NOW = dt.datetime(2026, 3, 6, 9, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 6)
ENGLISH = wording.Wording("en")
HELD = ("1970-01-01", "2016-03-02", "2027-11-20", "1968-11-15", "2068-11-15")
TAKEN = "2026-03-02"
DAYS = (*HELD, TAKEN)
HEADER = "code,date,surveyor,clear_width (cm)"


@pytest.fixture
def store(place: workspace.Workspace) -> Iterator[connection.Store]:
    with connection.open_store(place) as opened:
        sites, elements = seed.starter_sites(), seed.starter_elements()
        assert {"KK-001", "KK-040"} <= set(sites.index) & set(elements["site_code"])
        seed.with_starter_register(opened, "test")
        yield opened


def visits() -> list[exports.Visit]:
    """Return a visit of each day, its server's own time right behind it."""
    return [
        exports.Visit(
            root=f"uuid:{number:08}-1111-4111-8111-111111111111",
            version=f"uuid:{number:08}-1111-4111-8111-111111111111",
            number=number,
            submitted="2026-03-05T03:00:00.000Z",
        ).but(start=f"{day}T09:30:00.000+07:00", end=f"{day}T09:45:00.000+07:00", ramp__photo__1=None)
        for number, day in enumerate(DAYS, start=1)
    ]


def kit_file(store: connection.Store) -> bytes:
    name = kit_store.workspace_id(store)
    records = [
        kit_lines.record(number, observed_at=f"{day}T03:00:00.000Z", workspace=name)
        for number, day in enumerate(DAYS, start=1)
    ]
    return b"".join(kit_lines.lines(records))


def files(store: connection.Store) -> dict[str, bytes]:
    sent = visits()
    return {
        "phone": exports.xml(sent[0]),
        "central.json": exports.odata(*sent),
        "central.zip": exports.central_zip(*sent),
        "kobo.json": exports.kobo_json(*sent),
        "kobo.csv": exports.kobo_csv(*sent),
        "kit": kit_file(store),
    }


def outcomes(reception: receiving.Reception) -> list[str]:
    return [one.outcome for one in reception.outcomes]


@pytest.mark.parametrize("name", ["phone", "central.json", "central.zip", "kobo.json", "kobo.csv", "kit"])
def test_a_returning_file_is_rehearsed_as_it_is_taken_in(
    name: str, store: connection.Store, book: model.Criteria
) -> None:
    delivery = returning.read_file(files(store)[name], name, store, book, NOW)
    assert delivery is not None
    head = read.head(store)
    with connection.rehearsal(store) as trial:
        foreseen = receiving.receive(trial, delivery, "x", words=ENGLISH, received_at=NOW)
    looked_at = receiving.rehearse(store, delivery, ENGLISH)
    assert read.head(store) == head
    done = receiving.receive(store, delivery, "x", words=ENGLISH, received_at=NOW)
    assert looked_at.held == done.held
    assert outcomes(foreseen) == outcomes(done)
    assert [one.problems for one in foreseen.outcomes] == [one.problems for one in done.outcomes]
    assert outcomes(done) == ["held"] * (1 if name == "phone" else len(HELD)) + ["accepted"] * (name != "phone")
    with connection.rehearsal(store) as trial:
        again = receiving.receive(trial, delivery, "x", words=ENGLISH, received_at=NOW)
    assert again.count("same") == done.count("accepted")


def preview(store: connection.Store, book: model.Criteria, *rows: str, header: str = HEADER) -> importing.Preview:
    content = "\n".join((header, *rows)).encode()
    register = read.sites(store), read.elements(store)
    return importing.preview(content, "table.csv", book, *register, TODAY, since=visit_days.first_day({}))


def test_a_table_is_rehearsed_as_it_is_taken_in(store: connection.Store, book: model.Criteria) -> None:
    rows = [f"KK-001,{day},ก{number},90" for number, day in enumerate(DAYS)]
    understood = preview(store, book, *rows, "KK-777,2026-03-02,ก,90")
    head = read.head(store)
    with connection.rehearsal(store) as trial:
        foreseen = importing.commit(trial, understood, "x", ENGLISH, NOW)
    assert read.head(store) == head
    done = importing.commit(store, understood, "x", ENGLISH, NOW)
    # PostgreSQL does not give a number back.
    assert dataclasses.replace(foreseen, batch=done.batch) == done
    assert (foreseen.surveys_accepted, foreseen.held) == (1, len(HELD) + 1)


def test_the_later_visit_governs_once_its_day_is_right(store: connection.Store, book: model.Criteria) -> None:
    importing.commit(store, preview(store, book, "KK-001,12/11/2568,ช่าง ก,70"), "x", ENGLISH, NOW)

    def phone(day: str) -> list[str]:
        sent = exports.Visit().but(
            start=f"{day}T09:30:00.000+07:00", end=None, ramp__photo__1=None, ramp__clear_width_mm__1="90"
        )
        delivery = returning.read_file(exports.xml(sent), "phone", store, book, NOW)
        assert delivery is not None
        return outcomes(receiving.receive(store, delivery, "x", words=ENGLISH, received_at=NOW))

    def widths() -> list[float]:
        seen = readings.governing(read.measurements(store), book)
        return seen.loc[seen["quantity"] == "clear_width_mm", "lowest"].tolist()

    assert (phone("1970-01-01"), widths()) == (["held"], [700.0])
    assert (phone("2026-03-02"), widths()) == (["accepted"], [900.0])
