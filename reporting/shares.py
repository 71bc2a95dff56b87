"""Counts out of a whole, summed apart for patients and for units: never one sum of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from reporting.definitions import BLANK, Cell, Row, Snapshot
from reporting.printing import Answers, percent_cell
from reporting.totals import Reader, Reading, Total, total


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A count out of a whole, and the field that says what both count: ``n``, ``of``, ``unit``.

    ``unit`` is empty where the question is asked of patients only. ``zero`` names a count that,
    being zero, makes ``n`` zero too: no events, nobody affected.
    """

    n: str
    of: str
    unit: str = ""
    zero: str = ""

    def read(self, answers: Answers) -> tuple[Decimal, Decimal] | None:
        """Return both numbers, ``None`` where either is missing."""
        part, whole = self.part(answers), answers.number(self.of)
        return None if part is None or whole is None else (part, whole)

    def part(self, answers: Answers) -> Decimal | None:
        """Return the count."""
        part = answers.number(self.n)
        if part is None and self.zero and answers.get(self.n) is None:
            zero = answers.number(self.zero)
            part = zero if zero == 0 else None
        return part

    def missing(self, answers: Answers) -> str | None:
        """Return the code that says why there is no count, ``None`` where nothing was answered."""
        codes = [answer.missing for key in (self.n, self.of) if (answer := answers.get(key))]
        return next(filter(None, codes), None)

    def counts(self, answers: Answers) -> str:
        """Return what the cohort's numbers count: ``patients`` or ``units``."""
        return answers.says(self.unit) if self.unit else "patients"

    def cell(self, answers: Answers) -> Cell:
        """Return the share of one cohort as printed; blank where no count was given."""
        if answers.get(self.n) is None and self.part(answers) is not None:
            return answers.out_of(self.zero, self.of)
        return answers.out_of(self.n, self.of) if answers.get(self.n) else BLANK

    def uids(self, answers: Answers) -> tuple[UUID, ...]:
        """Return the uids of the values behind the share."""
        part = self.n if answers.get(self.n) else self.zero
        return answers.uids(*(key for key in (part, self.of, self.unit) if key))


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareTotal:
    """A share summed over the cohorts that count it in one unit."""

    part: Total
    whole: Total

    @property
    def cell(self) -> Cell:
        """Return ``part/whole``."""
        if self.part.sum is None or self.whole.sum is None:
            return self.part.nothing
        parts, wholes = self.part.summed(), self.whole.summed()
        text = f"{parts.text}/{wholes.text}"
        return Cell(
            text=text,
            value=text,
            sources=self.part.sources,
            formula=f"({parts.formula}) / ({wholes.formula})",
            note=self.part.note,
        )

    @property
    def percent(self) -> Cell:
        """Return the percentage."""
        return percent_cell(self.part.sum, self.whole.sum, self.part.sources)


def share_total(snapshot: Snapshot, share: Share, unit: str) -> ShareTotal:
    """Return the sum of a share over the counted cohorts that count it in ``unit``."""

    def reader(position: int) -> Reader:
        def read(answers: Answers) -> Reading:
            pair = share.read(answers)
            if pair is None:
                return share.missing(answers)
            counts_here = share.counts(answers) == unit
            return (pair[position], share.uids(answers)) if counts_here else None

        return read

    part, whole = total(snapshot, reader(0)), total(snapshot, reader(1))
    # Cohorts that count in the other unit stand in the other subtotal; they report all the same.
    part.partly.clear()
    return ShareTotal(part=part, whole=whole)


def share_rows(snapshot: Snapshot, **shares: Share) -> Iterator[Row]:
    """Yield one subtotal for patients and one for units, each with the shares counted in it.

    The column ``unit`` names it; the note says how many studies report each share.
    """
    for unit in ("patients", "units"):
        made = {column: share_total(snapshot, share, unit) for column, share in shares.items()}
        given = {column: summed for column, summed in made.items() if summed.part.figures}
        if not given:
            continue
        word = snapshot.unit_word(unit)
        said = ", ".join(f"{column} {summed.part.studies}" for column, summed in given.items())
        title = f"Total, {word}"
        cells = {column: summed.cell for column, summed in given.items()}
        percents = {f"{column}_percent": summed.percent for column, summed in given.items()}
        yield Row(
            key=f"total-{unit}",
            cells={
                "study": Cell(text=title, value=title),
                "unit": Cell(text=word, value=word),
                **cells,
                **percents,
            },
            note=f"Studies reporting, of {len(snapshot.studies)}: {said.replace('_', ' ')}",
            is_total=True,
        )
