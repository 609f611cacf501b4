"""Pages of fax: made without any library, and read by libtiff, which libspandsp brings along."""

from __future__ import annotations

import ctypes
import ctypes.util
import struct
from collections.abc import Sequence
from pathlib import Path

WIDTH = 1728  #: dots
LINE = WIDTH // 8  #: octets

Page = list[bytes]


def chequered(rows: int = 120, *, size: int = 2, shift: int = 0) -> Page:
    """A page of squares; ``size`` in octets across, ``shift`` makes another one."""
    return [
        bytes(255 if (x // size + (y + shift) // (8 * size)) % 2 else 0 for x in range(LINE))
        for y in range(rows)
    ]


def write_pages(path: Path, pages: Sequence[Page], *, dots_down: int = 98) -> None:
    """As TIFF, not compressed, a set bit black."""
    out = bytearray(b"II*\0" + struct.pack("<I", 8))
    for number, page in enumerate(pages):
        data, count = b"".join(page), 12
        behind = len(out) + 2 + 12 * count + 4
        values = (
            *((256, 4, WIDTH), (257, 4, len(page)), (258, 3, 1), (259, 3, 1), (262, 3, 0)),
            *((273, 4, behind + 16), (277, 3, 1), (278, 4, len(page)), (279, 4, len(data))),
            *((282, 5, behind), (283, 5, behind + 8), (296, 3, 2)),
        )
        out += struct.pack("<H", count)
        for tag, kind, value in values:
            out += struct.pack("<HHII", tag, kind, 1, value)
        following = behind + 16 + len(data)
        out += struct.pack("<I", following if number < len(pages) - 1 else 0)
        out += struct.pack("<IIII", 204, 1, dots_down, 1) + data
    path.write_bytes(out)


def read_pages(path: Path) -> list[Page]:
    """The rows of all pages, a set bit black."""
    name = ctypes.util.find_library("tiff")
    assert name is not None
    tiff = ctypes.CDLL(name)
    tiff.TIFFOpen.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(tiff.TIFFOpen(str(path).encode(), b"r"))
    assert handle.value, f"{path} is no TIFF"
    pages = []
    while True:
        height, polarity = ctypes.c_uint32(), ctypes.c_uint16()
        tiff.TIFFGetField(handle, 257, ctypes.byref(height))
        tiff.TIFFGetField(handle, 262, ctypes.byref(polarity))
        row = ctypes.create_string_buffer(LINE)
        page = []
        for number in range(height.value):
            assert tiff.TIFFReadScanline(handle, row, number, 0) == 1
            page.append(bytes(255 ^ octet for octet in row.raw) if polarity.value else row.raw)
        pages.append(page)
        if not tiff.TIFFReadDirectory(handle):
            tiff.TIFFClose(handle)
            return pages
