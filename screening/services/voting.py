"""A reviewer's vote: cast, changed and withdrawn, and what it makes of the record.

Before release every one of these is taken with the same answer and the same number of queries,
whatever the other reviewer did: each writes the vote and writes anew where the record stands, and
where its paper does (``screening/services/papers.py``).
"""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone

from records.models import Record
from records.services.locking import lock_record
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import ExclusionReason, Membership
from reviews.roles import Capability
from screening.choices import Stage, Verdict
from screening.models import Release, ScreeningDecision, Seat
from screening.services.papers import count_votes, is_settled_by_a_person
from screening.services.seats import is_open
from screening.services.stages import release_by_rule


@all_or_nothing
def submit_decision(
    *,
    reviewer: Membership,
    record: Record,
    stage: str,
    verdict: str,
    reason: ExclusionReason | None = None,
    note: str = "",
    request_id: UUID | None = None,
    seen: Collection[UUID] | None = None,
) -> ScreeningDecision:
    """Cast or change a vote on a record that was dealt to the reviewer.

    The record is locked, then the review. ``request_id`` is remembered with the row: a request
    that comes again is answered with what it wrote and changes nothing, whatever happened since.
    The same vote twice writes nothing, but where the second has a new id it is a row of its own,
    because an id is remembered only by a row.

    ``seen`` holds the vote of the reviewer's own that the page showed, by its uid or its request;
    a different vote cast elsewhere since is not overwritten. ``None`` does not ask.

    Raises:
        ValidationError: the record is not in the reviewer's queue, or not any more (code
            ``not_dealt``), the stage is not open (code ``stage_closed``), the record was released
            (code ``released``), the reviewer voted otherwise elsewhere (code
            ``cast_elsewhere``), the id was used on another record (code ``request_reused``), or
            the vote breaks a rule of its model.
    """
    vote = ScreeningDecision(
        stage=stage,
        member=reviewer,
        verdict=verdict,
        reason=reason,
        note=note.strip(),
        request_id=request_id,
    )
    return _cast(reviewer=reviewer, record=record, vote=vote, seen=seen, verb="decision_submitted")


@all_or_nothing
def withdraw_decision(
    *,
    reviewer: Membership,
    record: Record,
    stage: str,
    request_id: UUID | None = None,
    seen: Collection[UUID] | None = None,
) -> ScreeningDecision:
    """Take a vote back; the record returns to the reviewer's queue.

    ``request_id`` and ``seen`` are as in ``submit_decision``.

    Raises:
        ValidationError: as ``submit_decision``, or there is no vote (code ``no_vote``).
    """
    vote = ScreeningDecision(
        stage=stage, member=reviewer, verdict=Verdict.WITHDRAWN, request_id=request_id
    )
    return _cast(reviewer=reviewer, record=record, vote=vote, seen=seen, verb="decision_withdrawn")


def _cast(
    *,
    reviewer: Membership,
    record: Record,
    vote: ScreeningDecision,
    seen: Collection[UUID] | None,
    verb: str,
) -> ScreeningDecision:
    record = lock_record(reviewer, record)
    act = audit.begin_as(member=reviewer, capability=Capability.SCREEN)
    sent_before = _sent_before(reviewer, record, vote)
    if sent_before is not None:
        return sent_before
    _refuse_unless_open(act, reviewer, record, vote.stage)
    own = ScreeningDecision.objects.current().filter(record=record, stage=vote.stage)
    old = own.filter(member=reviewer).first()
    withdrawn_before = old is None or old.verdict == Verdict.WITHDRAWN
    if vote.verdict == Verdict.WITHDRAWN and withdrawn_before:
        raise ValidationError("There is no vote of yours to take back.", code="no_vote")
    _refuse_if_cast_elsewhere(old, vote, seen)
    says_the_same = old is not None and _says(old) == _says(vote)
    if old is not None and says_the_same and vote.request_id is None:
        return old
    vote.record = record
    settled = is_settled_by_a_person(record.pk, vote.stage)
    vote.late = old.late if old and says_the_same else settled
    if old is None:
        act.insert(vote)
    else:
        act.replace(old, vote)
    release_by_rule(act, vote.stage, count_votes(act, record.pk, vote.stage))
    act.log(
        f"screening.{verb}", subject=record, stage=vote.stage, vote=vote.uid, verdict=vote.verdict
    )
    return vote


def _refuse_unless_open(act: Act, reviewer: Membership, record: Record, stage: str) -> None:
    # The page looked before the lock: since then an import may have been undone, or the seat
    # dealt to another person. What the queue does not show is not voted on.
    if not Seat.objects.dealt(reviewer, stage).filter(record=record).exists():
        raise ValidationError(
            "This record is not in your queue: it was taken out of screening, or it was never "
            "dealt to you. Nothing was saved.",
            code="not_dealt",
        )
    if Release.objects.current().filter(record=record, stage=stage).exists():
        raise ValidationError(
            "The votes on this record were released. Ask the lead if yours was wrong.",
            code="released",
        )
    if not is_open(act.review, stage):
        raise ValidationError(f"{Stage(stage).label} screening is closed.", code="stage_closed")


def _sent_before(
    reviewer: Membership, record: Record, vote: ScreeningDecision
) -> ScreeningDecision | None:
    """Return the row that the very same request wrote before."""
    row: ScreeningDecision | None
    row = ScreeningDecision.objects.sent_as(reviewer, vote.request_id).first()
    if row is not None and (row.record_id, row.stage) != (record.pk, vote.stage):
        raise ValidationError(
            "This answer was sent under the number of another one. Open the record and answer "
            "again.",
            code="request_reused",
        )
    return row


def _refuse_if_cast_elsewhere(
    old: ScreeningDecision | None, vote: ScreeningDecision, seen: Collection[UUID] | None
) -> None:
    """Refuse to overwrite the reviewer's own vote where the page did not show it.

    They cast it in another tab since; the same answer twice is no difference.
    """
    if seen is None or old is None or old.verdict == Verdict.WITHDRAWN:
        return
    same = (old.verdict, old.reason) == (vote.verdict, vote.reason)
    if same or old.uid in seen or old.request_id in seen:
        return
    at, answer = timezone.localtime(old.recorded_at), old.get_verdict_display()
    raise ValidationError(
        f"You decided this in another tab at {at:%H:%M}: {answer}. Answer again to change it.",
        code="cast_elsewhere",
    )


def _says(vote: ScreeningDecision) -> tuple[str, int | None, str]:
    return vote.verdict, vote.reason_id, vote.note
