"""What a cell of a workbook can hold: numbers as printed, texts that no spreadsheet runs or loses.

The limits are those of Excel, which LibreOffice shares.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from reporting.definitions import Cell

MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
# Of so many characters no escape and no pair of halves makes more than a cell can hold.
PIECE = 16_000
CUT = " … [cut; the sheet Provenance has the whole text]"
_NAME_LENGTH = 31
# Excel keeps fifteen digits of a number; a longer one would come back as another.
_DIGITS = 15
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
# Of the characters below the space, a tab and a line feed stand as they are. The others are shown
# by their pictures, which Unicode has in the same order.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)}
_FORBIDDEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n?")
# What a workbook would read as the code of a character.
_LIKE_A_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def held(text: str) -> str:
    """Return a text as a workbook holds it; what XML cannot hold is seen to be replaced."""
    if text.isprintable() and "_x" not in text:
        return text
    text = _LINE_END.sub("\n", text).translate(_PICTURES)
    text = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
    return _LIKE_A_CODE.sub("_x005F_", text)


def is_long(text: str) -> bool:
    """Return whether a text is more than a cell takes, as spreadsheets count."""
    if len(text) <= PIECE:
        return False
    return len(held(text).encode("utf-16-le")) // 2 > MOST_CHARACTERS


def pieces(text: str) -> Iterator[str]:
    """Yield a text in as many pieces as it needs cells; joined they are the whole."""
    if not is_long(text):
        yield text
        return
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def decimals(cell: Cell) -> int | None:
    """Return how many decimals the number of a cell is printed with; ``None`` where it is none.

    A number is what reads as one and was one: the identifier ``0123`` and ``-0.0`` stay texts.
    """
    if not isinstance(cell.value, int | Decimal) or not _NUMBER.fullmatch(cell.text):
        return None
    digits = cell.text.removeprefix("-").replace(".", "")
    if len(digits) > _DIGITS or (cell.text.startswith("-") and not digits.strip("0")):
        return None
    return len(cell.text.partition(".")[2])


class SheetNames:
    """Gives each sheet a name that a workbook takes and that no other sheet has."""

    def __init__(self, *taken: str) -> None:
        # Excel keeps the name History for itself.
        self._taken = {name.casefold() for name in (*taken, "History")}

    def of(self, wanted: str) -> str:
        """Return the name wanted, shortened and numbered where it has to be."""
        base = _NOT_IN_NAMES.sub("-", " ".join(held(wanted).split())).strip("' ") or "Table"
        name, number = _shortened(base, _NAME_LENGTH), 1
        while name.casefold() in self._taken:
            number += 1
            end = f" ({number})"
            name = _shortened(base, _NAME_LENGTH - len(end)) + end
        self._taken.add(name.casefold())
        return name


def _shortened(name: str, most: int) -> str:
    """Return a name of so many characters at most, as spreadsheets count."""
    return name.encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore").strip("' ")
