"""The best of each field among the records that are one paper: a pure rule.

A merge hides records and loses nothing: where the kept record is blank, cut short or abbreviated
and another is not, the paper is shown and exported with what the other one says.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from records.importers.markup import is_marked

CUT = re.compile(r"(?:\.\.\.|…|\btruncated(?: at \d+ words)?\)?\]?)\s*$", re.IGNORECASE)
NO_ABSTRACT = re.compile(
    r"^\W*(?:no abstract(?: (?:is )?available)?|abstract not available|n/?a|none)\W*$",
    re.IGNORECASE,
)
ABBREVIATED = re.compile(r"\b[^\W\d_]{1,6}\.(?:\s|$)")
OTHERS_LEFT_OUT = re.compile(r"^(?:et\.? al\.?|and others|\.\.\.|…)$", re.IGNORECASE)
GIVEN_NAME = re.compile(r"[^\W\d_]*[^\W\d_A-Z][^\W\d_]*", re.UNICODE)
PAGE_RANGE = re.compile(r"^\s*(\w*\d+\w*)\s*[-\u2010-\u2015]+\s*(\w*\d+\w*)")
FIRST_PAGE = re.compile(r"\w*\d+")
# Year, volume, issue and pages say together where a paper stands: they come from one record.
PLACE = ("year", "year_text", "volume", "issue", "pages")
FIELDS = (
    "title", "translated_title", "authors", *PLACE, "journal", "journal_abbreviation", "doi",
    "pmid", "pmcid", "issn", "abstract", "keywords", "language", "url", "record_type", "notices",
)  # fmt: skip
LABELS: Mapping[str, str] = {
    "title": "Title",
    "translated_title": "Translated title",
    "authors": "Authors",
    "year": "Year",
    "journal": "Journal",
    "journal_abbreviation": "Journal, abbreviated",
    "volume": "Volume",
    "issue": "Issue",
    "pages": "Pages",
    "doi": "DOI",
    "pmid": "PubMed",
    "pmcid": "PubMed Central",
    "issn": "ISSN, ISBN",
    "abstract": "Abstract",
    "keywords": "Keywords",
    "language": "Language",
    "url": "Address",
    "record_type": "Type",
    "notices": "Notices",
}


class Bibliographic(Protocol):
    """What has the fields of a record."""

    pk: Any


Kept = TypeVar("Kept", bound=Bibliographic)


@dataclass(frozen=True, slots=True)
class BestField(Generic[Kept]):
    """The value of one field, and the record that it comes from."""

    name: str
    value: Any
    origin: Kept

    @property
    def label(self) -> str:
        """Return what the field is called."""
        return LABELS.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class BestFields(Generic[Kept]):
    """The best of each field of a kept record and those merged behind it."""

    kept: Kept
    others: Sequence[Kept]
    fields: Mapping[str, BestField[Kept]]

    @property
    def taken(self) -> list[BestField[Kept]]:
        """Return the fields that come from another record than the kept one."""
        return [
            field
            for name, field in self.fields.items()
            if name in LABELS and field.origin is not self.kept
        ]

    @property
    def record(self) -> Kept:
        """Return the kept record with the best fields, for reading only; it is never saved."""
        if not self.others:
            return self.kept
        shown = copy(self.kept)
        for name, field in self.fields.items():
            setattr(shown, name, field.value)
        return shown


def best_fields(kept: Kept, others: Sequence[Kept]) -> BestFields[Kept]:
    """Return the best value of each field among a kept record and those merged behind it.

    Of equal values the kept record's is taken, then that of the first of ``others``.
    """
    records = [kept, *others]
    place = _place(records)
    fields = {name: _BEST.get(name, _first)(name, records) for name in FIELDS if name not in PLACE}
    return BestFields(kept, list(others), {name: {**fields, **place}[name] for name in FIELDS})


def is_cut(text: str) -> bool:
    """Say whether a text was cut short by whoever exported it."""
    return CUT.search(text) is not None


def is_clean(text: str) -> bool:
    """Say whether a text is as a person should read it: no tags, no entities, no lost letters."""
    return "\ufffd" not in text and not is_marked(text)


def _value(record: Any, name: str) -> Any:
    return getattr(record, name) or ""


def _first(name: str, records: Sequence[Kept]) -> BestField[Kept]:
    """Return the first value that there is."""
    origin = next((record for record in records if _value(record, name)), records[0])
    return BestField(name, getattr(origin, name), origin)


def _highest(
    name: str, records: Sequence[Kept], worth: Callable[[str], tuple[Any, ...]]
) -> BestField[Kept]:
    """Return the value that is worth most; of equals the first."""
    filled = [record for record in records if _value(record, name)]
    if not filled:
        return BestField(name, getattr(records[0], name), records[0])
    origin = max(filled, key=lambda record: worth(_value(record, name)))
    return BestField(name, getattr(origin, name), origin)


def _title(name: str, records: Sequence[Kept]) -> BestField[Kept]:
    """Prefer a title that is whole, clean and not in capitals, and of the original's form."""
    return _highest(
        name,
        records,
        lambda text: (
            not is_cut(text),
            is_clean(text),
            not text.isupper(),
            not text.startswith("["),
        ),
    )


def _abstract(name: str, records: Sequence[Kept]) -> BestField[Kept]:
    """Prefer the longest abstract that was not cut short and holds no markup or damage."""
    return _highest(
        name,
        records,
        lambda text: (not NO_ABSTRACT.match(text), not is_cut(text), is_clean(text), len(text)),
    )


def _journal(name: str, records: Sequence[Kept]) -> BestField[Kept]:
    """Prefer a journal's full name: not another's abbreviation, without points, in words."""
    short = {_value(record, "journal_abbreviation").casefold() for record in records}

    def worth(text: str) -> tuple[bool, bool, int]:
        full = text.casefold() not in short and not ABBREVIATED.search(text)
        return full, not text.isupper(), 0 if full else len(text)

    best = _highest(name, records, worth)
    if worth(str(best.value or ""))[0]:
        # An abbreviation without points looks like a name, and is shorter than the name it is of.
        return _spelt_out(best, [r for r in records if worth(_value(r, name))[0]])
    return best


def _spelt_out(best: BestField[Kept], full: Sequence[Kept]) -> BestField[Kept]:
    for record in full:
        if _abbreviates(str(best.value), _value(record, best.name)):
            best = BestField(best.name, _value(record, best.name), record)
    return best


def _abbreviates(short: str, long: str) -> bool:
    """Say whether every word of ``short`` begins a word of ``long``, in their order."""
    words = iter(re.findall(r"\w+", long.casefold()))
    starts = re.findall(r"\w+", short.casefold())
    begun = [next((word for word in words if word.startswith(start)), "") for start in starts]
    return all(begun) and begun != starts


def _authors(name: str, records: Sequence[Kept]) -> BestField[Kept]:
    """Prefer the longest list of authors, then the one with most given names written out."""

    def worth(text: str) -> tuple[bool, int, int]:
        authors = [line.strip() for line in text.splitlines() if line.strip()]
        named = [author for author in authors if not OTHERS_LEFT_OUT.match(author)]
        spelt = sum(_has_given_name(author) for author in named)
        return len(named) == len(authors), len(named), spelt

    return _highest(name, records, worth)


def _has_given_name(author: str) -> bool:
    _, comma, given = author.partition(",")
    return bool(comma) and any(
        len(word) > 1 and GIVEN_NAME.fullmatch(word) for word in re.findall(r"[^\W\d_]+", given)
    )


def _notices(name: str, records: Sequence[Kept]) -> BestField[Kept]:
    """Gather what any of the records says of retractions and corrections."""
    lines: dict[str, Kept] = {}
    for record in records:
        for line in _value(record, name).splitlines():
            lines.setdefault(line.strip(), record)
    lines.pop("", None)
    origin = next(iter(lines.values()), records[0])
    return BestField(name, "\n".join(lines), origin)


def _place(records: Sequence[Kept]) -> dict[str, BestField[Kept]]:
    """Return year, volume, issue and pages of the record that says most of them.

    What it leaves blank is taken from another of the same year and volume; so is a range of pages
    where it gives the first alone.
    """
    base = max(records, key=_completeness)
    agreeing = [base, *(r for r in records if r is not base and _agree(base, r))]
    fields = {name: _first(name, agreeing) for name in PLACE}
    fields["year_text"] = BestField(
        "year_text", _value(fields["year"].origin, "year_text"), fields["year"].origin
    )
    pages = str(fields["pages"].value or "")
    if not PAGE_RANGE.match(pages):
        first = FIRST_PAGE.match(pages.strip())
        for record in agreeing:
            found = PAGE_RANGE.match(_value(record, "pages"))
            if found and (first is None or found.group(1) == first.group()):
                fields["pages"] = BestField("pages", _value(record, "pages"), record)
                break
    return fields


def _completeness(record: Any) -> tuple[bool, bool, bool, bool]:
    return (
        bool(_value(record, "volume") and _value(record, "pages")),
        bool(_value(record, "volume")),
        bool(_value(record, "pages")),
        bool(_value(record, "year")),
    )


def _agree(base: Any, other: Any) -> bool:
    return all(
        not _value(base, name)
        or not _value(other, name)
        or _value(base, name) == _value(other, name)
        for name in ("year", "volume")
    )


_BEST: dict[str, Callable[[str, Sequence[Any]], BestField[Any]]] = {
    "title": _title,
    "abstract": _abstract,
    "journal": _journal,
    "authors": _authors,
    "notices": _notices,
}
