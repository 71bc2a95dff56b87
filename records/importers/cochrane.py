"""The Cochrane Library's plain citations: ``Record #1 of 2``, then ``ID: …``, ``AU: …``."""

import re
from collections.abc import Iterable, Iterator, Sequence

from records.importers import notices
from records.importers.building import Draft, build, fold, parted
from records.importers.decoding import Text
from records.importers.dialects import Entry
from records.importers.identifiers import issns_in, normalise_doi
from records.importers.labelled import Labelled
from records.importers.parsed import ParsedRecord, Problem
from records.importers.parting import names_in
from records.importers.tagged import entries

NUMBER = r"[ \t]*Record #[0-9]{1,9} of [0-9]{1,9}[ \t]*(?=\n|\Z)"
# Where no number stands above it, the first field of a record opens it, below a blank line.
FIRST_FIELD = r"(?<![^\n])\n\ufeff?ID:[ \t]*[A-Z]{2}"
START = re.compile(f"\n\ufeff?{NUMBER}|{FIRST_FIELD}")
NUMBERED = re.compile(f"\ufeff?{NUMBER}\n*")
TAGS = "ID AU TI SO YR VL NO PG XR PM PT KY DOI AB US CC PB SN ED LA JN DT AN CN UR CO"
COCHRANE = Labelled(
    layout="{}: ",
    tag_line=re.compile("\ufeff?[ \t]{0,3}(Record(?= #)|[A-Z]{2,3}(?=:)):?[ \t]*(.*)"),
    known=frozenset(["Record", *TAGS.split()]),
    running=frozenset(["TI", "AB", "SO", "KY"]),
    wrapped=re.compile(r"[ \t]{2,}"),
)
SINGLE = ("TI", "SO", "YR", "VL", "NO", "PG", "DOI", "AB")
TAG_LINE = re.compile(r"[ \t]*(?:ID|AU|TI|SO|YR|DOI):")
FIRST_LINE = re.compile("\ufeff?[ \t]*ID:[ \t]*C[A-Z]-?[0-9]{3}")
NUMBER_OF_A_REGISTER = re.compile(r"[A-Za-z]{2,12}[-/ ]?[0-9][0-9A-Za-z/-]{3,30},?")
# "Journal. Conference: 12th meeting": the meeting is no part of the journal's name.
CONFERENCE = re.compile(r"\.\s{0,3}Conference:")
LINK = re.compile(r"https?://", re.IGNORECASE)
PMID = re.compile(r"PUBMED\s{1,3}([1-9][0-9]{0,7})\b", re.IGNORECASE)


def opens(lines: Sequence[str], at: int) -> bool:
    """Say whether a record starts on this line: its number or its ID, then another field.

    Cochrane writes the same number above the records of its RIS files.
    """
    if at + 1 == len(lines) or TAG_LINE.match(lines[at + 1]) is None:
        return False
    return NUMBERED.match(lines[at]) is not None or FIRST_LINE.match(lines[at]) is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a file of citations, in order, and the problems met on the way."""
    found = entries(text, START, COCHRANE, opening="Record #")
    for item in _without_lone_numbers(found):
        if isinstance(item, Problem):
            yield item
        else:
            yield from build(draft_of(item))


def _without_lone_numbers(found: Iterable[Entry | Problem]) -> Iterator[Entry | Problem]:
    """Leave out the number that a blank line parts from the first field of its record."""
    number: Entry | None = None
    for item in found:
        if isinstance(item, Entry):
            if number is not None and "Record" in item.by_tag:
                yield number
            number = item if item.by_tag.keys() == {"Record"} else None
        if item is not number:
            yield item
    if number is not None:
        yield number


def draft_of(entry: Entry) -> Draft:
    """Return what an entry says, field by field."""
    first = entry.first
    entry.name_repeats(SINGLE)
    # The number is the place in this very search; without it the text stays the same in the next.
    raw = NUMBERED.sub("", entry.raw, count=1) or entry.raw
    draft = Draft(line=entry.line, raw=raw, problems=entry.problems)
    title, source, link = first("TI"), fold(first("SO")), first("US", "UR")
    identity = fold(first("ID", "AN"))
    # What the registers of trials gave has their link where articles have the journal.
    journal = "" if LINK.match(source) else CONFERENCE.split(source, maxsplit=1)[0]
    draft.fields = {
        "source_record_id": identity,
        "record_type": "; ".join(map(fold, entry.all("PT"))),
        "title": title,
        "journal": journal,
        "year_text": first("YR"),
        "volume": first("VL"),
        "issue": first("NO"),
        "pages": first("PG"),
        "doi": next(filter(None, map(normalise_doi, entry.all("DOI"))), first("DOI")),
        "pmid": _pmid(entry),
        "issn": "; ".join(issns_in(" ".join(entry.all("SN")))),
        "abstract": first("AB"),
        "language": first("LA"),
        "url": link if journal or not source else source,
        "accession": identity,
        "database": _database(identity),
    }
    draft.authors = [
        name
        for text in entry.all("AU")
        for name in names_in(text)
        if not NUMBER_OF_A_REGISTER.fullmatch(name.strip())
    ]
    draft.keywords = parted(entry.all("KY"))
    draft.notices = [*notices.of_types(entry.all("PT")), *notices.of_title(title)]
    return draft


def _pmid(entry: Entry) -> str:
    named = (PMID.search(text) for text in entry.all("PM", "XR"))
    found = next((match.group(1) for match in named if match), "")
    return found or fold(entry.first("PM"))


def _database(identity: str) -> str:
    if identity.startswith("CN-"):
        return "Cochrane Central Register of Controlled Trials"
    return "Cochrane Database of Systematic Reviews" if identity.startswith("CD") else ""
