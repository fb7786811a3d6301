"""Read a PDF as the format says a screen reader must: the replacement text first, else what each glyph stands for."""

import io
import re

import pikepdf

CHARACTERS = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")


def pages(file, *, furniture=False):
    """Return the text of every page; with `furniture` also what is no content, such as what runs on top."""
    with pikepdf.open(io.BytesIO(file)) as document:
        return [_page(page, furniture) for page in document.pages]


def alternatives(file):
    """Return the words that stand for every drawing."""
    with pikepdf.open(io.BytesIO(file)) as document:
        dictionaries = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        return [str(each["/Alt"]) for each in dictionaries if "/Alt" in each]


def lines(file):
    return [line for page in pages(file) for line in page.splitlines() if line.strip()]


def _page(page, furniture):
    fonts = {name: _meanings(font) for name, font in page.obj.Resources.get("/Font", {}).items()}
    said, font, open_spans, baseline = [], {}, [], None
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "Tf":
            font = fonts[str(operands[0])]
        elif name in ("BDC", "BMC"):
            open_spans.append(_span(operands))
            replacement = open_spans[-1][1]
            if replacement and _itself(open_spans[:-1]) and _heard(open_spans, furniture):
                said.append(replacement)
        elif name == "EMC":
            open_spans.pop()
        elif name == "cm":
            height = float(operands[5])
            if baseline is not None and abs(height - baseline) > 4:
                said.append("\n")
            baseline = height
        elif name in ("Tj", "TJ") and _heard(open_spans, furniture) and _itself(open_spans):
            said.append(_text(operands[0], font))
    return "".join(said).strip()


def _span(operands):
    properties = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
    return str(operands[0]), str(properties["/ActualText"]) if "/ActualText" in properties else None


def _heard(open_spans, furniture):
    return furniture or all(tag != "/Artifact" for tag, _ in open_spans)


def _itself(open_spans):
    return all(replacement is None for _, replacement in open_spans)


def _meanings(font):
    found = CHARACTERS.findall(font.ToUnicode.read_bytes())
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in found}


def _text(shown, font):
    parts = [shown] if isinstance(shown, pikepdf.String) else list(shown)
    parts = [part for part in parts if isinstance(part, pikepdf.String)]
    data = b"".join(bytes(part) for part in parts)
    return "".join(font[int.from_bytes(data[start : start + 2], "big")] for start in range(0, len(data), 2))
