"""From the fields of one entry to a record: folded, capped, identifiers normalised."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from records.importers import markup, names, parsed
from records.importers.decoding import is_plain
from records.importers.identifiers import (
    LATEST_YEAR,
    expand_pages,
    first_link,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    year_of,
    years_in,
)
from records.importers.parsed import ParsedRecord, Problem
from records.importers.parting import COMMAS

# Line ends of every kind and control characters: what XML, a spreadsheet or one line cannot hold.
UNPRINTABLE = re.compile("[\\s\u0000-\u001f\u007f-\u009f\ufeff\ufffe\uffff]+")
SHOWN = 60
LONG = 200
# As nearly every date in a file is written.
YEARS = frozenset(map(str, range(1900, LATEST_YEAR + 1)))
CAPS = {"title": parsed.MAX_TITLE, "abstract": parsed.MAX_ABSTRACT}
LEAST_CAP = min(parsed.MAX_OTHER_TEXT, *CAPS.values())
MALFORMED = {
    "doi": "The DOI “{}” is not a DOI and was left out.",
    "pmid": "The PMID “{}” is not a PubMed number and was left out.",
    "pmcid": "The PMCID “{}” is not a PubMed Central number and was left out.",
}
# Codes and addresses have no tags, only ampersands that were escaped.
CODES = frozenset({"url", "accession", "source_record_id", "pmid", "pmcid", "issn"})
# Ovid's Embase prints a conference behind the journal that published its abstracts.
CONFERENCE = re.compile(
    r"(?<=\w)[\])]?[.,;]?\s(?:Conference(?: Publication)?\s?:|Conference Proceedings:).*"
)
NORMALISED = (("doi", normalise_doi), ("pmid", normalise_pmid), ("pmcid", normalise_pmcid))
Entry = TypeVar("Entry")


@dataclass(kw_only=True, slots=True)
class Draft:
    """One entry on its way to a record: field name to text as the file has it.

    ``plain`` says that ``fold`` would change nothing in its texts, and that none is blank;
    ``parted``, that each of the authors is one name, whatever stands in it.
    """

    line: int
    raw: str
    fields: dict[str, str] = field(default_factory=dict)
    authors: Sequence[str] = ()
    keywords: Sequence[str] = ()
    notices: list[str] = field(default_factory=list)
    plain: bool = False
    parted: bool = False
    problems: list[Problem] = field(default_factory=list)

    def is_short(self) -> bool:
        """Say whether no text can be beyond a cap: a plain one is a part of the raw text."""
        return self.plain and len(self.raw) <= LEAST_CAP

    def note(self, reason: str, *, line: int = 0) -> None:
        """Keep a problem about the entry, or about one of its lines."""
        self.problems.append(Problem(line or self.line, reason))


def fold(text: str) -> str:
    """Return ``text`` on one line, its control characters and runs of white space made spaces."""
    if "  " not in text and _is_printable(text):
        return text.strip()
    return UNPRINTABLE.sub(" ", text).strip()


def _is_printable(text: str) -> bool:
    # Looking at every character of an abstract is the dearest step of all reading.
    if len(text) > LONG and "\n" not in text and "\r" not in text:
        return is_plain(text)
    return text.isprintable()


def parted(texts: Sequence[str], *, commas: bool = False) -> Sequence[str]:
    """Return the keywords in these texts: what semicolons and line ends part.

    With ``commas``, these part a text that has no semicolon. The semicolon of an entity is none.
    """
    joined = "\n".join(texts)
    if not commas and ";" not in joined and "；" not in joined:
        return texts
    parts = (part for text in texts for part in _parts(text, commas=commas))
    return [word for part in parts if (word := part.strip())]


def _parts(text: str, *, commas: bool) -> list[str]:
    if "&" in text:
        # What an entity stands for may be a space of another kind.
        text = "\n".join(map(fold, markup.decoded(text).split("\n")))
    text = text.replace("；", ";")
    if commas and ";" not in text:
        return COMMAS.split(text.replace("\n", ","))
    return text.replace("\n", ";").split(";")


def build_each(
    entries: Iterable[Entry | Problem], draft_of: Callable[[Entry], Draft]
) -> Iterator[ParsedRecord | Problem]:
    """Yield the record of each entry and the problems, in the order of the file."""
    for entry in entries:
        if isinstance(entry, Problem):
            yield entry
        else:
            yield from build(draft_of(entry))


def build(draft: Draft) -> list[ParsedRecord | Problem]:
    """Return the draft's problems and its record.

    An entry without title, identifier and abstract cannot be screened: it
    gives one problem that rejects it, and no record.
    """
    texts = draft.fields
    if not draft.plain:
        texts = {name: fold(text) for name, text in texts.items() if text}
        _drop_absent(texts)
    marked = not draft.plain or markup.may_hold(draft.raw)
    if marked:
        _unmark(texts)
    _identify(draft, texts)
    year = _date(draft, texts)
    if "pages" in texts:
        texts["pages"] = expand_pages(texts["pages"])
    if url := texts.get("url"):
        texts["url"] = first_link(url)
    if "Conference" in texts.get("journal", ""):
        texts["journal"] = CONFERENCE.sub("", texts["journal"])
    if not texts.get("title"):
        if not any(texts.get(name) for name in ("doi", "pmid", "pmcid", "accession", "abstract")):
            reason = "The entry has no title, identifier or abstract and was not imported."
            return [Problem(draft.line, reason, rejected=True)]
        draft.note("The record has no title and was imported without one.")
    if draft.is_short() and not marked:
        # What is read most is read fast: nothing can be beyond a cap, nothing has to be folded.
        authors = tuple(_names_of(draft, draft.authors)) if draft.authors else ()
        keywords = tuple(dict.fromkeys(draft.keywords))
        said = tuple(dict.fromkeys(draft.notices[: parsed.MAX_NOTICES]))
    else:
        _cut(draft, texts)
        authors = _list_of(draft, "authors", draft.authors, parsed.MAX_AUTHORS)
        keywords = _list_of(draft, "keywords", draft.keywords, parsed.MAX_KEYWORDS)
        said = _list_of(draft, "notices", draft.notices, parsed.MAX_NOTICES)
    record = ParsedRecord(
        line=draft.line,
        raw=draft.raw,
        year=year,
        authors=authors,
        keywords=keywords,
        notices=said,
        **texts,
    )
    return [*draft.problems, record]


def _unmark(texts: dict[str, str]) -> None:
    """Put what a person reads in place of tags and entities."""
    for name, text in texts.items():
        if name != "doi" and markup.may_hold(text):
            clean = markup.decoded(text) if name in CODES else markup.cleaned(text)
            if clean is not text:
                texts[name] = fold(clean)


def _drop_absent(texts: dict[str, str]) -> None:
    """Empty the texts that say that there is nothing."""
    for name, text in texts.items():
        if len(text) <= names.LONGEST_ABSENT and text in names.ABSENT:
            texts[name] = ""


def _identify(draft: Draft, texts: dict[str, str]) -> None:
    for name, normalise in NORMALISED:
        if name in texts and (text := texts[name]):
            texts[name] = found = normalise(text)
            if not found:
                draft.note(MALFORMED[name].format(text[:SHOWN]))


def _date(draft: Draft, texts: dict[str, str]) -> int | None:
    text = texts.get("year_text", "")
    if not text:
        return None
    if len(text) == 4 and text in YEARS:
        return int(text)
    year = year_of(text)
    if year is None:
        draft.note(f"No year can be read from “{text[:SHOWN]}”; the text was kept.")
    elif len(text) > 4 and len(years_in(text)) > 1:
        draft.note(f"“{text[:SHOWN]}” names more than one year; {year} was taken.")
    return year


def _cut(draft: Draft, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        cap = CAPS.get(name, parsed.MAX_OTHER_TEXT)
        if len(text) > cap:
            texts[name] = text[:cap].rstrip()
            words = name.replace("_", " ")
            draft.note(f"The {words} has {len(text):,} characters; the first {cap:,} were kept.")


def _names_of(draft: Draft, texts: Sequence[str]) -> Sequence[str]:
    return names.shown(texts) if draft.parted else names.names_in(texts)


def _list_of(draft: Draft, name: str, items: Sequence[str], cap: int) -> tuple[str, ...]:
    if not items:
        return ()
    folded = items if draft.plain else [text for item in items if (text := fold(item))]
    if markup.may_hold("\n".join(folded)):
        folded = [text for item in folded if (text := fold(markup.cleaned(item)))]
    folded = _names_of(draft, folded) if name == "authors" else tuple(dict.fromkeys(folded))
    if len(folded) > cap:
        draft.note(f"The entry has {len(folded):,} {name}; the first {cap:,} were kept.")
        folded = folded[:cap]
    if max(map(len, folded), default=0) > parsed.MAX_OTHER_TEXT:
        draft.note(f"Some {name} were cut at {parsed.MAX_OTHER_TEXT:,} characters.")
        folded = [text[: parsed.MAX_OTHER_TEXT] for text in folded]
    return tuple(folded)
