"""PubMed's Summary format: an entry is a single paragraph."""

import re

from records.importers import notices
from records.importers.building import Draft
from records.importers.pubmed_citation import (
    NO_FIELD,
    PMID,
    Paragraph,
    are_authors,
    authors_in,
    cited,
    ended,
    read_ids,
)

IN_SUMMARY = re.compile(
    r"(?<=[.?!\]] )(?P<journal>[^.?!\n]{1,200}(?:\. ?\([^)\n]{1,60}\))?)\. "
    r"(?=(?:1[5-9]|20)[0-9]{2}\b[^.;:\n]{0,40}[;:.])"
)
# The title of a chapter, its date, its book.
CHAPTER = re.compile(r"(?<=[.?!\]]) (?:[0-9]{4}\b[^.]{0,30}\. )?(?=In: )")


def read(draft: Draft, paragraphs: list[Paragraph]) -> None:
    """Read ``Authors. Title. Journal. Date;volume(issue):pages. doi: … PMID: …`` in one line."""
    head = paragraphs[0].text[:20_000]
    for paragraph in paragraphs[1:]:
        draft.note(NO_FIELD, line=paragraph.line)
    before, citation = _parted(head)
    authors, stop, rest = before.partition(". ")
    if stop and are_authors(authors, ""):
        draft.authors = authors_in(authors)
        before = rest
    draft.fields = {**cited(citation or head), "title": ended(before)}
    if not citation:
        draft.fields["journal"] = ""
    read_ids(draft.fields, head)
    draft.notices += notices.of_notes([citation])


def _parted(text: str) -> tuple[str, str]:
    """Return what stands before the citation of a summary, and the rest."""
    if chapter := CHAPTER.search(text):
        return text[: chapter.start()], text[chapter.end() :]
    places = list(IN_SUMMARY.finditer(text))
    numbered = (place for place in places if ";" in text[place.end() :][:60])
    place = next(numbered, places[0] if places else None)
    if place is None:
        return PMID.split(text)[0], ""
    return text[: place.start()].strip(), text[place.start() :]
