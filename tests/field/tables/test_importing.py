"""Prove that a table is shown before it is taken in, and taken in once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from audits import errors, roles, wording
from audits.field.tables import import_receipts, importing, profile
from audits.rules import model
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.register import register
from audits.store.surveys import quarantine, read

TODAY = dt.date(2026, 11, 22)
HEADER = "รหัสจุด,ชื่อ,ละติจูด,ลองจิจูด,วันที่สำรวจ,ผู้สำรวจ,ความกว้างสุทธิ (ซม.)"
GOOD = "A-1,ตลาด,16.41,102.82,15/11/2568,สมชาย,90"
NO_CODE = ",สวน,16.42,102.83,15/11/2568,สมชาย,120"
BAD = "A-3,วัด,16.43,102.84,15/11/68,สมชาย,กว้าง"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[connection.Store]:
    with connection.open_store(workspace.Workspace(tmp_path / "workspace")) as opened:
        yield opened


def understand(store: connection.Store, book: model.Criteria, *rows: str) -> importing.Preview:
    content = "\n".join((HEADER, *rows)).encode("cp874")
    return importing.preview(content, "list.csv", book, read.sites(store), read.elements(store), TODAY)


def test_nothing_is_written_before_it_was_shown(store: connection.Store, book: model.Criteria) -> None:
    before = read.head(store)
    preview = understand(store, book, GOOD, NO_CODE, BAD)
    assert read.head(store) == before
    assert preview.understood[-1] == ("ความกว้างสุทธิ (ซม.)", "clear_width_mm")
    assert (preview.row_count, preview.accepted_count) == (3, 2)


def test_a_table_is_taken_in_and_the_refused_row_is_kept_with_its_reasons(
    store: connection.Store, book: model.Criteria
) -> None:
    receipt = importing.commit(store, understand(store, book, GOOD, NO_CODE, BAD), "engineer", wording.Wording("en"))
    assert receipt.as_record() == {
        "sites_accepted": 2,
        "sites_same": 0,
        "surveys_accepted": 2,
        "surveys_same": 0,
        "corrections": 0,
        "conflicts": 0,
        "held": 1,
        "batch": 1,
        "accepted": 4,
        "same": 0,
    }
    assert read.sites(store).index.tolist() == ["A-1", "IM-001"]
    assert read.measurements(store)["value"].tolist() == [900.0, 1200.0]
    (row,) = quarantine.held_rows(store).itertuples()
    assert (row.line, json.loads(row.raw)["ชื่อ"]) == (4, "วัด")
    assert ["short year" in reason for reason in row.reasons] == [False, True]
    assert verify.verify(store).problems == ()


def test_the_same_file_again_changes_nothing(store: connection.Store, book: model.Criteria) -> None:
    preview = understand(store, book, GOOD, NO_CODE, BAD)
    importing.commit(store, preview, "engineer")
    head = read.head(store)
    for again in (preview, understand(store, book, GOOD, NO_CODE, BAD)):
        receipt = importing.commit(store, again, "engineer")
        assert (receipt.accepted, receipt.same, receipt.held) == (0, 4, 1)
        # two rows, each of a site and its survey
        assert receipt.same_rows == 2
    assert read.head(store) == head
    assert len(quarantine.held_rows(store)) == 1


def test_of_held_rows_none_is_here_already(store: connection.Store, book: model.Criteria) -> None:
    importing.commit(store, understand(store, book, GOOD), "engineer")
    held = [GOOD.replace("15/11/2568", day).replace(",90", ",กว้าง") for day in ("1/11/2568", "2/11/2568")]
    mixed = importing.rehearse(store, understand(store, book, GOOD, "A-1,,,,,,", *held), wording.Wording("en"))
    assert (mixed.held, mixed.same_rows, mixed.sites_same) == (2, 2, 1), "a survey and a site say nothing new"
    two_things = "A-1,,,,3/11/2568,สมชาย,90"
    register.add_element(store, "A-1", "ramp", "", "engineer", "seen")
    preview = understand(store, book, *held, two_things)
    for receipt in (importing.rehearse(store, preview, wording.Wording("en")), importing.commit(store, preview, "x")):
        assert (receipt.held, receipt.same_rows, receipt.sites_same, receipt.accepted) == (3, 0, 0, 0)


def test_a_corrected_value_is_a_second_survey_and_both_stay(store: connection.Store, book: model.Criteria) -> None:
    importing.commit(store, understand(store, book, GOOD), "engineer")
    importing.commit(store, understand(store, book, GOOD.replace("90", "95")), "engineer")
    assert read.surveys(store)["site_code"].tolist() == ["A-1", "A-1"]


def test_a_site_registered_meanwhile_as_something_else_is_held(store: connection.Store, book: model.Criteria) -> None:
    preview = understand(store, book, GOOD)
    other = understand(store, book, GOOD.replace("ตลาด", "โรงพยาบาล"))
    register.add_sites(store, other.sites.sites, other.sites.elements, "another", "from another list")
    receipt = importing.commit(store, preview, "engineer")
    assert (receipt.accepted, receipt.held) == (0, 1)
    assert read.sites(store).loc["A-1", "name_th"] == "โรงพยาบาล"


def test_a_new_site_that_a_technician_brings_is_held_and_the_visits_of_known_ones_are_taken(
    store: connection.Store, book: model.Criteria
) -> None:
    importing.commit(store, understand(store, book, GOOD), "engineer")
    technician = store.for_role(roles.TECHNICIAN)
    rows = GOOD.replace("15/11", "16/11"), "B-2,,16.42,102.82,15/11/2568,สมชาย,90"
    preview = understand(store, book, *rows)
    for receipt in (
        importing.rehearse(technician, preview, wording.Wording("en")),
        importing.commit(technician, preview, "technician"),
    ):
        assert (receipt.sites_accepted, receipt.surveys_accepted, receipt.held) == (0, 1, 1)
        assert [(line, one.kind.code) for line, (one,) in receipt.held_rows] == [(3, "IMPORT-005")]
    assert read.sites(store).index.tolist() == ["A-1"]


def test_a_table_without_a_known_header_is_refused(store: connection.Store, book: model.Criteria) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        importing.preview(b"a1,b2\n1,2\n", "x.csv", book, read.sites(store), read.elements(store), TODAY)
    assert [problem.kind for problem in refused.value.problems] == [importing.NOTHING_UNDERSTOOD]


def _one_visit(slope: str, more: str = "") -> bytes:
    width = ",clear_width (cm)" if more else ""
    head = f"รหัส,ละติจูด,ลองจิจูด,วันที่สำรวจ,ผู้สำรวจ,สิ่งที่สำรวจ,running_slope{width}\n"
    return f"{head}KK-001,16.43,102.83,12/11/2568,ช่าง ก,ทางลาด,{slope}{',' + more if more else ''}\n".encode()


@pytest.mark.parametrize(
    ("first", "second", "outcome", "standing"),
    [
        (("12%",), ("8%",), "corrections", {8.0}),
        (("12%",), ("8%", "120"), "corrections", {8.0, 1200.0}),
        (("12%", "120"), ("8%",), "conflicts", {12.0, 1200.0}),
        (("8%",), ("8%", "120"), "surveys_accepted", {8.0, 1200.0}),
        (("8%",), ("8%",), "surveys_same", {8.0}),
    ],
)
def test_a_corrected_row_replaces_or_conflicts_and_two_values_never_stand_both(
    store: connection.Store,
    book: model.Criteria,
    first: tuple[str, ...],
    second: tuple[str, ...],
    outcome: str,
    standing: set[float],
) -> None:
    def bring(content: bytes, name: str) -> import_receipts.ImportReceipt:
        understood = importing.preview(content, name, book, read.sites(store), read.elements(store), TODAY)
        return importing.commit(store, understood, "somchai")

    bring(_one_visit(*first), "first.csv")
    assert getattr(bring(_one_visit(*second), "second.csv"), outcome) == 1
    head = read.head(store)
    again = bring(_one_visit(*second), "second.csv")
    assert again.surveys_same + again.conflicts == 1
    assert read.head(store) == head
    assert set(read.measurements(store)["value"]) == standing
    assert verify.verify(store).problems == ()


def test_rows_of_one_table_that_contradict_each_other_are_both_held(
    store: connection.Store, book: model.Criteria
) -> None:
    rows = _one_visit("12%") + _one_visit("8%").split(b"\n", 1)[1]
    understood = importing.preview(rows, "both.csv", book, read.sites(store), read.elements(store), TODAY)
    assert [[one.kind.code for one in row.problems] for row in understood.rows] == [["SURVEY-021"]] * 2


def test_the_receipt_of_a_figure_that_is_asked_about_has_its_counts(
    store: connection.Store, book: model.Criteria
) -> None:
    receipt = importing.commit(
        store, importing.preview(_one_visit("80%"), "a.csv", book, read.sites(store), read.elements(store), TODAY), "a"
    )
    assert receipt.as_record()["held"] == 1


def test_kerbs_of_opensidewalks_are_sites_with_a_kerb_ramp_and_a_raised_one_is_held(
    store: connection.Store, book: model.Criteria
) -> None:
    kerbs = [("lowered", 102.82), ("flush", 102.83), ("raised", 102.84)]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [longitude, 16.43]},
            "properties": {"_id": str(number), "barrier": "kerb", "kerb": kerb, "tactile_paving": "yes"},
        }
        for number, (kerb, longitude) in enumerate(kerbs, 11)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    seen = importing.preview(content, "kerbs.geojson", book, read.sites(store), read.elements(store), TODAY)
    assert seen.sites.elements["kind"].to_dict() == {"11.kerb_ramp.1": "kerb_ramp", "12.kerb_ramp.1": "kerb_ramp"}
    assert seen.layout.unused == ("barrier", "tactile_paving")
    assert [row.line for row in seen.held] == [3]


def test_a_held_row_is_settled_when_its_visit_comes_in_put_right(store: connection.Store, book: model.Criteria) -> None:
    importing.commit(store, understand(store, book, GOOD), "somchai")
    wrong = "A-1,ตลาด,16.41,102.82,16/11/2568,สมชาย,กว้าง"
    importing.commit(store, understand(store, book, wrong), "somchai")
    assert quarantine.held_rows(store)["decision"].tolist() == [""]
    importing.commit(store, understand(store, book, wrong.replace("สมชาย", "สมหญิง").replace("กว้าง", "95")), "somchai")
    importing.commit(store, understand(store, book, wrong.replace("16/11", "17/11").replace("กว้าง", "95")), "somchai")
    assert quarantine.held_rows(store)["decision"].tolist() == [""], "another surveyor, or another day, is no twin"
    importing.commit(store, understand(store, book, wrong.replace("กว้าง", "95")), "somchai")
    (settled,) = quarantine.held_rows(store).to_dict("records")
    assert settled["decision"] == quarantine.TAKEN_IN
    assert "กว้าง" in settled["raw"], "the record of it stays"
    assert settled["decision_note"] in read.surveys(store)["survey_id"].tolist()
    assert verify.verify(store).problems == ()


def test_a_row_held_beside_another_of_its_visit_is_not_settled_by_it(
    store: connection.Store, book: model.Criteria
) -> None:
    importing.commit(store, understand(store, book, GOOD, GOOD.replace(",90", ",กว้าง")), "somchai")
    importing.commit(
        store, understand(store, book, GOOD.replace(",90", ",95"), GOOD.replace(",90", ",กว้าง")), "somchai"
    )
    assert quarantine.held_rows(store)["decision"].tolist() == [""]


RUNS = "code,name,latitude,longitude,observed_on,surveyor,element_label,place_found,running_slope_pct"
TWO_RUNS = [f"A-1,Market,16.41,102.82,15/11/2568,Som,run {number},here,{slope}" for number, slope in ((1, 8), (2, 12))]


def _of_runs(store: connection.Store, book: model.Criteria, *rows: str) -> importing.Preview:
    content = "\n".join((RUNS, *rows)).encode()
    return importing.preview(content, "runs.csv", book, read.sites(store), read.elements(store), TODAY)


def test_runs_with_an_answer_for_the_place_are_one_survey(store: connection.Store, book: model.Criteria) -> None:
    receipt = importing.commit(store, _of_runs(store, book, *TWO_RUNS), "engineer")
    assert (receipt.surveys_accepted, receipt.held) == (1, 0)
    assert read.measurements(store)["value"].tolist() == [8.0, 12.0]
    again = _of_runs(store, book, *TWO_RUNS, TWO_RUNS[0].replace("15/11", "16/11"))
    receipt = importing.rehearse(store, again, wording.Wording("en"))
    assert (receipt.surveys_same, receipt.same_rows, again.taken_rows(receipt)) == (1, 2, 1)


def test_every_run_of_a_survey_held_at_the_door_is_kept(store: connection.Store, book: model.Criteria) -> None:
    early = [row.replace("15/11/2568", "15/11/2560") for row in TWO_RUNS]
    receipt = importing.commit(store, _of_runs(store, book, *early), "engineer")
    assert (receipt.held, [line for line, _ in receipt.held_rows]) == (2, [2, 3])
    held = quarantine.held_rows(store)
    assert [json.loads(raw)["element_label"] for raw in held["raw"]] == ["run 1", "run 2"]


def test_a_run_that_cannot_be_read_is_held_alone(store: connection.Store, book: model.Criteria) -> None:
    receipt = importing.commit(
        store, _of_runs(store, book, TWO_RUNS[0], TWO_RUNS[1].replace("here", "yonder")), "engineer"
    )
    assert (receipt.surveys_accepted, [line for line, _ in receipt.held_rows]) == (1, [3])
    assert read.measurements(store)["value"].tolist() == [8.0]


def test_a_row_that_only_answers_for_the_place_is_counted_once(store: connection.Store, book: model.Criteria) -> None:
    importing.commit(store, _of_runs(store, book, *TWO_RUNS), "engineer")
    gone = "A-1,,,,16/11/2568,Som,,not_found,"
    for same in (0, 1):
        receipt = importing.commit(store, _of_runs(store, book, gone), "engineer")
        assert (receipt.surveys_accepted, receipt.same_rows) == (1 - same, same)


def test_the_verdict_beside_a_later_run_is_kept(store: connection.Store, book: model.Criteria) -> None:
    text = (
        "name: inspected\nsite: {code: code, x: longitude, y: latitude}\nelement: {kind: ramp, label: label}\n"
        "surveyed_on: {constant: 2025-12-29}\nsurveyor: {constant: Crew}\nverdict: {column: OK, codes: {Y: pass}}\n"
        "columns: {slope: {quantity: running_slope_pct, unit: percent}}\n"
    )
    rows = b"code,longitude,latitude,label,slope,OK\nA-1,102.82,16.41,run 1,8,\nA-1,102.82,16.41,run 2,8,Y\n"
    chosen = profile.read(text, book)
    register_now = read.sites(store), read.elements(store)
    importing.commit(store, importing.preview(rows, "a.csv", book, *register_now, TODAY, chosen), "engineer")
    assert "inspector's verdict: pass" in read.surveys(store)["note"].item()
