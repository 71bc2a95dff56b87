"""BibTeX and BibLaTeX, read entry by entry: one that is broken costs no other."""

import re
from collections.abc import Iterable, Iterator

from records.importers import notices
from records.importers.bibtex_entries import Entry, entries
from records.importers.building import Draft, build, fold
from records.importers.identifiers import normalise_doi, pmid_in
from records.importers.latex import link_text, plain_text
from records.importers.parsed import Line, ParsedRecord, Problem

PMID_KINDS = frozenset({"pmid", "pubmed", "medline"})
EID = re.compile(r"\beid=(2-s2\.0-[0-9]{4,20})")
INITIALS = re.compile(r"[^\W\d_a-z]{1,4}\.?")


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
    title = _title(entry)
    journal = _text(entry, "journal", "journaltitle", "booktitle", "maintitle", "series")
    short = _text(entry, "shortjournal", "journal-iso", "abbrev_source_title", "journal_abbrev")
    kinds = [_text(entry, "document_type", "type"), entry.kind]
    link = link_text(entry.first("url", "link", "ee"))
    draft.fields = {
        "source_record_id": entry.key,
        "record_type": kinds[0] or entry.kind,
        "title": title or _text(entry, "booktitle"),
        "translated_title": _text(entry, "translatedtitle", "translated_title", "origtitle"),
        "journal": journal if title else "",
        "journal_abbreviation": "" if short == journal else short,
        "year_text": _text(entry, "year", "date", "issue_date"),
        "volume": _text(entry, "volume"),
        "issue": _text(entry, "number", "issue"),
        "pages": _text(entry, "pages")
        or _text(entry, "eid", "art_number", "article-number", "articleno"),
        "doi": _doi(entry, link),
        "pmid": _pmid(entry),
        "pmcid": _eprint(entry, {"pmcid", "pmc"}) or _text(entry, "pmcid", "pmc"),
        "issn": "; ".join(
            dict.fromkeys(
                fold(text) for text in map(plain_text, entry.all("issn", "eissn", "isbn")) if text
            )
        ),
        "abstract": _text(entry, "abstract", "abstractnote"),
        "language": _text(entry, "language", "langid"),
        "url": link,
        "accession": _accession(entry, link),
        "database": _text(entry, "source", "database", "bibsource"),
    }
    draft.authors = _authors(entry.first("author", "authors"))
    draft.keywords = _keywords(entry)
    said = (plain_text(text) for text in entry.all("note", "annote", "comment", "addendum"))
    draft.notices = [
        *notices.of_types(kinds),
        *notices.of_title(title),
        *notices.of_notes(filter(notices.STATEMENT.search, said)),
    ]
    if entry.first("crossref", "xdata") and not journal:
        reason = "The entry takes fields from another one (crossref); they were not joined."
        draft.note(reason)
    return draft


def _text(entry: Entry, *names: str) -> str:
    return plain_text(entry.first(*names))


def _title(entry: Entry) -> str:
    title, subtitle = _text(entry, "title"), _text(entry, "subtitle")
    if title and subtitle and fold(subtitle).lower() not in fold(title).lower():
        return f"{title.rstrip(' :.')}: {subtitle}"
    return title


def _doi(entry: Entry, link: str) -> str:
    own = link_text(entry.first("doi"))
    if not own:
        own = link_text(_eprint(entry, {"doi"}))
    return own or (normalise_doi(link) if "doi.org/" in link else "")


def _eprint(entry: Entry, kinds: Iterable[str]) -> str:
    kind = entry.first("eprinttype", "archiveprefix").strip("{} ").lower()
    return plain_text(entry.first("eprint")) if kind in kinds else ""


def _pmid(entry: Entry) -> str:
    own = _text(entry, "pmid", "pubmed_id", "pubmedid", "medline")
    if not own:
        own = _eprint(entry, PMID_KINDS)
    noted = (pmid_in(link_text(text)) for text in entry.all("note", "annote", "url"))
    return own or next(filter(None, noted), "")


def _accession(entry: Entry, link: str) -> str:
    scopus = EID.search(link)
    own = _text(entry, "unique-id", "accession_number", "accession", "an")
    return own or (scopus.group(1) if scopus else "")


def _keywords(entry: Entry) -> list[str]:
    names = ("keywords", "keyword", "author_keywords", "keywords-plus", "mesh")
    words = []
    for text in map(plain_text, entry.all(*names)):
        words += re.split(r"[;\n]" if ";" in text else "[,\n]", text)
    return words


def _authors(text: str) -> list[str]:
    """Return the names in an author field, families first."""
    names = []
    for name in _people(text):
        if name.lower() != "others":
            names.append(plain_text(_family_first(name)))
    return names


def _people(text: str) -> Iterator[str]:
    """Yield the names that the word ``and`` parts outside of braces."""
    depth, start = 0, 0
    for found in re.finditer(r"\\.|[{}]|(?<=[\s}])and(?=[\s{])", text, re.DOTALL | re.IGNORECASE):
        mark = found.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
        elif mark[0] != "\\" and depth == 0:
            yield text[start : found.start()].strip(" \t\n,")
            start = found.end()
    yield text[start:].strip(" \t\n,")


def _family_first(name: str) -> str:
    """Return ``Ludwig van Beethoven`` as ``van Beethoven, Ludwig``, by the rules of BibTeX."""
    words = _words(name)
    last = words[-1] if words else ""
    if len(words) < 2 or any("," in word and word[0] != "{" for word in words):
        return name
    if INITIALS.fullmatch(last):
        # `Smith JA`: a family with initials after it, which BibTeX does not know of.
        return name
    family = len(words) - 1
    for at, word in enumerate(words[:-1]):
        if at and word[0].islower():
            family = at
            break
    return f"{' '.join(words[family:])}, {' '.join(words[:family])}"


def _words(name: str) -> list[str]:
    """Return the words of a name; what braces hold together is one word."""
    words, depth, start = [], 0, 0
    for found in re.finditer(r"\\.|[{}]|[\s~]+", name, re.DOTALL):
        mark = found.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
        elif mark[0] != "\\" and depth == 0:
            words.append(name[start : found.start()])
            start = found.end()
    words.append(name[start:])
    return [word for word in words if word]
