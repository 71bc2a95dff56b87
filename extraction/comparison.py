"""Whether two people gave the same answer to one question."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum

from extraction.schema import Answer, FieldSpec, FieldType

# Whether two texts are names of one thing, by the vocabulary of that name.
SameWord = Callable[[str, str, str], bool]

# Twice the digits an answer may have, so that a difference stays exact.
_PRECISION = 100
_ONE_DECIMAL = Decimal("0.1")
_TYPOGRAPHY = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        # Their compatible forms would join the digits before them: 10² is not 102.
        "¹": "^1",
        "²": "^2",
        "³": "^3",
        "½": " 1/2",
        "¼": " 1/4",
        "¾": " 3/4",
    }
)


class DifferenceState(StrEnum):
    """How two answers stand to each other."""

    SAME = "same"
    SAME_AFTER_NORMALISING = "same_after_normalising"
    DIFFERENT = "different"
    ONLY_A = "only_a"
    ONLY_B = "only_b"

    @property
    def agrees(self) -> bool:
        """Whether nobody has to settle anything."""
        return self in {DifferenceState.SAME, DifferenceState.SAME_AFTER_NORMALISING}


@dataclass(frozen=True)
class Difference:
    """The outcome of one comparison.

    For two numbers that differ, ``amount`` is B less A as an exact decimal, and ``percent`` its
    size as a percentage of the larger of the two, to one decimal; both are empty otherwise.
    """

    state: DifferenceState
    amount: str = ""
    percent: str = ""

    @property
    def agrees(self) -> bool:
        """Whether nobody has to settle anything."""
        return self.state.agrees


def compare(
    spec: FieldSpec,
    a: Answer | None,
    b: Answer | None,
    *,
    alignment: Mapping[str, str] | None = None,
    same_word: SameWord | None = None,
) -> Difference:
    """Compare two answers to one field; blank, and each missing code, is a state of its own.

    How a value was obtained is a part of the answer.

    Args:
        spec: the field both answer.
        a: the answer in copy A; ``None`` where it is blank.
        b: the answer in copy B; ``None`` where it is blank.
        alignment: element of A to element of B, for answers that name elements.
        same_word: for texts that a vocabulary knows under several names.
    """
    if a is None or b is None:
        return Difference(_one_sided(a, b))
    if a.missing or b.missing:
        same = a.missing == b.missing
        return Difference(DifferenceState.SAME if same else DifferenceState.DIFFERENT)
    if a.obtained != b.obtained:
        return Difference(DifferenceState.DIFFERENT)
    if a.number and b.number:
        return _compare_numbers(a, b)
    if spec.type.is_reference:
        mapped = {(alignment or {}).get(uid, "") for uid in a.parts}
        same = mapped == set(b.parts)
        return Difference(DifferenceState.SAME if same else DifferenceState.DIFFERENT)
    return Difference(_compare_texts(spec, a, b, same_word))


def compare_question(
    spec: FieldSpec,
    a: Mapping[str, Answer],
    b: Mapping[str, Answer],
    *,
    alignment: Mapping[str, str] | None = None,
    same_word: SameWord | None = None,
) -> Difference:
    """Compare the answers to one question; a summary statistic is the same if all its parts are.

    Args:
        spec: the question.
        a: the answers in copy A by key of the cell; empty where it is blank.
        b: the answers in copy B, likewise.
        alignment: see ``compare``.
        same_word: see ``compare``.
    """
    if spec.type is not FieldType.SUMMARY or not (a and b):
        first, second = (next(iter(side.values()), None) for side in (a, b))
        return compare(spec, first, second, alignment=alignment, same_word=same_word)
    parts = [compare(part, a.get(part.key), b.get(part.key)) for part in spec.cells]
    apart = [part for part in parts if not part.agrees]
    if len(apart) == 1:
        return Difference(DifferenceState.DIFFERENT, apart[0].amount, apart[0].percent)
    if apart:
        return Difference(DifferenceState.DIFFERENT)
    same = all(part.state is DifferenceState.SAME for part in parts)
    return Difference(DifferenceState.SAME if same else DifferenceState.SAME_AFTER_NORMALISING)


def _one_sided(a: Answer | None, b: Answer | None) -> DifferenceState:
    if a is None and b is None:
        return DifferenceState.SAME
    return DifferenceState.ONLY_B if a is None else DifferenceState.ONLY_A


def _compare_numbers(a: Answer, b: Answer) -> Difference:
    if a.unit != b.unit:
        return Difference(DifferenceState.DIFFERENT)
    first, second = Decimal(a.number), Decimal(b.number)
    if first == second and a.qualifier == b.qualifier:
        same = a.text == b.text
        return Difference(DifferenceState.SAME if same else DifferenceState.SAME_AFTER_NORMALISING)
    with localcontext(Context(prec=_PRECISION)):
        amount = second - first
        larger = max(abs(first), abs(second))
        percent = (100 * abs(amount) / larger) if larger else Decimal(0)
        shown = percent.quantize(_ONE_DECIMAL, rounding=ROUND_HALF_UP)
    return Difference(DifferenceState.DIFFERENT, _plain(amount), f"{shown:f}")


def _plain(amount: Decimal) -> str:
    return f"{amount:f}" if amount else "0"


def _compare_texts(
    spec: FieldSpec, a: Answer, b: Answer, same_word: SameWord | None
) -> DifferenceState:
    if a.text == b.text:
        return DifferenceState.SAME
    if spec.type.is_choice:
        same = set(a.parts) == set(b.parts)
        return DifferenceState.SAME if same else DifferenceState.DIFFERENT
    same = normalised(a.text) == normalised(b.text)
    if not same and spec.vocabulary and same_word is not None:
        same = same_word(spec.vocabulary, a.text, b.text)
    return DifferenceState.SAME_AFTER_NORMALISING if same else DifferenceState.DIFFERENT


def normalised(text: str) -> str:
    """Return a text without what typing alone changes: case, space, Unicode form and dashes."""
    compatible = unicodedata.normalize("NFKC", text.translate(_TYPOGRAPHY))
    return " ".join(unicodedata.normalize("NFKC", compatible.casefold()).split())
