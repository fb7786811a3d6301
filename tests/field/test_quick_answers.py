import pytest

from audits import survey, wording
from audits.field import answers, quick_answers
from audits.rules import model

CODES = ("KK-001", "KK-012", "KK-085", "SP-001", "SP-012")


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("85", ("85",)),
        ("8.1 8.4 7.9", ("8.1", "8.4", "7.9")),
        ("๘.๑ ๘.๔", ("8.1", "8.4")),
        ("1:12; 1:11", ("1:12", "1:11")),
        ("8.1 12! 7.9", ("8.1", "12!", "7.9")),
        ("12 ✓", ("12 ✓",)),
        ("85 cm", ("85 cm",)),
        ("85 cm; 86 cm", ("85 cm", "86 cm")),
        ("rise 10 along 120 cm", ("rise 10 along 120 cm",)),
        ("", ()),
    ],
)
def test_a_box_holds_one_reading_or_several(typed: str, texts: tuple[str, ...], book: model.Criteria) -> None:
    assert quick_answers.parsed(typed, book.quantities["running_slope_pct"]) == answers.Answer(texts)


@pytest.mark.parametrize("typed", ["ม", "มี", "ใช่", "Y", "yes", "1", "๑"])
def test_yes_is_one_key(typed: str, book: model.Criteria) -> None:
    assert quick_answers.parsed(typed, book.quantities["element_present"]).texts == (answers.YES,)


@pytest.mark.parametrize("typed", ["ไ", "ไม่มี", "n", "0", "-"])
def test_no_is_one_key(typed: str, book: model.Criteria) -> None:
    assert quick_answers.parsed(typed, book.quantities["element_present"]).texts == (answers.NO,)


@pytest.mark.parametrize("number", range(1, len(survey.NOT_MEASURED_REASONS) + 1))
def test_a_reason_is_an_x_with_its_number(number: int, book: model.Criteria) -> None:
    answer = quick_answers.parsed(f"x{number}", book.quantities["clear_width_mm"])
    assert answer == answers.Answer((), survey.NOT_MEASURED_REASONS[number - 1])


@pytest.mark.parametrize("typed", ["X 1", "no instrument", "No instrument", "ไม่มีเครื่องมือ"])
@pytest.mark.parametrize("quantity", ["clear_width_mm", "element_present"])
def test_a_reason_may_be_typed_in_the_words_of_the_sheet(typed: str, quantity: str, book: model.Criteria) -> None:
    assert quick_answers.parsed(typed, book.quantities[quantity]) == answers.Answer((), "no_instrument")


def test_a_reason_that_does_not_exist_is_kept_for_the_checks_to_refuse(book: model.Criteria) -> None:
    answer = quick_answers.parsed("x9", book.quantities["clear_width_mm"])
    read = answers.read("KK-001.ramp.1", {"clear_width_mm": answer}, book, answers.Units(), {})
    assert set(read.problems) == {"clear_width_mm"}


@pytest.mark.parametrize("typed", ["8.1; 8.4", "x2", "1:12", ""])
def test_what_is_shown_again_reads_the_same(typed: str, book: model.Criteria) -> None:
    quantity = book.quantities["running_slope_pct"]
    answer = quick_answers.parsed(typed, quantity)
    assert quick_answers.parsed(quick_answers.written(answer, quantity, wording.Wording("th")), quantity) == answer


def test_a_confirmed_length_is_shown_again_in_words_and_stays_confirmed(book: model.Criteria) -> None:
    quantity, kept = book.quantities["clear_width_mm"], answers.Answer(("1.3 m ✓", "90"))
    shown = quick_answers.written(kept, quantity, wording.Wording("th"))
    assert shown == "1.3 ม.!; 90"
    read = answers.read(
        "KK-001.ramp.1", {"clear_width_mm": quick_answers.parsed(shown, quantity)}, book, answers.Units(), {}
    )
    assert [(one.value, one.as_written) for one in read.measurements] == [(1300.0, "1.3 ม. ✓"), (900.0, "90 cm")]


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("word", [answers.YES, answers.NO])
def test_yes_and_no_are_shown_in_words_that_the_box_understands(word: str, language: str, book: model.Criteria) -> None:
    words, answer = wording.Wording(language), answers.Answer((word,))
    for quantity in book.quantities.values():
        if quantity.kind == "yes_no":
            shown = quick_answers.written(answer, quantity, words)
            assert quick_answers.parsed(shown, quantity) == answer, shown


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KK-012", ("KK-012",)),
        ("kk12", ("KK-012",)),
        ("85", ("KK-085",)),
        ("๘๕", ("KK-085",)),
        ("0085", ("KK-085",)),
        ("12", ("KK-012", "SP-012")),
        ("sp 1", ("SP-001",)),
        ("SP-0012", ("SP-012",)),
        ("99", ()),
        ("5", ()),
        ("XX-001", ()),
        ("", ()),
        ("-", ()),
        ("ramp", ()),
    ],
)
def test_a_code_may_be_typed_short_and_every_site_that_it_may_mean_is_named(typed: str, meant: tuple[str, ...]) -> None:
    assert quick_answers.meant_codes(typed, CODES) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12", ("CM-12",)),
        ("cm012", ("CM-12",)),
        ("7", ("ชม-007",)),
        ("ชม7", ("ชม-007",)),
        ("3", ("north.3",)),
        ("North 3", ("north.3",)),
        ("41", ("41",)),
        ("041", ("41",)),
    ],
)
def test_a_bare_number_is_completed_with_the_codes_of_its_own_register(typed: str, meant: tuple[str, ...]) -> None:
    assert quick_answers.meant_codes(typed, ("CM-12", "ชม-007", "north.3", "41", "CM-41")) == meant
