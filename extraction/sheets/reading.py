"""The rows of a sheet, read strictly: what is not understood is refused with its line."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from records.importers.cells import unescaped

COLUMNS = (
    "study", "report", "group", "element", "parent", "question", "meaning", "value", "number",
    "qualifier", "unit", "missing", "obtained", "formula", "page", "quote",
)  # fmt: skip
NOTE = "note"
REQUIRED = ("study", "group", "element", "parent", "question", "value")
# What a sheet is told by, in which no space or line break says anything.
_NAMES = frozenset({"study", "report", "group", "element", "parent", "question", "meaning"})
DELIMITERS = (",", ";", "\t")
MOST_ROWS = 500_000
MOST_SAID = 50
_LONGEST_NAMED = 60
# The module raises at 131,072 characters otherwise; what a cell may hold is judged by its question.
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a sheet out: its line and field, and what to do about it."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"line {self.line}", self.field) if part)
        return f"{place[:1].upper()}{place[1:]}: {self.message}" if self.line else self.message


class SheetRefused(ValueError):
    """A sheet that cannot be used, with everything that keeps it out."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(map(str, problems)))
        self.problems = list(problems)


@dataclass
class Problems:
    """The problems found so far; of too many the rest is only counted."""

    found: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, line: int, column: str, message: str) -> None:
        """Note one problem."""
        if len(self.found) < MOST_SAID:
            self.found.append(Problem(line, column, message))
        else:
            self.more += 1

    def refuse(self) -> None:
        """Refuse the sheet, if anything was found, in the order of its lines.

        Raises:
            SheetRefused: something was.
        """
        if not self.found:
            return
        said = sorted(self.found, key=lambda problem: problem.line)
        if self.more:
            said.append(Problem(0, "", f"There are {self.more:,} more problems of this kind."))
        raise SheetRefused(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row: the line it begins on, and its cells; a column the sheet lacks is blank."""

    line: int
    study: str = ""
    report: str = ""
    group: str = ""
    element: str = ""
    parent: str = ""
    question: str = ""
    meaning: str = ""
    value: str = ""
    number: str = ""
    qualifier: str = ""
    unit: str = ""
    missing: str = ""
    obtained: str = ""
    formula: str = ""
    page: str = ""
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet in their order, and the columns that nothing was read from."""

    rows: Sequence[SheetRow]
    unread: tuple[str, ...] = ()
    has_meanings: bool = False


def read_sheet(data: bytes) -> Sheet:
    """Read a sheet; blank rows are passed over.

    Raises:
        SheetRefused: it is no table in UTF-8 with the columns that every sheet has.
    """
    text = _decoded(data)
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    _, header = next(rows, (1, []))
    names = _header(header)
    problems = Problems()
    found = [row for line, cells in rows if (row := _row(line, cells, names, problems))]
    problems.refuse()
    if not found:
        raise SheetRefused([Problem(1, "", "The sheet has a header and no row below it.")])
    known = {*COLUMNS, NOTE}
    return Sheet(
        rows=found,
        unread=tuple(name for name in names if name and name not in known),
        has_meanings="meaning" in names,
    )


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise _refused(0, "The file is empty.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _refused(0, "This is a workbook. Save the sheet as “CSV UTF-8” and give that file.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(0, "The file is UTF-16, not UTF-8. Save the sheet as “CSV UTF-8”.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        # Positions are those behind the mark, where there is one.
        shift = len(data) - len(problem.object)
        line = data[: problem.start + shift].count(b"\n") + 1
        raise _refused(
            line, "The file is not UTF-8: what stands here is none. Save the sheet as “CSV UTF-8”."
        ) from problem
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _refused(line, "The file holds a NUL, a character that no sheet has.")
    return text


def _delimiter(text: str) -> str:
    """Return what parts the columns: under which the first line names most of them."""
    first = next((line for line in text[:100_000].splitlines() if line.strip()), "")

    def named(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return len({_plain(cell).casefold() for cell in cells}.intersection(COLUMNS))

    return max(DELIMITERS, key=named)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank with the line each begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            message = "A quotation mark stands amid a cell; inside a quoted one it is doubled."
            if "end of data" in str(problem):
                message = "A quotation mark opened in this row is not closed."
            raise _refused(line, message) from problem
        if any(cell.strip() for cell in cells):
            yield line, cells


def _header(cells: Sequence[str]) -> list[str]:
    names = [_plain(cell).casefold() for cell in cells]
    known = [name for name in names if name in {*COLUMNS, NOTE}]
    doubled = list(dict.fromkeys(name for name in known if known.count(name) > 1))
    if doubled:
        raise _refused(1, f"The header names {_listed(doubled)} twice.", doubled[0])
    lacking = [name for name in REQUIRED if name not in known]
    if lacking:
        column = "column" if len(lacking) == 1 else "columns"
        raise _refused(
            1,
            f"The header lacks the {column} {_listed(lacking)}. A sheet has at least "
            f"{', '.join(REQUIRED)}.",
            lacking[0],
        )
    return names


def _row(
    line: int, cells: Sequence[str], names: Sequence[str], problems: Problems
) -> SheetRow | None:
    """Return a row; programs leave blank cells at its end out, so one may be short."""
    beyond = [cell for cell in cells[len(names) :] if cell.strip()]
    if beyond:
        problems.add(
            line,
            "",
            f"The row has {len(cells)} cells, the header {len(names)}. A cell that holds what "
            "parts the columns stands in quotation marks.",
        )
        return None
    given: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        text = unescaped(cell, guarded=False) if cell[:1] == "'" else cell
        if not name and text.strip():
            problems.add(line, "", f"“{shortened(text)}” stands in a column without a name.")
            return None
        if name in _NAMES:
            given[name] = _plain(text)
        elif name in COLUMNS or name == NOTE:
            given[name] = text.strip()
    return SheetRow(line=line, **given)


def shortened(text: str) -> str:
    """Return a text short enough to be named in a sentence."""
    plain = _plain(text)
    return plain if len(plain) <= _LONGEST_NAMED else f"{plain[:_LONGEST_NAMED]}…"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _refused(line: int, message: str, column: str = "") -> SheetRefused:
    return SheetRefused([Problem(line, column, message)])
