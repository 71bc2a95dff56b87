"""BibTeX text to entries, one at a time: cut by braces here, parsed by the library.

An entry ends where its braces balance. Where they do not, it ends at the next
line that starts an entry, so that a lost brace costs one entry and not the
rest of the file.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateFieldKeyBlock, Field
from bibtexparser.model import Entry as LibraryEntry

from records.importers.parsed import MAX_ENTRY, Line, Problem

MAX_DEPTH = 200
MAX_STRINGS = 10_000
MAX_STRING = 10_000
MAX_VALUE = 1_000_000
# The library says on the log what is told here with a line number.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

OPENING = re.compile(r"(?:^|(?<=[\s})\ufeff]))@([A-Za-z][A-Za-z0-9_-]{0,60})[ \t]{0,20}([{(])")
# At the start of a line: what can only be a new entry, even where braces are still open.
NEW_ENTRY = re.compile(
    r"\s{0,20}@(?:string[ \t]{0,20}[{(]\s{0,20}[\w:.+-]{1,200}\s{0,20}="
    r"|(?:comment|preamble)[ \t]{0,20}[{(]"
    r"|[A-Za-z][A-Za-z0-9_-]{0,60}[ \t]{0,20}[{(][^,{}\"=]{0,300},)",
    re.IGNORECASE,
)
BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
MARKS = re.compile(r'\\.|[{})"]', re.DOTALL)
SILENT = re.compile(
    r"\s*(?:%|@comment\b|This file was created with|Encoding:"
    r"|Scopus\s*$|EXPORT DATE:|[})\],;\s]*$)",
    re.IGNORECASE,
)
# The library takes the brace or comma after a forced line break, `\\}`, for an escaped one.
FORCED_BREAK = re.compile(r'(?<!\\)((?:\\\\)+)(?=[{}",=)])')
WITHOUT_KEY = re.compile(r"(@[\w-]{1,61}[ \t]{0,20}[{(])(?=\s{0,200}[A-Za-z][\w:-]{0,60}\s{0,20}=)")
LOST_COMMA = re.compile(r"""([}"])([ \t]*\n[ \t]*)(?=[A-Za-z][\w:-]{0,60}[ \t]{0,20}=)""")
SWALLOWED = re.compile(r",[ \t]*\n[ \t]*[A-Za-z][\w:-]{0,60}[ \t]{0,20}=[ \t]{0,20}[{\"0-9]")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
KNOWN_STRINGS = {name: name.capitalize() for name in MONTHS.split(" ")}


@dataclass(slots=True)
class Piece:
    """The text of one block, and how cutting it out went."""

    line: int
    kind: str
    parts: list[str] = field(default_factory=list)
    size: int = 0
    depth: int = 1
    deepest: int = 1
    parentheses: bool = False
    quoted: bool = False
    closed: bool = False

    def take(self, text: str) -> None:
        """Keep a text, unless the entry is longer than any may be."""
        self.size += len(text) + 1
        if self.size <= MAX_ENTRY:
            self.parts.append(text)
        else:
            self.parts.clear()


@dataclass(slots=True)
class Entry:
    """One entry: its kind and key, and its fields as resolved LaTeX."""

    line: int
    raw: str
    kind: str
    key: str
    fields: dict[str, list[str]]
    problems: list[Problem]

    def first(self, *names: str) -> str:
        """Return the first text that one of these fields holds."""
        for name in names:
            for text in self.fields.get(name, ()):
                if text and not text.isspace():
                    return text
        return ""

    def all(self, *names: str) -> list[str]:
        """Return every text of these fields."""
        return [text for name in names for text in self.fields.get(name, ())]


def entries(lines: Iterable[Line]) -> Iterator[Entry | Problem]:
    """Yield each entry, and the problems that belong to none."""
    strings = dict(KNOWN_STRINGS)
    for found in pieces(lines):
        if isinstance(found, Problem):
            yield found
        elif found.kind == "string":
            yield from _define(found, strings)
        elif found.kind in {"comment", "preamble"}:
            if not found.closed:
                yield Problem(found.line, f"The @{found.kind} has no end and was skipped.")
        else:
            yield _entry(found, strings)


def pieces(lines: Iterable[Line]) -> Iterator[Piece | Problem]:
    """Yield each block from its ``@``, and a problem for each run of text outside one."""
    piece: Piece | None = None
    stray = 0
    for number, line in lines:
        at = 0
        if piece is not None and "@" in line and NEW_ENTRY.match(line):
            yield piece
            piece = None
        while True:
            if piece is None:
                found = OPENING.search(line, at) if "@" in line else None
                outside = line[at : found.start() if found else None]
                if stray and (found or not outside.strip()):
                    yield _outside(stray)
                    stray = 0
                if outside.strip("\ufeff \t") and not SILENT.match(outside):
                    stray = stray or number
                if found is None:
                    break
                if stray:
                    yield _outside(stray)
                    stray = 0
                piece = Piece(number, found.group(1).lower())
                piece.parentheses = found.group(2) == "("
                at, scan = found.start(), found.end()
            else:
                scan = at
            end = _end(piece, line, scan)
            piece.take(line[at:end] if end else line[at:])
            if not end:
                break
            piece.closed = True
            yield piece
            piece, at = None, end
    if piece is not None:
        yield piece
    if stray:
        yield _outside(stray)


def _outside(line: int) -> Problem:
    return Problem(line, "Text outside the entries was skipped.")


def _end(piece: Piece, line: str, at: int) -> int:
    """Return where the block ends on this line, 0 when it does not.

    The opening counts as one brace, even where it is a parenthesis.
    """
    for found in (MARKS if piece.parentheses else BRACES).finditer(line, at):
        mark = found.group()
        if mark == "{":
            piece.depth += 1
            piece.deepest = max(piece.deepest, piece.depth)
        elif mark == "}":
            piece.depth -= 1
            if piece.depth <= 0:
                return found.end()
        elif piece.depth > 1:
            continue
        elif mark == '"':
            piece.quoted = not piece.quoted
        elif mark == ")" and not piece.quoted:
            return found.end()
    return 0


def _define(piece: Piece, strings: dict[str, str]) -> Iterator[Problem]:
    """Keep an abbreviation, resolved, so that none can grow by naming others."""
    library = parse_string("\n".join(piece.parts), parse_stack=[])
    if not library.strings or not piece.closed:
        yield Problem(piece.line, "The @string cannot be read and was skipped.")
        return
    for found in library.strings:
        value, told = _resolved(str(found.value), strings, longest=MAX_STRING)
        for reason in told:
            yield Problem(piece.line, reason)
        if len(strings) < MAX_STRINGS:
            strings[found.key.lower()] = value


def _entry(piece: Piece, strings: dict[str, str]) -> Entry | Problem:
    raw = "\n".join(piece.parts)
    if piece.size > MAX_ENTRY:
        reason = f"The entry is longer than {MAX_ENTRY:,} characters and was left out."
        return Problem(piece.line, reason, rejected=True)
    if piece.deepest > MAX_DEPTH:
        reason = f"The entry nests braces more than {MAX_DEPTH} deep and was not imported."
        return Problem(piece.line, reason, rejected=True)
    notes: list[str] = []
    text = FORCED_BREAK.sub(r"\1 ", raw) if "\\\\" in raw else raw
    if not piece.closed:
        text += "\n" + (")" if re.match(r"@[\w-]+[ \t]*\(", text) else "}")
        notes.append("The entry has no closing brace; it was imported up to where it breaks off.")
    parsed = _parsed(text, notes) if piece.closed or piece.depth == 1 else None
    if parsed is None or (not piece.closed and any(map(_swallows, parsed[1]))):
        what = "is not well-formed BibTeX" if piece.closed else "has braces that do not balance"
        return Problem(piece.line, f"The entry {what} and was not imported.", rejected=True)
    key, found = parsed
    fields: dict[str, list[str]] = {}
    for one in found:
        value, told = _resolved(str(one.value), strings)
        notes += told
        fields.setdefault(one.key.lower(), []).append(value)
    problems = [Problem(piece.line, reason) for reason in dict.fromkeys(notes)]
    for name in ("title", "year", "doi", "author", "journal"):
        texts = set(fields.get(name, ()))
        if len(texts) > 1:
            reason = f"The field {name} stands {len(fields[name])} times; the first was taken."
            problems.append(Problem(piece.line, reason))
    return Entry(piece.line, raw, piece.kind, key, fields, problems)


def _parsed(text: str, notes: list[str]) -> tuple[str, list[Field]] | None:
    """Return key and fields of an entry, mending a lost key or comma where that is all it needs."""
    if WITHOUT_KEY.match(text):
        text = WITHOUT_KEY.sub(r"\1,", text, count=1)
        notes.append("The entry has no key.")
    found = _by_library(text)
    if found and not any(LOST_COMMA.search(str(one.value)) for one in found[1]):
        return found
    mended = LOST_COMMA.sub(r"\1,\2", text)
    again = _by_library(mended) if mended != text else None
    if again:
        notes.append("A comma is missing between two fields and was read in.")
    return again or found


def _swallows(one: Field) -> bool:
    """Say whether a value without end has taken in the fields after it."""
    return SWALLOWED.search(str(one.value)) is not None


def _by_library(text: str) -> tuple[str, list[Field]] | None:
    library = parse_string(text, parse_stack=[])
    found = list(library.entries)
    for failed in library.failed_blocks:
        entry = failed.ignore_error_block
        if not (isinstance(failed, DuplicateFieldKeyBlock) and isinstance(entry, LibraryEntry)):
            return None
        found.append(entry)
    if len(found) != 1:
        return None
    return found[0].key, found[0].fields


def _resolved(
    value: str, strings: dict[str, str], *, longest: int = MAX_VALUE
) -> tuple[str, list[str]]:
    """Return a value without its quotes or braces, its parts joined, and what to say of it."""
    text = value.strip()
    if text[:1] == "{" and text[-1:] == "}" and "#" not in text:
        return text[1:-1][:MAX_ENTRY], []
    parts: list[str] = []
    told: list[str] = []
    size = 0
    for part in _joined(text):
        if part[:1] in '{"':
            piece = part[1:-1] if len(part) > 1 else ""
        elif part.isdigit() or part.lower() not in strings:
            piece = part
            if part and not part.isdigit():
                told.append(f"“{part[:60]}” is no abbreviation that the file explains; it stands.")
        else:
            piece = strings[part.lower()]
        size += len(piece)
        if size > longest and parts:
            told.append(f"A text was cut at {longest:,} characters.")
            break
        parts.append(piece)
    return "".join(parts), told


def _joined(text: str) -> Iterator[str]:
    """Yield the parts of a value that ``#`` joins outside of quotes and braces."""
    depth, quoted, start = 0, False, 0
    for found in re.finditer(r'\\.|[{}"#]', text, re.DOTALL):
        mark = found.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
        elif mark == '"' and depth == 0:
            quoted = not quoted
        elif mark == "#" and depth == 0 and not quoted:
            yield text[start : found.start()].strip()
            start = found.end()
    yield text[start:].strip()
