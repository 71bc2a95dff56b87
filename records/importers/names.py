"""Names of authors as files print them: parted, without numbers and marks that are no name."""

import re
from collections.abc import Iterable, Sequence

# What R, pandas, SQL and spreadsheets write for "nothing".
ABSENT = frozenset(
    {"NA", "<NA>", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "Null", "None", "none"}
)
# R's "NA, NA" is the longest.
LONGEST_NOTHING = 6
LONGEST_ABSENT = max(map(len, ABSENT))
# An identifier of a person: 0000-0002-1825-0097, with what is written around it.
ORCID = re.compile(
    r"[\s,;]{0,3}[\[({<]{0,2}(?:https?://)?(?:www\.)?(?:orcid(?:\.org)?|orcid id|id)?"
    r"[\s:=/\])#-]{0,4}\b[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9Xx]\b/?[\])}>]{0,2}",
    re.IGNORECASE,
)
ORCID_WORD = re.compile(r"\s{0,3}[\[(]\s?orcid\s?:?\s?[\])]", re.IGNORECASE)
PERSON_NUMBER = re.compile(r"\s{0,3}[\[(][0-9]{7,12}[\])]")
SEPARATOR = re.compile(r"\s{0,5}[;；]\s{0,5}")
# The comma of lists of Chinese and Japanese names, and the sign they have for that alone.
CJK_NAME = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af·・]{2,12}")
CJK_SEPARATOR = re.compile(r"\s{0,5}[、，,]\s{0,5}")
CONJUNCTION = re.compile(r"\s{1,5}(?:and|&|＆)\s{1,5}", re.IGNORECASE)
LEADING = re.compile(r"^(?:and|&|＆)\s+(?=\S)", re.IGNORECASE)
TRAILING = " ,;&＆"
TRAILING_WORD = " and"
# One initial: J, J., Yu., Dzh. or JK; hyphens and spaces between several.
INITIAL = r"(?:[^\W\d_a-z]\.?|[^\W\d_a-z][a-z]{1,2}\.|Yu|Ya|Ch|Sh|Zh|Kh|Ts|Sz|Gy|Cs|Zs|Th|Ph)"
INITIALS = rf"{INITIAL}(?:[\s-]?{INITIAL}){{0,4}}"
FAMILY = r"(?:[^\W\d_](?:[^\W\d_]|['’`-]){0,40})"
PARTICLES = r"de|del|della|der|den|di|du|la|le|da|dos|van|von|zu|al|el|ten|ter|bin|ibn|st\.?"
FAMILIES = rf"(?:(?:{PARTICLES})\s){{0,4}}{FAMILY}(?:\s{FAMILY}){{0,2}}"
SUFFIX = r"(?:Jr|Sr|II|III|IV|2nd|3rd|4th)\.?"
INVERTED = re.compile(rf"{FAMILIES},?\s{INITIALS}(?:,?\s{SUFFIX})?")
DIRECT = re.compile(rf"{INITIALS}\s{FAMILIES}(?:,?\s{SUFFIX})?")
FULL = re.compile(rf"{FAMILIES},\s[^,;]{{1,60}}(?:,\s{SUFFIX})?")
WORDS = re.compile(r"[\s,]+")
LISTED = re.compile(r"\s{0,3},\s{0,3}")
SUFFIX_ALONE = re.compile(SUFFIX, re.IGNORECASE)
# A full stop after a word, as it ends a list; not that of an initial or an abbreviation.
FULL_STOP = re.compile(r"(?<=[a-z][a-z][a-z])\.$")
# A longer text is no name that anything is to be taken off from.
LONGEST_NAME = 2_000
ABBREVIATED = re.compile(
    r"\b(?:jnr|snr|inc|ltd|corp|dept|univ|prof|assoc|bros|etc|esq|gmbh|dzh|phil|al)\.$",
    re.IGNORECASE,
)


def is_absent(text: str) -> bool:
    """Say whether a text is what programs write where there is nothing."""
    return len(text) <= LONGEST_ABSENT and text in ABSENT


def names_in(texts: Sequence[str]) -> Sequence[str]:
    """Return the names in the texts of the authors, in order, as they should be shown.

    A text may hold several names, a mark or a number beside the name, or none at all.
    """
    if not texts or not _is_suspect(texts):
        return texts
    return [name for text in texts for part in _parted(text) if (name := as_shown(part))]


def shown(texts: Sequence[str]) -> Sequence[str]:
    """Return names that are parted already as they should be shown, without those of nobody."""
    return [name for text in texts if (name := as_shown(text))]


def _is_suspect(texts: Sequence[str]) -> bool:
    """Say quickly whether anything has to be done to these names; most are as they should be."""
    joined = "\n".join(texts)
    if joined.count(",") > len(texts) or ";" in joined or "&" in joined or "(" in joined:
        return True
    if "000" in joined or "and " in joined or "rcid" in joined or "RCID" in joined:
        return True
    if not joined.isascii() and any(mark in joined for mark in "；、，＆"):
        return True
    for text in texts:
        # A small letter before a full stop: a word ends there, or an initial of two letters.
        if text.endswith((".", ",")) and text[-2:-1] > "Z":
            return True
        if len(text) <= LONGEST_NOTHING and ("N" in text or "n" in text or text.endswith(",")):
            return True
    return "AND " in joined or ",\n" in joined or joined.endswith(",")


def _parted(text: str) -> Iterable[str]:
    """Yield the names of one text."""
    for part in SEPARATOR.split(text):
        yield from _listed(part)


def _listed(text: str) -> Sequence[str]:
    """Return the names of a text without semicolons: commas and ``and`` part them, if persons."""
    text = LEADING.sub("", text.strip())
    if not text.isascii():
        names = CJK_SEPARATOR.split(text)
        if len(names) > 1 and all(map(CJK_NAME.fullmatch, names)):
            return names
        text = text.replace("，", ", ").replace("  ", " ")
    halves = CONJUNCTION.split(text)
    if len(halves) > 1:
        parts = [name for half in halves for name in _by_commas(half.strip(" ,"))]
        return parts if all(map(is_person, parts)) else [text]
    return _by_commas(text)


def _by_commas(text: str) -> Sequence[str]:
    """Return the names of ``Smith J, Doe A, Jr.``; where initials do not show them, the text."""
    parts = LISTED.split(text)
    if len(parts) < 2:
        return [text]
    together: list[list[str]] = []
    for part in parts:
        if together and SUFFIX_ALONE.fullmatch(part):
            together[-1].append(part)
        else:
            together.append([part])
    names = [", ".join(each) for each in together]
    if len(names) > 1 and all(INVERTED.fullmatch(name) or DIRECT.fullmatch(name) for name in names):
        return names
    # Smith, J., Doe, A. B.: family and initials in turns.
    pairs = [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=False)]
    if (
        len(parts) > 2
        and len(parts) % 2 == 0
        and all(re.fullmatch(INITIALS, given) for given in parts[1::2])
    ):
        return pairs
    return [text]


def is_person(text: str) -> bool:
    """Say whether a text is surely the name of one person, by its comma or its initials."""
    return any(pattern.fullmatch(text) for pattern in (INVERTED, DIRECT, FULL))


def _without_trailing(name: str) -> str:
    """Return a name without the signs and words that joined it to the next one."""
    name = name.rstrip(TRAILING)
    while name[-len(TRAILING_WORD) :].lower() == TRAILING_WORD:
        name = name[: -len(TRAILING_WORD)].rstrip(TRAILING)
    return name.strip()


def as_shown(text: str) -> str:
    """Return one name without ORCID and other numbers, marks at its end, or ``""`` for none."""
    name = text.strip()
    if len(name) > LONGEST_NAME:
        return name
    if name[-1:] in ")]}>0123456789Xx/" or "rcid" in name.lower() or "000" in name:
        without = ORCID_WORD.sub("", PERSON_NUMBER.sub("", ORCID.sub("", name)))
        name = without.strip(" ,/") if without != name else name
    name = _without_trailing(LEADING.sub("", name))
    if FULL_STOP.search(name) and not ABBREVIATED.search(name):
        name = name[:-1]
    return "" if all(map(is_absent, WORDS.split(name))) else name
