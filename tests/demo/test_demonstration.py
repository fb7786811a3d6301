import datetime as dt
import random
from pathlib import Path

import pytest

from audits import errors, survey
from audits.demo import demonstration, seed, values
from audits.rules import files, model
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import read


@pytest.fixture(scope="module")
def book() -> model.Criteria:
    return files.load_criteria()


@pytest.fixture(scope="module")
def invented(book: model.Criteria) -> tuple[survey.Survey, ...]:
    return demonstration.visits(seed.starter_sites(), seed.starter_elements(), book)


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory, book: model.Criteria
) -> tuple[workspace.Workspace, demonstration.Summary]:
    place = workspace.Workspace(tmp_path_factory.mktemp("city") / "demonstration")
    with connection.open_store(place, kind="demonstration") as store:
        return place, demonstration.build(store, book)


def test_three_quarters_of_the_ramp_sites_and_half_of_the_spaces_are_visited(
    invented: tuple[survey.Survey, ...],
) -> None:
    visited = {one.site_code for one in invented}
    assert sum(code.startswith("KK") for code in visited) == 64
    assert sum(code.startswith("SP") for code in visited) == 28


def test_every_survey_says_that_it_is_invented(invented: tuple[survey.Survey, ...]) -> None:
    assert {one.source for one in invented} == {"demonstration"}
    assert all(one.note.startswith("ข้อมูลสาธิต") for one in invented)
    assert {one.surveyor for one in invented} <= set(demonstration.SURVEYORS)


def test_every_value_is_possible(invented: tuple[survey.Survey, ...], book: model.Criteria) -> None:
    for one in invented:
        for reading in one.measurements:
            lowest, highest = book.quantities[reading.quantity].possible
            assert reading.value is None or lowest <= reading.value <= highest, reading


def test_every_visit_is_within_the_two_years_of_the_demonstration(invented: tuple[survey.Survey, ...]) -> None:
    days = [one.observed_at.date() for one in invented]
    assert min(days) >= dt.date(2025, 1, 1)
    assert max(days) <= dt.date(2026, 10, 31)
    assert all(day.weekday() < 5 for day in days)


def test_slopes_run_from_one_in_sixteen_to_one_in_eight(invented: tuple[survey.Survey, ...]) -> None:
    slopes = [
        reading.value
        for one in invented
        for reading in one.measurements
        if reading.quantity == "running_slope_pct" and reading.value is not None
    ]
    assert 6.0 < min(slopes) < 100 / 14
    assert 100 / 10 < max(slopes) < 13.0


def test_a_slope_is_read_three_times_with_its_uncertainty(invented: tuple[survey.Survey, ...]) -> None:
    visit = next(one for one in invented if any(each.quantity == "running_slope_pct" for each in one.measurements))
    slopes = [each for each in visit.measurements if each.quantity == "running_slope_pct" and each.value is not None]
    assert [each.reading for each in slopes][:3] == [1, 2, 3]
    assert all(each.instrument == "digital_level" and each.uncertainty > 0 for each in slopes)


def test_what_was_not_measured_has_a_reason(invented: tuple[survey.Survey, ...]) -> None:
    missed = [each for one in invented for each in one.measurements if each.value is None]
    assert missed
    assert all(each.not_measured_because in survey.NOT_MEASURED_REASONS for each in missed)


def test_some_sites_are_visited_again_and_some_by_two_surveyors_on_one_day(
    invented: tuple[survey.Survey, ...],
) -> None:
    visits = [(one.site_code, one.observed_at.date(), one.surveyor) for one in invented if not one.supersedes]
    by_day: dict[tuple[str, dt.date], set[str]] = {}
    by_site: dict[str, set[dt.date]] = {}
    for code, day, surveyor in visits:
        by_day.setdefault((code, day), set()).add(surveyor)
        by_site.setdefault(code, set()).add(day)
    assert sum(len(surveyors) == 2 for surveyors in by_day.values()) >= 3
    assert sum(len(days) == 2 for days in by_site.values()) >= 10


def test_one_survey_is_corrected(invented: tuple[survey.Survey, ...]) -> None:
    corrections = [one for one in invented if one.supersedes]
    assert len(corrections) == 1
    wrong = next(one for one in invented if one.survey_id == corrections[0].supersedes)
    pairs = zip(wrong.measurements, corrections[0].measurements, strict=True)
    changed = [(before, after) for before, after in pairs if before != after]
    assert [before.quantity for before, _ in changed] == ["clear_width_mm"]
    assert changed[0][0].value == pytest.approx((changed[0][1].value or 0) / 10, abs=0.5)


def test_a_repair_meets_more_than_the_same_thing_before(book: model.Criteria) -> None:
    poor = values.Builder(skill=0.0)
    before = values.built("kerb_ramp", poor, book, random.Random("before"))
    perfect = values.Builder(skill=1.0)
    after = values.built("kerb_ramp", perfect, book, random.Random("after"), before)
    assert before["running_slope_pct"] > 100 / 12 >= after["running_slope_pct"]
    assert before["clear_width_mm"] < 1200 <= after["clear_width_mm"]
    assert before["flare_present"] == after["flare_present"]


def test_nothing_is_asked_that_cannot_matter(book: model.Criteria) -> None:
    careless = values.Builder(skill=0.0)
    found = values.built("parking", careless, book, random.Random("lot"))
    without = {name for name in found if name.startswith("ground_symbol_smaller")}
    assert found.get("ground_symbol_present", 0.0) == 0.0
    assert not without


def test_building_again_adds_nothing(
    built: tuple[workspace.Workspace, demonstration.Summary], book: model.Criteria
) -> None:
    place, first = built
    with connection.open_store(place, kind="demonstration") as store:
        again = demonstration.build(store, book)
    assert first.added == first.surveys > 100
    assert again.added == 0
    assert again.head == first.head


def test_the_demonstration_is_the_same_everywhere(
    built: tuple[workspace.Workspace, demonstration.Summary], book: model.Criteria, tmp_path: Path
) -> None:
    with connection.open_store(workspace.Workspace(tmp_path / "elsewhere"), kind="demonstration") as store:
        assert demonstration.build(store, book).head == built[1].head


def test_the_ledger_is_sound_and_positions_were_reported(
    built: tuple[workspace.Workspace, demonstration.Summary],
) -> None:
    with connection.open_store(built[0]) as store:
        assert verify.verify(store, str(built[1].head)).problems == ()
        statuses = read.sites(store)["position_status"]
        dated = read.elements(store)["permitted_on"].notna()
    assert (statuses == "not_found").sum() == 1
    assert 10 <= (statuses == "confirmed").sum() <= 60
    assert 20 <= dated.sum() < len(dated) / 2


def test_a_building_stopped_half_way_is_finished_the_next_time(book: model.Criteria, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with connection.open_store(workspace.Workspace(tmp_path / "half"), kind="demonstration") as store:
        with pytest.raises(KeyboardInterrupt):
            demonstration.build(store, book, progress=stop)
        assert len(read.surveys(store)) == 5
        summary = demonstration.build(store, book)
        assert summary.added == summary.surveys - 5
        assert len(read.surveys(store)) == summary.surveys


def test_a_city_s_record_takes_no_invented_survey(book: model.Criteria, tmp_path: Path) -> None:
    with connection.open_store(workspace.Workspace(tmp_path / "real")) as store:
        with pytest.raises(errors.WorkspaceError, match="demonstration workspace"):
            demonstration.build(store, book)
        assert read.sites(store).empty


def test_an_engineer_has_reviewed_all_but_the_newest_surveys(book: model.Criteria, tmp_path: Path) -> None:
    place = workspace.Workspace(tmp_path)
    with connection.open_store(place, kind="demonstration") as store:
        demonstration.build(store, book)
        surveys = read.surveys(store)
        standing = surveys.loc[(surveys["status"] == "final") & (surveys["superseded_by"] == "")]
        counted = standing["review"].value_counts()
    assert counted["returned"] == 1
    assert counted["submitted"] == 11
    assert counted["approved"] == len(standing) - 12
