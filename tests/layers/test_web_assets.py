"""Libraries and fonts are laid once, whole, with their licences."""

import io

import pytest
from fontTools import ttLib

from layers import errors, web_assets


@pytest.fixture(scope="module")
def static_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    web_assets.prepare(folder)
    return folder


def test_every_library_lies_beside_its_licence(static_folder):
    for name in ("leaflet", "fonts"):
        assert len(web_assets.path_of(f"{name}/LICENSE.txt", static_folder).read_text(encoding="utf-8")) > 900


def test_leaflet_is_the_pinned_one(static_folder):
    assert b"Leaflet 1.9.4" in web_assets.path_of("leaflet/leaflet.js", static_folder).read_bytes()[:200]


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_fonts_are_small_and_hold_thai_and_latin(static_folder, weight):
    content = web_assets.path_of(f"fonts/Sarabun-{weight}.woff2", static_folder).read_bytes()
    assert len(content) < 50_000
    held = ttLib.TTFont(io.BytesIO(content)).getBestCmap()
    assert set(map(ord, "ญฐุ้ำ฿๙Az–±≥")) <= set(held)


def test_a_second_preparation_touches_nothing(static_folder):
    before = {path: path.stat().st_mtime_ns for path in static_folder.rglob("*") if path.is_file()}
    web_assets.prepare(static_folder)
    assert {path: path.stat().st_mtime_ns for path in static_folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["leaflet/leaflet.js", "fonts/Sarabun-Bold.woff2"])
def test_a_damaged_file_is_mended(static_folder, name):
    path = web_assets.path_of(name, static_folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    web_assets.prepare(static_folder)
    assert path.read_bytes() == whole


def test_a_file_that_was_not_prepared_is_named(tmp_path):
    with pytest.raises(errors.LayerError, match=r"leaflet/leaflet\.js: not found"):
        web_assets.path_of("leaflet/leaflet.js", tmp_path)


def test_a_folder_that_cannot_be_written_is_an_error_with_its_name(tmp_path):
    (tmp_path / "vendor").write_text("a file where the folder belongs")
    with pytest.raises(errors.LayerError, match="cannot be written"):
        web_assets.prepare(tmp_path)
