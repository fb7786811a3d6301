"""The works page takes the fixes of a saved plan, and shows only what a role may see and do."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.parts.works import contract_forms
from app_pages.session import cache
from audits import record as records
from audits import terms, wording
from audits.formats import days
from audits.rules import model
from audits.store.audit_log import events
from audits.store.db import connection, workspace
from audits.store.register import changes
from audits.store.surveys import submit
from audits.store.works import fix_steps
from audits.works import contracts, fix_states, spending
from tests.agreement import printed
from tests.app_pages import opening
from tests.field import sent

CHOSEN = ["KK-012.ramp.1", "KK-020.ramp.1", "gone.ramp.1", "KK-017.ramp.1"]
NOT_SURVEYED = "KK-023.shelter.1"
"""Built today, so that no survey is later; its site has a ramp too, which a survey shows first."""


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration with one saved plan, of which one fix is built already and one is no longer registered."""
    folder = Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("copied") / "workspace"))
    moment = dt.datetime(2020, 3, 2, 5, 0, tzinfo=dt.UTC)
    content = {"chosen": CHOSEN, "cost_thb": 70_000.0, "cost_case": "likely", "costs_thb": {CHOSEN[0]: 1.0}}
    plan = {"plan_id": "plan.1", "title": "2570", "content": json.dumps(content)}
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        with connection.writing(store) as records:
            events.add(records, "plan.save", plan | {"saved_by": "E-01", "saved_at": moment}, "E-01", moment)
        fix_states.record(store, CHOSEN[1], fix_states.BUILT, moment.date(), "E-01", recorded_at=moment)
        today = dt.datetime.now(wording.local_zone()).date()
        fix_states.record(store, NOT_SURVEYED, fix_states.BUILT, today, "E-01")
    return folder


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(**address: str) -> AppTest:
    return opening.opened("works.py", **{"lang": "en", "workspace": "demonstration", **address})


def test_the_fixes_of_a_saved_plan_are_recorded_as_planned_but_those_further_on(folder: Path) -> None:
    app = _opened()
    app.text_input(key="reviewer_name").set_value("E-01").run()
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    assert "4 fixes, 70,000 baht in all" in shown
    assert "1 fix has another price today than in this plan: " in shown
    assert "1 fix of this plan is none any more: " in shown
    assert "sample prices" in shown.casefold()
    assert [each.proto.label for each in app.get("page_link")].count("This plan with its proof") == 1
    today = app.text_input(key="works_plan_day").value
    app.text_input(key="works_plan_day").set_value("").run()
    assert [one.value for one in app.error] == [days.MISSING.template]
    assert "works_plan_take" not in [one.key for one in app.button]
    app.text_input(key="works_plan_day").set_value(today).run()
    assert app.button(key="works_plan_take").label == "Record 2 fixes as planned"
    app.multiselect(key="works_plan_fixes|plan.1|2").unselect(CHOSEN[3]).run()
    button = app.button(key="works_plan_take")
    assert button.label == "Record 1 fix as planned"
    button.click().run()
    assert not app.exception
    assert [one.value for one in app.success] == ["1 fix recorded as planned."]
    assert app.multiselect(key="works_plan_fixes|plan.1|1").value == [CHOSEN[3]], "what was left out is offered again"
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        told = fix_steps.every(store)
    planned = told.loc[told["step"] == fix_states.PLANNED]
    assert planned[["fix_id", "plan_id", "recorded_by"]].to_numpy().tolist() == [[CHOSEN[0], "plan.1", "E-01"]]


def test_the_address_chooses_state_and_fix_and_the_overdue_one_says_so() -> None:
    app = _opened(works_state="overdue", fix=CHOSEN[1])
    assert not app.exception
    assert "! not accepted by 31 May 2020" in _shown(app)
    (table,) = (one.value for one in app.dataframe)
    assert table["State"].tolist() == ["! overdue: built, awaits acceptance"]
    assert app.selectbox(key="fix").value == CHOSEN[1]


def test_the_survey_of_what_is_to_be_accepted_opens_at_the_thing_itself() -> None:
    app = _opened(fix=NOT_SURVEYED)
    links = [link.proto for link in app.get("page_link") if link.proto.page == "survey"]
    (asked,) = (link.query_string for link in links if "element=" in link.query_string)
    survey = opening.opened("survey.py", **dict(urllib.parse.parse_qsl(asked)))
    assert survey.selectbox(key="element_KK-023").value == NOT_SURVEYED


def test_a_survey_that_awaits_review_is_named_whichever_surveys_count(
    folder: Path, book: model.Criteria, weights: model.Weights
) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        known, approved = (records.read(store, book, weights, official_only=only) for only in (False, True))
        last, last_approved = (one.governing.groupby("element_id")["observed_at"].max() for one in (known, approved))
        waiting = last[last.gt(last_approved.reindex(last.index).fillna(last.min())) & ~last.index.isin(CHOSEN)]
        name, built_on = waiting.index[0], waiting.iloc[0].tz_convert(wording.local_zone()).date()
        fix_states.record(store, name, fix_states.BUILT, built_on, "E-01")
    for counted in terms.COUNTED:
        said = [one.value for one in _opened(fix=name, counted=counted).info]
        assert "It was surveyed since, and the survey awaits an engineer's review." in said, counted


def _shown(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def test_one_table_shows_every_fix_and_its_costs_add_up_to_the_totals_beside_it() -> None:
    app, words = _opened(), wording.Wording("en")
    (table,) = (one.value for one in app.dataframe)
    *states, (_, count, total) = printed.table(_shown(app), "Fixes by state").rows[1:]
    assert int(count) == len(table) == sum(int(row[1]) for row in states) > 60
    costs = table["Likely cost (baht)"]
    assert app.dataframe[0].proto.placeholder == ""  # an empty cell does not say None
    assert app.dataframe[0].proto.HasField("placeholder")
    assert printed.whole(total, words) == costs.sum() == sum(printed.whole(row[2], words) for row in states)
    (sentence,) = (each.value for each in app.markdown if "calculated rise" in each.value)
    assert f"Together {total} baht" in sentence
    assert table["Remark"].str.contains("presumed to be the same as SP-").any()
    possible = next(one for one in printed.tables(_shown(app)) if "Possible barriers at" in one.caption)
    assert possible.rows[0] == ["Site", "What to measure", "Minutes"]  # without a price
    assert len(possible.rows) > 70
    assert str(app.selectbox(key="works_measure_first").value)[:2] in ("KK", "SP")


def test_the_contract_of_works_without_a_design_warns_in_thai_and_is_not_refused() -> None:
    app = _opened(lang="th", fix=CHOSEN[0])
    app.text_input(key="reviewer_name").set_value("E-01").run()
    if not [one for one in app.button_group if one.key == f"works_kind|{CHOSEN[0]}"]:
        app.button(key="works_plan_take").click().run()
    app.button_group(key=f"works_kind|{CHOSEN[0]}").set_value(contract_forms.PROGRESS).run()
    assert [one.value for one in app.info] == [wording.Wording("th").text(contract_forms.OWN_WORKERS)]
    app.button_group(key=f"works_kind|{CHOSEN[0]}").set_value(contract_forms.CONTRACT).run()
    no_design, on_assumption = (one.value for one in app.warning)
    assert no_design == wording.Wording("th").text(contracts.NO_DESIGN_YET)
    assert "ราคาของงานก่อสร้างนี้อยู่บนข้อสมมติ" in on_assumption
    fields = {"contractor": "หจก. ก", "number": "2/2569", "signed_on": "31/12/2599", "price_thb": "x"}
    for name, value in fields.items():
        app.text_input(key=f"works_{name}|{CHOSEN[0]}|0").set_value(value)
    (button,) = (one for one in app.button if one.label == "บันทึกสัญญา")
    button.click().run()
    assert [one.value.split(":")[0] for one in app.error] == ["วันที่ทำสัญญา", "ราคาตามสัญญา (บาทถ้วน)"]


def test_a_site_page_lists_its_fixes_with_their_sum_and_what_to_measure_first() -> None:
    app = opening.opened("site.py", lang="en", workspace="demonstration", site="KK-017")
    assert "Demolish and rebuild, because of: Length of one run" in _shown(app)
    failures = next(one for one in printed.tables(_shown(app)) if "requirements fail" in one.caption)
    (decisive,) = (row for row in failures.rows if row[0].startswith("Length of one run"))
    assert decisive[2].startswith("Demolish and rebuild. In the new build: "), "advice and work say the same"
    assert "Works at this site" not in _shown(app), "only the open tab is drawn"
    app.query_params["tab"] = "findings"
    app.query_params["findings"] = "fail"
    app.run()
    assert "Findings: ramp 1" in _shown(app)
    assert app.radio(key="findings").value == "fail", "a link of the card leads to all failures"
    app.query_params["tab"] = "works"
    app.run()
    assert not app.exception
    assert "Works at this site" in _shown(app)
    assert "<b>Total</b>" in _shown(app)
    assert [one.value for one in app.subheader].count("Measure first") <= 1


def test_a_contract_above_its_estimate_says_so_where_it_is_recorded() -> None:
    for over, shown in ((False, "100,000"), (True, "100,000 (! over budget)")):
        row = {"contract_thb": 100_000, "over_estimate": over}
        assert contract_forms.agreed(row, wording.Wording("en")) == shown


def test_works_paid_beyond_their_contract_say_so_in_the_list_at_the_contract_and_in_to_do(folder: Path) -> None:
    fix_id, today = "KK-054.ramp.1", dt.datetime.now(wording.local_zone()).date()
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        fix_states.record(store, fix_id, fix_states.PLANNED, today, "E-01")
        terms = {"contractor": "หจก. ก", "number": "3", "signed_on": today, "price": 50_000, "is_sure": True}
        contracts.sign(store, fix_id, "E-01", today=today, **terms)
        contracts.pay(store, fix_id, "E-01", amount=60_000, happened_on=today, today=today, over_reason="more built")
    app = _opened(works_state="over_budget", fix=fix_id)
    (table,) = (one.value for one in app.dataframe)
    assert table.loc["KK-054", "State"] == "! over budget, paid beyond the contract: planned, under contract"
    assert ["Paid (baht)", "60,000 (! paid beyond the contract)"] in printed.table(_shown(app), "Contract").rows
    to_do = _shown(opening.opened("to_do.py", lang="en", workspace="demonstration"))
    assert "work over budget · 1 is paid beyond its contract" in to_do


def test_a_contract_and_its_payment_are_recorded_on_the_page_and_stand_in_the_table(folder: Path) -> None:
    app = _opened(works_state="overdue", fix=CHOSEN[1])
    app.text_input(key="reviewer_name").set_value("E-01").run()
    app.button_group(key=f"works_kind|{CHOSEN[1]}").set_value(contract_forms.CONTRACT).run()
    fields = {"contractor": "หจก. ก", "number": "1/2569", "signed_on": "1/2/2563", "price_thb": "หนึ่งแสน"}
    fields["defects_months"] = "24"
    for name, value in fields.items():
        app.text_input(key=f"works_{name}|{CHOSEN[1]}|0").set_value(value)
    (button,) = (one for one in app.button if one.label == "Record the contract")
    button.click().run()
    assert "no sum in whole baht" in app.error[0].value
    # a look at the payments takes nothing of what was typed away
    for kind in (contract_forms.PAYMENT, contract_forms.CONTRACT):
        app.button_group(key=f"works_kind|{CHOSEN[1]}").set_value(kind).run()
    assert app.text_input(key=f"works_number|{CHOSEN[1]}|0").value == "1/2569"
    price = f"works_price_thb|{CHOSEN[1]}|0"
    for slip in ("10,000,000", "1,000"):
        app.text_input(key=price).set_value(slip)
        next(one for one in app.button if one.label == "Record the contract").click().run()
        # the question stands beside the amount, not below the button, and names nothing of a command line
        (question,) = (one.value for one in app.warning if f"The agreed price is {slip} baht" in one.value)
        assert "--" not in question
        assert [one.value for one in app.error] == ["Answer the question beside the agreed price."]
        (sure,) = (one for one in app.checkbox if one.label == "The agreed price is right as written")
        sure.check()
    app.text_input(key=price).set_value("๑๐๐,๐๐๐")
    next(one for one in app.button if one.label == "Record the contract").click().run()
    assert not app.exception
    assert not [one for one in app.checkbox if one.label == "The agreed price is right as written"]
    app.button_group(key=f"works_kind|{CHOSEN[1]}").set_value(contract_forms.PAYMENT).run()
    app.text_input(key=f"works_amount|{CHOSEN[1]}|0").set_value("40000")
    (button,) = (one for one in app.button if one.label == "Record the payment")
    button.click().run()
    assert ["Liable for defects until", "counted from acceptance"] in printed.table(_shown(app), "Contract").rows
    app.button_group(key=f"works_kind|{CHOSEN[1]}").set_value(contract_forms.CONTRACT).run()
    assert app.text_input(key=f"works_signed_on|{CHOSEN[1]}|1").value == "1 Feb 2020"
    (table,) = (one.value for one in app.dataframe)
    assert table[["Contract (baht)", "Paid (baht)"]].to_numpy().tolist() == [[100_000, 40_000]]
    assert any("contract 100,000 baht, paid 40,000 baht" in each.value for each in app.markdown)
    assert spending.ESTIMATE_MEANS in _shown(app)
    # what the council reads as promised stands by state too, not the estimates alone
    every = _opened()
    by_state, words = printed.table(_shown(every), "Fixes by state"), wording.Wording("en")
    assert by_state.rows[0][-1] == "Agreed, else estimated (baht)"
    *states, total = (printed.whole(row[-1], words) for row in by_state.rows[1:] if row[-1] != "–")
    assert total == sum(states)
    assert any(f"Agreed, else estimated: {total:,} baht" in each.value for each in every.markdown)
    # the figure that the council reads as promised
    assert any(each.value.strip() == "Agreed, else estimated: 100,000 baht" for each in app.markdown)


def test_the_columns_that_say_where_a_fix_stands_fit_into_a_window_of_1280_px() -> None:
    app = _opened()
    table, widths = app.dataframe[0].value, json.loads(app.dataframe[0].proto.columns)
    standing = ["State", "Name", "Likely cost (baht)", "Barrier now", "Since", "Due"]
    amounts = [name for name in ("Contract (baht)", "Paid (baht)") if name in table]
    assert list(table.columns[: len(standing) + len(amounts)]) == [*standing[:3], *amounts, *standing[3:]]
    assert sum(widths[name]["width"] for name in (*standing, *amounts)) + 97 <= 1110  # beside the boxes and the codes
    built = table.loc[table["State"].str.startswith("built")].iloc[0]
    assert built["Since"] == built["Built"]
    assert built["Due"] == built["Accept by"]


def test_state_name_and_cost_are_the_first_columns_so_that_they_show_beside_an_opened_fix() -> None:
    app = _opened(fix=NOT_SURVEYED)
    assert list(app.dataframe[0].value.columns[:3]) == ["State", "Name", "Likely cost (baht)"]
    columns = json.loads(app.dataframe[0].proto.columns)
    # of 1,280 px three fifths of the page are the table's
    shown = sum(columns[name]["width"] for name in ("State", "Name", "Likely cost (baht)"))
    assert shown + 97 <= 658  # beside the boxes and the codes


def test_to_do_counts_the_works_to_accept_that_the_list_has(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        changes.change_element(store, NOT_SURVEYED, {"retired": True}, "E-01", "recorded twice")
    (table,) = (one.value for one in _opened(works_state=fix_states.BUILT).dataframe)
    to_do = _shown(opening.opened("to_do.py", lang="en", workspace="demonstration"))
    assert f"<b>{len(table)}</b> work{'s' * (len(table) != 1)} built, to be accepted" in to_do


def test_a_site_page_says_what_was_agreed_and_asks_for_nothing_before_what_is_built(folder: Path) -> None:
    fix_id, today = "KK-025.ramp.1", dt.datetime.now(wording.local_zone()).date()
    asked = {"lang": "en", "workspace": "demonstration", "site": "KK-025", "tab": "works"}
    before = opening.opened("site.py", **asked)
    assert "cannot be bought yet" in _shown(before)
    assert any(one.value.startswith("Level the rise of") for one in before.markdown)
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        fix_states.record(store, fix_id, fix_states.PLANNED, today, "E-01")
        terms = {"contractor": "หจก. ก", "number": "2", "signed_on": today, "price": 61_500, "estimate_thb": 64_399}
        contracts.sign(store, fix_id, "E-01", today=today, **terms)
        contracts.pay(store, fix_id, "E-01", amount=24_600, happened_on=today, today=today)
        fix_states.record(store, fix_id, fix_states.BUILT, today, "E-01")
    app = opening.opened("site.py", **asked)
    likely = printed.table(_shown(app), "Works at this site").rows[1][-3].split()[0]
    assert f" · contract 61,500 baht (built, awaits acceptance) · about {likely} baht (for what the last" in _shown(app)
    table = printed.table(_shown(app), "Works at this site")
    assert table.rows[0][-2:] == ["Contract (baht)", "Paid (baht)"]
    assert table.rows[1][-2:] == table.rows[-1][-2:] == ["61,500", "24,600"]
    assert "cannot be bought yet" not in _shown(app)
    assert not any(one.value.startswith("Level the rise of") for one in app.markdown)
    day = wording.Wording("en").day(today + dt.timedelta(days=fix_states.ACCEPT_WITHIN_DAYS))
    assert f"Next survey: due on {day}" in _shown(app)


def test_a_survey_of_few_answers_says_why_the_next_is_due_all_the_same(folder: Path) -> None:
    sentence = "answered fewer than half of the questions that the score needs, so the day that is due stays"

    def row() -> str:
        rows = re.findall(r"<tr.*?</tr>", _shown(_opened(tab="due_again")), re.DOTALL)
        return next(each for each in rows if "KK-012 " in each and "<td" in each)

    assert sentence not in row()
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        moment = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        submit.submit(store, sent.visit("uuid:in-part", "KK-012", observed_at=moment), "T-07")
    assert sentence in row()
