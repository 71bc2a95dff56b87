"""A report found ineligible once it is extracted: a doubt, and a second person who settles it.

What was settled is settled anew as a conflict at full text is, so that everything that follows
from inclusion follows: studies, tables, the flow diagram. The votes and the extraction stay. A
late exclusion is undone in the same way.
"""

from typing import Any

from django.core.exceptions import ValidationError

from records.models import Record
from records.services.locking import lock_record, refuse_unless_in_sight
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.choices import SettlingRule
from reviews.models import ExclusionReason, Membership
from reviews.roles import Capability
from screening.choices import DoubtStanding, Settled, Stage, Verdict
from screening.models import EligibilityDoubt, Resolution
from screening.querysets.late import excluded_late
from screening.querysets.standing import included
from screening.services.settling import settle

FULL = Stage.FULL_TEXT


@all_or_nothing
def raise_doubt(
    *,
    member: Membership,
    record: Record,
    results_known: bool,
    verdict: str = Verdict.EXCLUDE,
    reason: ExclusionReason | None = None,
    note: str = "",
) -> EligibilityDoubt:
    """Hold that an included report is to be excluded, or one excluded late included again.

    It changes nothing until a second person settles it, and is answered alike whatever doubts
    others have. Raised again it takes the place of the member's own open doubt.

    Raises:
        ValidationError: the record is out of sight (code ``out_of_sight``), it is not included
            (code ``not_included``) or was not excluded late (code ``not_excluded_late``), no
            reason is given to exclude it, or nothing is said of why to include it (code ``why``).
    """
    record = lock_record(member, record)
    act = audit.begin_as(member=member, capability=Capability.EXTRACT)
    _refuse_unless_open_to(act, record, verdict)
    note = note.strip()
    if verdict == Verdict.INCLUDE and not note:
        raise ValidationError("Say why the report is to be included again.", code="why")
    doubts = EligibilityDoubt.objects.open().filter(record=record, member=member)
    old = doubts.select_related("reason").first()
    new = EligibilityDoubt(
        record=record,
        member=member,
        verdict=verdict,
        reason=reason,
        note=note,
        results_known=results_known,
    )
    if old is not None and _says(old) == _says(new):
        return old
    new = act.replace(old, new)
    act.log("screening.doubt_raised", subject=record, doubt=new.uid)
    return new


@all_or_nothing
def withdraw_doubt(*, member: Membership, doubt: EligibilityDoubt) -> EligibilityDoubt:
    """Take one's own doubt back.

    Raises:
        ValidationError: it was settled or changed meanwhile (code ``settled``).
    """
    record = lock_record(member, doubt.record)
    act = audit.begin_as(member=member, capability=Capability.EXTRACT)
    own = _still_open(doubt, member=member)
    taken_back = act.replace(own, _answered(own, DoubtStanding.WITHDRAWN))
    act.log("screening.doubt_withdrawn", subject=record, doubt=taken_back.uid)
    return taken_back


@all_or_nothing
def settle_doubt(
    *,
    settler: Membership,
    doubt: EligibilityDoubt,
    uphold: bool,
    reason: ExclusionReason | None = None,
    note: str = "",
) -> EligibilityDoubt:
    """Settle another person's doubt: the report is settled anew as they hold, or stays as it was.

    ``reason`` takes the place of theirs, where the settler holds another. The record is locked,
    then the review. Where the report is settled anew, all open doubts that say the same are.

    Raises:
        ValidationError: it was settled or changed meanwhile (code ``settled``), it is the
            settler's own (code ``own_doubt``), they held a seat at full text where a third person
            settles (code ``own_vote``), or the report does not stand any more as the doubt says
            (codes of ``raise_doubt``).
    """
    record = lock_record(settler, doubt.record)
    act = audit.begin_as(member=settler, capability=Capability.ADJUDICATE)
    doubt = _still_open(doubt)
    if doubt.member_id == settler.pk:
        raise ValidationError(
            "You raised this yourself, so another person settles it.", code="own_doubt"
        )
    may_settle = EligibilityDoubt.objects.to_settle(settler, act.review.settings)
    if not may_settle.filter(pk=doubt.pk).exists():
        raise ValidationError(
            "This report was dealt to you once, so another person settles it.", code="own_vote"
        )
    note = note.strip()
    if not uphold:
        kept = _answered(doubt, DoubtStanding.DISMISSED, settled_by=settler, answer=note)
        act.replace(doubt, kept)
        act.log("screening.doubt_dismissed", subject=record, doubt=kept.uid)
        return kept
    _refuse_unless_open_to(act, record, doubt.verdict)
    answered = _uphold(act, doubt, settler, note)
    resolution = _settle_anew(act, record, doubt, settler, reason or doubt.reason, note)
    late = doubt.verdict == Verdict.EXCLUDE
    act.log(
        f"screening.{'report_excluded_late' if late else 'report_included_again'}",
        subject=record,
        doubt=answered.uid,
        resolution=resolution.uid,
        results_known=answered.results_known,
    )
    return answered


def _uphold(act: Act, doubt: EligibilityDoubt, settler: Membership, note: str) -> EligibilityDoubt:
    """Answer a doubt, and whoever else's about the record says the same; the settler's own too."""
    same = EligibilityDoubt.objects.open().filter(record=doubt.record_id, verdict=doubt.verdict)
    upheld = {}
    for row in same.select_related("record", "member", "reason"):
        other = doubt.member if row.member_id == settler.pk else settler
        new = _answered(row, DoubtStanding.UPHELD, settled_by=other, answer=note)
        upheld[row.pk] = act.replace(row, new)
    return upheld[doubt.pk]


def _settle_anew(
    act: Act,
    record: Record,
    doubt: EligibilityDoubt,
    settler: Membership,
    reason: ExclusionReason | None,
    note: str,
) -> Resolution:
    """Write the settlement: agreed by the two, or the third person's, as the review settles."""
    discussed = act.review.settings.settling_rule == SettlingRule.DISCUSSION
    return settle(
        act,
        record,
        FULL,
        Resolution(
            verdict=doubt.verdict,
            reason=reason if doubt.verdict == Verdict.EXCLUDE else None,
            how=Settled.DISCUSSION if discussed else Settled.ADJUDICATION,
            member=doubt.member if discussed else settler,
            second_member=settler if discussed else None,
            note=note or doubt.note,
        ),
    )


def _refuse_unless_open_to(act: Act, record: Record, verdict: str) -> None:
    """Refuse what would settle anew a report that does not stand the other way."""
    refuse_unless_in_sight(record, merged=False)
    records = Record.objects.filter(pk=record.pk)
    if verdict == Verdict.EXCLUDE and not included(records).exists():
        raise ValidationError(
            "This report is not included, or not any more, so there is nothing to exclude.",
            code="not_included",
        )
    if verdict != Verdict.EXCLUDE and not excluded_late(records, act.review).exists():
        raise ValidationError(
            "Only a report that was found ineligible at extraction can be included again here.",
            code="not_excluded_late",
        )


def _still_open(doubt: EligibilityDoubt, **more: Any) -> EligibilityDoubt:
    """Return a doubt as it is under the lock."""
    doubts = EligibilityDoubt.objects.open().select_related("record", "member", "reason")
    row: EligibilityDoubt | None = doubts.filter(pk=doubt.pk, **more).first()
    if row is None:
        raise ValidationError(
            "This was settled, changed or taken back meanwhile. Nothing was saved; look at it "
            "again.",
            code="settled",
        )
    return row


def _answered(doubt: EligibilityDoubt, standing: str, **more: Any) -> EligibilityDoubt:
    """Return the row that takes the place of an open doubt."""
    return EligibilityDoubt(
        record=doubt.record,
        member=doubt.member,
        verdict=doubt.verdict,
        reason=doubt.reason,
        note=doubt.note,
        results_known=doubt.results_known,
        standing=standing,
        **more,
    )


def _says(doubt: EligibilityDoubt) -> tuple[Any, ...]:
    reason = doubt.reason.key if doubt.reason else None
    return doubt.verdict, reason, doubt.note, doubt.results_known
