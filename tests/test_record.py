"""What counts in a record is decided once, and its key tells every state of it apart."""

import datetime as dt
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from audits import errors, record
from audits.receipts import bundle, check, recompute
from audits.rules import files
from audits.scoring import run
from audits.store.db import connection, workspace
from audits.store.register import changes, same_elements
from audits.store.surveys import read, reviews

NOON = dt.datetime(2027, 3, 3, 5, 0, tzinfo=dt.UTC)


@pytest.fixture(name="store")
def _store(demonstration_folder, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(demonstration_folder / "demonstration", folder)
    with connection.open_store(workspace.Workspace(folder), kind="demonstration") as opened:
        yield opened


@pytest.fixture(name="judged")
def _judged(book, weights):
    """Read the store as it stands now."""
    return lambda store, **options: record.read(store, book, weights, **options)


@pytest.fixture(name="element_id")
def _element_id(store):
    """A ramp that was measured, at a site with other elements."""
    measured = read.measurements(store)
    others = read.elements(store)["site_code"].value_counts()
    ramps = measured.loc[(measured["element_kind"] == "ramp") & (measured["site_code"].map(others) > 1)]
    return str(ramps["element_id"].value_counts().index[0])


def retire_element(store, element_id):
    changes.change_element(store, element_id, {"retired": True}, "engineer", "taken away", changed_at=NOON)


def retire_site(store, code):
    changes.change_site(store, code, {"retired": True}, "engineer", "closed", None, NOON)


def test_a_retired_element_is_judged_nowhere(store, judged, element_id):
    code = element_id.split(".")[0]
    before = judged(store)
    retire_element(store, element_id)
    after = judged(store)
    assert element_id in before.elements.index
    assert element_id not in after.elements.index
    assert element_id not in set(after.measurements["element_id"])
    assert element_id not in set(after.audit.findings["element_id"])
    assert after.audit.sites.loc[code, "elements"] == before.audit.sites.loc[code, "elements"] - 1
    assert (before.retired, after.retired) == (frozenset(), {element_id})


def test_a_retired_site_takes_its_elements_and_surveys_along(store, judged, element_id):
    code = element_id.split(".")[0]
    retire_site(store, code)
    found = judged(store)
    assert code not in found.sites.index
    for frame in (found.elements, found.measurements, found.surveys, found.audit.findings):
        assert code not in set(frame["site_code"])


def test_the_store_still_tells_everything(store, element_id):
    retire_element(store, element_id)
    assert read.elements(store).loc[element_id, "retired"]
    assert element_id in set(read.measurements(store)["element_id"])


def test_surveys_are_those_whose_readings_count(store, judged):
    for options in ({}, {"official_only": True}, {"as_of": dt.date(2026, 6, 30)}):
        found = judged(store, **options)
        assert set(found.measurements["survey_id"]) == set(found.surveys["survey_id"])


def test_a_returned_survey_counts_no_more(store, judged):
    surveys = judged(store).surveys
    waiting = surveys.query("review == 'submitted'")["survey_id"].iloc[0]
    code = surveys.set_index("survey_id")["site_code"][waiting]
    is_only = surveys["site_code"].eq(code).sum() == 1
    assert judged(store).returned == frozenset()
    reviews.give_back(store, waiting, "measure again", {}, "engineer", NOON)
    assert waiting not in set(judged(store).surveys["survey_id"])
    assert judged(store).returned == (frozenset({code}) if is_only else frozenset())


def test_the_key_is_known_before_the_record(store, book, weights):
    for options in ({}, {"official_only": True}, {"as_of": dt.date(2026, 6, 30)}, {"edition": "moi_2548"}):
        assert record.key(store, book, weights, **options) == record.read(store, book, weights, **options).key


def test_every_choice_and_every_entry_changes_the_key(store, book, weights, element_id):
    options = ({}, {"official_only": True}, {"as_of": dt.date(2026, 6, 30)}, {"edition": "moi_2548"})
    keys = {record.key(store, book, weights, **each) for each in options}
    retire_element(store, element_id)
    keys.add(record.key(store, book, weights))
    assert len(keys) == len(options) + 1


def test_a_joined_pair_has_its_own_key_and_is_judged_as_one_until_one_of_it_is_retired(store, judged, element_id):
    before = judged(store)
    kinds = before.elements["kind"].eq("ramp") & before.elements["site_code"].ne(element_id.split(".")[0])
    other = next(name for name in before.elements.index[kinds] if name not in set(before.measurements["element_id"]))
    same_elements.join(store, other, element_id, "engineer", "seen on the spot", NOON)
    after = judged(store)
    assert after.joined == {element_id: other}
    assert after.key != before.key
    assert list(after.counted_as(pd.Index([element_id, other]))) == [other, other]
    verdicts = after.audit.findings.set_index("criterion").groupby("element_id")["verdict"]
    assert "unknown" in set(before.audit.findings.loc[before.audit.findings["element_id"] == other, "verdict"])
    assert verdicts.get_group(other).to_dict() == verdicts.get_group(element_id).to_dict()
    retire_element(store, other)
    assert judged(store).joined == {}
    same_elements.separate(store, element_id, other, "engineer", "two after all", NOON)
    changes.change_element(store, other, {"retired": False}, "engineer", "it stands", changed_at=NOON)
    back = judged(store)
    assert (back.joined, back.governing.shape) == ({}, before.governing.shape)


def test_pairs_are_presumed_until_somebody_decides(store, judged):
    before = judged(store).presumed
    kept, other = before[0]
    assert judged(store).presumed_same_as(kept) == (other,)
    same_elements.separate(store, kept, other, "engineer", "two ramps", NOON)
    same_elements.join(store, *before[1], "engineer", "one ramp", NOON)
    assert judged(store).presumed == before[2:]


def test_a_part_of_a_record_has_its_own_key(store, judged):
    whole = judged(store)
    part = whole.select(whole.sites.index[:3])
    assert list(part.sites.index) == list(whole.sites.index[:3])
    assert set(part.elements["site_code"]) <= set(part.sites.index)
    assert part.audit is whole.audit
    assert part.key != whole.key


def test_other_weights_in_the_workspace_are_noticed_at_the_next_look(store, book):
    before = record.weights_of(store.workspace)
    assert before is record.weights_of(store.workspace)
    own = store.workspace.weights_path
    own.write_text(files.WEIGHTS.read_text("utf-8").replace("from: 75", "from: 76"), "utf-8")
    changed = record.weights_of(store.workspace)
    assert changed != before
    assert record.key(store, book, changed) != record.key(store, book, before)
    own.write_text(files.WEIGHTS.read_text("utf-8").replace("from: 75", "from: 74"), "utf-8")
    os.utime(own, ns=(1, 1))  # a clock set back
    assert record.weights_of(store.workspace) not in (before, changed)


def test_another_rule_file_is_noticed_at_the_next_look(tmp_path):
    folder = tmp_path / "criteria"
    shutil.copytree(files.FOLDER, folder)
    before = files.load_criteria(folder)
    assert before is files.load_criteria(folder)
    page = folder / "ramp.yaml"
    page.write_text(page.read_text("utf-8").replace("severity: 4", "severity: 3", 1), "utf-8")
    assert files.load_criteria(folder).version != before.version


def test_without_a_review_what_was_measured_is_provisional(town):
    measured = town.measured(*town.complete_ramp())
    assert town.audit(measured).sites.loc["KK-001", "standing"] == run.PROVISIONAL
    approved = measured.assign(review=run.APPROVED)
    assert town.audit(approved).sites.loc["KK-001", "standing"] == run.APPROVED
    waiting = pd.concat([approved, measured.assign(review="submitted")])
    assert town.audit(waiting).sites.loc["KK-001", "standing"] == run.PROVISIONAL


def test_a_site_whose_only_survey_waits_for_approval_is_not_called_unsurveyed(town):
    elements = town.elements("KK-001.ramp.1", "KK-002.ramp.1", "KK-003.ramp.1")
    audit = town.audit(town.measured(*town.complete_ramp()), elements)
    standing = record.with_waiting(audit, {"KK-001", "KK-002"}).sites["standing"]
    assert standing.to_dict() == {"KK-001": run.PROVISIONAL, "KK-002": run.WAITING, "KK-003": run.NOT_SURVEYED}


def test_a_receipt_leaves_out_what_was_retired_and_still_holds(store, judged, element_id):
    code = element_id.split(".")[0]
    retire_element(store, element_id)
    content = bundle.packed(store, [code], dt.date(2027, 3, 4))
    figures = bundle.opened(content).stated["figures"]
    assert figures == {code: recompute.figures(judged(store).audit)[code]}
    assert check.check(content, store).problems == ()
    retire_site(store, code)
    with pytest.raises(errors.RefusedError):
        bundle.packed(store, [code], dt.date(2027, 3, 4))


def test_a_receipt_of_a_joined_pair_brings_both_sites_and_holds(store, judged, element_id):
    ramps = judged(store).elements.query(
        "kind == 'ramp' and element_id != @element_id and site_code != @element_id[:6]"
    )
    same_elements.join(store, element_id, str(ramps.index[0]), "engineer", "one ramp", NOON)
    content = bundle.packed(store, [element_id[:6]], dt.date(2027, 3, 4))
    stated = bundle.opened(content).stated["figures"]
    figures = recompute.figures(judged(store).audit)
    assert set(stated) == {element_id[:6], str(ramps.index[0])[:6]}
    assert stated == {code: figures[code] for code in stated}
    assert check.check(content, store).problems == ()
    same_elements.separate(store, element_id, str(ramps.index[0]), "engineer", "two", NOON)
    assert check.check(content, store).problems == ()


def test_only_the_judge_leaves_out_what_is_retired():
    root = Path(record.__file__).parents[1]
    sources = [path for place in ("audits", "app_pages") for path in (root / place).rglob("*.py")]
    filtering = [path for path in sources if re.search(r"~\w+\[.retired.\]", path.read_text("utf-8"))]
    assert sorted(path.relative_to(root).as_posix() for path in filtering) == ["audits/scoring/run.py"]
