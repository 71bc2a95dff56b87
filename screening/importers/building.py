"""From the fields of one entry to a record: folded, capped, identifiers normalised."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from screening.importers import parsed
from screening.importers.identifiers import (
    expand_pages,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    year_of,
    years_in,
)
from screening.importers.parsed import ParsedRecord, Problem

# Line ends of every kind and control characters: what XML, a spreadsheet or one line cannot hold.
UNPRINTABLE = re.compile("[\\s\u0000-\u001f\u007f-\u009f\ufeff\ufffe\uffff]+")
# ASCII's control characters but LF, and what others and other white space begin with in UTF-8.
SUSPECT = bytes((*range(10), *range(11, 32), 127, 0xC2, 0xE1, 0xE2, 0xE3, 0xEF))
SHOWN = 60
CAPS = {"title": parsed.MAX_TITLE, "abstract": parsed.MAX_ABSTRACT}
LEAST_CAP = min(parsed.MAX_OTHER_TEXT, *CAPS.values())
MALFORMED = {
    "doi": "The DOI “{}” is not a DOI and was left out.",
    "pmid": "The PMID “{}” is not a PubMed number and was left out.",
    "pmcid": "The PMCID “{}” is not a PubMed Central number and was left out.",
}
NORMALISED = {"doi": normalise_doi, "pmid": normalise_pmid, "pmcid": normalise_pmcid}


@dataclass(kw_only=True, slots=True)
class Draft:
    """One entry on its way to a record: field name to text as the file has it.

    ``plain`` says that its texts are known to be printable.
    """

    line: int
    raw: str
    fields: dict[str, str] = field(default_factory=dict)
    authors: Iterable[str] = ()
    keywords: Iterable[str] = ()
    notices: Iterable[str] = ()
    plain: bool = False
    problems: list[Problem] = field(default_factory=list)

    def note(self, reason: str, *, line: int = 0) -> None:
        """Keep a problem about the entry, or about one of its lines."""
        self.problems.append(Problem(line or self.line, reason))


def fold(text: str) -> str:
    """Return ``text`` on one line, its control characters and runs of white space made spaces."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return UNPRINTABLE.sub(" ", text).strip()


def fold_plain(text: str) -> str:
    """Return what ``fold`` returns, of a text known to be printable."""
    return fold(text) if "  " in text else text.strip()


def is_printable(text: str) -> bool:
    """Say whether a text of one or more lines is printable, faster than ``str`` can."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data.translate(None, SUSPECT)) == len(data):
        return True
    return not text.isascii() and text.replace("\n", "").isprintable()


def build(draft: Draft) -> Iterator[ParsedRecord | Problem]:
    """Yield the draft's problems and its record.

    An entry without title, identifier and abstract cannot be screened: it
    yields one problem that rejects it, and no record.
    """
    tidy = fold_plain if draft.plain else fold
    texts = {name: tidy(text) for name, text in draft.fields.items() if text}
    _identify(draft, texts)
    year = _date(draft, texts)
    if "pages" in texts:
        texts["pages"] = expand_pages(texts["pages"])
    if not texts.get("title"):
        if not any(texts.get(name) for name in ("doi", "pmid", "pmcid", "accession", "abstract")):
            reason = "The entry has no title, identifier or abstract and was not imported."
            yield Problem(draft.line, reason, rejected=True)
            return
        draft.note("The record has no title and was imported without one.")
    if texts and max(map(len, texts.values())) > LEAST_CAP:
        _cut(draft, texts)
    record = ParsedRecord(
        line=draft.line,
        raw=draft.raw,
        year=year,
        authors=_list_of(draft, "authors", draft.authors, parsed.MAX_AUTHORS),
        keywords=_list_of(draft, "keywords", draft.keywords, parsed.MAX_KEYWORDS),
        notices=_list_of(draft, "notices", draft.notices, parsed.MAX_NOTICES),
        **texts,
    )
    yield from draft.problems
    yield record


def _identify(draft: Draft, texts: dict[str, str]) -> None:
    for name, normalise in NORMALISED.items():
        if name in texts:
            text = texts[name]
            texts[name] = normalise(text)
            if not texts[name]:
                draft.note(MALFORMED[name].format(text[:SHOWN]))


def _date(draft: Draft, texts: dict[str, str]) -> int | None:
    text = texts.get("year_text", "")
    if not text:
        return None
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


def _list_of(draft: Draft, name: str, items: Iterable[str], cap: int) -> tuple[str, ...]:
    if not items:
        return ()
    tidy = fold_plain if draft.plain else fold
    folded = [text for item in items if (text := tidy(item))]
    if name != "authors":
        folded = list(dict.fromkeys(folded))
    if len(folded) > cap:
        draft.note(f"The entry has {len(folded):,} {name}; the first {cap:,} were kept.")
        folded = folded[:cap]
    if folded and max(map(len, folded)) > parsed.MAX_OTHER_TEXT:
        draft.note(f"Some {name} were cut at {parsed.MAX_OTHER_TEXT:,} characters.")
        folded = [text[: parsed.MAX_OTHER_TEXT] for text in folded]
    return tuple(folded)
