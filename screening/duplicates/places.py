"""Where a paper stands: volume, issue and pages as databases write them."""

import re
from dataclasses import dataclass

PAGE = re.compile(
    r"([a-z]{0,4})\.?\s?(\d{1,12})(?:\.e?\d{1,4})?([a-z]?)"
    r"(?:\s*[-\u2010-\u2015:]+\s*([a-z]{0,4})\.?\s?(\d{1,12}))?"
)
COUNT_OF_PAGES = re.compile(r"^\D{0,3}\d{1,4}\s?(?:p|pp|pages|s|bl|leaves)\.?$|^no |^n/?a$|epub")
BEFORE_PAGES = re.compile(r"^(?:pages?|pp?|art(?:icle)?(?:\.| no\.?| number)*|no)\.?\s*:?\s*(?=\w)")
NUMBER = re.compile(r"\d{1,9}")
ROMAN = re.compile(r"^[ivxlc]{1,8}$")
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
SUPPLEMENT = re.compile(r"s(?:up|pl)|abstr|meeting|congress", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\((\d{1,5})")


@dataclass(frozen=True, slots=True)
class Place:
    """Volume, issue and pages as numbers; 0 or ``""`` where the record does not say."""

    volume: int = 0
    issue: int = 0
    first: int = 0
    last: int = 0
    prefix: str = ""
    supplement: bool = False

    @property
    def abstract_page(self) -> bool:
        """Say whether the page looks like one of a supplement of abstracts."""
        return self.supplement or self.prefix in {"s", "a", "p", "os", "ps", "po", "abs", "op"}

    @property
    def several_pages(self) -> bool:
        """Say whether the record gives a first and another last page."""
        return self.last > self.first

    @property
    def article_number(self) -> bool:
        """Say whether the page is a number in an electronic journal, or counted from 1."""
        return self.first == 1 or (not self.last and (self.prefix == "e" or self.first > 9_999))


NOWHERE = Place()


def read_place(volume: str, issue: str, pages: str, year: int | None) -> Place:
    """Return the place that the three fields give between them."""
    if not (volume or issue or pages):
        return NOWHERE
    volume, issue = volume[:60].lower(), issue[:60].lower()
    number = _number(volume)
    part = _number(issue)
    if not part and (found := IN_BRACKETS.search(volume)):
        part = int(found.group(1))
    prefix, first, last = _pages(pages[:100].lower().strip())
    supplement = bool(SUPPLEMENT.search(volume) or SUPPLEMENT.search(issue))
    return Place(
        # A volume that repeats the year says nothing that the year does not.
        0 if number == year else number,
        0 if part in {year, number} else part,
        first,
        last,
        prefix,
        supplement,
    )


def _number(text: str) -> int:
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
    match = PAGE.search(BEFORE_PAGES.sub("", text))
    if match is None:
        return "", 0, 0
    prefix, first, suffix, _, last = match.groups()
    end = last or ""
    if end and len(end) < len(first):
        end = first[: len(first) - len(end)] + end
    return prefix or suffix, int(first), int(end) if end and int(end) >= int(first) else 0


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
        return 0
    if one.first == other.first:
        return _same_start(one, other)
    if one.last and one.last == other.last and one.prefix == other.prefix:
        return 1
    if one.several_pages and other.several_pages and _typed_wrong(one, other):
        return 1
    if one.article_number != other.article_number:
        return 0
    return -1


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
