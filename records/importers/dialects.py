"""What line-tagged formats are made of: how a format writes its fields, and one entry of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from records.importers.names import ABSENT, LONGEST_ABSENT, is_absent
from records.importers.parsed import Problem

Field = tuple[str, str, int]
BLANK = "\ufeff \t\n\x1a"
MOST_PLANS = 5_000
# A text as long as that is never one that says that there is nothing.
SHORTEST_TEXT = LONGEST_ABSENT + 1
NEVER = re.compile("(?!)")


class Plan(NamedTuple):
    """What an entry's tags are for: each field's tag, those that should stand once, groups."""

    fields: list[tuple[str, str]]
    single: list[str]
    groups: dict[str, list[str]]


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
        single: tags that should stand once; that one stands twice is named.
        groups: names for tags that are asked for together.
        end: the tag that ends an entry, if the format has one.
        links: tags after which a stray line is no loss worth a word.
        notes: running tags of which nothing is shown: a joined line is not worth a word.
        once: tags that no entry has twice; where they are named, fields above the start of an
            entry belong to it.
        inner: matches what stands before a tag in the middle of a line, if that is looked for.
        prefixes: what stands before the text in a regular line, to its tag.
        width: the length of these prefixes.
        gapless: the tags that no two spaces part from their text.
        last: the line that ends an entry, without spaces behind.
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
    single: Sequence[str] = ()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    end: str = ""
    links: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    inner: re.Pattern[str] | None = None
    prefixes: dict[str, str] = field(init=False)
    width: int = field(init=False)
    last: str = field(init=False)
    gapless: set[str] = field(init=False)
    _plans: dict[tuple[str, ...], Plan] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Write out the prefixes."""
        self.prefixes = {self.layout.format(tag): tag for tag in self.known}
        self.width = max(map(len, self.prefixes))
        self.gapless = {tag for prefix, tag in self.prefixes.items() if "  " not in prefix}
        self.last = self.layout.format(self.end).rstrip()
        if self.end:
            self.prefixes[self.last] = self.end

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

    def plan(self, tags: tuple[str, ...]) -> Plan:
        """Return what these tags are for; the entries of a file have few sets of tags."""
        plan = self._plans.get(tags)
        if plan is None:
            found = (
                (name, next((tag for tag in trusted if tag in tags), ""))
                for name, trusted in self.fields.items()
            )
            plan = Plan(
                [(name, tag) for name, tag in found if tag],
                [tag for tag in self.single if tag in tags],
                {name: [t for t in group if t in tags] for name, group in self.groups.items()},
            )
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[tags] = plan
        return plan

    def gaps(self, by_tag: Mapping[str, Sequence[str]], lines: int, *, ended: bool) -> int:
        """Return how many times two spaces stand between a tag and its text in so many lines."""
        if not self.gapless:
            return lines + ended
        gaps = sum([len(texts) for tag, texts in by_tag.items() if tag not in self.gapless])
        return gaps + (ended and "  " in self.last)

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

    __slots__ = ("_dialect", "_fields", "_plan", "by_tag", "line", "plain", "problems", "raw")

    def __init__(self, line: int, raw: str, dialect: Dialect) -> None:
        self.line, self.raw = line, raw
        self.problems: list[Problem] = []
        self.plain = False
        self._dialect = dialect
        self._fields: list[Field] | None = None
        self._plan: Plan | None = None
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

    def group(self, name: str) -> list[str]:
        """Return the texts of a group of tags, in the group's order."""
        by_tag = self.by_tag
        plan = self._plan or self._dialect.plan(tuple(by_tag))
        return [text for tag in plan.groups[name] for text in by_tag[tag]]

    def texts(self) -> dict[str, str]:
        """Return the text of each field of a record that the format's map of tags finds.

        What stands more than once and should not is named.
        """
        by_tag = self.by_tag
        self._plan = plan = self._dialect.plan(tuple(by_tag))
        for tag in plan.single:
            if len(by_tag[tag]) > 1:
                self._name_repeat(tag, by_tag[tag][0].strip())
        return {name: by_tag[tag][0] for name, tag in plan.fields}

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
        dialect, raw = self._dialect, self.raw
        if dialect.wrap:
            raw = raw.replace(dialect.wrap, " ")
        lines = raw.split("\n")
        ended = lines[-1] == dialect.last
        if ended:
            del lines[-1]
        width, tag_of = dialect.width, dialect.prefixes.get
        by_tag: dict[str, list[str]] = {}
        texts: list[str] = []
        last, absent = "", False
        for line in lines:
            prefix = line[:width]
            if prefix == last:
                texts.append(line[width:])
                continue
            last = prefix
            tag = tag_of(prefix)
            text = line[width:]
            if len(text) < SHORTEST_TEXT and (not text or text in ABSENT):
                absent = True
            if tag in by_tag:
                texts = by_tag[tag]
                texts.append(text)
            elif tag is None:
                return None
            else:
                by_tag[tag] = texts = [text]
        if dialect.end in by_tag:
            return None
        self.by_tag, self.plain = by_tag, True
        # Two spaces within a text, or one at its end, are where more has to be looked at.
        if (
            absent
            or " \n" in raw
            or raw.count("  ") != dialect.gaps(by_tag, len(lines), ended=ended)
        ):
            return ended if self._tidy() else None
        return ended

    def _tidy(self) -> bool:
        """Strip each text, and say whether all are the texts of their fields and of no other."""
        tidy: dict[str, list[str]] = {}
        for tag, texts in self.by_tag.items():
            kept = [text for each in texts if (text := each.strip()) and not is_absent(text)]
            for text in kept:
                if "  " in text:
                    self.plain = False
                    if self._dialect.inner is not None and "  -" in text:
                        return False
            if kept:
                tidy[tag] = kept
        self.by_tag = tidy
        return True

    def name_repeats(self, tags: Sequence[str]) -> None:
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
