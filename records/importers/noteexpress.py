"""NoteExpress, as CNKI, Wanfang and Weipu write it: ``{Reference Type}: …`` starts a record."""

import re
from collections.abc import Iterator

from records.importers import notices, unopened
from records.importers.building import Draft, build_each, fold, parted
from records.importers.decoding import Text
from records.importers.dialects import Entry
from records.importers.identifiers import normalise_doi, normalise_pmcid, pmid_in
from records.importers.labelled import Labelled
from records.importers.parsed import ParsedRecord, Problem
from records.importers.parting import names_in
from records.importers.tagged import entries

START = re.compile("\n\ufeff?[ \t]*\\{Reference Type\\}[ \t]*[:\uff1a]", re.IGNORECASE)
LABELS = (
    "Reference Type|Title|Translated Title|Author|Translated Author|Author Address|Journal|"
    "Translated Journal|Secondary Title|Book Title|Source|Year|Date|Volume|Issue|Pages|Keywords|"
    "Translated Keywords|Abstract|Translated Abstract|ISBN/ISSN|ISSN|ISBN|DOI|PMID|PMCID|URL|Link|"
    "Language|Notes|Database Provider|Name of Database|Accession Number|Type of Work|Publisher|"
    "Place Published|Label|Subject|Tertiary Author|Secondary Author|Short Title|Call Number"
).lower()


class Braced(Labelled):
    """Labels in braces, compared without case."""

    def split(self, line: str) -> tuple[str, str] | None:
        """Return the label in small letters and the text of a labelled line, or ``None``."""
        found = super().split(line)
        return None if found is None else (found[0].lower(), found[1])


NOTEEXPRESS = Braced(
    layout="{{{}}}: ",
    tag_line=re.compile(
        "\ufeff?[ \t]*\\{([A-Za-z][A-Za-z0-9 /_-]{0,40})\\}[ \t]*[:\uff1a][ \t]*(.*)"
    ),
    known=frozenset(LABELS.split("|")),
    running=frozenset(
        ["title", "translated title", "abstract", "translated abstract", "notes", "journal"]
    ),
    listed=frozenset(["author", "keywords", "author address"]),
)
TITLE = re.compile(r"(?mi)^[ \t]*\{Title\}[ \t]*[:\uff1a]")
OPENING = "{Reference Type}"
SINGLE = ("title", "year", "journal", "volume", "issue", "pages", "abstract", "doi")


def starts(line: str) -> bool:
    """Say whether a record starts on this line."""
    return START.match(f"\n{line}") is not None


def read(text: Text) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a NoteExpress file, in order, and the problems met on the way."""
    found = entries(text, START, NOTEEXPRESS, opening=OPENING)
    return build_each(unopened.apart(found, NOTEEXPRESS, _is_entry, opening=OPENING), draft_of)


def _is_entry(paragraph: str) -> bool:
    return TITLE.search(paragraph) is not None


def draft_of(entry: Entry) -> Draft:
    """Return what an entry says, field by field."""
    first = entry.first
    entry.name_repeats(SINGLE)
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
    title = first("title")
    links = entry.all("url", "link")
    draft.fields = {
        "source_record_id": first("label"),
        "record_type": first("reference type"),
        "title": title or first("translated title"),
        "translated_title": first("translated title") if title else "",
        "journal": first(
            "journal", "secondary title", "book title", "source", "translated journal"
        ),
        "year_text": first("year", "date"),
        "volume": first("volume"),
        "issue": first("issue"),
        "pages": first("pages"),
        "doi": _doi(entry, links),
        "pmid": first("pmid") or pmid_in(" ".join((*entry.all("notes"), *links))),
        "pmcid": normalise_pmcid(first("pmcid")),
        "issn": "; ".join(dict.fromkeys(map(fold, entry.all("isbn/issn", "issn", "isbn")))),
        "abstract": first("abstract", "translated abstract"),
        "language": fold(first("language")).strip("; "),
        "url": next((text for text in links if "//" in text), ""),
        "accession": first("accession number"),
        "database": first("database provider", "name of database"),
    }
    people = entry.all("author") or entry.all("translated author")
    draft.authors = [name for text in people for name in names_in(text)]
    draft.keywords = parted(entry.all("keywords"))
    draft.notices = [*notices.of_title(title), *notices.of_notes(entry.all("notes"))]
    return draft


def _doi(entry: Entry, links: list[str]) -> str:
    stated = entry.all("doi")
    linked = [text for text in links if "doi" in text.lower()]
    found = next(filter(None, map(normalise_doi, (*stated, *linked))), "")
    return found or next(iter(stated), "")
