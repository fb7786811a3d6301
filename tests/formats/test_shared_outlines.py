import datetime as dt
import io
import json

import pikepdf
import typst

from audits.formats import typesetting

STAR = "M0 0L9 1L3 8L8 2L1 7L5 9L2 3L7 6L4 4L6 5L0 9L9 0L2 8L8 8L3 3Z"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="{STAR}" {{look}}/></svg>'
LOOKS = ('fill="#a00"', 'fill="#00a"', 'fill="none" stroke="#000"', 'fill="#0a0" stroke="#000" stroke-dasharray="1 2"')
TEMPLATE = """#let d = json(bytes(sys.inputs.data))
#set document(title: "t")
#for svg in d.svg [#image(bytes(svg), format: "svg", alt: "star", width: 20mm) #pagebreak(weak: true)]"""


def stars(*looks):
    data = json.dumps({"svg": [SVG.format(look=look) for look in looks]})
    compiled = typst.Compiler(TEMPLATE.encode(), sys_inputs={"data": data}).compile(pdf_standards=["ua-1"])
    return pikepdf.open(io.BytesIO(compiled))


def contents(document):
    return [page.obj.Contents.read_bytes() for page in document.pages]


def unfolded(document):
    """Return the contents of all pages with every copy written where it is drawn."""
    result = []
    for page in document.pages:
        content = page.obj.Contents.read_bytes()
        for name, form in page.obj.Resources.get("/XObject", {}).items():
            content = content.replace(name.encode() + b" Do\nQ\n", form.read_bytes() + b"\nQ\n")
        result.append(content)
    return result


def test_an_outline_drawn_on_many_pages_is_kept_once():
    with stars(LOOKS[0], LOOKS[0], LOOKS[1]) as document:
        assert typesetting.share_outlines(document) == 1
        kept = [page.obj.Resources.XObject for page in document.pages if "/XObject" in page.obj.Resources]
        assert {forms["/o0"].objgen for forms in kept} == {kept[0]["/o0"].objgen}


def test_with_every_copy_in_its_place_the_file_is_what_it_was():
    with stars(*LOOKS, *LOOKS) as document:
        before = contents(document)
        assert typesetting.share_outlines(document) > 0
        assert contents(document) != before
        assert unfolded(document) == before


def test_a_filled_and_a_drawn_outline_are_not_taken_for_each_other():
    with stars(LOOKS[0], LOOKS[0], LOOKS[2], LOOKS[2]) as document:
        assert typesetting.share_outlines(document) == 2


def test_an_outline_drawn_once_is_left_where_it_is():
    with stars(LOOKS[0]) as document:
        before = contents(document)
        assert typesetting.share_outlines(document) == 0
        assert contents(document) == before


def test_every_file_that_is_typeset_is_shared():
    data = {"svg": [SVG.format(look=LOOKS[0])] * 3}
    file = typesetting.pdf(TEMPLATE, data, dt.date(2026, 3, 5))
    with pikepdf.open(io.BytesIO(file)) as document:
        assert all("/o0" in page.obj.Resources.XObject for page in document.pages)
