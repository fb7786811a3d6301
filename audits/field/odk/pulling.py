"""Fetch submissions over the network, from ODK Central and from KoboToolbox."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import urllib.parse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from audits import errors
from audits.field import arrivals
from audits.field import known as known_room
from audits.field.odk import central, kobo, leaves, servers, submissions

PAGE = 250

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
    server = servers.Server(url)
    session = server.post("/v1/sessions", {"email": user, "password": password})
    server.authorize(f"Bearer {session.get('token') if isinstance(session, dict) else ''}")
    query: dict[str, object] = {"$top": PAGE}
    if since is not None:
        moment = since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        query["$filter"] = f"__system/submissionDate gt {moment} or __system/updatedAt gt {moment}"
    place = f"/v1/projects/{project}/forms/{_quoted(form)}"
    first = f"{place}.svc/Submissions?{urllib.parse.urlencode(query)}"
    rows = server.rows(first, "value", "@odata.nextLink", central.NOT_CENTRAL)
    name = f"{server.name}/{project}/{form}"
    incomplete = _incomplete(rows)
    sent, notices = central.from_odata(rows, name)
    sent = [_from_central(one, server, f"{place}/submissions", incomplete) for one in sent]
    return _delivery(sent, known, central.SOURCE, name, notices)


def _quoted(part: object) -> str:
    return urllib.parse.quote(str(part), safe="")


def _incomplete(rows: list[_Json]) -> frozenset[str]:
    """Return the submissions of which the server itself still awaits photos."""
    waiting = set()
    for row in rows:
        system = row.get("__system") if isinstance(row, dict) else None
        if isinstance(system, dict) and system.get("attachmentsPresent") != system.get("attachmentsExpected"):
            waiting.add(submissions.instance_id(row.get("__id")))
    return frozenset(waiting)


def _from_central(
    one: submissions.Submission, server: servers.Server, place: str, incomplete: frozenset[str]
) -> submissions.Submission:
    if submissions.NOT_A_SUBMISSION in one.faults:
        return one
    named = submissions.photo_names(one.leaves)
    attachments = f"{place}/{_quoted(one.root_id)}/attachments"
    # asked only where something is missing, since it takes one more request for each submission
    if named and one.root_id in incomplete:
        present = server.get(attachments)
        there = {str(one.get("name")) for one in present if isinstance(one, dict) and one.get("exists")}
        named = [name for name in named if name in there]
    photos = {name: functools.partial(server.content, f"{attachments}/{_quoted(name)}") for name in named}
    # A number and a name that stay its own, however many come before it next time.
    line = int.from_bytes(hashlib.sha256(one.survey_id.encode()).digest()[:6])
    return replace(one, line=line, where=one.survey_id, attachments=photos)


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
    server = servers.Server(url)
    server.authorize(f"Token {token}")
    place = f"/api/v2/assets/{_quoted(asset)}/data/"
    rows = server.rows(f"{place}?format=json&limit={PAGE}", "results", "next", kobo.NOT_KOBO)
    name = f"{server.name}/{asset}"
    sent, notices = kobo.from_rows(rows, name)
    sent = [_from_kobo(one, row, server, place) for one, row in zip(sent, rows, strict=True)]
    return _delivery(sent, known, kobo.SOURCE, name, notices)


def _from_kobo(one: submissions.Submission, row: object, server: servers.Server, place: str) -> submissions.Submission:
    if not isinstance(row, dict):
        return one
    own = str(row.get("_id", ""))
    # with more digits it might not fit into a column of the database
    line = int(own) if own.isdecimal() and len(own) < 18 else one.line
    return replace(one, line=line, where=f"row {line}", attachments=_kobo_photos(server, place, row, one.leaves))


def _kobo_photos(
    server: servers.Server, place: str, row: Mapping[str, object], leaves: Mapping[str, str]
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
            if own and (asked == leaf or arrivals.folded(name) == arrivals.folded(base)):
                # the address that the server names may be another server's, which must not see the token
                at = f"{place}{row.get('_id')}/attachments/{_quoted(own)}/"
                photos[name] = functools.partial(server.content, at)
    return photos


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
