"""Spoil good files in the ways that files get spoiled: bytes, cells, parts of a zip, values of a JSON."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import random
import re
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies

STRANGE_TEXTS = (
    *("", " ", "-", "0", "-1", "1e999", "NaN", "-Infinity", "9" * 400, "12:1", "1:0", "8,33", "๑:๑๒", "½", "0x1F"),
    *("null", "true", "[]", "{}", "KK-001", "KK-999", "../../etc/passwd", "a\x00b", "=1+1|' /C calc'!A0", "'", '"'),
    *("2568-02-30", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+23:59", "29/02/2568", "2026-13-45"),
    *("\u202egnp.exe", "\ufeff", "\ud7ff\uffff", "ำำำ", "e\u0301" * 40, "\r\n\r\n", "\x1b[2J", "%s%n{0}{code}", "<!--"),
    *("<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "]]>", "A" * 5_000, "[" * 3_000, '{"a":' * 3_000),
)
STRANGE_BYTES = (b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xa1\xf9", b"PK\x03\x04", b"SQLite format 3\x00", b"\\ud800")
STRANGE_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, -1e-320, 10**400, 2**63, [], {}, [[]], {"": {}}, ["a", 1, None], "\ud800"),
    *STRANGE_TEXTS,
)
_VALUE = re.compile(rb'"[^"\n]{0,80}"|>[^<>\n]{1,80}<|-?\d+(?:\.\d+)?')

Mutation = Callable[[bytes, random.Random], bytes]


def bytes_changed(content: bytes, chance: random.Random) -> bytes:
    """Change one to eight bytes."""
    spoiled = bytearray(content)
    for _ in range(chance.randint(1, 8) if spoiled else 0):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def cut_off(content: bytes, chance: random.Random) -> bytes:
    """Lose the end, as a bad line does, or now and then the beginning."""
    place = chance.randint(0, len(content))
    return content[:place] if chance.random() < 0.8 else content[place:]


def part_lost(content: bytes, chance: random.Random) -> bytes:
    """Lose a part in the middle."""
    start, end = _part(content, chance)
    return content[:start] + content[end:]


def part_doubled(content: bytes, chance: random.Random) -> bytes:
    """Have a part twice."""
    start, end = _part(content, chance)
    return content[:end] + content[start:]


def strange_inserted(content: bytes, chance: random.Random) -> bytes:
    """Have something strange in the middle."""
    place = chance.randint(0, len(content))
    return content[:place] + _strange(chance) + content[place:]


def value_replaced(content: bytes, chance: random.Random) -> bytes:
    """Have a strange text where a value stood: a cell, a figure, the text of a tag."""
    found = list(_VALUE.finditer(content[:200_000]))
    if not found:
        return strange_inserted(content, chance)
    start, end = chance.choice(found).span()
    around = (
        (content[start : start + 1], content[end - 1 : end])
        if content[start : start + 1] in (b'"', b">")
        else (b"", b"")
    )
    return content[:start] + around[0] + _strange(chance) + around[1] + content[end:]


def json_value_replaced(content: bytes, chance: random.Random) -> bytes:
    """Have a strange value somewhere in a JSON, a record of the kit included; its sums are made right again."""
    lines = content.splitlines(keepends=True)
    if content.startswith(b'{"jaidee_kit"') and lines:
        place = chance.randrange(len(lines))
        lines[place] = _kit_line(lines[place], chance)
        return b"".join(lines)
    with contextlib.suppress(ValueError, RecursionError):
        return _json(_replaced(json.loads(content), chance)).encode("utf-8", "surrogatepass")
    return value_replaced(content, chance)


def zip_part_spoiled(content: bytes, chance: random.Random) -> bytes:
    """Have one part of a zip spoiled, renamed, doubled or gone, in a zip that is sound."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, EOFError, RuntimeError):
        return bytes_changed(content, chance)
    place = chance.randrange(len(parts)) if parts else None
    if place is not None:
        name, inside = parts[place]
        way = chance.random()
        if way < 0.7:
            parts[place] = (name, spoiled(inside, chance.choices(list(MUTATIONS), k=1), chance.random()))
        elif way < 0.8:
            parts[place] = (chance.choice(("../out.gpkg", "/abs", "C:\\x", name.upper(), "a" * 300)), inside)
        else:
            del parts[place]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in parts:
            archive.writestr(name, inside)
    return packed.getvalue()


def cell_replaced(content: bytes, chance: random.Random) -> bytes:
    """Have a strange value, or one of another type, in a cell of a GeoPackage."""
    if not content.startswith(b"SQLite format 3"):
        return value_replaced(content, chance)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoiled.gpkg"
        path.write_bytes(content)
        with contextlib.suppress(sqlite3.Error, OverflowError, UnicodeEncodeError), _opened(path) as file:
            names = [str(row[0]) for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            table = chance.choice([name for name in names if not name.startswith(("rtree", "sqlite"))])
            columns = [str(row[1]) for row in file.execute(f'PRAGMA table_info("{table}")')]
            value = chance.choice(
                (*STRANGE_TEXTS, None, 2**63 - 1, -1, 1e308, b"\x00\xff", b"GP\x00\x01" + b"\x00" * 20)
            )
            file.execute(f'UPDATE "{table}" SET "{chance.choice(columns)}" = ?', (value,))
            file.commit()
        return path.read_bytes()


MUTATIONS: dict[str, Mutation] = {
    one.__name__: one
    for one in (
        *(bytes_changed, cut_off, part_lost, part_doubled, strange_inserted, value_replaced, json_value_replaced),
        *(zip_part_spoiled, cell_replaced),
    )
}


def spoiled(content: bytes, names: Sequence[str], seed: float) -> bytes:
    """Return a content after mutations, the same for the same seed."""
    chance = random.Random(seed)
    for name in names:
        content = MUTATIONS[name](content, chance)
    return content


def of(goods: dict[str, bytes]) -> strategies.SearchStrategy[tuple[str, bytes]]:
    """Return a strategy of spoiled files: the name of the good one, and what was made of it; a few stay good."""
    names = strategies.lists(strategies.sampled_from(sorted(MUTATIONS)), max_size=3)
    chosen = strategies.tuples(strategies.sampled_from(sorted(goods)), names, strategies.integers(0, 2**32))
    return chosen.map(lambda each: (each[0], spoiled(goods[each[0]], each[1], each[2])))


def _part(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 2, 10, 100, 1_000, 10_000)))


def _strange(chance: random.Random) -> bytes:
    if chance.random() < 0.2:
        return chance.choice(STRANGE_BYTES)
    return chance.choice(STRANGE_TEXTS).encode("utf-8", "surrogatepass")


def _kit_line(line: bytes, chance: random.Random) -> bytes:
    head, mark, rest = line.partition(b'"body":')
    with contextlib.suppress(ValueError, RecursionError):
        told = json.loads(head + mark + rest)
        body = _json(_replaced(told["body"], chance))
        sha256 = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
        made = f'{{"jaidee_kit":1,"kind":"{told["kind"]}","sha256":"{sha256}","body":{body}}}\n'
        return made.encode("utf-8", "surrogatepass")
    return line


def _replaced(value: Any, chance: random.Random) -> Any:
    """Return a JSON value with one place in it replaced, lost or renamed."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        way = chance.random()
        if way < 0.1:
            return {name: each for name, each in value.items() if name != key}
        if way < 0.15:
            return {(f"{name}x" if name == key else name): each for name, each in value.items()}
        return value | {key: _replaced(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        return [*value[:place], _replaced(value[place], chance), *value[place + chance.randint(0, 1) :]]
    return chance.choice(STRANGE_VALUES)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # what is no Unicode can only be written as an escape
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _opened(path: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(path))
