"""The page says how far the program can be used by everybody, and the office says whom to tell of a barrier."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.session import cache
from audits import wording
from audits.reports import accessibility_statement
from audits.store.db import connection, workspace
from audits.store.register import municipal_choices
from tests.app_pages import opening


@pytest.fixture(autouse=True)
def folder(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(place))
    yield place
    cache.open_store.clear()


def opened(language: str) -> AppTest:
    return opening.opened("accessibility.py", lang=language)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_statement_is_shown_whole_in_the_reader_s_language(language: str) -> None:
    written = (accessibility_statement.STATEMENTS / f"statement.{language}.md").read_text("utf-8")
    app = opened(language)
    assert not app.exception
    title, _, body = written.partition("\n")
    assert app.title[0].value == title.removeprefix("# ")
    before, _, after = body.partition(accessibility_statement.PLACEHOLDER)
    assert [each.value.strip() for each in app.markdown if each.value.strip()][:2] == [before.strip(), after.strip()]
    assert app.text[0].value == wording.Wording(language).text(accessibility_statement.NO_CONTACT)


def test_the_office_writes_whom_to_tell_and_everybody_reads_it(folder: Path) -> None:
    app = opened("en")
    app.text_input(key="reviewer_name").input("staff-1").run()
    app.text_area(key="accessibility_contact").input("กองช่าง *043-000000*, จ–ศ").run()
    app.button(key="write_contact").click().run()
    assert not app.exception
    assert app.text[0].value == "กองช่าง *043-000000*, จ–ศ"
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert municipal_choices.chosen(store, accessibility_statement.CONTACT) == "กองช่าง *043-000000*, จ–ศ"
    assert opened("th").text[0].value == "กองช่าง *043-000000*, จ–ศ"
