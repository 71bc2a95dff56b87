"""What the pages show on which one record is judged."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from records.links import links
from records.models import Record
from records.querysets.papers import best_of
from records.whole_record import WholeRecord
from reviews.choices import CriterionKind
from reviews.consistency import one_moment
from reviews.models import Criterion, Membership
from screening.choices import Stage
from screening.highlights import highlights_of
from screening.models import ScreeningDecision, Seat
from screening.querysets.queues import queue_of
from screening.services.seats import is_open


@dataclass(frozen=True)
class CriteriaOfKind:
    """The criteria of one kind, for the panel beside a record."""

    label: str
    texts: list[str]


def reading(member: Membership, stage: Stage, record: Record) -> dict[str, Any]:
    """Return the record, where it can be opened, and the criteria to judge it by.

    It is read with the best of what all records of the paper say, such as the one abstract.
    """
    best = best_of(record)
    record = best.record
    criteria = Criterion.objects.current().filter(review=member.review).order_by("position", "pk")
    texts = [(criterion.kind, criterion.text) for criterion in criteria]
    highlights = highlights_of(member.review.settings)
    return {
        "stage": stage,
        "record": record,
        "best": best,
        "marked": highlights
        and {"title": highlights.mark(record.title), "abstract": highlights.mark(record.abstract)},
        "links": links(record),
        "notices": WholeRecord(record, member).notice_kinds,
        "reason_required": stage == Stage.FULL_TEXT,
        "criteria": [
            CriteriaOfKind(kind.label, [text for of, text in texts if of == kind])
            for kind in CriterionKind
            if any(of == kind for of, _ in texts)
        ],
    }


def place(member: Membership, seat: Seat) -> dict[str, Any]:
    """Return how far the member is, the records beside this one, and their last vote.

    ``newest`` is their newest act, a withdrawal too. All is of one moment: the browser counts what
    it keeps after that act on top.
    """
    with one_moment():
        return _place(member, seat)


def _place(member: Membership, seat: Seat) -> dict[str, Any]:
    stage = Stage(seat.stage)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    acts = ScreeningDecision.objects.current().filter(member=member, stage=stage)
    newest = acts.order_by("-recorded_at", "uid").first()
    own = ScreeningDecision.objects.own(member, stage)
    dealt = Seat.objects.dealt(member, stage).select_related("record")
    queue = queue_of(member, stage).select_related("record")
    return {
        "newest": newest,
        "left": queue.order_by().count(),
        "today": own.order_by().filter(recorded_at__gte=today).count(),
        "next": dealt.beyond(seat).first(),
        "previous": dealt.before(seat).first(),
        "next_undecided": queue.beyond(seat).first(),
        "last": own.with_release().select_related("record", "reason").first(),
        "is_open": is_open(member.review, stage),
    }
