"""The summary as one sentence, in the manner of an abstract, from the cells of the summary.

Whatever not all studies report is followed by how many of how many do. What fewer than half of them
report is left out, and the sentence after it says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from reporting.definitions import Cell, Row, Snapshot
from reporting.printing import plain, rounded, without_zeros
from reporting.reports.summary import summary_rows, units_quantity

NUMBER_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the sentence; where ``row`` is set, a number that opens that row's value."""

    text: str
    row: str = ""


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of the summary that are over all people, and what was left out of the sentence."""

    rows: Mapping[str, Row]
    studies: int
    unsaid: list[str] = field(default_factory=list)

    def says(self, name: str, *quantities: str) -> bool:
        """Return whether quantities can be said: given, and by at least half of the studies."""
        reporting = self.reporting(*quantities)
        if reporting * 2 >= self.studies and all(self._is_given(one) for one in quantities):
            return True
        self.unsaid.append(f"{name} ({reporting} of {self.studies} studies)")
        return False

    def reporting(self, *quantities: str) -> int:
        """Return how many studies report all of the quantities at most."""
        cells = (self.rows[quantity].cell("studies_reporting") for quantity in quantities)
        return min(int(cell.value or 0) for cell in cells)

    def x_of_y(self, *quantities: str) -> str:
        """Return how many of how many studies, empty where all of them report all they have."""
        reporting = self.reporting(*quantities)
        partly = any(self.rows[one].cell("studies_reporting").note for one in quantities)
        if reporting == self.studies and not partly:
            return ""
        return f"{reporting} of {self.studies} studies" + (", some in part" if partly else "")

    def _is_given(self, quantity: str) -> bool:
        cell = self.rows[quantity].cell("value")
        return bool(cell.text) and not cell.missing

    def number(self, quantity: str) -> Part:
        """Return the value of a quantity, which opens."""
        row = self.rows[quantity]
        return Part(_short(row.cell("value")), row.key)


def sentence(snapshot: Snapshot) -> list[Part]:
    """Return the sentence in parts; empty where no study is final."""
    if not snapshot.studies:
        return []
    found = [row for row in summary_rows(snapshot) if not row.cell("category").text]
    rows = _Rows(
        rows={row.cell("quantity").text: row for row in found}, studies=len(snapshot.studies)
    )
    parts = [*_studies(rows), *_people(snapshot, rows), *_ranges(rows), Part("."), *_unsaid(rows)]
    note = snapshot.settings.table_note
    return [*parts, Part(f" ({note[:1].upper()}{note[1:]}.)")] if note else parts


def sentence_text(snapshot: Snapshot) -> str:
    """Return the sentence as plain text."""
    return "".join(part.text for part in sentence(snapshot))


def _studies(rows: _Rows) -> Iterator[Part]:
    number = rows.studies
    word = NUMBER_WORDS[number].capitalize() if number < len(NUMBER_WORDS) else str(number)
    yield Part(word, "studies")
    yield Part(" study" if number == 1 else " studies")
    if rows.says("level of evidence", "level_of_evidence"):
        yield Part(" (level ")
        yield rows.number("level_of_evidence")
        yield Part(_in_brackets(rows, "level_of_evidence", opened=True) + ")")


def _people(snapshot: Snapshot, rows: _Rows) -> Iterator[Part]:
    said = rows.says("patients", "patients")
    if said:
        yield Part(" with ")
        yield rows.number("patients")
        yield Part(f" patients{_in_brackets(rows, 'patients')}")
    units = units_quantity(snapshot)
    if units != "patients" and rows.says(snapshot.units, units):
        yield Part(" and " if said else " with ")
        yield rows.number(units)
        yield Part(f" {snapshot.units}{_in_brackets(rows, units)}")
    women = rows.rows["female_percent"].cell("value")
    if rows.says("sex", "female_percent") and women.exact is not None:
        yield Part(", ")
        yield Part(f"{rounded(women.exact, 0)}%", "female_percent")
        yield Part(f" female{_in_brackets(rows, 'female_percent')}")


def _ranges(rows: _Rows) -> Iterator[Part]:
    age = ("age_mean_lowest", "age_mean_highest")
    means = ("follow_up_mean_lowest", "follow_up_mean_highest")
    individuals = ("follow_up_shortest", "follow_up_longest")
    yield from _range(rows, "mean age", "of the studies", age, "years")
    yield from _range(rows, "mean follow-up", "of the studies", means, "months")
    yield from _range(rows, "follow-up", "of individual patients", individuals, "months")


def _range(rows: _Rows, name: str, whose: str, ends: Sequence[str], unit: str) -> Iterator[Part]:
    """Yield a range and whose it is."""
    name = f"{name} {whose}"
    if not rows.says(name, *ends):
        return
    low, high = (rows.rows[end].cell("value") for end in ends)
    yield Part(f"; {name} ")
    yield rows.number(ends[0])
    if low.value != high.value:
        yield Part(" to ")
        yield rows.number(ends[1])
    yield Part(f" {unit}{_in_brackets(rows, *ends)}")


def _unsaid(rows: _Rows) -> Iterator[Part]:
    if rows.unsaid:
        listed = ", ".join(rows.unsaid)
        yield Part(f" Left out, for fewer than half of the studies report them: {listed}.")


def _in_brackets(rows: _Rows, *quantities: str, opened: bool = False) -> str:
    """Return how many of how many studies report, in brackets or within open ones."""
    said = rows.x_of_y(*quantities)
    if not said:
        return ""
    return f"; {said}" if opened else f" ({said})"


def _short(cell: Cell) -> str:
    """Return a number without needless zeros: 26, where the table prints 26.0."""
    value = cell.value
    if isinstance(value, Decimal) and cell.text == plain(value):
        return without_zeros(value)
    return cell.text
