"""A tolerant reader of line-tagged reference files: it cuts them into entries of tagged fields.

What a tag means is the business of the format's own module; this one knows
only where an entry begins and ends, which lines continue a field, and that no
line may vanish without a word.
"""

import re
from collections.abc import Iterator

from records.importers.cutting import cut
from records.importers.decoding import Text, is_plain
from records.importers.dialects import BLANK, Dialect, Entry
from records.importers.parsed import Problem

MARKS = "\ufeff\u200b"
INDENTS = f"{MARKS} \t"


def entries(
    text: Text, start: re.Pattern[str], dialect: Dialect, *, opening: str
) -> Iterator[Entry | Problem]:
    """Yield the entries of a file in order, and what has to be said of what is around them.

    An end tag is not relied on: an entry also ends where the next one starts,
    or the file does, and is then flagged.

    Args:
        text: the text of the file.
        start: matches the LF before an entry and how the entry begins.
        dialect: how the entries are written.
        opening: the tag an entry begins with, as a person would name it.
    """
    begun = False
    for chunk in cut(text, start):
        if isinstance(chunk, Problem):
            yield chunk
            continue
        line, body = chunk
        if body[0] in INDENTS:
            body = _dedented(body)
        if not begun and not start.match(f"\n{body}"):
            yield from _outside(body.split("\n"), line, dialect, opening)
            continue
        begun = True
        entry, rest = fill(body, line, dialect)
        if rest is None and dialect.end:
            reason = (
                f"The record has no end line ({dialect.end});"
                " it was imported up to where the next one starts."
            )
            entry.problems.append(Problem(line, reason))
        if entry.plain and line < text.plain_from:
            entry.plain = is_plain(body) if text.controls else body.isascii() or is_plain(body)
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
