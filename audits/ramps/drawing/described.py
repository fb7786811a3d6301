"""Give everything that the drawing of a ramp shows as text and tables, for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audits import wording
from audits.ramps import assumptions, geometry, kerb_ramp_design, quantities, ramp_design, requirements, walls
from audits.ramps.drawing import views

phrase = wording.phrase

LANDING_KINDS: Mapping[str, str] = {
    geometry.FOOT: phrase("foot"),
    geometry.REST: phrase("rest"),
    geometry.TURN: phrase("turn"),
    geometry.CORNER: phrase("corner"),
    geometry.TOP: phrase("top"),
}
_RUN = (
    phrase("Run"),
    phrase("Going (mm)"),
    phrase("Rise (mm)"),
    phrase("Along the slope (mm)"),
    phrase("Slope"),
    phrase("Clear width (mm)"),
    phrase("Levels (m)"),
)
_LANDING = (phrase("Landing"), phrase("Kind"), phrase("Clear length (mm)"), phrase("Slab (mm)"), phrase("Level (m)"))
_DIMENSION = (phrase("View"), phrase("What"), phrase("mm"))
_QUANTITY = (phrase("Item"), phrase("Amount"), phrase("Unit"))


def family(design: geometry.Design, words: wording.Wording) -> str:
    """Return the name of the kind of ramp."""
    if isinstance(design.space, geometry.KerbSpace):
        return words.text(kerb_ramp_design.FAMILY_NAMES[design.family])
    return ramp_design.family_name(design, words)


def summary(design: geometry.Design, words: wording.Wording) -> str:
    """Return the main figures of a design in one line."""
    parts = [
        words.text("{rise} mm up at 1:{one_in}", rise=design.rise_mm, one_in=design.slope_one_in),
        words.count("{n} run", "{n} runs", len(design.runs)),
        words.text("{width} mm clear", width=design.clear_width_mm),
        words.text("{length} × {width} mm of land", length=design.length_mm, width=design.width_mm),
    ]
    if not isinstance(design.space, geometry.KerbSpace):
        parts.append(words.text("handrails on both sides") if design.handrails else words.text("no handrails"))
    return " · ".join(parts)


def tables(
    design: geometry.Design, views: Iterable[views.View], bill: quantities.Bill, words: wording.Wording
) -> list[Mapping[str, Any]]:
    """Return the runs, the landings, every dimension drawn, and the quantities, each as a table of texts."""
    return [
        _table(words.text("Runs"), _RUN, [_run(run, words) for run in design.runs], words),
        _table(words.text("Landings"), _LANDING, _landings(design, words), words, texts=2),
        _table(words.text("Dimensions"), _DIMENSION, _dimensions(views), words, texts=2),
        _table(words.text("Quantities"), _QUANTITY, _quantities(bill, words), words),
    ]


def assumptions_of(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, words: wording.Wording
) -> list[str]:
    """Return the assumptions that a design rests on, each with its value."""
    assumed = assumptions.of(made, works, design)
    return [f"{words.text(why)}: {assumptions.value_text(name, value, words)}" for name, why, value in assumed]


def walls_held(design: geometry.Design, words: wording.Wording) -> list[str]:
    """Return for each wall of a design its sizes and its fill; what an engineer must design stands elsewhere."""
    used = [kind for kind in walls.lengths_mm(design) if kind is not None]
    return [
        words.text(
            "Wall {name} holds a floor up to {holds} mm above the ground: stem {stem} mm, footing {wide} × {thick} mm. "
            "Working assumption, to be checked by the engineer.",
            name=kind.name,
            holds=kind.holds_mm,
            stem=kind.stem_mm,
            wide=kind.footing_width_mm,
            thick=kind.footing_mm,
        )
        for kind in sorted(used, key=lambda kind: kind.holds_mm)
    ]


def _table(
    title: str, headings: Sequence[str], rows: list[list[str]], words: wording.Wording, *, texts: int = 1
) -> Mapping[str, Any]:
    columns = [{"name": words.text(each), "right": number >= texts} for number, each in enumerate(headings)]
    return {"title": title, "columns": columns, "rows": rows}


def _run(run: geometry.Run, words: wording.Wording) -> list[str]:
    levels = f"{views.level_text(run.foot_left[2])} → {views.level_text(run.head_left[2])}"
    # Lengths stand as drawings write them: whole millimetres without separators.
    lengths = map(str, (run.going_mm, run.rise_mm, round(run.slope_length_mm)))
    return [words.number(run.number), *lengths, views.slope_text(run, words), str(run.clear_width_mm), levels]


def _landings(design: geometry.Design, words: wording.Wording) -> list[list[str]]:
    rows = []
    for number, landing in enumerate(design.landings, start=1):
        across, along = (str(high - low) for low, high in zip(landing.low[:2], landing.high[:2], strict=True))
        kind = words.text(LANDING_KINDS[landing.kind])
        level = views.level_text(landing.height_mm)
        rows.append([words.number(number), kind, str(landing.length_mm), f"{across} × {along}", level])
    return rows


def _dimensions(views: Iterable[views.View]) -> list[list[str]]:
    return [[view.title, each.name, str(each.value_mm)] for view in views for each in view.dimensions]


def _quantities(bill: quantities.Bill, words: wording.Wording) -> list[list[str]]:
    # what would be printed as 0.00 is left out
    amounts = {code: amount for code, amount in bill.items() if round(amount, 2)}
    units = {code: words.text(quantities.UNITS[quantities.unit(code)]) for code in amounts}
    return [
        [words.text(quantities.NAMES[code]), words.number(amount, 2), units[code]] for code, amount in amounts.items()
    ]
