"""A copy as its page shows it: parts, sections, cells and what does not fit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.http import QueryDict

from extraction.checks import Finding
from extraction.copies import ElementCopy, StudyCopy
from extraction.forms import STUDY_PREFIX, CellsForm, prefix_of
from extraction.models import Report, Value
from extraction.schema import FieldSpec, GroupSpec, question_key
from extraction.services import blanks_of, findings_of
from extraction.views.cells import (
    Column,
    GridRow,
    Refusals,
    Section,
    SheetCell,
    SheetControl,
    grid_rows,
    source_of,
)
from extraction.wording import Names, part_label
from reviews.models import Review


@dataclass
class Part:
    """What one page of the form shows: the study, or one element with all that belongs to it."""

    key: str
    name: str
    group: GroupSpec | None
    answered: int
    asked: int
    findings: int = 0
    element: ElementCopy | None = None
    below: list[ElementCopy] = field(default_factory=list)


@dataclass(frozen=True)
class Panel:
    """One element within the page of what it belongs to; the part itself is one, too."""

    key: str
    name: str
    element: ElementCopy | None
    sections: list[Section]
    below: list["Below"]

    @property
    def form_id(self) -> str:
        """Return the id of the form that its controls belong to."""
        return f"form-{self.key}"


@dataclass(frozen=True)
class Below:
    """What belongs to an element in one group: panels, or the columns of a grid.

    ``parents`` are the elements to which one more can be added, by uid and name; a column of a grid
    belongs ``across`` to the element of the page as well.
    """

    group: GroupSpec
    anchor: str
    of: str
    across: UUID | None
    parents: list[tuple[UUID, str]]
    panels: list[Panel]
    columns: list[Column]
    rows: list[GridRow]
    below: list["Below"]

    @property
    def is_empty(self) -> bool:
        """Return whether there is none yet."""
        return not (self.panels or self.columns)

    @property
    def is_folded(self) -> bool:
        """Return whether it is shown once somebody asks for it."""
        return self.group.folded and self.is_empty

    @property
    def needs(self) -> str:
        """Return what has to be listed first, empty where one can be added."""
        return "" if self.parents or not self.across else " or ".join(self.group.of)


class Sheet:
    """One copy, its names, what does not fit, and its parts.

    ``values`` are the current values of the copy, the latest last, those of cleared cells included.
    """

    def __init__(self, copy: StudyCopy, review: Review, values: Iterable[Value] = ()) -> None:
        self.copy, self.review = copy, review
        self.names = Names(copy, review.settings.unit_plural)
        self.values: dict[str, list[Value]] = {}
        for value in values:
            prefix = prefix_of(value.element.uid if value.element else None)
            self.values.setdefault(f"{prefix}-{question_key(value.key)}", []).append(value)

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
        root = self.root_of(UUID(finding.element_uid)) if finding.element_uid else None
        return prefix_of(root.uid if root else None)

    def root_of(self, uid: UUID) -> ElementCopy | None:
        """Return the element on whose page another is shown; ``None`` where it is not there."""
        found = self._elements.get(uid)
        while found is not None and (home := found.across or found.parent):
            found = self._elements.get(home)
        return found

    @cached_property
    def tops(self) -> list[GroupSpec]:
        """Return the groups whose elements belong to nothing but the study."""
        return [group for group in self.copy.form.element_groups if not group.parents]

    @cached_property
    def parts(self) -> list[Part]:
        """Return the study, then every element that belongs to nothing else."""
        form = self.copy.form
        asked = {group.key: len(form.in_group(group.key)) for group in form.groups}
        study = _answered(self.copy.cells)
        found = [Part(STUDY_PREFIX, "Study", None, study, len(form.of_study()))]
        for group in self.tops:
            for element in self.copy.in_group(group.key):
                below = self._below_roots.get(element.uid, [])
                shown = [element, *below]
                found.append(
                    Part(
                        key=prefix_of(element.uid),
                        name=self.names.of(element.uid),
                        group=group,
                        answered=sum(_answered(one.cells) for one in shown),
                        asked=sum(asked[one.group] for one in shown),
                        element=element,
                        below=below,
                    )
                )
        by_key = {part.key: part for part in found}
        for finding in self.findings:
            by_key[self.part_of(finding)].findings += 1
        return found

    @property
    def answered(self) -> int:
        """Return how many questions are answered, a summary statistic in any of its parts."""
        return sum(part.answered for part in self.parts)

    @property
    def asked(self) -> int:
        """Return how many questions there are."""
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

    def panel(self, part: Part, posted: QueryDict | None, refusals: Refusals) -> Panel:
        """Return a part with its cells and all that belongs to it."""
        return _Writer(self, posted, refusals).panel(part.element, part.name)

    @cached_property
    def reports(self) -> dict[int, str]:
        """Return the uid of each report of the study by the key of every row that names it.

        Who says what kind of report it is writes its row anew; values keep naming the one before.
        """
        current = {report.record_id: str(report.uid) for report in self.copy.reports}
        rows = Report.objects.filter(study=self.copy.study).values_list("pk", "record")
        return {pk: current[record] for pk, record in rows if record in current}

    @cached_property
    def _elements(self) -> dict[UUID, ElementCopy]:
        return {element.uid: element for element in self.copy.elements}

    @cached_property
    def _below_roots(self) -> dict[UUID, list[ElementCopy]]:
        found: dict[UUID, list[ElementCopy]] = {}
        for element in self.copy.elements:
            root = self.root_of(element.uid)
            if root is not None and root is not element:
                found.setdefault(root.uid, []).append(element)
        return found


class _Writer:
    """Writes the panels of one page, with what was posted where it was refused."""

    def __init__(self, sheet: Sheet, posted: QueryDict | None, refusals: Refusals) -> None:
        self.sheet, self.posted, self.refusals = sheet, posted, refusals
        self.copy, self.names = sheet.copy, sheet.names
        self.form = sheet.copy.form

    def panel(self, element: ElementCopy | None, name: str) -> Panel:
        """Return one element, or the study, with its cells and what belongs to it."""
        keys = [element.group] if element else [g.key for g in self.form.groups if g.is_study]
        specs = self.form.in_group(element.group) if element else self.form.of_study()
        cells = self._cells(element, specs)
        sections = [
            Section(section, [cells[spec.key] for spec in self.form.in_section(section.key)])
            for key in keys
            for section in self.form.sections_of(key)
        ]
        below = list(self._below([element])) if element else []
        return Panel(prefix_of(element.uid if element else None), name, element, sections, below)

    def _below(self, owners: Sequence[ElementCopy]) -> Iterator[Below]:
        """Yield what belongs to some elements of one group, group by group."""
        for group in self.form.children(owners[0].group) if owners else ():
            if not group.across:
                yield self._panels(group, owners)
            elif group.across == owners[0].group:
                for owner in owners:
                    yield self._grid(group, owner)

    def _panels(self, group: GroupSpec, owners: Sequence[ElementCopy]) -> Below:
        uids = {owner.uid for owner in owners}
        elements = [one for one in self.copy.in_group(group.key) if one.parent in uids]
        several = len(owners) > 1
        name = self.names.beside if not several else lambda one: self.names.of(one.uid)
        return Below(
            group=group,
            anchor=f"{group.key}-{prefix_of(owners[0].uid)}",
            of="",
            across=None,
            parents=self._parents(group, owners),
            panels=[self.panel(one, name(one)) for one in elements],
            columns=[],
            rows=[],
            below=[],
        )

    def _grid(self, group: GroupSpec, owner: ElementCopy) -> Below:
        elements = [one for one in self.copy.in_group(group.key) if one.across == owner.uid]
        specs = self.form.in_group(group.key)
        columns = []
        for place, one in enumerate(elements, start=1):
            parent = self.names.of(one.parent)
            cells = self._cells(one, specs, column=f"{parent}, {place}")
            columns.append(Column(one, parent, f"form-{prefix_of(one.uid)}", cells))
        of = [one for key in group.of for one in self.copy.in_group(key)]
        return Below(
            group=group,
            anchor=f"{group.key}-{prefix_of(owner.uid)}",
            of=self.names.of(owner.uid),
            across=owner.uid,
            parents=self._parents(group, of),
            panels=[],
            columns=columns,
            rows=grid_rows(columns, specs, self.names.unit_label),
            below=list(self._below(elements)),
        )

    def _parents(self, group: GroupSpec, owners: Sequence[ElementCopy]) -> list[tuple[UUID, str]]:
        """Return those to which one more can be added."""
        taken = {one.parent for one in self.copy.in_group(group.key) if not group.repeats}
        return [(one.uid, self.names.of(one.uid)) for one in owners if one.uid not in taken]

    def _cells(
        self, element: ElementCopy | None, specs: Sequence[FieldSpec], column: str = ""
    ) -> dict[str, SheetCell]:
        prefix = prefix_of(element.uid if element else None)
        posted = self.posted
        data = posted if posted and any(n.startswith(f"{prefix}-") for n in posted) else None
        form = CellsForm(data, specs=specs, names=self.names, element=element)
        dressed = [
            part.key for spec in specs if column or len(spec.cells) > 1 for part in spec.cells
        ]
        form.dress(dressed, column)
        return {spec.key: self._cell(form, spec, data) for spec in specs}

    def _cell(self, form: CellsForm, spec: FieldSpec, data: QueryDict | None) -> SheetCell:
        name = form.add_prefix(spec.key)
        stored = self.sheet.values.get(name, [])
        own = self.sheet.findings_by_name
        controls = []
        for part in spec.cells:
            here = form.add_prefix(part.key)
            refused = self.refusals.get(here, [])
            if refused:
                form.add_error(part.key, refused)
            controls.append(
                SheetControl(
                    spec=part,
                    field=form[part.key],
                    label=part_label(part),
                    findings=own.get(here, []),
                    refusals=refused,
                )
            )
        source = source_of(spec, stored, self.sheet.reports)
        return SheetCell(
            spec=spec,
            name=name,
            label=spec.label(self.names.unit_label),
            controls=controls,
            findings=own.get(name, []) if len(controls) > 1 else [],
            beside={each: data.get(f"{name}-{each}", text) for each, text in source.items()}
            if data is not None
            else source,
            seen=str(stored[-1].uid) if stored else "",
        )


def _answered(cells: Mapping[str, object]) -> int:
    return len({question_key(key) for key in cells})
