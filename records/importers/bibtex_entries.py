"""BibTeX blocks to entries: regular ones read in one pass, the others by the library.

What the library cannot read is mended where that is certain (a lost key or
comma), else rejected with its line.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateFieldKeyBlock, Field
from bibtexparser.model import Entry as LibraryEntry

from records.importers.bibtex_cutting import Piece, pieces
from records.importers.bibtex_regular import EMPTY, FORCED_BREAK, Regular, fields_of
from records.importers.parsed import MAX_ENTRY, Line, Problem

MAX_DEPTH = 200
MAX_STRINGS = 10_000
MAX_STRING = 10_000
MAX_VALUE = 1_000_000
# The library says on the log what is told here with a line number.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

WITHOUT_KEY = re.compile(r"(@[\w-]{1,61}[ \t]{0,20}[{(])(?=\s{0,200}[A-Za-z][\w:-]{0,60}\s{0,20}=)")
LOST_COMMA = re.compile(r"""([}"])([ \t]*\n[ \t]*)(?=[A-Za-z][\w:-]{0,60}[ \t]{0,20}=)""")
SWALLOWED = re.compile(r",[ \t]*\n[ \t]*[A-Za-z][\w:-]{0,60}[ \t]{0,20}=[ \t]{0,20}[{\"0-9]")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
SINGLE = frozenset({"title", "year", "doi", "author", "journal"})
KNOWN_STRINGS = {name: name.capitalize() for name in MONTHS.split(" ")}


@dataclass(slots=True)
class Entry:
    """One entry: its kind and key, and its fields as resolved LaTeX, blank ones left out."""

    line: int
    raw: str
    kind: str
    key: str
    fields: dict[str, list[str]]
    problems: list[Problem]

    def first(self, *names: str) -> str:
        """Return the first text that one of these fields holds."""
        for name in names:
            if name in self.fields:
                return self.fields[name][0]
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
        elif found.kind.lower() == "string":
            yield from _define(found, strings)
        elif found.kind.lower() in {"comment", "preamble"}:
            if not found.closed:
                yield Problem(found.line, f"The @{found.kind} has no end and was skipped.")
        else:
            yield _entry(found, strings)


def _define(piece: Piece, strings: dict[str, str]) -> Iterator[Problem]:
    """Keep an abbreviation, resolved, so that none can grow by naming others."""
    library = parse_string(_headed(piece, "\n".join(piece.parts)), parse_stack=[])
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
    if piece.is_too_long:
        reason = f"The entry is longer than {MAX_ENTRY:,} characters and was left out."
        return Problem(piece.line, reason, rejected=True)
    raw = "\n".join(piece.parts)
    if piece.deepest > MAX_DEPTH:
        reason = f"The entry nests braces more than {MAX_DEPTH} deep and was not imported."
        return Problem(piece.line, reason, rejected=True)
    notes: list[str] = []
    found = piece.found
    if found is None and piece.closed and not piece.parentheses:
        found = fields_of(raw, piece.body)
    if found is None:
        found = _patiently(piece, raw, strings, notes)
    else:
        _look_up(found, strings, notes)
    if found is None:
        what = "is not well-formed BibTeX" if piece.closed else "has braces that do not balance"
        return Problem(piece.line, f"The entry {what} and was not imported.", rejected=True)
    problems = [Problem(piece.line, reason) for reason in dict.fromkeys(notes)]
    for name, texts in found.fields.items():
        if len(texts) > 1 and name in SINGLE and len(set(texts)) > 1:
            reason = f"The field {name} stands {len(texts)} times; the first was taken."
            problems.append(Problem(piece.line, reason))
    return Entry(piece.line, raw, piece.kind, found.key, found.fields, problems)


def _look_up(found: Regular, strings: dict[str, str], notes: list[str]) -> None:
    """Put in the texts that the bare words among the values stand for."""
    for name, word in found.words:
        value, told = _resolved(word, strings)
        notes += told
        texts = found.fields[name]
        texts[texts.index(word)] = value


def _patiently(piece: Piece, raw: str, strings: dict[str, str], notes: list[str]) -> Regular | None:
    """Return what an entry says that is not as it should be, or ``None`` where nothing helps."""
    text = _headed(piece, raw)
    text = FORCED_BREAK.sub(r"\1 ", text) if "\\\\" in text else text
    if not piece.closed:
        text += "\n" + (")" if piece.parentheses else "}")
        notes.append("The entry has no closing brace; it was imported up to where it breaks off.")
    parsed = _parsed(text, notes) if piece.closed or piece.depth == 1 else None
    if parsed is None or (not piece.closed and any(map(_swallows, parsed[1]))):
        return None
    key, listed = parsed
    found = Regular(key, {}, [])
    for one in listed:
        value, told = _resolved(str(one.value), strings)
        notes += told
        if value.strip(EMPTY):
            found.fields.setdefault(one.key.lower(), []).append(value)
    return found


def _headed(piece: Piece, raw: str) -> str:
    """Return the text of a block with a kind that the library takes for one."""
    kind = piece.kind if piece.kind.isalpha() else "misc"
    return f"@{kind}{'(' if piece.parentheses else '{'}{raw[piece.body :]}"


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
