"""Every row that comes back is a survey with the values that were written, or says what is wrong with it."""

import datetime as dt
import io
import json
import math
import uuid

import pytest
from PIL import Image

from audits import survey, wording
from audits.field import answers, arrivals, receiving
from audits.field.qfield import layout, returning
from audits.field.tables import surveys_table
from audits.formats import cells, days
from audits.rules import model
from audits.store.db import connection, workspace
from audits.store.register import register
from audits.store.surveys import attaching, read, survey_checks

NOON = dt.datetime(2026, 3, 6, 5, 0, tzinfo=dt.UTC)
NUMBER = "0f1e2d3c-4b5a-4697-8877-665544332211"


@pytest.fixture
def store(record, tmp_path):
    """Return a store with the sites of the package, KK-001 confirmed to 10 m."""
    sites = record.sites.drop(columns="position_note").dropna(subset="geometry")
    sites.loc["KK-001", ["position_status", "position_accuracy_m"]] = ("confirmed", 10.0)
    elements = record.elements.loc[record.elements["site_code"].isin(sites.index)]
    with connection.open_store(workspace.Workspace(tmp_path / "work")) as opened:
        register.add_sites(opened, sites.assign(position_note=""), elements, "admin", "new")
        yield opened


@pytest.fixture
def only(phone, sent):
    """Write one row and return what arrives of it."""

    def arrival(**cells_written):
        phone.add(**cells_written)
        (one,) = sent(phone.table()).arrivals
        return one

    return arrival


def kinds(arrival):
    return [problem.kind for problem in arrival.problems]


def test_every_value_comes_back_as_it_was_written(phone, sent, book):
    written = {
        "uuid": NUMBER,
        "element_label": "ทางเข้าด้านเหนือ",
        "slope_instrument": "level_and_tape",
        "length_instrument": "laser_distance_meter",
        "accuracy_m": 4.5,
        "element_present": "yes",
        "running_slope_pct": 8.33,
        "running_slope_pct__2": 8.1,
        "running_slope_pct__3": 8.100000000000001,
        "clear_width_cm": 90.0,
        "runs_count": 2,
        "handrail_present": "no",
        "landing_length_mm__why": "blocked",
        "note": "ฝนตก พื้นเปียก",
    }
    line = phone.add((102.8231, 16.4251), **written)
    delivery = sent(phone.table())
    (arrival,) = delivery.arrivals
    one = arrival.survey
    assert (delivery.source, delivery.file_name, len(delivery.file_sha256)) == ("qfield", "trip.zip", 64)
    assert (arrival.line, arrival.problems, arrival.attachments, delivery.notices) == (line, (), (), ())
    assert (one.survey_id, one.site_code, one.source) == (f"uuid:{NUMBER}", "KK-001", "qfield")
    assert (one.surveyor, one.note, one.form_version) == ("สมชาย ใจดี", "ฝนตก พื้นเปียก", book.version)
    assert one.observed_at == dt.datetime(2026, 3, 5, 9, 39, 35, tzinfo=dt.UTC)
    assert (one.longitude, one.latitude, one.accuracy_m) == (102.8231, 16.4251, 4.5)
    assert one.elements == (survey.Element("KK-001.ramp.1", "ramp", "ทางเข้าด้านเหนือ"),)
    found = {(each.quantity, each.reading): each for each in one.measurements}
    assert {key: each.value for key, each in found.items()} == {
        ("element_present", 1): 1.0,
        ("running_slope_pct", 1): 8.33,
        ("running_slope_pct", 2): 8.1,
        ("running_slope_pct", 3): 8.100000000000001,
        ("clear_width_mm", 1): 900.0,
        ("runs_count", 1): 2.0,
        ("handrail_present", 1): 0.0,
        ("landing_length_mm", 1): None,
    }
    assert found["running_slope_pct", 1].instrument == "level_and_tape"
    assert found["clear_width_mm", 1].instrument == "laser_distance_meter"
    assert found["clear_width_mm", 1].as_written == "90 cm"
    assert found["landing_length_mm", 1].not_measured_because == "blocked"


def test_every_question_of_every_kind_comes_back(phone, sent, book):
    wanted = {}
    for kind in survey.ELEMENT_KINDS:
        asked = model.questions(book, kind)
        values = {one.quantity_id: one.usual[0] if one.unit != "yes_no" else "yes" for one in asked}
        if kind == "ramp":
            # long enough for its rise at its slope
            values["ramp_length_total_mm"] = 100 * values["rise_mm"] / max(values["running_slope_pct"], 1.0)
        typed = {
            layout.reading_names(one, "cm")[0]: value / 10 if one.unit == "mm" else value
            for one, value in zip(asked, values.values(), strict=True)
        }
        line = phone.add(element_kind=kind, element_number=7, unusual_is_right=1, **typed)
        wanted[line] = {name: 1.0 if value == "yes" else value for name, value in values.items()}
    for arrival in sent(phone.table()).arrivals:
        assert arrival.problems == ()
        assert {one.quantity: one.value for one in arrival.survey.measurements} == wanted[arrival.line]


def test_the_row_is_kept_as_it_came(only):
    arrival = only(uuid=NUMBER, note="ลื่น", clear_width_cm=90.0)
    raw = json.loads(arrival.raw)
    assert (raw["uuid"], raw["note"], raw["clear_width_cm"]) == (NUMBER, "ลื่น", 90.0)
    assert raw["geom"].startswith("4750")
    assert "ลื่น" in arrival.raw


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-05T16:39:35.000", "2026-03-05T09:39:35+00:00"),
        ("2026-03-05 16:39", "2026-03-05T09:39:00+00:00"),
        ("2026-03-05T16:39:35.000Z", "2026-03-05T16:39:35+00:00"),
        ("2026-03-05T16:39:35+07:00", "2026-03-05T09:39:35+00:00"),
        ("2026-03-05T16:39:35-05:00", "2026-03-05T21:39:35+00:00"),
        ("2569-03-05T16:39:35", "2026-03-05T09:39:35+00:00"),
    ],
)
def test_a_time_without_zone_is_that_of_bangkok(only, written, instant):
    arrival = only(observed_at=written, clear_width_cm=90.0)
    assert arrival.problems == ()
    assert arrival.survey.observed_at.astimezone(dt.UTC).isoformat() == instant


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("2026-03-07T00:00:00", days.FUTURE_DAY),
        ("2026-03-06T18:00:00Z", days.FUTURE_DAY),
        ("0569-03-05T00:00:00", days.TOO_OLD),
        ("yesterday", returning.NOT_A_MOMENT),
        ("0001-01-01T00:00:00+12:00", days.TOO_OLD),
        (None, returning.NOT_A_MOMENT),
    ],
)
def test_a_time_that_cannot_be_is_held(only, written, kind):
    arrival = only(observed_at=written, clear_width_cm=90.0)
    assert arrival.survey is None
    assert kinds(arrival) == [kind]


def test_a_visit_of_today_is_taken(only):
    assert only(observed_at="2026-03-06T23:59:00", clear_width_cm=90.0).problems == ()


def test_a_registered_element_keeps_its_name_and_another_number_is_a_new_one(phone, sent, record):
    phone.add(clear_width_cm=90.0)
    phone.add(clear_width_cm=90.0, element_number=4, element_label="หลังอาคาร")
    phone.add(clear_width_cm=90.0, element_number=None)
    found = [arrival.survey.elements for arrival in sent(phone.table()).arrivals]
    registered = record.elements.loc["KK-001.ramp.1", "label"]
    assert found == [
        (survey.Element("KK-001.ramp.1", "ramp", registered),),
        (survey.Element("KK-001.ramp.4", "ramp", "หลังอาคาร"),),
        (survey.Element("KK-001.ramp.1", "ramp", registered),),
    ]


@pytest.mark.parametrize("number", [0, -1, 1000, 2**62, 1.5, "ห้า"])
def test_a_number_that_numbers_no_element_is_held(only, number):
    arrival = only(element_number=number, clear_width_cm=90.0)
    assert kinds(arrival) == [returning.NO_ELEMENT_NUMBER]


def test_a_site_that_nobody_knows_is_held_with_what_was_measured(only):
    arrival = only(site_code="XX-999", clear_width_cm=90.0)
    assert kinds(arrival) == [survey_checks.UNKNOWN_SITE]
    assert arrival.survey.measurements[0].value == 900.0


@pytest.mark.parametrize("code", [None, "", "  "])
def test_a_row_without_a_site_is_held(only, code):
    assert kinds(only(site_code=code, clear_width_cm=90.0)) == [survey_checks.EMPTY]


@pytest.mark.parametrize("kind", [None, "escalator", "ทางลาด"])
def test_a_kind_that_nobody_knows_is_held(only, kind):
    arrival = only(element_kind=kind, clear_width_cm=90.0)
    assert kinds(arrival) == [surveys_table.UNKNOWN_ELEMENT_KIND]
    assert arrival.survey is None


@pytest.mark.parametrize("name", [None, "", "   "])
def test_a_row_without_a_surveyor_is_held(only, name):
    assert kinds(only(surveyor=name, clear_width_cm=90.0)) == [surveys_table.NO_SURVEYOR]


@pytest.mark.parametrize("number", [None, "", "7", "not-a-number", 5])
def test_a_row_without_its_record_number_is_held(only, number):
    assert kinds(only(uuid=number, clear_width_cm=90.0)) == [returning.NO_NUMBER]


def test_a_record_number_is_one_however_it_is_written(only):
    arrival = only(uuid="{" + NUMBER.upper() + "}", clear_width_cm=90.0)
    assert arrival.survey.survey_id == f"uuid:{NUMBER}"


def test_a_copied_point_is_held_and_the_first_is_taken(phone, sent):
    first = phone.add(uuid=NUMBER, clear_width_cm=90.0)
    phone.add(uuid=NUMBER.upper(), clear_width_cm=120.0)
    original, copy = sent(phone.table()).arrivals
    assert original.problems == ()
    assert kinds(copy) == [returning.SAME_NUMBER]
    assert copy.problems[0].values == {"line": first}
    assert copy.survey.survey_id == original.survey.survey_id


def test_a_row_edited_after_it_was_sent_comes_again_with_the_same_number(phone, sent):
    phone.add(uuid=NUMBER, clear_width_cm=90.0)
    before = sent(phone.table()).arrivals[0].survey
    again = sent(phone.table()).arrivals[0].survey
    phone.run("UPDATE field_survey SET clear_width_cm = 120")
    after = sent(phone.table()).arrivals[0].survey
    assert survey.content_sha256(again) == survey.content_sha256(before)
    assert after.survey_id == before.survey_id
    assert survey.content_sha256(after) != survey.content_sha256(before)


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("clear_width_cm", "กว้างพอ", cells.NOT_A_LENGTH),
        ("clear_width_cm", 99999.0, answers.OUT_OF_RANGE),
        ("clear_width_cm", -5.0, cells.NEGATIVE),
        ("clear_width_cm", math.inf, cells.NOT_FINITE),
        ("clear_width_cm", b"\x00\x01", cells.NOT_A_LENGTH),
        ("running_slope_pct__2", 101.0, cells.SLOPE_RANGE),
        ("runs_count", 2.5, cells.NOT_A_COUNT),
        ("handrail_present", "maybe", cells.NOT_YES_OR_NO),
        ("clear_width_mm__why", "lazy", returning.UNKNOWN_REASON),
        ("slope_instrument", "tape_measure", surveys_table.UNKNOWN_INSTRUMENT),
        ("length_instrument", "my foot", surveys_table.UNKNOWN_INSTRUMENT),
        ("accuracy_m", "good", cells.NOT_A_NUMBER),
        ("accuracy_m", -1.0, cells.NEGATIVE),
        ("pan_height_cm", 45.0, surveys_table.NOT_ON_ELEMENT),
    ],
)
def test_a_value_that_cannot_be_is_held_with_its_place(only, column, value, kind):
    arrival = only(**{column: value})
    assert kinds(arrival) == [kind]
    assert column.partition("__")[0].removesuffix("_cm") in arrival.problems[0].where
    json.loads(arrival.raw)


def test_a_value_and_a_reason_why_not_is_held(only):
    arrival = only(clear_width_cm=90.0, clear_width_mm__why="no_time")
    assert kinds(arrival) == [survey_checks.REASON_TOO_MANY]


def test_all_that_is_wrong_is_said_at_once(only):
    arrival = only(site_code="XX-1", surveyor="", observed_at="soon", clear_width_cm=9999.9, runs_count=2.5)
    assert set(kinds(arrival)) == {
        survey_checks.UNKNOWN_SITE,
        surveys_table.NO_SURVEYOR,
        returning.NOT_A_MOMENT,
        answers.OUT_OF_RANGE,
        cells.NOT_A_COUNT,
    }


def test_an_empty_point_is_held_and_a_note_or_a_reason_alone_is_taken(phone, sent):
    phone.add()
    phone.add(note="ปิดซ่อม")
    phone.add(clear_width_mm__why="unsafe")
    empty, noted, reasoned = sent(phone.table()).arrivals
    assert kinds(empty) == [returning.NO_ANSWER]
    assert noted.problems == reasoned.problems == ()


def test_what_came_back_is_received_once_and_an_edited_row_is_put_aside(phone, sent, store, record):
    point = record.sites.geometry["KK-001"]
    phone.add((point.x, point.y), uuid=NUMBER, clear_width_cm=90.0, photo_1="DCIM/1.png")
    target = io.BytesIO()
    Image.new("RGB", (8, 6), "green").save(target, "PNG")

    def outcomes():
        delivery = sent(phone.zipped({"DCIM/1.png": target.getvalue()}))
        received = receiving.receive(store, delivery, "engineer", words=wording.Wording("en"), received_at=NOON)
        return [one.outcome for one in received.outcomes]

    assert outcomes() == ["accepted"]
    assert outcomes() == ["same"]
    assert attaching.attached(store, f"uuid:{NUMBER}") == {"DCIM/1.png"}
    assert read.survey(store, f"uuid:{NUMBER}").measurements[0].value == 900.0
    phone.run("UPDATE field_survey SET clear_width_cm = 120")
    assert outcomes() == ["conflict"]


@pytest.mark.usefixtures("one_store")
def test_a_trip_is_rehearsed_as_it_is_received_and_impossible_days_are_held(phone, sent, store, record):
    point = record.sites.geometry["KK-001"]
    for day in ("1970-01-01", "2016-03-05", "1968-03-05", "2569-03-05", "2026-03-05"):
        phone.add((point.x, point.y), observed_at=f"{day}T10:00:00", clear_width_cm=90.0, element_number=2)
    delivery, words = sent(phone.table()), wording.Wording("en")
    with connection.rehearsal(store) as trial:
        foreseen = receiving.receive(trial, delivery, "e", words=words, received_at=NOON)
    received = receiving.receive(store, delivery, "e", words=words, received_at=NOON)
    assert [one.outcome for one in received.outcomes] == ["held", "held", "held", "accepted", "accepted"]
    assert [(one.outcome, one.problems) for one in foreseen.outcomes] == [
        (one.outcome, one.problems) for one in received.outcomes
    ]
    (notice,) = [one for one in delivery.notices if one.kind is arrivals.NEW_ELEMENTS]
    assert notice.values["elements"] == "KK-001 ramp 2"


def test_the_time_of_the_position_is_kept_beside_the_time_of_the_visit(only):
    taken = only(located_at="2026-03-05T09:41:00Z", clear_width_cm=90.0)
    assert (taken.problems, taken.survey.located_at) == ((), dt.datetime(2026, 3, 5, 9, 41, tzinfo=dt.UTC))


def test_a_point_set_by_hand_has_no_time_of_its_own(only):
    assert only(located_at="", clear_width_cm=90.0).survey.located_at is None


def test_a_point_far_from_a_confirmed_site_is_held_by_whoever_receives_it(phone, sent, store, record):
    point = record.sites.geometry["KK-001"]
    metre = 1 / 111_195
    for metres, accuracy_m in ((109, None), (112, None), (112, 5.0), (5_000, 20.0)):
        phone.add((point.x, point.y + metres * metre), accuracy_m=accuracy_m, clear_width_cm=90.0)
    received = receiving.receive(store, sent(phone.table()), "e", words=wording.Wording("en"), received_at=NOON)
    assert [one.outcome for one in received.outcomes] == ["accepted", "held", "accepted", "held"]


def test_a_row_without_a_point_is_taken_without_a_place(phone, sent):
    phone.add(None, clear_width_cm=90.0)
    (arrival,) = sent(phone.table()).arrivals
    assert arrival.problems == ()
    assert (arrival.survey.latitude, arrival.survey.longitude, arrival.survey.accuracy_m) == (None, None, None)


@pytest.mark.parametrize("geometry", [b"GP", b"rubbish" * 9, "POINT (1 2)"])
def test_a_point_that_cannot_be_read_is_held(only, geometry):
    assert kinds(only(geom=geometry, clear_width_cm=90.0)) == [returning.NO_PLACE]


def test_photos_come_with_the_element_and_the_mark_of_a_person(phone, sent):
    phone.add(photo_1="DCIM/1.jpg", photo_3="DCIM/gone.jpg", photo_has_person=1)
    (arrival,) = sent(phone.zipped({"DCIM/1.jpg": b"picture"})).arrivals
    came, missing = arrival.attachments
    assert arrival.problems == ()
    assert (came.name, came.element_id, came.contains_person) == ("DCIM/1.jpg", "KK-001.ramp.1", True)
    assert came.content() == b"picture"
    assert (missing.name, missing.content) == ("DCIM/gone.jpg", None)
    assert arrival.survey.photos == ()
    assert [one.element_id for one in arrival.survey.elements] == ["KK-001.ramp.1"]


@pytest.mark.parametrize(("mark", "person"), [(0, False), (1, True), (None, False), ("false", False), ("หนึ่งคน", True)])
def test_anything_but_a_clear_no_is_taken_as_a_person(only, mark, person):
    arrival = only(photo_1="DCIM/1.jpg", photo_has_person=mark)
    assert arrival.attachments[0].contains_person is person


def test_unusual_values_and_strange_columns_are_said_before_anything_is_taken(phone, sent):
    phone.run("ALTER TABLE field_survey ADD COLUMN mood TEXT")
    phone.run("ALTER TABLE field_survey ADD COLUMN never_filled TEXT")
    line = phone.add(clear_width_cm=700.0, unusual_is_right=1, mood="ร้อน")
    delivery = sent(phone.table())
    (unusual,) = delivery.notices
    assert delivery.overview.unused_columns == ("mood",)
    assert (unusual.kind, unusual.where) == (surveys_table.UNUSUAL, "Clear width")
    assert unusual.values == {"count": 1, "lines": str(line)}


def test_a_figure_with_two_readings_is_held_until_somebody_says_that_it_is_right(phone, sent):
    phone.add(clear_width_cm=900.0)
    phone.add(clear_width_cm=900.0, unusual_is_right=1)
    asked, taken = sent(phone.table()).arrivals
    assert kinds(asked) == [answers.WHICH_READING]
    (sure,) = taken.survey.measurements
    assert (sure.value, sure.as_written) == (9000.0, "900 cm ✓")


def test_a_package_made_for_another_unit_is_read_in_that_unit(phone, sent):
    phone.run("ALTER TABLE field_survey RENAME COLUMN clear_width_cm TO clear_width_mm")
    phone.add(clear_width_mm=900.0)
    (arrival,) = sent(phone.table()).arrivals
    (one,) = arrival.survey.measurements
    assert (arrival.problems, one.value, one.as_written) == ((), 900.0, "900 mm")


def test_the_version_of_the_form_is_the_one_that_asked(phone, sent):
    phone.run("UPDATE gpkg_contents SET description = 'criteria abc123' WHERE table_name = 'field_survey'")
    phone.add(clear_width_cm=90.0)
    assert sent(phone.table()).arrivals[0].survey.form_version == "abc123"


def test_a_form_of_an_older_version_without_a_column_is_read(phone, sent):
    phone.run("ALTER TABLE field_survey DROP COLUMN clear_width_mm__why")
    phone.run("ALTER TABLE field_survey DROP COLUMN accuracy_m")
    phone.add(clear_width_cm=90.0)
    assert sent(phone.table()).arrivals[0].problems == ()


def test_an_untouched_package_brings_nothing(packed, sent):
    assert sent(packed).arrivals == ()


def test_hostile_texts_stay_texts(only):
    hostile = "'; DROP TABLE survey; -- <script>alert(1)</script> {0} %s"
    arrival = only(note=hostile, element_label=hostile, surveyor=hostile)
    assert arrival.problems == ()
    assert (arrival.survey.note, arrival.survey.surveyor) == (hostile, hostile)


def test_every_row_of_a_long_trip_arrives_in_order(phone, sent):
    lines = [phone.add(uuid=str(uuid.uuid4()), clear_width_cm=90.0 + number) for number in range(200)]
    found = sent(phone.table()).arrivals
    assert [one.line for one in found] == lines
    assert [one.survey.measurements[0].value for one in found] == [900.0 + 10 * number for number in range(200)]


@pytest.mark.parametrize("place", ["here", "moved", "not_found"])
def test_a_row_answers_for_the_place(only, place):
    arrival = only(place_found=place, clear_width_cm=90)
    assert (arrival.problems, arrival.survey.place) == ((), place)


def test_a_site_that_was_not_found_needs_no_measurement(only):
    assert only(place_found="not_found").problems == ()


def test_an_unknown_word_for_the_place_is_refused(only):
    assert kinds(only(place_found="yonder", clear_width_cm=90)) == [survey_checks.UNKNOWN_PLACE]
