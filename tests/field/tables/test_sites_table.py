"""Prove that every row becomes a new site, a known one, or is held with its reason."""

from __future__ import annotations

import datetime as dt

import pytest

from audits.store.register import checks
from tests.field.tables import conftest

HEADER = "code,name,lat,lon"


def test_a_new_site_has_every_column_that_the_register_wants(understand) -> None:
    preview = understand("A-1,ตลาด,16.41,102.82", "A-2,Market,16.42,102.82")
    assert checks.of_frames(preview.sites.sites, preview.sites.elements) == ()
    assert preview.sites.sites.loc["A-1", ["name_th", "position_status"]].tolist() == ["ตลาด", "imported"]
    assert preview.sites.sites.loc["A-2", "name_en"] == "Market"
    assert preview.sites.elements.index.tolist() == ["A-1.ramp.1", "A-2.ramp.1"]


def test_what_was_assumed_is_told(understand) -> None:
    notices = [notice.kind.code for notice in understand("A-1,ตลาด,16.41,102.82").notices]
    assert notices == ["SITE-N07", "SITE-N02", "SITE-N03"]


def test_sites_without_a_code_get_one_that_is_free(understand) -> None:
    preview = understand("IM-001,x,16.41,102.82", ",y,16.42,102.82", ",z,16.43,102.82")
    assert preview.sites.sites.index.tolist() == ["IM-001", "IM-002", "IM-003"]


def test_the_register_and_the_file_are_searched_for_doubles(understand) -> None:
    preview = understand(
        "A-1,x,16.41,102.82",
        "A-1,x,16.41,102.82",
        "A-2,y,16.410001,102.820001",
        "KK-001,สถานีรถไฟ,16.4251,102.8231",
        "KK-001,ตลาด,16.4251,102.8231",
        "KK-001,สถานีรถไฟ,16.43,102.8231",
        ",Railway station,16.4251,102.8231",
        ",another,16.4251,102.8231",
        "SP-001,ลานหน้าเมือง,16.42,102.83",
    )
    assert conftest.held(preview) == {
        3: ["SITE-002"],
        6: ["SITE-003"],
        7: ["SITE-004"],
        9: ["SITE-005"],
    }
    assert preview.sites.same == ("KK-001", "SP-001")
    assert preview.accepted_count == 5


def test_a_new_site_without_a_place_is_held(understand) -> None:
    preview = understand("A-1,x,,", "KK-001,,,", ",x,,")
    assert conftest.held(preview) == {2: ["SITE-001"], 4: ["SITE-012"]}
    assert preview.held[0].problems[0].values["code"] == "A-1"


@pytest.mark.parametrize("code", ["kk-001", "KK-1", "KK 001", "kk001", "ＫＫ-๐๐๑"])
def test_a_registered_code_typed_another_way_makes_no_new_site(understand, code) -> None:
    preview = understand(f"{code},,16.4251,102.8231", f"{code},,,", f"{code},ตลาด,16.45,102.84")
    assert conftest.held(preview) == {2: ["SITE-010"], 3: ["SITE-010"]}
    assert "KK-001" in preview.rows[0].problems[0].sentence()
    # As far away as another site may well be, it is one, and still a question for the reader.
    assert preview.sites.sites.index.tolist() == [code]
    assert "SITE-N06" in [notice.kind.code for notice in preview.notices]


MEASURED = "code,name,lat,lon,observed_on,surveyor,clear_width_mm"


def test_every_new_site_is_announced_with_its_row(understand) -> None:
    (notice, *_) = understand("KK-999,,16.43220,102.8236").notices
    assert notice.sentence() == (
        "row 2: KK-999 is not in the register; when an engineer brings the table in, it is registered anew at "
        "16.43220, 102.82360; correct the code if it is "
        "a typing error"
    )
    many = understand(*(f"N-{n},,16.4{n:02},102.8" for n in range(20))).notices
    told = [one for one in many if one.kind.code in ("SITE-N07", "SITE-N08")]
    assert len(told) == 9
    assert "12; check their codes: N-8 (10), N-9 (11)" in told[-1].sentence()


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        # one sign beside KK-001, within reach of it
        ("KK-0O1,,16.4253,102.8233,2026-11-15,x,900", ["SITE-011"]),
        ("KK-010,สถานีรถไฟ,16.4253,102.8233,2026-11-15,x,900", ["SITE-011"]),
        # in its very place
        ("X-7,,16.42512,102.82312,2026-11-15,x,900", ["SITE-011"]),
        ("X-7,,16.42512,102.82312,,,", ["SITE-011"]),
        # a name of its own, or another place
        ("KK-0O1,ตลาดสด,16.4253,102.8233,2026-11-15,x,900", []),
        ("KK-0O1,,16.4353,102.8233,2026-11-15,x,900", []),
        ("KK-002,,16.4253,102.8233,,,", []),
    ],
)
def test_a_mistyped_code_makes_no_new_site_where_the_other_stands(understand, row, kinds) -> None:
    preview = understand(row, header=MEASURED)
    assert [problem.kind.code for problem in preview.rows[0].problems] == kinds
    assert len(preview.sites.sites) == (0 if kinds else 1)
    assert not kinds or "write KK-001" in preview.rows[0].problems[0].sentence()


def test_every_fault_of_a_row_is_told_at_once(understand) -> None:
    header = "code,lat,lon,kind,setting,zone,permitted_on"
    preview = understand("A-1,0,0,สะพาน,ดวงจันทร์,ทิศเหนือ,31/02/2560", header=header)
    assert conftest.held(preview) == {2: ["PLACE-001", "SITE-006", "SITE-007", "SITE-008", "DAY-003"]}


def test_stated_fields_are_kept(understand) -> None:
    header = "code,lat,lon,ประเภท,setting,เขต,ถนน,permitted_on,element"
    row = "A-1,16.41,102.82,พื้นที่สาธารณะ,park,เขต ๓,ถนนศรีจันทร์,1/6/2560,ห้องน้ำ"
    preview = understand(row, header=header)
    site = preview.sites.sites.loc["A-1"]
    assert site[["kind", "setting", "zone", "zone_basis", "street_th"]].tolist() == [
        "space",
        "park",
        3,
        "named",
        "ถนนศรีจันทร์",
    ]
    assert preview.sites.elements.loc["A-1.toilet.1", "permitted_on"] == dt.date(2017, 6, 1)


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        (["R-1,ตลาดสดหนองแวง,16.43,102.83", "R-2,หอสมุดประชาชน,16.430005,102.83"], ["SITE-N04"]),
        (["R-1,โรงพยาบาลศูนย์,16.43,102.83", "R-2,โรงพยาบาลศูย์,16.44,102.84"], ["SITE-N05"]),
        (["R-1,สถานีรถไฟ,16.44,102.84"], ["SITE-N05"]),
        (["R-1,ตลาด,16.43,102.83", "R-2,ตลาด ,16.4301,102.83"], ["SITE-N05"]),
        (["R-1,วัด 1,16.43,102.83", "R-2,วัด 2,16.44,102.83"], []),
        (["R-1,Central library gate 1,16.43,102.83", "R-2,Central library gate 2,16.44,102.84"], []),
        (["R-1,ตลาดสดหนองแวง,16.43,102.83", "R-2,หอสมุดประชาชน,16.44,102.84"], []),
    ],
)
def test_codes_of_nearly_one_name_or_place_are_taken_with_a_notice(understand, rows, kinds) -> None:
    preview = understand(*rows)
    assert conftest.held(preview) == {}
    assert len(preview.sites.sites) == len(rows)
    found = [one.kind.code for one in preview.notices]
    assert [code for code in found if code in ("SITE-N04", "SITE-N05")] == kinds


HEADER_OF_PLACES = "code,name,lat,lon,date,surveyor,place found,accuracy,element,clear width (cm)"


@pytest.mark.parametrize(
    ("row", "held", "expected"),
    [
        ("KK-001,,16.4251,102.8231,15/11/2568,ก,here,6,ramp,90", {}, ("here", 16.4251, 6.0, 1)),
        ("KK-001,,16.4290,102.8231,15/11/2568,ก,ย้าย,6,ramp,90", {}, ("moved", 16.4290, 6.0, 1)),
        ("KK-001,,,,15/11/2568,ก,ไม่พบ,,,", {}, ("not_found", None, None, 0)),
        ("KK-001,,,,,ก,not found,,,", {2: ["SURVEY-002"]}, None),
        ("KK-001,,,,15/11/2568,ก,perhaps,,ramp,90", {2: ["PLACE-004"]}, None),
    ],
)
def test_a_row_may_answer_for_the_place(understand, row, held, expected) -> None:
    preview = understand(row, header=HEADER_OF_PLACES)
    assert conftest.held(preview) == held
    found = [(one.place, one.latitude, one.accuracy_m, len(one.measurements)) for one in preview.surveys]
    assert found == ([expected] if expected else [])
