"""A reviewer's vote: cast, changed and withdrawn, and what it makes of the record.

Before release every one of these is taken with the same answer and the same number of queries,
whatever the other reviewer did: each writes the vote and writes anew where the record stands, and
where its paper does (``screening/services/papers.py``).
"""

from django.core.exceptions import ValidationError
from django.db import transaction

from records.models import Record
from records.services.locking import lock_record
from reviews import audit
from reviews.audit import Act
from reviews.models import ExclusionReason, Membership
from screening.choices import Stage, Verdict
from screening.models import Release, ScreeningDecision, Seat
from screening.services.papers import count_votes, is_settled_by_a_person
from screening.services.seats import is_open
from screening.services.stages import release_by_rule


@transaction.atomic
def submit_decision(
    *,
    reviewer: Membership,
    record: Record,
    stage: str,
    verdict: str,
    reason: ExclusionReason | None = None,
    note: str = "",
) -> ScreeningDecision:
    """Cast or change a vote on a record that was dealt to the reviewer.

    The record is locked, then the review. The same vote twice writes nothing.

    Raises:
        Record.DoesNotExist: no seat on this record was dealt to the reviewer.
        ValidationError: the stage is not open (code ``stage_closed``), the record was released
            (code ``released``), or the vote breaks a rule of its model.
    """
    vote = ScreeningDecision(
        stage=stage, member=reviewer, verdict=verdict, reason=reason, note=note.strip()
    )
    return _cast(reviewer=reviewer, record=record, vote=vote, verb="decision_submitted")


@transaction.atomic
def withdraw_decision(*, reviewer: Membership, record: Record, stage: str) -> ScreeningDecision:
    """Take a vote back; the record returns to the reviewer's queue.

    Raises:
        Record.DoesNotExist: no seat on this record was dealt to the reviewer.
        ValidationError: as ``submit_decision``, or there is no vote (code ``no_vote``).
    """
    vote = ScreeningDecision(stage=stage, member=reviewer, verdict=Verdict.WITHDRAWN)
    return _cast(reviewer=reviewer, record=record, vote=vote, verb="decision_withdrawn")


def _cast(
    *, reviewer: Membership, record: Record, vote: ScreeningDecision, verb: str
) -> ScreeningDecision:
    record = lock_record(reviewer, record)
    act = audit.begin(member=reviewer)
    _refuse_unless_open(act, reviewer, record, vote.stage)
    own = ScreeningDecision.objects.current().filter(record=record, stage=vote.stage)
    old = own.filter(member=reviewer).first()
    withdrawn_before = old is None or old.verdict == Verdict.WITHDRAWN
    if vote.verdict == Verdict.WITHDRAWN and withdrawn_before:
        raise ValidationError("There is no vote of yours to take back.", code="no_vote")
    if old is not None and _says(old) == _says(vote):
        return old
    vote.record = record
    vote.late = is_settled_by_a_person(record.pk, vote.stage)
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
    dealt = Seat.objects.current().filter(record=record, stage=stage, member=reviewer)
    if not dealt.exists():
        raise Record.DoesNotExist("This record was not dealt to this reviewer.")
    if Release.objects.current().filter(record=record, stage=stage).exists():
        raise ValidationError(
            "The votes on this record were released. Ask the lead if yours was wrong.",
            code="released",
        )
    if not is_open(act, stage):
        raise ValidationError(f"{Stage(stage).label} screening is closed.", code="stage_closed")


def _says(vote: ScreeningDecision) -> tuple[str, int | None, str]:
    return vote.verdict, vote.reason_id, vote.note
