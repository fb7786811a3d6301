import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from audits import errors, roles
from audits.store.accounts import accounts, sessions
from audits.store.audit_log import entries
from audits.store.db import connection, schema
from audits.store.integrity import verify

pytestmark = pytest.mark.usefixtures("the_file")

NOW = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)
HERE, THERE = "192.0.2.7", "192.0.2.8"


def _after(**passed: float) -> dt.datetime:
    return NOW + dt.timedelta(**passed)


@pytest.fixture
def engineer(store: connection.Store) -> str:
    accounts.add(store, "boss", roles.ADMINISTRATOR, "admin", at=NOW)
    accounts.add(store, "somchai", roles.ENGINEER, "boss", at=NOW)
    return "somchai"


def _who(store: connection.Store, token: str, at: dt.datetime) -> str:
    account = sessions.who(store, sessions.token_digest(token), at)
    return account.username if account else ""


def test_a_token_says_who_is_signed_in_for_eight_hours(store: connection.Store, engineer: str) -> None:
    token = sessions.begin(store, engineer, NOW)
    assert _who(store, token, NOW) == engineer
    assert _who(store, token, _after(hours=7, minutes=59)) == engineer
    assert _who(store, token, _after(hours=8)) == ""
    assert _who(store, token, _after(days=-2)) == ""


def test_only_the_digest_of_a_token_is_kept(store: connection.Store, engineer: str) -> None:
    token = sessions.begin(store, engineer, NOW)
    assert len(token) >= 43
    assert token != sessions.begin(store, engineer, NOW)
    for path in store.workspace.folder.rglob("*"):
        assert path.is_dir() or token.encode() not in path.read_bytes()
    assert sessions.who(store, token, NOW) is None


@pytest.mark.parametrize("forged", ["", "x", "0" * 64, "' OR 1=1 --", "é"])
def test_a_forged_token_is_nobody(store: connection.Store, engineer: str, forged: str) -> None:
    sessions.begin(store, engineer, NOW)
    assert _who(store, forged, NOW) == ""
    assert sessions.who(store, forged, NOW) is None


def test_signing_out_ends_one_token_and_leaves_the_others(store: connection.Store, engineer: str) -> None:
    here, there = (sessions.begin(store, engineer, NOW) for _ in range(2))
    assert sessions.open_sessions(store, NOW) == {engineer: 2}
    sessions.end(store, sessions.token_digest(here))
    assert (_who(store, here, NOW), _who(store, there, NOW)) == ("", engineer)
    assert sessions.end_all(store, engineer, "boss", NOW) == 1
    assert _who(store, there, NOW) == ""
    assert sessions.open_sessions(store, NOW) == {}


@pytest.mark.parametrize(
    "action",
    [
        lambda store: accounts.disable(store, "somchai", "boss"),
        lambda store: accounts.give_role(store, "somchai", roles.COUNCIL, "boss"),
        lambda store: accounts.reset(store, "somchai", "boss"),
    ],
    ids=["disabled", "other role", "new password"],
)
def test_a_changed_account_is_signed_out_everywhere(store: connection.Store, engineer: str, action) -> None:
    token, other = sessions.begin(store, engineer, NOW), sessions.begin(store, "boss", NOW)
    action(store)
    assert _who(store, token, NOW) == ""
    assert _who(store, other, NOW) == "boss"


def test_old_tokens_are_swept_away(store: connection.Store, engineer: str) -> None:
    sessions.begin(store, engineer, NOW)
    sessions.begin(store, engineer, _after(hours=9))
    with connection.reading(store) as records:
        count = records.execute(sa.select(sa.func.count()).select_from(schema.signed_in)).scalar_one()
    assert count == 1


def test_whoever_guesses_waits_longer_each_time(store: connection.Store, engineer: str) -> None:
    for _ in range(sessions.FREE_OF_BOTH):
        assert sessions.count_attempt(store, engineer, HERE, NOW) <= 0
    waits, moment = [], NOW
    for _ in range(12):
        waits.append(sessions.count_attempt(store, engineer, HERE, moment))
        moment += dt.timedelta(seconds=waits[-1])
        assert sessions.count_attempt(store, engineer, HERE, moment) <= 0
    assert waits == sorted(waits)
    assert waits[0] == 2
    assert waits[-1] == sessions.LONGEST_PAUSE_S


def test_the_right_password_from_elsewhere_is_not_kept_waiting(store: connection.Store, engineer: str) -> None:
    for _ in range(sessions.FREE_OF_BOTH):
        sessions.count_attempt(store, engineer, HERE, NOW)
    assert sessions.count_attempt(store, engineer, HERE, NOW) > 0
    assert sessions.count_attempt(store, engineer, THERE, NOW) <= 0
    sessions.forget_attempts(store, engineer, HERE)
    assert sessions.count_attempt(store, engineer, HERE, NOW) <= 0


def test_one_address_cannot_try_many_names(store: connection.Store, engineer: str) -> None:
    for number in range(sessions.FREE_OF_ADDRESS):
        assert sessions.count_attempt(store, f"name{number}", HERE, NOW) <= 0
    assert sessions.count_attempt(store, engineer, HERE, NOW) > 0
    assert sessions.count_attempt(store, engineer, THERE, NOW) <= 0


def test_many_addresses_cannot_try_one_name_for_ever(store: connection.Store, engineer: str) -> None:
    for number in range(sessions.FREE_OF_NAME):
        assert sessions.count_attempt(store, engineer, f"192.0.2.{number}", NOW) <= 0
    assert sessions.count_attempt(store, engineer, "198.51.100.1", NOW) > 0
    assert sessions.count_attempt(store, "boss", "198.51.100.1", NOW) <= 0


def test_tries_at_the_same_moment_are_all_counted(store: connection.Store, engineer: str) -> None:
    let_through = []

    def guess() -> None:
        let_through.append(sessions.count_attempt(store, engineer, HERE, NOW) <= 0)

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_through) == sessions.FREE_OF_BOTH


def test_another_process_counts_the_same_tries(store: connection.Store, engineer: str) -> None:
    for _ in range(sessions.FREE_OF_BOTH):
        sessions.count_attempt(store, engineer, HERE, NOW)
    with connection.open_store(store.workspace) as other:
        assert sessions.count_attempt(other, engineer, HERE, NOW) > 0


def test_a_clock_set_back_locks_nobody_out(store: connection.Store, engineer: str) -> None:
    for _ in range(sessions.FREE_OF_BOTH):
        sessions.count_attempt(store, engineer, HERE, _after(hours=5))
    assert 0 < sessions.count_attempt(store, engineer, HERE, NOW) <= sessions.LONGEST_PAUSE_S


def test_a_day_later_the_tries_are_forgotten(store: connection.Store, engineer: str) -> None:
    for _ in range(sessions.FREE_OF_BOTH):
        sessions.count_attempt(store, engineer, HERE, NOW)
    assert sessions.wrong_attempts(store, NOW) == sessions.FREE_OF_BOTH
    assert sessions.count_attempt(store, engineer, HERE, _after(days=1, seconds=1)) <= 0
    assert sessions.wrong_attempts(store, _after(days=1, seconds=1)) == 1


def test_neither_the_address_nor_a_password_in_the_wrong_field_is_kept(store: connection.Store, engineer: str) -> None:
    sessions.count_attempt(store, "my secret password", HERE, NOW)
    sessions.count_attempt(store, engineer, HERE, NOW)
    with connection.reading(store) as records:
        rows = records.execute(sa.select(schema.sign_in_failure)).all()
    written = " ".join(str(value) for row in rows for value in row)
    assert "secret" not in written
    assert HERE not in written
    assert engineer in written


def test_a_damaged_key_is_said_and_never_used(store: connection.Store, engineer: str) -> None:
    (store.workspace.folder / sessions.KEY_FILE).write_bytes(b"")
    with pytest.raises(errors.StoreError, match=sessions.KEY_FILE):
        sessions.count_attempt(store, engineer, HERE, NOW)


def _attacked(store: connection.Store, name: str) -> None:
    """Guess at a name from very many addresses, and from the owner's."""
    for number in range(2 * sessions.FREE_OF_NAME):
        sessions.count_attempt(store, name, f"198.51.{number // 250}.{number % 250}", NOW)
    for number in range(sessions.FREE_OF_ADDRESS):
        sessions.count_attempt(store, f"name{number}", HERE, NOW)


def test_wrong_tries_from_elsewhere_never_keep_the_owner_out(store: connection.Store, engineer: str) -> None:
    proof = sessions.device_proof(store, engineer, _after(days=-200))
    sessions.forget_attempts(store, engineer, HERE, _after(days=-2))
    _attacked(store, engineer)
    # at the address of the office, and with the own phone anywhere
    assert sessions.count_attempt(store, engineer, HERE, NOW) <= 0
    assert sessions.count_attempt(store, engineer, "203.0.113.9", NOW, proof) <= 0
    # for the rest of the world the name has to wait, and so has a guesser with the phone of another
    assert sessions.count_attempt(store, engineer, "203.0.113.9", NOW) > 0
    assert sessions.count_attempt(store, "boss", THERE, NOW, proof) <= 0
    for forged in (
        "x",
        f"{proof}0",
        proof.replace(proof[0], "g"),
        sessions.device_proof(store, "boss", NOW),
        "..",
        "é.1.",
    ):
        assert sessions.count_attempt(store, engineer, "203.0.113.9", NOW, forged) > 0


def test_the_owners_own_wrong_tries_are_counted_at_a_known_device_too(store: connection.Store, engineer: str) -> None:
    proof = sessions.device_proof(store, engineer, NOW)
    for _ in range(sessions.FREE_OF_BOTH):
        assert sessions.count_attempt(store, engineer, THERE, NOW, proof) <= 0
    assert sessions.count_attempt(store, engineer, HERE, NOW, proof) > 0
    sessions.forget_attempts(store, engineer, HERE, NOW, proof)
    assert sessions.count_attempt(store, engineer, HERE, NOW, proof) <= 0


def test_one_guesser_behind_the_address_of_an_office_does_not_block_the_others(
    store: connection.Store, engineer: str
) -> None:
    sessions.forget_attempts(store, "boss", HERE, NOW)
    for number in range(sessions.FREE_OF_ADDRESS):
        sessions.count_attempt(store, f"name{number}", HERE, NOW)
    assert sessions.count_attempt(store, engineer, HERE, NOW) <= 0
    assert sessions.count_attempt(store, engineer, HERE, _after(days=31)) <= 0


def test_phones_wait_by_their_address_and_never_for_what_others_try_elsewhere(
    store: connection.Store, engineer: str
) -> None:
    _attacked(store, engineer)
    for number in range(sessions.FREE_OF_NAME):
        sessions.count_phone_attempt(store, engineer, f"203.0.113.{number}", NOW)
    assert sessions.phone_attempts(store, engineer, HERE, NOW) == (0, 0)
    for _ in range(sessions.FREE_OF_BOTH):
        assert sessions.count_phone_attempt(store, engineer, HERE, NOW) <= 0
    assert sessions.phone_attempts(store, engineer, HERE, NOW) == (2, sessions.FREE_OF_BOTH)
    sessions.forget_phone_attempts(store, engineer, HERE, NOW)
    assert sessions.phone_attempts(store, engineer, HERE, NOW) == (0, 0)
    for number in range(sessions.FREE_OF_ADDRESS):
        sessions.count_phone_attempt(store, f"staff-{number}", THERE, NOW)
    # one address that tries many names waits, unless a right secret came from it
    assert sessions.phone_attempts(store, "staff-99", THERE, NOW)[0] == 2
    sessions.forget_phone_attempts(store, "staff-1", THERE, NOW)
    assert sessions.phone_attempts(store, "staff-99", THERE, NOW)[0] == 0


def test_an_administrator_sees_who_waits_and_ends_it(store: connection.Store, engineer: str) -> None:
    for _ in range(sessions.FREE_OF_BOTH):
        sessions.count_attempt(store, engineer, HERE, NOW)
        sessions.count_attempt(store, "a password typed here", HERE, NOW)
    assert sessions.waiting(store, NOW) == {engineer: (sessions.FREE_OF_BOTH, NOW)}
    with pytest.raises(errors.NotAllowedError):
        sessions.clear_attempts(store.for_role(roles.ENGINEER), engineer, engineer)
    with pytest.raises(errors.RefusedError, match="no account"):
        sessions.clear_attempts(store, "nobody", "boss", NOW)
    tried = sessions.wrong_attempts(store, NOW)
    assert sessions.clear_attempts(store, engineer, "boss", NOW) == sessions.FREE_OF_BOTH
    assert sessions.waiting(store, NOW) == {}
    assert sessions.waiting(store, NOW, with_cleared=True) == {engineer: (sessions.FREE_OF_BOTH, NOW)}
    assert sessions.wrong_attempts(store, NOW) == tried, "who watches still sees what was tried"
    sessions.end_all(store, engineer, "boss", NOW)
    said = [(one.action, one.actor, one.entity_id) for one in entries.lines(store, entries.Selection(), 2)]
    assert said == [(action, "boss", engineer) for action in reversed(sessions.ACTIONS)]
    assert verify.verify(store).problems == ()
    assert sessions.count_attempt(store, engineer, HERE, NOW) <= 0


def test_the_record_knows_when_an_account_was_last_used(store: connection.Store, engineer: str) -> None:
    for place, days in ((HERE, 0), (THERE, 3), (HERE, 1)):
        sessions.forget_attempts(store, engineer, place, _after(days=days))
    assert sessions.last_used(store) == {engineer: _after(days=3)}
    sessions.forget_attempts(store, "boss", HERE, _after(days=900))
    assert set(sessions.last_used(store)) == {"boss"}


def test_people_sign_in_and_guessers_wait_while_the_disk_is_full(store: connection.Store, engineer: str) -> None:
    with connection.writing(store) as records:
        for table in ("signed_in", "sign_in_failure", "sign_in_success"):
            body = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            records.exec_driver_sql(f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} {body}")
    for _ in range(sessions.FREE_OF_BOTH):
        assert sessions.count_attempt(store, engineer, HERE, NOW) <= 0
    assert sessions.count_attempt(store, engineer, HERE, NOW) > 0
    sessions.forget_attempts(store, engineer, HERE, NOW)
    assert sessions.count_attempt(store, engineer, HERE, NOW) <= 0
    token = sessions.begin(store, engineer, NOW)
    assert _who(store, token, _after(hours=7)) == engineer
    assert _who(store, token, _after(hours=9)) == ""
    sessions.end(store, sessions.token_digest(token))
    assert _who(store, token, NOW) == ""


def test_another_fault_of_the_record_is_not_passed_over(store: connection.Store, engineer: str) -> None:
    with connection.writing(store) as records:
        records.exec_driver_sql("CREATE TRIGGER b BEFORE INSERT ON signed_in BEGIN SELECT RAISE(ABORT, 'broken'); END")
    with pytest.raises(errors.StoreError, match="broken"):
        sessions.begin(store, engineer, NOW)
