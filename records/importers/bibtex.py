"""BibTeX and BibLaTeX, read entry by entry: one that is broken costs no other."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from records.importers import notices, several
from records.importers.bibtex_entries import Entry, entries
from records.importers.bibtex_names import names_in
from records.importers.building import Draft, build, fold, parted
from records.importers.decoding import is_plain
from records.importers.identifiers import normalise_doi, pmid_in
from records.importers.latex import link_text, plain_text
from records.importers.parsed import Line, ParsedRecord, Problem

# The fields that hold a text of a record, the most trusted first.
TEXTS = {
    "title": ("title",),
    "translated_title": ("translatedtitle", "translated_title", "origtitle"),
    "journal": ("journal", "journaltitle", "booktitle", "maintitle", "series"),
    "journal_abbreviation": (
        "shortjournal", "journal-iso", "abbrev_source_title", "journal_abbrev",
    ),
    "year_text": ("year", "date", "issue_date"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages", "eid", "art_number", "article-number", "articleno"),
    "pmid": ("pmid", "pubmed_id", "pubmedid", "medline"),
    "abstract": ("abstract", "abstractnote"),
    "language": ("language", "langid"),
    "accession": ("unique-id", "accession_number", "accession", "an"),
    "database": ("source", "database", "bibsource"),
}  # fmt: skip
LINKS = ("url", "link", "ee", "howpublished")
SERIALS = ("issn", "eissn", "isbn")
KEYWORDS = ("keywords", "keyword", "author_keywords", "keywords-plus", "mesh")
NOTES = ("note", "annote", "comment", "addendum")
NO_KIND = frozenset({"none", "null", "nan"})
PMID_KINDS = frozenset({"pmid", "pubmed", "medline"})
PMCID_KINDS = frozenset({"pmcid", "pmc"})
EID = re.compile(r"\beid=(2-s2\.0-[0-9]{4,20})")


def read(lines: Iterable[Line]) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a BibTeX file, in order, and the problems met on the way."""
    for found in entries(lines):
        if isinstance(found, Problem):
            yield found
        else:
            yield from build(draft_of(found))


def draft_of(entry: Entry) -> Draft:
    """Return what an entry says, field by field."""
    draft = Draft(line=entry.line, raw=entry.raw, problems=entry.problems)
    held = entry.fields
    texts = {name: plain_text(held[own][0]) for name, own in _plan(tuple(held))}
    kind = "" if entry.kind in NO_KIND else entry.kind
    stated = _text(entry, "document_type", "type") or kind
    link = _link(entry)
    texts["source_record_id"] = entry.key
    texts["record_type"] = stated
    texts["url"] = link
    texts["doi"] = _doi(entry, link)
    _entitle(entry, texts)
    if not texts.get("accession") and (scopus := EID.search(link)):
        texts["accession"] = scopus.group(1)
    if not texts.get("pmid"):
        texts["pmid"] = _pmid(entry)
    texts["pmcid"] = _eprint(entry, PMCID_KINDS) or _text(entry, "pmcid", "pmc")
    texts["issn"] = several.numbers(map(plain_text, entry.all(*SERIALS)))
    draft.authors = names_in(entry.first("author", "authors"))
    draft.keywords = parted(list(map(plain_text, entry.all(*KEYWORDS))), commas=True)
    draft.fields = texts = {name: text for name, text in texts.items() if text}
    joined = "\n".join((*texts.values(), *draft.authors, *draft.keywords))
    lines = len(texts) + len(draft.authors) + len(draft.keywords)
    draft.plain = len(joined) <= len(entry.raw) and _needs_no_folding(joined, lines)
    draft.notices = _notices(entry, (stated, kind), texts.get("title", ""))
    if entry.first("crossref", "xdata") and not texts.get("journal"):
        reason = "The entry takes fields from another one (crossref); they were not joined."
        draft.note(reason)
    return draft


@lru_cache(maxsize=5_000)
def _plan(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return which of these fields holds which text; entries of a file have few sets of them."""
    found = (
        (name, next((own for own in owns if own in names), "")) for name, owns in TEXTS.items()
    )
    return tuple((name, own) for name, own in found if own)


def _needs_no_folding(joined: str, lines: int) -> bool:
    """Say of texts that are joined by line ends whether folding would change none of them."""
    return (
        "  " not in joined
        and "\n " not in joined
        and " \n" not in joined
        and "\n\n" not in joined
        and joined.count("\n") == lines - 1
        and not joined[:1].isspace()
        and not joined[-1:].isspace()
        and is_plain(joined)
    )


def _text(entry: Entry, *names: str) -> str:
    return plain_text(entry.first(*names))


def _entitle(entry: Entry, texts: dict[str, str]) -> None:
    """Put title and subtitle together; a book without a title of its own is named by its book."""
    title = texts.get("title", "")
    if not title:
        texts["title"], texts["journal"] = _text(entry, "booktitle"), ""
    elif "subtitle" in entry.fields:
        subtitle = _text(entry, "subtitle")
        if fold(subtitle).lower() not in fold(title).lower():
            texts["title"] = f"{title.rstrip(' :.')}: {subtitle}"
    if texts.get("journal_abbreviation") == texts.get("journal"):
        texts["journal_abbreviation"] = ""


def _link(entry: Entry) -> str:
    """Return the first link of the first field that has one, else the field's text."""
    for name in LINKS:
        for text in entry.all(name):
            link = link_text(text).strip()
            if found := several.links(link):
                return found[0]
            if link and name != "howpublished":
                return link
    return ""


def _doi(entry: Entry, link: str) -> str:
    own = link_text(entry.first("doi"))
    if not own:
        own = link_text(_raw_eprint(entry, frozenset({"doi"})))
    return own or (normalise_doi(link) if "doi.org/" in link else "")


def _eprint(entry: Entry, kinds: frozenset[str]) -> str:
    return plain_text(_raw_eprint(entry, kinds))


def _raw_eprint(entry: Entry, kinds: frozenset[str]) -> str:
    if "eprint" not in entry.fields:
        return ""
    kind = entry.first("eprinttype", "archiveprefix").strip("{} ").lower()
    return entry.first("eprint") if kind in kinds else ""


def _pmid(entry: Entry) -> str:
    own = _eprint(entry, PMID_KINDS)
    noted = (pmid_in(link_text(text)) for text in entry.all("note", "annote", *LINKS))
    return own or next(filter(None, noted), "")


@lru_cache(maxsize=1_000)
def _said_by(kinds: tuple[str, str]) -> tuple[str, ...]:
    return tuple(notices.of_types(kinds))


def _notices(entry: Entry, kinds: tuple[str, str], title: str) -> list[str]:
    said = [plain_text(text) for text in entry.all(*NOTES)]
    return [
        *_said_by(kinds),
        *notices.of_title(title),
        *notices.of_notes(filter(notices.STATEMENT.search, said)),
    ]
