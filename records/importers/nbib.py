"""PubMed's tagged format (nbib, MEDLINE): records apart by blank lines, wrapped lines indented."""

import re
from collections.abc import Iterator

from records.importers import notices
from records.importers.building import Draft, build, fold
from records.importers.cutting import Held, cut
from records.importers.decoding import Text
from records.importers.dialects import BLANK, Dialect, Entry
from records.importers.identifiers import issns_in, normalise_doi
from records.importers.parsed import Line, ParsedRecord, Problem
from records.importers.tagged import fill

START = re.compile("\ufeff?PMID ?- {0,3}[0-9]")
PARAGRAPH = re.compile("\n(?:[ \t]*(?=\n)|(?=\ufeff?PMID ?- {0,3}[0-9]))")
TITLE = re.compile("(?:^|\n)\ufeff?(?:TI|BTI) {0,2}-(?=\\s)")
TAGS = (
    "AB AD AID AU AUID BTI CDAT CI CIN CN COI COIS CON CP CRDT CRF CRI CTI CTDT DA DCOM DDIN "
    "DEP DP DRIN ECF ECI ED EDAT EFR EIN EN FAU FED FIR FPS GN GR GS IP IR IRAD IS ISBN JID JT "
    "LA LID LR MH MHDA MID NM OAB OABL OCI OID ORI OT OTO OWN PB PG PHST PL PMC PMCR PMID PRIN "
    "PROF PS PST PT PUBM RF RIN RN ROF RPF RPI RRF RRI SB SFM SI SO SPIN STAT TA TI TT UIN "
    "UOF VI VTI"
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
            entry, _ = fill(body, line, NBIB)
            yield from build(draft_of(entry))


def _chunks(text: Text) -> Iterator[Line | Problem]:
    """Yield the text of each entry, and a problem for each stretch outside one.

    An entry starts at ``PMID``; where that is missing, at a paragraph with a
    title, when the entry before it has one already.
    """
    held = Held()
    for paragraph in cut(text, PARAGRAPH):
        if isinstance(paragraph, Problem):
            yield from held.release()
            yield paragraph
            continue
        line, body = paragraph
        if not START.match(body):
            if not held.pieces and body.isspace():
                continue
            if not held.pieces and not NBIB.tags_in(body.split("\n")):
                if body.strip(BLANK):
                    first = line + len(body) - len(body.lstrip("\n"))
                    yield Problem(first, "Text outside the records was skipped.")
                continue
            if held.pieces and not (TITLE.search(body) and any(map(TITLE.search, held.pieces))):
                held.add(body)
                continue
        yield from held.release()
        blank = len(body) - len(body.lstrip("\n"))
        held.line, held.begun = line + blank, True
        held.add(body[blank:])
    yield from held.release()


def draft_of(entry: Entry) -> Draft:
    """Return what an nbib entry says, field by field."""
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
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
    said = [f"{NOTICES[tag]}: {text}" for tag in NOTICES for text in entry.all(tag)]
    draft.notices = [*notices.of_types(entry.all("PT")), *said, *notices.of_title(title)]
    return draft


def _doi(entry: Entry) -> str:
    marked = [text for text in entry.all("LID", "AID") if "[doi]" in text]
    cited = [text for text in entry.all("SO") if "doi:" in text]
    found = next(filter(None, map(normalise_doi, (*marked, *cited))), "")
    return found or next(iter(marked), "")


def _isbns(entry: Entry) -> Iterator[str]:
    for text in entry.all("ISBN"):
        yield fold(text).split(" ")[0]
