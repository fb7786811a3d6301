"""Ask the questions of one element, each with its verdict while the surveyor types."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import streamlit as st

from app_pages.parts.shared import browser, choices, tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.parts.survey import question, redrawn
from audits import survey, terms, wording
from audits.field import answers, doubts
from audits.formats import templates
from audits.reports import measuring_figures, site_report
from audits.rules import asked_quantity, model, themes

UNANSWERED = ""
ANSWERED = "● "
# In an address, the element whose questions are to be open.
ELEMENT = "element"
# the part of the page that was opened last, and how many were opened
REVEALED = "revealed"
PHOTOS = "photos"
"""The part below the themes in which an element is photographed."""
BEFORE_SAVING = "before_saving"
"""The part of the page below all questions."""
QUESTION = Path(__file__).parent / "question.html.j2"


def ask(read: Callable[[], Sequence[question.Question]], last: Mapping[str, tuple[str, Callable[[], None]]]) -> None:
    """Show the questions of one element by theme, one theme open at a time.

    Parameters
    ----------
    read
        Gives the questions as they are answered so far, from :func:`question.of_element`.
    last
        What stands below the themes and opens like one: by its key, its heading and what draws it.
    """
    asked = read()
    words, criteria = asked[0].context.words, asked[0].context.criteria
    browser.keypad(_keypads(asked))
    groups = themes.grouped(criteria, ((one.id, one) for one in asked))
    state = _open_state(groups, question.answered(asked), asked[0].element_id)
    redrawn.part("progress", lambda: _progress(read(), words), lambda: _show_progress(read(), state))
    with st.container(key="themes"):
        following = {theme.theme_id: words.name(theme.name) for theme, _ in groups}
        following |= {key: heading for key, (heading, _) in last.items()}
        for theme, group in groups:
            del following[theme.theme_id]
            if _theme_row(read, state, theme, [one.id for one in group]):
                for one in group:
                    _card(read, one)
                _next(state, following, words)
        for key, (heading, draw) in last.items():
            del following[key]
            if _row(state, key, heading):
                draw()
                _next(state, following, words)
    if REVEALED in st.session_state:
        browser.reveal(*st.session_state[REVEALED])


def _progress(asked: Sequence[question.Question], words: wording.Wording) -> tuple[object, ...]:
    return question.progress_text(asked, words), *(one.id for one in asked if one.id in one.read.problems)


def _show_progress(asked: Sequence[question.Question], state: str) -> None:
    if not asked[0].draft.is_of_one_answer:
        done, every = question.counts(asked)
        st.progress(done / every, text=question.progress_text(asked, asked[0].context.words))
    _jumps(asked, state)


def _theme_row(
    read: Callable[[], Sequence[question.Question]], state: str, theme: themes.Theme, ids: Collection[str]
) -> bool:
    """Show the heading of a theme with its counts, and return whether it is open."""

    def heading() -> str:
        asked = read()
        return _counted(theme, [one for one in asked if one.id in ids], question.answered(asked))

    key = _row_key(state, theme.theme_id)
    redrawn.part(f"row_{key}", heading, lambda: _row(state, theme.theme_id, heading()))
    return bool(st.session_state[state] == theme.theme_id)


def _card(read: Callable[[], Sequence[question.Question]], one: question.Question) -> None:
    def now() -> question.Question:
        return next(each for each in read() if each.id == one.id)

    key, fields = _card_key(one.element_id, one.id), f"{_fields_key(one)}|"
    redrawn.part(key, lambda: now().shown_state, lambda: _show(now()), fields)


def _next(state: str, following: Mapping[str, str], words: wording.Wording) -> None:
    """Lead on to the first part that follows, by its name, and from the last one to what stands before saving."""
    end = ("", words.text("Before you save"))
    opened, name = next(iter(following.items()), end)
    key, args = f"next_{state}".replace(".", "-"), (state, opened, "" if opened else BEFORE_SAVING)
    label = words.text("Next: {theme}", theme=name)
    st.button(label, key=key, on_click=_open, args=args, width="stretch", type="primary")


def _open_state(
    groups: Sequence[tuple[themes.Theme, list[question.Question]]], answered: set[str], element_id: str
) -> str:
    """Name the session's key of the open theme: at first one that is begun, else one with an urgent question."""
    state = _state_key(element_id)
    if state not in st.session_state:
        left = {theme.theme_id: [one for one in group if one.id not in answered] for theme, group in groups}
        left = {theme_id: ones for theme_id, ones in left.items() if ones}
        begun = [theme.theme_id for theme, group in groups if 0 < len(left.get(theme.theme_id, ())) < len(group)]
        urgent = [theme_id for theme_id, ones in left.items() if any(one.urgent for one in ones)]
        st.session_state[state] = next(iter([*begun, *urgent, *left]), "")
    return state


def _counted(theme: themes.Theme, group: Sequence[question.Question], answered: set[str]) -> str:
    words = group[0].context.words
    done, wrong = sum(one.id in answered for one in group), sum(one.id in one.read.problems for one in group)
    failing = sum(bool(one.failed) for one in group)
    parts = [f"{words.name(theme.name)} · {done} / {len(group)}"]
    if failing:
        parts.append(f"{tables.SIGN['fail']} {words.text(terms.VERDICT['fail'])}: {words.number(failing, 0)}")
    if wrong:
        parts.append(words.text("to mend: {n}", n=wrong))
    # The sign of a pass stands for what passes only.
    return f"{ANSWERED if done == len(group) and not wrong else ''}{' · '.join(parts)}"


def _row(state: str, key: str, heading: str) -> bool:
    """Show the heading of a theme, and return whether it is open."""
    is_open = bool(st.session_state[state] == key)
    icon = ":material/expand_more:" if is_open else ":material/chevron_right:"
    args = (state, "" if is_open else key)
    st.button(f"**{heading}**", key=_row_key(state, key), icon=icon, on_click=_open, args=args, width="stretch")
    return is_open


def _row_key(state: str, key: str) -> str:
    return f"theme_{state}_{key}".replace(".", "-")


def _open(state: str, key: str, revealed: str = "", then: Callable[[], None] = redrawn.whole) -> None:
    """Open a theme and close the one before; the reader finds its heading, or the part `revealed`, at the top."""
    st.session_state[state] = key
    if key or revealed:
        st.session_state[REVEALED] = (revealed or _row_key(state, key), st.session_state.get(REVEALED, ("", 0))[1] + 1)
    then()


def _jumps(asked: Sequence[question.Question], state: str) -> None:
    """Lead to the answers that cannot be taken."""
    for one in asked:
        if one.id in one.read.problems:
            label = one.context.words.text("Mend: {what}", what=one.context.words.name(one.quantity.name))
            ((theme, _),) = themes.grouped(one.context.criteria, [(one.id, one.id)])
            key, args = f"mend_{one.anchor}", (state, theme.theme_id, _card_key(one.element_id, one.id))
            st.button(label, key=key, on_click=_open, args=args, icon="✏️", width="stretch")


def open_question(
    criteria: model.Criteria, element_id: str, quantity_id: str, then: Callable[[], None] = redrawn.whole
) -> None:
    """Open the theme of a question of the element that is shown next, with the question at the top."""
    ((theme, _),) = themes.grouped(criteria, [(quantity_id, quantity_id)])
    _open(_state_key(element_id), theme.theme_id, _card_key(element_id, quantity_id), then)


def open_photos(element_id: str) -> None:
    """Open the photos of the element that is shown next, at the top."""
    _open(_state_key(element_id), PHOTOS)


def take_asked_element(key: str, elements: Collection[str]) -> None:
    """Choose the element that the link to the page names, once; what is chosen afterwards stands."""
    if st.query_params.get(ELEMENT) in elements:
        st.session_state[key] = st.query_params[ELEMENT]
    st.query_params.pop(ELEMENT, None)


def _state_key(element_id: str) -> str:
    return f"open_theme_{element_id}"


def _card_key(element_id: str, quantity_id: str) -> str:
    return f"question_{element_id}_{quantity_id}".replace(".", "-")


def _fields_key(one: question.Question) -> str:
    return f"answer|{one.draft.survey_id}|{one.element_id}|{one.id}"


def _keypads(asked: Sequence[question.Question]) -> dict[str, str]:
    modes = {
        one.label(number): "numeric" if one.quantity.kind == "count" else "decimal"
        for one in asked
        for number in range(1, answers.MOST_READINGS + 1)
    }
    return modes | dict.fromkeys(_rise_labels(asked[0]).values(), "decimal")


def _show(one: question.Question) -> None:
    key = _fields_key(one)
    keep = functools.partial(_keep, one, key)
    with st.container(border=True, key=_card_key(one.element_id, one.id)):
        _heading(one)
        if one.quantity.kind == "yes_no":
            with st.container(horizontal=True, vertical_alignment="bottom"):
                _yes_or_no(one, key, keep)
                _reason(one, key, keep)
        else:
            _figures(one, key, keep)
        if one.show_doubt(redrawn.whole) != "problem":
            _verdicts(one)


def _heading(one: question.Question) -> None:
    """Ask with the drawing of how it is measured; pressed, it grows and says how."""
    words, way = one.context.words, measuring_figures.ways()[measuring_figures.way_of(one.quantity)]
    st.html(
        templates.render(
            QUESTION,
            picture=way.address,
            asked=words.name(one.quantity.question),
            how_to=words.text("How to measure"),
            how=words.name(one.quantity.how),
            caption="" if one.quantity.kind == "yes_no" else words.name(way.caption),
        )
    )


def _yes_or_no(one: question.Question, key: str, keep: Callable[[], None]) -> None:
    text, texts = one.context.words.text, one.answer.texts
    yes, no = map(text, one.quantity.yes_and_no)
    st.session_state.setdefault(f"{key}|1", texts[0] if texts else None)
    label, names = one.context.words.name(one.quantity.question), {answers.YES: yes, answers.NO: no}
    choices.buttons_or_none(label, names, key=f"{key}|1", on_change=one.while_open(keep), label_visibility="collapsed")


def _figures(one: question.Question, key: str, keep: Callable[[], None]) -> None:
    texts = one.answer.texts
    filled = len([text for text in texts if text.strip()])
    wanted = min(filled + 1, answers.MOST_READINGS) if one.quantity.readings > 1 and filled else 1
    if one.quantity.kind == "slope" and _notation(one, key) == answers.RISE_AND_LENGTH:
        wanted = filled - (_pair(one, key) is not None)
        if wanted < answers.MOST_READINGS:
            _rise_and_length(one, key, is_last=wanted + 1 >= answers.MOST_READINGS)
    for number in range(1, wanted + 1):
        field = f"{key}|{number}"
        st.session_state.setdefault(field, one.shown(number))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(one.label(number), key=field, on_change=one.while_open(keep), live=True, autocomplete="off")
            if not filled:
                _reason(one, key, keep)
    echoes = one.echoes()
    if echoes:
        st.html(f'<p role="status" class="jaidee-echo">{"<br>".join(map(tables.cell, echoes))}</p>')


def _notation(one: question.Question, key: str) -> str:
    """Ask how slopes are written, once for the visit and the next ones.

    What was typed before keeps its notation, but for this question's own figures.
    """
    text, field, draft = one.context.words.text, f"{key}|notation", one.draft
    names = {
        doubts.ONE_IN: "1 : n",
        "percent": "%",
        "degrees": "°",
        answers.RISE_AND_LENGTH: text("rise and length"),
    }
    st.session_state[field] = answers.RISE_AND_LENGTH if draft.slopes_by_rise else draft.slope_unit

    def take() -> None:
        chosen = st.session_state[field]
        draft.slopes_by_rise = chosen == answers.RISE_AND_LENGTH
        if not draft.slopes_by_rise:
            draft.choose_unit("slope_unit", chosen, one.context.criteria, (one.element_id, one.id))
        survey_draft.keep(one.context, draft)
        survey_draft.refill(draft)
        redrawn.whole()

    return choices.buttons(text("Slope written as"), names, key=field, on_change=one.while_open(take))


def _rise_labels(one: question.Question) -> dict[str, str]:
    text = one.context.words.text
    unit = text(terms.UNIT[one.draft.length_unit])
    return {"rise": text("Rise ({unit})", unit=unit), "along": text("Length along the slope ({unit})", unit=unit)}


def _pair(one: question.Question, key: str) -> tuple[str, str] | None:
    """Return rise and length of the last reading, which the two boxes hold; None while they are for a further one."""
    if st.session_state.get(f"{key}|further") or not one.answer.texts:
        return None
    return answers.rise_parts(one.answer.texts[-1])


def _rise_and_length(one: question.Question, key: str, *, is_last: bool) -> None:
    """Take a slope as its rise and its length along the slope, when there is no level at hand.

    What stands in the boxes is a reading as soon as it is typed: nobody loses it by saving, and one that cannot be is
    mended where it was written.
    """
    words, labels, pair = one.context.words, _rise_labels(one), _pair(one, key)
    others = one.answer.texts[: len(one.answer.texts) - (pair is not None)]

    def take() -> None:
        parts = [str(st.session_state.get(f"{key}|{part}") or "").strip() for part in labels]
        rise, along = parts
        reading = answers.rise_and_length(rise, along, one.draft.units, words) if rise or along else ""
        one.keep(answers.Answer((*others, reading) if reading else others))
        st.session_state[f"{key}|further"] = not reading
        redrawn.after_answer(_card_key(one.element_id, one.id))

    def further() -> None:
        survey_draft.refill(one.draft)
        st.session_state[f"{key}|further"] = True
        redrawn.whole()

    for (part, label), figure in zip(labels.items(), pair or ("", ""), strict=True):
        st.session_state.setdefault(f"{key}|{part}", answers.in_words(figure, words))
        st.text_input(label, key=f"{key}|{part}", on_change=one.while_open(take), live=True, autocomplete="off")
    if pair and not is_last and one.id not in one.read.problems:
        st.button(words.text("Take another reading"), key=f"{key}|add", on_click=further, width="stretch")


def _reason(one: question.Question, key: str, keep: Callable[[], None]) -> None:
    """Ask why nothing was measured, until something is."""
    if any(one.answer.texts):
        return
    words, text, reason = one.context.words, one.context.words.text, one.answer.reason
    names = {UNANSWERED: "–"} | {each: text(terms.NOT_MEASURED[each]) for each in survey.NOT_MEASURED_REASONS}
    is_measured = one.quantity.kind != "yes_no"
    cannot = text("Could not measure …") if is_measured else text("Could not answer …")
    with st.popover(names[reason] if reason else cannot, key=f"popover|{key}"):
        st.session_state.setdefault(f"{key}|reason", reason)
        label = words.name(one.quantity.name)
        if is_measured:
            label = text("Why was {quantity} not measured?", quantity=label)
        else:
            label = text("Why was {quantity} not answered?", quantity=label)
        choices.one(label, names, key=f"{key}|reason", on_change=one.while_open(keep))


def _keep(one: question.Question, key: str) -> None:
    """Read one question's widgets into the draft."""
    state = st.session_state
    by_rise = one.quantity.kind == "slope" and one.draft.slopes_by_rise and _pair(one, key) is not None
    in_boxes = one.answer.texts[-1:] if by_rise else ()
    numbers = range(1, (len(one.answer.texts) if in_boxes else answers.MOST_READINGS + 1))
    typed = [str(state.get(f"{key}|{number}", "") or "") for number in numbers]
    # a field that nobody typed into shows in the reader's words what is kept as it was written
    written = [
        one.answer.texts[n - 1] if text and text == one.shown(n) else text
        for n, text in zip(numbers, typed, strict=True)
    ]
    texts = (*(text for text in written if text.strip()), *in_boxes)
    # an emptied reading closes its gap; a field that is right stays untouched, as writing to it would move the cursor
    for number, before in zip(numbers, written, strict=True):
        wanted = texts[number - 1] if number <= len(texts) else ""
        if f"{key}|{number}" in state and before != wanted:
            state[f"{key}|{number}"] = question.in_field(wanted, one.context.words)
    one.keep(answers.Answer(texts, "" if texts else state.get(f"{key}|reason", "") or ""))
    redrawn.after_answer(_card_key(one.element_id, one.id))


def _verdicts(one: question.Question) -> None:
    """Show under a question what its answer means, lengths in the unit of the form."""
    words, parts, judged = one.context.words, [], []
    shown, factor = asked_quantity.in_unit(one.quantity, one.draft.length_unit)
    for found in one.findings:
        if found.verdict == "not_applicable" or (found.verdict == "unknown" and not one.measured):
            continue
        lower, upper = found.lower * factor, found.upper * factor
        limit = site_report.limit_text(lower, upper, found.rule.limit.stated_as, shown, words)
        # of what may not apply there is nothing to be off by
        margin = "" if found.verdict == "unknown" else site_report.margin_text(found.margin * factor, shown, words)
        open_ = site_report.open_text(found, one.context.criteria, words)
        means = " · ".join(part for part in (limit, margin, open_) if part)
        name = words.name(found.rule.criterion.name)
        parts.append(f"<li>{tables.verdict(found.verdict, words)} {tables.cell(name)}: {tables.cell(means)}</li>")
        judged.append((name, one.grounds[found.rule.criterion.criterion_id]))
    if parts:
        listed = f'<ul role="status" style="list-style:none;padding:0;margin:0">{"".join(parts)}</ul>'
        st.html(f"{listed}{_grounds(judged)}")


def _grounds(judged: Sequence[tuple[str, site_report.Grounds]]) -> tables.Markup:
    """Say once whether what was judged binds here; sources and clauses are folded under it, by criterion."""
    binding = dict.fromkeys(each for _, grounds in judged for each in grounds.binding)
    sources = [f"{name}: {grounds.source}" if len(judged) > 1 else grounds.source for name, grounds in judged]
    folded = tables.Markup('<details class="jaidee-grounds"><summary>{}</summary>{}</details>')
    return folded.format(" · ".join(binding), tables.small(tables.lines(*sources)))
