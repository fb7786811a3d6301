"""Streamlit's bundles are sent compressed; everything else is passed on."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
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
    for accepted, unpacked in (("gzip, deflate", gzip.decompress), ("gzip, br", brotli.decompress)):
        answer = _ask(PATH, accept_encoding=accepted)
        assert unpacked(answer.body) == BUNDLE.read_bytes()
        assert answer.headers["content-encoding"] == accepted.split(", ")[unpacked is brotli.decompress]
        assert answer.headers["content-type"].startswith("text/css")
        assert "immutable" in answer.headers["cache-control"]


def test_the_first_frame_is_drawn_in_our_letters() -> None:
    (font,) = (compression.STREAMLIT_FOLDER / "static" / "media").glob("SourceSansVF-Upright*")
    answer = _ask(f"/static/media/{font.name}")
    assert (answer.status, Path(answer.headers["location"]).name) == (308, "Sarabun-Regular.woff2")


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
