"""Serve the offline kit as a page that a phone installs: the page, its worker, its manifest, its icons."""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audits import errors, wording
from audits.field.kit import icon as kit_icon
from audits.field.kit import page as kit_page
from audits.field.kit import store as kit_store
from audits.field.kit import words as kit_words
from audits.rules import files, model
from audits.store.db import connection
from audits.store.register import devices
from audits.store.surveys import read
from layers import ground

phrase = wording.phrase

PREFIX = "/field"
ICON_SIDES = (192, 512)
GUARDED = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

TRY_AGAIN = phrase("The office cannot write just now. Everything stays on this phone and is sent later.")

Open = Callable[[], connection.Store]


def routes(open_store: Open, address: str) -> list[Route]:
    """Return the routes of the page and of what belongs to it.

    Parameters
    ----------
    open_store
        Gives the open store of the workspace; it is not closed here.
    address
        Where a page that somebody saves as a file sends to later; empty for nowhere.

    Raises
    ------
    audits.errors.RefusedError
        When the address is none.
    """
    pages = _Pages(open_store, kit_page.known_address(address))
    icons = [Route(f"{PREFIX}/icon-{side}.png", functools.partial(_png, side)) for side in ICON_SIDES]
    return [
        Route(f"{PREFIX}/kit", pages.page),
        Route(f"{PREFIX}/sw.js", _worker),
        Route(f"{PREFIX}/manifest.webmanifest", _manifest),
        Route(f"{PREFIX}/icon.svg", _svg),
        *icons,
    ]


@dataclass(frozen=True)
class _Built:
    content: bytes
    packed: bytes
    version: str
    policy: str


@dataclass
class _Pages:
    """Pages built once for each state of the register."""

    open_store: Open
    address: str
    _built: dict[str, tuple[str, _Built]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, request: Request) -> Response:
        """Answer the kit; its version is the SHA-256 of its bytes, and stays while the register does."""
        asked = request.query_params.get("lang") or request.cookies.get("lang") or ""
        try:
            built = self._of(wording.Wording(asked).language)
        except errors.JaideeError:
            return Response(wording.Wording(asked).text(TRY_AGAIN), 503, media_type="text/plain; charset=utf-8")
        tag = f'"{built.version}"'
        headers = {
            **GUARDED,
            "ETag": tag,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding, Cookie",
            "X-Kit-Version": built.version,
            "Content-Security-Policy": f"{built.policy}; frame-ancestors 'none'",
        }
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(built.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/html")
        return Response(built.content, headers=headers, media_type="text/html")

    def _of(self, language: str) -> _Built:
        store = self.open_store()
        state = f"{read.head(store)} {store.workspace.folder} {ground.changed_at(store.workspace.folder)}"
        with self._lock:
            known = self._built.get(language)
            if known is None or known[0] != state:
                known = self._built[language] = (state, self._build(store, language))
        return known[1]

    def _build(self, store: connection.Store, language: str) -> _Built:
        demonstration = connection.kind(store) == "demonstration"
        origin = kit_page.Origin(kit_store.workspace_id(store), demonstration, self.address, language)
        sites = read.sites(store)
        packed = kit_page.pack(
            files.load_criteria(),
            _weights(store),
            sites.loc[~sites["retired"]],
            read.elements(store),
            devices.latest(store),
            origin,
            ground.of(store.workspace.folder),
        )
        content = kit_page.page(packed)
        policy = kit_page.policy_of(content)
        return _Built(content, gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest(), policy)


def _weights(store: connection.Store) -> model.Weights:
    own = store.workspace.weights_path
    return files.load_weights(own if own.is_file() else files.WEIGHTS)


def _worker(_request: Request) -> Response:
    script = (kit_page.FOLDER / "sw.js").read_text(encoding="utf-8")
    return Response(script, headers={**GUARDED, "Cache-Control": "no-cache"}, media_type="text/javascript")


def _manifest(request: Request) -> Response:
    words = wording.Wording(request.query_params.get("lang") or request.cookies.get("lang") or "")
    title = words.text(kit_words.WORDS["kit_title"])
    icons = [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}]
    icons += [{"src": f"icon-{side}.png", "sizes": f"{side}x{side}", "type": "image/png"} for side in ICON_SIDES]
    told = {
        "name": title,
        "short_name": title,
        "lang": words.language,
        "start_url": "kit",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#00574b",
        "icons": icons,
    }
    content = json.dumps(told, ensure_ascii=False)
    return Response(content, headers={**GUARDED, "Cache-Control": "no-cache"}, media_type="application/manifest+json")


def _svg(_request: Request) -> Response:
    return Response(kit_icon.svg(), headers=GUARDED, media_type="image/svg+xml")


@functools.cache
def _drawn(side: int) -> bytes:
    return kit_icon.png(side)


def _png(side: int, _request: Request) -> Response:
    return Response(_drawn(side), headers=GUARDED, media_type="image/png")
