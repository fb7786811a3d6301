"""Keep one copy of an outline that a file draws many times: a letter on a hundred maps, a sign, a drawn box."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator

import pikepdf

SHORTEST_BYTES = 60
_END = b"\nQ\n"
_PAINTED = (b"\nf", b"\nB", b"\nS", b"\nf*")
# what sets the pen ends, and the first move of the path begins
_PEN_IS_SET = re.compile(rb"(?:scn|SCN|[wjJMd]) (?=-?[\d.]+ -?[\d.]+ m )")
_PATH_ONLY = re.compile(rb"[-\d. mlchfBS*\n]+")
# a form must say how far it reaches, else it is cut off; every outline of a font or a page is well inside
_REACH = (-32768, -32768, 32767, 32767)


def share(document: pikepdf.Pdf) -> int:
    """Draw every outline that comes twice or more from one copy, and return how many copies there are.

    Parameters
    ----------
    document
        As the typesetter writes it: an outline stands between the setting of the pen and the end of its graphics state.
        Changed in place; nothing changes on paper.
    """
    pages = [list(_pieces(page.obj.Contents.read_bytes())) for page in document.pages]
    counted = collections.Counter(outline for pieces in pages for _, outline in pieces if outline)
    shared = [outline for outline, number in counted.items() if number > 1 and _PATH_ONLY.fullmatch(outline)]
    names = {outline: f"/o{number}" for number, outline in enumerate(shared)}
    forms = {outline: _form(document, outline) for outline in shared}
    for page, pieces in zip(document.pages, pages, strict=True):
        used = {names[outline]: forms[outline] for _, outline in pieces if outline in names}
        if used:
            drawn = (
                before + (f"{names[outline]} Do".encode() if outline in names else outline)
                for before, outline in pieces
            )
            page.obj.Contents = document.make_stream(_END.join(drawn))
            resources = page.obj.Resources.get("/XObject", pikepdf.Dictionary())
            page.obj.Resources.XObject = pikepdf.Dictionary({**dict(resources.items()), **used})
    return len(shared)


def _pieces(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield what stands between two ends of a graphics state: all up to an outline, and the outline or nothing."""
    for piece in content.split(_END):
        found = _PEN_IS_SET.search(piece) if piece.endswith(_PAINTED) else None
        start = found.end() if found and len(piece) - found.end() >= SHORTEST_BYTES else len(piece)
        yield piece[:start], piece[start:]


def _form(document: pikepdf.Pdf, outline: bytes) -> pikepdf.Object:
    form = document.make_stream(outline)
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = pikepdf.Array(_REACH)
    return document.make_indirect(form)
