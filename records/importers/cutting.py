"""Cutting a file into its entries as a stream, within the caps of one entry."""

import re
from collections.abc import Iterator

from records.importers import parsed
from records.importers.decoding import Text
from records.importers.parsed import Line, Problem

Chunk = Line
# A stretch that lies within one block and is shorter than this is within every cap.
SURELY_SHORT = 50_000


class Held:
    """A stretch of a file that is still to end, as far as it is within the caps."""

    def __init__(self) -> None:
        self.line, self.begun = 1, False
        self.pieces: list[str] = []
        self._size = self._lines = 0

    def add(self, piece: str) -> int:
        """Add the next piece, beyond the caps only count it, and return its number of lines."""
        lines = piece.count("\n")
        self._size += len(piece)
        self._lines += lines
        if self._beyond():
            self.pieces = [""]
        elif piece:
            self.pieces.append(piece)
        return lines

    def _beyond(self) -> bool:
        return self._size > parsed.MAX_ENTRY or self._lines > parsed.MAX_ENTRY_LINES

    def release(self) -> Iterator[Chunk | Problem]:
        """Yield the stretch, or what has to be said of it, and forget it."""
        if not self._beyond():
            if self.pieces:
                yield self.line, "".join(self.pieces)
        elif self.begun:
            reason = (
                f"The entry has {self._size:,} characters in {self._lines:,} lines;"
                f" {parsed.MAX_ENTRY:,} in {parsed.MAX_ENTRY_LINES:,} are the most."
                " It was not imported."
            )
            yield Problem(self.line, reason, rejected=True)
        else:
            yield Problem(self.line, "Text outside the records was skipped.")
        self.pieces, self._size, self._lines = [], 0, 0


def cut(text: Text, start: re.Pattern[str]) -> Iterator[Chunk | Problem]:
    r"""Yield the text between one start of an entry and the next, with its line.

    Args:
        text: the text of the file.
        start: matches the LF before an entry and how the entry begins; it may look back
            one character further.

    What stands before the first start is yielded too. A stretch beyond the
    caps of an entry is not held; a problem stands for it.
    """
    held = Held()
    before = ""
    for block in text.blocks():
        body = f"{before}\n{block}"
        last, number = len(before) + 1, text.line
        for match in start.finditer(body, len(before)):
            at = match.start() + 1
            piece = body[last:at]
            if held.pieces or len(piece) > SURELY_SHORT:
                held.add(piece)
                yield from held.release()
            elif piece:
                yield held.line, piece
            number += piece.count("\n")
            last = at
            held.line, held.begun = number, True
        text.line = number + held.add(body[last:])
        before = block[-2:-1]
    yield from held.release()
