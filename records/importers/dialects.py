"""What line-tagged formats are made of: how a format writes its fields, and one entry of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from records.importers.names import FIRST_SIGNS, is_absent
from records.importers.parsed import Problem

Field = tuple[str, str, int]
BLANK = "\ufeff \t\n\x1a"
MOST_PLANS = 5_000
NEVER = re.compile("(?!)")


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
        wrap: how the format wraps a line, if always the same way.
        fields: the tags that hold a field of a record, the most trusted first.
        end: the tag that ends an entry, if the format has one.
        links: tags after which a stray line is no loss worth a word.
        notes: running tags of which nothing is shown: a joined line is not worth a word.
        once: tags that no entry has twice; where they are named, fields above the start of an
            entry belong to it.
        inner: matches what stands before a tag in the middle of a line, if that is looked for.
        prefixes: what stands before the text in a regular line, to its tag.
        absent: the beginnings of lines that may say that there is nothing.
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
    wrap: str = ""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    end: str = ""
    links: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    inner: re.Pattern[str] | None = None
    prefixes: dict[str, str] = field(init=False)
    absent: tuple[str, ...] = field(init=False)
    width: int = field(init=False)
    _plans: dict[tuple[str, ...], list[tuple[str, str]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Write out the prefixes."""
        self.prefixes = {self.layout.format(tag): tag for tag in self.known}
        self.width = max(map(len, self.prefixes))
        # How a line begins that may say that there is nothing, as is_absent knows it.
        before = self.layout.format("  ")[2:]
        self.absent = tuple(f"{before}{sign}" for sign in FIRST_SIGNS)
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

    def plan(self, tags: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return which of these tags holds which field; entries of a file have few sets of tags."""
        plan = self._plans.get(tags)
        if plan is None:
            found = (
                (name, next((tag for tag in trusted if tag in tags), ""))
                for name, trusted in self.fields.items()
            )
            plan = [(name, tag) for name, tag in found if tag]
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[tags] = plan
        return plan

    def clash(self, above: str, below: str) -> bool:
        """Say whether fields above the start of an entry are those of another one."""
        both = (self.tags_in(text.split("\n")) & self.once for text in (above, below))
        return not set.isdisjoint(*both)

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


class Entry:
    """One entry of a file: where it starts, its own text, its fields.

    Attributes:
        line: the line it starts on.
        raw: its text as the file has it.
        by_tag: the texts of each tag that has one.
        problems: what has to be said of it.
        plain: no text needs folding, as far as white space goes.

    A field without text does not count.
    """

    __slots__ = ("_dialect", "_fields", "by_tag", "line", "plain", "problems", "raw")

    def __init__(self, line: int, raw: str, dialect: Dialect) -> None:
        self.line, self.raw = line, raw
        self.problems: list[Problem] = []
        self.plain = False
        self._dialect = dialect
        self._fields: list[Field] | None = None
        self.by_tag: dict[str, list[str]] = {}

    def add(self, tag: str, text: str, line: int) -> None:
        """Add a field, unless it has no text."""
        if self._fields is None:
            self._fields = []
        if text and not text.isspace() and not is_absent(text.strip()):
            self._fields.append((tag, text, line))
            self.by_tag.setdefault(tag, []).append(text)

    def first(self, *tags: str) -> str:
        """Return the first text of the first of these tags that has one, or ``""``."""
        for tag in tags:
            if tag in self.by_tag:
                return self.by_tag[tag][0]
        return ""

    def all(self, *tags: str) -> list[str]:
        """Return the texts of these tags: all of the first tag, then all of the second."""
        found: list[str] = []
        for tag in tags:
            if tag in self.by_tag:
                found += self.by_tag[tag]
        return found

    def texts(self) -> dict[str, str]:
        """Return the text of each field of a record that the format's map of tags finds."""
        by_tag = self.by_tag
        return {name: by_tag[tag][0] for name, tag in self._dialect.plan(tuple(by_tag))}

    def fields(self) -> list[Field]:
        """Return the fields in order: tag, text and line of each."""
        if self._fields is None:
            lines = enumerate(self.raw.split("\n"), self.line)
            split = ((self._dialect.split(line), number) for number, line in lines)
            self._fields = [(*found, number) for found, number in split if found]
        return self._fields

    def fill_regular(self) -> bool | None:
        """Read an entry whose every line begins a field as the format has it: most of most files.

        Returns:
            whether it has its end, or ``None`` when it is not as regular as that.
        """
        dialect = self._dialect
        tag_of, width = dialect.prefixes.get, dialect.width
        raw = self.raw.replace(dialect.wrap, " ") if dialect.wrap else self.raw
        found: dict[str, list[str]] = {}
        plain, ended = True, False
        absent = any(sign in raw for sign in dialect.absent)
        for line in raw.split("\n"):
            tag = tag_of(line[:width])
            if tag is None or ended:
                return None
            text = line[width:].strip()
            if not text:
                ended = tag == dialect.end
                if ended:
                    continue
                return None
            if "  " in text:
                if dialect.inner is not None and "  -" in text:
                    return None
                plain = False
            if absent and is_absent(text):
                continue
            if tag in found:
                found[tag].append(text)
            else:
                found[tag] = [text]
        if dialect.end in found:
            return None
        self.by_tag, self.plain = found, plain
        return ended

    def name_repeats(self, tags: tuple[str, ...]) -> None:
        """Keep a problem for each tag that should stand once and stands with different texts.

        The first text counts; the others stay in ``raw``.
        """
        for tag in tags:
            if tag in self.by_tag and len(self.by_tag[tag]) > 1:
                self._name_repeat(tag, self.by_tag[tag][0].strip())

    def _name_repeat(self, tag: str, first: str) -> None:
        for own, text, line in self.fields():
            if own == tag and text.strip() != first:
                reason = f"{tag} stands more than once in this entry; the first one was taken."
                self.problems.append(Problem(line, reason))
                return
