"""Pack files into one zip that comes out the same on every computer."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

_UNIX = 3
_READABLE = 0o644 << 16


def zipped(files: Mapping[str, bytes], day: dt.date) -> bytes:
    """Return the files as one zip archive, each dated with `day`, in their order.

    Parameters
    ----------
    files
        Content by name.
    day
        From 1980 on, the first year that a zip archive knows.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return target.getvalue()
