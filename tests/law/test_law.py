"""The list and the sheet hold every limit of law, in the order of the gazette, in both languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from pathlib import Path

import outloud
import pikepdf
import pytest

from audits import wording
from audits.law import limits, sheet
from audits.rules import comparisons, gazette, model
from audits.store import comparisons as kept
from audits.store.db import connection, workspace
from tests import spoken
from tests.cli.test_commands import Answer

DAY = dt.date(2026, 11, 28)


def compared(limit: model.Limit, answer: str = gazette.SAME) -> gazette.Comparison:
    return gazette.Comparison(limit.limit_id, limit.content, answer, "", "5", "malee", DAY)


def test_limits_stand_by_source_and_clause_as_the_gazette_does(book: model.Criteria) -> None:
    first = [entry.limit for entry in limits.of_law(book) if entry.limit.source.source_id == "moi_2548"]
    clauses = list(dict.fromkeys(limit.clause.th for limit in first))
    wanted = ["ข้อ ๗", "ข้อ ๘(๑)", "ข้อ ๘(๕)", "ข้อ ๘(๗)(ก)", "ข้อ ๘(๗)(ฉ)", "ข้อ ๘(๘)", "ข้อ ๑๑(๔)", "ข้อ ๒๕"]
    assert [each for each in clauses if each in wanted] == wanted
    days = [entry.limit.source.in_force_on for entry in limits.of_law(book)]
    assert days == sorted(days)


def test_every_limit_of_law_is_listed_once_and_nothing_else(book: model.Criteria) -> None:
    listed = [entry.limit.limit_id for entry in limits.of_law(book)]
    laws = {
        limit.limit_id
        for criterion in book.criteria.values()
        for limit in criterion.limits
        if limit.source.kind == "law"
    }
    assert len(listed) == len(set(listed)) > 150
    assert set(listed) == laws


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_sheet_reads_aloud_with_every_clause(book: model.Criteria, language: str, tmp_path: Path) -> None:
    words = wording.Wording(language)
    made = sheet.pdf(book, words, DAY)
    flat = "".join("".join(page.split()) for page in spoken.pages(made))
    for entry in limits.unchecked(book):
        for part in (words.name(entry.limit.clause), words.name(entry.criterion.name)):
            assert "".join(part.split()) in flat, part
    file = tmp_path / "sheet.pdf"
    file.write_bytes(made)
    assert outloud.check(file).errors == 0
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith(language)
    assert sheet.pdf(book, words, DAY) == made


def test_a_checked_limit_leaves_the_sheet_and_one_that_differs_stays(book: model.Criteria) -> None:
    same, other = (entry.limit for entry in limits.of_law(book)[:2])
    differs = dataclasses.replace(compared(other, gazette.DIFFERS), value="1,000 มม.")
    after = comparisons.apply(book, (compared(same), differs))
    left = {entry.limit.limit_id for entry in limits.unchecked(after)}
    assert same.limit_id not in left
    assert other.limit_id in left
    assert len(left) == len(limits.unchecked(book)) - 1
    assert "1,000มม." in "".join("".join(spoken.pages(sheet.pdf(after, wording.Wording("th"), DAY))).split())


def test_a_sheet_with_nothing_left_is_a_sheet(book: model.Criteria) -> None:
    after = comparisons.apply(book, (compared(entry.limit) for entry in limits.of_law(book)))
    assert limits.unchecked(after) == []
    assert "0 limits to compare" in " ".join(spoken.pages(sheet.pdf(after, wording.Wording("en"), DAY)))


def test_the_command_lists_every_limit_with_its_state_and_prints_the_sheet(
    book: model.Criteria, tmp_path: Path
) -> None:
    place = workspace.Workspace(tmp_path / "city")
    before = Answer("law", "--workspace", place.folder, "--json").record
    assert before["states"]["checked"] == 0
    assert not place.folder.exists()
    limit = book.criteria["ramp.clear_width"].limit_of("moi_2548")
    with connection.open_store(place) as store:
        kept.record(store, limit, gazette.SAME, "malee", at=dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC))
    file = tmp_path / "sheet.pdf"
    answer = Answer("law", "--workspace", place.folder, "--json", "--sheet", file)
    assert answer.code == 0
    rows = {row["id"]: row for row in answer.record["limits"]}
    assert len(rows) == len(limits.of_law(book))
    row = rows[limit.limit_id]
    assert (row["state"], row["checked_by"], row["checked_on"]) == ("checked", "malee", "2026-11-28")
    assert (row["criterion"], row["source"], row["value"]) == ("ramp.clear_width", "moi_2548", "900 mm")
    height = rows["ramp.handrail_height@moi_2564"]
    assert (height["state"], height["checked_by"]) == ("disputed", None)
    assert {each["value"] for each in height["readings"]} == {"750–800 mm", "800–900 mm"}
    assert file.read_bytes().startswith(b"%PDF")
    assert Answer("law", "--workspace", place.folder, "--sheet", file).code == 2


def test_a_limit_recorded_as_other_than_the_gazette_judges_in_no_command(book: model.Criteria, tmp_path: Path) -> None:
    place, table = workspace.Workspace(tmp_path / "city"), tmp_path / "vienna.csv"
    table.write_text(
        "code,lat,lon,surveyor,observed_on,element,running_slope_pct\nX-1,48.2,16.37,crew,2024-05-06,kerb ramp,20 %\n"
    )
    asked = "judge", table, "--box", "16,48,17,49", "--json", "--workspace", place.folder
    assert Answer(*asked).record["failures"] == {"kerb_ramp.running_slope": 1}
    with connection.open_store(place) as store:
        for criterion in ("kerb_ramp.running_slope", "ramp.running_slope"):
            for limit in book.criteria[criterion].limits:
                kept.record(store, limit, gazette.DIFFERS, "malee", value="1:14", page="5")
    assert Answer(*asked).record["failures"] == {}
    space = "--rise", "300", "--length", "9000", "--width", "3000"
    drawn = "design", *space, "--lang", "en", "--workspace", place.folder
    assert "says otherwise than the data of this program on: Running slope." in Answer(*drawn).stdout


def test_limits_that_one_clause_states_alike_are_compared_together(book: model.Criteria) -> None:
    groups = limits.alike(limits.of_law(book))
    assert sorted(entry.limit.limit_id for group in groups for entry in group) == sorted(
        entry.limit.limit_id for entry in limits.of_law(book)
    )
    together = next(group for group in groups if group[0].limit.limit_id == "lift.car_depth@moi_2564")
    assert {entry.criterion.criterion_id for entry in together} >= {"lift.car_depth", "lift.car_width"}
    for group in groups:
        assert len({(one.limit.source.source_id, one.limit.clause, one.limit.stated_as) for one in group}) == 1
