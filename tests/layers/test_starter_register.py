"""The starter register: what it promises, and that the committed files are what the program writes."""

import pytest

from audits import survey
from layers import sources, starter_register


@pytest.fixture(scope="module")
def register():
    return sources.starter_sites()


def test_the_committed_register_is_what_the_program_writes(tmp_path):
    starter_register.write(tmp_path)
    for name in ("sites.csv", "elements.csv"):
        assert (tmp_path / name).read_bytes() == (sources.DATA / "register" / name).read_bytes()


def test_there_are_exactly_85_ramp_sites_in_one_unbroken_series(register):
    ramps = register[register["kind"] == "ramp"]
    assert ramps["code"].tolist() == [f"KK-{number:03d}" for number in range(1, 86)]


def test_spaces_are_numbered_without_a_gap(register):
    spaces = register[register["kind"] == "space"]
    assert spaces["code"].tolist() == [f"SP-{number:03d}" for number in range(1, len(spaces) + 1)]


def test_no_two_sites_stand_within_forty_metres(register):
    points = register.geometry.to_crs("EPSG:32648").reset_index(drop=True)
    first, second = points.sindex.query(points, predicate="dwithin", distance=40)
    assert (first == second).all()


def test_no_site_lies_outside_the_surroundings_of_the_municipality(register):
    surroundings = sources.outline().to_crs("EPSG:32648").buffer(500).iloc[0]
    assert register.to_crs("EPSG:32648").within(surroundings).all()


def test_every_setting_and_element_kind_is_a_word_of_the_survey(register):
    assert set(register["setting"]) <= set(survey.SETTINGS)
    assert set(sources.starter_elements()["kind"]) <= set(survey.ELEMENT_KINDS)


def test_a_presumed_point_along_a_street_never_claims_to_be_better_than_the_street(register):
    along = register[register["category"].isin(["street", "shelter"])]
    assert (along["position_status"] == "presumed").all()
    assert (along["position_accuracy_m"] == 250).all()
    assert along["position_note_en"].str.contains("our own placing", case=False).all()


def test_a_position_at_a_place_is_never_better_than_the_place_itself(register):
    places = sources.places().set_index("name_en")["precision_m"]
    spaces = register[register["kind"] == "space"].set_index("name_en")
    assert (spaces["position_accuracy_m"] > places.loc[spaces.index]).all()


def test_shelters_are_presumed_and_have_a_ramp_and_a_shelter(register):
    shelters = register[register["category"] == "shelter"]
    assert set(shelters["setting"]) == {"bus_shelter"}
    expected = sources.starter_elements().groupby("site_code")["kind"].apply(set)
    assert all(expected[code] == {"ramp", "shelter"} for code in shelters["code"])


def test_every_site_has_elements_and_every_element_has_a_site(register):
    found = sources.starter_elements()
    assert set(found["site_code"]) == set(register["code"])
    assert (found["element_id"].str.split(".").str[0] == found["site_code"]).all()


def test_no_permit_date_is_claimed():
    assert (sources.starter_elements()["permitted_on"] == "").all()


def test_a_zone_is_called_named_only_where_a_community_carries_the_name(register):
    named = register[register["zone_basis"] == "named"].set_index("name_en")["zone"]
    assert named["Bus terminal 1 (Prachasamoson)"] == 1
    assert named["City pillar shrine"] == 2
    assert named["Non Than market"] == 3
    assert named["Ton Tann market"] == 4
    along = register[register["category"].isin(["street", "shelter"])]
    assert (along["zone_basis"] == "presumed").all()


def test_the_programme_names_nine_of_the_ramp_places(register):
    named = register[register["position_status"] == "named"]
    assert len(named) == 9
    assert (named["kind"] == "ramp").all()
    assert named["position_source"].str.contains("programme text").all()
