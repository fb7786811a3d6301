"""Write the accessibility statement from what was found: ``python -m tests.browser.statement RESULTS [day]``.

The results come from the tests of the pages::

    JAIDEE_AXE_RESULTS=results.jsonl python -m pytest tests/browser

The wording stands in ``data/accessibility/wording.<language>.md``; the figures are put in here and nowhere by hand.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from audits import wording

FOLDER = Path(__file__).parents[2] / "data" / "accessibility"
PHONE_PX = 600
# what stays in the file for whoever shows it, since each municipality has its own
CONTACT = "{contact}"


def read(results: Path) -> list[dict[str, Any]]:
    """Return what was noted, the last of each page, language and width."""
    records = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    if not records:
        raise SystemExit(f"{results}: nothing was noted; run the tests of the pages with JAIDEE_AXE_RESULTS first")
    return list({(one["page"], one["language"], one["width"]): one for one in records}.values())


def summary(records: Iterable[Mapping[str, Any]], day: dt.date) -> dict[str, Any]:
    """Return the figures of the statement."""
    kept = sorted(records, key=lambda one: (one["page"], one["language"], one["width"]))
    return {
        "tested_on": day.isoformat(),
        "axe": sorted({one["axe"] for one in kept}),
        "views": len(kept),
        "languages": sorted({one["language"] for one in kept}),
        "widths": sorted({one["width"] for one in kept}),
        "pages": sorted({one["page"] for one in kept}),
        "checks_passed": sum(one["passes"] for one in kept),
        "violations": _by_rule(kept, "violations"),
        "incomplete": _by_rule(kept, "incomplete"),
    }


def _by_rule(records: Iterable[Mapping[str, Any]], part: str) -> dict[str, dict[str, int]]:
    nodes: Counter[str] = Counter()
    views: Counter[str] = Counter()
    for one in records:
        nodes.update(one[part])
        views.update(one[part].keys())
    return {rule: {"places": nodes[rule], "views": views[rule]} for rule in sorted(nodes)}


def statement(figures: Mapping[str, Any], language: str, template: str) -> str:
    """Return the statement in one language.

    It never says *fully conformant*: no rule engine can, and nobody who depends on assistive technology has tested yet.
    """
    words = wording.Wording(language)
    parts = template.split("\n---\n")
    conformance = parts[1] if figures["violations"] else parts[2]
    return parts[0].format(
        day=words.day(dt.date.fromisoformat(figures["tested_on"])),
        conformance=conformance.strip().format(found=_rules(figures["violations"])),
        axe=", ".join(figures["axe"]),
        views=words.number(figures["views"]),
        pages=words.number(len(figures["pages"])),
        paths=", ".join(f"`{path}`" for path in figures["pages"]),
        widths=", ".join(words.number(width) for width in figures["widths"]),
        passed=words.number(figures["checks_passed"]),
        violations=words.number(sum(one["places"] for one in figures["violations"].values())),
        incomplete=_rules(figures["incomplete"]) or "–",
        contact=CONTACT,
    )


def _rules(found: Mapping[str, Mapping[str, int]]) -> str:
    return ", ".join(f"`{rule}` ({one['places']})" for rule, one in found.items())


def main(results: Path, day: dt.date, folder: Path = FOLDER) -> None:
    """Write the figures and the statements."""
    figures = summary(read(results), day)
    (folder / "results.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for language in wording.LANGUAGES:
        template = (folder / f"wording.{language}.md").read_text("utf-8")
        (folder / f"statement.{language}.md").write_text(statement(figures, language, template), "utf-8")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        dt.date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else dt.datetime.now(wording.BANGKOK).date(),
    )
