"""The names in an author field of BibTeX, parted and families first."""

import html
import re
from collections.abc import Iterator, Sequence

from records.importers.latex import is_marked, letters_composed, plain_text

NOBODY = frozenset({"others", "et al", "et al.", "etal"})
LONGEST_NOBODY = max(map(len, NOBODY))
PARTING = re.compile(
    r"\\.|[{}]|(?:^|(?<=[\s}~,]))and(?=[\s{~,])|[;；]|(?<=\s)\\?[&＆](?=\s)", re.S | re.I
)
ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,5}|#[xX][0-9A-Fa-f]{1,4});")
ET_AL = re.compile(r"[\s,]et\.? al\.?$", re.IGNORECASE)
LONGEST_ET_AL = len(" et. al.")
AROUND = " \t\n,"
GROUP_WORDS = frozenset({"&", "\\&", "of", "for", "the", "and"})
# What the plain word `and` alone does not part.
PARTED_OTHERWISE = re.compile(r"[{}\\;；&＆~]|\s(?!and)[aA][nN][dD]\s|^and\s|\sand$")
# The space that would end a command is the one before the word.
BEFORE_AND = re.compile(r"(\\[A-Za-z]{1,3})\s+(?=and\s)")
WORD_MARKS = re.compile(r"\\.|[{}]|[\s~]+", re.DOTALL)
# `JA`, `J.A.`, `J.-P.`, `Yu. A.` after a family, which BibTeX does not know of.
INITIALS = re.compile(r"[^\W\d_a-z]{1,4}\.?|[^\W\d_a-z]-[^\W\d_a-z]|(?:[^\W\d_a-z][a-z]?\.-?){1,5}")
DOTTED = re.compile(r"(?:[^\W\d_a-z][a-z]{0,2}\.-?){1,5}")
SUFFIX = re.compile(r"(?:Jr|Sr|Jnr|Snr)\.?|I{2,3}|IV", re.IGNORECASE)
CAPITALISED = re.compile(r"[^\W\d_a-z]\w*[’'.-]?\w*\.?")
# One of several names that commas list: `J. K. Hartwell`, `Hartwell JK`, `Jane K. Hartwell`.
LISTED = re.compile(
    r"(?:[^\W\d_a-z][a-z]?\.[\s~-]?){1,4}\s?[^\W\d_][\w’'-]+(?:\s[^\W\d_][\w’'-]+)?"
    r"|[^\W\d_][\w’'-]+(?:\s[^\W\d_][\w’'-]+)?\s[^\W\d_a-z]{1,3}"
    r"|[^\W\d_][\w’'-]+\s(?:[^\W\d_a-z]\.?\s){1,2}[^\W\d_][\w’'-]+"
)
# Braces may stand within braces once or twice: what is left of them holds no comma of its own.
BRACED = re.compile(r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,500}\}){0,500}\}){0,500}\}")
NEXT_PERSON = re.compile(r"\s(?:and|&|\\&)\s|;")
LONGEST_PERSON = 200
ALL_IN_BRACES = re.compile(r"\s*\{([^{}]{1,100000})\}\s*")


def names_in(text: str) -> list[str]:
    """Return the names in an author field, families first."""
    if not text:
        return []
    if "&" in text and ";" in text:
        text = ENTITY.sub(_character, text)
    if text.lstrip()[:1] == "{":
        text = _opened(text)
    if "\\" in text:
        text = letters_composed(BEFORE_AND.sub(r"\1{} ", text))
    names = []
    for part in _people(text):
        name = _family_first(part)
        if is_marked(name):
            name = plain_text(name)
        if name and (len(name) > LONGEST_NOBODY or name.lower() not in NOBODY):
            names.append(name)
    return names


def _character(entity: re.Match[str]) -> str:
    character = html.unescape(entity.group())
    return "\\&" if character == "&" else character


def _opened(text: str) -> str:
    """Return a field without braces around all its names; those of a group stay."""
    whole = ALL_IN_BRACES.fullmatch(text)
    if whole is None:
        return text
    names = list(_people(whole.group(1)))
    return whole.group(1) if len(names) > 1 and all("," in name for name in names) else text


def _people(text: str) -> Iterator[str]:
    """Yield the names that ``and``, semicolons, ampersands or commas part outside of braces."""
    names = (
        _parted(text) if PARTED_OTHERWISE.search(text) else " ".join(text.split()).split(" and ")
    )
    for name in names:
        bare = name.strip(AROUND)
        if found := ET_AL.search(bare, max(len(bare) - LONGEST_ET_AL, 0)):
            bare = bare[: found.start()].rstrip(AROUND)
        # Where one word stands before the first comma, it is a family and no name of its own.
        if " " in bare[: bare.find(",") + 1]:
            yield from _listed(bare)
        else:
            yield bare


def _parted(text: str) -> Iterator[str]:
    """Yield what the word ``and`` or a mark parts outside of braces."""
    depth, start = 0, 0
    for found in PARTING.finditer(text):
        mark = found.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
        elif depth or (mark[0] == "\\" and mark[-1] not in "&＆"):
            continue
        elif mark[-1] in "&＆":
            if _stands_between_persons(text, start, found):
                yield text[start : found.start()]
                start = found.end()
        else:
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


def _stands_between_persons(text: str, start: int, mark: re.Match[str]) -> bool:
    """Say whether an ampersand parts two persons and is no part of a group's name."""
    if mark.start() - start > LONGEST_PERSON:
        return False
    after = NEXT_PERSON.split(text[mark.end() : mark.end() + LONGEST_PERSON], maxsplit=1)[0]
    return _is_person(text[start : mark.start()]) and _is_person(after)


def _is_person(text: str) -> bool:
    """Say whether a text beside an ampersand is a person's name and no part of a group's."""
    text = text.strip()
    words = text.replace(",", " ").split()
    return len(words) > 1 and ("," in text or all(map(CAPITALISED.fullmatch, words)))


def _listed(name: str) -> Sequence[str]:
    """Return the names of ``J. Hartwell, P. Osei`` or ``Hartwell JK, Osei PM``, else the name."""
    if "{" in name:
        return (name,)
    parts = [part.strip() for part in name.split(",")]
    return parts if len(parts) > 1 and all(map(LISTED.fullmatch, parts)) else (name,)


def _family_first(name: str) -> str:
    """Return ``Ludwig van Beethoven`` as ``van Beethoven, Ludwig``, by the rules of BibTeX."""
    if "," in name and "{" not in name and "\\" not in name:
        return name
    words = _words(name)
    if len(words) < 2 or any("," in BRACED.sub("", word) for word in words):
        return name
    if not GROUP_WORDS.isdisjoint(words):
        return name
    suffix = f", {words.pop()}" if len(words) > 2 and SUFFIX.fullmatch(words[-1]) else ""
    last = words[-1]
    if INITIALS.fullmatch(last) or (DOTTED.fullmatch(last) and DOTTED.fullmatch(words[-2])):
        return name
    family = len(words) - 1
    for at, word in enumerate(words[:-1]):
        if at and word[0].islower():
            family = at
            break
    return f"{' '.join(words[family:])}, {' '.join(words[:family])}{suffix}"


def _words(name: str) -> list[str]:
    """Return the words of a name; what braces hold together is one word."""
    if "{" not in name and "\\" not in name and "~" not in name:
        return name.split()
    words, depth, start = [], 0, 0
    for found in WORD_MARKS.finditer(name):
        mark = found.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
        elif mark[0] != "\\" and depth == 0:
            words.append(name[start : found.start()])
            start = found.end()
    words.append(name[start:])
    return [word for word in words if word]
