"""Open JSON as servers write it, figures kept as they were written."""

from __future__ import annotations

import json

from audits import errors

LARGEST_BYTES = 200 * 2**20

NOT_JSON = errors.ProblemKind("ODK-061", "This is no JSON of submissions, or it is cut off; download it again.")


def read(content: bytes | str, file_name: str) -> object:
    """Return what a JSON text says, its numbers as texts.

    Raises
    ------
    audits.errors.RefusedError
        When it is too large, damaged, or nested beyond reason.
    """
    if len(content) > LARGEST_BYTES:
        raise errors.RefusedError((NOT_JSON.at(file_name),))
    try:
        return json.loads(content, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise errors.RefusedError((NOT_JSON.at(file_name),)) from error


def written(record: object) -> str:
    """Return a record as one line of JSON, to be kept when it is held."""
    return json.dumps(record, ensure_ascii=False, default=str)
