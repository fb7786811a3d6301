"""Set data in type: a template and its data in, an archivable and accessible PDF out."""

from __future__ import annotations

import datetime as dt
import functools
import importlib.resources
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pikepdf
import typst
from fontTools import ttLib

from audits.paper import shared_outlines, thai_repair

FONTS = Path(str(importlib.resources.files("fontpkg_sarabun"))) / "files"
FONT = "Sarabun"
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
NOON_UTC = dt.time(12, tzinfo=dt.UTC)

# what is no letter, and what PDF/A forbids: surrogates and private use
_LEFT_OUT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_DRAWN = "svg"


def pdf(template: str, data: Mapping[str, Any], made_on: dt.date) -> bytes:
    """Return a PDF/A-2a that is also PDF/UA-1; the same template, data and day make the same bytes.

    Parameters
    ----------
    template
        Typst source; it finds the data as JSON in ``sys.inputs.data``. No text of the data is ever part of it.
    data
        What JSON can hold. Values of keys that end in ``svg`` are drawings and stay as they are; every other text is
        made printable, see :func:`printable`.
    made_on
        Day written into the file.

    Raises
    ------
    typst.TypstError
        If the template is wrong.
    """
    made = _compiler(template, data).compile(
        format="pdf", pdf_standards=STANDARDS, timestamp=int(dt.datetime.combine(made_on, NOON_UTC).timestamp())
    )
    return _finished(cast(bytes, made))


def _finished(made: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(made)) as document:
        thai_repair.repair(document)
        shared_outlines.share(document)
        written = io.BytesIO()
        packed = pikepdf.ObjectStreamMode.generate
        document.save(written, compress_streams=True, object_stream_mode=packed, deterministic_id=True)
    return written.getvalue()


def pages(file: bytes) -> int:
    """Return how many pages a PDF has."""
    with pikepdf.open(io.BytesIO(file)) as document:
        return len(document.pages)


def _compiler(template: str, data: Mapping[str, Any]) -> typst.Compiler:
    inputs = {"data": json.dumps(_printable(data), ensure_ascii=False, allow_nan=False)}
    return typst.Compiler(template.encode(), font_paths=_fonts(), sys_inputs=inputs)


@functools.cache
def _fonts() -> typst.Fonts:
    """Return our fonts and no others, so that every machine prints the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def printable(text: str) -> str:
    """Return a text that the font can print: a letter it lacks becomes its number, such as ``[U+4E2D]``.

    A page with an empty box in a name would be a lie, and the archive format refuses it; the number can be looked up.
    """
    return _unprintable().sub(lambda found: f"[U+{ord(found[0]):04X}]", _LEFT_OUT.sub("", text))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: each if key.endswith(_DRAWN) else _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list | tuple) else value


@functools.cache
def _unprintable() -> re.Pattern[str]:
    with ttLib.TTFont(FONTS / f"{FONT}-Regular.ttf") as font:
        known = {letter for letter in font.getBestCmap() if not 0xE000 <= letter <= 0xF8FF}
    ranges = "".join(f"\\U{letter:08x}" for letter in sorted(known | {ord("\n"), ord("\t")}))
    return re.compile(f"[^{ranges}]")
