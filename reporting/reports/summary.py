"""What the included studies add up to: the figures that an abstract states."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from reporting.claims import CATEGORY
from reporting.definitions import (
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.evidence import StudyEvidence, evidence_of
from reporting.people import BASIS, number_cell
from reporting.printing import count_cell, key_of
from reporting.quantities import QUANTITIES, Figure, Quantity
from reporting.ranges import Extremes, MeanRange, mean_range, shortest_and_longest
from reporting.reports.totals import category_totals
from reporting.subtotals import Subtotal, people_total

FEMALE_PLACES = 2
TREATED = "treated"
NAMED_UNITS = ("studies", "events")
RANGES = (("age", "age_mean", "years"), ("follow_up", "follow_up_mean", "months"))
# What stands by category of treatment: its name here, and the quantity of the totals that it is.
BY_CATEGORY = {
    "complications": "affected.complication",
    "complication_events": "events.complication",
    "revisions": "affected.revision",
    "revision_events": "events.revision",
    "conversions": "affected.conversion",
    "conversion_events": "events.conversion",
    "any_reoperations": "affected.any_reoperation",
    "any_reoperation_events": "events.any_reoperation",
    "return_to_sport": "activity.sport.any",
    "return_to_work": "activity.work.any",
    "return_to_daily_life": "activity.daily_life.any",
    "satisfied": "satisfied",
    "would_repeat": "again",
}
COLUMNS = (
    Column(key="quantity", heading="Quantity", names=True),
    Column(key="value", heading="Value", numeric=True),
    Column(key="unit", heading="Unit"),
    Column(key="studies_reporting", heading="Studies reporting", numeric=True),
    Column(key="studies", heading="Of studies", numeric=True),
    Column(key="category", heading="Category of treatment"),
)


def summary_table(snapshot: Snapshot) -> Table:
    """Return the figures with the basis they rest on."""
    return Table(
        rows=tuple(summary_rows(snapshot)),
        notes=(
            BASIS.format(units=snapshot.units),
            "Means range from the lowest to the highest study mean, of the whole series where it "
            "is reported, else of the arms; shortest and longest are of individual patients. "
            "Medians and bounds are no means; they are named where they are left out.",
            "Studies are those that have a cohort in the category; without one, all.",
        ),
    )


def summary_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield one row a quantity, in the order of an abstract; what is by treatment comes last."""
    studies = count_cell(
        len(snapshot.studies), studies=(copy.study.uid for copy in snapshot.studies)
    )
    yield _row("studies", studies, "studies", studies, studies)
    yield from people_rows(snapshot)
    yield from _ranges(snapshot)
    yield _level(snapshot, studies)
    yield from treatment_rows(snapshot)
    yield from _categories(snapshot, studies)


def units_quantity(snapshot: Snapshot) -> str:
    """Return the name of the quantity that counts the review's own units, such as ``hips``."""
    return "_".join(snapshot.units.lower().split())


def people_rows(snapshot: Snapshot, kind: str = "") -> Iterator[Row]:
    """Yield the sums over people, each once; of one kind of cohort where one is named."""
    evidence = evidence_of(snapshot)
    patients = people_total(evidence, _quantity("patients", kind), "patients")
    yield _summed("patients", patients.cell, "patients", patients)
    if units_quantity(snapshot) != "patients":
        units = people_total(evidence, _quantity("units", kind), "units")
        yield _summed(units_quantity(snapshot), units.cell, snapshot.units, units)
    women = people_total(evidence, _quantity("women", kind), "patients")
    yield _summed("female", number_cell(women), "patients", women)
    yield _summed("female_percent", women.percent(FEMALE_PLACES), "%", women)


def treatment_rows(snapshot: Snapshot, kind: str = "") -> Iterator[Row]:
    """Yield the sums by category of treatment; of one kind of cohort where one is named."""
    for unit in ("patients", "units"):
        for subtotal in category_totals(snapshot, _quantity(unit, kind)):
            yield _of_category(snapshot, TREATED, subtotal, unit)
    for name, quantity in BY_CATEGORY.items():
        for subtotal in category_totals(snapshot, _quantity(quantity, kind)):
            yield _of_category(snapshot, name, subtotal, subtotal.unit)


def _quantity(name: str, kind: str) -> Quantity:
    quantity = QUANTITIES[name]
    if not kind:
        return quantity

    def read(study: StudyEvidence) -> Iterator[Figure]:
        return (figure for figure in quantity.read(study) if figure.cohort.kind == kind)

    return replace(quantity, read=read)


def _ranges(snapshot: Snapshot) -> Iterator[Row]:
    evidence = evidence_of(snapshot)
    ends: tuple[tuple[str, Callable[[Iterable[Decimal]], Decimal]], ...] = (
        ("lowest", min),
        ("highest", max),
    )
    for stem, name, unit in RANGES:
        means = mean_range(evidence, stem)
        for end, choose in ends:
            yield _ranged(f"{name}_{end}", means.end(choose, end), unit, means)
    shortest, longest = shortest_and_longest(evidence, "follow_up")
    yield _ranged("follow_up_shortest", shortest.cell, "months", shortest)
    yield _ranged("follow_up_longest", longest.cell, "months", longest)


def _level(snapshot: Snapshot, studies: Cell) -> Row:
    levels: dict[str, list[UUID]] = defaultdict(list)
    reporting, silent = [], []
    for study in evidence_of(snapshot):
        level = study.answers.says("level_of_evidence")
        if level:
            levels[level] += study.answers.uids("level_of_evidence")
            reporting.append(study.uid)
        else:
            silent.append(study.label)
    text = "; ".join(sorted(levels))
    cell = Cell(
        text=text,
        value=text,
        sources=tuple(uid for level in sorted(levels) for uid in levels[level]),
        formula="; ".join(f"{level}: {len(levels[level])} studies" for level in sorted(levels)),
        note=f"Not given by: {', '.join(silent)}." if silent else "",
    )
    given = count_cell(len(reporting), studies=reporting)
    return _row("level_of_evidence", cell, "", given, studies)


def _categories(snapshot: Snapshot, studies: Cell) -> Iterator[Row]:
    """Yield how many studies have an intervention of each category, in the review's order."""
    found: dict[str, dict[UUID, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for study in evidence_of(snapshot):
        for treatment in study.treatments:
            if treatment.source is not None:
                found[treatment.category][study.uid].append(treatment.source)
    reporting = dict.fromkeys(uid for by_study in found.values() for uid in by_study)
    names = snapshot.vocabularies.categories.names
    listed = [name for name in names if name in found]
    for category in (*listed, *sorted(set(found) - set(listed), key=str.casefold)):
        by_study = found[category]
        sources = tuple(uid for uids in by_study.values() for uid in uids)
        value = count_cell(len(by_study), sources=sources, studies=by_study)
        given = count_cell(len(reporting), studies=reporting)
        name = f"{CATEGORY}{category}"
        yield _row(name, value, "studies", given, studies, key=f"category-{key_of(category)}")


def _summed(quantity: str, cell: Cell, unit: str, total: Subtotal) -> Row:
    """Return the row of a sum; who is left out of it is noted, who is in it stands in columns."""
    noted = replace(cell, note=_left_out(total.left_out_text))
    return _row(quantity, noted, unit, _reporting(total), total.of_studies)


def _of_category(snapshot: Snapshot, name: str, subtotal: Subtotal, unit: str) -> Row:
    row = _summed(name, subtotal.cell, snapshot.unit_word(unit), subtotal)
    category = subtotal.category
    word = Cell(text=category, value=category)
    key = "-".join(part for part in (name, key_of(category), unit) if part)
    return replace(row, key=key, cells={**row.cells, "category": word})


def _ranged(quantity: str, cell: Cell, unit: str, means: MeanRange | Extremes) -> Row:
    said = [*means.said, _left_out(means.left_out_text)]
    noted = replace(cell, note=" ".join(part for part in said if part))
    studies = count_cell(len(means.studies), studies=(study.uid for study in means.studies))
    return _row(quantity, noted, unit, _reporting(means), studies)


def _reporting(figures: Subtotal | MeanRange | Extremes) -> Cell:
    """Return how many studies report it; its note names those that do so in part."""
    partly = ", ".join(study.label for study in figures.partly)
    return replace(figures.reporting, note=f"In part: {partly}." if partly else "")


def _left_out(text: str) -> str:
    return f"Left out: {text}." if text else ""


def _row(
    quantity: str, value: Cell, unit: str, reporting: Cell, studies: Cell, *, key: str = ""
) -> Row:
    return Row(
        key=key or quantity,
        cells={
            "quantity": Cell(text=quantity, value=quantity),
            "value": value,
            "unit": Cell(text=unit, value=unit),
            "studies_reporting": reporting,
            "studies": studies,
        },
    )


def _in_words(cells: Sequence[Cell]) -> str:
    """Write a quantity in words; the category that its name ends with stands in its own column."""
    name = cells[0].text
    return "studies by treatment" if name.startswith(CATEGORY) else name.replace("_", " ")


def _category(cells: Sequence[Cell]) -> str:
    category, name = (cell.text for cell in cells)
    return name.removeprefix(CATEGORY) if name.startswith(CATEGORY) else category


def _with_unit(cells: Sequence[Cell]) -> str:
    """Write a number with its unit, where the name of the quantity does not say it."""
    value, unit = (cell.text for cell in cells)
    return f"{value} {unit}".strip() if value and unit not in NAMED_UNITS else value


def _x_of_y(cells: Sequence[Cell]) -> str:
    reporting, studies = (cell.text for cell in cells)
    return f"{reporting} of {studies}" if studies else reporting


JOURNAL = Layout(
    columns=(
        Joined(key="quantity_in_words", heading="Quantity", of=("quantity",), write=_in_words),
        Joined(
            key="category_of",
            heading="Category of treatment",
            of=("category", "quantity"),
            write=_category,
        ),
        Joined(
            key="value_with_unit",
            heading="Value",
            numeric=True,
            of=("value", "unit"),
            write=_with_unit,
        ),
        Joined(
            key="reporting_of",
            heading="Studies reporting",
            numeric=True,
            of=("studies_reporting", "studies"),
            write=_x_of_y,
        ),
    ),
    once=("quantity_in_words",),
)
SUMMARY = ReportDefinition(
    slug="summary",
    title="Summary of the included studies",
    columns=COLUMNS,
    rows=summary_table,
    named_by=("quantity", "category", "unit"),
    journal=JOURNAL,
    source="PRISMA 2020, item 17 (study characteristics)",
)
