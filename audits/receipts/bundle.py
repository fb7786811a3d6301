"""Pack figures together with everything they rest on into one file that can be checked by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits import errors, roles, wording
from audits import record as records
from audits.formats import archive
from audits.receipts import recompute
from audits.rules import comparisons as law
from audits.rules import files as criteria_files
from audits.rules import gazette
from audits.scoring import run
from audits.store import comparisons
from audits.store.db import connection
from audits.store.integrity import evidence
from audits.store.surveys import read

FORMAT = 1
RECEIPT, REGISTER, SURVEYS, WEIGHTS = "receipt.json", "register.json", "surveys.json", "weights.yaml"
COMPARISONS = "comparisons.json"
CRITERIA = "criteria/"
LARGEST_BYTES = 400_000_000
_NEEDED = ("edition", "as_of", "approved_only", "criteria_version", "head", "files", "figures", "number")
_CRITERIA_FILE = re.compile(r"criteria/[a-z_]+\.yaml")

NOT_A_RECEIPT = errors.ProblemKind("RECEIPT-021", "This is not a receipt of scores, or it is damaged: {why}")
FILE_ALTERED = errors.ProblemKind("RECEIPT-022", "The file in the receipt is gone, added or altered.")
RECEIPT_ALTERED = errors.ProblemKind("RECEIPT-023", "The receipt itself was altered: its number does not fit.")
NO_SITE = errors.ProblemKind("RECEIPT-024", "There is no such site in the register.")


@dataclass(frozen=True)
class Bundle:
    """An opened receipt: ``receipt.json``, which surveys count, the evidence, every file, and what was altered."""

    stated: Mapping[str, Any]
    scope: evidence.Scope
    rests_on: evidence.Evidence
    files: Mapping[str, bytes]
    problems: tuple[errors.Problem, ...]


def packed(
    store: connection.Store,
    codes: Sequence[str],
    made_on: dt.date,
    *,
    edition: str = run.BY_PERMIT_DATE,
    as_of: dt.date | None = None,
    approved_only: bool = False,
) -> bytes:
    """Return a receipt as one zip file: the same record on the same day gives the same bytes.

    Judged by the criteria that come with the program and by the weights of this workspace.
    It names the surveyors, since the digests in the audit log cover their names.

    Parameters
    ----------
    store
        An open store.
    codes
        Sites of the register; all of them for the whole record.
    made_on
        Day of the receipt.
    edition, as_of, approved_only
        As in :func:`audits.scoring.run.run` and :func:`audits.store.surveys.read.measurements`.

    Raises
    ------
    audits.errors.RefusedError
        When a site is not in the register.
    audits.errors.NotAllowedError
        For a role that does not see surveyors.
    """
    roles.require_view(store.role, "surveyor")
    scope = evidence.Scope(as_of, approved_only)
    rests_on, head = evidence.of_sites(store, codes, edition, scope)
    own = store.workspace.weights_path
    path = own if own.is_file() else criteria_files.WEIGHTS
    compared = comparisons.latest(store)
    criteria, weights = law.apply(criteria_files.load_criteria(), compared), criteria_files.load_weights(path)
    waiting = _waiting(store, scope)
    judged = recompute.judged(rests_on, criteria, weights, waiting) if rests_on.sites else None
    unknown = tuple(NO_SITE.at(code) for code in codes if judged is None or code not in judged.sites.index)
    if judged is None or unknown:
        raise errors.RefusedError(unknown or (NO_SITE.at("–"),))
    files = _files(rests_on, path.read_bytes(), compared)
    stated = {
        "format": FORMAT,
        "sites": list(rests_on.sites),
        "made_on": made_on.isoformat(),
        "demonstration": connection.kind(store) == "demonstration",
        "edition": edition,
        "as_of": None if as_of is None else as_of.isoformat(),
        "approved_only": approved_only,
        "waiting": [code for code in waiting if code in rests_on.sites],
        "time_zone": wording.local_zone().key,
        "criteria_version": criteria.version,
        "program_version": recompute.program_version(),
        "judge_sha256": recompute.judge_sha256(),
        "head": str(head),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "figures": recompute.figures(judged),
    }
    # last, since it covers everything else that the receipt states
    stated["number"] = recompute.digest(stated)
    return archive.zipped({RECEIPT: _json(stated), **files}, made_on)


def _waiting(store: connection.Store, scope: evidence.Scope) -> list[str]:
    """List the sites with surveys that are left out until an engineer approves them."""
    surveys = read.surveys(store, scope.as_of)
    counted = records.counting(surveys, official_only=scope.approved_only)
    return sorted(set(records.counting(surveys).drop(counted.index)["site_code"]))


def file_name(codes: Sequence[str], made_on: dt.date) -> str:
    """Return the file name of a receipt."""
    what = codes[0] if len(codes) == 1 else f"{len(codes)}-sites"
    return f"receipt-{what}-{made_on.isoformat()}.zip"


def opened(content: bytes) -> Bundle:
    """Return a receipt, its files compared with their digests in it.

    Raises
    ------
    audits.errors.RefusedError
        When it is not a receipt.
    """
    try:
        files = _unzipped(content)
        # the list of the digests is not among the files that it lists
        stated = json.loads(files.pop(RECEIPT))
        if stated["format"] != FORMAT:
            raise ValueError(f"format {stated['format']}")
        missing = [name for name in _NEEDED if name not in stated]
        if missing:
            raise ValueError(f"{', '.join(missing)} is missing")
        as_of = None if stated["as_of"] is None else dt.date.fromisoformat(stated["as_of"])
        scope = evidence.Scope(as_of, stated["approved_only"])
        return Bundle(stated, scope, _evidence(files, stated["edition"]), files, tuple(_altered(stated, files)))
    # a file that only looks like a receipt may hold any JSON in any place
    except (ValueError, KeyError, TypeError, AttributeError, OSError, zipfile.BadZipFile) as error:
        raise errors.RefusedError((NOT_A_RECEIPT.at("receipt", why=error),)) from error


def compared(receipt: Bundle) -> tuple[gazette.Comparison, ...]:
    """Return the comparisons with the gazette that a receipt rests on; none in one from before there were any.

    Raises
    ------
    ValueError, KeyError, TypeError
        When the file is not what :func:`packed` writes.
    """
    rows = json.loads(receipt.files.get(COMPARISONS, b"[]"))
    return tuple(gazette.Comparison(**row | {"compared_on": dt.date.fromisoformat(row["compared_on"])}) for row in rows)


def _files(rests_on: evidence.Evidence, weights: bytes, compared: tuple[gazette.Comparison, ...]) -> dict[str, bytes]:
    """Return the files of the evidence in the order of the archive."""
    surveys = [
        {
            "survey_id": json.loads(text)["survey_id"],
            "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "content": text,
        }
        for text in rests_on.surveys
    ]
    criteria = {f"{CRITERIA}{path.name}": path.read_bytes() for path in sorted(criteria_files.FOLDER.glob("*.yaml"))}
    return {
        SURVEYS: _json({"surveys": surveys, "reviews": rests_on.reviews}),
        REGISTER: _json(
            {
                "sites": rests_on.sites,
                "elements": rests_on.elements,
                "joined": rests_on.joined,
                "rebuilt": {name: day.isoformat() for name, day in rests_on.rebuilt.items()},
            }
        ),
        WEIGHTS: weights,
        COMPARISONS: _json(
            [dataclasses.asdict(one) | {"compared_on": one.compared_on.isoformat()} for one in compared]
        ),
        **criteria,
    }


def _evidence(files: Mapping[str, bytes], edition: str) -> evidence.Evidence:
    surveys, rows = json.loads(files[SURVEYS]), json.loads(files[REGISTER])
    return evidence.Evidence(
        sites={str(name): str(text) for name, text in rows["sites"].items()},
        elements={str(name): str(text) for name, text in rows["elements"].items()},
        surveys=tuple(str(one["content"]) for one in surveys["surveys"]),
        reviews={str(name): str(decision) for name, decision in surveys["reviews"].items()},
        edition=str(edition),
        # Receipts written before elements could be joined do not name any.
        joined={str(name): str(kept) for name, kept in rows.get("joined", {}).items()},
        # nor any that was built anew
        rebuilt={str(name): dt.date.fromisoformat(day) for name, day in rows.get("rebuilt", {}).items()},
    )


def _altered(stated: Mapping[str, Any], files: Mapping[str, bytes]) -> list[errors.Problem]:
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    digests = stated["files"]
    problems = [
        FILE_ALTERED.at(name) for name in sorted(found.keys() | digests.keys()) if found.get(name) != digests.get(name)
    ]
    problems += [
        FILE_ALTERED.at(str(one["survey_id"]))
        for one in json.loads(files[SURVEYS])["surveys"]
        if hashlib.sha256(one["content"].encode()).hexdigest() != one["content_sha256"]
    ]
    if recompute.digest({name: value for name, value in stated.items() if name != "number"}) != stated["number"]:
        problems.append(RECEIPT_ALTERED.at("receipt"))
    return problems


def _unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        entries = zipped.infolist()
        unknown = [one.filename for one in entries if not _is_known(one.filename)]
        # Of two files of one name readers differ in which they take.
        if unknown or len({one.filename for one in entries}) != len(entries):
            raise ValueError(", ".join(unknown) or "a file stands twice in it")
        # by the directory alone: of a part zipfile reads no more than it claims
        if sum(one.file_size for one in entries) > LARGEST_BYTES:
            raise ValueError("too big")
        return {one.filename: zipped.read(one) for one in entries}


def _is_known(name: str) -> bool:
    return name in (RECEIPT, REGISTER, SURVEYS, WEIGHTS, COMPARISONS) or _CRITERIA_FILE.fullmatch(name) is not None


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode()
