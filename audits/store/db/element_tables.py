"""Define the tables of what is stated about elements; they grow as all others of the store do."""

from __future__ import annotations

import sqlalchemy as sa

from audits.store.db import schema_columns as columns

same = columns.table(
    "same_element",
    columns.reference("element_id", "element.element_id"),
    columns.reference("same_as", "element.element_id"),
    columns.required("one", sa.Boolean),
    columns.string("reason"),
    *columns.stamp("recorded"),
    sa.CheckConstraint("element_id <> same_as", name="two"),
    sa.Index("ix_same_element_element_id", "element_id"),
)

rebuilt = columns.table(
    "rebuilt_element",
    columns.reference("element_id", "element.element_id"),
    columns.required("rebuilt_on", sa.Date),
    columns.required("rebuilt", sa.Boolean),
    *columns.stamp("recorded"),
    sa.Index("ix_rebuilt_element_element_id", "element_id"),
)
