"""A person fills the whole form in ODK's browser engine, is corrected in Thai, and sends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.field.odk import web_forms

KEPT = Path(__file__).parent / "submissions" / "filled.xml"
NEW_EACH_TIME = {
    "start",
    "end",
    "today",
    "located_at",
    "deviceid",
    "criteria_version",
    "instanceID",
    "instanceName",
    "ramp__photo__1",
}

SITE, KINDS, PRESENT = "จุดสำรวจ", "ที่นี่สำรวจสิ่งใดบ้าง", "มีสิ่งที่จะสำรวจที่จุดนี้หรือไม่"
WIDTH, SLOPE, LENGTH = "ความกว้างสุทธิ เท่าใด", "ทางลาดชันกี่เปอร์เซ็นต์", "ทางลาดทุกช่วงรวมกันยาวเท่าใด"
SURFACE, HANDRAIL, HANDRAIL_HEIGHT = "พื้นผิวกันลื่นใช่หรือไม่", "มีราวจับอย่างน้อย 1 ด้านหรือไม่", "ความสูงราวจับ เท่าใด"
RUNS, LANDING = "ทางลาดมีกี่ช่วง", "ความยาวชานพัก เท่าใด"
THERE, NOT_THERE, YES, NO, CANNOT = "มี", "ไม่มี", "ใช่", "ไม่ใช่", "ตรวจไม่ได้/วัดไม่ได้"
FAR = "ตำแหน่งในทะเบียนถูกต้องใช่หรือไม่"


@pytest.fixture(scope="module")
def address(tmp_path_factory, xforms, sites_csv):
    files = {f"{name}.xml": xform.encode() for name, xform in xforms.items()} | {"attachments/sites.csv": sites_csv}
    with web_forms.served(tmp_path_factory.mktemp("page"), files) as where:
        yield where


@pytest.fixture(scope="module")
def opened(request, address):
    """Open a form on a phone that stands at the municipality office."""
    context = request.getfixturevalue("chromium").new_context(
        viewport={"width": 412, "height": 915},
        locale="th-TH",
        timezone_id="Asia/Bangkok",
        permissions=["geolocation"],
        geolocation={"latitude": 16.43046, "longitude": 102.82957, "accuracy": 8},
    )
    context.route("https://**", lambda route: route.abort())
    forms = []

    def open_(name="form"):
        forms.append(web_forms.Form(context.new_page(), address, f"{name}.xml"))
        return forms[-1]

    yield open_
    context.close()
    assert [broken for form in forms for broken in form.broken] == []


# to open a form takes longer than all that is done in it: the tests go through one, as a person does
@pytest.fixture(scope="module")
def form(opened):
    return opened()


@pytest.fixture(scope="module")
def ramp(opened):
    return opened("ramp")


def test_all_sites_are_listed_and_what_the_register_expects_there_is_told(form):
    offered = form.options(form.question(SITE))
    assert offered.count() == 85 + 1
    assert offered.first.inner_text() == "KK-001 ทางลาด สำนักงานเทศบาลนครขอนแก่น"
    assert offered.last.inner_text() == "ที่อื่น ไม่มีในรายการ"
    offered.first.click()
    expect(form.page.get_by_text("ทางลาด 1")).to_be_visible()


def test_a_place_outside_the_list_is_asked_by_name(form):
    assert not form.asks("ชื่อสถานที่และอยู่ตรงไหน")
    form.choose(form.question(SITE), "ที่อื่น")
    expect(form.question("ชื่อสถานที่และอยู่ตรงไหน")).to_be_visible()


def test_what_is_required_is_asked_for_in_thai_before_anything_is_sent(form):
    form.send.click()
    expect(form.page.get_by_text("กรุณาเลือกอย่างน้อย 1 อย่าง")).to_be_visible()
    expect(form.page.get_by_text("กรุณาเขียนชื่อหรือรหัสพนักงาน")).to_be_visible()
    assert form.page.evaluate("globalThis.sent") is None


def test_another_reading_is_asked_for_after_each_and_no_reason_beside_a_figure(ramp):
    assert not ramp.asks("ค่าที่ 2 จาก 3")
    expect(ramp.reason_for(SLOPE)).to_be_visible()
    ramp.type(SLOPE, "7.8")
    expect(ramp.question("ค่าที่ 2 จาก 3")).to_be_visible()
    assert not ramp.asks("ค่าที่ 3 จาก 3")
    assert "วัดไม่ได้" not in ramp.question(SLOPE).locator("xpath=..").inner_text()


def test_a_width_that_cannot_be_is_refused_in_thai_and_an_unusual_one_is_warned_of(ramp):
    ramp.type(WIDTH, "5001")
    expect(ramp.question(WIDTH).get_by_text("ต้องอยู่ในช่วง 0–5,000 ซม., 0–50,000 มม.")).to_be_visible()
    ramp.type(WIDTH, "39")
    expect(ramp.question(WIDTH).get_by_text("ต้องอยู่ในช่วง")).to_be_hidden()
    warning = ramp.page.get_by_text("ค่านี้ผิดปกติ กรุณาวัดซ้ำ (ปกติ 40–600 ซม., 400–6,000 มม., 0.4–6 ม.)")
    expect(warning).to_be_visible()
    ramp.type(WIDTH, "40")
    expect(warning).to_be_hidden()
    ramp.tap("เขียนระยะเป็น", "มม.")
    expect(warning).to_be_visible()
    ramp.type(WIDTH, "50001")
    expect(ramp.question(WIDTH).get_by_text("ต้องอยู่ในช่วง")).to_be_visible()
    expect(ramp.question(WIDTH)).to_contain_text("(มม.)")


@pytest.mark.parametrize(
    ("unit", "refused", "unusual", "usual"),
    [("เปอร์เซ็นต์ (%)", "100.1", "30.5", "30"), ("องศา (°)", "45.1", "17", "16"), ("1 ต่อเท่าไร (1:12)", "0.9", "3", "4")],
)
def test_a_slope_is_checked_in_the_unit_it_is_written_in(ramp, unit, refused, unusual, usual):
    ramp.tap("เขียนความลาดชันเป็น", unit)
    refusal = ramp.question(SLOPE).get_by_text("ต้องอยู่ในช่วง 0–100%, 0–45°, 1:1 หรือลาดน้อยกว่า")
    warning = ramp.page.get_by_text("ค่านี้ผิดปกติ กรุณาวัดซ้ำ (ปกติ 1–30%, 0.6–16.7°, 1:100–1:3.3)")
    ramp.type(SLOPE, refused)
    expect(refusal).to_be_visible()
    ramp.type(SLOPE, unusual)
    expect(refusal).to_be_hidden()
    expect(warning).to_be_visible()
    ramp.type(SLOPE, usual)
    expect(warning).to_be_hidden()


def test_only_what_can_still_matter_is_asked(ramp):
    assert ramp.asks(HANDRAIL_HEIGHT)
    assert ramp.asks(LANDING)
    ramp.tap(HANDRAIL, NOT_THERE)
    expect(ramp.question(HANDRAIL_HEIGHT)).to_be_hidden()
    ramp.type(RUNS, "1")
    expect(ramp.question(LANDING)).to_be_hidden()
    ramp.type(RUNS, "2")
    expect(ramp.question(LANDING)).to_be_visible()
    ramp.tap(PRESENT, NOT_THERE)
    expect(ramp.question(WIDTH)).to_be_hidden()
    expect(ramp.question("ภาพถ่ายที่ 1")).to_be_visible()


def test_a_kind_of_element_is_asked_about_only_where_it_is_surveyed(form):
    assert not form.asks(PRESENT)
    form.tap(KINDS, "ที่จอดรถคนพิการ")
    expect(form.question("ที่จอดรถทั้งหมดมีกี่คัน")).to_be_visible()
    assert not form.asks(SLOPE)


def test_a_whole_visit_is_filled_and_sent(opened, tmp_path):
    form = opened()
    photo = tmp_path / "ramp.jpg"
    Image.linear_gradient("L").resize((3000, 2000)).convert("RGB").save(photo)
    form.choose(form.question(SITE), "KK-001")
    form.type("ผู้สำรวจ", "สมชาย ใจดี")
    form.locate()
    form.tap(KINDS, "ทางลาด")
    form.choose(form.question("วัดความลาดชันด้วย"), "ระดับดิจิทัล")
    form.type("รหัสที่ตัวเครื่อง", "L-03")
    form.choose(form.question("วัดระยะด้วย"), "ตลับเมตร")
    form.type("ชื่อเรียก", "ฝั่งเหนือ")
    form.tap(PRESENT, THERE)
    form.type(WIDTH, "5001")
    form.send.click()
    assert form.page.evaluate("globalThis.sent") is None
    form.type(WIDTH, "85.5")
    for question, figure in ((SLOPE, "7.8"), ("ค่าที่ 2 จาก 3", "8.1"), ("ค่าที่ 3 จาก 3", "8.4"), (RUNS, "1")):
        form.type(question, figure)
    form.choose(form.reason_for(LENGTH), "มีสิ่งกีดขวาง")
    form.tap(SURFACE, CANNOT)
    form.choose(form.reason_for(SURFACE), "ไม่มีเครื่องมือ")
    form.tap(HANDRAIL, NOT_THERE)
    form.photograph("ภาพถ่ายที่ 1", photo)
    form.tap("เห็นคนในภาพหรือไม่", NO)
    form.type("หมายเหตุ", "น้ำขังหลังฝน")
    sent = form.sent()
    submission = sent.pop("xml_submission_file")["text"]
    answers = web_forms.leaves(submission)
    (picture,) = sent.values()
    assert answers["ramp__photo__1"] == picture["file"]
    assert (picture["width"], picture["height"]) == (1600, 1067)
    assert answers["instanceName"].startswith("KK-001 ")
    assert answers["instanceID"].startswith("uuid:")
    assert answers["site"] == "KK-001"
    assert answers["place"].split() == ["16.43046", "102.82957", "0.0", "8.0"]
    slopes = [answers[f"ramp__running_slope_pct__{number}"] for number in (1, 2, 3)]
    assert slopes == ["7.8", "8.1", "8.4"]
    assert answers["ramp__clear_width_mm__1"] == "85.5"
    assert answers["ramp__ramp_length_total_mm__why"] == "blocked"
    assert "ramp__handrail_height_mm__1" not in answers
    kept = web_forms.leaves(KEPT.read_text("utf-8"))
    assert _steady(answers) == _steady(kept)


def _steady(answers):
    assert answers.keys() >= NEW_EACH_TIME
    return {name: written for name, written in answers.items() if name not in NEW_EACH_TIME}


def test_on_the_map_a_place_that_is_not_there_is_written_down(opened):
    form = opened("map")
    expect(form.page.locator("canvas").first).to_be_visible()
    form.type("ชื่อสถานที่และอยู่ตรงไหน", "หน้าตลาด")
    form.type("ผู้สำรวจ", "สมชาย")
    form.tap(KINDS, "ป้าย")
    answers = web_forms.leaves(form.sent()["xml_submission_file"]["text"])
    assert (answers["site"], answers["place_name"]) == ("other", "หน้าตลาด")


def test_with_entities_the_site_sent_is_still_its_code_and_a_position_away_from_it_is_asked_about(opened):
    form = opened("entities")
    form.choose(form.question(SITE), "KK-001")
    form.locate()
    assert not form.asks(FAR)
    form.choose(form.question(SITE), "KK-002")
    form.type("ผู้สำรวจ", "สมชาย")
    expect(form.question(FAR)).to_contain_text("KK-002 อยู่ห่างจากจุดนี้ 1439 เมตร")
    form.tap(FAR, NO)
    expect(form.page.get_by_text("จับพิกัดใหม่ที่จุดสำรวจ เลือกจุดสำรวจอื่น")).to_be_visible()
    form.tap(FAR, YES)
    form.tap(KINDS, "ป้าย")
    answers = web_forms.leaves(form.sent()["xml_submission_file"]["text"])
    assert (answers["site"], answers["site_chosen"]) == ("KK-002", "KK-002")
    assert answers["place_confirmed"] == "yes"
