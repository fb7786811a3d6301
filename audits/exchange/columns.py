"""Name every column that leaves the house: id, title, type and the words its values stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from audits import terms, wording
from audits.rules import model

TEXT, WHOLE, NUMBER, YES_NO, DAY = "text", "whole", "number", "yes_no", "day"


@dataclass(frozen=True)
class Column:
    """One column of an exported table.

    Parameters
    ----------
    name
        Id, the same in every format; ends in its unit.
    title
        English phrase; its translation heads the column.
    kind
        :data:`TEXT`, :data:`WHOLE`, :data:`NUMBER`, :data:`YES_NO` or :data:`DAY`.
    words
        What each coded value means; empty where values are plain.
    of
        What fills the ``{of}`` of the title, in Thai and English; None when the title has none.
    """

    name: str
    title: str
    kind: str = TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    of: model.Name | None = None

    def heading(self, words: wording.Wording) -> str:
        """Return the title in the reader's language."""
        return words.text(self.title, of=words.name(self.of)) if self.of else words.text(self.title)

    def said(self, value: str, words: wording.Wording) -> str:
        """Return a coded value in the reader's language, and any other value as it is."""
        phrase_of_value = self.words.get(value, value)
        return words.text(phrase_of_value) if phrase_of_value else ""


DEMONSTRATION = Column("demonstration", wording.phrase("Mark of demonstration data"))

_ZONE_BASIS = {
    "named": wording.phrase("shares its name with a community"),
    "presumed": wording.phrase("that of the nearest community"),
}

_PLACE = (
    Column("code", wording.phrase("Site code")),
    Column("kind", wording.phrase("Kind of site"), words=terms.SITE_KIND),
    Column("name_th", wording.phrase("Thai name")),
    Column("name_en", wording.phrase("English name")),
    Column("category", wording.phrase("Category")),
    Column("setting", wording.phrase("Setting"), words=terms.SETTING),
    Column("street_th", wording.phrase("Street, in Thai")),
    Column("street_en", wording.phrase("Street, in English")),
    Column("zone", wording.phrase("Zone"), WHOLE),
    Column("zone_basis", wording.phrase("How the zone is known"), words=_ZONE_BASIS),
    Column("position_status", wording.phrase("How the position is known"), words=terms.POSITION_STATUS),
    Column("position_accuracy_m", wording.phrase("Accuracy of the position (m)"), NUMBER),
    Column("position_source", wording.phrase("Source of the position")),
    Column("position_note", wording.phrase("Note on the position")),
    Column("longitude_deg", wording.phrase("Longitude (degrees, WGS 84)"), NUMBER),
    Column("latitude_deg", wording.phrase("Latitude (degrees, WGS 84)"), NUMBER),
)

_RESULT = (
    Column("verdict", wording.phrase("Verdict"), words=terms.VERDICT),
    Column("grade", wording.phrase("Grade (empty: undecided)")),
    Column("score_low", wording.phrase("Score, lowest (0–100)"), NUMBER),
    Column("score_high", wording.phrase("Score, highest (0–100)"), NUMBER),
    Column("coverage_share", wording.phrase("Share of what applies that is measured (0–1)"), NUMBER),
    Column("items_passed_count", wording.phrase("Requirements passed"), WHOLE),
    Column("items_failed_count", wording.phrase("Requirements failed"), WHOLE),
    Column("items_unknown_count", wording.phrase("Requirements not known yet"), WHOLE),
    Column("items_applicable_count", wording.phrase("Requirements that apply"), WHOLE),
    Column("dangerous_failure", wording.phrase("Fails where it is dangerous or impassable"), YES_NO),
    Column("elements_count", wording.phrase("Elements"), WHOLE),
    Column("last_surveyed_on", wording.phrase("Last surveyed on"), DAY),
    Column("standing", wording.phrase("Standing"), words=terms.STANDING),
)

FINDINGS = (
    Column("site_code", wording.phrase("Site code")),
    Column("element_id", wording.phrase("Element")),
    Column("element_kind", wording.phrase("Kind of element"), words=terms.ELEMENT_KIND),
    Column("criterion", wording.phrase("Criterion")),
    Column("criterion_name_th", wording.phrase("Requirement, in Thai")),
    Column("criterion_name_en", wording.phrase("Requirement, in English")),
    Column("verdict", wording.phrase("Verdict"), words=terms.VERDICT),
    Column("quantity", wording.phrase("Quantity")),
    Column("unit", wording.phrase("Unit"), words=terms.UNIT),
    Column("measured_lowest", wording.phrase("Measured, lowest reading (yes is 1, no is 0)"), NUMBER),
    Column("measured_highest", wording.phrase("Measured, highest reading (yes is 1, no is 0)"), NUMBER),
    Column("uncertainty", wording.phrase("Uncertainty of the measurement (±)"), NUMBER),
    Column("readings_count", wording.phrase("Readings"), WHOLE),
    Column("observed_on", wording.phrase("Measured on"), DAY),
    Column("limit_lower", wording.phrase("Limit, at least"), NUMBER),
    Column("limit_upper", wording.phrase("Limit, at most"), NUMBER),
    Column("limit_as_stated", wording.phrase("Limit as the rule states it")),
    Column("margin", wording.phrase("Margin (negative: outside the limit)"), NUMBER),
    Column("clause_th", wording.phrase("Clause, in Thai")),
    Column("clause_en", wording.phrase("Clause, in English")),
    Column("source", wording.phrase("Source")),
    Column("source_name_th", wording.phrase("Source, in Thai")),
    Column("source_name_en", wording.phrase("Source, in English")),
    Column("basis", wording.phrase("Basis"), words=terms.BASIS),
    Column("edition_assumed", wording.phrase("Permit date not known: newest edition taken"), YES_NO),
    Column("checked_against_gazette", wording.phrase("Checked against the Royal Gazette"), YES_NO),
    Column("severity", wording.phrase("Severity (4 worst)"), WHOLE),
    Column("basic_facility", wording.phrase("Basic facility"), words=terms.FACILITY),
    DEMONSTRATION,
)

ELEMENTS = (
    Column("element_id", wording.phrase("Element")),
    Column("site_code", wording.phrase("Site code")),
    Column("kind", wording.phrase("Kind of element"), words=terms.ELEMENT_KIND),
    Column("label", wording.phrase("Label")),
    Column("permitted_on", wording.phrase("Permit or construction day"), DAY),
    Column("score_low", wording.phrase("Score, lowest (0–100)"), NUMBER),
    Column("score_high", wording.phrase("Score, highest (0–100)"), NUMBER),
    Column("coverage_share", wording.phrase("Share of what applies that is measured (0–1)"), NUMBER),
    DEMONSTRATION,
)

NEXT_MEASUREMENTS = (
    Column("site_code", wording.phrase("Site code")),
    Column("rank", wording.phrase("Rank at the site"), WHOLE),
    Column("element_id", wording.phrase("Element")),
    Column("quantity", wording.phrase("Quantity")),
    Column("quantity_name_th", wording.phrase("What to measure, in Thai")),
    Column("quantity_name_en", wording.phrase("What to measure, in English")),
    Column("how_th", wording.phrase("How to measure, in Thai")),
    Column("how_en", wording.phrase("How to measure, in English")),
    Column("time_min", wording.phrase("Time to measure (minutes)"), NUMBER),
    Column("gain_points", wording.phrase("Score narrows by (points)"), NUMBER),
    Column("gain_points_per_min", wording.phrase("Points for each minute"), NUMBER),
    DEMONSTRATION,
)

ABOUT = (
    Column("item", wording.phrase("Item")),
    Column("title", wording.phrase("What")),
    Column("text", wording.phrase("Known")),
)

QUALITY = (
    Column("title", wording.phrase("What")),
    Column("value", wording.phrase("Known")),
    Column("meaning", wording.phrase("What it means")),
)


def of_sites(weights: model.Weights) -> tuple[Column, ...]:
    """Return the columns of the table of sites; each persona of the municipality has a score of its own."""
    personas = tuple(
        Column(f"score_{end}_{key}", title, NUMBER, of=model.Name(name.th, name.en))
        for key, name in weights.personas.items()
        for end, title in (
            ("low", wording.phrase("Score, lowest: {of}")),
            ("high", wording.phrase("Score, highest: {of}")),
        )
    )
    facilities = tuple(
        Column(f"facility_{key}", title, words=terms.FACILITY_STATUS) for key, title in _FACILITY_TITLES.items()
    )
    return (*_PLACE, *_RESULT, *personas, *facilities, DEMONSTRATION)


_FACILITY_TITLES = {
    "ramp": wording.phrase("Basic facility: ramp"),
    "parking": wording.phrase("Basic facility: parking"),
    "toilet": wording.phrase("Basic facility: toilet"),
    "sign": wording.phrase("Basic facility: signs"),
    "information": wording.phrase("Basic facility: information service"),
}


def plain(cells: pd.Series, kind: str) -> list[object]:
    """Return the cells of one column as text, int, float, bool or ISO day, and None where there is nothing."""
    if kind == DAY:
        return [None if pd.isna(day) else day.date().isoformat() for day in cells]
    python = {WHOLE: int, NUMBER: float, YES_NO: bool, TEXT: str}[kind]
    return [None if pd.isna(value) else python(value) for value in cells]
