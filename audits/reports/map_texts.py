"""Word what stands on a printed map: north, scale, grid, accuracy and the credit of its ground."""

from __future__ import annotations

from audits import terms, wording
from layers import paper_map


def map_text(words: wording.Wording, credit: str = terms.GROUND_CREDIT) -> paper_map.MapText:
    """Return the wording of a printed map."""
    text = words.text
    return paper_map.MapText(
        language=words.language,
        north=text("N"),
        metres=text("m"),
        kilometres=text("km"),
        scale=text("Scale 1:{scale}"),
        grid=text("Grid: {spacing} m, UTM {zone}"),
        accuracy=text("Dashed circle: accuracy of the position, {metres} m"),
        credit=text(credit),
    )
