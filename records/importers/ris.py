"""RIS files: records from ``TY`` to ``ER``, with the variants that vendors write."""

import re
from collections.abc import Iterable, Iterator

from records.importers import notices
from records.importers.building import Draft, build_each, fold, parted
from records.importers.decoding import Text
from records.importers.dialects import Dialect, Entry
from records.importers.identifiers import (
    PLAIN_DOI,
    expand_pages,
    is_of_pubmed,
    issns_in,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    pmid_in,
    year_of,
)
from records.importers.parsed import ParsedRecord, Problem
from records.importers.tagged import entries

START = re.compile("\n(?:TY|[Tt][Yy]|[\ufeff\u200b \t]+[Tt][Yy]) {1,4}-(?=\\s|[A-Z]|\\Z)")
TAGS = (
    "A1 A2 A3 A4 AB AD AN AR AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP DS "
    "ED EF EP ER ET FD FN H1 H2 ID IS J1 J2 J9 JA JF JI JO K1 KW L1 L2 L3 L4 LA LB LK M1 M2 M3 "
    "N1 N2 NO NV OL OP PA PB PI PM PP PU PY RD RI RN RP SE SN SP SR ST SV T1 T2 T3 T4 TA TI TT "
    "TY U1 U2 U3 U4 U5 U6 U7 U8 U9 UR UT VL VO VR WE Y1 Y2 YR"
)
RUNNING = "TI T1 T2 T3 TT CT BT ST AB N1 N2 NO AD JF JO JA J2 PB OP"
# Tags that begin a field where they stand in the middle of a line, as where line ends were lost.
INNER = "TY|ER|TI|T1|AU|A1|PY|Y1|DA|JO|JF|T2|VL|IS|SP|EP|SN|DO|UR|AB|N2|KW|PB|LA|DB|AN|N1|M3|ID"
FIELDS = {
    "source_record_id": ("ID",),
    "record_type": ("TY",),
    "title": ("TI", "T1", "CT", "BT", "ST", "TT"),
    "translated_title": ("TT",),
    "journal": ("JF", "T2", "JO", "JA", "J2", "J1", "TA", "BT", "T3"),
    "journal_abbreviation": ("J2", "JA", "TA", "J1", "JI", "J9", "JO"),
    "year_text": ("PY", "Y1", "YR", "DA"),
    "volume": ("VL", "VO"),
    "issue": ("IS", "CP"),
    "pages": ("SP", "EP", "AR", "C7"),
    "doi": ("DO", "DI"),
    "pmid": ("PM",),
    "issn": ("SN",),
    "abstract": ("AB", "N2"),
    "language": ("LA",),
    "database": ("DB", "DP"),
}
LINKS = ("UR", "LK", "L2", "L1")
NOTES = ("N1", "C3", "U1", "U2", "U3", "U4", "U5", "C2", "C5", "C8")
SINGLE = ("TI", "T1", "PY", "Y1", "DO", "AB", "N2", "VL", "IS", "SP", "EP", "ID", "JF", "JO")
RIS = Dialect(
    layout="{}  - ",
    tag_line=re.compile(r"([A-Za-z][A-Za-z0-9])(?: -(?=\s|$)|  {1,3}-)[ \t]*(.*)"),
    fields=FIELDS,
    single=SINGLE,
    groups={"links": LINKS, "notes": NOTES},
    known=frozenset(TAGS.split()),
    running=frozenset(RUNNING.split()),
    listed=frozenset(["KW", "K1", "AU", "A1", "SN", "DB", "DP", "AN", "UR", "L1", "L2", "LK"]),
    notes=frozenset(["N1", "NO", "AD", "PB"]),
    once=frozenset(["TI", "T1"]),
    inner=re.compile(rf"(?<![ \t])[ \t]++(?=(?:{INNER})  -(?:\s|$))"),
    foreign=re.compile(r"\s*Link to the (?:Ovid|Full)", re.IGNORECASE),
    end="ER",
    around=re.compile(r"(?:FN|VR|EF)(?:\s|$)"),
    links=frozenset(["UR", "L1", "L2", "LK"]),
)
OWN_TITLES = ("TI", "T1", "CT")
BOOKS = frozenset({"BOOK", "EBOOK", "EDBOOK"})
AUTHORS = frozenset({"AU", "A1"})
# Where one of these stands, a record without a title can be told from others.
KNOWN_BY = frozenset(["AB", "N2", "DO", "DI", "PM", "AN", "UT"])
# Tags that give an identifier or a link besides the fields of their own.
ELSEWHERE = frozenset({*LINKS, *NOTES, "AN", "UT", "C2", "C5", "PMC"})
EID = re.compile(r"\beid=(2-s2\.0-[0-9]{4,20})")
ACCESSION = re.compile(r"\s{0,4}Accession Number: ?([A-Za-z0-9:_-]{1,40})")
DOI_LABEL = re.compile(r"(?:\bdoi[\s:=]|doi[.-]org[^/%\s]{0,200}(?:/|%2f))", re.IGNORECASE)
# An article's number has a digit: "e0123", "103-B", "Art. 12"; "Protocol, SAP" is none.
ARTICLE_NUMBER = re.compile(r"[A-Za-z.\s:#-]{0,20}[0-9][\w.,:\s/-]{0,30}")
ISSUE = re.compile(r"(?:[0-9]{1,4}|Suppl\.? ?[0-9]{0,3})")
RANGE = re.compile(r"\d\s{0,3}[-\u2010-\u2015]\s{0,3}[A-Za-z]{0,4}\d")
PLAIN_YEAR = re.compile("(?:19|20)[0-9]{2}")
PLAIN_ISSN = re.compile(r"[0-9]{4}-[0-9]{3}[0-9X]")
NUMBER = re.compile(r"\s*[0-9]{6,8}\s*")


def starts(line: str) -> bool:
    """Say whether a record starts on this line."""
    return START.match(f"\n{line}") is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a RIS file, in order, and the problems met on the way."""
    return build_each(entries(text, START, RIS, opening="TY"), draft_of)


def draft_of(entry: Entry) -> Draft:
    """Return what a RIS entry says, field by field."""
    texts, by_tag = entry.texts(), entry.by_tag
    draft = Draft(
        line=entry.line,
        raw=entry.raw,
        fields=texts,
        plain=entry.plain,
        problems=entry.problems,
    )
    if "TI" not in by_tag and "T1" not in by_tag:
        _title_elsewhere(entry, texts)
    _drop_the_same(texts)
    if not PLAIN_YEAR.fullmatch(texts.get("year_text", "")):
        texts["year_text"] = _year_text(entry, draft, texts.get("year_text", ""))
    if "pages" in texts and "SP" not in by_tag and "EP" not in by_tag:
        texts["pages"] = next(filter(ARTICLE_NUMBER.fullmatch, entry.all("AR", "C7")), "")
    if "M1" in by_tag and "issue" not in texts:
        texts["issue"] = _issue_in_m1(entry)
    if "EP" in by_tag:
        texts["pages"] = _pages(entry)
    if "issn" in texts:
        texts["issn"] = _issn(entry)
    if not ELSEWHERE.isdisjoint(by_tag) or not PLAIN_DOI.fullmatch(texts.get("doi", "")):
        _identify(entry, texts)
    draft.authors = _authors(entry)
    if "KW" in by_tag or "K1" in by_tag:
        draft.keywords = parted(entry.all("KW", "K1"))
    if "M3" in by_tag or "PT" in by_tag:
        draft.notices = notices.of_types(entry.all("M3", "PT"))
    if "N1" in by_tag:
        draft.notices += notices.of_notes(by_tag["N1"])
    draft.notices += notices.of_title(texts.get("title", ""))
    return draft


def _title_elsewhere(entry: Entry, texts: dict[str, str]) -> None:
    """Take the title of a book, or of what has nothing else to be known by, from its series."""
    if texts.get("record_type", "").strip().upper() in BOOKS and not entry.first(*OWN_TITLES):
        texts["title"] = entry.first("BT", "T2", *FIELDS["title"])
    elif "title" not in texts and not KNOWN_BY.intersection(entry.by_tag):
        texts["title"] = entry.first("T2", "T3")


def _identify(entry: Entry, texts: dict[str, str]) -> None:
    """Take identifiers and the link from wherever programs put them."""
    links, notes = entry.group("links"), entry.group("notes")
    if url := _url(links):
        texts["url"] = url
    if not PLAIN_DOI.fullmatch(doi := texts.get("doi", "")):
        texts["doi"] = _doi(entry, doi, links)
    if accession := _accession(entry, links):
        texts["accession"] = accession
    said = "\n".join((*links, *notes)).lower()
    names_pmid = "pmid" in said or "pubmed" in said or "ncbi.nlm" in said
    if "pmid" not in texts and (
        pmid := _pmid(entry, (*notes, *links) if names_pmid else (), links)
    ):
        texts["pmid"] = pmid
    if "pmc" in said or "PMC" in entry.by_tag:
        texts["pmcid"] = _pmcid(entry, notes, links)


def _drop_the_same(texts: dict[str, str]) -> None:
    """Drop what repeats a more trusted field: one tag may be the only one that has two to give."""
    title, journal = texts.get("title"), texts.get("journal")
    if texts.get("translated_title") == title:
        texts["translated_title"] = ""
    if journal == texts.get("journal_abbreviation"):
        texts["journal_abbreviation"] = ""
    if journal == title:
        texts["journal"] = ""


def _authors(entry: Entry) -> list[str]:
    if "A1" in entry.by_tag and "AU" in entry.by_tag:
        return [text for tag, text, _ in entry.fields() if tag in AUTHORS]
    return entry.all("AU", "A1")


def _year_text(entry: Entry, draft: Draft, first: str) -> str:
    sole = first.rstrip("/ ")
    if year_of(sole) is not None:
        return sole
    for text in entry.all(*FIELDS["year_text"]):
        if year_of(text) is not None:
            shown = fold(first)[:60]
            draft.note(f"No year can be read from “{shown}”; another date of it gave the year.")
            return text.rstrip("/ ")
    return sole


def _issue_in_m1(entry: Entry) -> str:
    text = entry.first("M1").strip()
    return text if ISSUE.fullmatch(text) else ""


def _pages(entry: Entry) -> str:
    first, last = entry.first("SP").strip(), entry.first("EP").strip()
    if first.isdecimal() and last.isdecimal() and len(first) <= len(last) and first != last:
        return f"{first}-{last}"
    if not last or not first or last == first or RANGE.search(first):
        return first or last
    if last.startswith(f"{first}-"):
        return last
    return expand_pages(f"{first}-{last}")


def _doi(entry: Entry, first: str, links: list[str]) -> str:
    for text in entry.all("DO", "DI"):
        if doi := normalise_doi(text):
            return doi
    hinted = [text for text in entry.all("M3", "L3", "AN") if text.strip().startswith("10.")]
    named = [text for text in (*entry.all("M3", "N1", "L3"), *links) if DOI_LABEL.search(text)]
    found = (normalise_doi(text[_doi_at(text) :]) for text in (*hinted, *named))
    return next(filter(None, found), "") or first


def _doi_at(text: str) -> int:
    label = DOI_LABEL.search(text)
    return label.start() if label else 0


def _issn(entry: Entry) -> str:
    texts = entry.all("SN")
    if len(texts) == 1 and PLAIN_ISSN.fullmatch(texts[0]):
        return texts[0]
    found: list[str] = []
    for text in texts:
        found += (text,) if PLAIN_ISSN.fullmatch(text) else issns_in(text) or (text.strip(),)
    return "; ".join(dict.fromkeys(found))


def _pmid(entry: Entry, texts: Iterable[str], links: list[str]) -> str:
    accession = entry.first("AN").strip()
    if accession and (len(accession) < 9 or not accession.isdecimal()):
        # ProQuest puts its own number there, also for what it has from MEDLINE.
        own = any(f"docview/{accession}" in link for link in links)
        provider = " ".join(entry.all("DB", "DP"))
        medline = not own and is_of_pubmed(provider)
        stated = normalise_pmid(accession) if medline else ""
        if found := stated or pmid_in(accession):
            return found
    for text in texts:
        if found := pmid_in(text):
            return found
    if "C5" not in entry.by_tag and "C2" not in entry.by_tag:
        return ""
    # These databases put it there; others what they like, a telephone number for one.
    databases = " ".join(entry.all("DB", "DP")).lower()
    for tag, database in (("C5", "embase"), ("C2", "scopus")):
        if not databases or database in databases:
            coded = next(filter(NUMBER.fullmatch, entry.all(tag)), "")
            if coded:
                return coded
    return ""


def _pmcid(entry: Entry, notes: list[str], links: list[str]) -> str:
    for text in (*entry.all("C2", "PMC"), *notes, *links):
        if ("PMC" in text or "pmc" in text) and (found := normalise_pmcid(text)):
            return found
    return ""


def _url(links: list[str]) -> str:
    for text in links:
        if "//" in text:
            return text
    return ""


def _accession(entry: Entry, links: list[str]) -> str:
    if (stated := entry.first("AN", "UT")) and stated.strip().lower() != "null":
        return stated
    for text in links:
        if "eid=" in text and (match := EID.search(text)):
            return match.group(1)
    for text in entry.all("N1"):
        if match := ACCESSION.match(text):
            return match.group(1)
    return ""
