"""The two copies of one study side by side, and what a third person made of each cell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from extraction.choices import CopySeat, CopyStanding
from extraction.comparison import Difference, compare_question
from extraction.copies import Cell, ElementCopy, StudyCopy, read_copies
from extraction.models import (
    Alignment,
    CellResolution,
    CopyState,
    Extraction,
    FormVersion,
    Study,
    Value,
)
from extraction.querysets.vocabularies import vocabularies_of
from extraction.schema import FieldSpec, FormSpec, question_key
from extraction.vocabularies import Vocabularies

Place = tuple[UUID | None, str]


@dataclass(frozen=True)
class ComparedCell:
    """One question in both copies and in the consensus, each the answers by key of the cell.

    A question has one cell, a summary statistic as many as it has parts. ``stale`` says that an
    extractor changed the answer after it was settled.
    """

    spec: FieldSpec
    element: ElementCopy | None
    a: Mapping[str, Cell]
    b: Mapping[str, Cell]
    final: Mapping[str, Cell]
    difference: Difference
    resolution: CellResolution | None
    stale: bool = False

    @property
    def place(self) -> Place:
        """Return where the cell is in the consensus copy."""
        return (self.element.uid if self.element else None, self.spec.key)

    @property
    def is_settled(self) -> bool:
        """Return whether a settlement stands that nothing has overtaken."""
        return self.resolution is not None and not self.stale

    @property
    def is_open(self) -> bool:
        """Return whether the two differ and nobody has settled it."""
        return not self.difference.agrees and not self.is_settled

    @property
    def to_take(self) -> bool:
        """Return whether both say the same and it is not in the consensus yet."""
        said = self.a or self.b or self.final
        return bool(said) and self.difference.agrees and not self.is_settled


@dataclass
class ComparedStudy:
    """One study: its copies, how they are aligned, and every cell compared."""

    study: Study
    a: StudyCopy
    b: StudyCopy
    consensus: StudyCopy | None
    alignments: list[Alignment]
    resolutions: dict[Place, CellResolution]
    changed_at: dict[tuple[int, UUID | None, str], datetime]
    standings: dict[int, CopyState] = field(default_factory=dict)
    vocabularies: Vocabularies = field(default_factory=Vocabularies)

    @property
    def is_final(self) -> bool:
        """Return whether the study's data are released."""
        if self.consensus is None:
            return False
        return self.standings[self.consensus.extraction.pk].standing == CopyStanding.FINAL

    @cached_property
    def unaligned(self) -> list[tuple[str, ElementCopy]]:
        """Return the elements that stand in no pair yet, each with the seat of its copy."""
        known = {row.element_a.uid for row in self.alignments if row.element_a}
        known |= {row.element_b.uid for row in self.alignments if row.element_b}
        return [
            (copy.extraction.seat, element)
            for copy in (self.a, self.b)
            for element in copy.elements
            if element.uid not in known
        ]

    @cached_property
    def to_confirm(self) -> list[Alignment]:
        """Return the pairs that nobody has confirmed, or of which a side was removed since."""
        return [
            row
            for row in self.alignments
            if row.consensus is None or row.settled_by is None or self._lost_a_side(row)
        ]

    @property
    def is_aligned(self) -> bool:
        """Return whether values may be compared: every element stands in a confirmed pair."""
        return self.consensus is not None and not self.unaligned and not self.to_confirm

    @cached_property
    def b_of_a(self) -> dict[str, str]:
        """Return the element of B for each paired element of A."""
        return {
            str(row.element_a.uid): str(row.element_b.uid)
            for row in self.alignments
            if row.element_a and row.element_b
        }

    @cached_property
    def consensus_of(self) -> dict[str, str]:
        """Return the consensus element of each element of A and B that is in the consensus."""
        alive = {element.uid for element in self.consensus.elements} if self.consensus else set()
        return {
            str(side.uid): str(row.consensus.uid)
            for row in self.alignments
            if row.consensus and row.consensus.uid in alive
            for side in (row.element_a, row.element_b)
            if side
        }

    @cached_property
    def cells(self) -> list[ComparedCell]:
        """Return every cell of the consensus, the study's own first, then element by element."""
        return [
            self._cell(spec, element)
            for element in self.subjects()
            for spec in (self.form.in_group(element.group) if element else self.form.of_study())
        ]

    def subjects(self) -> Iterator[ElementCopy | None]:
        """Yield the study itself as ``None``, then the elements of the consensus."""
        yield None
        if self.consensus is not None:
            for group in self.form.element_groups:
                yield from self.consensus.in_group(group.key)

    def cell(self, key: str, element: UUID | None) -> ComparedCell | None:
        """Return one cell; ``None`` where the consensus has none there."""
        return next((cell for cell in self.cells if cell.place == (element, key)), None)

    @cached_property
    def parts(self) -> dict[UUID, ElementCopy]:
        """Return the elements of both extractors' copies by their uid."""
        return {element.uid: element for copy in (self.a, self.b) for element in copy.elements}

    @property
    def form(self) -> FormSpec:
        """Return the form of the consensus: the later version where the two used different ones."""
        if self.consensus is not None:
            return self.consensus.form
        return later_form(self.a.extraction, self.b.extraction).spec

    @cached_property
    def rows_by_consensus(self) -> dict[UUID, Alignment]:
        """Return the pair that each element of the consensus came from."""
        return {row.consensus.uid: row for row in self.alignments if row.consensus}

    def _lost_a_side(self, row: Alignment) -> bool:
        sides = (row.element_a, row.element_b)
        return any(side is not None and side.uid not in self.parts for side in sides)

    def _cell(self, spec: FieldSpec, element: ElementCopy | None) -> ComparedCell:
        place = (element.uid if element else None, spec.key)
        sides = self._sides(element)
        a, b = (_of_question(spec, cells or {}) for _, _, cells in sides)
        answers = [{key: cell.answer for key, cell in side.items()} for side in (a, b)]
        resolution = self.resolutions.get(place)
        changes = [
            self.changed_at.get((copy.extraction.pk, uid, spec.key))
            for copy, uid, side in sides
            if side is not None
        ]
        own = self.consensus.cells if self.consensus else {}
        return ComparedCell(
            spec=spec,
            element=element,
            a=a,
            b=b,
            final=_of_question(spec, element.cells if element else own),
            difference=compare_question(
                spec,
                *answers,
                alignment=self.b_of_a,
                same_word=self.vocabularies.are_same,
            ),
            resolution=resolution,
            stale=resolution is not None
            and any(at is not None and at > resolution.recorded_at for at in changes),
        )

    def _sides(
        self, element: ElementCopy | None
    ) -> list[tuple[StudyCopy, UUID | None, dict[str, Cell] | None]]:
        """Return each copy with the uid and the answers of its part of one subject."""
        if element is None:
            return [(copy, None, copy.cells) for copy in (self.a, self.b)]
        row = self.rows_by_consensus[element.uid]
        found = []
        for copy, side in ((self.a, row.element_a), (self.b, row.element_b)):
            part = self.parts.get(side.uid) if side else None
            found.append((copy, side.uid if side else None, part.cells if part else None))
        return found


def _of_question(spec: FieldSpec, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the answers to one question, by key of the cell."""
    return {part.key: cells[part.key] for part in spec.cells if part.key in cells}


def later_form(*extractions: Extraction) -> FormVersion:
    """Return the form version published last among those of some copies."""
    return max((copy.form_version for copy in extractions), key=lambda version: version.pk)


def read_compared(study: Study) -> ComparedStudy:
    """Return a study whose two seats are taken, compared; a constant number of queries."""
    extractions = Extraction.objects.current().filter(study=study)
    copies = {
        copy.extraction.seat: copy
        for copy in read_copies(
            extractions.select_related("study", "form_version__form", "member__user")
        )
    }
    keys = [copy.extraction.pk for copy in copies.values()]
    people = [copies[CopySeat.A].extraction.pk, copies[CopySeat.B].extraction.pk]
    related = ("element_a", "element_b", "consensus", "settled_by__user")
    rows = Alignment.objects.current().filter(study=study).select_related(*related)
    resolutions = CellResolution.objects.current().filter(study=study)
    values = Value.objects.current().filter(extraction__in=people)
    return ComparedStudy(
        study=study,
        a=copies[CopySeat.A],
        b=copies[CopySeat.B],
        consensus=copies.get(CopySeat.CONSENSUS),
        alignments=list(rows),
        resolutions={
            (row.element.uid if row.element else None, row.key): row
            for row in resolutions.select_related("element", "value", "member__user")
        },
        changed_at=_changes(values.values_list("extraction", "element__uid", "key", "recorded_at")),
        vocabularies=vocabularies_of(study.review),
        standings={
            state.extraction_id: state
            for state in CopyState.objects.current().filter(extraction__in=keys)
        },
    )


def _changes(
    values: Iterable[tuple[int, UUID | None, str, datetime]],
) -> dict[tuple[int, UUID | None, str], datetime]:
    """Return when each question was answered last, by copy, element and question."""
    found: dict[tuple[int, UUID | None, str], datetime] = {}
    for extraction, element, key, at in values:
        place = (extraction, element, question_key(key))
        found[place] = max(at, found.get(place, at))
    return found
