"""Every room gives a limit of law the same state, with what somebody compared with the gazette."""

from __future__ import annotations

from audits import terms, wording
from audits.field.kit import page as kit_page
from audits.field.kit import rules as kit_rules
from audits.law import sheet
from audits.rules import gazette
from tests import spoken
from tests.agreement import printed, worlds


def test_command_page_and_sheet_count_the_same_states(world: worlds.World, words: wording.Wording) -> None:
    said = world.answer("law")["states"]
    lines = world.text("law", language=words.language).splitlines()
    page = worlds.html(world.page("criteria.py", words.language))
    for state, name in terms.LAW_STATE.items():
        counted = f"{words.text(name)}: {words.number(said[state])}"
        assert counted in lines, state
        assert counted in page or not said[state], state
    waiting = said[gazette.REPORTED] + said[gazette.DISPUTED]
    left = words.count("{n} limit to compare", "{n} limits to compare", waiting)
    paper = " ".join(spoken.pages(sheet.pdf(world.record.criteria, words, worlds.MADE_ON)))
    assert printed.squeezed(left) in printed.squeezed(paper)


def test_the_kit_judges_by_no_disputed_limit_and_marks_those_not_checked(world: worlds.World) -> None:
    states = {row["id"]: row["state"] for row in world.answer("law")["limits"]}
    sources = {one.short.th: name for name, one in world.record.criteria.sources.items()}
    packed = kit_rules.pack(world.record, kit_page.WORDS)
    groups = (one for of_kind in packed["groups"].values() for of_era in of_kind.values() for one in of_era.values())
    judging = {place for group in groups for place in group["limits"]}
    found = []
    for place, row in enumerate(packed["limits"]):
        source = sources[packed["names"][packed["sources"][row["source"]]["short"]][0]]
        state = states.get(f"{packed['criteria'][row['criterion']]['id']}@{source}")
        assert row["unverified"] == (state == gazette.REPORTED)
        found.append((state, place in judging))
    assert (gazette.DISPUTED, True) not in found
    assert (gazette.REPORTED, True) in found


def test_the_thin_record_holds_a_limit_checked_and_one_that_differs(thin: worlds.World) -> None:
    states = {row["id"]: row["state"] for row in thin.answer("law")["limits"]}
    of = {name: {one for limit, one in states.items() if limit.startswith(f"{name}@")} for name in worlds.COMPARED}
    assert of == {worlds.AS_THE_GAZETTE: {gazette.CHECKED}, worlds.NOT_AS_THE_GAZETTE: {gazette.DISPUTED}}
