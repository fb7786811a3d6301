import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from concurrent import futures
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from audits import errors, survey
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.register import register
from audits.store.surveys import quarantine, read, submit
from tests.store.conftest import ARRIVAL, MORNING

Builder = Callable[..., survey.Survey]


def test_a_survey_is_taken_in_whole(store: connection.Store, a_survey: Builder) -> None:
    before = read.head(store).sequence
    receipt = submit.submit(store, a_survey(), "somchai")
    assert receipt == submit.Receipt("accepted", "uuid:1", 1)
    assert read.survey(store, "uuid:1") == dataclasses.replace(
        a_survey(), observed_at=a_survey().observed_at.astimezone(dt.UTC)
    )
    assert read.head(store).sequence == before + 1


def test_a_second_send_of_the_same_survey_changes_nothing(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(), "somchai")
    head = read.head(store)
    assert submit.submit(store, a_survey(), "somchai") == submit.Receipt("same", "uuid:1", 1)
    assert read.head(store) == head


def test_whole_numbers_and_minus_zero_are_the_same_survey_again(store: connection.Store, a_survey: Builder) -> None:
    def at(value: float) -> survey.Survey:
        return a_survey(measurements=(survey.Measurement("KK-001.ramp.1", "cross_slope_pct", value),))

    assert submit.submit(store, at(-0.0), "somchai").outcome == "accepted"
    assert submit.submit(store, at(0), "somchai").outcome == "same"
    assert verify.verify(store).problems == ()


def test_a_new_element_joins_the_register_and_a_known_one_stays(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(), "somchai")
    elements = read.elements(store)
    assert elements.loc["KK-001.parking.1", "source"] == "survey"
    assert elements.loc["KK-001.ramp.1", "source"] == "register"
    assert elements.loc["KK-001.ramp.1", "version"] == 1


def test_a_correction_is_a_new_survey(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(), "somchai")
    receipt = submit.submit(store, a_survey(survey_id="uuid:2", supersedes="uuid:1", note="แก้ไข"), "somchai")
    assert receipt == submit.Receipt("correction", "uuid:2", 2)
    assert read.survey(store, "uuid:1").note == "ฝนตก"
    again = submit.submit(store, a_survey(survey_id="uuid:2", supersedes="uuid:1", note="แก้ไข"), "somchai")
    assert again.outcome == "same"


def test_other_content_under_a_known_id_is_held_and_not_lost(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(), "somchai")
    other = a_survey(note="another visit")
    receipt = submit.submit(store, other, "somying")
    assert (receipt.outcome, receipt.number) == ("conflict", 0)
    assert [problem.kind for problem in receipt.problems] == [submit.CONFLICT]
    submit.submit(store, other, "somying")
    held = quarantine.held_rows(store)
    assert len(held) == 1
    assert json.loads(held.loc[0, "raw"])["note"] == "another visit"
    assert read.survey(store, "uuid:1").note == "ฝนตก"


def test_a_refused_survey_leaves_no_trace(store: connection.Store, a_survey: Builder) -> None:
    head = read.head(store)
    receipt = submit.submit(store, a_survey(photos=(survey.Photo("0" * 64),)), "somchai")
    assert receipt.outcome == "refused"
    assert read.head(store) == head
    assert read.surveys(store).empty
    assert "KK-001.parking.1" not in read.elements(store).index


def test_the_instant_of_arrival_is_kept(store: connection.Store, a_survey: Builder) -> None:
    arrival = dt.datetime(2026, 3, 3, 1, 2, 3, 456789, tzinfo=dt.UTC)
    submit.submit(store, a_survey(), "somchai", received_at=arrival)
    assert read.surveys(store).loc[0, "received_at"] == arrival.replace(microsecond=456000)


def test_nobody_submits_without_a_name(store: connection.Store, a_survey: Builder) -> None:
    with pytest.raises(errors.StoreError, match="who did it"):
        submit.submit(store, a_survey(), "")
    assert read.surveys(store).empty


def test_the_same_survey_sent_twice_at_once_is_one(store: connection.Store, a_survey: Builder) -> None:
    with futures.ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: submit.submit(store, a_survey(), "somchai"), range(16)))
    outcomes = [receipt.outcome for receipt in receipts]
    assert outcomes.count("accepted") == 1
    assert outcomes.count("same") == 15
    assert len(read.surveys(store)) == 1


def test_many_surveyors_at_once_get_numbers_without_gaps(store: connection.Store, a_survey: Builder) -> None:
    with futures.ThreadPoolExecutor(8) as pool:
        sent = [a_survey(survey_id=f"uuid:{number}") for number in range(40)]
        receipts = list(pool.map(lambda one: submit.submit(store, one, "somchai"), sent))
    assert sorted(receipt.number for receipt in receipts) == list(range(1, 41))
    assert verify.verify(store).problems == ()


def test_surveys_received_together_leave_what_they_leave_one_by_one(
    place: workspace.Workspace,
    tmp_path: Path,
    a_survey: Builder,
    new_sites: gpd.GeoDataFrame,
    new_elements: pd.DataFrame,
) -> None:
    def measured(survey_id: str, width: float = 900.0, **changed: object) -> survey.Survey:
        of_ramp = (survey.Measurement("KK-001.ramp.1", "clear_width_mm", width),)
        return a_survey(survey_id=survey_id, measurements=of_ramp, **changed)

    other = {"site_code": "SP-001", "elements": (), "measurements": ()}
    sent = [
        measured("uuid:1"),
        measured("uuid:2"),
        measured("uuid:3", supersedes="uuid:2"),
        measured("uuid:1"),
        measured("uuid:1", 910.0),
        measured("uuid:4", site_code="KK-999"),
        measured("uuid:5", root_id="uuid:2"),
        measured("uuid:6", photos=(survey.Photo("0" * 64),)),
        measured("uuid:7", elements=(survey.Element("KK-001.ramp.1", "stair"),)),
        a_survey(survey_id="uuid:8", place=survey.HERE, **other),
        a_survey(survey_id="uuid:9", **other | {"elements": (survey.Element("SP-001.path.2", "path"),)}),
        a_survey(survey_id="uuid:10", **other | {"elements": (survey.Element("SP-001.path.2", "stair"),)}),
        measured("uuid:11", source="table", observed_at=MORNING),
        measured("uuid:12", 800.0, source="table", observed_at=MORNING),
        measured("uuid:13"),
    ]
    later = [measured("uuid:14", 1000.0, source="table", observed_at=MORNING), measured("uuid:13")]

    def received(where: workspace.Workspace, together: bool) -> tuple[list[object], str]:
        with connection.open_store(where) as store:
            register.add_sites(store, new_sites, new_elements, "admin", "starter register", ARRIVAL)
            done: list[object] = []
            for visits, moment in ((sent, ARRIVAL), (later, ARRIVAL + dt.timedelta(days=1))):
                with connection.writing(store) as records:
                    if together:
                        done += submit.submit_all(records, visits, "somchai", moment)
                    else:
                        done += [submit.submit_within(records, one, "somchai", moment) for one in visits]
            assert not verify.verify(store).problems
            return done, str(read.head(store))

    one_by_one, together = received(place, together=False), received(workspace.Workspace(tmp_path / "b"), together=True)
    assert {receipt.outcome for receipt in one_by_one[0]} == {"accepted", "same", "correction", "conflict", "refused"}
    assert together == one_by_one
