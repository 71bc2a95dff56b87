"""The tagged format of Ovid: ``<1. >`` before each record, then ``VN  - Ovid Technologies``."""

import re
from collections.abc import Iterator

from records.importers import notices
from records.importers.building import Draft, build, fold, parted
from records.importers.decoding import Text
from records.importers.dialects import Dialect, Entry
from records.importers.identifiers import YEAR, expand_pages, issns_in, normalise_doi, year_of
from records.importers.parsed import ParsedRecord, Problem
from records.importers.tagged import entries

NUMBER = r"[ \t]*<\s?[0-9]{1,9}\s?\.?\s?>[ \t]*(?=\n|\Z)"
VENDOR = r"VN {1,3}- *Ovid"
# A number line and the vendor's line below it are one start.
START = re.compile(f"\n\ufeff?{NUMBER}|(?<![> \t])\n\ufeff?{VENDOR}")
NUMBERED = re.compile(f"\ufeff?{NUMBER}\n*")
TAGS = (
    "AA AB AD AF AI AJ AM AN AO AR AS AU BC BS BT CA CB CC CD CF CI CL CM CN CO CP CQ CR CS "
    "CT CY DA DB DC DE DF DG DI DJ DL DM DO DP DS DT DU DV EA EC ED EI EL EM EN EP ER ET EZ "
    "FA FO FT FX GC GI GM GN GO GR GS GW HC HW IB ID IF IG IN IO IP IR IS IT JA JC JL JN JT "
    "JW JX KC KF KP KW KY LA LD LG LI LL LM LO LR LT LU MA MB MC MD ME MH MP MS MT MV NA NC "
    "NJ NM NN NO NP NR NT OA OC OD OI OL ON OR OT OV OW OX PA PB PC PD PE PF PG PH PI PL PM "
    "PN PO PP PR PS PT PU PX PY QU RA RB RC RD RF RG RI RL RM RN RO RP RS RT RV RW RX SA SB "
    "SC SD SE SH SI SL SM SN SO SP SR SS ST SU TA TC TD TG TI TJ TM TN TO TR TS TT UI UP UR "
    "UT VI VN VO WC WD XL XS XT YR ZZ"
)
OVID = Dialect(
    layout="{}  - ",
    tag_line=re.compile(r"([A-Z][A-Z0-9])(?: -(?=\s|$)|  {1,3}-)[ \t]*(.*)"),
    known=frozenset(TAGS.split()),
    running=frozenset(["TI", "TT", "OT", "BT", "AB", "SO", "JN", "JA", "IN", "KW", "SH", "CM"]),
    wrapped=re.compile(r"\s"),
    wrap="\n      ",
    around=re.compile(rf"\ufeff?{NUMBER}"),
)
SINGLE = ("TI", "AB", "SO", "YR", "UI")
KIND_OF_TEXT = re.compile(
    r"\.?\s{1,4}\[(?:Article|Report|Miscellaneous|References|Review|Editorial|Letter|Abstract)\]\W{0,3}$"
)
BRACKETED = re.compile(r"\[[^\]]{0,400}(?:\]|$)")
DEGREES = re.compile(
    r"(?<=\S)(?:,?\s(?:MD|M\.D\.|PhD|Ph\.D\.|MSc|BSc|MPH|MBBS|FRCS|FACS|FACSM|RN|DO)(?=[\s,]|$)){1,8}"
)
# Names, each with its "[Ed]", the year in brackets, the book, and its pages or how many it has.
EDITOR = re.compile(r"\[Eds?\.?\]|\(Eds?\.?\)|\beds?\.(?=\s|,)", re.IGNORECASE)
BOOK = re.compile(
    r"\(?(?P<year>[12][0-9]{3})\)?\.\s(?P<book>[^\s].{0,600}?)[.,]?\s"
    r"(?=\((?:[^()]{0,60},\s)?pp?\.?\s|\(?[ivxlc]{1,8},\s[0-9]{1,4}\spp|[0-9]{1,4}\spp\b"
    r"|\([0-9]{1,3}(?:st|nd|rd|th)\sed)"
)
BOOK_PAGES = re.compile(
    r"\((?:[^()]{0,60},\s)?pp?\.?\s(?P<pages>[A-Za-z]{0,4}[0-9]{1,5}-[A-Za-z]{0,4}[0-9]{1,5})\)"
)
FULL_STOP = re.compile(r"[a-z][a-z]\.$")
MARKS = re.compile(r"[\s,+*#^]\s?[\d,+*#^\s]{0,20}$")
# "31(2):239-46", "98 (3) (pp 210-218)", "14(1):56", "6:611-613", "vol. 12, no. 3, pp. 4-9".
PLACE = re.compile(
    r"(?P<volume>[0-9]{1,4}[A-Z]?)"
    r"(?:\s?\((?P<issue>[^():]{1,30})\))?"
    r"(?::\s?|\s?\((?:pp?\.?\s|no pagination))"
    r"(?P<pages>[A-Za-z]{0,4}[0-9]{1,9}(?:-[A-Za-z]{0,4}[0-9]{1,9})?)?"
)
NUMBERS_ONLY = re.compile(r"(?P<volume>[0-9]{1,4}[A-Z]?)\s?\((?P<issue>[^():]{1,30})\)")
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DATE_BEFORE = re.compile(rf"(?:{MONTH}(?:/{MONTH})?\s)?(?:[0-9]{{1,2}},?\s)?[0-9]{{4}}\s?;?\s?$")


def starts(line: str) -> bool:
    """Say whether a record of Ovid's starts on this line with its vendor."""
    return re.match(f"\ufeff?[ \t]*{VENDOR}", line) is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of an Ovid file, in order, and the problems met on the way."""
    for found in entries(text, START, OVID, opening="VN"):
        if isinstance(found, Problem):
            yield found
        elif found.fields() or not NUMBERED.fullmatch(f"{found.raw}\n"):
            yield from build(draft_of(found))


def draft_of(entry: Entry) -> Draft:
    """Return what an entry says, field by field."""
    first = entry.first
    # The number is the place in this very search; without it the text stays the same in the next.
    raw = NUMBERED.sub("", entry.raw, count=1)
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=raw, problems=entry.problems)
    cited = _cited(fold(first("SO")))
    database = first("DB")
    title = KIND_OF_TEXT.sub("", fold(first("TI"))[:20_000])
    journal, short = first("JN", "JT", "BT"), first("JA", "TA")
    journal = journal or cited["journal"] or short
    draft.fields = {
        "source_record_id": _ended(first("UI", "AN")),
        "record_type": "; ".join(_ended(text) for text in entry.all("PT", "DT")),
        "title": title or first("TT", "OT"),
        "translated_title": first("TT", "OT") if title else "",
        "journal": "" if _same(journal, title) else journal,
        "journal_abbreviation": short,
        "year_text": _ended(first("YR", "DP", "PY")) or cited["year"],
        "volume": first("VI", "VO") or cited["volume"],
        "issue": first("IP") or cited["issue"],
        "pages": expand_pages(_ended(first("PG"))) or cited["pages"],
        "doi": next(filter(None, map(normalise_doi, entry.all("DO", "DI"))), first("DO", "DI")),
        "pmid": _pmid(entry, database),
        "pmcid": first("PMC"),
        "issn": "; ".join(
            dict.fromkeys((*issns_in(" ".join(entry.all("IS", "EI"))), *_isbns(entry)))
        ),
        "abstract": first("AB"),
        "language": _ended(first("LG", "LA")),
        "url": next((text for text in entry.all("UR", "XL", "JL") if "//" in text), ""),
        "accession": _ended(first("AN", "UI")),
        "database": database,
    }
    full, names = entry.all("FA"), entry.all("AU")
    people = full if len(full) >= len(names) else names
    draft.authors = [*map(_name, people), *entry.all("CA")]
    draft.keywords = parted(entry.all("KW", "KF", "SH", "MH", "DE"))
    draft.notices = [
        *notices.of_types(map(_ended, entry.all("PT", "DT"))),
        *notices.of_title(title),
        *notices.of_notes(entry.all("CM", "EI")),
    ]
    return draft


def _same(one: str, other: str) -> bool:
    return fold(one).rstrip(". ").casefold() == fold(other).rstrip(". ").casefold()


def _ended(text: str) -> str:
    return fold(text).removesuffix(".")


def _name(text: str) -> str:
    """Return an author without what Ovid's full texts add: addresses, degrees and marks."""
    name = BRACKETED.sub("", fold(text)[:2_000])
    name = MARKS.sub("", f"{name.strip(' ,')} ").strip(" ,")
    family, comma, given = name.partition(", ")
    if comma:
        name = f"{family}, {MARKS.sub('', DEGREES.sub('', given) + ' ').strip(' ,')}"
    return name[:-1] if FULL_STOP.search(name) else name


def _isbns(entry: Entry) -> Iterator[str]:
    for text in entry.all("IB"):
        yield fold(text).split(" ")[0]


def _pmid(entry: Entry, database: str) -> str:
    stated = fold(entry.first("PM")).split(" ")[0]
    medline = "medline" in database.lower() or "pubmed" in database.lower()
    return stated or (fold(entry.first("UI")) if medline else "")


def _cited(source: str) -> dict[str, str]:
    """Return the parts of a citation in one line, as far as they can be told."""
    source = source[:1_000]
    told = {"journal": "", "volume": "", "issue": "", "pages": "", "year": ""}
    book = BOOK.search(source)
    if EDITOR.search(source[:400]) or (book and book.start() and "(" in source[: book.end("year")]):
        # A chapter or a book: what stands first are people, and never a journal.
        pages = BOOK_PAGES.search(source)
        if book:
            told |= {"journal": book["book"], "year": book["year"]}
        return told | {"pages": pages["pages"] if pages else ""}
    found = PLACE.search(source) or NUMBERS_ONLY.search(source)
    rest = source
    if found:
        told.update({name: part or "" for name, part in found.groupdict().items()})
        told["journal"] = DATE_BEFORE.sub("", source[: found.start()]).strip(" .,;")
        rest = f"{source[found.end() :]} {source[: found.start()]}"
    elif source:
        told["journal"] = re.split(r"\.\s|;|,\s", source, maxsplit=1)[0].strip(" .")
    years = (year for year in YEAR.findall(rest) if year_of(year) is not None)
    told["year"] = next(years, "")
    return told
