"""What a third person makes of two extractions, cell by cell, and the end of it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from extraction.choices import Choice, CopyStanding, ErrorType
from extraction.compared import ComparedCell, ComparedStudy, Place
from extraction.copies import Cell, read_copy
from extraction.models import (
    CellResolution,
    CopyState,
    Element,
    Extraction,
    Field,
    Report,
    Study,
    Value,
    final_consensus,
)
from extraction.schema import FieldSpec, FieldType
from extraction.services.alignment import begin_comparison
from extraction.services.drafts import elements_of, standing_of
from extraction.services.entry import (
    CONTENT,
    CellInput,
    differs,
    named_report,
    new_value,
    read_cell,
    refuse_circle,
    reports_by_uid,
)
from extraction.services.standing import Overrides, overriding_note
from extraction.services.studies import lock_study
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import counted

COPIED = tuple(name for name in CONTENT if name != "text")


@all_or_nothing
def take_agreed(*, adjudicator: Membership, study: Study) -> int:
    """Take every cell in which both say the same into the consensus, as one act.

    Returns how many cells were taken.

    Raises:
        ValidationError: see ``alignment.begin_comparison``; the parts are not aligned yet (code
            ``not_aligned``).
    """
    act, desk = _begin(adjudicator, study)
    cells = [cell for cell in desk.compared.cells if cell.to_take]
    if not cells:
        return 0
    desk.settle([(cell, desk.chosen(cell, Choice.A), Choice.AGREED) for cell in cells])
    act.log("extraction.agreed_taken", subject=study, cells=len(cells))
    return len(cells)


@all_or_nothing
def resolve_cell(
    *,
    adjudicator: Membership,
    study: Study,
    key: str,
    element: Element | None = None,
    choice: str,
    reason: str = "",
    error_type: str = "",
    **third: Any,
) -> CellResolution:
    """Settle one question: with A's answer, B's answer, or a third one.

    ``third`` is what a ``CellInput`` holds for the choice ``other``: ``text`` and what stands
    beside it; of a summary statistic, ``parts`` with a text for each part that is not blank, by key
    of the cell. The same settlement twice writes nothing.

    Raises:
        ValidationError: see ``take_agreed``; the consensus has no such cell (code
            ``unknown_field``), the choice is none (code ``unknown_choice``), it lacks a reason
            (code ``reason_missing``), both say the same was chosen where they do not (code
            ``not_agreed``), a summary statistic is not given by its parts (code ``parts_missing``),
            an element would be part of itself (code ``part_of_itself``), or the field does not take
            the third value (the code of its rule).
    """
    act, desk = _begin(adjudicator, study)
    cell = desk.compared.cell(key, element.uid if element else None)
    if cell is None:
        raise ValidationError("The consensus has no such cell.", code="unknown_field")
    if choice not in Choice.values or (error_type and error_type not in ErrorType.values):
        raise ValidationError("Choose one of the answers offered.", code="unknown_choice")
    if choice == Choice.AGREED and not cell.difference.agrees:
        raise ValidationError("The two answers differ.", code="not_agreed")
    if choice != Choice.AGREED and not reason.strip():
        raise ValidationError("Say why this value is right.", code="reason_missing")
    values = desk.third(cell, **third) if choice == Choice.OTHER else desk.chosen(cell, choice)
    old = cell.resolution
    same = old is not None and (old.choice, old.reason, old.error_type) == (
        choice,
        reason.strip(),
        error_type,
    )
    if old is not None and same and cell.is_settled and not desk.changes(cell, values):
        return old
    found = desk.settle([(cell, values, choice)], reason=reason.strip(), error_type=error_type)
    act.log("extraction.cell_resolved", subject=found[0], key=key, choice=choice)
    return found[0]


@all_or_nothing
def resolve_element(
    *,
    adjudicator: Membership,
    study: Study,
    element: Element | None = None,
    choice: str,
    reason: str,
    error_type: str = "",
) -> int:
    """Settle all open cells of one part of the study with the same person's answers.

    Returns how many cells were settled.

    Raises:
        ValidationError: see ``resolve_cell``.
    """
    act, desk = _begin(adjudicator, study)
    if choice not in (Choice.A, Choice.B) or (error_type and error_type not in ErrorType.values):
        raise ValidationError("Choose one of the answers offered.", code="unknown_choice")
    if not reason.strip():
        raise ValidationError("Say why these values are right.", code="reason_missing")
    wanted = element.uid if element else None
    cells = [c for c in desk.compared.cells if c.is_open and c.place[0] == wanted]
    if not cells:
        return 0
    desk.settle(
        [(cell, desk.chosen(cell, choice), choice) for cell in cells],
        reason=reason.strip(),
        error_type=error_type,
    )
    act.log("extraction.element_resolved", subject=element or study, cells=len(cells))
    return len(cells)


@all_or_nothing
def unresolve_cell(
    *, adjudicator: Membership, study: Study, key: str, element: Element | None = None
) -> None:
    """Take a settlement back: the cell is open again, and blank in the consensus.

    Raises:
        ValidationError: see ``take_agreed``; the cell is not settled (code ``not_settled``).
    """
    act, desk = _begin(adjudicator, study)
    cell = desk.compared.cell(key, element.uid if element else None)
    if cell is None or cell.resolution is None:
        raise ValidationError("This cell is not settled.", code="not_settled")
    desk.write(cell, [Value(key=part.key, obtained="") for part in cell.spec.cells])
    act.supersede(cell.resolution)
    act.log("extraction.cell_unresolved", subject=study, key=key)


@all_or_nothing
def finalise_study(
    *, adjudicator: Membership, study: Study, overrides: Overrides | None = None
) -> CopyState:
    """Make the consensus final, which releases the study's data.

    Raises:
        ValidationError: see ``take_agreed``; a differing cell is not settled (code
            ``unsettled``), agreed cells are not taken (code ``agreed_not_taken``), or the
            consensus fails its checks (see ``standing.submit_extraction``).
    """
    act, desk = _begin(adjudicator, study)
    waiting = [cell for cell in desk.compared.cells if cell.is_open]
    if waiting:
        are = "is" if len(waiting) == 1 else "are"
        raise ValidationError(
            f"{counted(len(waiting), 'cell', 'cells')} in which the two differ {are} not settled "
            "yet.",
            code="unsettled",
        )
    agreed = sum(cell.to_take for cell in desk.compared.cells)
    if agreed:
        are = "is" if agreed == 1 else "are"
        raise ValidationError(
            f"{counted(agreed, 'cell', 'cells')} in which both say the same {are} not taken yet: "
            "take all agreed.",
            code="agreed_not_taken",
        )
    note = overriding_note(read_copy(desk.copy), act.review, overrides or {})
    state = act.replace(
        standing_of(desk.copy),
        CopyState(extraction=desk.copy, standing=CopyStanding.FINAL, note=note),
    )
    act.log("extraction.study_finalised", subject=study)
    return state


@all_or_nothing
def reopen_study(*, lead: Membership, study: Study, reason: str) -> CopyState:
    """Take the release of a study's data back, so that its consensus can be corrected.

    Raises:
        ValidationError: no reason (code ``reason_missing``), or the study is not final (code
            ``not_final``).
    """
    study = lock_study(lead, study)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    if not reason.strip():
        raise ValidationError("Say why the study is opened again.", code="reason_missing")
    copy = final_consensus().filter(study=study).first()
    if copy is None:
        raise ValidationError("This study is not final.", code="not_final")
    state = act.replace(
        standing_of(copy),
        CopyState(extraction=copy, standing=CopyStanding.DRAFT, note=reason.strip()),
    )
    act.log("extraction.study_reopened", subject=study)
    return state


def _begin(adjudicator: Membership, study: Study) -> tuple[Act, "_Desk"]:
    act, compared = begin_comparison(adjudicator, study)
    if not compared.is_aligned or compared.consensus is None:
        raise ValidationError(
            "Confirm first which parts of the two extractions are the same.", code="not_aligned"
        )
    return act, _Desk(act, adjudicator, compared, compared.consensus.extraction)


class _Desk:
    """The consensus copy of one study, read for settling its cells."""

    def __init__(
        self, act: Act, adjudicator: Membership, compared: ComparedStudy, copy: Extraction
    ) -> None:
        self.act, self.member, self.compared, self.copy = act, adjudicator, compared, copy
        fields = Field.objects.filter(form_version=copy.form_version)
        self.fields = {field.key: field for field in fields}
        self.elements = {element.uid: element for element in elements_of(copy)}
        values = Value.objects.current().filter(extraction=copy).select_related("element")
        self.current: dict[Place, Value] = {
            (value.element.uid if value.element else None, value.key): value for value in values
        }

    def chosen(self, cell: ComparedCell, choice: str) -> list[Value]:
        """Return the answer of one of the two, as the consensus would hold it."""
        side = cell.b if choice == Choice.B else cell.a
        return [self._copied(part, side.get(part.key)) for part in cell.spec.cells]

    def _copied(self, spec: FieldSpec, source: Cell | None) -> Value:
        """Return a copy of an answer, naming elements of the consensus where it names any."""
        if source is None:
            return Value(key=spec.key, obtained="")
        value = Value(
            key=spec.key,
            text=source.text,
            report_id=source.report,
            **{name: getattr(source, name) for name in COPIED},
        )
        if spec.type.is_reference and not source.missing:
            mapped = (self.compared.consensus_of.get(part) for part in source.answer.parts)
            value.text = "; ".join(sorted(uid for uid in mapped if uid))
        return value

    def third(
        self,
        cell: ComparedCell,
        *,
        text: str = "",
        parts: Mapping[str, str] | None = None,
        **beside: Any,
    ) -> list[Value]:
        """Return a third answer, read as the form reads any."""
        asked = cell.spec.cells
        if parts is None and cell.spec.type is FieldType.SUMMARY:
            raise ValidationError("Give the answer part by part.", code="parts_missing")
        texts = parts if parts is not None else {cell.spec.key: text}
        if texts.keys() - {part.key for part in asked}:
            raise ValidationError("This question has no such part.", code="unknown_field")
        return [self._third(part, cell, texts.get(part.key, ""), beside) for part in asked]

    def _third(
        self, spec: FieldSpec, cell: ComparedCell, text: str, beside: Mapping[str, Any]
    ) -> Value:
        try:
            answer = read_cell(spec, text)
        except ValidationError as refusal:
            if spec.key == cell.spec.key:
                raise
            # The words of a rule may not say which of the parts it refuses.
            raise ValidationError(
                f"{spec.question}: {' '.join(refusal.messages)}", code=refusal.code
            ) from refusal
        if spec.type.is_reference and answer is not None and not answer.missing:
            known = {str(uid) for uid, e in self.elements.items() if e.group == spec.refers_to}
            own = {str(cell.element.uid)} if cell.element else set()
            if not set(answer.parts) <= known - own:
                raise ValidationError(
                    f"Choose a {spec.refers_to} of the consensus.", code="not_in_copy"
                )
        blank_part = answer is None and spec.key != cell.spec.key
        typed = CellInput(key=spec.key, text=text, **({} if blank_part else beside))
        value = new_value(typed, answer)
        if typed.report:
            value.report = named_report(self.reports, typed.report, value)
        return value

    @cached_property
    def reports(self) -> dict[str, Report]:
        """Return the reports of the study by their uid."""
        return reports_by_uid(self.compared.study)

    def changes(self, cell: ComparedCell, values: Sequence[Value]) -> bool:
        """Return whether these values say anything that the consensus does not say already."""
        return any(differs(self._stored(cell, value), value) for value in values)

    def settle(
        self,
        settled: Sequence[tuple[ComparedCell, Sequence[Value], str]],
        *,
        reason: str = "",
        error_type: str = "",
    ) -> list[CellResolution]:
        """Write the consensus values and how each question was settled."""
        firsts = self._write([(cell, values) for cell, values, _ in settled])
        self.act.supersede(*[c.resolution for c, _, _ in settled if c.resolution is not None])
        return self.act.bulk_insert(
            [
                CellResolution(
                    study=self.compared.study,
                    form_id=self.copy.form_id,
                    element=self.elements[cell.element.uid] if cell.element else None,
                    key=cell.spec.key,
                    choice=choice,
                    value=first,
                    reason="" if choice == Choice.AGREED else reason,
                    error_type="" if choice == Choice.AGREED else error_type,
                    member=self.member,
                )
                for (cell, _, choice), first in zip(settled, firsts, strict=True)
            ]
        )

    def write(self, cell: ComparedCell, values: Sequence[Value]) -> None:
        """Write the values of one question into the consensus."""
        self._write([(cell, values)])

    def _stored(self, cell: ComparedCell, value: Value) -> Value | None:
        return self.current.get((cell.place[0], value.key))

    def _write(self, cells: Sequence[tuple[ComparedCell, Sequence[Value]]]) -> list[Value]:
        """Write values into the consensus, and return the first of each question.

        One that is there already is kept. A blank part is written where it replaces an answer, or
        where it is the first, which the settlement names.
        """
        firsts: list[Value] = []
        new: list[tuple[Value | None, Value]] = []
        for cell, values in cells:
            for place, value in enumerate(values):
                old = self._stored(cell, value)
                kept = old is not None and not differs(old, value)
                needed = place == 0 or old is not None or differs(None, value)
                if place == 0:
                    firsts.append(old if kept and old is not None else value)
                if kept or not needed:
                    continue
                value.extraction, value.field = self.copy, self.fields[cell.spec.key]
                value.element = self.elements[cell.element.uid] if cell.element else None
                value.member = self.member
                new.append((old, value))
        self._refuse_circles([value for _, value in new])
        self.act.supersede(*[old for old, _ in new if old is not None])
        self.act.bulk_insert([value for _, value in new])
        return firsts

    def _refuse_circles(self, new: Sequence[Value]) -> None:
        """Refuse that an element becomes part of itself: each of the two may have been right."""
        form = self.compared.form
        for value in new:
            spec, element = form.by_cell[value.key], value.element
            if not spec.type.is_reference or element is None or spec.refers_to != element.group:
                continue
            written = {str(v.element.uid): v for v in new if v.key == value.key and v.element}
            stored = {str(uid): v for (uid, key), v in self.current.items() if key == value.key}
            named = {uid: v.text.split("; ") for uid, v in {**stored, **written}.items() if v.text}
            refuse_circle(named, str(element.uid))
