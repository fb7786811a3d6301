"""Work out once where every fix stands and what has changed since, and draw it for the pages that tell of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app_pages import frame, tables
from audits import audit, markers, roles, site_report, terms, works
from audits.planning import price_books, site_changes, site_fixes
from audits.store import fix_steps

FIX = "fix"
LISTED_CHANGES = 12


@dataclass(frozen=True)
class Works:
    """Every fix of a record.

    Parameters
    ----------
    fixes
        Those that the findings ask for now, by id.
    steps, standing
        From :func:`audits.store.fix_steps.every` and :func:`audits.works.follow`.
    designs
        From :func:`audits.store.fix_steps.designs`.
    sample_prices
        Whether the prices behind the costs are the sample ones.
    """

    fixes: Mapping[str, site_fixes.RecordFix]
    steps: pd.DataFrame
    standing: pd.DataFrame
    designs: pd.DataFrame
    sample_prices: bool

    def state(self, fix_id: str) -> str:
        """Return a key of :data:`audits.works.STATES`."""
        return str(self.standing["state"].get(fix_id, works.FOUND))

    def cost_thb(self, fix_id: str) -> float | None:
        """Return the likely cost: of the design that stands, else as the plan counts it; None when neither is known."""
        if fix_id in self.designs.index:
            return float(json.loads(self.designs.loc[fix_id, "content"])["cost_thb"][1])
        return self.fixes[fix_id].fix.cost.likely if fix_id in self.fixes else None


def load(place: frame.Here, state: frame.Audited) -> Works:
    """Return the fixes of the record with their steps; worked out once for each content and day."""
    return _load((*_content(place, state), place.today), place, state)


def _content(place: frame.Here, state: frame.Audited) -> tuple[object, ...]:
    return str(place.workspace.folder), state.head, place.book.version, repr(place.weights)


@st.cache_resource(max_entries=8, show_spinner=False)
def _load(
    key: tuple[object, ...],  # noqa: ARG001 - what the cache tells contents apart by
    _place: frame.Here,
    _state: frame.Audited,
) -> Works:
    zones = site_fixes.zones_by_site(_state.sites)
    book = price_books.in_force(_place.store).book
    found = site_fixes.fixes(_state.audit.findings, _state.elements, _state.measurements, zones, _place.book, book)
    steps = fix_steps.every(_place.store)
    standing = works.follow(steps, _place.today)
    known = {one.fix.fix_id: one for one in found if not _state.elements.loc[one.fix.fix_id, "retired"]}
    return Works(known, steps, standing, fix_steps.designs(_place.store), book.sample)


def before(place: frame.Here, state: frame.Audited) -> audit.Audit | None:
    """Return the audit of the sites where something was accepted, as of the day before it was built; None without."""
    days = {
        code: day
        for code, day in site_changes.built_days(load(place, state).steps).items()
        if code in state.sites.index
    }
    return _before(_content(place, state), place, state, days) if days else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _before(
    key: tuple[object, ...],  # noqa: ARG001 - what the cache tells contents apart by
    _place: frame.Here,
    _state: frame.Audited,
    _days: dict[str, dt.date],
) -> audit.Audit:
    measured = site_changes.measured_before(_place.store, _days)
    return audit.run(_state.sites.loc[sorted(_days)], _state.elements, measured, _place.book, _place.weights)


def changes(place: frame.Here, state: frame.Audited) -> pd.DataFrame:
    """Return what changed at each site where something was accepted; see :func:`audits.site_changes.compare`."""
    old = before(place, state)
    nothing = state.audit.sites.iloc[:0]
    return site_changes.compare(nothing, nothing) if old is None else site_changes.compare(old.sites, state.audit.sites)


def with_changes(place: frame.Here, state: frame.Audited) -> frame.Audited:
    """Return the audit with a column ``change`` for each site, empty where nothing was accepted."""
    change = changes(place, frame.audited(place))["change"].reindex(state.audit.sites.index, fill_value="")
    sites = state.audit.sites.assign(change=change)
    return dataclasses.replace(state, audit=dataclasses.replace(state.audit, sites=sites))


def fix_name(place: frame.Here, state: frame.Audited, fix_id: str) -> str:
    """Return a fix by its site and its element."""
    element = state.elements.loc[fix_id]
    title = site_report.element_title(fix_id, element["kind"], element["label"], place.words)
    code = element["site_code"]
    name = f" {markers.site_name(state.sites.loc[code], place.words)}" if code in state.sites.index else ""
    return f"{code}{name} · {title}"


def day(place: frame.Here, value: object) -> str:
    """Return a day in words, a dash for none."""
    return place.words.day(value) if isinstance(value, dt.date) else "–"


def money(place: frame.Here, of: Works, fix_id: str) -> str:
    """Return the likely cost to three figures, as no estimate can promise more; a dash where it is not known."""
    amount = of.cost_thb(fix_id)
    return "–" if amount is None else place.words.number(float(f"{amount:.3g}"), 0)


def state_cell(place: frame.Here, of: Works, fix_id: str) -> tables.Markup:
    """Return the state of a fix, and that it is overdue where it is."""
    text = place.words.text
    late = fix_id in of.standing.index and bool(of.standing.loc[fix_id, "overdue"])
    said = late and text("! not accepted by {day}", day=day(place, of.standing.loc[fix_id, "accept_by"]))
    return tables.lines(text(works.STATES[of.state(fix_id)]), said)


def change_cell(place: frame.Here, change: str) -> tables.Markup:
    """Return a change by its sign and its words."""
    sign = f'<span aria-hidden="true">{site_changes.SIGNS[change]} </span>'
    return tables.Markup(f"<b>{sign}{tables.cell(place.words.text(terms.SCORE_CHANGE[change]))}</b>")


def scores(place: frame.Here, row: pd.Series) -> tuple[tables.Markup, tables.Markup]:
    """Return the scores before and after, as words and as bars."""
    shown = []
    for when in ("before", "after"):
        low, high = row[f"{when}_low"], row[f"{when}_high"]
        said = markers.score_text(low, high, place.words)
        shown.append(tables.lines(said, not pd.isna(low) and tables.score_bar(low, high, said)))
    return shown[0], shown[1]


def site_sections(place: frame.Here, state: frame.Audited, code: str) -> None:
    """Show on a site's page how far its fixes are, what changed after building, and when to survey again."""
    text = place.words.text
    resurvey_line(place, state, code)
    known = load(place, state)
    mine = known.standing.loc[known.standing["site_code"] == code]
    if not mine.empty:
        st.subheader(text("Works"))
        rows = [
            (fix_name(place, state, str(fix_id)), state_cell(place, known, str(fix_id)), day(place, row["since"]))
            for fix_id, row in mine.iterrows()
        ]
        st.html(tables.table(text("Works at this site"), (text("Fix"), text("State"), text("Since")), rows))
        if roles.may(place.store.role, fix_steps.ACTION):
            query = frame.query(place, fix=str(mine.index[0]))
            frame.link(place, "works.py", label=text("Open under Works"), query_params=query)
    before_and_after(place, state, code)


def resurvey_line(place: frame.Here, state: frame.Audited, code: str) -> None:
    """Say when a site is due to be surveyed again."""
    text = place.words.text
    due = works.resurveys(state.audit.sites.loc[[code], "last_surveyed_on"], place.today).iloc[0]
    if due["due_on"] is None:
        return
    said = text("! due since {day}") if due["overdue"] else text("due on {day}")
    line = text("Next survey: {when}", when=said.format(day=place.words.day(due["due_on"])))
    st.html(f"<p>{tables.cell(line)} {tables.small(working_values(place))}</p>")


def working_values(place: frame.Here) -> str:
    """Return the sentence on our working values."""
    days = {"accept": works.ACCEPT_WITHIN_DAYS, "resurvey": works.RESURVEY_AFTER_DAYS}
    return place.words.text(works.WORKING_VALUES, **days)


def before_and_after(place: frame.Here, state: frame.Audited, code: str) -> None:
    """Show the scores of a site before and after building, and the findings that changed."""
    words, text = place.words, place.words.text
    changed, old = changes(place, state), before(place, state)
    if code not in changed.index or old is None:
        return
    st.subheader(text("Before and after"))
    row = changed.loc[code]
    first, then = scores(place, row)
    built = site_changes.built_days(load(place, state).steps)[code]
    rows = [
        (text("Before, as of {day}", day=words.day(built - dt.timedelta(days=1))), first),
        (text("Now"), then),
        (text("Change"), change_cell(place, row["change"])),
    ]
    st.html(tables.table(text("Before and after"), (text("When"), text("Score")), rows, stacked=False))
    findings = site_changes.changed_findings(old.findings, state.audit.findings, code)
    if findings.empty:
        st.write(text("No finding changed."))
        return
    listed = [
        (
            words.name(place.book.criteria[one.criterion].name),
            _element(place, state, one.element_id),
            tables.verdict(one.verdict_before, words),
            tables.verdict(one.verdict_after, words),
        )
        for one in findings.head(LISTED_CHANGES).itertuples()
    ]
    headings = (text("Requirement"), text("Element"), text("Before"), text("Now"))
    caption = words.count("{n} finding changed", "{n} findings changed", len(findings))
    st.html(tables.table(caption, headings, listed))
    rest = findings.iloc[LISTED_CHANGES:]
    if len(rest):
        counted = rest["verdict_after"].value_counts()
        said = ", ".join(f"{text(terms.VERDICT[name])} {number}" for name, number in counted.items())
        st.write(text("{n} more of lesser severity, now: {verdicts}", n=len(rest), verdicts=said))


def _element(place: frame.Here, state: frame.Audited, element_id: str) -> str:
    element = state.elements.loc[element_id]
    return site_report.element_title(element_id, element["kind"], element["label"], place.words)
