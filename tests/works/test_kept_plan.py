"""A plan that is taken over says on what its costs rest today, and asks for nothing before what is bought already."""

from __future__ import annotations

import types
from typing import Any

import pandas as pd

from audits import wording
from audits.plans import fix_pricing
from audits.works import fix_states, kept_plan


def test_works_under_contract_or_built_are_not_said_to_be_bought_later() -> None:
    basis = next(iter(fix_pricing.NOT_YET))
    rows = {"a": (fix_states.PLANNED, False), "b": (fix_states.PLANNED, True), "c": (fix_states.BUILT, False)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["state", "under_contract"]).assign(cost_basis=basis)
    works: Any = types.SimpleNamespace(table=table)
    words = wording.Wording("en")
    (worded,) = kept_plan._bases(["a", "b", "c", "gone"], works, words)
    assert worded == f"1 fix: {words.text(fix_pricing.BASES[basis])}"
