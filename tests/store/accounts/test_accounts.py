import datetime as dt

import pytest
import sqlalchemy as sa

from audits import errors, roles, wording
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, schema
from audits.store.integrity import verify

pytestmark = pytest.mark.usefixtures("the_file")

OWN = "รถเข็นขึ้นได้ทุกทาง"


def _kinds(refused: pytest.ExceptionInfo[errors.RefusedError]) -> list[errors.ProblemKind]:
    return [problem.kind for problem in refused.value.problems]


@pytest.fixture
def boss(store: connection.Store) -> str:
    accounts.add(store, "boss", roles.ADMINISTRATOR, "admin")
    return "boss"


def test_the_first_password_opens_and_must_be_changed(store: connection.Store) -> None:
    password = accounts.add(store, " Somchai ", roles.ENGINEER, "admin")
    found = accounts.authenticate(store, "somchai", password)
    assert found is not None
    assert (found.username, found.display_name, found.role) == ("somchai", "Somchai", roles.ENGINEER)
    assert found.must_change
    accounts.choose_password(store, "SOMCHAI", password, OWN)
    assert accounts.authenticate(store, "somchai", password) is None
    changed = accounts.authenticate(store, "somchai", OWN)
    assert changed is not None
    assert not changed.must_change
    assert verify.verify(store).problems == ()


def test_a_password_stands_nowhere_and_its_hash_not_in_the_audit_log(store: connection.Store) -> None:
    password = accounts.add(store, "somchai", roles.ENGINEER, "admin")
    with connection.reading(store) as records:
        kept = records.execute(sa.select(schema.account.c.secret_hash)).scalar_one()
        ledger = " ".join(records.execute(sa.select(schema.ledger.c.payload)).scalars())
    assert kept.startswith("$argon2id$")
    assert "somchai" in ledger
    assert kept not in ledger
    for path in store.workspace.folder.rglob("*"):
        assert path.is_dir() or password.encode() not in path.read_bytes()


@pytest.mark.parametrize("name", ["", "x", "two words", "a:b", "a\nb", "a\0b", "x" * 61])
def test_a_name_that_cannot_be_typed_is_refused(store: connection.Store, name: str) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        accounts.add(store, name, roles.ENGINEER, "admin")
    assert _kinds(refused) == [accounts.BAD_NAME]
    assert accounts.everyone(store) == ()


def test_one_name_has_one_account_however_it_is_typed(store: connection.Store) -> None:
    accounts.add(store, "Somchai", roles.ENGINEER, "admin")
    with pytest.raises(errors.RefusedError) as refused:
        accounts.add(store, "SOMCHAI", roles.COUNCIL, "admin")
    assert _kinds(refused) == [accounts.TAKEN]


@pytest.mark.parametrize("role", ["", "office", "public", "owner"])
def test_only_roles_of_people_can_be_given(store: connection.Store, role: str) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        accounts.add(store, "somchai", role, "admin")
    assert _kinds(refused) == [accounts.NO_ROLE]


@pytest.mark.parametrize(
    ("password", "kind"),
    [
        ("ninechars", accounts.SHORT),
        ("x" * 201, accounts.LONG),
        ("aaaaaaaaaaaa", accounts.GUESSABLE),
        ("somchai-somchai", accounts.GUESSABLE),
        ("1234567890", accounts.GUESSABLE),
        ("Password123!", accounts.GUESSABLE),
    ],
)
def test_a_weak_password_is_refused(store: connection.Store, password: str, kind: errors.ProblemKind) -> None:
    first = accounts.add(store, "somchai", roles.ENGINEER, "admin")
    with pytest.raises(errors.RefusedError) as refused:
        accounts.choose_password(store, "somchai", first, password)
    assert kind in _kinds(refused)
    assert accounts.authenticate(store, "somchai", first) is not None


@pytest.mark.parametrize("password", ["ten letters", OWN, "ramps are for all", "บันไดสามขั้นหน้าตลาด"])
def test_a_sentence_is_a_password_without_rules_of_composition(store: connection.Store, password: str) -> None:
    first = accounts.add(store, "somchai", roles.ENGINEER, "admin")
    accounts.choose_password(store, "somchai", first, password)
    assert accounts.authenticate(store, "somchai", password) is not None


def test_the_old_password_is_asked_for_and_not_taken_again(store: connection.Store) -> None:
    first = accounts.add(store, "somchai", roles.ENGINEER, "admin")
    with pytest.raises(errors.RefusedError) as refused:
        accounts.choose_password(store, "somchai", "something else", OWN)
    assert _kinds(refused) == [accounts.WRONG]
    with pytest.raises(errors.RefusedError) as refused:
        accounts.choose_password(store, "somchai", first, first)
    assert _kinds(refused) == [accounts.SAME]


def test_a_disabled_account_opens_nothing_until_it_is_reset(store: connection.Store, boss: str) -> None:
    password = accounts.add(store, "somchai", roles.ENGINEER, boss)
    accounts.disable(store, "somchai", boss)
    assert accounts.authenticate(store, "somchai", password) is None
    assert not accounts.find(store, "Somchai").active
    again = accounts.reset(store, "somchai", boss)
    assert accounts.authenticate(store, "somchai", password) is None
    assert accounts.authenticate(store, "somchai", again) is not None


@pytest.mark.parametrize(
    "action",
    [
        lambda store: accounts.disable(store, "boss", "boss"),
        lambda store: accounts.give_role(store, "boss", roles.COUNCIL, "boss"),
    ],
    ids=["disabled", "demoted"],
)
def test_the_last_administrator_stays(store: connection.Store, boss: str, action) -> None:
    accounts.add(store, "somchai", roles.ENGINEER, boss)
    with pytest.raises(errors.RefusedError) as refused:
        action(store)
    assert _kinds(refused) == [accounts.LAST_ADMINISTRATOR]
    assert accounts.find(store, boss).role == roles.ADMINISTRATOR
    accounts.give_role(store, "somchai", roles.ADMINISTRATOR, boss)
    action(store)
    assert verify.verify(store).problems == ()


def test_nothing_can_be_done_to_an_account_that_is_not_there(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        accounts.disable(store, "nobody", "admin")
    assert _kinds(refused) == [accounts.NOBODY]


def test_a_record_without_administrator_is_not_opened_to_others(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        accounts.demand_administrator(store)
    assert _kinds(refused) == [accounts.NO_ADMINISTRATOR]
    # the command that it names goes into the same record
    (problem,) = refused.value.problems
    assert wording.Wording("th").problem(problem).endswith(f"--workspace {store.workspace.folder}")
    accounts.add(store, "boss", roles.ADMINISTRATOR, "admin")
    accounts.demand_administrator(store)


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_administrators_keep_accounts(store: connection.Store, boss: str, role: str) -> None:
    mine = store.for_role(role)
    if role == roles.ADMINISTRATOR:
        accounts.add(mine, "somchai", roles.ENGINEER, boss)
        assert accounts.find(store, "somchai") is not None
        return
    for action in (
        lambda: accounts.add(mine, "somchai", roles.ADMINISTRATOR, "me"),
        lambda: accounts.give_role(mine, boss, role, "me"),
        lambda: accounts.reset(mine, boss, "me"),
        lambda: sessions.end_all(mine, boss, boss),
    ):
        with pytest.raises(errors.NotAllowedError):
            action()
    assert [one.username for one in accounts.everyone(store)] == [boss]


def test_the_offices_sign_in_finds_the_account_that_is_linked_or_named(store: connection.Store, boss: str) -> None:
    accounts.add(store, "somchai", roles.ENGINEER, boss)
    accounts.add(store, "somying@city.example", roles.COUNCIL, boss)
    accounts.link(store, "somchai", "subject-1", boss)

    def found(subject: str, email: str) -> str:
        account = accounts.of_identity(store, subject, email)
        return account.username if account else ""

    assert found("subject-1", "") == "somchai"
    assert found("subject-1", "somying@city.example") == "somchai"
    assert found("subject-2", "Somying@City.example") == "somying@city.example"
    assert found("subject-2", "") == ""
    assert found("", "") == ""
    accounts.link(store, "somying@city.example", "subject-3", boss)
    assert found("subject-2", "somying@city.example") == ""
    accounts.disable(store, "somchai", boss)
    assert found("subject-1", "") == ""


def test_an_altered_account_is_found(store: connection.Store, boss: str, intruder) -> None:
    password = accounts.add(store, "somchai", roles.COUNCIL, boss)
    intruder.execute("UPDATE account SET role = 'administrator' WHERE username = 'somchai'")
    found = verify.verify(store).problems
    assert "account" in {problem.where for problem in found}
    assert accounts.authenticate(store, "somchai", password) is not None


def test_each_row_says_who_set_it_and_when(store: connection.Store) -> None:
    at = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)
    accounts.add(store, "boss", roles.ADMINISTRATOR, "admin", at=at)
    assert accounts.find(store, "boss").set_at == at
    with connection.reading(store) as records:
        assert records.execute(sa.select(schema.account.c.set_by)).scalar_one() == "admin"


def test_a_first_password_lasts_seven_days_and_a_password_of_ones_own_for_ever(store: connection.Store) -> None:
    since = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    first = accounts.add(store, "boss", roles.ADMINISTRATOR, "admin", at=since)
    account = accounts.authenticate(store, "boss", first)
    assert account is not None
    assert not accounts.has_expired(account, since + dt.timedelta(days=7))
    assert accounts.has_expired(account, since + dt.timedelta(days=7, seconds=1))
    accounts.choose_password(store, "boss", first, "a sentence of mine", since)
    account = accounts.find(store, "boss")
    assert account is not None
    assert not accounts.has_expired(account, since + dt.timedelta(days=4000))
