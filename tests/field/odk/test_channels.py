"""One visit is one survey, through whichever door and however often it comes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from audits.demo import seed
from audits.field import known as known_room
from audits.field.odk import export_files, leaves, submission_xml
from audits.store.register import register
from audits.store.surveys import attaching, quarantine, read
from tests.field.odk import exports
from tests.field.odk.conftest import NOW

VISIT = exports.Visit()
OTHER = exports.Visit(root=exports.TWICE_EDITED, version=exports.TWICE_EDITED, number=2).but(
    site="KK-002", ramp__photo__1=None, ramp__person=None
)
FILLED_IN_A_BROWSER = Path(__file__).parent / "submissions" / "filled.xml"

KINDS = {
    export_files.CENTRAL_JSON: exports.odata,
    export_files.CENTRAL_ZIP: exports.central_zip,
    export_files.CENTRAL_CSV: exports.central_csv,
    export_files.KOBO_JSON: exports.kobo_json,
    export_files.KOBO_CSV: exports.kobo_csv,
    export_files.KOBO_XLSX: exports.kobo_xlsx,
    export_files.SUBMISSION_XML: exports.xml,
}


def _outcomes(reception):
    return [one.outcome for one in reception.outcomes]


def test_no_kind_of_file_is_left_untried() -> None:
    assert set(KINDS) == set(export_files.KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_recognised_by_its_content(kind) -> None:
    assert export_files.recognise(KINDS[kind](VISIT), "download") == kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("one_store")
def test_every_kind_of_file_says_the_same_of_a_visit(kind, office) -> None:
    (arrival,) = office.read(KINDS[kind](VISIT), "sent").arrivals
    assert arrival.problems == ()
    visit = arrival.survey
    assert (visit.survey_id, visit.root_id, visit.site_code) == (exports.ROOT, exports.ROOT, "KK-001")
    assert visit.observed_at == dt.datetime(2026, 3, 2, 2, 30, tzinfo=dt.UTC)
    assert (visit.surveyor, visit.note) == ("สมชาย ใจดี", '=HYPERLINK("http://example.org")\nน้ำขัง')
    assert (visit.latitude, visit.longitude, visit.accuracy_m) == (16.43046, 102.82957, 8.5)
    assert [(one.element_id, one.label) for one in visit.elements] == [("KK-001.ramp.1", "ฝั่งเหนือ")]
    found = {(one.quantity, one.reading): one for one in visit.measurements}
    assert found["running_slope_pct", 1].value == pytest.approx(8.3)
    assert found["running_slope_pct", 2].as_written == "8.5%"
    assert found["running_slope_pct", 1].instrument == "digital_level/007"
    assert (found["clear_width_mm", 1].value, found["clear_width_mm", 1].as_written) == (850.0, "85 cm")
    assert (found["element_present", 1].value, found["handrail_present", 1].value) == (1.0, 0.0)
    assert found["ramp_length_total_mm", 1].not_measured_because == "blocked"
    assert found["surface_slip_resistant", 1].not_measured_because == "not_visible"
    assert len(found) == 7
    assert [(photo.name, photo.element_id, photo.contains_person) for photo in arrival.attachments] == [
        (exports.PHOTO, "KK-001.ramp.1", False)
    ]


def test_a_csv_zip_after_odata_changes_nothing(office) -> None:
    assert _outcomes(office.take(exports.odata(VISIT, OTHER))) == ["accepted", "accepted"]
    assert _outcomes(office.take(exports.central_zip(VISIT, OTHER))) == ["same", "same"]
    assert _outcomes(office.take(exports.xml(VISIT))) == ["same"]
    assert len(read.surveys(office.store)) == 2


def test_csv_and_xlsx_after_the_json_of_kobo_change_nothing(office) -> None:
    assert _outcomes(office.take(exports.kobo_json(VISIT, OTHER))) == ["accepted", "accepted"]
    for again in (exports.kobo_csv(VISIT), exports.kobo_xlsx(VISIT), exports.kobo_json(VISIT)):
        assert _outcomes(office.take(again)) == ["same"]
    assert _outcomes(office.take(exports.kobo_csv(VISIT, with_root=False))) == ["same"]
    assert _outcomes(office.take(exports.kobo_csv(VISIT, delimiter=",", grouped=False))) == ["same"]


@pytest.mark.parametrize("write", [exports.odata, exports.kobo_json, exports.central_zip])
def test_an_edited_submission_corrects_the_one_before(write, office) -> None:
    edited = VISIT.edited(ramp__clear_width_mm__1="90")
    twice = edited.edited(exports.TWICE_EDITED, ramp__clear_width_mm__1="95")
    assert _outcomes(office.take(write(VISIT))) == ["accepted"]
    assert _outcomes(office.take(write(edited))) == ["correction"]
    assert _outcomes(office.take(write(twice))) == ["correction"]
    assert _outcomes(office.take(write(twice))) == ["same"]
    standing = read.measurements(office.store)
    assert standing.loc[standing["quantity"] == "clear_width_mm", "value"].tolist() == [950.0]


def test_the_first_version_after_an_edited_one_is_held(office) -> None:
    edited = VISIT.edited(ramp__clear_width_mm__1="90")
    assert _outcomes(office.take(exports.odata(edited))) == ["accepted"]
    assert _outcomes(office.take(exports.odata(VISIT))) == ["held"]
    assert len(read.surveys(office.store)) == 1


@pytest.mark.parametrize("with_root", [True, False], ids=["new server", "server that names only the version before"])
def test_edits_of_kobo_are_joined_even_where_only_the_version_before_is_named(with_root, office) -> None:
    def page(visit):
        row = exports.kobo_row(visit)
        return json.dumps([row if with_root else {k: v for k, v in row.items() if k != "meta/rootUuid"}]).encode()

    edited = VISIT.edited(ramp__clear_width_mm__1="90")
    twice = edited.edited(exports.TWICE_EDITED, ramp__clear_width_mm__1="95")
    assert [_outcomes(office.take(page(one))) for one in (VISIT, edited, twice, twice)] == [
        ["accepted"],
        ["correction"],
        ["correction"],
        ["same"],
    ]


def test_a_csv_of_kobo_without_roots_says_that_it_does_not_see_edits(office) -> None:
    assert [one.kind.code for one in office.read(exports.kobo_csv(VISIT, with_root=False)).notices] == ["ODK-N21"]
    assert office.read(exports.kobo_csv(VISIT)).notices == ()


def test_other_content_under_a_known_id_is_a_conflict_and_both_are_kept(office) -> None:
    office.take(exports.odata(VISIT))
    assert _outcomes(office.take(exports.odata(VISIT.but(ramp__clear_width_mm__1="90")))) == ["conflict"]
    assert len(quarantine.held_rows(office.store)) == 1
    kept = {one.quantity: one.value for one in read.survey(office.store, exports.ROOT).measurements}
    assert kept["clear_width_mm"] == 850.0


def test_photos_of_a_zip_come_with_it_and_those_of_json_are_awaited(office) -> None:
    reception = office.take(exports.odata(VISIT))
    assert reception.outcomes[0].missing_photos == (exports.PHOTO,)
    assert attaching.missing(office.store)["name"].tolist() == [exports.PHOTO]
    office.take(exports.central_zip(VISIT, photos={exports.PHOTO: exports.jpeg()}))
    assert attaching.missing(office.store).empty
    shown = read.photos(office.store)
    assert shown["element_id"].tolist() == ["KK-001.ramp.1"]


@pytest.mark.usefixtures("one_store")
def test_a_photo_is_found_whatever_the_case_of_its_name(office) -> None:
    upper = {exports.PHOTO.upper(): exports.jpeg()}
    (arrival,) = office.read(exports.central_zip(VISIT, photos=upper)).arrivals
    assert [(one.name, one.content() == exports.jpeg()) for one in arrival.attachments] == [(exports.PHOTO, True)]
    received = submission_xml.read(exports.xml(VISIT), {exports.PHOTO.upper(): exports.jpeg})
    assert [
        one.name
        for one in leaves.read(received, known_room.of_store(office.store, office.book, NOW), "odk").attachments
    ] == [exports.PHOTO]
    twin = exports.Visit(root=exports.EDITED, version=exports.EDITED).but(ramp__photo__1=exports.PHOTO.upper())
    delivery = office.read(exports.central_zip(VISIT, twin, photos=upper))
    assert [one.attachments[0].content for one in delivery.arrivals] == [None, None]


def test_a_photo_that_two_submissions_name_goes_to_neither(office) -> None:
    twin = exports.Visit(root=exports.EDITED, version=exports.EDITED).but(site="KK-002")
    delivery = office.read(exports.central_zip(VISIT, twin, photos={exports.PHOTO: exports.jpeg()}))
    assert [one.attachments[0].content for one in delivery.arrivals] == [None, None]
    assert [one.kind.code for one in delivery.notices] == ["ODK-N12"]


@pytest.mark.usefixtures("one_store")
def test_what_a_browser_filled_in_is_read_without_a_problem(office) -> None:
    (arrival,) = office.read(FILLED_IN_A_BROWSER.read_bytes()).arrivals
    assert arrival.problems == ()
    assert arrival.survey.site_code == "KK-001"
    assert {one.quantity for one in arrival.survey.measurements} >= {"running_slope_pct", "clear_width_mm"}


def test_new_elements_are_told_before_they_are_added(office) -> None:
    new = VISIT.but(ramp__number="7")
    (notice,) = office.read(exports.odata(new)).notices
    assert (notice.kind.code, notice.values["elements"]) == ("RECEIVE-N01", "KK-001 ramp 7")
    assert office.read(exports.odata(VISIT)).notices == ()


def test_deleted_submissions_are_left_out_and_told(office) -> None:
    row = exports.odata_row(VISIT, deletedAt="2026-03-02T05:00:00Z")
    delivery = office.read(json.dumps({"value": [row]}).encode())
    assert delivery.arrivals == ()
    assert [(one.kind.code, one.values["count"]) for one in delivery.notices] == [("ODK-N11", 1)]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"value": [exports.odata_row(VISIT, reviewState="rejected")]}).encode(),
        json.dumps([exports.kobo_row(VISIT, _validation_status={"uid": "validation_status_not_approved"})]).encode(),
    ],
    ids=["central", "kobo"],
)
def test_what_was_rejected_on_its_server_is_held(content, office) -> None:
    assert _outcomes(office.take(content)) == ["held"]
    assert "rejected" in quarantine.held_rows(office.store)["reasons"].iloc[0][0]


def test_a_held_submission_is_held_once_and_taken_in_when_its_site_is_registered(office, store) -> None:
    sites, elements = seed.starter_sites(), seed.starter_elements()
    point = sites.loc["KK-003"].geometry
    content = exports.odata(VISIT.but(site="KK-003", place=f"{point.y:.5f} {point.x:.5f} 0.0 8.5"))
    assert [_outcomes(office.take(content)) for _ in range(2)] == [["held"], ["held"]]
    assert quarantine.held_rows(store)["decision"].tolist() == [""]
    register.add_sites(store, sites.loc[["KK-003"]], elements.iloc[:0], "admin", "found")
    assert _outcomes(office.take(content)) == ["accepted"]
    assert quarantine.held_rows(store)["decision"].tolist() == [quarantine.TAKEN_IN]


@pytest.mark.usefixtures("one_store")
def test_an_export_without_submissions_brings_none(office) -> None:
    empty = b'{"value":[],"@odata.context":"https://central.example.org/v1/x.svc/$metadata#Submissions"}'
    assert office.read(empty).arrivals == ()


@pytest.mark.usefixtures("one_store")
def test_choices_split_into_columns_are_put_together(office) -> None:
    row = exports.kobo_table(VISIT)
    del row["element_kinds"]
    content = (";".join(row) + "\n" + ";".join('"' + v.replace('"', '""') + '"' for v in row.values())).encode()
    (arrival,) = office.read(content).arrivals
    assert arrival.problems == ()
    assert arrival.survey.elements[0].kind == "ramp"
