"""Judge one partition with the engine of every table, and write its scores and findings."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from audits import errors
from audits.nation import municipal_records, outlines, partitions, totals
from audits.rules import files, model
from audits.scoring import findings, frames, readings
from audits.store.surveys import read as reading

MUNICIPALITY, KIND, ELEMENT, SETTING, GEOMETRY = "municipality", "kind", "element_id", "setting", "geometry"
NEEDED = (MUNICIPALITY, KIND)
# Some 200 columns of doubles of this many rows, twice, stay below half a gigabyte.
BATCH_ROWS = 65_536
# A dictionary that outgrows its page is given up for plain text; ids of one batch stay below this.
_DICTIONARY_BYTES = 2**26

UNREADABLE = errors.ProblemKind("NATION-003", "This is no whole Parquet file ({fault}). Write or copy it again.")
MISSING = errors.ProblemKind("NATION-004", "The columns {columns} are missing. Every element needs them.")
EMPTY = errors.ProblemKind("NATION-005", "{rows} rows have no {column}. Fill them in.")
FAULTY = errors.ProblemKind("NATION-006", "The table cannot be judged: {fault}. Correct it and write the file again.")

_PLAIN = {"verdict", "grade", "failed", "not_measured"}
_WORDS = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Task:
    """What a worker needs to judge one partition; `basis` is compared before anything is judged."""

    part: partitions.Partition
    out: Path
    edition: str
    basis: Mapping[str, str]


def judge(task: Task) -> dict[str, Any]:
    """Judge one partition, unless an earlier run finished it on the same basis.

    Returns
    -------
    dict
        ``state`` (*judged*, *kept* or *refused*), ``rows``, ``notes``, ``municipalities`` (see
        :class:`audits.nation.totals.Totals`), and of a refused one ``problems``, each an
        :class:`audits.errors.Problem`.

    Raises
    ------
    OSError
        When the results cannot be written.
    audits.errors.CriteriaError
        When the worker has other criteria or weights than the run.
    """
    part, out = task.part, task.out
    try:
        basis = {**task.basis, **_input(part)}
    except OSError as error:
        return refused(task, [UNREADABLE.at(part.name, fault=error.strerror or "")])
    except errors.RefusedError as found:
        return refused(task, found.problems)
    kept = partitions.finished(part, out, basis)
    if kept is not None:
        return {**kept, "state": "kept"}
    # A file of results must never stand beside a receipt of other results.
    partitions.remove_results(part, out)
    try:
        receipt = _judge_record(task) if part.is_record else _judge_file(task)
    except errors.RefusedError as found:
        return refused(task, found.problems)
    except errors.FrameError as error:
        return refused(task, [FAULTY.at(part.name, fault=fault) for fault in error.faults])
    receipt |= {"name": part.name, "province": part.province, "basis": basis, "state": "judged"}
    # after its files, since with a receipt a partition counts as finished
    partitions.write_json(part.written(out, partitions.RECEIPTS), receipt)
    return receipt


def _input(part: partitions.Partition) -> dict[str, str]:
    """Identify the content of a partition; a record's file alone does not, since a log of changes may be beside it."""
    if not part.is_record:
        return {"input": partitions.digest(part.path)}
    with municipal_records.opened(part) as store:
        return {"input": str(reading.head(store)), "ground": municipal_records.ground_state(part)}


def refused(task: Task, problems: Sequence[errors.Problem]) -> dict[str, Any]:
    """Result of a partition that cannot be judged; what an earlier run wrote of it is removed."""
    partitions.remove_results(task.part, task.out)
    identity = {"name": task.part.name, "province": task.part.province}
    identity |= {"municipality": task.part.municipality} if task.part.is_record else {}
    return {**identity, "state": "refused", "rows": 0, "notes": [], "municipalities": [], "problems": list(problems)}


def _rules(task: Task) -> tuple[frames.Rulebook, model.Weights]:
    rulebook, weights = _rulebook(task.edition), files.load_weights()
    # Files edited during the run, or a worker with another installation, must not pass as the basis of the receipt.
    found = {"criteria": rulebook.criteria.version, "weights": partitions.digest(files.WEIGHTS)}
    if any(task.basis[name] != version for name, version in found.items()):
        raise errors.CriteriaError("the criteria or weights of this worker are not those of the run; run it again")
    return rulebook, weights


def _judge_record(task: Task) -> dict[str, Any]:
    """Judge a municipality's record by its own readings; each physical thing once, also where two sites have it."""
    (rulebook, weights), part = _rules(task), task.part
    with municipal_records.opened(part) as store:
        record = municipal_records.read(store, rulebook.criteria, task.edition)
    once = record.elements.loc[record.counted_as(record.elements.index) == record.elements.index]
    sites = record.sites.loc[once["site_code"]]
    elements = once.assign(setting=sites["setting"].to_numpy())
    measured = readings.by_quantity(record.governed, elements.index)
    groups = list(frames.judged_readings(elements, measured, rulebook, weights))
    names = [part.municipality] if len(elements) else []
    municipality = pa.DictionaryArray.from_arrays(np.zeros(len(elements), np.int32), pa.array(names, pa.string()))
    element = pa.array(elements.index.astype(str), pa.string())
    results = _results(groups, len(elements))
    counted, shapes = totals.Totals(), outlines.Outlines()
    counted.add(names, municipality.indices.to_numpy(), results)
    positions = gpd.GeoDataFrame(geometry=sites.geometry.to_crs(outlines.DEGREES).reset_index(drop=True))
    kind = pa.array(elements["kind"].astype(str), pa.string())
    scores = _scores_table(municipality, element, kind, results)
    written = pa.table(positions.to_arrow(geometry_encoding="WKB"))[GEOMETRY].combine_chunks()
    scores = scores.append_column(GEOMETRY, written.cast(pa.binary()))
    scores = scores.replace_schema_metadata({b"geo": json.dumps(outlines.GEO).encode()})
    shapes.add(names, municipality.indices.to_numpy(), outlines.positions(scores, GEOMETRY))
    tables = scores, _findings_table(groups, municipality, element, rulebook.criteria)
    for what, table in zip((partitions.SCORES, partitions.FINDINGS), tables, strict=True):
        with partitions.replacing(part.written(task.out, what)) as path, _writer(path, table) as writer:
            writer.write_table(table)
    return {
        "rows": len(elements),
        "notes": [],
        "municipality": part.municipality,
        "demonstration": record.demonstration,
        "municipalities": shapes.beside(counted.records()),
        "access": municipal_records.access(part, record),
    }


def _judge_file(task: Task) -> dict[str, Any]:
    rulebook, weights = _rules(task)
    scores_path, findings_path = (
        task.part.written(task.out, what) for what in (partitions.SCORES, partitions.FINDINGS)
    )
    notes: list[str] = []
    counted, shapes = totals.Totals(), outlines.Outlines()
    rows = 0
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(_opened(task.part))
        columns = _columns(source.schema_arrow, task.part.name, rulebook.criteria, notes)
        writers: list[pq.ParquetWriter] = []
        unfinished = [stack.enter_context(partitions.replacing(path)) for path in (scores_path, findings_path)]
        for batch in _batches(source, columns, task.part.name):
            tables = _judge_batch(batch, rows, (rulebook, weights), (counted, shapes), notes)
            # the first batch gives the columns of the file
            if not writers:
                writers += [stack.enter_context(_writer(*each)) for each in zip(unfinished, tables, strict=True)]
            for writer, table in zip(writers, tables, strict=True):
                writer.write_table(table)
            rows += batch.num_rows
    # each batch may have noted the same again
    return {"rows": rows, "notes": sorted(set(notes)), "municipalities": shapes.beside(counted.records())}


_rulebooks: dict[str, frames.Rulebook] = {}


def _rulebook(edition: str) -> frames.Rulebook:
    """The rules of this process, looked up again when the files of the criteria have changed."""
    criteria, kept = files.load_criteria(), _rulebooks.get(edition)
    if kept is None or kept.criteria is not criteria:
        kept = _rulebooks[edition] = frames.Rulebook(criteria, edition)
    return kept


@contextlib.contextmanager
def _opened(part: partitions.Partition) -> Iterator[pq.ParquetFile]:
    with _reading(part.name):
        file = pq.ParquetFile(part.path)
    with file:
        yield file


@contextlib.contextmanager
def _reading(name: str) -> Iterator[None]:
    """Refuse a file whose bytes are no Parquet."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise errors.RefusedError((UNREADABLE.at(name, fault=str(error).split("\n")[0][:200].rstrip(".")),)) from error


def _columns(schema: pa.Schema, name: str, criteria: model.Criteria, notes: list[str]) -> list[str]:
    """Columns to read: those that some rule or result needs, and those whose name is another unit of a quantity."""
    missing = [column for column in NEEDED if column not in schema.names]
    if missing:
        raise errors.RefusedError((MISSING.at(name, columns=", ".join(missing)),))
    faults = list(frames.unit_faults(schema.names, criteria))
    if faults:
        raise errors.FrameError(faults)
    wanted = {*NEEDED, ELEMENT, SETTING, GEOMETRY, frames.PERMITTED_ON, *criteria.quantities}
    unused = [column for column in schema.names if column not in wanted]
    if unused:
        notes.append(f"no criterion uses the columns: {', '.join(unused)}")
    return [column for column in schema.names if column in wanted]


def _batches(source: pq.ParquetFile, columns: list[str], name: str) -> Iterator[pa.Table]:
    empty = True
    # a worker is one process of one thread; more of them would compete with the other workers
    batches = source.iter_batches(BATCH_ROWS, columns=columns, use_threads=False)
    while True:
        with _reading(name):
            batch = next(batches, None)
        if batch is None:
            break
        empty = False
        yield _checked(pa.Table.from_batches([batch]), name)
    if empty:
        yield _checked(source.schema_arrow.empty_table().select(columns), name)


def _checked(table: pa.Table, name: str) -> pa.Table:
    needed = [name for name in (*NEEDED, ELEMENT) if name in table.column_names]
    gaps = {name: table[name].null_count for name in needed}
    problems = [EMPTY.at(name, rows=rows, column=column) for column, rows in gaps.items() if rows]
    if problems:
        raise errors.RefusedError(tuple(problems))
    return table


def _judge_batch(
    table: pa.Table,
    start: int,
    by: tuple[frames.Rulebook, model.Weights],
    added_to: tuple[totals.Totals, outlines.Outlines],
    notes: list[str],
) -> tuple[pa.Table, pa.Table]:
    """Judge some rows, count them, and return their scores and findings."""
    frame = _frame(table, start)
    setting = SETTING if SETTING in frame.columns else "building"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # Asked for, and judged by nothing yet; a column that nothing asks for is noted once a file.
        warnings.filterwarnings("ignore", "no criterion uses")
        groups = list(frames.judged(frame, *by, kind=KIND, setting=setting))
    notes += [str(one.message) for one in caught if issubclass(one.category, UserWarning)]
    municipality = _text(table[MUNICIPALITY]).dictionary_encode().combine_chunks()
    element = _element_ids(table, start)
    results = _results(groups, table.num_rows)
    names, codes = municipality.dictionary.to_pylist(), municipality.indices.to_numpy()
    added_to[0].add(names, codes, results)
    scores = _scores_table(municipality, element, _text(table[KIND]), results)
    if GEOMETRY in table.column_names:
        added_to[1].add(names, codes, outlines.positions(table, GEOMETRY))
        # As it came, with the description of the GeoParquet file.
        scores = scores.append_column(GEOMETRY, table[GEOMETRY])
        described = {key: value for key, value in (table.schema.metadata or {}).items() if key == b"geo"}
        scores = scores.replace_schema_metadata(described)
    return scores, _findings_table(groups, municipality, element, by[0].criteria)


def _scores_table(
    municipality: pa.DictionaryArray,
    element: pa.Array,
    kind: pa.Array | pa.ChunkedArray,
    results: Mapping[str, npt.NDArray[Any]],
) -> pa.Table:
    return pa.table(
        {MUNICIPALITY: municipality, ELEMENT: element, KIND: kind.dictionary_encode()}
        | {name: pa.array(column, type=_WORDS if name in _PLAIN else pa.float64()) for name, column in results.items()}
    )


def _frame(table: pa.Table, start: int) -> pd.DataFrame:
    """The columns that judge, with the row's number in the file as index; one without values measures nothing."""
    columns = {}
    for name in table.column_names:
        column = table[name]
        if name in (GEOMETRY, MUNICIPALITY, ELEMENT) or (column.null_count == len(column) and name not in NEEDED):
            continue
        # as numbers: a column of booleans with gaps would become one of objects
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8())
        if pa.types.is_integer(column.type):
            column = column.cast(pa.float64())
        columns[name] = column.to_pandas()
    return pd.DataFrame(columns, copy=False).set_axis(pd.RangeIndex(start, start + len(table)))


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string())


def _element_ids(table: pa.Table, start: int) -> pa.Array:
    """The ids written, or else the number of the row in its file."""
    if ELEMENT in table.column_names:
        return _text(table[ELEMENT]).combine_chunks()
    return pc.cast(pa.array(np.arange(start, start + len(table))), pa.string())


def _results(groups: Sequence[frames.Judged], size: int) -> dict[str, npt.NDArray[Any]]:
    result = frames.empty_result(size)
    for group in groups:
        for name, column in group.columns.items():
            result[name][group.rows] = column
    return result


def _findings_table(
    groups: Sequence[frames.Judged], municipality: pa.DictionaryArray, element: pa.Array, criteria: model.Criteria
) -> pa.Table:
    """One row an element and criterion that may apply to it, every word by its number in a dictionary."""
    number = {name: np.int16(position) for position, name in enumerate(criteria.criteria)}
    rows, criterion, verdict = [np.zeros(0, np.int32)], [np.zeros(0, np.int16)], [np.zeros(0, np.int8)]
    for group in groups:
        of_rules = np.array([number[rule.criterion.criterion_id] for rule in group.rules], dtype=np.int16)
        rule, row = np.nonzero(group.verdicts != findings.NOT_APPLICABLE)
        rows.append(group.rows[row].astype(np.int32))
        criterion.append(of_rules[rule])
        verdict.append(group.verdicts[rule, row])
    which = np.concatenate(rows)
    words = {
        MUNICIPALITY: (municipality.indices.to_numpy()[which], municipality.dictionary),
        ELEMENT: (which, element),
        "criterion": (np.concatenate(criterion), pa.array(list(criteria.criteria))),
        "verdict": (np.concatenate(verdict), pa.array(findings.VERDICTS)),
    }
    # unchecked: the numbers were counted from these very dictionaries
    return pa.table({name: pa.DictionaryArray.from_arrays(*each, safe=False) for name, each in words.items()})


def _writer(path: Path, like: pa.Table) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, like.schema, compression="zstd", dictionary_pagesize_limit=_DICTIONARY_BYTES)
