"""Answer a council's three questions: where it is worst and why, what has improved, what the next million buys."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.council import cards, works_list
from app_pages.parts.shared import background_jobs, site_summary
from app_pages.parts.shared import choices as chooser
from app_pages.session import address, navigation
from audits import terms
from audits.access import committed_works
from audits.council import council_contents, council_text, figures, money
from audits.requests import counts
from audits.store.requests import requests

ANSWERS = {
    council_text.WHERE: cards.where,
    council_text.IMPROVED: cards.improved,
}
# the third answer has most to say of itself
WIDTHS = (9, 7, 13)


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    # a link to this very page changes what is asked, but not what the browser shows: say the address again
    st.query_params.from_dict(st.query_params.to_dict())
    projected = st.query_params.get(cards.BIG) == "1"
    cards.dressed(projected=projected)
    st.title(text("Three answers for the council"))
    if context.record().sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    lead = st.container()
    seen = cards.view(context, *choices(context))
    look = st.query_params.get(cards.LOOK, "")
    is_list = look == works_list.LOOK or (bool(look) and cards.is_list())
    if not is_list:
        known = council_text.known_so_far(seen.found, context.words, cards.listing(context))
        lead.html(f'<p class="council-sentence">{cards.linked(known)}</p>{works_list.line(context, seen)}')
    if look in (*council_text.QUESTIONS, works_list.LOOK):
        navigation.link(context, "council.py", label=text("All three answers"), query_params=cards.query(context))
        deeper(context, seen, look, is_list=is_list)
    else:
        overview(context, seen)
        asked_for(context, seen)
    ways_on(context, seen, projected=projected, look=look)


def choices(context: session.Context) -> tuple[str, bool]:
    """Ask which sites and which surveys count, above the figures that rest on it; both stay in the address."""
    text = context.words.text
    kinds = {kind: text(name) for kind, name in terms.SITES_OF_KIND.items()}
    counted = site_summary.counted_names(context)
    with st.popover(text("What is counted"), key="council_counted"):
        kept = address.one(cards.KIND, list(kinds), stays=True)
        kind = chooser.one_in_view(text("Kind"), kinds, **kept)
        kept = address.one(navigation.COUNTED, list(counted), stays=True, otherwise=terms.COUNT_ALL)
        which = chooser.one_in_view(text(terms.SURVEYS_THAT_COUNT), counted, **kept)
    return kind or figures.RAMPS, which == terms.COUNT_APPROVED


def overview(context: session.Context, seen: cards.View) -> None:
    """Show the three answers, each with the way deeper."""
    for column, look in zip(st.columns(WIDTHS), council_text.QUESTIONS, strict=True):
        with column:
            if look == council_text.MONEY:
                money_card(context, seen)
            else:
                st.html(card(context, answered(context, seen, look)))
            label = context.words.text("More: {question}", question=context.words.text(council_text.QUESTIONS[look]))
            navigation.link(context, "council.py", label=label, query_params=cards.query(context, look=look))
            if look == council_text.WHERE and seen.found.worst is not None:
                on_map(context, seen.found, seen.found.worst)


def asked_for(context: session.Context, seen: cards.View) -> None:
    """Show how many requests of residents there are, and what became of them."""
    numbers = counts.by_state(requests.every(context.store, seen.record.as_of))
    if any(numbers.values()):
        st.subheader(context.words.text(counts.TITLE))
        cards.remarks(counts.sentences(numbers, context.words))
        label = context.words.text("All requests")
        navigation.link(context, "requests.py", label=label, query_params=navigation.query(context))


def on_map(context: session.Context, found: figures.Where, worst: figures.Worst) -> None:
    """Lead to the failing sites of the worst zones on the map."""
    zones = [str(zone) for zone in worst.zones]
    query: dict[str, str | list[str]] = {**navigation.query(context), "zone": zones, "verdict": "fail"}
    if found.kind != figures.BOTH:
        query["kind"] = found.kind
    navigation.link(context, "city_map.py", label=context.words.text("See them on the map"), query_params=query)


def card(context: session.Context, answer: council_contents.Answer, *extra: str) -> str:
    """Return an answer in large type, with what it rests on folded but for the lines that it needs."""
    more = context.words.text("How certain is this?")
    sentences = [answer.sentence, *extra]
    return cards.answer(answer.question, answer.big, sentences, answer.basis, more, answer.further)


def answered(context: session.Context, seen: cards.View, look: str) -> council_contents.Answer:
    """Return the answer to the first or the second question."""
    if look == council_text.WHERE:
        # None until it is worked out, which the third card waits for.
        bought = cards.money_job(context, seen.record).result
        return council_contents.where(seen.found, context.criteria, context.words, bought, cards.listing(context))
    accepted = figures.accepted(committed_works.counted_steps(context.store, seen.record))
    return council_contents.improved(seen.again, context.words, accepted, cards.listing(context), seen.found.kind)


def money_card(context: session.Context, seen: cards.View) -> None:
    """Show the answer to the third question, or that it is being worked out."""
    words, job = context.words, cards.money_job(context, seen.record)
    job.wait(cards.WAIT_S)
    if job.running:
        question = words.text(council_text.QUESTIONS[council_text.MONEY])
        st.html(cards.answer(question, "…", [words.text("Working it out …")]))
        waiting(job)
        return
    faults = background_jobs.faults(context, job)
    st.html(card(context, council_contents.money(job.result, words, cards.listing(context)), *faults))
    # only when asked: work that breaks down each time would draw this page for ever
    if job.unfinished and st.button(words.text("Work it out again")):
        cards.money_job(context, seen.record, again=True)
        st.rerun()


@st.fragment(run_every=cards.LOOK_EVERY_S)
def waiting(job: background_jobs.Job[money.Money]) -> None:
    """Draw the page again once the plans are there."""
    if not job.running:
        st.rerun()


def deeper(context: session.Context, seen: cards.View, look: str, *, is_list: bool) -> None:
    """Show one answer with everything that it rests on, or the list of works; for a list, without the answer again."""
    if look == works_list.LOOK:
        works_list.show(context, seen)
        return
    if look == council_text.MONEY:
        job = cards.money_job(context, seen.record)
        if job.result is None or not is_list:
            money_card(context, seen)
        if job.result is not None:
            cards.money(context, seen, job.result)
        return
    if not is_list:
        st.html(card(context, answered(context, seen, look)))
    ANSWERS[look](context, seen)


def ways_on(context: session.Context, seen: cards.View, *, projected: bool, look: str) -> None:
    """Lead to the other answers, to the printed page, to the projector's view and back."""
    text = context.words.text
    here = {cards.LOOK: look} if look else {}
    if look:
        for other, question in council_text.QUESTIONS.items():
            if other != look:
                navigation.link(
                    context, "council.py", label=text(question), query_params=cards.query(context, look=other)
                )
    job = cards.money_job(context, seen.record)
    accepted = figures.accepted(committed_works.counted_steps(context.store, seen.record))
    prefix = "demonstration-" if context.demonstration else ""
    with st.container(horizontal=True):
        st.download_button(
            text("One page to print (PDF)"),
            # made when it is asked for
            lambda: cards.printed(context, seen, job, accepted),
            f"{prefix}jaidee-council-{context.today.isoformat()}-{context.words.language}.pdf",
            "application/pdf",
            key="council_brief",
            on_click="ignore",
        )
        label = text("Ordinary size") if projected else text("For the projector: larger, black on white")
        change = {cards.BIG: "" if projected else "1"}
        navigation.link(context, "council.py", label=label, query_params=cards.query(context, **here, **change))


if __name__ == "__main__":
    show(session.current())
