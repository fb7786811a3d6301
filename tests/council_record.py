"""Answer the council from the demonstration, once for all tests that look at the answers."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

from audits import audit, council_money, criteria_files
from audits.exchange import contents, council_contents
from audits.planning import build_model, price_books, site_network
from audits.store import connection, read, workspace

DAY = dt.date(2026, 11, 1)


@functools.cache
def answers(folder: Path) -> council_contents.Answers:
    """Return the answers for the demonstration beside a workspace."""
    book, weights, prices = criteria_files.load_criteria(), criteria_files.load_weights(), price_books.sample()
    place = workspace.Workspace(folder).demonstration
    with connection.open_store(place) as store:
        sites, elements, measurements = read.sites(store), read.elements(store), read.measurements(store)
        head = str(read.head(store))
    judged = audit.run(sites, elements, measurements, book, weights)
    record = build_model.build(site_network.read(place.folder), sites, elements, measurements, judged, book, prices)
    subject = contents.Subject(sites, elements, measurements, judged, book, weights)
    about = contents.About(DAY, None, head, demonstration=True)
    return council_contents.gathered(subject, about, council_money.solve(record, prices))


def surveyors(folder: Path) -> set[str]:
    """Return the names of all who surveyed."""
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        return set(read.surveys(store)["surveyor"])
