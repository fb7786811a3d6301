"""Every channel asks for lengths in the municipality's one unit, and follows when it is changed in its one place."""

import dataclasses
import shutil

import pytest

from app_pages.parts.survey import question
from audits import wording
from audits.book import book_pages
from audits.field import answer_sheet
from audits.field.kit import rules as kit_rules
from audits.field.odk import names, xlsform
from audits.field.qfield import layout
from audits.rules import files

WIDTH = "clear_width_mm"
ENGLISH = wording.Wording("en")


@pytest.mark.parametrize("unit", ["cm", "mm", "m"])
def test_every_channel_asks_in_the_unit_of_the_municipality(unit, tmp_path, town):
    shutil.copytree(files.FOLDER, tmp_path / "criteria")
    settings = tmp_path / "criteria" / "units.yaml"
    settings.write_text(settings.read_text("utf-8").replace("length: cm", f"length: {unit}"), "utf-8")
    criteria = files.load_criteria(tmp_path / "criteria")
    width = criteria.quantities[WIDTH]

    paper = book_pages.question(width, criteria, ENGLISH)["unit"]
    record = dataclasses.replace(town.record(town.measured(), town.elements("KK-001.ramp.1")), criteria=criteria)
    kit = kit_rules.pack(record, {})["form_units"]["length"]
    rows = xlsform.sheets(criteria, version="1", kinds=["ramp"])["survey"]
    odk = next(row["default"] for row in rows if row["name"] == names.LENGTH_UNIT)
    qfield = {one.name: one.title for one in layout.fields(criteria, ENGLISH)}
    draft = answer_sheet.AnswerSheet("uuid:1", "KK-001", length_unit=criteria.units.length)

    assert (paper, kit, odk) == (unit, unit, unit)
    assert qfield[f"clear_width_{unit}"] == f"Clear width ({unit})"
    assert question.labelled(draft, width, ENGLISH) == f"Clear width ({unit})"
