"""Texts in which several values stand where one should: serial numbers and links, parted."""

import re
from collections.abc import Iterable
from functools import lru_cache

from records.importers.building import fold

NUMBER = re.compile(r"[0-9][0-9-]{6,16}[0-9Xx]")
LINES = re.compile(r"[\r\n;|]|,(?=\s*[0-9])")
NEXT_LINK = re.compile(r"[\s,;|]{1,20}(?=https?://)|\s+")
LONGEST = 11_000
MARKS = re.compile(r"[\s,/]+")


def links(text: str) -> list[str]:
    """Return the links in a text that begins with one; any other text is none."""
    if not text.startswith(("http://", "https://")):
        return []
    if " " not in text and "http" not in text[4:] and text.isprintable():
        return [text]
    parts = NEXT_LINK.split(text)
    return [part for part in parts if part.startswith(("http://", "https://"))]


def numbers(texts: Iterable[str]) -> str:
    """Return the numbers of these texts with ``; `` between them, each once, else the texts.

    What is printed beside a number (``1234-5679 (online)``) stays where it stands.
    """
    found = [number for text in texts for number in _numbers(text[:LONGEST])]
    return "; ".join(dict.fromkeys(found)) if len(found) > 1 else "".join(found)


# The records of one journal, one after the other, have the same.
@lru_cache(maxsize=1_000)
def _numbers(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for line in LINES.split(text):
        tokens = MARKS.split(line.strip())
        if len(tokens) > 1 and all(map(NUMBER.fullmatch, tokens)):
            found += tokens
        elif folded := fold(line):
            found.append(folded)
    return tuple(found)
