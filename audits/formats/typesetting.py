"""Typeset data with a Typst template as an archivable and accessible PDF."""

from __future__ import annotations

import collections
import datetime as dt
import functools
import importlib.resources
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pikepdf
import typst
from fontTools import ttLib

from audits import wording

FONTS = Path(str(importlib.resources.files("fontpkg_sarabun"))) / "files"
FONT = "Sarabun"
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
# noon UTC falls on the same day in nearly every zone that a reader may use
NOON_UTC = dt.time(12, tzinfo=dt.UTC)

# Control and invisible characters, which have no glyph.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_DRAWING_KEY = "svg"


def pdf(template: str | Path, data: Mapping[str, Any], made_on: dt.date, words: wording.Wording | None = None) -> bytes:
    """Return a PDF/A-2a that is also PDF/UA-1; the same template, data and day make the same bytes.

    Parameters
    ----------
    template
        Typst source, or its file; it finds the data as JSON in ``sys.inputs.data``, with `made_on` as year, month and
        day. No text of the data is ever part of the source.
    data
        Values that JSON can hold. Values of keys that end in ``svg`` are drawings and stay as they are; every other
        text goes through :func:`printable`.
    made_on
        Day written into the file.
    words
        The reader's language; the template finds its ``language`` and its ``phrases`` among the data.

    Raises
    ------
    typst.TypstError
        If the template is wrong.
    """
    source = template.read_text("utf-8") if isinstance(template, Path) else template
    full = {**data, "made_on": [made_on.year, made_on.month, made_on.day]}
    if words is not None:
        full |= {"language": words.language, "phrases": {english: words.text(english) for english in phrases(source)}}
    inputs = {"data": json.dumps(_printable(full), ensure_ascii=False, allow_nan=False)}
    compiled = typst.Compiler(source.encode(), font_paths=_fonts(), sys_inputs=inputs).compile(
        format="pdf", pdf_standards=STANDARDS, timestamp=int(dt.datetime.combine(made_on, NOON_UTC).timestamp())
    )
    with pikepdf.open(io.BytesIO(cast(bytes, compiled))) as document:
        repair_thai(document)
        share_outlines(document)
        written = io.BytesIO()
        packed = pikepdf.ObjectStreamMode.generate
        document.save(written, compress_streams=True, object_stream_mode=packed, deterministic_id=True)
    return written.getvalue()


def phrases(template: str) -> list[str]:
    """Return the English phrases that a template asks for by ``tr("…")``."""
    return re.findall(r'\btr\("([^"]*)"\)', template)


def pages(file: bytes) -> int:
    """Return the number of pages of a PDF."""
    with pikepdf.open(io.BytesIO(file)) as document:
        return len(document.pages)


@functools.cache
def _fonts() -> typst.Fonts:
    # No fonts of the machine, so that every machine prints the same.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@functools.lru_cache(maxsize=16_384)
def printable(text: str) -> str:
    """Return a text that the font can print: a character it lacks becomes its number, such as ``[U+4E2D]``.

    An empty box in a name would be wrong without saying so, and PDF/A forbids it; the number can be looked up.
    """
    return _unprintable().sub(lambda found: f"[U+{ord(found[0]):04X}]", _INVISIBLE.sub("", text))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: each if key.endswith(_DRAWING_KEY) else _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list | tuple) else value


@functools.cache
def _unprintable() -> re.Pattern[str]:
    with ttLib.TTFont(FONTS / f"{FONT}-Regular.ttf") as font:
        # PDF/A forbids the private use area.
        known = {letter for letter in font.getBestCmap() if not 0xE000 <= letter <= 0xF8FF}
    ranges = "".join(f"\\U{letter:08x}" for letter in sorted(known | {ord("\n"), ord("\t")}))
    return re.compile(f"[^{ranges}]")


# ---- outlines that a file draws many times: a letter on a hundred maps, a sign, a drawn box

SHORTEST_BYTES = 60
_STATE_END = b"\nQ\n"
_PAINTED = (b"\nf", b"\nB", b"\nS", b"\nf*")
# The last operator that sets up the graphics state, before the first move of the path.
_STATE_IS_SET = re.compile(rb"(?:scn|SCN|[wjJMd]) (?=-?[\d.]+ -?[\d.]+ m )")
_PATH_ONLY = re.compile(rb"[-\d. mlchfBS*\n]+")
# A form needs a bounding box and is clipped to it; no outline of a font or a page reaches so far.
_FORM_BOX = (-32768, -32768, 32767, 32767)


def share_outlines(document: pikepdf.Pdf) -> int:
    """Draw every outline that occurs twice or more from one form object, and return the number of forms.

    Parameters
    ----------
    document
        As Typst writes it: an outline stands between the set-up and the end of its graphics state. Changed in place;
        nothing changes on paper.
    """
    contents = [list(_pieces(page.obj.Contents.read_bytes())) for page in document.pages]
    counted = collections.Counter(outline for pieces in contents for _, outline in pieces if outline)
    shared = [outline for outline, number in counted.items() if number > 1 and _PATH_ONLY.fullmatch(outline)]
    names = {outline: f"/o{number}" for number, outline in enumerate(shared)}
    forms = {outline: _form(document, outline) for outline in shared}
    for page, pieces in zip(document.pages, contents, strict=True):
        used = {names[outline]: forms[outline] for _, outline in pieces if outline in names}
        if used:
            drawn = (
                before + (f"{names[outline]} Do".encode() if outline in names else outline)
                for before, outline in pieces
            )
            page.obj.Contents = document.make_stream(_STATE_END.join(drawn))
            resources = page.obj.Resources.get("/XObject", pikepdf.Dictionary())
            page.obj.Resources.XObject = pikepdf.Dictionary({**dict(resources.items()), **used})
    return len(shared)


def _pieces(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Split a page at the ends of its graphics states, each piece into what precedes an outline, and the outline."""
    for piece in content.split(_STATE_END):
        found = _STATE_IS_SET.search(piece) if piece.endswith(_PAINTED) else None
        start = found.end() if found and len(piece) - found.end() >= SHORTEST_BYTES else len(piece)
        yield piece[:start], piece[start:]


def _form(document: pikepdf.Pdf, outline: bytes) -> pikepdf.Object:
    form = document.make_stream(outline)
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = pikepdf.Array(_FORM_BOX)
    return document.make_indirect(form)


# ---- Thai clusters that Typst writes twice for a screen reader

LONGEST_RAISED_BYTES = 240
# Operators that show text, set a font, and begin and end replacement text, as Typst writes them.
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
_EMPTY_SPAN, _SPAN_END = b"/Span<</ActualText()>>BDC ", b" EMC "


@dataclass(frozen=True)
class _Font:
    """Text and advance (thousandths of the size) of each glyph, and what was read of each show before."""

    text: dict[int, str]
    advance: dict[int, float]
    known: dict[bytes, tuple[str, bool]] = field(default_factory=dict)

    def read(self, show: bytes) -> tuple[str, bool]:
        """Return the text of a show, and whether none of its glyphs advances; a book shows the same words often."""
        if show not in self.known:
            glyphs = _glyphs(show)
            still = all(self.advance.get(glyph, 0.0) == 0.0 for glyph in glyphs)
            self.known[show] = "".join(self.text.get(glyph, "") for glyph in glyphs), still
        return self.known[show]


@dataclass(frozen=True)
class _Show:
    """One operator that shows text; `still` when none of its glyphs advances."""

    text: str
    still: bool
    token: re.Match[bytes]
    replaced: re.Match[bytes] | None


_Edit = tuple[int, int, bytes]


def repair_thai(document: pikepdf.Pdf) -> int:
    """Remove text that a screen reader would read twice, and return how often; nothing changes on paper.

    Where a mark is raised over a vowel Typst splits a cluster into two shows of text and gives both the text of the
    whole cluster. A show none of whose glyphs advances, and that repeats the text before it, is such a second half (a
    syllable written twice by its author does advance). It gets an empty replacement text.

    Parameters
    ----------
    document
        As Typst writes it; changed in place.
    """
    fonts: dict[tuple[int, int], _Font] = {}
    found = 0
    for page in document.pages:
        content = page.obj.Contents.read_bytes()
        edits = list(_edits(content, _fonts_of(page, fonts)))
        if edits:
            page.obj.Contents = document.make_stream(_edited(content, edits))
        found += sum(written == _EMPTY_SPAN for _, _, written in edits)
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
                    # A second raised mark of the same cluster repeats the same text, so `before` stays.
                    start = content.find(b"\nBT", end)
                    continue
        before, start = (start, end), content.find(b"\nBT", end)


def _shows(content: bytes, span: tuple[int, int], fonts: dict[bytes, _Font]) -> Iterator[_Show]:
    font, replaced = _Font({}, {}), None
    for token in _TOKEN.finditer(content, *span):
        if token["font"]:
            font = fonts[token["font"]]
        elif token["replaced"]:
            replaced = token
        elif token["end"]:
            replaced = None
        else:
            text, still = font.read(token["show"])
            yield _Show(_text(replaced["text"]) if replaced else text, still, token, replaced)


def _silenced(show: _Show) -> Iterator[_Edit]:
    if show.replaced:
        yield *show.replaced.span("replaced"), _EMPTY_SPAN
    else:
        yield show.token.start(), show.token.start(), _EMPTY_SPAN
        yield show.token.end(), show.token.end(), _SPAN_END


def _edited(content: bytes, edits: list[_Edit]) -> bytes:
    parts, position = [], 0
    for start, end, written in edits:
        parts += [content[position:start], written]
        position = end
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


@functools.lru_cache(maxsize=65_536)
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
    """Yield the advance of each glyph: a /W array holds "first, last, width" or "first, [widths]"."""
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
