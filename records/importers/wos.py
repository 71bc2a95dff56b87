"""The tagged format of Web of Science: two-letter tags, wrapped lines indented by three spaces."""

import re
from collections.abc import Iterator

from records.importers import notices
from records.importers.building import Draft, build_each, fold, parted
from records.importers.decoding import Text
from records.importers.dialects import Dialect, Entry
from records.importers.identifiers import expand_pages, issns_in
from records.importers.parsed import ParsedRecord, Problem
from records.importers.tagged import entries

START = re.compile("\n\ufeff?PT [A-Z](?=\\s|\\Z)")
TAGS = (
    "AB AF AR AU BA BE BF BN BP BS C1 C3 CA CL CR CT CY D2 DA DE DI DT EA EF EI EM EP ER EY "
    "FN FT FU FX GA GP HC HO HP ID IS J9 JI LA LT MA MH NR OA OI P2 PA PD PG PI PM PN PT PU "
    "PY RI RP SC SE SI SN SO SP SU TC TI U1 U2 UT VL VR WC WE Z9"
)
FILE_START = re.compile("\ufeff?FN [^ -]")
WOS = Dialect(
    layout="{} ",
    tag_line=re.compile("\ufeff?([A-Z][A-Z0-9])(?: (.*)|\\s*$)"),
    known=frozenset(TAGS.split()),
    running=frozenset(
        ["TI", "FT", "AB", "DE", "ID", "SO", "SE", "FU", "FX", "CT", "C1", "C3", "RP"]
    ),
    listed=frozenset(["AU", "AF", "BA", "BF", "BE", "CA", "GP", "CR"]),
    wrapped=re.compile(r"  +"),
    end="ER",
    around=re.compile(r"(?:FN|VR|EF)(?:\s|$)"),
)
SINGLE = ("TI", "PY", "DI", "AB", "VL", "IS", "UT", "SO")
DATABASES = {
    "WOS": "Web of Science",
    "MEDLINE": "MEDLINE",
    "BCI": "BIOSIS Citation Index",
    "BIOSIS": "BIOSIS Previews",
    "CABI": "CABI",
    "SCIELO": "SciELO",
    "KJD": "KCI-Korean Journal Database",
    "PQDT": "ProQuest Dissertations",
    "ZOOREC": "Zoological Record",
}


def starts(line: str) -> bool:
    """Say whether a record, or the file with its name, starts on this line."""
    return START.match(f"\n{line}") is not None or FILE_START.match(line) is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a file of Web of Science, in order, and the problems on the way."""
    return build_each(entries(text, START, WOS, opening="PT"), draft_of)


def draft_of(entry: Entry) -> Draft:
    """Return what an entry says, field by field."""
    first = entry.first
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
    title, journal = first("TI"), first("SO", "SE")
    short = first("JI", "J9")
    accession = fold(first("UT"))
    pubmed = fold(first("PM"))
    if not pubmed and accession.startswith("MEDLINE:"):
        pubmed = accession.removeprefix("MEDLINE:")
    draft.fields = {
        "source_record_id": accession,
        "record_type": first("DT"),
        "title": title or first("FT"),
        "translated_title": first("FT") if title else "",
        "journal": journal,
        "journal_abbreviation": "" if short == journal else short,
        "year_text": first("PY", "EY", "EA"),
        "volume": first("VL"),
        "issue": first("IS", "SI"),
        "pages": _pages(entry),
        "doi": first("DI", "D2"),
        "pmid": pubmed,
        "issn": "; ".join(
            dict.fromkeys((*issns_in(" ".join(entry.all("SN", "EI"))), *entry.all("BN")))
        ),
        "abstract": first("AB"),
        "language": first("LA"),
        "accession": accession,
        "database": DATABASES.get(accession.partition(":")[0], ""),
    }
    full, short_names = entry.all("AF"), entry.all("AU")
    people = full if len(full) >= len(short_names) else short_names
    draft.authors = people + entry.all("CA", "GP")
    draft.keywords = parted(entry.all("DE", "ID", "MH"))
    draft.notices = [*notices.of_types(entry.all("DT")), *notices.of_title(title)]
    return draft


def _pages(entry: Entry) -> str:
    start, end = fold(entry.first("BP")), fold(entry.first("EP"))
    if start and end and start != end:
        return expand_pages(f"{start}-{end}")
    return start or end or fold(entry.first("AR"))
