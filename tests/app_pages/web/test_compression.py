"""Streamlit's bundles are sent compressed; everything else is passed on."""

from __future__ import annotations

import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app_pages.web import compression
from tests.app_pages.web import asgi

BUNDLE = next((compression.STREAMLIT_FOLDER / "static" / "css").glob("*.css"))
PATH = f"/{BUNDLE.relative_to(compression.STREAMLIT_FOLDER).as_posix()}"


def _passed_on(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("passed on")


def _ask(path: str, **headers: str) -> asgi.Answer:
    middleware = [Middleware(compression.CompressedBundlesMiddleware)]
    return asgi.ask(Starlette(routes=[Route("/{path:path}", _passed_on)], middleware=middleware), path, **headers)


def test_a_bundle_is_compressed_and_kept_by_the_browser() -> None:
    answer = _ask(PATH, accept_encoding="gzip, br")
    assert gzip.decompress(answer.body) == BUNDLE.read_bytes()
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "encoding"),
    [
        (PATH, "identity"),
        ("/static/none.css", "gzip"),
        ("/static/../index.html", "gzip"),
        ("/static/media/photo.png", "gzip"),
        ("/assets/map.css", "gzip"),
    ],
)
def test_everything_else_is_passed_on(path: str, encoding: str) -> None:
    assert _ask(path, accept_encoding=encoding).body == b"passed on"
