import datetime as dt
import io

import pikepdf
import pytest
import typst

from audits.formats import typesetting
from tests import spoken

DAY = dt.date(2026, 3, 5)
TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set document(title: "t")
#set text(font: "Sarabun", lang: "th", fallback: false)
#for word in d.words [#block(word)]
"""
# fmt: off
HARD = (
    "ปั๊มน้ำมัน", "ทั้งหมด", "หนึ่ง", "ศักดิ์สิทธิ์", "ที่ที่ดี", "ผู้ใช้เก้าอี้ล้อ", "กำหนด", "น้ำ", "ค่ำ",
    "จำเป็น", "สัมผัส", "พื้นผิว", "ป้าย", "ฝั่งโน้น", "ฟ้ำ", "ป้ำ", "ฝ่ำ", "ญี่ปุ่น", "ฐานะ", "กฎกระทรวง",
    "ปฏิบัติ", "เพื่อทุกคน", "ต่าง", "ๆ", "ชั้นล่าง", "ขึ้น", "เครื่องหมาย", "ลื่น", "ทั่วถึง",
    "สิ่งกีดขวาง", "พุ่มไม้", "กุญแจ", "ญู", "ฎู", "ฏู", "ปี่", "ฝี่", "ฟี้", "บึงทุ่งสร้าง", "ศูนย์ราชการ",
    "คลี่", "ปิ๊ง", "ตั๋ว", "รั้ว", "เงิน๊", "ใต้", "ไม้", "โต๊ะ", "แก้ว", "เปลี่ยน", "เลี้ยว", "๑:๑๒",
    "ข้อ๘(๕)",
)
# fmt: on


def typeset(*words, day=DAY):
    return typesetting.pdf(TEMPLATE, {"words": list(words)}, day)


@pytest.fixture(scope="module")
def hard_words():
    return spoken.lines(typeset(*HARD))


def test_hard_words_are_thirty_and_more():
    assert len(set(HARD)) > 50


@pytest.mark.parametrize(("position", "word"), list(enumerate(HARD)), ids=lambda value: str(value))
def test_a_hard_thai_word_reads_back_as_it_was_written(hard_words, position, word):
    assert hard_words[position] == word


def test_a_whole_sentence_reads_back():
    sentence = "ปั๊มน้ำมันที่ปั๊มที่ที่ทั้งทั้งหมด กำลังทำให้พื้นลื่น ต่าง ๆ นานา ศักดิ์ศักดิ์"
    assert spoken.lines(typeset(sentence)) == [sentence]


@pytest.mark.parametrize(
    "written",
    [
        '#image("x.png")',
        "*bold* _slanted_ $x^2$",
        "@reference <label> `raw` ~ -- --- ...",
        "= heading",
        "#sys.inputs.data \"quoted\" 'single'",
        "\\n \\u{1f600} // no comment /* none */",
        "[a](http://example.org) http://example.org",
        "</svg><script>alert(1)</script> {{7*7}}",
    ],
)
def test_what_a_person_wrote_is_printed_as_it_stands(written):
    assert spoken.lines(typeset(written)) == [written]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("中", "[U+4E2D]"),
        ("ramp 😀", "ramp [U+1F600]"),
        ("a\u200bb\u202ec\x00d", "abcd"),
        ("\uf700", "[U+F700]"),
        ("ทางลาด", "ทางลาด"),
        ("ั", "ั"),
    ],
)
def test_a_letter_that_the_font_lacks_becomes_its_number(written, printed):
    assert typesetting.printable(written) == printed


def test_a_mark_without_its_letter_does_not_stop_the_printer():
    assert spoken.lines(typeset("ั", "่่่", "a\u0301"))


def test_drawings_are_not_touched_as_text():
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>中</title><path d="M0 0H9V9Z"/></svg>'
    )
    template = TEMPLATE + '#image(bytes(d.map.svg), format: "svg", alt: d.map.alt)'
    file = typesetting.pdf(template, {"words": [], "map": {"svg": drawing, "alt": "中"}}, DAY)
    assert spoken.alternatives(file) == ["[U+4E2D]"]


def test_the_same_day_and_words_make_the_same_bytes():
    assert typeset(*HARD) == typeset(*HARD)


def test_another_day_makes_another_file():
    assert typeset("ทางลาด") != typeset("ทางลาด", day=dt.date(2026, 3, 6))


def test_the_file_says_that_it_is_made_to_last_and_to_be_read_by_all():
    with pikepdf.open(io.BytesIO(typeset("ทางลาด"))) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")
        assert str(document.Root.Lang) == "th"
        assert document.Root.MarkInfo.Marked


def test_fonts_are_in_the_file_and_none_is_the_machines():
    with pikepdf.open(io.BytesIO(typeset("ทางลาด"))) as document:
        fonts = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/BaseFont" in each]
        assert {str(font.BaseFont).split("+")[1] for font in fonts} == {"Sarabun-Regular"}


def test_a_wrong_template_is_refused():
    with pytest.raises(typst.TypstError):
        typesetting.pdf("#nothing-of-that-name", {}, DAY)


def test_pages_are_counted():
    assert typesetting.pages(typesetting.pdf(TEMPLATE + "#pagebreak() b", {"words": ["a"]}, DAY)) == 2
