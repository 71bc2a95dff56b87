"""The rows of a saved table: those of a report, chosen, put into groups and in order.

Nothing leaves in silence: whatever is left out is told in a note with how much it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reporting.cells import word
from reporting.definitions import BLANK, Cell, Joined, ReportDefinition, Row, Snapshot, Table
from reporting.elements import answer_cell, is_gone, subject_of
from reporting.evidence import NOT_STATED, SEVERAL, categories_in, evidence_of
from reporting.layouts import joined_cell, laid_out
from reporting.offered import GROUPED_FROM, MONTHS
from reporting.saved_spec import (
    OWN,
    STUDY,
    TREATMENT,
    UNGROUPED,
    WINDOW,
    ChosenColumn,
    SortKey,
    TableSpec,
)
from reporting.windows import gaps_text, is_time, window_of
from reviews.work import counted

# What one row of a table is about, where that is no result.
_ABOUT = {"events": ("event", "events"), "flow": ("point", "points"), "contrasts": ("row", "rows")}
_RESULTS = ("result", "results")
_LEADING = re.compile(r"[<>≤≥~]? ?([-−]?[0-9]+(?:\.[0-9]+)?)")


@dataclass(kw_only=True)
class SavedRows:
    """Makes the rows of one saved table at one snapshot, with what has to be said of them."""

    snapshot: Snapshot
    base: ReportDefinition
    layout: str
    spec: TableSpec
    notes: list[str] = field(default_factory=list)
    _lost: set[str] = field(default_factory=set)
    _reached: set[str] = field(default_factory=set)

    def table(self, caption: str, first: Sequence[str] = ()) -> Table:
        """Return the table; ``first`` are notes that stand before all others."""
        made = laid_out(self.base, self.layout).table(self.snapshot)
        rows = [self._filled(row) for row in made.rows]
        self._tell_empty(rows)
        as_own = all(self._group(row) == row.group for row in rows if not row.is_total)
        shown = self._in_windows(self._with_texts(rows))
        kept = list(self._with_totals(shown, as_own=as_own))
        ordered = tuple(self._in_order(kept))
        return Table(rows=ordered, notes=(*first, *self.notes, *made.notes), caption=caption)

    def _filled(self, row: Row) -> Row:
        """Return a row with the cells that its report does not give it."""
        cells = dict(row.cells)
        for column in self.base.journal.columns if self.base.journal is not None else ():
            if column.key not in cells:
                cells[column.key] = joined_cell(column, row)
        if self.spec.windows and not row.is_total:
            window = window_of(self.spec.windows, row.cell(MONTHS).text)
            cells[WINDOW] = word(window.name) if window is not None else BLANK
        for chosen in self._meant:
            cells[chosen.name] = self._answer(row, chosen)
        return replace(row, cells=cells)

    @property
    def _meant(self) -> list[ChosenColumn]:
        return [column for column in self.spec.columns if column.meaning]

    def _answer(self, row: Row, column: ChosenColumn) -> Cell:
        """Return what a row answers to a question, noting that it is about what is asked."""
        cell = None if row.is_total else answer_cell(self.snapshot, row.key, *column.asks)
        if cell is None:
            return BLANK
        self._reached.add(column.meaning)
        return cell

    def _tell_empty(self, rows: Sequence[Row]) -> None:
        """Note the questions that no form asks any more, or that no row is about."""
        for column in self._meant:
            group, question = column.asks
            if is_gone(self.snapshot, group, question):
                self.notes.append(
                    f"No form has a question of the meaning “{column.meaning}” any more."
                )
            elif rows and column.meaning not in self._reached:
                self.notes.append(
                    f"No row of this table belongs to the group “{group}”: “{column.meaning}” "
                    "is empty."
                )

    def _with_texts(self, rows: list[Row]) -> list[Row]:
        """Return the rows that have the texts asked for, totals too."""
        for key, texts in self.spec.rows.items():
            wanted = {text.casefold() for text in texts}
            named = key.replace("_", " ")
            own = [row for row in rows if not row.is_total]
            found = {_said(row, key) for row in own}
            absent = [f"“{text}”" for text in texts if text.casefold() not in found]
            out = [row for row in own if _said(row, key) not in wanted]
            if absent and own:
                self.notes.append(f"No row has {' or '.join(absent)} as its {named}.")
            if out:
                told = counted(len(out), "row", "rows")
                self.notes.append(f"Left out: {told} whose {named} is not {' or '.join(texts)}.")
            rows = self._without(rows, out)
        return rows

    def _in_windows(self, rows: list[Row]) -> list[Row]:
        """Return the rows that lie in a window that is shown, totals too."""
        windows = self.spec.windows
        if not windows:
            return rows
        own = [row for row in rows if not row.is_total]
        nowhere = [row for row in own if not row.cell(WINDOW).text]
        between = [row for row in nowhere if is_time(row.cell(MONTHS).text)]
        gaps = gaps_text(windows)
        if gaps:
            self.notes.append(f"{gaps}; {self._count(between)} in none.")
        if len(nowhere) > len(between):
            timeless = [row for row in nowhere if row not in between]
            self.notes.append(
                f"{self._count(timeless)} in no window: no time is given, or a bound that no "
                "window holds whole."
            )
        names = {window.name for window in self.spec.shown}
        hidden = [row for row in own if row not in nowhere and row.cell(WINDOW).text not in names]
        if not self.spec.shows_all:
            others = [f"{one.name} ({one.span})" for one in windows if one.name not in names]
            if others:
                told = f"{self._count(hidden)} in windows that are not shown"
                self.notes.append(f"{told}: {', '.join(others)}.")
        return self._without(rows, [*nowhere, *hidden])

    def _count(self, rows: Sequence[Row]) -> str:
        one, many = _ABOUT.get(self.base.slug, _RESULTS)
        return counted(len(rows), f"{one} is", f"{many} are")

    def _without(self, rows: list[Row], out: list[Row]) -> list[Row]:
        """Return the rows without some; the totals of their groups are no longer theirs."""
        keys = {row.key for row in out}
        self._lost |= {row.group for row in out}
        return [row for row in rows if row.key not in keys]

    def _with_totals(self, rows: list[Row], *, as_own: bool) -> Iterator[Row]:
        """Yield the rows under their groups, and those totals that are of what is shown there."""
        left_out = 0
        for row in rows:
            if not row.is_total:
                yield replace(row, group=self._group(row))
            elif as_own and row.group not in self._lost:
                yield row
            else:
                left_out += 1
        if left_out:
            made = "of rows that are not shown too" if as_own else "for other groups than these"
            told = counted(left_out, "total is", "totals are")
            self.notes.append(f"{told} left out, made {made}.")

    def _group(self, row: Row) -> str:
        grouping = self.spec.grouped_by
        if grouping == OWN:
            return row.group
        if grouping == UNGROUPED:
            return ""
        if grouping == WINDOW:
            return row.cell(WINDOW).text
        said = next((text for key in GROUPED_FROM[grouping] if (text := row.cell(key).text)), "")
        if not said and grouping == TREATMENT:
            subject = subject_of(self.snapshot, row.key)
            said = subject.category if subject is not None else ""
        return said or NOT_STATED

    def _in_order(self, rows: list[Row]) -> Iterator[Row]:
        """Yield the rows group by group, each in the order asked for, its totals last."""
        groups: dict[str, list[Row]] = {name: [] for name in self._group_order()}
        for row in rows:
            groups.setdefault(row.group, []).append(row)
        for inside in groups.values():
            yield from self._sorted([row for row in inside if not row.is_total])
            yield from (row for row in inside if row.is_total)

    def _group_order(self) -> Iterable[str]:
        grouping = self.spec.grouped_by
        if grouping == STUDY:
            return [study.label for study in evidence_of(self.snapshot)]
        if grouping == TREATMENT:
            return [*categories_in(self.snapshot), SEVERAL]
        if grouping == WINDOW:
            return [window.name for window in self.spec.windows]
        return []

    def _sorted(self, rows: list[Row]) -> list[Row]:
        for sort in reversed(self.spec.sorted_by):
            valued = [(self._value(row, sort), row) for row in rows]
            given = [(value, row) for value, row in valued if value is not None]
            given.sort(key=lambda pair: pair[0], reverse=sort.descending)
            rows = [row for _, row in given] + [row for value, row in valued if value is None]
        return rows

    def _value(self, row: Row, sort: SortKey) -> tuple[int, Decimal, str] | None:
        """Return by what a row is put in order; ``None`` where the cell says nothing."""
        cell, numeric = self._sorting_cell(row, sort.key)
        if cell.missing or not cell.text:
            return None
        if isinstance(cell.value, Decimal | int):
            return 0, Decimal(cell.value), ""
        leading = _LEADING.match(cell.text) if numeric else None
        if leading is not None:
            return 0, Decimal(leading[1].replace("−", "-")), ""
        return 1, Decimal(0), cell.text.casefold()

    def _sorting_cell(self, row: Row, key: str) -> tuple[Cell, bool]:
        """Return the cell a row is sorted by: of joined ones the first that is given."""
        journal = self.base.journal.columns if self.base.journal is not None else ()
        column = next((one for one in (*self.base.columns, *journal) if one.key == key), None)
        if isinstance(column, Joined) and column.of:
            cells = [row.cell(part) for part in column.of]
            return next((cell for cell in cells if cell.text), BLANK), True
        meant = any(one.meaning == key for one in self._meant)
        cell = row.cell(key.replace(".", "-") if meant else key)
        return cell, column.numeric if column is not None else False


def _said(row: Row, key: str) -> str:
    return " ".join(row.cell(key).text.split()).casefold()
