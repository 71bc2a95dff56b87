"""BibTeX text to blocks: each from its ``@`` to the brace that closes it.

A block ends where its braces balance. Where they do not, it ends at the next
line that starts an entry, so that a lost brace costs one entry and not the
rest of the file. Whatever a person would count as an entry is one, also where
its kind is no word (``@['JournalArticle']{key,``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from records.importers.bibtex_regular import Regular, fields_of
from records.importers.parsed import MAX_ENTRY, Line, Problem

# A longer block is looked at line by line.
MOST_HELD = 1_000_000
KNOWN = (
    "article|book|booklet|collection|conference|dataset|electronic|inbook|incollection"
    "|inproceedings|manual|mastersthesis|misc|online|patent|periodical|phdthesis|proceedings"
    "|report|techreport|thesis|unpublished"
)
OPENING = re.compile(r"(?:^|(?<=[\s})\ufeff]))@([A-Za-z][A-Za-z0-9_-]{0,60})[ \t]{0,20}([{(])")
# At the start of a line: a kind that is no word, then a key or the first field.
ODD_OPENING = re.compile(
    r"[\s\ufeff]{0,20}(@{1,3}([^@{}]{0,200})\{)"
    r"(?=\s*$|\s*[A-Za-z][\w:.+/-]{0,60}\s*=\s*[{\"0-9]|[^{}\"=,]{0,300},\s*(?:$|[A-Za-z][\w:.+/-]{0,60}\s*=|[^{}\"=,]{0,300},\s*$))"
)
# A kind whose brace is on the next line.
KIND_ALONE = re.compile(rf"[\s\ufeff]{{0,20}}@[ \t]{{0,20}}({KNOWN})\s*", re.IGNORECASE)
# At the start of a line: what can only be a new entry, even where braces are still open.
NEW_ENTRY = re.compile(
    r"\s{0,20}@(?:string[ \t]{0,20}[{(]\s{0,20}[\w:.+-]{1,200}\s{0,20}="
    r"|(?:comment|preamble)[ \t]{0,20}[{(]"
    rf"|(?:{KNOWN})[ \t]{{0,20}}[{{(]\s*$"
    r"|[A-Za-z][A-Za-z0-9_-]{0,60}[ \t]{0,20}[{(][^,{}\"=]{0,300},)",
    re.IGNORECASE,
)
REGULAR_OPENING = re.compile(r"@(?!comment|preamble|string)([A-Za-z][\w-]{0,60})[ \t]*\{", re.I)
BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
MARKS = re.compile(r'\\.|[{})"]', re.DOTALL)
SILENT = re.compile(
    r"\s*(?:%|@comment\b|This file was created with|Encoding:"
    r"|Scopus\s*$|EXPORT DATE:|[})\],;\s]*$)",
    re.IGNORECASE,
)
ENTRY = re.compile(r"\s*@\s*[A-Za-z]{2,30}\s*[{(]")
WORDS_OF_KIND = re.compile(r"[^\W_][\w -]*")


@dataclass(slots=True)
class Piece:
    """The text of one block, and how cutting it out went.

    Attributes:
        line: the line it begins on.
        kind: what stands after its ``@``.
        body: where in its text the part within the outer braces begins.
        found: what a regular entry says.
    """

    line: int
    kind: str
    body: int
    parts: list[str] = field(default_factory=list)
    size: int = 0
    depth: int = 1
    deepest: int = 1
    parentheses: bool = False
    quoted: bool = False
    closed: bool = False
    found: Regular | None = None

    def take(self, text: str) -> None:
        """Keep a text, unless the entry is longer than any may be."""
        self.size += len(text) + 1
        if self.size <= MAX_ENTRY:
            self.parts.append(text)
        else:
            self.parts.clear()

    @property
    def is_too_long(self) -> bool:
        """Say whether the entry is longer than any may be."""
        return self.size > MAX_ENTRY


def starts(line: str) -> bool:
    """Say whether a line begins an entry."""
    return "@" in line and bool(
        ENTRY.match(line) or ODD_OPENING.match(line) or KIND_ALONE.fullmatch(line)
    )


def pieces(lines: Iterable[Line]) -> Iterator[Piece | Problem]:
    """Yield each block from its ``@``, and a problem for each run of text outside one."""
    cutter = _Cutter()
    held: list[Line] = []
    size = 0
    for number, line in lines:
        if held:
            size += len(line) + 1
            starts_next = line[:1] == "@"
            if not starts_next:
                held.append((number, line))
            if starts_next or (len(line) < 20 and line.strip() == "}") or size > MOST_HELD:
                yield from cutter.take_whole(held)
                held = []
            if not starts_next:
                continue
        if line[:1] == "@" and cutter.piece is None:
            held, size = [(number, line)], len(line)
        else:
            yield from cutter.feed(number, line)
    if held:
        yield from cutter.take_whole(held)
    yield from cutter.end()


class _Cutter:
    """Cuts blocks out of the lines as they come."""

    def __init__(self) -> None:
        self.piece: Piece | None = None
        self._stray = 0
        # A line `@article` whose brace has still to come.
        self._alone: tuple[int, str, str] | None = None

    def take_whole(self, held: list[Line]) -> Iterator[Piece | Problem]:
        """Yield the block that these lines may be as a whole, else what they are one by one."""
        first = held[0][0]
        text = "\n".join([line for _, line in held]).rstrip()
        opening = REGULAR_OPENING.match(text)
        found = fields_of(text, opening.end()) if opening else None
        if opening is None or found is None:
            for number, line in held:
                yield from self.feed(number, line)
            return
        yield from self._told_stray()
        kind = opening.group(1).lower()
        yield Piece(first, kind, opening.end(), [text], len(text), 0, closed=True, found=found)

    def feed(self, number: int, line: str) -> Iterator[Piece | Problem]:
        """Take a line, and yield the blocks that end with it or before it."""
        at = 0
        if self.piece is not None and "@" in line and _begins_entry(line):
            yield self.piece
            self.piece = None
        while True:
            if self.piece is None:
                begun = self._begin(number, line, at)
                yield from self._told(number, line[at : begun[0] if begun else None], begun)
                if begun is None or self.piece is None:
                    return
                at, scan = begun
            else:
                scan = at
            end = _end(self.piece, line, scan)
            self.piece.take(line[at:end] if end else line[at:])
            if not end:
                return
            self.piece.closed = True
            yield self.piece
            self.piece, at = None, end

    def end(self) -> Iterator[Piece | Problem]:
        """Yield what is open at the end of the file."""
        if self._alone:
            self._stray = self._stray or self._alone[0]
        if self.piece is not None:
            yield self.piece
        yield from self._told_stray()

    def _begin(self, number: int, line: str, at: int) -> tuple[int, int] | None:
        """Begin the next block of a line; return where it begins, and where its inside does."""
        alone, self._alone = self._alone, None
        if alone and line.lstrip()[:1] in {"{", "("}:
            inside = line.index(line.lstrip()[0]) + 1
            self.piece = Piece(alone[0], alone[1], len(alone[2]) + 1 + inside)
            self.piece.parentheses = line[inside - 1] == "("
            self.piece.take(alone[2])
            return 0, inside
        if alone:
            self._stray = self._stray or alone[0]
        if "@" not in line:
            return None
        found = OPENING.search(line, at)
        odd = ODD_OPENING.match(line) if at == 0 else None
        if odd and not (found and found.start() == odd.start(1)):
            kind = "; ".join(word.strip() for word in WORDS_OF_KIND.findall(odd.group(2)))
            self.piece = Piece(number, kind, len(odd.group(1)))
            return odd.span(1)
        if found:
            self.piece = Piece(number, found.group(1).lower(), found.end() - found.start())
            self.piece.parentheses = found.group(2) == "("
            return found.span()
        if at == 0 and (kind_alone := KIND_ALONE.fullmatch(line)):
            self._alone = (number, kind_alone.group(1).lower(), line)
        return None

    def _told(self, number: int, outside: str, begun: tuple[int, int] | None) -> Iterator[Problem]:
        """Yield a problem for the run of text that ends here, if one does."""
        if self._stray and (begun or not outside.strip()):
            yield from self._told_stray()
        if self._alone is None and outside.strip("\ufeff \t") and not SILENT.match(outside):
            self._stray = self._stray or number
        if begun:
            yield from self._told_stray()

    def _told_stray(self) -> Iterator[Problem]:
        if self._stray:
            yield Problem(self._stray, "Text outside the entries was skipped.")
            self._stray = 0


def _begins_entry(line: str) -> bool:
    return bool(NEW_ENTRY.match(line) or ODD_OPENING.match(line))


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
