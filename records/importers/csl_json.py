"""CSL JSON, as Zotero, Mendeley, Paperpile, Pandoc and doi.org write it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from records.importers import markup, notices, several
from records.importers.building import Draft, build, fold, parted
from records.importers.identifiers import normalise_pmcid, pmid_in
from records.importers.json_items import Item, items
from records.importers.parsed import FileRefused, ParsedRecord, Problem

SNIFFED = 200_000
SNIFFED_LINES = 500
OPENING = re.compile(r"\s*(?:\[\s*\{|\{)\s*\"")
OWN_KEYS = re.compile(
    r'"(?:id|type|title|DOI|author|issued|container-title|citation-key|abstract|language)"\s*:'
)
# Keys of other JSON about papers: Zotero's own, OpenAlex, Semantic Scholar, Europe PMC, Crossref.
FOREIGN = frozenset({
    "itemtype", "creators", "authorships", "display_name", "paperid", "resultlist", "message",
    "authorstring", "protocolsection", "esearchresult", "results", "entry_type", "entrytype",
})  # fmt: skip
TYPE = re.compile(r"[a-z]+(?:[_-][a-z]+){0,4}")
STRUCTURED = frozenset({"author", "issued", "container-title", "doi", "url", "abstract"})
TEXTS = {
    "source_record_id": ("id", "citation-key", "citation-label"),
    "record_type": ("genre", "type"),
    "title": ("title", "title-short", "shorttitle"),
    "translated_title": ("original-title",),
    "journal": ("container-title", "collection-title", "event-title", "event"),
    "journal_abbreviation": ("container-title-short", "journalabbreviation"),
    "volume": ("volume",),
    "issue": ("issue",),
    "pages": ("page", "pages", "page-first", "article-number", "elocation-id"),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "pmcid": ("pmcid",),
    "abstract": ("abstract",),
    "language": ("language",),
    "accession": ("accession", "accession-number", "archive_location"),
    "database": ("source", "archive"),
}
KEYWORDS = ("keyword", "keywords", "categories", "tags")
NO_CSL = (
    "The file is JSON, but not CSL JSON, the one form of it that is read here;"
    " save it as CSL JSON, RIS or CSV."
)


def starts(lines: Sequence[str]) -> bool:
    """Say whether the first lines of a file show CSL JSON."""
    return is_json(lines) and len(set(OWN_KEYS.findall(_head(lines)))) > 1


def is_json(lines: Sequence[str]) -> bool:
    """Say whether the first lines of a file are JSON of some kind, a list of objects or one."""
    return OPENING.match(_head(lines)) is not None


def _head(lines: Sequence[str]) -> str:
    return "\n".join(line[:SNIFFED] for line in lines[:SNIFFED_LINES])[:SNIFFED].lstrip("\ufeff")


def read(stream: BinaryIO) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a file, in order, and the problems met on the way.

    Raises:
        FileRefused: the file is empty or binary, holds no record, or is other JSON.
    """
    seen = False
    for item in items(stream):
        if isinstance(item, Problem):
            seen |= item.rejected
            yield item
            continue
        if not seen and not is_csl(item.value):
            raise FileRefused(NO_CSL, line=item.line)
        seen = True
        yield from build(draft_of(item))
    if not seen:
        raise FileRefused("The file holds no record.")


def is_csl(value: dict[str, Any]) -> bool:
    """Say whether an object is an item of CSL JSON and not one of another service's."""
    names = {name.lower() for name in value}
    if not names.isdisjoint(FOREIGN):
        return False
    kind = value.get("type")
    typed = isinstance(kind, str) and TYPE.fullmatch(kind) is not None
    return (typed or not STRUCTURED.isdisjoint(names)) and not names.isdisjoint(
        {"title", "title-short", *STRUCTURED}
    )


def draft_of(item: Item) -> Draft:
    """Return what an item says, field by field."""
    said = {name.lower(): value for name, value in item.value.items()}
    draft = Draft(line=item.line, raw=item.raw, problems=list(item.notes))
    texts = {name: _first(said, *names) for name, names in TEXTS.items()}
    note = _first(said, "note", "annote")
    links = several.links(_first(said, "url"))
    kind = _first(said, "type")
    if texts["journal_abbreviation"] == texts["journal"]:
        texts["journal_abbreviation"] = ""
    texts["year_text"] = _date(said.get("issued")) or _date(said.get("published"))
    texts["issn"] = several.numbers([*_all(said, "issn"), *_all(said, "eissn", "isbn")])
    texts["url"] = links[0] if links else ""
    texts["pmid"] = texts["pmid"] or pmid_in(note)
    texts["pmcid"] = texts["pmcid"] or (normalise_pmcid(note) if "PMCID" in note else "")
    draft.fields = texts
    draft.authors = _names(said.get("author"))
    draft.keywords = parted(_all(said, *KEYWORDS), commas=True)
    draft.notices = [
        *notices.of_types([texts["record_type"], kind]),
        *notices.of_title(texts["title"]),
        *notices.of_notes(filter(notices.STATEMENT.search, [note])),
    ]
    return draft


def _text(value: object) -> str:
    """Return a value as text: a string, a number, or the first of a list that is either."""
    if isinstance(value, list):
        return next(filter(None, map(_text, value[:20])), "")
    return value.strip() if isinstance(value, str) else ""


def _first(said: dict[str, Any], *names: str) -> str:
    return next(filter(None, (_text(said[name]) for name in names if name in said)), "")


def _all(said: dict[str, Any], *names: str) -> list[str]:
    """Return every text of these names, of which each may hold a list."""
    found: list[str] = []
    for name in names:
        value = said.get(name)
        found += filter(None, map(_text, value if isinstance(value, list) else [value]))
    return found


def _names(value: object) -> list[str]:
    """Return the names of the authors, families first; a text may hold several."""
    if isinstance(value, str):
        return re.split(r" ?; ?| and ", fold(markup.decoded(value)))
    if not isinstance(value, list):
        return [_name(value)]
    return list(filter(None, map(_name, value)))


def _name(value: object) -> str:
    if not isinstance(value, dict):
        return _text(value)
    said = {name.lower(): _text(part) for name, part in value.items()}
    family = " ".join(filter(None, (said.get("non-dropping-particle"), said.get("family"))))
    given = " ".join(filter(None, (said.get("given"), said.get("dropping-particle"))))
    parts = (family, given, said.get("suffix") if family else "")
    return ", ".join(filter(None, parts)) or said.get("literal", "") or said.get("name", "")


def _date(value: object) -> str:
    """Return a date as ``2021-03-14``, or in the words in which it was given."""
    if not isinstance(value, dict):
        return _text(value)
    said = {name.lower(): part for name, part in value.items()}
    parts = said.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else parts
    if isinstance(first, list):
        told = list(map(_text, first[:3]))
        if told and told[0]:
            return "-".join(part.zfill(2) for part in told if part)
    return _first(said, "raw", "literal", "year", "date-time")
