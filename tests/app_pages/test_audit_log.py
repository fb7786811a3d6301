"""The ledger is read by the sheet, told in plain words, filtered by the address, and checked on the page."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.parts.audit_log import entry_facts, entry_text
from app_pages.session import cache
from audits import roles, wording
from audits.ramps import price_books
from audits.store import public_pages
from audits.store.audit_log import entries
from audits.store.db import schema
from audits.store.public_form import unread
from audits.store.surveys import submit
from tests.app_pages import opening


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("ledger") / "workspace"))


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(language: str = "en", **address: str) -> AppTest:
    return opening.opened("audit_log.py", lang=language, workspace="demonstration", **address)


def _table(app: AppTest) -> str:
    return next(str(each.proto.body) for each in app.get("html") if "<tbody" in str(each.proto.body))


def test_the_newest_fifty_are_shown_with_the_head_to_copy() -> None:
    app = _opened()
    assert not app.exception
    assert _table(app).count("<tr") == 51
    assert app.code[0].value.startswith("361:")
    assert "361 entries" in [each.value for each in app.markdown]


def test_the_address_asks_for_one_site_and_one_deed() -> None:
    app = _opened(about="KK-001", deed="survey.submit")
    table = _table(app)
    assert table.count("<tr") == 3
    assert "Survey of KK-001" in table
    assert app.selectbox("deed").value == "survey.submit"


def test_a_sheet_beyond_the_last_shows_the_last() -> None:
    app = _opened(sheet="99")
    assert app.number_input("ledger_sheet").value == 8
    assert ">11<" in _table(app)


def test_another_filter_begins_on_the_first_sheet() -> None:
    app = _opened(sheet="3")
    assert app.number_input("ledger_sheet").value == 3
    app.text_input("about").set_value("KK-001").run()
    assert "sheet" not in app.query_params
    assert _table(app).count("<tr") == 4


def test_a_receipt_is_found_by_its_number_with_the_review_of_its_survey() -> None:
    table = _table(_opened(about="10"))
    assert table.count("<tr") == 3
    assert "receipt 10: approved" in table


def test_the_entries_come_first_and_the_check_has_a_tab_that_a_link_can_open() -> None:
    assert [tab.label for tab in _opened().tabs] == ["Entries", "Check that nothing was altered"]
    assert _opened(tab="check").query_params["tab"] == "check"


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_an_opened_entry_names_its_facts_and_keeps_the_recorded_one_folded_beneath(language: str) -> None:
    words = wording.Wording(language)
    content = {
        "survey_id": "uuid:1",
        "decision": "returned",
        "note": "",
        "answer_notes": '{"KK-001.ramp.1|running_slope_pct": "again", "photos": ["", "KK-001.ramp.1|cross_slope_pct"]}',
        "decided_by": "engineer",
    }
    line = entries.Line(
        7, dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "a", "survey.review", "review", "uuid:1", content, "d"
    )
    names = entry_facts.Names({"uuid:1": "KK-001, 12"}, {"running_slope_pct": "Slope", "cross_slope_pct": "Cross"})
    facts = dict(entry_facts.facts(line, words, names))
    ramp, again = f"KK-001 {words.text('ramp')} 1", words.text("photograph again")
    notes = f"{ramp} · Slope: again", f"{words.text('the whole of it')}: {again}", f"{ramp} · Cross: {again}"
    assert list(map(str, facts.values())) == ["KK-001, 12", words.text("returned"), "<br>".join(notes)]
    said, recorded = str(entry_facts.details(line, words, names)).split("<pre", 1)
    assert "uuid:1" not in said
    assert "survey_id" not in said
    assert "uuid:1" in recorded
    assert "survey.review" in recorded


def test_several_readings_of_one_question_are_one_answer() -> None:
    slope, width = (
        {"element_id": "KK-001.ramp.1", "quantity": name} for name in ("running_slope_pct", "clear_width_mm")
    )
    content, at = {"measurements": [slope, slope, width]}, dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    line = entries.Line(7, at, "a", submit.ACTION, "survey", "uuid:1", content, "d")
    assert dict(entry_facts.facts(line, wording.Wording("en")))["Answers"] == "2 answers"


def test_every_column_of_an_event_has_a_name_or_is_for_programs_alone() -> None:
    columns = {column.name for table in schema.EVENTS.values() for column in table.columns} - {"fid"}
    signed = {name for name in columns if name.endswith(("_by", "_at"))}
    assert columns - signed - set(entry_facts.FIELDS) - entry_facts.PROGRAMS_ONLY == set()
    assert set(entry_facts.FIELDS) & entry_facts.PROGRAMS_ONLY == set()


def test_the_check_says_that_nothing_was_altered_and_that_a_head_is_none() -> None:
    app = _opened()
    app.button("ledger_check").click().run()
    assert [each.value for each in app.success] == ["361 entries and everything they describe: nothing was altered."]
    app.text_input("ledger_expect").set_value("yesterday").run()
    app.button("ledger_check").click().run()
    assert "number:digest" in app.error[0].value
    app.text_input("ledger_expect").set_value(f"999:{'a' * 64}").run()
    app.button("ledger_check").click().run()
    assert app.error[0].value.startswith("1 problem.")


def test_it_speaks_thai() -> None:
    app = _opened("th")
    assert app.title[0].value == "บันทึกการเปลี่ยนแปลง"
    assert "ส่งแบบสำรวจ" in _table(_opened("th", deed="survey.submit"))


def test_every_deed_that_a_role_may_do_has_words() -> None:
    assert set(roles.ACTIONS) <= set(entry_text.ACTIONS)


@pytest.mark.parametrize("action", [*entry_text.ACTIONS, "something.new"])
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_an_entry_that_says_little_is_told_without_a_hole(action: str, language: str) -> None:
    words = wording.Wording(language)
    line = entries.Line(7, dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "a", action, "e", "<KK-001>", {"x": None}, "d")
    assert "{" not in entry_text.entry_sentence(line, words)
    assert "<KK-001>" not in str(entry_facts.row(line, words)[3])


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_what_is_new_reads_otherwise_than_what_was_changed(language: str) -> None:
    words = wording.Wording(language)
    account = {"username": "malee", "role": roles.TECHNICIAN, "active": True}
    visit = {"site_code": "KK-001", "surveyor": "malee", "supersedes": ""}
    at, about = dt.datetime(2026, 3, 3, tzinfo=dt.UTC), ("a", "malee")
    made, changed = (
        entries.Line(7, at, "a", entries.ACCOUNT, *about, account, "d", is_first=is_first) for is_first in (True, False)
    )
    first, corrected = (
        entries.Line(7, at, "a", submit.ACTION, *about, visit | {"supersedes": earlier}, "d") for earlier in ("", "s.1")
    )
    assert entry_text.entry_sentence(made, words) != entry_text.entry_sentence(changed, words)
    assert "KK-001, receipt 3" in entry_text.entry_sentence(corrected, words, {"s.1": "KK-001, receipt 3"})
    assert "KK-001, receipt 3" not in entry_text.entry_sentence(first, words, {"s.1": "KK-001, receipt 3"})
    for visit in (first, corrected):
        assert "KK-001, receipt 4" in entry_text.entry_sentence(visit, words, {"malee": "KK-001, receipt 4"})


@pytest.mark.parametrize(
    ("changed", "must_change", "sentence"),
    [
        ({"secret_hash", "must_change"}, False, "Account malee chose a new password itself"),
        ({"secret_hash"}, True, "Account malee was given a new first password by an administrator"),
        ({"role"}, False, "Account malee is now community technician and may sign in"),
        ({"active", "secret_hash"}, True, "Account malee is now community technician and may sign in"),
        ({"oidc_subject"}, False, "Account malee is now linked otherwise to the sign-in of the office"),
    ],
)
def test_an_entry_of_an_account_says_what_it_changed(changed: set[str], must_change: bool, sentence: str) -> None:
    content = {"username": "malee", "role": roles.TECHNICIAN, "active": True, "must_change": must_change}
    at = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    line = entries.Line(
        7, at, "a", entries.ACCOUNT, "account", "malee", content, "d", changed=frozenset({*changed, "set_at"})
    )
    assert entry_text.entry_sentence(line, wording.Wording("en")) == sentence


@pytest.mark.parametrize(("lines", "held"), [({}, 0), ({"2": "digest", "5": "digest"}, 2)])
def test_a_file_brought_in_says_how_many_rows_were_held(lines: dict[str, str], held: int) -> None:
    content = {"file_name": "a.csv", "accepted_count": 1, "lines": lines}
    line = entries.Line(7, dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "a", "import.hold", "e", "1", content, "d")
    assert entry_text.entry_sentence(line, wording.Wording("en")) == f"File a.csv: 1 row taken in, {held} rows held"


def test_days_and_sums_of_an_entry_stand_as_the_reader_writes_them() -> None:
    content = {"fix_id": "KK-001.ramp.1", "amount_thb": 125000, "happened_on": "2026-03-02"}
    line = entries.Line(7, dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "a", "fix.payment", "e", "x", content, "d")
    sentence = entry_text.entry_sentence(line, wording.Wording("th"))
    assert sentence == "งานก่อสร้าง KK-001.ramp.1: จ่าย 125,000 บาท เมื่อ 2 มี.ค. 2569"


@pytest.mark.parametrize(("language", "receipt"), [("en", "receipt 12"), ("th", "ใบรับ 12")])
def test_a_reason_in_two_languages_is_read_in_one(language: str, receipt: str) -> None:
    content = {"status": "confirmed", "reason": "ใบรับ 12 · receipt 12"}
    at = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    line = entries.Line(7, at, "a", "register.position", "site", "KK-001", content, "d")
    words = wording.Wording(language)
    assert entry_text.entry_sentence(line, words).endswith(f": {receipt}")
    assert receipt in dict(entry_facts.facts(line, words)).values()


@pytest.mark.parametrize("name", [public_pages.CHOICE, unread.CHOICE])
@pytest.mark.parametrize(("language", "on", "off"), [("en", "on", "off"), ("th", "เปิด", "ปิด")])
def test_what_is_opened_to_everybody_is_on_or_off(name: str, language: str, on: str, off: str) -> None:
    for value, word in (("yes", on), ("", off)):
        content = {"name": name, "value": value}
        line = entries.Line(7, dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "a", "setting.set", "setting", "1", content, "d")
        words = wording.Wording(language)
        assert entry_text.entry_sentence(line, words).endswith(f": {word}")
        assert f"<dd>{word}</dd>" in str(entry_facts.details(line, words))


def test_a_table_of_prices_is_named_by_its_file() -> None:
    content = {"name": price_books.NAME, "value": json.dumps({"csv": "code,name_th\n", "file": "prices-2570.csv"})}
    line = entries.Line(7, dt.datetime(2026, 3, 3, tzinfo=dt.UTC), "a", "setting.set", "setting", "1", content, "d")
    assert entry_text.entry_sentence(line, wording.Wording("en")) == "Choice Prices is now: prices-2570.csv"
