import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from audits import errors
from audits.demo import seed
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import read
from layers import sources

MORNING = dt.datetime(2026, 1, 5, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[connection.Store]:
    with connection.open_store(workspace.Workspace(tmp_path / "work")) as opened:
        yield opened


def test_every_starter_site_and_element_is_registered(store: connection.Store) -> None:
    begun = seed.with_starter_register(store, "admin", MORNING)
    sites, elements = read.sites(store), read.elements(store)
    assert (begun.sites, begun.elements) == (len(sites), len(elements))
    assert list(sites.index) == sorted(sources.starter_sites()["code"])
    assert (sites["kind"] == "ramp").sum() == 85
    assert set(elements.index) == set(sources.starter_elements()["element_id"])
    assert elements["permitted_on"].isna().all()


def test_a_position_keeps_its_note_in_both_languages(store: connection.Store) -> None:
    seed.with_starter_register(store, "admin", MORNING)
    raw = sources.starter_sites().set_index("code").loc["KK-001"]
    note = read.sites(store).loc["KK-001", "position_note"]
    assert note.startswith(raw["position_note_th"])
    assert note.endswith(raw["position_note_en"])


def test_points_keep_their_place(store: connection.Store) -> None:
    seed.with_starter_register(store, "admin", MORNING)
    raw = sources.starter_sites().set_index("code")
    kept = read.sites(store)
    assert kept.geometry.equals(raw.geometry.reindex(kept.index))


def test_a_register_that_holds_sites_is_left_alone(store: connection.Store) -> None:
    seed.with_starter_register(store, "admin", MORNING)
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        seed.with_starter_register(store, "admin", MORNING)
    assert refused.value.problems[0].kind is seed.NOT_EMPTY
    assert read.head(store) == head


def test_the_ledger_is_sound_after_it(store: connection.Store) -> None:
    begun = seed.with_starter_register(store, "admin", MORNING)
    verified = verify.verify(store, str(begun.head))
    assert verified.problems == ()
