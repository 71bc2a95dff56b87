"""Authors, in every style in which databases write names."""

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from records.duplicates.letters import marked, plain
from records.duplicates.misread import MARK, fits, mended

# "Vernia FilippoDi Ruscio Mirko" and "PayenJ.-L.IzopetJ.": names written together.
GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=\.)(?=\w)")
PREFIXED = re.compile(r"\b(Mc|Mac|De|Di|Du|La|Le|Van|Von|O|D)['’ ]?(?=[A-ZÀ-Þ][a-zß-ÿ])")
PARTICLES = frozenset(
    (
        "de", "del", "della", "der", "den", "di", "da", "do", "dos", "das", "du", "van", "von",
        "vom", "ter", "ten", "la", "le", "el", "al", "bin", "ibn", "st", "y", "e", "zu", "jr", "sr",
        "ii", "iii", "iv", "phd", "md", "and", "et", "others", "anon", "anonymous", "anonymus",
        "unknown", "no", "author", "authors", "listed", "the", "of", "for", "on", "behalf",
    )
)  # fmt: skip
# Those that stand before a surname; a comma may have parted them from it.
LEADING = frozenset(
    ("de", "del", "della", "der", "den", "di", "da", "do", "dos", "das", "du", "van", "von", "vom",
     "ter", "ten", "la", "le", "el", "al", "bin", "ibn", "st", "zu")
)  # fmt: skip
NOBODY = frozenset(("anon", "anonymous", "anonymus", "unknown", "na", "nan", "none"))
GROUPS = re.compile(
    r"\b(?:group|collaborat|consortium|committee|society|network|investigators|association"
    r"|organi[sz]ation|council|institute|agency|ministry|department|task force|centre|center)",
    re.IGNORECASE,
)
INITIALS_FIRST = re.compile(r"^(?:[A-ZÀ-Þ]\.[-\s]?){1,4}\s?[A-ZÀ-Þ][a-zß-ÿ]")
COMPARED_NAMES = 15
SAME_NAME = 84
# Names no longer than this are told apart by every letter.
SHORT_NAME = 3


def read_names(authors: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return the surnames of the first author as they may be, those of all, and first initials.

    Where a name has no comma, any of its long words may be the surname. A list
    that was cut at the wrong places gives the same words, so it compares as well.
    """
    first: tuple[str, ...] = ()
    initials = ""
    every: set[str] = set()
    alone = len(authors) < 3
    for at, written in enumerate(authors[:COMPARED_NAMES]):
        author = mended(written[:2_000])
        parts = _parted(author, alone=alone) if alone or len(author) > 24 else (author,)
        for part in parts[:COMPARED_NAMES]:
            surname, given = _halves(part)
            words = _words(surname)
            if not words:
                surname, given = _joined(surname, given)
                words = _words(surname)
            if not words:
                continue
            if not first:
                first, initials = words, _letters(given)
            every.update(words)
        if at and len(every) > COMPARED_NAMES:
            break
    return first, tuple(sorted(every)), initials


@lru_cache(maxsize=50_000)
def _words(surname: str) -> tuple[str, ...]:
    """Return the words of a surname without particles; none for nobody's name or a number."""
    words = tuple(
        w for w in marked(surname).split() if len(w) > 1 and w not in PARTICLES and w.isalpha()
    )
    return () if words and words[0] in NOBODY else words


def _parted(author: str, *, alone: bool) -> list[str]:
    """Return the names in one text, which is seldom more than one."""
    if len(author) > 8 and GROUPS.search(author):
        return []
    if alone and len(author) > 14 and GLUED.search(author):
        author = _unglued(author)
    if ";" in author:
        return author.split(";")
    if " and " in author:
        return author.split(" and ")
    if author.count(",") > 1:
        return _by_commas(author)
    surname, comma, rest = author.partition(",")
    # "J. A. Smith, B. Jones" and "Smith JA, Jones B" are two names each.
    if comma and " " in rest.strip():
        ends = any(_initials(word) for word in surname.split()[-2:])
        if ends or INITIALS_FIRST.match(author):
            return [surname, rest]
    return [author]


def _unglued(author: str) -> str:
    joined = PREFIXED.sub(lambda match: match.group(1).lower(), author)
    return GLUED.sub(" ", joined)


def _by_commas(author: str) -> list[str]:
    """Cut ``Smith, J., Jones, A.`` and ``Smith J, Jones A`` into names."""
    pieces = [piece.strip() for piece in author.split(",") if piece.strip()]
    if all(" " in piece for piece in pieces):
        return pieces
    names: list[str] = []
    for piece in pieces:
        if names and "," not in names[-1] and _initials(piece):
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return names


def _initials(word: str) -> bool:
    if len(word) > 8:
        return False
    letters = word.replace(".", "").replace("-", "").replace(" ", "")
    return len(letters) <= 3 and letters.isupper()


def _halves(text: str) -> tuple[str, str]:
    """Return the part of a name that holds the surname, and the rest."""
    surname, comma, given = text.partition(",")
    if comma:
        return surname, given
    words = text.split()
    if len(words) < 2:
        return text, ""
    if text.isupper():
        kept = [word for word in words if len(word.replace(".", "")) > 2] or words[:1]
    else:
        kept = [word for word in words if not _initials(word)] or words
    return " ".join(kept), " ".join(word for word in words if word not in kept)


def _joined(surname: str, given: str) -> tuple[str, str]:
    """Bring a surname together that a comma parted: ``Le, Quintrec M.``, ``van, der Meer I.``."""
    words = given.split()
    if len(words) < 2 or not LEADING.issuperset(surname.lower().split()):
        return surname, given
    at = next((at for at, word in enumerate(words) if word.lower() not in LEADING), len(words))
    if at + 1 >= len(words) or _initials(words[at]) or not _initials(words[at + 1]):
        return surname, given
    return " ".join((surname, *words[: at + 1])), " ".join(words[at + 1 :])


def _letters(given: str) -> str:
    """Return the initials of given names, written out or not."""
    words = given.split()
    if not words:
        return ""
    if _initials(words[0]):
        return plain(given).replace(" ", "")[:3]
    return "".join(word[0] for word in plain(given).split())[:3]


def same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether two sets of possible surnames share one, allowing for spelling."""
    if any(word in other for word in one):
        return True
    if "".join(one) == "".join(other):
        return True
    return any(_same_spelling(a, b) for a in one for b in other)


def _same_spelling(one: str, other: str) -> bool:
    if (MARK in one or MARK in other) and fits(one, other):
        return True
    if min(len(one), len(other)) <= SHORT_NAME:
        return False
    alike = fuzz.ratio(_folded(one), _folded(other)) >= SAME_NAME
    return alike or one.startswith(other) or other.startswith(one)


def same_people(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether two lists hold the same surnames, one by one, allowing for spelling."""
    mine, theirs = sorted(set(one) - set(other)), sorted(set(other) - set(one))
    return len(mine) == len(theirs) and all(
        same_name((a,), (b,)) for a, b in zip(mine, theirs, strict=True)
    )


def _folded(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def shared_names(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[int, float]:
    """Return how many surnames two lists share, and which part of the shorter list that is."""
    short, long = sorted((one, other), key=len)
    if not short:
        return 0, 0.0
    known = set(long)
    rest = [word for word in short if word not in known]
    found = len(short) - len(rest)
    if rest and found * 5 < len(short) * 4:
        found += _spelt_otherwise(rest, long)
    return found, found / len(short)


def _spelt_otherwise(rest: list[str], names: tuple[str, ...]) -> int:
    """Return how many words are names spelt in another way, or names that lost letters."""
    spellings = [_folded(word) for word in names if len(word) > SHORT_NAME]
    damaged = [word for word in names if MARK in word]
    return sum(
        any(fits(word, name) for name in (names if MARK in word else damaged))
        or (
            len(word) > SHORT_NAME
            and process.extractOne(
                _folded(word), spellings, scorer=fuzz.ratio, score_cutoff=SAME_NAME
            )
            is not None
        )
        for word in rest
    )
