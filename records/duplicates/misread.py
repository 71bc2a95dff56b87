"""Letters that a wrong encoding broke: read again where that is certain, else marked as lost."""

import re
from functools import partial

# What stands for a lost letter: in a text that was mended, and in the plain form of one.
LOST = "\ufffd"
MARK = "\u0294"
# A letter broken twice or three times: "MÃƒÂ¼ller".
ROUNDS = 3
# So many letters may be lost of a text that is still held against others, each one for two.
MOST_LOST = 24
LONGEST_RUN = 6
LETTERS_FOR_ONE = 2
# "?g" may be a unit, its first letter a symbol.
SHORTEST_WORD = 2


def _bytes_of(*codecs: str) -> dict[str, int]:
    """Return the byte behind every letter that is not ASCII; the later codecs go before."""
    found = {}
    for codec in codecs:
        for byte in range(0x80, 0x100):
            found[bytes((byte,)).decode(codec, "replace")] = byte
    found.pop(LOST, None)
    return found


def _following(letters: dict[str, int]) -> str:
    """Return those that may stand behind the first byte of a letter in UTF-8."""
    return re.escape("".join(letter for letter, byte in letters.items() if byte < 0xC0))


WINDOWS = _bytes_of("latin-1", "cp1252")
MACINTOSH = _bytes_of("mac_roman")
DOS = _bytes_of("cp437", "cp850")
_NEXT = _following(WINDOWS)
# What UTF-8 gives when it is read as something else; letters that texts have behind one another
# in earnest (French before a closing guillemet) count only where two stand in a row.
MISREAD = re.compile(
    f"[ÂÃÄÅÌÎÏÐÑ×ØÙ][{_NEXT}]|[âãï][{_NEXT}]{{2}}|ã[¡-¿]|(?:[àáä-é][{_NEXT}]{{2}}){{2,}}"
)
MISREAD_BY_OTHERS = (
    (re.compile(f"(?:[√ƒ≈]|‚Ä)[{_following(MACINTOSH)}]"), MACINTOSH),
    (re.compile(f"[├─┼┬][{_following(DOS)}]"), DOS),
)
OTHERS_BEGIN = re.compile("[√ƒ≈‚├─┼┬]")
# The first half of a letter whose second half programs threw away, or made a small letter.
HALF = re.compile("(?<=[a-zß-ÿ])Ã|Ã(?=[a-zß-ÿ])|ã[šœžÿ†‡‰ˆ–—…]")
# Its second half is a space that does not break, which programs make a plain one.
A_GRAVE = re.compile(r"(?<=[a-zß-ÿ\s])Ã (?=\s?[a-zß-ÿ])")
HALF_A_SIGN = re.compile("â€.?")
# "Erdo?an", and a word with letters lost at any place.
ASKED = re.compile(r"(?<![\d?])\?{1,2}(?=[^\W\d_])")
WORD = re.compile(rf"[^\W\d_{LOST}]*{LOST}(?:[^\W\d_]|{LOST})*")
RUNS = re.compile(f"({MARK}+)")


def mended(text: str) -> str:
    """Return a text with its accents restored, and ``LOST`` for a letter that nobody can restore.

    A sign outside words that was lost (a dash, a symbol) is a space: nobody knows what it said.
    """
    if not text.isascii():
        text = _read_again(text)
    if "?" in text:
        text = ASKED.sub(lambda found: LOST * len(found.group()), text)
    return WORD.sub(_in_a_word, text) if LOST in text else text


def is_whole(text: str) -> bool:
    """Say whether no letter of a text is broken."""
    return (text.isascii() and "?" not in text) or (LOST not in text and mended(text) == text)


def _read_again(text: str) -> str:
    for _ in range(ROUNDS):
        before = text
        text = MISREAD.sub(partial(_decoded, letters=WINDOWS), text)
        if OTHERS_BEGIN.search(text):
            for pattern, letters in MISREAD_BY_OTHERS:
                text = pattern.sub(partial(_decoded, letters=letters), text)
        if text == before:
            break
    if "Ã" in text or "ã" in text:
        text = HALF.sub(LOST, A_GRAVE.sub("à ", text))
    return HALF_A_SIGN.sub(" ", text) if "â€" in text else text


def _decoded(found: re.Match[str], letters: dict[str, int]) -> str:
    broken = found.group()
    # An export in small letters makes the first half small as well.
    whole = f"Ã{broken[1]}" if broken[0] == "ã" and len(broken) == 2 else broken
    try:
        return bytes(letters[letter] for letter in whole).decode()
    except (KeyError, UnicodeDecodeError):
        return broken


def _in_a_word(found: re.Match[str]) -> str:
    word = found.group()
    lost = word.count(LOST)
    told = len(word) > SHORTEST_WORD and lost <= len(word) - lost + 1
    return word if told else word.replace(LOST, " ")


def fits(one: str, other: str) -> bool:
    """Say whether two plain texts may be one, where ``MARK`` stands for letters that were lost."""
    return (MARK in one and _fills(one, other)) or (MARK in other and _fills(other, one))


def _fills(damaged: str, whole: str) -> bool:
    lost = damaged.count(MARK)
    more = len(whole) - (len(damaged) - lost)
    if lost > MOST_LOST or not 0 <= more <= lost * LETTERS_FOR_ONE:
        return False
    first, *rest = RUNS.split(damaged)
    ends = {len(first)} if whole.startswith(first) else set()
    for marks, piece in zip(rest[::2], rest[1::2], strict=True):
        gaps = range(min(len(marks), LONGEST_RUN) * LETTERS_FOR_ONE + 1)
        ends = {
            end + gap + len(piece)
            for end in ends
            for gap in gaps
            if whole.startswith(piece, end + gap)
        }
    return len(whole) in ends
