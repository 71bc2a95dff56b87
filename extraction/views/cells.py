"""The cells of a copy as pages show them: controls, what stands beside an answer, and grids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.forms import BoundField

from extraction.checks import Finding
from extraction.choices import Obtained
from extraction.copies import ElementCopy
from extraction.models import Value
from extraction.schema import FieldSpec, FieldType, SectionSpec
from extraction.wording import part_label

BESIDE = ("page", "quote", "note", "formula")

Refusals = Mapping[str, list[str]]


@dataclass(frozen=True)
class SheetControl:
    """One control of a question: its only one, or that of one part of a summary statistic."""

    spec: FieldSpec
    field: BoundField
    label: str
    findings: list[Finding]
    refusals: list[str]

    @property
    def name(self) -> str:
        """Return the name of the control."""
        return str(self.field.html_name)


@dataclass(frozen=True)
class SheetCell:
    """One question with its controls, what stands beside the answer, and what does not fit.

    ``seen`` is the uid of the latest value on the screen, that of a cell that was cleared included.
    ``findings`` are those of the question as a whole.
    """

    spec: FieldSpec
    name: str
    label: str
    controls: list[SheetControl]
    findings: list[Finding]
    beside: dict[str, str]
    seen: str

    @property
    def is_summary(self) -> bool:
        """Return whether it has a control for each part."""
        return self.spec.type is FieldType.SUMMARY

    @property
    def only(self) -> SheetControl:
        """Return the control of a question that has one."""
        return self.controls[0]

    @property
    def refused(self) -> bool:
        """Return whether anything of it was refused."""
        return any(control.refusals for control in self.controls)

    @property
    def has_source(self) -> bool:
        """Return whether anything stands beside the answer."""
        plain = {"", Obtained.REPORTED.value}
        return any(text not in plain for text in self.beside.values())


@dataclass(frozen=True)
class Section:
    """A heading and the cells under it."""

    spec: SectionSpec
    cells: list[SheetCell]


@dataclass(frozen=True)
class Column:
    """One element of a group across another, as a column of the grid."""

    element: ElementCopy
    name: str
    form_id: str
    cells: dict[str, SheetCell]


@dataclass(frozen=True)
class GridCell:
    """What stands in one row and column; the first row of a summary statistic has no control."""

    column: Column
    cell: SheetCell
    control: SheetControl | None


@dataclass(frozen=True)
class GridRow:
    """One row of a grid: a question, or a part of the summary statistic above it."""

    label: str
    spec: FieldSpec
    is_part: bool
    cells: list[GridCell]


def grid_rows(
    columns: Sequence[Column], specs: Iterable[FieldSpec], unit_label: str
) -> list[GridRow]:
    """Return the rows of a grid; a summary statistic has one for each part below its own."""
    rows = []
    for spec in specs:
        held = [(column, column.cells[spec.key]) for column in columns]
        parts = spec.cells if spec.type is FieldType.SUMMARY else ()
        cells = [GridCell(one, cell, None if parts else cell.only) for one, cell in held]
        rows.append(GridRow(spec.label(unit_label), spec, is_part=False, cells=cells))
        for place, part in enumerate(parts):
            cells = [GridCell(one, cell, cell.controls[place]) for one, cell in held]
            rows.append(GridRow(part_label(part), part, is_part=True, cells=cells))
    return rows


def source_of(
    spec: FieldSpec, values: Sequence[Value], reports: Mapping[int, str]
) -> dict[str, str]:
    """Return what stands beside the answer to a question, by name; the report by its uid.

    Args:
        spec: the question.
        values: the current values of its cells, the latest last.
        reports: the uids of the study's reports by key.
    """
    by_key = {value.key: value for value in values}
    parts = [by_key[part.key] for part in spec.cells if part.key in by_key]
    answered = [value for value in parts if value.text or value.missing]
    plain = beside(None, reports)
    told = (beside(value, reports) for value in answered or parts)
    return next((one for one in told if one != plain), plain)


def beside(value: Value | None, reports: Mapping[int, str]) -> dict[str, str]:
    """Return what stands beside the answer in one cell, by name; the report by its uid."""
    found = {name: getattr(value, name) if value else "" for name in BESIDE}
    found["obtained"] = (value.obtained if value else "") or Obtained.REPORTED.value
    found["report"] = reports.get(value.report_id, "") if value and value.report_id else ""
    return found
