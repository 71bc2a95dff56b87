"""Problems of one kind put together, so that a thousand of them are one line to read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from records import uploads
from records.importers import FileRefused, Problem, open_file
from records.models import ImportBatch, ImportProblem

# What differs between problems of one kind: the words they quote, and figures.
OWN_PART = re.compile(r"“[^”]*”|[0-9][0-9,.:]*")
LINES_SHOWN = 8
KINDS_SHOWN = 20
QUOTED = 160
GROUPED = 20_000
# A longer file is not read again for the sake of a quotation.
LARGE = 10_000_000


@dataclass(kw_only=True, slots=True)
class ProblemKind:
    """Problems that say the same: the first one's words, how many there are, and where.

    ``quote`` is the first one's line as it stands in the file, if that was looked up.
    """

    line: int
    reason: str
    rejected: bool
    count: int = 0
    others: list[int] = field(default_factory=list)
    quote: str = ""

    @property
    def unnamed(self) -> int:
        """Return how many more there are than are named by their lines."""
        return self.count - 1 - len(self.others)


def kinds_of(problems: Iterable[Problem]) -> list[ProblemKind]:
    """Return the kinds of problems, in the order in which they first come."""
    kinds: dict[tuple[str, bool], ProblemKind] = {}
    for problem in problems:
        key = (OWN_PART.sub("…", problem.reason), problem.rejected)
        kind = kinds.get(key)
        if kind is None:
            kind = kinds[key] = ProblemKind(
                line=problem.line, reason=problem.reason, rejected=problem.rejected
            )
        elif len(kind.others) < LINES_SHOWN and problem.line not in (kind.line, *kind.others):
            kind.others.append(problem.line)
        kind.count += 1
    return list(kinds.values())


def quote_lines(kinds: Iterable[ProblemKind], stream: BinaryIO, *, read_as: str) -> None:
    """Give each kind the line of its first problem, from the file, where it is a text."""
    wanted = {kind.line for kind in kinds}
    try:
        lines = open_file(stream, format=read_as).lines_at(wanted)
    except FileRefused:
        return
    for kind in kinds:
        text = " ".join(lines.get(kind.line, "").split())
        kind.quote = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def kinds_in(batch: ImportBatch, *, read_as: str) -> list[ProblemKind]:
    """Return the kinds of problems that an import met, by those that stand first in its file."""
    rows = ImportProblem.objects.filter(batch=batch).order_by("line", "pk")
    told = rows.values_list("line", "reason", "rejected")[:GROUPED]
    kinds = kinds_of(Problem(*row) for row in told)[:KINDS_SHOWN]
    if kinds and read_as and batch.file_size <= LARGE:
        try:
            with uploads.reopen(batch.file_sha256, batch.file_size) as stream:
                quote_lines(kinds, stream, read_as=read_as)
        except uploads.FileLost:
            return kinds
    return kinds
