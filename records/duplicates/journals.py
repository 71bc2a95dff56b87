"""Names of journals: full, abbreviated, with publishers' additions, or as initials."""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from records.duplicates.letters import marked, plain
from records.duplicates.misread import LOST, fits

SMALL = frozenset(
    (
        "of", "and", "the", "for", "in", "on", "to", "de", "des", "du", "la", "le", "les", "et",
        "der", "die", "das", "und", "fur", "di", "e", "y", "del", "el", "a", "an", "d", "l", "van",
        "voor", "och", "i",
    )
)  # fmt: skip
# What follows is a place, an owner or another language of the same name; not a section.
ADDITION = re.compile(
    r"\s*(?:[(\[=;]|:\s*(?=[^:]{0,60}\b(?:journal|official|societ|associat|organ|publication"
    r"|college|academy)|\w+\s*$)|\.?\s?[-\u2013]?\s?(?=\bconference"
    r"(?: (?:abstract|paper|publication|proceedings?))?:)"
    r"|\.\s?(?=conference\b|date of publication))",
    re.IGNORECASE,
)
# What parts the names of one journal in two languages.
NAMES = re.compile(r"\s*[\[\]=/]\s*|\s-\s")
SOCIETY = re.compile(
    r"\b(?:official|societ|associat|organ|publication|college|academy|federation|union|institut"
    r"|league|series|section|part|volume|edition)"
)
LONGEST_SHORT_FORM = 0.63
COUNTRY = re.compile(r"\b(?:u s a|united states of america|usa)$")
LEADING = re.compile(r"^the\s+", re.IGNORECASE)
# Series A of a journal may be called its American volume.
SERIES = re.compile(
    r"\b(?:series|ser|section|sect) ([a-h])\b|\b(am|br|american|british)(?: volume| vol| ed)?$"
)
ISSN = re.compile(r"\b(\d{4})-?(\d{3}[\dxX])\b")
CONFERENCE = re.compile(
    r"\b(?:conference|proceedings|congress|meeting|symposium|workshop|abstracts?|annual scientific"
    r"|proc)\b"
)
DISSERTATIONS = re.compile(r"\bdissertation abstracts\b")
PREPRINTS = re.compile(
    r"\b(?:medrxiv|biorxiv|arxiv|research square|ssrn|preprints?|psyarxiv|osf|chemrxiv|f1000)\b"
)
COCHRANE = re.compile(r"\bcochrane (?:database|db|libr)")


def read_issns(text: str) -> tuple[str, ...]:
    """Return the ISSNs in a text, bare."""
    if not text:
        return ()
    return tuple(sorted({(a + b).lower() for a, b in ISSN.findall(text[:300])}))


@lru_cache(maxsize=50_000)
def kind(journal: str) -> str:
    """Return what the name of a journal says of its records, ``""`` for an article.

    The kinds are ``conference``, ``dissertation``, ``preprint`` and ``cochrane``.
    """
    name = plain(journal[:300])
    if DISSERTATIONS.search(name):
        return "dissertation"
    if COCHRANE.search(name):
        return "cochrane"
    if PREPRINTS.search(name):
        return "preprint"
    if CONFERENCE.search(name) and not name.startswith("proceedings of the national academy"):
        return "conference"
    return ""


def _series(journal: str) -> str:
    found = SERIES.search(plain(journal[:300]))
    return (found.group(1) or found.group(2)[0]) if found else ""


@lru_cache(maxsize=50_000)
def _words(journal: str) -> tuple[tuple[str, ...], bool]:
    """Return the words of a journal's name, and whether an addition was left out."""
    journal = LEADING.sub("", journal[:300].strip())
    main = ADDITION.split(journal, maxsplit=1)[0]
    if len(main.replace(".", "").strip()) < 3:
        main = journal
    name = COUNTRY.sub("", plain(main.replace("&", " ")))
    found = tuple(word for word in name.split() if word not in SMALL)
    if len(found) > 2 and len(found[0]) >= 3 and _initialism(found[0], found[1:]):
        found = found[1:]
    return found, main != journal


@lru_cache(maxsize=100_000)
def same_journal(one: str, other: str) -> int:
    """Return 1 when two names are of one journal, -1 when of two, 0 when that cannot be said."""
    if not one or not other:
        return 0
    if one == other:
        return 1
    if (LOST in one or LOST in other) and fits(_lost(one), _lost(other)):
        return 1
    if ("://" in one and "://" in other) or "" != _series(one) != _series(other) != "":
        return -1
    return 1 if _share_a_name(one, other) else _same_main_name(one, other)


def _lost(journal: str) -> str:
    return marked(journal[:300]).replace(" ", "")


def _same_main_name(one: str, other: str) -> int:
    (mine, mine_cut), (theirs, theirs_cut) = _words(one), _words(other)
    if not mine or not theirs:
        return 0
    if len(mine) > len(theirs):
        mine, theirs, theirs_cut = theirs, mine, mine_cut
    told = _by_words(mine, theirs)
    if told >= 0:
        return told
    return 0 if _inside(plain(one), plain(other)) or (theirs_cut and mine[0] == theirs[0]) else -1


def _share_a_name(one: str, other: str) -> bool:
    """Say whether a second name that one field holds is a name that the other holds.

    The first names are not compared here: journals of one publisher may begin alike.
    """
    mine, theirs = _names(one), _names(other)
    if len(mine) + len(theirs) < 3:
        return False
    return any(
        a is not None and b is not None and _by_words(*sorted((a, b), key=len)) > 0
        for at, a in enumerate(mine)
        for b in theirs[0 if at else 1 :]
    )


@lru_cache(maxsize=50_000)
def _names(journal: str) -> tuple[tuple[str, ...] | None, ...]:
    """Return the words of each name in a field; ``None`` for one too short, or of a society."""
    parts = [part for part in NAMES.split(journal[:300]) if part.strip(" .")]
    return tuple(_telling(part) for part in parts)


def _telling(name: str) -> tuple[str, ...] | None:
    words = plain(name)
    if words.count(" ") < 2 or "," in name or SOCIETY.search(words):
        return None
    return tuple(word for word in words.split() if word not in SMALL)


def _by_words(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    if short == long or "".join(short) == "".join(long):
        return 1
    if len(short) == 1 and _initialism(short[0], long):
        return 1
    matched, rest = _abbreviates(short, long)
    if matched:
        return 0 if rest else 1
    if len(short) != len(long):
        return -1
    return 1 if all(fuzz.ratio(a, b) >= 89 for a, b in zip(short, long, strict=True)) else -1


def _inside(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) > 8 and short in long


def _initialism(word: str, words: tuple[str, ...]) -> bool:
    initials = "".join(part[0] for part in words)
    if len(word) < 3 or len(words) < 3:
        return False
    return initials == word or (len(word) > 3 and initials.startswith(word))


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> tuple[bool, int]:
    """Say whether the words of one name shorten those of the other in order, and how many rest."""
    at = skipped = 0
    for word in short:
        while at < len(long) and not _shortens(word, long[at]):
            if at == 0 or skipped:
                return False, 0
            skipped += 1
            at += 1
        if at == len(long):
            return False, 0
        at += 1
    return True, len(long) - at + skipped


def _shortens(word: str, full: str) -> bool:
    if len(word) > len(full):
        word, full = full, word
    if full.startswith(word):
        return True
    if word[0] != full[0] or len(word) < 2 or (len(word) == 2 and word[1] != full[-1]):
        return False
    if len(word) > max(4, LONGEST_SHORT_FORM * len(full)):
        return False
    letters = iter(full)
    return all(letter in letters for letter in word)
