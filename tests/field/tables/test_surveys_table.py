"""Prove that a row's measurements become one survey, the same survey whenever it is sent."""

from __future__ import annotations

import pandas as pd
import pytest

from audits import survey, terms, wording
from audits.field.tables import element_numbers, importing, surveys_table
from audits.reports import columns
from audits.rules import model
from tests.field.tables import conftest

HEADER = "code,วันที่สำรวจ,ผู้สำรวจ,ความกว้างสุทธิ (ซม.),running_slope_pct,running_slope_pct#2"


def test_a_row_becomes_a_survey_of_its_site_with_what_was_written(understand) -> None:
    (survey,) = understand("KK-001,15/11/2568,สมชาย,90,1:12,8.1").surveys
    assert (survey.site_code, survey.surveyor, survey.source) == ("KK-001", "สมชาย", "table")
    assert survey.observed_at.isoformat() == "2025-11-15T00:00:00+07:00"
    assert [one.element_id for one in survey.elements] == ["KK-001.ramp.1"]
    read = {(one.quantity, one.reading): (one.value, one.as_written) for one in survey.measurements}
    assert read["clear_width_mm", 1] == (900.0, "90 cm")
    assert read["running_slope_pct", 1] == (pytest.approx(100 / 12), "1:12")
    assert read["running_slope_pct", 2] == (8.1, "8.1%")


def test_the_same_row_is_the_same_survey_and_another_value_is_another(understand) -> None:
    first, again = (understand("KK-001,15/11/2568,สมชาย,90,1:12,").surveys[0] for _ in range(2))
    other = understand("KK-001,15/11/2568,สมชาย,91,1:12,").surveys[0]
    assert first == again
    assert first.survey_id != other.survey_id


def test_the_same_row_twice_in_one_file_is_held_once(understand) -> None:
    preview = understand(*["KK-001,15/11/2568,สมชาย,90,1:12,"] * 2)
    assert len(preview.surveys) == 1
    assert conftest.held(preview) == {3: ["SURVEY-008"]}


def test_an_unnamed_instrument_gets_the_uncertainty_of_the_usual_one_and_that_is_told(understand, book) -> None:
    preview = understand("KK-001,15/11/2568,สมชาย,90,,")
    (one,) = preview.surveys[0].measurements
    usual = book.instruments[book.quantities["clear_width_mm"].instruments[0]]
    assert (one.instrument, one.uncertainty) == ("", usual.uncertainty)
    assert surveys_table.ASSUMED_INSTRUMENT in [notice.kind for notice in preview.notices]


def test_a_named_instrument_is_kept(understand) -> None:
    header = "code,date,surveyor,running_slope_pct,เครื่องมือ"
    preview = understand("KK-001,15/11/2568,ก,8,level_and_tape", "KK-001,15/11/2568,ข,8,ไม้บรรทัดวิเศษ", header=header)
    assert preview.surveys[0].measurements[0].instrument == "level_and_tape"
    assert conftest.held(preview) == {3: ["SURVEY-007"]}


def test_rows_that_cannot_be_trusted_are_held_with_every_reason(understand) -> None:
    preview = understand(
        "KK-001,,สมชาย,90,,",
        "KK-001,15/11/2568,,90,,",
        "KK-001,15/11/68,สมชาย,-90,12:1,ลื่น",
        "KK-001,15/11/2568,สมชาย,99999,,",
    )
    assert conftest.held(preview) == {
        2: ["SURVEY-002"],
        3: ["SURVEY-003"],
        4: ["CELL-011", "CELL-005", "CELL-006", "DAY-002"],
        5: ["ANSWER-001"],
    }
    assert preview.surveys == ()


def test_an_unusual_value_is_taken_and_told(understand) -> None:
    preview = understand("KK-001,15/11/2568,สมชาย,20 cm,,")
    assert preview.surveys[0].measurements[0].value == 200.0
    assert ("Clear width", "SURVEY-N01") in [(notice.where, notice.kind.code) for notice in preview.notices]


def test_a_cell_that_may_be_read_in_two_ways_is_held_with_both_until_it_is_marked(understand, thai) -> None:
    preview = understand("KK-001,15/11/2568,สมชาย,900,,", "KK-001,16/11/2568,สมชาย,900!,,")
    assert conftest.held(preview) == {2: ["ANSWER-002"]}
    (problem,) = [problem for row in preview.held for problem in row.problems]
    assert "900 ซม. = 9 ม. หรือ 900 มม. = 90 ซม." in thai.problem(problem)
    (taken,) = preview.surveys
    assert [(one.value, one.as_written) for one in taken.measurements] == [(9000.0, "900 cm ✓")]


@pytest.mark.parametrize(
    ("column", "figure", "asked"),
    [
        ("clear_width (cm)", "36", ["36 cm = 0.36 m", "36 inch = 91.44 cm"]),
        ("clear_width (in)", "900", ["900 inch = 2,286 cm", "900 mm = 90 cm"]),
        ("clear_width (ft)", "1.2", []),
        ("clear_width (cm)", "36 cm", []),
        ("clear_width (cm)", "36!", []),
    ],
)
def test_a_figure_read_off_the_other_scale_is_asked_about(column, figure, asked, understand, english) -> None:
    preview = understand(f"KK-001,15/11/2568,ก,ramp,{figure}", header=f"code,date,surveyor,element,{column}")
    (problem,) = [one for row in preview.held for one in row.problems] if asked else [None]
    assert bool(preview.surveys) is not bool(asked)
    sentence = english.problem(problem) if problem else ""
    assert all(one in sentence for one in asked)


@pytest.mark.parametrize("column", ["running_slope (1:n)", "ความลาดชัน (1 : x)", "running_slope (1 ต่อ)"])
def test_a_column_of_the_n_of_one_in_n_is_read_as_such(column, understand) -> None:
    preview = understand("KK-001,15/11/2568,ก,12", "KK-001,16/11/2568,ก,0.083", header=f"code,date,surveyor,{column}")
    (taken,) = preview.surveys
    assert [(one.value, one.as_written) for one in taken.measurements] == [(pytest.approx(100 / 12), "1:12")]
    assert conftest.held(preview) == {3: ["CELL-005"]}


def test_at_a_space_the_row_must_say_which_element_was_measured(understand) -> None:
    header = "code,date,surveyor,element,label,clear_width_mm"
    preview = understand(
        "SP-001,15/11/2568,ก,,,900",
        "SP-001,15/11/2568,ก,ทางเดิน,เหนือ,900",
        "SP-001,15/11/2568,ก,ทางเดิน,ใต้,900",
        "SP-001,15/11/2568,ก,ป้าย,,900",
        "SP-001,15/11/2568,ก,เรือ,,900",
        header=header,
    )
    assert [one.elements[0].element_id for one in preview.surveys] == ["SP-001.path.1", "SP-001.path.2"]
    assert conftest.held(preview) == {2: ["SURVEY-006"], 5: ["SURVEY-005"], 6: ["SURVEY-004"]}


def test_a_visit_may_stand_a_little_off_the_site_but_not_a_street_away(understand) -> None:
    header = "code,lat,lon,date,surveyor,clear_width_mm"
    rows = ("KK-001,16.4255,102.8231,15/11/2568,ก,900", "KK-001,16.4351,102.8231,15/11/2568,ข,900")
    assert conftest.held(understand(*rows, header=header)) == {3: ["SITE-004"]}


def test_labels_keep_the_numbers_they_had_and_new_ones_follow() -> None:
    rows = pd.DataFrame(
        {"site_code": ["A", "A"], "kind": ["ramp", "ramp"], "label": ["เหนือ", "ใต้"]}, index=["A.ramp.1", "A.ramp.2"]
    )
    numbers = element_numbers.ElementNumbers(rows)
    ids = [numbers.element("A", "ramp", label).element_id for label in ("ใต้", "ตะวันออก", "7", "", "ตะวันออก")]
    assert ids == ["A.ramp.2", "A.ramp.3", "A.ramp.7", "A.ramp.1", "A.ramp.3"]


KERB = pd.DataFrame(
    [
        {"site_code": code, "kind": kind, "label": label, "permitted_on": None, "source": "register"}
        for code, kind, label in (("KK-001", "kerb_ramp", "เหนือ"), ("KK-001", "ramp", ""), ("KK-001", "ramp", ""))
    ],
    index=pd.Index(["KK-001.kerb_ramp.1", "KK-001.ramp.1", "KK-001.ramp.2"], name="element_id"),
)


@pytest.fixture
def at_site(book, register):
    """Return how rows are previewed at KK-001 where only some things are registered."""

    def preview(things: list[int], header: str, *rows: str) -> importing.Preview:
        content = "\n".join((header, *rows)).encode()
        return importing.preview(content, "table.csv", book, register, KERB.iloc[things], conftest.TODAY)

    return preview


def things(preview: importing.Preview) -> list[str]:
    return [element.element_id for one in preview.surveys for element in one.elements]


def notices(preview: importing.Preview) -> dict[str, object]:
    return {one.kind.code: one.values.get("elements") for one in preview.notices}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_row_names_its_thing_and_what_was_measured_in_the_words_that_the_program_prints(
    language: str, understand, book
) -> None:
    """Every kind of thing with the first length asked of it, headed and written as on the program's own lists."""
    words = wording.Wording(language)
    heading = next(one.heading(words) for one in columns.of("finding") if one.name == "element_id")
    for kind in survey.ELEMENT_KINDS:
        lengths = [one for one in model.questions(book, kind) if one.unit == "mm" and one.usual[0] < one.usual[1]]
        for quantity in lengths[:1]:
            usual = sum(quantity.usual) / 2
            for written in (words.text(terms.ELEMENT_KIND[kind]), f"KK-001.{kind}.1"):
                row = f"KK-001,15/11/2568,x,{written},{usual:.0f} mm!"
                preview = understand(row, header=f'code,date,surveyor,{heading},"{words.name(quantity.name)}"')
                assert preview.layout.unused == (), (kind, quantity.quantity_id)
                assert things(preview) == [f"KK-001.{kind}.1"], (written, preview.held)


NARROW = "code,date,surveyor,running_slope,clear_width (cm)"


def test_a_row_that_names_no_element_is_of_the_one_thing_registered(at_site) -> None:
    preview = at_site([0], NARROW, "KK-001,15/11/2568,ก,1:14,100")
    assert (things(preview), conftest.held(preview)) == (["KK-001.kerb_ramp.1"], {})
    assert "RECEIVE-N01" not in notices(preview)


def test_a_row_that_may_be_of_several_things_is_held_with_the_choices(at_site) -> None:
    for registered, choices in (([0, 1], "ramp 1, kerb ramp 1"), ([1, 2], "ramp 1, ramp 2")):
        preview = at_site(registered, NARROW, "KK-001,15/11/2568,ก,,100")
        assert conftest.held(preview) == {2: ["SURVEY-009"]}
        assert preview.held[0].problems[0].values["things"] == choices


def test_what_only_one_of_the_things_has_tells_which_was_measured(at_site) -> None:
    header = f"{NARROW},handrail_height_mm"
    assert things(at_site([0, 1], header, "KK-001,15/11/2568,ก,1:14,100,800")) == ["KK-001.ramp.1"]


def test_no_thing_is_added_without_a_word(at_site) -> None:
    header = "code,date,surveyor,element,handrail_height_mm"
    assert conftest.held(at_site([0], header, "KK-001,15/11/2568,ก,,800")) == {2: ["SURVEY-010"]}
    added = at_site([0], header, "KK-001,15/11/2568,ก,ทางลาด,800")
    assert (things(added), notices(added)["RECEIVE-N01"]) == (["KK-001.ramp.1"], "KK-001 ramp 1")


def test_two_of_a_kind_are_told_apart_by_number_or_label_only(at_site) -> None:
    header = "code,date,surveyor,element,label,clear_width (cm)"
    rows = ("KK-001,15/11/2568,ก,ramp,,90", "KK-001,15/11/2568,ก,ramp,2,90", "KK-001,15/11/2568,ข,ทางลาด 2 · ใต้,,95")
    preview = at_site([1, 2], header, *rows)
    assert (things(preview), conftest.held(preview)) == (["KK-001.ramp.2"] * 2, {2: ["SURVEY-009"]})


def test_runs_are_readings_of_one_ramp(at_site) -> None:
    header = "code,date,surveyor,label,running_slope (%),running_slope (%) #2"
    rows = ("KK-001,12/11/2568,ก,ช่วง 1,8,8.2", "KK-001,12/11/2568,ก,ช่วงที่ 2,12,12.5", "KK-001,12/11/2568,ข,run 2,9,9")
    preview = at_site([1], header, *rows)
    mine, others = preview.surveys
    assert (things(preview), conftest.held(preview), preview.accepted_count) == (["KK-001.ramp.1"] * 2, {}, 3)
    assert [(one.reading, one.value) for one in mine.measurements] == [(1, 8.0), (2, 8.2), (3, 12.0), (4, 12.5)]
    assert mine.note == "ช่วง 1: 8%, 8.2%; ช่วงที่ 2: 12%, 12.5%"
    assert len(others.measurements) == 2


def test_an_error_in_a_cell_holds_the_row_and_is_kept_as_it_was(at_site) -> None:
    preview = at_site(
        [1], NARROW, "KK-001,15/11/2568,ก,#DIV/0!,100", "KK-001,#####,ก,8%,100", "KK-001,15/11/2568,ก,2:15:00,"
    )
    assert conftest.held(preview) == {2: ["CELL-014"], 3: ["CELL-014"], 4: ["CELL-016"]}
    assert "#DIV/0!" in preview.held[0].raw


def test_a_name_in_another_spelling_is_the_same_name(at_site) -> None:
    header = "code,name,date,surveyor,clear_width (cm)"
    preview = at_site([1], header, "KK-001,สถานีรถไฟ\u200b,15/11/2568,ประจ\u0e4d\u0e32,100")
    assert (conftest.held(preview), preview.surveys[0].surveyor) == ({}, "ประจำ")
