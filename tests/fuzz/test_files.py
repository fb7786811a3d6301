"""Whatever file is brought in: a person is told what is wrong with it, and what was promised is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from audits.field.kit import store as kit_store
from audits.rules import model
from tests.fuzz import fuzzing, intake, seeds
from tests.layers import osm_town

# The same few each time; many more, and others each time, by tests.benchmarks.fuzz_doors.
FEW = settings(max_examples=50, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck])


@pytest.fixture(scope="module")
def account(book: model.Criteria, tmp_path_factory: pytest.TempPathFactory) -> Iterator[intake.Account]:
    with intake.opened(tmp_path_factory.mktemp("fuzz")) as store:
        yield intake.Account(store, book)


def test_good_files_are_taken_in_and_good_photos_kept(account: intake.Account) -> None:
    for name, content in (seeds.tables() | seeds.returns(kit_store.workspace_id(account.store))).items():
        account.file(name, content)
    for content in seeds.photos().values():
        account.photo(content)
    assert not {"file refused", "photo kept aside", "record held", "record conflict"} & set(account.outcomes)
    assert account.outcomes["record accepted"] >= 16
    assert account.broken() == []


def test_a_spoiled_table_is_understood_or_refused(account: intake.Account) -> None:
    fuzzing.files(account, seeds.tables(), FEW)
    assert account.outcomes["file refused"]
    assert account.broken() == []


def test_a_spoiled_return_is_taken_in_held_or_refused(account: intake.Account) -> None:
    fuzzing.files(account, seeds.returns(kit_store.workspace_id(account.store)), FEW)
    assert account.outcomes["record held"]
    assert account.broken() == []


def test_a_spoiled_photo_is_kept_or_kept_aside(account: intake.Account) -> None:
    fuzzing.photos(account, seeds.photos(), FEW)
    assert account.outcomes["photo kept aside"]
    assert account.broken() == []


def test_a_spoiled_city_is_read_or_refused(account: intake.Account, tmp_path: Path) -> None:
    town = {"city.osm.pbf": osm_town.write(tmp_path / "town.osm.pbf").read_bytes()}
    fuzzing.grounds(account, town, osm_town.box(), FEW)
    assert account.outcomes["ground refused"]
