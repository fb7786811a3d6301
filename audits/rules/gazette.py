"""Name the states of a limit of law, and describe one comparison of it with the Royal Gazette."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# Compared by a named person; secondary sources agree; sources differ, so that it is shown and never judged.
CHECKED, REPORTED, DISPUTED = "checked", "reported", "disputed"
SAME, DIFFERS, WITHDRAWN = "same", "differs", "withdrawn"


@dataclass(frozen=True)
class Comparison:
    """One comparison of a limit with the Royal Gazette by a named person.

    Parameters
    ----------
    content
        The limit's :attr:`audits.rules.model.Limit.content` at the time: a limit changed since counts as not compared.
    answer
        :data:`SAME`, :data:`DIFFERS`, or :data:`WITHDRAWN`, which takes an earlier comparison back.
    value, page
        What the gazette says, as it writes it, and where; the value is empty unless it differs.
    """

    limit_id: str
    content: str
    answer: str
    value: str
    page: str
    compared_by: str
    compared_on: dt.date
