"""Which records are one paper, surely or in a person's judgement.

Records are read once into fingerprints; those alike in all that is compared
stand for one. Within small blocks every two are judged; sure rulings join
them into clusters whose members can all be one paper, and doubts between
clusters make small groups for a person. The time grows about as the number of
records, whatever they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from records.duplicates.blocks import candidate_pairs
from records.duplicates.candidates import Candidate, Group, Match
from records.duplicates.clusters import Clustering, Edge
from records.duplicates.counted import without_counts
from records.duplicates.fingerprints import Fingerprint, fingerprint
from records.duplicates.rulings import judge

# An identifier on more differing titles than this names a supplement, not a paper.
TITLES_OF_ONE_IDENTIFIER = 3
TOLD_BY = 12
LARGEST_DOUBT = 5
DOUBTS_OF_ONE = 6
THE_KEPT = "the most complete record"


def find_groups(
    candidates: Iterable[Candidate], *, apart: Iterable[tuple[int, int]] = ()
) -> list[Group]:
    """Return the groups of records that are, or may be, one paper.

    The answer depends on the candidates alone, not on their order. Sure groups
    come first, each kind in the order of its lowest key. A doubtful group is
    small, and of every two in it a person has to say whether they are one.

    Args:
        candidates: the records, each with a key of its own.
        apart: pairs of keys that a person has found to be different papers; no
            sure group unites them and no doubt between them is raised again.
    """
    rank: dict[int, tuple[bool, bool, int, int]] = {}
    read: list[Fingerprint] = []
    partners = _partners(apart)
    for candidate in candidates:
        rank[candidate.key] = (*candidate.completeness, -candidate.key)
        read.append(fingerprint(candidate))
    marks, copies = _standing_for_all(without_counts(read), partners)
    del read
    clustering = Clustering(marks, partners)
    sure: list[Edge] = []
    doubts: list[Edge] = []
    for one, other in candidate_pairs(marks):
        if ruling := judge(marks[one], marks[other]):
            (sure if ruling.tier else doubts).append(Edge(one, other, ruling))
    clustering.unite(sure)
    for edge in doubts:
        clustering.doubt(edge)
    return [
        *sorted(_sure_groups(clustering, copies, rank), key=_lowest),
        *sorted(_doubtful_groups(clustering, copies, rank), key=_lowest),
    ]


def _lowest(group: Group) -> tuple[int, ...]:
    return tuple(match.key for match in group.members)


def _partners(apart: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    partners: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        partners[one].add(other)
        partners[other].add(one)
    return dict(partners)


def _standing_for_all(
    read: Sequence[Fingerprint], partners: Mapping[int, set[int]]
) -> tuple[list[Fingerprint], dict[int, list[int]]]:
    """Return one fingerprint for all that are alike, sorted by title, and the keys of each."""
    shared = _shared_identifiers(read)
    titles = Counter(mark.title.compact for mark in read)
    first: dict[object, int] = {}
    copies: dict[int, list[int]] = {}
    marks: list[Fingerprint] = []
    for mark in sorted((_freed(mark, shared) for mark in read), key=lambda mark: mark.key):
        standing = mark.key
        if titles[mark.title.compact] > 1 and mark.key not in partners:
            standing = first.setdefault(mark.compared(), mark.key)
            if standing != mark.key and not _sure_of_itself(mark):
                standing = mark.key
        copies.setdefault(standing, []).append(mark.key)
        if standing == mark.key:
            marks.append(mark)
    marks.sort(key=lambda mark: (mark.title.compact, mark.year or 0, mark.key))
    return marks, copies


def _sure_of_itself(mark: Fingerprint) -> bool:
    """Say whether what the record states is enough to know the paper again."""
    ruling = judge(mark, mark)
    return ruling is not None and ruling.tier > 0


def _freed(mark: Fingerprint, shared: set[str]) -> Fingerprint:
    """Return the fingerprint without identifiers that many papers bear."""
    if mark.doi not in shared and mark.pmid not in shared:
        return mark
    doi = "" if mark.doi in shared else mark.doi
    return replace(mark, doi=doi, pmid="" if mark.pmid in shared else mark.pmid)


def _shared_identifiers(read: Sequence[Fingerprint]) -> set[str]:
    starts = {
        (identifier, mark.title.compact[:TOLD_BY])
        for mark in read
        for identifier in (mark.doi, mark.pmid)
        if identifier and mark.title.compact
    }
    counts = Counter(identifier for identifier, _ in starts)
    return {name for name, count in counts.items() if count > TITLES_OF_ONE_IDENTIFIER}


Rank = Mapping[int, tuple[bool, bool, int, int]]


def _keys(
    clustering: Clustering, copies: Mapping[int, list[int]], cluster: Iterable[int]
) -> list[int]:
    return sorted(key for at in cluster for key in copies[clustering.marks[at].key])


def _sure_groups(
    clustering: Clustering, copies: Mapping[int, list[int]], rank: Rank
) -> Iterator[Group]:
    once = {id(cluster): cluster for cluster in clustering.members.values() if len(cluster) > 1}
    joined = {at for cluster in once.values() for at in cluster}
    alone = (
        [at]
        for at, mark in enumerate(clustering.marks)
        if at not in joined and len(copies[mark.key]) > 1
    )
    for cluster in (*once.values(), *alone):
        kept = max(_keys(clustering, copies, cluster), key=lambda key: rank[key])
        head = next(at for at in cluster if kept in copies[clustering.marks[at].key])
        matches = [
            match
            for at in cluster
            for match in _sure_matches(clustering, copies[clustering.marks[at].key], at, head, kept)
        ]
        yield Group(tuple(sorted(matches, key=lambda match: match.key)), kept, sure=True)


def _sure_matches(
    clustering: Clustering, keys: Sequence[int], at: int, head: int, kept: int
) -> Iterator[Match]:
    if at == head:
        score, why = 1.0, "the same in everything that is compared"
    else:
        ruling = judge(clustering.marks[min(at, head)], clustering.marks[max(at, head)])
        if ruling is None or not ruling.tier:
            ruling = clustering.linked[at].ruling
            why = f"{ruling.why}, as another record of the group"
        else:
            why = ruling.why
        score = ruling.score
    for key in keys:
        yield Match(key, 1.0, THE_KEPT) if key == kept else Match(key, score, why)


def _doubtful_groups(
    clustering: Clustering, copies: Mapping[int, list[int]], rank: Rank
) -> Iterator[Group]:
    best = _doubts_between_kept(clustering, copies, rank)
    near: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in best:
        near[one].add(other)
        near[other].add(one)
    told: set[tuple[int, int]] = set()
    for pair in sorted(best, key=lambda pair: (-best[pair][0], pair)):
        if pair in told:
            continue
        group = _mutual(pair, near, best)
        told.update((a, b) for a in group for b in group if a < b)
        kept = max(group, key=lambda key: rank[key])
        members = tuple(
            Match(key, 1.0, THE_KEPT)
            if key == kept
            else Match(key, *best[min(key, kept), max(key, kept)])
            for key in sorted(group)
        )
        yield Group(members, kept, sure=False)


Doubts = dict[tuple[int, int], tuple[float, str]]


def _doubts_between_kept(
    clustering: Clustering, copies: Mapping[int, list[int]], rank: Rank
) -> Doubts:
    """Return the strongest doubt between each two kept records, a bounded number for each."""
    kept: dict[int, int] = {}
    best: Doubts = {}
    count: Counter[int] = Counter()
    for edge in sorted(clustering.doubts, key=lambda edge: edge.rank):
        one, other = clustering.cluster(edge.one), clustering.cluster(edge.other)
        if one is other or clustering.told_apart(one, other):
            continue
        ends = []
        for cluster in (one, other):
            if id(cluster) not in kept:
                keys = _keys(clustering, copies, cluster)
                kept[id(cluster)] = max(keys, key=lambda key: rank[key])
            ends.append(kept[id(cluster)])
        pair = (min(ends), max(ends))
        if pair in best or max(count[end] for end in ends) >= DOUBTS_OF_ONE:
            continue
        count.update(ends)
        best[pair] = (edge.ruling.score, edge.ruling.why)
    return best


def _mutual(pair: tuple[int, int], near: Mapping[int, set[int]], best: Doubts) -> tuple[int, ...]:
    """Return the pair and the few records that may be one paper with both."""
    group = set(pair)
    common = near[pair[0]] & near[pair[1]]
    strongest = sorted(
        common, key=lambda key: (-best[min(key, pair[0]), max(key, pair[0])][0], key)
    )
    for key in strongest:
        if len(group) < LARGEST_DOUBT and group <= near[key]:
            group.add(key)
    return tuple(group)
