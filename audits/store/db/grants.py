"""Grant each role, in a shared database, no more than its actions need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from audits import roles
from audits.store.db import schema

APPLICATION = "jaidee_app"
# everyone reads the links of the audit log, by which a report or a plan names what it was made from
NOT_FOR_ALL = ("actor", "payload")

_HOLDING = (schema.import_batch, schema.held_row)
_SURVEY = (schema.survey, schema.survey_element, schema.measurement, schema.survey_photo, schema.element)
# Surveys and histories find a row by its codes; the trigger that keeps the old row counts its versions.
_NEVER_EDITED = frozenset({"fid", "code", "element_id", "version"})

INSERTED: Mapping[str, tuple[sa.Table, ...]] = {
    **{action: (table,) for action, table in schema.EVENTS.items()},
    # a survey with a known id and other content is quarantined
    "survey.submit": (*_SURVEY, *_HOLDING),
    "photo.keep": (schema.photo,),
    "import.hold": _HOLDING,
    "register.add": (schema.site, schema.element),
    "register.change": (),
    "register.position": (),
    "register.permit": (),
    "account.unlock": (),
    "account.sign_out": (),
}

UPDATED: Mapping[str, tuple[sa.Table, ...]] = {
    "register.change": (schema.site, schema.element),
    "register.position": (schema.site,),
    "register.permit": (schema.element,),
}

# tables that only roles with this sight may read, or roles that write to them
SIGHTED: Mapping[sa.Table, str] = {
    # rows as they arrived, with the names of those who wrote them
    **dict.fromkeys((*_HOLDING, schema.settlement), "surveyor"),
    schema.ledger: "audit_log",
    schema.account: "accounts",
    schema.technician: "accounts",
}


def group(role: str) -> str:
    """Return the name of a role in the database."""
    return f"jaidee_{role}"


def install(records: sa.Connection) -> None:
    """Create the groups and the application's login, without a password, and grant each what it needs.

    Roles belong to the whole server: an owner who may not create them uses those that the administrator of the server
    created, and without any the record is protected by its triggers and by the program's own check of every action.
    Needs a transaction of the owner.
    """
    known = set(records.exec_driver_sql("SELECT rolname FROM pg_roles WHERE rolname ~ '^jaidee_'").scalars())
    missing = [name for name in (*map(group, roles.ROLES), APPLICATION) if name not in known]
    if missing and not _may_make_roles(records):
        return
    for name in missing:
        records.exec_driver_sql(f"CREATE ROLE {name} {'LOGIN' if name == APPLICATION else 'NOLOGIN'}")
    for role in roles.ROLES:
        # granting it again would need the right to administer the group
        query = f"SELECT pg_has_role('{APPLICATION}', '{group(role)}', 'MEMBER')"
        if not records.exec_driver_sql(query).scalar():
            records.exec_driver_sql(f"GRANT {group(role)} TO {APPLICATION}")
    for statement in statements():
        records.exec_driver_sql(statement)


def installed(records: sa.Connection) -> bool:
    """Whether this login can act as each of the roles."""
    names = ", ".join(f"'{group(role)}'" for role in roles.ROLES)
    query = f"SELECT count(*) FROM pg_roles WHERE rolname IN ({names}) AND pg_has_role(oid, 'MEMBER')"  # noqa: S608
    # with some of them only a role would have no group to act as
    return records.exec_driver_sql(query).scalar() == len(roles.ROLES)


def acts_as_owner(records: sa.Connection) -> bool:
    """Whether this login owns the tables, so that it could remove the triggers that guard them."""
    query = "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = 'public.ledger'::regclass"
    return bool(records.exec_driver_sql(query).scalar())


def statements() -> Iterator[str]:
    """Yield the statements that revoke everything and then grant what is needed."""
    tables = ", ".join(table.name for table in schema.metadata.sorted_tables)
    everyone = ", ".join((*map(group, roles.ROLES), APPLICATION))
    # First everything away, so that a right of an earlier version does not remain.
    yield f"REVOKE ALL ON {tables}, site_latest FROM PUBLIC, {everyone}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    for role in roles.ROLES:
        yield from _of_role(role)
    yield f"GRANT SELECT ON {tables}, site_latest TO {APPLICATION}"
    transient = ", ".join(table.name for table in schema.TRANSIENT)
    yield f"GRANT INSERT, UPDATE, DELETE ON {transient} TO {APPLICATION}"


def _of_role(role: str) -> Iterator[str]:
    name = group(role)
    inserted = _tables(INSERTED, role)
    for table in schema.metadata.sorted_tables:
        if _reads(role, table) or table in inserted:
            yield f"GRANT SELECT ON {table.name} TO {name}"
        if table in inserted:
            yield f"GRANT INSERT ON {table.name} TO {name}"
    for table in _tables(UPDATED, role):
        columns = ", ".join(column.name for column in table.columns if column.name not in _NEVER_EDITED)
        yield f"GRANT UPDATE ({columns}) ON {table.name} TO {name}"
    links = ", ".join(column.name for column in schema.ledger.columns if column.name not in NOT_FOR_ALL)
    yield f"GRANT SELECT ({links}) ON ledger TO {name}"
    if inserted:
        yield f"GRANT INSERT ON ledger TO {name}"
    if roles.sees(role, "surveyor"):
        yield f"GRANT SELECT ON site_latest TO {name}"


def _tables(written: Mapping[str, tuple[sa.Table, ...]], role: str) -> tuple[sa.Table, ...]:
    mine = [table for action, tables in written.items() if roles.may(role, action) for table in tables]
    return tuple(dict.fromkeys(mine))


def _reads(role: str, table: sa.Table) -> bool:
    if table in schema.TRANSIENT:
        return False
    return table not in SIGHTED or roles.sees(role, SIGHTED[table])


def _may_make_roles(records: sa.Connection) -> bool:
    query = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    return bool(records.exec_driver_sql(query).scalar())
