"""Define which answers about one element cannot both be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]


@dataclass(frozen=True)
class Contradiction:
    """Answers about one element that cannot both be true, by ids of quantities.

    Parameters
    ----------
    answer
        What was answered no, or the whole that a part exceeds.
    against
        Each of these contradicts it: the details of what is not there, or the part.
    is_whole
        Whether `answer` is a whole, and `against` a part that cannot be greater.
    slope
        The slope, in percent, at which the whole climbs as high as the part at most; empty where it counts itself.
    """

    answer: str
    against: tuple[str, ...]
    is_whole: bool = False
    slope: str = ""


def faults(block: Block, quantities: Block) -> Iterator[str]:
    """Yield what the schema cannot find in one rule: unknown quantities, units that do not fit."""
    details = block.get("details", ())
    named = [block[key] for key in ("absent", "part", "whole", "slope") if key in block]
    for quantity_id in [*named, *(() if details == "everything" else details)]:
        if quantity_id not in quantities:
            yield f"{quantity_id}: unknown quantity"
    compared = [block[key] for key in ("part", "whole") if key in block]
    if len(set(compared)) == len(compared) == 2 and {*compared} <= {*quantities}:
        first, second = (quantities[name]["unit"] for name in compared)
        if first != second:
            yield f"part and whole: {first} cannot be compared with {second}"
    # one that is unknown was named above, and has no unit to complain of
    if "slope" in block and quantities.get(block["slope"], {}).get("unit", "percent") != "percent":
        yield f"slope: {block['slope']}: not a slope in percent"
    if "absent" in block and quantities.get(block["absent"], {}).get("unit", "yes_no") != "yes_no":
        yield f"absent: {block['absent']}: not a yes-or-no question"


def of_blocks(blocks: Block, quantities: Block) -> Iterator[Contradiction]:
    """Make the rules of a file that is free of faults."""
    for block in blocks.values():
        if "part" in block:
            yield Contradiction(block["whole"], (block["part"],), is_whole=True, slope=block.get("slope", ""))
        elif block["details"] == "everything":
            yield Contradiction(block["absent"], tuple(each for each in quantities if each != block["absent"]))
        else:
            yield Contradiction(block["absent"], tuple(block["details"]))
