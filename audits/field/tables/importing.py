"""Preview how a table was understood, then take it in: nothing dropped, nothing twice."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from audits import errors, survey, terms, wording
from audits.field import arrivals, overview, receiving
from audits.field.tables import (
    adding_sites,
    element_numbers,
    headers,
    ignored,
    import_receipts,
    opensidewalks,
    places,
    profile,
    same_visit_rows,
    sites_table,
    surveys_table,
    visit_places,
)
from audits.field.tables import rows as rows_room
from audits.formats import tables
from audits.rules import model
from audits.store.db import connection
from layers import positions

REASON = "imported from a table"

WALKING_NETWORK = errors.ProblemKind(
    "IMPORT-004", "it holds the lines of a walking network, no places; read it with: python -m layers base {file}"
)
NOTHING_UNDERSTOOD = errors.ProblemKind(
    "IMPORT-002", "no column has a header that is known; name at least the code or the coordinates ({columns})"
)
NOTHING_MEASURED = errors.ProblemKind(
    "IMPORT-003",
    "no measured column was understood, and these look like measurements: {columns}. Name the quantity and its unit in "
    "the header, such as {examples}, or point at the columns in a profile",
)

INSPECTOR = wording.phrase("inspector's verdict: {verdict}")

_EXAMPLES = ("running_slope_pct", "clear_width_mm")
_OF_A_SURVEY = ("observed_on", "surveyor", "instrument")
_OF_A_PLACE = ("north", "east", "place", *terms.POSITION_PART)


@dataclass(frozen=True)
class Preview:
    """How a table was understood; nothing is written yet.

    Parameters
    ----------
    file_name, file_sha256
        The file.
    kind
        As in :class:`audits.formats.tables.Table`.
    rows
        Rows with anything in them; those with problems are held.
    layout
        What each column means, and which mean nothing.
    sites
        New sites, their elements and those that are here already.
    survey_of_line
        Of each row that measured something or answered for the place, by line; all runs of one ramp have the same.
    notices
        What the reader should know before saying yes.
    crs
        Coordinate system in which most positions were read; empty where there are none.
    encoding
        As in :class:`audits.formats.tables.Table`.
    profile_used
        With which a foreign table was read.
    """

    file_name: str
    file_sha256: str
    kind: str
    rows: Sequence[rows_room.Row]
    layout: headers.Layout
    sites: sites_table.SitesPreview
    survey_of_line: Mapping[int, survey.Survey]
    notices: tuple[errors.Problem, ...]
    crs: str = ""
    encoding: str = "utf-8"
    profile_used: profile.Profile | None = None

    @property
    def overview(self) -> overview.Overview:
        """What every door prints before anything is written."""
        held = [(row.line, row.problems) for row in self.held]
        unused = self.layout.unused
        return overview.Overview(self.row_count, held, unused, self.notices, self.crs, self.encoding)

    @property
    def row_count(self) -> int:
        """Number of rows with anything in them."""
        return len(self.rows)

    @property
    def surveys(self) -> tuple[survey.Survey, ...]:
        """The surveys, in the order of their lines."""
        return tuple({one.survey_id: one for one in self.survey_of_line.values()}.values())

    @property
    def held(self) -> tuple[rows_room.Row, ...]:
        """Rows that are not taken in, with their reasons."""
        return tuple(row for row in self.rows if row.problems)

    @property
    def accepted_count(self) -> int:
        """Number of rows that are not held."""
        return self.row_count - len(self.held)

    def taken_rows(self, would: import_receipts.ImportReceipt) -> int:
        """Return how many rows bring something new: those neither held nor here already."""
        return self.row_count - would.held - would.conflicts - would.same_rows if would.accepted else 0

    @property
    def understood(self) -> tuple[tuple[str, str], ...]:
        """Each column used and what it means; a measured column means its quantity."""
        return tuple((use.column, use.quantity or use.meaning) for use in self.layout.uses)


def preview(
    content: bytes,
    file_name: str,
    criteria: model.Criteria,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    today: dt.date,
    chosen: profile.Profile | None = None,
    box: positions.Box = positions.KHON_KAEN_SURROUNDINGS,
    datum: str = positions.WGS_84,
    crs: str = "",
    *,
    since: dt.date | None = None,
    surveyed: bool = False,
) -> Preview:
    """Understand a table without writing anything.

    Parameters
    ----------
    content, file_name
        The file as it was sent.
    criteria
        The criteria.
    sites, elements
        The register, as :func:`audits.store.surveys.read.sites` and :func:`audits.store.surveys.read.elements` give it.
    today
        No survey and no permit is later.
    chosen
        Profile of a foreign table; None to recognise the headers.
    box
        Where the places must be, unless the profile has a box.
    datum
        One of :data:`layers.positions.DATUMS`, of UTM figures.
    crs
        Coordinate system of the positions, such as ``EPSG:32648``; empty for that of the profile or of the file.
    since
        No survey is earlier: the programme's first day; None for a table of another programme.
    surveyed
        The table must hold measurements; else only a table that names a day, a surveyor or an instrument must.

    Raises
    ------
    audits.errors.RefusedError
        If the file as a whole cannot be read, lacks columns of the profile, no header is known, or every column that
        looks measured was left out.
    """
    # a title may stand above the headers, and the table on another sheet: where most headers are known it begins
    known = headers.counter(criteria) if chosen is None else profile.counter(chosen)
    table = tables.read(content, file_name, known)
    if chosen is None and opensidewalks.is_network(table.columns):
        raise errors.RefusedError((WALKING_NETWORK.at(file_name, file=file_name),))
    layout = _layout(table, criteria) if chosen is None else profile.layout(chosen, table.columns)
    if not layout.uses and table.columns:
        # cut, since a foreign table may have hundreds of headers
        problem = NOTHING_UNDERSTOOD.at(file_name, columns=", ".join(table.columns)[:300])
        raise _refused(problem, table, table.columns)
    table, layout = _one_place(table, layout, named=chosen is not None)
    _refuse_unmeasured(table, layout, surveyed, file_name)
    codes = frozenset(map(str, sites.index))
    rows = rows_room.of_table(table, layout, codes)
    box = layout.box or box
    # before the sites are decided: whether a row measured something decides how near it must stand
    visits = surveys_table.visits(rows, criteria, today, codes, since)
    where = places.read(rows, crs or layout.crs or (table.crs if table.has_points else ""), box, datum, file_name)
    visits = visit_places.answered(rows, visits, where)
    # one numbering for both: a thing that one row brings is known to the rows below
    numbers = element_numbers.ElementNumbers(elements)
    found = sites_table.sites(rows, where, visits, sites, numbers, today, box, file_name)
    surveys = surveys_table.surveys(rows, visits, found.lines, numbers, criteria)
    surveys = visit_places.with_places(rows, surveys, visits, found.lines)
    # after the ids are made: an inspector's verdict is no part of what was measured
    surveys = _with_verdicts(rows, same_visit_rows.agreeing(rows, surveys, visits))
    known_sites = [one for one in surveys.values() if one.site_code in codes]
    accepted = [visits[row.line] for row in rows if not row.problems]
    return Preview(
        file_name,
        hashlib.sha256(content).hexdigest(),
        table.kind,
        rows,
        layout,
        found,
        surveys,
        (
            *(*table.notices, *layout.notices, *found.notices, *surveys_table.notices(accepted, criteria, file_name)),
            *arrivals.new_elements(known_sites, set(elements.index), file_name),
        ),
        where.crs,
        table.encoding,
        chosen,
    )


def _with_verdicts(rows: Sequence[rows_room.Row], surveys: Mapping[int, survey.Survey]) -> dict[int, survey.Survey]:
    """Keep the inspector's verdict in the note of each survey; it changes neither our judgement nor the survey's id."""
    remarks: dict[str, dict[str, None]] = {}
    for row in rows:
        verdict = terms.VERDICT.get(row.written(profile.VERDICT).casefold())
        if verdict and row.line in surveys:
            # in both languages, since a note is read by whoever opens it
            both = map(wording.Wording, wording.LANGUAGES)
            remark = " · ".join(words.text(INSPECTOR, verdict=words.text(verdict)) for words in both)
            remarks.setdefault(surveys[row.line].survey_id, {})[remark] = None
    return {
        line: replace(one, note="; ".join(filter(None, (one.note, *remarks.get(one.survey_id, ())))))
        for line, one in surveys.items()
    }


def _layout(table: tables.Table, criteria: model.Criteria) -> headers.Layout:
    found = opensidewalks.layout(table.columns)
    return found or headers.recognise(table.columns, criteria, cut=table.kind == "Shapefile")


def _one_place(table: tables.Table, layout: headers.Layout, *, named: bool) -> tuple[tables.Table, headers.Layout]:
    """Leave every row one place: its geometry, unless a profile names the columns of the coordinates."""
    if named and layout.of("east") and layout.of("north"):
        return replace(table, rows=tuple(replace(row, point=None) for row in table.rows)), layout
    # while one row has no geometry the columns are read, for that one
    if not all(row.point for row in table.rows):
        return table, layout
    kept = tuple(use for use in layout.uses if use.meaning not in _OF_A_PLACE)
    of_place = {use.column for use in layout.uses} - {use.column for use in kept}
    left = tuple(column for column in table.columns if column in of_place or column in layout.unused)
    return table, replace(layout, uses=kept, unused=left)


def _refuse_unmeasured(table: tables.Table, layout: headers.Layout, surveyed: bool, file_name: str) -> None:
    if layout.measured:
        return
    surveyed = surveyed or any(layout.of(meaning) for meaning in _OF_A_SURVEY)
    ignored_columns = ignored.measured([row.cells for row in table.rows], layout.unused, surveyed=surveyed)
    if ignored_columns:
        values = {"columns": ", ".join(ignored_columns)[:300], "examples": ", ".join(_EXAMPLES)}
        raise _refused(NOTHING_MEASURED.at(file_name, **values), table, layout.unused)


def _refused(problem: errors.Problem, table: tables.Table, unused: tuple[str, ...]) -> overview.RefusedFileError:
    understood = {"unused_columns": unused, "notices": table.notices, "encoding": table.encoding}
    return overview.RefusedFileError(problem, (row.line for row in table.rows), **understood)


def commit(
    store: connection.Store,
    understood: Preview,
    actor: str,
    words: wording.Wording | None = None,
    received_at: dt.datetime | None = None,
    progress: receiving.Progress | None = None,
) -> import_receipts.ImportReceipt:
    """Take in what a preview showed; doing it again changes nothing.

    Parameters
    ----------
    store
        An open store.
    understood
        From :func:`preview`.
    actor
        Who brings the table.
    words
        Language in which the reasons of held rows are kept; Thai when None.
    received_at
        Instant; now when None.
    progress
        Called with the number of records done and their total.

    Raises
    ------
    audits.errors.StoreError
        If the store refuses to write.
    """
    held = {row.line: tuple(row.problems) for row in understood.held}
    found, reason = understood.sites, f"{REASON}: {understood.file_name}"
    # sites first, since a survey of one that is not registered is refused
    new = adding_sites.add(store, found, actor, reason, received_at, held)
    records = _records(understood, held)
    delivery = arrivals.Delivery(
        understood.file_name,
        understood.file_sha256,
        surveys_table.SOURCE,
        records,
        accepted_otherwise=understood.row_count - sum(len(each.rows) for each in records),
        profile=understood.profile_used,
    )
    done = receiving.receive(
        store,
        delivery,
        actor,
        words=words or wording.Wording("th"),
        received_at=received_at,
        progress=progress,
    )
    rows = {each.line: each.rows for each in records}
    became = {line: one for one in done.outcomes for line, _ in rows[one.line]}
    held_rows, conflict_rows, same_rows = (
        tuple((line, one.problems) for line, one in sorted(became.items()) if one.outcome == outcome)
        for outcome in (receiving.HELD, "conflict", "same")
    )
    kept_out = dict(held_rows + conflict_rows)
    here = {line: code for line, code in found.lines.items() if line not in kept_out and code not in new}
    return import_receipts.ImportReceipt(
        sites_accepted=len(new),
        sites_same=len(set(here.values())),
        surveys_accepted=done.count("accepted"),
        surveys_same=done.count("same"),
        corrections=done.count("correction"),
        conflicts=len(conflict_rows),
        held=len(held_rows),
        batch=done.batch,
        same_rows=len(same_rows) + sum(row.line in here and row.line not in became for row in understood.rows),
        held_rows=held_rows,
        conflict_rows=conflict_rows,
    )


def _records(understood: Preview, held: Mapping[int, tuple[errors.Problem, ...]]) -> tuple[arrivals.Arrival, ...]:
    """Make one record of each survey, with all its rows, and one of each held row."""
    found: dict[str | int, arrivals.Arrival] = {}
    for row in understood.rows:
        one, problems = understood.survey_of_line.get(row.line), held.get(row.line, ())
        # a row that names a site and measured nothing has no record: its site was added before
        if one is None and not problems:
            continue
        key = row.line if problems or one is None else one.survey_id
        first = found.get(key)
        found[key] = (
            replace(first, further=(*first.further, (row.line, row.raw)))
            if first
            else arrivals.Arrival(row.line, row.raw, one, problems=problems)
        )
    return tuple(found.values())


def rehearse(store: connection.Store, understood: Preview, words: wording.Wording) -> import_receipts.ImportReceipt:
    """Say what would become of a table, and write nothing; raises as :func:`commit`."""
    with connection.rehearsal(store) as stage:
        return commit(stage, understood, receiving.REHEARSED_BY, words)
