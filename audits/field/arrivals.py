"""Describe records as they came back from the field, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audits import errors, survey
from audits.field import overview


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


@dataclass(frozen=True)
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
    """

    line: int
    raw: str
    survey: survey.Survey | None = None
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[errors.Problem, ...] = ()


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
        Of the text; empty where the format knows only one.
    """

    file_name: str
    file_sha256: str
    source: str
    arrivals: tuple[Arrival, ...]
    notices: tuple[errors.Problem, ...] = ()
    accepted_otherwise: int = 0
    unused_columns: tuple[str, ...] = ()
    encoding: str = "utf-8"

    @property
    def overview(self) -> overview.Overview:
        """What every door prints before anything is written; positions come from satellites, in WGS 84."""
        held = [(each.line, each.problems) for each in self.arrivals if each.problems]
        placed = any(each.survey is not None and each.survey.latitude is not None for each in self.arrivals)
        crs = "EPSG:4326" if placed else ""
        return overview.Overview(len(self.arrivals), held, self.unused_columns, self.notices, crs, self.encoding)
