"""Replay the audit log: what each entry says that the tables must hold."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from audits.store.audit_log import hash_chain
from audits.store.db import schema
from audits.store.photos import erasure, photos
from audits.store.register import register
from audits.store.surveys import quarantine, reviews, submit


@dataclass
class Expected:
    """Content of the tables by the audit log.

    Surveys, by id, with receipt number, canonical JSON and instant of arrival; the last decision on each; digests of
    the register's rows; photos as canonical JSON, and the names of the erased; digests of held rows by batch and line;
    imported files by batch; and per action of :data:`audits.store.db.schema.EVENTS` its rows as canonical JSON.
    """

    surveys: dict[str, tuple[int, str, Any]] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    held: dict[tuple[int, int], str] = field(default_factory=dict)
    batches: dict[int, tuple[object, ...]] = field(default_factory=dict)
    rows: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, entry: hash_chain.Entry) -> None:
        """Add what one entry says; skip an altered one, which the broken chain reports."""
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            self._add(entry, json.loads(entry.payload))

    def _add(self, entry: hash_chain.Entry, content: dict[str, Any]) -> None:
        if entry.action == submit.ACTION:
            # receipt numbers have no gaps, so each follows from the place of its entry
            self.surveys[entry.entity_id] = (len(self.surveys) + 1, entry.payload, entry.happened_at)
            for element in content["elements"]:
                digest = register.digest(_registered(content, element))
                # The first survey with an element adds it to the register; later ones find it there.
                self.elements.setdefault(element["element_id"], digest)
        elif entry.action == photos.ACTION:
            self.photos[entry.entity_id] = entry.payload
        elif entry.action == quarantine.ACTION:
            self.held |= {(int(entry.entity_id), int(line)): digest for line, digest in content["lines"].items()}
            batch = content["file_name"], content["file_sha256"], content["accepted_count"]
            # Later arrivals of the same file add rows; the batch stays as in the first entry.
            self.batches.setdefault(int(entry.entity_id), (*batch, entry.actor, entry.happened_at))
        elif entry.action in schema.EVENTS:
            self.rows.setdefault(entry.action, Counter())[entry.payload] += 1
            if entry.action == erasure.ACTION:
                self.erased.add(content["sha256"])
            if entry.action == reviews.ACTION:
                self.decisions[str(content["survey_id"])] = str(content["decision"])
        else:
            # What is left changes the register; actions that write no row, such as signing out, hold neither.
            self.sites |= content.get("sites", {})
            self.elements |= content.get("elements", {})


def entries(records: sa.Connection, up_to: int | None = None) -> Iterator[tuple[sa.Row[Any], hash_chain.Entry]]:
    """Yield the rows of the audit log in order, each with its entry; up to a number unless None."""
    columns = schema.ledger.c
    query = sa.select(schema.ledger).order_by(columns.sequence)
    for row in records.execute(query if up_to is None else query.where(columns.sequence <= up_to)):
        yield row, hash_chain.Entry(row.happened_at, row.actor, row.action, row.entity, row.entity_id, row.payload)


def _registered(visit: dict[str, Any], element: dict[str, Any]) -> dict[str, Any]:
    """Return the row in the register of an element that came with a survey."""
    return {"site_code": visit["site_code"], "source": "survey", "permitted_on": None, "retired": False, **element}
