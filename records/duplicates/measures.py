"""How good a grouping is, held against the truth: pure sums, defined in docs/deduplication.md."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from records.duplicates.candidates import Group

Pair = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The measures of a grouping; pairs are pairs of keys, the lower first."""

    records: int
    papers: int
    duplicates: int
    true_pairs: int
    automatic_pairs: int
    automatic_true: int
    reachable_true: int
    duplicates_removed: int
    papers_lost: int
    false_merges: tuple[Pair, ...]
    missed: tuple[Pair, ...]
    suggested: int
    useless: tuple[tuple[int, ...], ...]

    def as_dict(self) -> dict[str, object]:
        """Return the measures as they are printed; a share of nothing is 1."""
        return {
            "records": self.records,
            "papers": self.papers,
            "duplicates": self.duplicates,
            "true_pairs": self.true_pairs,
            "automatic": {
                "pairs": self.automatic_pairs,
                "precision": _share(self.automatic_true, self.automatic_pairs),
                "recall": _share(self.automatic_true, self.true_pairs),
                "duplicates_removed": self.duplicates_removed,
                "sensitivity": _share(self.duplicates_removed, self.duplicates),
                "papers_lost": self.papers_lost,
                "specificity": _share(self.papers - self.papers_lost, self.papers),
            },
            "suggested": {
                "groups": self.suggested,
                "useless": len(self.useless),
                "recall_with_automatic": _share(self.reachable_true, self.true_pairs),
            },
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 5) if whole else 1.0


def measure(groups: Sequence[Group], truth: Mapping[int, Hashable]) -> Measures:
    """Return the measures of ``groups``; records of one value in ``truth`` are one paper."""
    cluster = {key: key for key in truth}
    for group in groups:
        if group.sure:
            cluster.update({match.key: group.kept for match in group.members})
    merged = _members(cluster)
    mixed = {(of, truth[key]) for key, of in cluster.items()}
    automatic = sum(comb(len(keys), 2) for keys in merged.values())
    true_pairs = sum(comb(count, 2) for count in Counter(truth.values()).values())
    automatic_true = sum(
        comb(n, 2) for n in Counter((of, truth[key]) for key, of in cluster.items()).values()
    )
    reached = _accept_right_suggestions(groups, cluster, truth)
    reachable = Counter((of, truth[key]) for key, of in reached.items())
    papers = len(set(truth.values()))
    doubtful = [[match.key for match in group.members] for group in groups if not group.sure]
    return Measures(
        records=len(truth),
        papers=papers,
        duplicates=len(truth) - papers,
        true_pairs=true_pairs,
        automatic_pairs=automatic,
        automatic_true=automatic_true,
        reachable_true=sum(comb(count, 2) for count in reachable.values()),
        duplicates_removed=len(truth) - len(mixed),
        papers_lost=len(mixed) - len(merged),
        false_merges=tuple(sorted(_false(merged.values(), truth))),
        missed=tuple(sorted(_apart(_members(truth).values(), reached))),
        suggested=len(doubtful),
        useless=tuple(
            tuple(keys) for keys in doubtful if len({truth[key] for key in keys}) == len(keys)
        ),
    )


def _members(of: Mapping[int, Hashable]) -> dict[Hashable, list[int]]:
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for key, value in of.items():
        found[value].append(key)
    return found


def _false(clusters: Iterable[Sequence[int]], truth: Mapping[int, Hashable]) -> Iterator[Pair]:
    """Yield for each merged paper too many one pair that shows it."""
    for keys in clusters:
        first: dict[Hashable, int] = {}
        for key in sorted(keys):
            first.setdefault(truth[key], key)
        lowest, *others = first.values()
        yield from ((lowest, other) for other in others)


def _apart(papers: Iterable[Sequence[int]], reached: Mapping[int, int]) -> Iterator[Pair]:
    for keys in papers:
        first: dict[int, int] = {}
        for key in sorted(keys):
            first.setdefault(reached[key], key)
        lowest, *others = first.values()
        yield from ((lowest, other) for other in others)


def _accept_right_suggestions(
    groups: Sequence[Group], cluster: Mapping[int, int], truth: Mapping[int, Hashable]
) -> dict[int, int]:
    """Return the cluster of each record once a person has accepted what is right in each doubt."""
    joined = {of: of for of in cluster.values()}

    def root(of: int) -> int:
        while joined[of] != of:
            of = joined[of]
        return of

    for group in groups:
        if group.sure:
            continue
        for one, other in combinations([match.key for match in group.members], 2):
            if truth[one] == truth[other]:
                joined[root(cluster[one])] = root(cluster[other])
    return {key: root(of) for key, of in cluster.items()}
