"""The places of some records in duplicate groups, within one act: read once, written at its end."""

from collections.abc import Iterable

from records.choices import DuplicateStanding
from records.models import DuplicateGroup, DuplicateMember, Record
from reviews.audit import Act
from reviews.models import Membership

APART = (DuplicateStanding.SEPARATE, DuplicateStanding.COMPANION)


def _by_key(row: DuplicateMember) -> int:
    return row.pk


class Regrouping:
    """What stands of some records, and what the act makes of it.

    ``records`` are those that are visible, ``place`` the row by which a record stands in a merged
    group, ``waiting`` the rows of each waiting group that one of the records is in.
    """

    def __init__(self, act: Act, keys: Iterable[int]) -> None:
        self.act = act
        wanted = set(keys)
        # Neither in an order nor by the review: SQLite would walk the whole review for either.
        visible = Record.objects.filter(review=act.review, pk__in=wanted).visible().order_by()
        self.records: dict[int, Record] = {record.pk: record for record in visible.only("uid")}
        current = DuplicateMember.objects.current().order_by()
        self._current = current.select_related("group", "decided_by")
        own = self._current.filter(record__in=wanted)
        self.own = sorted((r for r in own if r.review_id == act.review.pk), key=_by_key)
        self.place = {
            row.record_id: row for row in self.own if row.standing == DuplicateStanding.MERGED
        }
        groups = {row.group_id for row in self.own if row.standing == DuplicateStanding.WAITING}
        self.waiting: dict[int, dict[int, DuplicateMember]] = {}
        for row in self._waiting_rows(groups):
            self.waiting.setdefault(row.group_id, {})[row.record_id] = row
        self._ended: list[DuplicateMember] = []
        self._groups: list[DuplicateGroup] = []
        self._made: dict[int, DuplicateMember] = {}

    def new_group(self, *, sure: bool, doubt: int) -> DuplicateGroup:
        """Begin a group; it is written with its rows."""
        group = DuplicateGroup(sure=sure, doubt=doubt)
        self._groups.append(group)
        return group

    def end(self, row: DuplicateMember) -> None:
        """End a row, or leave out one that this act has made."""
        if row.pk is None:
            del self._made[id(row)]
        else:
            self._ended.append(row)
        self._forget(row)

    def add(
        self,
        group: DuplicateGroup,
        record: Record,
        *,
        kept: bool,
        standing: str,
        score: str,
        why: str,
        by: Membership | None,
    ) -> DuplicateMember:
        """Give a record a place in a group."""
        row = DuplicateMember(
            group=group,
            record=record,
            kept=kept,
            standing=standing,
            score=score,
            why=why[:200],
            decided_by=by,
        )
        self._made[id(row)] = row
        if standing == DuplicateStanding.MERGED:
            self.place[record.pk] = row
        elif standing == DuplicateStanding.WAITING and group.pk:
            self.waiting.setdefault(group.pk, {})[record.pk] = row
        return row

    def again(
        self,
        row: DuplicateMember,
        standing: str,
        *,
        by: Membership | None,
        kept: bool,
        group: DuplicateGroup | None = None,
    ) -> DuplicateMember:
        """End a row and write it anew with another standing, or in another group."""
        self.end(row)
        return self.add(
            group or row.group,
            self.record_of(row),
            kept=kept,
            standing=standing,
            score=row.score,
            why=row.why,
            by=by,
        )

    def put_behind(
        self,
        kept: Record,
        record: Record,
        group: DuplicateGroup,
        *,
        score: str,
        why: str,
        by: Membership | None,
    ) -> None:
        """Merge a record behind the kept one of ``group``; one that is merged already moves.

        Where it waits in other groups the kept record waits in its stead.
        """
        old = self.place.get(record.pk)
        if old is not None:
            self.again(old, DuplicateStanding.MERGED, by=old.decided_by, kept=False, group=group)
        else:
            self.add(
                group,
                record,
                kept=False,
                standing=DuplicateStanding.MERGED,
                score=score,
                why=why,
                by=by,
            )
        for waiting in list(self.waiting.values()):
            if record.pk in waiting:
                self._stand_in(waiting, record, kept)

    def behind(self, place: DuplicateMember) -> list[DuplicateMember]:
        """Return the rows of the records merged behind a kept one."""
        rows = self._current.filter(group=place.group_id, standing=DuplicateStanding.MERGED)
        return sorted(rows.exclude(pk=place.pk), key=_by_key)

    def record_of(self, row: DuplicateMember) -> Record:
        """Return the record of a row, with no more of it than an act needs."""
        known = self.records.get(row.record_id)
        if known is None:
            known = Record.objects.only("uid").get(pk=row.record_id)
            self.records[row.record_id] = known
        return known

    def write(self, *, counted: bool = True) -> int:
        """Write what was changed; returns how many rows were made and ended."""
        self.act.supersede(*self._ended)
        self.act.bulk_insert(self._groups, counted=counted)
        self.act.bulk_insert(list(self._made.values()), counted=counted)
        return len(self._ended) + len(self._made)

    def _waiting_rows(self, groups: set[int]) -> list[DuplicateMember]:
        rows = self._current.filter(group__in=groups, standing=DuplicateStanding.WAITING)
        return sorted(rows, key=_by_key)

    def _stand_in(self, waiting: dict[int, DuplicateMember], record: Record, kept: Record) -> None:
        """Let the kept record wait in a group in place of one that went behind it."""
        row = waiting[record.pk]
        parted = self._parted_from(kept.pk)
        others = [other for key, other in waiting.items() if key not in {record.pk, kept.pk}]
        if kept.pk not in waiting and not any(other.record_id in parted for other in others):
            self.add(
                row.group,
                kept,
                kept=row.kept,
                standing=DuplicateStanding.WAITING,
                score=row.score,
                why=row.why,
                by=None,
            )
        self.end(row)
        self._mend(waiting)

    def _mend(self, waiting: dict[int, DuplicateMember]) -> None:
        """Close a waiting group of one record; let another be the one to keep where it is gone."""
        rows = sorted(waiting.values(), key=lambda row: row.record_id)
        if len(rows) == 1:
            self.end(rows[0])
        elif rows and not any(row.kept for row in rows):
            self.again(rows[0], DuplicateStanding.WAITING, by=None, kept=True)

    def _parted_from(self, record: int) -> set[int]:
        """Return the records that a person told apart from this one."""
        rows = DuplicateMember.objects.current().filter(review=self.act.review).order_by()
        own = rows.filter(record=record)
        by_it = rows.filter(group__in=own.filter(standing__in=APART).values("group"))
        by_them = rows.filter(group__in=own.values("group"), standing__in=APART)
        return {*by_it.values_list("record", flat=True), *by_them.values_list("record", flat=True)}

    def _forget(self, row: DuplicateMember) -> None:
        if self.place.get(row.record_id) == row:
            del self.place[row.record_id]
        waiting = self.waiting.get(row.group_id, {})
        if waiting.get(row.record_id) == row:
            del waiting[row.record_id]
