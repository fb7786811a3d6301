"""Check a receipt from itself alone: judge its evidence again and compare figure by figure."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from audits import errors, receipt
from audits.exchange import receipt_bundle
from audits.receipts import program
from audits.rules import files, model
from audits.store.audit_log import hash_chain
from audits.store.db import connection
from audits.store.integrity import evidence

OTHER_CRITERIA = errors.ProblemKind("RECEIPT-031", "The criteria in the receipt are not those whose number it gives.")
UNREADABLE = errors.ProblemKind("RECEIPT-032", "The evidence cannot be judged: {why}")


@dataclass(frozen=True)
class Checked:
    """What the check found.

    Parameters
    ----------
    bundle
        The receipt.
    problems
        Empty when every figure follows from the evidence, and the ledger, where one was given, tells the same.
    same_criteria, same_judge
        Whether criteria and judging code are those of this very program.
    with_ledger
        Whether a record was asked too; only it can tell whether surveys were left out or invented.
    """

    bundle: receipt_bundle.Bundle
    problems: tuple[errors.Problem, ...]
    same_criteria: bool
    same_judge: bool
    with_ledger: bool


def check(content: bytes, store: connection.Store | None = None) -> Checked:
    """Check a receipt.

    Parameters
    ----------
    content
        The zip file.
    store
        The record that it was made from, as it is now; None to check it from itself alone.

    Raises
    ------
    audits.errors.RefusedError
        When it is not a receipt at all.
    """
    bundle = receipt_bundle.opened(content)
    problems = list(bundle.problems)
    version = ""
    try:
        book, weights = _criteria(bundle)
        version = book.version
        if version != bundle.stated["criteria_version"]:
            problems.append(OTHER_CRITERIA.at("criteria"))
        found = receipt.figures(receipt.judged(bundle.rests_on, book, weights))
        problems += receipt.differences(bundle.stated["figures"], found)
    except (errors.CriteriaError, ValueError, KeyError, TypeError, AttributeError) as error:
        problems.append(UNREADABLE.at("receipt", why=error))
    if store is not None:
        head = hash_chain.parsed(str(bundle.stated["head"]))
        problems += evidence.against_ledger(store, bundle.rests_on, head, bundle.scope)
    return Checked(
        bundle,
        tuple(problems),
        version == files.load_criteria().version,
        bundle.stated.get("judge_sha256") == program.judge_sha256(),
        store is not None,
    )


def _criteria(bundle: receipt_bundle.Bundle) -> tuple[model.Criteria, model.Weights]:
    """Return criteria and weights of the receipt; those of this program only where they are the same to the byte."""
    start = receipt_bundle.CRITERIA
    theirs = {name.removeprefix(start): each for name, each in bundle.files.items() if name.startswith(start)}
    ours = {path.name: path.read_bytes() for path in files.FOLDER.glob("*.yaml")}
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / receipt_bundle.WEIGHTS
        weights.write_bytes(bundle.files[receipt_bundle.WEIGHTS])
        read = files.load_weights(weights)
        weights.unlink()
        if theirs == ours:
            return files.load_criteria(), read
        for name, content in theirs.items():
            (Path(folder) / name).write_bytes(content)
        return files.load_criteria(Path(folder)), read
