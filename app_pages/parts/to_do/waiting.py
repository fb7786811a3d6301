"""Count the tasks that wait for the office: surveys, requests, held rows, photos, works, positions and law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app_pages import session
from app_pages.parts.register import same_things
from app_pages.parts.works import progress
from app_pages.session import cache, navigation
from audits import terms
from audits.field import held_decisions
from audits.law import limits
from audits.scoring import run
from audits.store.requests import requests
from audits.store.surveys import read, reviews
from audits.store.works import contracts
from audits.works import begun, fix_states, spending, visits

DUE_AGAIN = "due_again"
"""The tab of the works page that lists what is to be surveyed again."""


@dataclass(frozen=True)
class Item:
    """One kind of thing that waits.

    Parameters
    ----------
    number
        How many.
    sentence
        What waits, in the reader's language, after the number.
    link
        What to do about it, in the reader's language.
    page
        File of the page where it is done.
    parameters
        Of that page's address.
    """

    number: int
    sentence: str
    link: str
    page: str
    parameters: Mapping[str, str | list[str]] = field(default_factory=dict)


def items(context: session.Context, sent: int) -> list[Item]:
    """List every kind of task, what came in first; a number is 0 where nothing waits.

    Parameters
    ----------
    context
        Reader and record.
    sent
        Requests of the public form that nobody has read, which are in no record yet.
    """
    return [*_arrived(context, sent), *_built(context), *_to_mend(context), *_to_survey(context), *_to_settle(context)]


def _arrived(context: session.Context, sent: int) -> Iterator[Item]:
    words, text = context.words, context.words.text
    standing = read.standing(cache.surveys(context.store))
    new = int((standing["review"] == reviews.SUBMITTED).sum())
    yield Item(new, words.count("survey to review", "surveys to review", new), text("Open the review"), "review.py")
    back = int((standing["review"] == reviews.RETURNED).sum())
    sentence = words.count("survey returned to be corrected", "surveys returned to be corrected", back)
    yield Item(back, sentence, text("See them"), "review.py", {"review_state": reviews.RETURNED})
    asked = int((cache.requests(context.store)["state"] == requests.NEW).sum())
    sentence = words.count("new request of residents", "new requests of residents", asked)
    yield Item(asked, sentence, text("Decide on the requests"), "requests.py")
    sentence = words.count("request of the public form to read", "requests of the public form to read", sent)
    yield Item(sent, sentence, text("Read what was sent in"), "requests.py")
    rows = held_decisions.waiting(context.store)
    held, placeless = len(rows), sum(one.needs_a_site for one in rows)
    sentence = words.count("row held back, not counted yet", "rows held back, not counted yet", held)
    if placeless:
        sentence += " · " + words.count(
            "{n} has no site in the register yet: see why", "{n} have no site in the register yet: see why", placeless
        )
    yield Item(
        held,
        sentence,
        text("Settle the rows held back"),
        "review.py",
        {"review_part": "held"},
    )
    kept = read.photos(context.store)
    # one photo may stand at several answers
    people = int(kept.loc[kept["contains_person"].astype(bool), "sha256"].nunique())
    yield Item(
        people,
        words.count("photo with a person in it", "photos with people in them", people),
        text("Clear or blur the photos"),
        "review.py",
        {"review_part": "people"},
    )


def _built(context: session.Context) -> Iterator[Item]:
    words, text = context.words, context.words.text
    record = context.record()
    standing = fix_states.follow(progress.steps(context, record), context.today)
    built = int((standing["state"] == fix_states.BUILT).sum())
    late = int(standing["overdue"].astype(bool).sum())
    sentence = words.count("work built, to be accepted", "works built, to be accepted", built)
    if late:
        sentence += " · " + words.count("{n} is overdue", "{n} are overdue", late)
    yield Item(built, sentence, text("Accept what was built"), "works.py")
    # The works are gathered only for these two, which need a contract.
    if not contracts.every(context.store).signed.empty:
        table = progress.load(context, record).table
        unbuilt, over = int(table["late"].sum()), int(table["over_budget"].sum())
        sentence = words.count(
            "work not built by the day of its contract", "works not built by the day of their contract", unbuilt
        )
        yield Item(unbuilt, sentence, text("See them"), "works.py", {"works_state": "overdue"})
        sentence = words.count("work over budget", "works over budget", over)
        if overpaid := int(table["overpaid"].sum()):
            sentence += " · " + words.count(
                "{n} is paid beyond its contract", "{n} are paid beyond their contracts", overpaid
            )
        yield Item(over, sentence, text("See them"), "works.py", {"works_state": spending.OVER_BUDGET})


def _to_mend(context: session.Context) -> Iterator[Item]:
    words = context.words
    failing = int((context.record().audit.sites["verdict"] == "fail").sum())
    yield Item(
        failing,
        words.count("site that fails", "sites that fail", failing),
        words.text("See them, the worst first"),
        "city_map.py",
        {"verdict": "fail", "worst": "ordered", navigation.COUNTED: terms.COUNT_ALL},
    )


def _to_survey(context: session.Context) -> Iterator[Item]:
    words, text = context.words, context.words.text
    record = context.record()
    standing = fix_states.follow(progress.steps(context, record), context.today)
    due = fix_states.resurveys(begun.last_surveyed(record), context.today, standing)
    overdue = int(due["overdue"].sum())
    # where a survey was returned nothing counts, but somebody was there
    never = len(due.index[due["due_on"].isna()].difference(list(record.returned)))
    yield Item(
        overdue,
        words.count("site to survey again", "sites to survey again", overdue),
        text("See them"),
        "works.py",
        {"tab": DUE_AGAIN},
    )
    yield Item(
        never,
        words.count(
            "ramp site or public space that nobody has surveyed",
            "ramp sites and public spaces that nobody has surveyed",
            never,
        ),
        text("See them on the map"),
        "city_map.py",
        {"standing": run.NOT_SURVEYED},
    )
    # As My work counts them: one that is due again as well is among those above.
    waiting = visits.visits(record, progress.steps(context, record), context.today)
    open_still = int((waiting["reason"] == visits.BEGUN).sum())
    sentence = words.count(
        "site surveyed with most questions of the score open",
        "sites surveyed with most questions of the score open",
        open_still,
    )
    yield Item(open_still, sentence, text("See them"), "works.py", {"tab": DUE_AGAIN})
    unsure = int(record.sites["position_status"].isin(terms.POSITION_UNSURE).sum())
    yield Item(
        unsure,
        words.count("position not confirmed on site", "positions not confirmed on site", unsure),
        text("See them on the map"),
        "city_map.py",
        {"position": list(terms.POSITION_UNSURE)},
    )


def _to_settle(context: session.Context) -> Iterator[Item]:
    words, text, pairs = context.words, context.words.text, context.record().presumed
    yield Item(
        len(pairs),
        words.count("thing perhaps recorded twice", "things perhaps recorded twice", len(pairs)),
        text("Decide whether they are one"),
        "register.py",
        {same_things.LISTED: "all"},
    )
    unchecked = len(limits.unchecked(context.criteria))
    yield Item(
        unchecked,
        words.count(
            "limit of law not compared with the gazette", "limits of law not compared with the gazette", unchecked
        ),
        text("Check against the gazette"),
        "gazette_check.py",
    )
