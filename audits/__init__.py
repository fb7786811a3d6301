"""Audit a city's universal design: judge what was measured, score it as an interval, keep the record.

For notebooks and other programs there are three functions; everything behind them loads when one is called:

- :func:`audits.load_criteria`: the criteria with their dated limits and sources;
- :func:`audits.score`: judge and score a table, one row an element;
- :func:`audits.open_record`: read and judge the record of a workspace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audits.notebook import load_criteria, open_record, score

__all__ = ["load_criteria", "open_record", "score"]


def __getattr__(name: str) -> Any:
    """Load a public function when it is first asked for (PEP 562), so that ``import audits`` stays light."""
    if name in __all__:
        from audits import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'audits' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
