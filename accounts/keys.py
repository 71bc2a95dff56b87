"""The single keys a person may remap: one table for the pages, the help and the preferences.

A key stands for one thing everywhere, so that a person can move it everywhere at once. Keys that
browsers and screen readers own (Tab, Enter, Escape, arrows) are not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing a single key does."""

    scope: str
    label: str
    key: str


ACTIONS: Mapping[str, Action] = {
    "help": Action(scope="Everywhere", label="Show the keys", key="?"),
    "search": Action(scope="Everywhere", label="Search", key="/"),
    "go": Action(scope="Everywhere", label="Go to (then a second key)", key="g"),
    "include": Action(scope="Screening", label="Include", key="i"),
    "exclude": Action(scope="Screening", label="Exclude", key="e"),
    "unsure": Action(scope="Screening", label="Unsure", key="u"),
    "next": Action(scope="Everywhere", label="Next", key="j"),
    "previous": Action(scope="Everywhere", label="Previous", key="k"),
    "undo": Action(scope="Screening", label="Undo", key="z"),
    "note": Action(scope="Screening", label="Write a note", key="n"),
    "criteria": Action(scope="Screening", label="Show the criteria", key="c"),
    "highlights": Action(scope="Screening", label="Highlights on or off", key="h"),
    "open_source": Action(scope="Screening", label="Open the source", key="o"),
    "quote": Action(scope="PDF", label="Quote, or ask both", key="q"),
    "find": Action(scope="PDF", label="Find in the PDF", key="f"),
    "pin": Action(scope="PDF", label="Pin the page to a value", key="p"),
    "take_a": Action(scope="Adjudication", label="Take the value of A", key="a"),
    "take_b": Action(scope="Adjudication", label="Take the value of B", key="b"),
    "same": Action(scope="Adjudication", label="Mark as the same meaning", key="="),
    "differences": Action(scope="Adjudication", label="Differences only, or all", key="d"),
    "reveal": Action(scope="Adjudication", label="Reveal the votes", key="v"),
    "dismiss": Action(scope="Duplicates", label="Not duplicates", key="x"),
}

# The reasons of an exclusion are the digits.
RESERVED = frozenset("123456789")


def moved_keys(key_map: Mapping[str, str]) -> dict[str, str]:
    """Return ``{standard key: this person's key}`` for the keys that a person has moved."""
    return {ACTIONS[name].key: key for name, key in key_map.items() if name in ACTIONS}
