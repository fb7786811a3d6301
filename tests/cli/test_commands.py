import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits.store.db import connection, workspace
from audits.store.surveys import read

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "data" / "sample" / "demonstration_inventory.csv"
PROFILE = ROOT / "data" / "sample" / "demonstration_profile.yaml"


class Answer:
    """What one command printed."""

    def __init__(self, *words: object) -> None:
        result = CliRunner().invoke(program.application, [str(word) for word in words], env={"JAIDEE_WORKSPACE": ""})
        self.code, self.stdout, self.stderr = result.exit_code, result.stdout, result.stderr
        self.crash = None if isinstance(result.exception, SystemExit) else result.exception

    @property
    def record(self) -> dict[str, object]:
        return json.loads(self.stdout)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with the starter register and the demonstration beside it."""
    folder = tmp_path_factory.mktemp("city")
    assert Answer("start", "--workspace", folder, "--actor", "engineer").code == 0
    assert Answer("demo", "--workspace", folder / "demonstration").code == 0
    return folder


@pytest.fixture(scope="module")
def demonstration(city: Path) -> Path:
    return city / "demonstration"


def a_table(path: Path, *rows: dict[str, object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_program_answers_as_a_module_with_nothing_but_json_on_stdout(tmp_path: Path) -> None:
    environment = {**os.environ, "JAIDEE_WORKSPACE": str(tmp_path / "work"), "USER": "somchai"}
    command = [sys.executable, "-m", "audits", "start", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    receipt = json.loads(done.stdout.decode())
    assert receipt["sites"] == 141
    assert receipt["workspace"] == str(tmp_path / "work")
    with connection.open_store(workspace.Workspace(tmp_path / "work")) as store:
        assert set(read.sites(store)["updated_by"]) == {"somchai"}


def test_a_refusal_is_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "audits", "score", "--workspace", str(tmp_path / "nowhere")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.decode().count("\n") == 1
    assert "ไม่มีฐานข้อมูลที่นี่" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_thai_is_written_whatever_the_locale(demonstration: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "audits", "score", "--site", "KK-001", "--workspace", str(demonstration)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert "ทางลาด สำนักงานเทศบาลนครขอนแก่น" in done.stdout.decode("utf-8")


def test_help_documents_the_exit_codes() -> None:
    shown = Answer("--help").stdout
    assert "Exit codes" in shown
    assert all(f"{code} " in shown for code in (0, 1, 2, 3))


def test_starting_twice_is_refused_and_says_why_in_the_reader_s_language(city: Path) -> None:
    english = Answer("start", "--workspace", city, "--lang", "en")
    thai = Answer("start", "--workspace", city)
    assert english.code == thai.code == 1
    assert "holds 141 sites already" in english.stderr
    assert "ทะเบียนมีจุดอยู่แล้ว 141 จุด" in thai.stderr


def test_a_refusal_is_json_too_when_json_is_asked_for(city: Path) -> None:
    answer = Answer("start", "--workspace", city, "--json")
    assert answer.record["ok"] is False
    assert answer.record["problems"][0]["code"] == "BEGIN-001"  # type: ignore[index]


def test_the_demonstration_fills_the_workspace_named_which_is_scored_next(tmp_path: Path) -> None:
    made = Answer("demo", "--workspace", tmp_path / "w", "--json").record
    assert made["workspace"] == str(tmp_path / "w")
    scored = Answer("score", "--workspace", tmp_path / "w", "--json").record
    assert (scored["demonstration"], scored["head"]) == (True, made["head"])
    binding = sum(site["law_failed_count"] > 0 for site in scored["sites"])
    failed = scored["totals"]["fail"]
    assert scored["failing"] == {"binding": binding, "not_binding": failed - binding}
    line = f"fail: {failed} sites ({binding} by law, {failed - binding} not)"
    assert line in Answer("score", "--workspace", tmp_path / "w", "--lang", "en").stdout


def test_the_demonstration_is_built_beside_the_record_where_none_is_named(city: Path) -> None:
    given = {"JAIDEE_WORKSPACE": str(city)}
    result = CliRunner().invoke(program.application, ["demo", "--json"], env=given)
    receipt = json.loads(result.stdout)
    assert (receipt["workspace"], receipt["added"]) == (str(city / "demonstration"), 0)


def test_invented_surveys_are_refused_where_a_real_record_is(city: Path) -> None:
    answer = Answer("demo", "--workspace", city, "--lang", "en")
    assert (answer.code, answer.crash) == (1, None)
    assert "It is a real record; demonstration surveys need a workspace of their own" in answer.stderr
    with connection.open_store(workspace.Workspace(city)) as store:
        assert read.surveys(store).empty


def test_the_demonstration_can_be_asked_for_again(city: Path) -> None:
    answer = Answer("demo", "--workspace", city / "demonstration", "--json")
    assert answer.record["added"] == 0
    assert answer.record["demonstration"] is True


def test_every_site_is_scored_with_its_interval(demonstration: Path) -> None:
    record = Answer("score", "--workspace", demonstration, "--json").record
    sites = record["sites"]
    assert isinstance(sites, list)
    assert len(sites) == 141
    assert sum(record["totals"].values()) == 141  # type: ignore[attr-defined]
    assert record["surveyed"] == 92
    scored = [site for site in sites if site["score_low"] is not None]
    assert all(0 <= site["score_low"] <= site["score_high"] <= 100 for site in scored)
    assert len(scored) == 140, "only where the ramp was looked for in vain there is nothing to score"
    assert {site["verdict"] for site in sites} >= {"pass", "fail", "unknown"}


def test_a_score_of_the_demonstration_says_that_it_is_one(demonstration: Path) -> None:
    assert Answer("score", "--workspace", demonstration, "--json").record["demonstration"] is True
    assert "Demonstration data" in Answer("score", "--workspace", demonstration, "--lang", "en").stdout


def test_a_score_as_of_an_earlier_day_knows_less(demonstration: Path) -> None:
    early = Answer("score", "--workspace", demonstration, "--json", "--as-of", "2025-06-30").record
    late = Answer("score", "--workspace", demonstration, "--json").record
    assert 0 < early["surveyed"] < late["surveyed"]  # type: ignore[operator]


def test_a_score_can_be_asked_under_another_edition(demonstration: Path) -> None:
    one = Answer("score", "--workspace", demonstration, "--json", "--edition", "moi_2548").record
    other = Answer("score", "--workspace", demonstration, "--json", "--edition", "moi_2564").record
    assert one["edition"] == "moi_2548"
    assert one["sites"] != other["sites"]


@pytest.mark.parametrize(
    ("option", "value"),
    [("--edition", "moi_9999"), ("--site", "KK-999"), ("--as-of", "yesterday"), ("--lang", "fr")],
)
def test_a_wrong_value_is_a_usage_error_that_names_it(demonstration: Path, option: str, value: str) -> None:
    answer = Answer("score", "--workspace", demonstration, option, value)
    assert answer.code == 2
    assert answer.crash is None
    assert value in answer.stderr


def test_an_import_keeps_what_it_cannot_take_and_says_so(tmp_path: Path) -> None:
    answer = Answer("import", INVENTORY, "--profile", PROFILE, "--workspace", tmp_path / "work", "--json")
    assert answer.code == 3
    record = answer.record
    assert (record["sites_accepted"], record["surveys_accepted"], record["held_count"]) == (4, 4, 2)
    assert [row["line"] for row in record["held_rows"]] == [6, 7]  # type: ignore[attr-defined]


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    words = ("import", INVENTORY, "--profile", PROFILE, "--workspace", tmp_path / "work", "--json")
    first, second = Answer(*words).record, Answer(*words).record
    assert second["new"] == 0
    assert second["same"] == first["new"]
    assert second["accepted"] == first["accepted"]
    assert second["head"] == first["head"]


def test_a_row_in_conflict_is_named_with_its_reason(tmp_path: Path) -> None:
    header = "code,name,latitude,longitude,observed_on,surveyor,running_slope_pct,clear_width_mm"
    visit = "A-1,Market,16.41,102.82,15/11/2568,Som"
    held, words = tmp_path / "held.csv", ("--workspace", tmp_path / "work", "--lang", "en")
    for name, row in (("a.csv", f"{visit},8,900"), ("b.csv", f"{visit},9,")):
        (tmp_path / name).write_text(f"{header}\n{row}\n", "utf-8")
    Answer("import", tmp_path / "a.csv", *words)
    answer = Answer("import", tmp_path / "b.csv", *words, "--held-file", held)
    assert answer.code == 3
    assert "an engineer decides.; in line 2" in answer.stderr
    assert "an engineer decides" in held.read_text("utf-8-sig")
    again = Answer("import", tmp_path / "b.csv", *words, "--json")
    assert [one["line"] for one in again.record["conflict_rows"]] == [2]  # type: ignore[attr-defined]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    answer = Answer("import", INVENTORY, "--profile", PROFILE, "--workspace", folder, "--json", "--dry-run")
    assert answer.record["understood"]["WIDTH_IN"] == "clear_width_mm"  # type: ignore[index]
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert read.sites(store).empty


def test_a_profile_is_found_by_its_name_in_the_workspace(tmp_path: Path) -> None:
    place = workspace.Workspace(tmp_path / "work")
    place.profiles_folder.mkdir(parents=True)
    (place.profiles_folder / "feet.yaml").write_bytes(PROFILE.read_bytes())
    assert Answer("import", INVENTORY, "--profile", "feet", "--workspace", place.folder).code == 3
    unknown = Answer("import", INVENTORY, "--profile", "metres", "--workspace", place.folder, "--lang", "en")
    assert unknown.code == 1
    assert "feet" in unknown.stderr.partition("one of: ")[2]


def test_a_profile_that_is_not_text_is_refused(tmp_path: Path) -> None:
    profile = tmp_path / "broken.yaml"
    profile.write_bytes(b"\xff\xfe\x00name")
    answer = Answer("judge", INVENTORY, "--profile", profile, "--json")
    assert answer.code == 1
    assert answer.crash is None
    assert answer.record["problems"][0]["code"] == "COMMAND-002"  # type: ignore[index]


def test_a_file_that_is_no_table_is_refused_whole(tmp_path: Path) -> None:
    file = tmp_path / "photo.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    answer = Answer("import", file, "--workspace", tmp_path / "work")
    assert answer.code == 1
    assert answer.crash is None
    assert answer.stderr.strip()


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    assert Answer("import", tmp_path / "none.csv", "--workspace", tmp_path / "work").code == 2


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "10,0,5,1", "0,0,400,1"])
def test_a_box_that_is_none_is_a_usage_error(box: str) -> None:
    assert Answer("judge", INVENTORY, "--profile", PROFILE, "--box", box).code == 2


def test_another_city_s_table_is_judged_in_one_command_and_nothing_is_written(tmp_path: Path) -> None:
    rows = [
        {
            "code": f"X-{number}",
            "lat": 48.2 + number / 10_000,
            "lon": 16.37,
            "surveyor": "demonstration crew",
            "observed_on": "2024-05-06",
            "element": "kerb ramp",
            "running_slope_pct": slope,
            "clear_width_mm": 1300,
        }
        for number, slope in enumerate(("6 %", "7.5 %", "12 %", "20 %"))
    ]
    answer = Answer(
        "judge",
        a_table(tmp_path / "vienna.csv", *rows),
        "--box",
        "16,48,17,49",
        "--json",
        "--workspace",
        tmp_path / "w",
    )
    assert answer.code == 0, answer.stderr
    record = answer.record
    assert (record["rows"], record["judged"], record["held"], record["sites"]) == (4, 4, [], 4)
    assert record["totals"]["fail"] == 2  # type: ignore[index]
    assert record["totals"]["unknown"] == 2  # type: ignore[index]
    assert record["failures"] == {"kerb_ramp.running_slope": 2}
    assert not (tmp_path / "w").exists()


def test_judging_and_importing_then_scoring_come_to_the_same(tmp_path: Path) -> None:
    judged = Answer("judge", INVENTORY, "--profile", PROFILE, "--json").record
    Answer("import", INVENTORY, "--profile", PROFILE, "--workspace", tmp_path / "work")
    scored = Answer("score", "--workspace", tmp_path / "work", "--json").record
    assert judged["totals"] == scored["totals"]


@pytest.mark.parametrize("form", ["geojson", "csv", "xlsx"])
def test_two_sites_are_exported(demonstration: Path, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    words = ("export", form, folder, "--sites", "KK-001, KK-002", "--workspace", demonstration, "--json")
    record = Answer(*words).record
    assert record["sites"] == 2
    written = Path(str(record["file"]))
    assert written.name.startswith("demonstration-")
    assert written.stat().st_size == record["bytes"] > 0


def test_an_exchange_format_comes_with_its_loss_report(demonstration: Path, tmp_path: Path) -> None:
    file, loss = tmp_path / "preview.osm", tmp_path / "loss.json"
    words = ("export", "osm", file, "--loss", loss, "--sites", "KK-001", "--workspace", demonstration, "--json")
    record = Answer(*words).record
    report = json.loads(loss.read_text("utf-8"))
    assert record["counts"] == report["counts"]
    assert (report["format"], report["demonstration"]) == ("osm", True)
    assert Answer(*words).code == 2
    assert Answer("export", "csv", tmp_path, "--loss", tmp_path / "other", "--workspace", demonstration).code == 2


def test_an_export_never_overwrites_unasked(demonstration: Path, tmp_path: Path) -> None:
    file = tmp_path / "sites.geojson"
    words = ("export", "geojson", file, "--sites", "KK-001", "--workspace", demonstration)
    assert Answer(*words).code == 0
    assert Answer(*words).code == 2
    assert Answer(*words, "--replace").code == 0
    # what cannot be written is refused before the work, and nothing is left behind
    gpx = tmp_path / "sites.gpx"
    assert Answer("export", "gpx", gpx, "--loss", tmp_path / "no" / "loss.json", "--workspace", demonstration).code == 2
    same = tmp_path / "a.json"
    assert Answer("export", "a11yjson", same, "--loss", same, "--workspace", demonstration).code == 2
    assert not gpx.exists()
    assert not same.exists()
    collection = json.loads(file.read_text("utf-8"))
    assert [feature["id"] for feature in collection["features"]] == ["KK-001"]


WRONG_ARGUMENTS = [
    ("score --edition moi_1999", "CLI-001", "--edition"),
    ("score --as-of 2700-06-30", "DAY-004", "--as-of"),
    ("score --as-of yesterday", "DAY-001", "--as-of"),
    ("score --site KK-999", "CLI-002", "--site, --sites"),
    ("plan --budget-thb 5 --out plan.doc", "CLI-006", "--out"),
    ("plan --budget-thb 5 --years 5,x", "CLI-007", "--years"),
    ("plan --budget-thb 5 --barriers likely", "BARRIER-002", "--barriers"),
    ("design KK-001 --home", "CLI-012", "--home"),
    ("nation nowhere --out results", "CLI-017", "FOLDER"),
    ("same one", "CLI-021", "OTHER"),
]


@pytest.mark.parametrize(("line", "code", "where"), WRONG_ARGUMENTS)
def test_a_wrong_argument_is_one_sentence_in_the_readers_language(
    demonstration: Path, line: str, code: str, where: str
) -> None:
    words = (*line.split(), *(() if "nation" in line else ("--workspace", demonstration)))
    thai, english = Answer(*words), Answer(*words, "--lang", "en", "--json")
    (problem,) = english.record["problems"]
    assert (thai.code, english.code, problem["code"], problem["where"]) == (2, 2, code, where)
    assert english.stderr.strip() == problem["sentence"] != thai.stderr.strip()
    assert re.search("[ก-๙]", thai.stderr)
    assert thai.stderr.count("\n") == 1


def test_a_day_of_the_buddhist_era_is_that_day(demonstration: Path) -> None:
    ways = ("2569-06-30", "30/6/2569", "2026-06-30")
    first, *others = (Answer("score", "--as-of", day, "--workspace", demonstration, "--json").stdout for day in ways)
    assert '"as_of": "2026-06-30"' in first
    assert others == [first, first]


def test_nothing_but_the_answer_reaches_stdout() -> None:
    noisy = "import os; from audits import __main__ as m; "
    noisy += "m.application = lambda **_: (os.write(1, b'a line of a library'), print('{}')); m.main()"
    done = subprocess.run([sys.executable, "-c", noisy], cwd=ROOT, capture_output=True, check=True)
    assert (done.stdout.strip(), done.stderr.strip()) == (b"{}", b"a line of a library")


def test_an_export_of_nothing_or_of_an_unknown_kind_is_a_usage_error(demonstration: Path, tmp_path: Path) -> None:
    file = tmp_path / "out"
    assert Answer("export", "shapefile", file, "--workspace", demonstration).code == 2
    unzipped = Answer("export", "csv", tmp_path / "x.csv", "--workspace", demonstration)
    assert (unzipped.code, ".zip" in unzipped.stderr) == (2, True)
    file = tmp_path / "out.zip"
    assert Answer("export", "csv", file, "--kind", "tree", "--workspace", demonstration).code == 2
    nothing = ("--kind", "space", "--sites", "KK-001")
    assert Answer("export", "csv", file, *nothing, "--workspace", demonstration).code == 2
    assert not file.exists()


def test_a_sound_record_is_verified_against_a_printed_head(city: Path) -> None:
    head = str(Answer("verify", "--workspace", city, "--json").record["head"])
    assert Answer("verify", "--workspace", city, "--expect", head).code == 0
    sequence, _, digest = head.partition(":")
    longer = Answer("verify", "--workspace", city, "--expect", f"{int(sequence) + 1}:{digest}", "--json")
    assert longer.code == 1
    assert longer.record["ok"] is False
    assert longer.record["problems"][0]["code"] == "STORE-402"  # type: ignore[index]


def test_a_head_that_is_none_is_refused(city: Path) -> None:
    answer = Answer("verify", "--workspace", city, "--expect", "last week")
    assert answer.code == 1
    assert answer.crash is None


def test_a_backup_opens_as_a_record_and_never_overwrites(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.gpkg"
    assert Answer("backup", file, "--workspace", city).code == 0
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as copy:
        assert copy.execute("SELECT count(*) FROM site").fetchone() == (141,)
    copy.close()
    again = Answer("backup", file, "--workspace", city, "--lang", "en")
    assert again.code == 1
    assert "exists already" in again.stderr


def test_a_backup_into_a_folder_that_is_not_there_is_one_sentence(city: Path, tmp_path: Path) -> None:
    answer = Answer("backup", tmp_path / "none" / "copy.gpkg", "--workspace", city)
    assert answer.code == 1
    assert answer.crash is None
    assert "copy.gpkg" in answer.stderr
