"""A copy of a study's data as it stood at an instant, read in a constant number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef

from extraction import groups
from extraction.choices import Obtained
from extraction.models import (
    Element,
    ElementRemoval,
    Extraction,
    Report,
    Study,
    StudyDetails,
    Value,
)
from extraction.querysets.reports import reported_copies
from extraction.schema import Answer, CopyAnswers, ElementAnswers, FormSpec
from reviews.models import Review
from reviews.versions import valid


class Cell(NamedTuple):
    """One answer as it stood: the text as printed, the parsed decimal, or why there is none.

    A review has tens of thousands; a frozen dataclass takes four times as long to make.
    """

    uid: UUID
    key: str
    text: str
    number: str
    qualifier: str
    missing: str
    unit: str
    note: str
    page: str
    quote: str = ""
    obtained: str = ""
    formula: str = ""
    report: int | None = None

    @property
    def answer(self) -> Answer:
        """Return the cell as the rules of the form see an answer."""
        obtained = "" if self.obtained == Obtained.REPORTED else self.obtained
        return Answer(self.text, self.number, self.qualifier, self.missing, self.unit, obtained)

    @property
    def decimal(self) -> Decimal | None:
        """Return the number of the cell, ``None`` where it has none."""
        return Decimal(self.number) if self.number else None


# The columns of a value that make a cell, in the order of the cell's own parts.
OF_A_CELL = tuple("report_id" if part == "report" else part for part in Cell._fields)


@dataclass(slots=True)
class ElementCopy:
    """One element with its answers by key, and by meaning where they have one."""

    uid: UUID
    group: str
    position: int
    parent: UUID | None
    across: UUID | None
    cells: dict[str, Cell] = field(default_factory=dict)
    meant: dict[str, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class StudyCopy:
    """One copy of one study: its own answers and those of its elements, in their order."""

    study: Study
    label: str
    note: str
    reports: list[Report]
    extraction: Extraction
    cells: dict[str, Cell] = field(default_factory=dict)
    meant: dict[str, Cell] = field(default_factory=dict)
    elements: list[ElementCopy] = field(default_factory=list)

    @property
    def form(self) -> FormSpec:
        """Return what the copy's form version asks."""
        return self.extraction.form_version.spec

    @property
    def answers(self) -> CopyAnswers:
        """Return the copy as the rules of the form see it."""
        return CopyAnswers(
            study=_answers(self.cells),
            elements=[
                ElementAnswers(
                    uid=str(element.uid),
                    group=element.group,
                    answers=_answers(element.cells),
                    parent=str(element.parent or ""),
                    across=str(element.across or ""),
                )
                for element in self.elements
            ],
        )

    def in_group(self, group: str) -> list[ElementCopy]:
        """Return the elements of one group, in their order."""
        return [element for element in self.elements if element.group == group]

    def of(self, group: str, element: ElementCopy) -> list[ElementCopy]:
        """Return the elements of one group that belong to an element, in their order."""
        belonging = (one for one in self.elements if one.group == group)
        return [one for one in belonging if element.uid in (one.parent, one.across)]

    @property
    def cohorts(self) -> list[ElementCopy]:
        """Return the cohorts."""
        return self.in_group(groups.COHORT)

    @property
    def interventions(self) -> list[ElementCopy]:
        """Return the interventions."""
        return self.in_group(groups.INTERVENTION)

    @property
    def outcomes(self) -> list[ElementCopy]:
        """Return the outcomes."""
        return self.in_group(groups.OUTCOME)

    @property
    def results(self) -> list[ElementCopy]:
        """Return the results."""
        return self.in_group(groups.RESULT)


def consensus_copies(review: Review, instant: datetime | None = None) -> list[StudyCopy]:
    """Return the final consensus copies of a review's included studies, by number of study.

    These are the data that reports print: nothing else is released. Eight queries.
    """
    # A form is as long as all answers of a study, so it is read once and not beside every copy.
    copies = reported_copies(review, instant).select_related("study")
    return read_copies(copies.prefetch_related("form_version__form"), instant)


def read_copies(
    extractions: Iterable[Extraction], instant: datetime | None = None
) -> list[StudyCopy]:
    """Return the copies with their answers as they stood, by number of study and seat.

    ``extractions`` have their study and form version read. A constant number of queries.
    """
    chosen = sorted(extractions, key=lambda e: (e.study.number, e.seat))
    keys = [extraction.pk for extraction in chosen]
    studies = [extraction.study_id for extraction in chosen]
    valid_now = valid(instant)
    labels = {d.study_id: d for d in StudyDetails.objects.filter(valid_now, study__in=studies)}
    reports: dict[int, list[Report]] = {}
    for report in Report.objects.filter(valid_now, study__in=studies).select_related("record"):
        reports.setdefault(report.study_id, []).append(report)
    copies = {
        extraction.pk: StudyCopy(
            study=extraction.study,
            label=labels[extraction.study_id].label,
            note=labels[extraction.study_id].note,
            reports=reports.get(extraction.study_id, []),
            extraction=extraction,
        )
        for extraction in chosen
    }
    elements = _elements(keys, instant)
    for extraction_pk, element in elements.values():
        copies[extraction_pk].elements.append(element)
    # Of so many rows only what a cell holds is read: a model for each would take most of the time.
    answers = Value.objects.filter(valid_now, extraction__in=keys).answered()
    meanings: dict[int, dict[str, str]] = {}
    for copy_pk, element_pk, *said in answers.values_list(
        "extraction_id", "element_id", *OF_A_CELL
    ):
        if element_pk is not None and element_pk not in elements:
            continue
        copy, cell = copies[copy_pk], Cell._make(said)
        owner = copy if element_pk is None else elements[element_pk][1]
        owner.cells[cell.key] = cell
        version = copy.extraction.form_version_id
        if version not in meanings:
            asked = copy.form.by_cell
            meanings[version] = {key: field.means for key, field in asked.items() if field.means}
        meant = meanings[version].get(cell.key)
        if meant is not None:
            owner.meant[meant] = cell
    return list(copies.values())


def read_copy(extraction: Extraction, instant: datetime | None = None) -> StudyCopy:
    """Return one copy with its answers as they stood."""
    return read_copies([extraction], instant)[0]


@dataclass(frozen=True)
class RemovedPart:
    """An element that was taken out of its copy and can be brought back."""

    uid: UUID
    group: str
    name: str
    parents: tuple[UUID, ...]


def removed_parts(extraction: Extraction) -> list[RemovedPart]:
    """Return what was taken out of a copy, the latest first. Two queries."""
    removals = ElementRemoval.objects.current().filter(element__extraction=extraction)
    elements = [
        removal.element
        for removal in removals.select_related("element__parent", "element__across").order_by(
            "-recorded_at", "pk"
        )
    ]
    form = extraction.form_version.spec
    texts = {spec.key for spec in form.fields if spec.type == "text"}
    values = Value.objects.current().filter(element__in=elements, key__in=texts).exclude(text="")
    names: dict[int | None, str] = {}
    for value in values.order_by("field__position"):
        names.setdefault(value.element_id, value.text)
    return [
        RemovedPart(
            uid=element.uid,
            group=element.group,
            name=names.get(element.pk, f"{_group_name(form, element.group)} {element.position}"),
            parents=tuple(e.uid for e in (element.parent, element.across) if e is not None),
        )
        for element in elements
    ]


def _group_name(form: FormSpec, key: str) -> str:
    group = form.group(key)
    return group.name if group else key


def _elements(
    extractions: list[int], instant: datetime | None
) -> dict[int, tuple[int, ElementCopy]]:
    removed = ElementRemoval.objects.filter(valid(instant), element=OuterRef("pk"))
    rows = Element.objects.filter(~Exists(removed), extraction__in=extractions)
    if instant is not None:
        rows = rows.as_of(instant)
    rows = rows.order_by("extraction", "group", "position", "pk")
    said = ("uid", "group", "position", "parent__uid", "across__uid")
    return {
        pk: (extraction, ElementCopy(*parts))
        for pk, extraction, *parts in rows.values_list("pk", "extraction_id", *said)
    }


def _answers(cells: Mapping[str, Cell]) -> dict[str, Answer]:
    return {key: cell.answer for key, cell in cells.items()}
