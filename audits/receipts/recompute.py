"""Compute figures again from evidence, and identify the program that computed them."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pandas as pd

from audits import errors, survey
from audits import record as records
from audits.rules import model
from audits.scoring import findings, run
from audits.store.audit_log import hash_chain
from audits.store.integrity import evidence
from audits.store.register import rebuilt_elements, same_elements
from layers import installation

# another computer may add in another order, which changes the last bits
TOLERANCE = 1e-9
# the modules that decide a figure, below the package
JUDGE = ("rules/*.py", "scoring/*.py", "receipts/*.py", "survey.py")

OTHER_FIGURE = errors.ProblemKind(
    "RECEIPT-001", "The receipt says {stated}; the evidence in it gives {found}. Do not rely on this figure."
)


def judged(
    given: evidence.Evidence, criteria: model.Criteria, weights: model.Weights, waiting: Collection[str] = ()
) -> run.Audit:
    """Judge the evidence alone.

    Parameters
    ----------
    given
        From a record or a receipt.
    criteria, weights
        As in :func:`audits.scoring.run.run`.
    waiting
        Sites with surveys that are no evidence, since they wait for approval.

    Raises
    ------
    ValueError, KeyError, TypeError
        When the evidence is not what the store writes.
    """
    sites = pd.DataFrame.from_records([json.loads(text) for text in given.sites.values()]).set_index("code")
    elements = pd.DataFrame.from_records(
        [json.loads(text) for text in given.elements.values()],
        columns=["element_id", "site_code", "kind", "label", "permitted_on", "retired"],
    ).set_index("element_id")
    elements["permitted_on"] = pd.to_datetime(elements["permitted_on"]).astype("datetime64[s]")
    visits = [survey.parsed(text) for text in given.surveys]
    sites, elements = run.without_retired(sites, elements)
    measurements = _measurements(visits, given.reviews)
    measurements = measurements.loc[measurements["element_id"].isin(elements.index)]
    joined = same_elements.remaining(given.joined, elements.index)
    measurements = rebuilt_elements.since(measurements, given.rebuilt, joined)
    measurements = records.shared(measurements, elements, joined)
    audited = run.run(sites, elements, measurements, criteria, weights, given.edition)
    return records.with_waiting(audited, waiting)


def figures(audited: run.Audit) -> dict[str, dict[str, Any]]:
    """Return every result of each site as plain JSON.

    Returns
    -------
    dict
        By code: the columns of :class:`audits.scoring.run.Audit`'s sites, ``verdicts`` (number of findings of each) and
        ``findings`` (verdict by element and criterion).
    """
    result = {}
    for code, row in audited.sites.iterrows():
        mine = audited.findings.loc[audited.findings["site_code"] == code]
        counts = mine["verdict"].value_counts()
        result[str(code)] = {
            **{str(name): _plain(value) for name, value in row.items()},
            "verdicts": {verdict: int(counts.get(verdict, 0)) for verdict in findings.VERDICTS},
            "findings": {
                f"{element} {criterion}": verdict
                for element, criterion, verdict in zip(
                    mine["element_id"], mine["criterion"], mine["verdict"], strict=True
                )
            },
        }
    return result


def differences(stated: Any, found: Any, where: str = "") -> Iterator[errors.Problem]:
    """Yield a problem for every figure that differs.

    Parameters
    ----------
    stated, found
        From :func:`figures`, or parts of it.
    where
        The place of these parts.
    """
    if isinstance(stated, Mapping) and isinstance(found, Mapping):
        for name in sorted(stated.keys() | found.keys()):
            yield from differences(stated.get(name), found.get(name), f"{where} {name}".strip())
    elif not _same(stated, found):
        yield OTHER_FIGURE.at(where, stated=_shown(stated), found=_shown(found))


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain JSON in its canonical form."""
    return hashlib.sha256(hash_chain.canonical(content).encode()).hexdigest()


@functools.cache
def program_version() -> str:
    """Return the version of this program."""
    return str(tomllib.loads((installation.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


@functools.cache
def judge_sha256() -> str:
    """Return the SHA-256 of the modules that judge, the same on systems with other line endings."""
    paths = sorted(path for pattern in JUDGE for path in (installation.PACKAGES / "audits").glob(pattern))
    digest = hashlib.sha256()
    for path in paths:
        # Reading as text turns CRLF into LF: a checkout on Windows is the same program.
        # NUL between files, so that a line moved from one to the next changes the digest
        digest.update(path.read_text("utf-8").encode() + b"\0")
    return digest.hexdigest()


def _measurements(visits: list[survey.Survey], reviews: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        {
            **{"site_code": visit.site_code, "observed_at": visit.observed_at, "element_id": one.element_id},
            **{"quantity": one.quantity, "value": one.value, "uncertainty": one.uncertainty},
            "review": reviews[visit.survey_id],
        }
        for visit in visits
        for one in visit.measurements
    ]
    names = ["site_code", "observed_at", "element_id", "quantity", "value", "uncertainty", "review"]
    frame = pd.DataFrame.from_records(rows, columns=names).astype({"value": "float64", "uncertainty": "float64"})
    frame["observed_at"] = pd.to_datetime(frame["observed_at"], utc=True).dt.as_unit("ms")
    return frame


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.isoformat(timespec="milliseconds")
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _same(stated: Any, found: Any) -> bool:
    # a bool is an int to Python, and True must not pass for 1
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (stated, found)]
    if all(numbers):
        return math.isclose(stated, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(stated == found) and type(stated) is type(found)


def _shown(value: Any) -> str:
    return "–" if value is None or value == "" else str(value)
