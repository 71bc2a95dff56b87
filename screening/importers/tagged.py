"""A tolerant reader of line-tagged reference files: it cuts them into entries of tagged fields.

What a tag means is the business of the format's own module; this one knows
only where an entry begins and ends, which lines continue a field, and that no
line may vanish without a word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from screening.importers.building import is_printable
from screening.importers.cutting import cut
from screening.importers.parsed import Line, Problem

BLANK = "\ufeff \t\n\x1a"
MARKS = "\ufeff\u200b"
INDENTS = f"{MARKS} \t"
NEVER = re.compile("(?!)")


Field = tuple[str, str, int]


class Entry:
    """One entry of a file: where it starts, its own text, its fields.

    Attributes:
        line: the line it starts on.
        raw: its text as the file has it.
        problems: what has to be said of it.
        plain: it holds nothing unprintable but its line ends.
        get: the first text of a tag, or ``None``; a field without text does not count.
    """

    __slots__ = (
        "_dialect", "_fields", "_firsts", "_repeats", "get", "line", "plain", "problems", "raw",
    )  # fmt: skip

    def __init__(self, line: int, raw: str, dialect: "Dialect") -> None:
        self.line, self.raw = line, raw
        self.problems: list[Problem] = []
        self.plain = False
        self._dialect = dialect
        self._fields: list[Field] | None = None
        self._firsts: dict[str, str] = {}
        self._repeats: dict[str, list[str]] = {}
        self.get = self._firsts.get

    def add(self, tag: str, text: str, line: int) -> None:
        """Add a field, unless it has no text."""
        if self._fields is None:
            self._fields = []
        if text and not text.isspace():
            self._fields.append((tag, text, line))
            if tag in self._firsts:
                self._repeats.setdefault(tag, [self._firsts[tag]]).append(text)
            else:
                self._firsts[tag] = text

    def first(self, *tags: str) -> str:
        """Return the first text of the first of these tags that has one, or ``""``."""
        firsts = self._firsts
        for tag in tags:
            if tag in firsts:
                return firsts[tag]
        return ""

    def all(self, *tags: str) -> list[str]:
        """Return the texts of these tags: all of the first tag, then all of the second."""
        found: list[str] = []
        for tag in tags:
            if tag in self._repeats:
                found += self._repeats[tag]
            elif tag in self._firsts:
                found.append(self._firsts[tag])
        return found

    def fields(self) -> list[Field]:
        """Return the fields in order: tag, text and line of each."""
        if self._fields is None:
            tag_of, width = self._dialect.prefixes.get, self._dialect.width
            lines = enumerate(self.raw.split("\n"), self.line)
            self._fields = [
                (tag_of(line[:width], ""), line[width:], number)
                for number, line in lines
                if line[width:].strip()
            ]
        return self._fields

    def fill_regular(self) -> bool | None:
        """Read an entry whose every line has a known tag: most entries of most files.

        Returns:
            whether it has its end, or ``None`` when it is not as regular as that.
        """
        tag_of, width, end = self._dialect.prefixes.get, self._dialect.width, self._dialect.end
        firsts, repeats = self._firsts, self._repeats
        ended = False
        for line in self.raw.split("\n"):
            tag = tag_of(line[:width])
            if tag is None or ended:
                firsts.clear()
                repeats.clear()
                return None
            text = line[width:]
            if text and not text.isspace():
                if tag not in firsts:
                    firsts[tag] = text
                elif tag in repeats:
                    repeats[tag].append(text)
                else:
                    repeats[tag] = [firsts[tag], text]
            elif tag == end:
                ended = True
        self.plain = is_printable(self.raw)
        return ended

    def name_repeats(self, tags: frozenset[str]) -> None:
        """Keep a problem for each tag that should stand once and stands with different texts.

        The first text counts; the others stay in ``raw``.
        """
        for tag in self._repeats.keys() & tags if self._repeats else ():
            first = self._firsts[tag].strip()
            for own, text, line in self.fields():
                if own == tag and text.strip() != first:
                    reason = f"{tag} stands more than once in this entry; the first one was taken."
                    self.problems.append(Problem(line, reason))
                    break


@dataclass(kw_only=True, slots=True)
class Dialect:
    """How one format writes its fields.

    Attributes:
        layout: how a tag is set before its text, as a format string.
        tag_line: matches a tagged line, with the tag as first group and the text as second.
        known: the tags the format defines; others are tolerated.
        running: tags of running text, which an untagged line continues, and
            into which an unknown tag is read as text (``OR  - 1.2`` in an abstract).
        listed: tags whose untagged lines are each an item of their own.
        foreign: matches untagged lines that belong to no field.
        wrapped: matches untagged lines that the format itself has wrapped.
        around: matches lines that a program writes before and after all entries.
        end: the tag that ends an entry, if the format has one.
        links: tags after which a stray line is no loss worth a word.
        prefixes: what stands before the text in a line as the format writes it, to the
            tag: a way round ``tag_line``, for speed.
        width: the length of these prefixes.
    """

    layout: str
    tag_line: re.Pattern[str]
    known: frozenset[str]
    running: frozenset[str]
    listed: frozenset[str] = frozenset()
    foreign: re.Pattern[str] = NEVER
    wrapped: re.Pattern[str] = NEVER
    around: re.Pattern[str] = NEVER
    end: str = ""
    links: frozenset[str] = frozenset()
    prefixes: dict[str, str] = field(init=False)
    width: int = field(init=False)

    def __post_init__(self) -> None:
        """Write out the prefixes."""
        self.prefixes = {self.layout.format(tag): tag for tag in self.known}
        self.width = max(map(len, self.prefixes))
        if self.end:
            self.prefixes[self.layout.format(self.end).rstrip()] = self.end

    def split(self, line: str) -> tuple[str, str] | None:
        """Return the tag in capitals and the text of a tagged line, or ``None``."""
        match = self.tag_line.match(line)
        if match is None:
            return None
        written, text = match.group(1, 2)
        tag = written.upper()
        # A small word before a hyphen is text, unless it is set out as a tag and is one.
        if tag != written and (tag not in self.known or "  -" not in match.group()[:6]):
            return None
        return tag, text or ""

    def ends(self, line: str) -> bool:
        """Say whether a line ends an entry."""
        if not self.end or self.end not in line.upper():
            return False
        found = self.split(line.strip(BLANK))
        return found is not None and found[0] == self.end and not found[1].strip()

    def tags_in(self, lines: Iterable[str]) -> set[str]:
        """Return the tags of the format that stand in these lines, but for those around entries."""
        tagged = (self.split(line) for line in lines if not self.around.match(line))
        return {found[0] for found in tagged if found} & self.known


def entries(
    blocks: Iterable[Line], start: re.Pattern[str], dialect: Dialect, *, opening: str
) -> Iterator[Entry | Problem]:
    """Yield the entries of a file in order, and what has to be said of what is around them.

    An end tag is not relied on: an entry also ends where the next one starts,
    or the file does, and is then flagged.

    Args:
        blocks: the file in blocks of whole lines, each with the number of its first line.
        start: matches the LF before an entry and how the entry begins.
        dialect: how the entries are written.
        opening: the tag an entry begins with, as a person would name it.
    """
    for chunk in cut(blocks, start):
        if isinstance(chunk, Problem):
            yield chunk
            continue
        line, body = chunk
        if body[0] in INDENTS:
            body = _dedented(body)
        if not start.match(f"\n{body}"):
            yield from _outside(body.split("\n"), line, dialect, opening)
            continue
        entry, rest = fill(body, line, dialect)
        if rest is None and dialect.end:
            reason = (
                f"The record has no end line ({dialect.end});"
                " it was imported up to where the next one starts."
            )
            entry.problems.append(Problem(line, reason))
        yield entry
        if rest and any(rest):
            after = line + body.count("\n") + 1 - len(rest)
            yield from _outside(rest, after, dialect, opening)


def _dedented(body: str) -> str:
    indent = len(body) - len(body.lstrip(INDENTS))
    return "\n".join(
        line[indent:] if line[:indent].isspace() else line.lstrip(MARKS)
        for line in body[indent:].split("\n")
    )


def _outside(lines: list[str], line: int, dialect: Dialect, opening: str) -> Iterator[Problem]:
    block: list[str] = []
    for number, text in enumerate([*lines, ""], line):
        ends = dialect.ends(text)
        if text.strip(BLANK) and not ends:
            block.append(text)
            continue
        is_entry = bool(dialect.tags_in(block))
        if ends and not is_entry:
            reason = f"This end line ({dialect.end}) ends no record and was skipped."
            yield Problem(number, reason)
        if is_entry:
            reason = f"An entry without its start line ({opening}) was not imported."
            yield Problem(number - len(block), reason, rejected=True)
        elif block and not all(dialect.around.match(text) for text in block):
            yield Problem(number - len(block), "Text outside the records was skipped.")
        block = []


def fill(body: str, line: int, dialect: Dialect) -> tuple[Entry, list[str] | None]:
    """Read the text of an entry into its fields.

    A line that neither has a tag nor continues a field is named as a problem;
    it stays in ``raw``. Lines joined on a guess are named too.

    Returns:
        the entry, and the lines after its end tag, or ``None`` when it has none.
    """
    entry = Entry(line, body.strip(BLANK), dialect)
    ended = entry.fill_regular()
    if ended is not None:
        return entry, [] if ended else None
    filling = _Filling(entry, dialect)
    lines = body.split("\n")
    for number, written in enumerate(lines, line):
        if filling.take(number, written):
            taken = number - line + 1
            entry.raw = "\n".join(lines[:taken]).strip(BLANK)
            return entry, lines[taken:]
    filling.close()
    return entry, None


class _Filling:
    """The reading of one entry line by line, with the field that is open."""

    def __init__(self, entry: Entry, dialect: Dialect) -> None:
        self._entry, self._dialect = entry, dialect
        self._tag, self._begun = "", entry.line
        self._parts: list[str] = []
        self._stray = self._joined = False

    def take(self, number: int, written: str) -> bool:
        """Read the next line, and say whether it ends the entry."""
        dialect = self._dialect
        tag = dialect.prefixes.get(written[: dialect.width])
        text = written[dialect.width :]
        if tag is None and (found := dialect.split(written)) and self._starts_field(found[0]):
            tag, text = found
        if tag is not None:
            self._open(tag, text, number)
            return tag == dialect.end and not text.strip()
        if written.strip(BLANK):
            self._continue(number, written)
        return False

    def _starts_field(self, tag: str) -> bool:
        known = tag in self._dialect.known
        return known or self._stray or self._tag not in self._dialect.running

    def close(self) -> None:
        """Hand the open field to the entry."""
        if self._tag:
            self._entry.add(self._tag, " ".join(filter(None, self._parts)), self._begun)

    def _open(self, tag: str, text: str, number: int) -> None:
        self.close()
        self._tag, self._parts, self._begun = tag, [text], number
        self._stray = self._joined = False

    def _continue(self, number: int, written: str) -> None:
        dialect, tag = self._dialect, self._tag
        if self._stray or not tag or dialect.foreign.match(written):
            self._leave_out(number)
        elif tag in dialect.listed:
            self._open(tag, written.strip(), number)
        elif dialect.wrapped.match(written):
            self._parts.append(written.strip())
        elif tag in dialect.running:
            if not self._joined:
                reason = f"This line was taken as a part of the field {tag} before it."
                self._entry.problems.append(Problem(number, reason))
            self._joined = True
            self._parts.append(written.strip())
        else:
            self._leave_out(number)

    def _leave_out(self, number: int) -> None:
        if not self._stray and self._tag not in self._dialect.links:
            reason = "This line belongs to no field and was left out of the record."
            self._entry.problems.append(Problem(number, reason))
        self._stray = True
