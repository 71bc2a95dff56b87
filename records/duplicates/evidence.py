"""What speaks for and against two records being one paper, field by field."""

from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz

from records.duplicates.fingerprints import Fingerprint, doi_stem
from records.duplicates.journals import same_journal
from records.duplicates.likeness import Likeness, likeness
from records.duplicates.names import same_name, shared_names
from records.duplicates.places import same_issue, same_pages, same_volume
from records.duplicates.registers import OF_CENTRAL

UNKNOWN_GAP = -1
COMPARABLE_ABSTRACT = 80
OPENING = 50


@dataclass(frozen=True, slots=True)
class Evidence:
    """The comparison of two records: 1 or more speaks for one paper, -1 against, 0 is silent.

    ``authors`` is 2 when first author and most others are the same; ``pages`` is 2 for the same
    first page and 1 for one that seems typed wrong; ``gap`` is the number of years between them;
    ``trial`` is 1 for two records of one registration.
    """

    one: Fingerprint
    other: Fingerprint
    title: Likeness
    authors: int
    journal: int
    volume: int
    issue: int
    pages: int
    gap: int
    doi: int
    pmid: int
    abstract: int
    trial: int

    @property
    def identified(self) -> bool:
        """Say whether an identifier is the same, and none differs."""
        if self.trial > 0:
            return self.pmid >= 0
        return (self.doi > 0 and self.pmid >= 0) or (self.pmid > 0 and self.doi >= 0)

    @property
    def in_two_countings(self) -> bool:
        """Say whether one has a page, the other an article's number or a count from 1."""
        return self.pages == 0 and min(self.one.place.first, self.other.place.first) > 0

    @property
    def placed(self) -> bool:
        """Say whether both stand at the same first page of the same volume or journal."""
        if self.pages < 2 or self.volume < 0 or self.gap > 3:
            return False
        ends = self.one.place.last == self.other.place.last > 0
        return self.volume > 0 or self.journal > 0 or (self.issue > 0 and ends)

    @property
    def contradicted(self) -> bool:
        """Say whether journal, volume, issue or pages differ."""
        return min(self.journal, self.volume, self.issue, self.pages) < 0

    @property
    def of_abstracts(self) -> bool:
        """Say whether one of them looks like an abstract of a conference."""
        return "conference" in (self.one.kind, self.other.kind)


def gather(one: Fingerprint, other: Fingerprint) -> Evidence | None:
    """Return the evidence on two records, or ``None`` where nothing could make them one paper.

    Most pairs are of two papers: what tells that soonest is looked at first.
    """
    title = likeness(one.title, other.title)
    if title is Likeness.DIFFERENT and not _else_alike(one, other):
        return None
    return compare(one, other, title)


def _else_alike(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether two records of different titles share what could make them one paper."""
    if _same_doi(one.doi, other.doi) > 0 or _same(one.pmid, other.pmid) > 0:
        return True
    if one.registers and _same_registration(one, other):
        return True
    if _same_abstract(one.abstract, other.abstract, closely=True) > 0:
        return True
    if one.place.first != other.place.first or same_pages(one.place, other.place) < 1:
        return False
    volume = same_volume(one.place, other.place)
    return volume > 0 or (volume == 0 and one.names == other.names)


def compare(one: Fingerprint, other: Fingerprint, title: Likeness) -> Evidence:
    """Return the evidence on two records whose titles have been compared."""
    different = title is Likeness.DIFFERENT
    return Evidence(
        one,
        other,
        title=title,
        authors=same_authors(one, other),
        journal=_same_journal(one, other),
        volume=same_volume(one.place, other.place),
        issue=same_issue(one.place, other.place),
        pages=same_pages(one.place, other.place),
        gap=abs(one.year - other.year) if one.year and other.year else UNKNOWN_GAP,
        doi=_same_doi(one.doi, other.doi),
        pmid=_same(one.pmid, other.pmid),
        abstract=_same_abstract(one.abstract, other.abstract, closely=different),
        trial=int(one.registers and _same_registration(one, other)),
    )


def _same_registration(one: Fingerprint, other: Fingerprint) -> bool:
    return one.registers and other.registers and one.trial == other.trial


def _same(one: str, other: str) -> int:
    return 0 if not one or not other else 1 if one == other else -1


def _same_doi(one: str, other: str) -> int:
    """Compare DOIs; one that is the other's beginning was cut or lengthened by a database."""
    if not one or not other or one == other:
        return _same(one, other)
    if OF_CENTRAL in one or OF_CENTRAL in other:
        return 0
    if doi_stem(one) == doi_stem(other):
        return -1
    short, long = sorted((one, other), key=len)
    cut = len(short) > 14 and long.startswith(short) and not long[len(short)].isdigit()
    return 0 if cut else -1


def same_authors(one: Fingerprint, other: Fingerprint) -> int:
    """Return 2 for the same authors, 1 for about the same, -1 for others, 0 when unknown."""
    if not one.names or not other.names:
        return 0
    if one.names == other.names and one.first == other.first:
        alone = len(one.names) == 1 and not _initials_agree(one.initials, other.initials)
        return -1 if alone else 2
    common, part = shared_names(one.names, other.names)
    if not same_name(one.first, other.first):
        return 1 if common > 1 and part >= 0.5 else -1
    if common > 1 and part >= 0.6:
        return 2
    if not _initials_agree(one.initials, other.initials):
        return -1 if common < 2 else 1
    return 2 if min(len(one.names), len(other.names)) <= 2 and part >= 0.5 else 1


def _initials_agree(one: str, other: str) -> bool:
    return not one or not other or one[0] == other[0] or one[0] in other or other[0] in one


def _same_journal(one: Fingerprint, other: Fingerprint) -> int:
    if one.issns and other.issns and not set(one.issns).isdisjoint(other.issns):
        return 1
    told = max(
        (same_journal(*sorted(pair)) for pair in product(one.journals, other.journals)), default=0
    )
    # One trial may stand at two addresses of the search portal.
    return max(told, 0) if one.trial and one.trial == other.trial else told


def _same_abstract(one: str, other: str, *, closely: bool) -> int:
    """Compare how two abstracts begin; ``closely`` is enough where the titles differ."""
    if len(one) < COMPARABLE_ABSTRACT or len(other) < COMPARABLE_ABSTRACT:
        return 0
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return 1
    if closely:
        return -1
    if fuzz.ratio(one[:length], other[:length], score_cutoff=88):
        return 1
    opening = one[:OPENING] in other or other[:OPENING] in one
    return 1 if opening or fuzz.partial_ratio(one[:90], other, score_cutoff=90) else -1
