"""Bring files in as a page or a command does, and keep account of what was promised."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from audits import errors, wording
from audits.demo import seed
from audits.field import receiving, returning
from audits.field.tables import importing
from audits.rules import model
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.surveys import quarantine, read
from layers import errors as layer_errors
from layers import osm, positions

NOW = dt.datetime(2026, 3, 8, 3, tzinfo=dt.UTC)
TODAY = NOW.date()
LANGUAGES = (wording.Wording("th"), wording.Wording("en"))
TAKEN_IN = ("accepted", "correction", "same")


def opened(folder: Path) -> connection.Store:
    """Return a fresh store with the starter register."""
    store = connection.open_store(workspace.Workspace(folder))
    seed.with_starter_register(store, "fuzz", NOW)
    return store


def said(problems: tuple[errors.Problem, ...]) -> None:
    """Say each problem in both languages, as a page would."""
    for problem in problems:
        for words in LANGUAGES:
            assert words.problem(problem).strip().encode()


@dataclass
class Account:
    """What was promised to those who sent, to be found in the store at the end.

    Parameters
    ----------
    store
        Where everything goes.
    outcomes
        How often what became of a file.
    surveys
        Ids of the surveys that were acknowledged.
    held
        Records that were said to be held, as they are kept.
    aside
        Contents that were said to be kept aside.
    photos
        SHA-256 of the photos that were said to be kept.
    """

    store: connection.Store
    book: model.Criteria
    outcomes: Counter[str] = field(default_factory=Counter)
    surveys: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    aside: set[bytes] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)

    def file(self, name: str, content: bytes) -> None:
        """Bring one file in through whichever channel it belongs to."""
        try:
            delivery = returning.read_file(content, name, self.store, self.book, NOW)
            if delivery is None:
                self._table(name, content)
                return
            said(delivery.notices)
            reception = receiving.receive(self.store, delivery, "fuzz", words=LANGUAGES[0])
        except errors.RefusedError as refused:
            self.refused("file refused", refused.problems)
            return
        assert len(reception.outcomes) == len(delivery.arrivals)
        for arrival, outcome in zip(delivery.arrivals, reception.outcomes, strict=True):
            said(outcome.problems)
            self.promised(outcome.outcome, outcome.survey_id, arrival.raw)

    def _table(self, name: str, content: bytes) -> None:
        sites, elements = read.sites(self.store), read.elements(self.store)
        seen = importing.preview(content, name, self.book, sites, elements, TODAY)
        said(seen.notices)
        # a page shows them, and can show letters only
        assert "".join((*(column for column, _ in seen.understood), *seen.layout.unused)).encode()
        for row in seen.held:
            assert row.problems
            said(row.problems)
        receipt = importing.commit(self.store, seen, "fuzz", words=LANGUAGES[1], received_at=NOW)
        # a row that measured nothing and names a site that is here says nothing new, and is counted as the same
        assert receipt.held + receipt.conflicts >= len(seen.held)
        self.outcomes["table rows taken in"] += receipt.accepted + receipt.same
        self.outcomes["table rows held"] += receipt.held + receipt.conflicts
        self.held |= {row.raw for row in seen.held}

    def photo(self, content: bytes) -> None:
        """Bring one photo in, as every channel does."""
        try:
            kept = photos.keep(self.store, content, actor="fuzz", kept_at=NOW)
        except errors.RefusedError as refused:
            self.refused("photo kept aside", refused.problems)
            quarantine.keep_file(self.store.workspace, content)
            self.aside.add(content)
        else:
            self.outcomes["photo kept"] += 1
            self.photos.add(kept.sha256)

    def ground(self, content: bytes, box: positions.Box) -> None:
        """Read a file of OpenStreetMap."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "city.osm.pbf"
            path.write_bytes(content)
            try:
                osm.read(path, box)
                self.outcomes["ground read"] += 1
            except layer_errors.LayerError as error:
                assert str(error)
                self.outcomes["ground refused"] += 1

    def refused(self, what: str, problems: tuple[errors.Problem, ...]) -> None:
        """Count a refusal, which must say why."""
        assert problems
        said(problems)
        self.outcomes[what] += 1

    def promised(self, outcome: str, survey_id: str, raw: str) -> None:
        """Note what was said to have become of one record."""
        self.outcomes[f"record {outcome}"] += 1
        if outcome in TAKEN_IN:
            self.surveys.add(survey_id)
        elif outcome == receiving.HELD:
            self.held.add(raw)

    def broken(self) -> list[str]:
        """Return every promise that the store does not keep; empty when all is there and nothing was altered."""
        kept = set(read.surveys(self.store)["survey_id"])
        rows = {_same(raw) for raw in quarantine.held_rows(self.store)["raw"]}
        return [
            *(f"survey lost: {each}" for each in sorted(self.surveys - kept)),
            *(f"held row lost: {each[:200]}" for each in sorted({_same(raw) for raw in self.held} - rows)),
            *("file aside lost" for each in self.aside if not self._is_aside(each)),
            *(f"photo lost: {each}" for each in self.photos if not self.store.workspace.photo_path(each).is_file()),
            *(problem.sentence() for problem in verify.verify(self.store).problems),
        ]

    def _is_aside(self, content: bytes) -> bool:
        path = self.store.workspace.refused_path(hashlib.sha256(content).hexdigest())
        return path.is_file() and path.read_bytes() == content


def _same(raw: str) -> str:
    """Return a held row so that two ways of writing one JSON are the same."""
    try:
        return json.dumps(json.loads(raw), sort_keys=True)
    except (ValueError, RecursionError):
        return raw
