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


def boxes(file):
    """Return for every page left, bottom, right, top in points and the text of all that is written in one go."""
    with pikepdf.open(io.BytesIO(file)) as document:
        return [list(_written(page)) for page in document.pages]


def _written(page):
    fonts = {name: (_meanings(font), _widths(font)) for name, font in page.obj.Resources.get("/Font", {}).items()}
    matrix, saved, found = pikepdf.Matrix(), [], []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            saved.append(matrix)
        elif name == "Q":
            matrix = saved.pop()
        elif name == "cm":
            matrix = pikepdf.Matrix(*map(float, operands)) @ matrix
        elif name == "BT":
            found = []
        elif name == "Tf":
            (meanings, widths), size = fonts[str(operands[0])], float(operands[1])
        elif name == "Tm":
            at = (pikepdf.Matrix(*map(float, operands)) @ matrix).transform((0, 0))
        elif name in ("Tj", "TJ"):
            wide = sum(_advances(operands[0], widths)) * size / 1000
            found.append((at[0], at[1] - 0.25 * size, at[0] + wide, at[1] + size, _text(operands[0], meanings)))
        elif name == "ET" and found:
            lefts, bottoms, rights, tops, texts = zip(*found, strict=True)
            yield min(lefts), min(bottoms), max(rights), max(tops), "".join(texts)


def _widths(font):
    """Return the advance of every glyph; the format lists them by their first and last glyph, or one by one."""
    listed, found = list(font.DescendantFonts[0].W), {}
    while listed:
        first, second = int(listed.pop(0)), listed.pop(0)
        if isinstance(second, pikepdf.Array):
            found |= {first + number: float(each) for number, each in enumerate(second)}
        else:
            found |= dict.fromkeys(range(first, int(second) + 1), float(listed.pop(0)))
    return found


def _advances(shown, widths):
    for part in [shown] if isinstance(shown, pikepdf.String) else shown:
        if isinstance(part, pikepdf.String):
            data = bytes(part)
            yield from (
                widths.get(int.from_bytes(data[start : start + 2], "big"), 0) for start in range(0, len(data), 2)
            )
        else:
            yield -float(part)


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
