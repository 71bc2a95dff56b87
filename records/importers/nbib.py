"""PubMed's tagged format (nbib, MEDLINE): records apart by blank lines, wrapped lines indented."""

import re
from collections.abc import Iterator

from records.importers import notices
from records.importers.building import Draft, build, fold
from records.importers.cutting import Held, cut
from records.importers.decoding import Text, is_plain
from records.importers.dialects import BLANK, Dialect, Entry
from records.importers.identifiers import issns_in, normalise_doi
from records.importers.parsed import Line, ParsedRecord, Problem
from records.importers.tagged import fill

START = re.compile("\ufeff?PMID ?- {0,3}[0-9]")
PARAGRAPH = re.compile("\n(?:[ \t]*(?=\n)|(?=\ufeff?PMID ?- {0,3}[0-9]))")
TITLE = re.compile("(?:^|\n)\ufeff?(?:TI|BTI) {0,2}-(?=\\s)")
# Tags that an entry may begin with, and that it has once.
FIRST_TAGS = frozenset(["PMC", "OWN", "STAT", "TI", "BTI", "OID"])
# What PubMed Central writes above the number: its own one, and what owns the entry.
HEAD = re.compile("\ufeff?(?:PMC|PMCR|OWN|STAT|MID|OID) {0,2}- ?")
MOST_HEAD_LINES = 6
DOI_LABEL = re.compile(r"\[doi\]|\bdoi[\s:=]|doi[.-]org|^\s*10\.[0-9]{4}", re.IGNORECASE)
# An article's number as publisher's identifier, and pages or such a number in the citation.
NUMBER = re.compile(r"\s*([A-Za-z]{0,2}[0-9]{1,7})\s*\[pii\]")
CITED_PAGES = re.compile(r"[0-9)]:\s?([A-Za-z]{0,4}[0-9][\w.-]{0,30}?)\.(?=\s|$)")
ISSN_LABEL = re.compile(r"\b[EP]?-?ISSN[-:\s]*", re.IGNORECASE)
ISBN_LABEL = re.compile(r"\b[EP]?-?ISBN(?:-1[03])?[-:\s]*(?=[0-9])", re.IGNORECASE)
TAGS = (
    "AB AD AID AU AUID BTI CDAT CI CIN CN COI COIS CON CP CRDT CRF CRI CTI CTDT DA DCOM "
    "DDIN DEP DP DRIN ECF ECI ED EDAT EFR EIN EN FAU FED FIR FPS GN GR GS IP IR IRAD IS "
    "ISBN ISSN JID JT LA LID LR MH MHDA MID NM OAB OABL OCI OID ORI OT OTO OWN PB PG PHST "
    "PL PMC PMCR PMID PRIN PROF PS PST PT PUBM RF RIN RN ROF RPF RPI RRF RRI SB SFM SI SO "
    "SPIN STAT TA TI TT UIN UOF VI VTI"
)
NBIB = Dialect(
    layout="{:4}- ",
    tag_line=re.compile("\ufeff?([A-Z][A-Z0-9]{1,3}) {0,2}-(?=\\s|$)[ \\t]?(.*)"),
    known=frozenset(TAGS.split()),
    running=frozenset(
        [
            "TI",
            "AB",
            "BTI",
            "CTI",
            "VTI",
            "TT",
            "JT",
            "TA",
            "AD",
            "OAB",
            "SO",
            "FAU",
            "AU",
            "CN",
            "MH",
            "OT",
            "GN",
            "CI",
            "COIS",
        ]
    ),
    wrapped=re.compile(r" {3,}|\t"),
    wrap="\n      ",
)
# Tags that RIS does not have, or writes otherwise: two of them betray a file without PMIDs.
OWN_TAGS = re.compile(
    r"(?:FAU |LID |AID |OWN |STAT|PMID|PMC |AUID|EDAT|MHDA|CRDT|PHST|DCOM|DP  |IP  |VI  |PG  "
    r"|TA  |JT  |JID |MH  |PT  |DEP )- ?\S"
)
SINGLE = ("PMID", "TI", "AB", "DP", "VI", "IP", "PG", "TA", "JT")
# What PubMed says of other publications about this one, in its own words.
NOTICES = {
    "RIN": "Retraction in",
    "ROF": "Retraction of",
    "PRIN": "Partial retraction in",
    "PROF": "Partial retraction of",
    "RRI": "Retracted and republished in",
    "RRF": "Retracted and republished from",
    "ECI": "Expression of concern in",
    "ECF": "Expression of concern for",
    "EIN": "Erratum in",
    "EFR": "Erratum for",
    "CRI": "Corrected and republished in",
    "CRF": "Corrected and republished from",
    "RPI": "Republished in",
    "RPF": "Republished from",
    "UIN": "Update in",
    "UOF": "Update of",
}


def starts(line: str) -> bool:
    """Say whether a record starts on this line with its PubMed number."""
    return START.match(line) is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of an nbib file, in order, and the problems met on the way."""
    for chunk in _chunks(text):
        if isinstance(chunk, Problem):
            yield chunk
        else:
            line, body = chunk
            entry = fill(body, line, NBIB)
            if entry.plain and line < text.plain_from:
                entry.plain = is_plain(body)
            yield from build(draft_of(entry))


def _chunks(text: Text) -> Iterator[Line | Problem]:
    """Yield the text of each entry, and a problem for each stretch outside one.

    An entry starts at ``PMID``, or at the tagged lines right above it, as PubMed Central writes
    them; where there is no number, at a paragraph with a title when the entry before it has one
    already, or with the tag that the entry before it began with.
    """
    held, head = Held(), ""
    line = 1
    for paragraph in cut(text, PARAGRAPH):
        if isinstance(paragraph, Problem):
            if head:
                yield from _added(held, line, head)
                head = ""
            yield from held.release()
            yield paragraph
            continue
        above, head = head, ""
        if above and START.match(paragraph[1]):
            body = above + paragraph[1]
        else:
            if above:
                yield from _added(held, line, above)
            line, body = paragraph
            if _is_head(body):
                head = body
                continue
        yield from _added(held, line, body)
    if head:
        yield from _added(held, line, head)
    yield from held.release()


def _is_head(body: str) -> bool:
    """Say whether a paragraph may be what stands above the number of its entry: a few tags."""
    lines = body.strip("\n").split("\n", MOST_HEAD_LINES)
    return len(lines) < MOST_HEAD_LINES and all(HEAD.match(line) for line in lines)


def _added(held: Held, line: int, body: str) -> Iterator[Line | Problem]:
    """Add a paragraph to the entry that is held, or let that one go and begin another with it."""
    begins = START.match(body.lstrip("\n")) is not None
    if not begins:
        if not held.pieces and body.isspace():
            return
        if not held.pieces and not NBIB.tags_in(body.split("\n")):
            if body.strip(BLANK):
                first = line + len(body) - len(body.lstrip("\n"))
                yield Problem(first, "Text outside the records was skipped.")
            return
        if held.pieces and not _begins_another(body, held.pieces):
            held.add(body)
            return
    yield from held.release()
    blank = len(body) - len(body.lstrip("\n"))
    held.line, held.begun = line + blank, True
    held.add(body[blank:])


def _begins_another(body: str, pieces: list[str]) -> bool:
    """Say whether a paragraph without a number is an entry of its own."""
    tag = NBIB.split(body.lstrip("\n").partition("\n")[0])
    if tag and tag[0] in FIRST_TAGS and pieces[0].startswith(tag[0]):
        return True
    return TITLE.search(body) is not None and any(map(TITLE.search, pieces))


def draft_of(entry: Entry) -> Draft:
    """Return what an nbib entry says, field by field."""
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=entry.raw, plain=entry.plain, problems=entry.problems)
    title = entry.first("TI", "BTI", "CTI", "VTI")
    # A chapter stands in its book, a book in its collection.
    journal = entry.first("JT", "TA") or _book(entry)
    short = entry.first("TA")
    draft.fields = {
        "source_record_id": entry.first("PMID"),
        "record_type": "; ".join(map(fold, entry.all("PT"))),
        "title": title or entry.first("TT"),
        "translated_title": entry.first("TT") if title else "",
        "journal": journal,
        "journal_abbreviation": "" if short == journal else short,
        "year_text": entry.first("DP", "DEP"),
        "volume": entry.first("VI"),
        "issue": entry.first("IP"),
        "pages": entry.first("PG") or _article_number(entry),
        "doi": _doi(entry),
        "pmid": entry.first("PMID"),
        "pmcid": entry.first("PMC"),
        "issn": "; ".join(dict.fromkeys((*_issns(entry), *_isbns(entry)))),
        "abstract": entry.first("AB", "OAB"),
        "language": "; ".join(map(fold, entry.all("LA"))),
        "url": next((text for text in entry.all("LID", "AID") if "//" in text), ""),
        "accession": entry.first("OID") or _of_book(entry),
        "database": "ERIC" if entry.first("OWN").strip() == "ERIC" else "",
    }
    full, short_names = entry.all("FAU"), entry.all("AU")
    draft.authors = (full if len(full) >= len(short_names) else short_names) + entry.all("CN")
    draft.keywords = entry.all("MH", "OT")
    said = [f"{NOTICES[tag]}: {text}" for tag in NOTICES for text in entry.all(tag)]
    draft.notices = [*notices.of_types(entry.all("PT")), *said, *notices.of_title(title)]
    return draft


def _book(entry: Entry) -> str:
    if "TI" in entry.by_tag:
        return entry.first("BTI", "CTI")
    return entry.first("CTI") if "BTI" in entry.by_tag else ""


def _of_book(entry: Entry) -> str:
    """Return the number of a book of the National Library of Medicine."""
    marked = (text for text in entry.all("AID") if "[bookaccession]" in text)
    return next(marked, "").replace("[bookaccession]", "").strip()


def _article_number(entry: Entry) -> str:
    """Return the pages of the citation, or the article's number, where ``PG`` is missing."""
    for text in entry.all("SO"):
        if match := CITED_PAGES.search(text):
            return match.group(1)
    numbers = map(NUMBER.fullmatch, entry.all("LID", "AID"))
    return next((match.group(1) for match in numbers if match), "")


def _doi(entry: Entry) -> str:
    named = [text for text in entry.all("LID", "AID") if DOI_LABEL.search(text)]
    named = [text for text in named if "[pii]" not in text]
    cited = [text for text in entry.all("SO") if "doi:" in text]
    found = next(filter(None, map(normalise_doi, (*named, *cited))), "")
    return found or next((text for text in named if "[doi]" in text), "")


def _issns(entry: Entry) -> tuple[str, ...]:
    return issns_in(ISSN_LABEL.sub(" ", " ".join(entry.all("IS", "ISSN"))))


def _isbns(entry: Entry) -> Iterator[str]:
    for text in entry.all("ISBN"):
        if isbn := ISBN_LABEL.sub("", fold(text)).split(" ")[0].strip("-"):
            yield isbn
