"""PubMed's Abstract format: an entry is paragraphs.

Citation, title, authors, addresses, abstract and numbers, each below a blank line.
"""

import re

from records.importers import notices
from records.importers.building import Draft
from records.importers.pubmed_citation import (
    IDS,
    NO_FIELD,
    Paragraph,
    are_authors,
    authors_in,
    cited,
    ended,
    read_ids,
)

ENDS = re.compile(r"[ \t]*PMID:[ \t]{0,3}[0-9]{1,8}[ \t]*(?:\[[^\]\n]{0,80}\])?[ \t]*$")
LANGUAGE = re.compile(r"\[Article in ([A-Za-z, ]{1,80})")
# Paragraphs that are of the entry and are not read; the docs name them.
UNREAD = re.compile(
    r"(?:Author information|Collaborators|Conflict of interest statement|Publisher"
    r"|Plain language summary):",
    re.IGNORECASE,
)
UNREAD_HEADINGS = frozenset(
    {"comment in", "comment on", "summary for patients in", "no abstract available"}
)
HEADINGS = UNREAD_HEADINGS.union(notices.KINDS)
LONGEST_HEADING = 100
RIGHTS = re.compile(r"(?:©|\(c\) |Copyright\b|Published by )", re.IGNORECASE)
# "pre- and postoperative": the hyphen stands for what follows.
SUSPENDED = re.compile(r"(?:and|or|to)\b")
LONGEST_RIGHTS = 300


def paragraphs_in(line: int, raw: str) -> list[Paragraph]:
    """Return the paragraphs of an entry; a line that is a known heading begins one too."""
    found: list[Paragraph] = []
    held: list[str] = []
    begun = line
    for number, written in enumerate([*raw.split("\n"), ""], line):
        text = written.strip()
        if held and (not text or _heading(text) in HEADINGS):
            ends = any(map(ENDS.match, held))
            found.append(Paragraph(begun, _heading(held[0]), _unwrapped(held), ends))
            held = []
        if text:
            begun = begun if held else number
            held.append(written)
    return found


def _heading(line: str) -> str:
    return line[:LONGEST_HEADING].strip(" \t:.").lower()


def _unwrapped(lines: list[str]) -> str:
    """Return wrapped lines as one; a word that was cut at its hyphen is joined again."""
    parts = [lines[0].strip("\ufeff \t")]
    for line in lines[1:]:
        follows, before = line.strip(), parts[-1]
        cut_word = before[-1:] == "-" and before[-2:-1].isalnum()
        if not cut_word or SUSPENDED.match(follows):
            parts.append(" ")
        parts.append(follows)
    return "".join(parts)


def read(draft: Draft, paragraphs: list[Paragraph]) -> None:
    """Read an entry of at least two paragraphs: its citation, its title, what else it has."""
    citation, title, *others = paragraphs
    draft.fields = {**cited(citation.text), "title": ended(title.text)}
    abstract: list[str] = []
    numbered = False
    for at, paragraph in enumerate(others):
        text = paragraph.text
        following = others[at + 1].text if at + 1 < len(others) else ""
        if IDS.match(text):
            read_ids(draft.fields, text)
            numbered = True
        elif paragraph.heading in notices.KINDS:
            draft.notices += notices.of_notes([text])
        elif language := LANGUAGE.match(text):
            draft.fields["language"] = language.group(1).strip()
        elif is_unread(paragraph):
            continue
        elif not draft.authors and not abstract and are_authors(text, following):
            draft.authors = authors_in(text)
        elif numbered:
            draft.note(NO_FIELD, line=paragraph.line)
        else:
            abstract.append(text)
    draft.fields["abstract"] = " ".join(abstract)


def is_unread(paragraph: Paragraph) -> bool:
    """Say whether a paragraph is of the entry, but of no field of a record."""
    text = paragraph.text
    rights = RIGHTS.match(text) is not None and len(text) <= LONGEST_RIGHTS
    return rights or UNREAD.match(text) is not None or paragraph.heading in UNREAD_HEADINGS
