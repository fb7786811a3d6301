"""A design from the form to the record: what fits, why not, the files, the versions."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from streamlit.testing.v1 import AppTest

from app_pages.parts.design import design_inputs
from app_pages.session import cache
from audits import wording
from audits.demo import seed
from audits.ramps import cost, geometry, interventions, mending, price_books, ramp_design
from audits.store.db import connection, workspace
from audits.store.works import designs
from audits.works import home_ramps
from tests.agreement import printed
from tests.app_pages import opening

ROOM = {"rise": "450", "length": "8450", "width": "4000"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = workspace.Workspace(tmp_path_factory.mktemp("workspace"))
    with connection.open_store(place) as store:
        seed.with_starter_register(store, "test")
    return place.folder


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(site: str = "KK-001", **address: str) -> AppTest:
    app = opening.opened("design.py", **{"lang": "en", "site": site, **address})
    assert not app.exception
    return app


def _said(app: AppTest) -> str:
    parts = [str(each.proto.body) for each in app.get("html")]
    return " ".join(parts + [each.value for each in (*app.warning, *app.info, *app.error, *app.markdown)])


def _kept(folder: Path, code: str) -> list[dict[str, object]]:
    with connection.open_store(workspace.Workspace(folder)) as store:
        return designs.of_site(store, code).to_dict("records")


def test_while_nothing_is_measured_the_page_says_what_to_write() -> None:
    said = _said(_opened())
    assert "in no survey: enter" in said
    assert "Free width (mm)" in said
    assert "Alternatives that fit" not in said


def test_the_address_alone_shows_alternatives_with_sample_prices_and_a_described_drawing() -> None:
    said = _said(_opened(**ROOM))
    for expected in ("L-shaped ramp", "Switchback ramp of 2 legs", "1:12 (8.33%)", "sample prices", "Sample prices:"):
        assert expected in said
    assert 'alt="Plan of the ramp: Switchback ramp' in said
    assert "Not yet checked against the Royal Gazette: " in said


def test_a_figure_typed_over_goes_into_the_address() -> None:
    app = _opened(**ROOM)
    app.number_input(key="rise|KK-001|" + app.selectbox(key="design_element").value).set_value(300).run()
    assert app.query_params["rise"] in ("300", ["300"])
    assert "300 mm" in _said(app)


def test_where_none_fits_the_nearest_changes_are_said() -> None:
    said = _said(_opened(rise="900", length="3000", width="1500"))
    assert "The space is too narrow for a ramp that rises 900 mm." in said
    assert "It fits with 13,800 mm more width" in said
    assert "Alternatives that fit" not in said
    binding = next(one for one in printed.tables(said) if one.caption == "Requirements that take the room")
    assert all(name and "." not in name for name, _ in binding.rows[1:]), "names, no codes of this program"
    assert all(clause for _, clause in binding.rows[1:])
    assert binding.rows[1][1].splitlines()[0] == "MOI 2005 clause 8(5)"


def test_where_none_fits_the_parts_that_mend_what_stands_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    rails = cost.estimate({"handrail_m": 6.0}, price_books.sample(), ("handrail_m",))
    parts = mending.Parts(interventions.REPLACE_PARTS, rails)
    monkeypatch.setattr(mending, "of_ramp", lambda *_: parts)
    said = [each.value for each in _opened(rise="900", length="3000", width="1500").info]
    assert said == [mending.sentence(parts, wording.Wording("en"))]


def test_metres_in_a_field_of_millimetres_are_refused_in_a_sentence_and_nothing_is_drawn() -> None:
    app = _opened(**ROOM)
    app.number_input(key="length|KK-001|" + app.selectbox(key="design_element").value).set_value(0).run()
    said = _said(app)
    assert "494 for 0.494 m" in said
    app.number_input(key="bearing").set_value(400).run()
    assert "in whole degrees, 0 to 360" in _said(app)
    assert "Write these to see what fits: Free length (mm)." in said
    assert "Alternatives that fit" not in said


def test_a_figure_beyond_every_ramp_is_refused_in_a_sentence() -> None:
    assert "check the figure" in _said(_opened(**ROOM | {"length": "9999999"})).lower()


def test_a_ramp_anywhere_is_drawn_and_billed_and_nothing_is_kept(folder: Path) -> None:
    app = opening.opened("design.py", lang="en", design_place="anywhere", **ROOM)
    assert not app.exception
    assert "no address of a household" in _said(app)
    assert "about" in _said(app)
    assert not [each for each in app.selectbox if each.key == "site"]
    assert not [each for each in app.button if each.key == "design_save"]
    app.radio(key="design_format").set_value("xlsx").run()
    app.button(key="design_make").click().run()
    _, written = app.session_state["design_made"]
    sheet = openpyxl.load_workbook(io.BytesIO(written))["ปร.6"]
    assert any("นักกายภาพบำบัด" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    app.text_input(key="reviewer_name").input("Somsri").run()
    app.number_input(key="home_count").set_value(3).run()
    app.number_input(key="home_paid").set_value(90_000).run()
    app.button(key="home_keep").click().run()
    with connection.open_store(workspace.Workspace(folder)) as store:
        ((year, kept),) = home_ramps.every(store).items()
        assert kept == home_ramps.Year(3, 90_000)
        assert home_ramps.shown({year: kept}) == {year: home_ramps.Year(None, None)}


@pytest.mark.parametrize("address", [{"design_place": "anywhere"}, {"site": "KK-001", "design_element": "new_ramp"}])
def test_the_rise_alone_of_a_new_place_answers_with_the_length_it_needs(address: dict[str, str]) -> None:
    app = opening.opened("design.py", lang="en", rise="450", **address)
    shown = _said(app)
    assert not app.exception
    assert "Write these to see what fits" not in shown
    assert "What the rise needs" in shown
    assert "mm of land" in shown
    assert "Not given and assumed: " in shown
    assert "the ramp that stands there" not in shown
    assert "The survey shows only" not in shown


def test_of_a_ramp_that_stands_the_page_says_that_a_new_one_is_designed_in_its_place() -> None:
    shown = _said(_opened(design_element="KK-001.ramp.1", rise="450"))
    assert "A new ramp in its place: Straight ramp" in shown
    assert "A new ramp here: designed for its rise: the ramp that stands there" in shown
    assert "in its place" not in _said(_opened(design_element="new_ramp", **ROOM))


def test_a_kerb_ramp_has_its_own_families() -> None:
    said = _said(_opened(design_element="new_kerb_ramp", rise="150", length="6000", width="3500"))
    assert "Kerb ramp across the footpath, sides flared" in said


def test_a_saved_design_stands_in_the_list_and_the_next_one_replaces_it(folder: Path) -> None:
    app = _opened("KK-002", **ROOM)
    app.text_input(key="reviewer_name").input("Somsri").run()
    app.button(key="design_save").click().run()
    assert "KK-002.design.1" in _said(app)
    app.radio(key="alternative").set_value("l_shape-2").run()
    app.button(key="design_save").click().run()
    newest, first = _kept(folder, "KK-002")
    assert (newest["saved_by"], newest["supersedes"], first["superseded_by"]) == (
        "Somsri",
        "KK-002.design.1",
        "KK-002.design.2",
    )
    told = json.loads(str(newest["content"]))
    assert (told["family"], told["space"]["rise_mm"], told["sample_prices"]) == ("l_shape", 450, True)
    assert told["failures"] == []


@pytest.mark.parametrize("element", ["KK-004.ramp.1", "new_ramp"])
def test_a_design_for_a_rise_alone_keeps_its_caution_when_it_is_opened_again(element: str) -> None:
    app = _opened("KK-004", design_element=element, rise="450")
    app.text_input(key="reviewer_name").input("Somsri").run()
    app.button(key="design_save").click().run()
    app = _opened("KK-004")
    (button,) = [each for each in app.button if each.key.startswith("design_open|")][:1]
    button.click().run()
    assert app.selectbox(key="design_element").value == element
    assert [app.number_input(key=f"{name}|KK-004|{element}").value for name in ("rise", "length", "width")] == [
        450,
        None,
        None,
    ]
    said = _said(app)
    assert "A new ramp here: designed for its rise" in said
    assert "it cannot be bought" in said


def test_a_design_away_from_the_walls_is_opened_between_those_of_the_survey() -> None:
    kept = dataclasses.asdict(geometry.Space(450, ramp_design.MOST_MM, ramp_design.MOST_MM))
    assert "walls" not in design_inputs.address_of(kept, "ramp")
    walled = {**kept, "obstacle_left": True}
    assert design_inputs.address_of(walled, "ramp")["walls"] == "left"
    assert design_inputs.address_of({**kept, "width_mm": 2000}, "ramp")["walls"] == "none"


def test_the_drawing_is_made_on_a_click(folder: Path) -> None:
    app = _opened(**ROOM)
    app.button(key="design_make").click().run()
    assert not app.exception
    _, written = app.session_state["design_made"]
    with pikepdf.open(io.BytesIO(written)) as pdf:
        assert len(pdf.pages) >= 2


def test_a_signed_design_is_a_draft_no_longer_and_a_changed_one_is_again(folder: Path) -> None:
    app = _opened("KK-003", **ROOM)
    assert "DRAFT" in _said(app)
    app.text_input(key="reviewer_name").input("Somsri").run()
    app.button(key="design_save").click().run()
    app.run()
    sign = "design_sign|KK-003.design.1"
    app.text_input(key=f"{sign}|engineer").input("Somchai").run()
    app.button(key=sign).click().run()
    assert any("licence" in each.value for each in app.error)
    app.text_input(key=f"{sign}|licence").input("SY.123").run()
    app.button(key=sign).click().run()
    assert "Checked by Somchai, licence SY.123" in _said(app)
    assert "DRAFT" not in _said(app)
    newest, _ = _kept(folder, "KK-003")
    told = json.loads(str(newest["content"]))["signed_off"]
    assert (told["signed_off_by"], told["licence"]) == ("Somchai", "SY.123")
    app.radio(key="alternative").set_value("l_shape-2").run()
    assert "DRAFT" in _said(app)
