"""A reviewer is shown what an answer of this survey decides, and what contradicts another one at its site."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import types
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from app_pages import review
from app_pages.parts.review import corrected_survey, one_survey
from app_pages.session import cache
from audits import survey, wording
from audits.ramps import price_books
from audits.reports import survey_report
from audits.store.db import connection, workspace
from audits.store.register import rebuilt_elements
from audits.store.surveys import read, reviews, submit
from audits.store.works import fix_steps
from tests.app_pages import opening


def test_no_ramp_beside_a_measured_ramp_is_to_look_out_for() -> None:
    rows = [
        ("uuid:1", "KK-001", "ramp", "element_present", 1.0),
        ("uuid:1", "KK-001", "shelter", "ramp_or_lift_present", 0.0),
        ("uuid:2", "KK-002", "shelter", "ramp_or_lift_present", 0.0),
        ("uuid:3", "KK-003", "ramp", "element_present", 0.0),
        ("uuid:3", "KK-003", "shelter", "ramp_or_lift_present", 0.0),
        ("uuid:4", "KK-001", "shelter", "ramp_or_lift_present", 1.0),
    ]
    measured = pd.DataFrame(rows, columns=["survey_id", "site_code", "element_kind", "quantity", "value"])
    assert review.lacking_a_measured_ramp(measured) == ["uuid:1"]


def test_surveys_of_things_that_fail_or_were_left_unmeasured_are_not_chosen_many_at_once(town: Any) -> None:
    record = town.record(town.measured(*town.complete_ramp(clear_width_mm=700.0)))
    failing = record.audit.findings.loc[record.audit.findings["verdict"] == "fail", "element_id"].iloc[0]
    rows = [
        ("uuid:fails", failing, 700.0),
        ("uuid:open", "KK-002.ramp.1", float("nan")),
        ("uuid:passes", "KK-003.ramp.1", 900.0),
    ]
    measured = pd.DataFrame(rows, columns=["survey_id", "element_id", "value"])
    failing = review.to_look_at(record, measured)
    assert failing == {"uuid:fails", "uuid:open"}
    english = wording.Wording("en")
    warned = {"uuid:fails": ["may be a double"]}
    reasons = {one: review.look_out_for({"survey_id": one}, failing, warned, english) for one in measured["survey_id"]}
    assert {one for one, listed in reasons.items() if listed} == failing
    assert reasons["uuid:fails"] == ["may be a double", "something fails, is borderline or is not measured"]


def test_who_made_a_survey_is_known_however_the_name_is_written() -> None:
    surveys = pd.DataFrame({"survey_id": ["uuid:1", "uuid:2", "uuid:3"], "surveyor": ["somchai  K", "Malee", ""]})
    assert review.made_by(surveys, {"", "Somchai K"}) == ["uuid:1"]


def _earlier(**values: float) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([("KK-001.ramp.1", name) for name in values], names=["element_id", "quantity"])
    return pd.DataFrame({"value": list(values.values())}, index=index, dtype=float)


def test_what_was_not_measured_needs_a_look_though_nothing_is_judged_of_it() -> None:
    line = survey_report.AnswerLine("KK-001.ramp.1|clear_width_mm", "ramp", "Clear width", "not measured", "", False)
    assert one_survey.Answer(line, (), "850 mm", False, measured=False).needs_a_look
    assert not one_survey.Answer(line, (), "850 mm", False).needs_a_look


@pytest.mark.parametrize(("value", "is_changed"), [(905.0, False), (911.0, True)])
def test_a_change_within_the_uncertainty_of_both_readings_needs_no_look(
    town: Any, monkeypatch: pytest.MonkeyPatch, value: float, is_changed: bool
) -> None:
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    width = survey.Measurement("KK-001.ramp.1", "clear_width_mm", value, uncertainty=3.0)
    visit = survey.Survey("uuid:1", "KK-001", "T-07", when, "web", "v1", measurements=(width,))
    record = town.record(town.measured(*town.complete_ramp(clear_width_mm=1_500.0)))
    context: Any = types.SimpleNamespace(
        store=None, criteria=record.criteria, words=wording.Wording("en"), record=lambda: record
    )
    monkeypatch.setattr(read, "measurements", lambda _store: None)
    monkeypatch.setattr(one_survey, "_before", lambda *_: _earlier(clear_width_mm=901.0))
    (answer,) = one_survey.answers(context, visit, corrected_survey.Corrected())
    assert answer.before == "90.1 cm"
    assert answer.changed == is_changed


@pytest.mark.parametrize(("before", "is_open"), [(None, True), (700.0, True), (750.0, False)])
def test_a_new_or_changed_rise_stands_open_with_the_price_that_it_moves(
    town: Any, monkeypatch: pytest.MonkeyPatch, before: float | None, is_open: bool
) -> None:
    rise = survey.Measurement("KK-001.ramp.1", "rise_mm", 750.0, uncertainty=1.0)
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    visit = survey.Survey("uuid:1", "KK-001", "T-07", when, "web", "v1", measurements=(rise,))
    rows = [*town.complete_ramp(running_slope_pct=12.0), ("KK-001.ramp.1", "rise_mm", 750.0)]
    record = town.record(town.measured(*rows), sites=town.sites("KK-001").assign(zone=1))
    words, store = wording.Wording("en"), types.SimpleNamespace(role="engineer")
    context: Any = types.SimpleNamespace(store=store, criteria=record.criteria, words=words, record=lambda **_: record)
    monkeypatch.setattr(read, "measurements", lambda _store: None)
    monkeypatch.setattr(one_survey, "_before", lambda *_: _earlier(**({"rise_mm": before} if before else {})))
    monkeypatch.setattr(price_books, "in_force", lambda _: types.SimpleNamespace(book=price_books.sample()))
    monkeypatch.setattr(fix_steps, "designs", lambda _: None)
    (answer,) = one_survey.answers(context, visit, corrected_survey.Corrected())
    assert answer.needs_a_look == is_open
    assert ("No requirement reads it" in answer.moves) == is_open
    assert ("baht by this rise" in answer.moves) == is_open
    assert ("154 mm apart" in answer.moves) == is_open
    assert ("the one calculated from length" in answer.moves) == (before is None)
    assert ("the one levelled before" in answer.moves) == (is_open and before is not None)
    store.role = "technician"
    (answer,) = one_survey.answers(context, visit, corrected_survey.Corrected())
    assert answer.needs_a_look == is_open
    assert "baht" not in answer.moves


def test_what_was_not_measured_is_folded_where_it_would_bury_the_rest() -> None:
    words = wording.Wording("en")
    lines = [survey_report.AnswerLine(f"KK-001.ramp.1|{n}", "ramp", str(n), "", "", False) for n in range(8)]
    missing = [one_survey.Answer(line, (), "", False, measured=False) for line in lines[:6]]
    asked = one_survey.Answer(lines[6], (), "", False, measured=False, asked="why?")
    usual = one_survey.Answer(lines[7], (), "", False)
    parts = dict(one_survey.parts([*missing, asked, usual], words))
    assert parts[""] == [asked]
    assert parts["6 answers were not measured"] == missing
    assert parts["1 answer is usual and passes"] == [usual]
    assert dict(one_survey.parts(missing[1:], words)) == {"": missing[1:]}


def test_what_the_surveyor_was_asked_about_and_confirmed_needs_a_look(town: Any) -> None:
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    width = survey.Measurement("KK-001.ramp.1", "clear_width_mm", 1_809.0, "1809 mm ✓")
    smooth = survey.Measurement("KK-001.ramp.1", "junction_smooth", 1.0, "✓")
    visit = survey.Survey("uuid:1", "KK-001", "T-07", when, "kit", "v1", measurements=(width, smooth))
    first, second = survey_report.lines(visit, town.record(town.measured()).criteria, wording.Wording("en"))
    assert (first.confirmed, second.confirmed) == (True, False)
    assert one_survey.Answer(first, (), "", False).needs_a_look


def test_a_survey_made_away_from_its_site_is_to_look_out_for() -> None:
    columns = ["survey_id", "site_code", "latitude", "longitude", "accuracy_m"]
    rows = [
        ("uuid:far", "KK-001", 16.436, 102.82, 5.0),
        ("uuid:near", "KK-001", 16.4305, 102.82, None),
        ("uuid:coarse", "KK-001", 16.4335, 102.82, 400.0),
        ("uuid:nowhere", "KK-001", None, None, None),
        ("uuid:unplaced", "KK-002", 16.5, 102.9, 5.0),
    ]
    known = {"position_accuracy_m": [3.0, float("nan")]}
    index = pd.Index(["KK-001", "KK-002"], name="code")
    sites = gpd.GeoDataFrame(known, index=index, geometry=[shapely.Point(102.82, 16.43), None], crs="EPSG:4326")
    found = review.made_away(pd.DataFrame(rows, columns=columns), sites)
    assert list(found) == ["uuid:far"]
    assert round(found["uuid:far"]) == 664  # 0.006° of latitude, 110.66 km each on WGS 84 here


def test_a_returned_survey_is_judged_by_its_own_answers_and_not_by_the_record(town: Any) -> None:
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    width = survey.Measurement("KK-001.ramp.1", "clear_width_mm", 1_809.0)
    visit = survey.Survey("uuid:1", "KK-001", "T-07", when, "web", "v1", measurements=(width,))
    record = town.record(town.measured(*town.complete_ramp(clear_width_mm=850.0)))
    findings = one_survey.judged(record, visit)["KK-001.ramp.1", "clear_width_mm"]
    assert {one.verdict for one in findings} - {"not_applicable"} == {"pass"}
    assert one_survey.judged(record, dataclasses.replace(visit, site_code="KK-009")) == {}


@pytest.mark.parametrize("is_returned", [True, False])
def test_a_correction_stands_beside_what_was_asked_and_what_was_answered_before(
    demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_returned: bool
) -> None:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    width, slope = ("KK-012.ramp.1|clear_width_mm", "KK-012.ramp.1|running_slope_pct")
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        sent = read.surveys(store)
        last = sent.loc[(sent["site_code"] == "KK-012") & (sent["superseded_by"] == "")].iloc[-1]
        visit = read.survey_with_photos(store, last["survey_id"])
        first, *others = visit.measurements
        others = [one for one in others if one.quantity not in ("clear_width_mm", "running_slope_pct")]
        inches = dataclasses.replace(first, quantity="clear_width_mm", value=1_270.0, as_written="50 in")
        steep = dataclasses.replace(first, quantity="running_slope_pct", value=8.0, as_written="8 %")
        wrong = dataclasses.replace(
            visit, survey_id=survey.new_survey_id(), supersedes=visit.survey_id, measurements=(inches, steep, *others)
        )
        submit.submit(store, wrong, "T-07")
        if is_returned:
            notes = {width: "in inches?"}
            photos = [reviews.WHOLE, width, slope]
            reviews.give_back(store, wrong.survey_id, "look again", notes, "engineer", photos=photos)
        centimetres = dataclasses.replace(inches, value=500.0, as_written="50 cm")
        right = dataclasses.replace(
            wrong,
            survey_id=survey.new_survey_id(),
            supersedes=wrong.survey_id,
            measurements=(centimetres, *others),
        )
        submit.submit(store, right, "T-07")
    try:
        app = opening.opened("review.py", lang="en", workspace="demonstration", site="KK-012")
        assert not app.exception
        shown = [" ".join(each.proto.body.split()) for each in app.get("html")]
        (answer,) = [body for body in shown if "50 cm" in body and "<b>Clear width" in body]
        assert ("An engineer had asked: in inches? · photograph again" in answer) == is_returned
        which = "that was returned" if is_returned else "that is corrected"
        assert f"in the survey {which}: 127 cm, written “50 inch”" in answer
        whole = any("of the whole survey: look again · photograph again" in body for body in shown)
        left_out = any("not answered here" in body and "Running slope" in body for body in shown)
        assert (whole, left_out) == (is_returned, is_returned)
    finally:
        cache.open_store.clear()


def test_an_answer_that_was_asked_for_or_revised_needs_a_look() -> None:
    line = survey_report.AnswerLine("KK-001.ramp.1|clear_width_mm", "ramp", "Clear width", "900 mm", "", False)
    assert one_survey.Answer(line, (), "", False, asked="measure again").needs_a_look
    assert one_survey.Answer(line, (), "", False, revised=True).needs_a_look


@pytest.mark.parametrize("rebuilt_on", [None, dt.date(2025, 11, 3)])
def test_what_a_survey_left_open_is_named_with_the_earlier_answer_that_stands(
    town: Any, monkeypatch: pytest.MonkeyPatch, rebuilt_on: dt.date | None
) -> None:
    record = town.record(town.measured(*town.complete_ramp(clear_width_mm=1_500.0)))
    rows = [
        ("KK-001.ramp.1", "handrail_height_mm", 800.0, pd.Timestamp("2025-10-31T03:00Z")),
        ("KK-001.ramp.1", "handrail_height_mm", 850.0, pd.Timestamp("2025-11-02T03:00Z")),
        ("KK-001.ramp.1", "clear_width_mm", 900.0, pd.Timestamp("2025-11-02T03:00Z")),
        ("KK-001.ramp.2", "clear_width_mm", 900.0, pd.Timestamp("2025-11-02T03:00Z")),
        ("KK-001.ramp.1", "rise_mm", 300.0, pd.Timestamp("2026-05-02T03:00Z")),
    ]
    measured = pd.DataFrame(rows, columns=["element_id", "quantity", "value", "observed_at"])
    monkeypatch.setattr(read, "measurements", lambda _store: measured)
    rebuilt = {"KK-001.ramp.1": rebuilt_on} if rebuilt_on else {}
    monkeypatch.setattr(rebuilt_elements, "days", lambda _store, _as_of: rebuilt)
    width = survey.Measurement("KK-001.ramp.1", "clear_width_mm", 950.0)
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    visit = survey.Survey("uuid:1", "KK-001", "T-07", when, "web", "v1", measurements=(width,))
    words = wording.Wording("en")
    context: Any = types.SimpleNamespace(store=None, criteria=record.criteria, words=words, record=lambda: record)
    # of what was built anew since, nothing stands
    stands = [] if rebuilt_on else ["KK-001 ramp 1, Height of the handrail: 85 cm on 2 Nov 2025"]
    assert one_survey.left_open(context, visit) == stands


def test_a_conflict_stands_beside_the_survey_of_its_number_answer_by_answer(
    demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        sent = read.surveys(store)
        last = sent.loc[(sent["site_code"] == "KK-012") & (sent["superseded_by"] == "")].iloc[-1]
        visit = read.survey_with_photos(store, last["survey_id"])
        width = next(one for one in visit.measurements if one.quantity == "clear_width_mm")
        measured = {"value": 705.0, "as_written": "70.5 cm", "not_measured_because": ""}
        changed = dataclasses.replace(width, **measured)
        others = tuple(one for one in visit.measurements if one.quantity != "clear_width_mm")
        again = dataclasses.replace(visit, measurements=(changed, *others))
        assert submit.submit(store, again, "T-07").outcome == "conflict"
    try:
        app = opening.opened("review.py", lang="en", workspace="demonstration", review_part="held")
        (choice,) = (one for one in app.selectbox if one.key == "held_row")
        assert [one.split(" · ")[0] for one in choice.options] == ["KK-012 Ramp, Provincial hall"]
        choice.select_index(0).run()
        shown = " ".join(" ".join(one.proto.body.split()) for one in app.get("html"))
        assert "Where the two surveys differ" in shown
        assert "70.5 cm" in shown
        # the answers that are alike, the machine's text and the way of a file are no help here
        assert "Running slope" not in shown.split("Where the two surveys differ")[1].split("</table>")[0]
        assert visit.survey_id not in shown
        assert not any("send the same file again" in one.value for one in app.markdown)
    finally:
        cache.open_store.clear()
