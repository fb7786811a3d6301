"""Prove that a number comes out of a workbook as its cell shows it."""

from __future__ import annotations

import pytest

from audits.formats import number_formats


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.0833, "0%", "8.33%"),
        (-0.02, "0.0%", "-2%"),
        (12, '"1:"0', "1:12"),
        (12, r"\1\:0", "1:12"),
        (12.5, '"1:"0.0', "1:12.5"),
        (1 / 12, "# ??/??", "1/12"),
        (35.5, "# ?/?", "35 1/2"),
        (0.25, "# ?/8", "1/4"),
        (2.0, "# ?/?", 2.0),
        (7, "000", "007"),
        (40001, r"00\-000", "40-001"),
        (7, '"KK-"000', "KK-007"),
        (90, '0" cm"', "90 cm"),
        (90, '0 "ซม."', "90 ซม."),
        (4.76, "0.00°", "4.76°"),
        (8.33, '0.00"%"', "8.33%"),
        (8.33, r"[$-41E]0.00\%", "8.33%"),
        (8.33, '"ร้อยละ "0.00', "ร้อยละ8.33"),
        (35.5, '# ?/?" in"', "35 1/2 in"),
        (2.0, '# ?/?" in"', "2 in"),
        (1200, "0.0,", 1.2),
        (1200, '0.0,"m"', "1.2 m"),
    ],
)
def test_what_the_format_adds_is_read(value: float, code: str, shown: object) -> None:
    assert number_formats.shown(value, code) == shown


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "",
        "0.00",
        "#,##0.00",
        "0.00E+00",
        '"฿"#,##0',
        "[$฿-41E]#,##0.00",
        "0;[Red]-0",
        ";;;",
        "@",
        "_(* #,##0_)",
    ],
)
def test_a_format_that_adds_no_meaning_leaves_the_number(code: str) -> None:
    assert number_formats.shown(8.33, code) == 8.33


def test_each_sign_has_its_section() -> None:
    assert [number_formats.shown(value, '"1:"0;"-1:"0;"none"') for value in (12, -12, 0)] == ["1:12", "-1:12", 0]
