"""Which element of copy A is which element of copy B: a proposal that a person settles."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from rapidfuzz import fuzz

from extraction import groups
from extraction.comparison import normalised
from extraction.schema import Answer, CopyAnswers, ElementAnswers, FieldType, FormSpec, GroupSpec
from extraction.vocabularies import Vocabularies, are_opposites

LEAST_SCORE = Decimal("0.50")

_COUNTS = (
    "patients.treated",
    "units.treated",
    "patients.analysed",
    "units.analysed",
    "women",
    "age.value",
    "follow_up.value",
)
_RESULT_NUMBERS = ("n", "estimate.value", "estimate.spread_value", "estimate.min", "estimate.max")
_EVENT_NUMBERS = ("events", "affected", "of")
_DIGITS = re.compile(r"[0-9]+")

Score = tuple[Decimal, str]


@dataclass(frozen=True)
class ProposedPair:
    """Two elements taken for the same, or one that only one person listed.

    ``score`` is a decimal from 0 to 1 as text; ``why`` says in words what it rests on.
    """

    group: str
    a_uid: str | None
    b_uid: str | None
    score: str
    why: str


@dataclass(frozen=True)
class _Side:
    """One element with its answers by meaning."""

    element: ElementAnswers
    meant: Mapping[str, Answer]

    def text(self, means: str) -> str:
        answer = self.meant.get(means)
        return normalised(answer.text) if answer and not answer.missing else ""

    def number(self, means: str) -> Decimal | None:
        answer = self.meant.get(means)
        return answer.value if answer else None


Scorer = Callable[["_Matcher", _Side, _Side], Score]


def propose(
    form: FormSpec,
    a: CopyAnswers,
    b: CopyAnswers,
    *,
    partners: Mapping[str, str] | None = None,
    vocabularies: Vocabularies | None = None,
) -> list[ProposedPair]:
    """Propose an alignment of two copies, the same for every order of their elements.

    Every element of both copies stands in exactly one pair; what has no partner stands alone. What
    belongs to an element is paired only with what belongs to its partner.

    Args:
        form: what the copies were asked.
        a: the elements of copy A that are to be paired.
        b: the elements of copy B that are to be paired.
        partners: the element of B for every element of A that is paired already.
        vocabularies: the review's lists of names, those that ship where none are given.
    """
    matcher = _Matcher(form, dict(partners or {}), vocabularies or Vocabularies())
    pairs: list[ProposedPair] = []
    for group in form.element_groups:
        found = matcher.match(group, a.in_group(group.key), b.in_group(group.key))
        matcher.partners.update({p.a_uid: p.b_uid for p in found if p.a_uid and p.b_uid})
        pairs += found
    return pairs


@dataclass
class _Matcher:
    form: FormSpec
    partners: dict[str, str]
    vocabularies: Vocabularies
    _meanings: dict[str, dict[str, str]] = field(default_factory=dict)

    def match(
        self, group: GroupSpec, ours: Sequence[ElementAnswers], theirs: Sequence[ElementAnswers]
    ) -> list[ProposedPair]:
        """Match the elements of a group place by place, so that the work stays small."""
        places: dict[tuple[str, str], tuple[list[_Side], list[_Side]]] = {}
        for one in ours:
            place = (self._partner(one.parent), self._partner(one.across))
            places.setdefault(place, ([], []))[0].append(self._side(one))
        for other in theirs:
            places.setdefault((other.parent, other.across), ([], []))[1].append(self._side(other))
        pairs: list[ProposedPair] = []
        for place in sorted(places):
            mine, yours = places[place]
            if group.key == groups.COHORT and len(mine) == len(yours) == 1:
                pairs.append(self._only(group, mine[0], yours[0]))
            else:
                pairs += self._best_first(group, mine, yours)
        return pairs

    def score(self, group: GroupSpec, one: _Side, other: _Side) -> Score:
        return _SCORERS.get(group.key, _any_score)(self, one, other)

    def same_elements(self, one: _Side, other: _Side, means: str) -> Decimal | None:
        """Return how many of the elements that both name are the same."""
        first, second = one.meant.get(means), other.meant.get(means)
        if not first or not second:
            return None
        return self.share_same(first, second)

    def share_same(self, first: Answer, second: Answer) -> Decimal | None:
        ours = {self._partner(uid) for uid in first.parts}
        theirs = set(second.parts)
        if not ours | theirs:
            return None
        return Decimal(len(ours & theirs)) / len(ours | theirs)

    def _partner(self, uid: str) -> str:
        return self.partners.get(uid, f"A {uid}") if uid else ""

    def _side(self, element: ElementAnswers) -> _Side:
        if element.group not in self._meanings:
            cells = self.form.cells_of(element.group)
            self._meanings[element.group] = {cell.key: cell.means for cell in cells if cell.means}
        meanings = self._meanings[element.group]
        meant = {meanings[k]: answer for k, answer in element.answers.items() if k in meanings}
        return _Side(element, meant)

    def _only(self, group: GroupSpec, one: _Side, other: _Side) -> ProposedPair:
        score, why = self.score(group, one, other)
        if score < LEAST_SCORE:
            score, why = LEAST_SCORE, f"the only {group.name.lower()} in both copies"
        return _pair(group, one, other, score, why)

    def _best_first(
        self, group: GroupSpec, ours: Sequence[_Side], theirs: Sequence[_Side]
    ) -> list[ProposedPair]:
        """Take the best pair, then the next best of what is left; ties go by content, then uid."""
        signatures = {side.element.uid: _signature(side.element) for side in (*ours, *theirs)}
        candidates = []
        for one in ours:
            for other in theirs:
                score, why = self.score(group, one, other)
                if score >= LEAST_SCORE:
                    signed = (
                        -score,
                        signatures[one.element.uid],
                        signatures[other.element.uid],
                    )
                    candidates.append((*signed, one, other, why))
        candidates.sort(key=lambda row: row[:3])
        free_ours = {one.element.uid: one for one in ours}
        free_theirs = {other.element.uid: other for other in theirs}
        found = []
        for score, sign, _, one, other, why in candidates:
            if one.element.uid in free_ours and other.element.uid in free_theirs:
                del free_ours[one.element.uid], free_theirs[other.element.uid]
                found.append((sign, _pair(group, one, other, -score, why)))
        for uid, one in free_ours.items():
            found.append((signatures[uid], _pair(group, one, None, Decimal(0), "only in copy A")))
        found.sort(key=lambda row: row[0])
        alone = sorted(free_theirs.values(), key=lambda other: signatures[other.element.uid])
        return [pair for _, pair in found] + [
            _pair(group, None, other, Decimal(0), "only in copy B") for other in alone
        ]


def _cohort_score(_matcher: _Matcher, one: _Side, other: _Side) -> Score:
    return _weighted(
        [
            (4, _alike(one, other, "label"), "name"),
            (2, _equal(one, other, "kind"), "kind"),
            (4, _share_equal(one, other, _COUNTS), "numbers"),
        ]
    )


def _intervention_score(matcher: _Matcher, one: _Side, other: _Side) -> Score:
    categories = [matcher.vocabularies.categories.term(s.text("category")) for s in (one, other)]
    category = _alike(one, other, "category")
    if all(categories):
        category = Decimal(categories[0] == categories[1])
    return _weighted(
        [
            (3, _alike(one, other, "label"), "name"),
            (3, category, "category"),
            (3, matcher.same_elements(one, other, "cohorts"), "cohorts"),
            (1, _alike(one, other, "approach"), "approach"),
        ]
    )


def _outcome_score(matcher: _Matcher, one: _Side, other: _Side) -> Score:
    names = [_name(matcher.form, side, "instrument", "label") for side in (one, other)]
    if not all(names):
        return Decimal(0), "no name"
    known = [matcher.vocabularies.instruments.term(name) for name in names]
    versions = [side.text("version") for side in (one, other)]
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
            (4, _alike(one, other, "label") if one.text("instrument") else None, "name"),
            (2, _likeness(*versions) if all(versions) else None, "version"),
            (1, _equal(one, other, "unit"), "unit"),
            (1, _equal(one, other, "domain"), "domain"),
        ]
    )


def _result_score(matcher: _Matcher, one: _Side, other: _Side) -> Score:
    kind = _equal(one, other, "time.kind")
    time = _closeness(one, other, "time")
    if kind == 1 and one.text("time.kind") == "baseline":
        time = None
    return _weighted(
        [
            (5, kind, "kind of time point"),
            (4, time, "time"),
            (3, matcher.same_elements(one, other, "after"), "treatment"),
            (1, _alike(one, other, "time.label"), "name of the time point"),
            (1, _equal(one, other, "estimate.centre"), "statistic"),
            (1, _share_equal(one, other, _RESULT_NUMBERS), "numbers"),
        ]
    )


def _event_score(matcher: _Matcher, one: _Side, other: _Side) -> Score:
    same_class = _equal(one, other, "class")
    if same_class == 0:
        return Decimal(0), "other class"
    kinds = [bool(side.text("type") or side.text("grade")) for side in (one, other)]
    if kinds[0] != kinds[1]:
        return Decimal(0), "a class as a whole and one kind"
    return _weighted(
        [
            (3, same_class, "class"),
            (5, _alike(one, other, "type"), "type"),
            (3, _equal(one, other, "grade"), "grade"),
            (2, matcher.same_elements(one, other, "after"), "treatment"),
            (1, _equal(one, other, "of.unit"), "unit"),
            (1, _share_equal(one, other, _EVENT_NUMBERS), "numbers"),
        ]
    )


def _activity_score(matcher: _Matcher, one: _Side, other: _Side) -> Score:
    if _equal(one, other, "kind") == 0:
        return Decimal(0), "other kind"
    return _any_score(matcher, one, other)


def _any_score(matcher: _Matcher, one: _Side, other: _Side) -> Score:
    """Return how alike two elements are in all that both were asked; two blank ones are not."""
    parts: list[tuple[int, Decimal | None, str]] = []
    numbers: list[bool] = []
    named = False
    for spec in matcher.form.cells_of(one.element.group):
        first, second = (side.element.answers.get(spec.key) for side in (one, other))
        if first is None or second is None or first.missing or second.missing:
            continue
        if spec.type is FieldType.TEXT:
            likeness = _likeness(normalised(first.text), normalised(second.text))
            parts.append((1 if named else 4, likeness, spec.question.lower()))
            named = True
        elif spec.type.is_reference:
            parts.append((3, matcher.share_same(first, second), spec.question.lower()))
        elif spec.type.is_number:
            numbers.append(first.number == second.number)
        else:
            parts.append((2, Decimal(first.text == second.text), spec.question.lower()))
    if numbers:
        parts.append((2, Decimal(sum(numbers)) / len(numbers), "numbers"))
    return _weighted(parts)


_SCORERS: dict[str, Scorer] = {
    groups.COHORT: _cohort_score,
    groups.INTERVENTION: _intervention_score,
    groups.OUTCOME: _outcome_score,
    groups.RESULT: _result_score,
    groups.EVENT: _event_score,
    groups.ACTIVITY: _activity_score,
}


def _name(form: FormSpec, side: _Side, *meanings: str) -> str:
    """Return what an element is called: by meaning, else its first answer in words."""
    for means in meanings:
        if side.text(means):
            return side.text(means)
    for spec in form.in_group(side.element.group):
        answer = side.element.answers.get(spec.key)
        if spec.type is FieldType.TEXT and not spec.means and answer and not answer.missing:
            return normalised(answer.text)
    return ""


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


def _likeness(one: str, other: str) -> Decimal:
    if not one or not other or are_opposites(one, other):
        return Decimal(0)
    return Decimal(str(round(fuzz.token_sort_ratio(one, other), 2))) / 100


def _alike(one: _Side, other: _Side, means: str) -> Decimal | None:
    first, second = one.text(means), other.text(means)
    return _likeness(first, second) if first and second else None


def _equal(one: _Side, other: _Side, means: str) -> Decimal | None:
    first, second = one.text(means), other.text(means)
    return Decimal(first == second) if first and second else None


def _share_equal(one: _Side, other: _Side, meanings: Sequence[str]) -> Decimal | None:
    pairs = [(one.number(means), other.number(means)) for means in meanings]
    known = [(first, second) for first, second in pairs if None not in {first, second}]
    if not known:
        return None
    return Decimal(sum(first == second for first, second in known)) / len(known)


def _closeness(one: _Side, other: _Side, means: str) -> Decimal | None:
    """Return 1 for equal numbers, falling to 0 as they differ by half of the larger."""
    first, second = one.number(means), other.number(means)
    if first is None or second is None:
        return None
    larger = max(abs(first), abs(second))
    if not larger:
        return Decimal(1)
    return max(Decimal(0), 1 - 2 * abs(first - second) / larger)


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
    group: GroupSpec, a: _Side | None, b: _Side | None, score: Decimal, why: str
) -> ProposedPair:
    return ProposedPair(
        group=group.key,
        a_uid=a.element.uid if a else None,
        b_uid=b.element.uid if b else None,
        score=f"{score:.2f}",
        why=why,
    )
