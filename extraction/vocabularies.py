"""Words that have other names: categories of treatment, instruments, schemes of severity.

A review extends what ships. Two names are the same where a list says so, never where they hold
opposite words; what no list knows is compared as text.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from extraction.comparison import normalised
from extraction.schema import shipped_instruments
from extraction.schema.meanings import shipped_words

_NO_WORD = re.compile(r"[\W_]+")
_NON = re.compile(r"\bnon (?=\w)")
_SHORTEST_NEGATED = len("nonword")


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
                names.setdefault(name_key(name), term.name)
        return names

    @property
    def names(self) -> list[str]:
        """The terms by name, in their order."""
        return [term.name for term in self.terms]

    def term(self, text: str) -> str:
        """Return the name of the term a text stands for, empty where no term has that name."""
        return self._known.get(name_key(text), "")

    def called(self, text: str) -> str:
        """Return the term a text stands for, or the text itself with single spaces."""
        return self.term(text) or " ".join(text.split())

    def are_same(self, one: str, other: str) -> bool:
        """Return whether two texts are names of one term and hold no opposite words."""
        term = self.term(one)
        return bool(term) and term == self.term(other) and not are_opposites(one, other)


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
        shipped = (Term(one.name, (one.key, *one.aliases)) for one in shipped_instruments())
        return Vocabulary((*self.own.get("instruments", ()), *shipped))

    @cached_property
    def severity(self) -> Vocabulary:
        """The schemes of severity, the review's own first."""
        shipped = (Term(row["name"], tuple(row["aliases"])) for row in shipped_words()["severity"])
        return Vocabulary((*self.own.get("severity", ()), *shipped))

    def named(self, name: str) -> Vocabulary:
        """Return the vocabulary that a question names; ``KeyError`` where there is none."""
        return {
            "categories": self.categories,
            "instruments": self.instruments,
            "severity": self.severity,
        }[name]

    def are_same(self, name: str, one: str, other: str) -> bool:
        """Return whether two texts are names of one term of a vocabulary."""
        return self.named(name).are_same(one, other)


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Return the words of a name, without case, accents and signs."""
    parted = unicodedata.normalize("NFKD", normalised(text))
    plain = "".join(character for character in parted if not unicodedata.combining(character))
    return _NO_WORD.sub(" ", plain).strip()


def name_key(text: str) -> str:
    """Return what two ways to write one name have in common: iHOT-12, iHOT 12 and iHOT12."""
    return bare(text).replace(" ", "")


def are_opposites(one: str, other: str) -> bool:
    """Return whether two names say opposite things, as left and right do.

    A name that says both, as flexion and extension, is not the name of one of the two.
    """
    return have_opposites(words_of(one), words_of(other))


@lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """Return the words of a name; “non” belongs to the word after it."""
    return frozenset(_NON.sub("non", bare(text)).split())


def have_opposites(first: frozenset[str], second: frozenset[str]) -> bool:
    """Return whether the words of one name are opposite to those of another."""
    if first == second:
        return False
    ours, theirs = first & _poles(), second & _poles()
    if ours and theirs and ours != theirs:
        for pair in _opposites():
            if ours & pair and theirs & pair and ours & pair != theirs & pair:
                return True
    return _negates(first, second) or _negates(second, first)


def _negates(words: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether a name says “non” of a word of another name."""
    return any(
        word.startswith("non") and len(word) >= _SHORTEST_NEGATED and word[3:] in others
        for word in words
    )


@cache
def _opposites() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(pair) for pair in shipped_words()["opposites"])


@cache
def _poles() -> frozenset[str]:
    return frozenset().union(*_opposites())


def read_terms(rows: Iterable[Mapping[str, object]]) -> tuple[Term, ...]:
    """Return terms from plain data: a name, and its aliases as a list."""
    terms = []
    for row in rows:
        aliases = row.get("aliases")
        listed = tuple(str(alias) for alias in aliases) if isinstance(aliases, list) else ()
        terms.append(Term(str(row["name"]), listed))
    return tuple(terms)
