"""How alike two titles are, and what in their words tells two papers apart."""

from enum import IntEnum

from rapidfuzz import fuzz

from records.duplicates.misread import fits
from records.duplicates.titles import FIGURES, Title

OPPOSITES = tuple(
    frozenset(pair.split())
    for pair in (
        "men women", "male female", "males females", "rats cats", "rat cat", "rats mice",
        "vivo vitro", "systolic diastolic", "increased decreased", "increase decrease",
        "increases decreases", "with without", "upper lower", "benign malignant", "boys girls",
        "mother father", "maternal paternal", "primary secondary", "inpatients outpatients",
        "agonist antagonist", "proximal distal", "medial lateral", "anterior posterior",
        "dominant nondominant", "smokers nonsmokers", "oral moral", "fathers mothers",
        "adult pediatric", "adult paediatric", "adult adolescent", "adults adolescents",
        "adults children", "children adolescents", "pediatric adolescent",
        "paediatric adolescent", "sensitive resistant", "sensitivity resistance",
    )
)  # fmt: skip
OPPOSITE_STARTS = (
    "hyper", "hypo", "pre", "post", "intra", "inter", "extra", "macro", "micro", "mono", "poly",
    "anti", "pro", "in", "un", "non", "over", "under", "",
)  # fmt: skip
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
    if (one.others or other.others) and _share_a_form(one, other):
        return Likeness.SAME
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
    begins = long.startswith(short)
    if len(short) < CUT_LENGTH or not (begins or long.endswith(short)):
        return Likeness.DIFFERENT
    if len(long) - len(short) > CUT_LETTERS:
        words = min(one.words, other.words, key=len).count(" ") + 1
        return Likeness.PART if words >= CUT_WORDS else Likeness.DIFFERENT
    late = begins and len(short) >= CUT_LATE and one.numbers == other.numbers
    return Likeness.NEAR if late else Likeness.DIFFERENT


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


def _share_a_form(one: Title, other: Title) -> bool:
    mine, theirs = {one.compact, *one.others}, {other.compact, *other.others}
    return any(
        a == b
        or (
            min(len(a), len(b)) > CUT_LENGTH
            and fuzz.ratio(a, b) >= 95
            and FIGURES.findall(a) == FIGURES.findall(b)
        )
        for a in mine
        for b in theirs
    )


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
    if ratio >= 88 and one.numbers == other.numbers and _only_spelt_differently(one, other):
        return Likeness.NEAR
    return Likeness.SIMILAR


def _only_spelt_differently(one: Title, other: Title) -> bool:
    mine, theirs = set(one.words.split()), set(other.words.split())
    left, right = sorted(mine - theirs), sorted(theirs - mine)
    if "".join(left) == "".join(right):
        return True
    for word in [word for word in left if word not in SMALL_WORDS]:
        match = max(right, key=lambda other: (fuzz.ratio(word, other), other), default="")
        if not _same_word(word, match):
            return _only_glued(left, right)
        right.remove(match)
    for word in [word for word in right if word not in SMALL_WORDS]:
        if not any(_same_word(word, small) for small in left if small in SMALL_WORDS):
            return _only_glued(left, right)
    return True


def _same_word(word: str, other: str) -> bool:
    """Say whether one word may be the other typed wrong, and not its opposite."""
    if other in SMALL_WORDS or word in SMALL_WORDS:
        near = sorted(word) == sorted(other) or len(set(word) ^ set(other)) <= 2
        return len(word) == len(other) < 5 and near
    return fuzz.ratio(word, other) >= 75 and not opposite(word, other)


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


def opposite(word: str, other: str) -> bool:
    """Say whether two words that look alike tell two papers apart: men and women."""
    if word == other:
        return False
    if frozenset((word, other)) in OPPOSITES:
        return True
    return any(
        word.startswith(start)
        and any(end != start and other == end + word[len(start) :] for end in OPPOSITE_STARTS)
        for start in OPPOSITE_STARTS
        if len(word) - len(start) >= 4
    )
