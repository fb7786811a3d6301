"""Make the tables and columns of the store, in types that GDAL and QGIS can read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from audits.store.db import column_types

# a number that somebody wrote may need more than four bytes; SQLite stores any size
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


def table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    """Return a table whose rows a GIS knows by the number ``fid``."""
    return sa.Table(name, metadata, sa.Column("fid", sa.Integer, sa.Identity(), primary_key=True), *parts)


def history_of(current: sa.Table) -> sa.Table:
    """Return the table that keeps the former versions of the rows of another."""
    key = sa.Column("history_fid", sa.Integer, sa.Identity(), primary_key=True)
    # without keys and constraints: there the same code stands once for each version
    copies = [sa.Column(column.name, column.type) for column in current.columns]
    return sa.Table(f"{current.name}_history", metadata, key, *copies)


def string(name: str, *, unique: bool = False) -> sa.Column[str]:
    """Return a text column; what is missing is the empty string."""
    return sa.Column(name, TEXT, nullable=False, unique=unique)


def strings(*names: str) -> tuple[sa.Column[str], ...]:
    """Return a text column for each name."""
    return tuple(map(string, names))


def reference(name: str, target: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    """Return a column that names a row of another table."""
    return sa.Column(name, TEXT, sa.ForeignKey(target), nullable=nullable, unique=unique)


def required(name: str, kind: Any) -> sa.Column[Any]:
    """Return a column that is never null."""
    return sa.Column(name, kind, nullable=False)


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """Return a column of instants in UTC."""
    return sa.Column(name, column_types.Utc, nullable=nullable)


def stamp(verb: str) -> tuple[sa.Column[str], sa.Column[object]]:
    """Return the columns that say who wrote a row and when, such as ``saved_by`` and ``saved_at``."""
    return string(f"{verb}_by"), instant(f"{verb}_at")


def added_later(name: str, kind: sa.types.TypeEngine[Any], default: sa.ColumnElement[Any]) -> sa.Column[Any]:
    """Return a column that a migration adds to older files, with the value that their rows then have."""
    return sa.Column(name, kind, nullable=False, server_default=default)


def versioned() -> tuple[sa.Column[Any], ...]:
    """Return the columns of a row that is edited: whether it is retired, its version, who changed it last and when."""
    return (
        sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        *stamp("updated"),
    )
