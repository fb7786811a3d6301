"""The project opens in QGIS: no bad layer, defaults filled, rules held, pages by kind, and the row reads back."""

import datetime as dt
import zipfile

import pytest

from audits.field.qfield import layout, unpacking
from layers import symbols
from tests.qgis import system_qgis


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("qgis")


@pytest.fixture(scope="module")
def told(packed, folder):
    (folder / "package.zip").write_bytes(packed)
    return system_qgis.run("open_project.py", folder / "package.zip", folder)


def test_no_layer_is_bad_and_the_reference_systems_are_set(told):
    assert told["bad_layers"] == []
    assert (told["crs"], told["title"]) == ("EPSG:32648", "Jaidee trip-1")
    assert {name: layer["crs"] for name, layer in told["layers"].items()} == dict.fromkeys(
        ("field_survey", "site"), "EPSG:4326"
    )


def test_the_sites_are_drawn_by_verdict_and_cannot_be_changed(told):
    site = told["layers"]["site"]
    assert (site["rows"], site["read_only"], site["renderer"], site["labels"]) == (4, True, "categorizedSymbol", True)
    assert not told["site_can_be_edited"]
    assert {symbols.OF_VERDICT["fail"].colour, symbols.OF_VERDICT["unknown"].colour} <= set(told["colours"])


def test_qgis_takes_every_alias_widget_and_expression(told, book, thai):
    survey = told["layers"]["field_survey"]
    assert survey["columns"] == ["fid", *(one.name for one in layout.fields(book, thai))]
    assert survey["without_alias"] == survey["broken_expressions"] == []
    assert survey["widgets"]["site_code"] == "ValueRelation"
    assert survey["widgets"]["clear_width_cm"] == "TextEdit"
    assert survey["widgets"]["runs_count"] == "Range"
    assert survey["widgets"]["photo_1"] == "ExternalResource"


def test_a_new_row_is_filled_as_far_as_it_can_be(told):
    defaults = told["defaults"]
    assert len(defaults["uuid"]) == 36
    assert "QDateTime" in defaults["observed_at"]
    assert defaults["element_number"] == "1"
    assert defaults["accuracy_m"] == "None"
    assert set(told["empty_row"]["refused"]) == {"site_code", "element_kind", "surveyor"}


def test_what_cannot_be_is_refused_what_is_unusual_is_warned_of_and_the_rest_is_saved(told):
    assert list(told["absurd_width"]["refused"]) == ["clear_width_cm"]
    assert told["unusual_width"]["refused"] == {}
    assert list(told["unusual_width"]["warned"]) == ["clear_width_mm__why"]
    assert told["good_row"] == {"refused": {}, "warned": {}}
    assert told["committed"]


def test_the_form_shows_the_page_of_the_kind_alone(told):
    assert told["tabs"] == {
        "ramp": ["การสำรวจ", "ทางลาด", "ภาพและหมายเหตุ"],
        "toilet": ["การสำรวจ", "ห้องน้ำ", "ภาพและหมายเหตุ"],
    }


def test_the_row_that_qgis_saved_reads_back(told, folder, sent):
    target = folder / "back.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for path in (folder / "jaidee-trip-1").iterdir():
            archive.write(path, f"jaidee-trip-1/{path.name}")
    assert unpacking.is_qfield(target.read_bytes())
    (arrival,) = sent(target.read_bytes(), today=dt.date.max).arrivals
    assert arrival.problems == ()
    one = arrival.survey
    assert one.survey_id == f"uuid:{told['written']['uuid']}"
    assert (one.site_code, one.surveyor) == ("KK-001", "สมชาย ใจดี")
    assert one.longitude == pytest.approx(102.8231) and one.latitude == pytest.approx(16.4251)
    assert [(each.quantity, each.reading, each.value) for each in one.measurements] == [
        ("element_present", 1, 1.0),
        ("running_slope_pct", 1, 8.3),
        ("running_slope_pct", 2, 8.4),
        ("clear_width_mm", 1, 900.0),
    ]
