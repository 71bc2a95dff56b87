"""How wide a text is, by the widths of DejaVu Sans: the widest of the fonts that pages may take."""

import json
from functools import cache
from pathlib import Path

BOLD, REGULAR = "bold", "regular"


@cache
def _advances() -> dict[str, dict[str, int]]:
    """Return the advance of every known character, in thousandths of the size, by weight."""
    text = Path(__file__).with_name("widths.json").read_text(encoding="ascii")
    return json.loads(text)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of text in pixels.

    A character that the table lacks, as a Chinese one, is taken to be as wide as it is high.
    """
    advances = _advances()[BOLD if bold else REGULAR]
    return sum(advances.get(character, 1000) for character in text) * size / 1000


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines that fit into ``width`` pixels; a word that is longer is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _cut(word, width, size, bold=bold)
        lines += full
    return [*lines, line] if line or not lines else lines


def _cut(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Return a word in pieces that fit; one character at least in each."""
    pieces = [""]
    for character in word:
        if pieces[-1] and text_width(pieces[-1] + character, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
