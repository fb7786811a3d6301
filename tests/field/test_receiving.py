"""Whatever comes back, however often and in whatever order, is taken in once."""

import datetime as dt
import json
import subprocess
import sys
import time
import uuid
from concurrent import futures
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import survey
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import attaching, quarantine, read, submit, survey_checks
from tests.field import sent

ROOT = Path(__file__).parents[2]


def test_each_record_gets_its_receipt(store: connection.Store) -> None:
    submit.submit(store, sent.visit("uuid:here"), "somchai", sent.ARRIVAL)
    reception = sent.receive(
        store,
        sent.visit("uuid:1"),
        sent.visit("uuid:here"),
        sent.visit("uuid:here", note="another"),
        sent.visit("uuid:2", root_id="uuid:1"),
        sent.visit("uuid:3", code="KK-099"),
    )
    assert sent.outcomes(reception) == ["accepted", "same", "conflict", "correction", "held"]
    assert [one.number for one in reception.outcomes] == [2, 1, 0, 3, 0]
    assert [one.survey_id for one in reception.outcomes][:2] == ["uuid:1", "uuid:here"]
    assert reception.as_record() == {
        "accepted": 1,
        "correction": 1,
        "same": 1,
        "conflict": 1,
        "held": 1,
        "missing_photos": 0,
    }
    assert verify.verify(store).problems == ()


def test_the_same_file_again_changes_nothing(store: connection.Store) -> None:
    records = (
        sent.arrival(
            sent.visit("uuid:1"),
            1,
            attachments=(
                sent.photo("a.png", sent.picture()),
                sent.photo("b.png"),
                sent.photo("c", b"junk"),
            ),
        ),
        sent.arrival(sent.visit("uuid:1", note="another"), 2),
        sent.arrival(sent.visit("uuid:2", code="KK-099"), 3),
        sent.arrival(None, 4, problems=(survey_checks.EMPTY.at("record"),)),
    )
    first = sent.receive(store, *records)
    head = read.head(store)
    again = sent.receive(store, *records, received_at=sent.ARRIVAL + dt.timedelta(days=1))
    assert read.head(store) == head
    assert sent.outcomes(first) == ["accepted", "conflict", "held", "held"]
    assert sent.outcomes(again) == ["same", "conflict", "held", "held"]
    assert again.outcomes[0].number == first.outcomes[0].number == 1


def test_an_empty_delivery_is_recorded_as_a_file_that_came(store: connection.Store) -> None:
    head = read.head(store)
    assert sent.receive(store).outcomes == ()
    assert read.head(store).sequence == head.sequence + 1


def test_a_record_that_comes_twice_in_one_file_is_one_survey(store: connection.Store) -> None:
    reception = sent.receive(store, sent.visit(), sent.visit())
    assert sent.outcomes(reception) == ["accepted", "same"]
    assert sent.ids(store) == ["uuid:1"]


def test_progress_is_told_record_by_record(store: connection.Store) -> None:
    told: list[tuple[int, int]] = []
    sent.receive(
        store,
        *(sent.visit(f"uuid:{number}") for number in range(130)),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(number, 130) for number in range(1, 131)]


def test_one_bad_record_keeps_no_other_out(store: connection.Store) -> None:
    bad = sent.visit("uuid:2", elements=(survey.Element("KK-001.escalator.1", "escalator"),), measurements=())
    reception = sent.receive(store, sent.visit("uuid:1"), bad, sent.visit("uuid:3"))
    assert sent.outcomes(reception) == ["accepted", "held", "accepted"]
    assert sent.kinds(reception, 2) == [survey_checks.UNKNOWN_KIND]


def test_a_conflict_keeps_both_and_the_first_stands(store: connection.Store) -> None:
    sent.receive(store, sent.visit())
    reception = sent.receive(store, sent.visit(note="another"))
    assert (sent.outcomes(reception), sent.kinds(reception)) == (["conflict"], [submit.CONFLICT])
    held = quarantine.held_rows(store)
    assert json.loads(held.loc[0, "raw"])["note"] == "another"
    assert read.survey(store, "uuid:1").note == ""


def test_an_edited_record_corrects_its_first_version(store: connection.Store) -> None:
    first, second = (
        sent.visit("uuid:a", root_id="uuid:a"),
        sent.visit("uuid:b", root_id="uuid:a", note="edited"),
    )
    assert sent.outcomes(sent.receive(store, first)) == ["accepted"]
    assert sent.outcomes(sent.receive(store, second)) == ["correction"]
    assert sent.outcomes(sent.receive(store, first, second)) == ["same", "same"]
    assert set(read.measurements(store)["survey_id"]) == {"uuid:b"}
    third = sent.visit("uuid:c", root_id="uuid:a", note="again")
    assert sent.outcomes(sent.receive(store, third)) == ["correction"]
    frame = read.surveys(store).set_index("survey_id")["supersedes"]
    assert frame.to_dict() == {"uuid:a": "", "uuid:b": "uuid:a", "uuid:c": "uuid:b"}
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize("root_id", ["uuid:a", ""])
def test_the_first_version_that_comes_after_the_edited_one_is_held(store: connection.Store, root_id: str) -> None:
    first, second = (
        sent.visit("uuid:a", root_id=root_id),
        sent.visit("uuid:b", root_id="uuid:a", note="edited"),
    )
    assert sent.outcomes(sent.receive(store, second)) == ["accepted"]
    reception = sent.receive(store, first)
    assert (sent.outcomes(reception), sent.kinds(reception)) == (["held"], [submit.OLDER_VERSION])
    assert "edited one is here: uuid:b" in quarantine.held_rows(store).loc[0, "reasons"][0]
    assert set(read.measurements(store)["survey_id"]) == {"uuid:b"}


def test_both_versions_in_one_file_are_a_visit_and_its_correction(store: connection.Store) -> None:
    reception = sent.receive(store, sent.visit("uuid:a", root_id="uuid:a"), sent.visit("uuid:b", root_id="uuid:a"))
    assert sent.outcomes(reception) == ["accepted", "correction"]


def test_an_edited_record_may_move_to_another_site(store: connection.Store) -> None:
    sent.receive(store, sent.visit("uuid:a", root_id="uuid:a"))
    reception = sent.receive(store, sent.visit("uuid:b", code="SP-001", root_id="uuid:a"))
    assert sent.outcomes(reception) == ["correction"]
    assert read.measurements(store)["site_code"].tolist() == ["SP-001"]


def test_a_version_follows_the_correction_that_an_engineer_made_meanwhile(store: connection.Store) -> None:
    sent.receive(store, sent.visit("uuid:a", root_id="uuid:a"))
    submit.submit(store, sent.visit("uuid:office", supersedes="uuid:a", source="web"), "engineer", sent.ARRIVAL)
    assert sent.outcomes(sent.receive(store, sent.visit("uuid:b", root_id="uuid:a"))) == ["correction"]
    assert read.survey(store, "uuid:b").supersedes == "uuid:office"


def test_records_of_other_roots_do_not_correct_each_other(store: connection.Store) -> None:
    reception = sent.receive(store, *(sent.visit(f"uuid:{name}", root_id=f"uuid:{name}") for name in "abc"))
    assert sent.outcomes(reception) == ["accepted"] * 3


# Photos


def test_a_shuffled_file_is_the_same_surveys(store: connection.Store) -> None:
    made = [sent.visit(f"uuid:{number}") for number in range(20)]
    sent.receive(store, *made)
    assert sent.outcomes(sent.receive(store, *reversed(made))) == ["same"] * 20
    assert sorted(sent.ids(store)) == sorted(one.survey_id for one in made)


RECORDS = (
    *(sent.visit(f"uuid:{number}", note=str(number)) for number in range(4)),
    sent.visit("uuid:edited", root_id="uuid:0", note="edited"),
    sent.visit("uuid:unknown", code="KK-099"),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    several=st.lists(st.lists(st.sampled_from(range(len(RECORDS))), unique=True), max_size=4),
    last=st.permutations(range(len(RECORDS))),
)
def test_any_deliveries_that_bring_every_record_end_in_the_same_surveys(
    tmp_path: Path, several: list[list[int]], last: list[int]
) -> None:
    place = workspace.Workspace(tmp_path / uuid.uuid4().hex)
    with connection.open_store(place) as store:
        sent.add_site(store, "KK-001", "ramp", "confirmed", 5.0)
        for numbers in (*several, last):
            sent.receive(store, *(RECORDS[number] for number in numbers))
        standing = read.measurements(store)
        assert sorted(standing["survey_id"]) == ["uuid:1", "uuid:2", "uuid:3", "uuid:edited"]
        held = quarantine.held_rows(store)
        assert held["raw"].value_counts().max() == 1
        head = read.head(store)
        assert "accepted" not in sent.outcomes(sent.receive(store, *(RECORDS[number] for number in last)))
        assert read.head(store) == head
        assert verify.verify(store).problems == ()


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from audits.store.db import connection, workspace
from tests.field import sent

with connection.open_store(workspace.Workspace(Path(sys.argv[1]), sys.argv[3]), create=False) as store:
    sent.receive(store, *sent.three_hundred(), progress=lambda done, _: print(done, flush=True))
"""


@pytest.mark.parametrize("wait_s", [0.0, 0.05, 0.3])
def test_a_delivery_killed_in_the_middle_is_whole_when_it_comes_again(store: connection.Store, wait_s: float) -> None:
    place = store.workspace
    command = [sys.executable, "-c", KILLED, str(place.folder), str(ROOT), place.store_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline()
        time.sleep(wait_s)
        killed.kill()
    before = sent.ids(store)
    assert before
    assert verify.verify(store).problems == ()
    reception = sent.receive(store, *sent.three_hundred())
    assert reception.count("same") == len(before)
    assert reception.count("accepted") == 300 - len(before)
    assert sorted(sent.ids(store)) == sorted(f"uuid:{number}" for number in range(300))
    assert len(read.photos(store)) == 30
    assert attaching.missing(store).empty
    assert verify.verify(store).problems == ()
    assert sent.outcomes(sent.receive(store, *sent.three_hundred())) == ["same"] * 300


def test_two_who_bring_the_same_file_at_once_bring_it_once(store: connection.Store) -> None:
    brought = sent.three_hundred()[:120]
    with futures.ThreadPoolExecutor(3) as pool:
        receptions = list(pool.map(lambda _: sent.receive(store, *brought), range(3)))
    assert sum(one.count("accepted") for one in receptions) == 120
    assert len(sent.ids(store)) == 120
    assert len(read.photos(store)) == 12
    assert verify.verify(store).problems == ()
