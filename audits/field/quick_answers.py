"""Read a box of a paper sheet as it is typed: readings, yes or no, or the reason for none."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from audits import survey, terms, wording
from audits.field import answers, doubts
from audits.field.tables import alike_sites
from audits.formats import cells
from audits.rules import model

# One letter is enough where a hundred sheets are typed; 1 and 0 are on the number pad.
YES_WORDS = frozenset({"มี", "ม", "ใช่", "ใ", "y", "yes", "1", "+"})
NO_WORDS = frozenset({"ไม่มี", "ไม่", "ไ", "ไม่ใช่", "n", "no", "0", "-"})

_CODE = re.compile(r"x\s+([1-9])")


def parsed(text: str, quantity: model.Quantity) -> answers.Answer:
    """Return the answer in one box.

    Readings are parted by semicolons, bare figures also by blanks; ``!`` behind a figure says that it is right; a code
    of :func:`reason_codes`, or the words of a reason in any language, says why there is none. What is not understood
    is kept as it is, so that the checks can name the problem.

    Parameters
    ----------
    text
        As typed.
    quantity
        What the box asks for.
    """
    plain = cells.clean(text)
    # x9 is the code of no reason: it stays as typed, and the checks name it
    if reason := _reasons().get(_CODE.sub(r"x\1", plain.casefold())):
        return answers.Answer((), reason)
    if quantity.kind == "yes_no":
        return answers.Answer(tuple(_yes_or_no(part) for part in [plain.casefold()] if part))
    parts = [part.strip() for part in plain.split(";") if part.strip()]
    split = parts[0].split() if len(parts) == 1 else []
    # blanks part bare figures only: “90 cm” is one reading
    if all(isinstance(cells.number(doubts.unmarked(part)[0]), float) for part in split):
        parts = split or parts
    return answers.Answer(tuple(parts))


def question_numbers(criteria: model.Criteria, kind: str) -> Mapping[str, int]:
    """Return the number that each quantity of a kind of element has on paper, whatever else is asked there.

    Examples
    --------
    >>> from audits.rules import files
    >>> question_numbers(files.load_criteria(), "ramp")["running_slope_pct"]
    3
    """
    return {one.quantity_id: number for number, one in enumerate(model.questions(criteria, kind), start=1)}


def reason_codes(words: wording.Wording) -> dict[str, str]:
    """Return the codes of the reasons why nothing was measured, each with its meaning."""
    return {f"x{n}": words.text(terms.NOT_MEASURED[one]) for n, one in enumerate(survey.NOT_MEASURED_REASONS, start=1)}


@functools.cache
def _reasons() -> Mapping[str, str]:
    """Return each reason by what may be typed for it."""
    spoken = [reason_codes(wording.Wording(language)) for language in wording.LANGUAGES]
    typed = [tuple(spoken[0]), *(tuple(codes.values()) for codes in spoken)]
    return {
        one.casefold(): reason for each in typed for one, reason in zip(each, survey.NOT_MEASURED_REASONS, strict=True)
    }


def written(answer: answers.Answer, quantity: model.Quantity, words: wording.Wording) -> str:
    """Return an answer as it would be typed into its box, in the reader's words."""
    if answer.reason:
        return f"x{survey.NOT_MEASURED_REASONS.index(answer.reason) + 1}"
    if quantity.kind == "yes_no":
        named = dict(zip((answers.YES, answers.NO), map(words.text, quantity.yes_and_no), strict=True))
        return " ".join(named.get(text, text) for text in answer.texts)
    return "; ".join(answers.in_words(text, words) for text in answer.texts)


def meant_codes(text: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Codes that may be meant: the one typed, without its separators and zeros if need be, or all with that number.

    Parameters
    ----------
    text
        As typed, such as ``KK-012``, ``kk12`` or ``12``.
    codes
        The codes of the register.

    Examples
    --------
    >>> meant_codes("85", ("KK-012", "KK-085", "SP-012")), meant_codes("12", ("KK-012", "KK-085", "SP-012"))
    (('KK-085',), ('KK-012', 'SP-012'))
    """
    plain = cells.clean(text)
    if plain in codes:
        return (plain,)
    form = alike_sites.form_of_code(plain)
    # signs alone have no form, and would fit every code that has none either
    forms = {code: alike_sites.form_of_code(code) for code in codes if form}
    whole = tuple(code for code, known in forms.items() if known == form)
    if whole or not form.isdecimal():
        return whole
    return tuple(code for code, known in forms.items() if known.rpartition(" ")[2] == form)


def of_one_series(meant: tuple[str, ...], before: str) -> tuple[str, ...]:
    """Choose, of several codes, the one of the series of the sheet typed before: sheets come in stacks.

    Examples
    --------
    >>> of_one_series(("KK-012", "SP-012"), "KK-011"), of_one_series(("KK-012", "SP-012"), "PW-1")
    (('KK-012',), ('KK-012', 'SP-012'))
    """
    same = tuple(code for code in meant if _series(code) == _series(before))
    return same if len(same) == 1 else meant


def _series(code: str) -> str:
    return alike_sites.form_of_code(code).rpartition(" ")[0]


def _yes_or_no(word: str) -> str:
    if word in YES_WORDS:
        return answers.YES
    return answers.NO if word in NO_WORDS else word
