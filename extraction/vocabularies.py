"""Words that have other names: categories of treatment, instruments, schemes of severity.

A review extends what ships. Two names are the same where a list says so, never where they hold
opposite words; what no list knows is compared as text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from extraction.comparison import normalised
from extraction.schema import shipped_instruments
from extraction.schema.meanings import shipped_words

_WORDS = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Term:
    """One word of a vocabulary with the other names it goes by."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """Terms in their order; a name found in none of them stands for itself."""

    terms: Sequence[Term] = ()

    @cached_property
    def _known(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for term in self.terms:
            for name in (term.name, *term.aliases):
                names.setdefault(bare(name), term.name)
        return names

    @property
    def names(self) -> list[str]:
        """The terms by name, in their order."""
        return [term.name for term in self.terms]

    def term(self, text: str) -> str:
        """Return the name of the term a text stands for, empty where no term has that name."""
        return self._known.get(bare(text), "")

    def called(self, text: str) -> str:
        """Return the term a text stands for, or the text itself with single spaces."""
        return self.term(text) or " ".join(text.split())


@dataclass(frozen=True)
class Vocabularies:
    """The vocabularies of one review, those that ship included."""

    own: Mapping[str, Sequence[Term]] = field(default_factory=dict)

    @cached_property
    def categories(self) -> Vocabulary:
        """The categories of treatment, in the order in which tables print them."""
        return Vocabulary(tuple(self.own.get("categories", ())))

    @cached_property
    def instruments(self) -> Vocabulary:
        """The outcome instruments, the review's own first."""
        shipped = (
            Term(one.name, (one.key, *one.aliases)) for one in shipped_instruments()
        )
        return Vocabulary((*self.own.get("instruments", ()), *shipped))

    @cached_property
    def severity(self) -> Vocabulary:
        """The schemes of severity, the review's own first."""
        shipped = (
            Term(row["name"], tuple(row["aliases"])) for row in shipped_words()["severity"]
        )
        return Vocabulary((*self.own.get("severity", ()), *shipped))


def bare(text: str) -> str:
    """Return a name without case, signs and spacing."""
    return _WORDS.sub(" ", normalised(text)).strip()


def are_opposites(one: str, other: str) -> bool:
    """Return whether two names differ in words that are opposites, as left and right."""
    first, second = set(bare(one).split()), set(bare(other).split())
    only_first, only_second = first - second, second - first
    return any(
        (a in only_first and b in only_second) or (b in only_first and a in only_second)
        for a, b in _opposites()
    )


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in shipped_words()["opposites"])


def read_terms(rows: Iterable[Mapping[str, object]]) -> tuple[Term, ...]:
    """Return terms from plain data: a name, and its aliases as a list."""
    terms = []
    for row in rows:
        aliases = row.get("aliases")
        listed = tuple(str(alias) for alias in aliases) if isinstance(aliases, list) else ()
        terms.append(Term(str(row["name"]), listed))
    return tuple(terms)
