from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
import pyxform
from pyxform import xls2xform

from audits import survey
from audits.field.odk import names, xlsform
from audits.rules import model
from tests.field.odk import conftest

VALIDATE = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
THAI = re.compile("[ก-๛]")


@pytest.fixture(scope="module")
def rows(book):
    return xlsform.sheets(book, version="1")["survey"]


@pytest.mark.parametrize("variant", conftest.VARIANTS)
def test_odk_validate_accepts_every_variant(variant, xforms, tmp_path):
    java = shutil.which("java")
    assert java, "a Java runtime is needed: ODK Validate is what phones run the form with"
    form = tmp_path / "form.xml"
    form.write_text(xforms[variant], "utf-8")
    done = subprocess.run([java, "-jar", VALIDATE, form], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Xform is valid" in done.stdout + done.stderr


@pytest.mark.parametrize("variant", conftest.VARIANTS)
def test_the_workbook_is_the_form_that_phones_get(variant, book, xforms):
    made = xlsform.workbook(xlsform.sheets(book, version="2026112200", **conftest.VARIANTS[variant]))
    converted = xls2xform.convert(io.BytesIO(made), validate=False, form_name="data", file_type=".xlsx")
    assert converted.warnings == []
    assert converted.xform == xforms[variant]


def test_the_same_form_gives_the_same_bytes_and_no_cell_is_a_formula(book):
    made = xlsform.workbook(xlsform.sheets(book, version="1"))
    assert made == xlsform.workbook(xlsform.sheets(book, version="1"))
    sheets = openpyxl.load_workbook(io.BytesIO(made))
    assert sheets.sheetnames == ["survey", "choices", "settings"]
    assert {cell.data_type for sheet in sheets for row in sheet for cell in row} <= {"s", "n"}


def test_a_version_grows_with_the_day_and_the_revision_and_ends_in_that_of_the_criteria(book):
    days = [(dt.date(2026, 9, 30), 0), (dt.date(2026, 9, 30), 11), (dt.date(2026, 10, 1), 0)]
    grown = [xlsform.version(book, *day) for day in days]
    assert grown == [f"{start} {book.version}" for start in ("2026093000", "2026093011", "2026100100")]


def test_every_text_is_there_in_thai_and_in_english(book):
    found = 0
    for rows in xlsform.sheets(book, version="1").values():
        for row in rows:
            for column in [column for column in row if column.endswith("::Thai (th)")]:
                thai, english = row[column], row[column.replace("Thai (th)", "English (en)")]
                assert THAI.search(thai) or not re.search("[a-z]{3}", re.sub(r"\$\{\w+\}", "", thai)), row
                assert english.strip(), row
                assert not THAI.search(english), row
                found += 1
    assert found > 1000


def test_whoever_is_refused_is_told_why(rows):
    for row in rows:
        assert not row.get("constraint") or row["constraint_message::Thai (th)"]
        assert not row.get("required") or row["required_message::Thai (th)"]


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
def test_every_question_of_the_criteria_is_asked_with_all_its_readings(kind, book, rows):
    asked = {row["name"] for row in rows}
    for quantity in model.questions(book, kind):
        about = quantity.quantity_id
        wanted = {names.part(kind, about, names.WHY)}
        if quantity.unit == "yes_no":
            wanted.add(names.of_element(kind, about))
        else:
            wanted |= {names.part(kind, about, number) for number in range(1, quantity.readings + 1)}
        assert wanted <= asked


def test_the_criteria_that_asked_travel_with_every_answer(book, xforms):
    assert f"'{book.version}'" in xforms["form"]
    assert f'nodeset="/data/{names.CRITERIA_VERSION}"' in xforms["form"]


def test_a_form_of_one_kind_asks_about_that_kind_and_has_it_chosen(book):
    rows = xlsform.sheets(book, version="1", kinds=("sign",))["survey"]
    assert {names.leaf(row["name"]).kind for row in rows} == {"", "sign"}
    assert [row["default"] for row in rows if row["name"] == names.ELEMENT_KINDS] == ["sign"]


def test_only_with_entities_does_a_visit_touch_the_list_of_the_server(xforms):
    assert "entities:" not in xforms["form"]
    assert 'dataset="sites"' in xforms["entities"]
    assert 'id=""' in xforms["entities"]
