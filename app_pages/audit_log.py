"""Show everything that was done to the record, the newest first, and check that nothing was altered."""

from __future__ import annotations

import datetime as dt
import functools

import streamlit as st

from app_pages import session
from app_pages.parts.audit_log import entry_facts, entry_text
from app_pages.parts.shared import choices, days, progress, tables
from app_pages.session import address, cache
from audits import errors, roles, wording
from audits.store.audit_log import entries as audit_entries
from audits.store.integrity import verify
from audits.store.surveys import read

PAGE = 50

ACTOR, ACTION, ABOUT, FIRST, LAST, SHEET = "who", "deed", "about", "from", "to", "sheet"
CHECKED = "ledger_checked"
CHECK = "check"
TABS = {"entries": wording.phrase("Entries"), CHECK: wording.phrase("Check that nothing was altered")}
WRITTEN_ONCE = wording.phrase(
    "Every change of the record is written here once, each tied to the one before. Nobody can change or remove "
    "an entry unseen, also not the administrator. Backups, signing in, surveys not sent and requests of the "
    "public form that were deleted unrecorded were never in the record and are not in it. The page Backup says when "
    "the last backup was made, and who made it by hand; of a restored record the log has the erasures done again."
)


def show(context: session.Context) -> None:
    """Draw the page: what was done first, for that is what one comes for; the check of it in a tab of its own."""
    roles.require_view(context.role, "audit_log")
    text = context.words.text
    st.title(text("Audit log"))
    labels = {name: text(label) for name, label in TABS.items()}
    log, checking = st.tabs(list(labels.values()), **address.tab("audit_log_tab", labels))
    with log:
        entries(context, filters(context))
    with checking:
        st.write(text(WRITTEN_ONCE))
        check(context)
        head(context)


def head(context: session.Context) -> None:
    """Show the last link, to be written down elsewhere."""
    text, last = context.words.text, read.head(context.store)
    st.subheader(text("The head of the audit log"))
    st.write(
        text(
            "Write it down on paper or in a mail: with it, an audit log cut short is found too. Short form: {short}",
            short=f"`{last.short}`",
        )
    )
    with st.expander(text("The whole head, to copy")):
        st.code(str(last), language=None, wrap_lines=True)


def check(context: session.Context) -> None:
    """Check the whole record when asked, and keep what was found until the page is left."""
    text = context.words.text
    expect = st.text_input(text("A head written down earlier (may be empty)"), key="ledger_expect").strip()
    if st.button(text("Check now that nothing was altered"), key="ledger_check"):
        with st.spinner(text("Checking")):
            st.session_state[CHECKED] = _checked(context, expect or None)
    with st.container():
        found = st.session_state.get(CHECKED)
        if isinstance(found, errors.RefusedError):
            context.show_problems(found.problems)
        elif found is not None:
            show_result(context, found)


def _checked(context: session.Context, expect: str | None) -> verify.Verification | errors.RefusedError:
    try:
        with progress.shown() as progressed:
            return verify.verify(context.store, expect, progressed)
    except errors.RefusedError as refused:
        return refused


def show_result(context: session.Context, found: verify.Verification) -> None:
    """Show the result of the check."""
    text, count = context.words.text, context.words.count
    if not found.problems:
        st.success(
            count(
                "{n} entry and everything it describes: nothing was altered.",
                "{n} entries and everything they describe: nothing was altered.",
                found.entries,
            )
        )
        return
    st.error(
        count(
            "{n} problem. Restore the last good backup, or have the record examined.",
            "{n} problems. Restore the last good backup, or have the record examined.",
            len(found.problems),
        )
    )
    st.html(
        tables.table(
            text("What the check found"),
            (text("Where"), text("What is wrong")),
            [(one.where, text(one.kind.template, **dict(one.values))) for one in found.problems],
        )
    )


def filters(context: session.Context) -> audit_entries.Selection:
    """Ask which entries; what is chosen stays in the address. Few need more than the search, the rest is folded."""
    text = context.words.text
    searched, folded = st.columns([3, 1], vertical_alignment="bottom")
    with searched:
        st.session_state.setdefault(ABOUT, st.query_params.get(ABOUT, ""))
        about = st.text_input(
            text("Receipt number, site, element, design or photo"),
            key=ABOUT,
            on_change=lambda: _keep(ABOUT, st.session_state[ABOUT].strip()),
        ).strip()
    on = sum(1 for name in (ACTOR, ACTION, FIRST, LAST) if st.query_params.get(name))
    label = f"{text('Filters')} ({on})" if on else text("Filters")
    with folded.popover(label, width="stretch", key="audit_log_filters"):
        actor, action, first, last = _narrowed(context)
    return audit_entries.Selection(first, last, actor or "", action or "", about)


def _narrowed(context: session.Context) -> tuple[str | None, str | None, dt.date | None, dt.date | None]:
    """Ask by whom, what and when."""
    words, text = context.words, context.words.text
    actors = {name: name for name in audit_entries.actors(context.store)}
    actions = {name: entry_text.action_name(name, words) for name in audit_entries.actions(context.store)}
    kept = address.one(ACTOR, actors)
    actor = choices.one_or_none(text("By whom"), actors, placeholder=text("everybody"), **kept)
    kept = address.one(ACTION, actions)
    action = choices.one_or_none(text("What was done"), actions, placeholder=text("everything"), **kept)
    return actor, action, _day(context, FIRST, text("From day")), _day(context, LAST, text("To day"))


def _day(context: session.Context, name: str, label: str) -> dt.date | None:
    key, until = f"ledger_{name}", context.today + dt.timedelta(days=1)

    def keep() -> None:
        found = days.read(st.session_state[key].strip(), until)
        _keep(name, found.isoformat() if isinstance(found, dt.date) else "")

    kept = entry_text.day_of(st.query_params.get(name, ""))
    return days.ask(context, label, key, until=until, first=kept, on_change=keep)


def _keep(name: str, value: str) -> None:
    # other entries begin on their first sheet
    st.session_state.pop(f"ledger_{SHEET}", None)
    address.write(SHEET, "")
    address.write(name, value)


def entries(context: session.Context, asked: audit_entries.Selection) -> None:
    """Show one sheet of the entries asked for."""
    words, text = context.words, context.words.text
    total = audit_entries.count(context.store, asked)
    st.write(words.count("{n} entry", "{n} entries", total))
    if total == 0:
        return
    sheets = -(-total // PAGE)
    sheet = 1
    if sheets > 1:
        kept = address.whole(SHEET, f"ledger_{SHEET}", 1)
        # a link may name a sheet beyond the last
        st.session_state[kept["key"]] = min(max(st.session_state[kept["key"]], 1), sheets)
        sheet = st.number_input(text("Sheet (of {count})", count=sheets), min_value=1, max_value=sheets, step=1, **kept)
    shown = audit_entries.lines(context.store, asked, PAGE, (int(sheet) - 1) * PAGE)
    headings = (text("Number"), text("When"), text("By whom"), text("What was done"))
    names = _names(context)
    rows = [entry_facts.row(one, words, names) for one in shown]
    shown_table = tables.table(text("Entries, the newest first"), headings, rows)
    st.html(tables.tall(shown_table))
    st.download_button(
        text("Download these entries (CSV)"),
        functools.partial(audit_entries.as_csv, context.store, asked),
        f"ledger-{context.today.isoformat()}.csv",
        "text/csv",
        key="ledger_csv",
    )


def _names(context: session.Context) -> entry_facts.Names:
    """Return the names of surveys, quantities and instruments on screen."""
    words, sent = context.words, cache.surveys(context.store)
    receipts = zip(sent["survey_id"], sent["receipt_number"], sent["site_code"], strict=True)
    return entry_facts.Names(
        {name: words.text("{site}, receipt {number}", site=site, number=number) for name, number, site in receipts},
        {name: words.name(one.name) for name, one in context.criteria.quantities.items()},
        {name: words.name(one.name) for name, one in context.criteria.instruments.items()},
    )


if __name__ == "__main__":
    show(session.current())
