"""Pack the questions, the readers and the rules in force for a phone without a network."""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from audits import record as records
from audits import survey, terms, wording
from audits.field import answers, contradictions, doubts
from audits.formats import cells
from audits.reports import measuring_figures
from audits.rules import contradictions as contradiction_rules
from audits.rules import editions, gazette, model, themes
from audits.scoring import findings, questions, run

FORM = 1
UNKNOWN_DAY = -1

# The problems of the reader on the phone, which sees typed text only, never a date cell.
PROBLEMS = (
    answers.OUT_OF_RANGE,
    answers.WHICH_READING,
    answers.PART_MISSING,
    answers.RISE_TOO_GREAT,
    cells.NOT_A_NUMBER,
    cells.SCIENTIFIC,
    cells.NOT_FINITE,
    cells.SLOPE_UNIT,
    cells.SLOPE_UPSIDE_DOWN,
    cells.NOT_A_SLOPE,
    cells.SLOPE_RANGE,
    cells.LENGTH_UNIT,
    cells.NOT_A_LENGTH,
    cells.NEGATIVE,
    cells.NOT_YES_OR_NO,
    cells.NOT_A_COUNT,
    cells.SLOPE_RANGE_DEGREES,
    contradictions.NOT_THERE,
    contradictions.PART_GREATER,
    contradictions.TOO_HIGH,
)

_BASIS_LETTER = {"law": "l", "analogy": "a", "guidance": "g"}

Row = dict[str, Any]


def pack(record: records.AuditedRecord, words: Mapping[str, str]) -> dict[str, Any]:
    """Return the input of ``static/kit/judge.js`` as plain JSON.

    Parameters
    ----------
    record
        The sites to survey.
    words
        English phrase by the key under which the screen asks for it.

    Returns
    -------
    dict
        ``names`` holds every wording once as ``[Thai, English]``; everything else points at it by place, and likewise
        at ``quantities``, ``instruments``, ``criteria``, ``sources`` and ``limits``. ``groups`` has the rules in force
        by kind, setting and number of the era between two of the days in ``eras``, :data:`UNKNOWN_DAY` for elements
        whose day is not known or that are added in the field. A bound that a limit does not have is null.
    """
    criteria, names = record.criteria, _Names()
    known = {quantity: place for place, quantity in enumerate(criteria.quantities)}
    eras = _eras(criteria)
    rules = _Rules(names, known, record.weights)
    groups: dict[str, dict[str, dict[str, Row]]] = {}
    met = _combinations(record.sites, record.elements, eras)
    # sorted, so that the same register gives the same bytes
    for (kind, setting, era), day in sorted(met.items(), key=lambda each: each[0]):
        group = rules.group(*run.rules_for(criteria, kind, day, setting), setting)
        groups.setdefault(kind, {}).setdefault(setting, {})[str(era)] = group
    instruments = {instrument: place for place, instrument in enumerate(criteria.instruments)}
    return {
        "form": FORM,
        "version": criteria.version,
        "form_units": {
            "length": criteria.units.length,
            "wholeRatios": list(criteria.units.whole_ratios),
        },
        "instruments": [_instrument(each, names) for each in criteria.instruments.values()],
        "quantities": [_quantity(each, names, instruments, criteria) for each in criteria.quantities.values()],
        "ways": {key: way.svg for key, way in measuring_figures.ways().items()},
        "themes": [{"id": one.theme_id, "name": names.name(one.name)} for one in themes.every(criteria)],
        "kinds": {kind: _kind(criteria, kind, names, known, rules) for kind in survey.ELEMENT_KINDS},
        "settings": names.phrases(terms.SETTING),
        "verdicts": names.phrases(terms.VERDICT),
        "bases": names.phrases({basis: terms.BASIS[basis] for basis in _BASIS_LETTER}),
        "units": names.phrases(terms.UNIT),
        "reasons": names.phrases(terms.NOT_MEASURED),
        "problems": names.phrases(
            {kind.code: kind.template for kind in PROBLEMS} | {answers.WHICH_READING.code: doubts.CHOOSE}
        ),
        "words": names.phrases(words),
        "criteria": rules.criteria.rows,
        "sources": rules.sources.rows,
        "limits": rules.limits.rows,
        "eras": [day.isoformat() for day in eras],
        "contradictions": [_contradiction(each, criteria) for each in criteria.contradictions],
        "groups": groups,
        "names": names.rows,
    }


@dataclass
class _Rows:
    """Rows that each stand once and are pointed at by their place."""

    rows: list[Any] = field(default_factory=list)
    places: dict[object, int] = field(default_factory=dict)

    def place(self, key: object, make: Callable[[], Any]) -> int:
        """Return the place of the row known by `key`, made when it is new."""
        if key not in self.places:
            row = make()
            self.places[key] = len(self.rows)
            self.rows.append(row)
        return self.places[key]


class _Names(_Rows):
    """Wordings in both languages."""

    def __init__(self) -> None:
        super().__init__()
        self._languages = [wording.Wording(language) for language in ("th", "en")]

    def name(self, name: model.Name) -> int:
        """Return the place of a name."""
        return self._pair([words.name(name) for words in self._languages])

    def phrases(self, phrases: Mapping[str, str]) -> dict[str, int]:
        """Return the place of each phrase, by the phrase's key."""
        return {
            key: self._pair([words.text(english) if english else "" for words in self._languages])
            for key, english in phrases.items()
        }

    def _pair(self, pair: list[str]) -> int:
        return self.place(tuple(pair), lambda: pair)


class _Rules:
    """The limits in force somewhere, with their criteria and sources."""

    def __init__(self, names: _Names, known: Mapping[str, int], weights: model.Weights) -> None:
        self.criteria, self.sources, self.limits = _Rows(), _Rows(), _Rows()
        self._names, self._known, self._weights = names, known, weights

    def group(
        self, rules: Sequence[findings.Rule], applicable: Sequence[editions.Applicable], setting: str
    ) -> dict[str, Any]:
        """Return the rules of one group: places of limits, and a letter each for the basis and an assumed edition."""
        bases = [_BASIS_LETTER[each.basis(setting)] for each in applicable]
        return {
            "limits": [self._limit(rule) for rule in rules],
            "bases": "".join(bases),
            "assumed": "".join(str(int(each.edition_assumed)) for each in applicable),
        }

    def shown(self, criteria: model.Criteria, kind: str) -> list[int]:
        """Return the places of the limits that ask for their quantity and judge nothing."""
        return [self._limit(rule) for rule in questions.asking(criteria, kind, ())]

    def _limit(self, rule: findings.Rule) -> int:
        limit = rule.limit
        return self.limits.place(
            (rule.criterion.criterion_id, limit),
            lambda: {
                "criterion": self._criterion(rule.criterion),
                "source": self._source(limit.source),
                "clause": self._names.name(limit.clause),
                "stated_as": limit.stated_as,
                "unverified": limit.state == gazette.REPORTED,
                "lower": _finite(limit.lower),
                "upper": _finite(limit.upper),
                "table": self._table(limit.table) if limit.table else None,
                "conditions": [
                    {"quantity": self._known[each.quantity.quantity_id], "operator": each.operator, "value": each.value}
                    for each in limit.conditions
                ],
            },
        )

    def _criterion(self, criterion: model.Criterion) -> int:
        return self.criteria.place(
            criterion.criterion_id,
            lambda: {
                "id": criterion.criterion_id,
                "name": self._names.name(criterion.name),
                "quantity": self._known[criterion.quantity.quantity_id],
                "severity": criterion.severity,
                "weight": self._weights.of(criterion),
            },
        )

    def _source(self, source: model.Source) -> int:
        return self.sources.place(source.source_id, lambda: {"short": self._names.name(source.short)})

    def _table(self, table: model.LimitTable) -> Row:
        return {
            "quantity": self._known[table.quantity.quantity_id],
            "steps": [list(step) for step in table.steps],
            "per": table.per,
            "round_up_over": table.round_up_over,
        }


def _contradiction(rule: contradiction_rules.Contradiction, criteria: model.Criteria) -> list[Any]:
    """Write a rule by its quantities; none against it stands for every other."""
    everything = len(rule.against) == len(criteria.quantities) - 1
    written = [rule.answer, [] if everything else list(rule.against), int(rule.is_whole)]
    return [*written, rule.slope] if rule.slope else written


def _eras(criteria: model.Criteria) -> list[dt.date]:
    """Return the days on which rules change, ascending."""
    return sorted({source.in_force_on for source in criteria.sources.values() if source.in_force_on})


def _combinations(
    sites: pd.DataFrame, elements: pd.DataFrame, eras: Sequence[dt.date]
) -> dict[tuple[str, str, int], dt.date | None]:
    """Return each kind, setting and era that can be met, with a day in it."""
    # anything may be added in the field, at a site of any of these settings
    met: dict[tuple[str, str, int], dt.date | None] = {
        (kind, str(setting), UNKNOWN_DAY): None for kind in survey.ELEMENT_KINDS for setting in set(sites["setting"])
    }
    for code, kind, permitted_on in zip(elements["site_code"], elements["kind"], elements["permitted_on"], strict=True):
        day = run.day_of(permitted_on)
        if day is not None:
            met[str(kind), str(sites["setting"][code]), bisect.bisect_right(eras, day)] = day
    return met


def _kind(criteria: model.Criteria, kind: str, names: _Names, known: Mapping[str, int], rules: _Rules) -> Row:
    named = [(quantity.quantity_id, known[quantity.quantity_id]) for quantity in model.questions(criteria, kind)]
    asked = [place for _, place in named]
    return {
        "name": names.phrases({kind: terms.ELEMENT_KIND[kind]})[kind],
        "questions": asked,
        "themes": [[theme.theme_id, quantities] for theme, quantities in themes.grouped(criteria, named)],
        "shown": rules.shown(criteria, kind),
    }


def _quantity(quantity: model.Quantity, names: _Names, instruments: Mapping[str, int], criteria: model.Criteria) -> Row:
    return {
        "id": quantity.quantity_id,
        **{key: names.name(getattr(quantity, key)) for key in ("name", "question", "how")},
        "unit": quantity.unit,
        "kind": quantity.kind,
        "presence": quantity.is_presence,
        "possible": list(quantity.possible),
        "usual": list(quantity.usual),
        "stated": list(criteria.units.stated.get(quantity.quantity_id, ())),
        "readings": quantity.readings,
        "instruments": [instruments[each] for each in quantity.instruments],
        "elements": [survey.ELEMENT_KINDS.index(each) for each in quantity.elements],
        "no_without": quantity.no_without,
        "for_design": quantity.for_design,
        "way": measuring_figures.way_of(quantity),
    }


def _instrument(instrument: model.Instrument, names: _Names) -> Row:
    return {
        "id": instrument.instrument_id,
        "name": names.name(instrument.name),
        "unit": instrument.unit,
        "uncertainty": instrument.uncertainty,
        "tilt": instrument.tilt,
    }


def _finite(bound: float) -> float | None:
    # JSON has no infinity
    return bound if math.isfinite(bound) else None
