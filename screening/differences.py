"""Where the texts of two records that may be one paper differ, character by character."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.models import Record

# Comparing character by character costs the product of the lengths.
COMPARED_CHARACTERS = 600
COMPARED_FIELDS = (
    ("title", "Title"),
    ("authors", "Authors"),
    ("year_text", "Year"),
    ("journal", "Journal"),
    ("volume", "Volume"),
    ("issue", "Issue"),
    ("pages", "Pages"),
    ("doi", "DOI"),
    ("pmid", "PubMed"),
)


@dataclass(frozen=True)
class Piece:
    """A run of characters, and whether the other text lacks it."""

    text: str
    differs: bool


@dataclass(frozen=True)
class ComparedField:
    """One field of a record beside another's."""

    label: str
    pieces: Sequence[Piece]


def compared(record: "Record", other: "Record") -> list[ComparedField]:
    """Return the fields of ``record`` that either of the two has, marked where they differ."""
    return [
        ComparedField(label, pieces(getattr(record, name), getattr(other, name)))
        for name, label in COMPARED_FIELDS
        if getattr(record, name) or getattr(other, name)
    ]


def pieces(text: str, other: str) -> list[Piece]:
    """Return ``text`` in pieces, each either shared with ``other`` or not; long texts as one."""
    if text == other:
        return [Piece(text, differs=False)] if text else []
    if not text:
        return []
    if max(len(text), len(other)) > COMPARED_CHARACTERS or not other:
        return [Piece(text, differs=True)]
    matcher = SequenceMatcher(None, other, text, autojunk=False)
    return [
        Piece(text[start:end], differs=kind != "equal")
        for kind, _, _, start, end in matcher.get_opcodes()
        if end > start
    ]
