"""Text of more than one encoding: each line is read as what it is.

Files that were put together from others hold lines of UTF-8 beside lines of Windows-1252. A line
is taken for the latter only where its letters make words then; else what is damaged is shown.
"""

import re
from collections.abc import Callable

DAMAGED = "\ufffd"
# Stands in a decoded line that was read in another encoding, until the line's number is known.
RECODED = "\ufdd0"
# UTF-8 as some programs get it wrong: overlong forms and surrogates written as characters.
MISWRITTEN = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]")
LINE = re.compile(rb"[^\r\n]*[\r\n]*")
# Small letters and signs of Windows-1252 that texts hold.
SMALL = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýþšžœðß")
SIGNS = frozenset("€‚„…†‡‰‘’“”•–—™¡§©ª«®°±²³´µ·¹º»¼½¾¿×÷\u00a0£¥")
CAPITALS = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŠŽŒŸ")
# With these begin the two bytes of most letters in UTF-8: alone they tell of a lost byte.
LEADS = frozenset("ÂÃ")


def decode(lines: bytes, otherwise: Callable[[bytes], str]) -> str:
    """Return the text of whole lines: UTF-8 where a line is that, and else what is said."""
    if lines.isascii():
        return lines.decode()
    return "".join(_decoded(line, otherwise) for line in LINE.findall(lines))


def _decoded(line: bytes, otherwise: Callable[[bytes], str]) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return otherwise(line)


def of_1252(line: bytes) -> str:
    """Return a line of a file that is Windows-1252 on the whole."""
    return line.decode("cp1252", errors="replace")


def of_damaged_utf8(line: bytes) -> str:
    """Return a line of a file that is UTF-8 on the whole: in Windows-1252 if that makes words."""
    if MISWRITTEN.search(line) is None and line.decode("utf-8", errors="ignore").isascii():
        text = line.decode("cp1252", errors="replace")
        if DAMAGED not in text and _makes_words(text):
            # The mark stands before the line end, so that it is counted to this line.
            body = text.rstrip("\r\n")
            return f"{body}{RECODED}{text[len(body) :]}"
    return MISWRITTEN.sub(DAMAGED.encode(), line).decode("utf-8", errors="replace")


def _makes_words(text: str) -> bool:
    padded = f" {text} "
    return all(
        _stands_well(padded[at - 1], padded[at], padded[at + 1])
        for at in range(1, len(padded) - 1)
        if not padded[at].isascii()
    )


def _stands_well(before: str, sign: str, after: str) -> bool:
    """Say whether a character of Windows-1252 can stand between these two."""
    if sign in SIGNS:
        return True
    if sign in SMALL:
        return before.isalpha() or after.isalpha() or not (before.isalnum() or after.isalnum())
    if sign in CAPITALS:
        among_capitals = before.isupper() or after.isupper()
        if sign in LEADS:
            return among_capitals and not (before.islower() or after.islower())
        return not before.isalpha() or (among_capitals and not after.islower())
    return False
