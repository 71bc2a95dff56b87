"""A tolerant reader of line-tagged reference files: it cuts them into entries of tagged fields.

What a tag means is the business of the format's own module; this one knows
only where an entry begins and ends, which lines continue a field, and that no
line may vanish without a word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from screening.importers.parsed import Line, Problem

__all__ = ["Dialect", "Entry", "Line", "TaggedField", "fill", "name_repeats", "numbered_lines"]


@dataclass(frozen=True, slots=True)
class TaggedField:
    """One tag with its text: the tagged line and the lines that continue it."""

    tag: str
    text: str
    line: int


@dataclass(slots=True)
class Entry:
    """One entry of a file: where it starts, its own lines, its fields in order."""

    line: int
    lines: list[str] = field(default_factory=list)
    fields: list[TaggedField] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    by_tag: dict[str, list[TaggedField]] = field(default_factory=dict)

    def add(self, tagged: TaggedField) -> None:
        """Add a field; one without text does not count."""
        if tagged.text.strip():
            self.fields.append(tagged)
            self.by_tag.setdefault(tagged.tag, []).append(tagged)

    @property
    def raw(self) -> str:
        """Return the entry's text as the file has it, without blank lines at its ends."""
        return "\n".join(self.lines).strip("\n\ufeff \t")

    def all(self, *tags: str) -> list[str]:
        """Return the texts of these tags: all of the first tag, then all of the second."""
        return [tagged.text for tag in tags for tagged in self.by_tag.get(tag, ())]

    def first(self, *tags: str) -> str:
        """Return the first text of the first of these tags that has one, or ``""``."""
        return next((self.by_tag[tag][0].text for tag in tags if tag in self.by_tag), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """How one format writes its fields.

    Attributes:
        tag_line: matches a tagged line, with groups ``tag`` and ``text``.
        known: the tags the format defines; others are tolerated.
        running: tags of running text, which an untagged line continues, and
            into which an unknown tag is read as text (``OR  - 1.2`` in an abstract).
        listed: tags whose untagged lines are each an item of their own.
        foreign: matches untagged lines that belong to no field.
    """

    tag_line: re.Pattern[str]
    known: frozenset[str]
    running: frozenset[str]
    listed: frozenset[str]
    foreign: re.Pattern[str]

    def split(self, line: str) -> tuple[str, str] | None:
        """Return the tag in capitals and the text of a tagged line, or ``None``."""
        match = self.tag_line.match(line)
        if match is None:
            return None
        tag = match["tag"].upper()
        # A small word before a hyphen is text, unless it is set out as a tag and is one.
        if tag != match["tag"] and (tag not in self.known or "  -" not in match.group()[:6]):
            return None
        return tag, match["text"] or ""


def numbered_lines(text: str) -> Iterator[Line]:
    """Yield each line with its 1-based number; only LF ends a line."""
    start, number = 0, 1
    while (end := text.find("\n", start)) != -1:
        yield number, text[start:end]
        start, number = end + 1, number + 1
    if start < len(text):
        yield number, text[start:]


def fill(entry: Entry, lines: Iterable[Line], dialect: Dialect) -> Entry:
    """Read the lines of one entry into its fields, and return it.

    A line that neither has a tag nor continues a field is named as a problem;
    it stays in ``raw``.
    """
    tag, text, begun = "", [""], entry.line
    stray = False
    for number, line in lines:
        entry.lines.append(line)
        found = dialect.split(line)
        if found and (found[0] in dialect.known or tag not in dialect.running or stray):
            _close(entry, tag, text, begun)
            (tag, value), begun, stray = found, number, False
            text = [value]
        elif not line.strip():
            continue
        elif stray or dialect.foreign.match(line) or not _continues(tag, dialect):
            if not stray and tag not in {"UR", "L1", "L2", "LK"}:
                reason = "This line belongs to no field and was left out of the record."
                entry.problems.append(Problem(number, reason))
            stray = True
        elif tag in dialect.running:
            text.append(line.strip())
        else:
            _close(entry, tag, text, begun)
            text, begun = [line.strip()], number
    _close(entry, tag, text, begun)
    return entry


def _continues(tag: str, dialect: Dialect) -> bool:
    return tag in dialect.running or tag in dialect.listed


def _close(entry: Entry, tag: str, text: list[str], line: int) -> None:
    if tag:
        entry.add(TaggedField(tag, " ".join(part for part in text if part), line))


def name_repeats(entry: Entry, tags: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each tag that should stand once and stands with different texts.

    The first text counts; the others stay in ``raw``.
    """
    for tag in tags:
        same = entry.by_tag.get(tag, [])
        other = [again for again in same[1:] if again.text.strip() != same[0].text.strip()]
        if other:
            reason = f"{tag} stands more than once in this entry; the first one was taken."
            yield Problem(other[0].line, reason)
