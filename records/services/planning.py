"""What is to be written of the groups that the rule found, given those that stand: pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from records.duplicates import Group, Match
from records.services.known_groups import KnownGroups
from reviews.turns import ROWS_AN_ACT, Pace, slices

# So many records a person compares at once; what is like more of them comes in several groups.
SHOWN_TOGETHER = 4
ROWS_OF_A_PIECE = ROWS_AN_ACT // 2
ALL_DOUBT = 1_000


@dataclass(frozen=True, slots=True)
class Join:
    """A record that goes behind another; ``place`` is the row it stands by in a merged group."""

    record: int
    score: float
    why: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group as the rule and the groups that stand make it: merged at once, or waiting."""

    kept: int
    joins: Sequence[Join]
    sure: bool
    waits: bool

    @property
    def keys(self) -> set[int]:
        """Return the records of the group."""
        return {self.kept, *(join.record for join in self.joins)}

    @property
    def doubt(self) -> int:
        """Return how doubtful the least alike of them is, from 0 to 1000."""
        least = min((join.score for join in self.joins), default=1.0)
        return min(max(ALL_DOUBT - round(least * ALL_DOUBT), 0), ALL_DOUBT)


@dataclass
class Plan:
    """What is to be written of the groups that the rule found, given those that stand."""

    known: KnownGroups
    given_out: set[int]
    stands_for: dict[int, int] = field(default_factory=dict)
    asked: set[tuple[int, int]] = field(default_factory=set)

    def wanted(self, found: Iterable[Group]) -> Iterator[Wanted]:
        """Yield the groups, the sure ones first, each small enough for one act."""
        for group in found:
            if group.sure:
                yield from self._sure(group)
            else:
                yield from self._doubtful(group)

    def _sure(self, group: Group) -> Iterator[Wanted]:
        matches = {match.key: match for match in group.members}
        kept = self._kept(matches, group.kept)
        # Two that were given out are for a person to merge: one would leave somebody's work.
        waiting = [m for k, m in matches.items() if k in self.given_out and k != kept]
        if kept not in self.given_out:
            waiting = []
        stay = {match.key for match in waiting}
        joins: list[Join] = []
        for key, match in matches.items():
            if key == kept or key in stay or self.known.are_apart(key, kept):
                continue
            self.stands_for[key] = kept
            own = self.known.kept_in.get(key)
            if own is not None:
                joins += [
                    Join(record, float(match.score), match.why, place)
                    for record, place in self.known.behind(own)
                ]
            joins.append(Join(key, match.score, match.why, own))
        for piece in slices(joins, ROWS_OF_A_PIECE):
            yield Wanted(kept, piece, sure=True, waits=False)
        yield from self._waiting(kept, waiting, sure=True)

    def _doubtful(self, group: Group) -> Iterator[Wanted]:
        best: dict[int, Match] = {}
        for match in group.members:
            key = self.stands_for.get(match.key, match.key)
            if key not in best or best[key].score == 1.0:
                best[key] = match
        kept = self.stands_for.get(group.kept, group.kept)
        kept = next((key for key in best if key in self.given_out), kept)
        others = [Match(key, m.score, m.why) for key, m in best.items() if key != kept]
        if kept != group.kept and group.kept in best:
            others = _not_the_kept(others, best[kept])
        yield from self._waiting(kept, others, sure=False)

    def _waiting(self, kept: int, others: list[Match], *, sure: bool) -> Iterator[Wanted]:
        new = [match for match in others if not self._asked(kept, match.key)]
        for piece in slices(new, SHOWN_TOGETHER - 1):
            self.asked.update((kept, match.key) for match in piece)
            joins = [Join(match.key, match.score, match.why) for match in piece]
            yield Wanted(kept, joins, sure=sure, waits=True)

    def _asked(self, one: int, other: int) -> bool:
        """Say whether a person is asked about the two, or has told them apart."""
        planned = (one, other) in self.asked or (other, one) in self.asked
        return planned or self.known.are_apart(one, other) or self.known.wait_together(one, other)

    def _kept(self, matches: dict[int, Match], proposed: int) -> int:
        """Return the record to keep: given out, else kept already, else the rule's choice."""
        given_out = [key for key in matches if key in self.given_out]
        for preferred in (given_out, list(matches)):
            settled = [key for key in preferred if key in self.known.kept_in]
            if settled:
                return max(settled, key=lambda key: (self.known.size(key), -key))
            if preferred is given_out and given_out:
                return proposed if proposed in given_out else given_out[0]
        return proposed


def _not_the_kept(others: list[Match], kept: Match) -> list[Match]:
    """Let the record that the rule would have kept carry the doubt of the one that is kept."""
    return [
        Match(match.key, kept.score, kept.why) if match.score == 1.0 else match for match in others
    ]


def pieces(wanted: Iterable[Wanted], pace: Pace) -> Iterator[list[Wanted]]:
    """Yield groups by what one short act writes."""
    piece: list[Wanted] = []
    rows = 0
    for group in wanted:
        size = len(group.joins) + 2
        if piece and rows + size > pace.size:
            yield piece
            piece, rows = [], 0
        piece.append(group)
        rows += size
    if piece:
        yield piece
