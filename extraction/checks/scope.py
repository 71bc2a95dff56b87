"""What a check sees: the form, the copy, and words for both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from extraction import groups
from extraction.schema import (
    Answer,
    CheckSpec,
    CopyAnswers,
    ElementAnswers,
    FieldSpec,
    FieldType,
    FormSpec,
)
from extraction.vocabularies import Vocabularies

EventPlace = tuple[str, str, str]


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, in words for the person who typed it.

    ``element_uid`` is ``None`` for the study itself; an ``overridable`` error may stand when a
    reason is written down.
    """

    severity: str
    code: str
    element_uid: str | None
    key: str
    message: str
    overridable: bool = False


@dataclass(frozen=True)
class Scope:
    """One copy under one form, in a review with its own unit of analysis and lists of names.

    ``other_sds`` are the standard deviations of other studies by the name of the scale, as
    ``scale_name`` has it.
    """

    form: FormSpec
    copy: CopyAnswers
    units_per_patient: int
    unit_label: str
    today: date | None = None
    vocabularies: Vocabularies = field(default_factory=Vocabularies)
    other_sds: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)

    @cached_property
    def elements(self) -> dict[str, ElementAnswers]:
        """The elements by their uid."""
        return {element.uid: element for element in self.copy.elements}

    @cached_property
    def children(self) -> dict[tuple[str, str], list[ElementAnswers]]:
        """The elements that name another, by the naming field and the named uid."""
        found: dict[tuple[str, str], list[ElementAnswers]] = {}
        for spec in self.form.fields:
            if spec.type is not FieldType.REFERENCE:
                continue
            for element in self.copy.in_group(spec.group):
                for uid in referred(element.answers, spec.key):
                    found.setdefault((spec.key, uid), []).append(element)
        return found

    @cached_property
    def treatments(self) -> dict[str, list[str]]:
        """The interventions that each cohort had, by the cohort's uid."""
        found: dict[str, list[str]] = {}
        for one in self.copy.in_group(groups.INTERVENTION):
            for uid in self.named_by(one, "cohorts"):
                found.setdefault(uid, []).append(one.uid)
        return found

    @cached_property
    def events_at(self) -> dict[EventPlace, list[ElementAnswers]]:
        """The events of each cohort, treatment and class, in the copy's order."""
        found: dict[EventPlace, list[ElementAnswers]] = {}
        for event in self.copy.in_group(groups.EVENT):
            found.setdefault(self.place_of(event), []).append(event)
        return found

    @property
    def study(self) -> ElementAnswers:
        """The study itself, as an element without uid."""
        return ElementAnswers(uid="", group=groups.STUDY, answers=self.copy.study)

    def groups_of(self, element: ElementAnswers) -> frozenset[str]:
        """Return the groups whose questions are asked of an element, of the study maybe several."""
        return frozenset({element.group}) if element.uid else self.form.study_groups

    def asked(self, element: ElementAnswers) -> Iterator[FieldSpec]:
        """Yield what is asked of an element one by one."""
        for spec in self.form.fields:
            if spec.group in self.groups_of(element):
                yield from spec.cells

    def cell(self, group: str, means: str) -> str:
        """Return the key of what a group asks that has a meaning, empty where it asks none."""
        spec = self.form.meaning(group, means)
        return spec.key if spec else ""

    def said(self, element: ElementAnswers, means: str) -> str:
        """Return an answer by its meaning, empty where it is blank or missing."""
        answer = element.answers.get(self.cell(element.group, means))
        return answer.text if answer and not answer.missing else ""

    def number(self, element: ElementAnswers, means: str) -> Decimal | None:
        """Return a number by its meaning where it is known exactly."""
        return exact(element.answers, self.cell(element.group, means))

    def named_by(self, element: ElementAnswers, means: str) -> tuple[str, ...]:
        """Return the uids that an element names in the question with a meaning."""
        return referred(element.answers, self.cell(element.group, means))

    def treatment_of(self, element: ElementAnswers) -> str:
        """Return the treatment after which something is: the one named, else the cohort's only."""
        named = self.named_by(element, "after")
        given = self.treatments.get(element.parent, [])
        return "; ".join(named) or (given[0] if len(given) == 1 else "")

    def place_of(self, event: ElementAnswers, of_class: str = "") -> EventPlace:
        """Return the cohort, the treatment and the class that an event counts for."""
        return (event.parent, self.treatment_of(event), of_class or self.said(event, "class"))

    def whole(self, element: ElementAnswers, part: str, declared: str) -> str:
        """Return what a part is out of: its own “out of” where that is answered, else as declared.

        ``women`` are out of ``women.of``, whatever else the form compares them with.
        """
        means = self.form.by_cell[part].means
        own = self.cell(element.group, f"{means}.of") if means else ""
        return own if own and exact(element.answers, own) is not None else declared

    def cohort_of(self, element: ElementAnswers) -> ElementAnswers | None:
        """Return the cohort an element belongs to, directly or not; a cohort is its own."""
        seen: set[str] = set()
        while element.group != groups.COHORT:
            above = self.elements.get(element.parent)
            if above is None or above.uid in seen:
                return None
            seen.add(above.uid)
            element = above
        return element

    def outcome_of(self, element: ElementAnswers) -> ElementAnswers | None:
        """Return the outcome that a result is of."""
        above = self.elements.get(element.across)
        return above if above and above.group == groups.OUTCOME else None

    def label(self, key: str) -> str:
        """Return what a cell, or a question, is called in this review."""
        spec = self.form.by_cell.get(key) or self.form.field(key)
        return spec.label(self.unit_label)

    def named(self, key: str, answers: Mapping[str, Answer], *, inside: bool = False) -> str:
        """Return a field with its value, as “Women (12)”; ``inside`` a sentence in lower case."""
        label = self.label(key)
        if inside and label[1:2].islower():
            label = label[0].lower() + label[1:]
        answer = answers.get(key)
        return f"{label} ({answer.text if answer else 'blank'})"

    def listed(self, keys: Sequence[str], answers: Mapping[str, Answer]) -> str:
        """Return several fields with their values, as “Women (12) and men (3)”."""
        named = (self.named(key, answers, inside=place > 0) for place, key in enumerate(keys))
        return " and ".join(named)

    def name_of(self, element: ElementAnswers) -> str:
        """Return how a person would call an element: its first text, else what it is."""
        for spec in self.asked(element):
            answer = element.answers.get(spec.key)
            if spec.type is FieldType.TEXT and answer and not answer.missing:
                return f"“{answer.text}”"
        group = self.form.group(element.group)
        return f"a {(group.name if group else element.group).lower()} without a name"

    def finding(
        self, check: CheckSpec, code: str, element: ElementAnswers, key: str, message: str
    ) -> Finding:
        """Return a finding with the severity the form declares and its words, if it has any."""
        return Finding(
            severity=check.severity,
            code=code,
            element_uid=element.uid or None,
            key=key,
            message=f"{check.message} ({message})" if check.message else message,
            overridable=check.overridable and check.severity == "error",
        )


def warning(code: str, element: ElementAnswers, key: str, message: str) -> Finding:
    """Return a warning that no form has to declare."""
    return Finding("warning", code, element.uid or None, key, message)


def error(code: str, element: ElementAnswers, key: str, message: str) -> Finding:
    """Return an error that no form has to declare and no reason can override."""
    return Finding("error", code, element.uid or None, key, message)


def referred(answers: Mapping[str, Answer], key: str) -> tuple[str, ...]:
    """Return the uids an answer names."""
    answer = answers.get(key)
    return answer.parts if answer else ()


def exact(answers: Mapping[str, Answer], key: str) -> Decimal | None:
    """Return a number that is known exactly, as printed."""
    answer = answers.get(key)
    return answer.value if answer and not answer.qualifier else None


def lowest(answers: Mapping[str, Answer], key: str) -> Decimal | None:
    """Return the least a number can be; ``None`` where its qualifier leaves that open."""
    answer = answers.get(key)
    return answer.value if answer and answer.qualifier in {"", ">", "≥"} else None


def highest(answers: Mapping[str, Answer], key: str) -> Decimal | None:
    """Return the most a number can be; ``None`` where its qualifier leaves that open."""
    answer = answers.get(key)
    return answer.value if answer and answer.qualifier in {"", "<", "≤"} else None


def half_step(value: Decimal) -> Decimal:
    """Return how far rounding may have moved a printed number."""
    exponent = value.as_tuple().exponent
    return Decimal(5).scaleb(int(exponent) - 1)
