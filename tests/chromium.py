"""Start the one browser that all tests share, and let axe read what it shows."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import axe_results

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# all rules are run; only of those that pass is one element named instead of each, a fifth of axe's time on a long page
RUN_AXE = """tags => axe.run(document, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations", "incomplete"],
})"""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # the pages of one context share a process, which compiles the app's scripts once
    "--process-per-site",
]


def executable() -> str | None:
    """Return the browser's path: the headless build, which draws no window, costs less than half the CPU."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Run Chromium until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


def kept_open(context: BrowserContext) -> Page:
    """Open a page that asks nobody, so that the process which knows the scripts outlives the page that used them.

    It is of the same site as every app on this machine: ports make no difference to the browser here.
    """
    keeper = context.new_page()
    keeper.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
    keeper.goto("http://127.0.0.1/")
    return keeper


def empty(keeper: Page, origins: Iterable[str]) -> None:
    """Close all other pages of a context, and forget cookies and everything that the pages stored."""
    for page in keeper.context.pages:
        if page != keeper:
            page.close()
    session = keeper.context.new_cdp_session(keeper)
    for origin in origins:
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()
    keeper.context.clear_cookies()


def violations(page: Page, tags: list[str] = WCAG) -> list[str]:
    """Return what axe finds in the page and every frame, by default against WCAG 2.0 to 2.2, levels A and AA."""
    for frame in page.frames:
        frame.evaluate(AXE)
    found = page.evaluate(RUN_AXE, tags)
    assert found["passes"]
    language = page.evaluate("document.documentElement.lang")
    axe_results.note(page.url, page.evaluate("innerWidth"), language, found)
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]
