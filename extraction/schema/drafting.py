"""A form put together: questions of the library, those a form has already, and own ones.

What a form asks already stays as it asks it, under the same keys; what is new is placed after its
neighbours in the library. A question takes along the groups it needs.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from extraction.schema.check_rules import RULES
from extraction.schema.loading import load_form
from extraction.schema.meanings import library, meanings
from extraction.schema.shipped import library_checks, library_question, library_sections
from extraction.schema.specs import CheckSpec, FieldSpec, FormSpec, GroupSpec, question_key

OWN_SECTION = "Further questions"

_LONGEST = 40
_NOT_OF_A_KEY = re.compile(r"[^a-z0-9]+")
Meant = tuple[str, str]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class OwnGroup:
    """A group of the lead's own; ``of`` is what it belongs to, empty for the study."""

    name: str
    of: str = ""


@dataclass(frozen=True)
class OwnQuestion:
    """A question of the lead's own, asked of a group of the form or of an own one."""

    question: str
    group: str
    type: str = "text"
    unit: str = ""
    choices: tuple[str, ...] = ()
    duration: bool = False


@dataclass(frozen=True)
class Draft:
    """What a lead picked.

    ``base`` is the form it was begun with; ``kept`` are the keys of the questions without a meaning
    that stay of it. ``picked`` are questions with one, by group and meaning, of the base or of the
    library. Own groups are named by their place in ``groups`` wherever a group is named.
    """

    slug: str
    title: str
    base: FormSpec | None = None
    picked: frozenset[Meant] = frozenset()
    kept: frozenset[str] = frozenset()
    groups: Mapping[str, OwnGroup] = field(default_factory=dict)
    questions: Sequence[OwnQuestion] = ()

    @classmethod
    def of(cls, base: FormSpec) -> "Draft":
        """Return the draft that asks what a form asks."""
        return cls(
            slug=base.slug,
            title=base.title,
            base=base,
            picked=frozenset((spec.group, spec.means) for spec in base.fields if spec.means),
            kept=frozenset(spec.key for spec in base.fields if not spec.means),
        )

    @property
    def asked_of(self) -> set[str]:
        """The groups of which something was picked."""
        old = {spec.group for spec in self.old}
        return old | {group for group, _ in self.picked} | {one.group for one in self.questions}

    @property
    def old(self) -> list[FieldSpec]:
        """The questions of the base that stay, in its order."""
        return [spec for spec in (self.base.fields if self.base else ()) if self._stays(spec)]

    def _stays(self, spec: FieldSpec) -> bool:
        if spec.means:
            return (spec.group, spec.means) in self.picked
        return spec.key in self.kept

    def form(self) -> FormSpec:
        """Return the form.

        Raises:
            FormRefused: it cannot be used, as when it asks nothing.
        """
        return load_form(_Assembly(self).data())

    def taken_along(self, form: FormSpec) -> list[GroupSpec]:
        """Return the groups of the form that others need, and of which nothing was picked."""
        shipped = {row["key"] for row in library()["groups"]}
        return [g for g in form.groups if g.key in shipped and g.key not in self.asked_of]


def key_from(words: str, taken: Collection[str], before: str) -> str:
    """Return a key made of words that is not taken; ``before`` begins one without letters."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    key = _NOT_OF_A_KEY.sub("_", plain).strip("_")
    if not key or not key[0].isalpha():
        key = f"{before}_{key}".strip("_")
    key = key[:_LONGEST].strip("_")
    number, tried = 1, key
    while tried in taken:
        number += 1
        tried = f"{key[: _LONGEST - 4].strip('_')}_{number}"
    return tried


def placed(order: Iterable[Thing], new: Iterable[Thing], usual: Sequence[Thing]) -> list[Thing]:
    """Return things in their order with new ones, each after all that it usually follows."""
    found = list(order)
    for one in new:
        before = set(usual[: usual.index(one)]) if one in usual else set(found)
        at = max((place for place, other in enumerate(found, 1) if other in before), default=0)
        found.insert(at, one)
    return found


class _Assembly:
    """One draft being put together."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.old = draft, draft.old
        self.base = draft.base.as_data() if draft.base else {}
        self.base_groups = {row["key"]: row for row in self._of_base("groups")}
        self.shipped_groups = {row["key"]: row for row in library()["groups"]}
        self.own = self._own_groups()
        self.known = {**self.shipped_groups, **self.base_groups, **self.own}
        base_asks = {(spec.group, spec.means) for spec in (draft.base.fields if draft.base else ())}
        self.new = [meant for meant in _in_library() if meant in draft.picked - base_asks]
        self._take_along()

    def data(self) -> dict[str, Any]:
        """Return the form as plain data."""
        order = [key for key in self.base_groups if key in self.groups]
        usual = list(self.shipped_groups)
        new = [key for key in (*usual, *self.own) if key in self.groups - set(order)]
        self._headings()
        fields = self._fields()
        return {
            "slug": self.draft.slug,
            "title": self.draft.title,
            "version": 1,
            "groups": [self._group(key) for key in placed(order, new, usual)],
            "sections": self.sections,
            "fields": fields,
            "checks": [*self._old_checks(), *library_checks(fields, set(self.new))],
        }

    def _of_base(self, name: str) -> list[dict[str, Any]]:
        found: Any = self.base.get(name, [])
        return list(found)

    def _own_groups(self) -> dict[str, dict[str, Any]]:
        """Return the own groups by their keys, each with what it belongs to."""
        keys: dict[str, str] = {}
        for place, group in self.draft.groups.items():
            taken = {*self.shipped_groups, *self.base_groups, "appraisal", *keys.values()}
            keys[place] = key_from(group.name, taken, "group")
        self.keys = keys
        return {
            keys[place]: {
                "key": keys[place],
                "name": group.name,
                "plural": group.name,
                **({"of": [self._key(group.of)]} if group.of else {}),
            }
            for place, group in self.draft.groups.items()
        }

    def _key(self, group: str) -> str:
        """Return the key of a group that is named by its place, if it is an own one."""
        return self.keys.get(group, group)

    def _take_along(self) -> None:
        """Find the groups needed, and ask of those that come along what names their elements."""
        bare = {key for key in self.base_groups if self._was_bare(key)}
        while True:
            asked = {spec.group for spec in self.old} | {group for group, _ in self.new}
            asked |= {self._key(one.group) for one in self.draft.questions}
            named = {spec.refers_to for spec in self.old}
            named |= {meanings()[meant].refers_to for meant in self.new}
            self.groups = self._needed((asked | named | bare | set(self.own)) - {""})
            lacking = [key for key in self.groups - asked - bare if key in self.shipped_groups]
            if not lacking:
                return
            self.new += [meant for key in sorted(lacking) for meant in _naming(key)]

    def _was_bare(self, key: str) -> bool:
        base = self.draft.base
        return base is not None and not base.in_group(key)

    def _needed(self, groups: set[str]) -> set[str]:
        """Return groups with what each belongs to: the one across, and one at least of the rest."""
        found = set(groups)
        while True:
            more = {row["across"] for row in map(self.known.__getitem__, found) if "across" in row}
            for key in found:
                of = self.known[key].get("of", [])
                if of and not found.intersection(of):
                    more.add(of[0])
            if more <= found:
                return found
            found |= more

    def _group(self, key: str) -> dict[str, Any]:
        row = dict(self.known[key])
        of = list(row.get("of", []))
        if key in self.base_groups and key in self.shipped_groups:
            # What the base left out belongs here as in the library once it is there.
            usual = self.shipped_groups[key].get("of", [])
            of += [one for one in usual if one not in of and one not in self.base_groups]
        if of:
            row["of"] = [one for one in of if one in self.groups]
        return row

    def _headings(self) -> None:
        """Make the sections, and say in which each new question stands."""
        rows = {
            (row["group"], row["key"]): row
            for row in self._of_base("sections")
            if row["group"] in self.groups
        }
        base_keys = {row["key"] for row in self._of_base("sections")}
        self.section_of: dict[Meant, str] = {}
        usual = [(one.group, one.key) for one in library_sections()]
        made: list[Meant] = []
        for one in library_sections():
            asked = [meant for meant in self.new if meant[0] == one.group]
            asked = [meant for meant in asked if meant[1] in one.questions]
            place = (one.group, one.key)
            if asked and place not in rows:
                taken = base_keys | {row["key"] for row in rows.values()}
                key = one.key if one.key not in taken else key_from(one.key, taken, "section")
                rows[place] = {"key": key, "title": one.title, "group": one.group}
                made.append(place)
            self.section_of.update((meant, rows[place]["key"]) for meant in asked)
        order = placed([place for place in rows if place not in made], made, usual)
        self.sections = [rows[place] for place in order]

    def _own_section(self, group: str) -> str:
        """Return the section of the own questions of a group, made where there is none."""
        title = self.own[group]["name"] if group in self.own else OWN_SECTION
        for row in self.sections:
            if (row["group"], row["title"]) == (group, title):
                return str(row["key"])
        taken = {row["key"] for row in (*self.sections, *self._of_base("sections"))}
        key = key_from(f"own_{group}", taken, "section")
        self.sections.append({"key": key, "title": title, "group": group})
        return key

    def _fields(self) -> list[dict[str, Any]]:
        stays = {spec.key for spec in self.old}
        rows = {_identity(row): row for row in self._of_base("fields") if row["key"] in stays}
        order = list(rows)
        taken = {row["key"] for row in self._of_base("fields")}
        for group, means in self.new:
            row = library_question(group, means, self.section_of[group, means])
            if row["key"] in taken:
                row["key"] = key_from(row["key"], taken, "question")
            taken.add(row["key"])
            rows[group, means] = row
        order = placed(order, self.new, _in_library())
        taken |= {row["key"] for row in library()["questions"]}
        own = []
        for one in self.draft.questions:
            key = key_from(one.question, taken, "question")
            taken.add(key)
            own.append(self._own_question(one, key))
        return [*(rows[identity] for identity in order), *own]

    def _own_question(self, one: OwnQuestion, key: str) -> dict[str, Any]:
        group = self._key(one.group)
        row: dict[str, Any] = {
            "key": key,
            "question": one.question,
            "group": group,
            "section": self._own_section(group),
            "type": one.type,
        }
        if one.unit:
            row["unit"] = one.unit
        if one.duration:
            row["duration"] = True
        if one.choices:
            keys: list[str] = []
            for label in one.choices:
                keys.append(key_from(label, keys, "option"))
            row["choices"] = [
                {"key": key, "label": label} for key, label in zip(keys, one.choices, strict=True)
            ]
        return row

    def _old_checks(self) -> list[dict[str, Any]]:
        """Return the checks of the base whose questions all stay."""
        base, stays = self.draft.base, {spec.key for spec in self.old}
        if base is None:
            return []
        kept = zip(base.checks, self._of_base("checks"), strict=True)
        return [row for check, row in kept if _questions(check) <= stays]


def _questions(check: CheckSpec) -> set[str]:
    """Return the keys of the questions that a check compares."""
    named = [name for name, parameter in RULES[check.rule].items() if parameter.types]
    return {question_key(key) for name in named for key in check.names(name)}


def _identity(row: Mapping[str, Any]) -> Meant:
    means = row.get("means", "")
    return (str(row["group"]), str(means)) if means else ("", str(row["key"]))


def _in_library() -> list[Meant]:
    """Return the questions of the library by group and meaning, in its order."""
    return [(one.group, means) for one in library_sections() for means in one.questions]


def _naming(group: str) -> list[Meant]:
    """Return what must be asked of a group's elements: what is required, else the first."""
    asked = [meant for meant in _in_library() if meant[0] == group]
    required = {(r["group"], r["means"]) for r in library()["questions"] if r.get("required")}
    return [meant for meant in asked if meant in required] or asked[:1]


@cache
def library_form() -> FormSpec:
    """Return the form that asks the whole library."""
    return Draft("library", "Library", picked=frozenset(meanings())).form()
