"""EndNote XML, as EndNote, Zotero and Mendeley write it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from records.importers import notices, several
from records.importers.building import Draft, fold
from records.importers.identifiers import (
    is_of_pubmed,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    pmid_in,
)
from records.importers.parsed import ParsedRecord, Problem
from records.importers.tables import CITATION
from records.importers.xml_entry import flat, prose
from records.importers.xml_stream import read_entries

TAGS = ("record",)
PMID_LABEL = re.compile(r"\s?(?:PMID|MEDLINE)")
# A bare number in a field of EndNote's own; a shorter one may be anything.
CODED_PMID = re.compile(r"[1-9][0-9]{5,7}")
EMBASE_NUMBER = re.compile(r"L[0-9]{6,12}")
EMBASE_LINK = re.compile(r"[?&]id=(L[0-9]{6,12})(?![0-9])")
WEB_OF_SCIENCE = re.compile(r"\b(?:WOS|ISI):|<Go to ISI>")
ARTICLE_WORD = re.compile(r"(?:artn|unsp) ", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\[.*\]\.?")
LONGEST_CITATION = 500
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
    work_type = _text(record, "work-type")
    title, translated, journal = _titles(record, is_book=kind_name.lower() in BOOKS)
    short = _text(record, *SHORT_JOURNALS)
    draft = Draft(line=line, raw=raw)
    draft.fields = {
        "source_record_id": _text(record, "rec-number", "foreign-keys/key"),
        "record_type": work_type or kind_name,
        "title": title or translated,
        "translated_title": translated if title else "",
        "journal": journal or short,
        "journal_abbreviation": "" if short == (journal or short) else short,
        "year_text": _text(record, "dates/year", "dates/pub-dates/date"),
        "volume": _text(record, "volume"),
        "issue": _text(record, "number", "issue"),
        "pages": _pages(record),
        "doi": _doi(record),
        "pmid": _pmid(record),
        "pmcid": _first_that(normalise_pmcid, record, ("custom2", "pmcid", *NOTES)),
        "issn": several.numbers(map(flat, record.findall("isbn"))),
        "abstract": prose(record.find("abstract")),
        "language": _text(record, "language"),
        "url": _url(record),
        "accession": _accession(record),
        "database": _text(record, "remote-database-name", "remote-database-provider"),
    }
    draft.authors = _authors(record)
    draft.keywords = [
        word
        for found in record.findall("keywords/keyword")
        for word in re.split(r"[\n\r;]", flat(found))
    ]
    draft.notices = [
        *notices.of_types([kind_name, work_type, *_types_in_notes(record)]),
        *notices.of_title(title),
        *notices.of_notes(filter(notices.STATEMENT.search, _lines(record, *NOTES))),
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


def _lines(record: Element, *paths: str) -> list[str]:
    return [line.strip() for path in paths for line in re.split(r"[\r\n]", _text(record, path))]


def _links(record: Element) -> list[str]:
    """Return the links to the record; an element may hold several, a line each."""
    return [
        part
        for found in record.findall("urls/related-urls/url")
        for part in several.NEXT_LINK.split(flat(found).strip())
    ]


def _is_of_pubmed(record: Element) -> bool:
    """Say whether PubMed or MEDLINE gave the record."""
    names = ("remote-database-name", "remote-database-provider")
    provider = " ".join(_text(record, name) for name in names)
    return is_of_pubmed(provider)


def _titles(record: Element, *, is_book: bool) -> tuple[str, str, str]:
    """Return title, translated title and journal; the secondary title of a book may be its own."""
    title = _text(record, "titles/title", "titles/short-title")
    translated = _text(record, "titles/translated-title")
    journal = _text(record, *JOURNALS)
    if is_book and not title:
        title, journal = journal, ""
    # PubMed sets the English title of a foreign paper in brackets, and EndNote puts the paper's
    # own title where reprints have their original publication.
    if not translated and IN_BRACKETS.fullmatch(fold(title)) and _is_of_pubmed(record):
        translated = _text(record, "orig-pub")
    if translated and fold(title).strip("[]. ").lower() == "not available":
        title, translated = translated, ""
    return title, translated, journal


def _authors(record: Element) -> list[str]:
    found = record.findall("contributors/authors/author")
    # EndNote writes a corporate author with a comma at its end.
    names = (fold(name) for author in found for name in re.split(r"[\r\n]", flat(author)))
    return [name.removesuffix(",") for name in names if name]


def _pages(record: Element) -> str:
    pages, article = _text(record, "pages"), fold(_text(record, "custom7"))
    # Where Web of Science has an article number, what it gives as pages is their count.
    if article and (not pages or pages.strip().isdecimal()) and _is_of_web_of_science(record):
        return ARTICLE_WORD.sub("", article)
    return pages or _text(record, "electronic-pages", "section") or _cited_pages(record)


def _is_of_web_of_science(record: Element) -> bool:
    texts = (_text(record, "accession-num"), *_links(record))
    return any(WEB_OF_SCIENCE.search(text) for text in texts)


def _cited_pages(record: Element) -> str:
    """Return the pages in the line of the notes that is PubMed's citation of the record itself."""
    if not _is_of_pubmed(record):
        return ""
    volume = fold(_text(record, "volume"))
    for line in _lines(record, "notes"):
        match = CITATION.search(line[:LONGEST_CITATION])
        if match and match["volume"] == volume and not notices.STATEMENT.search(line):
            return match["pages"] or ""
    return ""


def _types_in_notes(record: Element) -> list[str]:
    """Return the publication types that stand alone on a line of a PubMed record's notes.

    Some are plain words (``Correction``), so a part of a line says nothing.
    """
    if not _is_of_pubmed(record):
        return []
    return [line for line in _lines(record, "notes") if line.lower() in notices.TYPES]


def _doi(record: Element) -> str:
    own = _text(record, "electronic-resource-num", "doi")
    if own:
        return own
    labelled = [text for text in _links(record) if "doi.org/" in text]
    labelled += [text for text in (_text(record, "notes"),) if DOI_LABEL.search(text)]
    return next(filter(None, map(normalise_doi, labelled)), "")


def _pmid(record: Element) -> str:
    accession = _text(record, "accession-num")
    if _is_of_pubmed(record) or PMID_LABEL.match(accession):
        stated = normalise_pmid(accession)
        if stated:
            return stated
    texts = (accession, *_links(record), *(_text(record, name) for name in NOTES))
    coded = _text(record, "custom5").strip()
    named = next(filter(None, map(pmid_in, texts)), "")
    # Embase.com gives MEDLINE's number there, without a word.
    return named or (coded if CODED_PMID.fullmatch(coded) and _is_of_embase(record) else "")


def _is_of_embase(record: Element) -> bool:
    names = ("remote-database-name", "remote-database-provider")
    texts = (*(_text(record, name) for name in names), *_links(record))
    return any("embase" in text.lower() for text in texts)


def _accession(record: Element) -> str:
    """Return the accession number, for want of one Embase.com's own, from its link or the notes."""
    if stated := _text(record, "accession-num"):
        return stated
    for link in _links(record):
        if "embase.com/" in link and (match := EMBASE_LINK.search(link)):
            return match.group(1)
    return next(filter(EMBASE_NUMBER.fullmatch, _lines(record, "notes")), "")


def _first_that(normalise: Callable[[str], str], record: Element, paths: Iterable[str]) -> str:
    for path in paths:
        text = _text(record, path)
        if text and (found := normalise(text)):
            return found
    return ""


def _url(record: Element) -> str:
    for path in ("urls/related-urls/url", "urls/web-urls/url", "urls/pdf-urls/url"):
        for found in record.findall(path):
            if parts := several.links(flat(found).strip()):
                return parts[0]
    return ""
