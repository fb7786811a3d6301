import pytest

from audits import errors, roles
from audits.store.accounts import accounts, device_secrets, sessions
from audits.store.db import connection
from audits.store.integrity import verify

OWN = "รถเข็นขึ้นได้ทุกทาง"


def test_accounts_work_with_no_more_rights_than_each_role_has(store: connection.Store) -> None:
    keeper, technician = store.for_role(roles.ADMINISTRATOR), store.for_role(roles.TECHNICIAN)
    accounts.add(store, "boss", roles.ADMINISTRATOR, "command line")
    first = accounts.add(keeper, "somchai", roles.TECHNICIAN, "boss")
    for guess in ("wrong", first):
        assert sessions.count_attempt(store, "somchai", "192.0.2.7") <= 0
        assert (accounts.authenticate(store, "somchai", guess) is not None) == (guess == first)
    sessions.forget_attempts(store, "somchai", "192.0.2.7")
    accounts.choose_password(store, "somchai", first, OWN)
    digest = sessions.token_digest(sessions.begin(store, "somchai"))
    assert sessions.who(store, digest) == accounts.authenticate(store, "somchai", OWN)
    assert sessions.open_sessions(keeper) == {"somchai": 1}
    for action in (
        lambda: accounts.give_role(technician, "somchai", roles.ADMINISTRATOR, "somchai"),
        lambda: sessions.end_all(technician, "boss", "somchai"),
    ):
        with pytest.raises(errors.NotAllowedError):
            action()
    secret = device_secrets.give_secret(keeper, "somchai", "boss")
    assert device_secrets.matches(accounts.as_program(technician), "somchai", secret)
    accounts.disable(keeper, "somchai", "boss")
    assert not accounts.find(technician, "somchai").active
    assert sessions.who(store, digest) is None
    assert [one.active for one in accounts.everyone(keeper)] == [True, False]
    assert verify.verify(store).problems == ()
