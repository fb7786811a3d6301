"""Everybody reads what is kept and whom to ask; the administrator sets terms, erases, and hands out what is held."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app_pages.session import cache
from audits.store.backup import retention
from audits.store.db import connection, workspace
from audits.store.photos import erasure, photos
from tests.app_pages import opening


@pytest.fixture
def folder(demonstration_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(language: str = "en") -> AppTest:
    return opening.opened("privacy.py", lang=language)


def _html(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def test_terms_and_contact_are_set_and_stand_in_the_notice(folder: Path) -> None:
    app = _opened()
    assert not app.exception
    assert "No end is set" in _html(app)
    app.text_input("reviewer_name").set_value("admin").run()
    app.text_input("term_photo_months").set_value("36")
    app.text_input("privacy_contact").set_value("043-000000")
    app.button[0].click().run()
    assert "36 months" in _html(app)
    assert "Whom to ask: 043-000000" in [each.value for each in app.markdown]
    app.text_input("term_photo_months").set_value("long")
    app.button[0].click().run()
    assert "whole months" in app.error[0].value
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert retention.terms(store)[retention.PHOTO_MONTHS] == 36


def test_a_photo_is_erased_with_its_reason_and_not_without(folder: Path) -> None:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(written, "PNG")
    with connection.open_store(workspace.Workspace(folder)) as store:
        kept = photos.keep(store, written.getvalue(), actor="somchai").sha256
        app = _opened()
        app.text_input("reviewer_name").set_value("admin").run()
        app.text_input("erase_photo").set_value(kept)
        app.button[1].click().run()
        assert "cannot be brought back" in app.error[0].value
        app.text_input("erase_photo").set_value(kept)
        app.text_input("erase_reason").set_value("asked by the person")
        app.button[1].click().run()
        assert "erased" in app.success[0].value
        erased = erasure.find(store, kept)
        assert erased is not None
        assert (erased.reason, erased.erased_by) == ("asked by the person", "admin")


def test_what_is_held_about_somebody_is_counted_and_a_stranger_is_told() -> None:
    app = _opened()
    app.text_input("held_name").set_value("nobody at all").run()
    assert "Nothing is held" in app.error[0].value
    app.text_input("held_name").set_value("test").run()
    assert "What is held about test" in _html(app)
    assert [each.label for each in app.get("download_button")] == ["Download all of it"]


def test_it_speaks_thai() -> None:
    assert _opened("th").title[0].value == "ความเป็นส่วนตัว"
