"""Serve a generated form to ODK's own browser engine, and fill it as a person does."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Locator, Page

from tests import fetched


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    """Serve the page with a form and its attachments out of `folder`; yields the address."""
    shutil.copytree(fetched.folder_or_fail(fetched.WEB_FORMS), folder, dirs_exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Form:
    """One form open on a phone's screen."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        self.broken: list[str] = []
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.goto(f"{address}/index.html?form={name}")
        self.send = page.get_by_role("button", name="Send")
        self.send.wait_for(timeout=60_000)

    def question(self, text: str, number: int = 0) -> Locator:
        """Return the question with this text in its label."""
        labelled = self.page.locator(".control-text", has=self.page.get_by_text(text))
        return self.page.locator(".question-container", has=labelled).nth(number)

    def asks(self, text: str) -> bool:
        return self.question(text).is_visible()

    def type(self, text: str, written: str) -> None:
        """Type an answer and leave its field."""
        field = self.question(text).locator("input, textarea").first
        field.click()
        field.press("Control+A")
        field.press("Delete")
        field.press_sequentially(written)
        field.press("Tab")

    def tap(self, text: str, answer: str) -> None:
        """Tap one of the answers shown."""
        self.question(text).get_by_text(answer, exact=True).click()

    def options(self, question: Locator) -> Locator:
        """Open a list and return what it offers."""
        question.get_by_role("combobox").click()
        offered = self.page.get_by_role("option")
        offered.first.wait_for()
        return offered

    def choose(self, question: Locator, answer: str) -> None:
        """Choose from a list that opens."""
        self.options(question).filter(has_text=answer).first.click()
        self.page.get_by_role("option").first.wait_for(state="detached")

    def reason_for(self, text: str) -> Locator:
        """Return the question why this one was not measured."""
        return self.question(text).locator("xpath=following-sibling::div[contains(., 'วัดไม่ได้ เพราะ')][1]")

    def locate(self) -> None:
        """Take the phone's position."""
        self.page.get_by_text("Get location").click()
        self.page.get_by_role("button", name="Save location").click()
        self.page.get_by_text("Good accuracy").wait_for()

    def photograph(self, text: str, photo: Path) -> None:
        """Give a photo from the phone."""
        self.question(text).locator("input[type=file]").set_input_files(photo)
        self.question(text).locator("img").first.wait_for()

    def sent(self) -> dict[str, dict[str, object]]:
        """Send, and return what a server would get, by file name."""
        self.send.click()
        self.page.wait_for_function("globalThis.sent", timeout=20_000)
        record = self.page.evaluate("globalThis.sent")
        assert record["status"] == "ready"
        return {part["file"]: part for part in record["parts"]}


def leaves(submission: str) -> dict[str, str]:
    """Return the answers of a submission by name, those left blank left out."""
    root = ElementTree.fromstring(submission)
    return {leaf.tag.rpartition("}")[2]: leaf.text for leaf in root.iter() if len(leaf) == 0 and leaf.text}
