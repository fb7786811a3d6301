"""Serve the survey form to ODK Collect and receive its submissions (OpenRosa 1.0)."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app_pages.web import body_limit, device_sign_in
from audits import errors, wording
from audits import record as records
from audits.field import known as known_record
from audits.field import receiving, visit_days
from audits.field.odk import bilingual, central, leaves, names, site_list, submission_xml, xlsform
from audits.formats import templates
from audits.rules import files as criteria_files
from audits.store.db import connection
from audits.store.surveys import attaching

phrase = wording.phrase

TEMPLATES = Path(__file__).parent / "templates" / "openrosa"
PREFIX = "/openrosa"
MAX_BYTES = 50_000_000
MAX_FILES = 200
XML_PART, INCOMPLETE_PART = "xml_submission_file", "*isIncomplete*"
HEADERS = {"X-OpenRosa-Version": "1.0", "X-OpenRosa-Accept-Content-Length": str(MAX_BYTES)}
REALM = 'Basic realm="Jaidee", charset="UTF-8"'

TITLE = phrase("Survey of a site, Jaidee")
WRONG_SECRET = phrase("Write your name and your secret into the settings of ODK Collect; the engineers give them.")
TOO_LARGE = phrase("The submission has more than {megabytes} MB; send smaller photos.")
NO_SUBMISSION = phrase("The request has no submission in it, or was cut off; send it again.")
TRY_AGAIN = phrase("The record cannot be written just now; the phone keeps the survey, send it again later.")
ACCEPTED = phrase("Taken in: {code}, receipt {number}.")
PHOTOS_MISSING = phrase("Photos still to come: {count}.")
HELD = phrase("Received and kept; an engineer will look at it.")
CONFLICT = phrase(
    "Another survey came under this number before. Both are kept and an engineer decides; leave it on the phone."
)

Handler = Callable[[Request], Response]


class _NoSubmissionError(Exception):
    """A request that is no submission, or a part of one."""


@dataclass(frozen=True)
class _Form:
    id: str
    title: str
    version: str
    content: bytes

    @property
    def hash(self) -> str:
        return _md5(self.content)


def _form() -> _Form:
    """Return the form of the criteria as they are now; phones see by its hash that it changed."""
    return _form_of(criteria_files.load_criteria().version)


@functools.lru_cache(maxsize=2)
def _form_of(version: str) -> _Form:
    content = xlsform.xform(xlsform.sheets(criteria_files.load_criteria(), version=version)).encode()
    return _Form(names.FORM_ID, bilingual.text(TITLE).th, version, content)


def routes(
    open_store: Callable[[], connection.Store],
    sign_in: device_sign_in.DeviceSignIn,
    *,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> list[BaseRoute]:
    """Return the routes that make Jaidee a server for ODK Collect.

    Collect sends name and secret as HTTP Basic and only over HTTPS: a proxy with a certificate goes in front.

    Parameters
    ----------
    open_store
        Returns the open store of the workspace; it is not closed here.
    sign_in
        Knows the technicians.
    now
        Instant of arrival.
    """
    server = _Server(open_store, sign_in, now)
    handlers = {
        "/formList": server.form_list,
        "/forms/{form_id}.xml": server.form,
        "/forms/{form_id}/manifest": server.manifest,
        f"/media/{names.SITE_FILE}": server.site_list,
    }
    readable = [Route(f"{PREFIX}{path}", server.endpoint(each), methods=["GET"]) for path, each in handlers.items()]
    submission = Route(f"{PREFIX}/submission", server.submission, methods=["HEAD", "POST"])
    return device_sign_in.closed(PREFIX, [*readable, submission])


@dataclass
class _Server:
    open_store: Callable[[], connection.Store]
    sign_in: device_sign_in.DeviceSignIn
    now: Callable[[], dt.datetime]

    def endpoint(self, handler: Handler) -> Handler:
        """Return the endpoint that calls `handler` for technicians only."""

        def respond(request: Request) -> Response:
            try:
                self.sign_in.technician(request)
                return handler(request)
            except device_sign_in.DeviceRefusedError as refused:
                return _sign_in_refusal(refused)
            except (errors.JaideeError, OSError):
                return _message(503, _both(TRY_AGAIN))

        return respond

    def form_list(self, request: Request) -> Response:
        """Answer the one form there is, unless another one is asked for."""
        is_wanted = request.query_params.get("formID", names.FORM_ID) == names.FORM_ID
        return _xml(
            "form_list",
            form=_form() if is_wanted else None,
            form_url=_url(request, f"/forms/{names.FORM_ID}.xml"),
            manifest_url=_url(request, f"/forms/{names.FORM_ID}/manifest"),
        )

    def form(self, request: Request) -> Response:
        """Answer the form as an XForm."""
        if request.path_params["form_id"] != names.FORM_ID:
            return Response(status_code=404)
        return Response(_form().content, headers=HEADERS, media_type="text/xml")

    def manifest(self, request: Request) -> Response:
        """Answer which files belong to the form: the list of sites."""
        if request.path_params["form_id"] != names.FORM_ID:
            return Response(status_code=404)
        url = _url(request, f"/media/{names.SITE_FILE}")
        return _xml("manifest", filename=names.SITE_FILE, hash=_md5(self._sites_csv()), url=url)

    def site_list(self, _request: Request) -> Response:
        """Answer today's list of sites."""
        return Response(self._sites_csv(), media_type="text/csv", headers=HEADERS)

    def _sites_csv(self) -> bytes:
        return site_list.sites_csv(*records.register(self.open_store()), wording.Wording("th"))

    async def submission(self, request: Request) -> Response:
        """Receive a submission, or a part of one: Collect sends the same XML again with the next photos."""
        try:
            technician = await run_in_threadpool(self.sign_in.technician, request)
            if request.method == "HEAD":
                # Collect asks where to send and how much before it sends
                return Response(status_code=204, headers={**HEADERS, "Location": _url(request, "/submission")})
            content, files = await _parts(request)
            # OpenRosa asks for a Date header with every request, which is the phone's own.
            clock = visit_days.clock(request.headers.get("date", ""))
            return await run_in_threadpool(self._receive, content, files, technician, clock)
        except device_sign_in.DeviceRefusedError as refused:
            return _sign_in_refusal(refused)
        except body_limit.BodyError:
            return _message(413, _both(TOO_LARGE, megabytes=MAX_BYTES // 1_000_000))
        except _NoSubmissionError:
            return _message(400, _both(NO_SUBMISSION))
        except errors.RefusedError as refused:
            return _message(400, *_problems(refused.problems))
        except (errors.JaideeError, OSError):
            return _message(503, _both(TRY_AGAIN), headers={"Retry-After": "60"})

    def _receive(
        self, content: bytes, files: Mapping[str, bytes], technician: str, clock: dt.datetime | None
    ) -> Response:
        store = self.open_store()
        known = known_record.of_store(store, criteria_files.load_criteria(), self.now())
        readers = {name: functools.partial(bytes, part) for name, part in files.items()}
        submission = submission_xml.read(content, readers)
        delivery = leaves.delivery(
            [submission],
            known,
            source=central.SOURCE,
            file_name=f"ODK Collect {submission.survey_id}",
            # with its files, so that every part of a submission sent in parts is held with its own
            file_sha256=hashlib.sha256(submission.raw.encode()).hexdigest(),
            device_clock=clock,
        )
        delivery = delivery.submitted(self.now())
        reception = receiving.receive(store, delivery, technician, words=wording.Wording("th"), received_at=self.now())
        return _receipt(store, reception.outcomes[0], submission.leaves.get(names.SITE, ""))


def _receipt(store: connection.Store, outcome: receiving.Outcome, code: str) -> Response:
    """Answer what became of a submission.

    What is held is on the disk with all its photos, and only an engineer can go on: the phone is done with it (201). A
    conflict means that the phone or the record is wrong about this id; as ODK Central does, it is answered by 409, and
    the phone keeps its copy until an engineer has looked at both.
    """
    problems = _problems(outcome.problems)
    if outcome.outcome == "conflict":
        return _message(409, _both(CONFLICT))
    if outcome.outcome == receiving.HELD:
        return _message(201, _both(HELD), *problems)
    missing = int((attaching.missing(store)["survey_id"] == outcome.survey_id).sum())
    sentences = [_both(ACCEPTED, code=code, number=outcome.number)]
    sentences += [_both(PHOTOS_MISSING, count=missing)] if missing else []
    return _message(201, *sentences, *problems)


async def _parts(request: Request) -> tuple[bytes, dict[str, bytes]]:
    """Return the XML of a submission and the files sent with it, by name."""
    receive = body_limit.limited(request.scope, request.receive, MAX_BYTES)
    content, files = b"", {}
    try:
        async with Request(request.scope, receive).form(
            max_files=MAX_FILES, max_fields=MAX_FILES, max_part_size=submission_xml.LARGEST_BYTES
        ) as form:
            for name, part in form.multi_items():
                if name == XML_PART:
                    content = await part.read() if isinstance(part, UploadFile) else part.encode()
                elif isinstance(part, UploadFile) and name != INCOMPLETE_PART:
                    # names of files come from the phone; a path in one must not choose a folder here
                    file_name = PurePosixPath((part.filename or name).replace("\\", "/")).name
                    files[file_name] = await part.read()
    except (MultiPartException, HTTPException, ClientDisconnect, UnicodeError) as error:
        raise _NoSubmissionError from error
    if not content:
        raise _NoSubmissionError
    return content, files


def _sign_in_refusal(refused: device_sign_in.DeviceRefusedError) -> Response:
    if refused.retry_after_s:
        sentence = _both(device_sign_in.WAIT, seconds=refused.retry_after_s)
        return _message(429, sentence, headers={"Retry-After": str(refused.retry_after_s)})
    return _message(401, _both(WRONG_SECRET), headers={"WWW-Authenticate": REALM})


def _both(english: str, **values: object) -> str:
    """Return a phrase in Thai and English: Collect does not say which language its user reads."""
    name = bilingual.text(english, **values)
    return f"{name.th} / {name.en}"


def _problems(problems: tuple[errors.Problem, ...]) -> list[str]:
    thai, english = wording.Wording("th"), wording.Wording("en")
    return [f"{thai.problem(each)} / {english.problem(each)}" for each in problems]


def _message(status: int, *sentences: str, headers: Mapping[str, str] | None = None) -> Response:
    return _xml("response", status, headers, message=" ".join(sentences))


def _xml(template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: object) -> Response:
    content = templates.render_lines(TEMPLATES / f"{template}.xml.j2", **values)
    return Response(content, status, {**HEADERS, **(headers or {})}, "text/xml")


def _url(request: Request, path: str) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{PREFIX}{path}"


def _md5(content: bytes) -> str:
    # the protocol wants MD5: it tells versions apart and protects nothing
    return f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
