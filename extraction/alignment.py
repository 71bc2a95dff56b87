"""Which element of copy A is which element of copy B: a proposal that a person settles."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from rapidfuzz import fuzz

from extraction.comparison import normalised
from extraction.schema import CopyAnswers, ElementAnswers, shipped_instruments

LEAST_SCORE = Decimal("0.50")

_COUNTS = (
    "patients_treated",
    "units_treated",
    "patients_analysed",
    "units_analysed",
    "women",
    "age_mean",
    "follow_up_mean",
)
_RESULT_NUMBERS = ("n", "mean", "sd", "median", "q1", "q3", "min", "max", "events", "percent")
_WORDS = re.compile(r"[^0-9a-z]+")
_DIGITS = re.compile(r"[0-9]+")

Score = tuple[Decimal, str]
Scorer = Callable[[ElementAnswers, ElementAnswers], Score]


@dataclass(frozen=True)
class ProposedPair:
    """Two elements taken for the same, or one that only one person listed.

    ``score`` is a decimal from 0 to 1 as text; ``why`` says in words what it rests on.
    """

    level: str
    a_uid: str | None
    b_uid: str | None
    score: str
    why: str


def propose(a: CopyAnswers, b: CopyAnswers) -> list[ProposedPair]:
    """Propose an alignment of two copies, the same for every order of their elements.

    Every element of both copies stands in exactly one pair; what has no partner stands alone.
    """
    pairs: list[ProposedPair] = []
    cohorts = _match("cohort", a, b, _cohort_score, only_one=True)
    cohort_of = _mapping(cohorts)
    interventions = _match(
        "intervention", a, b, lambda one, other: _intervention_score(one, other, cohort_of)
    )
    outcomes = _match("outcome", a, b, _outcome_score)
    outcome_of = _mapping(outcomes)
    pairs += cohorts + interventions + outcomes
    pairs += _results(a, b, cohort_of, outcome_of)
    return pairs


def propose_results(
    a: CopyAnswers, b: CopyAnswers, partners: Mapping[str, str]
) -> list[ProposedPair]:
    """Propose an alignment of the results alone, of cohorts and outcomes that are paired already.

    ``partners`` names the element of B for every paired element of A.
    """
    return _results(a, b, partners, partners)


def _match(
    level: str, a: CopyAnswers, b: CopyAnswers, scorer: Scorer, *, only_one: bool = False
) -> list[ProposedPair]:
    ours, theirs = a.at_level(level), b.at_level(level)
    if only_one and len(ours) == 1 and len(theirs) == 1:
        score, why = scorer(ours[0], theirs[0])
        if score < LEAST_SCORE:
            score, why = LEAST_SCORE, f"the only {level} in both copies"
        return [_pair(level, ours[0], theirs[0], score, why)]
    return _best_first(level, ours, theirs, scorer)


def _best_first(
    level: str,
    ours: Sequence[ElementAnswers],
    theirs: Sequence[ElementAnswers],
    scorer: Scorer,
) -> list[ProposedPair]:
    """Take the best pair, then the next best of what is left; ties go by content, then by uid."""
    signatures = {element.uid: _signature(element) for element in (*ours, *theirs)}
    candidates = []
    for one in ours:
        for other in theirs:
            score, why = scorer(one, other)
            if score >= LEAST_SCORE:
                signed = (-score, signatures[one.uid], signatures[other.uid])
                candidates.append((*signed, one, other, why))
    candidates.sort(key=lambda row: row[:3])
    free_ours = {one.uid: one for one in ours}
    free_theirs = {other.uid: other for other in theirs}
    found = []
    for score, _, _, one, other, why in candidates:
        if one.uid in free_ours and other.uid in free_theirs:
            del free_ours[one.uid], free_theirs[other.uid]
            found.append((signatures[one.uid], _pair(level, one, other, -score, why)))
    for one in free_ours.values():
        found.append((signatures[one.uid], _pair(level, one, None, Decimal(0), "only in copy A")))
    found.sort(key=lambda row: row[0])
    alone = sorted(free_theirs.values(), key=lambda other: signatures[other.uid])
    return [pair for _, pair in found] + [
        _pair(level, None, other, Decimal(0), "only in copy B") for other in alone
    ]


def _results(
    a: CopyAnswers, b: CopyAnswers, cohort_of: Mapping[str, str], outcome_of: Mapping[str, str]
) -> list[ProposedPair]:
    """Match results inside each aligned cohort and outcome, so that the work stays small."""
    ours: dict[tuple[str, str], list[ElementAnswers]] = {}
    theirs: dict[tuple[str, str], list[ElementAnswers]] = {}
    for one in a.at_level("result"):
        place = (
            cohort_of.get(one.cohort_uid, f"A {one.cohort_uid}"),
            outcome_of.get(one.outcome_uid, f"A {one.outcome_uid}"),
        )
        ours.setdefault(place, []).append(one)
    for other in b.at_level("result"):
        theirs.setdefault((other.cohort_uid, other.outcome_uid), []).append(other)
    pairs: list[ProposedPair] = []
    for place in sorted({*ours, *theirs}):
        pairs += _best_first("result", ours.get(place, []), theirs.get(place, []), _result_score)
    return pairs


def _cohort_score(one: ElementAnswers, other: ElementAnswers) -> Score:
    return _weighted(
        [
            (4, _alike(one, other, "label"), "name"),
            (2, _equal(one, other, "cohort_kind"), "kind"),
            (4, _share_equal(one, other, _COUNTS), "numbers"),
        ]
    )


def _intervention_score(
    one: ElementAnswers, other: ElementAnswers, cohort_of: Mapping[str, str]
) -> Score:
    return _weighted(
        [
            (3, _alike(one, other, "name"), "name"),
            (3, _alike(one, other, "category"), "category"),
            (3, _same_cohorts(one, other, cohort_of), "cohorts"),
            (1, _alike(one, other, "approach"), "approach"),
        ]
    )


def _outcome_score(one: ElementAnswers, other: ElementAnswers) -> Score:
    names = [_text(element, "instrument") for element in (one, other)]
    known = [_instrument(name) for name in names]
    versions = [_text(element, "instrument_version") for element in (one, other)]
    likeness: Decimal | None
    if all(known):
        likeness = Decimal(known[0] == known[1])
    elif any(known) or _DIGITS.findall(names[0]) != _DIGITS.findall(names[1]):
        # HHS and mHHS, or two lengths of one tool, differ by a letter and are not the same.
        likeness = Decimal(0)
    else:
        likeness = _likeness(*names)
    if not likeness:
        return Decimal(0), "other instrument"
    return _weighted(
        [
            (8, likeness, "instrument"),
            (2, _likeness(*versions) if all(versions) else None, "version"),
            (1, _equal(one, other, "unit"), "unit"),
            (1, _equal(one, other, "domain"), "domain"),
        ]
    )


def _result_score(one: ElementAnswers, other: ElementAnswers) -> Score:
    kind = _equal(one, other, "time_kind")
    months = _closeness(one, other, "months")
    if kind == 1 and _text(one, "time_kind") == "baseline":
        months = None
    return _weighted(
        [
            (5, kind, "kind of time point"),
            (4, months, "months"),
            (1, _alike(one, other, "time_label"), "name of the time point"),
            (1, _equal(one, other, "statistic"), "statistic"),
            (1, _share_equal(one, other, _RESULT_NUMBERS), "numbers"),
        ]
    )


def _weighted(parts: Iterable[tuple[int, Decimal | None, str]]) -> Score:
    """Return the mean likeness of what both copies answer, and what it rests on."""
    known = [(weight, likeness, what) for weight, likeness, what in parts if likeness is not None]
    total = sum(weight for weight, _, _ in known)
    if not total:
        return Decimal(0), "nothing to compare"
    score = sum((weight * likeness for weight, likeness, _ in known), Decimal(0)) / total
    same = [what for _, likeness, what in known if likeness == 1]
    close = [what for _, likeness, what in known if LEAST_SCORE <= likeness < 1]
    apart = [what for _, likeness, what in known if likeness < LEAST_SCORE]
    words = (("same", same), ("similar", close), ("different", apart))
    why = "; ".join(f"{word} {', '.join(names)}" for word, names in words if names)
    return score.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), why


def _text(element: ElementAnswers, key: str) -> str:
    answer = element.answers.get(key)
    return normalised(answer.text) if answer and not answer.missing else ""


def _likeness(one: str, other: str) -> Decimal:
    return Decimal(str(round(fuzz.token_sort_ratio(one, other), 2))) / 100


def _alike(one: ElementAnswers, other: ElementAnswers, key: str) -> Decimal | None:
    first, second = _text(one, key), _text(other, key)
    return _likeness(first, second) if first and second else None


def _equal(one: ElementAnswers, other: ElementAnswers, key: str) -> Decimal | None:
    first, second = _text(one, key), _text(other, key)
    return Decimal(first == second) if first and second else None


def _share_equal(one: ElementAnswers, other: ElementAnswers, keys: Sequence[str]) -> Decimal | None:
    pairs = [(_number(one, key), _number(other, key)) for key in keys]
    known = [(first, second) for first, second in pairs if None not in {first, second}]
    if not known:
        return None
    return Decimal(sum(first == second for first, second in known)) / len(known)


def _closeness(one: ElementAnswers, other: ElementAnswers, key: str) -> Decimal | None:
    """Return 1 for equal numbers, falling to 0 as they differ by half of the larger."""
    first, second = _number(one, key), _number(other, key)
    if first is None or second is None:
        return None
    larger = max(abs(first), abs(second))
    if not larger:
        return Decimal(1)
    return max(Decimal(0), 1 - 2 * abs(first - second) / larger)


def _number(element: ElementAnswers, key: str) -> Decimal | None:
    answer = element.answers.get(key)
    return answer.value if answer else None


def _same_cohorts(
    one: ElementAnswers, other: ElementAnswers, cohort_of: Mapping[str, str]
) -> Decimal | None:
    first, second = one.answers.get("cohorts"), other.answers.get("cohorts")
    if not first or not second:
        return None
    ours = {cohort_of.get(uid, f"A {uid}") for uid in first.parts}
    theirs = set(second.parts)
    if not ours | theirs:
        return None
    return Decimal(len(ours & theirs)) / len(ours | theirs)


@cache
def _instrument_names() -> dict[str, str]:
    return {
        _bare(name): instrument.key
        for instrument in shipped_instruments()
        for name in (instrument.key, instrument.name, *instrument.aliases)
    }


def _instrument(name: str) -> str:
    """Return the key of the instrument a name stands for, or nothing."""
    return _instrument_names().get(_bare(name), "")


def _bare(name: str) -> str:
    return _WORDS.sub(" ", normalised(name)).strip()


def _signature(element: ElementAnswers) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the content of an element, and its uid where the content cannot tell."""
    content = tuple(
        sorted(
            (key, answer.missing or normalised(answer.text))
            for key, answer in element.answers.items()
        )
    )
    return content, element.uid


def _pair(
    level: str, a: ElementAnswers | None, b: ElementAnswers | None, score: Decimal, why: str
) -> ProposedPair:
    return ProposedPair(
        level=level,
        a_uid=a.uid if a else None,
        b_uid=b.uid if b else None,
        score=f"{score:.2f}",
        why=why,
    )


def _mapping(pairs: Iterable[ProposedPair]) -> dict[str, str]:
    return {pair.a_uid: pair.b_uid for pair in pairs if pair.a_uid and pair.b_uid}
