"""Words as the index of the search holds them, and the field that asks it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Lookup, TextField

from records.text_index import BORDER, LETTERS, MARKS, digit_e

MAX_WORD = 100
ACCENTS = re.compile(rf"([A-Za-z])[{MARKS}]+")


@dataclass(frozen=True)
class Term:
    """Words that stand next to each other; of the last one, perhaps, only the beginning."""

    words: tuple[str, ...]
    beginning: bool = False
    excluded: bool = False


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded as the index folds them."""
    text = unicodedata.normalize("NFD", text)
    text = unicodedata.normalize("NFC", ACCENTS.sub(r"\1", text))
    for letter, plain in LETTERS.items():
        text = text.replace(letter, plain)
    kept = "".join(char if _in_word(char) else " " for char in text)
    return tuple(word[:MAX_WORD] for word in kept.lower().split())


def _in_word(char: str) -> bool:
    category = unicodedata.category(char)
    return (category[0] in "LM" or category == "Nd") and char != BORDER


class WordsField(TextField):
    """The words of a record as its database keeps them: to be searched, never to be read."""


@WordsField.register_lookup
class Matches(Lookup[Any]):
    """Whether every one of some terms occurs."""

    lookup_name = "matches"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        """Return the terms as the database asks for them."""
        write = _for_postgresql if connection.vendor == "postgresql" else _for_sqlite
        return "%s", [write(value)]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the comparison in the database's own words."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        query = f"{left} MATCH {right}"
        if connection.vendor == "postgresql":
            query = f"{left} @@ {right}::tsquery"
        return query, [*left_params, *right_params]


def _for_sqlite(terms: Sequence[Term]) -> str:
    phrases = (f'"{" ".join(term.words)}"{" *" * term.beginning}' for term in terms)
    return " AND ".join(phrases)


def _for_postgresql(terms: Sequence[Term]) -> str:
    phrases = []
    # The border costs more there than it spares: every word of a query is looked for in each row.
    for term in (term for term in terms if not term.words[0].startswith(BORDER)):
        words = [f"'{digit_e(word)}'" for word in term.words]
        words[-1] += ":*" * term.beginning
        phrases.append(f"({' <-> '.join(words)})")
    return " & ".join(phrases)
