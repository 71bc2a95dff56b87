"""Which two words are one and the same, written in two ways or with a slip of the pen."""

import re

from rapidfuzz.distance import OSA

# British and American, and letters that are doubled or not.
SPELLINGS = (
    (re.compile("[ao]e"), "e"),
    (re.compile("our"), "or"),
    (re.compile("(?<=[iy])s(?=[aei])"), "z"),
    (re.compile("tre(?=d|s|$)"), "ter"),
    (re.compile("ogue"), "og"),
    (re.compile("ph"), "f"),
    (re.compile("gramme"), "gram"),
    (re.compile(r"(?<=[a-z]{2})([b-hj-z])\1"), r"\1"),
)
# People seldom mistake how a word begins: another beginning makes another word.
BEGINNING = 2
SHORTEST_LACKING = 4
SHORTEST_MISTYPED = 6


def slip(word: str, other: str) -> bool:
    """Say whether two words are one but for its spelling or one letter behind its beginning.

    In a short word another letter makes another word: PLIF and TLIF, test and rest.
    """
    one, two = _spelt(word), _spelt(other)
    if one == two:
        return True
    if OSA.distance(one, two, score_cutoff=1) > 1:
        return False
    short, long = sorted((one, two), key=len)
    at = next(
        (at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    if len(short) < len(long):
        plural = at == len(short) and long.endswith("s")
        return at >= BEGINNING and (plural or len(short) >= SHORTEST_LACKING)
    if sorted(short) == sorted(long):
        return len(short) >= SHORTEST_LACKING
    return at >= BEGINNING and len(short) >= SHORTEST_MISTYPED


def _spelt(word: str) -> str:
    for pattern, spelling in SPELLINGS:
        word = pattern.sub(spelling, word)
    return word
