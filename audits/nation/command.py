"""Judge all municipalities of a country from the command line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from audits import wording
from audits.cli import answers, arguments, usage_problems
from audits.nation import boundaries, cluster, generating, partitions, running, summary
from layers import network

phrase = wording.phrase

RECEIPT = "nation.json"
MEMORY = "1.5GB"
MUNICIPALITIES_SHOWN = 40

DONE = phrase("{partitions} partitions: {judged} judged, {kept} kept from an earlier run, {refused} refused")
COUNTED = phrase("{elements} elements in {municipalities} municipalities; criteria {version}")
PLACE = phrase(
    "{place}: {elements} elements, {judged} % judged; {failing_low} to {failing_high} % fail; "
    "score {score_low} to {score_high}"
)
RANK = phrase("rank between {best} and {worst} of {ranked}")
INCOMPLETE = phrase("not ranked: a partition is missing")
INVENTED = phrase("invented surveys")
ACCESS = phrase("{place}: {low} to {high} of 100 trips can be made step-free; network: {network}")
NETWORKS = {
    network.OSM: phrase("OpenStreetMap"),
    network.OPENSIDEWALKS: phrase("OpenSidewalks"),
    network.STREET_AXES: phrase("only the axes of main streets"),
}
NO_ACCESS = phrase("{place}: access is not known: {reason}")
NO_PLACE = phrase("no surveyed place that people can walk to")
UNSCORED = phrase("{place}: {elements} elements, nothing scored")
WRITTEN = phrase("Summary tables: {files}")
DRAWN = phrase(
    "{drawn} of {municipalities} municipalities are on the map by the boundaries that were given, the others by the "
    "hull of their elements"
)
MISPLACED = phrase(
    "{place}: every element lies outside the boundary that was given for it, so it is drawn by their hull. See whether "
    "the file of boundaries names its right coordinate system, and whether the record is that of {place}."
)
REMOVED = phrase("Removed results whose partition is no longer there: {names}")
GENERATED = phrase("{files} files with {elements} elements of {municipalities} municipalities in {folder}")

Generate = Annotated[
    bool, typer.Option("--generate", help="Write an invented nation into FOLDER instead, for tests and benchmarks.")
]


@arguments.command("edition", workspace=False)
def nation(
    request: arguments.Request,
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder with a folder for the record of each municipality, or province=NAME/FILE.parquet, "
            "one row an element.",
            file_okay=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder of the results; continued when a run was ended.", file_okay=False),
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            help="A scheduler of Dask that is there, such as tcp://10.0.0.5:8786; its workers see the same folders.",
        ),
    ] = "",
    workers: Annotated[
        int, typer.Option("--workers", help="Processes on this computer; 0 for one a processor.", min=0)
    ] = 0,
    memory: Annotated[str, typer.Option("--memory", help="Most memory of one process.")] = MEMORY,
    generate: Generate = False,
    municipalities: Annotated[int, typer.Option("--municipalities", help="With --generate.", min=1)] = 26,
    elements: Annotated[int, typer.Option("--elements", help="With --generate.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="With --generate.", min=0)] = 1,
) -> None:
    """Judge and score all municipalities of a country, and compare them by intervals."""
    if generate:
        _generate(request, folder, municipalities, elements, seed)
        return
    if out is None:
        raise usage_problems.refused(usage_problems.NO_RESULTS, "--out")
    if not folder.is_dir():
        raise usage_problems.refused(usage_problems.NO_FOLDER, "FOLDER", folder=folder)
    processes = workers or os.cpu_count() or 1
    # No process is started for a folder in which there is nothing to judge.
    processes = min(processes, len(partitions.find(folder.resolve(), out.resolve())[0]))
    started = cluster.existing(scheduler) if scheduler else cluster.local(processes, memory)
    with answers.progress(request.words.text("Judging the partitions")) as progress, started as client:
        found = running.judge_nation(
            folder,
            out,
            lambda tasks: cluster.judge(client, tasks),
            edition=request.edition,
            progress=progress,
        )
    receipt = _receipt(request, found, out)
    partitions.write_json(out / RECEIPT, receipt)
    # A run that judged nothing has failed; partitions that were refused have an exit code of their own below.
    request.print_receipt(
        receipt, _lines(request.words, found), ok=len(found.in_state("refused")) < len(found.receipts)
    )
    if found.in_state("refused"):
        raise typer.Exit(answers.HELD)


def _receipt(request: arguments.Request, found: running.Nation, out: Path) -> dict[str, Any]:
    provinces, places = found.tables["provinces"], found.tables["municipalities"]
    refused = found.in_state("refused")
    # as JSON they stand in the receipt
    if not request.as_json:
        for one in refused:
            request.print_problems(one["problems"])
    return {
        "out": str(out),
        "partitions": len(found.receipts),
        **{state: len(found.in_state(state)) for state in ("judged", "kept")},
        "refused": [
            {"partition": one["name"], "province": one["province"], "problems": request.problems(one["problems"])}
            for one in refused
        ],
        "notes": {one["name"]: one["notes"] for one in found.receipts if one["notes"]},
        "removed": found.removed,
        "elements": int(provinces["elements"].sum()),
        "municipalities": len(places),
        "provinces": summary.plain(provinces),
        "access": summary.plain(found.tables["access"]),
        "drawn_by_boundaries": None if found.drawn is None else len(found.drawn),
        "outside_their_boundaries": [dict(zip(boundaries.KEYS, place, strict=True)) for place in found.misplaced],
        "summary": found.files,
        "criteria": found.criteria,
        "edition": request.edition,
    }


def _lines(words: wording.Wording, found: running.Nation) -> Iterator[str]:
    provinces, places = found.tables["provinces"], found.tables["municipalities"]
    states = {state: len(found.in_state(state)) for state in ("judged", "kept", "refused")}
    yield words.text(DONE, partitions=len(found.receipts), **states)
    yield words.text(
        COUNTED, elements=int(provinces["elements"].sum()), municipalities=len(places), version=found.criteria
    )
    yield from (_place(words, str(row["province"]), row) for row in summary.plain(provinces))
    # More than a screen of them is for the table.
    if len(places) <= MUNICIPALITIES_SHOWN:
        rows = summary.plain(places)
        yield from (_place(words, f"{row['province']}, {row['municipality']}", row) for row in rows)
        yield from (_access(words, row) for row in summary.plain(found.tables["access"]))
    if found.drawn is not None:
        yield words.text(DRAWN, drawn=len(found.drawn), municipalities=len(places))
    for province, municipality in found.misplaced:
        yield words.text(MISPLACED, place=f"{province}, {municipality}")
    if found.removed:
        yield words.text(REMOVED, names=", ".join(found.removed))
    yield words.text(WRITTEN, files=", ".join(found.files.values()))


def _place(words: wording.Wording, name: str, row: dict[str, Any]) -> str:
    elements = int(row["elements"])
    if row["score_low"] is None:
        text = words.text(UNSCORED, place=name, elements=elements)
    else:
        text = words.text(
            PLACE,
            place=name,
            elements=elements,
            judged=words.number(100 * row["judged_share"], 1),
            failing_low=words.number(100 * row["failing_share_low"], 1),
            failing_high=words.number(100 * row["failing_share_high"], 1),
            score_low=words.number(row["score_low"], 1),
            score_high=words.number(row["score_high"], 1),
        )
    if row["demonstration"]:
        text = f"{text}; {words.text(INVENTED)}"
    if not row["complete"]:
        return f"{text}; {words.text(INCOMPLETE)}"
    if row["rank_best"] is None:
        return text
    ranks = {"best": int(row["rank_best"]), "worst": int(row["rank_worst"]), "ranked": int(row["ranked"])}
    return f"{text}; {words.text(RANK, **ranks)}"


def _access(words: wording.Wording, row: dict[str, Any]) -> str:
    place = f"{row['province']}, {row['municipality']}"
    if row["access_low"] is None:
        return words.text(NO_ACCESS, place=place, reason=row["reason"] or words.text(NO_PLACE))
    ends = {name: words.number(row[f"access_{name}"], 1) for name in ("low", "high")}
    return words.text(ACCESS, place=place, network=words.text(NETWORKS[row["network"]]), **ends)


def _generate(request: arguments.Request, folder: Path, municipalities: int, elements: int, seed: int) -> None:
    if elements < municipalities:
        raise usage_problems.refused(usage_problems.TOO_FEW, "--elements", elements=elements)
    arguments.refuse_existing(sorted(folder.glob(f"{partitions.PROVINCE}*"))[:1], "FOLDER")
    written = generating.generate(folder, municipalities, elements, seed)
    numbers = {"elements": elements, "municipalities": municipalities}
    receipt = {"folder": str(folder), "files": [str(path) for path in written], "seed": seed, **numbers}
    request.print_receipt(receipt, [request.words.text(GENERATED, files=len(written), folder=folder, **numbers)])
