"""Rows of people in the tables of studies: totals, subtotals by treatment, and who stands aside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reporting.definitions import Cell, Row, Snapshot
from reporting.evidence import Cohort, StudyEvidence, categories_in, evidence_of
from reporting.printing import key_of
from reporting.quantities import PATIENTS, UNITS, Figure, Quantity, Reader, people, women
from reporting.subtotals import Subtotal, people_total, subtotals

BASIS = (
    "Totals count everybody once: patients and {units} as treated, over cohorts that count towards "
    "totals and lie in no other such cohort. Subtotals by treatment take every cohort that had it, "
    "so that one person may stand under two treatments. Patients and {units} are never added to "
    "each other."
)
NOT_COUNTED = "Not in the total: it does not count towards totals."


@dataclass(frozen=True, kw_only=True)
class Summed:
    """A column whose numbers are summed: what is read, in which unit, and whether of a whole."""

    read: Reader
    unit: str
    is_share: bool = False
    whole: str = ""
    percent: str = ""

    def quantity(self, name: str) -> Quantity:
        """Return what is summed, as sums know it."""
        return Quantity(name=name, read=self.read, is_share=self.is_share, of_people=True)


def counted(means: str, unit: str) -> Summed:
    """Return the column of a number of patients or units that cohorts state."""
    return Summed(read=people(means, unit), unit=unit)


def lost(study: StudyEvidence) -> Iterator[Figure]:
    """Yield the patients lost of each cohort, out of those treated."""
    treated = {figure.cohort: figure for figure in people("patients.treated", PATIENTS)(study)}
    for figure in people("patients.lost", PATIENTS)(study):
        whole = treated[figure.cohort]
        why = figure.why or (f"treated: {whole.why}" if whole.why else "")
        yield replace(figure, of=whole.n, sources=figure.sources + whole.sources, why=why)


TREATED = {
    "patients": counted("patients.treated", PATIENTS),
    "units": counted("units.treated", UNITS),
}
WOMEN = Summed(read=women, unit=PATIENTS, is_share=True, whole="women_of", percent="women_percent")
LOST = Summed(read=lost, unit=PATIENTS, is_share=True, percent="patients_lost_percent")


def total_rows(snapshot: Snapshot, columns: Mapping[str, Summed]) -> Iterator[Row]:
    """Yield the total over all people, then one row by category of treatment.

    A category that nobody reports has its row all the same.
    """
    evidence = evidence_of(snapshot)
    if not evidence:
        return
    whole = {
        column: people_total(evidence, summed.quantity(column), summed.unit)
        for column, summed in columns.items()
    }
    yield _row(snapshot, "total", "Total", columns, whole, "")
    parts = {
        column: _by_category(snapshot, summed.quantity(column))
        for column, summed in columns.items()
    }
    listed = dict.fromkeys(category for found in parts.values() for category in found)
    for category in listed:
        found = {c: by_name[category] for c, by_name in parts.items() if category in by_name}
        title = f"Subtotal, {category}"
        yield _row(snapshot, f"total-{key_of(category)}", title, columns, found, category)


def _by_category(snapshot: Snapshot, quantity: Quantity) -> dict[str, Subtotal]:
    evidence, categories = evidence_of(snapshot), categories_in(snapshot)
    found: dict[str, Subtotal] = {}
    for subtotal in subtotals(evidence, quantity, categories, snapshot.unit_word):
        found.setdefault(subtotal.category, subtotal)
    return found


def _row(
    snapshot: Snapshot,
    key: str,
    title: str,
    columns: Mapping[str, Summed],
    sums: Mapping[str, Subtotal],
    category: str,
) -> Row:
    cells = {"study": Cell(text=title, value=title)}
    for column, subtotal in sums.items():
        summed = columns[column]
        note = subtotal.note if subtotal.left_out else ""
        cells[column] = replace(number_cell(subtotal), note=note)
        if summed.whole:
            cells[summed.whole] = replace(whole_cell(subtotal), note=note)
        if summed.percent:
            cells[summed.percent] = replace(subtotal.percent(), note=note)
    said = "; ".join(
        f"{_word(snapshot, column)} {subtotal.x_of_y}" for column, subtotal in sums.items()
    )
    basis = f"Cohorts after {category}" if category else "Everybody once"
    return Row(key=key, cells=cells, note=f"{basis}: {said}.", is_total=True)


def number_cell(subtotal: Subtotal) -> Cell:
    """Return the sum of the counts alone, blank where nobody reports one."""
    return replace(subtotal, quantity=replace(subtotal.quantity, is_share=False)).cell


def whole_cell(subtotal: Subtotal) -> Cell:
    """Return the sum of what a share is out of."""
    figures = [
        (study, [replace(figure, n=figure.of) for figure in figures])
        for study, figures in subtotal.taken
    ]
    return number_cell(replace(subtotal, taken=figures))


def _word(snapshot: Snapshot, column: str) -> str:
    return column.replace("_", " ").replace("units", snapshot.units)


def own_cohorts(study: StudyEvidence) -> Sequence[Cohort]:
    """Return the cohorts a study's own row is about: those that count, else the outermost."""
    return study.counted or [cohort for cohort in study.cohorts if cohort.part_of is None]


def mark_of(study: StudyEvidence, cohort: Cohort) -> str:
    """Return why a cohort stands in no total of people, empty where it stands in one."""
    if cohort in study.counted:
        return ""
    whole = next((one for one in cohort.wholes() if one.counts), None)
    if whole is not None:
        return f"Not in the total: part of “{whole.name}”, which counts."
    return NOT_COUNTED
