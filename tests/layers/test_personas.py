"""Limits of personas are data, and a faulty file is refused with every fault."""

import math
import shutil

import pytest

from layers import errors, osm_tags, personas, sources


@pytest.fixture(name="data")
def _data(tmp_path):
    shutil.copytree(sources.DATA / "reach", tmp_path / "reach")
    return tmp_path


def test_an_empty_cell_is_no_limit():
    blind = personas.load()[3]
    assert (blind.persona, blind.steepest_pct, blind.highest_kerb_mm) == ("blind", math.inf, math.inf)
    assert (blind.narrowest_m, blind.roughest) == (0.0, len(osm_tags.SMOOTHNESS) - 1)
    assert not blind.rolls


def test_a_powered_wheelchair_has_the_limits_of_its_file(data):
    file = data / "reach" / "personas.csv"
    text = file.read_text("utf-8").replace("Powered wheelchair user,12,30,0.9,", "Powered wheelchair user,10,20,1,")
    file.write_text(text, "utf-8")
    powered = personas.load(data)[1]
    assert (powered.steepest_pct, powered.highest_kerb_mm, powered.narrowest_m) == (10.0, 20.0, 1.0)
    assert powered.rolls


def test_every_fault_of_the_file_is_said_at_once(data):
    file = data / "reach" / "personas.csv"
    file.write_text(file.read_text("utf-8").replace(",8,30,", ",steep,30,").replace(",always,", ",often,"), "utf-8")
    with pytest.raises(errors.LayerError, match=r"line 2, steepest_pct: 'steep'.*line 5, steps: 'often'"):
        personas.load(data)


def test_a_missing_file_is_said_by_its_name(tmp_path):
    with pytest.raises(errors.LayerError, match=r"reach/personas\.csv: cannot be read"):
        personas.load(tmp_path)
