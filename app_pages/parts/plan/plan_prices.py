"""Say whose prices stand, hand the price table out to be filled in, and take it back."""

from __future__ import annotations

import functools

import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer, tables
from app_pages.session import plain_text
from audits import errors, roles
from audits.ramps import cost_workbook, price_books, prices, quantities
from audits.store.register import municipal_choices

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATE = "jaidee-prices.xlsx"


def show(context: session.Context, kept: price_books.Kept) -> None:
    """Show the prices that stand; whoever may hands in others."""
    words, text = context.words, context.words.text
    reviewer.show_done()
    if kept.own and kept.kept_at is not None:
        st.write(
            text(
                "Prices of the municipality: {file}, handed in by {author}, {when}",
                file=kept.file_name,
                author=kept.kept_by,
                when=words.instant(kept.kept_at),
            )
        )
    if kept.book.sample:
        st.warning(text(prices.SAMPLE))
    with st.expander(text("The prices as a table, and others in their place"), expanded=False):
        _table(context, kept)
        st.download_button(
            text("Download the price table to fill in"),
            # made when it is asked for
            functools.partial(cost_workbook.price_table, kept.book),
            TEMPLATE,
            XLSX,
            key="prices_template",
        )
        if roles.may(context.role, municipal_choices.ACTION):
            _take_in(context)
        _history(context)


def _table(context: session.Context, kept: price_books.Kept) -> None:
    words, text = context.words, context.words.text
    book = kept.book
    rows = [
        (
            words.name(price.name),
            "" if price.code == prices.FACTOR else text(quantities.UNITS[quantities.unit(price.code)]),
            " – ".join(words.number(float(amount), 2) for amount in price.thb),
            "–" if price.labour_thb is None else words.number(float(price.labour_thb), 2),
            words.day(price.dated_on),
            words.side(price.source),
        )
        # a table of Factor F takes the place of the single factor
        for price in (*book.prices.values(), *(() if book.table else (book.factor,)))
    ]
    headings = (
        *(text("Item"), text("Unit"), text("Baht: low – likely – high"), text("Of it labour (baht)")),
        *(text("Price of the day"), text("Source")),
    )
    st.html(tables.table(text("Unit prices"), headings, rows))
    if book.table:
        st.write(
            text("Factor F: {source}, {day}", source=words.side(book.table.source), day=words.day(book.table.dated_on))
        )
        points = [(words.number(int(amount)), words.number(float(factor), 4)) for amount, factor in book.table.rows]
        st.html(tables.table("Factor F", (text("Direct cost (THB)"), "Factor F"), points, stacked=False))


def _take_in(context: session.Context) -> None:
    text = context.words.text
    given = st.file_uploader(text("Price table filled in (XLSX or CSV)"), type=["xlsx", "csv"], key="prices_file")
    st.write(
        text(
            "A table of Factor F, or the Ministry of Commerce's price list of the province, can be handed in here too."
        )
    )
    pattern = price_books.PATTERN_FILE
    st.download_button(
        text("Download a pattern of the table of Factor F"), pattern.read_bytes(), pattern.name, key="prices_factor"
    )
    actor = (
        st.text_input(text("Who hands it in"), key="prices_actor")
        if context.account is None
        else reviewer.name(context)
    )
    pressed = st.button(text("Let these prices stand"), key="prices_keep", disabled=given is None or not actor.strip())
    if given is None or not pressed:
        return
    try:
        price_books.keep(context.store, given.getvalue(), given.name, actor, context.today)
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(plain_text.literal(context.words.problem(problem)))
        return
    st.session_state[reviewer.DONE] = [text("These prices stand now; designs, plans and files use them.")]
    st.rerun()


def _history(context: session.Context) -> None:
    words, text = context.words, context.words.text
    before = price_books.history(context.store)
    if before.empty:
        return
    rows = [
        (
            words.instant(row["kept_at"].to_pydatetime()),
            row["file"] or text("sample prices"),
            row["kept_by"],
            row["sha256"][:12] if row["file"] else "",
        )
        for _, row in before.iterrows()
    ]
    headings = (text("When"), text("File"), text("By"), text("Digest"))
    st.html(tables.table(text("Price tables handed in, newest first"), headings, rows))
