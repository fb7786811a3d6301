"""Send the answers of the guard: with the headers that every answer has, and without a word about the inside."""

from __future__ import annotations

import time
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Message, Scope, Send

from app_pages.web import language, permissions, plain_pages, security_headers, sign_in
from audits.store.accounts import accounts

SIGNED_OUT = 4401


class Answer:
    """Send an answer with the headers that every answer has, and know what became of it."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self._send = send
        self.scope = scope
        self.account: accounts.Account | None = None
        self.began = time.monotonic()
        self.status = 0
        self.was_refused = False
        # the status to answer whatever the inside answers
        self.instead = 0
        self._is_replaced = False

    def route(self) -> str:
        """Return what was asked for without anything that could name somebody."""
        return permissions.kind(self.scope["path"])

    async def send(self, message: Message) -> None:
        """Send a part of the answer on."""
        if self._is_replaced:
            return
        if message["type"] == "http.response.start":
            if self.instead:
                self._is_replaced = True
                await self.refuse(self.instead)
                return
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            is_bare = "html" not in headers.get("content-type", "") and self._wants_page()
            if self.status in (404, 405, 500) and is_bare:
                self._is_replaced = True
                await self._respond(plain_pages.error(Request(self.scope), 404 if self.status != 500 else 500))
                return
            security_headers.add(headers, self.scope)
        await self._send(message)

    async def refuse(self, status: int, sentence: str = "") -> None:
        """Answer that this is not answered, unless an answer began."""
        self.was_refused = True
        if self.scope["type"] == "websocket":
            self.status = status
            await self._send({"type": "websocket.close", "code": SIGNED_OUT if status == 401 else 1008})
        elif not self.status:
            request = Request(self.scope)
            said = language.wording_of(request).text(sentence or plain_pages.MESSAGES.get(status, ""))
            answer = plain_pages.error(request, status, sentence) if self._wants_page() else Response(said, status)
            answer.headers["connection"] = "close"
            await self._respond(answer)

    async def ask_to_sign_in(self) -> None:
        """Send a reader to the page that asks who it is; say 401 to everything else."""
        if self.scope["type"] == "websocket" or not self._wants_page():
            await self.refuse(401)
            return
        self.was_refused = True
        if self.account is not None and self.account.must_change:
            await self.lead_to(sign_in.PASSWORD_PATH)
            return
        request = Request(self.scope)
        query = f"?{request.url.query}" if request.url.query else ""
        onward, words = quote(f"{self.scope['path']}{query}", safe=""), language.wording_of(request)
        await self.lead_to(f"{sign_in.PATH}?next={onward}&lang={words.language}")

    async def lead_to(self, target: str) -> None:
        """Send a reader to another address here."""
        await self._respond(RedirectResponse(target, 303))

    async def _respond(self, response: Response) -> None:
        self.status = response.status_code
        security_headers.add(response.headers, self.scope)

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        await response(self.scope, nothing, self._send)

    def _wants_page(self) -> bool:
        headers = Headers(scope=self.scope)
        is_page = headers.get("sec-fetch-dest", "document") in ("document", "iframe")
        return (
            self.scope.get("method") in ("GET", "HEAD", "POST") and "text/html" in headers.get("accept", "") and is_page
        )
