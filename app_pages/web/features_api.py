"""Serve the judged record read-only to the programs of other offices, by the conventions of OGC API Features."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app_pages.session import cache
from app_pages.web import device_sign_in, language, openapi
from audits import errors, wording
from audits import record as records
from audits.export import ogc_features
from audits.plans import site_fixes
from audits.reports import contents as contents_room
from audits.rules import files
from audits.scoring import run
from audits.store.db import connection
from layers import positions

phrase = wording.phrase

PREFIX = "/api"
DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
KEPT_CATALOGUES = 4
JSON, GEOJSON, OPENAPI = "application/json", "application/geo+json", "application/vnd.oai.openapi+json;version=3.0"
REALM = 'Basic realm="Jaidee", charset="UTF-8"'
# a reader's copy may be used again only after asking: whoever signs in next may see less
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie, Accept-Language"}

WRONG_PASSWORD = phrase("Sign in with the name and password of an account.")
NO_COLLECTION = phrase("There is no collection {name}; there are: {known}.")
NO_FEATURE = phrase("There is no {name} in this collection.")
WRONG_PARAMETER = phrase("{name}={value}: {wanted}")
UNKNOWN_PARAMETER = phrase("{name} is no parameter here; there are: {known}.")
WHOLE_NUMBER = phrase("a whole number from {least} to {most} is expected")
BOX_WANTED = phrase("west,south,east,north in degrees is expected")
YES_OR_NO = phrase("yes or no is expected")
READ_LATER = phrase("The record cannot be read just now; try again later.")

OFFICIAL, ITEM_PARAMETERS = "official", ("limit", "offset", "bbox", "official")
ALWAYS = ("f", "lang")
"""Taken everywhere: clients name the format, though there is only one, and people the language."""

_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


class _RefusedError(Exception):
    def __init__(self, status: int, english: str, **values: object) -> None:
        self.status, self.english, self.values = status, english, values
        super().__init__(status)


def routes(open_store: Callable[[], connection.Store], sign_in: device_sign_in.DeviceSignIn | None) -> list[BaseRoute]:
    """Return the routes of the interface.

    Parameters
    ----------
    open_store
        Returns the open store of the workspace; it is not closed here.
    sign_in
        Knows the accounts; None where the program serves one person at this computer, who has none.
    """
    api = _Api(open_store, sign_in)
    known: Mapping[str, Callable[[_Asked], Mapping[str, object]]] = {
        "": api.landing,
        "/conformance": api.conformance,
        "/openapi": api.description,
        "/collections": api.collections,
        "/collections/{name}": api.collection,
        "/collections/{name}/items": api.items,
        "/collections/{name}/items/{feature_id:path}": api.item,
    }
    readable = [Route(f"{PREFIX}{path}", api.endpoint(each), methods=["GET", "HEAD"]) for path, each in known.items()]
    readable.insert(1, Route(f"{PREFIX}/", api.endpoint(api.landing), methods=["GET", "HEAD"]))
    return device_sign_in.closed(PREFIX, readable)


@dataclass(frozen=True)
class _Asked:
    """One request: the record it is answered from, and the reader's language."""

    request: Request
    catalogue: ogc_features.Catalogue
    words: wording.Wording

    def url(self, path: str, **parameters: object) -> str:
        official = {OFFICIAL: "yes"} if self.catalogue.contents.record.official_only else {}
        query = urlencode({**official, **parameters})
        base = f"{self.request.url.scheme}://{self.request.url.netloc}{PREFIX}{path}"
        return f"{base}?{query}" if query else base

    def link(self, relation: str, path: str, media_type: str = JSON, **parameters: object) -> dict[str, str]:
        return {"rel": relation, "type": media_type, "href": self.url(path, **parameters)}

    @property
    def name(self) -> str:
        name = str(self.request.path_params["name"])
        if name not in ogc_features.COLLECTIONS:
            raise _RefusedError(404, NO_COLLECTION, name=name, known=", ".join(ogc_features.COLLECTIONS))
        return name


@dataclass
class _Api:
    open_store: Callable[[], connection.Store]
    sign_in: device_sign_in.DeviceSignIn | None
    kept: dict[tuple[str, str, dt.date], ogc_features.Catalogue] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def endpoint(self, handler: Callable[[_Asked], Mapping[str, object]]) -> Callable[[Request], Response]:
        """Return the endpoint that signs in, reads the record and answers from it, or says that nothing changed."""

        def respond(request: Request) -> Response:
            words = language.wording_of(request)
            try:
                if self.sign_in is not None:
                    self.sign_in.reader(request)
                asked = self._asked(request, words)
                tag = _tag(asked)
                # several tags may be sent, and a proxy that packs an answer makes ours a weak one
                if tag in request.headers.get("if-none-match", ""):
                    return Response(status_code=304, headers={**PRIVATE, "ETag": tag})
                document = handler(asked)
            except device_sign_in.DeviceRefusedError as refused:
                return _sign_in_refusal(refused, words)
            except _RefusedError as refused:
                return _refusal(refused.status, words.text(refused.english, **refused.values))
            except (errors.JaideeError, OSError):
                return _refusal(503, words.text(READ_LATER), {"Retry-After": "60"})
            media_type = GEOJSON if document.get("type") in ("Feature", "FeatureCollection") else JSON
            media_type = OPENAPI if "openapi" in document else media_type
            headers = {**PRIVATE, "ETag": tag, "Content-Language": words.language}
            return Response(ogc_features.packed(document), 200, headers, media_type)

        return respond

    def _asked(self, request: Request, words: wording.Wording) -> _Asked:
        accepted = (*ALWAYS, *(ITEM_PARAMETERS if request.url.path.endswith("/items") else (OFFICIAL,)))
        # the standard asks for 400 where a parameter is not described
        if unknown := [name for name in request.query_params if name not in accepted]:
            raise _RefusedError(400, UNKNOWN_PARAMETER, name=unknown[0], known=", ".join(accepted))
        chosen = request.query_params.get(OFFICIAL, "")
        if chosen not in _YES:
            raise _RefusedError(400, WRONG_PARAMETER, name=OFFICIAL, value=chosen, wanted=words.text(YES_OR_NO))
        return _Asked(request, self._catalogue(words, official_only=_YES[chosen]), words)

    def _catalogue(self, words: wording.Wording, *, official_only: bool) -> ogc_features.Catalogue:
        store = self.open_store()
        criteria, weights = records.criteria_of(store, files.load_criteria()), records.weights_of(store.workspace)
        record = cache.record(store, criteria, weights, run.BY_PERMIT_DATE, None, official_only)
        today = _today()
        # what is due, and the day that the content names, change with the day
        key = record.key, words.language, today
        with self.lock:
            if key not in self.kept:
                options = contents_room.Options(today, unsized=site_fixes.waiting_in(store, record))
                made = ogc_features.Catalogue(contents_room.contents(record, words, options=options))
                # in the order of making: the oldest goes first
                self.kept = dict([*self.kept.items(), (key, made)][-KEPT_CATALOGUES:])
            return self.kept[key]

    def landing(self, asked: _Asked) -> Mapping[str, object]:
        """Answer where everything is."""
        record, words = asked.catalogue.contents.record, asked.words
        return {
            "title": words.text("Accessibility audit of {town}", town=words.name(record.town)),
            "description": "\n".join(f"{item}: {text}" for item, text in asked.catalogue.contents.about.items()),
            "demonstration": record.demonstration,
            "links": [
                asked.link("self", ""),
                asked.link("service-desc", "/openapi", OPENAPI),
                asked.link("conformance", "/conformance"),
                asked.link("data", "/collections"),
            ],
        }

    def conformance(self, _asked: _Asked) -> Mapping[str, object]:
        """Answer which parts of the standard are kept."""
        return {"conformsTo": list(ogc_features.CONFORMS_TO)}

    def description(self, asked: _Asked) -> Mapping[str, object]:
        """Answer the description by OpenAPI 3.0, with the fields of every collection."""
        return openapi.document(asked.catalogue, asked.words, asked.url("").partition("?")[0], DEFAULT_LIMIT, MAX_LIMIT)

    def collections(self, asked: _Asked) -> Mapping[str, object]:
        """Answer the list of the collections."""
        listed = [_described(asked, name) for name in ogc_features.COLLECTIONS]
        return {"links": [asked.link("self", "/collections")], "collections": listed}

    def collection(self, asked: _Asked) -> Mapping[str, object]:
        """Answer one collection's description."""
        return _described(asked, asked.name)

    def items(self, asked: _Asked) -> Mapping[str, object]:
        """Answer a page of features."""
        name, path = asked.name, f"/collections/{asked.name}/items"
        # the standard allows a page smaller than the one asked for
        limit = min(_whole(asked, "limit", DEFAULT_LIMIT, 1), MAX_LIMIT)
        offset, box = _whole(asked, "offset", 0, 0), _box(asked)
        page = asked.catalogue.page(name, limit, offset, box)
        kept = {"limit": limit} | ({"bbox": asked.request.query_params["bbox"]} if box else {})
        links = [asked.link("self", path, GEOJSON, **kept, offset=offset)]
        if page.next_offset is not None:
            links.append(asked.link("next", path, GEOJSON, **kept, offset=page.next_offset))
        if offset:
            links.append(asked.link("prev", path, GEOJSON, **kept, offset=max(0, offset - limit)))
        return {
            "type": "FeatureCollection",
            "numberMatched": page.matched,
            "numberReturned": len(page.features),
            "links": [*links, asked.link("collection", f"/collections/{name}")],
            "features": page.features,
        }

    def item(self, asked: _Asked) -> Mapping[str, object]:
        """Answer one feature."""
        name, feature_id = asked.name, str(asked.request.path_params["feature_id"])
        feature = asked.catalogue.feature(name, feature_id)
        if feature is None:
            raise _RefusedError(404, NO_FEATURE, name=feature_id)
        links = [
            asked.link("self", f"/collections/{name}/items/{feature_id}", GEOJSON),
            asked.link("collection", f"/collections/{name}"),
        ]
        return {**feature, "links": links}


def _described(asked: _Asked, name: str) -> Mapping[str, object]:
    collection, words, bounds = ogc_features.COLLECTIONS[name], asked.words, asked.catalogue.bounds()
    spatial = {"extent": {"spatial": {"bbox": [list(bounds)], "crs": ogc_features.CRS84}}} if bounds else {}
    path = f"/collections/{name}"
    return {
        "id": name,
        "title": words.text(collection.title),
        "description": words.text(collection.description),
        "itemType": "feature",
        "crs": [ogc_features.CRS84],
        **spatial,
        "links": [asked.link("self", path), asked.link("items", f"{path}/items", GEOJSON)],
    }


def _whole(asked: _Asked, name: str, default: int, least: int) -> int:
    written = asked.request.query_params.get(name, str(default))
    # short as well: int() refuses figures of thousands of digits
    if written.isascii() and written.isdigit() and len(written) < 10 and int(written) >= least:
        return int(written)
    wanted = asked.words.text(WHOLE_NUMBER, least=least, most="999999999")
    raise _RefusedError(400, WRONG_PARAMETER, name=name, value=written, wanted=wanted)


def _box(asked: _Asked) -> positions.Box | None:
    written = asked.request.query_params.get("bbox")
    try:
        return ogc_features.read_box(written) if written is not None else None
    except ValueError:
        wanted = asked.words.text(BOX_WANTED)
        raise _RefusedError(400, WRONG_PARAMETER, name="bbox", value=written, wanted=wanted) from None


def _today() -> dt.date:
    return dt.datetime.now(wording.local_zone()).date()


def _tag(asked: _Asked) -> str:
    request, record = asked.request, asked.catalogue.contents.record
    # with the day, since what is due changes with it while the record does not
    asked_for = f"{record.key} {asked.words.language} {request.url} {_today()}"
    return f'"{hashlib.sha256(asked_for.encode()).hexdigest()[:32]}"'


def _sign_in_refusal(refused: device_sign_in.DeviceRefusedError, words: wording.Wording) -> Response:
    if refused.retry_after_s:
        sentence = words.text(device_sign_in.WAIT, seconds=refused.retry_after_s)
        return _refusal(429, sentence, {"Retry-After": str(refused.retry_after_s)})
    return _refusal(401, words.text(WRONG_PASSWORD), {"WWW-Authenticate": REALM})


def _refusal(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    document = ogc_features.packed({"code": str(status), "description": sentence})
    return Response(document, status, {"Cache-Control": "no-store", **(headers or {})}, JSON)
