"""The vocabulary of meanings: what reports, checks and totals ask a form for."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
VOCABULARIES = ("categories", "instruments", "severity")


@dataclass(frozen=True)
class Meaning:
    """What an answer is: its name within a group, its type, and where it is used.

    ``options`` are the keys of its choices. A form may leave some out, and add its own where
    ``open`` is set.
    """

    group: str
    means: str
    type: str
    unit: str
    options: tuple[str, ...]
    open: bool
    refers_to: str
    duration: bool
    definition: str
    source: str
    tables: tuple[str, ...]


@cache
def library() -> dict[str, Any]:
    """Return the shipped groups, questions and checks as plain data."""
    data: dict[str, Any] = json.loads((DATA / "library.json").read_text(encoding="utf-8"))
    return data


@cache
def meanings() -> dict[tuple[str, str], Meaning]:
    """Return every meaning by its group and name, in the library's order."""
    return {
        (row["group"], row["means"]): Meaning(
            group=row["group"],
            means=row["means"],
            type=row["type"],
            unit=row.get("unit", ""),
            options=tuple(choice["key"] for choice in row.get("choices", [])),
            open=row.get("open", False),
            refers_to=row.get("refers_to", ""),
            duration=row.get("duration", False),
            definition=row["definition"],
            source=row["source"],
            tables=tuple(row["tables"]),
        )
        for row in library()["questions"]
    }


@cache
def shapes() -> dict[str, tuple[tuple[str, ...], str, bool]]:
    """Return what each group whose name has a meaning belongs to, and whether it repeats."""
    return {
        row["key"]: (tuple(row.get("of", [])), row.get("across", ""), row.get("repeats", True))
        for row in [*library()["groups"], {"key": "appraisal", "repeats": False}]
    }


@cache
def shipped_words() -> dict[str, Any]:
    """Return the schemes of severity and the pairs of opposite words that ship."""
    data: dict[str, Any] = json.loads((DATA / "vocabularies.json").read_text(encoding="utf-8"))
    return data
