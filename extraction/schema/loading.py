"""Reading a form from plain data, strictly: what is not understood is refused by name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extraction.numbers import NumberRefused, parse_number
from extraction.schema.check_rules import RULES, SEVERITIES, Parameter
from extraction.schema.meanings import VOCABULARIES, meanings, shapes
from extraction.schema.plain import (
    FormRefused,
    flag,
    key_of,
    names,
    one_of,
    only,
    optional_text,
    place_of,
    rows,
    shown,
    text,
    unique,
)
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

_CHOICE_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PARTS = {"slug", "title", "version", "groups", "sections", "fields", "checks"}
# How long each text of a question may be; what is stored beside a value has the value's limit.
_TEXTS = {
    "means": 60,
    "unit": 40,
    "minimum": 40,
    "maximum": 40,
    "refers_to": 60,
    "vocabulary": 60,
    "guidance": 4000,
}
_FLAGS = ("required", "qualifier", "confirm_zero", "missing_allowed", "duration")
_MAX_KEY = 60
_MAX_GROUP = 40
_MAX_NAME = 80
_MAX_TITLE = 200
_MOST = {"groups": 100, "sections": 300, "fields": 1000, "checks": 1000, "choices": 200}


def load_form(data: Mapping[str, Any], extra_fields: Sequence[Mapping[str, Any]] = ()) -> FormSpec:
    """Read a form, with a review's own fields appended to it.

    Args:
        data: the form as plain JSON data.
        extra_fields: fields in the same shape; without a section they go to “imaging”, in the
            group of that section.

    Raises:
        FormRefused: something is missing, unknown, doubled or contradicts itself.
    """
    if not isinstance(data, Mapping):
        raise FormRefused("The form must be an object with groups, sections and fields.")
    only(data, _PARTS, "the form")
    groups = tuple(
        _group(row, place_of("group", row, number)) for number, row in _numbered(data, "groups")
    )
    unique((group.key for group in groups), "group")
    _belong(groups)
    sections = tuple(
        _section(row, place_of("section", row, number), groups)
        for number, row in _numbered(data, "sections")
    )
    unique((section.key for section in sections), "section")
    places = {section.key: section.group for section in sections}
    asked = [*rows(data, "fields", _MOST["fields"])]
    asked += [_with_section(row, places) for row in extra_fields]
    fields = tuple(
        _field(row, place_of("field", row, number), places, groups)
        for number, row in enumerate(asked, start=1)
    )
    if not fields:
        raise FormRefused("The form has no fields.")
    unique((spec.key for spec in fields), "field")
    for group in groups:
        meant = [spec.means for spec in fields if spec.group == group.key and spec.means]
        unique(meant, f"group {group.key!r}, meaning", "is asked")
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 10**6:
        raise FormRefused("The form's version must be a whole number from 1.")
    slug = text(data, "slug", "the form", longest=10_000)
    if not _SLUG.fullmatch(slug) or len(slug) > _MAX_KEY:
        raise FormRefused(
            f"The form's slug is of small letters, digits and hyphens, at most {_MAX_KEY}."
        )
    form = FormSpec(
        slug=slug,
        title=text(data, "title", "the form", longest=_MAX_TITLE),
        version=version,
        groups=groups,
        sections=sections,
        fields=fields,
    )
    checks = tuple(_check(row, form, number) for number, row in _numbered(data, "checks"))
    return replace(form, checks=checks)


def _numbered(data: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    return list(enumerate(rows(data, name, _MOST[name]), start=1))


def _group(row: Mapping[str, Any], place: str) -> GroupSpec:
    only(row, {"key", "name", "plural", "of", "across", "repeats", "folded"}, place)
    group = GroupSpec(
        key=key_of(row, place, _MAX_GROUP),
        name=text(row, "name", place, longest=_MAX_NAME),
        plural=text(row, "plural", place, longest=_MAX_NAME),
        of=names(row, "of", _MOST["groups"], place),
        across=optional_text(row, "across", place),
        repeats=flag(row, "repeats", place) if "repeats" in row else True,
        folded=flag(row, "folded", place),
    )
    if group.across and not group.of:
        raise FormRefused(f"{place}: what belongs across another group belongs to a first one too.")
    unique(group.parents, f"{place}, group", "is belonged to")
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
    by_key = {group.key: group for group in groups}
    for group in groups:
        for name in group.parents:
            if name not in by_key:
                raise FormRefused(f"group {group.key!r}: there is no group {shown(name)}.")
            if by_key[name].is_study:
                raise FormRefused(
                    f"group {group.key!r}: {name!r} is the study itself; leave “of” empty."
                )
    for group in groups:
        open_, seen = list(group.parents), set()
        while open_:
            name = open_.pop()
            if name == group.key:
                raise FormRefused(f"group {group.key!r}: it belongs to itself through others.")
            if name not in seen:
                seen.add(name)
                open_ += by_key[name].parents


def _section(row: Mapping[str, Any], place: str, groups: Sequence[GroupSpec]) -> SectionSpec:
    only(row, {"key", "title", "group"}, place)
    known = [group.key for group in groups]
    return SectionSpec(
        key=key_of(row, place),
        title=text(row, "title", place, longest=_MAX_TITLE),
        group=one_of(text(row, "group", place), known, "group", place),
    )


def _with_section(row: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    section = row.get("section", EXTRA_SECTION)
    group = places.get(section, "cohort") if isinstance(section, str) else "cohort"
    return {"section": section, "group": group, **row}


def _field(
    row: Mapping[str, Any], place: str, places: Mapping[str, str], groups: Sequence[GroupSpec]
) -> FieldSpec:
    only(
        row,
        {"key", "question", "group", "section", "type", "choices", *_TEXTS, *_FLAGS},
        place,
    )
    section = text(row, "section", place)
    known = [group.key for group in groups]
    group = one_of(text(row, "group", place), known, "group", place)
    if places.get(section) != group:
        raise FormRefused(f"{place}: there is no section {shown(section)} in group {group!r}.")
    kind = FieldType(one_of(text(row, "type", place), list(FieldType), "type", place))
    texts: dict[str, Any] = {
        name: optional_text(row, name, place, longest=longest) for name, longest in _TEXTS.items()
    }
    flags: dict[str, Any] = {name: flag(row, name, place) for name in _FLAGS if name in row}
    spec = FieldSpec(
        key=key_of(row, place),
        question=text(row, "question", place),
        group=group,
        section=section,
        type=kind,
        choices=tuple(
            _choice(choice, place) for choice in rows(row, "choices", _MOST["choices"], place)
        ),
        **texts,
        **flags,
    )
    _consistent(spec, place)
    if spec.refers_to:
        with_elements = [one.key for one in groups if not one.is_study]
        one_of(spec.refers_to, with_elements, "group with elements", f"{place}, refers_to")
    _fits_meaning(spec, place)
    return spec


def _choice(row: Mapping[str, Any], place: str) -> ChoiceSpec:
    only(row, {"key", "label"}, f"{place}, choices")
    key = text(row, "key", f"{place}, choices")
    if not _CHOICE_KEY.fullmatch(key) or len(key) > _MAX_KEY:
        raise FormRefused(f"{place}: {shown(key)} cannot be the key of a choice.")
    label = text(row, "label", f"{place}, choice {key!r}", longest=_MAX_TITLE)
    return ChoiceSpec(key=key, label=label)


def _consistent(spec: FieldSpec, place: str) -> None:
    """Refuse a field that carries what its type has no use for, or lacks what it needs."""
    if spec.type.is_choice != bool(spec.choices):
        raise FormRefused(f"{place}: choices belong to choice fields, and those need them.")
    unique((choice.key.casefold() for choice in spec.choices), f"{place}: choice")
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
        one_of(spec.vocabulary, VOCABULARIES, "vocabulary", place)
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
            f"{place}: there is no meaning {shown(spec.means)} in group {spec.group!r}."
        )
    if meaning.type != spec.type:
        raise FormRefused(f"{place}: the meaning {spec.means!r} is of type {meaning.type}.")
    if meaning.unit and spec.unit != meaning.unit:
        raise FormRefused(f"{place}: the meaning {spec.means!r} is in {meaning.unit}.")
    if meaning.refers_to != spec.refers_to:
        raise FormRefused(
            f"{place}: the meaning {spec.means!r} names elements of {meaning.refers_to!r}."
        )
    if meaning.duration != spec.duration:
        words = "is" if meaning.duration else "is not"
        raise FormRefused(f"{place}: the meaning {spec.means!r} {words} a duration.")
    extra = sorted({choice.key for choice in spec.choices} - set(meaning.options))[:5]
    if meaning.options and extra and not meaning.open:
        raise FormRefused(
            f"{place}: {', '.join(extra)} is none of the options of {spec.means!r}: "
            f"{', '.join(meaning.options)}."
        )


def _limit(given: str, place: str) -> Decimal:
    try:
        return parse_number(given).value
    except NumberRefused as refused:
        raise FormRefused(f"{place}: {refused.message}") from refused


def _check(row: Mapping[str, Any], form: FormSpec, number: int) -> CheckSpec:
    rule = row.get("rule")
    if not isinstance(rule, str) or rule not in RULES:
        raise FormRefused(f"check number {number}: there is no such rule: {shown(rule)}.")
    place = f"check number {number}, {rule!r}"
    declared = RULES[rule]
    only(row, {"rule", "group", "severity", "message", "overridable", *declared}, place)
    known = [group.key for group in form.groups]
    group = one_of(text(row, "group", place), known, "group", place)
    parameters: dict[str, str | tuple[str, ...]] = {}
    for name, parameter in declared.items():
        given = _named(row, name, parameter, place)
        if parameter.types:
            where = (parameter.group or group, form, f"{place}, {name}")
            given = tuple(_cell_named(one, parameter, *where) for one in given)
        parameters[name] = given if parameter.several else given[0]
    return CheckSpec(
        rule=rule,
        group=group,
        severity=one_of(text(row, "severity", place), SEVERITIES, "severity", place),
        message=optional_text(row, "message", place),
        overridable=flag(row, "overridable", place),
        parameters=parameters,
    )


def _named(row: Mapping[str, Any], name: str, parameter: Parameter, place: str) -> tuple[str, ...]:
    if not parameter.several:
        return (text(row, name, place),)
    given = names(row, name, _MOST["fields"], place)
    if not given:
        raise FormRefused(f"{place}: {name} must be a list of names.")
    if parameter.exactly and len(given) != parameter.exactly:
        raise FormRefused(f"{place}: {name} must be {parameter.exactly} names.")
    return given


def _cell_named(named: str, parameter: Parameter, group: str, form: FormSpec, place: str) -> str:
    """Return the key of what a check names, by its key or by its meaning."""
    found = form.by_key.get(named) or form.by_cell.get(named)
    if found is None or found.group != group:
        found = form.meaning(group, named)
    if found is None:
        raise FormRefused(f"{place}: there is no field {shown(named)} in group {group!r}.")
    if found.type not in parameter.types:
        raise FormRefused(
            f"{place}: {found.key!r} is of type {found.type}; "
            f"this rule compares {' or '.join(parameter.types)}."
        )
    return found.key
