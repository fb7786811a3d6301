"""Connect to a record that several computers share: PostgreSQL with PostGIS."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from audits import errors
from audits.store.db import grants, workspace

# One writer at a time, as in the embedded file: each entry of the audit log follows from the one before.
WRITE_LOCK = 5_263_712_411
LOCK_TIMEOUT_S = 30
# a server takes a hundred connections as installed, and several processes share them
POOLED, OVERFLOW = 5, 20

# A network that swallows what is sent says nothing: who waits for an answer gives up after half a minute, not after
# the quarter of an hour of the operating system. What the address of the record names itself is left as it is.
_TIMEOUTS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}

# The path keeps tables of the same name in other schemas out of reach of triggers and grants.
_SESSION = (
    "SET search_path = public, pg_temp",
    "SET timezone = 'UTC'",
    f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'",
    # the server, too, notices a program that is gone, and frees the lock that it held
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)


def engines(place: workspace.Workspace) -> tuple[sa.Engine, sa.Engine]:
    """Return the engine that writes, one transaction at a time, and the one that reads a snapshot and cannot write.

    Raises
    ------
    audits.errors.WorkspaceError
        When the address cannot be read.
    """
    url = workspace.parsed(place.store_url)
    writing = _engine(url, isolation_level="READ COMMITTED")
    # Read committed: what the previous writer wrote is seen as soon as the lock is acquired.
    sa.event.listen(writing, "begin", lambda records: records.exec_driver_sql(_LOCK))
    snapshot = {"postgresql_readonly": True}
    return writing, _engine(url, isolation_level="REPEATABLE READ", execution_options=snapshot)


_LOCK = f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"


def prepare(records: sa.Connection) -> None:
    """Check that an empty database can hold a record, before anything is created in it; add PostGIS if possible.

    Raises
    ------
    audits.errors.StoreError
        When its encoding is not UTF-8, it lacks PostGIS, or this login may not create tables.
    """
    encoding = records.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise errors.StoreError(f"the database keeps text as {encoding}; make one WITH ENCODING 'UTF8'")
    check_may_create(records)
    if records.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").scalar() is None:
        # Asked first: a statement that fails would abort the whole transaction.
        if not records.exec_driver_sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").scalar():
            raise errors.StoreError(
                "the database has no PostGIS; let its administrator run CREATE EXTENSION postgis in it once"
            )
        records.exec_driver_sql("CREATE EXTENSION postgis")


def check_may_create(records: sa.Connection) -> None:
    """Refuse a login that may not create tables.

    Raises
    ------
    audits.errors.StoreError
        Naming the login that has to open the record first.
    """
    if not records.exec_driver_sql("SELECT has_schema_privilege('public', 'CREATE')").scalar():
        raise errors.StoreError(
            "the record has to be laid out or brought up to date, and this login may not; "
            "open it once with the login that owns the database"
        )


def act_as(records: sa.Connection, role: str) -> None:
    """Limit the rest of the transaction to the grants of a role."""
    # LOCAL: the connection goes back to the pool without the role
    records.exec_driver_sql(f"SET LOCAL ROLE {grants.group(role)}")


def _engine(url: sa.URL, **options: Any) -> sa.Engine:
    # Errors leave out the values of a statement, which may be secrets. A connection is tried before it is used: the
    # server may have been restarted since.
    engine = sa.create_engine(
        url.update_query_dict(_TIMEOUTS | dict(url.query)),
        pool_size=POOLED,
        max_overflow=OVERFLOW,
        pool_pre_ping=True,
        hide_parameters=True,
        **options,
    )
    sa.event.listen(engine, "connect", _prepare_connection)
    return engine


def _prepare_connection(raw: Any, _: Any) -> None:
    with raw.cursor() as cursor:
        for statement in _SESSION:
            cursor.execute(statement)
    # a SET is undone with the transaction it stands in; committed, it lasts as long as the connection
    raw.commit()
