"""The summary as one sentence, in the manner of an abstract, from the cells of the summary."""

from collections.abc import Iterator
from dataclasses import dataclass
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


def sentence(snapshot: Snapshot) -> list[Part]:
    """Return the sentence in parts; empty where no study is final."""
    rows = {row.cell("quantity").text: row for row in summary_rows(snapshot)}
    if not snapshot.studies:
        return []
    parts = [*_people(snapshot, rows), *_ranges(rows), Part(".")]
    note = snapshot.settings.table_note
    return [*parts, Part(f" ({note[:1].upper()}{note[1:]}.)")] if note else parts


def sentence_text(snapshot: Snapshot) -> str:
    """Return the sentence as plain text."""
    return "".join(part.text for part in sentence(snapshot))


def _people(snapshot: Snapshot, rows: dict[str, Row]) -> Iterator[Part]:
    number = len(snapshot.studies)
    word = NUMBER_WORDS[number].capitalize() if number < len(NUMBER_WORDS) else str(number)
    yield Part(word, "studies")
    yield Part(" study" if number == 1 else " studies")
    level = rows["level_of_evidence"]
    if _given(level):
        yield Part(" (level ")
        yield _of(level)
        yield Part(")")
    patients, units = rows["patients"], rows.get(units_quantity(snapshot))
    if _given(patients):
        yield Part(" with ")
        yield _of(patients)
        yield Part(" patients")
    if units is not None and _given(units) and units.key != "patients":
        yield Part(" (" if _given(patients) else " with ")
        yield _of(units)
        yield Part(f" {snapshot.units}" + (")" if _given(patients) else ""))
    women = rows["female_percent"].cell("value")
    if isinstance(women.value, Decimal):
        yield Part(", ")
        yield Part(f"{rounded(women.value, 0)}%", "female_percent")
        yield Part(" female")


def _ranges(rows: dict[str, Row]) -> Iterator[Part]:
    yield from _range(rows, "; mean age ", "age_mean_lowest", "age_mean_highest", " years")
    means = ("follow_up_mean_lowest", "follow_up_mean_highest")
    individuals = ("follow_up_shortest", "follow_up_longest")
    yield from _range(rows, "; mean follow-up ", *means, " months")
    if _given(rows[means[0]]):
        yield from _range(rows, " (individual patients: ", *individuals, " months)")
    else:
        yield from _range(rows, "; follow-up of individual patients ", *individuals, " months")


def _range(
    rows: dict[str, Row], before: str, lowest: str, highest: str, after: str
) -> Iterator[Part]:
    """Yield a range, or one number where both ends are the same; nothing where one is missing."""
    low, high = rows[lowest], rows[highest]
    if not (_given(low) and _given(high)):
        return
    yield Part(before)
    yield _of(low)
    if low.cell("value").value != high.cell("value").value:
        yield Part(" to ")
        yield _of(high)
    yield Part(after)


def _of(row: Row) -> Part:
    return Part(_short(row.cell("value")), row.key)


def _short(cell: Cell) -> str:
    """Return a number without needless zeros: 26, where the table prints 26.0."""
    value = cell.value
    if isinstance(value, Decimal) and cell.text == plain(value):
        return without_zeros(value)
    return cell.text


def _given(row: Row) -> bool:
    cell = row.cell("value")
    return bool(cell.text) and not cell.missing
