"""Totals over studies: no person twice, patients and units apart, and how many studies reported.

A total takes in the cohorts that count towards totals and lie in no other cohort that counts.
What is missing is left out and counted as missing; it is never zero.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from uuid import UUID

from extraction.choices import Missing
from extraction.copies import ElementCopy, StudyCopy
from reporting.definitions import BLANK, Cell, Row, Snapshot
from reporting.printing import (
    EXACT,
    MISSING_TEXT,
    Answers,
    count_cell,
    of_element,
    plain,
    without_zeros,
)

FORMULA_TERMS = 30
BASIS = (
    "Totals are of patients and {units} as treated, over cohorts that count towards totals and lie "
    "in no other such cohort; patients and {units} are never added to each other."
)
# A figure with the values it was read from; a missing code; or nothing where the cell is blank.
Reading = tuple[Decimal, tuple[UUID, ...]] | str | None
Reader = Callable[[Answers], Reading]
CohortsOfStudy = tuple[StudyCopy, list[Answers]]


@dataclass(slots=True)
class Total:
    """What the studies together report of one thing: figures by study, and who reports none."""

    figures: list[tuple[Decimal, tuple[UUID, ...]]] = field(default_factory=list)
    reported_by: list[UUID] = field(default_factory=list)
    of_studies: int = 0
    partly: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    @property
    def studies(self) -> int:
        """Return how many studies report it."""
        return len(self.reported_by)

    @property
    def reporting(self) -> Cell:
        """Return the cell of how many studies report it."""
        return count_cell(self.studies, studies=self.reported_by)

    @property
    def is_complete(self) -> bool:
        """Return whether every cohort of every study reports it."""
        return self.studies == self.of_studies > 0 and not self.partly

    @property
    def sources(self) -> tuple[UUID, ...]:
        """Return the uids of all values it was made from."""
        return tuple(uid for _, uids in self.figures for uid in uids)

    @property
    def sum(self) -> Decimal | None:
        """Return the sum, ``None`` where nobody reports it."""
        if not self.figures:
            return None
        return reduce(EXACT.add, (number for number, _ in self.figures))

    @property
    def note(self) -> str:
        """Return what must be said beside the total."""
        if self.partly:
            return f"Only some cohorts report it in: {', '.join(self.partly)}."
        return ""

    @property
    def nothing(self) -> Cell:
        """Return the cell where no study reports it: why not, or blank where nothing was said."""
        code = next((code for code in Missing if code in self.codes), None)
        return Cell(text=MISSING_TEXT[code], missing=code) if code else BLANK

    def summed(self) -> Cell:
        """Return the cell of the sum."""
        if self.sum is None:
            return self.nothing
        terms = [plain(number) for number, _ in self.figures]
        few = len(terms) <= FORMULA_TERMS
        formula = " + ".join(terms) if few else f"sum of {len(terms)} values"
        return Cell(
            text=without_zeros(self.sum),
            value=self.sum,
            sources=self.sources,
            formula=formula,
            note=self.note,
        )

    def extreme(self, choose: Callable[[Iterable[Decimal]], Decimal], what: str) -> Cell:
        """Return the cell of the lowest or highest figure, as it was printed."""
        if not self.figures:
            return self.nothing
        numbers = [number for number, _ in self.figures]
        chosen = choose(numbers)
        terms = ", ".join(map(plain, numbers[:FORMULA_TERMS]))
        more = " …" if len(numbers) > FORMULA_TERMS else ""
        first = next(uids for number, uids in self.figures if number == chosen)
        rest = tuple(uid for uid in self.sources if uid not in first)
        return Cell(
            text=plain(chosen),
            value=chosen,
            sources=first + rest,
            formula=f"{what} of {terms}{more}",
            note=self.note,
        )


def counted_cohorts(copy: StudyCopy) -> list[ElementCopy]:
    """Return the cohorts of a study that are summed: those that count and lie in no other such."""
    by_uid = {str(cohort.uid): cohort for cohort in copy.cohorts}
    counting = {uid for uid, c in by_uid.items() if _text(c, "counts_towards_totals") == "yes"}
    return [
        cohort
        for uid, cohort in by_uid.items()
        if uid in counting and not counting.intersection(_wholes(cohort, by_uid))
    ]


def each_counted(snapshot: Snapshot) -> Iterator[CohortsOfStudy]:
    """Yield every study with the answers of its counted cohorts."""
    for copy in snapshot.studies:
        yield copy, [of_element(snapshot, copy, cohort) for cohort in counted_cohorts(copy)]


def own_cohorts(snapshot: Snapshot, copy: StudyCopy) -> list[Answers]:
    """Return the cohorts a study's own row sums: the counted ones, else those part of no other."""
    chosen = counted_cohorts(copy) or [c for c in copy.cohorts if not _text(c, "part_of")]
    return [of_element(snapshot, copy, cohort) for cohort in chosen]


def total(snapshot: Snapshot, read: Reader) -> Total:
    """Return what ``read`` finds in the counted cohorts of every study."""
    return total_of(each_counted(snapshot), read)


def total_of(studies: Iterable[CohortsOfStudy], read: Reader) -> Total:
    """Return what ``read`` finds in the cohorts of the studies given."""
    result = Total()
    for copy, cohorts in studies:
        found = [read(answers) for answers in cohorts]
        given = [reading for reading in found if isinstance(reading, tuple)]
        result.of_studies += 1
        result.codes.update(reading for reading in found if isinstance(reading, str))
        if given:
            result.reported_by.append(copy.study.uid)
        if given and len(given) < len(found):
            result.partly.append(copy.label)
        result.figures += given
    return result


def total_row(snapshot: Snapshot, **summed: Total) -> Row:
    """Return the row of totals by column; its note says how many studies report each."""
    said = ", ".join(
        f"{column.replace('_', ' ').replace('units', snapshot.units)} {given.studies}"
        for column, given in summed.items()
    )
    cells = {column: given.summed() for column, given in summed.items()}
    return Row(
        key="total",
        cells={"study": Cell(text="Total", value="Total"), **cells},
        note=f"Studies reporting, of {len(snapshot.studies)}: {said}",
        is_total=True,
    )


def number_of(key: str) -> Reader:
    """Return the reader of one number."""

    def read(answers: Answers) -> Reading:
        answer = answers.get(key)
        if answer is None:
            return None
        return answer.missing or _figure(answer.decimal, (answer.uid,))

    return read


def _figure(number: Decimal | None, uids: tuple[UUID, ...]) -> Reading:
    return None if number is None else (number, uids)


def _wholes(cohort: ElementCopy, by_uid: dict[str, ElementCopy]) -> Iterator[str]:
    """Yield the cohorts that a cohort is part of, from the nearest up; a circle ends it."""
    seen = {str(cohort.uid)}
    uid = _text(cohort, "part_of")
    while uid and uid not in seen:
        seen.add(uid)
        yield uid
        uid = _text(by_uid[uid], "part_of") if uid in by_uid else ""


def _text(element: ElementCopy, key: str) -> str:
    cell = element.cells.get(key)
    return cell.text if cell and not cell.missing else ""
