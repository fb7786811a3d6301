"""Define the tables of what residents ask for; they grow as all others of the store do."""

from __future__ import annotations

import sqlalchemy as sa

from audits.store.db import schema_columns as columns

request = columns.table(
    "request",
    columns.string("request_id", unique=True),
    columns.string("text"),
    columns.reference("site_code", "site.code", nullable=True),
    sa.Column("longitude", sa.Double),
    sa.Column("latitude", sa.Double),
    columns.required("received_on", sa.Date),
    # the number that the channel gave it, so that a file imported twice adds nothing
    *columns.strings("channel", "source_id"),
    *columns.stamp("recorded"),
    sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="point"),
    sa.CheckConstraint("site_code IS NOT NULL OR longitude IS NOT NULL", name="place"),
    sa.Index("ix_request_site_code", "site_code"),
)

step = columns.table(
    "request_step",
    columns.reference("request_id", "request.request_id"),
    columns.string("state"),
    columns.reference("site_code", "site.code", nullable=True),
    columns.reference("same_as", "request.request_id", nullable=True),
    columns.string("reason"),
    *columns.stamp("recorded"),
    sa.CheckConstraint("state IN ('joined', 'in_plan', 'built', 'refused', 'same')", name="state"),
    sa.CheckConstraint("state NOT IN ('joined', 'in_plan', 'built') OR site_code IS NOT NULL", name="site"),
    sa.CheckConstraint("state <> 'refused' OR reason <> ''", name="reason"),
    sa.CheckConstraint("(state = 'same') = (same_as IS NOT NULL)", name="same"),
    sa.Index("ix_request_step_request_id", "request_id"),
)

# what strangers wrote, until a person of the office has read it: then it is a request, or it is gone
unread = columns.table(
    "unread_request",
    columns.string("key", unique=True),
    *columns.strings("text", "place"),
    columns.reference("site_code", "site.code", nullable=True),
    columns.instant("received_at"),
)
