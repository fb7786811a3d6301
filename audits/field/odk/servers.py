"""Send requests to a server of submissions, over TLS only and with a problem for each failure."""

from __future__ import annotations

import ipaddress
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pyodk.errors
import requests
import requests.adapters

from audits import errors

TIMEOUT_S = (10, 60)
ATTEMPTS = 3
PIECE_BYTES = 2**16
LARGEST_FILE_BYTES = 50 * 2**20

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

_Answer = TypeVar("_Answer")


class _Patient(requests.adapters.HTTPAdapter):
    """Wait for a slow server, but not for ever."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        options["timeout"] = options.get("timeout") or TIMEOUT_S
        return super().send(request, *args, **options)


def address(url: str) -> str:
    """Return the address of a server without path.

    Raises
    ------
    audits.errors.RefusedError
        If it is no address, or a password would go over an unprotected line.
    """
    try:
        parts = urllib.parse.urlsplit(url.strip())
        host = parts.hostname or ""
        wrong = parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.port == 0
    except ValueError:
        wrong = True
    if wrong:
        raise errors.RefusedError((NO_ADDRESS.at("URL"),))
    if parts.scheme != "https" and not _is_this_computer(host):
        raise errors.RefusedError((NOT_SECRET.at(host),))
    return f"{parts.scheme}://{parts.netloc}"


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def on(server: str, link: str) -> str:
    """Return a link that the server gave, on the server: it is never followed elsewhere, with the password.

    Raises
    ------
    audits.errors.RefusedError
        If it leads to another host.
    """
    parts = urllib.parse.urlsplit(link)
    here = urllib.parse.urlsplit(server)
    if parts.hostname not in (None, here.hostname):
        raise errors.RefusedError((STRANGE_ANSWER.at(server, status=200),))
    return urllib.parse.urlunsplit((here.scheme, here.netloc, parts.path, parts.query, ""))


def be_patient(session: requests.Session) -> None:
    """Make a session wait for a slow server, but not for ever."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Patient(max_retries=ATTEMPTS - 1))


@dataclass
class Files:
    """The files of one server, fetched one by one; when the line is lost, the rest is not waited for.

    Parameters
    ----------
    session
        Logged in.
    server
        From :func:`address`.
    """

    session: requests.Session
    server: str
    lost: bool = False

    def content(self, place: str) -> bytes:
        """Return the bytes of a file.

        Raises
        ------
        audits.errors.RefusedError
            If they do not come, or too many.
        """
        if self.lost:
            raise errors.RefusedError((UNREACHABLE.at(self.server),))
        try:
            return answer(self.server, lambda: self._fetched(place))
        except errors.RefusedError as refused:
            self.lost = any(problem.kind is UNREACHABLE for problem in refused.problems)
            raise

    def _fetched(self, place: str) -> bytes:
        found = bytearray()
        with self.session.get(place, stream=True) as response:
            response.raise_for_status()
            for piece in response.iter_content(PIECE_BYTES):
                found += piece
                if len(found) > LARGEST_FILE_BYTES:
                    raise errors.RefusedError((STRANGE_ANSWER.at(place, status=response.status_code),))
        return bytes(found)


def answer(server: str, ask: Callable[[], _Answer]) -> _Answer:
    """Return the answer of a server.

    Raises
    ------
    audits.errors.RefusedError
        If it does not answer, refuses, or answers in a way that is not understood.
    """
    try:
        return ask()
    except (pyodk.errors.PyODKError, requests.HTTPError) as error:
        raise errors.RefusedError((_refusal(server, error),)) from None
    except requests.exceptions.JSONDecodeError as error:
        raise errors.RefusedError((STRANGE_ANSWER.at(server, status=200),)) from error
    except (requests.RequestException, OSError) as error:
        raise errors.RefusedError((UNREACHABLE.at(server),)) from error


def _refusal(server: str, error: Exception) -> errors.Problem:
    answers = [one for one in (*error.args, getattr(error, "response", None)) if isinstance(one, requests.Response)]
    status = answers[0].status_code if answers else 200
    if status == 401:
        return WRONG_PASSWORD.at(server)
    return NO_RIGHT.at(server) if status in (403, 404) else STRANGE_ANSWER.at(server, status=status)
