"""Words of the lead's lists, marked in the titles and abstracts that are judged."""

import re
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reviews.models import ReviewSettings

# What may stand where a listed word has a space or a hyphen: a line end, another kind of hyphen.
GAP = re.compile(r"[\s\u2010-\u2015-]+")
ANY_GAP = r"[\s\u2010-\u2015-]+"


class Highlights:
    """The two lists of a review, ready to be looked for.

    A word is found whole, in any case; with an asterisk at its end, whatever it begins
    (``random*``). Where a word of one list begins a longer one of the other, the longer is marked.
    """

    def __init__(self, include: str, exclude: str) -> None:
        for_, against = words_of(include), words_of(exclude)
        longest_first = sorted({*for_, *against}, key=len, reverse=True)
        self._any = _pattern(longest_first)
        self._include = _pattern(for_)

    def mark(self, text: str) -> SafeString:
        """Return a text as HTML, its listed words marked as speaking for or against inclusion."""
        pieces: list[str] = []
        end = 0
        for found in self._any.finditer(text) if self._any else ():
            word = found.group()
            speaks_for = self._include is not None and self._include.fullmatch(word)
            kind = "include" if speaks_for else "exclude"
            pieces.append(text[end : found.start()])
            pieces.append(format_html('<mark class="word word-{}">{}</mark>', kind, word))
            end = found.end()
        return format_html_join("", "{}", ((piece,) for piece in (*pieces, text[end:])))


def words_of(lines: str) -> list[str]:
    """Return the words of a list that is written one a line."""
    return [word for line in lines.splitlines() if (word := line.strip())]


def highlights_of(settings: ReviewSettings) -> Highlights | None:
    """Return what a review has marked, or ``None`` where it lists no word."""
    if not settings.include_words and not settings.exclude_words:
        return None
    return _made(settings.include_words, settings.exclude_words)


@lru_cache(maxsize=64)
def _made(include: str, exclude: str) -> Highlights:
    return Highlights(include, exclude)


def _pattern(words: list[str]) -> re.Pattern[str] | None:
    found = "|".join(filter(None, map(_written, words)))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE) if found else None


def _written(word: str) -> str:
    stem = word.rstrip("*")
    parts = [re.escape(part) for part in GAP.split(stem) if part]
    return ANY_GAP.join(parts) + (r"\w*" if stem != word and parts else "")
