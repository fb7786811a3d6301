"""Photograph every page at three widths in both languages onto one sheet, with what was measured beside each."""

from __future__ import annotations

import html
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from audits.demo import demonstration
from audits.rules import files
from audits.store.db import connection, workspace
from tests import chromium
from tests.browser import conftest, screen_measures, test_accessibility

SIZES = {"390": (390, 844), "1280": (1280, 800), "1920": (1920, 1080)}
LANGUAGES = ("th", "en")


def main(folder: Path) -> None:
    """Write the pictures and the sheet ``index.html`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    place = workspace.Workspace(Path(tempfile.mkdtemp()) / "workspace")
    with connection.open_store(place.demonstration, kind="demonstration") as store:
        demonstration.build(store, files.load_criteria())
    rows = []
    with conftest.serve(place.folder) as app, chromium.launched() as browser:
        for size, (width, height) in SIZES.items():
            for language in LANGUAGES:
                rows += _photographed(browser, app.address, folder, (size, width, height), language)
    shutil.rmtree(place.folder.parent)
    heading = "<meta charset=utf-8><title>Screens</title><style>img{width:24rem;border:1px solid #999}</style>"
    (folder / "index.html").write_text(heading + "".join(rows), encoding="utf-8")
    print(folder / "index.html")


def _photographed(browser: Browser, address: str, folder: Path, size: tuple[str, int, int], language: str) -> list[str]:
    name_of_size, width, height = size
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.add_init_script(conftest.LISTENING)
    rows = []
    for name, path in test_accessibility.PAGES.items():
        page.goto(f"{address}{path}&lang={language}")
        conftest.settled(page)
        picture = f"{name}_{name_of_size}_{language}.png"
        page.screenshot(path=folder / picture)
        found = screen_measures.measured(page)
        print(f"{name:14} {name_of_size:>4} {language} {found.screens:5.1f} screens")
        remarks = [f"{found.screens:.1f} screens"]
        if width < SIZES["1280"][0]:
            remarks += found.small_targets
        if language == "th":
            remarks += found.latin_words
        said = "<br>".join(map(html.escape, remarks))
        heading = f"<figcaption>{name} {name_of_size} {language}<br>{said}</figcaption>"
        rows.append(f"<figure>{heading}<img src={picture}></figure>")
    page.context.close()
    return rows


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screens"))
