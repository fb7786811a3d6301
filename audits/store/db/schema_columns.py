"""Make the columns that tables of the store share, in types that GDAL and QGIS can read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from audits.store.db import column_types

# what somebody wrote may be larger than four bytes; SQLite takes it as it is
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
# sorted by code point in either database, so that the same record reads in the same order
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_number() -> sa.Column[int]:
    """Return the number that a GIS knows a row by."""
    return sa.Column("fid", sa.Integer, sa.Identity(), primary_key=True)


def written(name: str, *, unique: bool = False) -> sa.Column[str]:
    """Return a column of words; what is missing is the empty text."""
    return sa.Column(name, TEXT, nullable=False, unique=unique)


def reference(name: str, target: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    """Return a column that names a row of another table."""
    return sa.Column(name, TEXT, sa.ForeignKey(target), nullable=nullable, unique=unique)


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """Return a column of instants in UTC."""
    return sa.Column(name, column_types.Utc, nullable=nullable)


def later(name: str, kind: sa.types.TypeEngine[Any], otherwise: sa.ColumnElement[Any]) -> sa.Column[Any]:
    """Return a column that older files get afterwards, with the value that their rows then have."""
    return sa.Column(name, kind, nullable=False, server_default=otherwise)


def stamps() -> tuple[sa.Column[bool], sa.Column[int], sa.Column[str], sa.Column[object]]:
    """Return the columns that say who changed a row last, when, and how often."""
    return (
        sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        written("updated_by"),
        instant("updated_at"),
    )
