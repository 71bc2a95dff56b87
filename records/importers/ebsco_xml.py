"""EBSCOhost's generic XML: one ``rec`` an entry, as its export manager writes it."""

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from records.importers import notices, several
from records.importers.building import Draft, fold
from records.importers.identifiers import is_of_pubmed
from records.importers.parsed import ParsedRecord, Problem
from records.importers.xml_entry import flat, prose
from records.importers.xml_stream import read_entries

TAGS = ("rec",)
RECORD = re.compile(r"<rec(?=[\s>])[^>]{0,500}>")
OWN_ELEMENT = re.compile(r"<(?:header|controlInfo|artinfo|jinfo|plink)(?=[\s>])")
UNHYPHENATED = re.compile(r"[0-9]{7}[0-9Xx]")
# An article's own titles before those of the book or thesis it is a part of.
TITLES = (
    ".//artinfo/tig/atl", ".//chapinfo/tig/atl", ".//tig/atl", ".//dissinfo/disstl",
    ".//bkinfo/btl", ".//revinfo/btl",
)  # fmt: skip
TRANSLATED = (".//tig/tatl", ".//tig/translatedTitle")
AUTHORS = ("artinfo/aug", "chapinfo/aug", "dissinfo/aug", "bkinfo/aug", "aug")
NAMES = frozenset({"au", "corpau", "aucorp", "grpau"})
LONGEST_ARTICLE = 2_000


def starts(text: str) -> bool:
    """Say whether the start of an XML file shows this format."""
    return RECORD.search(text) is not None and OWN_ELEMENT.search(text) is not None


def read(stream: BinaryIO) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a file, in order, and the problems met on the way.

    Raises:
        FileRefused: the file declares entities, its encoding is not read, or it has no record.
    """
    return read_entries(stream, TAGS, draft_of)


def draft_of(record: Element, line: int, raw: str) -> Draft:
    """Return what a record's element says, field by field."""
    header = record.find("header")
    said = header.attrib if header is not None else {}
    database = said.get("longDbName", "") or said.get("shortDbName", "")
    number = said.get("uiTerm", "") or _number(record, "")
    title, journal = _first(record, *TITLES), _first(record, ".//jinfo/jtl")
    book = _first(record, ".//bkinfo/btl")
    types = [flat(found) for name in ("doctype", "pubtype") for found in record.iter(name)]
    links = several.links(_first(record, ".//plink", ".//url"))
    draft = Draft(line=line, raw=raw)
    draft.fields = {
        "source_record_id": number,
        "record_type": "; ".join(dict.fromkeys(text for text in map(fold, types) if text)),
        "title": title,
        "translated_title": _first(record, *TRANSLATED),
        "journal": journal or ("" if book == title else book),
        "year_text": _date(record.find(".//pubinfo/dt")),
        "volume": _first(record, ".//pubinfo/vid"),
        "issue": _first(record, ".//pubinfo/iid"),
        "pages": _pages(record),
        "doi": _number(record, "doi"),
        "pmid": _number(record, "pmid") or (number if is_of_pubmed(database) else ""),
        "pmcid": _number(record, "pmcid", "pmc"),
        "issn": _serials(record),
        "abstract": prose(record.find(".//ab")),
        "language": _first(record, ".//language"),
        "url": links[0] if links else "",
        "accession": number,
        "database": database,
    }
    draft.authors = _authors(record)
    draft.keywords = [flat(found) for name in ("subj", "keyword") for found in record.iter(name)]
    draft.notices = [*notices.of_types(types), *notices.of_title(title)]
    return draft


def _first(record: Element, *paths: str) -> str:
    """Return the text of the first of these elements that has any."""
    for path in paths:
        for found in record.findall(path):
            text = flat(found).strip()
            if text:
                return text
    return ""


def _number(record: Element, *kinds: str) -> str:
    """Return the identifier that is marked as one of these kinds; the record's own has no mark."""
    for found in record.iter("ui"):
        if (found.get("type") or "").lower() in kinds and (text := flat(found).strip()):
            return text
    return ""


def _authors(record: Element) -> list[str]:
    for path in AUTHORS:
        names = [
            fold(flat(found))
            for group in record.findall(f".//{path}")
            for found in group
            if found.tag in NAMES
        ]
        if any(names):
            return [name for name in names if name]
    return []


def _date(date: Element | None) -> str:
    """Return a date from its parts, else as it is printed (``Mar2021``)."""
    if date is None:
        return ""
    year = (date.get("year") or "").strip()
    parts = [(date.get(name) or "").strip() for name in ("month", "day")]
    told = [year]
    for part, most in zip(parts, (12, 31), strict=True):
        if not (part.isascii() and part.isdigit() and len(part) < 3 and 0 < int(part) <= most):
            break
        told.append(part.zfill(2))
    return "-".join(told) if year else flat(date)


def _pages(record: Element) -> str:
    """Return the pages from the first one and their count."""
    first, last = _first(record, ".//ppf"), _first(record, ".//ppl")
    count = _first(record, ".//ppct").rstrip("p ")
    if first.isdecimal() and len(first) < 8 and not last and count.isdecimal() and len(count) < 5:
        last = str(int(first) + int(count) - 1) if 1 < int(count) <= LONGEST_ARTICLE else ""
    return f"{first}-{last}" if first and last and first != last else first


def _serials(record: Element) -> str:
    """Return ISSNs and ISBNs; EBSCO writes the former without their hyphen."""
    texts = [flat(found) for name in ("issn", "eissn", "essn") for found in record.iter(name)]
    marked = (found for found in record.iter("jid") if "issn" in (found.get("type") or "").lower())
    texts += map(flat, marked)
    texts = [
        f"{text[:4]}-{text[4:].upper()}" if UNHYPHENATED.fullmatch(text) else text
        for text in map(str.strip, texts)
    ]
    return several.numbers([*texts, *map(flat, record.iter("isbn"))])
