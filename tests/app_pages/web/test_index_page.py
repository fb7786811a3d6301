"""The index page speaks the reader's language and names the device once; everything else is passed on."""

from __future__ import annotations

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app_pages.web import index_page
from audits import wording
from tests.app_pages.web import asgi


def _passed_on(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("passed on")


def _ask(path: str = "/", shared: bool = False, **options: str) -> asgi.Answer:
    middleware = [Middleware(index_page.IndexPageMiddleware, shared=shared)]
    return asgi.ask(Starlette(routes=[Route("/{path:path}", _passed_on)], middleware=middleware), path, **options)


@pytest.mark.parametrize(("query", "language"), [("", "th"), ("lang=en", "en"), ("lang=xx", "th")])
def test_the_page_is_in_the_readers_language(query: str, language: str) -> None:
    answer = _ask(query=query)
    page = answer.body.decode()
    assert f'<html lang="{language}">' in page
    assert page.count("<title>") == 1
    assert "<title>Streamlit" not in page
    assert f"lang={language};" in answer.headers["set-cookie"]
    (words,) = re.findall(r'<script type="application/json" id="jaidee-words">(.*?)</script>', page)
    assert list(json.loads(words).items()) == list(wording.chrome_phrases(language).items())


def test_the_language_of_the_last_visit_is_kept() -> None:
    assert b'<html lang="en">' in _ask(query="", cookie="lang=en").body


def test_a_device_is_named_once() -> None:
    assert "device=" in _ask().headers["set-cookie"]
    assert "device=" not in _ask(cookie="device=known").headers["set-cookie"]


def test_only_readers_who_sign_in_are_watched_for_being_signed_out() -> None:
    assert b"signed_in.js" in _ask(shared=True).body
    assert b"signed_in.js" not in _ask(shared=False).body


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/assets/shell.js", {}),
        ("/field/kit", {}),
        ("/auth/logout", {}),
        ("/public/index.html", {}),
        ("/metrics", {}),
        ("/site", {"accept": "*/*"}),
        ("/site", {"sec_fetch_dest": "iframe"}),
    ],
)
def test_what_is_no_page_is_passed_on(path: str, headers: dict[str, str]) -> None:
    assert _ask(path, **headers).body == b"passed on"


@pytest.mark.parametrize(("old", "new"), [("/ledger", "/audit_log"), ("/reach", "/access")])
def test_an_old_address_leads_to_the_page_of_today_with_its_question(old: str, new: str) -> None:
    answer = _ask(old, query="lang=en&day=2026-03-02")
    assert answer.status == 308
    assert answer.headers["location"] == f"{new}?lang=en&day=2026-03-02"
