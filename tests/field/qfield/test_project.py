"""The project is sound XML that names its own table by a path beside it and asks every column in words."""

import io
import zipfile
from xml.etree import ElementTree

import pytest

from audits import survey, terms
from audits.field.qfield import layout, package
from layers import symbols


@pytest.fixture(scope="module")
def root(project_file):
    return ElementTree.fromstring(project_file)


@pytest.fixture(scope="module")
def layers(root):
    return {layer.findtext("datasource").rpartition("=")[2]: layer for layer in root.iter("maplayer")}


def options(element):
    """Return QGIS's nested settings as Python values."""
    if element.get("type") == "Map":
        return {each.get("name"): options(each) for each in element}
    if element.get("type") == "List":
        return [options(each) for each in element]
    return element.get("value")


def widgets(layer):
    return {
        field.get("name"): (field.find("editWidget").get("type"), options(field.find("editWidget/config/Option")))
        for field in layer.iter("field")
        if field.find("editWidget") is not None
    }


def test_paths_are_relative_to_the_folder_of_the_project(root, layers):
    assert set(layers) == {"field_survey", "site"}
    sources = [layer.findtext("datasource") for layer in layers.values()]
    sources += [branch.get("source") for branch in root.iter("layer-tree-layer")]
    assert all(source.startswith("./field.gpkg|layername=") for source in sources)
    assert root.findtext("properties/Paths/Absolute") == "false"


def test_the_project_lies_on_the_ground_in_metres_and_the_layers_in_degrees(root, layers):
    assert root.findtext("projectCrs/spatialrefsys/authid") == "EPSG:32648"
    assert root.findtext("properties/SpatialRefSys/ProjectionsEnabled") == "1"
    assert {layer.findtext("srs/spatialrefsys/authid") for layer in layers.values()} == {"EPSG:4326"}
    extent = root.find("mapcanvas/extent")
    west, south = float(extent.findtext("xmin")), float(extent.findtext("ymin"))
    assert 200_000 < west < float(extent.findtext("xmax")) < 300_000
    assert 1_800_000 < south < float(extent.findtext("ymax")) < 1_850_000


def test_every_column_has_a_name_a_widget_and_its_rules(layers, book, thai):
    layer = layers["field_survey"]
    names = [one.name for one in layout.fields(book, thai)]
    aliases = {each.get("field"): each.get("name") for each in layer.find("aliases")}
    assert list(aliases) == names
    assert all(aliases.values())
    assert set(widgets(layer)) == {"fid", *names}
    assert [each.get("field") for each in layer.find("constraints")] == names
    assert [each.get("field") for each in layer.find("constraintExpressions")] == names


def test_only_the_survey_can_be_written(layers):
    assert layers["field_survey"].get("readOnly") == "0"
    assert layers["site"].get("readOnly") == "1"
    assert {each.get("editable") for each in layers["site"].find("editable")} == {"0"}
    assert {each.get("editable") for each in layers["field_survey"].find("editable")} == {"1"}


def test_the_widgets_fit_what_they_ask(layers):
    asked = widgets(layers["field_survey"])
    assert asked["uuid"][0] == asked["fid"][0] == "Hidden"
    assert asked["site_code"][0] == "ValueRelation"
    assert asked["site_code"][1]["Key"] == "code"
    assert asked["clear_width_cm"][0] == "TextEdit"
    assert asked["runs_count"] == (
        "Range",
        {"AllowNull": "true", "Min": "0", "Max": "60", "Step": "1", "Style": "SpinBox"},
    )
    assert asked["photo_1"][0] == "ExternalResource"
    assert asked["photo_1"][1]["RelativeStorage"] == "1"
    assert asked["photo_has_person"][0] == "CheckBox"
    assert asked["observed_at"][0] == "DateTime"


def test_an_answer_can_be_taken_back_and_a_kind_must_be_chosen(layers, thai):
    asked = widgets(layers["field_survey"])
    assert asked["handrail_present"][1]["map"] == [{"–": package.NOTHING}, {"มี": "yes"}, {"ไม่มี": "no"}]
    kinds = [{thai.text(terms.ELEMENT_KIND[kind]): kind} for kind in survey.ELEMENT_KINDS]
    assert asked["element_kind"][1]["map"] == kinds


def test_defaults_fill_the_number_the_time_and_the_accuracy(layers):
    defaults = {each.get("field"): each.get("expression") for each in layers["field_survey"].find("defaults")}
    assert {name: value for name, value in defaults.items() if value} == {
        "uuid": "uuid('WithoutBraces')",
        "element_number": "1",
        "observed_at": "now()",
        "accuracy_m": "@position_horizontal_accuracy",
        "located_at": "@position_timestamp",
        "photo_has_person": "false",
        "unusual_is_right": "false",
    }


def test_strengths_are_those_of_qgis(layers):
    strengths = {each.get("field"): dict(each.attrib) for each in layers["field_survey"].find("constraints")}
    assert strengths["surveyor"]["constraints"] == "5"
    assert (strengths["surveyor"]["notnull_strength"], strengths["surveyor"]["exp_strength"]) == ("1", "1")
    assert strengths["clear_width_cm"]["constraints"] == "4"
    assert strengths["clear_width_cm"]["exp_strength"] == "1"
    assert strengths["clear_width_mm__why"]["exp_strength"] == "2"
    assert strengths["handrail_present"]["constraints"] == "0"


def test_pages_are_tabs_and_show_by_kind(layers):
    pages = layers["field_survey"].find("attributeEditorForm")
    assert layers["field_survey"].findtext("editorlayout") == "tablayout"
    when = {page.get("visibilityExpression") for page in pages if page.get("visibilityExpressionEnabled") == "1"}
    assert when == {f"\"element_kind\" = '{kind}'" for kind in survey.ELEMENT_KINDS}
    assert {page.get("groupBox") for page in pages} == {"0"}
    positions = {each.get("field"): each.get("index") for each in layers["field_survey"].find("aliases")}
    for field in pages.iter("attributeEditorField"):
        assert field.get("index") == positions[field.get("name")]


def test_sites_are_drawn_by_verdict_in_shape_and_colour_with_their_code(layers):
    renderer = layers["site"].find("renderer-v2")
    assert renderer.get("attr") == "verdict"
    drawn = {options(layer.find("Option"))["name"] for layer in renderer.iter("layer")}
    assert drawn == {symbols.OF_VERDICT[key].shape for key in ("fail", "borderline", "unknown", "pass")}
    assert layers["site"].find("labeling/settings/text-style").get("fieldName") == "code"


def test_an_english_project_has_no_thai_but_in_the_register(make_contents, english):
    packed = package.packed(make_contents(english), english, trip="t")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        inner = archive.read("jaidee-t/jaidee.qgz")
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        text = archive.read("jaidee.qgs").decode()
    assert "Clear width (cm)" in text
    assert not [letter for letter in text if "ก" <= letter <= "๛"]


def test_a_hostile_title_stays_text(contents, thai, book):
    made = package.Project("<x>&\"'</qgis>", layout.fields(book, thai), (), (), (102.7, 16.3, 102.9, 16.5))
    root = ElementTree.fromstring(package.document(made, thai))
    assert root.findtext("title") == "<x>&\"'</qgis>"
