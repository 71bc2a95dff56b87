"""Bytes to text: byte-order marks, encodings, characters no database takes, line ends."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from screening.importers.parsed import FileRefused, Problem

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
CONTROL = bytes(set(range(32)) - set(b"\x00\t\n\x0b\x0c\r\x1a\x1b\x1c\x1d\x1e\x1f"))
# UTF-8 as some programs get it wrong: overlong forms and surrogates written as characters.
MISWRITTEN = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
LINE_END = re.compile("\r\n|\r")
DAMAGED = "\ufffd"
NAMED_LINES = 100


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text with LF line ends, the encoding it was read as, and what had to be changed."""

    text: str
    encoding: str
    problems: tuple[Problem, ...]


def decode(data: bytes) -> Decoded:
    """Return the text of a reference file.

    Tried in order: a byte-order mark, UTF-16 betrayed by its NULs, strict
    UTF-8, UTF-8 with some damaged bytes, Windows-1252.

    Raises:
        FileRefused: the file is empty or binary.
    """
    _refuse_empty(data)
    problems: list[Problem] = []
    text, encoding = _to_text(data)
    if encoding == "cp1252":
        problems.append(
            Problem(1, "The file is not UTF-8; it was read as Windows-1252, so check its accents.")
        )
    if "\x00" in text:
        problems.append(
            Problem(_first_line(text, "\x00"), "NUL characters in the file were removed.")
        )
        text = text.replace("\x00", "")
    text = LONE_SURROGATE.sub(DAMAGED, text).removeprefix("\ufeff")
    text = LINE_END.sub("\n", text)
    if not text.replace("\ufeff", "").strip():
        raise FileRefused("The file holds nothing but white space.")
    problems.extend(_damaged_lines(text))
    return Decoded(text, encoding, tuple(problems))


def _refuse_empty(data: bytes) -> None:
    if not data:
        raise FileRefused("The file is empty.")
    for magic, what in BINARIES:
        if data.startswith(magic):
            raise FileRefused(f"The file is {what}, not a text file of references.")
    if data.startswith(b"MZ") and b"\x00" in data[:1024]:
        raise FileRefused("The file is a program, not a text file of references.")


def _to_text(data: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            if encoding == "utf-8":
                return body.decode("utf-8", errors="replace"), encoding
            return body.decode(encoding, errors="replace"), encoding
    if encoding := _unmarked_utf16(data):
        return data.decode(encoding, errors="replace"), encoding
    sample = data[:SNIFFED]
    controls = len(sample) - len(sample.translate(None, CONTROL))
    if controls * 20 > len(sample) or sample.count(0) * 4 > len(sample):
        raise FileRefused("The file is binary, not a text file of references.")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8", errors="ignore")
    sound = sum(character > "\x7f" for character in lenient)
    damaged = len(data) - len(lenient.encode("utf-8"))
    miswritten = sum(len(found) for found in MISWRITTEN.findall(data))
    if sound + miswritten >= max(damaged - miswritten, 1):
        return MISWRITTEN.sub(b"\xef\xbf\xbd", data).decode("utf-8", errors="replace"), "utf-8"
    return data.decode("cp1252", errors="replace"), "cp1252"


def _unmarked_utf16(data: bytes) -> str:
    sample = data[:SNIFFED]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) < 4 or max(even, odd) * 3 < len(sample):
        return ""
    if even == 0:
        return "utf-16-le"
    return "utf-16-be" if odd == 0 else ""


def _first_line(text: str, character: str) -> int:
    return LINE_END.sub("\n", text[: text.index(character)]).count("\n") + 1


def _damaged_lines(text: str) -> Iterator[Problem]:
    if DAMAGED not in text:
        return
    lines = [n for n, line in enumerate(text.split("\n"), start=1) if DAMAGED in line]
    for number in lines[:NAMED_LINES]:
        yield Problem(number, f"A damaged character in this line was replaced by {DAMAGED}.")
    if len(lines) > NAMED_LINES:
        rest = len(lines) - NAMED_LINES
        yield Problem(lines[NAMED_LINES], f"Damaged characters stand in {rest} more lines.")
