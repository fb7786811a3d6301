"""Serve the phone form to ODK Collect and take in what it sends: OpenRosa 1.0, in the same process as the pages."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.sax import saxutils

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from app_pages.web import rate_limit
from audits import errors, wording
from audits import record as records
from audits.field import receiving
from audits.field.odk import bilingual, central, leaves, names, roots, site_list, submission_xml, submissions, xlsform
from audits.rules import files as criteria_files
from audits.store.accounts import accounts, device_secrets
from audits.store.db import connection
from audits.store.register import devices
from audits.store.surveys import attaching, read

phrase = wording.phrase

PREFIX = "/openrosa"
LARGEST_BYTES = 50_000_000
LONGEST_SIZE = 18
MOST_FILES = 200
XML_PART, MORE_TO_COME = "xml_submission_file", "*isIncomplete*"
OPENROSA = {"X-OpenRosa-Version": "1.0", "X-OpenRosa-Accept-Content-Length": str(LARGEST_BYTES)}
REALM = 'Basic realm="Jaidee", charset="UTF-8"'

TITLE = phrase("Survey of a site, Jaidee")
WHO = phrase("Write your name and your secret into the settings of ODK Collect; the engineers give them.")
WAIT = phrase("Too many wrong secrets; try again in {seconds} seconds.")
TOO_BIG = phrase("The submission has more than {megabytes} MB; send smaller photos.")
NO_SUBMISSION = phrase("The request has no submission in it, or was cut off; send it again.")
TRY_AGAIN = phrase("The record cannot be written just now; the phone keeps the survey, send it again later.")
TAKEN_IN = phrase("Taken in: {code}, receipt {number}.")
AWAITED = phrase("Photos still to come: {count}.")
KEPT = phrase("Received and kept; an engineer will look at it.")
CONFLICT = phrase(
    "Another survey came under this number before. Both are kept and an engineer decides; leave it on the phone."
)


@dataclass(frozen=True)
class _Form:
    content: bytes
    version: str
    title: str


def _form() -> _Form:
    """Write the form of the criteria as they are now; phones see by its hash that it changed."""
    return _form_of(criteria_files.load_criteria().version)


@functools.lru_cache(maxsize=2)
def _form_of(version: str) -> _Form:
    content = xlsform.xform(criteria_files.load_criteria(), version=version).encode()
    return _Form(content, version, bilingual.text(TITLE).th)


def routes(
    open_store: Callable[[], connection.Store],
    *,
    behind_proxy: bool = False,
    tries: rate_limit.Attempts | None = None,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> list[Route]:
    """Return the routes that make Jaidee a server for ODK Collect.

    Collect sends name and secret as Basic, and does so over HTTPS only: put a proxy with a certificate in front.

    Parameters
    ----------
    open_store
        Gives the open store of the workspace; it is not closed here.
    behind_proxy
        Believe ``X-Forwarded-Proto``, ``-Host`` and ``-For``; only when a proxy of our own sets them.
    tries
        Counts wrong secrets; a new count when None.
    now
        Gives the instant of arrival.
    """
    server = _Server(open_store, behind_proxy, tries or rate_limit.Attempts(), now)
    readable = {
        "/formList": server.form_list,
        "/forms/{form_id}.xml": server.form,
        "/forms/{form_id}/manifest": server.manifest,
        f"/media/{names.SITE_FILE}": server.site_list,
    }
    made = [Route(f"{PREFIX}{path}", server.guarded(answer), methods=["GET"]) for path, answer in readable.items()]
    return [*made, Route(f"{PREFIX}/submission", server.submission, methods=["HEAD", "POST"])]


class _RefusedError(Exception):
    """A request that gets an answer other than the one it asked for."""

    def __init__(self, response: Response) -> None:
        self.response = response


class _Server:
    def __init__(
        self,
        open_store: Callable[[], connection.Store],
        behind_proxy: bool,
        tries: rate_limit.Attempts,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._open_store = open_store
        self._behind_proxy = behind_proxy
        self._tries = tries
        self._now = now

    def guarded(self, answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """Return a route that answers technicians only."""

        def endpoint(request: Request) -> Response:
            try:
                self.technician(request)
                return answer(request)
            except _RefusedError as refused:
                return refused.response
            except errors.JaideeError:
                return _told(503, TRY_AGAIN)

        return endpoint

    def technician(self, request: Request) -> str:
        """Return who asks, or refuse."""
        name, secret = _credentials(request.headers.get("authorization", ""))
        address = self._address(request)
        seconds = self._tries.wait_s(name, address)
        if seconds > 0:
            raise _RefusedError(_told(429, WAIT, {"Retry-After": str(int(seconds) + 1)}, seconds=int(seconds) + 1))
        if not name:
            raise _RefusedError(_told(401, WHO, {"WWW-Authenticate": REALM}))
        store = accounts.as_program(self._open_store())
        if not device_secrets.matches(store, name, secret) or accounts.is_closed(store, name):
            self._tries.failed(name, address)
            raise _RefusedError(_told(401, WHO, {"WWW-Authenticate": REALM}))
        self._tries.succeeded(name, address)
        return name

    def _address(self, request: Request) -> str:
        direct = request.client.host if request.client else ""
        forwarded = request.headers.get("x-forwarded-for", "") if self._behind_proxy else ""
        # the last one is what our own proxy saw
        return forwarded.rpartition(",")[2].strip() or direct

    def _at(self, request: Request, path: str) -> str:
        scheme, host = request.url.scheme, request.url.netloc
        if self._behind_proxy:
            scheme = request.headers.get("x-forwarded-proto", scheme)
            host = request.headers.get("x-forwarded-host", host)
        return f"{scheme}://{host}{PREFIX}{path}"

    def form_list(self, request: Request) -> Response:
        """Answer which forms there are: ours."""
        form, wanted = _form(), request.query_params.get("formID", names.FORM_ID)
        entry = _element(
            "xform",
            formID=names.FORM_ID,
            name=form.title,
            version=form.version,
            hash=_hash(form.content),
            downloadUrl=self._at(request, f"/forms/{names.FORM_ID}.xml"),
            manifestUrl=self._at(request, f"/forms/{names.FORM_ID}/manifest"),
        )
        listed = entry if wanted == names.FORM_ID else ""
        return _xml(f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{listed}</xforms>')

    def form(self, request: Request) -> Response:
        """Answer the form."""
        return _xml(_form().content) if request.path_params["form_id"] == names.FORM_ID else Response(status_code=404)

    def manifest(self, request: Request) -> Response:
        """Answer which files belong to the form: the list of sites."""
        if request.path_params["form_id"] != names.FORM_ID:
            return Response(status_code=404)
        entry = _element(
            "mediaFile",
            filename=names.SITE_FILE,
            hash=_hash(self._sites()),
            downloadUrl=self._at(request, f"/media/{names.SITE_FILE}"),
        )
        return _xml(f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{entry}</manifest>')

    def site_list(self, _request: Request) -> Response:
        """Answer the list of sites of today."""
        return Response(self._sites(), media_type="text/csv", headers=OPENROSA)

    def _sites(self) -> bytes:
        return site_list.sites_csv(*records.register(self._open_store()), wording.Wording("th"))

    async def submission(self, request: Request) -> Response:
        """Take in one submission, or a part of one: the same XML with other photos."""
        try:
            technician = await run_in_threadpool(self.technician, request)
            if request.method == "HEAD":
                return Response(status_code=204, headers={**OPENROSA, "Location": self._at(request, "/submission")})
            content, files = await _parts(request)
            return await run_in_threadpool(self._take_in, content, files, technician)
        except _RefusedError as refused:
            return refused.response
        except errors.RefusedError as refused:
            return _response(400, " ".join(_in_both(refused.problems)))
        except errors.JaideeError:
            return _told(503, TRY_AGAIN, {"Retry-After": "60"})

    def _take_in(self, content: bytes, files: Mapping[str, bytes], technician: str) -> Response:
        store = self._open_store()
        root_of = functools.partial(roots.root_of, store)
        came = {name: functools.partial(bytes, part) for name, part in files.items()}
        sent = submission_xml.read(content, came, root_of=root_of)
        known = submissions.Known(
            read.sites(store),
            read.elements(store),
            criteria_files.load_criteria(),
            self._now(),
            devices.uncertainties(store),
            root_of,
        )
        delivery = leaves.delivery(
            [sent],
            known,
            source=central.SOURCE,
            file_name=f"ODK Collect {sent.survey_id}",
            # with its files, so that every part of a submission sent in parts is held with its own
            file_sha256=hashlib.sha256(sent.raw.encode()).hexdigest(),
        )
        reception = receiving.receive(store, delivery, technician, words=wording.Wording("th"), received_at=self._now())
        return _receipt(store, reception.outcomes[0], sent.leaves.get(names.SITE, ""))


def _receipt(store: connection.Store, outcome: receiving.Outcome, code: str) -> Response:
    """Answer what became of a submission.

    What is held is on the disk with all its photos, and only an engineer can go on: the phone is done with it (201). A
    conflict means that the phone or the record is wrong about this id; as ODK Central does, it is answered by 409, and
    the phone keeps its copy until an engineer has looked at both.
    """
    problems = _in_both(outcome.problems)
    if outcome.outcome == "conflict":
        return _told(409, CONFLICT)
    if outcome.outcome == receiving.HELD:
        return _response(201, " ".join((_both(KEPT), *problems)))
    awaited = int((attaching.missing(store)["survey_id"] == outcome.survey_id).sum())
    lines = [_both(TAKEN_IN, code=code, number=outcome.number)]
    lines += [_both(AWAITED, count=awaited)] if awaited else []
    return _response(201, " ".join((*lines, *problems)))


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, given = header.partition(" ")
    if scheme.casefold() != "basic":
        return "", ""
    try:
        plain = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        text = plain.decode("latin-1")
    name, _, secret = text.partition(":")
    return name, secret


async def _parts(request: Request) -> tuple[bytes, dict[str, bytes]]:
    """Return the XML of a submission and the files sent with it, by name."""
    too_big = _RefusedError(_told(413, TOO_BIG, megabytes=LARGEST_BYTES // 1_000_000))
    declared = request.headers.get("content-length", "0")
    if len(declared) > LONGEST_SIZE or not declared.isdecimal() or int(declared) > LARGEST_BYTES:
        raise too_big
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BYTES:
            raise too_big
        return message

    content, files = b"", {}
    try:
        async with Request(request.scope, receive).form(
            max_files=MOST_FILES, max_fields=MOST_FILES, max_part_size=submission_xml.LARGEST_BYTES
        ) as form:
            for name, part in form.multi_items():
                if name == XML_PART:
                    content = await part.read() if isinstance(part, UploadFile) else part.encode()
                elif isinstance(part, UploadFile) and name != MORE_TO_COME:
                    file_name = PurePosixPath((part.filename or name).replace("\\", "/")).name
                    files[file_name] = await part.read()
    except (MultiPartException, HTTPException, ClientDisconnect, UnicodeError) as error:
        raise _RefusedError(_told(400, NO_SUBMISSION)) from error
    if not content:
        raise _RefusedError(_told(400, NO_SUBMISSION))
    return content, files


def _told(status: int, english: str, headers: Mapping[str, str] | None = None, **values: object) -> Response:
    return _response(status, _both(english, **values), headers)


def _both(english: str, **values: object) -> str:
    """Return a phrase in Thai and English, since Collect does not say which its reader reads."""
    said = bilingual.text(english, **values)
    return f"{said.th} / {said.en}"


def _in_both(problems: tuple[errors.Problem, ...]) -> list[str]:
    thai, english = wording.Wording("th"), wording.Wording("en")
    return [f"{thai.problem(one)} / {english.problem(one)}" for one in problems]


def _response(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = (
        f'<OpenRosaResponse xmlns="http://openrosa.org/http/response">{_element("message", message)}</OpenRosaResponse>'
    )
    return _xml(body, status, headers)


def _element(tag: str, text: str = "", **children: str) -> str:
    inside = saxutils.escape(text) + "".join(_element(name, value) for name, value in children.items())
    return f"<{tag}>{inside}</{tag}>"


def _xml(body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, {**OPENROSA, **(headers or {})}, "text/xml")


def _hash(content: bytes) -> str:
    return f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
