"""Names and notes leave as data: no formula, no tag, no broken file, in every document and export."""

import csv
import datetime as dt
import html.parser
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits import record, wording
from audits.export import exporting
from audits.reports import contents
from audits.rules import files
from audits.store.db import connection, workspace
from layers import web_assets
from tests import hostile

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.record(demonstration_folder, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def exported(folder: Path) -> Callable[[str], bytes]:
    """Export the hostile sites in one form; the record is judged once for all forms."""
    web_assets.prepare()
    words = wording.Wording("en")
    with connection.open_store(workspace.Workspace(folder), create=False) as store:
        judged = record.read(store, files.load_criteria(), files.load_weights())
    options = contents.Options(dt.date(2026, 3, 5))
    made = contents.contents(judged, words, options=options, codes=[hostile.SITE, "KK-002", "SP-001"])
    return lambda kind: exporting.export(kind, made, words)[1]


def _run(folder: Path, *words: str) -> None:
    command = [*words, "--workspace", str(folder), "--lang", "en"]
    result = CliRunner().invoke(program.application, command, env={"JAIDEE_WORKSPACE": ""})
    assert result.exit_code == 0, result.output


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


def test_a_workbook_and_its_tables_hold_texts_and_no_formula(exported: Callable[[str], bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported("xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    hostile_cells = [cell for cell in cells if hostile.ALL in str(cell.value)]
    assert hostile_cells
    assert {(cell.data_type, cell.hyperlink) for cell in hostile_cells} == {("s", None)}
    with zipfile.ZipFile(io.BytesIO(exported("csv"))) as tables:
        for name in (each for each in tables.namelist() if each.endswith(".csv")):
            for row in csv.reader(io.StringIO(tables.read(name).decode("utf-8-sig"))):
                # a spreadsheet reads a cell that begins so as a formula
                assert not [one for one in row if one.startswith(FORMULA) and "bold01" in one]


def test_geojson_gives_the_names_back_letter_by_letter(exported: Callable[[str], bytes]) -> None:
    (site,) = (one for one in json.loads(exported("geojson"))["features"] if one["id"] == hostile.SITE)
    assert hostile.ALL in site["properties"].values()


def test_a_page_for_a_phone_holds_no_tag_of_a_name(
    exported: Callable[[str], bytes], folder: Path, tmp_path: Path
) -> None:
    _run(folder, "kit", str(tmp_path / "kit.html"))
    for content in (exported("map").decode(), (tmp_path / "kit.html").read_text("utf-8")):
        assert "bold01" in content
        assert _injected(content) == []
        assert "</script><b>29" not in content


def test_forms_and_projects_are_sound_xml(exported: Callable[[str], bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(exported("qfield"))) as package:
        (project,) = (name for name in package.namelist() if name.endswith(".qgz"))
        assert not [name for name in package.namelist() if ".." in name]
        inside = package.read(project)
    for made, ending in ((exported("form"), ".xml"), (inside, ".qgs")):
        with zipfile.ZipFile(io.BytesIO(made)) as zipped:
            (name,) = (name for name in zipped.namelist() if name.endswith(ending))
            ElementTree.fromstring(zipped.read(name))


def test_documents_are_typeset(exported: Callable[[str], bytes], folder: Path, tmp_path: Path) -> None:
    assert exported("book_a4").startswith(b"%PDF")
    _run(folder, "brief", str(tmp_path / "b.pdf"), "--content", "en")
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
    _run(folder, "transition-plan", str(tmp_path / "plan.docx"), "--content", "en")
    plan = docx.Document(str(tmp_path / "plan.docx"))
    texts = [cell.text for table in plan.tables for row in table.rows for cell in row.cells]
    assert any("bold01" in text for text in texts)
    assert not plan.element.body.xpath("//w:hyperlink | //w:fldSimple | //w:instrText")
