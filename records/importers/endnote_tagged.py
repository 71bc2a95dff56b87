"""EndNote's own tagged format: ``%0`` starts a record, ``%`` and a sign name each field."""

import re
from collections.abc import Iterator
from itertools import islice

from records.importers import notices
from records.importers.building import Draft, build_each, fold, parted
from records.importers.decoding import Text
from records.importers.dialects import Dialect, Entry
from records.importers.identifiers import is_of_pubmed, normalise_doi, normalise_pmcid, pmid_in
from records.importers.parsed import ParsedRecord, Problem
from records.importers.tagged import entries

START = re.compile("\n\ufeff?%0(?=\\s|\\Z)")
# Without kinds, as Refer and BibIX write it: a paragraph is an entry.
UNTYPED = re.compile("(?<![^\n])\n\ufeff?%[A-Z](?=\\s)")
FIELD = re.compile("\ufeff?(%[A-Z@]) \\S")
SNIFFED_LINES = 2_000
ENDNOTE = Dialect(
    layout="{} ",
    tag_line=re.compile(r"(%[0-9A-Z@!#$&()*+<=>?\[\]^_~|:;.,/\\-])(?:[ \t](.*)|$)"),
    known=frozenset(
        f"%{sign}" for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ@!#$&()*+<=>?[]^~|"
    ),
    running=frozenset(["%T", "%X", "%Z", "%J", "%B", "%S", "%+", "%<", "%!", "%Q", "%O", "%*"]),
    listed=frozenset(["%A", "%K", "%E"]),
)
SINGLE = ("%T", "%D", "%R", "%X", "%V", "%N", "%P", "%J")
BOOKS = frozenset({"book", "edited book", "electronic book", "thesis", "report"})
# Embase numbers its records itself, with nine digits and more.
NUMBER = re.compile(r"[1-9][0-9]{0,7}")


def starts(line: str) -> bool:
    """Say whether a record starts on this line."""
    return START.match(f"\n{line}") is not None


def is_untyped(lines: list[str]) -> bool:
    """Say whether lines are entries without their kind: a title and another field at least."""
    tags = [match.group(1) for line in lines[:200] if (match := FIELD.match(line))]
    return "%T" in tags and len(set(tags)) > 1 and FIELD.match(lines[0]) is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of an EndNote file, in order, and the problems met on the way."""
    first = islice(text.again().lines(), SNIFFED_LINES)
    if any(starts(line) for _, line in first):
        return build_each(entries(text, START, ENDNOTE, opening="%0"), draft_of)
    return build_each(entries(text, UNTYPED, ENDNOTE, opening="%T"), draft_of)


def draft_of(entry: Entry) -> Draft:
    """Return what an entry says, field by field."""
    first = entry.first
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
    kind = fold(first("%0"))
    title = first("%T")
    # %B holds the book of a chapter, and the journal where an older program wrote the file.
    journal = first("%J", "%B", "%S") if kind.lower() not in BOOKS else first("%S")
    notes = "|".join(entry.all("%Z", "%<", "%U"))
    accession = fold(first("%M"))
    database = first("%~", "%W")
    pubmed = accession if NUMBER.fullmatch(accession) and _is_of_pubmed(entry) else ""
    draft.fields = {
        "source_record_id": first("%F"),
        "record_type": kind,
        "title": title or first("%!", "%Q"),
        "translated_title": first("%Q") if title else "",
        "journal": "" if journal == title else journal,
        "journal_abbreviation": first("%O") if first("%J") else "",
        "year_text": first("%D", "%8"),
        "volume": first("%V"),
        "issue": first("%N"),
        "pages": first("%P", "%&"),
        "doi": _doi(entry),
        "pmid": pubmed or pmid_in(notes),
        "pmcid": next(filter(None, map(normalise_pmcid, entry.all("%2", "%Z", "%U"))), ""),
        "issn": "; ".join(dict.fromkeys(map(fold, entry.all("%@")))),
        "abstract": first("%X"),
        "language": first("%G"),
        "url": next((text for text in entry.all("%U") if "//" in text), ""),
        "accession": accession,
        "database": database,
    }
    draft.authors = entry.all("%A")
    draft.keywords = parted(entry.all("%K"))
    draft.notices = [
        *notices.of_types(entry.all("%9")),
        *notices.of_title(title),
        *notices.of_notes(entry.all("%Z")),
    ]
    return draft


def _is_of_pubmed(entry: Entry) -> bool:
    """Say whether PubMed or MEDLINE gave the record."""
    provider = " ".join(entry.all("%~", "%W"))
    return is_of_pubmed(provider)


def _doi(entry: Entry) -> str:
    stated = entry.all("%R")
    linked = [text for text in entry.all("%U", "%Z", "%M") if "doi" in text.lower()]
    found = next(filter(None, map(normalise_doi, (*stated, *linked))), "")
    # What EndNote keeps as electronic resource number is not always a DOI; a wrong one is named.
    return found or next((text for text in stated if text.lstrip().startswith("10.")), "")
