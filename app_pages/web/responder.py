"""Send the response of one request: secured, bare errors replaced by pages, the outcome kept for the log."""

from __future__ import annotations

import time
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Message, Scope, Send

from app_pages.web import language, permissions, plain_pages, security_headers, sign_in, statements
from audits.store.accounts import accounts

# websocket close codes: our own for a session that ended, and the standard one for a policy violation
SIGNED_OUT, POLICY_VIOLATION = 4401, 1008


class Responder:
    """Send the response of one request through its ASGI ``send``."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self._send = send
        self.account: accounts.Account | None = None
        self.started_at = time.monotonic()
        self.status = 0
        self.was_refused = False
        # class and place of the error that ended the request
        self.fault = ""
        # answered instead of whatever the app answers; 0 for none
        self.override_status = 0
        self._is_replaced = False
        # the path itself may name a person; its area does not
        self.area = permissions.area(scope["path"])

    async def send(self, message: Message) -> None:
        """Pass on one ASGI message of the app."""
        if self._is_replaced:
            return
        if message["type"] == "http.response.start":
            self._is_replaced = await self._replace(message)
            if self._is_replaced:
                return
            self.status = message["status"]
            security_headers.add(MutableHeaders(scope=message), self.scope)
        await self._send(message)

    async def _replace(self, message: Message) -> bool:
        """Answer instead of the app where it must or should be replaced; return whether that was done."""
        if self.override_status:
            await self.refuse(self.override_status)
            return True
        # Starlette and Streamlit answer these in a bare English word; a reader gets a page, a program gets the word
        status, is_html = message["status"], "html" in Headers(raw=message["headers"]).get("content-type", "")
        if status not in (404, 405, 500) or is_html or not self._wants_page():
            return False
        await self._respond(plain_pages.error(Request(self.scope), 500 if status == 500 else 404))
        return True

    async def refuse(self, status: int, message: str = "") -> None:
        """Refuse the request, unless a response has begun; 401 leads readers to the sign-in page.

        The reason is `message`, an English phrase, or that of the status when it is empty.
        """
        self.was_refused = True
        if status == 401 and self._wants_page():
            await self.redirect(self._sign_in_address())
        elif self.scope["type"] == "websocket":
            self.status = status
            await self._send({"type": "websocket.close", "code": SIGNED_OUT if status == 401 else POLICY_VIOLATION})
        elif not self.status:
            request = Request(self.scope)
            if self._wants_page():
                response: Response = plain_pages.error(request, status, message)
            else:
                phrase = message or plain_pages.MESSAGES.get(status, "")
                response = Response(language.wording_of(request).text(phrase), status)
            # the rest of the body was not read: the connection cannot be used again
            response.headers["connection"] = "close"
            await self._respond(response)

    def _sign_in_address(self) -> str:
        if self.account is not None and self.account.must_change:
            return sign_in.PASSWORD_PATH
        request = Request(self.scope)
        if self.scope["path"] in statements.TWINS:
            return f"{statements.TWINS[self.scope['path']]}?lang={language.wording_of(request).language}"
        query = f"?{request.url.query}" if request.url.query else ""
        target, words = quote(f"{self.scope['path']}{query}", safe=""), language.wording_of(request)
        return f"{sign_in.PATH}?next={target}&lang={words.language}"

    async def redirect(self, target: str) -> None:
        """Redirect a reader to another address of this server."""
        await self._respond(RedirectResponse(target, 303))

    async def _respond(self, response: Response) -> None:
        self.status = response.status_code
        security_headers.add(response.headers, self.scope)

        async def disconnected() -> Message:
            return {"type": "http.disconnect"}

        await response(self.scope, disconnected, self._send)

    def _wants_page(self) -> bool:
        headers = Headers(scope=self.scope)
        # older browsers do not send Sec-Fetch-Dest
        return (
            self.scope.get("method") in ("GET", "HEAD", "POST")
            and "text/html" in headers.get("accept", "")
            and headers.get("sec-fetch-dest", "document") in ("document", "iframe")
        )
