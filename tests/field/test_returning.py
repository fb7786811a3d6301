import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.testing

from audits import __main__ as command_line
from audits import errors, wording
from audits.demo import seed
from audits.field import receiving, returning
from audits.rules import model
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import read

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
FILLED = (Path(__file__).parent / "odk" / "submissions" / "filled.xml").read_bytes()


@pytest.fixture
def store(place: workspace.Workspace) -> Iterator[connection.Store]:
    with connection.open_store(place) as opened:
        seed.with_starter_register(opened, "test")
        yield opened


def test_a_form_that_a_phone_filled_is_known_by_its_content(store: connection.Store, book: model.Criteria) -> None:
    delivery = returning.read_file(FILLED, "anything.bin", store, book, NOW)
    assert delivery is not None
    assert (delivery.source, len(delivery.arrivals)) == ("odk", 1)
    done = receiving.receive(store, delivery, "engineer", words=wording.Wording("en"), received_at=NOW)
    again = receiving.receive(store, delivery, "engineer", words=wording.Wording("en"), received_at=NOW)
    assert [one.outcome for one in done.outcomes] == ["accepted"]
    assert [one.outcome for one in again.outcomes] == ["same"]
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize("content", [b"code,lat,lon\nKK-001,16.4,102.8\n", b"", b"\x00\xff", b"{}", b"<html/>"])
def test_what_came_through_no_channel_is_left_for_the_tables(
    content: bytes, store: connection.Store, book: model.Criteria
) -> None:
    assert returning.read_file(content, "list.csv", store, book, NOW) is None


def test_a_damaged_file_of_a_channel_is_refused_with_a_sentence(store: connection.Store, book: model.Criteria) -> None:
    head = read.head(store)
    with pytest.raises(errors.RefusedError):
        returning.read_file(FILLED[: len(FILLED) // 2], "cut.xml", store, book, NOW)
    assert read.head(store) == head


@pytest.mark.usefixtures("the_file")
def test_one_command_takes_in_whatever_comes_back(store: connection.Store, tmp_path: Path) -> None:
    file = tmp_path / "filled.xml"
    file.write_bytes(FILLED)
    run = typer.testing.CliRunner()
    arguments = ["import", str(file), "--workspace", str(store.workspace.folder), "--actor", "engineer", "--json"]
    first, again = (json.loads(run.invoke(command_line.application, arguments).stdout) for _ in range(2))
    assert (first["ok"], first["source"], first["accepted"]) == (True, "odk", 1)
    assert first["receipts"][0]["outcome"] == "accepted"
    assert (again["accepted"], again["new"], again["same"]) == (1, 0, 1)
