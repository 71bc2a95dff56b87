"""Which instant a report is read at."""

import re
from datetime import UTC, date, datetime, time

from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.utils.dateparse import parse_date, parse_datetime

from reporting.definitions import Snapshot
from reviews.models import AuditEvent, Review
from screening.models import Release, Resolution

# What people do before release.
UNRELEASED = frozenset(
    {
        "screening.decision_submitted",
        "screening.decision_withdrawn",
        "screening.discussion_recorded",
        "screening.conflict_adjudicated",
        "extraction.cells_saved",
        "extraction.element_added",
        "extraction.element_removed",
        "extraction.element_restored",
        "extraction.extraction_submitted",
        "extraction.extraction_reopened",
        "extraction.alignment_proposed",
        "extraction.alignment_settled",
        "extraction.alignment_confirmed",
        "extraction.elements_paired",
        "extraction.elements_parted",
        "extraction.agreed_taken",
        "extraction.cell_resolved",
        "extraction.cell_unresolved",
        "extraction.element_resolved",
        "extraction.part_left_out",
        "extraction.part_brought_back",
    }
)
# A plus sign that nobody escaped reaches us as a space.
_LOST_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:?[0-9]{2})$")


def read_instant(text: str) -> datetime:
    """Read an ISO date or date and time; without a zone it is UTC, a date alone ends with its day.

    Raises:
        ValidationError: the text is neither (code ``not_an_instant``).
    """
    cleaned = _LOST_PLUS.sub(r"\1+\2", text.strip())
    try:
        day = parse_date(cleaned)
        instant = _end_of(day) if day else parse_datetime(cleaned)
        if instant is not None:
            # In its zone a time at the very end of the calendar may be none in any other.
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError(
        "Give a date or a time in ISO form, for example 2026-05-01 or 2026-05-01T12:00:00Z.",
        code="not_an_instant",
    )


def take_snapshot(review: Review, as_of: datetime | None = None) -> Snapshot:
    """Return the review as it stood after the last act that everybody may know of.

    That is its last event, or its last at or before ``as_of``, leaving out what people do before
    release: a report shows none of it, and the time it was done would tell the other reviewer of
    it. Nothing released lies after that instant. Four queries.

    Raises:
        ValidationError: the review did not exist then (code ``before_the_review``).
    """
    events = AuditEvent.objects.filter(review=review).order_by("-position")
    if as_of is not None:
        events = events.filter(at__lte=as_of)
    event = events.filter(Q(at__in=_releasing(review, as_of)) | ~Q(verb__in=UNRELEASED)).first()
    if event is None:
        raise ValidationError(
            "The review did not exist at that time. Choose a later one.", code="before_the_review"
        )
    return Snapshot(
        review=review,
        instant=event.at,
        settings=review.settings_versions.as_of(event.at).get(),
        position=event.position,
        chain_head=event.hash,
    )


def _releasing(review: Review, as_of: datetime | None) -> list[datetime]:
    """Return when votes last released something by themselves, or released records were settled."""
    releases = Release.objects.filter(review=review)
    settled = Resolution.objects.filter(review=review).settled().released(as_of)
    if as_of is not None:
        releases, settled = releases.as_of(as_of), settled.as_of(as_of)
    moments = [rows.aggregate(last=Max("recorded_at"))["last"] for rows in (releases, settled)]
    return [moment for moment in moments if moment is not None]


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)
