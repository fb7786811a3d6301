"""Lay out the tables of who may use the record and what is set for all."""

from __future__ import annotations

import sqlalchemy as sa

from audits.store.db import schema_columns as columns

account = sa.Table(
    "account",
    columns.metadata,
    columns.row_number(),
    columns.written("username"),
    columns.written("display_name"),
    columns.written("role"),
    columns.written("secret_hash"),
    columns.written("oidc_subject"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    columns.written("set_by"),
    columns.instant("set_at"),
    sa.CheckConstraint("role IN ('technician', 'engineer', 'council', 'administrator')", name="role"),
    sa.Index("ix_account_username", "username"),
)

setting = sa.Table(
    "setting",
    columns.metadata,
    columns.row_number(),
    columns.written("name"),
    columns.written("value"),
    columns.written("set_by"),
    columns.instant("set_at"),
    sa.Index("ix_setting_name", "name"),
)

# who is signed in and who tried: of this day, neither kept for ever nor handed on
signed_in = sa.Table(
    "signed_in",
    columns.metadata,
    columns.row_number(),
    columns.written("token_sha256", unique=True),
    columns.written("username"),
    columns.instant("since"),
    columns.instant("until"),
)

sign_in_failure = sa.Table(
    "sign_in_failure",
    columns.metadata,
    columns.row_number(),
    columns.written("username"),
    columns.written("address_sha256"),
    columns.instant("failed_at"),
    sa.Index("ix_sign_in_failure_username", "username"),
)

PASSING = (signed_in, sign_in_failure)
