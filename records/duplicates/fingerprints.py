"""A record as the rule compares it: every field in one plain form, read once."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from records.duplicates.candidates import ABSTRACT_START, Candidate
from records.duplicates.journals import kind, read_issns
from records.duplicates.letters import plain
from records.duplicates.misread import mended
from records.duplicates.names import read_names
from records.duplicates.places import NOWHERE, Place, read_place
from records.duplicates.registers import registration
from records.duplicates.titles import Title, read_title

RESOLVER = re.compile(r"^(?:https?://)?(?:[a-z.-]{0,40}doi\.org/)?(?:doi)?[:\s]*", re.IGNORECASE)
# Figures, tables and sections of a paper, and versions of a preprint or a Cochrane review.
DOI_PIECE = re.compile(r"(?<=\d)(?:\.[gts]\d{3}|\.\d{3}(?<=elife\.\d{5}\.\d{3}))$")
DOI_VERSION = re.compile(r"(?:\.pub\d+|/v\d+|\.v\d+)$")
PREPRINT_DOI = re.compile(r"^10\.(?:1101|21203|48550|31234|20944|26434|2139|31219|31235)/")
COCHRANE_DOI = "10.1002/14651858."
CONFERENCE_TYPE = re.compile(r"conf|meeting|abstract|proceeding|cpaper|poster", re.IGNORECASE)
CONFERENCE_TITLE = re.compile(r"[\[(](?:conference |meeting |poster )?abstract", re.IGNORECASE)
LABELS = re.compile(
    r"^(?:abstract|background|objectives?|aims?|purpose|introduction|context|importance|summary"
    r"|study objective|and|of|the|question|problem|rationale|goals?|hypothesis|methods?)\b\s?"
)
COPYRIGHT = re.compile(r"^\W*(?:copyright|\(c\)|©)[^.]{0,120}\.\s*", re.IGNORECASE)
COMPARED_ABSTRACT = 240


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is compared of a record; ``kind`` is ``conference``, ``registry`` and the like.

    ``trial`` is the number of the trial that the record registers; ``registers`` says that it is
    nothing but that registration.
    """

    key: int
    title: Title
    year: int | None
    doi: str
    pmid: str
    place: Place
    first: tuple[str, ...]
    names: tuple[str, ...]
    initials: str
    journals: tuple[str, ...]
    issns: tuple[str, ...]
    abstract: str
    kind: str
    trial: str
    registers: bool

    def compared(self) -> tuple[object, ...]:
        """Return everything that is compared: records alike in all of it are one to the rule."""
        return (
            self.title.compact, self.title.others, self.title.marks, self.title.status,
            self.title.bounds, self.year,
            self.doi, self.pmid, self.place, self.first, self.names, self.initials, self.journals,
            self.issns, self.abstract, self.kind, self.trial, self.registers,
        )  # fmt: skip


def fingerprint(record: Candidate) -> Fingerprint:
    """Return what is compared of a record."""
    doi = read_doi(record.doi)
    place = read_place(record.volume, record.issue, record.pages, record.year)
    first, names, initials = read_names(record.authors) if record.authors else ((), (), "")
    names_of_journal = (record.journal, record.journal_abbreviation)
    journals = tuple(mended(name) for name in names_of_journal if name)
    trial, registers = registration(record)
    return Fingerprint(
        key=record.key,
        title=read_title(record.title, record.translated_title),
        year=record.year,
        doi=doi,
        pmid=record.pmid.strip().removeprefix("PMID").strip(": "),
        place=place,
        first=first,
        names=names,
        initials=initials,
        journals=journals,
        issns=read_issns(record.issn),
        abstract=_abstract(record.abstract),
        kind=_kind(record, doi, place, trial),
        trial=trial,
        registers=registers,
    )


def read_doi(text: str) -> str:
    """Return a DOI in small letters, without resolver, end marks or the number of a figure."""
    text = text.strip()[:300]
    if not text:
        return ""
    if "%" in text:
        text = unquote(text)
    doi = RESOLVER.sub("", text).lower().rstrip(" .,;")
    if not doi.startswith("10.") or "/" not in doi:
        return ""
    return DOI_PIECE.sub("", doi)


def doi_stem(doi: str) -> str:
    """Return a DOI without the number of its version."""
    return DOI_VERSION.sub("", doi)


def _abstract(text: str) -> str:
    if len(text) < 60:
        return ""
    words = plain(COPYRIGHT.sub("", mended(text[:ABSTRACT_START])))
    for _ in range(4):
        shorter = LABELS.sub("", words)
        if shorter == words:
            break
        words = shorter
    return words.replace(" ", "")[:COMPARED_ABSTRACT]


def _kind(record: Candidate, doi: str, place: Place, trial: str) -> str:
    if trial:
        return "registry"
    if doi.startswith(COCHRANE_DOI):
        return "cochrane"
    if doi and PREPRINT_DOI.match(doi):
        return "preprint"
    found = kind(record.journal or record.journal_abbreviation) if record.journal else ""
    if found:
        return found
    if (
        (place is not NOWHERE and place.abstract_page)
        or (record.record_type and CONFERENCE_TYPE.search(record.record_type))
        or ("bstract" in record.title and CONFERENCE_TITLE.search(record.title))
    ):
        return "conference"
    return ""
