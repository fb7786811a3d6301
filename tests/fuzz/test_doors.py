"""Whatever a phone sends: it is answered in a sentence, and what it is thanked for is in the store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from audits.demo import seed
from audits.field.kit import store as kit_store
from audits.rules import model
from audits.store.register import register
from audits.store.surveys import quarantine
from tests.field.kit import kit_lines
from tests.fuzz import doors, fuzzing, intake, seeds

# The same few each time; many more, and others each time, by tests.benchmarks.fuzz_doors.
FEW = settings(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck])

# Starlette leaves the last part of a body that ends too early to be closed when it is forgotten.
pytestmark = pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def door(book: model.Criteria, tmp_path_factory: pytest.TempPathFactory) -> Iterator[doors.Doors]:
    with (
        intake.opened(tmp_path_factory.mktemp("doors")) as store,
        doors.Doors(intake.Account(store, book)) as opened,
    ):
        yield opened


def records(door: doors.Doors) -> dict[str, bytes]:
    told = seeds.records(kit_store.workspace_id(door.account.store))
    return {str(each["survey_id"]): kit_lines.text(each).encode() for each in told}


def test_good_submissions_records_and_photos_are_taken_in(door: doors.Doors) -> None:
    for number in range(3):
        submission = seeds.submission(10 + number)
        door.submission(doors.multipart(submission, seeds.photos()), submission)
    for content in seeds.photos().values():
        door.kit_photo(kit_lines.name_of(content), content)
    for record in records(door).values():
        door.kit_record(record)
    assert {name for name in door.account.outcomes if name.startswith(("collect", "kit"))} == {
        "collect 201",
        "kit photo 200",
        "kit record 200 accepted",
    }
    assert door.account.broken() == []


def test_a_held_record_settles_itself_with_the_rights_of_those_who_send(door: doors.Doors) -> None:
    store, told = door.account.store, seeds.records(kit_store.workspace_id(door.account.store))[0]
    record = kit_lines.text(kit_lines.record(90, "KK-900", workspace=told["workspace"])).encode()
    door.kit_record(record)
    assert door.account.outcomes["kit record 200 held"] == 1
    sites, elements = seed.starter_sites(), seed.starter_elements()
    new = sites.loc[["KK-001"]].rename(index={"KK-001": "KK-900"})
    ramp = elements.loc[["KK-001.ramp.1"]].rename(index={"KK-001.ramp.1": "KK-900.ramp.1"}).assign(site_code="KK-900")
    register.add_sites(store, new, ramp, "admin", "new", intake.NOW)
    door.kit_record(record)
    assert quarantine.held_rows(store)["decision"].tolist() == [quarantine.TAKEN_IN]


def test_spoiled_submissions_are_answered_in_a_sentence_and_never_lost(door: doors.Doors) -> None:
    fuzzing.collect(door, {"submission.xml": seeds.submission(20)}, seeds.photos(), FEW)
    assert door.account.outcomes["collect 400"]
    assert door.account.broken() == []


def test_spoiled_records_and_photos_of_the_kit_are_answered_and_never_lost(door: doors.Doors) -> None:
    fuzzing.kits(door, records(door), seeds.photos(), FEW)
    assert door.account.outcomes["record held"]
    assert door.account.broken() == []


def test_requests_that_no_phone_sends_are_answered_too(door: doors.Doors) -> None:
    fuzzing.requests(door, FEW)
    assert door.account.broken() == []
