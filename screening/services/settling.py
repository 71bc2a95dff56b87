"""How a conflict is settled: discussion between the two, or a third person."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from records.models import Record
from records.services.locking import lock_record, refuse_unless_in_sight
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.choices import ReleaseRule, SettlingRule
from reviews.models import ExclusionReason, Membership
from reviews.roles import Capability
from screening.choices import Settled, Standing
from screening.models import DiscussionEntry, Release, Resolution, had_part
from screening.querysets.conflicts import to_discuss, to_hand_over
from screening.services.papers import counts_others, voters_on
from screening.services.stages import go_on, release


@all_or_nothing
def record_discussion(
    *,
    reviewer: Membership,
    record: Record,
    stage: str,
    verdict: str = "",
    reason: ExclusionReason | None = None,
    note: str = "",
    hand_over: bool = False,
) -> DiscussionEntry:
    """Enter what one of the two holds to be agreed; when both enter the same, it is settled.

    Of a paper of several records everybody whose vote stands on one of them takes part.

    Raises:
        ValidationError: the review settles conflicts by a third person at once (code ``rule``),
            or this conflict is settled, not released, or not one of this reviewer's (code
            ``not_discussed``).
    """
    record = lock_record(reviewer, record)
    act = audit.begin_as(member=reviewer, capability=Capability.SCREEN)
    if act.review.settings.settling_rule != SettlingRule.DISCUSSION:
        raise ValidationError("In this review a third person settles conflicts.", code="rule")
    if not to_discuss(Record.objects.filter(pk=record.pk), reviewer, stage).exists():
        raise ValidationError(
            "This conflict does not wait for the two of you: it was settled, handed over, or is "
            "not released.",
            code="not_discussed",
        )
    entries = {
        entry.member_id: entry
        for entry in DiscussionEntry.objects.current()
        .filter(record=record, stage=stage)
        .select_related("reason", "member")
    }
    entry = DiscussionEntry(
        record=record,
        stage=stage,
        member=reviewer,
        verdict="" if hand_over else verdict,
        reason=None if hand_over else reason,
        hand_over=hand_over,
        note=note.strip(),
    )
    entry = act.replace(entries.pop(reviewer.pk, None), entry)
    agreed = _agreeing(entry, list(entries.values()), voters_on(record.pk, stage))
    if agreed is not None:
        settle(
            act,
            record,
            stage,
            Resolution(
                verdict=entry.verdict,
                reason=entry.reason,
                how=Settled.DISCUSSION,
                member=agreed.member,
                second_member=reviewer,
                note=entry.note,
            ),
        )
    act.log("screening.discussion_recorded", subject=record, stage=stage, entry=entry.uid)
    return entry


@all_or_nothing
def hand_over_conflicts(*, lead: Membership, stage: str) -> int:
    """Hand the conflicts that the two have not settled to the adjudicators; returns how many.

    Only released ones, which the page counts: of the others nobody may know that they are
    conflicts.
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    conflicts = list(to_hand_over(Record.objects.all(), act.review, stage))
    # A lead who is one of the two may have entered an answer before.
    own = DiscussionEntry.objects.current().filter(record__in=conflicts, stage=stage, member=lead)
    act.supersede(*own)
    entries = [
        DiscussionEntry(record=record, stage=stage, member=lead, hand_over=True)
        for record in conflicts
    ]
    act.bulk_insert(entries)
    if entries:
        act.log("screening.conflicts_handed_over", stage=stage, records=len(entries))
    return len(entries)


@all_or_nothing
def adjudicate_conflict(
    *,
    adjudicator: Membership,
    record: Record,
    stage: str,
    verdict: str,
    reason: ExclusionReason | None = None,
    note: str = "",
) -> Resolution:
    """Settle a conflict as the third person, or anew what a vote contests since.

    Raises:
        ValidationError: the record is out of sight meanwhile (code ``out_of_sight``), it is no
            conflict any more (code ``no_conflict``), the adjudicator had a seat on it (code
            ``own_vote``), or the two have not handed it over (code ``discussion_first``).
    """
    record = lock_record(adjudicator, record)
    act = audit.begin_as(member=adjudicator, capability=Capability.ADJUDICATE)
    refuse_unless_in_sight(record, merged=False)
    current = Resolution.objects.current().filter(record=record, stage=stage).first()
    if current is None or not (current.verdict == Standing.CONFLICT or current.contested):
        raise ValidationError("This record is no longer a conflict.", code="no_conflict")
    settings = act.review.settings
    own = Record.objects.filter(had_part(adjudicator, stage), pk=record.pk)
    if own.exists() and not settings.adjudicator_may_have_voted:
        raise ValidationError(
            "This record was dealt to you once, so another person settles it.", code="own_vote"
        )
    handed = DiscussionEntry.objects.current().filter(record=record, stage=stage, hand_over=True)
    if settings.settling_rule == SettlingRule.DISCUSSION and not handed.exists():
        raise ValidationError(
            "The two have not handed this conflict over.", code="discussion_first"
        )
    resolution = settle(
        act,
        record,
        stage,
        Resolution(
            verdict=verdict,
            reason=reason,
            how=Settled.ADJUDICATION,
            member=adjudicator,
            note=note.strip(),
        ),
    )
    act.log(
        "screening.conflict_adjudicated", subject=record, stage=stage, resolution=resolution.uid
    )
    return resolution


def settle(act: Act, record: Record, stage: str, resolution: Resolution) -> Resolution:
    """Write where a locked record stands from now on, and release anew what is released."""
    current = Resolution.objects.current().get(record=record, stage=stage)
    resolution.record, resolution.stage, resolution.settled_at = record, stage, act.at
    resolution.through_group = counts_others(record.pk, stage)
    act.replace(current, resolution)
    released = Release.objects.current().filter(record=record, stage=stage).first()
    if released is not None:
        again = Release(record=record, stage=stage, through_group=released.through_group)
        act.replace(released, again)
        go_on(act, stage, [resolution])
    elif act.review.settings.release_rule == ReleaseRule.ADJUDICATED:
        release(act, stage, [resolution])
    return resolution


def _agreeing(
    entry: DiscussionEntry, others: Sequence[DiscussionEntry], voters: set[int]
) -> DiscussionEntry | None:
    """Return another's entry where all who voted say the same, and nobody has handed over."""
    if entry.hand_over or any(other.hand_over for other in others):
        return None
    same = [other for other in others if _says(other) == _says(entry)]
    if not same or not voters <= {entry.member_id, *(other.member_id for other in same)}:
        return None
    return max(same, key=lambda other: (other.recorded_at, other.pk))


def _says(entry: DiscussionEntry) -> tuple[str, object]:
    return entry.verdict, entry.reason.key if entry.reason else None
