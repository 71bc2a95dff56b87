"""Entries whose start line is lost: they hang on the entry before them, below a blank line."""

import re
from collections.abc import Callable, Iterable, Iterator

from records.importers.dialects import BLANK, Dialect, Entry
from records.importers.parsed import Line, Problem

BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")


def parted(line: int, body: str, is_entry: Callable[[str], bool]) -> list[Line]:
    """Return the entry in a stretch of a file, and those without a start line that follow it.

    Args:
        line: the line the stretch begins on.
        body: its text.
        is_entry: says whether a paragraph has what only an entry has.
    """
    found: list[Line] = []
    begun = at = 0
    begun_line = number = line
    complete = False
    for end in [*(match.start() + 1 for match in BLANK_LINE.finditer(body)), len(body)]:
        paragraph = body[at:end]
        whole = is_entry(paragraph)
        if whole and complete:
            found.append((begun_line, body[begun:at]))
            begun, begun_line = at, number
        complete = complete or whole
        at = end
        number += paragraph.count("\n")
    return [*found, (begun_line, body[begun:])]


def apart(
    found: Iterable[Entry | Problem],
    dialect: Dialect,
    is_entry: Callable[[str], bool],
    *,
    opening: str,
) -> Iterator[Entry | Problem]:
    """Yield what was found in a file, each entry without those that hang on it.

    Args:
        found: the entries and problems, as they are read.
        dialect: how the entries are written.
        is_entry: says whether a paragraph has what only an entry has.
        opening: the tag an entry begins with, as a person would name it.
    """
    for one in found:
        if isinstance(one, Problem):
            yield one
            continue
        (_, own), *lost = parted(one.line, one.raw, is_entry)
        yield first_of(one, own, lost[0][0], dialect) if lost else one
        yield from rejections(lost, opening)


def first_of(entry: Entry, text: str, end: int, dialect: Dialect) -> Entry:
    """Return an entry with what stands above line ``end`` only, and that text as its own."""
    first = Entry(entry.line, text.strip(BLANK), dialect)
    first.problems = [problem for problem in entry.problems if problem.line < end]
    for tag, written, line in entry.fields():
        if line < end:
            first.add(tag, written, line)
    return first


def rejections(lost: list[Line], opening: str) -> Iterator[Problem]:
    """Yield a problem for each entry that has no start line."""
    for line, text in lost:
        first = line + text[: len(text) - len(text.lstrip())].count("\n")
        reason = f"An entry without its start line ({opening}) was not imported."
        yield Problem(first, reason, rejected=True)
