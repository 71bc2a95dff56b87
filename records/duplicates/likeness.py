"""How alike two titles are, and what in their words tells two papers apart."""

from collections.abc import Callable
from enum import IntEnum

from rapidfuzz import fuzz

from records.duplicates.misread import fits
from records.duplicates.misspelt import slip
from records.duplicates.opposites import OPPOSITES, words_opposed
from records.duplicates.titles import FIGURES, LEFT_OUT, Title

SMALL_WORDS = frozenset(
    ("a", "an", "the", "of", "in", "on", "for", "and", "to", "with", "by", "from", "at", "as",
     "or", "is", "are", "s", "its")
)  # fmt: skip
# Below this likeness of the letters in order, no other order of the words is tried.
UNLIKE = 55
CUT_LENGTH = 25
CUT_WORDS = 4
# A database's longest title: one that ends so late may lack its last letters.
CUT_LATE = 100
CUT_LETTERS = 3
SHORT_START = 6
STUDY_WORDS = 2


class Likeness(IntEnum):
    """How alike two titles are."""

    DIFFERENT = 0
    SIMILAR = 1
    NEAR = 2
    PART = 3
    SAME = 4
    UNKNOWN = 5


def parts_differ(one: Title, other: Title) -> bool:
    """Say whether the titles name different parts of a series, or only one names a part."""
    return one.parts != other.parts


def likeness(one: Title, other: Title) -> Likeness:
    """Return how alike two titles are."""
    if not one.compact or not other.compact:
        return Likeness.UNKNOWN
    if one.bounds != other.bounds and _bounds_differ(one, other):
        return Likeness.DIFFERENT
    if one.compact == other.compact:
        return Likeness.SAME
    if one.numbers != other.numbers and _numbers_conflict(one, other):
        return Likeness.DIFFERENT
    return _by_letters(one, other)


def _by_letters(one: Title, other: Title) -> Likeness:
    if (one.others or other.others) and (found := _by_other_forms(one, other)):
        return found
    if (one.lost or other.lost) and _letters_lost(one, other):
        return Likeness.NEAR
    found = _by_ends(one, other) or _by_words(one, other)
    if found is Likeness.DIFFERENT and continues(one, other):
        short = min(len(one.compact), len(other.compact))
        return Likeness.SIMILAR if short >= SHORT_START else found
    return found


def _bounds_differ(one: Title, other: Title) -> bool:
    """Say whether one speaks of those below a bound, the other of those above it."""
    return one.bounds != other.bounds and len(one.bounds) == len(other.bounds)


def _letters_lost(one: Title, other: Title) -> bool:
    """Say whether the titles are the same but for letters that an encoding lost in one of them."""
    lost = one.lost and fits(one.lost, other.compact)
    return bool(lost or (other.lost and fits(other.lost, one.compact)))


def _by_ends(one: Title, other: Title) -> Likeness:
    """Compare titles of which one may be the beginning or the end of the other."""
    short, long = one.compact, other.compact
    if len(short) > len(long):
        short, long = long, short
    heads = long.startswith(short)
    if len(short) < CUT_LENGTH or not (heads or _ends_with(one, other)):
        return Likeness.DIFFERENT
    if len(long) - len(short) > CUT_LETTERS:
        words = min(one.words, other.words, key=len).count(" ") + 1
        return Likeness.PART if words >= CUT_WORDS else Likeness.DIFFERENT
    late = heads and len(short) >= CUT_LATE and one.numbers == other.numbers
    return Likeness.NEAR if late else Likeness.DIFFERENT


def _ends_with(one: Title, other: Title) -> bool:
    """Say whether one title ends with the other, from a word's beginning: not hemi|arthroplasty."""
    short, long = sorted((one, other), key=lambda title: len(title.compact))
    if not long.compact.endswith(short.compact):
        return False
    words = [word for word in short.words.split() if word not in LEFT_OUT]
    ends = [word for word in long.words.split() if word not in LEFT_OUT][-len(words) :]
    return ends == words or ends[:1] == words[:1]


def begins(one: Title, other: Title) -> bool:
    """Say whether one title is the beginning of the other."""
    short, long = sorted((one.compact, other.compact), key=len)
    return long.startswith(short)


def continues(one: Title, other: Title) -> bool:
    """Say whether one title is the other and a subtitle, not the other cut within its words."""
    short, long = sorted((one.words, other.words), key=len)
    return long.startswith(f"{short} ") or long.endswith(f" {short}")


def may_be_translated(one: Title, other: Title) -> bool:
    """Say whether two titles have so few words in common that they may be of two languages."""
    mine, theirs = set(one.words.split()) - SMALL_WORDS, set(other.words.split()) - SMALL_WORDS
    shared = len(mine & theirs)
    return shared * 2 < min(len(mine), len(theirs)) and not _numbers_conflict(one, other)


def of_one_study(one: Title, other: Title) -> bool:
    """Say whether two titles share half of the words of the shorter, and no word tells them apart.

    So do the public and the official title of one registration.
    """
    mine, theirs = set(one.words.split()) - SMALL_WORDS, set(other.words.split()) - SMALL_WORDS
    shared = len(mine & theirs)
    if shared < STUDY_WORDS or shared * 2 < min(len(mine), len(theirs)):
        return False
    return not told_apart(one, other)


def told_apart(one: Title, other: Title) -> bool:
    """Say whether a number, a bound or one opposed word tells two titles apart."""
    differ = _bounds_differ(one, other) or _numbers_conflict(one, other)
    return differ or one_word_opposed(one, other)


def _by_other_forms(one: Title, other: Title) -> Likeness:
    """Compare titles of which one has a second form, in another language."""
    mine, theirs = {one.compact, *one.others}, {other.compact, *other.others}
    if not mine.isdisjoint(theirs):
        return Likeness.NEAR if opposed(one, other) else Likeness.SAME
    near = any(
        min(len(a), len(b)) > CUT_LENGTH
        and fuzz.ratio(a, b) >= 95
        and FIGURES.findall(a) == FIGURES.findall(b)
        for a in mine
        for b in theirs
    )
    return Likeness.NEAR if near else Likeness.DIFFERENT


def _numbers_conflict(one: Title, other: Title) -> bool:
    mine, theirs = list(one.numbers), list(other.numbers)
    for number in one.numbers:
        if number in theirs:
            theirs.remove(number)
            mine.remove(number)
    return bool(mine and theirs) and "".join(one.numbers) != "".join(other.numbers)


def _by_words(one: Title, other: Title) -> Likeness:
    ratio = fuzz.ratio(one.compact, other.compact, score_cutoff=UNLIKE)
    if not ratio:
        return Likeness.DIFFERENT
    if ratio < 90:
        ratio = max(ratio, fuzz.token_sort_ratio(one.words, other.words, score_cutoff=80))
    if ratio < 80:
        return Likeness.DIFFERENT
    alike = ratio >= 88 and one.numbers == other.numbers
    if alike and _only_spelt_differently(one, other, _same_word) and not opposed(one, other):
        return Likeness.NEAR
    return Likeness.SIMILAR


def opposed(one: Title, other: Title) -> bool:
    """Say whether a word of one title and a word of the other tell two papers apart."""
    return words_opposed(one.words, other.words)


def only_slips(one: Title, other: Title) -> bool:
    """Say whether nothing but slips of the pen parts two near titles.

    A slip is a letter or a place between words, not another beginning of a word or another order.
    """
    if (one.lost or other.lost) and _letters_lost(one, other):
        return True
    if _by_ends(one, other) is Likeness.NEAR:
        return True
    return _only_spelt_differently(one, other, _slip) and _in_order(one, other)


def _in_order(one: Title, other: Title) -> bool:
    """Say whether the words that both titles have come in the same order and as often."""
    mine, theirs = one.words.split(), other.words.split()
    shared = (set(mine) & set(theirs)) - SMALL_WORDS
    return [word for word in mine if word in shared] == [word for word in theirs if word in shared]


def _only_spelt_differently(
    one: Title, other: Title, same_word: Callable[[str, str], bool]
) -> bool:
    mine, theirs = set(one.words.split()), set(other.words.split())
    left, right = sorted(mine - theirs), sorted(theirs - mine)
    if "".join(left) == "".join(right):
        return True
    for word in [word for word in left if word not in SMALL_WORDS]:
        match = max(right, key=lambda other: (fuzz.ratio(word, other), other), default="")
        if not same_word(word, match):
            return _only_glued(left, right)
        right.remove(match)
    for word in [word for word in right if word not in SMALL_WORDS]:
        if not any(same_word(word, small) for small in left if small in SMALL_WORDS):
            return _only_glued(left, right)
    return True


def _same_word(word: str, other: str) -> bool:
    """Say whether one word may be the other typed wrong."""
    if other in SMALL_WORDS or word in SMALL_WORDS:
        return _same_small_word(word, other)
    return fuzz.ratio(word, other) >= 75


def _slip(word: str, other: str) -> bool:
    """Say whether one word is the other but for a slip of the pen."""
    if other in SMALL_WORDS or word in SMALL_WORDS:
        return _same_small_word(word, other)
    return slip(word, other)


def _same_small_word(word: str, other: str) -> bool:
    near = sorted(word) == sorted(other) or len(set(word) ^ set(other)) <= 2
    return 1 < len(word) == len(other) < 5 and near


def _only_glued(left: list[str], right: list[str]) -> bool:
    """Say whether both lists spell about the same, parted at other places."""
    one, other = "".join(sorted("".join(left))), "".join(sorted("".join(right)))
    return len(left) != len(right) and len(one) > 6 and fuzz.ratio(one, other) >= 95


def figure_lost(one: Title, other: Title) -> bool:
    """Say whether the titles are the same but for one figure that one of them lacks: p6, p16."""
    if FIGURES.sub(" ", one.compact) != FIGURES.sub(" ", other.compact):
        return False
    pairs = zip(FIGURES.findall(one.compact), FIGURES.findall(other.compact), strict=True)
    apart = [sorted(pair, key=len) for pair in pairs if pair[0] != pair[1]]
    if len(apart) != 1:
        return False
    short, long = apart[0]
    return any(short == long[:at] + long[at + 1 :] for at in range(len(long)))


def one_word_opposed(one: Title, other: Title) -> bool:
    """Say whether the titles differ by one word and its opposite: of adults and of children."""
    mine, theirs = set(one.words.split()), set(other.words.split())
    return frozenset(mine ^ theirs) in OPPOSITES
