"""Answer the council from the demonstration, once for all tests that look at the answers."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

from audits import record as records
from audits.access import site_network
from audits.council import council_contents, money
from audits.plans import build_model
from audits.ramps import price_books
from audits.rules import files
from audits.store.db import connection, workspace
from audits.store.surveys import read

DAY = dt.date(2026, 11, 1)


@functools.cache
def answers(folder: Path) -> council_contents.Answers:
    """Return the answers for the demonstration beside a workspace."""
    book, weights, prices = files.load_criteria(), files.load_weights(), price_books.sample()
    place = workspace.Workspace(folder).demonstration
    with connection.open_store(place) as store:
        record = records.read(store, book, weights)
    model = build_model.build(site_network.read(place.folder, record.area), record, prices)
    return council_contents.gathered(record, DAY, money.solve(model, prices))


def surveyors(folder: Path) -> set[str]:
    """Return the names of all who surveyed."""
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        return set(read.surveys(store)["surveyor"])
