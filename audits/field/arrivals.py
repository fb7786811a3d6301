"""Describe records as they came back from the field, before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from audits import errors, survey, terms, wording
from audits.field import overview
from audits.field.tables import profile
from audits.formats import cells

NEW_ELEMENTS = errors.ProblemKind(
    "RECEIVE-N01",
    "New in the register after this: {count} ({elements}); if a thing is there already under another number, "
    "correct the number first.",
)

SHOWN_ELEMENTS = 8


@dataclass(frozen=True)
class Attachment:
    """A photo that came, or should have come, with a record.

    Parameters
    ----------
    name
        As the record names it.
    element_id, quantity
        What it is evidence for; either may be empty.
    caption
        What the surveyor wrote under it.
    contains_person
        The surveyor saw a person in it.
    content
        Gives its bytes as they came; None when it did not come with the record.
    """

    name: str
    element_id: str = ""
    quantity: str = ""
    caption: str = ""
    contains_person: bool = False
    content: Callable[[], bytes] | None = None


# slots, since a large table makes one of these for every row
@dataclass(frozen=True, slots=True)
class Arrival:
    """One record as it came back.

    Parameters
    ----------
    line
        Its place in the file, from 1.
    raw
        The record as it came, as JSON, to be kept when it is held.
    survey
        Its survey without photos; None when it cannot be read that far.
    attachments
        Its photos.
    problems
        Why it cannot be taken in as it stands; then it is held.
    submitted_at
        Instant at which the server of its channel took it in; None where unknown.
    is_place_confirmed
        Whether the surveyor was asked about a position away from the site, and answered that it is right.
    further
        Line and content of the other rows of its survey, such as those of the other runs of a ramp.
    """

    line: int
    raw: str
    survey: survey.Survey | None = None
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[errors.Problem, ...] = ()
    submitted_at: dt.datetime | None = None
    is_place_confirmed: bool = False
    further: tuple[tuple[int, str], ...] = ()

    @property
    def rows(self) -> tuple[tuple[int, str], ...]:
        """Line and content of every row of the record."""
        return ((self.line, self.raw), *self.further)


@dataclass(frozen=True)
class Delivery:
    """Everything that one file or one request brought back.

    Parameters
    ----------
    file_name, file_sha256
        What it came in; the SHA-256 identifies it.
    source
        The channel, one of :data:`audits.survey.SOURCES`.
    arrivals
        Its records, in order.
    notices
        What the reader should know before saying yes.
    accepted_otherwise
        Rows of the file that hold no survey and were taken in before, such as sites.
    unused_columns
        Columns with something in them that mean nothing here.
    encoding
        Of the text.
    device_clock
        What the clock of the device showed as it sent; None where unknown.
    profile
        With which a foreign table was read.
    """

    file_name: str
    file_sha256: str
    source: str
    arrivals: tuple[Arrival, ...]
    notices: tuple[errors.Problem, ...] = ()
    accepted_otherwise: int = 0
    unused_columns: tuple[str, ...] = ()
    encoding: str = "utf-8"
    device_clock: dt.datetime | None = None
    profile: profile.Profile | None = None

    @property
    def overview(self) -> overview.Overview:
        """What every door prints before anything is written; positions come from satellites, in WGS 84."""
        held = [(each.line, each.problems) for each in self.arrivals if each.problems]
        placed = any(each.survey is not None and each.survey.latitude is not None for each in self.arrivals)
        crs = "EPSG:4326" if placed else ""
        return overview.Overview(len(self.arrivals), held, self.unused_columns, self.notices, crs, self.encoding)

    def submitted(self, at: dt.datetime) -> Delivery:
        """Return the delivery as one that its device sent at an instant."""
        return replace(self, arrivals=tuple(replace(each, submitted_at=at) for each in self.arrivals))


def folded(name: str) -> str:
    """Return a file name as it is compared: phones, cards and servers change its case and its Unicode form."""
    return cells.one_spelling(name).casefold()


def by_folded_name(names: Iterable[str]) -> dict[str, str]:
    """Return the file names by their folded form; those that only their case tells apart are left out."""
    alike: dict[str, set[str]] = {}
    for name in names:
        alike.setdefault(folded(name), set()).add(name)
    return {form: next(iter(same)) for form, same in alike.items() if len(same) == 1}


def new_elements(
    visits: Iterable[survey.Survey], registered: Collection[str], file_name: str
) -> Iterator[errors.Problem]:
    """Yield one notice of the things that these visits would add to the register."""
    found = {element.element_id for visit in visits for element in visit.elements}
    new = sorted(found.difference(registered))
    if new:
        named, more = [terms.element(one) for one in new[:SHOWN_ELEMENTS]], " …" if len(new) > SHOWN_ELEMENTS else ""
        shown = wording.Translated(lambda words: ", ".join(one.write(words) for one in named) + more)
        yield NEW_ELEMENTS.at(file_name, count=len(new), elements=shown)
