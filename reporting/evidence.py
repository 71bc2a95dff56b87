"""A study's cohorts and treatments as totals need them: who counts, and after which treatment.

People are summed over the cohorts that count and lie in no other such. Everything else is summed
treatment by treatment, by the category that the review gives it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from extraction import groups
from extraction.copies import ElementCopy, StudyCopy
from extraction.vocabularies import Term, Vocabulary
from reporting.definitions import Snapshot
from reporting.printing import Answers, of_element, of_study

NOT_STATED = "not stated"
SEVERAL = "several treatments"
ALL = "all"


@dataclass(eq=False)
class Cohort:
    """One cohort of a study with its answers, and what it is a part of."""

    answers: Answers
    element: ElementCopy
    part_of: "Cohort | None" = None
    parts: list["Cohort"] = field(default_factory=list)

    @property
    def uid(self) -> UUID:
        """Return the uid of the element."""
        return self.element.uid

    @property
    def kind(self) -> str:
        """Return what kind of cohort it is."""
        return self.answers.says("kind")

    @property
    def counts(self) -> bool:
        """Return whether its people count towards totals."""
        return self.answers.says("counts") == "yes"

    @property
    def name(self) -> str:
        """Return what the report calls it."""
        return self.answers.says("label") or f"cohort {self.element.position}"

    def wholes(self) -> Iterator["Cohort"]:
        """Yield the cohorts it lies in, from the nearest up; a circle ends it."""
        seen = {self.uid}
        above = self.part_of
        while above is not None and above.uid not in seen:
            seen.add(above.uid)
            yield above
            above = above.part_of

    def inside(self) -> Iterator["Cohort"]:
        """Yield the cohorts that lie in it, directly or not."""
        seen = {self.uid}
        waiting = list(self.parts)
        while waiting:
            part = waiting.pop(0)
            if part.uid not in seen:
                seen.add(part.uid)
                yield part
                waiting += part.parts


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """One intervention of a study: its category, and which cohorts had it."""

    uid: str
    category: str
    cohorts: frozenset[str]
    source: UUID | None


@dataclass(eq=False)
class StudyEvidence:
    """One study: its cohorts, and which treatments each of them had.

    ``kept`` is what was made of an element and is asked for again.
    """

    snapshot: Snapshot
    copy: StudyCopy
    categories: Vocabulary
    _treated: dict[UUID, tuple[Sequence["Treatment"], bool]] = field(default_factory=dict)
    _below: dict[tuple[str, UUID], list[Answers]] = field(default_factory=dict)
    kept: dict[UUID, Any] = field(default_factory=dict)

    @property
    def uid(self) -> UUID:
        """Return the uid of the study."""
        return self.copy.study.uid

    @property
    def label(self) -> str:
        """Return how tables name the study."""
        return self.copy.label

    @cached_property
    def answers(self) -> Answers:
        """Return the answers about the study itself."""
        return of_study(self.snapshot, self.copy)

    @cached_property
    def cohorts(self) -> list[Cohort]:
        """Return the cohorts in their order, each knowing what it is a part of."""
        made = {
            str(element.uid): Cohort(of_element(self.snapshot, self.copy, element), element)
            for element in self.copy.cohorts
        }
        for cohort in made.values():
            whole = made.get(cohort.answers.says("part_of"))
            if whole is not None and whole is not cohort:
                cohort.part_of = whole
                whole.parts.append(cohort)
        return list(made.values())

    @cached_property
    def counted(self) -> list[Cohort]:
        """Return the cohorts whose people are summed: those that count and lie in no other such."""
        return [
            cohort
            for cohort in self.cohorts
            if cohort.counts and not any(whole.counts for whole in cohort.wholes())
        ]

    @cached_property
    def treatments(self) -> list[Treatment]:
        """Return the interventions, in the order in which people had them."""
        rows = []
        for element in self.copy.interventions:
            answers = of_element(self.snapshot, self.copy, element)
            category = answers.get("category")
            named = answers.get("cohorts")
            treatment = Treatment(
                uid=str(element.uid),
                category=self.categories.called(answers.says("category")) or NOT_STATED,
                cohorts=frozenset(named.answer.parts if named else ()),
                source=category.uid if category and not category.missing else None,
            )
            order = answers.number("order")
            rows.append((order is None, order or 0, element.position, treatment))
        return [row[-1] for row in sorted(rows, key=lambda row: row[:3])]

    def treatments_of(self, cohort: Cohort) -> tuple[Sequence[Treatment], bool]:
        """Return the treatments a cohort had, and whether they are only those of its parts.

        What is said of a cohort itself goes before what is said of the one it lies in, and that
        before what is said of its parts.
        """
        if cohort.uid not in self._treated:
            self._treated[cohort.uid] = self._found(cohort)
        return self._treated[cohort.uid]

    def _found(self, cohort: Cohort) -> tuple[Sequence[Treatment], bool]:
        for one in (cohort, *cohort.wholes()):
            own = [row for row in self.treatments if str(one.uid) in row.cohorts]
            if own:
                return own, False
        parts = {str(part.uid) for part in cohort.inside()}
        return [row for row in self.treatments if parts & row.cohorts], True

    def categories_of(self, cohort: Cohort) -> list[str]:
        """Return the categories of the treatments a cohort had, in the order it had them."""
        rows, _ = self.treatments_of(cohort)
        return list(dict.fromkeys(row.category for row in rows)) or [NOT_STATED]

    def is_mixed(self, cohort: Cohort) -> bool:
        """Return whether a cohort is a whole whose parts had different treatments."""
        _, of_parts = self.treatments_of(cohort)
        return of_parts and len(self.categories_of(cohort)) > 1

    def category_of(self, cohort: Cohort, answers: Answers) -> str:
        """Return the category of the treatment that an element of a cohort came after."""
        named = answers.says("after")
        for row in self.treatments:
            if row.uid == named:
                return row.category
        categories = self.categories_of(cohort)
        return categories[0] if len(categories) == 1 else SEVERAL

    def of(self, group: str, cohort: Cohort) -> list[Answers]:
        """Return the elements of a group that belong to a cohort, in their order."""
        place = (group, cohort.uid)
        if place not in self._below:
            elements = self.copy.of(group, cohort.element)
            self._below[place] = [of_element(self.snapshot, self.copy, e) for e in elements]
        return self._below[place]

    def events(self, cohort: Cohort, event_class: str) -> dict[str, list[Answers]]:
        """Return a cohort's events of one class, by the category of treatment they came after."""
        found: dict[str, list[Answers]] = {}
        for answers in self.of(groups.EVENT, cohort):
            if answers.says("class") == event_class:
                found.setdefault(self.category_of(cohort, answers), []).append(answers)
        return found


def evidence_of(snapshot: Snapshot) -> list[StudyEvidence]:
    """Return the evidence of every released study, by number of study; made once."""
    if "evidence" not in snapshot.kept:
        categories = categories_of(snapshot)
        snapshot.kept["evidence"] = [
            StudyEvidence(snapshot, copy, categories) for copy in snapshot.studies
        ]
    evidence: list[StudyEvidence] = snapshot.kept["evidence"]
    return evidence


def categories_of(snapshot: Snapshot) -> Vocabulary:
    """Return the review's categories and after them those its studies name beside them.

    One that differs from another in nothing but capitals, spaces and signs is spelled as first.
    """
    listed = snapshot.vocabularies.categories
    answers = (
        element.meant.get("category") for copy in snapshot.studies for element in copy.interventions
    )
    texts = (" ".join(answer.text.split()) for answer in answers if answer and not answer.missing)
    return Vocabulary((*listed.terms, *(Term(text) for text in dict.fromkeys(texts))))


def categories_in(snapshot: Snapshot) -> list[str]:
    """Return the categories that some cohort had: the review's own in their order, then others."""
    evidence, categories = evidence_of(snapshot), snapshot.vocabularies.categories
    used = {
        category
        for study in evidence
        for cohort in study.cohorts
        if not study.is_mixed(cohort)
        for category in study.categories_of(cohort)
    }
    listed = [name for name in categories.names if name in used]
    others = sorted(used - set(listed) - {NOT_STATED}, key=str.casefold)
    return [*listed, *others, *([NOT_STATED] if NOT_STATED in used else [])]
