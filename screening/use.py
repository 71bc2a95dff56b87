"""What screening makes of records: its answers to what ``records`` asks (``records.uses``)."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError

from records.models import ImportBatch
from records.uses import FURTHEST, Use
from reviews.models import Membership
from screening.choices import Stage, Standing
from screening.models import Release, Resolution, ScreeningDecision, Seat
from screening.services.seats import deal_in_turns, deal_open_stages

SETTLING = frozenset({"screening.conflict_adjudicated"})
RELEASED = {Stage.TITLE_ABSTRACT: 2, Stage.FULL_TEXT: 3}


def dealt(review: int, records: Collection[int] | None) -> Iterable[int]:
    """Return the records somebody holds a seat on.

    The machine goes by seats and never by votes: what it merges changes every queue, and one
    reviewer's vote must not.
    """
    seats = Seat.objects.current().filter(review=review).order_by()
    if records is not None:
        seats = seats.filter(record__in=records)
    return seats.values_list("record", flat=True)


def reached(records: Collection[int]) -> dict[int, int]:
    """Return how far records went in screening, by what was done and not by what anybody said.

    1: voted on; 2 and 3: released at title and abstract, at full text; ``FURTHEST``: included
    there.
    """
    votes = ScreeningDecision.objects.standing().filter(record__in=records).order_by()
    steps = dict.fromkeys(votes.values_list("record", flat=True), 1)
    releases = Release.objects.current().filter(record__in=records).order_by("stage")
    for record, stage in releases.values_list("record", "stage"):
        steps[record] = max(steps.get(record, 0), RELEASED[Stage(stage)])
    included = Resolution.objects.current().filter(
        record__in=records, stage=Stage.FULL_TEXT, verdict=Standing.INCLUDED
    )
    for record in included.order_by().values_list("record", flat=True):
        if steps.get(record) == RELEASED[Stage.FULL_TEXT]:
            steps[record] = FURTHEST
    return steps


def voted_on(batch: ImportBatch) -> ValidationError | None:
    """Return why an import stays: somebody has voted on one of its records."""
    if not ScreeningDecision.objects.filter(record__batch=batch).exists():
        return None
    return ValidationError("Records of this import have been voted on, so it stays.", code="voted")


def holds_seats(member: Membership) -> bool:
    """Say whether a member was ever dealt a record."""
    return Seat.objects.filter(review=member.review_id, member=member).exists()


def kept_from(member: Membership) -> frozenset[str]:
    """Keep from who screens that others settled conflicts, which may be theirs, before release."""
    return SETTLING if holds_seats(member) else frozenset()


def deal_waiting(member: Membership) -> None:
    """Deal whatever awaits an open stage of the member's review."""
    deal_in_turns(lead=member)


USE = Use(
    given_out=dealt,
    reached=reached,
    objection=voted_on,
    take_up=deal_open_stages,
    take_up_in_turns=deal_waiting,
    works_unseen=holds_seats,
)
