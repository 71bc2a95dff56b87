"""Reading a form from plain data, strictly: what is not understood is refused by name."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extraction.numbers import NumberRefused, parse_number
from extraction.schema.check_rules import FIELDS, GROUP_OF, RULES, SEVERITIES, WORD, WORDS
from extraction.schema.meanings import VOCABULARIES, meanings, shapes
from extraction.schema.specs import (
    CheckSpec,
    ChoiceSpec,
    FieldSpec,
    FieldType,
    FormSpec,
    GroupSpec,
    SectionSpec,
)

EXTRA_SECTION = "imaging"

_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_CHOICE_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TEXT_NAMES = ("means", "unit", "minimum", "maximum", "refers_to", "vocabulary", "guidance")
_FLAGS = ("required", "qualifier", "confirm_zero", "missing_allowed", "duration")
_MAX_KEY = 60
_MAX_GROUP = 40


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
        extra_fields: fields in the same shape; without a section they go to “imaging”, in the
            group of that section.

    Raises:
        FormRefused: something is missing, unknown, doubled or contradicts itself.
    """
    _only(data, {"slug", "title", "version", "groups", "sections", "fields", "checks"}, "the form")
    groups = tuple(_group(row) for row in _rows(data, "groups"))
    _unique((group.key for group in groups), "group")
    _belong(groups)
    sections = tuple(_section(row, groups) for row in _rows(data, "sections"))
    _unique((section.key for section in sections), "section")
    places = {section.key: section.group for section in sections}
    extra = [_with_section(row, places) for row in extra_fields]
    fields = tuple(_field(row, places, groups) for row in [*_rows(data, "fields"), *extra])
    if not fields:
        raise FormRefused("The form has no fields.")
    _unique((spec.key for spec in fields), "field")
    for group in groups:
        meant = [spec.means for spec in fields if spec.group == group.key and spec.means]
        _unique(meant, f"group {group.key!r}, meaning", "is asked")
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormRefused("The form's version must be a whole number from 1.")
    slug = _text(data, "slug", "the form")
    if not _SLUG.fullmatch(slug) or len(slug) > _MAX_KEY:
        raise FormRefused(
            f"The form's slug is of small letters, digits and hyphens, at most {_MAX_KEY}."
        )
    form = FormSpec(
        slug=slug,
        title=_text(data, "title", "the form"),
        version=version,
        groups=groups,
        sections=sections,
        fields=fields,
    )
    return replace(form, checks=tuple(_check(row, form) for row in _rows(data, "checks")))


def _group(row: Mapping[str, Any]) -> GroupSpec:
    place = f"group {row.get('key')!r}"
    _only(row, {"key", "name", "plural", "of", "across", "repeats", "folded"}, place)
    of = row.get("of", [])
    if not isinstance(of, list) or not all(isinstance(name, str) for name in of):
        raise FormRefused(f"{place}: of must be a list of groups.")
    group = GroupSpec(
        key=_key(row, place),
        name=_text(row, "name", place),
        plural=_text(row, "plural", place),
        of=tuple(of),
        across=_optional_text(row, "across", place),
        repeats=_flag(row, "repeats", place) if "repeats" in row else True,
        folded=_flag(row, "folded", place),
    )
    if len(group.key) > _MAX_GROUP:
        raise FormRefused(f"{place}: the key of a group has at most {_MAX_GROUP} characters.")
    if group.across and not group.of:
        raise FormRefused(f"{place}: what belongs across another group belongs to a first one too.")
    _fits_shape(group, place)
    return group


def _fits_shape(group: GroupSpec, place: str) -> None:
    """Refuse a group whose name has a meaning and that belongs to something else."""
    shape = shapes().get(group.key)
    if shape is None:
        return
    of, across, repeats = shape
    fits = set(group.of) <= set(of) and bool(group.of) == bool(of)
    if not fits or (group.across, group.repeats) != (across, repeats):
        belongs = " or ".join(of) + (f" and {across}" if across else "")
        raise FormRefused(
            f"{place}: this name is kept for a group that belongs to {belongs or 'the study'}"
            f"{'' if repeats else ' and does not repeat'}."
        )


def _belong(groups: Sequence[GroupSpec]) -> None:
    """Refuse a group that belongs to one that is not there, or to itself through others."""
    parents = {group.key: group.parents for group in groups}
    by_key = {group.key: group for group in groups}
    for group in groups:
        for name in group.parents:
            if name not in parents:
                raise FormRefused(f"group {group.key!r}: there is no group {name!r}.")
            if by_key[name].is_study:
                raise FormRefused(
                    f"group {group.key!r}: {name!r} is the study itself; leave “of” empty."
                )
        open_, seen = list(group.parents), set()
        while open_:
            name = open_.pop()
            if name == group.key:
                raise FormRefused(f"group {group.key!r}: it belongs to itself through others.")
            if name not in seen:
                seen.add(name)
                open_ += parents.get(name, ())


def _section(row: Mapping[str, Any], groups: Sequence[GroupSpec]) -> SectionSpec:
    place = f"section {row.get('key')!r}"
    _only(row, {"key", "title", "group"}, place)
    known = [group.key for group in groups]
    return SectionSpec(
        key=_key(row, place),
        title=_text(row, "title", place),
        group=_one_of(_text(row, "group", place), known, "group", place),
    )


def _with_section(row: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    section = row.get("section", EXTRA_SECTION)
    return {"section": section, "group": places.get(section, "cohort"), **row}


def _field(
    row: Mapping[str, Any], places: Mapping[str, str], groups: Sequence[GroupSpec]
) -> FieldSpec:
    place = f"field {row.get('key')!r}"
    _only(
        row,
        {"key", "question", "group", "section", "type", "choices", *_TEXT_NAMES, *_FLAGS},
        place,
    )
    section = _text(row, "section", place)
    known = [group.key for group in groups]
    group = _one_of(_text(row, "group", place), known, "group", place)
    if places.get(section) != group:
        raise FormRefused(f"{place}: there is no section {section!r} in group {group!r}.")
    kind = FieldType(_one_of(_text(row, "type", place), list(FieldType), "type", place))
    texts: dict[str, Any] = {name: _optional_text(row, name, place) for name in _TEXT_NAMES}
    flags: dict[str, Any] = {name: _flag(row, name, place) for name in _FLAGS if name in row}
    spec = FieldSpec(
        key=_key(row, place),
        question=_text(row, "question", place),
        group=group,
        section=section,
        type=kind,
        choices=tuple(_choice(choice, place) for choice in _rows(row, "choices")),
        **texts,
        **flags,
    )
    _consistent(spec, place)
    _fits_meaning(spec, place)
    if spec.refers_to:
        with_elements = [one.key for one in groups if not one.is_study]
        _one_of(spec.refers_to, with_elements, "group with elements", f"{place}, refers_to")
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
    summary = spec.type is FieldType.SUMMARY
    if spec.confirm_zero and not spec.type.is_number:
        raise FormRefused(f"{place}: confirm_zero belongs to numbers.")
    numeric_only = spec.minimum or spec.maximum or spec.unit or spec.qualifier
    if numeric_only and not (spec.type.is_number or summary):
        raise FormRefused(f"{place}: unit, limits and qualifier belong to numbers.")
    if spec.duration and not summary:
        raise FormRefused(f"{place}: duration belongs to summary statistics.")
    if summary and spec.required:
        raise FormRefused(f"{place}: a summary statistic cannot be required.")
    if spec.vocabulary and spec.type is not FieldType.TEXT:
        raise FormRefused(f"{place}: a vocabulary belongs to texts.")
    if spec.vocabulary:
        _one_of(spec.vocabulary, VOCABULARIES, "vocabulary", place)
    limits = [_limit(limit, place) for limit in (spec.minimum, spec.maximum) if limit]
    if limits != sorted(limits):
        raise FormRefused(f"{place}: the minimum is above the maximum.")


def _fits_meaning(spec: FieldSpec, place: str) -> None:
    """Refuse a meaning that the vocabulary does not know, or one that is of another kind."""
    if not spec.means:
        return
    meaning = meanings().get((spec.group, spec.means))
    if meaning is None:
        raise FormRefused(
            f"{place}: there is no meaning {spec.means!r} in group {spec.group!r}."
        )
    if meaning.type != spec.type:
        raise FormRefused(f"{place}: the meaning {spec.means!r} is of type {meaning.type}.")
    if meaning.unit and spec.unit != meaning.unit:
        raise FormRefused(f"{place}: the meaning {spec.means!r} is in {meaning.unit}.")
    extra = sorted({choice.key for choice in spec.choices} - set(meaning.options))
    if meaning.options and extra and not meaning.open:
        raise FormRefused(
            f"{place}: {', '.join(extra)} is none of the options of {spec.means!r}: "
            f"{', '.join(meaning.options)}."
        )


def _limit(text: str, place: str) -> Decimal:
    try:
        return parse_number(text).value
    except NumberRefused as refused:
        raise FormRefused(f"{place}: {refused.message}") from refused


def _check(row: Mapping[str, Any], form: FormSpec) -> CheckSpec:
    rule = row.get("rule")
    place = f"check {rule!r}"
    if rule not in RULES:
        raise FormRefused(f"{place}: there is no such rule.")
    kinds = RULES[rule]
    _only(row, {"rule", "group", "severity", "message", "overridable", *kinds}, place)
    known = [group.key for group in form.groups]
    group = _one_of(_text(row, "group", place), known, "group", place)
    parameters: dict[str, str | tuple[str, ...]] = {}
    for name, kind in kinds.items():
        named = _named(row, name, kind, place)
        if kind not in {WORD, WORDS}:
            where = f"{place}, {name}"
            in_group = GROUP_OF.get(kind, group)
            named = (
                _key_of(named, in_group, form, where)
                if isinstance(named, str)
                else tuple(_key_of(one, in_group, form, where) for one in named)
            )
        parameters[name] = named
    return CheckSpec(
        rule=rule,
        group=group,
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


def _key_of(named: str, group: str, form: FormSpec, place: str) -> str:
    """Return the key of what a check names, by its key or by its meaning."""
    found = form.by_key.get(named) or form.by_cell.get(named)
    if found is None or found.group != group:
        found = form.meaning(group, named)
    if found is None:
        raise FormRefused(f"{place}: there is no field {named!r} in group {group!r}.")
    return found.key


def _rows(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise FormRefused(f"{name} must be a list of objects.")
    return rows


def _only(row: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    unknown = sorted(str(name) for name in set(row) - set(known))
    if unknown:
        raise FormRefused(f"{place}: not understood: {', '.join(unknown)}.")


def _unique(keys: Iterable[str], what: str, said: str = "the key is used") -> None:
    doubled = sorted(key for key, count in Counter(keys).items() if count > 1)
    if doubled:
        raise FormRefused(f"{what} {', '.join(doubled)}: {said} twice.")


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
