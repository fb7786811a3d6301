"""Describe the read-only interface by OpenAPI 3.0, with the fields of every collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audits import wording
from audits.export import ogc_features
from audits.reports import columns

_TYPES: Mapping[str, Mapping[str, str]] = {
    columns.TEXT: {"type": "string"},
    columns.WHOLE: {"type": "integer"},
    columns.NUMBER: {"type": "number"},
    columns.YES_NO: {"type": "boolean"},
    columns.DAY: {"type": "string", "format": "date"},
}

Schema = Mapping[str, object]


def document(
    catalogue: ogc_features.Catalogue, words: wording.Wording, address: str, default_limit: int, max_limit: int
) -> Schema:
    """Return the description.

    Parameters
    ----------
    catalogue
        The collections as they are.
    words
        Language of the titles.
    address
        Where the interface answers.
    default_limit, max_limit
        Features of a page, when none are asked for and at most.
    """
    whole = {"type": "integer", "minimum": 0}
    parameters = {
        "limit": _parameter("limit", {**whole, "minimum": 1, "maximum": max_limit, "default": default_limit}),
        "offset": _parameter("offset", {**whole, "default": 0}),
        "bbox": _parameter(
            "bbox",
            {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
            style="form",
            explode=False,
        ),
        "official": _parameter("official", {"type": "string", "enum": ["yes", "no"], "default": "no"}),
    }
    paths: dict[str, Schema] = {
        "/": _path(words.text("Where everything is"), "landing"),
        "/conformance": _path(words.text("Parts of the standard that are kept"), "conformance"),
        "/collections": _path(words.text("The collections"), "collections"),
    }
    paging = [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    for name, collection in ogc_features.COLLECTIONS.items():
        title, base = words.text(collection.title), f"/collections/{name}"
        paths[base] = _path(title, f"describe_{name}")
        paths[f"{base}/items"] = _path(title, f"list_{name}", f"{name}_page", paging)
        one = {**_parameter("feature_id", {"type": "string"}), "in": "path", "required": True}
        paths[f"{base}/items/{{feature_id}}"] = _path(title, f"get_{name}", name, [one])
    schemas: dict[str, Schema] = {}
    for name in ogc_features.COLLECTIONS:
        schemas[name], schemas[f"{name}_page"] = _feature(catalogue.fields(name), words), _page(name)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Jaidee", "version": catalogue.contents.record.criteria.version[:12]},
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "parameters": parameters,
            "schemas": schemas,
            "securitySchemes": {"account": {"type": "http", "scheme": "basic"}},
        },
        # without an account where the program serves one person at this computer
        "security": [{"account": []}, {}],
    }


def _parameter(name: str, schema: Schema, **more: object) -> dict[str, object]:
    return {"name": name, "in": "query", "schema": schema, **more}


def _path(summary: str, operation: str, schema: str = "", parameters: Sequence[Schema] = ()) -> Schema:
    media_type = "application/geo+json" if schema else "application/json"
    content = {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "object"}
    refused = {"400": {"description": "400"}} if parameters else {}
    answers = {"200": {"description": summary, "content": {media_type: {"schema": content}}}, **refused}
    answers |= {"304": {"description": "304"}, "401": {"description": "401"}}
    return {"get": {"summary": summary, "operationId": operation, "parameters": list(parameters), "responses": answers}}


def _feature(wanted: Sequence[columns.Column], words: wording.Wording) -> Schema:
    fields = {
        column.name: {**_TYPES[column.kind], "nullable": True, "title": column.heading(words)} for column in wanted
    }
    point = {"type": "object", "nullable": True, "properties": {"type": {"enum": ["Point"], "type": "string"}}}
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": point,
            "properties": {"type": "object", "properties": fields},
        },
    }


def _page(name: str) -> Schema:
    whole = {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "required": ["type", "features", "numberMatched", "numberReturned"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "numberMatched": whole,
            "numberReturned": whole,
            "features": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
        },
    }
