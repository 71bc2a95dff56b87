"""Titles: the form in which they are compared, and what kind of text they head."""

import html
import re
from dataclasses import dataclass

from records.duplicates.letters import MARKUP, marked, plain
from records.duplicates.misread import LOST, mended
from records.duplicates.notes import STATUS, second_titles, without_notes, without_source

FIGURES = re.compile(r"\d+")
COMPARED_LENGTH = 600
NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th",
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
}  # fmt: skip
NUMBERED = frozenset(
    ("part", "parts", "teil", "partie", "parte", "phase", "type", "grade", "stage", "class",
     "level", "group", "chapter", "volume", "paper", "study")
)  # fmt: skip
LEFT_OUT = frozenset(("the", "and", "an"))
PART = re.compile(r"\b(?:part|parts|teil|partie|parte|paper|chapter)\s(\d{1,2}|[a-e])\b")
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
# A letter and the reply to it under one number, as one database files them.
LETTERS = re.compile(r"\bmultiple letters(?: \d{1,2})?$")
# "> or = 65", "≥65" and "<65": a bound, of which only the direction is compared.
OR_EQUAL = re.compile(
    r"([<>])\s?(?:or\s?|/\s?)?=(?:\s?to\b)?|=\s?(?:or|/)\s?([<>])|([≤≦⩽≲])|([≥≧⩾≳])"
)
SIGN = re.compile("[≤≥≦≧⩽⩾≲≳]")
BOUND = re.compile(r"[<≤]\s*(?=[\d.])|[>≥]\s*(?=[\d.])|[≤≥]")
STRANGE = re.compile("[^\x00-\x7f]")
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


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared; ``compact`` has no spaces, ``others`` are its other languages.

    ``borrowed`` says that a correction is compared under the title of what it corrects. ``lost``
    is the compact form with a mark for each letter that an encoding lost, if any was, ``bare``
    that without all letters which encodings lose, if there are any; ``bounds`` says of each number
    with ``<`` or ``≥`` before it which of the two.
    """

    words: str
    compact: str
    numbers: tuple[str, ...]
    marks: frozenset[str]
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    generic: bool = False
    status: bool = False
    protocol: bool = False
    borrowed: bool = False
    lost: str = ""
    bare: str = ""
    bounds: str = ""


NO_MARKS: frozenset[str] = frozenset()
NO_TITLE = Title("", "", (), NO_MARKS)


def normalise_title(title: str) -> str:
    """Return a title as it is compared: plain words, numbers as figures, no notes of databases.

    Accents, punctuation, brackets, markup, zero-width and direction marks go;
    letters of other scripts that look Latin become Latin, Greek symbols their names.
    """
    text, _ = _without_bounds(mended(title[: COMPARED_LENGTH * 2]))
    return _canonical(without_notes(text))


def _canonical(title: str) -> str:
    return _numbered(plain(title).split())[:COMPARED_LENGTH]


def _numbered(words: list[str]) -> str:
    before = ""
    for at, word in enumerate(words):
        if word in NUMBER_WORDS:
            words[at] = NUMBER_WORDS[word]
        elif before in NUMBERED and word in {"i", "v", "x"}:
            words[at] = {"i": "1", "v": "5", "x": "10"}[word]
        before = word
    return " ".join(words)


def read_title(title: str, translated: str = "") -> Title:
    """Return what is compared of a title; ``translated`` is its second form, if there is one."""
    title, bounds = _without_bounds(mended(title[: COMPARED_LENGTH * 2]))
    body = STATUS.sub("", title)
    text = without_notes(body)
    others = [translated] if translated else []
    if "[" in text or "<" in text or " = " in text:
        text, found = second_titles(text)
        others += found
    words, marks, borrowed = _words_and_marks(text)
    if not words:
        return NO_TITLE
    compact = _compact(words)
    also = {_compact(_canonical(mended(other[:COMPARED_LENGTH]))) for other in others}
    return Title(
        words,
        compact,
        tuple(sorted(FIGURES.findall(words))),
        marks,
        tuple(sorted(PART.findall(words))),
        tuple(sorted(also - {"", compact})),
        generic=GENERIC.match(words) is not None,
        status=body != title,
        protocol=PROTOCOL.search(words) is not None,
        borrowed=borrowed,
        lost=_compact(_numbered(marked(text).split())) if LOST in text else "",
        bare="" if text.isascii() else _bare(text, compact),
        bounds=bounds,
    )


def _bare(text: str, compact: str) -> str:
    bare = _compact(_canonical(STRANGE.sub("", text)))
    return bare if bare != compact else ""


def _without_bounds(title: str) -> tuple[str, str]:
    """Return a title without the signs before its numbers, and which way each of them points.

    ``> or = 65`` would else be taken for a second title behind ``=``.
    """
    if "&" in title:
        title = html.unescape(title)
    if "<" not in title and ">" not in title and (title.isascii() or not SIGN.search(title)):
        return title, ""
    text = OR_EQUAL.sub(_one_sign, MARKUP.sub(" ", title))
    return BOUND.sub(" ", text), "".join(
        "<" if found[0] in "<≤" else ">" for found in BOUND.findall(text)
    )


def _one_sign(found: re.Match[str]) -> str:
    less = found.group(3) or "<" in found.group()
    return "≤" if less else "≥"


def _compact(words: str) -> str:
    return "".join(word for word in words.split() if word not in LEFT_OUT)


def _words_and_marks(text: str) -> tuple[str, frozenset[str], bool]:
    """Return the words to compare, what kind of text they say it is, and whether they are borrowed.

    A correction is compared under the title of what it corrects: each database announces it, and
    quotes where that stood, in a style of its own.
    """
    words = _canonical(text)
    marks = _marks(words)
    if not marks and ")" not in text[-2:]:
        return words, marks, False
    bare, quotes = without_source(text)
    if quotes and not marks:
        marks = frozenset(("correction",))
    borrowed = "correction" in marks and bare != text
    return _canonical(bare) if borrowed else words, marks, borrowed


def _marks(words: str) -> frozenset[str]:
    marks = {"correction"} if CORRECTION.search(words) else set()
    if REPLY.search(words):
        marks.add("reply")
    if "letters" in words and LETTERS.search(words):
        marks.add("letters")
    return frozenset(marks) if marks else NO_MARKS
