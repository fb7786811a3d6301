"""Judge a nation: every partition once, then the summary of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from audits.nation import boundaries, judging, outlines, partitions, summary
from audits.receipts import recompute
from audits.rules import files
from audits.scoring import run

# Of the receipts: with another, an earlier run's are not read.
LAYOUT = "2"

Judge = Callable[[Sequence[judging.Task]], Iterable[dict[str, Any]]]


@dataclass(frozen=True)
class Nation:
    """What was found out about a nation.

    Parameters
    ----------
    receipts
        One a partition, by name: see :func:`audits.nation.judging.judge`.
    tables
        From :func:`audits.nation.summary.tables`.
    files
        The written summaries by name of the table.
    removed
        Partitions of an earlier run that are no longer there; their results were removed.
    criteria
        Version of the criteria.
    drawn
        Municipalities whose area was given, each with its province; None without a file of boundaries.
    misplaced
        Those that lie wholly outside the area that was given for them, so that they are drawn without it.
    """

    receipts: list[dict[str, Any]]
    tables: dict[str, pd.DataFrame]
    files: dict[str, str]
    removed: list[str]
    criteria: str
    drawn: list[tuple[str, str]] | None = None
    misplaced: list[tuple[str, str]] = field(default_factory=list)

    def in_state(self, state: str) -> list[dict[str, Any]]:
        """Receipts of the partitions that were *judged*, *kept* from an earlier run, or *refused*."""
        return [receipt for receipt in self.receipts if receipt["state"] == state]


def judge_nation(
    folder: Path,
    out: Path,
    judge: Judge,
    *,
    edition: str = run.BY_PERMIT_DATE,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Nation:
    """Judge all partitions below a folder, and write scores, findings and summaries below `out`.

    Parameters
    ----------
    folder, out
        The nation's folder, and that of the results; workers must see both under the same name.
    judge
        Judges tasks and yields their receipts in any order, such as :func:`audits.nation.cluster.judge`.
    edition
        See :func:`audits.scoring.run.run`.
    progress
        Called with the number of partitions done, and of all.

    Raises
    ------
    audits.errors.RefusedError
        When there is no partition, or the boundaries cannot be used.
    OSError
        When the results cannot be written.
    """
    folder, out = folder.resolve(), out.resolve()
    inside, outside = partitions.find(folder, out)
    # before the judging, which may take minutes
    areas = boundaries.read(folder)
    removed = partitions.remove_strays(out, inside)
    basis = _basis(edition)
    tasks = [judging.Task(part, out, edition, basis) for part in inside]
    # The largest first, so that no worker is left with it at the end.
    tasks.sort(key=lambda task: task.part.path.stat().st_size, reverse=True)
    receipts = [_homeless(part) for part in outside]
    for done, receipt in enumerate(judge(tasks), start=1):
        receipts.append(receipt)
        progress(done, len(tasks))
    # workers end in any order, and the same nation must give the same files
    receipts.sort(key=lambda receipt: str(receipt["name"]))
    housed = [receipt for receipt in receipts if receipt["province"]]
    tables = summary.tables(housed)
    counted = [{"province": one["province"], **record} for one in housed for record in one["municipalities"]]
    around = outlines.hulls(counted)
    files_of = summary.write(tables, out, outlines.of_places(around, areas))
    places = zip(tables["municipalities"]["province"], tables["municipalities"]["municipality"], strict=True)
    misplaced = outlines.misplaced(around, areas)
    drawn = [place for place in places if place in areas and place not in misplaced] if areas else None
    return Nation(receipts, tables, files_of, removed, basis["criteria"], drawn, misplaced)


def _basis(edition: str) -> dict[str, str]:
    """What results rest on besides their input: with any other, a partition is judged again."""
    return {
        "criteria": files.load_criteria().version,
        "weights": partitions.digest(files.WEIGHTS),
        "edition": edition,
        "judge": recompute.judge_sha256(),
        "layout": LAYOUT,
    }


def _homeless(part: partitions.Partition) -> dict[str, Any]:
    empty = {"rows": 0, "notes": [], "municipalities": []}
    problems = [partitions.NOT_IN_A_PROVINCE.at(part.name)]
    return {"name": part.name, "province": "", "state": "refused", "problems": problems, **empty}
