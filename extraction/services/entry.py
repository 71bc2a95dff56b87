"""What an extractor enters: answers in the cells of their own draft."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from extraction.choices import Obtained
from extraction.models import Element, Extraction, Field, Report, Study, Value
from extraction.schema import (
    MAX_TEXT,
    Answer,
    AnswerRefused,
    FieldSpec,
    FormSpec,
    question_key,
    read_answer,
)
from extraction.schema.summary_parts import PARTS
from extraction.services.drafts import begin_draft, elements_of
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership

CONTENT = (
    "text",
    "number",
    "qualifier",
    "missing",
    "unit",
    "obtained",
    "formula",
    "note",
    "page",
    "quote",
)
LONGEST = {"page": 40, "unit": 40}


@dataclass(frozen=True, kw_only=True)
class CellInput:
    """What was typed into one cell, and where it stands in the report.

    Args:
        key: the question, with the part after a point where it asks for a summary statistic.
        text: the answer as typed; blank clears the cell.
        element: the element it is about; none for the study itself.
        obtained: how the value was obtained.
        formula: what a calculated value was calculated from.
        note: anything to say beside the value.
        page: the page of the report.
        quote: the words of the report.
        unit: the unit printed, where it is not the field's own.
        report: the uid of the report it was read in, empty where the study has one.
        seen: the uid of the value that was on the screen, empty for a blank cell, of a summary
            statistic that of its latest part; ``None`` where nobody looked. Another value there by
            now is not overwritten.
    """

    key: str
    text: str
    element: Element | None = None
    obtained: str = Obtained.REPORTED
    formula: str = ""
    note: str = ""
    page: str = ""
    quote: str = ""
    unit: str | None = None
    report: str = ""
    seen: str | None = None


@dataclass(frozen=True)
class SavedCells:
    """What became of many cells: the values now in force, and why others were refused."""

    values: dict[CellInput, Value]
    refused: dict[CellInput, ValidationError]


@all_or_nothing
def set_value(
    *,
    extractor: Membership,
    extraction: Extraction,
    key: str,
    text: str,
    element: Element | None = None,
    **beside: Any,
) -> Value | None:
    """Store one answer; the same answer twice writes nothing, and a blank clears the cell.

    ``beside`` is what else a ``CellInput`` holds: ``obtained``, ``formula``, ``note``, ``page``,
    ``quote``, ``unit``, ``report`` and ``seen``.

    Returns the value now in force; ``None`` where the cell never held anything.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), the form asks no such thing
            (code ``unknown_field``), the element is not in the copy (code ``element_removed``),
            the question was answered elsewhere meanwhile (code ``changed_meanwhile``), the report
            is none of the study's (code ``unknown_report``), or the field does not take the answer
            (the code of the rule).
    """
    cell = CellInput(key=key, text=text, element=element, **beside)
    act, copy = begin_draft(extractor, extraction)
    saved = _write(act, copy, extractor, [cell])
    for refusal in saved.refused.values():
        raise refusal
    return saved.values.get(cell)


@all_or_nothing
def save_cells(
    *,
    extractor: Membership,
    extraction: Extraction,
    cells: Sequence[CellInput],
    keep_good: bool = False,
) -> SavedCells:
    """Store many answers as one act; a question is stored whole or not at all.

    Args:
        extractor: whose copy it is.
        extraction: the copy, a draft.
        cells: the answers; those that change nothing are passed over.
        keep_good: store the questions that are accepted although another is refused; otherwise one
            refusal leaves everything as it was.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), or a cell was refused
            and ``keep_good`` is not set.
    """
    act, copy = begin_draft(extractor, extraction)
    saved = _write(act, copy, extractor, cells, all_or_nothing=not keep_good)
    if saved.refused and not keep_good:
        raise ValidationError(
            [
                ValidationError(f"{cell.key}: {message}", code=refusal.code)
                for cell, refusal in saved.refused.items()
                for message in refusal.messages
            ]
        )
    return saved


def _write(
    act: Act,
    copy: Extraction,
    extractor: Membership,
    cells: Sequence[CellInput],
    *,
    all_or_nothing: bool = True,
) -> SavedCells:
    writer = _Writer(copy, extractor, cells)
    saved = SavedCells({}, {})
    read: dict[CellInput, Value] = {}
    for cell in cells:
        try:
            read[cell] = writer.read(cell)
        except ValidationError as refusal:
            saved.refused[cell] = refusal
    halves = {_question(cell) for cell in saved.refused}
    changed: list[tuple[Value | None, Value]] = []
    for cell, new in read.items():
        old = writer.stored(cell)
        if _question(cell) in halves:
            continue
        if not differs(old, new):
            if old is not None:
                saved.values[cell] = old
            continue
        changed.append((old, new))
        saved.values[cell] = new
    if changed and not (saved.refused and all_or_nothing):
        act.supersede(*[old for old, _ in changed if old is not None])
        act.bulk_insert([new for _, new in changed])
        act.log("extraction.cells_saved", subject=copy, cells=len(changed))
    return saved


def differs(old: Value | None, new: Value) -> bool:
    """Return whether a new value says anything that the old one does not."""
    before = [getattr(old, name) if old is not None else "" for name in CONTENT]
    same_report = (old.report_id if old is not None else None) == new.report_id
    return not same_report or before != [getattr(new, name) for name in CONTENT]


class _Writer:
    """One copy, read for writing some of its cells."""

    def __init__(self, copy: Extraction, extractor: Membership, cells: Iterable[CellInput]) -> None:
        self.copy, self.member, self.spec = copy, extractor, copy.form_version.spec
        questions = {question_key(cell.key) for cell in cells}
        fields = Field.objects.filter(form_version=copy.form_version, key__in=questions)
        self.fields = {field.key: field for field in fields}
        asked = [self.spec.by_key[key] for key in questions if key in self.spec.by_key]
        keys = {part.key for spec in asked for part in spec.cells}
        named = any(cell.report for cell in cells)
        self.reports = reports_by_uid(copy.study) if named else {}
        self.elements = {element.pk: element for element in elements_of(copy)}
        self.read_already: dict[tuple[int | None, str], Value] = {}
        parents = Q(key__in=parent_keys(self.spec))
        values = Value.objects.current().filter(Q(key__in=keys) | parents, extraction=copy)
        self.current = {
            (value.element_id, value.key): value
            for value in values.select_related("extraction", "element", "field", "member")
        }
        self.versions: dict[tuple[int | None, str], Value] = {}
        for (element, key), value in self.current.items():
            place = (element, question_key(key))
            known = self.versions.get(place, value)
            newer = (value.recorded_at, value.pk) > (known.recorded_at, known.pk)
            self.versions[place] = value if newer else known

    def stored(self, cell: CellInput) -> Value | None:
        """Return the value now in the cell."""
        return self.current.get(_place(cell))

    def read(self, cell: CellInput) -> Value:
        """Return the value a cell asks for, or refuse it."""
        spec = self.spec.by_cell.get(cell.key)
        if spec is None or question_key(cell.key) not in self.fields:
            raise ValidationError("This form asks no such question.", code="unknown_field")
        if _place(cell) in self.read_already:
            raise ValidationError(f"“{spec.question}” is answered twice.", code="repeated")
        element = self._element(cell, spec)
        answer = read_cell(spec, cell.text)
        if spec.type.is_reference and answer is not None and not answer.missing:
            self._references(spec, element, answer)
        value = new_value(cell, answer)
        if cell.report:
            value.report = named_report(self.reports, cell.report, value)
        self._seen(cell, value)
        value.extraction, value.element = self.copy, element
        value.field, value.member = self.fields[question_key(cell.key)], self.member
        self.read_already[_place(cell)] = value
        return value

    def _element(self, cell: CellInput, spec: FieldSpec) -> Element | None:
        if cell.element is None:
            if spec.group not in self.spec.study_groups:
                raise ValidationError(
                    f"“{spec.question}” is asked of a {spec.group}.", code="unknown_field"
                )
            return None
        element = self.elements.get(cell.element.pk)
        if element is None:
            raise ValidationError(
                "This part of the extraction was removed.", code="element_removed"
            )
        if element.group != spec.group:
            raise ValidationError(
                f"“{spec.question}” is not asked of a {element.group}.", code="unknown_field"
            )
        return element

    def _seen(self, cell: CellInput, new: Value) -> None:
        """Refuse to overwrite what another window stored after this one was shown.

        A question is shown and changed as one: another part of it counts, too.
        """
        newest = self.versions.get(_question(cell))
        version = str(newest.uid) if newest else ""
        if cell.seen is None or cell.seen == version or not differs(self.stored(cell), new):
            return
        raise ValidationError(
            f"Another window stored “{self._said(cell).replace('%', '%%')}” here meanwhile. "
            "Store yours again to replace it; both are kept.",
            code="changed_meanwhile",
            params={"seen": version},
        )

    def _said(self, cell: CellInput) -> str:
        """Return what a question says now, of a summary statistic part by part."""
        place, _ = _place(cell)
        parts = self.spec.by_key[question_key(cell.key)].cells
        stored = [(part, self.current.get((place, part.key))) for part in parts]
        said = [
            (part, value.text or value.get_missing_display())
            for part, value in stored
            if value is not None and (value.text or value.missing)
        ]
        if len(parts) == 1:
            return "".join(text for _, text in said)
        return "; ".join(f"{PARTS[part.key.partition('.')[2]].label} {text}" for part, text in said)

    def _references(self, spec: FieldSpec, element: Element | None, answer: Answer) -> None:
        known = {str(e.uid) for e in self.elements.values() if e.group == spec.refers_to}
        if not set(answer.parts) <= known:
            raise ValidationError(
                f"Choose a {spec.refers_to} of this extraction.", code="not_in_copy"
            )
        if element is not None and element.group == spec.refers_to:
            uids = {e.pk: str(e.uid) for e in self.elements.values()}
            named = {
                uids[pk]: value.text.split("; ")
                for (pk, key), value in {**self.current, **self.read_already}.items()
                if key == spec.key and pk in uids and value.text
            }
            refuse_circle({**named, str(element.uid): answer.parts}, str(element.uid))


def refuse_circle(named: Mapping[str, Collection[str]], uid: str) -> None:
    """Refuse that an element is part of itself, by what each element names of its own group."""
    open_, seen = list(named.get(uid, ())), set()
    while open_:
        other = open_.pop()
        if other == uid:
            raise ValidationError(
                "Nothing can be part of itself, directly or through others.",
                code="part_of_itself",
            )
        if other not in seen:
            seen.add(other)
            open_ += named.get(other, ())


def reports_by_uid(study: Study) -> dict[str, Report]:
    """Return the current reports of a study by their uid. One query."""
    return {str(report.uid): report for report in Report.objects.current().filter(study=study)}


def named_report(reports: Mapping[str, Report], uid: str, value: Value) -> Report | None:
    """Return the report an answer names, none where the cell says nothing at all."""
    if uid not in reports:
        raise ValidationError("Choose a report of this study.", code="unknown_report")
    return reports[uid] if any(getattr(value, name) for name in CONTENT) else None


def _place(cell: CellInput) -> tuple[int | None, str]:
    return (cell.element.pk if cell.element else None, cell.key)


def _question(cell: CellInput) -> tuple[int | None, str]:
    return (cell.element.pk if cell.element else None, question_key(cell.key))


def parent_keys(spec: FormSpec) -> list[str]:
    """Return the fields in which an element names others of its own group."""
    return [f.key for f in spec.fields if f.type.is_reference and f.group == f.refers_to]


def read_cell(spec: FieldSpec, text: str) -> Answer | None:
    """Read an answer, with the rule's refusal as a ``ValidationError``."""
    try:
        return read_answer(spec, text)
    except AnswerRefused as refused:
        raise ValidationError(refused.message, code=refused.code) from refused


def new_value(cell: CellInput, answer: Answer | None) -> Value:
    """Return the unsaved value of a cell, or refuse what stands beside the answer."""
    if cell.obtained and cell.obtained not in Obtained.values:
        raise ValidationError("Choose how the value was obtained.", code="unknown_obtained")
    beside = {
        name: _plain(getattr(cell, name), name) for name in ("formula", "note", "page", "quote")
    }
    given = answer is not None and not answer.missing
    if given and cell.obtained == Obtained.CALCULATED and not beside["formula"]:
        raise ValidationError(
            "Give the formula of a calculated value, with the numbers that went into it.",
            code="formula_missing",
        )
    unit = answer.unit if answer is not None else ""
    if given and cell.unit is not None:
        unit = _plain(cell.unit, "unit")
    return Value(
        key=cell.key,
        text=answer.text if answer is not None and given else "",
        number=answer.number if answer is not None else "",
        qualifier=answer.qualifier if answer is not None else "",
        missing=answer.missing if answer is not None else "",
        unit=unit,
        obtained=cell.obtained if given else "",
        **beside,
    )


def _plain(text: str, name: str) -> str:
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    longest = LONGEST.get(name, MAX_TEXT)
    if len(cleaned) > longest:
        raise ValidationError(
            f"The {name} has {len(cleaned):,} characters; at most {longest:,} are kept.",
            code="too_long",
        )
    if any(character < " " and character not in "\n\t" for character in cleaned) or any(
        "\ud800" <= character <= "\udfff" for character in cleaned
    ):
        raise ValidationError(
            f"The {name} holds a character that cannot be stored.", code="bad_character"
        )
    return cleaned
