"""Take back the letters that the typesetter writes twice for a reader, where a Thai mark stands raised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

LONGEST_RAISED_BYTES = 240

# A show of text, a change of font, the start and the end of replaced text, as the typesetter writes them.
_STRING = rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>"
_TOKEN = re.compile(
    rb"/(?P<font>f\d+) [-\d.]+ Tf"
    rb"|(?P<replaced>/Span<</ActualText<(?P<text>[0-9A-Fa-f]*)>>>BDC)"
    rb"|(?P<end>\bEMC\b)"
    rb"|(?P<show>\[(?:[-\d. ]++|" + _STRING + rb")*+\]TJ|(?:" + _STRING + rb")Tj)",
    re.DOTALL,
)
_STRINGS = re.compile(_STRING, re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_ONE_TO_TEXT = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
_NOTHING, _END = b"/Span<</ActualText()>>BDC ", b" EMC "


@dataclass(frozen=True)
class _Font:
    """What the glyphs of one font mean and how far each moves the pen, in thousandths of the size."""

    text: dict[int, str]
    advance: dict[int, float]


@dataclass(frozen=True)
class _Show:
    """Some glyphs shown: what they say, whether none moves the pen, and where this stands."""

    text: str
    still: bool
    token: re.Match[bytes]
    replaced: re.Match[bytes] | None


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    written: bytes


def repair(document: pikepdf.Pdf) -> int:
    """Let a reader say once what it would say twice, and return how often; nothing changes on paper.

    Where a mark is raised over a vowel the typesetter splits a cluster into two shows of text and gives both the text
    of the whole cluster. A show of which no glyph moves the pen, and that repeats the text before it, is such a second
    half: a syllable written twice by its author moves the pen. It is given an empty replacement.

    Parameters
    ----------
    document
        As the typesetter writes it; changed in place.
    """
    fonts: dict[tuple[int, int], _Font] = {}
    found = 0
    for page in document.pages:
        content = page.obj.Contents.read_bytes()
        edits = list(_edits(content, _fonts_of(page, fonts)))
        if edits:
            page.obj.Contents = document.make_stream(_edited(content, edits))
        found += sum(edit.written == _NOTHING for edit in edits)
    return found


def _edits(content: bytes, fonts: dict[bytes, _Font]) -> Iterator[_Edit]:
    """Yield the edits of one page: a raised mark has a short text object of its own, right after its cluster's."""
    before, start = (0, 0), content.find(b"\nBT")
    while start >= 0:
        end = content.index(b"\nET\n", start)
        if end - start <= LONGEST_RAISED_BYTES:
            shows = list(_shows(content, (start, end), fonts))
            if len(shows) == 1 and shows[0].still and len(shows[0].text) > 1:
                spoken = list(_shows(content, before, fonts))
                if spoken and spoken[-1].text == shows[0].text:
                    yield from _silenced(shows[0])
                    # a second raised mark of the same cluster repeats the same text
                    start = content.find(b"\nBT", end)
                    continue
        before, start = (start, end), content.find(b"\nBT", end)


def _shows(content: bytes, span: tuple[int, int], fonts: dict[bytes, _Font]) -> Iterator[_Show]:
    """Yield what one text object shows."""
    font, replaced = _Font({}, {}), None
    for token in _TOKEN.finditer(content, *span):
        if token["font"]:
            font = fonts[token["font"]]
        elif token["replaced"]:
            replaced = token
        elif token["end"]:
            replaced = None
        else:
            glyphs = _glyphs(token["show"])
            text = _text(replaced["text"]) if replaced else "".join(font.text.get(glyph, "") for glyph in glyphs)
            still = all(font.advance.get(glyph, 0.0) == 0.0 for glyph in glyphs)
            yield _Show(text, still, token, replaced)


def _silenced(show: _Show) -> Iterator[_Edit]:
    if show.replaced:
        yield _Edit(*show.replaced.span("replaced"), _NOTHING)
    else:
        yield _Edit(show.token.start(), show.token.start(), _NOTHING)
        yield _Edit(show.token.end(), show.token.end(), _END)


def _edited(content: bytes, edits: list[_Edit]) -> bytes:
    parts, position = [], 0
    for edit in edits:
        parts += [content[position : edit.start], edit.written]
        position = edit.end
    return b"".join([*parts, content[position:]])


def _glyphs(show: bytes) -> list[int]:
    data = b"".join(_bytes(string) for string in _STRINGS.findall(show))
    return [int.from_bytes(data[start : start + 2], "big") for start in range(0, len(data), 2)]


def _bytes(string: bytes) -> bytes:
    if string.startswith(b"<"):
        return bytes.fromhex(string[1:-1].decode())
    return _ESCAPED.sub(lambda found: _unescaped(found[1]), string[1:-1])


def _unescaped(escape: bytes) -> bytes:
    return bytes([int(escape, 8)]) if escape[:1].isdigit() else _ESCAPES.get(escape, escape)


def _text(hexadecimal: bytes) -> str:
    return bytes.fromhex(hexadecimal.decode()).decode("utf-16-be").lstrip("\ufeff")


def _fonts_of(page: pikepdf.Page, known: dict[tuple[int, int], _Font]) -> dict[bytes, _Font]:
    """Return the fonts of a page by the name its content calls them."""
    found = {}
    for name, font in page.obj.Resources.get("/Font", pikepdf.Dictionary()).items():
        if font.objgen not in known:
            known[font.objgen] = _font(font)
        found[name[1:].encode()] = known[font.objgen]
    return found


def _font(font: Any) -> _Font:
    mapping = font.ToUnicode.read_bytes() if "/ToUnicode" in font else b""
    text = {int(glyph, 16): _text(meant) for glyph, meant in _ONE_TO_TEXT.findall(mapping)}
    widths = list(font.DescendantFonts[0].get("/W", [])) if "/DescendantFonts" in font else []
    return _Font(text, dict(_advances(widths)))


def _advances(widths: list[Any]) -> Iterator[tuple[int, float]]:
    """Yield the advance of each glyph: the list holds runs, first glyph, last glyph, width, or first glyph, widths."""
    position = 0
    while position < len(widths):
        first = int(widths[position])
        if isinstance(widths[position + 1], pikepdf.Array):
            yield from ((first + step, float(width)) for step, width in enumerate(widths[position + 1]))
            position += 2
        else:
            last, width = int(widths[position + 1]), float(widths[position + 2])
            yield from ((glyph, width) for glyph in range(first, last + 1))
            position += 3
