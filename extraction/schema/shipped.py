"""The library of questions, the forms made of it, and the outcome instruments that ship."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from extraction.schema.check_rules import RULES
from extraction.schema.loading import load_form
from extraction.schema.meanings import DATA, library, meanings
from extraction.schema.plain import FormRefused
from extraction.schema.specs import FormSpec, question_key

CASE_SERIES = "orthopaedic-case-series"
SHIPPED_FORMS = (CASE_SERIES, "two-arm-trial", "diagnostic-accuracy")
_OF_THE_LIBRARY = ("definition", "source", "tables", "open")


@dataclass(frozen=True)
class LibrarySection:
    """A heading of the library over questions of one group, named by what they mean."""

    key: str
    title: str
    group: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Instrument:
    """An outcome instrument with the other names it goes by."""

    key: str
    name: str
    aliases: tuple[str, ...]
    range_min: str
    range_max: str
    direction: str
    granularity: str
    unit: str
    domain: str


def shipped_form(
    slug: str = CASE_SERIES, extra_fields: Sequence[Mapping[str, Any]] = ()
) -> FormSpec:
    """Return a form that ships, with a review's own fields after its own."""
    if slug not in SHIPPED_FORMS:
        raise FormRefused(f"There is no shipped form {slug!r}.")
    return load_form(_expanded(_read(_file(slug))), extra_fields)


@cache
def library_sections() -> tuple[LibrarySection, ...]:
    """Return every question of the library under a heading, by group in the library's order.

    The headings are those of the shipped forms, the first that has the question; what no shipped
    form asks stands under the name of its group.
    """
    headings: dict[tuple[str, str], tuple[str, str]] = {}
    order: dict[tuple[str, str], int] = {}
    for slug in SHIPPED_FORMS:
        for section in _read(_file(slug))["sections"]:
            for means in section["questions"]:
                question = (section["group"], means)
                headings.setdefault(question, (section["key"], section["title"]))
                order.setdefault(question, len(order))
    found: list[LibrarySection] = []
    for group in library()["groups"]:
        asked = [question for question in meanings() if question[0] == group["key"]]
        listed: dict[tuple[str, str], list[str]] = {}
        for question in sorted(asked, key=lambda one: order.get(one, len(order))):
            heading = headings.get(question, (group["key"], group["name"]))
            listed.setdefault(heading, []).append(question[1])
        found += [
            LibrarySection(key, title, group["key"], tuple(questions))
            for (key, title), questions in listed.items()
        ]
    return tuple(found)


def library_question(group: str, means: str, section: str) -> dict[str, Any]:
    """Return a question of the library as a form states it.

    Raises:
        FormRefused: the library has no such question.
    """
    for row in library()["questions"]:
        if (row["group"], row["means"]) == (group, means):
            said = {name: value for name, value in row.items() if name not in _OF_THE_LIBRARY}
            return {**said, "section": section, "guidance": row["definition"]}
    raise FormRefused(f"The library asks nothing that means {means!r} in group {group!r}.")


def library_groups(wanted: Iterable[str]) -> list[dict[str, Any]]:
    """Return the groups wanted, less what they would belong to that is not wanted."""
    keys = set(wanted)
    groups = []
    for row in library()["groups"]:
        if row["key"] in keys:
            of = [name for name in row.get("of", []) if name in keys]
            groups.append({**row, "of": of} if "of" in row else row)
    return groups


def library_checks(
    fields: Iterable[Mapping[str, Any]], new: Collection[tuple[str, str]] | None = None
) -> list[dict[str, Any]]:
    """Return the checks of the library whose questions are all asked.

    With ``new``, those alone that name one of these groups and meanings.
    """
    asked = {(field["group"], field["means"]) for field in fields if field.get("means")}
    fitting = [check for check in library()["checks"] if _named_by(check) <= asked]
    return [c for c in fitting if new is None or not _named_by(c).isdisjoint(new)]


def _named_by(check: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the group and meaning of every question that a check names."""
    named: set[tuple[str, str]] = set()
    for name, parameter in RULES[check["rule"]].items():
        if parameter.types:
            group = parameter.group or check["group"]
            values = check[name] if parameter.several else [check[name]]
            named |= {(group, _question_of(group, one)) for one in values}
    return named


def _question_of(group: str, means: str) -> str:
    """Return the meaning of the question that a cell belongs to: ``age`` of ``age.value``."""
    asked = {row["means"] for row in library()["questions"] if row["group"] == group}
    return means if means in asked else question_key(means)


def _expanded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shipped form, which names its questions, with all they say."""
    fields = [
        library_question(section["group"], means, section["key"])
        for section in data["sections"]
        for means in section["questions"]
    ]
    sections = [
        {name: value for name, value in section.items() if name != "questions"}
        for section in data["sections"]
    ]
    return {
        "slug": data["slug"],
        "title": data["title"],
        "version": data["version"],
        "groups": library_groups(section["group"] for section in sections),
        "sections": sections,
        "fields": fields,
        "checks": library_checks(fields),
    }


@cache
def shipped_instruments() -> tuple[Instrument, ...]:
    """Return the outcome instruments, in the order they ship."""
    return tuple(_instrument(row) for row in _read("outcome_instruments.json")["instruments"])


def _instrument(row: Mapping[str, Any]) -> Instrument:
    known = {name: row[name] for name in Instrument.__dataclass_fields__}
    return Instrument(**{**known, "aliases": tuple(row["aliases"])})


def _file(slug: str) -> str:
    return f"form_{slug.replace('-', '_')}.json"


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return data
