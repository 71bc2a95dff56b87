"""RIS files: records from ``TY`` to ``ER``, with the variants that vendors write."""

import re
from collections.abc import Iterable, Iterator

from screening.importers.building import Draft, build, fold
from screening.importers.identifiers import (
    expand_pages,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    pmid_in,
    year_of,
)
from screening.importers.parsed import ParsedRecord, Problem
from screening.importers.tagged import Dialect, Entry, Line, fill, name_repeats

START = re.compile(r"(?P<indent>[\ufeff\u200b \t]*)(?:TY {1,4}-|ty {1,4}-|Ty {1,4}-)(?:\s|$|[A-Z])")
END = re.compile(r"ER {1,4}-\s*$", re.IGNORECASE)
FILE_HEADER = frozenset({"FN", "VR", "EF"})
TAGS = (
    "A1 A2 A3 A4 AB AD AN AR AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DI DO DP DS "
    "ED EF EP ER ET FD FN H1 H2 ID IS J1 J2 JA JF JO K1 KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 "
    "NO NV OL OP PA PB PM PP PY RD RI RN RP SE SN SP SR ST SV T1 T2 T3 T4 TA TI TT TY U1 U2 U3 "
    "U4 U5 U6 U7 U8 U9 UR UT VL VO VR Y1 Y2 YR"
)
RUNNING = "TI T1 T2 T3 TT CT BT ST AB N1 N2 NO AD JF JO JA J2 PB OP"
RIS = Dialect(
    tag_line=re.compile(r"(?P<tag>[A-Za-z][A-Za-z0-9])(?: -(?=\s|$)|  {1,3}-)[ \t]*(?P<text>.*)"),
    known=frozenset(TAGS.split()),
    running=frozenset(RUNNING.split()),
    listed=frozenset({"KW", "K1", "AU", "A1"}),
    foreign=re.compile(r"\s*Link to the (?:Ovid|Full)", re.IGNORECASE),
)
SINGLE = ("TI", "T1", "PY", "Y1", "DO", "AB", "N2", "VL", "IS", "SP", "EP", "ID", "JF", "JO")
BOOKS = frozenset({"BOOK", "EBOOK", "EDBOOK"})
LINKS = ("UR", "LK", "L2", "L1")
NOTES = ("N1", "U1", "U2", "U3", "U4", "U5", "C8", *LINKS)
PUBMED = re.compile(r"pubmed|medline|nlm|national library of medicine", re.IGNORECASE)
EID = re.compile(r"\beid=(2-s2\.0-[0-9]{4,20})")
DOI_LABEL = re.compile(r"(?:\bdoi[\s:=]|doi\.org/)", re.IGNORECASE)


def starts(line: str) -> bool:
    """Say whether a record starts on this line."""
    return START.match(line) is not None


def read(lines: Iterable[Line]) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a RIS file, in order, and the problems met on the way."""
    for found in entries(lines):
        if isinstance(found, Problem):
            yield found
        else:
            yield from build(draft_of(found))


def entries(lines: Iterable[Line]) -> Iterator[Entry | Problem]:
    """Yield each entry from its ``TY`` line, and a problem for each run of lines outside one.

    ``ER`` is not relied on: an entry also ends where the next one starts, or
    the file does, and is then flagged.
    """
    inside: list[Line] = []
    outside: list[Line] = []
    indent = 0
    for number, line in lines:
        if start := START.match(line):
            yield from _entry(inside, closed=False)
            yield from _outside(outside)
            indent = len(start["indent"])
            inside, outside = [(number, line[indent:])], []
        elif not inside:
            outside.append((number, line))
        elif END.match(body := _dedent(line, indent)):
            yield from _entry([*inside, (number, body)], closed=True)
            inside = []
        else:
            inside.append((number, body))
    yield from _entry(inside, closed=False)
    yield from _outside(outside)


def _dedent(line: str, indent: int) -> str:
    return line[indent:] if line[:indent].isspace() else line.lstrip("\ufeff")


def _entry(lines: list[Line], *, closed: bool) -> Iterator[Entry]:
    if not lines:
        return
    entry = fill(Entry(lines[0][0]), lines, RIS)
    if not closed:
        reason = "The record has no end line (ER); it was imported up to where the next one starts."
        entry.problems.append(Problem(entry.line, reason))
    yield entry


def _outside(lines: list[Line]) -> Iterator[Problem]:
    block: list[Line] = []
    for number, line in lines:
        if line.strip("\ufeff \t") and not END.match(line):
            block.append((number, line))
            continue
        if END.match(line) and not _is_entry(block):
            yield Problem(number, "This end line (ER) ends no record and was skipped.")
        if END.match(line):
            yield from _block(block)
            block = []
    yield from _block(block)


def _is_entry(block: list[Line]) -> bool:
    tags = {found[0] for _, line in block if (found := RIS.split(line))}
    return bool(tags & RIS.known - FILE_HEADER)


def _block(block: list[Line]) -> Iterator[Problem]:
    if not block:
        return
    if _is_entry(block):
        reason = "An entry without its start line (TY) was not imported."
        yield Problem(block[0][0], reason, rejected=True)
    else:
        yield Problem(block[0][0], "Text outside the records was skipped.")


def draft_of(entry: Entry) -> Draft:
    """Return what a RIS entry says, field by field."""
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
    draft.problems.extend(name_repeats(entry, SINGLE))
    kind = fold(entry.first("TY"))
    journal = entry.first("JF", "T2", "JO", "JA", "J2", "J1", "TA", "BT", "T3")
    short = entry.first("J2", "JA", "TA", "J1") or (entry.first("JO") if journal else "")
    own_title = entry.first("TI", "T1", "CT")
    if not own_title and kind.upper() in BOOKS:
        own_title = entry.first("BT", "T2")
    title = own_title or entry.first("BT", "ST", "TT")
    draft.fields = {
        "source_record_id": entry.first("ID"),
        "record_type": kind,
        "title": title,
        "translated_title": entry.first("TT") if own_title else "",
        "journal": "" if journal == title else journal,
        "journal_abbreviation": "" if short == journal else short,
        "year_text": _year_text(entry),
        "volume": entry.first("VL", "VO"),
        "issue": entry.first("IS", "CP") or _issue_in_m1(entry),
        "pages": _pages(entry),
        "doi": _doi(entry),
        "pmid": _pmid(entry),
        "pmcid": _pmcid(entry),
        "issn": "; ".join(dict.fromkeys(map(fold, entry.all("SN")))),
        "abstract": entry.first("AB", "N2"),
        "language": entry.first("LA"),
        "url": _url(entry),
        "accession": _accession(entry),
        "database": entry.first("DB", "DP"),
    }
    draft.authors = [name for text in entry_authors(entry) for name in text.split(";")]
    draft.keywords = [word for text in entry.all("KW", "K1") for word in text.split(";")]
    return draft


def entry_authors(entry: Entry) -> list[str]:
    """Return the texts of the author tags, in the order of the file."""
    return [f.text for f in entry.fields if f.tag in {"AU", "A1"}]


def _year_text(entry: Entry) -> str:
    texts = entry.all("PY", "Y1", "YR", "DA")
    sound = (text for text in texts if year_of(fold(text)) is not None)
    return next(sound, texts[0] if texts else "").strip().rstrip("/")


def _issue_in_m1(entry: Entry) -> str:
    text = fold(entry.first("M1"))
    return text if re.fullmatch(r"(?:[0-9]{1,4}|Suppl\.? ?[0-9]{0,3})", text) else ""


def _pages(entry: Entry) -> str:
    first, last = fold(entry.first("SP")), fold(entry.first("EP"))
    if not first:
        return last or fold(entry.first("AR", "C7"))
    if not last or last == first or re.search(r"\d\s*[-\u2010-\u2015]\s*[A-Za-z]*\d", first):
        return first
    if last.startswith(f"{first}-"):
        return last
    return expand_pages(f"{first}-{last}")


def _doi(entry: Entry) -> str:
    stated = entry.all("DO", "DI")
    sure = next(filter(None, map(normalise_doi, stated)), "")
    hinted = [text for text in entry.all("M3", "L3", "AN") if text.strip().startswith("10.")]
    named = [text for text in entry.all("M3", "N1", "L3", *LINKS) if DOI_LABEL.search(text)]
    found = (normalise_doi(text[_doi_at(text) :]) for text in (*hinted, *named))
    return sure or next(filter(None, found), "") or next(iter(stated), "")


def _doi_at(text: str) -> int:
    label = DOI_LABEL.search(text)
    return label.start() if label else 0


def _pmid(entry: Entry) -> str:
    stated = entry.first("PM")
    if PUBMED.search(entry.first("DB") or entry.first("DP")):
        stated = stated or normalise_pmid(entry.first("AN"))
    coded = (text for text in entry.all("C5", "C8") if re.fullmatch(r"\s*[0-9]{6,8}\s*", text))
    named = filter(None, map(pmid_in, entry.all("AN", *NOTES)))
    return stated or next(named, "") or next(coded, "")


def _pmcid(entry: Entry) -> str:
    return next(filter(None, map(normalise_pmcid, entry.all("C2", "PMC", *NOTES))), "")


def _url(entry: Entry) -> str:
    return next((text for text in entry.all(*LINKS) if "//" in text), "")


def _accession(entry: Entry) -> str:
    stated = next((t for t in entry.all("AN", "UT") if fold(t).lower() != "null"), "")
    if stated:
        return stated
    match = EID.search(" ".join(entry.all(*LINKS)))
    return match.group(1) if match else ""
