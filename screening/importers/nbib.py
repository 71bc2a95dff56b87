"""PubMed's tagged format (nbib, MEDLINE): records apart by blank lines, wrapped lines indented."""

import re
from collections.abc import Iterable, Iterator

from screening.importers.building import Draft, build, fold
from screening.importers.identifiers import issns_in, normalise_doi
from screening.importers.parsed import ParsedRecord, Problem
from screening.importers.tagged import Dialect, Entry, Line, fill, name_repeats

START = re.compile(r"\ufeff?PMID ?- {0,3}[0-9]")
TAGS = (
    "AB AD AID AU AUID BTI CDAT CI CIN CN COI COIS CON CP CRDT CRF CRI CTI CTDT DA DCOM DDIN "
    "DEP DP DRIN ECF ECI ED EDAT EFR EIN EN FAU FED FIR FPS GN GR GS IP IR IRAD IS ISBN JID JT "
    "LA LID LR MH MHDA MID NM OAB OABL OCI OID ORI OT OTO OWN PB PG PHST PL PMC PMCR PMID PS PST "
    "PT PUBM RF RIN RN ROF RPF RPI RRF RRI SB SFM SI SO SPIN STAT TA TI TT UIN UOF VI VTI"
)
RUNNING = "TI AB BTI CTI VTI TT JT TA AD OAB SO FAU AU CN MH OT GN CI COIS"
NBIB = Dialect(
    tag_line=re.compile(r"\ufeff?(?P<tag>[A-Z][A-Z0-9]{1,3}) {0,2}-(?=\s|$)[ \t]?(?P<text>.*)"),
    known=frozenset(TAGS.split()),
    running=frozenset(RUNNING.split()),
    listed=frozenset(),
    foreign=re.compile(r"(?!)"),
)
# Tags that RIS does not have, or writes otherwise: two of them betray a file without PMIDs.
OWN_TAGS = re.compile(
    r"(?:FAU |LID |AID |OWN |STAT|PMID|PMC |AUID|EDAT|MHDA|CRDT|PHST|DCOM|DP  |IP  |VI  |PG  "
    r"|TA  |JT  |JID |MH  |PT  |DEP )- ?\S"
)
SINGLE = ("PMID", "TI", "AB", "DP", "VI", "IP", "PG", "TA", "JT")
TITLES = frozenset({"TI", "BTI"})


def starts(line: str) -> bool:
    """Say whether a record starts on this line with its PubMed number."""
    return START.match(line) is not None


def read(lines: Iterable[Line]) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of an nbib file, in order, and the problems met on the way."""
    for found in entries(lines):
        if isinstance(found, Problem):
            yield found
        else:
            yield from build(draft_of(found))


def entries(lines: Iterable[Line]) -> Iterator[Entry | Problem]:
    """Yield each entry, and a problem for each run of lines outside one.

    An entry starts at ``PMID``; where that is missing, at a paragraph with a
    title, when the entry before it has one already.
    """
    open_lines: list[Line] = []
    tags: frozenset[str] = frozenset()
    for paragraph in _paragraphs(lines):
        new = _tags(paragraph)
        if not new & NBIB.known and not open_lines:
            yield Problem(paragraph[0][0], "Text outside the records was skipped.")
            continue
        if open_lines and ("PMID" in new or (tags & TITLES and new & TITLES)):
            yield fill(Entry(open_lines[0][0]), open_lines, NBIB)
            open_lines, tags = [], frozenset()
        open_lines.extend(paragraph)
        tags |= new & NBIB.known
    if open_lines:
        yield fill(Entry(open_lines[0][0]), open_lines, NBIB)


def _paragraphs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for number, line in lines:
        if paragraph and (not line.strip() or START.match(line)):
            yield paragraph
            paragraph = []
        if line.strip():
            paragraph.append((number, line))
    if paragraph:
        yield paragraph


def _tags(paragraph: list[Line]) -> frozenset[str]:
    return frozenset(found[0] for _, line in paragraph if (found := NBIB.split(line)))


def draft_of(entry: Entry) -> Draft:
    """Return what an nbib entry says, field by field."""
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
    draft.problems.extend(name_repeats(entry, SINGLE))
    title = entry.first("TI", "BTI", "CTI", "VTI")
    journal = entry.first("JT", "TA")
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
        "pages": entry.first("PG"),
        "doi": _doi(entry),
        "pmid": entry.first("PMID"),
        "pmcid": entry.first("PMC"),
        "issn": "; ".join(dict.fromkeys((*issns_in(" ".join(entry.all("IS"))), *_isbns(entry)))),
        "abstract": entry.first("AB", "OAB"),
        "language": "; ".join(map(fold, entry.all("LA"))),
    }
    full, short_names = entry.all("FAU"), entry.all("AU")
    draft.authors = (full if len(full) >= len(short_names) else short_names) + entry.all("CN")
    draft.keywords = entry.all("MH", "OT")
    return draft


def _doi(entry: Entry) -> str:
    marked = [text for text in entry.all("LID", "AID") if "[doi]" in text]
    cited = [text for text in entry.all("SO") if "doi:" in text]
    found = next(filter(None, map(normalise_doi, (*marked, *cited))), "")
    return found or next(iter(marked), "")


def _isbns(entry: Entry) -> Iterator[str]:
    for text in entry.all("ISBN"):
        yield fold(text).split(" ")[0]
