"""Check a receipt by itself: judge its evidence again and compare figure by figure."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from audits import errors, wording
from audits.receipts import bundle, recompute
from audits.rules import comparisons as law
from audits.rules import files, gazette, model
from audits.store import comparisons
from audits.store.audit_log import hash_chain
from audits.store.db import connection
from audits.store.integrity import evidence

OTHER_CRITERIA = errors.ProblemKind("RECEIPT-031", "The criteria in the receipt are not those whose number it gives.")
NOT_COMPARED = errors.ProblemKind(
    "RECEIPT-033", "The comparisons with the gazette in the receipt are not those of the record."
)
UNREADABLE = errors.ProblemKind("RECEIPT-032", "The evidence cannot be judged: {why}")


@dataclass(frozen=True)
class Checked:
    """Result of a check; without problems every figure follows from the evidence.

    `same_criteria` and `same_judge` compare criteria and judging code with those of this program. Only a comparison
    `with_audit_log` shows whether surveys were left out or invented.
    """

    receipt: bundle.Bundle
    problems: tuple[errors.Problem, ...]
    same_criteria: bool
    same_judge: bool
    with_audit_log: bool


def check(content: bytes, store: connection.Store | None = None) -> Checked:
    """Check a receipt.

    Parameters
    ----------
    content
        The zip file.
    store
        The record that it was made from, as it is now; None to check the receipt by itself.

    Raises
    ------
    audits.errors.RefusedError
        When it is not a receipt.
    """
    receipt = bundle.opened(content)
    # Those from before towns had zones were made in Thailand.
    with wording.in_time_zone(str(receipt.stated.get("time_zone", ""))):
        return _checked(receipt, store)


def _checked(receipt: bundle.Bundle, store: connection.Store | None) -> Checked:
    problems = list(receipt.problems)
    version = ""
    compared: tuple[gazette.Comparison, ...] = ()
    try:
        criteria, weights = _criteria(receipt)
        version = criteria.version
        if version != receipt.stated["criteria_version"]:
            problems.append(OTHER_CRITERIA.at("criteria"))
        compared = bundle.compared(receipt)
        # receipts of before do not say which surveys waited, and call their sites not surveyed
        waiting = receipt.stated.get("waiting", ())
        judged = recompute.judged(receipt.rests_on, law.apply(criteria, compared), weights, waiting)
        found = recompute.figures(judged)
        problems += recompute.differences(receipt.stated["figures"], found)
    except (errors.CriteriaError, ValueError, KeyError, TypeError, AttributeError) as error:
        problems.append(UNREADABLE.at("receipt", why=error))
    if store is not None:
        head = hash_chain.parse(str(receipt.stated["head"]))
        if set(compared) != set(comparisons.latest(store, head.sequence)):
            problems.append(NOT_COMPARED.at(bundle.COMPARISONS))
        problems += evidence.compare(store, receipt.rests_on, head, receipt.scope)
    return Checked(
        receipt,
        tuple(problems),
        version == files.load_criteria().version,
        receipt.stated.get("judge_sha256") == recompute.judge_sha256(),
        store is not None,
    )


def _criteria(receipt: bundle.Bundle) -> tuple[model.Criteria, model.Weights]:
    """Return criteria and weights of the receipt; those of this program only where they are the same to the byte."""
    start = bundle.CRITERIA
    in_receipt = {name.removeprefix(start): each for name, each in receipt.files.items() if name.startswith(start)}
    installed = {path.name: path.read_bytes() for path in files.FOLDER.glob("*.yaml")}
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / bundle.WEIGHTS
        weights.write_bytes(receipt.files[bundle.WEIGHTS])
        read = files.load_weights(weights)
        # gone before the criteria are read, which take every YAML file of their folder
        weights.unlink()
        # the same to the byte: those of the program are loaded already
        if in_receipt == installed:
            return files.load_criteria(), read
        for name, content in in_receipt.items():
            (Path(folder) / name).write_bytes(content)
        return files.load_criteria(Path(folder)), read
