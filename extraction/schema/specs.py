"""A form as frozen data: its sections, fields and cross-field checks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

ELEMENT_LEVELS = ("cohort", "intervention", "outcome", "result")
LEVELS = ("study", *ELEMENT_LEVELS, "appraisal")


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
class ChoiceSpec:
    """One option: the key that is stored, and the label that is shown."""

    key: str
    label: str


@dataclass(frozen=True)
class SectionSpec:
    """A heading over fields of one level."""

    key: str
    title: str
    level: str


@dataclass(frozen=True)
class FieldSpec:
    """One question of a form.

    ``unit`` is ``units`` where the review's own unit of analysis is counted. ``refers_to`` is the
    level of the elements a reference names.
    """

    key: str
    question: str
    level: str
    section: str
    type: FieldType
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    choices: tuple[ChoiceSpec, ...] = ()
    refers_to: str = ""
    required: bool = False
    missing_allowed: bool = True
    qualifier: bool = False
    confirm_zero: bool = False
    guidance: str = ""

    def label(self, unit_label: str = "units") -> str:
        """Return the question with the review's own unit in place of “units”."""
        if self.unit != "units":
            return self.question
        named = re.sub(r"\bunits\b", unit_label, self.question)
        return re.sub(r"\bUnits\b", unit_label[:1].upper() + unit_label[1:], named)

    def choice_label(self, key: str) -> str:
        """Return the label of an option, or the key where this version has no such option."""
        return next((choice.label for choice in self.choices if choice.key == key), key)


@dataclass(frozen=True)
class CheckSpec:
    """One declared comparison of answers with each other."""

    rule: str
    level: str
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
    sections: tuple[SectionSpec, ...]
    fields: tuple[FieldSpec, ...]
    checks: tuple[CheckSpec, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """The fields by their key."""
        return {spec.key: spec for spec in self.fields}

    def field(self, key: str) -> FieldSpec:
        """Return the field with a key; ``KeyError`` where the form asks no such thing."""
        return self.by_key[key]

    def at_level(self, level: str) -> tuple[FieldSpec, ...]:
        """Return the fields of one level, in the form's order."""
        return tuple(spec for spec in self.fields if spec.level == level)

    def sections_at(self, level: str) -> tuple[SectionSpec, ...]:
        """Return the sections of one level that hold at least one field, in the form's order."""
        used = {spec.section for spec in self.fields}
        return tuple(
            section for section in self.sections if section.level == level and section.key in used
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
            "sections": [_plain(section) for section in self.sections],
            "fields": [_field_data(spec) for spec in self.fields],
            "checks": [_check_data(check) for check in self.checks],
        }


def _plain(spec: SectionSpec | ChoiceSpec) -> dict[str, str]:
    """Return a small spec as plain data."""
    return {name: str(value) for name, value in vars(spec).items()}


def _field_data(spec: FieldSpec) -> dict[str, object]:
    data: dict[str, object] = {
        "key": spec.key,
        "question": spec.question,
        "level": spec.level,
        "section": spec.section,
        "type": spec.type.value,
    }
    if spec.choices:
        data["choices"] = [_plain(choice) for choice in spec.choices]
    for name in ("unit", "minimum", "maximum", "refers_to", "guidance"):
        if value := getattr(spec, name):
            data[name] = value
    for name in ("required", "qualifier", "confirm_zero"):
        if getattr(spec, name):
            data[name] = True
    if not spec.missing_allowed:
        data["missing_allowed"] = False
    return data


def _check_data(check: CheckSpec) -> dict[str, object]:
    data: dict[str, object] = {
        "rule": check.rule,
        "level": check.level,
        "severity": check.severity,
    }
    for name, value in check.parameters.items():
        data[name] = value if isinstance(value, str) else list(value)
    if check.message:
        data["message"] = check.message
    if check.overridable:
        data["overridable"] = True
    return data
