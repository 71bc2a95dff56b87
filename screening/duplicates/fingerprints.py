"""What is compared of a record: its title, authors and place in one plain form."""

import html
import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

from screening.duplicates.candidates import Candidate

# Letters that decomposition leaves whole, and look-alikes of Latin letters in other scripts.
ALIKE = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i",
        "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p",
        "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "і": "i", "ј": "j", "һ": "h",
        "α": "a", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u",
    }
)  # fmt: skip
MARKUP = re.compile(r"</?[A-Za-z]{1,10}(?: [^<>]{0,80})?/?>")
WORDS = re.compile(r"[^\W_]+")
APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
COMPARED_LENGTH = 1_000
# A short title may well be another paper's too: it needs a second likeness.
SHORT_TITLE = 35

CORRECTION = re.compile(
    r"^(?:(?:author |publisher )?(?:correction|corrections|erratum|errata|corrigendum|corrigenda)"
    r"|addendum|retraction|retracted|withdrawn|expression of concern)\b|\b(?:erratum|corrigendum)\b"
)
REPLY = re.compile(
    r"^(?:re|reply|in reply|authors? reply|author reply|response|authors? response|letter"
    r"|comment|comments|commentary|editorial comment|editorial commentary|discussion)\b"
    r"|\b(?:comment on|reply to|response to|letter to the editor|authors reply|author reply)\b"
)
PART = re.compile(r"\b(?:part|parts|paper|chapter)\s(\d{1,2}|[ivx]{1,4}|one|two|three|four)\b")
NUMERAL_AT_END = re.compile(r"\s(ii|iii|iv|vi|vii|viii|ix)$")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A record as the rule compares it; ``compact`` is the title without spaces."""

    key: int
    title: str
    compact: str
    year: int | None
    doi: str
    pmid: str
    marks: frozenset[str]
    surnames: frozenset[str]
    journal: str
    volume: str
    first_page: str


def normalise_title(title: str) -> str:
    """Return a title in small plain letters and figures, its words parted by single spaces.

    Accents, punctuation, brackets, markup, zero-width and direction marks go;
    letters of other scripts that look Latin become Latin.
    """
    text = MARKUP.sub(" ", html.unescape(title[: COMPARED_LENGTH * 2]))
    text = unicodedata.normalize("NFKD", text).casefold()
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Cf"})
    text = APOSTROPHES.sub("", text.translate(ALIKE))
    return " ".join(WORDS.findall(text))[:COMPARED_LENGTH]


def fingerprint(record: Candidate) -> Fingerprint:
    """Return what is compared of a record."""
    title = normalise_title(record.title)
    return Fingerprint(
        key=record.key,
        title=title,
        compact=title.replace(" ", ""),
        year=record.year,
        doi=record.doi.strip().lower(),
        pmid=record.pmid.strip(),
        marks=_marks(title),
        surnames=_surnames(record.authors[0]) if record.authors else frozenset(),
        journal=normalise_title(record.journal),
        volume=_number(record.volume),
        first_page=_number(record.pages),
    )


def _marks(title: str) -> frozenset[str]:
    marks = {"correction"} if CORRECTION.search(title) else set()
    if REPLY.search(title):
        marks.add("reply")
    marks.update(f"part {part}" for part in PART.findall(title))
    if numeral := NUMERAL_AT_END.search(title):
        marks.add(f"part {numeral.group(1)}")
    return frozenset(marks)


def _surnames(author: str) -> frozenset[str]:
    """Return the words of a name that may be its surname: ``Wilson MD`` gives ``wilson``."""
    author = author[:200]
    words = author.split(",")[0].split()
    while len(words) > 1 and words[-1].isupper() and len(words[-1].strip(".")) < 4:
        words.pop()
    parts = {normalise_title(word).replace(" ", "") for word in words}
    return frozenset(part for part in parts if len(part) > 1)


def _number(text: str) -> str:
    match = re.search(r"[0-9]{1,12}", text[:200])
    return match.group().lstrip("0") if match else ""


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """Return how alike two titles are, from 0 to 100; a title cut short counts as alike."""
    short, long = sorted((one.compact, other.compact), key=len)
    if len(short) >= SHORT_TITLE and long.startswith(short):
        return 97.0
    return max(fuzz.ratio(one.title, other.title), fuzz.token_sort_ratio(one.title, other.title))


def titles_agree(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether two titles may be of one paper; a missing title agrees with any."""
    if not one.compact or not other.compact or one.compact == other.compact:
        return True
    return (
        fuzz.token_sort_ratio(one.title, other.title) >= 75
        or fuzz.token_set_ratio(one.title, other.title) >= 92
    )


def authors_differ(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether both records name a first author, and not the same."""
    if not one.surnames or not other.surnames or one.surnames & other.surnames:
        return False
    return all(fuzz.ratio(a, b) < 85 for a in one.surnames for b in other.surnames)


def contradiction(one: Fingerprint, other: Fingerprint) -> str:
    """Return what tells two records of one title apart, or ``""``."""
    if authors_differ(one, other):
        return "first authors differ"
    if one.volume and other.volume and one.volume != other.volume:
        return "volumes differ"
    if one.first_page and other.first_page and one.first_page != other.first_page:
        return "pages differ"
    return ""


def same_place(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether both records state the same first page, and the same volume or journal."""
    if not one.first_page or one.first_page != other.first_page:
        return False
    return one.volume == other.volume != "" or one.journal == other.journal != ""


def corroborated(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether the title is long enough to stand alone, or something else is the same."""
    return (
        len(one.compact) >= SHORT_TITLE
        or bool(one.surnames and other.surnames and not authors_differ(one, other))
        or (one.journal == other.journal != "")
        or (one.first_page == other.first_page != "")
    )
