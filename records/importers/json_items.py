"""JSON as a stream of the objects of its one list, within limits, each parsed alone.

The objects are cut out by their brackets before anything is parsed, so that
one that is too long, too deep or broken costs no other. Where one has no end,
what follows it is cut at whatever looks like the beginning of the next.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from records.importers.decoding import coding_of
from records.importers.mixed import DAMAGED
from records.importers.parsed import Problem
from records.importers.xml_stream import blocks

# Of one object. Parsed it may take thirty times as much memory.
MAX_ITEM = 2_000_000
MAX_DEPTH = 30
KEPT = MAX_ITEM // 2
LONGEST_START = 200
MAX_GAP = 10_000
TOKEN = re.compile(r'\\.|["{}\[\]]', re.DOTALL)
# An object around the list, as Zotero's server and Pandoc write it.
WRAPPER = re.compile(
    r"\ufeff?\s{0,1000}\{\s{0,1000}\"(?:items|references)\"\s{0,100}:\s{0,1000}(?=\[)"
)
# What begins an object of the list where one before it has no end.
START = re.compile(r'(?:(?<=[\[,\n])|(?<=, ))[ \t]{0,40}\{\s{0,100}"(?:id|type|DOI|title)"\s{0,9}:')
BETWEEN = "\ufeff \t\r\n,[]"
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One object: its line, its own text, what it holds, and what has to be said of it."""

    line: int
    raw: str
    value: dict[str, Any]
    notes: tuple[Problem, ...] = ()


def items(stream: BinaryIO) -> Iterator[Item | Problem]:
    """Yield each object of the list that a file is, and the problems met on the way.

    Raises:
        FileRefused: the file is empty or binary.
    """
    coding = coding_of(stream)
    if coding.encoding == "cp1252":
        reason = "The file is not UTF-8; it was read as Windows-1252, so check its accents."
        yield Problem(1, reason)
    yield from _Cutter().cut(blocks(stream, coding))


class _Cutter:
    """Cuts objects out of the text as it comes, holding no more than one of them."""

    def __init__(self) -> None:
        self.line = 1
        self.begun = 1
        self.parts: list[str] = []
        self.size = 0
        self.depth = self.deepest = 0
        self.quoted = False
        self.gap: list[str] = []
        self.gap_size = 0
        self.end_of_wrapper = False
        # Behind an object without end nothing can be told by brackets.
        self.lost = False
        self.looked_at = self.dropped = 0

    def cut(self, texts: Iterable[str]) -> Iterator[Item | Problem]:
        """Yield the objects, and the problems between them."""
        waiting, first = "", True
        for text in texts:
            block = waiting + text
            waiting = ""
            if first and block.strip():
                first = False
                if wrapper := WRAPPER.match(block):
                    self.line += block.count("\n", 0, wrapper.end())
                    block, self.end_of_wrapper = block[wrapper.end() :], True
            if self.lost:
                yield from self._guess(block)
                continue
            if text and block.endswith("\\"):
                # It belongs to the character after it.
                kept = block.rstrip("\\")
                waiting, block = block[len(kept) :], kept
            yield from self._scan(block)
            if self.size > MAX_ITEM:
                yield from self._guess("")
        yield from self._finish()

    def _scan(self, block: str) -> Iterator[Item | Problem]:
        at = 0
        for token in TOKEN.finditer(block):
            mark = token.group()
            if mark == '"':
                self.quoted = not self.quoted
            elif self.quoted or mark[0] == "\\":
                continue
            elif mark in "{[" and (self.depth or mark == "{"):
                if not self.depth:
                    yield from self._begin(block, at, token.start())
                    at = token.start()
                self.depth += 1
                self.deepest = max(self.deepest, self.depth)
            elif mark in "}]" and self.depth:
                self.depth -= 1
                if not self.depth:
                    yield from self._end(block[at : token.end()])
                    at = token.end()
        rest = block[at:]
        if self.depth:
            self._take(rest)
        else:
            self._pass(rest)

    def _take(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def _pass(self, text: str) -> None:
        """Go past text between objects, of which a little is kept to be looked at."""
        if not self.gap_size and text.strip(BETWEEN):
            self.begun = self.line + text[: len(text) - len(text.lstrip(BETWEEN))].count("\n")
        if self.gap_size < MAX_GAP and (said := text.strip(BETWEEN)):
            self.gap.append(said[:MAX_GAP])
            self.gap_size += len(said)
        self.line += text.count("\n")

    def _begin(self, block: str, at: int, start: int) -> Iterator[Problem]:
        self._pass(block[at:start])
        yield from self._told_gap()
        self.begun, self.parts, self.size, self.deepest = self.line, [], 0, 0

    def _told_gap(self) -> Iterator[Problem]:
        if any(self.gap):
            reason = "What stands here in the list is no reference and was not imported."
            yield Problem(self.begun, reason, rejected=True)
        self.gap, self.gap_size = [], 0

    def _end(self, last: str) -> Iterator[Item | Problem]:
        self._take(last)
        raw = "".join(self.parts)
        self.parts, self.size = [], 0
        self.line += raw.count("\n")
        found = _parsed(raw, self.begun, self.deepest)
        if isinstance(found, Problem) and len(START.findall(raw)) > 0:
            yield from _apart(raw, self.begun)
        else:
            yield found

    def _guess(self, block: str) -> Iterator[Item | Problem]:
        """Cut where the beginning of an object seems to be, for want of sound brackets."""
        self.lost = True
        self._take(block)
        text = "".join(self.parts)
        last = 0
        for start in START.finditer(text, max(1, self.looked_at - LONGEST_START)):
            yield _alone(text[last : start.start()], self.begun)
            self.begun += text.count("\n", last, start.start()) + self.dropped
            last, self.dropped = start.start(), 0
        rest = text[last:]
        if len(rest) > MAX_ITEM:
            # Nothing this long is an entry; its end is waited for, and no more of it is kept.
            self.dropped += rest.count("\n", KEPT)
            rest = rest[:KEPT]
        self.parts, self.size, self.looked_at = [rest], len(rest), len(rest)

    def _finish(self) -> Iterator[Item | Problem]:
        if self.depth or self.lost:
            text = "".join(self.parts)
            yield from _apart(text, self.begun)
            return
        if self.end_of_wrapper and "".join(self.gap).rstrip(BETWEEN) == "}":
            return
        yield from self._told_gap()


def _apart(text: str, line: int) -> Iterator[Item | Problem]:
    """Yield the objects that a text without sound brackets holds, each as far as it can be read."""
    last = 0
    for start in START.finditer(text, 1):
        yield _alone(text[last : start.start()], line)
        line += text.count("\n", last, start.start())
        last = start.start()
    yield _alone(text[last:], line)


def _alone(text: str, line: int) -> Item | Problem:
    """Return the object with which a text begins, whatever stands behind it."""
    line += text[: len(text) - len(text.lstrip())].count("\n")
    text = text.strip()
    depth = deepest = 0
    quoted = False
    for token in TOKEN.finditer(text):
        mark = token.group()
        if mark == '"':
            quoted = not quoted
        elif quoted or mark[0] == "\\":
            continue
        else:
            depth += 1 if mark in "{[" else -1
            deepest = max(deepest, depth)
            if depth <= 0:
                return _parsed(text[: token.end()], line, deepest)
    reason = "The entry has no end: the file is cut short or broken here. It was not imported."
    return Problem(line, reason, rejected=True)


def _parsed(raw: str, line: int, deepest: int) -> Item | Problem:
    if len(raw) > MAX_ITEM:
        reason = f"The entry is longer than {MAX_ITEM:,} characters and was not imported."
        return Problem(line, reason, rejected=True)
    if deepest > MAX_DEPTH:
        reason = f"The entry nests more than {MAX_DEPTH} deep and was not imported."
        return Problem(line, reason, rejected=True)
    try:
        # Numbers stay as they are written: a long one would take long to convert.
        value = json.loads(raw, strict=False, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        reason = "The entry is not well-formed JSON and was not imported."
        return Problem(line, reason, rejected=True)
    if not isinstance(value, dict):
        return Problem(line, "The entry is no reference and was not imported.", rejected=True)
    notes = []
    if DAMAGED in raw:
        notes.append(Problem(line, f"Damaged characters in the entry were replaced by {DAMAGED}."))
    return Item(line, raw.replace("\x00", ""), _storable(value), tuple(notes))


def _storable(value: Any) -> Any:
    """Return a value whose texts can all be stored: no half of a character stands alone."""
    if isinstance(value, str):
        return SURROGATE.sub(DAMAGED, value) if SURROGATE.search(value) else value
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return value
