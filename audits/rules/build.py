"""Turn checked rule files into the model of what is required."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from audits import survey
from audits.rules import checks, model


def build(contents: checks.Block) -> model.Criteria:
    """Return the model of the contents of all rule files, by file stem; the contents must be free of faults."""
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    sources = {source_id: _source(source_id, block) for source_id, block in contents["sources"].items()}
    quantities = {quantity_id: _quantity(quantity_id, block) for quantity_id, block in contents["quantities"].items()}
    blocks = {key: block for kind in survey.ELEMENT_KINDS for key, block in contents.get(kind, {}).items()}
    return model.Criteria(
        criteria={key: _criterion(key, block, sources, quantities) for key, block in blocks.items()},
        quantities=quantities,
        instruments={key: _instrument(key, block) for key, block in contents["instruments"].items()},
        sources=sources,
        version=hashlib.sha256(canonical.encode()).hexdigest()[:12],
    )


def _source(source_id: str, block: checks.Block) -> model.Source:
    return model.Source(
        source_id=source_id,
        title=name(block["title"]),
        short=name(block["short"]),
        kind=block["kind"],
        family=block["family"],
        published_on=checks.day_or_none(block["published_on"]),
        in_force_on=checks.day_or_none(block["in_force_on"]),
        in_force_note=_name_or_none(block.get("in_force_note")),
        reference=name(block["reference"]),
        binds=tuple(block["binds"]),
        compared_with_gazette=block["compared_with_gazette"],
        note=_name_or_none(block.get("note")),
    )


def _instrument(instrument_id: str, block: checks.Block) -> model.Instrument:
    return model.Instrument(
        instrument_id=instrument_id,
        name=name(block["name"]),
        unit=block["unit"],
        resolution=float(block["resolution"]),
        uncertainty=float(block["uncertainty"]),
        basis=name(block["basis"]),
    )


def _quantity(quantity_id: str, block: checks.Block) -> model.Quantity:
    least, most = block["possible"]
    low, high = block["usual"]
    return model.Quantity(
        quantity_id=quantity_id,
        name=name(block["name"]),
        question=name(block["question"]),
        how=name(block["how"]),
        kind=block["kind"],
        unit=block["unit"],
        instruments=tuple(block["instruments"]),
        possible=(float(least), float(most)),
        usual=(float(low), float(high)),
        minutes=float(block["minutes"]),
        readings=block["readings"],
        elements=tuple(block["elements"]),
    )


def _criterion(
    criterion_id: str,
    block: checks.Block,
    sources: Mapping[str, model.Source],
    quantities: Mapping[str, model.Quantity],
) -> model.Criterion:
    quantity = quantities[block["quantity"]]
    limits, comparators = (
        tuple(_limit(each, quantity, sources, quantities) for each in block.get(key, ()))
        for key in ("limits", "comparators")
    )
    return model.Criterion(
        criterion_id=criterion_id,
        element=block["element"],
        name=name(block["name"]),
        quantity=quantity,
        severity=block["severity"],
        personas=dict(block["personas"]),
        basic_facility=block.get("basic_facility", ""),
        advice=name(block["advice"]),
        limits=limits,
        comparators=comparators,
    )


def _limit(
    block: checks.Block,
    quantity: model.Quantity,
    sources: Mapping[str, model.Source],
    quantities: Mapping[str, model.Quantity],
) -> model.Limit:
    lower, upper = checks.bounds(block, quantity.unit)
    return model.Limit(
        source=sources[block["source"]],
        clause=name(block["clause"]),
        lower=lower,
        upper=upper,
        table=_table(block["limit_table"], quantities) if "limit_table" in block else None,
        unit=block["unit"],
        stated_as=block["stated_as"],
        grade=block["grade"],
        note=_name_or_none(block.get("note")),
        conditions=tuple(_condition(each, quantities) for each in block.get("applies_when", ())),
    )


def _condition(block: checks.Block, quantities: Mapping[str, model.Quantity]) -> model.Condition:
    implied = {"is_yes": 1.0, "is_no": 0.0}
    operator = block["operator"]
    value = implied[operator] if operator in implied else float(block["value"])
    return model.Condition(quantities[block["quantity"]], operator, value)


def _table(block: checks.Block, quantities: Mapping[str, model.Quantity]) -> model.LimitTable:
    steps = tuple((float(up_to), float(required)) for up_to, required in block["steps"])
    per = float(block["per"]) if "per" in block else None
    return model.LimitTable(quantities[block["quantity"]], steps, per, float(block.get("round_up_over", 0)))


def name(block: checks.Block) -> model.Name:
    """Return a wording in both languages."""
    return model.Name(th=block["th"], en=block["en"])


def _name_or_none(block: checks.Block | None) -> model.Name | None:
    return None if block is None else name(block)
