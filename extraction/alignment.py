"""Which element of copy A is which element of copy B: a proposal that a person settles."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extraction import groups
from extraction.comparison import normalised
from extraction.likeness import LEAST_SCORE, Ground, Side, score
from extraction.schema import CopyAnswers, ElementAnswers, FormSpec, GroupSpec
from extraction.vocabularies import Vocabularies, have_opposites

Place = tuple[str, str]


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


def propose(
    form: FormSpec,
    a: CopyAnswers,
    b: CopyAnswers,
    *,
    free: Collection[str] | None = None,
    partners: Mapping[str, str] | None = None,
    vocabularies: Vocabularies | None = None,
) -> list[ProposedPair]:
    """Propose an alignment of two copies, the same for every order of their elements.

    Every element to be paired stands in exactly one pair; what has no partner stands alone. What
    belongs to an element is paired only with what belongs to its partner.

    Args:
        form: what the copies were asked.
        a: copy A.
        b: copy B.
        free: the elements that are to be paired; all where none are named.
        partners: the element of B for every element of A that is paired already.
        vocabularies: the review's lists of names, those that ship where none are given.
    """
    ground = Ground(form, vocabularies or Vocabularies(), dict(partners or {}))
    pairs: list[ProposedPair] = []
    for group in _in_order(form):
        found = _match(ground, group, a.in_group(group.key), b.in_group(group.key), free)
        ground.partners.update({p.a_uid: p.b_uid for p in found if p.a_uid and p.b_uid})
        ground.matched.add(group.key)
        pairs += found
    return pairs


def _in_order(form: FormSpec) -> list[GroupSpec]:
    """Return the groups, each after those it belongs to, and if it can be after those it names."""
    named = {
        group.key: {spec.refers_to for spec in form.in_group(group.key) if spec.refers_to}
        for group in form.element_groups
    }
    waiting, placed = list(form.element_groups), list[GroupSpec]()
    while waiting:
        keys = {group.key for group in waiting}
        free = [group for group in waiting if not keys.intersection(group.parents)]
        found = next((g for g in free if not (named[g.key] - {g.key}) & keys), free[0])
        waiting.remove(found)
        placed.append(found)
    return placed


def _match(
    ground: Ground,
    group: GroupSpec,
    ours: Sequence[ElementAnswers],
    theirs: Sequence[ElementAnswers],
    free: Collection[str] | None,
) -> list[ProposedPair]:
    """Match the elements of a group place by place, so that the work stays small."""
    places: dict[Place, tuple[list[Side], list[Side]]] = {}
    for one in ours:
        place = (ground.partner(one.parent), ground.partner(one.across))
        places.setdefault(place, ([], []))[0].append(ground.side(one))
    for other in theirs:
        places.setdefault((other.parent, other.across), ([], []))[1].append(ground.side(other))
    pairs: list[ProposedPair] = []
    for place in sorted(places):
        sides = places[place]
        mine, yours = (
            [side for side in both if free is None or side.element.uid in free] for both in sides
        )
        alone = [len(both) for both in sides] == [len(mine), len(yours)] == [1, 1]
        if (
            alone
            and _stands_for_itself(group)
            and not have_opposites(mine[0].words, yours[0].words)
        ):
            pairs.append(_only(ground, group, mine[0], yours[0]))
        else:
            pairs += _best_first(ground, group, mine, yours)
    return pairs


def _stands_for_itself(group: GroupSpec) -> bool:
    """Return whether the only one in both copies is the same one, whatever is said of it."""
    return group.key == groups.COHORT or not group.repeats


def _only(ground: Ground, group: GroupSpec, one: Side, other: Side) -> ProposedPair:
    likeness, why = score(ground, one, other)
    if likeness < LEAST_SCORE:
        likeness, why = LEAST_SCORE, f"the only {group.name.lower()} in both copies"
    return _pair(group, one, other, likeness, why)


def _best_first(
    ground: Ground, group: GroupSpec, ours: Sequence[Side], theirs: Sequence[Side]
) -> list[ProposedPair]:
    """Take the best pair, then the next best of what is left; ties go by content, then uid."""
    signatures = {side.element.uid: _signature(side.element) for side in (*ours, *theirs)}
    candidates = []
    for one in ours:
        for other in theirs:
            likeness, why = score(ground, one, other)
            if likeness >= LEAST_SCORE:
                signed = (-likeness, signatures[one.element.uid], signatures[other.element.uid])
                candidates.append((signed, one, other, why))
    candidates.sort(key=lambda row: row[0])
    free_ours = {one.element.uid: one for one in ours}
    free_theirs = {other.element.uid: other for other in theirs}
    found = []
    for signed, one, other, why in candidates:
        if one.element.uid in free_ours and other.element.uid in free_theirs:
            del free_ours[one.element.uid], free_theirs[other.element.uid]
            found.append((signed[1], _pair(group, one, other, -signed[0], why)))
    for uid, one in free_ours.items():
        found.append((signatures[uid], _pair(group, one, None, Decimal(0), "only in copy A")))
    found.sort(key=lambda row: row[0])
    alone = sorted(free_theirs.values(), key=lambda other: signatures[other.element.uid])
    return [pair for _, pair in found] + [
        _pair(group, None, other, Decimal(0), "only in copy B") for other in alone
    ]


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
    group: GroupSpec, a: Side | None, b: Side | None, likeness: Decimal, why: str
) -> ProposedPair:
    return ProposedPair(
        group=group.key,
        a_uid=a.element.uid if a else None,
        b_uid=b.element.uid if b else None,
        score=f"{likeness:.2f}",
        why=why,
    )
