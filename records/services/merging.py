"""What a person decides of duplicates: merged, told apart, companions; each can be taken back."""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError

from records import uses
from records.choices import DuplicateStanding
from records.models import DuplicateGroup, DuplicateMember, ImportBatch, Record
from records.services.regrouping import Regrouping
from records.services.restoring import restore
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import AuditEvent, Membership
from reviews.roles import Capability

RECORDS_AT_LEAST = 2
# More than a short act writes: a lead presses this once, and wants one step to take back.
ROWS_A_STEP = 1_500
# Events of these can be taken back.
DECISIONS = {
    "records.duplicates_merged",
    "records.duplicates_accepted",
    "records.duplicates_parted",
    "records.companions_told",
}


@all_or_nothing
def merge_group(
    *,
    lead: Membership,
    group: DuplicateGroup,
    kept: Record | None = None,
    records: Collection[Record] | None = None,
    shown: str = "",
) -> DuplicateGroup:
    """Merge a group behind the record kept: all of it, or some records of it.

    Without ``kept`` it is the one that the machine proposes, whatever anybody did with them.
    Records of the group that are not among ``records`` are told apart from the rest. ``shown`` is
    how the group stood when the person saw it.

    Raises:
        ValidationError: the group is merged (code ``not_waiting``), ``kept`` or one of
            ``records`` is not in it (code ``not_in_group``), fewer than two are merged (code
            ``too_few``), one that would go behind another must stay (code ``must_stay``), one is
            merged elsewhere (code ``merged_elsewhere``), or somebody decided it meanwhile (code
            ``decided``).
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    rows = _members(act, group)
    _refuse_if_decided(rows, shown)
    _refuse_if_merged(rows)
    keys = {row.record_id for row in rows}
    chosen = keys if records is None else {record.pk for record in records}
    if not chosen <= keys or (kept is not None and kept.pk not in chosen):
        raise ValidationError("The record to keep is not in this group.", code="not_in_group")
    regrouping = Regrouping(act, keys)
    stay = uses.must_stay(keys)
    merged = _merge(
        regrouping, rows, stay, lead=lead, kept=kept.pk if kept else None, chosen=chosen
    )
    regrouping.write()
    uses.regrouped(act, keys)
    act.log("records.duplicates_merged", subject=merged, records=len(chosen))
    return merged


@all_or_nothing
def accept_sure_groups(*, lead: Membership) -> int:
    """Merge the waiting groups that the machine is sure of, as one step; returns how many.

    They wait because more than one of their records was given out. Each is merged behind the record
    that the machine proposes; what cannot be merged goes on waiting. One step takes some 700
    groups.
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    waiting = list(DuplicateGroup.objects.filter(review=act.review).to_accept())
    by_group: dict[int, list[DuplicateMember]] = {}
    rows = DuplicateMember.objects.current().filter(review=act.review, group__in=waiting)
    for row in rows.order_by("group", "record"):
        by_group.setdefault(row.group_id, []).append(row)
    taken = _up_to([by_group[group.pk] for group in waiting], ROWS_A_STEP)
    keys = {row.record_id for members in taken for row in members}
    regrouping, stay = Regrouping(act, keys), uses.must_stay(keys)
    merged = sum(_accepted(regrouping, members[0].group_id, stay, lead) for members in taken)
    if merged:
        regrouping.write()
        uses.regrouped(act, keys)
        act.log("records.duplicates_accepted", groups=merged)
    return merged


@all_or_nothing
def separate_group(*, lead: Membership, group: DuplicateGroup, shown: str = "") -> DuplicateGroup:
    """Say that the records of a group are different papers; a merge is undone the same way.

    Raises:
        ValidationError: the group was parted already (code ``parted``), or somebody decided it
            since it stood as ``shown`` (code ``decided``).
    """
    standing = DuplicateStanding.SEPARATE
    return _part(lead, group, standing, verb="duplicates_parted", shown=shown)


@all_or_nothing
def tell_companions(*, lead: Membership, group: DuplicateGroup, shown: str = "") -> DuplicateGroup:
    """Say that the records of a group are different reports of one study.

    Each is screened by itself, and they are not suggested again; when their studies are opened
    they are offered as reports of one.

    Raises:
        ValidationError: that is known already (code ``parted``), or somebody decided it since it
            stood as ``shown`` (code ``decided``).
    """
    standing = DuplicateStanding.COMPANION
    return _part(lead, group, standing, verb="companions_told", shown=shown)


@all_or_nothing
def undo_decision(*, lead: Membership, event: AuditEvent) -> int:
    """Take back what one act decided of duplicates; returns how many groups are as before.

    Groups of which something else was decided since stay as they are; what was said of a record
    is not touched.

    Raises:
        ValidationError: it is no such act (code ``no_decision``), or nothing of it stands (code
            ``changed``).
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    if event.verb not in DECISIONS or event.review_id != act.review.pk:
        raise ValidationError("This cannot be taken back.", code="no_decision")
    back, touched = restore(act, event.at)
    if not back:
        raise ValidationError(
            "This was changed since. Decide the group anew instead.", code="changed"
        )
    uses.regrouped(act, touched)
    act.log("records.duplicates_restored", subject=event, groups=back)
    return back


def forget_records(act: Act, batch: ImportBatch) -> set[int]:
    """Take the records of an undone import out of their groups; returns those that remain."""
    places = list(DuplicateMember.objects.current().filter(record__batch=batch))
    act.supersede(*places)
    rest: dict[int, list[DuplicateMember]] = {}
    members = DuplicateMember.objects.current().filter(group__in={row.group_id for row in places})
    for row in members.select_related("group", "record", "decided_by").order_by("record", "pk"):
        rest.setdefault(row.group_id, []).append(row)
    alone = [rows[0] for rows in rest.values() if len(rows) == 1]
    act.supersede(*alone)
    headless = [r for r in rest.values() if len(r) > 1 and not any(row.kept for row in r)]
    act.supersede(*[rows[0] for rows in headless])
    act.bulk_insert([_as_kept(rows[0]) for rows in headless])
    return {row.record_id for rows in rest.values() for row in rows}


def _as_kept(row: DuplicateMember) -> DuplicateMember:
    return DuplicateMember(
        group=row.group,
        record=row.record,
        kept=True,
        standing=row.standing,
        score=row.score,
        why=row.why,
        decided_by=row.decided_by,
    )


def _merge(
    regrouping: Regrouping,
    rows: Sequence[DuplicateMember],
    stay: dict[int, str],
    *,
    lead: Membership,
    kept: int | None,
    chosen: Collection[int],
) -> DuplicateGroup:
    """Merge the chosen records of a waiting group, in the group their kept record has already."""
    merging = [row for row in rows if row.record_id in chosen]
    head = _head(merging, stay, kept)
    places = regrouping.place
    if any(row.record_id in places and not places[row.record_id].kept for row in merging):
        raise ValidationError(
            "A record of this group is merged elsewhere. Part that group first.",
            code="merged_elsewhere",
        )
    own = places.get(head.record_id)
    group = own.group if own else head.group
    for row in rows:
        if row.record_id not in chosen:
            regrouping.again(row, DuplicateStanding.SEPARATE, by=lead, kept=False)
    if own is None:
        regrouping.again(head, DuplicateStanding.MERGED, by=lead, kept=True)
    elif len(merging) == len(rows):
        regrouping.end(head)
    else:
        # Who was told apart was told apart from the kept record: it stays beside them.
        regrouping.again(head, DuplicateStanding.SEPARATE, by=lead, kept=True)
    for row in merging:
        if row is not head:
            _put_behind(regrouping, head, row, group, lead)
    return group


def _put_behind(
    regrouping: Regrouping,
    head: DuplicateMember,
    row: DuplicateMember,
    group: DuplicateGroup,
    lead: Membership,
) -> None:
    kept, record = regrouping.record_of(head), regrouping.record_of(row)
    place = regrouping.place.get(row.record_id)
    for other in regrouping.behind(place) if place else []:
        regrouping.again(
            other, DuplicateStanding.MERGED, by=other.decided_by, kept=False, group=group
        )
    regrouping.end(row)
    regrouping.put_behind(kept, record, group, score=row.score, why=row.why, by=lead)


def _head(
    merging: Sequence[DuplicateMember], stay: dict[int, str], kept: int | None
) -> DuplicateMember:
    """Return the row of the record to keep: the person's choice, else the machine's."""
    if len(merging) < RECORDS_AT_LEAST:
        raise ValidationError("Choose at least two records to merge.", code="too_few")
    fixed = [row for row in merging if row.record_id in stay]
    proposed = fixed or [row for row in merging if row.kept] or merging
    head = next((row for row in merging if row.record_id == kept), proposed[0])
    hidden = next((row for row in fixed if row is not head), None)
    if hidden is None:
        return head
    why = stay[hidden.record_id]
    if len(fixed) > 1:
        words = f"More than one of these must stay: {why}. Say that they are reports of the same "
        raise ValidationError(f"{words}study instead.", code="must_stay")
    raise ValidationError(f"Keep record {hidden.record.number}: {why}.", code="must_stay")


def _accepted(regrouping: Regrouping, group: int, stay: dict[int, str], lead: Membership) -> bool:
    """Merge a sure group where that can be done; one before it may have changed it."""
    rows = list(regrouping.waiting.get(group, {}).values())
    if len(rows) < RECORDS_AT_LEAST:
        return not rows
    try:
        _merge(
            regrouping,
            sorted(rows, key=lambda row: row.record_id),
            stay,
            lead=lead,
            kept=None,
            chosen={row.record_id for row in rows},
        )
    except ValidationError:
        return False
    return True


def _part(
    lead: Membership, group: DuplicateGroup, standing: str, *, verb: str, shown: str
) -> DuplicateGroup:
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    every = _members(act, group)
    _refuse_if_decided(every, shown)
    members = [row for row in every if row.standing != standing]
    if not members:
        words = "That is known of these records already."
        if standing == DuplicateStanding.SEPARATE:
            words = "These records were parted already."
        raise ValidationError(words, code="parted")
    records = [row.record_id for row in members]
    regrouping = Regrouping(act, records)
    for row in members:
        regrouping.again(row, standing, by=lead, kept=row.kept)
    regrouping.write()
    uses.regrouped(act, records)
    act.log(f"records.{verb}", subject=group, records=len(members))
    return group


def _up_to(groups: Sequence[list[DuplicateMember]], rows: int) -> list[list[DuplicateMember]]:
    """Return the first groups, as many as an act of about ``rows`` rows merges."""
    taken: list[list[DuplicateMember]] = []
    number = 0
    for members in groups:
        number += len(members)
        if taken and number > rows:
            break
        taken.append(members)
    return taken


def _refuse_if_merged(members: list[DuplicateMember]) -> None:
    if not members or any(m.standing == DuplicateStanding.MERGED for m in members):
        raise ValidationError("This group does not wait for a decision.", code="not_waiting")


def _refuse_if_decided(members: list[DuplicateMember], shown: str) -> None:
    stands = next((m for m in members if m.kept), None)
    if shown and stands is not None and stands.standing != shown:
        raise ValidationError(
            f"This group was decided meanwhile: {stands.get_standing_display()}.", code="decided"
        )


def _members(act: Act, group: DuplicateGroup) -> list[DuplicateMember]:
    members = DuplicateMember.objects.current().filter(group=group, review=act.review)
    members = members.select_related("group", "record", "decided_by")
    return list(members.defer("record__raw", "record__abstract").order_by("record", "pk"))
