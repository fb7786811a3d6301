from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from audits import errors
from audits.rules import cases, files, model


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_example_measures_only_what_is_possible(rules: model.Criteria) -> None:
    for case in cases.load_cases():
        for quantity_id, value in case.measured.items():
            least, most = rules.quantities[quantity_id].possible
            assert least <= value <= most, case


def test_yes_and_no_are_plain_as_no_question_in_thai_denies_what_it_asks(rules: model.Criteria) -> None:
    """Yes to "is there not" means two things; what explains the words stands in brackets, and may deny."""
    ending, aside = re.compile(r"(ใช่)?หรือไม่.*"), re.compile(r"\(.*?\)|ไม่น้อยกว่า|โดยไม่\S*|ไม่ใช่\S*")
    asked = {one.quantity_id: one.question.th for one in rules.quantities.values() if one.kind == "yes_no"}
    denying = {name for name, text in asked.items() if "ไม่" in ending.sub("", aside.sub("", text))}
    assert denying == set()


def test_no_two_examples_of_a_criterion_have_the_same_name() -> None:
    names = [(case.criterion, case.name.th) for case in cases.load_cases()]
    assert len(names) == len(set(names))


def test_the_weights_are_those_of_the_file() -> None:
    weights = files.load_weights()
    assert weights.severity == {4: 8, 3: 4, 2: 2, 1: 1}
    assert [(grade.grade, grade.lowest) for grade in weights.grades] == [("A", 90), ("B", 75), ("C", 50), ("D", 0)]
    assert (weights.cap_when_law_fails, weights.cap_when_severity_4_fails) == ("B", "D")


@pytest.mark.parametrize(("names", "cap"), [("ABCD", "B"), ("WXYZ", "X")])
def test_weights_from_before_the_law_had_a_cap_are_read_and_keep_their_own(
    tmp_path: Path, names: str, cap: str
) -> None:
    path = tmp_path / "weights.yaml"
    lines = [line for line in files.WEIGHTS.read_text("utf-8").splitlines() if "cap_when_law_fails" not in line]
    text = "\n".join(lines).replace("severity_4_fails: D", f"severity_4_fails: {names[2]}")
    for old, new in zip("ABCD", names, strict=True):
        text = text.replace(f"grade: {old},", f"grade: {new},")
    path.write_text(text, "utf-8")
    weights = files.load_weights(path)
    assert (weights.cap_when_law_fails, weights.cap_when_severity_4_fails) == (cap, names[2])


def test_every_persona_has_a_name(rules: model.Criteria) -> None:
    named = set(files.load_weights().personas)
    assert {persona for criterion in rules.criteria.values() for persona in criterion.personas} == named


def test_the_version_changes_with_any_value_and_not_with_the_layout(folder: Path, rules: model.Criteria) -> None:
    change(folder / "ramp.yaml", "# Ramps", "\n# Ramps, in another layout")
    assert files.load_criteria(folder).version == rules.version
    change(folder / "ramp.yaml", 'limit: "1:12"', 'limit: "1:13"')
    assert files.load_criteria(folder).version != rules.version


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("ramp.yaml", "source: moi_2548", "source: moi_2584", "source: moi_2584: unknown source"),
        ("ramp.yaml", "source: moi_2548, ", "", "'source' is a required property"),
        ("ramp.yaml", "source: moi_2548", "source: ada_2010", "is a comparator, accepted here are law, guidance"),
        ("ramp.yaml", "source: moi_2564", "source: moi_2548", "one source states two limits"),
        ("ramp.yaml", "unit: ratio", "unit: cubits", "'cubits' is not one of"),
        ("ramp.yaml", "limit: 900, unit: mm", "limit: 900, unit: percent", "percent cannot be converted to mm"),
        ("ramp.yaml", 'limit: "1:12"', "limit: 1:12", "is not of type 'string'"),
        ("ramp.yaml", "limit: 900,", "limit: .nan,", "not a finite number"),
        ("ramp.yaml", "limit: 900,", "limit: 9000000,", "outside what is possible"),
        ("ramp.yaml", "limit: [30, 40]", "limit: [40, 30]", "the lower bound comes first"),
        ("ramp.yaml", "quantity: running_slope_pct", "quantity: slope_pct", "slope_pct: unknown quantity"),
        ("ramp.yaml", "quantity: running_slope_pct", "quantity: tread_mm", "tread_mm: does not belong to ramp"),
        ("ramp.yaml", "wheelchair: 3", "unicycle: 3", "'unicycle' is not one of"),
        ("ramp.yaml", "severity: 4", "severity: 5", "5 is not one of [1, 2, 3, 4]"),
        ("ramp.yaml", "operator: at_most", "operator: below", "'below' is not one of"),
        (
            "ramp.yaml",
            "name: {th: ความลาดชัน, en: Running slope}",
            "name: {th: ความลาดชัน}",
            "'en' is a required property",
        ),
        ("ramp.yaml", "ramp.clear_width_long:", "ramp.clear_width:", "ramp.clear_width: given twice"),
        ("ramp.yaml", "ramp.running_slope:", "path.running_slope:", "does not belong in this file"),
        ("ramp.yaml", "operator: at_least, value: 6000", "operator: is_yes", "is_yes does not fit a mm"),
        ("ramp.yaml", "ramp.running_slope:", "ramp.running_slope: [", "not YAML"),
        ("parking.yaml", "[50, 1], [100, 2]", "[100, 2], [50, 1]", "steps must ascend"),
        ("sources.yaml", "in_force_on: 2005-08-31", "in_force_on: null", "None is not of type 'string'"),
        ("sources.yaml", "in_force_on: 2005-08-31", "in_force_on: 2005-02-31", "2005-02-31 is not a day"),
        ("sources.yaml", "binds: [building,", "binds: [castle,", "castle: unknown setting"),
        ("quantities.yaml", "[digital_level, ", "[divining_rod, ", "divining_rod: unknown instrument"),
        ("quantities.yaml", "[digital_level, ", "[tape_measure, ", "tape_measure: measures mm, not percent"),
        ("quantities.yaml", "usual: [500, 60000]", "usual: [60000, 500]", "usual: must lie inside possible"),
    ],
)
def test_a_rule_that_cannot_be_trusted_is_refused(folder: Path, file: str, old: str, new: str, fault: str) -> None:
    change(folder / file, old, new)
    with pytest.raises(errors.CriteriaError) as refused:
        files.load_criteria(folder)
    lines = str(refused.value).splitlines()
    assert any(line.startswith(f"{file}: ") and fault in line for line in lines)


def test_all_faults_are_listed_at_once(folder: Path) -> None:
    change(folder / "ramp.yaml", "source: moi_2548", "source: moi_2584")
    change(folder / "stair.yaml", "quantity: riser_mm", "quantity: rise_mm")
    change(folder / "sources.yaml", "binds: [building,", "binds: [castle,")
    with pytest.raises(errors.CriteriaError) as refused:
        files.load_criteria(folder)
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["sources.yaml", "moi_2548"],
        ["ramp.yaml", "ramp.running_slope"],
        ["stair.yaml", "stair.riser"],
    ]


def test_a_file_of_no_known_element_is_refused(folder: Path) -> None:
    (folder / "escalator.yaml").write_text("{}", encoding="utf-8")
    with pytest.raises(errors.CriteriaError, match=r"escalator\.yaml: not the name of a kind of element"):
        files.load_criteria(folder)


def test_a_missing_catalogue_is_refused(folder: Path) -> None:
    (folder / "sources.yaml").unlink()
    with pytest.raises(errors.CriteriaError, match=r"sources\.yaml: cannot be read"):
        files.load_criteria(folder)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("criterion: ramp.running_slope", "criterion: ramp.steepness", "ramp.steepness: unknown criterion"),
        ("running_slope_pct: ", "steepness_pct: ", "steepness_pct: unknown quantity"),
        ("permitted_on: 2010-06-01", "permitted_on: 2010-06-31", "2010-06-31 is not a day"),
        ("verdict: pass", "verdict: maybe", "'maybe' is not one of"),
    ],
)
def test_an_example_that_cannot_be_read_is_refused(folder: Path, old: str, new: str, fault: str) -> None:
    change(folder / "cases" / "ramp.yaml", old, new)
    with pytest.raises(errors.CriteriaError, match=fault):
        cases.load_cases(folder)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("from: 75", "from: 95", "bands must descend to 0"),
        ("from: 0", "from: 10", "bands must descend to 0"),
        ("law_fails: B", "law_fails: E", "cap_when_law_fails: not one of the grades"),
        ("4_fails: D", "4_fails: E", "cap_when_severity_4_fails: not one of the grades"),
        ("{4: 8, 3: 4,", "{4: 8, 4: 4,", "4: given twice"),
        ("  pram:", "  stroller:", "'stroller' is not one of"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path = tmp_path / "weights.yaml"
    shutil.copy(files.WEIGHTS, path)
    change(path, old, new)
    with pytest.raises(errors.CriteriaError, match=fault):
        files.load_weights(path)
