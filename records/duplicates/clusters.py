"""Records that are surely one paper, brought together so that every two of them can be one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from records.duplicates.barriers import barrier, other_document
from records.duplicates.evidence import compare
from records.duplicates.fingerprints import Fingerprint
from records.duplicates.likeness import Likeness, likeness, may_be_translated, told_apart
from records.duplicates.rulings import Ruling, judge

# So many members stand for a cluster, and so many neighbours for a record, when others are tried.
PROFILES = 6
NEIGHBOURS = 8
CLOSE = 0.012


@dataclass(frozen=True, slots=True)
class Edge:
    """A ruling on the records at two positions, the lower first."""

    one: int
    other: int
    ruling: Ruling

    @property
    def rank(self) -> tuple[int, float, int, int]:
        """Return what puts the strongest edge first, whatever order the records came in."""
        return -self.ruling.tier, -self.ruling.score, self.one, self.other


class Clustering:
    """The clusters by position, and the doubts that remain between records."""

    def __init__(self, marks: Sequence[Fingerprint], apart: Mapping[int, set[int]]) -> None:
        self.marks = marks
        self.members: dict[int, list[int]] = {}
        self.apart = apart
        self.doubts: list[Edge] = []
        self.linked: dict[int, Edge] = {}
        self._conflicts: dict[tuple[int, int], str] = {}

    def unite(self, edges: Iterable[Edge]) -> None:
        """Bring together what the sure edges join; an edge that cannot stand becomes a doubt."""
        for edge in sorted(self._uncontested(list(edges)), key=lambda edge: edge.rank):
            one, other = self.cluster(edge.one), self.cluster(edge.other)
            if one is other:
                continue
            if self.told_apart(one, other):
                continue
            if conflict := self._between(one, other):
                self.doubt(edge, conflict)
                continue
            large, small = (one, other) if len(one) >= len(other) else (other, one)
            large += small
            self.members.update(dict.fromkeys(small, large))
            self.members.setdefault(edge.one, large)
            self.members.setdefault(edge.other, large)
            self.linked.setdefault(edge.one, edge)
            self.linked.setdefault(edge.other, edge)

    def cluster(self, at: int) -> list[int]:
        """Return the positions of the cluster that holds a position."""
        return self.members.setdefault(at, [at])

    def doubt(self, edge: Edge, reason: str = "") -> None:
        """Remember a doubt between two records."""
        if reason:
            why = f"{edge.ruling.why}, but {reason}"
            edge = Edge(edge.one, edge.other, Ruling(0, 0.85, why))
        self.doubts.append(edge)

    def told_apart(self, one: Sequence[int], other: Sequence[int]) -> bool:
        """Say whether a person has said that a record of each is not one of the other."""
        if not self.apart:
            return False
        keys = {self.marks[at].key for at in other}
        return any(not self.apart.get(self.marks[at].key, set()).isdisjoint(keys) for at in one)

    def _between(self, one: Sequence[int], other: Sequence[int]) -> str:
        """Return what tells the clusters apart, by the members that stand for them, or ``""``."""
        tried = product(self._profiles(one), self._profiles(other))
        return next(filter(None, (self._conflict(a, b) for a, b in tried)), "")

    def _profiles(self, cluster: Sequence[int]) -> list[int]:
        """Return members that between them say most: one for each statement of identity first."""
        if len(cluster) <= PROFILES:
            return list(cluster)
        said: dict[object, int] = {}
        for at in sorted(cluster):
            mark = self.marks[at]
            said.setdefault((mark.doi, mark.pmid), at)
            said.setdefault((mark.place, mark.year), at)
        return sorted(set(said.values()))[: PROFILES * 2]

    def _conflict(self, one: int, other: int) -> str:
        pair = (min(one, other), max(one, other))
        if pair not in self._conflicts:
            self._conflicts[pair] = _conflict(self.marks[pair[0]], self.marks[pair[1]])
        return self._conflicts[pair]

    def _uncontested(self, edges: list[Edge]) -> list[Edge]:
        """Drop edges of a record that could be either of two papers; they become doubts."""
        at: defaultdict[int, list[Edge]] = defaultdict(list)
        for edge in edges:
            at[edge.one].append(edge)
            at[edge.other].append(edge)
        dropped: dict[tuple[int, int], str] = {}
        for position, own in at.items():
            if len(own) < 2:
                continue
            own.sort(key=lambda edge: edge.rank)
            for strong, weak in combinations(own[:NEIGHBOURS], 2):
                ends = _end(strong, position), _end(weak, position)
                if ends[0] == ends[1] or not (why := self._conflict(*ends)):
                    continue
                dropped[(weak.one, weak.other)] = why
                if strong.ruling.tier == weak.ruling.tier and _close(strong, weak):
                    dropped[(strong.one, strong.other)] = why
        for edge in edges:
            if (reason := dropped.get((edge.one, edge.other))) is not None:
                self.doubt(edge, f"it could be another paper as well: {reason}")
        return [edge for edge in edges if (edge.one, edge.other) not in dropped]


def _close(strong: Edge, weak: Edge) -> bool:
    """Say whether the two speak about as strongly: they differ by less than a title."""
    return strong.ruling.score - weak.ruling.score < CLOSE


def _end(edge: Edge, position: int) -> int:
    return edge.other if edge.one == position else edge.one


def _conflict(one: Fingerprint, other: Fingerprint) -> str:
    """Return why two records cannot stand in one cluster, or ``""``."""
    ruling = judge(one, other)
    if ruling is not None and ruling.tier:
        return ""
    seen = compare(one, other, likeness(one.title, other.title))
    if other_document(seen):
        return "they are two documents"
    if found := barrier(seen):
        return found
    differ = seen.title is Likeness.DIFFERENT
    if seen.identified and not differ:
        return ""
    if seen.identified and seen.trial and not told_apart(one.title, other.title):
        return ""
    translated = differ and seen.authors == 2 and may_be_translated(one.title, other.title)
    years = 1 if differ or seen.authors < 2 or seen.contradicted else 2
    told = (
        (differ and not translated, "titles differ"),
        (seen.authors < 0, "authors differ"),
        (seen.volume < 0 or (seen.pages < 0 and seen.title is not Likeness.SAME), "places differ"),
        (seen.pages < 0 and seen.journal < 0, "places differ"),
        (seen.gap > years, "years differ"),
    )
    return next((words for holds, words in told if holds), "")
