"""RefWorks' tagged format, also of CNKI, Primo and publishers: ``RT`` starts a record."""

import re
from collections.abc import Iterator, Sequence

from records.importers import notices, unopened
from records.importers.building import Draft, build_each, fold, parted
from records.importers.decoding import Text
from records.importers.dialects import Dialect, Entry
from records.importers.identifiers import (
    expand_pages,
    is_of_pubmed,
    normalise_doi,
    normalise_pmcid,
    pmid_in,
)
from records.importers.parsed import ParsedRecord, Problem
from records.importers.parting import names_in
from records.importers.tagged import entries

# RT is none of them: within a record it can only be a word of an abstract.
TAGS = (
    "SR ID A1 A2 A3 A4 A5 A6 T1 T2 T3 JF JO YR FD VO IS SP OP K1 AB NO ED PB PP SN AV AD AN "
    "LA CL SF OT LK DO CN DB DS IP RD ST UL SL LL CR WT WV WP OL ER "
    "U1 U2 U3 U4 U5 U6 U7 U8 U9 "
    # CNKI writes the volume's tag in small letters.
    "vo"
)
# A type of a few words alone on its line; the line below it has a tag.
TYPE = r"RT(?:[ \t]{1,3}[^\W_][^\n.;:!?]{0,58})?[ \t]*"
TAGGED = f"(?:{'|'.join(TAGS.split())})(?=[ \t\n]|\\Z)"
START = re.compile(f"\n\ufeff?{TYPE}(?=\n+\ufeff?[ \t]*{TAGGED}|\n*\\Z)")
TYPE_LINE = re.compile(f"\ufeff?[ \t]*{TYPE}$")
TAG_LINE = re.compile(f"[ \t]*{TAGGED}")
REFWORKS = Dialect(
    layout="{} ",
    tag_line=re.compile("\ufeff?([A-Z][A-Z0-9])(?:[ \t]+(.*)|$)"),
    known=frozenset(TAGS.split()),
    running=frozenset(["T1", "T2", "T3", "OT", "JF", "AB", "NO", "AD"]),
    listed=frozenset(["A1", "A2", "K1"]),
    around=re.compile(
        r"\s*(?:Refworks Export|Character Set|Tag legend|\*|[A-Z][A-Z0-9]=|ER\s*$)", re.IGNORECASE
    ),
)
TITLE = re.compile(r"(?m)^T1[ \t]")
BESIDE_TITLE = re.compile(r"(?m)^(?:RT|SR|ID|A1)(?:[ \t]|$)")
OPENING = "RT"
SINGLE = ("T1", "YR", "AB", "DO", "VO", "IS", "JF")
ISSN_NAMED = re.compile(r"^\s*(?:ISSN|ISBN)[\s:]{0,3}", re.IGNORECASE)


def opens(lines: Sequence[str], at: int) -> bool:
    """Say whether a record starts on this line: its type alone, then a line with a tag."""
    if TYPE_LINE.match(lines[at]) is None:
        return False
    return at + 1 < len(lines) and TAG_LINE.match(lines[at + 1]) is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a RefWorks file, in order, and the problems met on the way."""
    found = entries(text, START, REFWORKS, opening=OPENING)
    return build_each(unopened.apart(found, REFWORKS, _is_entry, opening=OPENING), draft_of)


def _is_entry(paragraph: str) -> bool:
    return TITLE.search(paragraph) is not None and BESIDE_TITLE.search(paragraph) is not None


def draft_of(entry: Entry) -> Draft:
    """Return what an entry says, field by field."""
    first = entry.first
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
    title = first("T1")
    short = first("JO")
    database, accession = fold(first("DB", "DS")), fold(first("AN"))
    notes = entry.all("NO")
    draft.fields = {
        "source_record_id": first("ID"),
        "record_type": first("RT"),
        "title": title or first("OT", "T2"),
        "translated_title": first("OT") if title else "",
        "journal": first("JF", "JO", "T2") if title else first("JF", "JO"),
        "journal_abbreviation": short if first("JF") else "",
        "year_text": first("YR", "FD"),
        "volume": first("VO", "vo"),
        "issue": first("IS"),
        "pages": _pages(fold(first("SP")), fold(first("OP"))),
        "doi": _doi(entry),
        "pmid": _pmid(entry, database, accession),
        "pmcid": next(filter(None, map(normalise_pmcid, entry.all("NO", "UL", "LK"))), ""),
        "issn": "; ".join(
            dict.fromkeys(ISSN_NAMED.sub("", fold(text)) for text in entry.all("SN"))
        ),
        "abstract": first("AB"),
        "language": fold(first("LA")).strip("; "),
        "url": next((text for text in entry.all("UL", "LK") if "//" in text), ""),
        "accession": accession,
        "database": database,
    }
    draft.authors = [name for text in entry.all("A1") for name in names_in(text)]
    draft.keywords = parted(entry.all("K1"))
    draft.notices = [
        *notices.of_types(entry.all("RT")),
        *notices.of_title(title),
        *notices.of_notes(notes),
    ]
    return draft


def _pages(start: str, end: str) -> str:
    end = end.strip(" +")
    if not start or not end or start == end:
        return start or end
    # CNKI writes the whole range into the last page.
    if re.match(rf"{re.escape(start)}\s?[-\u2010-\u2015+,]", end):
        return end
    return expand_pages(f"{start}-{end}")


def _doi(entry: Entry) -> str:
    stated = entry.all("DO")
    linked = [text for text in entry.all("UL", "LK", "NO") if "doi" in text.lower()]
    found = next(filter(None, map(normalise_doi, (*stated, *linked))), "")
    return found or next(iter(stated), "")


def _pmid(entry: Entry, database: str, accession: str) -> str:
    if is_of_pubmed(database) and re.fullmatch("[1-9][0-9]{0,7}", accession):
        return accession
    return pmid_in(" ".join(entry.all("NO", "UL", "LK", "AN")))
