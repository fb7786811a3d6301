"""Print the transition plan: duty, method, inventory, barriers, priorities, works by year, progress and requests."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from audits import barriers, priority, terms, wording
from audits.access import access_text
from audits.council import brief, council_contents, council_tables, council_text, figures
from audits.formats import typesetting, word_document
from audits.plans import build_model, plan_about, plan_contents, site_fixes, staging
from audits.ramps import prices
from audits.requests import counts
from audits.store.audit_log import hash_chain
from audits.store.requests import requests
from audits.transition import other_works
from audits.works import spending

phrase = wording.phrase
Section = word_document.Section

TEMPLATE = Path(__file__).with_name("transition_plan.typ")
MOST_RANKED = 20

DUTY = phrase(
    "The municipality answers for the places in its care. They are judged by these laws and standards; those that "
    "nobody has compared with the Royal Gazette are marked:"
)
METHOD = phrase(
    "Every figure is made from surveys on site by the same functions that the pages of this program use. What was not "
    "measured counts neither as passed nor as failed."
)
RANKED = phrase(
    "The first {n} of the surveyed sites; the points of the three parts add up to the middle of the priority."
)
OWN_MONEY = phrase("The money of each year is the one named for this document.")
EQUAL_MONEY = phrase("No budget was named: each of {years} years gets an equal share of what all fixes cost.")
NOT_STAGED = phrase("{n} priced fixes stand in no year: they need {baht} baht more than the money of these years.")
OTHER_WORKS = phrase(
    "What each year leaves mends the other known barriers, those at the sites of the best official rank first. They "
    "open no further trip; the law asks for them all the same."
)
TOO_FAR = phrase("Their sites are too far from every known way, so that no trip can need them ({n}): {fixes}")
NOTHING = phrase("The surveys show no barrier that a fix could open; there is nothing to plan yet.")
RESPONSIBLE = phrase("Responsible for every item of this schedule: {unit}.")
RECEIPT = phrase(
    "The figures are those of the record at head {head}, judged by criteria {version}. The score of each site is "
    "proven by its receipt: python -m audits receipt CODE FILE.zip."
)
UNMEASURED = phrase("{n} possible barriers are to be measured first; nothing is priced there.")


@dataclass(frozen=True, eq=False)
class Subject:
    """What the transition plan is made of.

    Parameters
    ----------
    answers
        The council's answers, with works and requests.
    parts
        Components of priority, see :func:`audits.priority.components`.
    model
        The fixes that known barriers ask for; None where nothing can be planned.
    staged
        The works by year; None where there is nothing to plan.
    yearly_thb
        The money of each year, baht.
    named_money
        Whether that money was named, or is an equal share of the whole cost.
    first_year
        Budget year of the first stage, A.D.
    asked
        From :func:`audits.store.requests.requests.every`.
    responsible
        The unit that is responsible.
    sample_prices
        Whether the prices are the sample ones.
    beyond
        By name, the fixes at sites too far from every known way, which `model` leaves out.
    """

    answers: council_contents.Answers
    parts: priority.Components
    model: build_model.RecordModel | None
    staged: staging.Staging | None
    yearly_thb: Sequence[float]
    named_money: bool
    first_year: int
    asked: pd.DataFrame
    responsible: str
    sample_prices: bool
    beyond: Mapping[str, site_fixes.RecordFix] = dataclasses.field(default_factory=dict)


def pdf(subject: Subject, words: wording.Wording) -> bytes:
    """Return the transition plan, PDF/A-2a and PDF/UA-1; the same subject makes the same bytes."""
    answers = subject.answers
    data = {
        "town": words.name(answers.record.town),
        "day": words.day(answers.until),
        "marks": _marks(subject, words),
        "lead": council_text.known_so_far(answers.ramps, words),
        "head": hash_chain.parse(answers.record.head).short,
        "sections": [dataclasses.asdict(section) for section in sections(subject, words)],
    }
    return typesetting.pdf(TEMPLATE, data, answers.made_on, words)


def docx(subject: Subject, words: wording.Wording) -> bytes:
    """Return the same as a Word document, which the office completes and a council amends."""
    answers, text = subject.answers, words.text
    day, head = words.day(answers.until), hash_chain.parse(answers.record.head).short
    return word_document.written(
        f"{text('Transition plan for accessibility')}: {words.name(answers.record.town)}",
        list(sections(subject, words)),
        words,
        lead=council_text.known_so_far(answers.ramps, words),
        marks=_marks(subject, words),
        footer=f"{day} · {text('Head of the record')}: {head}",
        made_on=answers.made_on,
    )


def _marks(subject: Subject, words: wording.Wording) -> list[str]:
    sample = words.text(prices.SAMPLE) if subject.sample_prices else ""
    return list(filter(None, [council_contents.mark(subject.answers, words), sample]))


def sections(subject: Subject, words: wording.Wording) -> Iterator[Section]:
    """Yield the sections in the order of the document."""
    text, answers, record = words.text, subject.answers, subject.answers.record
    yield Section(text("Duty and law"), [text(DUTY)], list(council_contents.sources(answers, words)))
    basis = [f"{name}: {value}" for name, value in brief.rests_on(answers, words).items()]
    yield Section(text("Method"), [text(METHOD)], basis)
    state = [_zones(found, words) for found in (answers.ramps, answers.spaces) if len(found.codes)]
    facilities = council_tables.facility_table(answers.ramps, words)
    yield Section(
        text("Inventory and its state"),
        [text(council_text.LOW_TO_HIGH)],
        tables=[_inventory(subject, words), *state, facilities],
    )
    causes = council_tables.cause_table(answers.ramps, record.criteria, words)
    first = text(UNMEASURED, n=words.number(len(barriers.measure_first(record)), 0))
    open_questions = [first, *barriers.waits(record, words)]
    yield Section(text("Barriers by place"), open_questions, tables=[_barriers(subject, words), causes])
    yield _priorities(subject, words)
    yield _schedule(subject, words)
    yield _progress(subject, words)
    yield _requests(subject, words)
    version = record.criteria.version[:12]
    yield Section(
        text("Where each figure comes from"), [text(RECEIPT, head=hash_chain.parse(record.head).short, version=version)]
    )


def _zones(found: figures.Where, words: wording.Wording) -> council_tables.Table:
    table = council_tables.zone_table(found, words)
    kind = words.text(terms.SITES_OF_KIND[found.kind])
    return dataclasses.replace(table, caption=f"{table.caption}: {kind}")


def _inventory(subject: Subject, words: wording.Wording) -> council_tables.Table:
    record, text = subject.answers.record, words.text
    # joined elements are one thing: only the one they are counted as is listed
    elements = record.elements.loc[record.counted_as(record.elements.index) == record.elements.index]
    measured = elements.index.isin(record.counted_as(record.measurements["element_id"]))
    table = elements.assign(measured=measured).groupby("kind")["measured"].agg(["size", "sum"])
    rows = tuple(
        (text(terms.ELEMENT_KIND[str(kind)]), words.number(int(row["size"]), 0), words.number(int(row["sum"]), 0))
        for kind, row in table.iterrows()
    )
    headings = (text("Kind"), text("In the register"), text("Surveyed"))
    return council_tables.Table(text("Elements of the register"), headings, rows)


def _barriers(subject: Subject, words: wording.Wording) -> council_tables.Table:
    record, text = subject.answers.record, words.text
    state = barriers.surest_by_site(record).reindex(record.sites.index).fillna(barriers.NONE)
    # 0 is the zone of sites that have none yet
    zones = record.sites["zone"].fillna(0).astype(int)
    # states that no site has still get their column
    table = pd.crosstab(zones, state).reindex(columns=list(barriers.STATES), fill_value=0)
    rows = tuple(
        (access_text.zone_name(int(str(zone)), words), *(words.number(int(count), 0) for count in row))
        for zone, row in zip(table.index, table.to_numpy(), strict=True)
    )
    headings = (text("Zone"), *(text(barriers.STATES[name]) for name in barriers.STATES))
    return council_tables.Table(text("Sites by their surest barrier"), headings, rows)


def _priorities(subject: Subject, words: wording.Wording) -> Section:
    record, text = subject.answers.record, words.text
    weights = record.weights.priority
    # the order in which the command lists them, so that paper and screen begin alike
    ranked = priority.scores(subject.parts, weights).sort_values(
        ["rank", "low"], ascending=[True, False], kind="stable"
    )
    each = priority.contributions(subject.parts, weights)
    middle = (each.low + each.high) / 2
    place = [name for name in priority.COMPONENTS if name not in (priority.CONDITION, priority.REQUESTS)]
    points = pd.DataFrame({"place": middle[place].sum(axis=1)}).join(middle[[priority.CONDITION, priority.REQUESTS]])
    shown = ranked.head(MOST_RANKED)
    parts = [points[name].reindex(shown.index).tolist() for name in (priority.CONDITION, "place", priority.REQUESTS)]
    rows = tuple(
        (
            council_text.site_name(str(code), record.sites, words),
            words.number(rank, 0),
            council_tables.between(words.number(low, 1), words.number(high, 1)),
            *(words.number(each, 1) for each in added),
        )
        for code, rank, low, high, *added in zip(
            shown.index, *(shown[name].tolist() for name in ("rank", "low", "high")), *parts, strict=True
        )
    )
    headings = (
        text("Site"),
        text("Official rank"),
        text("Priority"),
        text("Condition"),
        text("Location"),
        text("Requests"),
    )
    table = council_tables.Table(text("Priorities"), headings, rows)
    sentences = [text(priority.FORM), text(priority.WORKING), text(RANKED, n=words.number(len(rows), 0))]
    return Section(text("Priorities and why"), sentences, tables=[table] if rows else [])


def _schedule(subject: Subject, words: wording.Wording) -> Section:
    text, model, staged = words.text, subject.model, subject.staged
    title, unit = text("Works by year"), text(RESPONSIBLE, unit=subject.responsible)
    if model is None or staged is None:
        return Section(title, [text(NOTHING)])
    money = text(OWN_MONEY) if subject.named_money else text(EQUAL_MONEY, years=words.number(len(staged.stages), 0))
    # each work leaves this list with its year; what is left at the end stands in no year
    sites, tables, left = subject.answers.record.sites, [], {**model.fixes, **subject.beyond}
    headings = (
        text("Site"),
        text("What is built"),
        text("Zone"),
        text("Cost (baht)"),
        text("Cost, low to high (baht)"),
    )

    def table(caption: str, fixes: Sequence[site_fixes.RecordFix]) -> council_tables.Table:
        rows = tuple(
            (
                council_text.site_name(one.site_code, sites, words),
                plan_contents.what_is_built(one, words),
                str(one.fix.zone),
                plan_about.baht(one.fix.cost.likely, words),
                f"{plan_about.baht(one.fix.cost.low, words)} – {plan_about.baht(one.fix.cost.high, words)}",
            )
            for one in fixes
        )
        return council_tables.Table(caption, headings, rows)

    at_hand, others = 0.0, others_by_year(subject)
    for stage, budget, also in zip(staged.stages, subject.yearly_thb, others, strict=True):
        at_hand += budget
        year = str(spending.shown_year(subject.first_year + stage.year - 1, words))
        caption = text(
            "Budget year {year}: {cost} of {budget} baht, with what earlier years left",
            year=year,
            cost=plan_about.baht(stage.cost_thb, words),
            budget=plan_about.baht(int(at_hand), words),
        )
        if stage.built:
            tables.append(table(caption, [left.pop(name) for name in stage.built]))
        mended = [left.pop(name) for name in also]
        cost = sum(one.fix.cost.likely for one in mended)
        if mended:
            also_caption = text(
                "Budget year {year}: other known barriers, {cost} baht", year=year, cost=plan_about.baht(cost, words)
            )
            tables.append(table(also_caption, mended))
        at_hand -= stage.cost_thb + cost
    short = sum(one.fix.cost.likely for one in left.values()) - at_hand
    unplaced = text(NOT_STAGED, n=words.number(len(left), 0), baht=plan_about.baht(short, words)) if left else ""
    if left:
        tables.append(table(text("Works in no year"), list(left.values())))
    explained = text(OTHER_WORKS) if any(others) else ""
    apart = list(subject.beyond)
    beyond = text(TOO_FAR, n=words.number(len(apart), 0), fixes=", ".join(apart)) if apart else ""
    return Section(title, list(filter(None, [unit, money, explained, unplaced, beyond])), tables=tables)


def others_by_year(subject: Subject) -> tuple[tuple[str, ...], ...]:
    """Return the names of the works that open no further trip, by the year in which the money left holds them."""
    if subject.model is None or subject.staged is None:
        return ()
    stages = subject.staged.stages
    fixes = {**subject.model.fixes, **subject.beyond}
    for name in itertools.chain.from_iterable(stage.built for stage in stages):
        del fixes[name]
    ranked = priority.scores(subject.parts, subject.answers.record.weights.priority)["rank"].dropna()
    ranks = {str(code): float(rank) for code, rank in ranked.items()}
    return other_works.by_year([stage.cost_thb for stage in stages], subject.yearly_thb, fixes, ranks)


def _progress(subject: Subject, words: wording.Wording) -> Section:
    answers, text = subject.answers, words.text
    again = council_contents.improved(answers.again, words, answers.accepted)
    tables = []
    if answers.history is not None:
        # a year of the calendar, leap or not
        year_before = pd.Timestamp(answers.until) - pd.DateOffset(years=1)
        history = answers.history
        days = pd.to_datetime(pd.Index(history.index))
        tables.append(council_tables.history_table(history.loc[days >= year_before], words))
    if len(answers.again):
        tables.append(council_tables.changes_table(answers.again, answers.record.sites, words))
    sentences = [again.sentence, *again.remarks, council_contents.works(answers, words)]
    return Section(
        text("Progress: the last year by months, and since the first survey"),
        list(filter(None, sentences)),
        tables=tables,
    )


def _requests(subject: Subject, words: wording.Wording) -> Section:
    text, asked = words.text, subject.asked
    answered = asked.loc[asked["state"].isin((requests.BUILT, requests.REFUSED))]
    rows = tuple(
        (
            row["text"],
            row["site_code"],
            words.day(row["received_on"]),
            text(terms.REQUEST_STATE[row["state"]]),
            row["reason"] or "–",
        )
        for row in answered.to_dict("records")
    )
    headings = (text("What is asked for"), text("Site"), text("Received"), text("State"), text("Reason"))
    tables = [council_tables.Table(text("Requests that were answered"), headings, rows)] if rows else []
    return Section(text("Requests of residents"), counts.sentences(counts.by_state(asked), words), tables=tables)
