"""Bytes to text as a stream: byte-order marks, encodings, characters no database takes, line ends.

One pass over the file, in pieces, tells its encoding; every further pass
decodes it anew. Only a piece, and the line it ends in, is held at a time.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import BinaryIO

from records.importers import mixed, parsed
from records.importers.mixed import DAMAGED, RECODED
from records.importers.parsed import FileRefused, Line, Problem

# The longer mark first: UTF-32 LE begins with the mark of UTF-16 LE.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BINARIES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh9", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a Rich Text document"),
)
SNIFFED = 65_536
PIECE = 131_072
LONGEST_LINE = 1_000_000
CONTROL = bytes(set(range(32)) - set(b"\x00\t\n\x0b\x0c\r\x1a\x1b\x1c\x1d\x1e\x1f"))
# The control characters of ASCII but for line ends, and what may be printed of it with these.
CONTROLS = bytes((*range(10), 11, 12, *range(14, 32), 127))
PRINTABLE = bytes((10, 13, *range(32, 127)))
NAMED_LINES = 100


@dataclass(frozen=True, slots=True)
class Coding:
    """How the bytes of a file are text: the encoding, and the length of the mark before it."""

    encoding: str
    mark: int = 0


def coding_of(stream: BinaryIO) -> Coding:
    """Return how a file is encoded.

    Tried in order: a byte-order mark, UTF-16 betrayed by its NULs, strict
    UTF-8, UTF-8 with some lines that are not, Windows-1252.

    Raises:
        FileRefused: the file is empty or binary.
    """
    sample = read_at(stream, 0, SNIFFED)
    _refuse_binary(sample)
    for mark, encoding in MARKS:
        if sample.startswith(mark):
            return Coding(encoding, len(mark))
    if encoding := _unmarked_utf16(sample):
        return Coding(encoding)
    controls = len(sample) - len(sample.translate(None, CONTROL))
    if controls * 20 > len(sample) or sample.count(0) * 4 > len(sample):
        raise FileRefused("The file is binary, not a text file of references.")
    return Coding("utf-8" if _is_utf8(stream) else "cp1252")


def is_plain(text: str) -> bool:
    """Say whether a text is printable but for its line ends, faster than ``str`` can."""
    return _is_plain(text.encode("utf-8", "surrogatepass"))


def _is_plain(data: bytes) -> bool:
    """Say the same of bytes in UTF-8: only those that are none of ASCII's are worth a look."""
    rest = data.translate(None, PRINTABLE)
    if not rest:
        return True
    return rest[0] >= 128 and rest.decode("utf-8", "replace").isprintable()


def read_at(stream: BinaryIO, start: int, size: int) -> bytes:
    """Return up to ``size`` bytes from a place in a file, wherever others left it."""
    stream.seek(start)
    return stream.read(size)


def _refuse_binary(sample: bytes) -> None:
    if not sample:
        raise FileRefused("The file is empty.")
    for magic, what in BINARIES:
        if sample.startswith(magic):
            raise FileRefused(f"The file is {what}, not a text file of references.")
    if sample.startswith(b"MZ") and b"\x00" in sample[:1024]:
        raise FileRefused("The file is a program, not a text file of references.")


def _unmarked_utf16(sample: bytes) -> str:
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) < 4 or max(even, odd) * 3 < len(sample):
        return ""
    if even == 0:
        return "utf-16-le"
    return "utf-16-be" if odd == 0 else ""


def _is_utf8(stream: BinaryIO) -> bool:
    """Say whether a file is UTF-8, if with damage: then it has more sound sequences than bad bytes.

    In a file of another encoding hardly any sequence is sound by chance.
    """
    sound, bad, strict = 0, 0, True
    for piece in _pieces(stream, 0):
        if piece.isascii():
            continue
        if strict:
            try:
                sound += len(piece) - len(piece.decode())
                continue
            except UnicodeDecodeError:
                strict = False
        lenient = piece.decode("utf-8", errors="ignore")
        miswritten = sum(map(len, mixed.MISWRITTEN.findall(piece)))
        kept = len(lenient.encode())
        sound += kept - len(lenient) + miswritten
        bad += len(piece) - kept - miswritten
    return strict or sound >= max(bad, 1)


def _pieces(stream: BinaryIO, start: int) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces that cut no character of UTF-8 in two."""
    rest = b""
    while piece := read_at(stream, start, PIECE):
        start += len(piece)
        piece = rest + piece
        whole = _whole(piece)
        rest = piece[whole:]
        yield piece[:whole]
    if rest:
        yield rest


def _whole(piece: bytes) -> int:
    for back in range(1, min(len(piece), 3) + 1):
        if piece[-back] >= 0xC0:
            return len(piece) - back
    return len(piece)


def _raw_pieces(stream: BinaryIO, start: int) -> Iterator[bytes]:
    while piece := read_at(stream, start, PIECE):
        start += len(piece)
        yield piece


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces that end where a line does, unless a line is longer than is sensible."""
    rest = b""
    for piece in pieces:
        whole = rest + piece
        end = max(whole.rfind(b"\n"), whole.rfind(b"\r")) + 1
        if not end and len(whole) > min(LONGEST_LINE, parsed.MAX_ENTRY // 4):
            end = _whole(whole)
        rest = whole[end:]
        if end:
            yield whole[:end]
    if rest:
        yield rest


class Text:
    """The text of a file, decoded as it is asked for, every line end made LF.

    VT, FF, NEL and the separators of Unicode end no line. NUL characters are
    removed and damaged ones replaced.

    Attributes:
        noted: what has to be said of it, until somebody takes it from there.
        line: the number of the first line of the block that is read.
        plain_from: the line from which on nothing unprintable was decoded, as far as it is known.
        controls: a control character of ASCII may stand in what was decoded.
    """

    def __init__(self, stream: BinaryIO, coding: Coding) -> None:
        self.noted: list[Problem] = []
        self.line = 1
        self.plain_from = 1.0
        self.controls = coding.encoding != "utf-8"
        self._suspect = coding.encoding != "utf-8"
        self._stream = stream
        self._coding = coding
        self._removed = False
        self._damaged = 0
        self._unnamed = 0

    def again(self) -> Text:
        """Return the text anew, to be looked at from its beginning."""
        return Text(self._stream, self._coding)

    def lines(self) -> Iterator[Line]:
        """Yield each line with its number."""
        for block in self.blocks():
            lines = block.removesuffix("\n").split("\n")
            first, self.line = self.line, self.line + len(lines)
            yield from enumerate(lines, first)

    def blocks(self) -> Iterator[str]:
        """Yield the text in blocks of whole lines.

        Who takes a block sets ``line`` to the number of the line after it: counting the lines
        twice would cost more than telling the encoding.
        """
        if self._coding.encoding == "cp1252":
            reason = "The file is not UTF-8; it was read as Windows-1252, so check its accents."
            self.noted.append(Problem(1, reason))
        held, size = [""], 0
        for text in self._ends():
            end = text.rfind("\n") + 1
            if not end:
                size += len(text)
                if size - len(text) <= parsed.MAX_ENTRY:
                    held.append(text)
                continue
            block = "".join((*held, text[:end]))
            if size > parsed.MAX_ENTRY:
                block = self._shortened(held, text[:end])
            held, size = [text[end:]], len(text) - end
            yield from self._handed(block)
        if size > parsed.MAX_ENTRY:
            held = [self._shortened(held, "")]
        if last := "".join(held):
            yield from self._handed(last)
        if self._damaged > NAMED_LINES:
            rest = self._damaged - NAMED_LINES
            reason = f"Characters of a wrong encoding stand in {rest} more lines."
            self.noted.append(Problem(self._unnamed, reason))

    def _handed(self, block: str) -> Iterator[str]:
        suspect, self._suspect = self._suspect, self._coding.encoding != "utf-8"
        if suspect:
            self.plain_from = inf
        yield self._cleaned(block)
        if suspect:
            # The line in which the block's last piece ends may hold what is suspect in it.
            self.plain_from = self.line + 1

    def _shortened(self, held: list[str], text: str) -> str:
        reason = f"The line is longer than {parsed.MAX_ENTRY:,} characters; its end was not read."
        self.noted.append(Problem(self.line, reason))
        return "".join((*held, text[text.find("\n") :] if text else ""))

    def _cleaned(self, block: str) -> str:
        if "\x00" in block:
            if not self._removed:
                at = self.line + block.count("\n", 0, block.index("\x00"))
                self.noted.append(Problem(at, "NUL characters in the file were removed."))
                self._removed = True
            block = block.replace("\x00", "")
        if DAMAGED in block or RECODED in block:
            for at, line in enumerate(block.split("\n"), self.line):
                if RECODED in line:
                    self._name(at, "This line is not UTF-8; it was read as Windows-1252.")
                elif DAMAGED in line:
                    self._name(at, f"A damaged character in this line was replaced by {DAMAGED}.")
            block = block.replace(RECODED, "")
        return block

    def _name(self, line: int, reason: str) -> None:
        self._damaged += 1
        if self._damaged <= NAMED_LINES:
            self.noted.append(Problem(line, reason))
        elif not self._unnamed:
            self._unnamed = line

    def _ends(self) -> Iterator[str]:
        """Yield the decoded pieces with LF line ends; a CR at the end of one waits for its LF."""
        waiting, first = "", True
        for piece in self._decoded():
            text = waiting + (piece.removeprefix("\ufeff") if first else piece)
            waiting, first = "", False
            if "\r" in text:
                waiting = "\r" if text.endswith("\r") else ""
                whole = text.removesuffix("\r")
                yield whole.replace("\r\n", "\n").replace("\r", "\n")
            else:
                yield text
        if waiting:
            yield "\n"

    def _look_at(self, piece: bytes) -> None:
        if not _is_plain(piece):
            self._suspect = True
            self.controls |= len(piece.translate(None, CONTROLS)) != len(piece)

    def _decoded(self) -> Iterator[str]:
        encoding, mark = self._coding.encoding, self._coding.mark
        if encoding == "utf-8":
            yield from self._utf8(mark)
        elif encoding == "cp1252":
            for piece in _whole_lines(_raw_pieces(self._stream, mark)):
                yield piece.decode() if piece.isascii() else mixed.decode(piece, mixed.of_1252)
        else:
            decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
            for piece in _raw_pieces(self._stream, mark):
                yield decoder.decode(piece)
            yield decoder.decode(b"", final=True)

    def _utf8(self, mark: int) -> Iterator[str]:
        # In whole lines: of what encoding a line is shows in all of it.
        for piece in _whole_lines(_raw_pieces(self._stream, mark)):
            self._look_at(piece)
            try:
                yield piece.decode()
            except UnicodeDecodeError:
                yield mixed.decode(piece, mixed.of_damaged_utf8)
