"""EndNote XML, as EndNote, Zotero and Mendeley write it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from screening.importers import notices
from screening.importers.building import Draft, fold
from screening.importers.identifiers import normalise_doi, normalise_pmcid, normalise_pmid, pmid_in
from screening.importers.parsed import ParsedRecord, Problem
from screening.importers.xml_entry import flat
from screening.importers.xml_stream import read_entries

TAGS = ("record",)
PUBMED = re.compile(r"pubmed|medline|\bnlm\b|national library of medicine", re.IGNORECASE)
DOI_LABEL = re.compile(r"(?:\bdoi[\s:=]|doi\.org/)", re.IGNORECASE)
BOOKS = frozenset({"book", "edited book", "electronic book"})
# The journal's names, the most trusted first.
JOURNALS = ("periodical/full-title", "titles/secondary-title", "titles/tertiary-title")
SHORT_JOURNALS = (
    "periodical/abbr-1",
    "alt-periodical/abbr-1",
    "titles/alt-title",
    "alt-periodical/full-title",
    "periodical/abbr-2",
)
NOTES = ("notes", "research-notes", "custom1", "custom2", "custom3", "custom4", "custom5")


def read(stream: BinaryIO) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of an EndNote XML file, in order, and the problems met on the way.

    Raises:
        FileRefused: the file declares entities, its encoding is not read, or it has no record.
    """
    return read_entries(stream, TAGS, draft_of)


def draft_of(record: Element, line: int, raw: str) -> Draft:
    """Return what a record's element says, field by field."""
    kind = record.find("ref-type")
    kind_name = (kind.get("name") or flat(kind)) if kind is not None else ""
    title = _text(record, "titles/title") or _text(record, "titles/short-title")
    translated = _text(record, "titles/translated-title")
    journal = _text(record, *JOURNALS)
    short = _text(record, *SHORT_JOURNALS)
    if kind_name.lower() in BOOKS and not title:
        title, journal = journal, ""
    kinds = [kind_name, _text(record, "work-type")]
    draft = Draft(line=line, raw=raw)
    draft.fields = {
        "source_record_id": _text(record, "rec-number", "foreign-keys/key"),
        "record_type": _text(record, "work-type") or kind_name,
        "title": title or translated,
        "translated_title": translated if title else "",
        "journal": journal or short,
        "journal_abbreviation": "" if short == journal else short,
        "year_text": _text(record, "dates/year", "dates/pub-dates/date"),
        "volume": _text(record, "volume"),
        "issue": _text(record, "number", "issue"),
        "pages": _text(record, "pages") or _text(record, "electronic-pages", "section"),
        "doi": _doi(record),
        "pmid": _pmid(record),
        "pmcid": _first_that(normalise_pmcid, record, ("custom2", "pmcid", *NOTES)),
        "issn": "; ".join(dict.fromkeys(fold(flat(found)) for found in record.findall("isbn"))),
        "abstract": _text(record, "abstract"),
        "language": _text(record, "language"),
        "url": _url(record),
        "accession": _text(record, "accession-num"),
        "database": _text(record, "remote-database-name", "remote-database-provider"),
    }
    draft.authors = _authors(record)
    draft.keywords = [
        word
        for found in record.findall("keywords/keyword")
        for word in re.split(r"[\n\r;]", flat(found))
    ]
    notes = [line for name in NOTES for line in re.split(r"[\r\n]", _text(record, name))]
    draft.notices = [
        *notices.of_types(kinds),
        *notices.of_title(title),
        *notices.of_notes(filter(notices.STATEMENT.search, notes)),
    ]
    return draft


def _text(record: Element, *paths: str) -> str:
    """Return the text of the first of these elements that has any, its style runs joined."""
    for path in paths:
        for found in record.findall(path):
            text = flat(found)
            if text and not text.isspace():
                return text
    return ""


def _authors(record: Element) -> list[str]:
    found = record.findall("contributors/authors/author")
    # EndNote writes a corporate author with a comma at its end.
    return [fold(flat(author)).removesuffix(",") for author in found]


def _doi(record: Element) -> str:
    own = _text(record, "electronic-resource-num", "doi")
    if own:
        return own
    links = [flat(found) for found in record.findall("urls/related-urls/url")]
    labelled = [text for text in links if "doi.org/" in text]
    labelled += [text for text in (_text(record, "notes"),) if DOI_LABEL.search(text)]
    return next(filter(None, map(normalise_doi, labelled)), "")


def _pmid(record: Element) -> str:
    accession = _text(record, "accession-num")
    provider = " ".join(
        (_text(record, "remote-database-name"), _text(record, "remote-database-provider"))
    )
    if accession and (PUBMED.search(provider) or re.match(r"\s?(?:PMID|MEDLINE)", accession)):
        return normalise_pmid(accession)
    links = (flat(found) for found in record.findall("urls/related-urls/url"))
    notes = (_text(record, name) for name in NOTES)
    return next(filter(None, map(pmid_in, (accession, *links, *notes))), "")


def _first_that(normalise: Callable[[str], str], record: Element, paths: Iterable[str]) -> str:
    for path in paths:
        text = _text(record, path)
        if text and (found := normalise(text)):
            return found
    return ""


def _url(record: Element) -> str:
    for path in ("urls/related-urls/url", "urls/web-urls/url", "urls/pdf-urls/url"):
        for found in record.findall(path):
            text = fold(flat(found))
            if text.startswith(("http://", "https://")):
                return text
    return ""
