import pytest
import sqlalchemy as sa

from audits import errors
from audits.store import connection, schema, technicians, verify


def test_a_secret_opens_for_its_technician_only(store: connection.Store) -> None:
    secret = technicians.give_secret(store, " สมชาย ", "admin")
    other = technicians.give_secret(store, "somying", "admin")
    assert technicians.known(store, "สมชาย", secret)
    assert technicians.known(store, "somying", other)
    assert not technicians.known(store, "somying", secret)
    assert not technicians.known(store, "สมชาย", secret + "x")
    assert not technicians.known(store, "สมชาย", "")
    assert verify.verify(store).problems == ()


def test_a_secret_can_be_typed_on_a_phone(store: connection.Store) -> None:
    secret = technicians.give_secret(store, "somying", "admin")
    assert len(secret) == technicians.SECRET_LENGTH
    assert set(secret) <= set("23456789abcdefghjkmnpqrstuvwxyz")
    assert secret != technicians.give_secret(store, "somying", "admin")


def test_a_new_secret_replaces_the_old_one(store: connection.Store) -> None:
    old = technicians.give_secret(store, "somying", "admin")
    new = technicians.give_secret(store, "somying", "admin")
    assert not technicians.known(store, "somying", old)
    assert technicians.known(store, "somying", new)
    assert technicians.names(store)["name"].tolist() == ["somying"]


def test_a_revoked_secret_opens_nothing_until_a_new_one_is_given(store: connection.Store) -> None:
    secret = technicians.give_secret(store, "somying", "admin")
    technicians.revoke(store, "somying", "admin")
    assert not technicians.known(store, "somying", secret)
    assert not technicians.known(store, "somying", technicians.REVOKED)
    assert technicians.names(store)["active"].tolist() == [False]
    again = technicians.give_secret(store, "somying", "admin")
    assert technicians.known(store, "somying", again)
    assert technicians.names(store)["active"].tolist() == [True]


@pytest.mark.parametrize("secret", ["", "x", technicians._NOBODY], ids=["empty", "short", "hash of nobody"])
def test_an_unknown_name_opens_nothing(store: connection.Store, secret: str) -> None:
    assert not technicians.known(store, "nobody", secret)


def test_the_names_come_in_order_with_the_instant_of_their_secret(store: connection.Store) -> None:
    assert technicians.names(store).empty
    for name in ("somying", "anan"):
        technicians.give_secret(store, name, "admin")
    frame = technicians.names(store)
    assert frame["name"].tolist() == ["anan", "somying"]
    assert list(frame) == ["name", "active", "set_at"]


@pytest.mark.parametrize("name", ["", "x", "a:b", "a\nb", "a\0b", "half \ud83d", "x" * 61])
def test_a_name_that_cannot_be_typed_into_a_login_is_refused(store: connection.Store, name: str) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        technicians.give_secret(store, name, "admin")
    assert [problem.kind for problem in refused.value.problems] == [technicians.BAD_NAME]
    assert technicians.names(store).empty


def test_a_secret_stands_nowhere_and_its_hash_not_in_the_ledger(store: connection.Store) -> None:
    secret = technicians.give_secret(store, "somying", "admin")
    with connection.reading(store) as records:
        kept = records.execute(sa.select(schema.technician.c.secret_hash)).scalar_one()
        ledger = " ".join(records.execute(sa.select(schema.ledger.c.payload)).scalars())
    assert kept.startswith("$argon2id$")
    assert "somying" in ledger
    assert kept not in ledger
    assert secret not in ledger
    for path in store.workspace.folder.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()
