"""The groups of a review that stand, as the search for duplicates reads them before it begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from records.choices import DuplicateStanding
from records.models import DuplicateMember
from reviews.models import Review

# Of a larger group that was parted the rule is told the pairs with the kept record alone.
PAIRS_FROM = 300
Row = tuple[int, int, int, bool, str]


class KnownGroups:
    """Who is kept where, what waits, and what a person told apart.

    What was said of a record that is merged now holds for the record it stands behind.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.kept_in: dict[int, int] = {}
        self._behind: dict[int, list[tuple[int, int]]] = {}
        self._waiting: defaultdict[int, set[int]] = defaultdict(set)
        merged: defaultdict[int, list[tuple[int, int, bool]]] = defaultdict(list)
        rest: defaultdict[int, list[tuple[int, bool]]] = defaultdict(list)
        for key, group, record, kept, standing in rows:
            if standing == DuplicateStanding.MERGED:
                merged[group].append((record, key, kept))
                rest[group].append((record, False))
            elif standing == DuplicateStanding.WAITING:
                self._waiting[record].add(group)
            else:
                rest[group].append((record, True))
        self._stands_for = self._read_merged(merged)
        self._parted = {
            group: members for group, members in rest.items() if any(apart for _, apart in members)
        }
        self._parted_in: defaultdict[int, dict[int, bool]] = defaultdict(dict)
        for group, members in self._parted.items():
            for record, apart in members:
                self._parted_in[self._lifted(record)][group] = apart

    @classmethod
    def of(cls, review: Review) -> KnownGroups:
        """Return the groups of a review; one query."""
        current = DuplicateMember.objects.current().filter(review=review).order_by("group", "pk")
        return cls(current.values_list("pk", "group", "record", "kept", "standing").iterator())

    def behind(self, place: int) -> list[tuple[int, int]]:
        """Return the records merged behind a kept one, each with its row."""
        return self._behind.get(place, [])

    def size(self, record: int) -> int:
        """Return how many records stand behind this one."""
        return len(self.behind(self.kept_in[record]))

    def apart(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of records that a person declared to be different papers or reports."""
        for members in self._parted.values():
            known = {self._lifted(record): apart for record, apart in members}
            first = self._lifted(members[0][0])
            if len(known) > PAIRS_FROM:
                yield from ((first, other) for other in known if other != first)
                continue
            for one, other in combinations(sorted(known), 2):
                if known[one] or known[other]:
                    yield one, other

    def are_apart(self, one: int, other: int) -> bool:
        """Say whether a person declared the two to be different papers or reports."""
        of_one, of_other = self._parted_in.get(one), self._parted_in.get(other)
        if not of_one or not of_other:
            return False
        return any(apart or of_other[group] for group, apart in of_one.items() if group in of_other)

    def wait_together(self, one: int, other: int) -> bool:
        """Say whether a person is asked about the two already."""
        return not self._waiting.get(one, set()).isdisjoint(self._waiting.get(other, set()))

    def _lifted(self, record: int) -> int:
        return self._stands_for.get(record, record)

    def _read_merged(self, merged: dict[int, list[tuple[int, int, bool]]]) -> dict[int, int]:
        stands_for: dict[int, int] = {}
        for members in merged.values():
            kept = next(((record, key) for record, key, is_kept in members if is_kept), None)
            if kept is not None:
                self.kept_in[kept[0]] = kept[1]
                self._behind[kept[1]] = [(r, key) for r, key, is_kept in members if not is_kept]
                stands_for.update((r, kept[0]) for r, _, is_kept in members if not is_kept)
        return stands_for
