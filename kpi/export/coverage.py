"""Which characters the fonts of the paper can show: PDF/UA allows no other in a text."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parents[1] / "fonts"
INSTEAD = "□"  # stands for a character that no font of ours holds
UNSEEN = "\u200b\u200e\u200f\u00ad"  # characters that lay text out and are not shown themselves
LINES = "\n\t"  # white space that no font needs to hold


def shown(value: Any) -> Any:
    """A document of JSON with every character that cannot be shown replaced."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, dict):
        return {name: shown(one) for name, one in value.items()}
    return value


def _text(value: str) -> str:
    """A title of white space alone would be no title, which PDF/UA refuses: it gets a box."""
    text = "".join(map(_shown, value))
    visible = any(not letter.isspace() and letter not in UNSEEN for letter in text)
    return text if visible or not value else INSTEAD


def _shown(letter: str) -> str:
    return letter if ord(letter) in covered() or letter in UNSEEN + LINES else INSTEAD


@cache
def covered() -> frozenset[int]:
    """The code points that any of the fonts holds."""
    return frozenset(point for path in FONTS.glob("*.ttf") for point in _points(path.read_bytes()))


def _points(font: bytes) -> Iterator[int]:
    """The code points of a font, from the tables that say which glyph shows which character.

    Format 4 (OpenType specification, table cmap) has all of the basic plane in segments: their
    ends, two bytes of padding, their starts. The last segment is a mark of the end.
    """
    [count] = struct.unpack_from(">H", font, 4)
    tables = (struct.unpack_from(">4sIII", font, 12 + 16 * at) for at in range(count))
    start = next(offset for name, _, offset, _ in tables if name == b"cmap")
    [many] = struct.unpack_from(">H", font, start + 2)
    for at in range(many):
        [offset] = struct.unpack_from(">I", font, start + 4 + 8 * at + 4)
        table = start + offset
        kind, _, _, twice = struct.unpack_from(">HHHH", font, table)
        if kind == 4:
            ends = struct.unpack_from(f">{twice // 2}H", font, table + 14)
            starts = struct.unpack_from(f">{twice // 2}H", font, table + 16 + twice)
            for first, last in zip(starts[:-1], ends[:-1], strict=True):
                yield from range(first, last + 1)
