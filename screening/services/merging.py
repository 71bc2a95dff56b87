"""Duplicates: groups are found by the machine, merged or parted, and stay reversible for ever."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from django.core.exceptions import ValidationError
from django.db import transaction

from reviews import audit
from reviews.audit import Act
from reviews.models import Membership
from screening.choices import DuplicateStanding
from screening.duplicates import Candidate, Group, find_groups
from screening.models import (
    DuplicateGroup,
    DuplicateMember,
    ImportBatch,
    Record,
    ScreeningDecision,
    Seat,
)
from screening.services.seats import deal_open_stages


@transaction.atomic
def find_duplicates(*, lead: Membership) -> dict[str, int]:
    """Group the records that are one paper: sure groups merge, doubtful ones wait for a person.

    Of two records dealt to reviewers already the machine merges neither behind the other. What a
    person decided stays, so a second run changes nothing. Seats of records that came since
    are dealt where a stage is open. Returns the totals of the review: ``records`` visible,
    ``groups``, ``merged`` (records behind another) and ``to_review`` (groups that wait).
    """
    act = audit.begin(member=lead)
    records = {r.pk: r for r in Record.objects.filter(review=act.review).unmerged()}
    known = _known_groups(act)
    dealt = _dealt(records)
    written = 0
    candidates = [_candidate(record) for record in records.values()]
    for group in find_groups(candidates, apart=known.apart()):
        keys = {match.key for match in group.members}
        if any(keys <= waiting for waiting in known.waiting):
            continue
        sure = group.sure and len(keys & dealt) < 2
        _write(act, group, records, known, kept=_kept(group, dealt), sure=sure)
        written += 1
    deal_open_stages(act)
    totals = _totals(act)
    act.log("screening.duplicates_found", written=written, totals=totals)
    return totals


@transaction.atomic
def merge_group(
    *, lead: Membership, group: DuplicateGroup, kept: Record | None = None
) -> DuplicateGroup:
    """Merge a waiting group behind the record kept.

    Raises:
        ValidationError: the group does not wait (code ``not_waiting``), ``kept`` is not in it
            (code ``not_in_group``), more than one of it was voted on (code ``voted``), or one of
            it is merged elsewhere (code ``merged_elsewhere``).
    """
    act = audit.begin(member=lead)
    members = _members(act, group)
    if not members or any(m.standing != DuplicateStanding.WAITING for m in members):
        raise ValidationError("This group does not wait for a decision.", code="not_waiting")
    chosen = kept.pk if kept else next(m.record_id for m in members if m.kept)
    if chosen not in {m.record_id for m in members}:
        raise ValidationError("The record to keep is not in this group.", code="not_in_group")
    voted = _voted(m.record_id for m in members)
    if voted - {chosen}:
        raise ValidationError("Keep the record that has been voted on.", code="voted")
    elsewhere = DuplicateMember.objects.current().filter(
        record__in=[m.record_id for m in members], standing=DuplicateStanding.MERGED
    )
    if elsewhere.exists():
        group = _join(act, members, list(elsewhere.select_related("group", "record")), lead)
    else:
        for member in members:
            act.replace(
                member,
                _again(member, DuplicateStanding.MERGED, lead, kept=member.record_id == chosen),
            )
    act.log("screening.duplicates_merged", subject=group, records=len(members))
    return group


@transaction.atomic
def separate_group(*, lead: Membership, group: DuplicateGroup) -> DuplicateGroup:
    """Say that the records of a group are different papers; a merge is undone the same way.

    Raises:
        ValidationError: the group was parted already (code ``parted``).
    """
    act = audit.begin(member=lead)
    members = [m for m in _members(act, group) if m.standing != DuplicateStanding.SEPARATE]
    if not members:
        raise ValidationError("These records were parted already.", code="parted")
    for member in members:
        act.replace(member, _again(member, DuplicateStanding.SEPARATE, lead, kept=member.kept))
    deal_open_stages(act)
    act.log("screening.duplicates_parted", subject=group, records=len(members))
    return group


def forget_records(act: Act, batch: ImportBatch) -> None:
    """Take the records of an undone import out of their groups; what they hid appears again."""
    places = DuplicateMember.objects.current().filter(record__batch=batch)
    touched = set(places.values_list("group", flat=True))
    act.supersede(*places)
    for group in DuplicateGroup.objects.filter(pk__in=touched):
        rest = _members(act, group)
        if len(rest) == 1:
            act.supersede(*rest)
        elif rest and not any(member.kept for member in rest):
            act.replace(rest[0], _again(rest[0], rest[0].standing, rest[0].decided_by, kept=True))


class _Known:
    """The groups that stand: who is kept where, what waits, and what a person parted."""

    def __init__(self, members: Iterable[DuplicateMember]) -> None:
        self.kept_in: dict[int, DuplicateMember] = {}
        waiting: dict[int, set[int]] = {}
        parted: dict[int, set[int]] = {}
        for member in members:
            if member.standing == DuplicateStanding.MERGED and member.kept:
                self.kept_in[member.record_id] = member
            elif member.standing == DuplicateStanding.WAITING:
                waiting.setdefault(member.group_id, set()).add(member.record_id)
            elif member.standing == DuplicateStanding.SEPARATE:
                parted.setdefault(member.group_id, set()).add(member.record_id)
        self.waiting = list(waiting.values())
        self.parted = list(parted.values())

    def apart(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of records that a person declared to be different papers."""
        for records in self.parted:
            yield from combinations(sorted(records), 2)


def _known_groups(act: Act) -> _Known:
    members = DuplicateMember.objects.current().filter(review=act.review)
    return _Known(members.select_related("group", "record"))


def _write(
    act: Act,
    found: Group,
    records: dict[int, Record],
    known: _Known,
    *,
    kept: int,
    sure: bool,
) -> None:
    """Write a found group; a sure one joins the group in which one of its records is kept."""
    standing = DuplicateStanding.MERGED if sure else DuplicateStanding.WAITING
    standing_groups = [known.kept_in[m.key] for m in found.members if m.key in known.kept_in]
    if not sure or not standing_groups:
        group = act.insert(DuplicateGroup())
        present: set[int] = set()
    else:
        place = standing_groups[0]
        group, kept, present = place.group, place.record_id, {place.record_id}
        for other in standing_groups[1:]:
            present |= _move(act, other, group)
    act.bulk_insert(
        [
            DuplicateMember(
                group=group,
                record=records[match.key],
                kept=match.key == kept,
                standing=standing,
                score=str(match.score),
                why=match.why[:200],
            )
            for match in found.members
            if match.key not in present
        ]
    )


def _move(act: Act, place: DuplicateMember, group: DuplicateGroup) -> set[int]:
    """Move the members of another merged group behind the record kept in ``group``."""
    members = _members(act, place.group)
    for member in members:
        new = _again(member, member.standing, member.decided_by, kept=False)
        new.group = group
        act.replace(member, new)
    return {member.record_id for member in members}


def _join(
    act: Act,
    members: Sequence[DuplicateMember],
    elsewhere: Sequence[DuplicateMember],
    lead: Membership,
) -> DuplicateGroup:
    """Merge a waiting group into the settled group of the record it shares with it."""
    if len({place.group_id for place in elsewhere}) > 1 or not elsewhere[0].kept:
        raise ValidationError(
            "A record of this group is merged elsewhere. Part that group first.",
            code="merged_elsewhere",
        )
    group = elsewhere[0].group
    shared = {place.record_id for place in elsewhere}
    for member in members:
        if member.record_id in shared:
            act.supersede(member)
            continue
        new = _again(member, DuplicateStanding.MERGED, lead, kept=False)
        new.group = group
        act.replace(member, new)
    return group


def _again(
    member: DuplicateMember, standing: str, decided_by: Membership | None, *, kept: bool
) -> DuplicateMember:
    return DuplicateMember(
        group=member.group,
        record=member.record,
        kept=kept,
        standing=standing,
        score=member.score,
        why=member.why,
        decided_by=decided_by,
    )


def _members(act: Act, group: DuplicateGroup) -> list[DuplicateMember]:
    members = DuplicateMember.objects.current().filter(group=group, review=act.review)
    return list(members.select_related("group", "record", "decided_by").order_by("record", "pk"))


def _voted(records: Iterable[int]) -> set[int]:
    votes = ScreeningDecision.objects.current().filter(record__in=list(records))
    return set(votes.order_by().values_list("record", flat=True))


def _dealt(records: Iterable[int]) -> set[int]:
    """Return the records somebody holds a seat on.

    The machine goes by seats and never by votes: what it merges changes every queue, and one
    reviewer's vote must not.
    """
    seats = Seat.objects.current().filter(record__in=list(records))
    return set(seats.order_by().values_list("record", flat=True))


def _kept(group: Group, dealt: set[int]) -> int:
    """Return the record to keep: one that is being screened already, else the rule's choice."""
    return next((match.key for match in group.members if match.key in dealt), group.kept)


def _candidate(record: Record) -> Candidate:
    others = (record.issue, record.keywords, record.language, record.url, record.issn)
    return Candidate(
        key=record.pk,
        title=record.title,
        year=record.year,
        doi=record.doi,
        pmid=record.pmid,
        journal=record.journal or record.journal_abbreviation,
        volume=record.volume,
        pages=record.pages,
        authors=tuple(record.author_list),
        abstract_length=len(record.abstract),
        filled=sum(map(bool, others)),
    )


def _totals(act: Act) -> dict[str, int]:
    current = DuplicateMember.objects.current().filter(review=act.review)
    merged = current.filter(standing=DuplicateStanding.MERGED)
    waiting = current.filter(standing=DuplicateStanding.WAITING)
    return {
        "records": Record.objects.filter(review=act.review).visible().count(),
        "groups": merged.values("group").distinct().count(),
        "merged": merged.filter(kept=False).count(),
        "to_review": waiting.values("group").distinct().count(),
    }
