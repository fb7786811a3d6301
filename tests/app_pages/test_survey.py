"""An answer is kept and judged as it is typed, on the survey form and in quick entry alike."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from app_pages.parts.survey import draft, returned
from app_pages.session import cache
from audits.field import doubts, held_decisions
from audits.rules import files
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from audits.store.register import changes, register
from audits.store.surveys import drafts, read, reviews, submit
from tests.app_pages import opening
from tests.field import sent
from tests.field.kit import kit_lines

SLOPE = r"KK-012\.ramp\.1\|running_slope_pct"


@pytest.fixture(autouse=True)
def folder(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield folder
    cache.open_store.clear()


def _field(app: AppTest, pattern: str) -> str:
    return next(field.key for field in app.text_input if field.key and re.search(pattern, field.key))


def _open(app: AppTest, theme: str) -> None:
    """Open one theme of the ramp's questions."""
    app.button(key=f"theme_open_theme_KK-012-ramp-1_{theme}").click().run()


def _html(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def _surveys(folder: Path) -> int:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        return len(read.surveys(store))


def test_the_form_judges_an_answer_offers_a_further_reading_and_sends_the_survey(folder: Path) -> None:
    before = _surveys(folder)
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    _open(app, "slope")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("30").run()
    assert not app.exception
    assert re.search(r'<ul role="status".*fail.*running slope', _html(app), re.IGNORECASE)
    assert re.search(
        r"running slope[^<]* · [^<]*</li></ul><details[^>]*><summary>(law|by analogy[^<]*)", _html(app), re.IGNORECASE
    ), "what binds stands once below the verdicts, and the clause is folded"
    app.text_input(key=_field(app, rf"{SLOPE}\|2$")).set_value("31").run()
    assert _field(app, rf"{SLOPE}\|3$")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("").run()
    assert app.text_input(key=_field(app, rf"{SLOPE}\|1$")).value == "31"
    app.text_area[0].set_value("wet").run()
    _open(app, "slope")
    assert not [button for button in app.button if button.label.startswith("31 % =")]
    app.button(key="save").click().run()
    assert _surveys(folder) == before, "31 % may be 1:31; it is asked about first"
    refusal = app.error[-1].value
    assert "KK-012" not in refusal
    assert "slope" in refusal.lower()
    next(button for button in app.button if str(button.key).startswith("unsaved_KK-012.ramp.1")).click().run()
    next(button for button in app.button if button.label.startswith("31 % =")).click().run()
    assert app.text_input(key=_field(app, rf"{SLOPE}\|1$")).value == "31%", "nobody has to write that it is right"
    app.button(key="save").click().run()
    assert _surveys(folder) == before, "one answer of many may have been sent by mistake"
    assert "Only 1 of" in app.warning[-1].value
    assert "Failures without a photo: 1" in app.warning[-1].value
    app.button(key="save_as_it_is").click().run()
    assert not app.exception
    assert "Receipt number" in app.success[0].value
    assert app.success[0].value.endswith("An engineer reads it next.")
    assert _surveys(folder) == before + 1
    app.button(key="correct_sent").click().run()
    assert app.session_state[draft.STATE].supersedes
    assert app.text_area[0].value == "wet"


def test_rise_and_length_count_as_they_are_typed_and_are_mended_where_they_stand(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft, "_key", lambda _context, name: f"device/{name}")

    def texts() -> list[str]:
        return list(app.session_state[draft.STATE].answers["KK-012.ramp.1"]["running_slope_pct"]["texts"])

    def write(part: str, figure: str) -> None:
        app.text_input(key=_field(app, rf"{SLOPE}\|{part}$")).set_value(figure).run()

    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    _open(app, "slope")
    for repeated in (False, True):
        notation = next(one.key for one in app.button_group if re.search(rf"{SLOPE}\|notation$", one.key or ""))
        if repeated:
            assert app.button_group(key=notation).value == "rise_and_length", "one choice for the visit, and it stays"
            break
        app.button_group(key=notation).set_value("rise_and_length").run()
        write("rise", "600")
        app.button(key="save").click().run()
        assert "Mend: " in app.button(key="unsaved_KK-012.ramp.1_running_slope_pct").label, "half a pair is not lost"
        write("along", "50")
        assert any("cannot be" in one.value for one in app.error)
        write("rise", "50")
        write("along", "600")
        assert texts() == ["rise 50 cm along 600 cm"]
        app.button(key=_button(app, rf"{SLOPE}\|add$")).click().run()
        write("rise", "51")
        write("along", "600")
        assert texts() == ["rise 50 cm along 600 cm", "rise 51 cm along 600 cm"]
        app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    assert app.text_input(key=_field(app, rf"{SLOPE}\|rise$")).value == "51 cm"
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("").run()
    assert texts() == ["rise 51 cm along 600 cm"]
    app.button(key="save").click().run()
    app.button(key="save_as_it_is").click().run()
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        assert read.survey(store, read.surveys(store)["survey_id"].iloc[-1]).measurements[-1].value


def test_what_is_refused_and_what_fails_is_named_before_the_survey_is_saved(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    _open(app, "slope")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("40 m").run()
    heading = app.button(key="theme_open_theme_KK-012-ramp-1_slope").label
    assert "to mend: 1" in heading
    assert "to mend: 1" in _html(app), "with nothing pressed"
    assert "Running slope" in app.button(key="unsaved_KK-012.ramp.1_running_slope_pct").label
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("1:6").run()
    assert "✕ fail: 1" in app.button(key="theme_open_theme_KK-012-ramp-1_slope").label
    assert not any("✓" in button.label for button in app.button), "the sign of a pass is of what passes"


def test_an_open_verdict_names_the_question_that_settles_it(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    _open(app, "width")
    app.text_input(key=_field(app, r"KK-012\.ramp\.1\|clear_width_mm\|1$")).set_value("300 cm!").run()
    length = files.load_criteria().quantities["ramp_length_total_mm"].question.en
    assert re.search(rf"not known yet.*?depends on: {re.escape(length)}", _html(app))
    _open(app, "slope")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("8.3%").run()
    assert re.search(r"borderline.*?too near the limit to tell", _html(app))


def test_a_figure_that_no_requirement_reads_says_so(folder: Path) -> None:
    app = opening.opened("quick_entry.py", lang="en", workspace="demonstration")
    app.text_input(key="quick_code").set_value("kk12").run()
    for quantity, figure in (("handrail_present", "y"), ("clear_width_mm", "120")):
        app.text_input(key=_field(app, rf"quick\|.*\|{quantity}$")).set_value(figure).run()
    assert "requirement reads it" not in _html(app)
    for quantity, said in (("handrail_height_mm", "No undisputed requirement"), ("rise_mm", "No requirement reads it")):
        app.text_input(key=_field(app, rf"quick\|.*\|{quantity}$")).set_value("85").run()
        assert said in _html(app)


def test_the_last_part_leads_to_what_stands_before_saving(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    _open(app, "photos")
    following = app.button(key="next_open_theme_KK-012-ramp-1")
    assert following.label == "Next: Before you save"
    following.click().run()
    assert app.session_state["revealed"][0] == "before_saving"
    assert not [each for each in app.selectbox if each.label == "Photo of"], "the photos are closed"


def test_a_photo_that_is_in_the_survey_already_is_said_to_be(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    _open(app, "photos")
    told = "This photo is in this survey already."
    for times in range(2):
        app.file_uploader[0].upload("a.jpg", kit_lines.photo(3), "image/jpeg").run()
        assert not app.exception
        assert [one.value for one in app.info].count(told) == times
    app.run()
    assert told not in [one.value for one in app.info]


def test_before_saving_each_failure_without_a_photo_leads_to_its_photo(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    _open(app, "slope")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("30%").run()
    key = "photograph_KK-012.ramp.1_running_slope_pct"
    assert not [each for each in app.button if each.key == key], "nothing is asked before somebody saves"
    app.button(key="save").click().run()
    app.button(key=key).click().run()
    (of,) = [each for each in app.selectbox if each.label == "Photo of"]
    assert of.value == "running_slope_pct"
    app.session_state[draft.STATE].photos.append({"sha256": "0", "element_id": "KK-012.ramp.1", "quantity": ""})
    app.run()
    assert not [each for each in app.button if each.key == key], "a photo of the whole ramp shows it"


def test_a_total_that_falls_names_what_does_not_apply(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    before = app.get("progress")[0].proto.text
    assert "do not apply" not in before
    present = next(one.key for one in app.button_group if (one.key or "").endswith("|element_present|1"))
    app.button_group(key=present).set_value("no").run()
    after = app.get("progress")[0].proto.text
    every, left, out = (
        int(re.search(pattern, text)[1])
        for pattern, text in (
            (r"of (\d+) questions", before),
            (r"of (\d+) questions", after),
            (r"do not apply here: (\d+)", after),
        )
    )
    assert every == left + out


def _page(app: AppTest) -> list[str]:
    """Write down what is on the page, word by word."""
    kinds = ("html", "progress", "error", "warning", "header", "subheader", "button", "text_input", "button_group")
    # whether a value came from the page or from the reader is of no matter
    return sorted(
        re.sub("(?m)^set_value.*\n|^value: .*\n", "", str(each.proto)) for kind in kinds for each in app.get(kind)
    )


def test_after_every_answer_the_page_is_as_if_all_of_it_were_drawn(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    for theme, answers in {
        "slope": [("running_slope_pct", "40 m"), ("running_slope_pct", "1:6"), ("running_slope_pct", "")],
        "width": [("clear_width_mm", "9"), ("clear_width_mm", "60"), ("clear_width_mm", "900")],
    }.items():
        _open(app, theme)
        for quantity, figure in answers:
            field = _field(app, rf"KK-012\.ramp\.1\|{quantity}\|1$")
            app.text_input(key=field).set_value(figure).run()
            assert not app.exception
            partly = _page(app)
            app.run()
            assert partly == _page(app), (quantity, figure)


def _button(app: AppTest, pattern: str) -> str:
    return next(one.key for one in app.button if one.key and re.search(pattern, one.key))


def test_quick_entry_refuses_what_is_no_figure_and_takes_a_sheet(folder: Path) -> None:
    before = _surveys(folder)
    place = workspace.Workspace(folder).demonstration
    # What another form left is not what is printed on the sheet.
    drafts.save(place, f"this-device/{draft.HABITS}", {"slope_unit": doubts.ONE_IN})
    app = opening.opened("quick_entry.py", lang="en", workspace="demonstration")
    app.text_input(key="quick_code").set_value("12").run()
    assert [each.value for each in app.error] == ["“12” may be KK-012, SP-012. Which one? Type its whole code."]
    app.text_input(key="quick_code").set_value("kk12").run()
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    slope = _field(app, rf"quick\|{SLOPE}$")
    assert app.text_input(key=slope).label == "3 · Running slope (%)", "the number that the question has on paper"
    app.text_input(key=slope).set_value("steep").run()
    assert app.error
    app.button(key="quick_save").click().run()
    assert _surveys(folder) == before
    app.text_input(key=slope).set_value("30 30").run()
    for day in ("", "15/11/68", "15/11/1968", "1/1/1970", "tomorrow"):
        app.text_input(key="quick_day").set_value(day).run()
        app.button(key="quick_save").click().run()
        assert _surveys(folder) == before, "the sheet would be dated today"
    app.text_input(key="quick_day").set_value("2/3/2569").run()
    assert re.search(r'<p role="status"><span class="jaidee-verdict fail">', _html(app))
    app.button(key="quick_save").click().run()
    assert not app.exception
    sitting = next(str(one.proto.body) for one in app.get("html") if "Typed in during this sitting" in one.proto.body)
    assert re.search(r"KK-012.*<td[^>]*>1</td>", sitting, re.DOTALL), "two readings of one question are one answer"
    assert _surveys(folder) == before + 1
    with connection.open_store(place) as store:
        assert "30%" in read.measurements(store)["as_written"].tolist()


def _shown(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.subheader, *app.markdown, *app.info, *app.caption))


def test_what_came_back_stands_first_and_neither_draft_is_lost_when_its_correction_begins(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a browser there is no cookie that tells devices apart.
    monkeypatch.setattr(draft, "_key", lambda _context, name: f"device/{name}")
    place = workspace.Workspace(folder).demonstration
    with connection.open_store(place) as store:
        sent = read.surveys(store)
        mine = sent.loc[(sent["site_code"] == "KK-012") & (sent["superseded_by"] == "")].iloc[-1]
        before = read.survey(store, mine["survey_id"])
        (noted, *_) = (f"{one.element_id}|{one.quantity}" for one in before.measurements)
        reviews.give_back(store, mine["survey_id"], "measure the width again", {noted: "again"}, "engineer")
        # A position that was accepted stays with the correction, though the register has moved the site since.
        away = shapely.Point(before.longitude, before.latitude + 0.006)
        changes.report_position(store, "KK-012", "confirmed", "engineer", "moved", away)
    app = opening.opened("survey.py", lang="en", workspace="demonstration")
    assert "returned to be corrected" in _shown(app)
    app.button(key=f"returned_{mine['survey_id']}").click().run()
    app.text_area[0].set_value("a new visit").run()
    app.button(key=f"mend_{mine['survey_id']}").click().run()
    assert "Another draft of this site is kept" in _shown(app)
    element_id, quantity_id = noted.split("|")
    app.button(key=f"noted_{element_id}_{quantity_id}").click().run()
    assert app.session_state[f"open_theme_{element_id}"], quantity_id
    assert app.text_input(key=_field(app, r"\|surveyor$")).value != before.surveyor, "who corrects signs for it"
    assert f"Measured by {before.surveyor} on" in _html(app)
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-09").run()
    app.button(key="save").click().run()
    assert any("Nothing differs yet" in one.value for one in app.warning)
    app.button(key="save_as_it_is").click().run()
    assert [one.value for one in app.error] == ["Write first why it stays as it is."]
    app.text_input(key=_field(app, r"^why\|")).set_value("looked again").run()
    app.button(key="save_as_it_is").click().run()
    assert not app.exception
    assert "Receipt number" in app.success[0].value
    assert "its correction counts" in _shown(app)
    assert not app.text_area, "the receipt stands alone until the draft is asked for"
    app.button(key="kept_draft").click().run()
    assert app.text_area[0].value == "a new visit"
    assert not app.success
    with connection.open_store(place) as store:
        (again,) = [
            read.survey(store, each) for each in read.surveys(store).query("site_code == 'KK-012'")["survey_id"][-1:]
        ]
    assert (again.supersedes, again.surveyor) == (before.survey_id, "T-09")
    assert again.note.splitlines()[-1] == "looked again"
    with connection.open_store(place) as store:
        assert read.survey(store, before.survey_id).surveyor == before.surveyor
    assert sorted(again.measurements, key=str) == sorted(before.measurements, key=str)
    assert (again.latitude, again.longitude, again.observed_at) == (
        before.latitude,
        before.longitude,
        before.observed_at,
    )
    app.selectbox(key="site").set_value("KK-013").run()
    assert not app.success


@pytest.mark.parametrize(
    ("note", "photos", "is_missing"),
    [("ถ่ายรูปใหม่", None, True), ("no photo needed", (), False), ("", ("noted",), True)],
)
def test_a_photo_that_an_engineer_asked_for_is_said_to_be_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, note: str, photos: tuple[str, ...] | None, is_missing: bool
) -> None:
    monkeypatch.setattr(draft, "_key", lambda _context, name: f"device/{name}")
    place = workspace.Workspace(folder).demonstration
    with connection.open_store(place) as store:
        sent = read.surveys(store)
        mine = sent.loc[(sent["site_code"] == "KK-012") & (sent["superseded_by"] == "")].iloc[-1]
        before = read.survey(store, mine["survey_id"])
        (noted, *_) = (f"{one.element_id}|{one.quantity}" for one in before.measurements)
        asked_for = None if photos is None else [noted for _ in photos]
        reviews.give_back(store, mine["survey_id"], "", {noted: note}, "engineer", photos=asked_for)
    app = opening.opened(
        "survey.py", lang="en", workspace="demonstration", site="KK-012", **{returned.CORRECT: mine["survey_id"]}
    )
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-09").run()
    app.text_area[0].set_value("another remark").run()
    app.button(key="save").click().run()
    (asked,) = [one.value for one in app.warning if "Send it" in one.value]
    assert ("photos that are still missing" in asked) == is_missing
    assert ("as they were" in asked) != is_missing, "the answer itself is asked about where no photo is"
    app.button(key="save_as_it_is").click().run()
    assert not app.exception
    assert "Receipt number" in app.success[0].value


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_photo_is_of_the_answer_that_an_engineer_asked_to_see_again(folder: Path, is_asked: bool) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        sent = read.surveys(store)
        mine = sent.loc[(sent["site_code"] == "KK-012") & (sent["superseded_by"] == "")].iloc[-1]
        photos = ["KK-012.ramp.1|running_slope_pct"] if is_asked else []
        reviews.give_back(store, mine["survey_id"], "look again", {}, "engineer", photos=photos)
    app = opening.opened(
        "survey.py", lang="en", workspace="demonstration", site="KK-012", **{returned.CORRECT: mine["survey_id"]}
    )
    _open(app, "photos")
    (of,) = [each for each in app.selectbox if each.label == "Photo of"]
    assert of.value == ("running_slope_pct" if is_asked else "")


def test_a_note_that_asks_for_nothing_but_a_photo_leads_to_the_photos(folder: Path) -> None:
    slope, width = "KK-012.ramp.1|running_slope_pct", "KK-012.ramp.1|clear_width_mm"
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        sent = read.surveys(store)
        mine = sent.loc[(sent["site_code"] == "KK-012") & (sent["superseded_by"] == "")].iloc[-1]
        reviews.give_back(store, mine["survey_id"], "", {width: "in cm?"}, "engineer", photos=[slope, width])
    app = opening.opened(
        "survey.py", lang="en", workspace="demonstration", site="KK-012", **{returned.CORRECT: mine["survey_id"]}
    )
    app.button(key="noted_KK-012.ramp.1_running_slope_pct").click().run()
    (of,) = [each for each in app.selectbox if each.label == "Photo of"]
    assert of.value == "running_slope_pct"
    app.button(key="noted_KK-012.ramp.1_clear_width_mm").click().run()
    assert not [each for each in app.selectbox if each.label == "Photo of"], "the question is open instead"
    assert not app.exception


def test_a_site_that_is_not_there_is_saved_without_a_measurement(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    place = next(one.key for one in app.button_group if one.key and one.key.endswith("|place"))
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        there = read.sites(store).loc["KK-012", "geometry"]
    app.session_state[draft.STATE].fix = {"latitude": there.y + 0.011, "longitude": there.x, "accuracy_m": 5.0}
    app.button_group(key=place).set_value("here").run()
    app.button(key="save").click().run()
    (asked,) = [one for one in app.checkbox if one.label.startswith("Yes, I was at KK-012")]
    assert app.error[0].value.startswith("Confirm above")
    asked.check().run()
    app.button(key="save").click().run()
    assert "Nothing has been answered yet" in app.error[0].value
    app.button_group(key=place).set_value("not_found").run()
    app.button(key="save").click().run()
    assert "Receipt number" in app.success[0].value
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        assert read.surveys(store)["place"].iloc[-1] == "not_found"
        assert read.sites(store).loc["KK-012", "position_status"] == "not_found"


def test_a_visit_kilometres_from_a_wrong_register_is_sent_without_its_position(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    _open(app, "slope")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("30").run()
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        there = read.sites(store).loc["KK-012", "geometry"]
    app.session_state[draft.STATE].fix = {"latitude": there.y + 0.03, "longitude": there.x, "accuracy_m": 5.0}
    place = next(one.key for one in app.button_group if one.key and one.key.endswith("|place"))
    app.button_group(key=place).set_value("moved").run()
    app.button(key="save").click().run()
    assert "check whether the right site was chosen" in app.error[0].value
    next(one for one in app.button if one.label == "Leave the position out").click().run()
    app.button(key="save").click().run()
    app.button(key="save_as_it_is").click().run()
    assert "Receipt number" in app.success[0].value
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        sent = read.survey(store, read.surveys(store)["survey_id"].iloc[-1])
    assert (sent.site_code, sent.place, sent.longitude) == ("KK-012", "", None)


NOTES = {f"KK-012.ramp.1|{name}": f"see {name}" for name in ("running_slope_pct", "clear_width_mm", "landing_mm")}


def test_a_link_to_a_correction_opens_it_filled_in(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        sent = read.surveys(store)
        mine = sent.loc[(sent["site_code"] == "KK-012") & (sent["superseded_by"] == "")].iloc[-1]
        reviews.give_back(store, mine["survey_id"], "", NOTES, "eng1")
        accounts.add(store, "eng1", "engineer", "office", "Somsri")
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012", correct=mine["survey_id"])
    assert not app.exception
    assert app.session_state[draft.STATE].supersedes == mine["survey_id"]
    returned_at = str(pd.Timestamp.now("UTC").year)
    assert re.search(rf"Somsri returned this survey on [^:]*{returned_at}", _html(app))
    assert f"measured by {mine['surveyor']}" in _html(app), "somebody else corrects it here"
    assert "correct" not in app.query_params
    assert app.button(key="correct").disabled, "asked first, as one correction is at hand"
    next(one for one in app.checkbox if one.label.startswith("Put the correction")).check().run()
    assert not app.button(key="correct").disabled


def test_a_link_for_one_answer_opens_its_question_and_does_not_ask_for_the_others(folder: Path) -> None:
    before, rise = _surveys(folder), "KK-012.ramp.1|rise_mm"
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012", only=rise)
    assert not app.exception
    (asked,) = [each.value for each in app.info]
    assert asked.startswith("Only this is asked for here: ")
    assert not app.get("progress")
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    app.text_input(key=_field(app, r"rise_mm\|1$")).set_value("45").run()
    assert "Only this is answered, as asked: " in _html(app)
    assert "Not surveyed in this visit" not in _html(app)
    app.button(key="save").click().run()
    assert not app.exception
    assert _surveys(folder) == before + 1
    assert "only" not in app.query_params


def test_a_link_for_one_answer_leaves_a_survey_that_is_begun_a_whole_one(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    _open(app, "slope")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("3").run()
    app.query_params["only"] = "KK-012.ramp.1|rise_mm"
    app.run()
    assert not app.exception
    assert _field(app, r"rise_mm\|1$")
    assert app.get("progress")
    assert not app.info


def test_a_thing_that_is_added_never_takes_the_number_of_a_retired_one(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        other = register.add_element(store, "KK-012", "ramp", "", "engineer", "seen")
        changes.change_element(store, other, {"retired": True}, "engineer", "torn down")
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    app.button(key="add_element").click().run()
    place = workspace.Workspace(folder).demonstration
    kept = [drafts.load(place, key) or {} for key in drafts.keys(place)]
    added = [one["element_id"] for each in kept for one in each.get("added", ())]
    assert added == ["KK-012.ramp.3"]


def test_a_draft_that_the_office_holds_as_a_conflict_ends_and_is_held_once(folder: Path) -> None:
    app = opening.opened("survey.py", lang="en", workspace="demonstration", site="KK-012")
    app.text_input(key=_field(app, r"\|surveyor$")).set_value("T-07").run()
    _open(app, "slope")
    app.text_input(key=_field(app, rf"{SLOPE}\|1$")).set_value("7.5").run()
    survey_id = app.session_state[draft.STATE].survey_id
    place = workspace.Workspace(folder).demonstration
    with connection.open_store(place) as store:
        submit.submit(store, sent.visit(survey_id, "KK-012"), "T-08")
    app.button(key="save").click().run()
    app.button(key="save_as_it_is").click().run()
    assert [each.value for each in app.error] == [held_decisions.SAME_NUMBER]
    assert app.session_state[draft.STATE].survey_id != survey_id
    with connection.open_store(place) as store:
        assert len(held_decisions.waiting(store)) == 1
