"""A copy as its page shows it: parts, sections, cells and what does not fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.forms import BoundField
from django.http import QueryDict

from extraction.checks import Finding
from extraction import groups
from extraction.choices import Obtained
from extraction.copies import Cell, ElementCopy, StudyCopy
from extraction.forms import STUDY_PREFIX, CellsForm, prefix_of
from extraction.models import Value
from extraction.schema import FieldSpec, SectionSpec
from extraction.services import blanks_of, findings_of
from extraction.wording import Names
from reviews.models import Review

STUDY_LEVELS = (groups.STUDY, "appraisal")
PARTS = (groups.COHORT, groups.INTERVENTION, groups.OUTCOME)
BESIDE = ("page", "quote", "note", "formula")

Refusals = Mapping[str, list[str]]


@dataclass(frozen=True)
class SheetCell:
    """One question with its control, what is stored, and what does not fit.

    ``seen`` is the uid of the value on the screen, that of a cell that was cleared included.
    """

    spec: FieldSpec
    control: BoundField
    cell: Cell | None
    findings: list[Finding]
    refusals: list[str]
    beside: dict[str, str]
    seen: str

    @property
    def name(self) -> str:
        """Return the name of the control."""
        return str(self.control.html_name)

    @property
    def obtained(self) -> str:
        """Return how the value was obtained."""
        return self.beside["obtained"]

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
    """One result of an outcome, as a column of the grid."""

    element: ElementCopy
    name: str
    form_id: str
    cells: dict[str, SheetCell]


@dataclass
class Part:
    """What one page of the form shows: the study, or one cohort, intervention or outcome."""

    key: str
    name: str
    level: str
    answered: int
    asked: int
    findings: int
    element: ElementCopy | None = None
    results: list[ElementCopy] = field(default_factory=list)


class Sheet:
    """One copy, its names, what does not fit, and its parts."""

    def __init__(self, copy: StudyCopy, review: Review, cleared: Sequence[Value] = ()) -> None:
        self.copy, self.review = copy, review
        self.names = Names(copy, review.settings.unit_plural)
        self.cleared = {
            f"{prefix_of(value.element.uid if value.element else None)}-{value.key}": value
            for value in cleared
        }

    @cached_property
    def findings(self) -> list[Finding]:
        """Return what does not fit in the copy."""
        return findings_of(self.copy, self.review)

    @cached_property
    def blanks(self) -> list[Finding]:
        """Return the required fields that are blank."""
        return blanks_of(self.copy, self.review)

    @cached_property
    def findings_by_name(self) -> dict[str, list[Finding]]:
        """Return what does not fit, by the name of the control it is shown at."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(self.name_of(finding), []).append(finding)
        return found

    def name_of(self, finding: Finding) -> str:
        """Return the name of the control a finding is about."""
        uid = UUID(finding.element_uid) if finding.element_uid else None
        return f"{prefix_of(uid)}-{finding.key}"

    def part_of(self, finding: Finding) -> str:
        """Return the key of the part on which a finding is shown."""
        element = self._elements.get(finding.element_uid or "")
        if element is not None and element.group == groups.RESULT:
            return prefix_of(element.across)
        return prefix_of(element.uid if element else None)

    @cached_property
    def parts(self) -> list[Part]:
        """Return the study, then its cohorts, interventions and outcomes."""
        form = self.copy.form
        study = sum(spec.group in STUDY_LEVELS for spec in form.fields)
        found = [Part(STUDY_PREFIX, "Study", "study", len(self.copy.cells), study, 0)]
        of_result = len(form.in_group(groups.RESULT))
        for level in PARTS:
            asked = len(form.in_group(level))
            for element in self.copy.in_group(level):
                results = [r for r in self.copy.results if r.across == element.uid]
                found.append(
                    Part(
                        key=prefix_of(element.uid),
                        name=self.names.of(element.uid),
                        level=level,
                        answered=len(element.cells) + sum(len(r.cells) for r in results),
                        asked=asked + of_result * len(results),
                        findings=0,
                        element=element,
                        results=results,
                    )
                )
        by_key = {part.key: part for part in found}
        for finding in self.findings:
            by_key[self.part_of(finding)].findings += 1
        return found

    @property
    def answered(self) -> int:
        """Return how many cells say something."""
        return sum(part.answered for part in self.parts)

    @property
    def asked(self) -> int:
        """Return how many cells there are."""
        return sum(part.asked for part in self.parts)

    @property
    def errors(self) -> int:
        """Return how many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """Return how many findings are warnings."""
        return len(self.findings) - self.errors

    def part(self, key: str) -> Part | None:
        """Return the part with a key; the study where none is named."""
        return next((part for part in self.parts if part.key == (key or STUDY_PREFIX)), None)

    def sections(
        self, part: Part, posted: QueryDict | None, refusals: Refusals
    ) -> Iterator[Section]:
        """Yield the sections of a part with their cells."""
        levels = [part.level] if part.element else list(STUDY_LEVELS)
        specs = [spec for level in levels for spec in self.copy.form.in_group(level)]
        cells = self._cells(part.element, specs, posted, refusals)
        for level in levels:
            for section in self.copy.form.sections_of(level):
                keys = [spec.key for spec in specs if spec.section == section.key]
                yield Section(section, [cells[key] for key in keys])

    def columns(self, part: Part, posted: QueryDict | None, refusals: Refusals) -> Iterator[Column]:
        """Yield the results of an outcome as columns."""
        specs = list(self.copy.form.in_group(groups.RESULT))
        for place, result in enumerate(part.results, start=1):
            cohort = self.names.of(result.parent)
            cells = self._cells(result, specs, posted, refusals, column=f"{cohort}, {place}")
            form_id = f"form-{prefix_of(result.uid)}"
            yield Column(result, cohort, form_id, cells)

    def _cells(
        self,
        element: ElementCopy | None,
        specs: list[FieldSpec],
        posted: QueryDict | None,
        refusals: Refusals,
        column: str = "",
    ) -> dict[str, SheetCell]:
        prefix = prefix_of(element.uid if element else None)
        data = posted if posted and any(name.startswith(prefix) for name in posted) else None
        form = CellsForm(data, specs=specs, names=self.names, element=element)
        if column:
            form.in_grid(column)
        stored = element.cells if element else self.copy.cells
        cells = {}
        for spec in specs:
            name = f"{prefix}-{spec.key}"
            current = stored.get(spec.key) or self.cleared.get(name)
            refused = refusals.get(name, [])
            if refused:
                form.add_error(spec.key, refused)
            cells[spec.key] = SheetCell(
                spec=spec,
                control=form[spec.key],
                cell=stored.get(spec.key),
                findings=self.findings_by_name.get(name, []),
                refusals=refused,
                beside=_beside(current, name, data),
                seen=str(current.uid) if current else "",
            )
        return cells

    @cached_property
    def _elements(self) -> dict[str, ElementCopy]:
        return {str(element.uid): element for element in self.copy.elements}


def _beside(cell: Cell | Value | None, name: str, posted: QueryDict | None) -> dict[str, str]:
    stored = {each: getattr(cell, each) if cell else "" for each in BESIDE}
    stored["obtained"] = (cell.obtained if cell else "") or Obtained.REPORTED.value
    if posted is None:
        return stored
    return {each: posted.get(f"{name}-{each}", text) for each, text in stored.items()}
