"""A form as frozen data: its groups, sections, questions and cross-field checks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from extraction.schema.summary_parts import PARTS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class FieldType(StrEnum):
    """The kinds of answer a field can ask for."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    YESNO = "yesno"
    REFERENCE = "reference"
    REFERENCES = "references"
    SUMMARY = "summary"

    @property
    def is_number(self) -> bool:
        """Whether the answer is a number."""
        return self in {FieldType.INTEGER, FieldType.DECIMAL}

    @property
    def is_choice(self) -> bool:
        """Whether the answer is taken from the field's own list."""
        return self in {FieldType.CHOICE, FieldType.CHOICES}

    @property
    def is_reference(self) -> bool:
        """Whether the answer names other elements of the same copy."""
        return self in {FieldType.REFERENCE, FieldType.REFERENCES}


@dataclass(frozen=True)
class GroupSpec:
    """One kind of thing a copy lists: cohorts, events, or the study itself.

    ``of`` names the groups to one of whose elements each element belongs; none for what belongs to
    the study. ``across`` names a second group that each element belongs to as well, as a result
    belongs to a cohort and an outcome. A group that does not repeat has one element at most for
    each it belongs to; of the study itself it has none, its answers being the study's own.
    ``folded`` ones are shown once somebody asks for them.
    """

    key: str
    name: str
    plural: str
    of: tuple[str, ...] = ()
    across: str = ""
    repeats: bool = True
    folded: bool = False

    @property
    def is_study(self) -> bool:
        """Whether its answers are the study's own."""
        return not self.repeats and not self.of

    @property
    def parents(self) -> tuple[str, ...]:
        """The groups its elements belong to, the second one last."""
        return (*self.of, self.across) if self.across else self.of


@dataclass(frozen=True)
class ChoiceSpec:
    """One option: the key that is stored, and the label that is shown."""

    key: str
    label: str


@dataclass(frozen=True)
class SectionSpec:
    """A heading over fields of one group."""

    key: str
    title: str
    group: str


@dataclass(frozen=True)
class FieldSpec:
    """One question of a form, or one part of a summary statistic.

    ``means`` says what the answer is, in the words of the vocabulary of meanings; empty where only
    this form asks it. ``unit`` is ``units`` where the review's own unit of analysis is counted.
    ``refers_to`` is the group of the elements a reference names. ``duration`` marks a summary
    statistic of times, which has a part for its unit. ``vocabulary`` names the list of words with
    aliases that a text is compared through.
    """

    key: str
    question: str
    group: str
    section: str
    type: FieldType
    means: str = ""
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    choices: tuple[ChoiceSpec, ...] = ()
    refers_to: str = ""
    vocabulary: str = ""
    required: bool = False
    missing_allowed: bool = True
    qualifier: bool = False
    confirm_zero: bool = False
    duration: bool = False
    guidance: str = ""

    @cached_property
    def cells(self) -> "tuple[FieldSpec, ...]":
        """What is answered one by one: the parts of a summary statistic, else the field itself."""
        if self.type is not FieldType.SUMMARY:
            return (self,)
        return tuple(self._part(name) for name in PARTS if name != "unit" or self.duration)

    def _part(self, name: str) -> "FieldSpec":
        part = PARTS[name]
        measured = part.measured
        return replace(
            self,
            key=f"{self.key}.{name}",
            question=f"{self.question}: {part.label}",
            type=FieldType(part.type),
            means=f"{self.means}.{name}" if self.means else "",
            unit=self.unit if measured else "",
            minimum=self.minimum if measured else part.minimum,
            maximum=self.maximum if measured and name != "spread_value" else "",
            choices=tuple(ChoiceSpec(key, label) for key, label in part.choices),
            required=False,
            missing_allowed=part.type != FieldType.CHOICE,
            qualifier=self.qualifier and measured,
            confirm_zero=False,
            duration=False,
        )

    def label(self, unit_label: str = "units") -> str:
        """Return the question with the review's own unit in place of “units”."""
        if self.unit != "units":
            return self.question
        named = re.sub(r"\bunits\b", unit_label, self.question)
        return re.sub(r"\bUnits\b", unit_label[:1].upper() + unit_label[1:], named)

    def choice_label(self, key: str) -> str:
        """Return the label of an option, or the key where this version has no such option."""
        return next((choice.label for choice in self.choices if choice.key == key), key)


def question_key(key: str) -> str:
    """Return the key of the question that a cell belongs to."""
    return key.partition(".")[0]


@dataclass(frozen=True)
class CheckSpec:
    """One declared comparison of answers with each other; its parameters name cells by key."""

    rule: str
    group: str
    severity: str
    message: str = ""
    overridable: bool = False
    parameters: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def name(self, parameter: str) -> str:
        """Return a parameter that holds one name."""
        value = self.parameters[parameter]
        if not isinstance(value, str):
            raise TypeError(f"{self.rule}: {parameter} holds several names")
        return value

    def names(self, parameter: str) -> tuple[str, ...]:
        """Return a parameter that holds several names."""
        value = self.parameters[parameter]
        return (value,) if isinstance(value, str) else value


@dataclass(frozen=True)
class FormSpec:
    """One version of a form."""

    slug: str
    title: str
    version: int
    groups: tuple[GroupSpec, ...]
    sections: tuple[SectionSpec, ...]
    fields: tuple[FieldSpec, ...]
    checks: tuple[CheckSpec, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """The questions by their key."""
        return {spec.key: spec for spec in self.fields}

    @cached_property
    def by_cell(self) -> dict[str, FieldSpec]:
        """What is answered one by one, by its key: ``age.value`` where the question is ``age``."""
        return {cell.key: cell for spec in self.fields for cell in spec.cells}

    @cached_property
    def _meant(self) -> dict[tuple[str, str], FieldSpec]:
        cells = [cell for spec in self.fields for cell in (spec, *spec.cells) if cell.means]
        return {(cell.group, cell.means): cell for cell in cells}

    @cached_property
    def _groups(self) -> dict[str, GroupSpec]:
        return {group.key: group for group in self.groups}

    @cached_property
    def study_groups(self) -> frozenset[str]:
        """The groups whose answers are the study's own."""
        return frozenset(group.key for group in self.groups if group.is_study)

    @cached_property
    def element_groups(self) -> tuple[GroupSpec, ...]:
        """The groups that have elements, each after those its elements belong to."""
        waiting = [group for group in self.groups if not group.is_study]
        placed: list[GroupSpec] = []
        while waiting:
            free = {group.key for group in waiting}
            found = next(g for g in waiting if not free.intersection(g.parents))
            waiting.remove(found)
            placed.append(found)
        return tuple(placed)

    def field(self, key: str) -> FieldSpec:
        """Return the question with a key; ``KeyError`` where the form asks no such thing."""
        return self.by_key[key]

    def group(self, key: str) -> GroupSpec | None:
        """Return the group with a key, ``None`` where the form has no such group."""
        return self._groups.get(key)

    def meaning(self, group: str, means: str) -> FieldSpec | None:
        """Return what a group asks that has a meaning, ``None`` where it asks nothing such."""
        return self._meant.get((group, means))

    def in_group(self, group: str) -> tuple[FieldSpec, ...]:
        """Return the questions of one group, in the form's order."""
        return tuple(spec for spec in self.fields if spec.group == group)

    def cells_of(self, group: str) -> tuple[FieldSpec, ...]:
        """Return what is answered one by one of one group, in the form's order."""
        return tuple(cell for spec in self.in_group(group) for cell in spec.cells)

    def of_study(self) -> tuple[FieldSpec, ...]:
        """Return the questions about the study itself, in the form's order."""
        return tuple(spec for spec in self.fields if spec.group in self.study_groups)

    def children(self, group: str) -> tuple[GroupSpec, ...]:
        """Return the groups whose elements belong to elements of one group."""
        return tuple(one for one in self.groups if group in one.parents)

    def sections_of(self, group: str) -> tuple[SectionSpec, ...]:
        """Return the sections of one group that hold at least one field, in the form's order."""
        used = {spec.section for spec in self.fields}
        return tuple(
            section for section in self.sections if section.group == group and section.key in used
        )

    def in_section(self, section: str) -> tuple[FieldSpec, ...]:
        """Return the fields of one section, in the form's order."""
        return tuple(spec for spec in self.fields if spec.section == section)

    def as_data(self) -> dict[str, object]:
        """Return the form as the plain data that ``load_form`` reads back to an equal form."""
        return {
            "slug": self.slug,
            "title": self.title,
            "version": self.version,
            "groups": [dict(_said(group)) for group in self.groups],
            "sections": [dict(_said(section)) for section in self.sections],
            "fields": [_field_data(spec) for spec in self.fields],
            "checks": [_check_data(check) for check in self.checks],
        }


def _said(spec: "DataclassInstance") -> Iterator[tuple[str, object]]:
    """Yield what a spec says that is not said by default."""
    for given in fields(spec):
        value = getattr(spec, given.name)
        if value != given.default:
            yield given.name, list(value) if isinstance(value, tuple) else value


def _field_data(spec: FieldSpec) -> dict[str, object]:
    data = dict(_said(spec))
    data["type"] = spec.type.value
    if spec.choices:
        data["choices"] = [dict(_said(choice)) for choice in spec.choices]
    return data


def _check_data(check: CheckSpec) -> dict[str, object]:
    data = dict(_said(check))
    for name, value in check.parameters.items():
        data[name] = value if isinstance(value, str) else list(value)
    data.pop("parameters", None)
    return data
