"""Titles: their plain form, what kind of text they head, and how alike two of them are."""

import html
import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import fuzz

# Letters that decomposition leaves whole, and look-alikes of Latin letters in other scripts.
ALIKE = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i",
        "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p",
        "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "і": "i", "ј": "j", "һ": "h",
        "ο": "o", "ι": "i", "ν": "v", "υ": "u",
    }
)  # fmt: skip
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega",
}  # fmt: skip
GREEK_LETTER = re.compile("[α-ω]")
MARKUP = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|inf|sc|tt|p|br|span|font|small|italic|bold|underline|div|a"
    r"|mml:[a-z]{1,12}|jats:[a-z]{1,12})(?:[\s/][^<>]{0,200})?>",
    re.IGNORECASE,
)
WORDS = re.compile(r"[^\W_]+")
FIGURES = re.compile(r"\d+")
APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
COMPARED_LENGTH = 600
LANGUAGES = (
    "arabic|chinese|croatian|czech|danish|dutch|english|finnish|french|german|hebrew|hungarian"
    "|italian|japanese|korean|norwegian|persian|polish|portuguese|russian|slovak|spanish|swedish"
    "|turkish|ukrainian"
)
# What databases add to a title in brackets: kinds of text, languages, numbers of references.
ADDED = re.compile(
    r"\[(?:published |publisher )?(?:erratum|corrections?|comment|retraction) (?:appears )?in\b"
    r"[^\]]{0,300}\]|[\[(](?:meeting |conference |congress |poster |oral )?(?:abstracts?"
    r"(?: (?:no\.?:? ?)?[a-z]?-?\d{0,6})?|review|letter|editorial|comments?|see comments?"
    r"|\d{1,4} refs?\.?|author'?s transl\.?|proceedings?|electronic resource|corrected|poster"
    rf"|presentation|(?:article )?in (?:{LANGUAGES})[^\])]{{0,60}}|(?:{LANGUAGES}))[\])]",
    re.IGNORECASE,
)
ADDED_AT_END = re.compile(
    rf"(?:\.\s+(?:{LANGUAGES})|\.\s+\[?(?:conference |meeting )?abstract\]?)\.?$", re.IGNORECASE
)
ADDED_AT_START = re.compile(
    r"^(?:(?:original (?:research )?article|research article|review article|reprint(?: of)?"
    r"|article)\s?:\s|(?:abstract|poster|oral) (?:no\.? ?)?[a-z]{0,3}-?\d{1,5}\s?[:.]\s"
    r"|[a-z]{0,2}-?\d{2,5}\s?[:.]\s)",
    re.IGNORECASE,
)
STATUS = re.compile(r"^\s*\[?(?:retracted|withdrawn)(?: article)?[\]:.\s]+\s*", re.IGNORECASE)
SECOND_TITLE = re.compile(r"\[([^\[\]]{15,})\]|<([^<>]{15,})>| = (.{15,})$")
NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th",
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
}  # fmt: skip
NUMBERED = frozenset(
    ("part", "parts", "phase", "type", "grade", "stage", "class", "level", "group", "chapter",
     "volume", "paper", "study")
)  # fmt: skip
LEFT_OUT = frozenset(("the", "and", "an"))
PART = re.compile(r"\b(?:part|parts|paper|chapter)\s(\d{1,2}|[a-e])\b")
CORRECTION = re.compile(
    r"^(?:(?:author |publisher |editorial )?(?:correction|corrections|erratum|errata|corrigendum"
    r"|corrigenda)|addendum|retraction|notice of retraction|expression of concern)\b"
    r"|\b(?:erratum|corrigendum|corrigenda)\b|\bvol [a-z0-9]+ (?:pg|page|p) [a-z0-9]+"
)
REPLY = re.compile(
    r"^(?:re|reply|in reply|authors? reply|response|authors? response|letter"
    r"|comments?|commentary|editorial comment|editorial commentary|discussion|invited commentary)\b"
    r"|\b(?:comments? on|reply to|response to|letter to the editor|authors? reply|authors response"
    r"|the authors? respond)\b|\breply$"
)
PROTOCOL = re.compile(r"\b(?:protocol|rationale|design)\b")
GENERIC = re.compile(
    r"^(?:(?:guest )?editorial|editorials|letters?(?: to the editor)?|abstracts?(?: of| from)?\b.*"
    r"|(?:author|subject|keyword)s? index.*|index|introduction|preface|foreword|reply|response"
    r"|authors? reply|in reply|errat(?:um|a)|corrections?|corrigend(?:um|a)|news|obituary"
    r"|in this issue|from the editors?|editors? (?:note|choice|page|letter)|table of contents"
    r"|contents|book reviews?|commentary|comments?|correspondence|discussion|conclusions?|summary"
    r"|announcements?|acknowledge?ments?|reviewers?|list of reviewers|highlights|presenter"
    r" information|untitled|no title|title not available|not available|n a|in memoriam|appendix"
    r"|poster (?:session|presentation)s?|oral presentations?|proceedings.*|symposium|annual report"
    r"|case reports?|research letter|invited commentary|editorial comment|image of the month"
    r"|case \d+.*)(?: \d{1,4})*$"
)
OPPOSITES = tuple(
    frozenset(pair.split())
    for pair in (
        "men women", "male female", "males females", "rats cats", "rat cat", "rats mice",
        "vivo vitro", "systolic diastolic", "increased decreased", "increase decrease",
        "increases decreases", "with without", "upper lower", "benign malignant", "boys girls",
        "mother father", "maternal paternal", "primary secondary", "inpatients outpatients",
        "agonist antagonist", "proximal distal", "medial lateral", "anterior posterior",
        "dominant nondominant", "smokers nonsmokers", "oral moral", "fathers mothers",
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
SHORT_START = 6


class Likeness(IntEnum):
    """How alike two titles are."""

    DIFFERENT = 0
    SIMILAR = 1
    NEAR = 2
    PART = 3
    SAME = 4
    UNKNOWN = 5


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared; ``compact`` has no spaces, ``others`` are its other languages."""

    words: str
    compact: str
    numbers: tuple[str, ...]
    marks: frozenset[str]
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    generic: bool = False
    status: bool = False
    protocol: bool = False


NO_MARKS: frozenset[str] = frozenset()
NO_TITLE = Title("", "", (), NO_MARKS)


def plain(text: str) -> str:
    """Return a text in small plain letters and figures, its words parted by single spaces."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = MARKUP.sub(" ", text)
    if text.isascii():
        return " ".join(WORDS.findall(text.lower().replace("'", "").replace("`", "")))
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(c for c in text if c.isascii() or unicodedata.category(c) not in {"Mn", "Cf"})
    if GREEK_LETTER.search(text):
        text = _spell_greek(text)
    return " ".join(WORDS.findall(APOSTROPHES.sub("", text.translate(ALIKE))))


def _spell_greek(text: str) -> str:
    """Write Greek letters that stand as symbols with their names, others as what they look like."""
    written = []
    for at, letter in enumerate(text):
        inside = text[at - 1 : at].isalpha() and text[at + 1 : at + 2].isalpha() and at
        looks = {"α": "a", "ε": "e", "κ": "k", "ρ": "p", "τ": "t", "χ": "x"}.get(letter, letter)
        written.append(looks if inside else GREEK.get(letter, letter))
    return "".join(written)


def normalise_title(title: str) -> str:
    """Return a title as it is compared: plain words, numbers as figures, no notes of databases.

    Accents, punctuation, brackets, markup, zero-width and direction marks go;
    letters of other scripts that look Latin become Latin, Greek symbols their names.
    """
    return _canonical(_without_notes(title[: COMPARED_LENGTH * 2]))


def _without_notes(title: str) -> str:
    text = ADDED.sub(" ", title) if "[" in title or "(" in title else title
    text = ADDED_AT_START.sub("", ADDED_AT_END.sub("", text.rstrip()))
    return text if WORDS.search(text) else title


def _canonical(title: str) -> str:
    words = plain(title).split()
    before = ""
    for at, word in enumerate(words):
        if word in NUMBER_WORDS:
            words[at] = NUMBER_WORDS[word]
        elif before in NUMBERED and word in {"i", "v", "x"}:
            words[at] = {"i": "1", "v": "5", "x": "10"}[word]
        before = word
    return " ".join(words)[:COMPARED_LENGTH]


def read_title(title: str, translated: str = "") -> Title:
    """Return what is compared of a title; ``translated`` is its second form, if there is one."""
    title = title[: COMPARED_LENGTH * 2]
    body = STATUS.sub("", title)
    text = _without_notes(body)
    others = [translated] if translated else []
    if "[" in text or "<" in text or " = " in text:
        text, found = _second_titles(text)
        others += found
    words = _canonical(text)
    if not words:
        return NO_TITLE
    compact = _compact(words)
    also = {_compact(_canonical(other[:COMPARED_LENGTH])) for other in others} - {"", compact}
    return Title(
        words,
        compact,
        tuple(sorted(FIGURES.findall(words))),
        _marks(words),
        tuple(sorted(PART.findall(words))),
        tuple(sorted(also)),
        generic=GENERIC.match(words) is not None,
        status=body != title,
        protocol=PROTOCOL.search(words) is not None,
    )


def _compact(words: str) -> str:
    return "".join(word for word in words.split() if word not in LEFT_OUT)


def _second_titles(text: str) -> tuple[str, list[str]]:
    """Part a title from the same title in another language, in brackets or behind ``=``."""
    text = MARKUP.sub(" ", text)
    found = [a or b or c for a, b, c in SECOND_TITLE.findall(text)]
    rest = SECOND_TITLE.sub(" ", text)
    if len(plain(rest)) < 15:
        return (found[0], found[1:]) if found else (text, [])
    return rest, found


def _marks(words: str) -> frozenset[str]:
    marks = {"correction"} if CORRECTION.search(words) else set()
    if REPLY.search(words):
        marks.add("reply")
    return frozenset(marks) if marks else NO_MARKS


def parts_differ(one: Title, other: Title) -> bool:
    """Say whether the titles name different parts of a series, or only one names a part."""
    return one.parts != other.parts


def likeness(one: Title, other: Title) -> Likeness:
    """Return how alike two titles are."""
    if not one.compact or not other.compact:
        return Likeness.UNKNOWN
    if one.compact == other.compact or _share_a_form(one, other):
        return Likeness.SAME
    short, long = one.compact, other.compact
    if len(short) > len(long):
        short, long = long, short
    if one.numbers != other.numbers and _numbers_conflict(one, other):
        return Likeness.DIFFERENT
    if len(short) >= CUT_LENGTH and (long.startswith(short) or long.endswith(short)):
        words = min(one.words, other.words, key=len).count(" ") + 1
        if words >= CUT_WORDS and len(long) - len(short) > 3:
            return Likeness.PART
    found = _by_words(one, other)
    if found is Likeness.DIFFERENT and len(short) >= SHORT_START and continues(one, other):
        return Likeness.SIMILAR
    return found


def continues(one: Title, other: Title) -> bool:
    """Say whether one title is the other and a subtitle, not the other cut within its words."""
    short, long = sorted((one.words, other.words), key=len)
    return long.startswith(f"{short} ") or long.endswith(f" {short}")


def may_be_translated(one: Title, other: Title) -> bool:
    """Say whether two titles have so few words in common that they may be of two languages."""
    mine, theirs = set(one.words.split()) - SMALL_WORDS, set(other.words.split()) - SMALL_WORDS
    shared = len(mine & theirs)
    return shared * 2 < min(len(mine), len(theirs)) and not _numbers_conflict(one, other)


def _share_a_form(one: Title, other: Title) -> bool:
    if not one.others and not other.others:
        return False
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
