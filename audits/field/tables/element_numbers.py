"""Number the things at a site that a table names, as they were numbered before."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from audits import survey


class ElementNumbers:
    """Give the things at a site the numbers they have had before, and new ones after.

    Parameters
    ----------
    elements
        The register's elements: index ``element_id``, columns ``site_code``, ``kind``, ``label``.

    Attributes
    ----------
    registered
        Codes of the sites that had things before this table came.
    """

    def __init__(self, elements: pd.DataFrame) -> None:
        self._labels: dict[str, dict[str, dict[int, str]]] = {}
        self.registered = frozenset(map(str, elements["site_code"]))
        for element_id, row in elements[["site_code", "kind", "label"]].iterrows():
            number = str(element_id).rpartition(".")[2]
            if number.isdecimal():
                self._of(str(row["site_code"]), str(row["kind"]))[int(number)] = str(row["label"])

    def _of(self, code: str, kind: str) -> dict[int, str]:
        return self._labels.setdefault(code, {}).setdefault(kind, {})

    def things(self, code: str, kinds: Iterable[str] = survey.ELEMENT_KINDS) -> list[tuple[str, int]]:
        """Return kind and number of each thing of some kinds that is known at a site."""
        known = self._labels.get(code, {})
        return [(kind, number) for kind in kinds for number in known.get(kind, {})]

    def element(self, code: str, kind: str, label: str) -> survey.Element:
        """Return the element of a kind at a site: by its label, else by number, else the first."""
        known = self._of(code, kind)
        number = next((number for number, other in known.items() if label and other == label), 0)
        if not number:
            # a longer figure is a name, such as that of an asset, and numbers nothing
            number = int(label) if label.isdecimal() and 0 < int(label) < 1000 else min(known, default=1)
            if label and not label.isdecimal():
                number = max(known, default=0) + 1
        known.setdefault(number, label)
        return survey.Element(f"{code}.{kind}.{number}", kind, known[number])
