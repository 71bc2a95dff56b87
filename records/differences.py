"""Where the texts of two records that may be one paper differ, character by character."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from records.best_fields import BestFields, best_fields
from records.models import Record

# Comparing character by character costs the product of the lengths.
COMPARED_CHARACTERS = 600
SHOWN_CHARACTERS = 400
COMPARED_FIELDS = (
    ("title", "Title"),
    ("translated_title", "Translated title"),
    ("authors", "Authors"),
    ("year", "Year"),
    ("journal", "Journal"),
    ("volume", "Volume"),
    ("issue", "Issue"),
    ("pages", "Pages"),
    ("doi", "DOI"),
    ("pmid", "PubMed"),
    ("record_type", "Type"),
    ("abstract", "Abstract"),
)


@dataclass(frozen=True)
class Piece:
    """A run of characters, and whether the other text lacks it."""

    text: str
    differs: bool


@dataclass(frozen=True)
class ComparedCell:
    """One field of one record beside the others'.

    ``survives_with`` names the records which, when kept, would be shown with this value.
    """

    pieces: Sequence[Piece]
    note: str = ""
    survives: bool = False
    survives_with: str = ""


@dataclass(frozen=True)
class ComparedField:
    """One field of several records, side by side, and whether they differ."""

    label: str
    cells: Sequence[ComparedCell]
    differs: bool


def comparison(records: Sequence[Record]) -> list[ComparedField]:
    """Return the fields that any of the records has, marked where they differ from the first.

    Where they differ, the value that a merge would show is marked, with each of the records kept.
    """
    best = [best_fields(r, [other for other in records if other is not r]) for r in records]
    return [
        _field(name, label, records, best)
        for name, label in COMPARED_FIELDS
        if any(getattr(record, name) for record in records)
    ]


def _field(
    name: str,
    label: str,
    records: Sequence[Record],
    best: Sequence[BestFields[Record]],
) -> ComparedField:
    texts = [str(getattr(record, name) or "") for record in records]
    differs = len(set(texts)) > 1
    cells = []
    for record, text in zip(records, texts, strict=True):
        with_it = [b.kept for b in best if b.fields[name].origin is record] if differs else []
        other = texts[1] if record is records[0] and len(texts) > 1 else texts[0]
        shown, note = _start(text)
        cells.append(
            ComparedCell(
                pieces(shown, _start(other)[0]) if differs else [Piece(shown, differs=False)],
                note=note,
                survives=records[0] in with_it,
                survives_with=" ".join(str(kept.uid) for kept in with_it),
            )
        )
    return ComparedField(label, cells, differs)


def _start(text: str) -> tuple[str, str]:
    """Return as much of a long text as is compared, and how long it is."""
    if len(text) <= SHOWN_CHARACTERS:
        return text, ""
    start = text[:SHOWN_CHARACTERS].rsplit(" ", 1)[0]
    return start, f"{len(text):,} characters"


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
