"""Which of several results for one outcome is chosen, by the rule that the review declared."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from extraction.vocabularies import Vocabulary, name_key
from reviews.selection import ADJUSTED, FIRST, INSTRUMENT, SET, Order, SelectionRule, Window

CHOSEN, ALTERNATIVE, OPEN = "chosen", "alternative", "choice open"
TOTALS = "a total before its subscales"
NEAREST = "time nearest to {} months"
_WORDS = {
    SET: "analysis set",
    ADJUSTED: "adjustment",
    INSTRUMENT: "instrument",
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One eligible result as the rule sees it; ``adjusted`` is ``None`` where it is unclear."""

    uid: UUID
    months: Decimal | None = None
    analysis_set: str = ""
    adjusted: bool | None = False
    instrument: str = ""
    is_subscale: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a rule makes of the results for one outcome.

    One is ``chosen``, or several are ``tied`` and none is. ``why`` says it in words, ``behind``
    by which criterion each of the others lost.
    """

    chosen: UUID | None = None
    tied: tuple[UUID, ...] = ()
    why: str = ""
    behind: Mapping[UUID, str] = field(default_factory=dict)


Rank = Callable[[Candidate], Decimal]


def select(
    results: Collection[Candidate],
    rule: SelectionRule,
    *,
    window: Window | None = None,
    instruments: Vocabulary | None = None,
) -> Choice:
    """Choose among the results of one cohort after one treatment, of one domain in one window.

    A total goes before subscales, whatever the rule; then the criteria follow in their order. What
    they do not tell apart is left open.
    """
    left = list(results)
    behind: dict[UUID, str] = {}
    decided: list[str] = []
    criteria = _criteria(rule, window, instruments or Vocabulary())
    for name, rank in criteria:
        ranks = {one.uid: rank(one) for one in left}
        best = min(ranks.values(), default=None)
        lost = [one.uid for one in left if ranks[one.uid] != best]
        if lost:
            decided.append(name)
            behind.update(dict.fromkeys(lost, name))
            left = [one for one in left if ranks[one.uid] == best]
    if len(left) == 1:
        why = f"by {', then '.join(decided)}" if decided else "the only one"
        return Choice(chosen=left[0].uid, why=why, behind=behind)
    if not left:
        return Choice(why="no eligible result")
    asked = ", ".join(name for name, _ in criteria)
    why = f"{len(left)} results that the rule does not tell apart ({asked})"
    return Choice(tied=tuple(one.uid for one in left), why=why, behind=behind)


def _criteria(
    rule: SelectionRule, window: Window | None, instruments: Vocabulary
) -> list[tuple[str, Rank]]:
    """Return the criteria in the order in which they decide, with their names."""
    made: list[tuple[str, Rank]] = [(TOTALS, lambda one: Decimal(one.is_subscale))]
    for criterion in rule.criteria:
        if isinstance(criterion, Order):
            made.append((_WORDS[criterion.kind], _rank_in(criterion, instruments)))
        elif criterion == window and criterion.nearest is not None:
            made.append((NEAREST.format(criterion.nearest), _distance(criterion.nearest)))
    return made


def _rank_in(order: Order, instruments: Vocabulary) -> Rank:
    if order.kind == ADJUSTED:
        wanted = order.names == (FIRST,)
        return lambda one: Decimal(one.adjusted is not wanted)
    if order.kind == SET:
        return lambda one: _place(order.names, one.analysis_set, str.__eq__)
    return lambda one: _place(order.names, one.instrument, _same_in(instruments))


def _place(names: tuple[str, ...], text: str, same: Callable[[str, str], bool]) -> Decimal:
    """Return the place of a text among names; what is not named comes after them all."""
    places = (place for place, name in enumerate(names) if text and same(name, text))
    return Decimal(next(places, len(names)))


def _same_in(instruments: Vocabulary) -> Callable[[str, str], bool]:
    def same(one: str, other: str) -> bool:
        return name_key(one) == name_key(other) or instruments.are_same(one, other)

    return same


def _distance(nearest: Decimal) -> Rank:
    def distance(one: Candidate) -> Decimal:
        return Decimal("Infinity") if one.months is None else abs(one.months - nearest)

    return distance
