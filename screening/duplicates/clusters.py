"""Records that are surely one paper, as they are brought together."""

from collections.abc import Iterable, Mapping, Sequence

from screening.duplicates.fingerprints import Fingerprint, titles_agree


class Cluster:
    """Records that are surely one, and the identifiers they state between them."""

    def __init__(self, mark: Fingerprint, apart: Iterable[int]) -> None:
        self.members = [mark]
        self.keys = {mark.key}
        self.apart = set(apart)
        self.dois = {mark.doi} - {""}
        self.pmids = {mark.pmid} - {""}

    def objection(self, other: "Cluster") -> str:
        """Return why the two cannot surely be one, or ``""``."""
        if self.told_apart_from(other):
            return "a person told them apart"
        if len(self.dois | other.dois) > 1:
            return "DOIs differ"
        if len(self.pmids | other.pmids) > 1:
            return "PMIDs differ"
        if self.members[0].marks != other.members[0].marks:
            return "one is a correction, a reply or another part"
        if not titles_agree(self.members[0], other.members[0]):
            return "titles differ"
        return ""

    def told_apart_from(self, other: "Cluster") -> bool:
        """Say whether a person has said that a record of each is not one of the other."""
        return not self.apart.isdisjoint(other.keys) or not other.apart.isdisjoint(self.keys)

    def absorb(self, other: "Cluster") -> None:
        """Take the other's records."""
        self.members += other.members
        self.keys |= other.keys
        self.apart |= other.apart
        self.dois |= other.dois
        self.pmids |= other.pmids


class Clustering:
    """All clusters, by the key of each of their records, and the doubts met between records."""

    def __init__(self, marks: Sequence[Fingerprint], apart: Mapping[int, set[int]]) -> None:
        self.of = {mark.key: Cluster(mark, apart.get(mark.key, ())) for mark in marks}
        self.doubts: dict[tuple[int, int], tuple[float, str]] = {}

    def clusters(self) -> list[Cluster]:
        """Return each cluster once, in the order of its lowest key."""
        once = {id(cluster): cluster for cluster in self.of.values()}
        return sorted(once.values(), key=lambda cluster: min(cluster.keys))

    def together(self, one: Fingerprint, other: Fingerprint) -> bool:
        """Say whether the two records are in one cluster already."""
        return self.of[one.key] is self.of[other.key]

    def join(self, one: Fingerprint, other: Fingerprint) -> None:
        """Make one cluster of the two records' clusters."""
        large, small = self.of[one.key], self.of[other.key]
        if len(large.members) < len(small.members):
            large, small = small, large
        large.absorb(small)
        for key in small.keys:
            self.of[key] = large

    def doubt(self, one: Fingerprint, other: Fingerprint, *, score: float, why: str) -> None:
        """Remember a doubt between two records; between the same two the strongest counts."""
        pair = (min(one.key, other.key), max(one.key, other.key))
        if pair not in self.doubts or self.doubts[pair][0] < score:
            self.doubts[pair] = (score, why)
