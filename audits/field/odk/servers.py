"""Send requests to a server of submissions, over TLS only and with a problem for each failure."""

from __future__ import annotations

import ipaddress
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any, NoReturn

import requests
import requests.adapters
import requests.auth

from audits import errors

# To connect, and between two pieces of an answer.
TIMEOUT_S = (10, 60)
ATTEMPTS = 3
PIECE_BYTES = 2**16
LARGEST_FILE_BYTES = 50 * 2**20
MOST_PAGES = 10_000

NO_ADDRESS = errors.ProblemKind(
    "ODK-101", "This is no web address of a server; write it as https://central.example.org, without a name in it"
)
NOT_SECRET = errors.ProblemKind(
    "ODK-102", "The password would travel unprotected; use the address that begins with https://"
)
UNREACHABLE = errors.ProblemKind("ODK-103", "The server does not answer or broke off; try again later.")
WRONG_PASSWORD = errors.ProblemKind("ODK-104", "The server does not accept this name and password, or this token.")
NO_RIGHT = errors.ProblemKind(
    "ODK-105", "The server knows no such project or form, or this account may not see it; check both."
)
STRANGE_ANSWER = errors.ProblemKind(
    "ODK-106", "The server answered with code {status} or in a way that is not understood; try again later."
)


class _Patient(requests.adapters.HTTPAdapter):
    """Wait for a slow server, but not for ever."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        options["timeout"] = options.get("timeout") or TIMEOUT_S
        return super().send(request, *args, **options)


class _Authorization(requests.auth.AuthBase):
    """Set the header of every request; a header of the session's own would give way to the user's netrc."""

    def __init__(self, header: str = "") -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request with the header."""
        if self._header:
            request.headers["Authorization"] = self._header
        return request


class Server:
    """One server over one session.

    Parameters
    ----------
    url
        Its address; a path in it is left out.

    Raises
    ------
    audits.errors.RefusedError
        If it is no address, or a password would go over an unprotected line.
    """

    def __init__(self, url: str) -> None:
        self.address = _address(url)
        self._session = requests.Session()
        self._session.auth = _Authorization()
        self._is_lost = False
        for scheme in ("https://", "http://"):
            # of connections only: what has reached the server is never sent twice
            self._session.mount(scheme, _Patient(max_retries=ATTEMPTS - 1))

    @property
    def name(self) -> str:
        """Host and port."""
        return urllib.parse.urlsplit(self.address).netloc

    def authorize(self, header: str) -> None:
        """Show a header ``Authorization`` with every request from now on."""
        self._session.auth = _Authorization(header)

    def post(self, link: str, body: Mapping[str, object]) -> Any:
        """Send JSON and return the JSON answered, its numbers as texts.

        Raises
        ------
        audits.errors.RefusedError
            If the server does not answer, refuses, or answers in a way that is not understood.
        """
        return self._json(self._answer("POST", link, json=body))

    def get(self, link: str) -> Any:
        """Fetch the JSON at a link, its numbers as texts.

        Raises
        ------
        audits.errors.RefusedError
            As for :meth:`post`.
        """
        return self._json(self._answer("GET", link))

    def rows(self, link: str, key: str, next_link: str, no_rows: errors.ProblemKind) -> list[Any]:
        """Return the rows of all pages of an answer.

        Parameters
        ----------
        link
            Of the first page.
        key, next_link
            Where a page has its rows, and the link of the page that follows.
        no_rows
            Problem of a page without rows.

        Raises
        ------
        audits.errors.RefusedError
            As for :meth:`post`, or if a page has no rows.
        """
        found: list[Any] = []
        for _ in range(MOST_PAGES):
            page = self.get(link)
            rows = page.get(key) if isinstance(page, dict) else None
            if not isinstance(rows, list):
                raise errors.RefusedError((no_rows.at(self.address),))
            found += rows
            link = str(page.get(next_link) or "")
            # a server whose last page names a next one would be asked for ever
            if not link or not rows:
                break
        return found

    def content(self, link: str) -> bytes:
        """Return the bytes of a file; once the line is lost, the rest is not waited for.

        Raises
        ------
        audits.errors.RefusedError
            If they do not come, or too many.
        """
        if self._is_lost:
            raise errors.RefusedError((UNREACHABLE.at(self.address),))
        found = bytearray()
        try:
            with self._answer("GET", link, stream=True) as response:
                for piece in response.iter_content(PIECE_BYTES):
                    found += piece
                    # counted while it comes, since an answer need not say how long it is
                    if len(found) > LARGEST_FILE_BYTES:
                        self._refuse(STRANGE_ANSWER, status=response.status_code)
        except requests.RequestException as error:
            self._is_lost = True
            raise errors.RefusedError((UNREACHABLE.at(self.address),)) from error
        except errors.RefusedError as refused:
            self._is_lost = any(problem.kind is UNREACHABLE for problem in refused.problems)
            raise
        return bytes(found)

    def _answer(self, method: str, link: str, **options: Any) -> requests.Response:
        try:
            response = self._session.request(method, self._here(link), **options)
            response.raise_for_status()
        except requests.HTTPError as error:
            kinds = {401: WRONG_PASSWORD, 403: NO_RIGHT, 404: NO_RIGHT}
            status = error.response.status_code if error.response is not None else 0
            self._refuse(kinds.get(status, STRANGE_ANSWER), status=status)
        except (requests.RequestException, OSError) as error:
            raise errors.RefusedError((UNREACHABLE.at(self.address),)) from error
        return response

    def _json(self, response: requests.Response) -> Any:
        try:
            # numbers as they were written: as floats 8.30 would become 8.3, and a long one another number
            return json.loads(response.content, parse_float=str, parse_int=str)
        except (ValueError, RecursionError) as error:
            problem = STRANGE_ANSWER.at(self.address, status=response.status_code)
            raise errors.RefusedError((problem,)) from error

    def _here(self, link: str) -> str:
        """Return a link on this server: one that the server gives is never followed elsewhere, with the password."""
        parts, here = urllib.parse.urlsplit(link), urllib.parse.urlsplit(self.address)
        if parts.hostname not in (None, here.hostname):
            self._refuse(STRANGE_ANSWER, status=200)
        return urllib.parse.urlunsplit((here.scheme, here.netloc, parts.path, parts.query, ""))

    def _refuse(self, kind: errors.ProblemKind, **values: object) -> NoReturn:
        # Without the cause: a traceback would show the request.
        raise errors.RefusedError((kind.at(self.address, **values),)) from None


def _address(url: str) -> str:
    try:
        parts = urllib.parse.urlsplit(url.strip())
        host = parts.hostname or ""
        wrong = parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.port == 0
    except ValueError:
        wrong = True
    if wrong:
        raise errors.RefusedError((NO_ADDRESS.at("URL"),))
    # to this very computer nothing travels
    if parts.scheme != "https" and not _is_this_computer(host):
        raise errors.RefusedError((NOT_SECRET.at(host),))
    return f"{parts.scheme}://{parts.netloc}"


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
