"""Doubts about the reports of studies, as far as a member who may extract them may know."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from extraction.models import Extraction, Report, Study, final_consensus
from extraction.querysets.reports import included_reports
from records.models import Record, RecordQuerySet
from reviews.models import Membership
from screening.models import EligibilityDoubt, EligibilityDoubtQuerySet
from screening.querysets.late import excluded_late


def doubts_shown(member: Membership) -> EligibilityDoubtQuerySet:
    """Return the doubts this member may know of: their own, and as a lead or adjudicator others'.

    Not of the reports of a study that they extract, or ever did, before it is final: the doubt may
    be the other extractor's. The review's settings may allow it.
    """
    return _unless_blind(EligibilityDoubt.objects.visible_to(member), member)


def doubts_to_settle(member: Membership) -> EligibilityDoubtQuerySet:
    """Return the open doubts that wait for this member as the second person, the first one first.

    See ``doubts_shown`` for what is kept from them.
    """
    return _unless_blind(EligibilityDoubt.objects.to_settle(member), member)


def included_of(study: Study) -> RecordQuerySet:
    """Return the reports of a study that are included, by number."""
    return included_reports(study.review).filter(pk__in=_reports(study))


def excluded_late_of(study: Study) -> RecordQuerySet:
    """Return the reports of a study that were excluded once it was extracted, by number."""
    records = Record.objects.filter(review=study.review).unmerged()
    return excluded_late(records.filter(pk__in=_reports(study)), study.review)


def _reports(study: Study) -> QuerySet[Any]:
    return Report.objects.current().filter(study=study).order_by().values("record")


def _unless_blind(doubts: EligibilityDoubtQuerySet, member: Membership) -> EligibilityDoubtQuerySet:
    if member.review.settings.adjudicator_may_have_voted:
        return doubts
    final = final_consensus().filter(study=OuterRef("study"))
    reports = Report.objects.filter(study=OuterRef("study"), record=OuterRef(OuterRef("record")))
    held = Extraction.objects.filter(~Exists(final), Exists(reports), member=member)
    return doubts.filter(Q(member=member) | ~Exists(held.order_by()))
