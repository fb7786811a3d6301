"""Write the phone form as an XLSForm workbook for servers and as an XForm for phones."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence

import pyxform.xls2xform
import xlsxwriter

from audits.field.odk import form_layout
from audits.rules import model

_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zone


def version(criteria: model.Criteria, made_on: dt.date, revision: int = 0) -> str:
    """Return a version that grows from day to day and ends in that of the criteria: ``2026112200 c3316df05f26``.

    Parameters
    ----------
    criteria
        The criteria.
    made_on
        Day on which the form is made.
    revision
        0 to 99, for several forms of one day: phones and servers keep the greatest.
    """
    return f"{made_on:%Y%m%d}{revision:02d} {criteria.version}"


def workbook(
    criteria: model.Criteria, *, version: str, with_map: bool = False, entities: bool = False, kinds: Sequence[str] = ()
) -> bytes:
    """Return the form as an Excel workbook (XLSForm); the same form gives the same bytes.

    Parameters
    ----------
    criteria, version, with_map, entities, kinds
        See :func:`audits.field.odk.form_layout.sheets`.
    """
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    sheets = form_layout.sheets(criteria, version=version, with_map=with_map, entities=entities, kinds=kinds)
    with xlsxwriter.Workbook(written, options) as file:
        file.set_properties({"created": _MADE})
        for name, rows in sheets.items():
            sheet, headers = file.add_worksheet(name), _headers(rows)
            for line, row in enumerate([dict(zip(headers, headers, strict=True)), *rows]):
                for column, header in enumerate(headers):
                    if row.get(header):
                        sheet.write_string(line, column, row[header])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(headers), 28)
    return written.getvalue()


def xform(
    criteria: model.Criteria, *, version: str, with_map: bool = False, entities: bool = False, kinds: Sequence[str] = ()
) -> str:
    """Return the form as XForm, ready for a phone.

    Parameters
    ----------
    criteria, version, with_map, entities, kinds
        See :func:`audits.field.odk.form_layout.sheets`.
    """
    sheets = form_layout.sheets(criteria, version=version, with_map=with_map, entities=entities, kinds=kinds)
    filled = {}
    for name, rows in sheets.items():
        headers = _headers(rows)
        # The XForm depends on the order of the sheet's columns.
        filled[name] = [{column: row[column] for column in headers if row.get(column)} for row in rows]
    return str(pyxform.xls2xform.convert(filled, validate=False, form_name="data").xform)


def _headers(rows: Iterable[form_layout.Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))
