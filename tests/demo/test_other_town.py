"""A workspace of another town is read and measured in that town's zone."""

import json

from typer.testing import CliRunner

from audits import __main__ as program
from audits import wording
from audits.access import command, site_network
from audits.cli import arguments
from audits.store import town
from layers import population_file

ROWS = (
    "code,name_th,kind,E,N,setting,element,clear_width_mm,observed_on,surveyor\n"
    "CM-1,ประตูท่าแพ,ramp,498450.4,2077337.3,municipal_footpath,kerb_ramp,900,2025-03-15,Crew\n"
)


def answer(*arguments):
    done = CliRunner().invoke(program.application, [*arguments, "--json", "--lang", "en"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_table_in_the_zone_of_another_town_needs_no_box_of_its_own(tmp_path):
    place = ["--workspace", str(tmp_path / "record")]
    started = answer("start", "--town", "เชียงใหม่", "--box=98.9,18.7,99.1,18.9", "--actor", "office", *place)
    assert (started["town"]["th"], started["utm"]) == ("เชียงใหม่", "47N")
    assert started["time_zone"] == "Asia/Bangkok"
    table = tmp_path / "sites.csv"
    table.write_text(ROWS, "utf-8")
    assert answer("import", str(table), "--actor", "office", *place)["new"] == 2


def test_a_register_elsewhere_decides_where_the_next_table_lies_before_its_town_is_named(tmp_path):
    place = ["--actor", "office", "--workspace", str(tmp_path / "record")]
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(ROWS, "utf-8")
    second.write_text(ROWS.replace("CM-1", "CM-2").replace("498450.4", "498950.4"), "utf-8")
    assert answer("import", str(first), "--box=98.9,18.7,99.1,18.9", *place)["new"] == 2
    assert answer("import", str(second), *place)["new"] == 2


def test_the_residents_of_another_town_count_and_no_way_of_the_first_town_is_its_own(tmp_path):
    place = ["--actor", "office", "--workspace", str(tmp_path)]
    answer("start", "--town", "เชียงใหม่", "--box=98.9,18.7,99.1,18.9", *place)
    record = arguments.Request(folder=tmp_path).read_record()
    population_file.keep(tmp_path, "people.csv", b"lat,lon,residents\n18.79,98.99,700\n", record.area)
    assert command.read_walking(tmp_path, record).population["residents"].tolist() == [700]
    assert site_network.ways(tmp_path, record.area) is None
    assert site_network.ways(tmp_path, town.starter().box) is not None


def test_a_town_elsewhere_has_the_time_zone_named_or_that_of_the_nearest_city(tmp_path):
    box = "--box=2.25,48.8,2.42,48.92"
    with wording.in_time_zone(""):
        for given, zone in (([], "Europe/Paris"), (["--time-zone", "Europe/Zurich"], "Europe/Zurich")):
            asked = ["--town", "Paris", box, *given, "--workspace", str(tmp_path / zone), "--actor", "a"]
            assert answer("start", *asked)["time_zone"] == zone
            assert wording.local_zone().key == zone


def test_a_town_without_a_box_is_refused(tmp_path):
    asked = ["start", "--town", "Paris", "--workspace", str(tmp_path), "--lang", "en"]
    done = CliRunner().invoke(program.application, asked)
    assert done.exit_code == 1
    assert "is no box" in done.output
