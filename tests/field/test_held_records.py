"""What cannot be taken in is held with its reasons, until somebody decides."""

import dataclasses
import datetime as dt
import json
import math
from typing import Any

import pytest

from audits import errors, survey, wording
from audits.field import answers, overview, position_checks, receiving, visit_days
from audits.field.kit import store as kit_store
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import quarantine, read, survey_checks
from tests.field import sent


def test_a_record_of_an_unknown_site_is_held_as_it_came(store: connection.Store) -> None:
    record = sent.arrival(sent.visit(code="KK-099"), 7, raw='{"site": "KK-099", "หมายเหตุ": "x"}')
    reception = sent.receive(store, record, words=sent.THAI)
    assert (sent.outcomes(reception), sent.kinds(reception)) == (["held"], [survey_checks.UNKNOWN_SITE])
    held = quarantine.held_rows(store).iloc[0]
    assert (held["line"], held["raw"], held["file_name"]) == (7, record.raw, "odk.zip")
    assert held["reasons"] == (sent.THAI.problem(reception.outcomes[0].problems[0]),)
    assert held["held_by"] == "somchai"
    assert read.surveys(store).empty


def test_a_record_that_was_held_is_settled_when_it_is_taken_in_later(store: connection.Store) -> None:
    records = (sent.visit("uuid:1", code="KK-002"), sent.visit("uuid:2", code="KK-003"))
    sent.receive(store, *records)
    sent.add_site(store, "KK-002", "ramp", "presumed", 50.0)
    assert sent.outcomes(sent.receive(store, *records)) == ["accepted", "held"]
    assert quarantine.held_rows(store)["decision"].tolist() == ["taken_in", ""]
    assert verify.verify(store).problems == ()


def test_a_held_record_that_comes_again_in_a_newer_file_is_held_once_and_settled(store: connection.Store) -> None:
    late = sent.visit("uuid:late", code="KK-002")
    sent.receive(store, late)
    sent.receive(store, sent.visit("uuid:1"), late)
    assert len(quarantine.held_rows(store)) == 1
    sent.add_site(store, "KK-002", "ramp", "presumed", 50.0)
    sent.receive(store, sent.visit("uuid:1"), sent.visit("uuid:2"), late)
    assert quarantine.held_rows(store)["decision"].tolist() == ["taken_in"]


def test_a_held_record_is_dismissed_with_a_reason_only(store: connection.Store) -> None:
    sent.receive(store, sent.visit(code="KK-099"))
    held = quarantine.held_rows(store).iloc[0]
    with pytest.raises(errors.RefusedError, match="Say why"):
        quarantine.settle(store, int(held["batch_id"]), int(held["line"]), quarantine.DISMISSED, " ", "engineer")
    quarantine.settle(store, int(held["batch_id"]), int(held["line"]), quarantine.DISMISSED, "a trial", "engineer")
    sent.receive(store, sent.visit(code="KK-099"))
    assert quarantine.held_rows(store)["decision"].tolist() == ["dismissed"]


def test_a_record_that_its_channel_could_not_read_is_held_with_what_the_channel_says(store: connection.Store) -> None:
    problem = survey_checks.EMPTY.at("surveyor")
    reception = sent.receive(
        store,
        sent.arrival(sent.visit(), problems=(problem,)),
        sent.arrival(None, 2, problems=(problem,)),
    )
    assert sent.outcomes(reception) == ["held", "held"]
    assert [one.survey_id for one in reception.outcomes] == ["uuid:1", ""]
    assert quarantine.held_rows(store)["reasons"].tolist() == [(problem.sentence(),)] * 2
    assert sent.ids(store) == []


@pytest.mark.parametrize(
    ("observed_at", "outcome"),
    [
        (sent.ARRIVAL + dt.timedelta(hours=24), "accepted"),
        (sent.ARRIVAL + dt.timedelta(hours=24, seconds=1), "held"),
        (dt.datetime.max.replace(tzinfo=dt.UTC), "held"),
    ],
)
def test_a_visit_of_the_day_after_tomorrow_is_held(
    store: connection.Store, observed_at: dt.datetime, outcome: str
) -> None:
    reception = sent.receive(store, sent.visit(observed_at=observed_at))
    assert sent.outcomes(reception) == [outcome]
    assert (visit_days.IN_THE_FUTURE in sent.kinds(reception)) == (outcome == "held")


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "code", "outcome"),
    [
        (100, 0.0, "KK-001", "accepted"),
        (107, None, "KK-001", "held"),
        (107, 5.0, "KK-001", "accepted"),
        (50_000, 20.0, "KK-001", "held"),
        (1_500, 20.0, "SP-001", "accepted"),
        (3_000, 20.0, "SP-001", "held"),
        (50_000, 90_000.0, "SP-001", "held"),
    ],
)
def test_a_visit_far_from_a_confirmed_site_is_held(
    store: connection.Store, metres: float, accuracy_m: float | None, code: str, outcome: str
) -> None:
    place = {
        "longitude": sent.KNOWN[0],
        "latitude": sent.KNOWN[1] + metres * sent.METRE_NORTH,
        "accuracy_m": accuracy_m,
    }
    reception = sent.receive(store, sent.visit(code=code, **place))
    assert sent.outcomes(reception) == [outcome]
    assert sent.kinds(reception) == ([position_checks.TOO_FAR] if outcome == "held" else [])
    if outcome == "held":
        assert code in reception.outcomes[0].problems[0].sentence()


@pytest.mark.parametrize("code", ["KK-001", "SP-001", "XX-001"])
@pytest.mark.parametrize(
    ("position", "kind"),
    [
        ((0.0, 0.0), position_checks.NOWHERE),
        ((0.004, -0.003), position_checks.NOWHERE),
        ((16.4251, 102.8231), position_checks.SWAPPED),
        ((100.5018, 13.7563), position_checks.TOO_FAR),
    ],
)
def test_a_position_that_cannot_be_is_held_whatever_is_known_of_the_site(
    store: connection.Store, code: str, position: tuple[float, float], kind: errors.ProblemKind
) -> None:
    sent.add_site(store, "XX-001", "space", "presumed", 300.0, known=False)
    longitude, latitude = position
    made = sent.visit(code=code, longitude=longitude, latitude=latitude, accuracy_m=4.0)
    assert sent.kinds(sent.receive(store, made)) == [kind]


@pytest.mark.parametrize(
    ("said", "metres", "accuracy_m", "kinds"),
    [
        (survey.HERE, 400, 5.0, [position_checks.TOO_FAR]),
        (survey.MOVED, 400, 5.0, []),
        (survey.NOT_FOUND, 400, 5.0, []),
        (survey.MOVED, 4_000, 5.0, [position_checks.TOO_FAR]),
        (survey.MOVED, 400, 80.0, [position_checks.TOO_COARSE]),
        (survey.MOVED, 400, None, []),
    ],
)
def test_a_site_that_moved_may_be_further_off_if_its_position_is_sharp(
    store: connection.Store, said: str, metres: float, accuracy_m: float | None, kinds: list[errors.ProblemKind]
) -> None:
    latitude = sent.KNOWN[1] + metres * sent.METRE_NORTH
    made = sent.visit(place=said, longitude=sent.KNOWN[0], latitude=latitude, accuracy_m=accuracy_m)
    if said == survey.NOT_FOUND:
        made = dataclasses.replace(made, measurements=())
    reception = sent.receive(store, made)
    assert sent.kinds(reception) == kinds
    assert sent.outcomes(reception) == ["held" if kinds else "accepted"]


@pytest.mark.parametrize(
    ("said", "metres", "code", "asked"),
    [
        (survey.HERE, 676, "SP-001", True),
        (survey.HERE, 676, "KK-001", True),
        ("", 676, "KK-001", True),
        ("", 676, "SP-001", False),
        (survey.HERE, 50, "KK-001", False),
        (survey.MOVED, 676, "KK-001", False),
        (survey.HERE, 50_000, "KK-001", False),
    ],
)
def test_a_distance_is_asked_about_before_a_visit_confirms_its_site(
    store: connection.Store, said: str, metres: float, code: str, asked: bool
) -> None:
    latitude = sent.KNOWN[1] + metres * sent.METRE_NORTH
    made = sent.visit(code=code, place=said, longitude=sent.KNOWN[0], latitude=latitude, accuracy_m=5.0)
    found = position_checks.Register(read.sites(store)).to_confirm(made)
    assert (found is not None and found.kind is position_checks.TOO_FAR) == asked


@pytest.mark.parametrize(
    ("metres", "said", "outcome"),
    [(676, survey.HERE, "accepted"), (676, "", "accepted"), (50_000, survey.HERE, "held")],
)
def test_a_distance_that_was_confirmed_on_the_spot_is_taken(
    store: connection.Store, metres: float, said: str, outcome: str
) -> None:
    latitude = sent.KNOWN[1] + metres * sent.METRE_NORTH
    made = sent.visit(place=said, longitude=sent.KNOWN[0], latitude=latitude, accuracy_m=5.0)
    reception = sent.receive(store, sent.arrival(made, is_place_confirmed=True))
    assert sent.outcomes(reception) == [outcome]


@pytest.mark.parametrize("again", [{"supersedes": "uuid:1"}, {"root_id": "uuid:1"}])
def test_a_correction_is_not_asked_again_about_the_position_that_was_accepted(
    store: connection.Store, again: dict[str, str]
) -> None:
    far = sent.KNOWN[1] + 676 * sent.METRE_NORTH
    first = sent.visit(code="SP-001", place=survey.HERE, longitude=sent.KNOWN[0], latitude=far, accuracy_m=5.0)
    assert sent.outcomes(sent.receive(store, first)) == ["accepted"]
    assert read.sites(store)["position_status"]["SP-001"] == "confirmed"
    assert sent.outcomes(sent.receive(store, first)) == ["same"]
    corrected = dataclasses.replace(first, survey_id="uuid:2", note="แก้แล้ว", **again)
    assert sent.outcomes(sent.receive(store, corrected)) == ["correction"]
    farther = dataclasses.replace(first, survey_id="uuid:3", latitude=far + 0.002, supersedes="uuid:2")
    assert sent.kinds(sent.receive(store, farther)) == [position_checks.TOO_FAR]


def test_a_coarse_position_is_taken_with_a_word(store: connection.Store) -> None:
    reception = sent.receive(store, sent.visit(longitude=sent.KNOWN[0], latitude=sent.KNOWN[1], accuracy_m=180.0))
    assert (sent.outcomes(reception), sent.kinds(reception)) == (["accepted"], [position_checks.COARSE])


@pytest.mark.parametrize("text", ["half \ud83d", "nul \0"])
@pytest.mark.parametrize(
    "where", ["note", "survey_id", "site_code", "surveyor", "root_id", "supersedes", "element", "as_written"]
)
def test_a_record_with_a_text_that_cannot_be_kept_is_held(store: connection.Store, where: str, text: str) -> None:
    made = sent.visit()
    if where == "element":
        made = sent.visit(elements=(survey.Element("KK-001.ramp.1", "ramp", text),))
    elif where == "as_written":
        made = sent.visit(measurements=(dataclasses.replace(made.measurements[0], as_written=text),))
    else:
        made = sent.visit(**{where: text})
    reception = sent.receive(store, sent.arrival(made, raw=json.dumps({"text": text})), sent.visit("uuid:2"))
    assert sent.outcomes(reception) == ["held", "accepted"]
    assert survey_checks.UNSTORABLE_TEXT in sent.kinds(reception)
    assert json.loads(quarantine.held_rows(store).loc[0, "raw"]) == {"text": text}
    assert verify.verify(store).problems == ()


def test_a_file_whose_name_is_no_text_is_taken_in(store: connection.Store) -> None:
    named = dataclasses.replace(sent.delivery(sent.visit()), file_name="\udce0\udcb8.zip")
    assert sent.outcomes(receiving.receive(store, named, "somchai", words=sent.ENGLISH)) == ["accepted"]
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"latitude": math.nan, "longitude": sent.KNOWN[0]},
        {"latitude": math.inf, "longitude": sent.KNOWN[0]},
        {"latitude": 16.4, "longitude": 1e308},
        {"latitude": sent.KNOWN[1], "longitude": sent.KNOWN[0], "accuracy_m": -math.inf},
        {"observed_at": sent.MORNING.replace(tzinfo=None)},
        {"observed_at": dt.datetime.min.replace(tzinfo=wording.BANGKOK)},
    ],
)
def test_impossible_figures_are_held_and_stop_nothing(store: connection.Store, changes: dict[str, Any]) -> None:
    assert sent.outcomes(sent.receive(store, sent.visit(**changes), sent.visit("uuid:2"))) == [
        "held",
        "accepted",
    ]


# Any order, any interruption


def test_a_reason_names_the_thing_and_the_question_not_their_ids(store: connection.Store) -> None:
    wrong = answers.PART_MISSING.at("KK-001.ramp.1, running_slope_pct")
    reception = sent.receive(store, sent.arrival(sent.visit(), problems=(wrong,)), words=sent.THAI)
    (reason,) = quarantine.held_rows(store).loc[0, "reasons"]
    assert "running_slope_pct" not in reason
    assert "KK-001 ทางลาด 1" in reason
    (group,) = overview.Overview(1, reception.held).groups
    assert "running_slope_pct" not in group.sentence(sent.THAI)


def test_the_id_of_a_record_is_no_part_of_its_reason(store: connection.Store) -> None:
    away = sent.visit(longitude=100.5, latitude=13.7, accuracy_m=5.0)
    sent.receive(store, away)
    (reason,) = quarantine.held_rows(store).loc[0, "reasons"]
    assert "uuid:" not in reason


def test_a_kit_record_held_is_settled_when_its_visit_comes_in_put_right(store: connection.Store) -> None:
    record = {
        "jaidee_record": 1,
        "survey_id": "uuid:old",
        "site_code": "KK-001",
        "surveyor": "สมชาย",
        "observed_at": sent.MORNING.isoformat(),
        "answers": {"KK-001.ramp.1": {"clear_width_mm": {"texts": ["9000"]}}},
    }
    other = record | {
        "survey_id": "uuid:other",
        "answers": {"KK-001.toilet.1": {"clear_width_mm": {"texts": ["9000"]}}},
    }
    problem = answers.PART_MISSING.at("KK-001.ramp.1, clear_width_mm")
    for held in (record, other):
        sent.receive(store, sent.arrival(None, raw=json.dumps(held, ensure_ascii=False), problems=(problem,)))
    sent.receive(store, sent.visit("uuid:new"))
    assert quarantine.held_rows(store)["decision"].tolist() == [quarantine.TAKEN_IN, ""]
    assert kit_store.states(store, ["uuid:old"])["uuid:old"]["state"] == kit_store.ACCEPTED, "the phone need not ask on"
