"""Fetch submissions over the network: from ODK Central with pyodk, from KoboToolbox by its API."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import logging
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyodk.client
import requests
import requests.auth
from pyodk._utils import config as pyodk_config
from pyodk._utils import session as pyodk_session

from audits import errors
from audits.field import arrivals
from audits.field import known as known_room
from audits.field.odk import central, kobo, leaves, servers, submissions

PAGE = 250
MOST_PAGES = 10_000

_Json = dict[str, Any]


def pull_central(
    url: str,
    project: int,
    form: str,
    user: str,
    password: str,
    known: known_room.Known,
    since: dt.datetime | None = None,
) -> arrivals.Delivery:
    """Fetch the submissions of one form from ODK Central; photos are fetched when they are read.

    Parameters
    ----------
    url
        Of the server, such as ``https://central.example.org``.
    project, form
        Number of the project and id of the form.
    user, password
        A web user who may read the submissions; neither is kept anywhere.
    known
        Register, criteria, devices.
    since
        Only what was sent or edited after this instant; everything when None.

    Returns
    -------
    audits.field.arrivals.Delivery
        Reading a photo raises RefusedError when the server does not give it.

    Raises
    ------
    audits.errors.RefusedError
        If the server cannot be reached, does not let us in, or sends what is not understood.
    """
    server = servers.address(url)
    # without a handler of its own the library's log would end on the terminal, as a traceback
    logging.getLogger("pyodk").addHandler(logging.NullHandler())
    session = pyodk_session.Session(server, "v1", user, password, cache_path=None)
    servers.be_patient(session)
    about = pyodk_config.Config(pyodk_config.CentralConfig(server, user or "-", password or "-"))
    client = pyodk.client.Client(session=session, config=about, project_id=project)
    servers.answer(server, session.auth.login)
    rows = servers.answer(server, lambda: list(_central_rows(client, form, server, since)))
    name = f"{urllib.parse.urlsplit(server).netloc}/{project}/{form}"
    fetch = functools.partial(_central_photos, client, form, servers.Files(session, server), _incomplete(rows))
    sent, notices = central.from_odata(rows, name, fetch, _number_of)
    return _delivery(sent, known, central.SOURCE, name, notices)


def _central_rows(client: pyodk.client.Client, form: str, server: str, since: dt.datetime | None) -> Iterator[_Json]:
    wanted = None
    if since is not None:
        moment = since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        wanted = f"__system/submissionDate gt {moment} or __system/updatedAt gt {moment}"
    first = client.submissions.get_table(form_id=form, top=PAGE, filter=wanted)
    pages = _pages(first, lambda link: _asked(client, link).json(), "@odata.nextLink", server)
    return _rows(pages, "value", central.NOT_CENTRAL.at(server))


def _pages(first: object, fetch: Callable[[str], object], next_link: str, server: str) -> Iterator[_Json]:
    """Yield the pages of an answer, each followed by the one it links to."""
    page = _as_texts(first, server)
    for _ in range(MOST_PAGES):
        yield page
        following = page.get(next_link)
        if not following:
            return
        page = _as_texts(fetch(servers.on(server, str(following))), server)


def _rows(pages: Iterable[_Json], key: str, problem: errors.Problem) -> Iterator[_Json]:
    for page in pages:
        rows = page.get(key)
        if not isinstance(rows, list):
            raise errors.RefusedError((problem,))
        if not rows:
            return
        yield from rows


def _asked(client: pyodk.client.Client, place: str) -> requests.Response:
    answer: requests.Response = client.session.response_or_error("GET", place, logging.getLogger("pyodk"))
    return answer


def _as_texts(document: object, server: str) -> _Json:
    """Return JSON with its numbers as texts, as the same data has them in a file."""
    read = submissions.from_json(json.dumps(document), server)
    if not isinstance(read, dict):
        raise errors.RefusedError((servers.STRANGE_ANSWER.at(server, status=200),))
    return read


def _incomplete(rows: list[_Json]) -> frozenset[str]:
    """Return the submissions of which the server itself still awaits photos."""
    waiting = set()
    for row in rows:
        system = row.get("__system") if isinstance(row, dict) else None
        if isinstance(system, dict) and system.get("attachmentsPresent") != system.get("attachmentsExpected"):
            waiting.add(submissions.instance_id(row.get("__id")))
    return frozenset(waiting)


def _central_photos(
    client: pyodk.client.Client,
    form: str,
    files: servers.Files,
    incomplete: frozenset[str],
    _row: Mapping[str, object],
    root_id: str,
    leaves: Mapping[str, str],
) -> Mapping[str, submissions.Content]:
    named = submissions.photo_names(leaves)
    place = client.session.urlformat(
        "projects/{project}/forms/{form}/submissions/{root}/attachments",
        project=client.project_id,
        form=form,
        root=root_id,
    )
    if named and root_id in incomplete:
        present = servers.answer(files.server, lambda: _asked(client, place).json())
        there = {str(one.get("name")) for one in present if isinstance(one, dict) and one.get("exists")}
        named = [name for name in named if name in there]
    return {name: functools.partial(files.content, f"{place}/{client.session.urlquote(name)}") for name in named}


class _Token(requests.auth.AuthBase):
    """Show the token with every request; a header of the session's own would give way to the user's netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request with the token."""
        request.headers["Authorization"] = f"Token {self._token}"
        return request


def pull_kobo(url: str, asset: str, token: str, known: known_room.Known) -> arrivals.Delivery:
    """Fetch the submissions of one project from KoboToolbox; photos are fetched when they are read.

    Parameters
    ----------
    url
        Of the server, such as ``https://kf.kobotoolbox.org``.
    asset
        Id of the project, from its address: the letters behind ``/forms/``.
    token
        API key of an account that may see the submissions; kept nowhere.
    known
        Register, criteria, devices; its `root_of` finds what a submission was before it was edited.

    Returns
    -------
    audits.field.arrivals.Delivery
        Reading a photo raises RefusedError when the server does not give it.

    Raises
    ------
    audits.errors.RefusedError
        If the server cannot be reached, does not let us in, or sends what is not understood.
    """
    server = servers.address(url)
    session = requests.Session()
    servers.be_patient(session)
    session.auth = _Token(token)
    place = f"{server}/api/v2/assets/{urllib.parse.quote(asset, safe='')}/data/"
    rows = servers.answer(server, lambda: list(_kobo_rows(session, place, server)))
    name = f"{urllib.parse.urlsplit(server).netloc}/{asset}"
    fetch = functools.partial(_kobo_photos, servers.Files(session, server), place)
    sent, notices = kobo.from_rows(rows, name, known.root_of, fetch, _number_of_kobo)
    return _delivery(sent, known, kobo.SOURCE, name, notices)


def _kobo_rows(session: requests.Session, place: str, server: str) -> Iterator[_Json]:
    def fetch(link: str) -> object:
        response = session.get(link)
        response.raise_for_status()
        return response.json()

    first = fetch(servers.on(server, f"{place}?format=json&limit={PAGE}"))
    return _rows(_pages(first, fetch, "next", server), "results", kobo.NOT_KOBO.at(server))


def _kobo_photos(
    files: servers.Files, place: str, row: Mapping[str, object], _root_id: str, leaves: Mapping[str, str]
) -> Mapping[str, submissions.Content]:
    """Return the photos by the names in the answers, which the server may have changed in the names of its files."""
    leaves_by_name = {name: leaf for leaf, name in leaves.items() if name in submissions.photo_names(leaves)}
    found = row.get("_attachments")
    photos: dict[str, submissions.Content] = {}
    for one in found if isinstance(found, list) else []:
        if not isinstance(one, dict) or one.get("is_deleted"):
            continue
        leaf = str(one.get("question_xpath") or "").rpartition("/")[2]
        base = str(one.get("media_file_basename") or one.get("filename") or "").rpartition("/")[2]
        own = one.get("uid") or one.get("id")
        for name, asked in leaves_by_name.items():
            if own and (asked == leaf or name == base):
                # the address that the server names may be another server's, which must not see the token
                at = f"{place}{row.get('_id')}/attachments/{urllib.parse.quote(str(own), safe='')}/"
                photos[name] = functools.partial(files.content, at)
    return photos


def _number_of(_number: int, _row: Mapping[str, object], survey_id: str) -> tuple[int, str]:
    """Return a number and a name that stay a submission's own, however many come before it next time."""
    return int.from_bytes(hashlib.sha256(survey_id.encode()).digest()[:6]), survey_id


def _number_of_kobo(number: int, row: Mapping[str, object], _survey_id: str) -> tuple[int, str]:
    """Return the number that the server gives a submission."""
    own = str(row.get("_id", ""))
    line = int(own) if own.isdecimal() and len(own) < 18 else number
    return line, f"row {line}"


def _delivery(
    sent: list[submissions.Submission],
    known: known_room.Known,
    source: str,
    name: str,
    notices: tuple[errors.Problem, ...],
) -> arrivals.Delivery:
    # the place, not its content of today, so that what is held is held once and settles when it is taken in later
    sha256 = hashlib.sha256(f"{source} {name}".encode()).hexdigest()
    return leaves.delivery(sent, known, source=source, file_name=name, file_sha256=sha256, notices=notices)
