import re

import pytest
import segno

from audits.book import qr


def test_a_place_is_a_geo_address_with_a_named_pin():
    assert qr.place(16.43046, 102.82957, "KK-001") == "geo:16.430460,102.829570?q=16.430460,102.829570(KK-001)"


def test_a_code_cannot_break_out_of_its_address():
    assert qr.place(1, 2, "a)&b=c d").endswith("(a%29%26b%3Dc%20d)")
    assert qr.page("https://example.go.th", "a&b=c#d") == "https://example.go.th/site?site=a%26b%3Dc%23d"


@pytest.mark.parametrize("address", ["https://example.go.th/audit", "https://example.go.th/audit/"])
def test_the_page_of_a_site_stands_under_the_address(address):
    assert qr.page(address, "KK-001") == "https://example.go.th/audit/site?site=KK-001"


def test_the_drawing_is_the_code_of_its_text_with_a_quiet_zone():
    text = qr.place(16.43046, 102.82957, "KK-001")
    code = segno.make(text, error="m", micro=False, boost_error=False, mask=qr.CHEQUERED)
    dark = {(x, y) for y, line in enumerate(code.matrix) for x, bit in enumerate(line) if bit}
    assert drawn(qr.svg(text)) == {(x + qr.QUIET_MODULES, y + qr.QUIET_MODULES) for x, y in dark}


def drawn(svg):
    """Return the dark modules of a drawing made of strokes of one module's height."""
    x, y, dark = 0.0, 0.0, set()
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):
        values = [float(value) for value in re.findall(r"-?\d*\.?\d+", numbers)]
        if step == "h":
            dark |= {(int(x) + run, int(y)) for run in range(int(values[0]))}
            x += values[0]
        else:
            x, y = (values[0], values[1]) if step == "M" else (x + values[0], y + values[1])
    return dark
