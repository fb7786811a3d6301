import io

import pikepdf
import pytest
import typst

from audits.formats import typesetting
from tests import spoken

SILENCE = b"/Span<</ActualText()>>BDC "


def as_typeset(text):
    """Return what the typesetter writes by itself."""
    template = f'#set text(font: "Sarabun", lang: "th")\n#"{text}"'
    return typst.Compiler(template.encode(), font_paths=[typesetting.FONTS], ignore_system_fonts=True).compile()


def repaired(text):
    with pikepdf.open(io.BytesIO(as_typeset(text))) as document:
        found = typesetting.repair_thai(document)
        written = io.BytesIO()
        document.save(written)
        return found, written.getvalue(), document.pages[0].Contents.read_bytes()


@pytest.mark.parametrize("word", ["ปั๊ม", "ทั้ง", "หนึ่ง", "ศักดิ์"])
def test_the_typesetter_still_says_a_raised_cluster_twice_and_the_repair_once(word):
    assert spoken.pages(as_typeset(word)) != [word]
    found, file, _ = repaired(word)
    assert found == 1
    assert spoken.pages(file) == [word]


@pytest.mark.parametrize("words", ["ที่ที่", "ทั้งทั้ง", "ปั๊มปั๊ม", "ก็ก็", "ๆๆ", "ดีดี", "11 11"])
def test_what_its_author_wrote_twice_stays_twice(words):
    assert spoken.pages(repaired(words)[1]) == [words]


def test_latin_is_left_alone():
    found, _, content = repaired("a plain line (with brackets) and 100%")
    assert found == 0
    assert SILENCE not in content


def test_nothing_is_drawn_otherwise():
    text = "ปั๊มน้ำมันทั้งหมดหนึ่งแห่ง"
    with pikepdf.open(io.BytesIO(as_typeset(text))) as document:
        before = drawn(document)
        assert typesetting.repair_thai(document) > 1
        assert drawn(document) == before


def drawn(document):
    steps = pikepdf.parse_content_stream(document.pages[0])
    return [
        ([bytes(each) if isinstance(each, pikepdf.String) else str(each) for each in operands], str(operator))
        for operands, operator in steps
        if str(operator) not in ("BDC", "EMC")
    ]
