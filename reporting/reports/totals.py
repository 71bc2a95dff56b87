"""Totals: every subtotal in machine layout, with who is in it and who is left out and why."""

from collections.abc import Iterator
from decimal import Decimal

from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.evidence import categories_in, evidence_of
from reporting.printing import key_of, without_zeros
from reporting.quantities import EVENT_CLASSES, QUANTITIES, Quantity, affected_at_least
from reporting.ranges import mean_range
from reporting.subtotals import Subtotal, everything, people_total, subtotals

RANGES = (("age", "age.mean", "years"), ("follow_up", "follow_up.mean", "months"))
OWN_UNIT = {"patients": "patients", "units": "units", "women": "patients"}


def totals_table(snapshot: Snapshot) -> Table:
    """Return every total: people once, everything else by category of treatment and unit."""
    return Table(rows=tuple(_rows(snapshot)))


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    evidence = evidence_of(snapshot)
    for name, quantity in QUANTITIES.items():
        if quantity.of_people:
            yield _row(name, people_total(evidence, quantity, OWN_UNIT[name]))
        for subtotal in category_totals(snapshot, quantity):
            yield _row(name, subtotal)
    if snapshot.settings.affected_at_least:
        for one in EVENT_CLASSES:
            quantity = Quantity(name=f"affected.{one}.at_least", read=affected_at_least(one))
            for subtotal in category_totals(snapshot, quantity):
                yield _row(quantity.name, subtotal)
    yield from _ranges(snapshot)


def category_totals(snapshot: Snapshot, quantity: Quantity) -> list[Subtotal]:
    """Return the sums of a quantity by category, and over all where the lead asks for it."""
    parts = subtotals(evidence_of(snapshot), quantity, categories_in(snapshot), snapshot.unit_word)
    if parts and snapshot.settings.sum_all_treatments and not quantity.of_people:
        units = dict.fromkeys(part.unit for part in parts if part.taken)
        return [*parts, *(everything(parts, unit) for unit in units)]
    return parts


def _row(name: str, subtotal: Subtotal) -> Row:
    value, numerator, denominator = subtotal.cell, BLANK, BLANK
    if subtotal.quantity.is_share:
        value = subtotal.percent()
        numerator = _number(subtotal, subtotal.numerator)
        denominator = _number(subtotal, subtotal.denominator)
    return Row(
        key=f"{name}-{key_of(subtotal.category) or 'people'}-{subtotal.unit or 'none'}",
        cells={
            "quantity": _word(name),
            "category": _word(subtotal.category),
            "unit": _word(subtotal.unit),
            "value": value,
            "numerator": numerator,
            "denominator": denominator,
            "studies_reporting": subtotal.reporting,
            "studies": subtotal.of_studies,
            "left_out": _word(subtotal.left_out_text),
        },
    )


def _number(subtotal: Subtotal, number: Decimal | None) -> Cell:
    if number is None:
        return BLANK
    text = without_zeros(number)
    return Cell(text=text, value=number, sources=subtotal.sources, note=subtotal.note)


def _ranges(snapshot: Snapshot) -> Iterator[Row]:
    for stem, name, unit in RANGES:
        means = mean_range(evidence_of(snapshot), stem)
        for end, choose in (("lowest", min), ("highest", max)):
            yield Row(
                key=f"{name}.{end}",
                cells={
                    "quantity": _word(f"{name}.{end}"),
                    "unit": _word(unit),
                    "value": means.end(choose, end),
                    "studies_reporting": means.reporting,
                    "studies": Cell(text=str(len(means.studies)), value=len(means.studies)),
                    "left_out": _word(means.left_out_text),
                },
            )


def _word(text: str) -> Cell:
    return Cell(text=text, value=text)


TOTALS = ReportDefinition(
    slug="totals",
    title="Totals",
    columns=(
        Column(key="quantity", heading="Quantity", names=True),
        Column(key="category", heading="Category of treatment"),
        Column(key="unit", heading="Unit"),
        Column(key="value", heading="Value", numeric=True),
        Column(key="numerator", heading="Numerator", numeric=True),
        Column(key="denominator", heading="Denominator", numeric=True),
        Column(key="studies_reporting", heading="Studies reporting", numeric=True),
        Column(key="studies", heading="Studies", numeric=True),
        Column(key="left_out", heading="Left out, and why"),
    ),
    rows=totals_table,
    named_by=("quantity", "category", "unit"),
    source="Every sum of the other tables, for scripts; the rules stand in the documentation",
)
