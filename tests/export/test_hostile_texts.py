"""Names and notes leave as data: no formula, no tag, no broken file, in every document and export."""

import csv
import html.parser
import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from tests import hostile

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.record(demonstration_folder, tmp_path_factory.mktemp("hostile"))


def _written(folder: Path, tmp_path: Path, *words: str, file: str) -> Path:
    target = tmp_path / file
    command = [*words, str(target), "--workspace", str(folder), "--lang", "en"]
    result = CliRunner().invoke(program.application, command, env={"JAIDEE_WORKSPACE": ""})
    assert result.exit_code == 0, result.output
    return target


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag, *(f"{name}={value}" for name, value in attrs if name.startswith("on"))]


def _injected(content: str) -> list[str]:
    tags = _Tags()
    tags.feed(content)
    return [tag for tag in tags.found if "alert(" in tag or tag == "x31"]


def test_a_workbook_and_its_tables_hold_texts_and_no_formula(folder: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_written(folder, tmp_path, "export", "xlsx", file="a.xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(hostile.ALL in str(cell.value) for cell in cells)
    for cell in cells:
        if "bold01" in str(cell.value):
            assert (cell.data_type, cell.hyperlink) == ("s", None)
    with zipfile.ZipFile(_written(folder, tmp_path, "export", "csv", file="a.zip")) as tables:
        for name in (each for each in tables.namelist() if each.endswith(".csv")):
            for row in csv.reader(io.StringIO(tables.read(name).decode("utf-8-sig"))):
                # a spreadsheet reads a cell that begins so as a formula; a figure is none
                assert not [one for one in row if one.startswith(FORMULA) and "bold01" in one]


def test_geojson_and_geopackage_give_the_names_back_letter_by_letter(folder: Path, tmp_path: Path) -> None:
    found = json.loads(_written(folder, tmp_path, "export", "geojson", file="a.geojson").read_text("utf-8"))
    (site,) = (one for one in found["features"] if one["id"] == hostile.SITE)
    assert hostile.ALL in site["properties"].values()
    assert _written(folder, tmp_path, "export", "geopackage", file="a.gpkg").stat().st_size


@pytest.mark.parametrize(
    ("words", "file"), [(("export", "map"), "a.html"), (("kit",), "kit.html")], ids=["offline map", "kit"]
)
def test_a_page_for_a_phone_holds_no_tag_of_a_name(
    folder: Path, tmp_path: Path, words: tuple[str, ...], file: str
) -> None:
    content = _written(folder, tmp_path, *words, file=file).read_text("utf-8")
    assert _injected(content) == []
    assert "</script><b>29" not in content


def test_forms_and_projects_are_sound_xml(folder: Path, tmp_path: Path) -> None:
    for kind, ending in (("form", ".xml"), ("qfield", ".qgs")):
        with zipfile.ZipFile(_written(folder, tmp_path, "export", kind, file=f"{kind}.zip")) as made:
            names = [name for name in made.namelist() if name.endswith(ending)]
            assert names
            for name in names:
                ElementTree.fromstring(made.read(name))
                assert not [one for one in made.namelist() if ".." in one]


def test_documents_are_typeset(folder: Path, tmp_path: Path) -> None:
    codes = ("--sites", f"{hostile.SITE},KK-002,SP-001")
    for words, file in ((("export", "book_a4", *codes), "a.pdf"), (("brief", "--content", "en"), "b.pdf")):
        assert _written(folder, tmp_path, *words, file=file).read_bytes().startswith(b"%PDF")
