"""Where a paper stands: volume, issue and pages as databases write them."""

import re
from dataclasses import dataclass

PAGE = re.compile(
    r"([a-z]{0,4})\.?\s?(\d{1,12})(?:\.e?\d{1,4})?([a-z]?)"
    r"(?:\s*[-\u2010-\u2015:]+\s*([a-z]{0,4})\.?\s?(\d{1,12}))?"
)
COUNT_OF_PAGES = re.compile(r"^\D{0,3}\d{1,4}\s?(?:p|pp|pages|s|bl|leaves)\.?$|^no |^n/?a$|epub")
BEFORE_PAGES = re.compile(
    r"^(?:pages?|pp?|art(?:icle|n)?(?:\.| no\.?| number| id)*|no)\.?\s*:?\s*(?=\w)"
)
NUMBER = re.compile(r"\d{1,9}")
ROMAN = re.compile(r"^[ivxlc]{1,8}$")
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
SUPPLEMENT = re.compile(r"s(?:up|pl)|abstr|meeting|congress|\bs\d{1,2}\b", re.IGNORECASE)
ABSTRACT_PAGES = frozenset(("s", "a", "p", "os", "ps", "po", "abs", "op"))
# "b2393" and "e04012": an article's number in its journal, not a page of a section.
FIGURES_OF_ARTICLE = 1_000
# An abstract of a congress is shorter; a whole section of abstracts is longer.
ARTICLE_LENGTH = 4
LONG_RANGE = 60
# "Suppl-12" and "t-8": what one database leaves of "S8-12" and "pt-8" is a last page only.
TAIL = re.compile(r"^(?:t|pt|suppl?|supplement)\.?\s?[-\u2010-\u2015]\s?(\d{1,5})$")
FIGURES_OF_TAIL = 2
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# "10-May" and "Oct-15": what a spreadsheet made of pages or an issue.
DATE = re.compile(rf"^(?:\d{{1,2}}-(?:{MONTHS})|(?:{MONTHS})-\d{{2}})$")
ASIDE = re.compile(r"discuss|quiz|repl|respon|comment|author|errat")
# "1)" and "(4)": what an export left of "26 (Suppl 1)" and "26(4)" is no volume.
TORN = re.compile(r"^[^(]*\)|^\W*\(")
IN_BRACKETS = re.compile(r"\((\d{1,5})")


NO_RANGES: frozenset[tuple[str, int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Volume, issue and pages as numbers; 0 or ``""`` where the record does not say.

    ``ranges`` holds the pages of a paper in several pieces; ``last`` may stand without ``first``.
    """

    volume: int = 0
    issue: int = 0
    first: int = 0
    last: int = 0
    prefix: str = ""
    supplement: bool = False
    ranges: frozenset[tuple[str, int, int]] = NO_RANGES

    @property
    def abstract_page(self) -> bool:
        """Say whether the page looks like one of a supplement of abstracts."""
        if not self.in_supplement:
            return False
        pages = self.last - self.first + 1 if self.several_pages else 1
        return not ARTICLE_LENGTH <= pages <= LONG_RANGE

    @property
    def in_supplement(self) -> bool:
        """Say whether volume, issue or page name a supplement."""
        return self.supplement or self.prefix in ABSTRACT_PAGES

    @property
    def several_pages(self) -> bool:
        """Say whether the record gives a first and another last page."""
        return self.last > self.first > 0

    @property
    def article_number(self) -> bool:
        """Say whether the page is a number in an electronic journal, or counted from 1."""
        return self.first == 1 or (not self.last and self.numbered)

    @property
    def numbered(self) -> bool:
        """Say whether the page looks like the number of an article: ``e12``, ``b2393``, 10045."""
        if self.prefix == "e" or self.first > 9_999:
            return True
        lettered = self.prefix and self.prefix not in ABSTRACT_PAGES
        return bool(lettered) and self.first >= FIGURES_OF_ARTICLE


NOWHERE = Place()


def read_place(volume: str, issue: str, pages: str, year: int | None) -> Place:
    """Return the place that the three fields give between them."""
    if not (volume or issue or pages):
        return NOWHERE
    volume, issue, pages = volume[:60].lower(), issue[:60].lower(), pages[:100].lower().strip()
    number = 0 if TORN.search(volume) else _number(volume)
    part = _number(issue)
    if not part and (found := IN_BRACKETS.search(volume)):
        part = int(found.group(1))
    prefix, first, last = _pages(pages)
    named = SUPPLEMENT.search(volume) or SUPPLEMENT.search(issue) or pages.startswith("suppl")
    return Place(
        # A volume that repeats the year says nothing that the year does not.
        0 if number == year else number,
        0 if part in {year, number} else part,
        first,
        last,
        prefix,
        bool(named),
        _ranges(pages) if "," in pages or ";" in pages else NO_RANGES,
    )


def _number(text: str) -> int:
    if "-" in text and DATE.match(text.strip()):
        return 0
    if match := NUMBER.search(text):
        return int(match.group())
    bare = text.strip(" .")
    if not ROMAN.match(bare):
        return 0
    values = [ROMAN_VALUES[letter] for letter in bare]
    return sum(-v if v < max(values[at:]) else v for at, v in enumerate(values))


def _pages(text: str) -> tuple[str, int, int]:
    if not text or COUNT_OF_PAGES.search(text):
        return "", 0, 0
    if text[0].isalpha() or text[-1].isalpha():
        if DATE.match(text):
            return "", 0, 0
        if tail := TAIL.match(text):
            return "", 0, int(tail.group(1))
    match = PAGE.search(BEFORE_PAGES.sub("", text))
    if match is None:
        return "", 0, 0
    prefix, first, suffix, _, last = match.groups()
    end = last or ""
    if end and len(end) < len(first):
        end = first[: len(first) - len(end)] + end
    # An end before its start tells where the paper ends, if one figure of the start is wrong.
    ends = end and (int(end) >= int(first) or len(last) == len(first))
    return prefix or suffix, int(first), int(end) if ends else 0


def _ranges(text: str) -> frozenset[tuple[str, int, int]]:
    """Return the ranges of a paper in several pieces, without what others say of it."""
    pieces = (
        _pages(piece.strip())
        for piece in text.replace(";", ",").split(",")
        if not ASIDE.search(piece)
    )
    ranges = frozenset(piece for piece in pieces if piece[2] > piece[1] > 0)
    return ranges if len(ranges) > 1 else NO_RANGES


def same_volume(one: Place, other: Place) -> int:
    """Return 1 when the volumes are the same, -1 when they differ, 0 when that cannot be said."""
    if not one.volume or not other.volume:
        return 0
    if one.volume == other.volume:
        return 1
    if one.volume == other.issue or other.volume == one.issue:
        # Volume and issue swapped; with one of them alone it stays open.
        return 1 if one.issue == other.volume and other.issue == one.volume else 0
    return -1


def same_issue(one: Place, other: Place) -> int:
    """Return 1 when the issues are the same, -1 when they differ, 0 when that cannot be said."""
    if not one.issue or not other.issue or same_volume(one, other) < 0:
        return 0
    if one.issue in {other.issue, other.volume}:
        return 1
    return -1


def same_pages(one: Place, other: Place) -> int:
    """Return 2 for the same first page, 1 for one typed wrong, -1 for others, 0 when unknown."""
    if not one.first or not other.first:
        return _same_tail(one, other)
    if one.first == other.first:
        return _same_start(one, other)
    if _share_an_end(one, other) or _is_its_end(one, other) or _is_its_end(other, one):
        return 1
    if one.several_pages and other.several_pages and _typed_wrong(one, other):
        return 1
    return 0 if _counted_otherwise(one, other) else -1


def _counted_otherwise(one: Place, other: Place) -> bool:
    """Say whether one has a page and the other an article's number, or pages counted from 1.

    A file's own count of pages says nothing of those of the journal. Where both have the same
    letter before their number, both count alike.
    """
    if (one.first == 1) != (other.first == 1):
        return True
    if one.article_number == other.article_number:
        return False
    return one.prefix != other.prefix or not one.prefix


def _is_its_end(one: Place, other: Place) -> bool:
    """Say whether one names a single page, which is the last of the other."""
    alone = not one.last and one.prefix in {"", other.prefix}
    return alone and other.several_pages and one.first == other.last


def _same_tail(one: Place, other: Place) -> int:
    """Compare pages of which one is a last page only; a page's last figure says too little."""
    if not one.last or not other.last:
        return 0
    short, long = sorted((str(one.last), str(other.last)), key=len)
    alike = long.endswith(short)
    if not one.first and not other.first:
        return 0 if alike else -1
    tail, whole = (other, one) if one.first else (one, other)
    figures = str(tail.last)
    told = figures == long or (figures == short and len(figures) >= FIGURES_OF_TAIL)
    # "Suppl-5" was cut from "S11-5": both stand in a supplement, on more pages than one.
    cut = tail.supplement and whole.in_supplement and whole.several_pages
    return int(alike and (told or (cut and figures == short)))


def _share_an_end(one: Place, other: Place) -> bool:
    """Say whether the last pages are the same, or one whole piece of papers in several pieces."""
    if one.last and one.last == other.last and one.prefix == other.prefix:
        return True
    if not one.ranges and not other.ranges:
        return False
    mine, theirs = (
        place.ranges or {(place.prefix, place.first, place.last)} for place in (one, other)
    )
    return any(last > first for _, first, last in mine & theirs)


def _same_start(one: Place, other: Place) -> int:
    if one.prefix != other.prefix and one.prefix and other.prefix:
        return -1
    if one.first > 1 or one.last == other.last > 1:
        return 2
    return 0 if not one.last or not other.last else -1


def _typed_wrong(one: Place, other: Place) -> bool:
    """Say whether one range lies in the other, or their first pages differ in order of figures."""
    if one.first <= other.first <= other.last <= one.last:
        return one.last - other.last <= 1 and other.first - one.first <= 1
    if other.first <= one.first <= one.last <= other.last:
        return other.last - one.last <= 1 and one.first - other.first <= 1
    return sorted(str(one.first)) == sorted(str(other.first)) and abs(one.last - other.last) < 3
