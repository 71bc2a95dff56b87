"""PubMed XML: one element an article or book, as E-utilities and the website export it."""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from records.importers import notices
from records.importers.building import Draft, fold
from records.importers.parsed import ParsedRecord, Problem
from records.importers.xml_entry import flat, prose
from records.importers.xml_stream import read_entries

TAGS = ("PubmedArticle", "PubmedBookArticle")
# `ErratumIn`, `ExpressionOfConcernFor`, `CorrectedandRepublishedIn`: words set in one.
REF_TYPE_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?=and[A-Z])|(?<=and)(?=[A-Z])")
SAID = frozenset(kind.replace(" ", "") for kind in notices.KINDS)


def read(stream: BinaryIO) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a PubMed XML file, in order, and the problems met on the way.

    Raises:
        FileRefused: the file declares entities, its encoding is not read, or it has no article.
    """
    return read_entries(stream, TAGS, draft_of)


def draft_of(element: Element, line: int, raw: str) -> Draft:
    """Return what an article's element says, field by field."""
    if element.tag == "PubmedBookArticle":
        return _book(element, line, raw)
    citation = _child(element, "MedlineCitation")
    article = _child(citation, "Article")
    journal = _child(article, "Journal")
    title, vernacular = _titles(article)
    full, short = (
        flat(journal.find("Title")),
        _first(
            flat(citation.find("MedlineJournalInfo/MedlineTA")),
            flat(journal.find("ISOAbbreviation")),
        ),
    )
    types = [flat(found) for found in article.findall("PublicationTypeList/PublicationType")]
    pmid = flat(citation.find("PMID"))
    numbers = [
        *map(flat, journal.findall("ISSN")),
        flat(citation.find("MedlineJournalInfo/ISSNLinking")),
    ]
    draft = Draft(line=line, raw=raw)
    draft.fields = {
        "source_record_id": pmid,
        "record_type": "; ".join(map(fold, types)),
        "title": title,
        "translated_title": vernacular,
        "journal": full or short,
        "journal_abbreviation": "" if short == full else short,
        "year_text": _date(journal.find("JournalIssue/PubDate"), article.find("ArticleDate")),
        "volume": flat(journal.find("JournalIssue/Volume")),
        "issue": flat(journal.find("JournalIssue/Issue")),
        "pages": _pages(article),
        "doi": _doi(article, element),
        "pmid": pmid or _article_id(element, "pubmed"),
        "pmcid": _article_id(element, "pmc"),
        "issn": _joined(numbers),
        "abstract": _abstract(article.find("Abstract"))
        or _abstract(citation.find("OtherAbstract")),
        "language": _joined(map(flat, article.findall("Language"))),
    }
    draft.authors = _authors(article.findall("AuthorList"))
    draft.keywords = [
        *map(_heading, citation.findall("MeshHeadingList/MeshHeading")),
        *map(flat, citation.findall("KeywordList/Keyword")),
    ]
    corrections = citation.findall("CommentsCorrectionsList/CommentsCorrections")
    draft.notices = [*notices.of_types(types), *_statements(corrections), *notices.of_title(title)]
    return draft


def _book(element: Element, line: int, raw: str) -> Draft:
    """Return what a book's or chapter's element says; a chapter's book is its journal."""
    document = _child(element, "BookDocument")
    book = _child(document, "Book")
    chapter, vernacular = _titles(document)
    book_title = flat(book.find("BookTitle"))
    types = [flat(found) for found in document.findall("PublicationType")]
    pmid = flat(document.find("PMID"))
    draft = Draft(line=line, raw=raw)
    draft.fields = {
        "source_record_id": pmid,
        "record_type": "; ".join(map(fold, types)) or "Book",
        "title": chapter or book_title,
        "translated_title": vernacular,
        "journal": book_title if chapter else "",
        "year_text": _date(book.find("PubDate"), document.find("ContributionDate")),
        "volume": flat(book.find("Volume")),
        "pages": _pages(document),
        "doi": _doi(document, document),
        "pmid": pmid,
        "pmcid": _article_id(document, "pmc"),
        "issn": _joined(map(flat, book.findall("Isbn"))),
        "abstract": _abstract(document.find("Abstract")),
        "language": _joined(map(flat, document.findall("Language"))),
        "accession": _article_id(document, "bookaccession"),
    }
    lists = document.findall("AuthorList") or book.findall("AuthorList")
    draft.authors = _authors(found for found in lists if found.get("Type") != "editors")
    draft.keywords = [flat(word) for word in document.findall("KeywordList/Keyword")]
    draft.notices = [*notices.of_types(types), *notices.of_title(chapter or book_title)]
    return draft


def _child(element: Element, name: str) -> Element:
    found = element.find(name)
    return Element(name) if found is None else found


def _first(*texts: str) -> str:
    return next(filter(None, texts), "")


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in map(fold, texts) if text))


def _titles(article: Element) -> tuple[str, str]:
    """Return title and vernacular title; the vernacular one alone is the title."""
    title, vernacular = flat(article.find("ArticleTitle")), flat(article.find("VernacularTitle"))
    if fold(title).strip("[]. ").lower() in {"", "not available"}:
        return vernacular, ""
    return title, vernacular


def _date(*dates: Element | None) -> str:
    """Return the first date as nbib writes it: ``2019 Mar 5``, ``1998 Dec-1999 Jan``."""
    for date in dates:
        if date is not None:
            parts = (flat(date.find(name)) for name in ("Year", "Season", "Month", "Day"))
            told = flat(date.find("MedlineDate")) or " ".join(filter(None, parts))
            if told.strip():
                return told
    return ""


def _pages(article: Element) -> str:
    pages = _child(article, "Pagination")
    first, last = flat(pages.find("StartPage")), flat(pages.find("EndPage"))
    return flat(pages.find("MedlinePgn")) or (f"{first}-{last}" if first and last else first)


def _doi(article: Element, element: Element) -> str:
    places = [found for found in article.findall("ELocationID") if found.get("EIdType") == "doi"]
    valid = [found for found in places if found.get("ValidYN") != "N"]
    return _first(*map(flat, valid), _article_id(element, "doi"), *map(flat, places))


def _article_id(element: Element, kind: str) -> str:
    """Return an identifier of the article itself; those of its references stand deeper."""
    for path in ("PubmedData/ArticleIdList/ArticleId", "ArticleIdList/ArticleId"):
        for found in element.findall(path):
            if found.get("IdType") == kind:
                return flat(found)
    return ""


def _abstract(*abstracts: Element | None) -> str:
    """Return the first abstract with the labels of its parts, as nbib writes it."""
    for abstract in abstracts:
        parts = []
        for part in abstract.findall("AbstractText") if abstract is not None else ():
            label, text = (part.get("Label") or "").strip(" \t\n:"), prose(part)
            unlabelled = label.upper() in {"", "UNLABELLED"}
            parts.append(text if unlabelled else f"{label}: {text}")
        if any(parts):
            return "\n".join(parts)
    return ""


def _authors(lists: Iterable[Element]) -> list[str]:
    names = []
    for author in (author for found in lists for author in found.findall("Author")):
        if author.get("ValidYN") == "N":
            continue
        given = flat(author.find("ForeName")) or flat(author.find("Initials"))
        given = " ".join(filter(None, (given, flat(author.find("Suffix")))))
        family = flat(author.find("LastName"))
        person = ", ".join(filter(None, (family, given)))
        names.append(person or flat(author.find("CollectiveName")))
    return names


def _heading(heading: Element) -> str:
    """Return a MeSH heading as nbib writes it: ``Hip Joint/*surgery``."""
    parts = heading.findall("DescriptorName") + heading.findall("QualifierName")
    return "/".join(("*" if part.get("MajorTopicYN") == "Y" else "") + flat(part) for part in parts)


def _statements(corrections: Iterable[Element]) -> Iterator[str]:
    for found in corrections:
        kind = found.get("RefType") or ""
        if kind.lower() not in SAID:
            continue
        words = REF_TYPE_WORDS.sub(" ", kind).lower().capitalize()
        source, pmid = fold(flat(found.find("RefSource"))), fold(flat(found.find("PMID")))
        yield f"{words}: {source}" + (f" PMID: {pmid}" if pmid else "")
