"""Judge tables and records from a notebook or another program."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TypeVar

import pandas as pd

from audits import record as records
from audits.rules import files, model
from audits.scoring import frames, run
from audits.store.db import connection, workspace

Frame = TypeVar("Frame", bound=pd.DataFrame)


def load_criteria(folder: str | Path | None = None) -> model.Criteria:
    """Load the criteria: what is required of each kind of element, with dated limits and their sources.

    Parameters
    ----------
    folder
        A folder of rule files; None for those that come with the program.

    Returns
    -------
    audits.rules.model.Criteria

    Raises
    ------
    audits.errors.CriteriaError
        When a file is missing, malformed or inconsistent; the message lists every fault.

    Examples
    --------
    >>> import audits
    >>> criteria = audits.load_criteria()
    >>> criteria.criteria["ramp.running_slope"].limits[-1].stated_as
    '1:12'
    """
    return files.load_criteria() if folder is None else files.load_criteria(Path(folder))


def score(
    elements: Frame,
    kind: str,
    *,
    setting: str = "building",
    edition: str = run.BY_PERMIT_DATE,
    criteria: model.Criteria | None = None,
    weights: model.Weights | None = None,
) -> Frame:
    """Judge and score a table, one row an element, one column a quantity.

    What is not measured is unknown: it widens the interval, and is never a pass and never a fail.

    Parameters
    ----------
    elements
        A DataFrame or GeoDataFrame. Columns named by the id of a quantity, such as ``running_slope_pct`` or
        ``clear_width_mm``, hold its values in that unit; ``permitted_on`` may hold the day of the permit.
    kind
        A kind of element, such as ``ramp``, or the name of a column that holds one in every row.
    setting
        Where the elements stand, such as ``building`` or ``park``, or the name of a column that says so.
    edition
        ``permit_date``, or the id of a law or of a foreign standard, such as ``moi_2564``.
    criteria, weights
        What is judged by; None for those that come with the program.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        A copy on the same index and in the same CRS, with the columns
        :data:`audits.scoring.frames.RESULT_COLUMNS`.

    Raises
    ------
    audits.errors.FrameError
        When a column is named in another unit, or a value is no number or impossible; says where and what is accepted.

    Warns
    -----
    UserWarning
        Names the columns that no criterion uses, and values that are unusual for their unit.

    Examples
    --------
    >>> import audits, pandas as pd
    >>> ramps = pd.DataFrame({"running_slope_pct": [8.0, 12.0], "clear_width_mm": [1200.0, None]}, index=["a", "b"])
    >>> result = audits.score(ramps, kind="ramp")
    >>> result["verdict"].to_dict(), result.loc["b", "failed"]
    ({'a': 'unknown', 'b': 'fail'}, 'ramp.running_slope')
    >>> bool((result["score_low"] <= result["score_high"]).all())
    True
    """
    return frames.score(
        elements,
        criteria or files.load_criteria(),
        weights or files.load_weights(),
        kind=kind,
        setting=setting,
        edition=edition,
    )


def open_record(
    folder: str | Path,
    *,
    edition: str = run.BY_PERMIT_DATE,
    as_of: dt.date | None = None,
    official_only: bool = False,
) -> records.AuditedRecord:
    """Read and judge the record of a workspace.

    Parameters
    ----------
    folder
        The workspace; its own ``weights.yaml`` is used where there is one.
    edition, as_of, official_only
        As in :func:`audits.record.read`.

    Returns
    -------
    audits.record.AuditedRecord
        Sites, elements, measurements and surveys that count, with findings and scores in ``audit``.

    Raises
    ------
    audits.errors.WorkspaceError
        When there is no record in the folder.

    Examples
    --------
    >>> import audits, tempfile
    >>> from audits.demo import seed
    >>> folder = tempfile.mkdtemp()
    >>> with connection.open_store(workspace.Workspace(Path(folder))) as store:
    ...     _ = seed.with_starter_register(store, "example")
    >>> record = audits.open_record(folder)
    >>> record.audit.sites["verdict"].value_counts().to_dict()
    {'unknown': 141}
    """
    place = workspace.Workspace(Path(folder))
    with connection.open_store(place, create=False) as store:
        return records.read(
            store,
            files.load_criteria(),
            records.weights_of(place),
            edition=edition,
            as_of=as_of,
            official_only=official_only,
        )
