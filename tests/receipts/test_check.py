import dataclasses
import datetime as dt
import hashlib
import io
import json
import shutil
import zipfile

import pandas as pd
import pytest

from audits import errors, record, survey
from audits.demo import seed
from audits.formats import archive
from audits.receipts import bundle, check, recompute
from audits.rules import files as criteria_files
from audits.rules import gazette
from audits.scoring import run
from audits.store import comparisons
from audits.store.audit_log import hash_chain
from audits.store.db import connection, workspace
from audits.store.integrity import evidence, verify
from audits.store.register import changes, register
from audits.store.surveys import read, reviews, submit
from audits.works import fix_states

DAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module", name="city")
def _city(demonstration_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("receipt") / "city"
    shutil.copytree(demonstration_folder / "demonstration", folder)
    with connection.open_store(workspace.Workspace(folder), kind="demonstration") as store:
        yield store


@pytest.fixture(scope="module", name="code")
def _code(city):
    measured = read.measurements(city)
    return str(measured["site_code"].value_counts().index[0])


@pytest.fixture(scope="module", name="packed")
def _packed(city, code):
    return bundle.packed(city, [code], DAY)


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {one.filename: zipped.read(one) for one in zipped.infolist()}


def changed(content, name, change):
    """Return a receipt in which one file was changed and nothing else."""
    files = unzipped(content)
    files[name] = change(files[name])
    return archive.zipped(files, DAY)


def forged(content, change):
    """Return a receipt changed by somebody who makes every digest and the number fit again."""
    files = unzipped(content)
    stated = json.loads(files.pop("receipt.json"))
    change(files, stated)
    surveys = json.loads(files["surveys.json"])
    for one in surveys["surveys"]:
        one["content_sha256"] = hashlib.sha256(one["content"].encode()).hexdigest()
    files["surveys.json"] = json.dumps(surveys, ensure_ascii=False).encode()
    stated["files"] = {name: hashlib.sha256(each).hexdigest() for name, each in files.items()}
    stated["number"] = recompute.digest({name: value for name, value in stated.items() if name != "number"})
    return archive.zipped({"receipt.json": json.dumps(stated).encode(), **files}, DAY)


def kinds(content, store=None):
    return {problem.kind for problem in check.check(content, store).problems}


def first_failing(code, city):
    measured = read.measurements(city)
    return measured.loc[(measured["site_code"] == code) & measured["value"].notna()]


def test_a_receipt_holds_from_itself_alone_and_before_the_ledger(city, packed):
    alone, asked = check.check(packed), check.check(packed, city)
    assert (alone.problems, alone.with_audit_log) == ((), False)
    assert (asked.problems, asked.with_audit_log) == ((), True)
    assert alone.same_criteria
    assert alone.same_judge


def test_its_figures_are_those_of_the_whole_record(city, code, packed, book, weights):
    sites = read.sites(city)
    whole = run.run(sites, read.elements(city), read.measurements(city), book, weights)
    stated = bundle.opened(packed).stated
    assert stated["figures"] == {code: recompute.figures(whole)[code]}
    assert stated["figures"][code]["score_low"] == whole.sites.loc[code, "score_low"]
    assert stated["head"] == str(read.head(city))
    assert sum(stated["figures"][code]["verdicts"].values()) == len(stated["figures"][code]["findings"]) > 10


def test_the_same_record_on_the_same_day_gives_the_same_bytes(city, code, packed):
    assert bundle.packed(city, [code], DAY) == packed


def test_the_receipt_of_the_whole_record_holds_too(city):
    codes = list(read.sites(city).index)
    found = check.check(bundle.packed(city, codes, DAY), city)
    assert found.problems == ()
    assert found.receipt.stated["sites"] == sorted(codes)


@pytest.mark.parametrize("scope", [{"as_of": dt.date(2026, 6, 30)}, {"approved_only": True}, {"edition": "moi_2548"}])
def test_a_receipt_of_part_of_the_record_holds(city, code, scope):
    assert check.check(bundle.packed(city, [code], DAY, **scope), city).problems == ()


def test_a_receipt_calls_a_site_waiting_whose_survey_no_engineer_approved_yet(city):
    unsurveyed = read.sites(city).index.difference(read.surveys(city)["site_code"])
    waiting = str(unsurveyed[0])
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    path = survey.Element(f"{waiting}.path.1", "path")
    width = survey.Measurement(path.element_id, "clear_width_mm", 905.0)
    visit = survey.Survey("uuid:waits", waiting, "T-07", when, "web", "v1", (path,), (width,))
    assert submit.submit(city, visit, "T-07").outcome == "accepted"
    receipt = bundle.packed(city, [waiting], DAY, approved_only=True)
    assert bundle.opened(receipt).stated["figures"][waiting]["standing"] == run.WAITING
    assert check.check(receipt, city).problems == ()

    def before_it_was_stated(_files, stated):
        del stated["waiting"]
        stated["figures"][waiting]["standing"] = run.NOT_SURVEYED

    assert check.check(forged(receipt, before_it_was_stated), city).problems == ()


@pytest.mark.parametrize("name", ["surveys.json", "register.json", "weights.yaml", "criteria/ramp.yaml"])
def test_a_changed_file_is_found(packed, name):
    assert bundle.FILE_ALTERED in kinds(changed(packed, name, lambda content: content + b"\n"))


@pytest.mark.parametrize("name", ["head", "edition", "criteria_version", "made_on", "demonstration"])
def test_a_changed_word_of_the_receipt_is_found(packed, name):
    def change(content):
        stated = json.loads(content)
        stated[name] = {"head": f"1:{'a' * 64}", "edition": "moi_2548", "demonstration": False}.get(name, "other")
        return json.dumps(stated).encode()

    assert bundle.RECEIPT_ALTERED in kinds(changed(packed, "receipt.json", change))


def test_a_changed_figure_is_found_however_well_the_numbers_fit(packed, code):
    def change(_files, stated):
        stated["figures"][code]["score_low"] += 0.1

    (problem,) = check.check(forged(packed, change)).problems
    assert (problem.kind, problem.where) == (recompute.OTHER_FIGURE, f"{code} score_low")


def test_a_changed_measurement_is_found_however_well_the_numbers_fit(packed, city):
    def change(files, _stated):
        surveys = json.loads(files["surveys.json"])
        for one in surveys["surveys"]:
            content = json.loads(one["content"])
            for measurement in content["measurements"]:
                if measurement["value"] is not None:
                    measurement["value"] = 1.0 if measurement["value"] == 0.0 else 0.0
            one["content"] = hash_chain.canonical(content)
        files["surveys.json"] = json.dumps(surveys, ensure_ascii=False).encode()

    content = forged(packed, change)
    assert kinds(content) == {recompute.OTHER_FIGURE}
    assert evidence.OTHER_CONTENT in kinds(content, city)


def test_a_changed_limit_is_found_however_well_the_numbers_fit(packed):
    def change(files, _stated):
        before = files["criteria/ramp.yaml"]
        files["criteria/ramp.yaml"] = before.replace(b"at_least, limit: 900", b"at_least, limit: 200")
        assert files["criteria/ramp.yaml"] != before

    found = check.check(forged(packed, change))
    assert check.OTHER_CRITERIA in {problem.kind for problem in found.problems}
    assert not found.same_criteria


def test_a_changed_weight_is_found_however_well_the_numbers_fit(packed):
    def change(files, _stated):
        before = files["weights.yaml"]
        files["weights.yaml"] = before.replace(b"4: 8", b"4: 3")
        assert files["weights.yaml"] != before

    assert kinds(forged(packed, change)) == {recompute.OTHER_FIGURE}


def test_a_changed_head_is_found_by_the_ledger_however_well_the_numbers_fit(packed, city):
    def change(_files, stated):
        stated["head"] = f"{stated['head'].split(':')[0]}:{'a' * 64}"

    content = forged(packed, change)
    assert kinds(content) == set()
    assert kinds(content, city) == {verify.REWRITTEN}


def test_a_survey_left_out_is_found_by_the_ledger_however_well_the_figures_fit(packed, city, book, weights):
    def change(files, stated):
        surveys = json.loads(files["surveys.json"])
        surveys["surveys"].pop()
        files["surveys.json"] = json.dumps(surveys, ensure_ascii=False).encode()
        left = dataclasses.replace(
            bundle.opened(packed).rests_on, surveys=tuple(one["content"] for one in surveys["surveys"])
        )
        stated["figures"] = recompute.figures(recompute.judged(left, book, weights))

    content = forged(packed, change)
    assert kinds(content) == set()
    assert kinds(content, city) == {evidence.LEFT_OUT}


def test_an_invented_survey_and_another_permit_day_are_found_by_the_ledger(packed, city, book, weights):
    def change(files, stated):
        surveys, rows = json.loads(files["surveys.json"]), json.loads(files["register.json"])
        extra = json.loads(surveys["surveys"][-1]["content"]) | {"survey_id": "uuid:invented"}
        surveys["surveys"].append({"survey_id": "uuid:invented", "content": hash_chain.canonical(extra)})
        surveys["reviews"]["uuid:invented"] = "approved"
        name, text = next(iter(rows["elements"].items()))
        rows["elements"][name] = hash_chain.canonical(json.loads(text) | {"permitted_on": "1990-01-01"})
        files["surveys.json"] = json.dumps(surveys, ensure_ascii=False).encode()
        files["register.json"] = json.dumps(rows, ensure_ascii=False).encode()
        left = dataclasses.replace(
            bundle.opened(packed).rests_on,
            surveys=tuple(one["content"] for one in surveys["surveys"]),
            elements=rows["elements"],
            reviews=surveys["reviews"],
        )
        stated["figures"] = recompute.figures(recompute.judged(left, book, weights))

    content = forged(packed, change)
    assert kinds(content) == set()
    assert kinds(content, city) == {evidence.NOT_LOGGED, evidence.OTHER_REGISTER}


def test_an_older_receipt_still_holds_when_the_record_has_grown(demonstration_folder, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(demonstration_folder / "demonstration", folder)
    with connection.open_store(workspace.Workspace(folder), kind="demonstration") as store:
        code = str(read.measurements(store)["site_code"].iloc[0])
        content = bundle.packed(store, [code], DAY)
        mine = read.surveys(store).query("site_code == @code and superseded_by == ''")["survey_id"].iloc[-1]
        visit = read.survey(store, str(mine))
        correction = dataclasses.replace(visit, survey_id="uuid:later", supersedes=visit.survey_id, root_id="")
        assert submit.submit(store, correction, "somchai").outcome == "correction"
        reviews.give_back(store, "uuid:later", "again", {}, "engineer")
        element = str(read.elements(store).query("site_code == @code").index[0])
        changes.set_permit(store, element, dt.date(1999, 1, 1), "engineer", "found the paper")
        assert check.check(content, store).problems == ()
        newer = check.check(bundle.packed(store, [code], DAY), store)
        assert newer.problems == ()
        assert newer.receipt.stated["number"] != bundle.opened(content).stated["number"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip",
        archive.zipped({"other.txt": b"x"}, DAY),
        archive.zipped({"receipt.json": b"{}"}, DAY),
        archive.zipped({"receipt.json": b"[]"}, DAY),
        archive.zipped({"receipt.json": b'{"format": 2}'}, DAY),
        archive.zipped({"../receipt.json": b"{}"}, DAY),
    ],
)
def test_what_is_no_receipt_is_refused(content):
    with pytest.raises(errors.RefusedError) as refused:
        check.check(content)
    assert [problem.kind for problem in refused.value.problems] == [bundle.NOT_A_RECEIPT]


@pytest.mark.parametrize("name", ["surveys.json", "register.json", "weights.yaml", "criteria/sources.yaml"])
def test_evidence_that_cannot_be_read_is_told_not_thrown(packed, name):
    for garbage in (b"", b"[]", b"{}", b"\xff\xfe"):
        try:
            found = {problem.kind for problem in check.check(changed(packed, name, lambda _, g=garbage: g)).problems}
        except errors.RefusedError as refused:
            found = {problem.kind for problem in refused.problems}
        assert found & {bundle.NOT_A_RECEIPT, bundle.FILE_ALTERED}


def test_a_site_that_is_not_there_and_a_reader_who_may_not_see_surveyors_are_refused(city):
    with pytest.raises(errors.RefusedError):
        bundle.packed(city, ["KK-999"], DAY)
    with pytest.raises(errors.RefusedError):
        bundle.packed(city, [], DAY)
    with pytest.raises(errors.NotAllowedError):
        bundle.packed(city.for_role("council"), ["KK-001"], DAY)


def test_a_site_that_nobody_surveyed_has_a_receipt_that_says_so(city):
    surveyed = set(read.surveys(city)["site_code"])
    code = next(code for code in read.sites(city).index if code not in surveyed)
    content = bundle.packed(city, [code], DAY)
    assert check.check(content, city).problems == ()
    assert bundle.opened(content).stated["figures"][code]["standing"] == "not_surveyed"


def test_a_code_may_hold_a_dot(tmp_path):
    sites, elements = seed.starter_sites(), seed.starter_elements()
    first, second = "KK-001", "KK-002"
    codes = {first: "RAMP", second: "RAMP.1"}
    few = sites.loc[[first, second]].rename(index=codes)
    ramps = elements.loc[elements["site_code"].isin(codes)]
    names = [name.replace(code, codes[code], 1) for name, code in ramps["site_code"].items()]
    things = ramps.assign(site_code=ramps["site_code"].map(codes)).set_axis(pd.Index(names, name="element_id"))
    with connection.open_store(workspace.Workspace(tmp_path), kind="demonstration") as store:
        register.add_sites(store, few, things, "malee", "test", dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC))
        assert kinds(bundle.packed(store, ["RAMP"], DAY), store) == set()


def test_the_criteria_of_the_receipt_are_read_and_not_those_of_the_program(packed):
    files = unzipped(packed)
    ours = {f"criteria/{path.name}": path.read_bytes() for path in criteria_files.FOLDER.glob("*.yaml")}
    assert {name: content for name, content in files.items() if name.startswith("criteria/")} == ours


def test_a_receipt_rests_on_the_comparisons_with_the_gazette(demonstration_folder, tmp_path, code, book):
    def invent(files, _stated):
        files["comparisons.json"] = b"[]"

    shutil.copytree(demonstration_folder / "demonstration", tmp_path / "city")
    with connection.open_store(workspace.Workspace(tmp_path / "city"), kind="demonstration") as store:
        for criterion in book.criteria.values():
            for limit in criterion.limits:
                if limit.state:
                    comparisons.record(store, limit, gazette.DIFFERS, "malee", value="?", page="1")
        content = bundle.packed(store, [code], DAY)
        assert check.check(content, store).problems == ()
        laws = {found.split()[1] for found in bundle.opened(content).stated["figures"][code]["findings"]}
        assert laws.isdisjoint(name for name, each in book.criteria.items() if each.limits and each.limits[-1].state)
        assert check.OTHER_CRITERIA not in kinds(forged(content, invent))
        assert recompute.OTHER_FIGURE in kinds(forged(content, invent))
        assert check.NOT_COMPARED in kinds(forged(content, invent), store)
        # A comparison made afterwards is no fault of the receipt.
        comparisons.record(store, book.criteria["ramp.clear_width"].limits[0], gazette.SAME, "malee")
        assert check.check(content, store).problems == ()


def test_a_receipt_knows_what_was_built_anew(demonstration_folder, tmp_path, book, weights, code):
    shutil.copytree(demonstration_folder / "demonstration", tmp_path / "city")
    with connection.open_store(workspace.Workspace(tmp_path / "city"), kind="demonstration") as store:
        measured = read.measurements(store)
        ramp = str(measured.loc[measured["site_code"] == code, "element_id"].iloc[0])
        before = bundle.packed(store, [code], DAY)
        fix_states.record(store, ramp, fix_states.BUILT, DAY, "engineer", rebuilt=True)
        packed = bundle.packed(store, [code], DAY)
        figures = bundle.opened(packed).stated["figures"]
        assert figures == {code: recompute.figures(record.read(store, book, weights).audit)[code]}
        assert figures != bundle.opened(before).stated["figures"]
        assert kinds(before, store) == kinds(packed, store) == kinds(packed) == set()

        def hide(files, _stated):
            rows = json.loads(files["register.json"])
            files["register.json"] = json.dumps(rows | {"rebuilt": {}}).encode()

        assert evidence.OTHER_REBUILDING in kinds(forged(packed, hide), store)
