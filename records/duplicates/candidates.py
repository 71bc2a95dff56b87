"""What the rule is told of a record, and what it answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from records.duplicates.misread import is_whole

# So much of an abstract is compared; a caller need not hand over more.
ABSTRACT_START = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What the rule needs to know of a record; ``key`` names it to the caller.

    ``journal_abbreviation`` is the second name a file gives its journal, ``issn`` may hold
    several numbers and ISBNs, ``abstract`` the first ``ABSTRACT_START`` characters or more.
    ``accession`` and ``url`` are looked through for trial registrations only. ``filled`` counts
    the record's filled fields that are not among these.
    """

    key: int
    title: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    journal: str = ""
    volume: str = ""
    pages: str = ""
    authors: tuple[str, ...] = ()
    abstract_length: int = 0
    filled: int = 0
    translated_title: str = ""
    journal_abbreviation: str = ""
    issue: str = ""
    issn: str = ""
    abstract: str = ""
    record_type: str = ""
    accession: str = ""
    url: str = ""

    @property
    def completeness(self) -> tuple[bool, bool, int]:
        """Return what makes a record the one to keep: an abstract, whole letters, filled fields."""
        seen: tuple[object, ...] = (
            self.title, self.year, self.doi, self.pmid, self.journal, self.volume, self.pages,
            self.authors, self.issue, self.issn,
        )  # fmt: skip
        whole = is_whole(self.title) and (not self.authors or is_whole(self.authors[0]))
        filled = self.filled + sum(map(bool, seen))
        return bool(self.abstract_length or self.abstract), whole, filled


def candidate_of(record: Any, *, key: int, authors: Iterable[str]) -> Candidate:
    """Return what the rule is told of a record, parsed or stored: both name the fields alike."""
    others = (record.keywords, record.language, record.url, record.pmcid)
    return Candidate(
        key=key,
        title=record.title,
        translated_title=record.translated_title,
        year=record.year,
        doi=record.doi,
        pmid=record.pmid,
        journal=record.journal,
        journal_abbreviation=record.journal_abbreviation,
        volume=record.volume,
        issue=record.issue,
        pages=record.pages,
        authors=tuple(authors),
        issn=record.issn,
        abstract=record.abstract[:ABSTRACT_START],
        abstract_length=len(record.abstract),
        record_type=record.record_type,
        accession=record.accession,
        url=record.url,
        filled=sum(map(bool, others)),
    )


@dataclass(frozen=True, slots=True)
class Match:
    """One member of a group: how alike it is to the rest, from 0 to 1, and why it stands there."""

    key: int
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """Records taken for one paper, in order of their keys.

    ``kept`` is the most complete of them, the lowest key among equals. A record
    stands in one sure group at most. A doubtful group holds, of each sure group
    it touches, the kept record; every two of its records may be one paper.
    """

    members: tuple[Match, ...]
    kept: int
    sure: bool
