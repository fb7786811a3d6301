import datetime as dt

import pytest

from audits import terms
from audits.book import book_pages
from audits.reports import contents, site_report
from audits.rules import model
from audits.scoring import questions, run


@pytest.fixture(scope="module")
def known(in_english, english):
    return book_pages.Known(in_english, english)


def page(known, code):
    row = next(each for each in known.contents.sites.itertuples() if each.code == code)
    return book_pages.page(row, known.suggested().get(code), known)


def test_only_what_is_known_stands_in_the_table(known):
    verdicts = [line["verdict"] for line in page(known, "KK-001")["known"]]
    assert set(verdicts) <= set(book_pages.KNOWN_VERDICTS)
    assert verdicts == sorted(verdicts, key=book_pages.KNOWN_VERDICTS.index)


def test_every_finding_that_is_decided_stands_in_the_table(known):
    found = known.contents.findings
    for code in known.contents.sites["code"]:
        decided = found.loc[(found["site_code"] == code) & found["verdict"].isin(book_pages.KNOWN_VERDICTS)]
        assert len(page(known, code)["known"]) == len(decided)


def test_every_row_has_the_word_of_its_verdict(known):
    assert {line["word"] for line in page(known, "KK-001")["known"]} <= {"fail", "pass", "borderline"}


def test_what_is_not_known_is_counted_once(known):
    unknown = (known.contents.findings["site_code"] == "KK-001") & (known.contents.findings["verdict"] == "unknown")
    assert f"{unknown.sum()} requirements are not known yet" in page(known, "KK-001")["notes"]


def test_what_the_instrument_could_not_decide_is_to_be_measured_again(known):
    judged = known.findings["KK-001"].copy()
    assert book_pages.again(judged, known) == page(known, "KK-001")["again"] == ""
    judged.loc[judged["quantity"] == "clear_width_mm", "verdict"] = "borderline"
    assert book_pages.again(judged, known) == "Measure again with a finer instrument: Clear width."


def test_suggestions_are_the_first_six_of_the_export_in_their_order(known):
    table = known.contents.next_measurements
    wanted = list(table.loc[table["site_code"] == "KK-003"].nsmallest(6, "rank")["quantity_name_en"])
    steps = page(known, "KK-003")["next"]
    assert [step["name"] for step in steps] == wanted
    numbers = {one.name.en: n for n, one in enumerate(model.questions(known.contents.record.criteria, "ramp"), 1)}
    assert [step["number"] for step in steps] == [numbers[name] for name in wanted], "as on every sheet of a ramp"


def test_a_site_that_is_due_again_is_asked_everything_that_a_new_survey_asks(record, english, known):
    later = contents.contents(record, english, options=contents.Options(dt.date(2035, 1, 1)))
    due = book_pages.Known(later, english)
    asked = page(due, "KK-001")
    assert (asked["due"].startswith("Due to be surveyed again since"), page(known, "KK-001")["due"]) == (True, "")
    book, element = record.criteria, record.elements.loc["KK-001.ramp.1"]
    setting = record.sites["setting"]["KK-001"]
    rules, _ = run.rules_for(book, "ramp", run.day_of(element["permitted_on"]), setting)
    wanted = [one.name.en for one in questions.that_apply(book, "ramp", rules, {})]
    assert [step["name"] for step in asked["next"]] == wanted, "the same as the survey app and the page ask"
    earlier = {step["name"]: step["before"] for step in asked["next"]}
    assert (earlier["Running slope"], earlier["Clear width"]) == ("earlier: 12 % (1:8.33)", "earlier: 150 cm")
    assert list(earlier.values()).count("") == len(wanted) - 4, "what nobody measured has no earlier answer"
    assert len(due.suggested()["KK-001"]) == len(wanted), "its minutes and instruments are those of all questions"
    assert page(due, "KK-003")["next"] == page(known, "KK-003")["next"], "nobody has surveyed it"


def test_a_slope_has_three_boxes_and_a_question_has_two_answers(known):
    book = known.contents.record.criteria
    slope = book_pages.question(book.quantities["running_slope_pct"], book, known.words)
    present = book_pages.question(book.quantities["handrail_present"], book, known.words)
    assert (slope["readings"], slope["unit"], slope["answers"]) == (3, "%", [])
    assert present["answers"] == [known.words.text(each) for each in terms.IS_THERE]


def test_instruments_say_how_far_they_may_be_trusted(known):
    book = known.contents.record.criteria
    told = book_pages.instruments_text(book.quantities["running_slope_pct"], book, known.words)
    assert told == "Digital level ± 0.2 % / Bubble level and tape ± 0.5 %"
    assert book_pages.instrument_text(book.instruments["eye"], known.words) == "Seen by eye"


def test_photographs_are_asked_of_the_whole_each_element_and_each_failure(known):
    asked = page(known, "KK-001")["photos"]
    record = known.contents.record
    sections = site_report.sections(record, "KK-001", known.words)
    failing = sum(line.verdict == "fail" for section in sections for line in section.lines)
    assert failing > 0
    assert len(asked) == 1 + len(sections) + failing


def test_a_place_that_is_not_known_is_a_dash(known):
    facts = dict(page(known, "KK-004")["facts"])
    assert (facts["WGS 84"], facts["UTM"]) == ("–", "–")
    assert facts["Position"].endswith("no position recorded")


def test_coordinates_stand_in_degrees_and_metres(known):
    facts = dict(page(known, "KK-001")["facts"])
    assert facts["WGS 84"] == "16.430460, 102.829570"
    assert facts["UTM 48N"] == "268239 E, 1817793 N"
