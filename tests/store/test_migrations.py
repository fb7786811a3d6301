import datetime as dt

import pytest
import sqlalchemy as sa

from audits import errors
from audits.store import connection, migrations, schema

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_each_step_is_recorded_with_its_name(store: connection.Store) -> None:
    with connection.reading(store) as records:
        steps = records.execute(sa.select(schema.migration.c.number, schema.migration.c.name)).all()
        assert [tuple(step) for step in steps] == [(1, "m001_initial")]
        assert not migrations.pending(records)


def test_a_step_that_fails_leaves_no_trace(store: connection.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def m002_half(records: sa.Connection) -> None:
        records.exec_driver_sql("CREATE TABLE half (a)")
        raise errors.StoreError("half way")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, m002_half))
    with pytest.raises(errors.StoreError, match="half way"), connection.writing(store) as records:
        migrations.migrate(records, NOW)
    with connection.reading(store) as records:
        assert migrations.applied(records) == 1
        assert "half" not in sa.inspect(records).get_table_names()


def test_an_old_store_takes_the_steps_that_remain_when_it_is_opened(
    store: connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def m002_note(records: sa.Connection) -> None:
        records.exec_driver_sql("CREATE TABLE note (a TEXT)")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, m002_note))
    with connection.open_store(store.workspace) as reopened, connection.reading(reopened) as records:
        assert migrations.applied(records) == 2
        assert "note" in sa.inspect(records).get_table_names()
