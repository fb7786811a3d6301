"""Make the columns that tables of the store share, in types that GDAL and QGIS can read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from audits.store import column_types

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
    return sa.Column("fid", sa.Integer, primary_key=True)


def written(name: str, *, unique: bool = False) -> sa.Column[str]:
    """Return a column of words; what is missing is the empty text."""
    return sa.Column(name, sa.Text, nullable=False, unique=unique)


def reference(name: str, target: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    """Return a column that names a row of another table."""
    return sa.Column(name, sa.Text, sa.ForeignKey(target), nullable=nullable, unique=unique)


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """Return a column of instants in UTC."""
    return sa.Column(name, column_types.Utc, nullable=nullable)


def later(name: str, kind: type[sa.types.TypeEngine[Any]], otherwise: str) -> sa.Column[Any]:
    """Return a column that older files get afterwards, with the value that their rows then have."""
    return sa.Column(name, kind, nullable=False, server_default=sa.text(otherwise))


def stamps() -> tuple[sa.Column[bool], sa.Column[int], sa.Column[str], sa.Column[object]]:
    """Return the columns that say who changed a row last, when, and how often."""
    return (
        sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        written("updated_by"),
        instant("updated_at"),
    )
