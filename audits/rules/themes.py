"""Group the questions about an element by theme, in the order in which a technician walks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from audits.rules import model

Asked = TypeVar("Asked")
Block = Mapping[str, Any]


@dataclass(frozen=True)
class Theme:
    """What several questions are about, such as the handrail."""

    theme_id: str
    name: model.Name


# What criteria of somebody else ask that have no themes
EVERYTHING = Theme("questions", model.Name("คำถาม", "Questions"))


def faults(blocks: Block, quantities: Block) -> Iterator[str]:
    """Yield what the schema cannot find: a quantity without a theme, with two of them, or unknown."""
    times = Counter(each for block in blocks.values() for each in block["quantities"])
    for quantity_id in (*quantities, *(each for each in times if each not in quantities)):
        if quantity_id not in quantities:
            yield f"{quantity_id}: unknown quantity"
        elif times[quantity_id] != 1:
            yield f"{quantity_id}: in {times[quantity_id]} themes, must be in one"


def every(criteria: model.Criteria) -> list[Theme]:
    """List the themes in asking order; the last one takes what stands in none."""
    return [*(Theme(key, name) for key, (name, _) in criteria.themes.items()), EVERYTHING]


def grouped(criteria: model.Criteria, asked: Iterable[tuple[str, Asked]]) -> list[tuple[Theme, list[Asked]]]:
    """Sort questions, each given with the id of its quantity, into their themes; a theme without any is left out.

    Within a theme the order given is kept.
    """
    groups: dict[str, list[Asked]] = {}
    theme_of = {quantity_id: key for key, (_, quantities) in criteria.themes.items() for quantity_id in quantities}
    for quantity_id, one in asked:
        groups.setdefault(theme_of.get(quantity_id, EVERYTHING.theme_id), []).append(one)
    return [(theme, groups[theme.theme_id]) for theme in every(criteria) if theme.theme_id in groups]
