"""Draw the icon of the offline kit: a wheel on a ramp."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

TEAL, WHITE = (0, 87, 75), (255, 255, 255)
SAMPLES = 3

# In a square of 1: the ramp's corners, the wheel's centre, its outer and inner radius.
RAMP = ((0.14, 0.80), (0.86, 0.80), (0.86, 0.56))
WHEEL, OUTER, INNER = (0.42, 0.44), 0.24, 0.15


def svg() -> str:
    """Return the icon as SVG."""
    corners = " ".join(f"{100 * x:.0f},{100 * y:.0f}" for x, y in RAMP)
    middle, width = 50 * (OUTER + INNER), 100 * (OUTER - INNER)
    x, y = (100 * each for each in WHEEL)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#00574b"/>'
        f'<polygon points="{corners}" fill="#fff"/><circle cx="{x:.0f}" cy="{y:.0f}" r="{middle:.1f}" fill="none"'
        f' stroke="#fff" stroke-width="{width:.1f}"/></svg>'
    )


def png(side: int) -> bytes:
    """Return the icon as PNG of `side` × `side` pixels, for browsers that install with no other."""
    shares = _white(side * SAMPLES).reshape(side, SAMPLES, side, SAMPLES).mean(axis=(1, 3))
    pixels = np.rint(shares[..., None] * WHITE + (1 - shares[..., None]) * TEAL).astype(np.uint8)
    rows = np.concatenate([np.zeros((side, 1), np.uint8), pixels.reshape(side, -1)], axis=1)
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _white(side: int) -> npt.NDArray[np.float64]:
    """Return 1 where the drawing is white, at the middle of each of `side` × `side` points."""
    at = (np.arange(side) + 0.5) / side
    x, y = at[None, :], at[:, None]
    (left, bottom), (right, _), (_, top) = RAMP
    slope = bottom - (x - left) * (bottom - top) / (right - left)
    ramp = (x >= left) & (x <= right) & (y <= bottom) & (y >= slope)
    distance = np.hypot(x - WHEEL[0], y - WHEEL[1])
    drawn: npt.NDArray[np.float64] = (ramp | ((distance >= INNER) & (distance <= OUTER))).astype(np.float64)
    return drawn


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
