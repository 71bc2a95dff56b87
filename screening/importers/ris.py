"""RIS files: records from ``TY`` to ``ER``, with the variants that vendors write."""

import re
from collections.abc import Iterator

from screening.importers import notices
from screening.importers.building import Draft, build, fold
from screening.importers.decoding import Text
from screening.importers.dialects import Dialect, Entry
from screening.importers.identifiers import (
    expand_pages,
    issns_in,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    pmid_in,
    year_of,
)
from screening.importers.parsed import ParsedRecord, Problem
from screening.importers.tagged import entries

START = re.compile("\n[\ufeff\u200b \t]*(?:TY|ty|Ty) {1,4}-(?=\\s|[A-Z]|\\Z)")
TAGS = (
    "A1 A2 A3 A4 AB AD AN AR AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP DS "
    "ED EF EP ER ET FD FN H1 H2 ID IS J1 J2 J9 JA JF JI JO K1 KW L1 L2 L3 L4 LA LB LK M1 M2 M3 "
    "N1 N2 NO NV OL OP PA PB PI PM PP PU PY RD RI RN RP SE SN SP SR ST SV T1 T2 T3 T4 TA TI TT "
    "TY U1 U2 U3 U4 U5 U6 U7 U8 U9 UR UT VL VO VR WE Y1 Y2 YR"
)
RIS = Dialect(
    layout="{}  - ",
    tag_line=re.compile(r"([A-Za-z][A-Za-z0-9])(?: -(?=\s|$)|  {1,3}-)[ \t]*(.*)"),
    known=frozenset(TAGS.split()),
    running=frozenset(
        [
            "TI",
            "T1",
            "T2",
            "T3",
            "TT",
            "CT",
            "BT",
            "ST",
            "AB",
            "N1",
            "N2",
            "NO",
            "AD",
            "JF",
            "JO",
            "JA",
            "J2",
            "PB",
            "OP",
        ]
    ),
    listed=frozenset(["KW", "K1", "AU", "A1"]),
    foreign=re.compile(r"\s*Link to the (?:Ovid|Full)", re.IGNORECASE),
    end="ER",
    around=re.compile(r"(?:FN|VR|EF)(?:\s|$)"),
    links=frozenset(["UR", "L1", "L2", "LK"]),
)
SINGLE = frozenset(
    {"TI", "T1", "PY", "Y1", "DO", "AB", "N2", "VL", "IS", "SP", "EP", "ID", "JF", "JO"}
)
BOOKS = frozenset({"BOOK", "EBOOK", "EDBOOK"})
AUTHORS = frozenset({"AU", "A1"})
LINKS = ("UR", "LK", "L2", "L1")
NOTES = ("N1", "C3", "U1", "U2", "U3", "U4", "U5", "C8", *LINKS)
PUBMED = re.compile(r"pubmed|medline|nlm|national library of medicine", re.IGNORECASE)
EID = re.compile(r"\beid=(2-s2\.0-[0-9]{4,20})")
ACCESSION = re.compile(r"\s{0,4}Accession Number: ?([A-Za-z0-9:_-]{1,40})")
DOI_LABEL = re.compile(r"(?:\bdoi[\s:=]|doi\.org/)", re.IGNORECASE)
ISSUE = re.compile(r"(?:[0-9]{1,4}|Suppl\.? ?[0-9]{0,3})")
RANGE = re.compile(r"\d\s{0,3}[-\u2010-\u2015]\s{0,3}[A-Za-z]{0,4}\d")
NUMBER = re.compile(r"\s*[0-9]{6,8}\s*")


def starts(line: str) -> bool:
    """Say whether a record starts on this line."""
    return START.match(f"\n{line}") is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a RIS file, in order, and the problems met on the way."""
    for found in entries(text, START, RIS, opening="TY"):
        if isinstance(found, Problem):
            yield found
        else:
            yield from build(draft_of(found))


def draft_of(entry: Entry) -> Draft:
    """Return what a RIS entry says, field by field."""
    get, first = entry.get, entry.first
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=entry.raw, plain=entry.plain, problems=entry.problems)
    kind = fold(get("TY", ""))
    journal = first("JF", "T2", "JO", "JA", "J2", "J1", "TA", "BT", "T3")
    short = first("J2", "JA", "TA", "J1", "JI", "J9") or (get("JO", "") if journal else "")
    own_title = first("TI", "T1", "CT")
    if not own_title and kind.upper() in BOOKS:
        own_title = first("BT", "T2")
    title = own_title or first("BT", "ST", "TT")
    links = entry.all(*LINKS)
    draft.fields = {
        "source_record_id": get("ID", ""),
        "record_type": kind,
        "title": title,
        "translated_title": get("TT", "") if own_title else "",
        "journal": "" if journal == title else journal,
        "journal_abbreviation": "" if short == journal else short,
        "year_text": _year_text(entry, draft),
        "volume": get("VL") or get("VO", ""),
        "issue": get("IS") or get("CP") or _issue_in_m1(entry),
        "pages": _pages(entry),
        "doi": _doi(entry, links),
        "pmid": _pmid(entry),
        "pmcid": _pmcid(entry),
        "issn": _issn(entry),
        "abstract": get("AB") or get("N2", ""),
        "language": get("LA", ""),
        "url": _url(links),
        "accession": _accession(entry, links),
        "database": get("DB") or get("DP", ""),
    }
    draft.authors = _authors(entry)
    draft.keywords = _parted(entry.all("KW", "K1"))
    draft.notices = notices.of_title(title)
    draft.notices += notices.of_types(entry.all("M3", "PT"))
    draft.notices += notices.of_notes(entry.all("N1"))
    return draft


def _authors(entry: Entry) -> list[str]:
    if entry.get("A1") and entry.get("AU"):
        return _parted([text for tag, text, _ in entry.fields() if tag in AUTHORS])
    return _parted(entry.all("AU", "A1"))


def _parted(texts: list[str]) -> list[str]:
    if any(";" in text for text in texts):
        return [part for text in texts for part in text.split(";")]
    return texts


def _year_text(entry: Entry, draft: Draft) -> str:
    texts = entry.all("PY", "Y1", "YR", "DA")
    for text in texts:
        if year_of(text) is not None:
            if text is not texts[0]:
                shown = fold(texts[0])[:60]
                draft.note(f"No year can be read from “{shown}”; another date of it gave the year.")
            return text.strip().rstrip("/")
    return texts[0].strip().rstrip("/") if texts else ""


def _issue_in_m1(entry: Entry) -> str:
    text = entry.first("M1").strip()
    return text if ISSUE.fullmatch(text) else ""


def _pages(entry: Entry) -> str:
    first, last = entry.get("SP", "").strip(), entry.get("EP", "").strip()
    if not first:
        return last or entry.first("AR", "C7")
    if not last or last == first or RANGE.search(first):
        return first
    if last.startswith(f"{first}-"):
        return last
    return expand_pages(f"{first}-{last}")


def _doi(entry: Entry, links: list[str]) -> str:
    stated = entry.all("DO", "DI")
    for text in stated:
        if doi := normalise_doi(text):
            return doi
    hinted = [text for text in entry.all("M3", "L3", "AN") if text.strip().startswith("10.")]
    named = [text for text in (*entry.all("M3", "N1", "L3"), *links) if DOI_LABEL.search(text)]
    found = (normalise_doi(text[_doi_at(text) :]) for text in (*hinted, *named))
    return next(filter(None, found), "") or next(iter(stated), "")


def _doi_at(text: str) -> int:
    label = DOI_LABEL.search(text)
    return label.start() if label else 0


def _issn(entry: Entry) -> str:
    found = [one for text in entry.all("SN") for one in issns_in(text) or (text.strip(),)]
    return "; ".join(dict.fromkeys(found))


def _pmid(entry: Entry) -> str:
    stated, accession = entry.get("PM", ""), entry.get("AN", "")
    if not stated and accession:
        # ProQuest puts its own number there, also for what it has from MEDLINE.
        own = any(f"docview/{accession}" in link for link in entry.all(*LINKS))
        if PUBMED.search(entry.first("DB", "DP")) and not own:
            stated = normalise_pmid(accession)
        stated = stated or pmid_in(accession)
    if stated:
        return stated
    for text in entry.all(*NOTES):
        if stated := pmid_in(text):
            return stated
    coded = (text for text in entry.all("C5", "C8", "C2") if NUMBER.fullmatch(text))
    return next(coded, "")


def _pmcid(entry: Entry) -> str:
    noted = entry.all("C2", "PMC", *NOTES)
    for text in noted:
        if ("PMC" in text or "pmc" in text) and (found := normalise_pmcid(text)):
            return found
    return ""


def _url(links: list[str]) -> str:
    for text in links:
        if "//" in text:
            return text
    return ""


def _accession(entry: Entry, links: list[str]) -> str:
    for text in entry.all("AN", "UT"):
        if text.strip().lower() != "null":
            return text
    for text in links:
        if match := EID.search(text):
            return match.group(1)
    for text in entry.all("N1"):
        if match := ACCESSION.match(text):
            return match.group(1)
    return ""
