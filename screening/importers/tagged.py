"""A tolerant reader of line-tagged reference files: it cuts them into entries of tagged fields.

What a tag means is the business of the format's own module; this one knows
only where an entry begins and ends, which lines continue a field, and that no
line may vanish without a word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from screening.importers.cutting import cut
from screening.importers.parsed import Line, Problem

BLANK = "\ufeff \t\n\x1a"
MARKS = "\ufeff\u200b"
INDENTS = f"{MARKS} \t"


@dataclass(slots=True)
class Entry:
    """One entry of a file: where it starts, its own text, its fields in order.

    ``fields`` are triples of tag, text and line; a field without text does not count.
    """

    line: int
    raw: str = ""
    fields: list[tuple[str, str, int]] = field(default_factory=list)
    by_tag: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, tag: str, text: str, line: int) -> None:
        """Add a field, unless it has no text."""
        if not text or text.isspace():
            return
        self.fields.append((tag, text, line))
        if tag in self.by_tag:
            self.by_tag[tag].append(text)
        else:
            self.by_tag[tag] = [text]

    def all(self, *tags: str) -> list[str]:
        """Return the texts of these tags: all of the first tag, then all of the second."""
        by_tag = self.by_tag
        return [text for tag in tags if tag in by_tag for text in by_tag[tag]]

    def first(self, *tags: str) -> str:
        """Return the first text of the first of these tags that has one, or ``""``."""
        by_tag = self.by_tag
        for tag in tags:
            if tag in by_tag:
                return by_tag[tag][0]
        return ""


class Dialect:
    """How one format writes its fields.

    Attributes:
        tag_line: matches a tagged line, with the tag as first group and the text as second.
        known: the tags the format defines; others are tolerated.
        running: tags of running text, which an untagged line continues, and
            into which an unknown tag is read as text (``OR  - 1.2`` in an abstract).
        listed: tags whose untagged lines are each an item of their own.
        foreign: matches untagged lines that belong to no field.
        wrapped: matches untagged lines that the format itself has wrapped.
        end: the tag that ends an entry, if the format has one.
        around: matches lines that a program writes before and after all entries.
        links: tags after which a stray line is no loss worth a word.
        width: the length of what stands before the text in a line as the format writes it.
        prefixes: what stands there, to the tag: a way round ``tag_line``, for speed.
    """

    def __init__(
        self,
        *,
        layout: str,
        tag_line: str,
        known: str,
        running: str = "",
        listed: str = "",
        foreign: str = "(?!)",
        wrapped: str = "(?!)",
        end: str = "",
        around: str = "(?!)",
        links: str = "",
    ) -> None:
        """Set up a dialect; ``layout`` is how a tag is set before its text."""
        self.tag_line = re.compile(tag_line)
        self.known = frozenset(known.split())
        self.running = frozenset(running.split())
        self.listed = frozenset(listed.split())
        self.foreign = re.compile(foreign, re.IGNORECASE)
        self.wrapped = re.compile(wrapped)
        self.end = end
        self.around = re.compile(around)
        self.links = frozenset(links.split())
        self.prefixes = {layout.format(tag): tag for tag in self.known}
        self.width = max(map(len, self.prefixes))
        if end:
            self.prefixes[layout.format(end).rstrip()] = end

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
    entry = Entry(line)
    prefixes, width, running, end = dialect.prefixes, dialect.width, dialect.running, dialect.end
    tag, text, begun = "", "", line
    more: list[str] = []
    stray = joined = False
    lines = body.split("\n")
    for number, written in enumerate(lines, line):
        new = prefixes.get(written[:width])
        if new is None and (found := dialect.split(written)):
            if found[0] in dialect.known or tag not in running or stray:
                new, value = found
        elif new is not None:
            value = written[width:]
        if new is not None:
            if more:
                text, more = " ".join([text, *more]), []
            if tag:
                entry.add(tag, text, begun)
            tag, text, begun, stray, joined = new, value, number, False, False
            if tag == end and (not text or text.isspace()):
                taken = number - line + 1
                entry.raw = "\n".join(lines[:taken]).strip(BLANK)
                return entry, lines[taken:]
        elif not written or written.isspace() or not written.strip(BLANK):
            continue
        elif stray or not tag or dialect.foreign.match(written):
            stray = _left_out(entry, number, said=stray or tag in dialect.links)
        elif tag in dialect.listed:
            entry.add(tag, text, begun)
            text, begun = written.strip(), number
        elif dialect.wrapped.match(written):
            more.append(written.strip())
        elif tag in running:
            if not joined:
                joined = True
                reason = f"This line was taken as a part of the field {tag} before it."
                entry.problems.append(Problem(number, reason))
            more.append(written.strip())
        else:
            stray = _left_out(entry, number, said=tag in dialect.links)
    if tag:
        entry.add(tag, " ".join([text, *more]) if more else text, begun)
    entry.raw = body.strip(BLANK)
    return entry, None


def _left_out(entry: Entry, number: int, *, said: bool) -> bool:
    if not said:
        reason = "This line belongs to no field and was left out of the record."
        entry.problems.append(Problem(number, reason))
    return True


def name_repeats(entry: Entry, tags: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each tag that should stand once and stands with different texts.

    The first text counts; the others stay in ``raw``.
    """
    for tag in tags:
        texts = entry.by_tag.get(tag)
        if texts and len(texts) > 1 and any(text.strip() != texts[0].strip() for text in texts):
            first = texts[0].strip()
            line = next(at for t, text, at in entry.fields if t == tag and text.strip() != first)
            reason = f"{tag} stands more than once in this entry; the first one was taken."
            yield Problem(line, reason)
