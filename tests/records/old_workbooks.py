"""Old workbooks as bytes, made by hand: an OLE2 document with one stream, as Excel 97 wrote it."""

import struct

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SMALLEST = 4096


def old_workbook(*rows, **sheets):
    """Return a workbook whose first sheet has these rows, and others below their names."""
    return document(stream({"refs": rows, **sheets}))


def stream(sheets, *, hidden=()):
    """Return the stream of a workbook: names of sheets to their rows of texts and numbers."""
    parts = [_sheet(rows) for rows in sheets.values()]
    names = [name.encode("latin-1") for name in sheets]
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 1997, 0, 6))
    start += _record(0x0042, struct.pack("<H", 1200))
    place = len(start) + sum(4 + 8 + len(name) for name in names) + 4
    told = b""
    for title, name, part in zip(sheets, names, parts, strict=True):
        state = 1 if title in hidden else 0
        told += _record(0x0085, struct.pack("<IBBBB", place, state, 0, len(name), 0) + name)
        place += len(part)
    return start + told + _record(0x000A, b"") + b"".join(parts)


def document(content):
    """Return an OLE2 document that holds ``content`` as the stream ``Workbook``."""
    content = content.ljust(max(SMALLEST, -(-len(content) // SECTOR) * SECTOR), b"\x00")
    used = len(content) // SECTOR
    tables = -(-(used + 2) // (SECTOR // 4 - 1))
    chain = [*range(1, used), END, END, *([TABLE] * tables)]
    chain += [FREE] * (tables * SECTOR // 4 - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, used, 0, SMALLEST, END, 0, END, 0)
    places = [used + 1 + at for at in range(tables)]
    header += struct.pack("<109I", *places, *([FREE] * (109 - tables)))
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 0, len(content))
    directory = directory.ljust(SECTOR, b"\x00")
    return header + content + directory + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name, kind, start, size, *, child=FREE):
    written = name.encode("utf-16-le") + b"\x00\x00"
    told = written.ljust(64, b"\x00") + struct.pack(
        "<HBBIII", len(written), kind, 1, FREE, FREE, child
    )
    return told + bytes(36) + struct.pack("<III", start, size, 0)


def _sheet(rows):
    told = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 6))
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, int | float):
                told += _record(0x0203, struct.pack("<HHHd", y, x, 0, cell))
            elif cell is not None and cell != "":
                text = cell.encode("utf-16-le")
                written = struct.pack("<HHHHB", y, x, 0, len(text) // 2, 1) + text
                told += _record(0x0204, written)
    return told + _record(0x000A, b"")


def _record(kind, content):
    return struct.pack("<HH", kind, len(content)) + content
