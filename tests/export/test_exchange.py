"""Exchange formats are valid by their own validators, and lose exactly what their reports name."""

import dataclasses
import functools
import importlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
import zoneinfo

import geopandas as gpd
import osmium
import pandas as pd
import pyogrio
import pytest

import audits
from audits import wording
from audits.export import a11yjson, exporting, facts, losses
from audits.reports import catalogue, contents
from audits.store.surveys import reviews
from layers import network, sources
from tests import fetched, made_contents, made_records

ENGLISH = wording.Wording("en")
PRIVATE_NOTE = "โทร 081-234-5678"
OSM_KEYS = {"barrier", "highway", "entrance", "kerb", "kerb:height", "incline", "width", "tactile_paving", "wheelchair"}
OSM_KEYS |= {"source", "source:date", "check_date", "note", "fixme"}


@pytest.fixture(scope="module")
def city(demonstration_folder):
    """The demonstration with the axes of the streets, gathered once for all formats."""
    record = audits.open_record(demonstration_folder / "demonstration")
    record = dataclasses.replace(record, surveys=record.surveys.assign(note=PRIVATE_NOTE))
    ways = network.coarse(sources.street_axes())
    return contents.contents(record, ENGLISH, options=contents.Options(made_contents.OPTIONS.exported_on, network=ways))


@pytest.fixture(scope="module")
def known(city):
    return facts.of(city)


@pytest.fixture(scope="module")
def made(city):
    return functools.cache(lambda kind: exporting.export_with_losses(kind, city, ENGLISH)[1:])


@pytest.fixture(scope="module")
def osw_validation():
    """OpenSidewalks' own validator, out of a folder of its own."""
    folder = fetched.folder_or_fail(fetched.OSW_VALIDATION)
    sys.path.append(str(folder))
    yield importlib.import_module("python_osw_validation").OSWValidation
    sys.path.remove(str(folder))


def faults_of_a11yjson(places, tmp_path):
    """Validate by the package that publishes the schema."""
    folder = fetched.folder_or_fail(fetched.A11YJSON)
    file = tmp_path / "places.json"
    file.write_text(json.dumps({"features": places}))
    node = [shutil.which("node"), str(folder / "validate.js"), str(file)]
    return json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)


def features_of(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name.split(".")[1]: json.loads(archive.read(name))["features"] for name in archive.namelist()}


def written(lost, thing, every):
    """Keys that a report does not name as lost."""
    gone = [one for one in lost["losses"] if one["thing"] == thing]
    named = {key for one in gone for key in one.get("ids", ())}
    return set() if lost["counts"][thing]["written"] == 0 else set(every) - named


@pytest.mark.parametrize("of", ["demonstration", "thin record"])
def test_opensidewalks_is_clean_under_its_own_validator(of, city, exported, made, osw_validation, tmp_path):
    packed = (
        made("opensidewalks")[0] if of == "demonstration" else exporting.export("opensidewalks", exported, ENGLISH)[1]
    )
    (tmp_path / "dataset.zip").write_bytes(packed)
    found = osw_validation(zipfile_path=str(tmp_path / "dataset.zip")).validate()
    assert (found.is_valid, found.errors) == (True, None)


def test_an_opensidewalks_dataset_is_of_the_day_of_its_town(city, monkeypatch):
    monkeypatch.setattr(wording, "local_zone", lambda: zoneinfo.ZoneInfo("Europe/Paris"))
    _, packed = exporting.export("opensidewalks", city, ENGLISH)[:2]
    with zipfile.ZipFile(io.BytesIO(packed)) as zipped:
        stated = {json.loads(zipped.read(name))["dataTimestamp"] for name in zipped.namelist()}
    assert stated == {f"{made_contents.OPTIONS.exported_on}T00:00:00+01:00"}


def test_an_opensidewalks_dataset_read_back_lacks_what_its_report_names(known, made):
    packed, lost = made("opensidewalks")
    read = features_of(packed)
    ours = [one["properties"] for one in (*read["nodes"], *read["points"]) if "ext:thing" in one["properties"]]
    elements = {one["_id"]: one for one in ours if one["ext:thing"] == "element"}
    assert {one["_id"] for one in ours if one["ext:thing"] == "site"} == written(lost, losses.SITE, known.sites.index)
    assert set(elements) == written(lost, losses.ELEMENT, known.elements.index)
    measured = {f"{name} {key[4:-9]}" for name, one in elements.items() for key in one if key.endswith(":approved")}
    assert measured == written(lost, losses.MEASUREMENT, known.values.index)
    intervals = {
        f"{name} {key[4:-4]}": value
        for name, one in elements.items()
        for key, value in one.items()
        if key.endswith(":low")
    }
    assert len(intervals) == lost["counts"][losses.INTERVAL]["written"]
    assert intervals == known.values["low"][list(intervals)].to_dict()
    verdicts = {f"{name} {key[12:]}" for name, one in elements.items() for key in one if key.startswith("ext:verdict:")}
    assert verdicts == written(lost, losses.FINDING, known.findings.index)
    assert sum(one.get("kerb") == "lowered" for one in elements.values()) == sum(
        kind == "kerb_ramp" and bool(facts.answer(known.measured.get(name, {}), "element_present"))
        for name, kind in known.elements["kind"].items()
    )


def test_a11yjson_keeps_to_its_published_schema(made, exported, tmp_path):
    places, shown, seen = json.loads(made("a11yjson")[0])["features"], [], set()
    for place in places:
        accessibility = place["properties"].get("accessibility", {})
        fields = {field for entries in accessibility.values() for field in json.dumps(entries).split('"')[1::2]}
        if fields - seen:
            shown.append(place)
            seen |= fields
    thin = json.loads(exporting.export("a11yjson", exported, ENGLISH)[1])["features"]
    # Half a second a place: those that use every field between them.
    assert faults_of_a11yjson([*shown[:8], *thin], tmp_path) == []


def test_a11yjson_read_back_lacks_what_its_report_names(known, made):
    packed, lost = made("a11yjson")
    places = json.loads(packed)["features"]
    codes = {place["properties"]["originalId"] for place in places}
    assert codes == written(lost, losses.SITE, known.sites.index)
    sites = known.elements["site_code"]
    kept = written(lost, losses.MEASUREMENT, known.values.index)
    expected = sorted(
        (sites[name], field.quantity)
        for name, kind in known.elements["kind"].items()
        for field in a11yjson.fields().get(kind, ())
        if f"{name} {field.quantity}" in kept
    )
    found = [one for place in places for one in a11yjson.quantities(place)]
    # Entrances, ramps and stairs share one list, and desks and ticket windows another: a field is found for each.
    assert sorted({(site, quantity) for site, quantity, _ in found}) == sorted(set(expected))
    # what is neither a quantity nor an answer is the entry itself: somebody saw that the thing is there
    inner = [one for place in places for one in within(place["properties"].get("accessibility", {}))]
    measured = sum("unit" in one for one in inner)
    answered = sum(isinstance(value, int) for one in inner if "unit" not in one for value in one.values())
    fixed = {
        kind for kind, known_of in a11yjson.fields().items() if "element_present" in {f.quantity for f in known_of}
    }
    seen = {f"{name} element_present" for name, kind in known.elements["kind"].items() if kind not in fixed} & set(kept)
    assert measured + answered + len(seen) == lost["counts"][losses.MEASUREMENT]["written"]
    slopes = [value for _, quantity, value in found if quantity == "running_slope_pct"]
    assert all(value["min"] <= value["max"] and value["unit"] == "%" for value in slopes)
    lows = sorted(known.values["low"][key] for key in kept if key.endswith(" running_slope_pct"))
    assert sorted(value["min"] for value in slopes) == lows


def test_the_preview_holds_only_what_engineers_approved(known, made, tmp_path):
    packed, lost = made("osm")
    (tmp_path / "preview.osm").write_bytes(packed)
    nodes = [(node.id, dict(node.tags)) for node in osmium.FileProcessor(str(tmp_path / "preview.osm"))]
    assert b'upload="never"' in packed
    assert all(number < 0 for number, _ in nodes)
    assert {key for _, tags in nodes for key in tags} <= OSM_KEYS
    assert {tags["note"] for _, tags in nodes} == written(lost, losses.ELEMENT, known.elements.index)
    for _, tags in nodes:
        values = {name: one for name, one in known.measured[tags["note"]].items() if one.approved}
        assert facts.answer(values, "element_present") is True
        assert ("incline" in tags) == ("running_slope_pct" in values)
    unapproved = next(one for one in lost["losses"] if one["reason"] == losses.NOT_APPROVED)
    assert set(unapproved["ids"]) <= set(known.values.index[~known.values["approved"].astype(bool)])


def test_a_survey_that_nobody_approved_is_not_in_the_preview(record):
    unapproved = record.measurements.assign(review=reviews.SUBMITTED)
    changed = dataclasses.replace(record, measurements=unapproved)
    made = contents.contents(changed, ENGLISH, options=made_contents.OPTIONS)
    assert b"<node" not in exporting.export("osm", made, ENGLISH)[1]


def test_geoparquet_holds_every_element_with_the_interval_of_each_measurement(known, made):
    table = gpd.read_parquet(io.BytesIO(made("geoparquet")[0]))
    assert set(table["element_id"].dropna()) == set(known.elements.index)
    assert set(table["site_code"]) == set(known.sites.index)
    rows = table.set_index("element_id")
    for key in known.values.index[known.values["quantity"] == "clear_width_mm"][:20]:
        one = known.values.loc[key]
        assert rows.loc[one["element_id"], ["low_clear_width_mm", "high_clear_width_mm"]].tolist() == [
            one["low"],
            one["high"],
        ]


def within(part):
    """Yield every object of a document."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from within(inner)


def numbers_in(kind, packed, known, tmp_path):
    """Count what a file holds, by itself: nothing of the report is asked."""
    if kind == "geoparquet":
        table = gpd.read_parquet(io.BytesIO(packed))
        values = table[[name for name in table if name.startswith("low_")]].notna().sum()
        numeric = [name for name in values.index if known.criteria.quantities[name[4:]].unit != "yes_no"]
        criteria = [name for column in ("failed", "undecided", "passed") for name in ",".join(table[column]).split(",")]
        return {
            losses.MEASUREMENT: values.sum(),
            losses.INTERVAL: values[numeric].sum(),
            losses.FINDING: len([name for name in criteria if name]),
            losses.SCORE: table.drop_duplicates("site_code")["score_low"].notna().sum(),
        }
    path = tmp_path / f"made.{kind}"
    path.write_bytes(packed)
    if kind == "osm":
        nodes = [dict(node.tags) for node in osmium.FileProcessor(str(path))]
        # each stands for that the thing is there, and for what was measured
        measured = ("incline", "width", "tactile_paving", "kerb:height")
        return {losses.MEASUREMENT: sum(1 + sum(key in tags for key in measured) for tags in nodes)}
    table = pyogrio.read_dataframe(path, layer=0)
    return {losses.SITE: len(table), losses.SCORE: table["score_low"].notna().sum() if "score_low" in table else 0}


@pytest.mark.parametrize("of", ["demonstration", "thin record"])
@pytest.mark.parametrize("kind", ["geoparquet", "osm", "kml", "gpx"])
def test_a_report_counts_as_written_what_the_file_holds(of, kind, known, made, exported, tmp_path):
    facts_of = {"demonstration": known, "thin record": facts.of(exported)}[of]
    packed, lost = made(kind) if of == "demonstration" else exporting.export_with_losses(kind, exported, ENGLISH)[1:]
    for thing, number in numbers_in(kind, packed, facts_of, tmp_path).items():
        assert number == lost["counts"][thing]["written"], thing


@pytest.mark.parametrize(("kind", "layer", "name"), [("kml", "sites", "Name"), ("gpx", "waypoints", "name")])
def test_waypoints_name_every_site_with_a_position(kind, layer, name, exported, tmp_path):
    _, packed, lost = exporting.export_with_losses(kind, exported, ENGLISH)
    (tmp_path / f"sites.{kind}").write_bytes(packed)
    table = pyogrio.read_dataframe(tmp_path / f"sites.{kind}", layer=layer)
    assert [text.split()[0] for text in table[name]] == sorted(set(exported.sites["code"]) - {"KK-004"})
    assert [one["ids"] for one in lost["losses"] if one["thing"] == losses.SITE] == [["KK-004"]]


def test_the_catalogue_names_publisher_area_period_and_columns(exported, made):
    document, lost = json.loads(made("dcat")[0]), made("dcat")[1]
    (dataset,) = document["dcat:dataset"]
    assert {"dct:title", "dct:description", "dct:publisher"} <= document.keys() & dataset.keys()
    assert dataset["dct:spatial"]["dcat:bbox"]["@value"].startswith("POLYGON((102.8")
    assert "dct:license" not in dataset
    named = {one["dcat:downloadURL"]["@id"].partition("-en.")[2] for one in dataset["dcat:distribution"]}
    assert named == {exporting.FORMATS[kind].ending for kind in exporting.OPEN_DATA}
    assert lost["counts"]["licence"] == {"total": 1, "written": 0, "lost": 1}
    (quantities,) = (one for one in dataset["csvw:tableSchema"] if one["rdfs:label"] == "quantity")
    slope = next(one for one in quantities["csvw:column"] if one["csvw:name"] == "running_slope_pct")
    assert (slope["csvw:datatype"], slope["dct:format"]) == ("double", "percent")
    licensed = contents.Options(made_contents.OPTIONS.exported_on, licence="CC-BY-4.0")
    again = contents.contents(exported.record, ENGLISH, options=licensed)
    _, packed, lost = exporting.export_with_losses("dcat", again, ENGLISH)
    assert json.loads(packed)["dcat:dataset"][0]["dct:license"] == {"@id": catalogue.LICENCES["CC-BY-4.0"]}
    assert lost["counts"]["licence"]["lost"] == 0


def test_a_report_counts_the_photos_that_are_kept_of_surveys_that_count(city):
    (of_this, of_another), never = city.record.surveys["survey_id"][:2], pd.NaT
    rows = [(of_this, "a", never), (of_this, "b", pd.Timestamp("2026-03-01T00:00Z")), ("withdrawn", "c", never)]
    rows += [(of_another, "d", never)]
    photos = pd.DataFrame(rows, columns=["survey_id", "sha256", "erased_at"])
    options = dataclasses.replace(city.options, photos=photos)
    report = facts.of(dataclasses.replace(city, options=options)).report()
    assert report.totals[losses.PHOTO] == {"a", "d"}
    assert set(report.lost[losses.PHOTO].values()) == {losses.NO_PHOTOS}


def test_the_data_dictionary_has_a_unit_for_every_measured_quantity(known):
    text = catalogue.dictionary(known.contents.record)
    assert text.startswith(b"\xef\xbb\xbftable,column,")
    assert "quantity,clear_width_mm,ความกว้างสุทธิ,Clear width,double,mm," in text.decode("utf-8-sig")


@pytest.mark.parametrize("kind", exporting.EXCHANGE)
def test_no_exchange_format_names_a_surveyor_or_repeats_a_note(kind, city, made):
    packed = made(kind)[0]
    text = json.dumps(features_of(packed), ensure_ascii=False).encode() if kind == "opensidewalks" else packed
    private = {*city.record.surveys["surveyor"], PRIVATE_NOTE}
    assert len(private) > 1
    assert [one for one in private if one.encode() in text] == []


@pytest.mark.parametrize("kind", exporting.EXCHANGE)
def test_the_numbers_of_a_loss_report_add_up(kind, made):
    lost = made(kind)[1]
    for thing, count in lost["counts"].items():
        assert count["total"] == count["written"] + count["lost"]
        assert count["lost"] == sum(one["count"] for one in lost["losses"] if one["thing"] == thing)
    assert all(one["text"] and one["count"] for one in lost["losses"])
    assert lost["counts"][losses.UNMEASURED]["lost"] > 0
    assert "retired" in lost["scope"]


@pytest.mark.parametrize("kind", exporting.EXCHANGE)
def test_a_register_that_nobody_has_surveyed_is_exported_without_a_measurement(kind, record):
    bare = made_records.record_of(record.sites, record.elements)
    made = contents.contents(bare, ENGLISH, options=made_contents.OPTIONS)
    _, packed, lost = exporting.export_with_losses(kind, made, ENGLISH)
    assert packed
    assert lost["counts"][losses.MEASUREMENT]["total"] == 0
