"""Read a submission from the XML instance that the phone writes."""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping

import defusedxml.common
import defusedxml.ElementTree

from audits import errors
from audits.field.odk import names, submissions

LARGEST_BYTES = 5 * 2**20

NOT_XML = errors.ProblemKind("ODK-031", "The submission is damaged or is not XML; send it again from the phone.")
FORBIDDEN_XML = errors.ProblemKind(
    "ODK-032", "The submission declares a document type, which forms never do; it was not opened."
)
OTHER_FORM = errors.ProblemKind(
    "ODK-033", "This is a submission of the form “{form}”; only those of “{ours}” are taken in here."
)
NO_INSTANCE_ID = errors.ProblemKind("ODK-034", "The submission has no instanceID; send it from a phone or its server.")
TOO_LARGE = errors.ProblemKind("ODK-035", "The submission has {megabytes} MB without its photos, which cannot be.")


def read(
    content: bytes, attachments: Mapping[str, submissions.Content] | None = None, *, file_name: str = "xml"
) -> submissions.Submission:
    """Return the submission in an XML instance.

    Parameters
    ----------
    content
        The XML as it came.
    attachments
        The files that came with it.
    file_name
        For problems.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged, declares a document type, is of another form or has no id. An older version of our form is
        read like the newest.
    """
    root = _parsed(content, file_name)
    form, meta = root.get("id", ""), next((child for child in root if _local(child) == "meta"), None)
    if form != names.FORM_ID:
        raise errors.RefusedError((OTHER_FORM.at(file_name, form=form or _local(root), ours=names.FORM_ID),))
    named = {} if meta is None else {_local(one): (one.text or "").strip() for one in meta}
    survey_id = submissions.instance_id(named.get("instanceID") or root.get("instanceID"))
    if not survey_id:
        raise errors.RefusedError((NO_INSTANCE_ID.at(file_name),))
    # the ids of the submission are no answers
    apart = set() if meta is None else set(meta.iter())
    leaves = {_local(one): one.text for one in root.iter() if not len(one) and one not in apart and one is not root}
    return submissions.Submission(
        line=1,
        where=survey_id,
        raw=_as_json(content, attachments or {}),
        survey_id=survey_id,
        root_id=submissions.instance_id(named.get("rootUuid")),
        leaves=submissions.answers(leaves),
        attachments=attachments or {},
        form_version=root.get("version", ""),
        edited=submissions.instance_id(named.get("deprecatedID")),
    )


def _as_json(content: bytes, attachments: Mapping[str, submissions.Content]) -> str:
    """Return all that came as JSON; the SHA-256 of the files as they came leads to the photos kept of them."""
    files = {name: hashlib.sha256(part()).hexdigest() for name, part in attachments.items()}
    return json.dumps({"xml": content.decode("utf-8", "replace"), "attachments": files}, ensure_ascii=False)


def _parsed(content: bytes, file_name: str) -> ET.Element:
    # before it is parsed, since the tree takes many times the bytes of the text
    if len(content) > LARGEST_BYTES:
        raise errors.RefusedError((TOO_LARGE.at(file_name, megabytes=len(content) // 2**20),))
    try:
        # with a document type of its own a text of a few lines can grow without end
        root: ET.Element = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except defusedxml.common.DefusedXmlException as error:
        raise errors.RefusedError((FORBIDDEN_XML.at(file_name),)) from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise errors.RefusedError((NOT_XML.at(file_name),)) from error
    return root


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
