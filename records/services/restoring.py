"""How a decision on duplicates is taken back: what its act ended is written anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from records import uses
from records.choices import DuplicateStanding
from records.models import DuplicateMember
from records.services.regrouping import Regrouping
from reviews.audit import Act

MERGED = DuplicateStanding.MERGED


@dataclass
class Part:
    """Groups of an act that share records: they are taken back together or not at all."""

    records: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    made: list[DuplicateMember] = field(default_factory=list)
    ended: list[DuplicateMember] = field(default_factory=list)

    def take(self, other: "Part") -> None:
        """Take the rows of another part."""
        self.records |= other.records
        self.groups |= other.groups
        self.made += other.made
        self.ended += other.ended


def restore(act: Act, instant: datetime) -> tuple[int, set[int]]:
    """Put back what the act of that instant ended, as far as nothing of it was changed since.

    Returns how many groups are as before, and the records they hold.
    """
    rows = DuplicateMember.objects.filter(review=act.review).select_related("group", "decided_by")
    made = list(rows.filter(recorded_at=instant).order_by("pk"))
    ended = list(rows.filter(superseded_at=instant).order_by("pk"))
    parts = _parts(made, ended)
    keys = set().union(*(part.records for part in parts))
    regrouping, stay = Regrouping(act, keys), uses.must_stay(keys)
    standing = _standing(act, parts)
    back = [part for part in parts if _restored(regrouping, part, stay, standing)]
    regrouping.write()
    touched = set().union(*(part.records for part in back))
    return len({row.group_id for part in back for row in part.ended}), touched


def _parts(made: Sequence[DuplicateMember], ended: Sequence[DuplicateMember]) -> list[Part]:
    of: dict[tuple[str, int], Part] = {}
    for row, is_made in [*((row, True) for row in made), *((row, False) for row in ended)]:
        part = Part({row.record_id}, {row.group_id})
        (part.made if is_made else part.ended).append(row)
        names = [("record", row.record_id), ("group", row.group_id)]
        sharing = {id(of[name]): of[name] for name in names if name in of}
        for other in sharing.values():
            part.take(other)
        of.update({("record", key): part for key in part.records})
        of.update({("group", key): part for key in part.groups})
    return list({id(part): part for part in of.values()}.values())


def _standing(act: Act, parts: Sequence[Part]) -> dict[int, dict[int, DuplicateMember]]:
    """Return the current rows of the groups of these parts, by group and record."""
    groups = set().union(*(part.groups for part in parts))
    rows = DuplicateMember.objects.current().filter(review=act.review, group__in=groups)
    found: dict[int, dict[int, DuplicateMember]] = {group: {} for group in groups}
    for row in rows.select_related("group", "decided_by"):
        found[row.group_id][row.record_id] = row
    return found


def _in_force(
    part: Part, standing: dict[int, dict[int, DuplicateMember]]
) -> list[DuplicateMember] | None:
    """Return the current rows that say what the act made, or nothing where one says otherwise.

    They may be others than the act's own: a later decision on them may have been taken back.
    """
    rows = [(standing[row.group_id].get(row.record_id), row) for row in part.made]
    if any(now is None or _says(now) != _says(row) for now, row in rows):
        return None
    return [now for now, _ in rows if now is not None]


def _says(row: DuplicateMember) -> tuple[str, bool]:
    return row.standing, row.kept


def _restored(
    regrouping: Regrouping,
    part: Part,
    stay: dict[int, str],
    standing: dict[int, dict[int, DuplicateMember]],
) -> bool:
    rows = _in_force(part, standing)
    if rows is None or not part.ended:
        return False
    own = {row.pk for row in rows}
    for group in {row.group_id for row in rows if row.kept and row.standing == MERGED}:
        if any(row.pk not in own and row.standing == MERGED for row in standing[group].values()):
            return False
    if not part.records <= regrouping.records.keys():
        return False
    for row in part.ended:
        place = regrouping.place.get(row.record_id)
        if place is None or place.pk in own:
            continue
        if row.standing == MERGED or not place.kept:
            return False
    behind = [row for row in part.ended if row.standing == MERGED and not row.kept]
    if any(row.record_id in stay for row in behind):
        return False
    for row in rows:
        regrouping.end(row)
    for row in part.ended:
        regrouping.add(
            row.group,
            regrouping.record_of(row),
            kept=row.kept,
            standing=row.standing,
            score=row.score,
            why=row.why,
            by=row.decided_by,
        )
    return True
