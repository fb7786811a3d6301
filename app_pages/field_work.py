"""Send technicians out and take back what they bring: addresses, secrets, devices, returning files."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app_pages import session
from app_pages.parts.shared import calibrations, choices, days, held_decision, overviews, progress, reviewer, tables
from app_pages.parts.start import table_import
from app_pages.session import navigation, page_roles, plain_text
from audits import roles, wording
from audits.field import arrivals, receiving, returning
from audits.store.accounts import device_secrets
from audits.store.register import devices
from audits.store.surveys import read

JUST_GIVEN, REHEARSED, RECEPTION = "field_just_given", "field_rehearsed", "reception"
# In an address, which part is to be open.
PART, BRING_BACK = "part", "bring_back"
RETURNING_TYPES = [*table_import.UPLOAD_TYPES, "ndjson", "xml"]
MEGABYTES = 1000
# a certificate for longer than this is a slip of the pen
LONGEST_VALID = dt.timedelta(days=10 * 366)

# How paper, kit, form and package are had: by those who have the page of exports, and by the others.
_MAKES_FILES = (
    wording.phrase("Map book with sheets to write on, under Exports; type it in under Quick entry."),
    wording.phrase("Open {address} once with a network and install it, or take the one file under Exports."),
    wording.phrase("Upload the form under Exports there; bring its files back here."),
    wording.phrase("Take the package under Exports; bring it back here with its photos."),
)
_IS_GIVEN_FILES = (
    wording.phrase("Make the map book with sheets to write on under My work; type it in under Quick entry."),
    wording.phrase("Open {address} once with a network and install it."),
    wording.phrase("An engineer of the office uploads the form there; bring its files back here."),
    wording.phrase("Ask an engineer of the office for the package; bring it back here with its photos."),
)


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Field work"))
    who = reviewer.name(context)
    reviewer.show_done()
    tabs: dict[str, Callable[[], None]] = {
        text("Take out"): lambda: take_out(context),
        text("Bring back"): lambda: bring_back(context, who),
    }
    if roles.may(context.role, device_secrets.ACTION):
        tabs[text("Technicians")] = lambda: secrets_of(context, who)
    if roles.may(context.role, devices.ACTION):
        tabs[text("Devices")] = lambda: devices_of(context, who)
    default = text("Bring back") if st.query_params.get(PART) == BRING_BACK else None
    for tab, draw in zip(st.tabs(list(tabs), default=default, key="field_tab"), tabs.values(), strict=True):
        with tab:
            draw()


def take_out(context: session.Context) -> None:
    """Show where each way of working in the field begins."""
    text = context.words.text
    address = (st.context.url or "").split("/field_work")[0].rstrip("/")
    paper, kit, form, package = _MAKES_FILES if page_roles.has(context.role, "exports") else _IS_GIVEN_FILES
    rows = [
        (text("Paper"), text(paper)),
        (text("Offline kit"), text(kit, address=f"{address}/field/kit")),
        (
            text("ODK Collect"),
            text("Server: {address}. User name and secret: those of the technician.", address=f"{address}/openrosa"),
        ),
        (text("KoboToolbox, ODK Central"), text(form)),
        (text("QField, QGIS"), text(package)),
    ]
    st.html(tables.table(text("Ways of working in the field"), (text("Way"), text("How")), rows))
    navigation.link(
        context, "exports.py", label=text("Make the files under Exports"), query_params=navigation.query(context)
    )
    remark = text(
        "Phones reach this computer only when it serves its network, and cameras and positions need HTTPS there."
    )
    st.html(f"<p>{tables.small(remark)}</p>")


def bring_back(context: session.Context, who: str) -> None:
    """Import returning files: first a preview, then the writing, then a receipt for each record."""
    text = context.words.text
    st.write(text("Any file that comes back: kit, QField, ODK Central, KoboToolbox, a table or a map file."))
    navigation.link(
        context,
        "start.py",
        label=text("For a table with coordinates or headings of its own: Start"),
        query_params=navigation.query(context),
    )
    file = st.file_uploader(
        text("File from the field"), type=RETURNING_TYPES, key="returning_file", max_upload_size=MEGABYTES
    )
    file_id, given = st.session_state.get(RECEPTION, ("", None))
    # What became of one file is no word about the next.
    if given is not None and (file is None or file.file_id == file_id):
        receipts(context, given)
    elif file is not None:
        _delivered(context, file, who)


def _delivered(context: session.Context, file: UploadedFile, who: str) -> None:
    now = dt.datetime.now(dt.UTC)
    with context.problems_shown():
        with st.spinner(context.words.text("Reading …")):
            delivery = returning.read_file(file.getvalue(), file.name, context.store, context.criteria, now)
        if delivery is None:
            table_import.brought(context, file, who)
            return
        would = _rehearsed(context, delivery)
        _understood(context, delivery, would)
        # photos that were missing may come with a record that is here
        has_photos = any(each.attachments for each in delivery.arrivals)
        if would.count("same") == len(would.outcomes) and not has_photos:
            st.write(context.words.text(table_import.NOTHING_NEW))
            return
        is_good = has_photos or any(would.count(outcome) for outcome in ("accepted", "correction"))
        _take_in(context, file, delivery, who, is_good=is_good)


def _rehearsed(context: session.Context, delivery: arrivals.Delivery) -> receiving.Reception:
    """Say what would become of the file, worked out once for each file and state of the record."""
    key = delivery.file_sha256, str(read.head(context.store))
    before, found = st.session_state.get(REHEARSED, (None, None))
    if before != key or not isinstance(found, receiving.Reception):
        found = receiving.rehearse(context.store, delivery, context.words)
        st.session_state[REHEARSED] = key, found
    return found


def _take_in(
    context: session.Context, file: UploadedFile, delivery: arrivals.Delivery, who: str, *, is_good: bool
) -> None:
    """Offer to take in; where nothing is good, to leave it, since a technician cannot mend the record of a phone."""
    text = context.words.text
    label = text("Take it in") if is_good else text(table_import.LEAVE_IT)
    if st.button(label, type="primary" if is_good else "secondary", key="take_in", disabled=not who):
        with progress.shown(text("Taking in …")) as progressed:
            given = receiving.receive(context.store, delivery, who, words=context.words, progress=progressed)
        st.session_state[RECEPTION] = file.file_id, given
        st.rerun()


def _understood(context: session.Context, delivery: arrivals.Delivery, would: receiving.Reception) -> None:
    words = context.words
    wrong = len(would.held) + would.count("conflict")
    photos = sum(len(each.attachments) for each in delivery.arrivals)
    parts = (
        words.count("{n} record", "{n} records", len(delivery.arrivals)),
        words.count("{n} photo", "{n} photos", photos),
        words.count("{n} cannot be taken as it stands", "{n} cannot be taken as they stand", wrong),
    )
    st.write(", ".join(parts))
    overviews.show(context, dataclasses.replace(delivery.overview, held=would.held), "returning")


def receipts(context: session.Context, given: receiving.Reception) -> None:
    """Show what became of each record."""
    words, text = context.words, context.words.text
    names = {
        "accepted": text("accepted"),
        "correction": text("accepted as a correction"),
        "same": text("here already"),
        "conflict": text("in conflict: an engineer decides under Review"),
        receiving.HELD: text("held back: an engineer decides under Review"),
    }
    counted = [f"{name}: {given.count(outcome)}" for outcome, name in names.items() if given.count(outcome)]
    came = any(given.count(outcome) for outcome in ("accepted", "correction", "same"))
    show = st.success if came else st.warning
    show(text("{file}: {counts}", file=plain_text.literal(given.file_name), counts=", ".join(counted)))
    rows = [
        (
            str(one.line),
            names[one.outcome],
            str(one.number or "–"),
            tables.lines(
                *(words.problem(problem) for problem in one.problems),
                *(
                    [text("photos not come: {names}", names=", ".join(one.missing_photos))]
                    if one.missing_photos
                    else ()
                ),
            )
            or "–",
        )
        for one in given.outcomes[:300]
    ]
    headings = (text("Row"), text("What became of it"), text("Receipt"), text("Remarks"))
    st.html(tables.table(text("Receipt for each record"), headings, rows))
    if given.held or given.count("conflict"):
        held_decision.lead(context)


def secrets_of(context: session.Context, who: str) -> None:
    """Give technicians the secret with which their devices send, and take it back."""
    words, text = context.words, context.words.text
    st.write(
        text("A technician's device sends with a name and a secret. The secret is shown once; only its hash is kept.")
    )
    known = device_secrets.names(context.store)
    fresh = st.session_state.pop(JUST_GIVEN, None)
    if fresh:
        st.success(
            text(
                "Secret of {name}: {secret}. Write it down now; it is not shown again.", name=fresh[0], secret=fresh[1]
            )
        )
    name = st.text_input(text("Name or staff number of the technician"), key="technician_name")
    if st.button(text("Give a new secret"), key="give_secret", disabled=not (who and name.strip())):
        _guarded(
            context,
            lambda: st.session_state.update(
                {JUST_GIVEN: (name.strip(), device_secrets.give_secret(context.store, name, who))}
            ),
        )
    if known.empty:
        return
    active = {True: text("may send"), False: text("revoked")}
    rows = [(row["name"], active[row["active"]], words.instant(row["set_at"])) for _, row in known.iterrows()]
    headings = (text("Technician"), text("State"), text("Since"))
    st.html(tables.table(text("Technicians"), headings, rows, stacked=False))
    chosen = st.selectbox(
        text("Take back the secret of"), list(known.loc[known["active"], "name"]), index=None, key="revoke_name"
    )
    if st.button(text("Revoke"), key="revoke", disabled=not (who and chosen)) and chosen:
        _guarded(context, functools.partial(device_secrets.revoke, context.store, chosen, who))


def devices_of(context: session.Context, who: str) -> None:
    """Record the municipality's own instruments and their calibrations."""
    words, text = context.words, context.words.text
    measuring = {
        key: words.name(one.name)
        for key, one in context.criteria.instruments.items()
        if one.unit not in ("yes_no", "count")
    }
    known = devices.calibrations(context.store)
    # fresh fields after each calibration; what is refused stays to be mended
    number = len(known)
    with st.form(key="calibrate"):
        code = st.text_input(text("Code on the device, such as L-03"), key=f"device_code|{number}")
        kind = choices.one(text("Instrument"), measuring, key=f"device_kind|{number}")
        uncertainty = st.number_input(
            text("Uncertainty found, in the instrument's unit"),
            min_value=0.0,
            value=0.2,
            step=0.1,
            key=f"device_uncertainty|{number}",
        )
        first = days.required(context, text("Calibrated on"), f"calibrated_on|{number}", until=context.today)
        last = days.required(
            context,
            text("Valid until"),
            f"valid_until|{number}",
            until=context.today + LONGEST_VALID,
            first=context.today + dt.timedelta(days=365),
        )
        note = st.text_input(text("Certificate or remark"), key=f"device_note|{number}")
        sent = st.form_submit_button(text("Record the calibration"), disabled=not who)
    if sent and first is not None and last is not None:
        _guarded(
            context,
            lambda: devices.calibrate(
                context.store,
                code,
                kind,
                uncertainty=uncertainty,
                calibrated_on=first,
                valid_until=last,
                criteria=context.criteria,
                actor=who,
                note=note,
            ),
        )
    if known.empty:
        return
    rows = [calibrations.cells(context, row["device_code"], row) for _, row in known[::-1].iterrows()]
    st.html(tables.table(text("Calibrations"), calibrations.headings(context.words), rows))


def _guarded(context: session.Context, action: Callable[[], object]) -> None:
    reviewer.attempt(context, action, context.words.text("Recorded."))


if __name__ == "__main__":
    show(session.current())
