"""The accessibility statement says what was found, never more, and the one that is shown was written by the program."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from app_pages.session import page_roles
from audits import wording
from tests.browser import axe_results, statement

DAY = dt.date(2026, 11, 23)


def found(**rules: dict[str, int]) -> dict[str, Any]:
    """Return what axe returns, with so many places by rule."""
    told = {"testEngine": {"version": "4.11.0"}, "passes": [{"id": "a"}, {"id": "b"}]}
    for part in ("violations", "incomplete"):
        told[part] = [{"id": rule, "nodes": [{}] * places} for rule, places in rules.get(part, {}).items()]
    return told


@pytest.fixture(name="results")
def _results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "results.jsonl"
    monkeypatch.setenv(axe_results.ENVIRONMENT_KEY, str(file))
    axe_results.note("http://127.0.0.1:8/site?lang=th", 390, "th", found(violations={"label": 2}))
    axe_results.note("http://127.0.0.1:8/site?lang=th", 390, "th", found(incomplete={"color-contrast": 3}))
    axe_results.note("http://127.0.0.1:8/?lang=en", 1280, "en", found(incomplete={"color-contrast": 1}))
    return file


def test_nothing_is_noted_unless_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(axe_results.ENVIRONMENT_KEY, raising=False)
    monkeypatch.chdir(tmp_path)
    axe_results.note("http://127.0.0.1:8/", 390, "th", found())
    assert list(tmp_path.iterdir()) == []


def test_the_last_result_of_a_view_counts(results: Path) -> None:
    figures = statement.summary(statement.read(results), DAY)
    assert (figures["views"], figures["pages"], figures["widths"]) == (2, ["/", "/site"], [390, 1280])
    assert (figures["checks_passed"], figures["violations"]) == (4, {})
    assert figures["incomplete"] == {"color-contrast": {"places": 4, "views": 2}}


@pytest.mark.parametrize(
    ("language", "partial", "failed"),
    [("en", "partially conformant", "not conformant"), ("th", "สอดคล้องบางส่วน", "ไม่สอดคล้อง")],
)
def test_a_violation_is_named_and_changes_the_status(results: Path, language: str, partial: str, failed: str) -> None:
    template = (statement.FOLDER / f"wording.{language}.md").read_text("utf-8")
    figures = statement.summary(statement.read(results), DAY)
    sound = statement.statement(figures, language, template)
    assert f"**{partial}**" in sound
    assert f"**{failed}**" not in sound
    broken = statement.statement({**figures, "violations": {"label": {"places": 2, "views": 1}}}, language, template)
    assert f"**{failed}**" in broken
    assert "`label` (2)" in broken
    for text in (sound, broken):
        assert text.count(statement.CONTACT) == 1
        assert "{" not in text.replace(statement.CONTACT, "")
        assert wording.Wording(language).day(DAY) in text


def test_without_results_there_is_no_statement(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("")
    with pytest.raises(SystemExit, match="nothing was noted"):
        statement.read(nothing)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_statement_shown_was_written_from_its_figures(language: str) -> None:
    figures = json.loads((statement.FOLDER / "results.json").read_text("utf-8"))
    template = (statement.FOLDER / f"wording.{language}.md").read_text("utf-8")
    shown = (statement.FOLDER / f"statement.{language}.md").read_text("utf-8")
    assert shown == statement.statement(figures, language, template)
    assert {"th", "en"} <= set(figures["languages"])
    known = {f"/{name}" for role in page_roles.MENU_OF for name in page_roles.pages(role)}
    assert {one for one in figures["pages"] if one.startswith("/")} <= known | {"/", "/sign-in", "/sign-in/password"}
