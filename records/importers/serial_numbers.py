"""ISSNs and ISBNs of which several stand in one text, parted."""

import re
from collections.abc import Iterable
from functools import lru_cache

from records.importers.building import fold

NUMBER = re.compile(r"[0-9][0-9-]{6,16}[0-9Xx]")
LINES = re.compile(r"[\r\n;|]|,(?=\s*[0-9])")
LONGEST = 11_000
MARKS = re.compile(r"[\s,/]+")


def parted(texts: Iterable[str]) -> str:
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
