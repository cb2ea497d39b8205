"""The pictures that an Apple pass must carry, drawn here: the mark, two rings that hold each other, on indigo."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from math import hypot

_INDIGO = (0x1B, 0x41, 0x70)
_WHITE = (0xFF, 0xFF, 0xFF)
_RING_RADIUS = 0.19
_RING_WIDTH = 0.075
_RING_CENTRES = ((0.38, 0.5), (0.62, 0.5))

ICON_SIDE = 29
LOGO_SIDE = 50
SCALES = (1, 2, 3)


@lru_cache(maxsize=16)
def draw_mark(side: int) -> bytes:
    """The mark as a square PNG of so many pixels a side."""
    rows = bytearray()
    for y in range(side):
        rows.append(0)  # Each row of a PNG begins with the number of its filter; 0 is none.
        for x in range(side):
            share = _coverage((x + 0.5) / side, (y + 0.5) / side, 1 / side)
            rows += bytes(round(ground + (ink - ground) * share) for ground, ink in zip(_INDIGO, _WHITE, strict=True))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _coverage(x: float, y: float, pixel: float) -> float:
    """How much of a pixel the rings cover, from 0 to 1: their edges run over the width of one pixel."""
    distance = min(abs(hypot(x - cx, y - cy) - _RING_RADIUS) for cx, cy in _RING_CENTRES)
    return min(1.0, max(0.0, (_RING_WIDTH / 2 - distance) / pixel + 0.5))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pass_pictures() -> dict[str, bytes]:
    """Every picture of a pass by its file name."""
    return {
        f"{name}{'' if scale == 1 else f'@{scale}x'}.png": draw_mark(side * scale)
        for name, side in (("icon", ICON_SIDE), ("logo", LOGO_SIDE))
        for scale in SCALES
    }
