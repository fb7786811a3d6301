import argon2
import pytest
import sqlalchemy as sa

from audits import errors
from audits.store.accounts import device_secrets, passwords
from audits.store.db import connection, schema
from audits.store.integrity import verify


def test_a_secret_opens_for_its_technician_only(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, " สมชาย ", "admin")
    other = device_secrets.give_secret(store, "somying", "admin")
    assert device_secrets.matches(store, "สมชาย", secret)
    assert device_secrets.matches(store, "somying", other)
    assert not device_secrets.matches(store, "somying", secret)
    assert not device_secrets.matches(store, "สมชาย", secret + "x")
    assert not device_secrets.matches(store, "สมชาย", "")
    assert verify.verify(store).problems == ()


def test_a_secret_can_be_typed_on_a_phone(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, "somying", "admin")
    assert len(secret) == device_secrets.SECRET_LENGTH
    assert set(secret) <= set("23456789abcdefghjkmnpqrstuvwxyz")
    assert secret != device_secrets.give_secret(store, "somying", "admin")


def test_a_new_secret_replaces_the_old_one(store: connection.Store) -> None:
    old = device_secrets.give_secret(store, "somying", "admin")
    new = device_secrets.give_secret(store, "somying", "admin")
    assert not device_secrets.matches(store, "somying", old)
    assert device_secrets.matches(store, "somying", new)
    assert device_secrets.names(store)["name"].tolist() == ["somying"]


def test_a_revoked_secret_opens_nothing_until_a_new_one_is_given(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, "somying", "admin")
    device_secrets.revoke(store, "somying", "admin")
    assert not device_secrets.matches(store, "somying", secret)
    assert not device_secrets.matches(store, "somying", device_secrets.REVOKED)
    assert device_secrets.names(store)["active"].tolist() == [False]
    again = device_secrets.give_secret(store, "somying", "admin")
    assert device_secrets.matches(store, "somying", again)
    assert device_secrets.names(store)["active"].tolist() == [True]


@pytest.mark.parametrize("secret", ["", "x", passwords._NOBODY], ids=["empty", "short", "hash of nobody"])
def test_an_unknown_name_opens_nothing(store: connection.Store, secret: str) -> None:
    assert not device_secrets.matches(store, "nobody", secret)


def test_the_names_come_in_order_with_the_instant_of_their_secret(store: connection.Store) -> None:
    assert device_secrets.names(store).empty
    for name in ("somying", "anan"):
        device_secrets.give_secret(store, name, "admin")
    frame = device_secrets.names(store)
    assert frame["name"].tolist() == ["anan", "somying"]
    assert list(frame) == ["name", "active", "set_at"]


@pytest.mark.parametrize("name", ["", "x", "a:b", "a\nb", "a\0b", "half \ud83d", "x" * 61])
@pytest.mark.usefixtures("one_store")
def test_a_name_that_cannot_be_typed_into_a_login_is_refused(store: connection.Store, name: str) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        device_secrets.give_secret(store, name, "admin")
    assert [problem.kind for problem in refused.value.problems] == [device_secrets.BAD_NAME]
    assert device_secrets.names(store).empty


def test_a_hash_costs_what_the_standard_asks() -> None:
    # of a hash made when the module was loaded, before the tests hash more quickly
    assert argon2.extract_parameters(passwords._NOBODY) == argon2.profiles.RFC_9106_LOW_MEMORY


def test_a_secret_stands_nowhere_and_its_hash_not_in_the_audit_log(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, "somying", "admin")
    with connection.reading(store) as records:
        kept = records.execute(sa.select(schema.technician.c.secret_hash)).scalar_one()
        ledger = " ".join(records.execute(sa.select(schema.ledger.c.payload)).scalars())
    assert kept.startswith("$argon2id$")
    assert "somying" in ledger
    assert kept not in ledger
    assert secret not in ledger
    for path in store.workspace.folder.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()
