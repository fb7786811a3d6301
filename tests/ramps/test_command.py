import json
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

import audits
from audits import wording
from audits.cli import answers
from audits.demo import command as demo_command
from audits.ramps import command, cost, interventions, mending, price_books, site_design
from audits.store.db import workspace
from tests import spoken

PROGRAM = typer.Typer(cls=answers.Commands)
PROGRAM.command("start")(demo_command.start)
PROGRAM.command("design")(command.design)


def answer(*words):
    return CliRunner().invoke(PROGRAM, [str(word) for word in words], env={"JAIDEE_WORKSPACE": ""})


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    assert answer("start", "--workspace", folder, "--actor", "engineer").exit_code == 0
    return folder


def asked(city, rise, length, width, *more):
    room = ("--rise", rise, "--length", length, "--width", width)
    return answer("design", "KK-001", *room, "--workspace", city, "--lang", "en", *more)


def test_the_alternatives_are_told_and_the_chosen_one_is_written(city, tmp_path):
    names = [tmp_path / f"ramp.{form}" for form in ("dxf", "pdf", "xlsx")]
    wanted = ("--dxf", names[0], "--pdf", names[1], "--xlsx", names[2])
    done = asked(city, 450, 8450, 4000, "--alternative", 2, "--json", *wanted)
    receipt = json.loads(done.stdout)
    assert [each["family"] for each in receipt["alternatives"]] == ["switchback", "straight", "l_shape"]
    assert receipt["files"] == [str(name) for name in names]
    assert [name.read_bytes()[:4] for name in names[1:]] == [b"%PDF", b"PK\x03\x04"]
    assert b"AC1032" in names[0].read_bytes()


def test_where_none_fits_it_says_why_and_ends_with_problems(city):
    done = asked(city, 900, 3000, 1500)
    assert done.exit_code == answers.PROBLEMS
    assert "too narrow" in done.stdout
    assert "13,800 mm more width" in done.stdout


def test_where_none_fits_the_parts_that_mend_what_stands_are_told(city, monkeypatch):
    rails = cost.estimate({"handrail_m": 6.0}, price_books.sample(), ("handrail_m",))
    parts = mending.Parts(interventions.REPLACE_PARTS, rails)
    monkeypatch.setattr(mending, "of_ramp", lambda *_: parts)
    assert mending.sentence(parts, wording.Wording("en")) in asked(city, 900, 3000, 1500).stdout
    receipt = json.loads(asked(city, 900, 3000, 1500, "--json").stdout)
    assert receipt["parts"] == {"level": parts.level, "cost_thb": int(rails.total_thb.likely)}


def test_a_kerb_ramp_is_designed_too(city):
    receipt = json.loads(asked(city, 150, 6000, 3500, "--kerb", "--json").stdout)
    assert [each["kind"] for each in receipt["alternatives"]] == ["kerb_ramp"]


def test_impossible_figures_are_refused_all_at_once(city):
    done = asked(city, 0, 0, 4000, "--json")
    assert done.exit_code == answers.PROBLEMS
    assert [each["code"] for each in json.loads(done.stdout)["problems"]] == ["DESIGN-001", "DESIGN-001"]


def test_an_alternative_that_is_not_there_is_wrong_usage(city):
    assert asked(city, 450, 8450, 4000, "--alternative", 9).exit_code == answers.USAGE


def test_a_file_that_is_there_is_never_written_over_unasked(city, tmp_path):
    file = tmp_path / "ramp.xlsx"
    file.write_text("mine", "utf-8")
    assert asked(city, 450, 8450, 4000, "--xlsx", file).exit_code == answers.USAGE
    assert file.read_text("utf-8") == "mine"
    assert asked(city, 450, 8450, 4000, "--xlsx", file, "--replace").exit_code == 0
    assert file.read_bytes()[:4] == b"PK\x03\x04"


def test_a_ramp_at_no_site_needs_no_record_and_its_files_lie_in_one_folder(tmp_path):
    asked = ("design", "--rise-mm", 450, "--length-mm", 8000, "--width-mm", 4000, "--workspace", tmp_path / "none")
    found = CliRunner().invoke(PROGRAM, [*map(str, asked), "--out", str(tmp_path / "out"), "--json"])
    told = json.loads(found.stdout)
    assert told["feasible"] is True
    assert {Path(name).name for name in told["files"]} == {"design.dxf", "design.pdf", "design.xlsx"}
    assert all(Path(name).stat().st_size > 1000 for name in told["files"])
    assert 1 <= len(told["alternatives"]) <= command.MOST_ALTERNATIVES
    for each in told["alternatives"]:
        assert each["cost_low_thb"] < each["cost_thb"] < each["cost_high_thb"]
        assert each["engineer_needed"] is False
        assert all(isinstance(sentence, str) for sentence in each["assumptions"])
    book = openpyxl.load_workbook(tmp_path / "out" / "design.xlsx", data_only=True)
    assert book["ปร.6"]["C8"].value == told["alternatives"][0]["cost_thb"]


def test_a_ramp_for_a_home_is_signed_by_other_people_and_names_no_municipality(tmp_path):
    asked = ("design", "--rise-mm", 300, "--length-mm", 8000, "--width-mm", 2000, "--workspace", tmp_path / "none")
    found = CliRunner().invoke(PROGRAM, [*map(str, asked), "--home", "--xlsx", str(tmp_path / "home.xlsx")])
    assert found.exit_code == 0, found.output
    sheet = openpyxl.load_workbook(tmp_path / "home.xlsx")["ปร.6"]
    written = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert all(who in written for who in ("สถาปนิก", "นักกายภาพบำบัด", "ผู้จัดการการดูแล"))
    assert sheet["A3"].value.split() == ["หน่วยงานเจ้าของโครงการ"]
    assert not (tmp_path / "none").exists()
    assert CliRunner().invoke(PROGRAM, [*map(str, asked), "--home", "--site", "KK-001"]).exit_code == answers.USAGE


def test_papers_of_invented_surveys_say_so(demonstration_folder, tmp_path):
    place = workspace.Workspace(demonstration_folder).demonstration.folder
    room = ("--rise", 450, "--length", 8450, "--width", 4000, "--out", tmp_path)
    assert answer("design", "KK-001", *room, "--workspace", place, "--lang", "th").exit_code == 0
    mark = "ข้อมูลสาธิต"
    file = openpyxl.load_workbook(tmp_path / "design.xlsx")
    for name in ("ปร.4", "ปร.5", "ปร.6"):
        assert mark in file[name]["A2"].value
    assert all(mark in page for page in spoken.pages((tmp_path / "design.pdf").read_bytes(), furniture=True))
    assert mark in (tmp_path / "design.dxf").read_text("utf-8")


@pytest.fixture(scope="module")
def moved(demonstration_folder, tmp_path_factory):
    """The papers and the answer of a ramp of the demonstration that fits between no walls, its rise calculated."""
    folder = tmp_path_factory.mktemp("moved")
    place = workspace.Workspace(demonstration_folder).demonstration.folder
    given = answer("design", "KK-017", "--out", folder, "--workspace", place, "--lang", "en", "--json")
    return folder, json.loads(given.stdout)


def test_a_rise_that_nobody_levelled_is_said_on_every_paper(moved):
    folder, receipt = moved
    assert receipt["rise_to_level"]
    sentence = "level it before anything is bought or built"
    assert any(sentence in each for each in receipt["alternatives"][0]["assumptions"])
    pages = spoken.pages((folder / "design.pdf").read_bytes(), furniture=True)
    assert all("level it before" in " ".join(page.split()) for page in pages)
    assert "level it before" in (folder / "design.dxf").read_text("utf-8")
    file = openpyxl.load_workbook(folder / "design.xlsx")
    assert all("ให้วัดระดับก่อนจัดจ้าง" in file[name]["A6"].value for name in ("ปร.4", "ปร.5", "ปร.6"))


def test_the_papers_of_a_design_name_the_same_drawing(moved):
    folder, receipt = moved
    number = receipt["drawing_number"]
    assert number.startswith("KK-017-R1-")
    assert all(number in page for page in spoken.pages((folder / "design.pdf").read_bytes(), furniture=True))
    assert number in (folder / "design.dxf").read_text("utf-8")
    file = openpyxl.load_workbook(folder / "design.xlsx")
    assert all(number in file[name]["A4"].value for name in ("ปร.4", "ปร.5", "ปร.6"))
    assert number in file["Estimate"]["C2"].value


def test_a_ramp_that_lies_elsewhere_is_not_drawn_over_the_one_that_stands(moved):
    folder, receipt = moved
    assert receipt["basis"] == site_design.MOVED
    assert "Standing ramp" not in (folder / "design.dxf").read_text("utf-8")
    assert receipt["alternatives"][0]["quantities"]["demolition_m3"] > 1


def test_a_survey_that_awaits_review_is_said(demonstration_folder):
    record = audits.open_record(demonstration_folder / "demonstration")
    ramps = record.elements.loc[record.elements["kind"] == "ramp", "site_code"].unique()
    standing = record.audit.sites.loc[ramps, "standing"]
    for wanted in ("provisional", "approved"):
        answers_of = (
            answer("design", code, "--workspace", demonstration_folder / "demonstration", "--lang", "en").stdout
            for code in standing.index[standing == wanted]
        )
        designed = next(each for each in answers_of if "baht" in each)
        assert ("awaits an engineer's review" in designed) == (wanted == "provisional")


def test_a_rise_typed_by_hand_needs_no_levelling(demonstration_folder):
    place = workspace.Workspace(demonstration_folder).demonstration.folder
    given = answer("design", "KK-017", "--rise", 650, "--workspace", place, "--lang", "en")
    assert given.exit_code == 0
    assert "level it before" not in given.stdout


def test_what_stands_at_a_site_is_known_also_where_every_length_is_typed(demonstration_folder):
    folder = workspace.Workspace(demonstration_folder).demonstration.folder

    def designed(*rise):
        room = ("--length-mm", 20_000, "--width-mm", 5000)
        return json.loads(answer("design", "KK-001", *rise, *room, "--workspace", folder, "--json").stdout)

    surveyed = designed()
    typed = designed("--rise-mm", surveyed["space"]["rise_mm"])
    assert typed["element_id"] == surveyed["element_id"] == "KK-001.ramp.1"
    for name in ("cost_thb", "works"):
        assert typed["alternatives"][0][name] == surveyed["alternatives"][0][name]
    assert typed["alternatives"][0]["works"]["old_structure_m3"] > 0
    assert (typed["space"], typed["parts"]) == (surveyed["space"], surveyed["parts"])


def test_a_length_that_no_survey_gives_is_asked_for(city, tmp_path):
    assert answer("design", "--length", 450, "--workspace", tmp_path).exit_code == answers.USAGE
    assert answer("design", "--rise", 150, "--kerb", "--workspace", tmp_path).exit_code == answers.USAGE
    refused = answer("design", "KK-001", "--workspace", city, "--lang", "en")
    assert refused.exit_code == answers.USAGE
    assert "No survey of a ramp at KK-001 gives it" in refused.stderr


def test_where_none_fits_the_binding_limit_is_told(tmp_path):
    asked = ("design", "--rise-mm", 900, "--length-mm", 3000, "--width-mm", 1500, "--workspace", tmp_path, "--json")
    told = json.loads(CliRunner().invoke(PROGRAM, [*map(str, asked)]).stdout)
    assert told["feasible"] is False
    assert told["binding"] in ("length", "width", "either", "both")
    assert "ramp.running_slope" in told["criteria"]


def test_the_rise_alone_gives_the_length_and_what_was_not_given_is_assumed(tmp_path):
    asked = ("design", "--rise", 450, "--width", 2000, "--workspace", tmp_path, "--lang", "en", "--json")
    found = json.loads(answer(*asked, "--out", tmp_path / "out").stdout)
    first = found["alternatives"][0]
    assert (found["basis"], found["at_least"]) == (site_design.RISE_ALONE, ["length_mm"])
    assert first["figures"]["length_mm"] >= 450 * 12
    (assumed,) = [each for each in first["assumptions"] if "Not given" in each]
    assert "free length" in assumed and "no wall" in assumed
    assert "free width" not in assumed
    file = openpyxl.load_workbook(tmp_path / "out" / "design.xlsx")
    assert "ไม่ได้ระบุ" in file["ปร.4"]["A6"].value
