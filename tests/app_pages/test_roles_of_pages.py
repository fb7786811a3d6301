"""A page shows its reader what the role may see, and says in a sentence what it may not do."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import session
from app_pages.session import cache, page_roles
from audits import errors, roles, settings, wording
from audits import record as records
from audits.council import public_site, works_line
from audits.ramps import price_books
from audits.rules import files
from audits.store import public_pages
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, workspace
from audits.store.public_form import unread
from audits.store.register import municipal_choices
from audits.store.surveys import quarantine
from audits.works import fix_states, spending, works_table
from tests.app_pages import opening

FILLED = Path(__file__).parents[1] / "field" / "odk" / "submissions" / "filled.xml"
NAMES = (roles.ADMINISTRATOR, roles.TECHNICIAN, roles.ENGINEER, roles.COUNCIL)


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("roles") / "workspace"))


@pytest.fixture
def reader(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Serve others; a test says who reads by the digest that the guard would give."""
    monkeypatch.setenv(workspace.ENVIRONMENT_KEY, str(folder))
    monkeypatch.setenv(settings.SHARED_KEY, settings.YES)
    with connection.open_store(workspace.Workspace(folder)) as store:
        for name in NAMES:
            if accounts.find(store, name) is None:
                first = accounts.add(store, name, name, "test", f"คุณ {name}")
                accounts.choose_password(store, name, first, "a sentence of mine")
    yield monkeypatch
    cache.open_store.clear()


def _read_by(reader: pytest.MonkeyPatch, folder: Path, name: str) -> str:
    with connection.open_store(workspace.Workspace(folder)) as store:
        digest = sessions.token_digest(sessions.begin(store, name))
    reader.setattr(session, "token_digest", lambda: digest)
    return digest


def _opened(page: str = "", **address: str) -> AppTest:
    return opening.opened(page, **{"lang": "en", **address})


def _said(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


@pytest.mark.parametrize("digest", ["", "0" * 64], ids=["nobody", "forged"])
def test_nobody_sees_anything_but_the_way_in(reader: pytest.MonkeyPatch, digest: str) -> None:
    reader.setattr(session, "token_digest", lambda: digest)
    app = _opened()
    assert not app.exception
    assert "You are signed out." in _said(app)
    assert not app.title
    assert "KK-0" not in _said(app)


def test_a_page_drawn_again_after_the_account_was_closed_is_gone(reader: pytest.MonkeyPatch, folder: Path) -> None:
    _read_by(reader, folder, roles.TECHNICIAN)
    app = _opened("survey.py", site="KK-012")
    assert app.title
    with connection.open_store(workspace.Workspace(folder)) as store:
        accounts.disable(store, roles.TECHNICIAN, "test")
    app.run()
    assert "You are signed out." in _said(app)
    assert not app.title
    with connection.open_store(workspace.Workspace(folder)) as store:
        first = accounts.reset(store, roles.TECHNICIAN, "test")
        accounts.choose_password(store, roles.TECHNICIAN, first, "a sentence of mine")


def test_the_masthead_says_who_reads_and_the_survey_knows_the_surveyor(
    reader: pytest.MonkeyPatch, folder: Path
) -> None:
    _read_by(reader, folder, roles.TECHNICIAN)
    app = _opened("survey.py", site="KK-012")
    assert "คุณ technician (community technician)" in _said(app)
    assert 'action="/sign-out"' in _said(app)
    assert [field.value for field in app.text_input if field.label == "Your name or staff number"] == ["คุณ technician"]


def test_two_who_share_a_phone_do_not_share_their_drafts(reader: pytest.MonkeyPatch, folder: Path) -> None:
    _read_by(reader, folder, roles.TECHNICIAN)
    app = _opened("survey.py", site="KK-012")
    next(field for field in app.text_input if field.key.endswith("|surveyor")).set_value("บันทึกของช่าง").run()
    _read_by(reader, folder, roles.ENGINEER)
    assert "บันทึกของช่าง" not in [field.value for field in _opened("survey.py", site="KK-012").text_input]
    _read_by(reader, folder, roles.TECHNICIAN)
    assert "บันทึกของช่าง" in [field.value for field in _opened("survey.py", site="KK-012").text_input]


def test_decisions_are_signed_with_the_account(reader: pytest.MonkeyPatch, folder: Path) -> None:
    _read_by(reader, folder, roles.ENGINEER)
    app = _opened("review.py", workspace="demonstration")
    assert not app.exception
    assert "Your name or staff number" not in [field.label for field in app.text_input]
    assert "Your name or staff number" not in [
        field.label for field in _opened("start.py", workspace="real").text_input
    ]


def test_the_pages_for_everybody_are_opened_while_they_are_made(
    reader: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    place = workspace.Workspace(Path(shutil.copytree(folder, tmp_path / "workspace")))
    reader.setenv(workspace.ENVIRONMENT_KEY, str(place.folder))
    _read_by(reader, place.folder, roles.ADMINISTRATOR)
    app = _opened()
    app.switch_page("accounts.py").run()
    with reader.context() as broken:
        broken.setattr(public_site, "make", _refuse)
        app.button(key="public_make").click().run()
    drawn = list(_in_order(app.main))
    (button,) = (at for at, each in enumerate(drawn) if getattr(each, "key", "") == "public_pages")
    (fault,) = (at for at, each in enumerate(drawn) if getattr(each, "value", "") == "It cannot be made.")
    assert button < fault, "what comes of the making moves no button"
    app.button(key="public_make").click()
    app.button(key="public_pages").click().run(timeout=120)
    assert any("The pages are open." in each.value for each in app.success)
    with connection.open_store(place) as store:
        assert public_pages.is_shown(store)


def _refuse(*_: object) -> None:
    raise errors.RefusedError((errors.ProblemKind("TEST-001", "It cannot be made.").at(""),))


def test_an_administrator_makes_an_account_and_closes_it(reader: pytest.MonkeyPatch, folder: Path) -> None:
    _read_by(reader, folder, roles.ADMINISTRATOR)
    app = _opened()
    assert [title.value for title in app.title] == ["To do"]
    assert all(sentence in _said(app) for sentence in ("No backup yet", "✓ No error since yesterday"))
    app.switch_page("accounts.py").run()
    app.button(key="public_pages").click().run(timeout=120)
    assert not app.exception
    assert any("](/public/)" in each.value for each in app.success), "the pages are a click away"
    drawn = list(_in_order(app.main))
    (button,) = (place for place, each in enumerate(drawn) if getattr(each, "key", "") == "public_pages")
    assert any("](/public/)" in str(getattr(each, "value", "")) for each in drawn[button:]), "and at the button"
    assert {"index.html", "en", "brief-th.pdf"} <= {path.name for path in (folder / "public").iterdir()}
    public = (folder / "public" / "en" / "index.html").read_text("utf-8")
    assert ['href="/statement/privacy?lang=en"' in public, 'href="/ask' in public] == [True, False]
    with connection.open_store(workspace.Workspace(folder)) as store:
        municipal_choices.choose(store, unread.CHOICE, unread.OPEN, "it")
    app.button(key="public_make").click().run(timeout=120)
    assert any("](/public/)" in each.value for each in app.success)
    assert 'href="/ask?lang=en"' in (folder / "public" / "en" / "index.html").read_text("utf-8")
    assert any("They show the record as of" in each.value for each in app.markdown)
    app.text_input(key="account_new").set_value("Malee")
    app.selectbox(key="account_new_role").select(roles.COUNCIL)
    app.button(key="account_make").click().run()
    assert not app.exception
    shown = [each.value for each in app.warning]
    assert len(shown) == 1
    assert "malee" in shown[0]
    assert app.text_input(key="account_new").value == ""
    assert not app.run().warning
    app.selectbox(key="account_chosen").select("malee").run()
    app.button(key="account_disable").click().run()
    assert [each.value for each in app.success] == ["malee: It opens nothing any more."]
    assert app.button(key="account_reset").label == "Open it again with a new first password"
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert not accounts.find(store, "malee").active
    app.selectbox(key="account_chosen").select(roles.ADMINISTRATOR).run()
    app.button(key="account_disable").click().run()
    assert any("last administrator" in each.value for each in app.error)


@pytest.mark.parametrize("role", roles.ROLES)
def test_what_is_not_for_a_role_is_said_in_a_sentence(reader: pytest.MonkeyPatch, folder: Path, role: str) -> None:
    _read_by(reader, folder, role)
    page = Path(__file__).parents[2] / "app_pages" / "accounts.py"
    app = AppTest.from_string(
        f"""
        import importlib.util, sys
        from app_pages import session
        from audits import errors
        context = session.current()
        spec = importlib.util.spec_from_file_location("page_of_accounts", {str(page)!r})
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        try:
            module.show(context)
        except errors.NotAllowedError as refused:
            session.show_refusal(context.words, refused)
        """,
        default_timeout=60,
    )
    app.query_params["lang"] = "en"
    app.run()
    assert not app.exception
    assert bool(app.title) == (role == roles.ADMINISTRATOR)
    assert any("not for your role" in each.value for each in app.error) == (role != roles.ADMINISTRATOR)


def _in_order(block: object) -> Iterator[object]:
    """Yield every element of a page from top to bottom."""
    for each in getattr(block, "children", {}).values():
        yield from _in_order(each) if getattr(each, "children", None) else (each,)


def test_an_administrator_is_not_sent_to_an_administrator() -> None:
    app = AppTest.from_string(
        """
        from app_pages import session
        from audits import errors, roles, wording
        session.show_refusal(wording.Wording("en"), errors.NotAllowedError(roles.ADMINISTRATOR, "review"))
        """
    ).run()
    assert [each.value for each in app.error] == ["This is not for administrators. An engineer can do it."]


def test_a_technician_brings_a_table_back_and_reads_of_no_page_that_is_not_theirs(
    reader: pytest.MonkeyPatch, folder: Path
) -> None:
    _read_by(reader, folder, roles.TECHNICIAN)
    app = _opened("field_work.py")
    rows = [
        "code,observed_on,surveyor,clear_width_mm,lat,lon",
        "KK-012,2026-01-05,x,950,,",
        "X-7,2026-01-05,x,950,16.49,102.9",
    ]
    app.file_uploader(key="returning_file").upload("visits.csv", "\n".join(rows).encode(), "text/csv").run()
    assert not app.exception
    assert any("1 row would be taken in, 1 survey, 1 row held back" in one.value for one in app.markdown)
    shown = _said(app) + " ".join(one.value for one in (*app.markdown, *app.error))
    assert ("Exports" in shown, "Start" in shown, "engineer bring in the table" in shown) == (
        False,
        False,
        True,
    )
    app.button(key="import_write").click().run()
    assert not app.exception
    assert [one.value for one in app.success] == ["Taken in: 1 survey, 1 row held back"]
    assert "would be taken in" not in " ".join(one.value for one in app.markdown), "what came in is not asked again"
    assert any("engineer bring in the table" in one.proto.body for one in app.get("html")), (
        "the held row has its reason"
    )
    assert _pages_to_held_rows(app) == [""], "to My work, the first page of a technician"
    assert "import_write" not in [button.key for button in app.button]
    app.file_uploader(key="returning_file").upload("visits.csv", "\n".join(rows[:2]).encode(), "text/csv").run()
    assert not app.exception
    assert any("here already; there is nothing to take in" in one.value for one in app.markdown)
    assert "0 surveys" not in " ".join(one.value for one in app.markdown)
    assert "import_write" not in [button.key for button in app.button]
    app.file_uploader(key="returning_file").upload("wrong.csv", "\n".join(rows[::2]).encode(), "text/csv").run()
    assert any("Nothing in this file can be taken in as it stands" in one.value for one in app.markdown)
    assert "import_write" not in [button.key for button in app.button], "nothing is good, nothing is taken in"


def test_an_engineer_is_led_from_what_was_brought_back_to_the_rows_held(
    reader: pytest.MonkeyPatch, folder: Path
) -> None:
    _read_by(reader, folder, roles.ENGINEER)
    app = _opened("field_work.py")
    of_no_site = FILLED.read_text("utf-8").replace("KK-001", "KK-999")
    app.file_uploader(key="returning_file").upload("filled.xml", of_no_site.encode(), "text/xml").run()
    assert _pages_to_held_rows(app) == [], "nothing is held before it is taken in"
    app.button(key="take_in").click().run()
    assert not app.exception
    assert _pages_to_held_rows(app) == ["review"]


def _pages_to_held_rows(app: AppTest) -> list[str]:
    return [each.proto.page for each in app.get("page_link") if each.proto.label == "See what was held back"]


def test_a_council_member_reads_no_command_of_the_server(reader: pytest.MonkeyPatch, folder: Path) -> None:
    _read_by(reader, folder, roles.COUNCIL)
    app = _opened("nation.py")
    assert not app.exception
    assert [each.value for each in app.info] == ["No comparison is here yet."]


def test_a_council_member_reads_the_line_on_works_that_stands_on_paper(
    reader: pytest.MonkeyPatch, folder: Path
) -> None:
    _read_by(reader, folder, roles.COUNCIL)
    assert wording.Wording("en").text(works_line.NOTHING) in _said(_opened("council.py", workspace="demonstration"))
    today = dt.datetime.now(wording.local_zone()).date()
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        fix_states.record(store, "KK-012.ramp.1", fix_states.PLANNED, today, "E-01")
        record = records.read(store, files.load_criteria(), records.weights_of(store.workspace))
        works = works_table.gather(store, record, price_books.in_force(store).book, today)
    line = works_line.line(spending.rungs(works.table), wording.Wording("en"))
    assert "promised 1" in line
    said = _said(_opened("council.py", workspace="demonstration"))
    assert line in re.sub("</?a[^>]*>", "", said)
    assert "look=works&amp;works_state=promised" in said, "to the council's own list: it has no page of works"
    assert 'href="/works' not in said
    listed = _said(_opened("council.py", workspace="demonstration", look="works", works_state="promised"))
    row = listed[listed.index("Works that are promised") :]
    assert "site=KK-012" in row
    assert "planned" in row
    none = _said(_opened("council.py", workspace="demonstration", look="works", works_state="paid"))
    assert "Works that are paid for, in part or whole" in none
    assert "site=KK-012" not in none[none.index("Works that are paid for") :]


def test_a_record_that_does_not_answer_is_explained_and_other_errors_are_left_to_be_seen() -> None:
    app = AppTest.from_string(
        """
        from app_pages import session
        from audits import errors
        assert session.show_script_error(errors.NoAnswerError("locked"))
        assert not session.show_script_error(errors.StoreError("no store"))
        assert not session.show_script_error(errors.MovedError("elsewhere"))
        assert not session.show_script_error(ValueError("x"))
        """
    ).run()
    assert not app.exception
    assert [each.value for each in app.error] == [wording.Wording("th").text(session.NO_ANSWER)]


def test_every_role_has_a_first_page_that_it_may_open() -> None:
    for role in (*roles.ROLES, roles.OFFICE):
        assert page_roles.has(role, page_roles.first(role))
    assert not page_roles.has(roles.PUBLIC, "city_map")


@pytest.mark.parametrize(("name", "sees"), [(roles.ENGINEER, True), (roles.ADMINISTRATOR, False)])
def test_rows_held_back_are_read_by_those_who_judge_them(
    reader: pytest.MonkeyPatch, folder: Path, name: str, sees: bool
) -> None:
    row = quarantine.HeldRow(1, '{"note": "call Somchai of the market"}', ("no such site",))
    with connection.open_store(workspace.Workspace(folder)) as store:
        quarantine.hold(store, "list.csv", "f" * 64, "test", [row], 0)
    _read_by(reader, folder, name)
    app = _opened("start.py")
    assert not app.exception
    assert ("Somchai of the market" in _said(app)) is sees
