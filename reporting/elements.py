"""Which study and element a row of a table is about, and what it answers to any question.

Rows of such tables have keys that begin with the uid of an element, or of a study.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from extraction import groups
from extraction.copies import Cell as Answer
from extraction.copies import ElementCopy
from extraction.models import FormVersion
from extraction.schema import FieldSpec, FieldType, FormSpec
from reporting.definitions import BLANK, Cell, Snapshot
from reporting.descriptive import described_by_key
from reporting.evidence import SEVERAL, Cohort, StudyEvidence, evidence_of
from reporting.people import own_cohorts
from reporting.printing import Answers, in_places

UID_LENGTH = 36


@dataclass(frozen=True, kw_only=True, slots=True)
class ByKey(Answers):
    """The answers of a study or element by the keys of its form, what they mean left aside."""

    def get(self, means: str) -> Answer | None:
        """Return the answer to the question with a key."""
        return (self.copy.cells if self.element is None else self.element.cells).get(means)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a row is about: a study, or one of its elements with all that it belongs to.

    ``chain`` is the element and what it belongs to, the nearest first; empty of a study.
    """

    study: StudyEvidence
    chain: tuple[ElementCopy, ...] = ()

    @property
    def cohort(self) -> Cohort | None:
        """Return the cohort it is, or belongs to."""
        element = self.in_group(groups.COHORT)
        return next((one for one in self.study.cohorts if one.element is element), None)

    def in_group(self, group: str) -> ElementCopy | None:
        """Return the nearest element of a group among it and what it belongs to."""
        return next((one for one in self.chain if one.group == group), None)

    @property
    def category(self) -> str:
        """Return the category of treatment of its cohort; empty where it has no cohort."""
        cohort = self.cohort
        if cohort is None:
            return ""
        categories = self.study.categories_of(cohort)
        return categories[0] if len(categories) == 1 else SEVERAL


def subject_of(snapshot: Snapshot, row_key: str) -> Subject | None:
    """Return what a row is about by its key, ``None`` where that names no element or study."""
    try:
        uid = UUID(row_key[:UID_LENGTH])
    except ValueError:
        return None
    if "subjects" not in snapshot.kept:
        snapshot.kept["subjects"] = dict(_subjects(snapshot))
    found: dict[UUID, Subject] = snapshot.kept["subjects"]
    return found.get(uid)


def _subjects(snapshot: Snapshot) -> Iterator[tuple[UUID, Subject]]:
    for study in evidence_of(snapshot):
        yield study.uid, Subject(study=study)
        by_uid = {element.uid: element for element in study.copy.elements}
        for element in study.copy.elements:
            yield element.uid, Subject(study=study, chain=tuple(_chain(element, by_uid)))


def _chain(element: ElementCopy, by_uid: dict[UUID, ElementCopy]) -> Iterator[ElementCopy]:
    """Yield an element and what it belongs to, each once, the nearest first."""
    waiting, seen = [element], {element.uid}
    while waiting:
        one = waiting.pop(0)
        yield one
        for uid in (one.parent, one.across):
            if uid in by_uid and uid not in seen:
                seen.add(uid)
                waiting.append(by_uid[uid])


def asked(form: FormSpec, group: str, question: str) -> FieldSpec | None:
    """Return what a form asks in a group by its meaning, or else by its key."""
    spec = form.meaning(group, question) or form.by_key.get(question) or form.by_cell.get(question)
    return spec if spec is not None and spec.group == group else None


def question_of(snapshot: Snapshot, group: str, question: str) -> FieldSpec | None:
    """Return how a question is asked: by the form that was published last, else by a final copy."""
    forms = [*forms_of(snapshot), *(copy.form for copy in snapshot.studies)]
    return next((spec for form in forms if (spec := asked(form, group, question))), None)


def is_gone(snapshot: Snapshot, group: str, question: str) -> bool:
    """Return whether no form asks a question any more, and no final copy answers it."""
    if any(asked(form, group, question) for form in forms_of(snapshot)):
        return False
    for copy in snapshot.studies:
        spec = asked(copy.form, group, question)
        keys = {cell.key for cell in spec.cells} if spec is not None else set()
        answered = (copy.cells, *(element.cells for element in copy.in_group(group)))
        if any(not keys.isdisjoint(cells) for cells in answered):
            return False
    return True


def forms_of(snapshot: Snapshot) -> list[FormSpec]:
    """Return what the forms of the review ask in their last version, the latest form first."""
    if "forms" not in snapshot.kept:
        versions = FormVersion.objects.filter(review=snapshot.review).as_of(snapshot.instant)
        ordered = versions.select_related("form").order_by("recorded_at", "number")
        last = {version.form_id: version for version in ordered}
        latest = sorted(last.values(), key=lambda one: one.recorded_at, reverse=True)
        snapshot.kept["forms"] = [version.spec for version in latest]
    forms: list[FormSpec] = snapshot.kept["forms"]
    return forms


def answer_cell(snapshot: Snapshot, row_key: str, group: str, question: str) -> Cell | None:
    """Return the answer of what a row is about, or of what that belongs to.

    The row of a study has the answers of the cohorts it is about, each in its place. ``None`` where
    the row belongs to no element of the group.
    """
    subject = subject_of(snapshot, row_key)
    if subject is None:
        return None
    study = subject.study
    if group in study.copy.form.study_groups:
        return _cell(study, None, group, question)
    element = subject.in_group(group)
    if element is not None:
        return _cell(study, element, group, question)
    if group == groups.COHORT and not subject.chain:
        cells = [_cell(study, one.element, group, question) for one in own_cohorts(study)]
        return in_places(cells) if cells else BLANK
    return None


def _cell(study: StudyEvidence, element: ElementCopy | None, group: str, question: str) -> Cell:
    spec = asked(study.copy.form, group, question)
    if spec is None:
        return BLANK
    answers = ByKey(snapshot=study.snapshot, copy=study.copy, element=element)
    if spec.type is FieldType.SUMMARY:
        return described_by_key(answers, spec.key).together
    return answers.cell(spec.key)
