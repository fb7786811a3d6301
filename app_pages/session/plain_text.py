"""Show what people wrote as they wrote it, where Streamlit would read Markdown."""

from __future__ import annotations

import re

# Markdown, LaTeX and HTML within a line; an underscore within a word means nothing
_INLINE = re.compile(r"[\\`*\[\]~$]|(?<![^\W_])_|_(?![^\W_])|<(?=[\w/!?])|&(?=#?\w+;)")
# a heading, list, quotation, table or rule
_AT_START = re.compile(r"^(?:[#>+=|-]|\d{1,9}(?=[.)]))")
# Streamlit and its plug-ins look for these in finished text, where a backslash is gone already: emoji, icons and
# colours, addresses, arrows
_REPLACED = re.compile(r"(?i):(?=[\w+-]+[\[{:/])|https?:(?=//)|www(?=\.)|@(?=[\w-]+\.)|(?<=\s)<?-(?=-|>)")
_JOINER = "\u2060"


def literal(text: object) -> str:
    r"""Escape a text so that Streamlit's Markdown shows it letter by letter.

    For labels, headings, messages and whatever else Streamlit reads as Markdown; HTML is escaped by its template.

    Examples
    --------
    >>> literal("Soi **5** [x](y)")
    'Soi \\*\\*5\\*\\* \\[x\\](y)'
    >>> literal("Ban Phai, running_slope_pct 1:12")
    'Ban Phai, running_slope_pct 1:12'
    """
    # one line: a break would begin a new block
    line = " ".join(str(text).split())
    escaped = _INLINE.sub(lambda found: f"\\{found[0]}", line)
    escaped = _AT_START.sub(lambda found: f"{found[0]}{_JOINER}" if found[0].isdigit() else f"\\{found[0]}", escaped)
    return _REPLACED.sub(lambda found: f"{found[0]}{_JOINER}", escaped)
