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
from records.importers.parsed import Line, Problem

MARKS = "\ufeff\u200b"
INDENTS = f"{MARKS} \t"


def entries(
    text: Text, start: re.Pattern[str], dialect: Dialect, *, opening: str
) -> Iterator[Entry | Problem]:
    """Yield the entries of a file in order, and what has to be said of what is around them.

    An end tag is not relied on: an entry also ends where the next one starts,
    or the file does, and is then flagged. Fields right above the line with which an entry
    starts belong to it: some programs write them by the alphabet.

    Args:
        text: the text of the file.
        start: matches the LF before an entry and how the entry begins.
        dialect: how the entries are written.
        opening: the tag an entry begins with, as a person would name it.
    """
    begun = False
    head: list[Line] = []
    for chunk in cut(text, start):
        if isinstance(chunk, Problem):
            yield from _outside(head, dialect, opening)
            head = []
            yield chunk
            continue
        line, body = chunk
        if body[0] in INDENTS:
            body = _dedented(body)
        if not begun and not start.match(f"\n{body}"):
            outside, head = _parted(list(enumerate(body.split("\n"), line)), dialect)
            yield from _outside(outside, dialect, opening)
            continue
        begun = True
        if head:
            line, body, head = _joined(head, line, body, dialect)
            yield from _outside(head, dialect, opening)
            head = []
        after: list[Line] = []
        entry = Entry(line, body.strip(BLANK), dialect)
        ended = entry.fill_regular()
        if ended is not None:
            if entry.plain and line < text.plain_from:
                entry.plain = is_plain(body)
            yield entry if ended or not dialect.end else _without_end(entry, dialect)
            continue
        for each, rest, ended in _read(body, line, dialect, start):
            after = rest
            yield each if ended or not dialect.end else _without_end(each, dialect)
        if after:
            after, head = _parted(after, dialect)
            yield from _outside(after, dialect, opening)
    yield from _outside(head, dialect, opening)


def _without_end(entry: Entry, dialect: Dialect) -> Entry:
    """Return an entry without its end, with a word on that."""
    reason = (
        f"The record has no end line ({dialect.end});"
        " it was imported up to where the next one starts."
    )
    entry.problems.append(Problem(entry.line, reason))
    return entry


def _joined(
    head: list[Line], line: int, body: str, dialect: Dialect
) -> tuple[int, str, list[Line]]:
    """Return an entry with the fields above its start, and these if they are another's."""
    above = "\n".join(text for _, text in head)
    if dialect.clash(above, body):
        return line, body, head
    return head[0][0], f"{above}\n{body}", []


def _parted(lines: list[Line], dialect: Dialect) -> tuple[list[Line], list[Line]]:
    """Part lines between entries into those that stand for themselves and the next one's head."""
    end = len(lines)
    if not dialect.once or end < 2 or lines[-1][1]:
        return lines, []
    at = end - 1
    while at and lines[at - 1][1].strip(BLANK) and not dialect.ends(lines[at - 1][1]):
        at -= 1
    found = dialect.split(lines[at][1])
    if found is None or found[0] not in dialect.known or dialect.around.match(lines[at][1]):
        return lines, []
    return [*lines[:at], (lines[at][0], "")], lines[at : end - 1]


def _dedented(body: str) -> str:
    indent = len(body) - len(body.lstrip(INDENTS))
    return "\n".join(
        line[indent:] if line[:indent].isspace() else line.lstrip(MARKS)
        for line in body[indent:].split("\n")
    )


def _outside(lines: list[Line], dialect: Dialect, opening: str) -> Iterator[Problem]:
    block: list[Line] = []
    for number, text in [*lines, (0, "")]:
        ends = dialect.ends(text)
        if text.strip(BLANK) and not ends:
            block.append((number, text))
            continue
        is_entry = bool(dialect.tags_in(text for _, text in block))
        if ends and not is_entry:
            reason = f"This end line ({dialect.end}) ends no record and was skipped."
            yield Problem(number, reason)
        if is_entry:
            reason = f"An entry without its start line ({opening}) was not imported."
            yield Problem(block[0][0], reason, rejected=True)
        elif block and not all(dialect.around.match(text) for _, text in block):
            yield Problem(block[0][0], "Text outside the records was skipped.")
        block = []


def _read(
    body: str, line: int, dialect: Dialect, start: re.Pattern[str]
) -> Iterator[tuple[Entry, list[Line], bool]]:
    """Yield each entry of a stretch, with the lines after it, and whether it has its end.

    There is one, unless the next one starts on the line on which another ends.
    """
    lines = _lines(body, line, dialect)
    last = _last_field(lines, dialect)
    at = 0
    while True:
        entry, at, ended = _fill(lines, at, dialect, last)
        follows = at < len(lines) and start.match(f"\n{lines[at][1]}")
        yield entry, [] if follows else lines[at:], ended
        if not follows:
            return


def _lines(body: str, line: int, dialect: Dialect) -> list[Line]:
    """Return the lines of an entry with their numbers; a tag within one begins another."""
    lines = list(enumerate(body.split("\n"), line))
    if dialect.inner is None or not dialect.inner.search(body):
        return lines
    return [(number, part) for number, text in lines for part in dialect.inner.split(text)]


def _last_field(lines: list[Line], dialect: Dialect) -> int:
    """Return the place of the last line that begins a field of the format, or -1."""
    for at in range(len(lines) - 1, -1, -1):
        if (found := dialect.split(lines[at][1])) and found[0] in dialect.known:
            return at
    return -1


def _raw(lines: list[Line]) -> str:
    """Return lines as they stand in the file."""
    pieces: list[str] = []
    last = 0
    for number, text in lines:
        pieces += (" " if number == last else "\n", text)
        last = number
    return "".join(pieces).strip(BLANK)


def fill(body: str, line: int, dialect: Dialect) -> Entry:
    """Read the text of an entry into its fields.

    A line that neither has a tag nor continues a field is named as a problem;
    it stays in ``raw``. Lines joined on a guess are named too.
    """
    entry = Entry(line, body.strip(BLANK), dialect)
    if entry.fill_regular() is not None:
        return entry
    lines = list(enumerate(body.split("\n"), line))
    return _fill(lines, 0, dialect, _last_field(lines, dialect))[0]


def _fill(lines: list[Line], first: int, dialect: Dialect, last: int) -> tuple[Entry, int, bool]:
    """Read an entry; return it, the place of the line after it, and whether it has its end.

    ``last`` is the place of the last line that begins a field.
    """
    entry = Entry(lines[first][0], "", dialect)
    filling = _Filling(entry, dialect)
    at, ended = first, False
    while at < len(lines) and not ended:
        ended = filling.take(*lines[at], followed=at < last)
        at += 1
    if not ended:
        filling.close()
    # Only now, and of its own lines: many entries may share a stretch.
    entry.raw = _raw(lines[first:at])
    return entry, at, ended


class _Filling:
    """The reading of one entry line by line, with the field that is open."""

    def __init__(self, entry: Entry, dialect: Dialect) -> None:
        self._entry, self._dialect = entry, dialect
        self._tag, self._begun = "", entry.line
        self._parts: list[str] = []
        self._stray = self._joined = False

    def take(self, number: int, written: str, *, followed: bool) -> bool:
        """Read a line, and say whether it ends the entry.

        Args:
            number: its number.
            written: its text.
            followed: whether another field, or the end proper, follows it.
        """
        dialect = self._dialect
        tag = dialect.prefixes.get(written[: dialect.width])
        text = written[dialect.width :]
        if tag is None and (found := dialect.split(written)) and self._starts_field(found[0]):
            tag, text = found
        if tag == dialect.end and tag and text.strip(BLANK):
            if followed:
                tag = None
            else:
                reason = f"The words after {tag} were left out of the record."
                self._entry.problems.append(Problem(number, reason))
                text = ""
        if tag is not None:
            self._open(tag, text, number)
            return tag == dialect.end and not text.strip(BLANK)
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
        if not tag and dialect.around.match(written):
            return
        if self._stray or not tag or dialect.foreign.match(written):
            self._leave_out(number)
        elif tag in dialect.listed:
            self._open(tag, written.strip(), number)
        elif dialect.wrapped.match(written):
            self._parts.append(written.strip())
        elif tag in dialect.running:
            if not self._joined and tag not in dialect.notes:
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
