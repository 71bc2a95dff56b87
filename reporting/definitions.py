"""What a report is: columns, cells that know what they were made from, and a snapshot to read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from extraction.copies import StudyCopy, consensus_copies
from extraction.querysets.vocabularies import vocabularies_of
from extraction.vocabularies import Vocabularies
from records.models import Record
from reporting.figures.shapes import Figure
from reviews.models import Review, ReviewSettings


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A review as it stood after one of its events; everything a report reads is read as of it.

    ``event_hash`` names that event in the chain; its position would tell how much was done before.
    ``sees_late`` is set for who may know which votes were changed while an adjudication stood.
    """

    review: Review
    instant: datetime
    settings: ReviewSettings
    event_hash: str
    sees_late: bool = False

    @cached_property
    def studies(self) -> list[StudyCopy]:
        """Return the final consensus copies, by number of study; read once."""
        return consensus_copies(self.review, self.instant)

    @property
    def as_text(self) -> str:
        """Return the instant as exports and addresses print it."""
        return self.instant.astimezone(UTC).isoformat().replace("+00:00", "Z")

    @property
    def units(self) -> str:
        """Return the plural of the unit of analysis, such as hips."""
        return self.settings.unit_plural

    def unit_word(self, choice: str) -> str:
        """Return the word for what a number counts: patients, or the review's own units."""
        return self.units if choice == "units" else choice

    @cached_property
    def vocabularies(self) -> Vocabularies:
        """Return the review's lists of words as they stood; read once."""
        return vocabularies_of(self.review, self.instant)

    @cached_property
    def kept(self) -> dict[str, Any]:
        """Return what was made of the studies for one table and serves the others."""
        return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column: its key is the header of machine-readable files, its heading that of pages.

    ``{units}`` and ``{Units}`` in a heading or unit stand for the review's own unit of analysis.
    ``names`` marks a column of machine names, which pages print with spaces; ``file_only`` one that
    is too long for pages.
    """

    key: str
    heading: str
    unit: str = ""
    numeric: bool = False
    names: bool = False
    file_only: bool = False

    def named(self, snapshot: Snapshot) -> "Column":
        """Return the column with the review's own unit in its heading."""
        words = {"units": snapshot.units, "Units": snapshot.units[:1].upper() + snapshot.units[1:]}
        return replace(self, heading=self.heading.format(**words), unit=self.unit.format(**words))


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One printed cell and what stands behind it.

    ``text`` is what every format prints. ``sources`` are the uids of the extracted values it was
    made from; ``studies`` the uids of the studies it counts; ``records`` the records it counts, as
    uids or as a query read only when the count is opened. ``missing`` is the code where the text
    says that there is no value. ``exact`` is the number before it was rounded, where it was.
    """

    text: str = ""
    value: Decimal | int | str | None = None
    missing: str = ""
    sources: tuple[UUID, ...] = ()
    studies: tuple[UUID, ...] = ()
    records: "tuple[UUID, ...] | QuerySet[Record] | None" = None
    formula: str = ""
    note: str = ""
    page: str = ""
    exact: Decimal | None = None

    @property
    def opens(self) -> bool:
        """Return whether something stands behind the cell."""
        return bool(self.sources or self.studies) or self.records is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row: its key is stable, so that an address can name its cells.

    ``counts`` is unset where nothing in the row counts towards a total; such rows look different.
    ``mark`` says what of the row is in no total, and why.
    """

    key: str
    cells: Mapping[str, Cell]
    group: str = ""
    note: str = ""
    mark: str = ""
    is_total: bool = False
    counts: bool = True

    def cell(self, key: str) -> Cell:
        """Return the cell of a column, blank where the row has none."""
        return self.cells.get(key, BLANK)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The rows of a report with what must be said above and below them.

    ``length`` is the number of rows where they are more than a page shows.
    """

    rows: Iterable[Row]
    notes: Sequence[str] = ()
    caption: str = ""
    length: int | None = None


Write = Callable[[Sequence[Cell]], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined(Column):
    """A column of a layout: the cells of the full columns ``of``, as ``write`` joins them.

    Without ``of`` it is the full column of the same key, with a heading of its own.
    """

    of: tuple[str, ...] = ()
    write: Write | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The journal layout of a table: at most ten columns.

    ``once`` are the leading columns whose text is not repeated down the table. ``notes`` explain
    the joined cells, and stand before the notes of the table. ``leaves_out`` says which rows a
    journal does not print; ``group`` under which heading a row stands, that of the table itself
    where it is not given.
    """

    columns: tuple[Joined, ...]
    once: tuple[str, ...] = ("study",)
    notes: tuple[str, ...] = ()
    leaves_out: Callable[[Row], bool] | None = None
    group: Callable[[Row], str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """How a report is drawn: one figure, or one a part such as an instrument.

    ``parts(snapshot)`` gives the key and the title of each, the one shown first in front;
    ``draw(snapshot, part)`` takes such a key, and an empty one for the first.
    """

    draw: Callable[[Snapshot, str], Figure]
    parts: Callable[[Snapshot], Sequence[tuple[str, str]]] = lambda _: (("", ""),)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDefinition:
    """One report, from which every format is rendered.

    ``named_by`` are the columns by which a row is told from every other, the first two where none
    are given. ``from_votes`` marks a report made from votes, which carries the note the review puts
    on them. ``formats`` are those it is written in. Of a table that may be very long pages show
    ``rows_on_page`` rows, its files are sent as they are made, and ``one_row`` finds a row by its
    key without making the others. ``entries`` are the records that a format for references writes
    in place of the rows. ``journal`` is the layout that a journal prints; ``layout`` names the one
    this definition is in, and ``once`` its leading columns that are not repeated down a page.
    ``figure`` draws it, and ``part`` is the part of it that is drawn, the first where it is empty.
    ``beside`` gives what the page shows beside it: the ``template`` that shows it, the template
    that takes the place of the drawing on narrow pages (``instead``), and what both need.
    ``number`` is what the manuscript calls it, such as Table 1. ``bundle`` gives the reports that
    one document holds, in their order, where it holds several.
    """

    slug: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Snapshot], "Table | Iterator[Row]"]
    source: str = ""
    from_votes: bool = False
    named_by: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("csv", "xlsx", "docx", "md", "json", "html")
    rows_on_page: int | None = None
    one_row: Callable[[Snapshot, str], Row | None] | None = None
    entries: Callable[[Snapshot], Iterator[Row]] | None = None
    journal: Layout | None = None
    layout: str = "full"
    once: tuple[str, ...] = ()
    figure: Drawing | None = None
    part: str = ""
    beside: "Callable[[Snapshot], dict[str, Any]] | None" = None
    number: str = ""
    bundle: "Callable[[Snapshot], Sequence[ReportDefinition]] | None" = None
    keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", frozenset(column.key for column in self.columns))

    def table(self, snapshot: Snapshot) -> Table:
        """Return the report's table at a snapshot."""
        made = self.rows(snapshot)
        return made if isinstance(made, Table) else Table(rows=made)

    def row(self, snapshot: Snapshot, key: str) -> Row | None:
        """Return one row of the table by its key."""
        if self.one_row is not None:
            return self.one_row(snapshot, key)
        return next((row for row in self.table(snapshot).rows if row.key == key), None)

    def row_name(self, row: Row) -> str:
        """Return how pages name a row, in words."""
        named = self.named_by or tuple(c.key for c in self.columns[:2] if not c.numeric)
        return ", ".join(text for key in named if (text := row.cell(key).text))

    def columns_for(self, snapshot: Snapshot) -> tuple[Column, ...]:
        """Return the columns with the review's own unit in their headings."""
        return tuple(column.named(snapshot) for column in self.columns)

    def row_note(
        self, snapshot: Snapshot, row: Row, letters: Mapping[str, str] | None = None
    ) -> str:
        """Return the last column of machine-readable files: every footnote, and the review's.

        ``letters`` are those that are printed for the notes, which then begin with them.
        """
        settings = snapshot.settings

        def marked(note: str, said: str = "") -> str:
            letter = (letters or {}).get(note)
            return f"{letter}) {said or note}" if letter else said or note

        said = [marked(row.note), marked(row.mark)]
        said += [marked(note, text) for note, text in self._footnotes(row)]
        said += [settings.table_note, settings.extraction_note]
        if self.from_votes:
            said.append(settings.votes_note)
        return "; ".join(dict.fromkeys(part.rstrip(".") for part in said if part))

    def _footnotes(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield the notes of the row's cells, each once, alone and with their columns in front."""
        columns: dict[str, list[str]] = {}
        for key, cell in row.cells.items():
            if cell.note and key in self.keys:
                columns.setdefault(cell.note, []).append(key.replace("_", " "))
        for note, keys in columns.items():
            yield note, f"{', '.join(keys)}: {note}"


BLANK = Cell()
