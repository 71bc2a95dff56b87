"""How alike two elements of two copies are, group by group, and what that rests on."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from rapidfuzz import fuzz

from extraction import groups
from extraction.comparison import normalised
from extraction.schema import Answer, ElementAnswers, FieldSpec, FieldType, FormSpec
from extraction.schema.summaries import MONTHS, in_months
from extraction.vocabularies import Vocabularies, are_opposites, have_opposites, words_of

LEAST_SCORE = Decimal("0.50")

Score = tuple[Decimal, str]
Part = tuple[int, Decimal | None, str]

_NONE = Decimal(0)
_ALL = Decimal(1)
_DIGITS = re.compile(r"[0-9]+")
# What an element is called; where two say opposite things there, they are two things.
_NAMES = (
    "label",
    "name",
    "instrument",
    "version",
    "category",
    "type",
    "endpoint",
    "index_test",
    "time.label",
)
_TIMES = ("time", "time.min", "time.max")


@dataclass(frozen=True)
class Side:
    """One element, read once for being likened to many.

    ``meant`` has its answers by meaning, ``texts`` those that are not missing, without what typing
    alone changes. ``numbers`` are its numbers by meaning or key, with their qualifier.
    ``words`` are those of what it is called.
    """

    element: ElementAnswers
    meant: Mapping[str, Answer]
    texts: Mapping[str, str]
    numbers: Mapping[str, tuple[Decimal, str]]
    words: frozenset[str]
    months: Decimal | None

    def text(self, means: str) -> str:
        """Return an answer in words, empty where it is blank or missing."""
        return self.texts.get(means, "")


@dataclass
class Ground:
    """What is known while two copies are aligned.

    ``partners`` has the element of B for each element of A that is paired, ``matched`` the groups
    that are aligned already: what is named of another group tells nothing yet.
    """

    form: FormSpec
    vocabularies: Vocabularies
    partners: dict[str, str]
    matched: set[str] = field(default_factory=set)
    _cells: dict[str, tuple[FieldSpec, ...]] = field(default_factory=dict)

    def cells_of(self, group: str) -> tuple[FieldSpec, ...]:
        """Return what is answered one by one of a group."""
        if group not in self._cells:
            self._cells[group] = self.form.cells_of(group)
        return self._cells[group]

    def side(self, element: ElementAnswers) -> Side:
        """Return an element as it is likened to others."""
        asked = self.cells_of(element.group)
        given = [(spec, element.answers[spec.key]) for spec in asked if spec.key in element.answers]
        meant = {spec.means: answer for spec, answer in given if spec.means}
        texts = {means: normalised(said.text) for means, said in meant.items() if not said.missing}
        numbers = {
            spec.means or spec.key: (answer.value, answer.qualifier)
            for spec, answer in given
            if spec.type.is_number and answer.value is not None
        }
        first = self.first_text(element.group)
        names = [texts[means] for means in _NAMES if means in texts]
        names += [
            said.text for spec, said in given if spec is first and not (spec.means or said.missing)
        ]
        words = words_of(" ".join(names))
        return Side(element, meant, texts, numbers, words, _months(numbers, texts))

    def first_text(self, group: str) -> FieldSpec | None:
        """Return the first question of a group that is answered in words."""
        return next((s for s in self.cells_of(group) if s.type is FieldType.TEXT), None)

    def asks(self, group: str, *meanings: str) -> bool:
        """Return whether the form asks a group for one of some meanings."""
        return any(self.form.meaning(group, means) is not None for means in meanings)

    def partner(self, uid: str) -> str:
        """Return the element of B for one of A; of one without a partner, what B never has."""
        return self.partners.get(uid, f"A {uid}") if uid else ""

    def same_elements(self, one: Side, other: Side, *meanings: str) -> Decimal | None:
        """Return how many of the elements that both name are the same."""
        ours: set[str] = set()
        theirs: set[str] = set()
        for means in meanings:
            spec = self.form.meaning(one.element.group, means)
            if spec is not None and spec.refers_to in self.matched:
                first, second = one.meant.get(means), other.meant.get(means)
                ours |= set(first.parts) if first else set()
                theirs |= set(second.parts) if second else set()
        return self.share(ours, theirs)

    def share(self, ours: Set[str], theirs: Set[str]) -> Decimal | None:
        """Return the share of elements that are the same among those that A or B names.

        Two that stand in no pair may be the same: that tells nothing.
        """
        if not ours or not theirs:
            return None
        if not ours & self.partners.keys() and not theirs & set(self.partners.values()):
            return None
        mapped = {self.partner(uid) for uid in ours}
        return Decimal(len(mapped & theirs)) / len(mapped | theirs)

    def words(self, spec: FieldSpec | None, one: str, other: str) -> Decimal:
        """Return how alike two texts are, by the vocabulary of their question where it has one."""
        if spec is not None and spec.vocabulary:
            vocabulary = self.vocabularies.named(spec.vocabulary)
            known = [vocabulary.term(one), vocabulary.term(other)]
            if all(known):
                return Decimal(vocabulary.are_same(one, other))
        return likeness(one, other)

    def alike(self, one: Side, other: Side, means: str) -> Decimal | None:
        """Return how alike two answers in words are, ``None`` unless both give one."""
        first, second = one.text(means), other.text(means)
        if not first or not second:
            return None
        return self.words(self.form.meaning(one.element.group, means), first, second)

    def equal_numbers(self, one: Side, other: Side, without: Sequence[str] = ()) -> Decimal | None:
        """Return the share of numbers that are equal among those both give."""
        both = (one.numbers.keys() & other.numbers.keys()) - set(without)
        same = sum(one.numbers[means] == other.numbers[means] for means in both)
        return Decimal(same) / len(both) if both else None


def score(ground: Ground, one: Side, other: Side) -> Score:
    """Return how alike two elements of one group are, from 0 to 1, and why in words."""
    group = one.element.group
    if have_opposites(one.words, other.words):
        return _NONE, "opposite names"
    if ground.same_elements(one, other, "after") == 0:
        return _NONE, "after another treatment"
    scorer = _SCORERS.get(group)
    found = scorer(ground, one, other) if scorer else None
    return found if found is not None else _by_answers(ground, one, other)


def likeness(one: str, other: str) -> Decimal:
    """Return how alike two texts are, from 0 to 1; opposites are not, however they are spelled."""
    if not one or not other or are_opposites(one, other):
        return _NONE
    return Decimal(str(round(fuzz.token_sort_ratio(one, other), 2))) / 100


def _cohort(ground: Ground, one: Side, other: Side) -> Score | None:
    name, numbers = ground.alike(one, other, "label"), ground.equal_numbers(one, other)
    if _apart(one, other, "label", name) and (numbers is None or numbers < LEAST_SCORE):
        return _NONE, "other name and numbers"
    kind = _equal(one, other, "kind")
    return _weighted([(4, name, "name"), (2, kind, "kind"), (4, numbers, "numbers")])


def _intervention(ground: Ground, one: Side, other: Side) -> Score | None:
    named: list[Part] = [
        (3, ground.alike(one, other, "label"), "name"),
        (3, ground.alike(one, other, "category"), "category"),
    ]
    called = _weighted(named)
    if called is None:
        return None
    if called[0] < LEAST_SCORE:
        return _NONE, "other treatment"
    return _weighted(
        [
            *named,
            (3, ground.same_elements(one, other, "cohorts"), "cohorts"),
            (2, _equal(one, other, "order"), "order"),
            (1, ground.alike(one, other, "approach"), "approach"),
        ]
    )


def _outcome(ground: Ground, one: Side, other: Side) -> Score | None:
    if not ground.asks(groups.OUTCOME, "instrument", "label"):
        return None
    names = [side.text("instrument") or side.text("label") for side in (one, other)]
    if not all(names):
        return _NONE, "no name"
    instruments = ground.vocabularies.instruments
    known = [instruments.term(name) for name in names]
    if all(known):
        same = Decimal(known[0] == known[1])
    elif any(known) or _DIGITS.findall(names[0]) != _DIGITS.findall(names[1]):
        # HHS and mHHS, or two lengths of one tool, differ by a letter and are not the same.
        same = _NONE
    else:
        same = likeness(*names)
    if same < LEAST_SCORE:
        return _NONE, "other instrument"
    label = None
    if all(side.text("instrument") for side in (one, other)):
        label = ground.alike(one, other, "label")
    version = ground.alike(one, other, "version")
    # What an instrument of no list measures, or the scale of one that has several, is said there.
    if _apart(one, other, "version", version) or (
        not all(known) and _apart(one, other, "label", label)
    ):
        return _NONE, "other measure of the instrument"
    return _weighted(
        [
            (8, same, "instrument"),
            (4, label, "name"),
            (2, version, "version"),
            (1, ground.alike(one, other, "unit"), "unit"),
            (1, _equal(one, other, "domain"), "domain"),
        ]
    )


def _result(ground: Ground, one: Side, other: Side) -> Score | None:
    kind = _equal(one, other, "time.kind")
    time = _closeness(one.months, other.months)
    label = ground.alike(one, other, "time.label")
    if kind == 1 and one.text("time.kind") == "baseline":
        time = label = None
    elif kind != 0 and one.text("time.kind") != "final_follow_up":
        far = time is not None and time < LEAST_SCORE
        if far or (time is None and label is not None and _other_digits(one, other, "time.label")):
            return _NONE, "other time point"
    if _equal(one, other, "set") == 0:
        return _NONE, "other analysis set"
    return _weighted(
        [
            (5, kind, "kind of time point"),
            (4, time, "time"),
            (3, ground.same_elements(one, other, "after"), "treatment"),
            (2, _equal(one, other, "set"), "analysis set"),
            (1, label, "name of the time point"),
            (1, _equal(one, other, "estimate.centre"), "statistic"),
            (1, ground.equal_numbers(one, other, _TIMES), "numbers"),
        ]
    )


def _event(ground: Ground, one: Side, other: Side) -> Score | None:
    if not ground.asks(groups.EVENT, "class"):
        return None
    same_class = _equal(one, other, "class")
    if same_class == 0:
        return _NONE, "other class"
    wholes = [_is_whole(side) for side in (one, other)]
    if wholes[0] != wholes[1]:
        return _NONE, "a class as a whole and one kind"
    kind: list[Part] = []
    if not all(wholes):
        kind = [
            (5, ground.alike(one, other, "type"), "type"),
            (3, _equal(one, other, "grade"), "grade"),
            (2, _equal(one, other, "major"), "major"),
            (1, _closeness(one.months, other.months), "time"),
        ]
        said = _weighted(kind)
        if said is None or said[0] < LEAST_SCORE or _apart(one, other, "type", kind[0][1]):
            return _NONE, "other kind"
    return _weighted(
        [
            (3, same_class, "class"),
            *kind,
            (2, ground.same_elements(one, other, "after"), "treatment"),
            (1, ground.alike(one, other, "scheme"), "scheme"),
            (1, _equal(one, other, "of.unit"), "unit"),
            (1, ground.equal_numbers(one, other, _TIMES), "numbers"),
        ]
    )


def _is_whole(event: Side) -> bool:
    """Return whether an event is its class as a whole, not one kind of it."""
    return not any(event.text(means) for means in ("type", "grade", "major", "time"))


def _activity(ground: Ground, one: Side, other: Side) -> Score | None:
    if _equal(one, other, "kind") == 0:
        return _NONE, "other kind"
    return _weighted(
        [
            (4, _equal(one, other, "kind"), "kind"),
            (4, ground.alike(one, other, "definition"), "definition"),
            (3, ground.equal_numbers(one, other), "numbers"),
        ]
    )


def _flow(ground: Ground, one: Side, other: Side) -> Score | None:
    if _equal(one, other, "point") == 0:
        return _NONE, "other point"
    return _weighted(
        [
            (5, _equal(one, other, "point"), "point"),
            (2, _closeness(one.months, other.months), "time"),
            (1, ground.alike(one, other, "reason"), "reason"),
            (2, ground.equal_numbers(one, other, _TIMES), "numbers"),
        ]
    )


def _level(ground: Ground, one: Side, other: Side) -> Score | None:
    return _weighted(
        [
            (3, _equal(one, other, "rank"), "rank"),
            (3, ground.alike(one, other, "label"), "name"),
            (1, ground.equal_numbers(one, other, ["rank"]), "numbers"),
        ]
    )


def _survival(ground: Ground, one: Side, other: Side) -> Score | None:
    endpoint = ground.alike(one, other, "endpoint")
    time = _closeness(one.months, other.months)
    if endpoint is None or endpoint < LEAST_SCORE or (time is not None and time < LEAST_SCORE):
        return _NONE, "other endpoint or time"
    numbers = ground.equal_numbers(one, other, _TIMES)
    return _weighted([(4, endpoint, "endpoint"), (4, time, "time"), (2, numbers, "numbers")])


def _contrast(ground: Ground, one: Side, other: Side) -> Score | None:
    cohorts = ground.same_elements(one, other, "cohort_a", "cohort_b")
    outcome = ground.same_elements(one, other, "outcome")
    time = _closeness(one.months, other.months)
    gates = (cohorts, outcome, _equal(one, other, "event_class"), _equal(one, other, "set"), time)
    if any(gate is not None and gate < LEAST_SCORE for gate in gates):
        return _NONE, "another comparison"
    return _weighted(
        [
            (3, cohorts, "cohorts"),
            (3, outcome, "outcome"),
            (3, _equal(one, other, "event_class"), "class"),
            (2, time, "time"),
            (2, _equal(one, other, "measure"), "measure"),
            (2, ground.equal_numbers(one, other, _TIMES), "numbers"),
        ]
    )


def _accuracy(ground: Ground, one: Side, other: Side) -> Score | None:
    test = ground.alike(one, other, "index_test")
    reference = ground.alike(one, other, "reference")
    if any(gate is not None and gate < LEAST_SCORE for gate in (test, reference)):
        return _NONE, "other test"
    return _weighted(
        [
            (4, test, "index test"),
            (3, reference, "reference standard"),
            (3, _equal(one, other, "threshold"), "threshold"),
            (1, _equal(one, other, "unit"), "unit"),
            (3, ground.equal_numbers(one, other), "numbers"),
        ]
    )


def _by_answers(ground: Ground, one: Side, other: Side) -> Score:
    """Return how alike two elements are in all that both were asked; two blank ones are not."""
    named = ground.first_text(one.element.group)
    parts: list[Part] = []
    elsewhere: list[Part] = []
    for spec in ground.cells_of(one.element.group):
        first, second = (side.element.answers.get(spec.key) for side in (one, other))
        if first is None or second is None or first.missing or second.missing:
            continue
        asked = spec.question.lower()
        if spec.type is FieldType.TEXT:
            same = ground.words(spec, normalised(first.text), normalised(second.text))
            is_name = named is not None and spec.key == named.key
            if is_name and (same < LEAST_SCORE or _digits_apart(first.text, second.text)):
                return _NONE, f"different {asked}"
            parts.append((4 if is_name else 1, same, asked))
        elif spec.type.is_reference and spec.refers_to in ground.matched:
            share = ground.share(set(first.parts), set(second.parts))
            elsewhere.append((3, share, asked))
        elif not spec.type.is_number and not spec.type.is_reference:
            parts.append((2, Decimal(first.text == second.text), asked))
    parts.append((2, ground.equal_numbers(one, other), "numbers"))
    if _weighted(parts) is None:
        return _NONE, "nothing to compare"
    return _weighted([*parts, *elsewhere]) or (_NONE, "nothing to compare")


_SCORERS: dict[str, Callable[[Ground, Side, Side], Score | None]] = {
    groups.COHORT: _cohort,
    groups.INTERVENTION: _intervention,
    groups.OUTCOME: _outcome,
    groups.RESULT: _result,
    groups.EVENT: _event,
    groups.ACTIVITY: _activity,
    groups.FLOW: _flow,
    groups.LEVEL: _level,
    groups.SURVIVAL: _survival,
    groups.CONTRAST: _contrast,
    groups.ACCURACY: _accuracy,
}


def _weighted(parts: Iterable[Part]) -> Score | None:
    """Return the mean likeness of what both give, and what it rests on; ``None`` for nothing."""
    known = [(weight, same, what) for weight, same, what in parts if same is not None]
    total = sum(weight for weight, _, _ in known)
    if not total:
        return None
    mean = sum((weight * same for weight, same, _ in known), _NONE) / total
    words = (
        ("same", [what for _, same, what in known if same == 1]),
        ("similar", [what for _, same, what in known if LEAST_SCORE <= same < 1]),
        ("different", [what for _, same, what in known if same < LEAST_SCORE]),
    )
    why = "; ".join(f"{word} {', '.join(names)}" for word, names in words if names)
    return mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), why


def _months(numbers: Mapping[str, tuple[Decimal, str]], texts: Mapping[str, str]) -> Decimal | None:
    """Return when something was, in months."""
    if "time" not in numbers:
        return None
    unit = texts.get("time.unit", "")
    return in_months(numbers["time"][0], unit if unit in MONTHS else "")


def _equal(one: Side, other: Side, means: str) -> Decimal | None:
    first, second = one.text(means), other.text(means)
    return Decimal(first == second) if first and second else None


def _closeness(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    """Return 1 for equal numbers, falling to 0 as they differ by half of the larger."""
    if first is None or second is None:
        return None
    larger = max(abs(first), abs(second))
    return max(_NONE, _ALL - 2 * abs(first - second) / larger) if larger else _ALL


def _apart(one: Side, other: Side, means: str, same: Decimal | None) -> bool:
    """Return whether both say a thing and say it of different things."""
    return same is not None and (same < LEAST_SCORE or _other_digits(one, other, means))


def _other_digits(one: Side, other: Side, means: str) -> bool:
    return _digits_apart(one.text(means), other.text(means))


def _digits_apart(first: str, second: str) -> bool:
    """Return whether two names have other numbers in them, as 3 months and 12 months."""
    ours, theirs = _DIGITS.findall(first), _DIGITS.findall(second)
    return bool(ours and theirs) and ours != theirs
