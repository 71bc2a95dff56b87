"""What databases write into a title: notes, second titles and the source of a correction."""

import re

from records.duplicates.letters import MARKUP, WORDS, plain

LANGUAGES = (
    "arabic|chinese|croatian|czech|danish|dutch|english|finnish|french|german|hebrew|hungarian"
    "|italian|japanese|korean|norwegian|persian|polish|portuguese|russian|slovak|spanish|swedish"
    "|turkish|ukrainian"
)
# Where a correction or comment stands, said of the article it belongs to. The last note of a
# title may be cut off.
STANDS_ELSEWHERE = (
    r"\[(?:published |publisher )?(?:erratum|corrections?|comment|retraction)"
    r" (?:in\b|appears(?: in)?\b)(?:[^\[\]]|\[[^\[\]]{0,200}\]){0,300}(?:\]|(?:\[[^\[\]]{0,200})?$)"
)
# What databases add to a title in brackets: kinds of text, languages, numbers of references.
ADDED = re.compile(
    rf"{STANDS_ELSEWHERE}|[\[(](?:meeting |conference |congress |poster |oral )?(?:abstracts?"
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
# What a correction corrects: "(Hip Int (2009) 19 (12-15))" and "(vol 19, pg 12, 2009)".
SOURCE = re.compile(
    r"\s*\((?:vol\.? \w{1,8},? (?:pg|page|p)\.? [\w-]{1,15},? \d{4}"
    r"|[^()]{4,120}\((?:19|20)\d{2}\) [^()]{1,20}\([^()]{1,25}\)(?: doi:?[^()]{0,80})?)\)\W*$",
    re.IGNORECASE,
)
ANNOUNCED = re.compile(
    r"^\W*(?:(?:author|publisher|editorial)'?s? )?(?:erratum|errata|corrigendum|corrigenda"
    r"|corrections?)(?: (?:to|for))?\s?[:.\"\u201c\u2018]\s*",
    re.IGNORECASE,
)
ORIGINAL = re.compile(r"\s*<original>\s*", re.IGNORECASE)
SHORTEST = 15
SECOND_TITLE = re.compile(r"\[([^\[\]]{15,})\]|<([^<>]{15,})>| = (.{15,})$")


def without_notes(title: str) -> str:
    """Return a title without what databases add to it."""
    text = ADDED.sub(" ", title) if "[" in title or "(" in title else title
    text = ADDED_AT_START.sub("", ADDED_AT_END.sub("", text.rstrip()))
    return text if WORDS.search(text) else title


def second_titles(text: str) -> tuple[str, list[str]]:
    """Part a title from the same title in another language, in brackets or behind ``=``.

    Words behind the closing bracket go on: ``[Hip pain in dancers]: part 2`` is not part 1.
    """
    text, *originals = ORIGINAL.split(text)
    text = MARKUP.sub(" ", text)
    first = SECOND_TITLE.search(text)
    if first is None:
        return text, originals
    before, after = text[: first.start()], SECOND_TITLE.sub(" ", text[first.end() :])
    found = [a or b or c for a, b, c in SECOND_TITLE.findall(text)]
    if len(plain(before)) < SHORTEST:
        return f"{before} {found[0]} {after}", found[1:] + originals
    return f"{before} {after}", [f"{other} {after}" for other in found] + originals


def without_source(title: str) -> tuple[str, bool]:
    """Return a correction's title as that of what it corrects, and whether it quotes a source.

    A title that is nothing else stays whole.
    """
    body = SOURCE.sub("", title) if title.rstrip(" .").endswith(")") else title
    announced = ANNOUNCED.match(body)
    bare = body[announced.end() :] if announced else body
    if bare != title and len(plain(bare)) < SHORTEST:
        bare = title
    return bare, body != title
