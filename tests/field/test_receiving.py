"""Whatever comes back, however often and in whatever order, is taken in once or held with its reasons."""

import dataclasses
import datetime as dt
import hashlib
import io
import json
import math
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from audits import errors, survey, wording
from audits.field import arrivals, receiving
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.register import checks, register
from audits.store.surveys import attaching, quarantine, read, submit, survey_checks

ROOT = Path(__file__).parents[2]
MORNING = dt.datetime(2026, 3, 2, 9, 30, tzinfo=wording.BANGKOK)
ARRIVAL = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
ENGLISH, THAI = wording.Wording("en"), wording.Wording("th")
KNOWN = (102.8231, 16.4251)
METRE_NORTH = 1 / 110_600


@pytest.fixture
def store(place: workspace.Workspace) -> Iterator[connection.Store]:
    """Return a store with a ramp whose place is confirmed to 5 m and a space whose place is presumed."""
    with connection.open_store(place) as opened:
        add_site(opened, "KK-001", "ramp", "confirmed", 5.0)
        add_site(opened, "SP-001", "space", "presumed", 300.0)
        yield opened


def add_site(store: connection.Store, code: str, kind: str, status: str, accuracy_m: float) -> None:
    words = dict.fromkeys(checks.SITE_COLUMNS, "") | {"setting": "park"}
    row = {**words, "kind": kind, "zone": None, "position_status": status, "position_accuracy_m": accuracy_m}
    sites = gpd.GeoDataFrame([row], index=pd.Index([code], name="code"), geometry=[shapely.Point(KNOWN)], crs=4326)
    element = {"site_code": code, "kind": "ramp", "label": "", "permitted_on": None, "source": "register"}
    elements = pd.DataFrame([element], index=pd.Index([f"{code}.ramp.1"], name="element_id"))
    register.add_sites(store, sites, elements, "admin", "new")


def visit(survey_id: str = "uuid:1", code: str = "KK-001", **changes: Any) -> survey.Survey:
    element = survey.Element(f"{code}.ramp.1", "ramp")
    reading = survey.Measurement(element.element_id, "clear_width_mm", 900.0, "90 cm", "tape_measure", 3.0)
    whole = survey.Survey(survey_id, code, "สมชาย", MORNING, "odk", "v1", (element,), (reading,))
    return dataclasses.replace(whole, **changes)


def arrival(made: survey.Survey | None, line: int = 1, **changes: Any) -> arrivals.Arrival:
    raw = json.dumps({"id": made.survey_id, "note": made.note} if made else {"line": line}, ensure_ascii=False)
    return dataclasses.replace(arrivals.Arrival(line, raw, made), **changes)


def delivery(*records: arrivals.Arrival | survey.Survey, name: str = "odk.zip") -> arrivals.Delivery:
    """Return a delivery of these records; its digest is of what it holds, as that of a file is."""
    made = tuple(
        arrival(each, line) if isinstance(each, survey.Survey) else each for line, each in enumerate(records, start=1)
    )
    content = "\n".join(f"{each.line} {each.raw} {len(each.attachments)}" for each in made)
    digest = hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()
    return arrivals.Delivery(name, digest, "odk", made)


def receive(store: connection.Store, *records: arrivals.Arrival | survey.Survey, **options: Any) -> receiving.Reception:
    return receiving.receive(
        store, delivery(*records), "somchai", **({"words": ENGLISH, "received_at": ARRIVAL} | options)
    )


def outcomes(reception: receiving.Reception) -> list[str]:
    return [one.outcome for one in reception.outcomes]


def kinds(reception: receiving.Reception, line: int = 1) -> list[errors.ProblemKind]:
    return [problem.kind for problem in reception.outcomes[line - 1].problems]


def picture(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return buffer.getvalue()


def photo(name: str, content: bytes | None = None, **changes: Any) -> arrivals.Attachment:
    return arrivals.Attachment(name, content=None if content is None else lambda: content, **changes)


def ids(store: connection.Store) -> list[str]:
    return read.surveys(store)["survey_id"].tolist()


# What becomes of a record


def test_each_record_gets_its_receipt(store: connection.Store) -> None:
    submit.submit(store, visit("uuid:here"), "somchai", ARRIVAL)
    reception = receive(
        store,
        visit("uuid:1"),
        visit("uuid:here"),
        visit("uuid:here", note="another"),
        visit("uuid:2", root_id="uuid:1"),
        visit("uuid:3", code="KK-099"),
    )
    assert outcomes(reception) == ["accepted", "same", "conflict", "correction", "held"]
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
        arrival(visit("uuid:1"), 1, attachments=(photo("a.png", picture()), photo("b.png"), photo("c", b"junk"))),
        arrival(visit("uuid:1", note="another"), 2),
        arrival(visit("uuid:2", code="KK-099"), 3),
        arrival(None, 4, problems=(survey_checks.EMPTY.at("record"),)),
    )
    first = receive(store, *records)
    head = read.head(store)
    again = receive(store, *records, received_at=ARRIVAL + dt.timedelta(days=1))
    assert read.head(store) == head
    assert outcomes(first) == ["accepted", "conflict", "held", "held"]
    assert outcomes(again) == ["same", "conflict", "held", "held"]
    assert again.outcomes[0].number == first.outcomes[0].number == 1


def test_an_empty_delivery_is_recorded_as_a_file_that_came(store: connection.Store) -> None:
    head = read.head(store)
    assert receive(store).outcomes == ()
    assert read.head(store).sequence == head.sequence + 1


def test_a_record_that_comes_twice_in_one_file_is_one_survey(store: connection.Store) -> None:
    reception = receive(store, visit(), visit())
    assert outcomes(reception) == ["accepted", "same"]
    assert ids(store) == ["uuid:1"]


def test_progress_is_told_record_by_record(store: connection.Store) -> None:
    told: list[tuple[int, int]] = []
    receive(
        store,
        *(visit(f"uuid:{number}") for number in range(130)),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(number, 130) for number in range(1, 131)]


def test_one_bad_record_keeps_no_other_out(store: connection.Store) -> None:
    bad = visit("uuid:2", elements=(survey.Element("KK-001.lift.1", "lift"),), measurements=())
    reception = receive(store, visit("uuid:1"), bad, visit("uuid:3"))
    assert outcomes(reception) == ["accepted", "held", "accepted"]
    assert kinds(reception, 2) == [survey_checks.UNKNOWN_KIND]


def test_a_conflict_keeps_both_and_the_first_stands(store: connection.Store) -> None:
    receive(store, visit())
    reception = receive(store, visit(note="another"))
    assert (outcomes(reception), kinds(reception)) == (["conflict"], [submit.CONFLICT])
    held = quarantine.held_rows(store)
    assert json.loads(held.loc[0, "raw"])["note"] == "another"
    assert read.survey(store, "uuid:1").note == ""


# Versions of one record


def test_an_edited_record_corrects_its_first_version(store: connection.Store) -> None:
    first, second = visit("uuid:a", root_id="uuid:a"), visit("uuid:b", root_id="uuid:a", note="edited")
    assert outcomes(receive(store, first)) == ["accepted"]
    assert outcomes(receive(store, second)) == ["correction"]
    assert outcomes(receive(store, first, second)) == ["same", "same"]
    assert set(read.measurements(store)["survey_id"]) == {"uuid:b"}
    third = visit("uuid:c", root_id="uuid:a", note="again")
    assert outcomes(receive(store, third)) == ["correction"]
    frame = read.surveys(store).set_index("survey_id")["supersedes"]
    assert frame.to_dict() == {"uuid:a": "", "uuid:b": "uuid:a", "uuid:c": "uuid:b"}
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize("root_id", ["uuid:a", ""])
def test_the_first_version_that_comes_after_the_edited_one_is_held(store: connection.Store, root_id: str) -> None:
    first, second = visit("uuid:a", root_id=root_id), visit("uuid:b", root_id="uuid:a", note="edited")
    assert outcomes(receive(store, second)) == ["accepted"]
    reception = receive(store, first)
    assert (outcomes(reception), kinds(reception)) == (["held"], [submit.OLDER_VERSION])
    assert "edited one is here: uuid:b" in quarantine.held_rows(store).loc[0, "reasons"][0]
    assert set(read.measurements(store)["survey_id"]) == {"uuid:b"}


def test_both_versions_in_one_file_are_a_visit_and_its_correction(store: connection.Store) -> None:
    reception = receive(store, visit("uuid:a", root_id="uuid:a"), visit("uuid:b", root_id="uuid:a"))
    assert outcomes(reception) == ["accepted", "correction"]


def test_an_edited_record_may_move_to_another_site(store: connection.Store) -> None:
    receive(store, visit("uuid:a", root_id="uuid:a"))
    reception = receive(store, visit("uuid:b", code="SP-001", root_id="uuid:a"))
    assert outcomes(reception) == ["correction"]
    assert read.measurements(store)["site_code"].tolist() == ["SP-001"]


def test_a_version_follows_the_correction_that_an_engineer_made_meanwhile(store: connection.Store) -> None:
    receive(store, visit("uuid:a", root_id="uuid:a"))
    submit.submit(store, visit("uuid:office", supersedes="uuid:a", source="web"), "engineer", ARRIVAL)
    assert outcomes(receive(store, visit("uuid:b", root_id="uuid:a"))) == ["correction"]
    assert read.survey(store, "uuid:b").supersedes == "uuid:office"


def test_records_of_other_roots_do_not_correct_each_other(store: connection.Store) -> None:
    reception = receive(store, *(visit(f"uuid:{name}", root_id=f"uuid:{name}") for name in "abc"))
    assert outcomes(reception) == ["accepted"] * 3


# Photos


def test_photos_that_came_are_attached_and_the_others_are_missed(store: connection.Store) -> None:
    seen = photo(
        "a.png", picture(), element_id="KK-001.ramp.1", quantity="clear_width_mm", caption="กว้าง", contains_person=True
    )
    reception = receive(store, arrival(visit(), attachments=(seen, photo("b.png"))))
    assert reception.outcomes[0].missing_photos == ("b.png",)
    assert reception.as_record()["missing_photos"] == 1
    assert attaching.missing(store).to_numpy().tolist() == [["uuid:1", "b.png"]]
    row = read.photos(store).iloc[0]
    assert row[["element_id", "quantity", "caption"]].tolist() == ["KK-001.ramp.1", "clear_width_mm", "กว้าง"]
    assert row["contains_person"]


def test_missing_photos_come_with_a_second_delivery(store: connection.Store) -> None:
    receive(store, arrival(visit(), attachments=(photo("a.png"), photo("b.png", picture("blue")))))
    reception = receive(
        store, arrival(visit(), attachments=(photo("a.png", picture("red")), photo("b.png"))), received_at=ARRIVAL
    )
    assert (outcomes(reception), reception.outcomes[0].missing_photos) == (["same"], ())
    assert attaching.missing(store).empty
    assert len(read.photos(store)) == 2
    assert verify.verify(store).problems == ()


def test_another_photo_under_the_same_name_is_told_of_and_the_first_stays(store: connection.Store) -> None:
    receive(store, arrival(visit(), attachments=(photo("a.png", picture("red")),)))
    before = read.photos(store)["sha256"].tolist()
    reception = receive(store, arrival(visit(), 2, attachments=(photo("a.png", picture("blue")),)))
    assert (outcomes(reception), kinds(reception)) == (["same"], [attaching.OTHER_PHOTO])
    assert read.photos(store)["sha256"].tolist() == before
    other = photos.sent_before(store, hashlib.sha256(picture("blue")).hexdigest())
    assert other is not None
    assert photos.content(store, other.sha256)


def test_a_name_that_one_record_uses_twice_does_not_stop_the_delivery(store: connection.Store) -> None:
    twice = (
        photo("a.png", picture(), quantity="clear_width_mm"),
        photo("a.png", picture(), quantity="running_slope_pct"),
    )
    reception = receive(store, arrival(visit(), attachments=(*twice, photo("b.png"), photo("b.png"))))
    assert outcomes(reception) == ["accepted"]
    assert len(read.photos(store)) == 1


def test_a_photo_that_cannot_be_read_is_kept_aside_byte_for_byte(store: connection.Store) -> None:
    junk = b"\xff\xd8\xff broken"
    attachments = (photo("a.jpg", junk), photo("b.jpg", b"%PDF-1.7"), photo("c.png", picture()))
    reception = receive(store, arrival(visit(), attachments=attachments), words=THAI)
    assert outcomes(reception) == ["accepted"]
    assert kinds(reception) == [photos.NOT_A_PICTURE] * 2
    assert [problem.where for problem in reception.outcomes[0].problems] == ["a.jpg", "b.jpg"]
    assert reception.outcomes[0].missing_photos == ("a.jpg", "b.jpg")
    sha256 = hashlib.sha256(junk).hexdigest()
    assert store.workspace.refused_path(sha256).read_bytes() == junk
    held = quarantine.held_rows(store).set_index("file_sha256").loc[sha256]
    assert json.loads(held["raw"]) == {"photo": "a.jpg", "survey_id": "uuid:1", "refused_file": sha256}
    assert held["reasons"] == (THAI.problem(photos.NOT_A_PICTURE.at("a.jpg")),)
    assert len(read.photos(store)) == 1


def test_a_photo_that_its_zip_cannot_give_is_missing_and_the_record_is_taken_in(store: connection.Store) -> None:
    def broken() -> bytes:
        raise zipfile.BadZipFile("Bad CRC-32 for file 'a.jpg'")

    attachments = (arrivals.Attachment("a.jpg", content=broken), photo("b.png", picture()))
    reception = receive(store, arrival(visit(), attachments=attachments), visit("uuid:2"))
    assert outcomes(reception) == ["accepted", "accepted"]
    assert kinds(reception) == [receiving.UNREADABLE_PHOTO]
    assert reception.outcomes[0].missing_photos == ("a.jpg",)
    assert len(read.photos(store)) == 1


def test_photos_of_a_held_record_wait_for_it(store: connection.Store) -> None:
    record = arrival(visit(code="KK-002"), attachments=(photo("a.png", picture()),))
    assert outcomes(receive(store, record)) == ["held"]
    assert read.photos(store).empty
    add_site(store, "KK-002", "ramp", "presumed", 50.0)
    assert outcomes(receive(store, record)) == ["accepted"]
    assert len(read.photos(store, survey_ids=["uuid:1"])) == 1


# Held records


def test_a_record_of_an_unknown_site_is_held_as_it_came(store: connection.Store) -> None:
    record = arrival(visit(code="KK-099"), 7, raw='{"site": "KK-099", "หมายเหตุ": "x"}')
    reception = receive(store, record, words=THAI)
    assert (outcomes(reception), kinds(reception)) == (["held"], [survey_checks.UNKNOWN_SITE])
    held = quarantine.held_rows(store).iloc[0]
    assert (held["line"], held["raw"], held["file_name"]) == (7, record.raw, "odk.zip")
    assert held["reasons"] == (THAI.problem(reception.outcomes[0].problems[0]),)
    assert held["held_by"] == "somchai"
    assert read.surveys(store).empty


def test_a_record_that_was_held_is_settled_when_it_is_taken_in_later(store: connection.Store) -> None:
    records = (visit("uuid:1", code="KK-002"), visit("uuid:2", code="KK-003"))
    receive(store, *records)
    add_site(store, "KK-002", "ramp", "presumed", 50.0)
    assert outcomes(receive(store, *records)) == ["accepted", "held"]
    assert quarantine.held_rows(store)["decision"].tolist() == ["taken_in", ""]
    assert verify.verify(store).problems == ()


def test_a_held_record_that_comes_again_in_a_newer_file_is_held_once_and_settled(store: connection.Store) -> None:
    late = visit("uuid:late", code="KK-002")
    receive(store, late)
    receive(store, visit("uuid:1"), late)
    assert len(quarantine.held_rows(store)) == 1
    add_site(store, "KK-002", "ramp", "presumed", 50.0)
    receive(store, visit("uuid:1"), visit("uuid:2"), late)
    assert quarantine.held_rows(store)["decision"].tolist() == ["taken_in"]


def test_a_held_record_is_dismissed_with_a_reason_only(store: connection.Store) -> None:
    receive(store, visit(code="KK-099"))
    held = quarantine.held_rows(store).iloc[0]
    with pytest.raises(errors.RefusedError, match="Say why"):
        quarantine.settle(store, int(held["batch_id"]), int(held["line"]), quarantine.DISMISSED, " ", "engineer")
    quarantine.settle(store, int(held["batch_id"]), int(held["line"]), quarantine.DISMISSED, "a trial", "engineer")
    receive(store, visit(code="KK-099"))
    assert quarantine.held_rows(store)["decision"].tolist() == ["dismissed"]


def test_a_record_that_its_channel_could_not_read_is_held_with_what_the_channel_says(store: connection.Store) -> None:
    problem = survey_checks.EMPTY.at("surveyor")
    reception = receive(store, arrival(visit(), problems=(problem,)), arrival(None, 2, problems=(problem,)))
    assert outcomes(reception) == ["held", "held"]
    assert [one.survey_id for one in reception.outcomes] == ["uuid:1", ""]
    assert quarantine.held_rows(store)["reasons"].tolist() == [(problem.sentence(),)] * 2
    assert ids(store) == []


@pytest.mark.parametrize(
    ("observed_at", "outcome"),
    [
        (ARRIVAL + dt.timedelta(hours=24), "accepted"),
        (ARRIVAL + dt.timedelta(hours=24, seconds=1), "held"),
        (dt.datetime.max.replace(tzinfo=dt.UTC), "held"),
    ],
)
def test_a_visit_of_the_day_after_tomorrow_is_held(
    store: connection.Store, observed_at: dt.datetime, outcome: str
) -> None:
    reception = receive(store, visit(observed_at=observed_at))
    assert outcomes(reception) == [outcome]
    assert (receiving.IN_THE_FUTURE in kinds(reception)) == (outcome == "held")


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "code", "outcome"),
    [
        (100, 0.0, "KK-001", "accepted"),
        (107, None, "KK-001", "held"),
        (107, 5.0, "KK-001", "accepted"),
        (50_000, 20.0, "KK-001", "held"),
        (50_000, 20.0, "SP-001", "accepted"),
    ],
)
def test_a_visit_far_from_a_confirmed_site_is_held(
    store: connection.Store, metres: float, accuracy_m: float | None, code: str, outcome: str
) -> None:
    place = {"longitude": KNOWN[0], "latitude": KNOWN[1] + metres * METRE_NORTH, "accuracy_m": accuracy_m}
    reception = receive(store, visit(code=code, **place))
    assert outcomes(reception) == [outcome]
    assert kinds(reception) == ([receiving.TOO_FAR] if outcome == "held" else [])
    if outcome == "held":
        assert "KK-001" in reception.outcomes[0].problems[0].sentence()


@pytest.mark.parametrize("text", ["half \ud83d", "nul \0"])
@pytest.mark.parametrize(
    "where", ["note", "survey_id", "site_code", "surveyor", "root_id", "supersedes", "element", "as_written"]
)
def test_a_record_with_a_text_that_cannot_be_kept_is_held(store: connection.Store, where: str, text: str) -> None:
    made = visit()
    if where == "element":
        made = visit(elements=(survey.Element("KK-001.ramp.1", "ramp", text),))
    elif where == "as_written":
        made = visit(measurements=(dataclasses.replace(made.measurements[0], as_written=text),))
    else:
        made = visit(**{where: text})
    reception = receive(store, arrival(made, raw=json.dumps({"text": text})), visit("uuid:2"))
    assert outcomes(reception) == ["held", "accepted"]
    assert survey_checks.UNSTORABLE_TEXT in kinds(reception)
    assert json.loads(quarantine.held_rows(store).loc[0, "raw"]) == {"text": text}
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize("where", ["name", "caption", "element_id", "quantity"])
def test_a_photo_with_a_text_that_cannot_be_kept_holds_its_record(store: connection.Store, where: str) -> None:
    for number, content in enumerate((picture(), b"junk", None)):
        sent = dataclasses.replace(photo("a.png", content), **{where: "half \ud83d"})
        reception = receive(store, arrival(visit(f"uuid:{number}"), attachments=(sent,)))
        assert outcomes(reception) == ["held"]
        assert survey_checks.UNSTORABLE_TEXT in kinds(reception)
    assert verify.verify(store).problems == ()


def test_a_file_whose_name_is_no_text_is_taken_in(store: connection.Store) -> None:
    named = dataclasses.replace(delivery(visit()), file_name="\udce0\udcb8.zip")
    assert outcomes(receiving.receive(store, named, "somchai", words=ENGLISH)) == ["accepted"]
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"latitude": math.nan, "longitude": KNOWN[0]},
        {"latitude": math.inf, "longitude": KNOWN[0]},
        {"latitude": 16.4, "longitude": 1e308},
        {"latitude": KNOWN[1], "longitude": KNOWN[0], "accuracy_m": -math.inf},
        {"observed_at": MORNING.replace(tzinfo=None)},
        {"observed_at": dt.datetime.min.replace(tzinfo=wording.BANGKOK)},
    ],
)
def test_impossible_figures_are_held_and_stop_nothing(store: connection.Store, changes: dict[str, Any]) -> None:
    assert outcomes(receive(store, visit(**changes), visit("uuid:2"))) == ["held", "accepted"]


# Any order, any interruption


def test_a_shuffled_file_is_the_same_surveys(store: connection.Store) -> None:
    made = [visit(f"uuid:{number}") for number in range(20)]
    receive(store, *made)
    assert outcomes(receive(store, *reversed(made))) == ["same"] * 20
    assert sorted(ids(store)) == sorted(one.survey_id for one in made)


RECORDS = (
    *(visit(f"uuid:{number}", note=str(number)) for number in range(4)),
    visit("uuid:edited", root_id="uuid:0", note="edited"),
    visit("uuid:unknown", code="KK-099"),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.lists(st.lists(st.sampled_from(range(len(RECORDS))), unique=True), max_size=4),
    last=st.permutations(range(len(RECORDS))),
)
def test_any_deliveries_that_bring_every_record_end_in_the_same_surveys(
    tmp_path: Path, sent: list[list[int]], last: list[int]
) -> None:
    place = workspace.Workspace(tmp_path / uuid.uuid4().hex)
    with connection.open_store(place) as store:
        add_site(store, "KK-001", "ramp", "confirmed", 5.0)
        for numbers in (*sent, last):
            receive(store, *(RECORDS[number] for number in numbers))
        standing = read.measurements(store)
        assert sorted(standing["survey_id"]) == ["uuid:1", "uuid:2", "uuid:3", "uuid:edited"]
        held = quarantine.held_rows(store)
        assert held["raw"].value_counts().max() == 1
        head = read.head(store)
        assert "accepted" not in outcomes(receive(store, *(RECORDS[number] for number in last)))
        assert read.head(store) == head
        assert verify.verify(store).problems == ()


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_receiving as these
from audits.store.db import connection, workspace

with connection.open_store(workspace.Workspace(Path(sys.argv[1]), sys.argv[3]), create=False) as store:
    these.receive(store, *these.three_hundred(), progress=lambda done, _: print(done, flush=True))
"""


def three_hundred() -> list[arrivals.Arrival]:
    """Return 300 records, every tenth with a photo."""
    return [
        arrival(
            visit(f"uuid:{number}"),
            number + 1,
            attachments=(photo("a.png", picture(f"#{number:06x}")),) if number % 10 == 0 else (),
        )
        for number in range(300)
    ]


@pytest.mark.parametrize("wait_s", [0.0, 0.05, 0.3])
def test_a_delivery_killed_in_the_middle_is_whole_when_it_comes_again(store: connection.Store, wait_s: float) -> None:
    place = store.workspace
    command = [sys.executable, "-c", KILLED, str(place.folder), str(Path(__file__).parent), place.store_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline()
        time.sleep(wait_s)
        killed.kill()
    before = ids(store)
    assert before
    assert verify.verify(store).problems == ()
    reception = receive(store, *three_hundred())
    assert reception.count("same") == len(before)
    assert reception.count("accepted") == 300 - len(before)
    assert sorted(ids(store)) == sorted(f"uuid:{number}" for number in range(300))
    assert len(read.photos(store)) == 30
    assert attaching.missing(store).empty
    assert verify.verify(store).problems == ()
    assert outcomes(receive(store, *three_hundred())) == ["same"] * 300


def test_two_who_bring_the_same_file_at_once_bring_it_once(store: connection.Store) -> None:
    brought = three_hundred()[:120]
    with futures.ThreadPoolExecutor(3) as pool:
        receptions = list(pool.map(lambda _: receive(store, *brought), range(3)))
    assert sum(one.count("accepted") for one in receptions) == 120
    assert len(ids(store)) == 120
    assert len(read.photos(store)) == 12
    assert verify.verify(store).problems == ()
