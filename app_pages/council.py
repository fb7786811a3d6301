"""Answer a council's three questions: where it is worst and why, what has improved, what the next million buys."""

from __future__ import annotations

import html

import streamlit as st

from app_pages import address, background_jobs, council_parts, frame
from audits import council, council_money, council_text
from audits.exchange import council_contents
from audits.store import fix_steps

ANSWERS = {
    council_text.WHERE: council_parts.where,
    council_text.IMPROVED: council_parts.improved,
}
COUNT_ALL, COUNT_APPROVED = "all", "approved"


def show(place: frame.Here) -> None:
    """Draw the page."""
    text = place.words.text
    # a link to this very page changes what is asked, but not what the browser shows: say the address again
    st.query_params.from_dict(st.query_params.to_dict())
    projected = st.query_params.get(council_parts.BIG) == "1"
    council_parts.dressed(projected=projected)
    st.title(text("Three answers for the council"))
    if frame.audited(place).sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    # the answers first; what they count is asked beneath them
    answers = st.container()
    seen = council_parts.view(place, *choices(place))
    look = st.query_params.get(council_parts.LOOK, "")
    with answers:
        st.html(f'<p class="council-said">{html.escape(council_text.known_so_far(seen.found, place.words))}</p>')
        if look in council_text.QUESTIONS:
            frame.link(place, "council.py", label=text("All three answers"), query_params=council_parts.query(place))
            deeper(place, seen, look)
        else:
            overview(place, seen)
        ways_on(place, seen, projected=projected, look=look)


def choices(place: frame.Here) -> tuple[str, bool]:
    """Ask which sites and which surveys count; both stay in the address."""
    text = place.words.text
    kinds = {kind: text(name) for kind, name in council_text.KIND_NAMES.items()}
    counted = {COUNT_ALL: text("all that were not returned"), COUNT_APPROVED: text("only those approved (official)")}
    with st.expander(text("What is counted")):
        kept = address.one(council_parts.KIND, list(kinds), stays=True)
        kind = st.radio(text("Kind"), list(kinds), format_func=kinds.get, **kept)
        kept = address.one(council_parts.COUNTED, list(counted), stays=True)
        which = st.radio(text("Surveys that count"), list(counted), format_func=counted.get, **kept)
    return kind or council.RAMPS, which == COUNT_APPROVED


def overview(place: frame.Here, seen: council_parts.View) -> None:
    """Show the three answers, each with the way deeper."""
    for column, look in zip(st.columns(3), council_text.QUESTIONS, strict=True):
        with column:
            if look == council_text.MONEY:
                money_card(place, seen)
            else:
                st.html(card(answered(place, seen, look)))
            label = place.words.text("More: {question}", question=place.words.text(council_text.QUESTIONS[look]))
            frame.link(place, "council.py", label=label, query_params=council_parts.query(place, look=look))


def card(told: council_contents.Told, *extra: str) -> str:
    """Return an answer in large type."""
    return council_parts.answer(told.question, told.big, [told.said, *extra], told.remarks)


def answered(place: frame.Here, seen: council_parts.View, look: str) -> council_contents.Told:
    """Return the answer to the first or the second question."""
    if look == council_text.WHERE:
        return council_contents.told_where(seen.found, place.book, place.words)
    accepted = council.accepted(fix_steps.every(place.store))
    return council_contents.told_improved(seen.again, place.words, accepted)


def money_card(place: frame.Here, seen: council_parts.View) -> None:
    """Show the answer to the third question, or that it is being worked out."""
    words, job = place.words, council_parts.money_job(place, seen.state, seen.approved_only)
    job.wait(council_parts.WAIT_S)
    if job.running:
        question = words.text(council_text.QUESTIONS[council_text.MONEY])
        st.html(council_parts.answer(question, "…", [words.text("Working it out …")]))
        waiting(job)
        return
    faults = [*(words.problem(each) for each in job.problems), job.fault]
    st.html(card(council_contents.told_money(job.result, words), *faults))


@st.fragment(run_every=council_parts.LOOK_EVERY_S)
def waiting(job: background_jobs.Job[council_money.Money]) -> None:
    """Draw the page again once the plans are there."""
    if not job.running:
        st.rerun()


def deeper(place: frame.Here, seen: council_parts.View, look: str) -> None:
    """Show one answer with everything that it rests on."""
    if look == council_text.MONEY:
        money_card(place, seen)
        job = council_parts.money_job(place, seen.state, seen.approved_only)
        if job.result is not None:
            council_parts.money(place, seen, job.result)
        return
    st.html(card(answered(place, seen, look)))
    ANSWERS[look](place, seen)


def ways_on(place: frame.Here, seen: council_parts.View, *, projected: bool, look: str) -> None:
    """Lead to the other answers, to the printed page, to the projector's view and back."""
    text = place.words.text
    here = {council_parts.LOOK: look} if look else {}
    if look:
        for other, question in council_text.QUESTIONS.items():
            if other != look:
                frame.link(
                    place, "council.py", label=text(question), query_params=council_parts.query(place, look=other)
                )
    job = council_parts.money_job(place, seen.state, seen.approved_only)
    accepted = council.accepted(fix_steps.every(place.store))
    st.download_button(
        text("One page to print (PDF)"),
        # made when it is asked for
        lambda: council_parts.printed(place, seen, job, accepted),
        f"{'demonstration-' * place.demonstration}jaidee-council-{place.today.isoformat()}-{place.words.language}.pdf",
        "application/pdf",
        key="council_brief",
        on_click="ignore",
    )
    label = text("Ordinary size") if projected else text("For the projector: larger, black on white")
    change = {council_parts.BIG: "" if projected else "1"}
    frame.link(place, "council.py", label=label, query_params=council_parts.query(place, **here, **change))


if __name__ == "__main__":
    show(frame.here())
