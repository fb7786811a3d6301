"""Write a document of sections as a Word file (.docx) that an office edits, in Thai or English."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import docx
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.font import Font
from docx.text.paragraph import Paragraph

from audits import wording

FONT = "TH Sarabun New"
"""The font of Thai government papers; an office suite without it takes its own."""
SIZE_PT = {"th": 15.0, "en": 11.0}
"""Size of the running text: Sarabun is drawn small, the rules of government correspondence ask 16 pt of it."""
LOCALES = {"th": "th-TH", "en": "en-GB"}
MOST_OF_A_PROPERTY = 255
"""Characters that the format holds of a property."""
TABLE_STYLE = "Table Grid"
# what XML cannot hold, with the marks that change the direction of what follows
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class Table(Protocol):
    """A table of text with a caption above it; its headings are repeated on every page."""

    @property
    def caption(self) -> str: ...  # noqa: D102
    @property
    def headings(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def rows(self) -> Sequence[Sequence[str]]: ...  # noqa: D102


@dataclass(frozen=True)
class Section:
    """One section: a heading, then sentences, a list and tables."""

    title: str
    sentences: Sequence[str] = ()
    points: Sequence[str] = ()
    tables: Sequence[Table] = ()


def written(
    title: str,
    sections: Sequence[Section],
    words: wording.Wording,
    *,
    lead: str = "",
    marks: Sequence[str] = (),
    footer: str = "",
    made_on: dt.date,
) -> bytes:
    """Return the document on A4 with real headings, lists and header rows, so that a screen reader finds its way.

    Parameters
    ----------
    title
        Title, printed first and kept as the property of the file.
    sections
        The sections in their order; they are numbered here.
    words
        Language of the document.
    lead
        Sentence under the title, in bold.
    marks
        Warnings under the title, such as that the surveys are invented.
    footer
        Line at the foot of every page.
    made_on
        Day of the document, written into its properties.
    """
    document = docx.Document()
    _prepare(document, _writable(title), words.language, made_on)
    document.add_heading(_writable(title), 0)
    for mark in marks:
        _add_bold(document.add_paragraph(), mark).highlight_color = WD_COLOR_INDEX.YELLOW
    _add_bold(document.add_paragraph(), lead)
    for number, section in enumerate(sections, 1):
        document.add_heading(f"{number}. {section.title}", 1)
        for sentence in section.sentences:
            document.add_paragraph(_writable(sentence))
        for point in section.points:
            document.add_paragraph(_writable(point), "List Bullet")
        for table in section.tables:
            _add_table(document, table)
    document.sections[0].footer.paragraphs[0].text = footer
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _add_bold(paragraph: Paragraph, text: str) -> Font:
    font = paragraph.add_run(_writable(text)).font
    # Thai is a complex script, whose weight Word takes from a property of its own
    font.bold = font.cs_bold = True
    return font


def _prepare(document: Document, title: str, language: str, made_on: dt.date) -> None:
    properties, at = document.core_properties, dt.datetime.combine(made_on, dt.time())
    properties.title, properties.language, properties.author = title[:MOST_OF_A_PROPERTY], LOCALES[language], ""
    properties.created = properties.modified = at
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(20)
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # a font that the theme names would go before the one set here
        for theme in [each for each in fonts.attrib if each.endswith("Theme")]:
            del fonts.attrib[theme]
        # Thai is a complex script: Word takes its font, size and language from attributes of their own
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FONT)
    normal = document.styles["Normal"]
    normal.font.size = Pt(SIZE_PT[language])
    # in half points; Thai takes its size from an attribute of its own
    _append(normal.element.rPr, "w:szCs", "w:val", str(round(2 * SIZE_PT[language])))
    spoken = _append(normal.element.rPr, "w:lang", "w:val", LOCALES[language])
    spoken.set(qn("w:bidi"), LOCALES[language])


def _add_table(document: Document, table: Table) -> None:
    document.add_heading(_writable(table.caption), 2)
    if not table.rows:
        return
    drawn = document.add_table(1, len(table.headings), TABLE_STYLE)
    for cell, heading in zip(drawn.rows[0].cells, table.headings, strict=True):
        _add_bold(cell.paragraphs[0], heading)
    _append(drawn.rows[0]._tr.get_or_add_trPr(), "w:tblHeader", "w:val", "true")
    for row in table.rows:
        for cell, text in zip(drawn.add_row().cells, row, strict=True):
            cell.text = _writable(text)


def _append(parent: Any, tag: str, attribute: str, value: str) -> Any:
    element = OxmlElement(tag)
    element.set(qn(attribute), value)
    parent.append(element)
    return element


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)
