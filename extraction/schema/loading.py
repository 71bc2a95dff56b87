"""Reading a form from plain data, strictly: what is not understood is refused by name."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from extraction.numbers import NumberRefused, parse_number
from extraction.schema.check_rules import FIELDS, LEVEL_OF, RULES, SEVERITIES, WORD, WORDS
from extraction.schema.specs import (
    LEVELS,
    CheckSpec,
    ChoiceSpec,
    FieldSpec,
    FieldType,
    FormSpec,
    SectionSpec,
)

EXTRA_SECTION = "imaging"

_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_CHOICE_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
_TEXT_NAMES = ("unit", "minimum", "maximum", "refers_to", "guidance")
_FLAGS = ("required", "qualifier", "confirm_zero", "missing_allowed")
_MAX_KEY = 60


class FormRefused(ValueError):
    """A form definition that cannot be used, with the place that is wrong."""

    def __init__(self, message: str, code: str = "form_refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def load_form(data: Mapping[str, Any], extra_fields: Sequence[Mapping[str, Any]] = ()) -> FormSpec:
    """Read a form, with a review's own fields appended to it.

    Args:
        data: the form as plain JSON data.
        extra_fields: fields in the same shape; without a section they go to “imaging”, at the
            level of that section.

    Raises:
        FormRefused: something is missing, unknown, doubled or contradicts itself.
    """
    _only(data, {"slug", "title", "version", "sections", "fields", "checks"}, "the form")
    sections = tuple(_section(row) for row in _rows(data, "sections"))
    _unique((section.key for section in sections), "section")
    levels = {section.key: section.level for section in sections}
    extra = [_with_section(row, levels) for row in extra_fields]
    fields = tuple(_field(row, levels) for row in [*_rows(data, "fields"), *extra])
    if not fields:
        raise FormRefused("The form has no fields.")
    _unique((spec.key for spec in fields), "field")
    by_key = {spec.key: spec for spec in fields}
    checks = tuple(_check(row, by_key) for row in _rows(data, "checks"))
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormRefused("The form's version must be a whole number from 1.")
    return FormSpec(
        slug=_text(data, "slug", "the form"),
        title=_text(data, "title", "the form"),
        version=version,
        sections=sections,
        fields=fields,
        checks=checks,
    )


def _section(row: Mapping[str, Any]) -> SectionSpec:
    place = f"section {row.get('key')!r}"
    _only(row, {"key", "title", "level"}, place)
    return SectionSpec(
        key=_key(row, place),
        title=_text(row, "title", place),
        level=_one_of(_text(row, "level", place), LEVELS, "level", place),
    )


def _with_section(row: Mapping[str, Any], levels: Mapping[str, str]) -> dict[str, Any]:
    section = row.get("section", EXTRA_SECTION)
    return {"section": section, "level": levels.get(section, "cohort"), **row}


def _field(row: Mapping[str, Any], levels: Mapping[str, str]) -> FieldSpec:
    place = f"field {row.get('key')!r}"
    _only(
        row,
        {"key", "question", "level", "section", "type", "choices", *_TEXT_NAMES, *_FLAGS},
        place,
    )
    section = _text(row, "section", place)
    level = _one_of(_text(row, "level", place), LEVELS, "level", place)
    if levels.get(section) != level:
        raise FormRefused(f"{place}: there is no section {section!r} at level {level!r}.")
    kind = FieldType(_one_of(_text(row, "type", place), list(FieldType), "type", place))
    texts: dict[str, Any] = {name: _optional_text(row, name, place) for name in _TEXT_NAMES}
    flags: dict[str, Any] = {name: _flag(row, name, place) for name in _FLAGS if name in row}
    spec = FieldSpec(
        key=_key(row, place),
        question=_text(row, "question", place),
        level=level,
        section=section,
        type=kind,
        choices=tuple(_choice(choice, place) for choice in _rows(row, "choices")),
        **texts,
        **flags,
    )
    _consistent(spec, place)
    return spec


def _choice(row: Mapping[str, Any], place: str) -> ChoiceSpec:
    _only(row, {"key", "label"}, f"{place}, choices")
    key = _text(row, "key", f"{place}, choices")
    if not _CHOICE_KEY.fullmatch(key):
        raise FormRefused(f"{place}: {key!r} cannot be the key of a choice.")
    return ChoiceSpec(key=key, label=_text(row, "label", f"{place}, choice {key!r}"))


def _consistent(spec: FieldSpec, place: str) -> None:
    """Refuse a field that carries what its type has no use for, or lacks what it needs."""
    if spec.type.is_choice != bool(spec.choices):
        raise FormRefused(f"{place}: choices belong to choice fields, and those need them.")
    _unique((choice.key.casefold() for choice in spec.choices), f"{place}: choice")
    if spec.type.is_reference != bool(spec.refers_to):
        raise FormRefused(f"{place}: refers_to belongs to reference fields, and those need it.")
    if spec.refers_to:
        _one_of(spec.refers_to, LEVELS[1:5], "refers_to", place)
    numeric_only = spec.minimum or spec.maximum or spec.unit or spec.qualifier or spec.confirm_zero
    if numeric_only and not spec.type.is_number:
        raise FormRefused(f"{place}: unit, limits, qualifier and confirm_zero belong to numbers.")
    limits = [_limit(limit, place) for limit in (spec.minimum, spec.maximum) if limit]
    if limits != sorted(limits):
        raise FormRefused(f"{place}: the minimum is above the maximum.")


def _limit(text: str, place: str) -> Decimal:
    try:
        return parse_number(text).value
    except NumberRefused as refused:
        raise FormRefused(f"{place}: {refused.message}") from refused


def _check(row: Mapping[str, Any], by_key: Mapping[str, FieldSpec]) -> CheckSpec:
    rule = row.get("rule")
    place = f"check {rule!r}"
    if rule not in RULES:
        raise FormRefused(f"{place}: there is no such rule.")
    kinds = RULES[rule]
    _only(row, {"rule", "level", "severity", "message", "overridable", *kinds}, place)
    level = _one_of(_text(row, "level", place), LEVELS, "level", place)
    parameters: dict[str, str | tuple[str, ...]] = {}
    for name, kind in kinds.items():
        named = _named(row, name, kind, place)
        parameters[name] = named
        if kind not in {WORD, WORDS}:
            _exist(named, LEVEL_OF.get(kind, level), by_key, f"{place}, {name}")
    return CheckSpec(
        rule=rule,
        level=level,
        severity=_one_of(_text(row, "severity", place), SEVERITIES, "severity", place),
        message=_optional_text(row, "message", place),
        overridable=_flag(row, "overridable", place),
        parameters=parameters,
    )


def _named(row: Mapping[str, Any], name: str, kind: str, place: str) -> str | tuple[str, ...]:
    if kind not in {FIELDS, WORDS}:
        value = row.get(name)
        if not isinstance(value, str):
            raise FormRefused(f"{place}: {name} must be a text.")
        return value
    values = row.get(name)
    if not isinstance(values, list) or not values:
        raise FormRefused(f"{place}: {name} must be a list of names.")
    if not all(isinstance(value, str) for value in values):
        raise FormRefused(f"{place}: {name} must be a list of names.")
    return tuple(values)


def _exist(
    named: str | tuple[str, ...], level: str, by_key: Mapping[str, FieldSpec], place: str
) -> None:
    for key in (named,) if isinstance(named, str) else named:
        if key not in by_key or by_key[key].level != level:
            raise FormRefused(f"{place}: there is no field {key!r} at level {level!r}.")


def _rows(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise FormRefused(f"{name} must be a list of objects.")
    return rows


def _only(row: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    unknown = sorted(str(name) for name in set(row) - set(known))
    if unknown:
        raise FormRefused(f"{place}: not understood: {', '.join(unknown)}.")


def _unique(keys: Iterable[str], what: str) -> None:
    doubled = sorted(key for key, count in Counter(keys).items() if count > 1)
    if doubled:
        raise FormRefused(f"{what} {', '.join(doubled)}: the key is used twice.")


def _key(row: Mapping[str, Any], place: str) -> str:
    key = _text(row, "key", place)
    if not _KEY.fullmatch(key) or len(key) > _MAX_KEY:
        raise FormRefused(f"{place}: a key is snake_case of at most {_MAX_KEY} characters.")
    return key


def _text(row: Mapping[str, Any], name: str, place: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise FormRefused(f"{place}: {name} is missing.")
    return value


def _optional_text(row: Mapping[str, Any], name: str, place: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise FormRefused(f"{place}: {name} must be a text.")
    return value


def _flag(row: Mapping[str, Any], name: str, place: str) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise FormRefused(f"{place}: {name} must be true or false.")
    return value


def _one_of(value: str, known: Sequence[str], name: str, place: str) -> str:
    if value not in known:
        raise FormRefused(f"{place}: {value!r} is not a {name}.")
    return value
