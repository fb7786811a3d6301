"""Prove that a profile maps a foreign table, and that all its faults are told at once."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from audits import errors, wording
from audits.field.tables import headers, importing, profile
from audits.rules import model

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
TODAY = dt.date(2026, 11, 22)

GOOD = """
name: test
site: {code: ID, x: X, y: Y}
element: {column: TYPE, codes: {1: kerb_ramp, 2: ramp}}
surveyed_on: {constant: 2024-01-31}
surveyor: {constant: crew}
missing: [-9]
columns:
  SLP: {quantity: running_slope_pct, unit: degrees, missing: [0]}
  DWS: {quantity: tactile_strip_present, unit: yes_no, codes: {Y: yes, no: no}}
"""


def refusal(text: str, book: model.Criteria) -> list[str]:
    with pytest.raises(errors.RefusedError) as refused:
        profile.read(text, book)
    return [problem.kind.code for problem in refused.value.problems]


def test_the_sample_profile_reads_the_sample_table(
    book: model.Criteria, register: gpd.GeoDataFrame, elements: pd.DataFrame
) -> None:
    chosen = profile.load(SAMPLE / "demonstration_profile.yaml", book)
    content = (SAMPLE / "demonstration_inventory.csv").read_bytes()
    preview = importing.preview(content, "inventory.csv", book, register, elements, TODAY, chosen)
    assert {one.line: [problem.kind.code for problem in one.problems] for one in preview.held} == {
        6: ["PLACE-001"],
        7: ["CELL-010"],
    }
    second = preview.surveys[1]
    assert second.observed_at.date() == dt.date(2024, 3, 15)
    assert {one.quantity: one.value for one in second.measurements} == {
        "running_slope_pct": 9.6,
        "clear_width_mm": pytest.approx(927.1),
        "top_space_length_mm": pytest.approx(1371.6),
        "tactile_strip_present": 0.0,
    }
    assert [one.quantity for one in preview.surveys[2].measurements] == ["clear_width_mm"]
    assert preview.layout.unused == ("OBJECTID", "CROSS_SLP")


def test_codes_that_look_like_numbers_or_truth_stay_what_was_written(book: model.Criteria) -> None:
    layout = profile.layout(profile.read(GOOD, book), ["ID", "X", "Y", "TYPE", "SLP", "DWS"])
    element, slope, strip = (layout.of("element_kind"), *layout.measured)
    assert element is not None
    assert element.text({"TYPE": 1.0}) == "kerb_ramp"
    assert [slope.value({"SLP": cell}) for cell in (0, "-9.0", "4.76")] == [None, None, "4.76"]
    assert [strip.value({"DWS": cell}) for cell in ("y", "no")] == ["yes", "no"]
    assert layout.constants == {"surveyor": "crew", "observed_on": "2024-01-31"}


def test_every_fault_of_meaning_is_told_at_once(book: model.Criteria) -> None:
    bad = """
name: bad
crs: EPSG:1
box: [103, 16, 102, 17]
site: {kind: bridge, setting: moon}
element: {kind: ladder, codes: {1: stair, 2: rope}}
instrument: {constant: sextant}
columns:
  A: {quantity: beauty}
  B: {quantity: clear_width_mm, unit: degrees}
"""
    assert refusal(bad, book) == [
        *["PROFILE-006", "PROFILE-007", "PROFILE-005", "PROFILE-009"],
        *["PROFILE-008"] * 5,
    ]


def test_every_fault_of_form_is_told_at_once(book: model.Criteria) -> None:
    assert refusal("site: {colour: X}\ncolumns: {A: {unit: yard}}\n", book) == ["PROFILE-004"] * 4


@pytest.mark.parametrize(
    "text",
    [
        "site: {colour: X}\ncolumns: {A: {unit: yard}}",
        "name: a\nsite: {}\ncolumns: {A: [x], B: ''}\nbox: [1]",
        "just words",
        "name: a\n  b: [",
        "a: &a [x]\nb: [*a, *a]",
    ],
)
def test_a_fault_of_form_is_worded_in_the_language_of_its_reader(text: str, book: model.Criteria) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        profile.read(text, book)
    for problem in refused.value.problems:
        reason = wording.Wording("th").problem(problem).rpartition(": ")[2]
        assert re.search("[ก-๙]", reason), reason
        # Only what is written in a profile stays as it is.
        assert not re.search(r"property|required|expected|allowed|not of type|too short", reason), reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name: [", "PROFILE-002"),
        ("name: !!python/object:os.system x", "PROFILE-002"),
        ("a: &a [x]\nb: [*a, *a]", "PROFILE-002"),
        ("name: a\nname: b", "PROFILE-003"),
        ("", "PROFILE-004"),
        ("just words", "PROFILE-004"),
        ("#" * 300_000, "PROFILE-001"),
    ],
)
def test_what_is_no_profile_is_refused(text: str, code: str, book: model.Criteria) -> None:
    assert code in refusal(text, book)


def test_a_profile_in_other_letters_than_utf_8_is_refused(tmp_path: Path, book: model.Criteria) -> None:
    path = tmp_path / "thai.yaml"
    path.write_bytes("name: ทะเบียน".encode("cp874"))
    with pytest.raises(errors.RefusedError, match=r"thai\.yaml: The profile is not UTF-8"):
        profile.load(path, book)


@pytest.mark.parametrize(
    "more", ["? [a]\n: b\n", "? {a: b}\n: c\n", "crs: !!bool x\n", "box: !!set 3\n", "crs: !own x\n"]
)
def test_keys_that_are_no_text_and_tags_are_refused(more: str, book: model.Criteria) -> None:
    assert refusal(GOOD + more, book) == ["PROFILE-002"]


def test_columns_that_the_table_lacks_are_all_told(book: model.Criteria) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        profile.layout(profile.read(GOOD, book), ["ID", "X", "SLP"])
    assert [problem.values["column"] for problem in refused.value.problems] == ["Y", "TYPE", "DWS"]


def test_the_box_of_a_profile_goes_before_the_city(
    book: model.Criteria, register: gpd.GeoDataFrame, elements: pd.DataFrame
) -> None:
    elsewhere = GOOD + "crs: EPSG:4326\nbox: [-118, 33, -117, 34]\n"
    content = b"ID,X,Y,TYPE,SLP,DWS\nA,-117.5,33.5,2,4.76,Y\nB,102.8,16.4,2,4.76,Y\n"
    chosen = profile.read(elsewhere, book)
    preview = importing.preview(content, "a.csv", book, register, elements, TODAY, chosen)
    assert preview.sites.sites.index.tolist() == ["A"]
    assert [one.line for one in preview.held] == [3]


def test_missing_markers_of_the_house_hold_under_a_profile_too(book: model.Criteria) -> None:
    layout = profile.layout(profile.read(GOOD, book), ["ID", "X", "Y", "TYPE", "SLP", "DWS"])
    assert all(use.missing > headers.MISSING for use in layout.uses)


def measured(text: str, cell: object, book: model.Criteria) -> object:
    (use,) = profile.layout(profile.read(f"name: t\nsite: {{}}\ncolumns: {{A: {text}}}", book), ["A"]).measured
    return use.value({"A": cell})


@pytest.mark.parametrize(
    ("entry", "cell", "value"),
    [
        ("{quantity: running_slope_pct, unit: percent, sign: either}", -8.3, 8.3),
        ("{quantity: running_slope_pct, unit: percent, sign: either}", "−8.3%", "8.3%"),
        ("{quantity: running_slope_pct, unit: percent, sign: reversed}", -8.3, 8.3),
        ("{quantity: running_slope_pct, unit: percent, sign: reversed}", "8.3%", "-8.3%"),
        ("{quantity: junction_smooth, yes_at_most: 6}", 6.0, "yes"),
        ("{quantity: junction_smooth, yes_at_most: 6}", "7", "no"),
        ("{quantity: junction_smooth, yes_at_least: 2, yes_at_most: 6}", 1, "no"),
        ("{quantity: junction_smooth, yes_at_most: 6}", "smooth", "smooth"),
        ("{quantity: junction_smooth, codes: {0: yes, 0.1: yes, 1: no}}", 0.10000000149011612, "yes"),
        ("{quantity: junction_smooth, codes: {1.0: no, 01: yes}}", "01", "yes"),
        ("{quantity: junction_smooth, codes: {1.0: no, 01: yes}}", 1, "no"),
        ("{quantity: junction_smooth, missing: [-9.99], yes_at_most: 6}", -9.989999771118164, None),
        ("{quantity: junction_smooth, codes: {9: yes}, yes_at_most: 6}", 9, "yes"),
    ],
)
def test_codes_signs_and_thresholds_turn_a_cell_into_an_answer(
    entry: str, cell: object, value: object, book: model.Criteria
) -> None:
    assert measured(entry, cell, book) == value


def test_the_faults_of_the_options_are_told_at_once(book: model.Criteria) -> None:
    bad = """
name: bad
site: {kind: {column: K, codes: {1: bridge}}, setting: {column: S, codes: {1: moon}}}
surveyed_on: {constant: someday}
verdict: {column: V, codes: {1: splendid}}
columns:
  A: {quantity: clear_width_mm, unit: mm, sign: either}
  B: [{quantity: clear_width_mm, yes_at_least: 3}, {quantity: junction_smooth, yes_at_most: wide}]
"""
    assert refusal(bad, book) == ["PROFILE-013", "PROFILE-012", "PROFILE-012", "PROFILE-011", *["PROFILE-008"] * 3]
    assert refusal("name: a\nsite: {}\ncolumns: {A: [{unit: yard}]}", book) == ["PROFILE-004"] * 2


def test_a_constant_day_is_no_day_of_the_format_of_the_column(
    book: model.Criteria, register: gpd.GeoDataFrame, elements: pd.DataFrame
) -> None:
    text = GOOD.replace("{constant: 2024-01-31}", '{column: DAY, format: "%Y%m%d", constant: 2024-01-31}')
    content = b"ID,X,Y,TYPE,SLP,DWS,DAY\nA,102.81,16.41,2,4.76,Y,20150709\nB,102.82,16.42,2,4.76,Y,\n"
    preview = importing.preview(content, "a.csv", book, register, elements, TODAY, profile.read(text, book))
    assert [str(one.observed_at.date()) for one in preview.surveys] == ["2015-07-09", "2024-01-31"]


def test_a_geometry_goes_before_a_text_that_sounds_like_a_place(
    book: model.Criteria, register: gpd.GeoDataFrame, elements: pd.DataFrame
) -> None:
    content = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"L-1","kind":"ramp",'
        b'"LOCATION":"MAIN+FIRST","lat":1},"geometry":{"type":"Point","coordinates":[102.83,16.43]}}]}'
    )
    preview = importing.preview(content, "a.geojson", book, register, elements, TODAY)
    assert (preview.held, preview.layout.unused, preview.crs) == ((), ("LOCATION", "lat"), "EPSG:4326")
    named = profile.read("name: t\nsite: {code: code, x: E, y: N}\ncolumns: {}", book)
    content = content.replace(b'"lat":1', b'"E":102.84,"N":16.44')
    preview = importing.preview(content, "a.geojson", book, register, elements, TODAY, named)
    assert preview.sites.sites.geometry.iloc[0].x == 102.84


def test_a_profile_is_saved_once_under_its_name_and_read_again(tmp_path: Path, book: model.Criteria) -> None:
    content = {"name": "ทะเบียน 1", "site": {"code": "รหัส"}, "columns": {"กว้าง": {"quantity": "clear_width_mm"}}}
    path = profile.save(tmp_path / "profiles", content, book)
    assert profile.load(path, book).content == content
    for name, code in (("ทะเบียน 1", "PROFILE-015"), ("../x", "PROFILE-014"), ("", "PROFILE-014")):
        with pytest.raises(errors.RefusedError) as refused:
            profile.save(tmp_path / "profiles", content | {"name": name}, book)
        assert refused.value.problems[0].kind.code == code


PAGE = (Path(__file__).parents[3] / "data" / "profiles.md").read_text("utf-8")


def test_every_example_of_the_page_is_a_profile_and_every_option_has_one(book: model.Criteria) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    read = [profile.read(example, book) for example in examples]
    for one in read:
        named = {use.column for use in profile.layout(one, _columns_of(one.content)).uses}
        assert named <= set(_columns_of(one.content))
    schema = json.loads(Path(profile.__file__).with_name("profile.schema.json").read_text("utf-8"))
    shown = set().union(*(_keys(one.content) for one in read))
    assert _options(schema) - shown == set()


def _columns_of(content: object) -> list[str]:
    leaves = [content] if isinstance(content, str) else []
    if isinstance(content, dict):
        leaves = [leaf for key, value in content.items() for leaf in (key, *_columns_of(value))]
    elif isinstance(content, list):
        leaves = [leaf for value in content for leaf in _columns_of(value)]
    return leaves


def _keys(content: object) -> set[str]:
    if isinstance(content, dict):
        return set(content).union(*map(_keys, content.values()))
    return set().union(*map(_keys, content)) if isinstance(content, list) else set()


def _options(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = schema.get("properties")
        names = set(own) if isinstance(own, dict) else set()
        return names.union(*map(_options, schema.values()))
    return set().union(*map(_options, schema)) if isinstance(schema, list) else set()


GTFS = "stop_id,stop_name,stop_lat,stop_lon,location_type\nS1,ป้ายทดสอบ,16.4301,102.8301,0\n"
ACCESLIBRE = "id,name,commune,voie,activite,longitude,latitude\nd290-1,Mairie,Ville,Rue X,Mairie,102.83,16.44\n"
PLACE = {
    "geometry": {"type": "Point", "coordinates": [102.83, 16.44]},
    "properties": {"originalId": "P1", "name": {"en": "Library", "th": "หอสมุด"}, "category": "library"},
}


def _feed() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("agency.txt", "agency_id\nx\n")
        archive.writestr("stops.txt", GTFS)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code", "place", "kinds"),
    [
        ("gtfs_stops", _feed(), "S1", "ป้ายทดสอบ", ["shelter"]),
        ("gtfs_stops", GTFS.encode(), "S1", "ป้ายทดสอบ", ["shelter"]),
        ("acceslibre", ACCESLIBRE.encode(), "d290-1", "Mairie", []),
        ("a11yjson", json.dumps({"features": [PLACE]}).encode(), "P1", "หอสมุด", []),
    ],
)
def test_an_installed_profile_makes_candidate_places_without_measurements(
    name: str,
    content: bytes,
    code: str,
    place: str,
    kinds: list[str],
    tmp_path: Path,
    book: model.Criteria,
    register: gpd.GeoDataFrame,
    elements: pd.DataFrame,
) -> None:
    chosen = profile.load(profile.path_of(name, tmp_path), book)
    preview = importing.preview(content, "sent", book, register, elements, TODAY, chosen)
    assert list(preview.sites.sites.index) == [code]
    assert place in preview.sites.sites[["name_th", "name_en"]].iloc[0].tolist()
    assert list(preview.sites.elements["kind"]) == kinds
    assert not preview.surveys


def test_a_profile_of_the_workspace_goes_before_an_installed_one(tmp_path: Path) -> None:
    assert {"acceslibre", "a11yjson", "gtfs_stops"} <= set(profile.names(tmp_path))
    (tmp_path / "acceslibre.yaml").write_text("name: own", encoding="utf-8")
    assert profile.path_of("acceslibre", tmp_path) == tmp_path / "acceslibre.yaml"
