"""Every page opens by the front door, in both languages, on a new record and on the demonstration."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from app_pages.session import cache
from audits.store.db import connection, workspace
from audits.store.register import register
from audits.store.surveys import drafts, read
from tests.app_pages import opening

PAGES = (
    *(
        "to_do.py",
        "my_work.py",
        "city_map.py",
        "site.py",
        "survey.py",
        "quick_entry.py",
        "field_work.py",
        "review.py",
        "requests.py",
        "quality.py",
    ),
    *("design.py", "plan.py", "criteria.py", "exports.py", "start.py"),
    *(
        "works.py",
        "register.py",
        "council.py",
        "access.py",
        "priority.py",
        "audit_log.py",
        "privacy.py",
        "gazette_check.py",
        "accessibility.py",
    ),
)
FIRST = "to_do.py"
MARKS = {"th": "ข้อมูลสาธิต", "en": "Demonstration data"}


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the starter register, and the demonstration beside it."""
    return Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("copied") / "workspace"))


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(page: str, **address: str | list[str]) -> AppTest:
    return opening.opened("" if page == FIRST else page, **address)


def _said(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


@pytest.mark.parametrize("page", PAGES)
def test_the_page_opens_and_says_whether_it_shows_the_demonstration(page: str) -> None:
    for world, language, shown in (("", "th", False), ("demonstration", "th", True), ("demonstration", "en", True)):
        app = _opened(page, lang=language, site="KK-012", **({"workspace": world} if world else {}))
        assert not app.exception, (world, language)
        assert app.title, (world, language)
        assert (MARKS[language] in _said(app)) == shown, (world, language)


def test_a_workspace_of_invented_surveys_says_so_without_being_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(workspace.Workspace(folder).demonstration.folder))
    app = _opened("privacy.py", lang="en")
    assert not app.exception
    assert MARKS["en"] in _said(app)


def test_another_language_keeps_all_of_an_address() -> None:
    app = _opened("privacy.py", lang="en", zone=["1", "4"])
    assert "?zone=1&amp;zone=4&amp;lang=th" in _said(app)


def test_an_empty_workspace_leads_to_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(tmp_path / "new"))
    app = _opened(FIRST, lang="en")
    assert not app.exception
    assert app.title[0].value == "Start"
    app.button(key="start_register").click().run()
    assert not app.exception
    assert app.title[0].value == "Ramps and public spaces"
    with connection.open_store(workspace.Workspace(tmp_path / "new")) as store:
        assert (read.sites(store)["kind"] == "ramp").sum() == 85


def test_a_never_surveyed_register_scores_nothing_and_says_so() -> None:
    said = _said(_opened("city_map.py", lang="en"))
    assert "141 of 141 sites shown; 0 surveyed; 0 positions confirmed on site" in said


def test_a_typed_slope_gets_its_verdict_at_once_and_is_kept_as_a_draft(folder: Path) -> None:
    app = _opened("survey.py", lang="en", site="KK-001")
    _slope(app).input("1:9").run()
    assert "Running slope" in _said(app)
    assert 'class="jaidee-verdict fail"' in _said(app)
    place = workspace.Workspace(folder)
    kept = [drafts.load(place, key) or {} for key in drafts.keys(place) if key.endswith("KK-001")]
    assert kept[-1]["answers"]["KK-001.ramp.1"]["running_slope_pct"]["texts"] == ["1:9"]


def _slope(app: AppTest) -> TextInput:
    """Open the theme of the slope, and return its first field."""
    next(each for each in app.button if each.key and re.fullmatch(r"theme_.*_slope", each.key)).click().run()
    return next(each for each in app.text_input if each.key and each.key.endswith("running_slope_pct|1"))


def test_what_cannot_be_is_refused_in_the_readers_language() -> None:
    app = _opened("survey.py", lang="th", site="KK-003")
    _slope(app).input("12:1").run()
    assert any("12:1" in each.value and "กลับ" in each.value for each in app.error), [each.value for each in app.error]


def test_broken_weights_are_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.yaml").write_text("grades: none", encoding="utf-8")
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(tmp_path))
    app = _opened(FIRST, lang="en")
    assert not app.exception
    assert "weights.yaml" in app.error[0].value


def test_a_file_that_is_no_store_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jaidee.gpkg").write_bytes(b"this is not a database, and never was one" * 40)
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(tmp_path))
    app = _opened(FIRST, lang="en")
    assert not app.exception
    assert "jaidee.gpkg" in app.error[0].value


def test_a_site_that_nobody_has_found_yet_closes_no_page(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workspace.Workspace(Path(shutil.copytree(folder, tmp_path / "workspace")))
    known = {"name_th": "จุดใหม่", "name_en": "New site", "setting": "building"}
    with connection.open_store(place.demonstration, kind="demonstration") as store:
        code = register.add_site(store, "ramp", known, "engineer", "named by a resident")
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(place.folder))
    for page in PAGES:
        shown = _opened(page, workspace="demonstration", lang="en", site=code)
        assert not shown.exception, page
    shown = _opened("city_map.py", workspace="demonstration", lang="en", site=code)
    assert any(code in each.value and "nobody knows where" in each.value for each in shown.markdown)


def test_to_do_review_and_my_work_count_one_number_of_returned_surveys() -> None:
    """Also where an older survey of the site counts meanwhile."""
    query = {"lang": "en", "workspace": "demonstration"}
    to_do, review, mine = (_opened(page, **query) for page in ("to_do.py", "review.py", "my_work.py"))
    assert "<b>1</b> survey returned to be corrected" in _said(to_do)
    assert "returned (1)" in [one for each in review.radio for one in each.options]
    assert "1 survey was returned to be corrected" in [one.value for one in mine.subheader]
