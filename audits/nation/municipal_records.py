"""Read a municipality's record for the nation: its readings with their uncertainty, and access on its own network."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pyogrio.errors

from audits import barriers, errors
from audits import record as records
from audits.access import access_text, site_network, trips
from audits.nation import partitions
from audits.rules import files, model
from audits.store.backup import backup
from audits.store.db import connection
from layers import base_file, population_file
from layers import errors as layer_errors

NO_RECORD = errors.ProblemKind("NATION-009", "This is no record of a municipality ({fault}). Send its backup again.")
NETWORK_FAULTS = (errors.JaideeError, layer_errors.LayerError, pyogrio.errors.DataSourceError, OSError)


@contextlib.contextmanager
def opened(part: partitions.Partition) -> Iterator[connection.Store]:
    """Open a copy of a record: the municipality's own file stays as it is, whichever layout it has.

    Raises
    ------
    audits.errors.RefusedError
        When it is no record, or a damaged one.
    """
    with contextlib.ExitStack() as stack:
        try:
            store = stack.enter_context(backup.opened_copy(part.path))
        except (errors.StoreError, errors.WorkspaceError, OSError) as fault:
            raise errors.RefusedError((NO_RECORD.at(part.name, fault=str(fault).rstrip(".")[:200]),)) from fault
        yield store


def read(store: connection.Store, criteria: model.Criteria, edition: str) -> records.AuditedRecord:
    """Read a record under the rules of the nation: not under the municipality's own weights."""
    return records.read(store, criteria, files.load_weights(), edition=edition)


def ground_state(part: partitions.Partition) -> str:
    """Name the state of the files that access is measured on, so that a changed map is a changed basis."""
    if part.home is None:
        return ""
    found = [base_file.path(base_file.folder_for(part.home)), population_file.path(part.home)]
    # by size and time: to read the maps through would hold up a run that judges nothing anew
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in found if path and path.is_file()]
    return repr(stats)


def access(part: partitions.Partition, record: records.AuditedRecord) -> dict[str, Any]:
    """Measure the trips of 100 that can be made step-free in one municipality.

    Returns
    -------
    dict
        ``access_low`` (if everything unknown is a barrier) and ``access_high`` (known barriers only), None where no
        trip counts; ``network``, ``coarse``, ``places``, ``places_not_surveyed``; or only ``reason``, why there is
        none.
    """
    if part.home is None:
        return {"reason": "the record came without the files beside it, so no network is known"}
    try:
        prepared = trips.prepare(site_network.read(part.home, record.area), record)
    except NETWORK_FAULTS as fault:
        return {"reason": str(fault)}
    cases = access_text.measure(prepared)
    of_100 = {name: one.of_100 if one.known else None for name, one in cases.items()}
    return {
        "access_low": of_100[barriers.ALL_UNKNOWN],
        "access_high": of_100[barriers.KNOWN_ONLY],
        "network": prepared.joined.source,
        "coarse": prepared.joined.coarse,
        "places": len(prepared.places),
        "places_not_surveyed": prepared.unsurveyed,
        "reason": "",
    }
