"""What screening makes of records: its answers to what ``records`` asks (``records.uses``)."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError

from records.models import ImportBatch
from records.querysets.papers import heads_with
from records.uses import Use
from reviews.audit import Act
from reviews.models import Membership
from screening.choices import Stage, Standing
from screening.models import Release, Resolution, ScreeningDecision, Seat
from screening.services.papers import bring_up_to_date
from screening.services.seats import deal_in_turns, deal_open_stages
from screening.services.stages import release_by_rule

SETTLING = frozenset({"screening.conflict_adjudicated"})


def dealt(review: int, records: Collection[int] | None) -> Iterable[int]:
    """Return the records somebody holds a seat on, and those behind which such a one stands.

    The machine goes by seats and never by votes: what it merges is not to tell of any.
    """
    seats = Seat.objects.current().filter(review=review).order_by()
    heads = heads_with("seats").filter(review=review)
    if records is not None:
        seats, heads = seats.filter(record__in=records), heads.filter(record__in=records)
    return {*seats.values_list("record", flat=True), *heads.values_list("record", flat=True)}


def included(records: Collection[int]) -> dict[int, str]:
    """Return the records that were included and released at full text: each may have a study.

    Once is enough, whatever was said since; what is not released is not asked.
    """
    here = {"record__in": records, "stage": Stage.FULL_TEXT}
    times = ("record", "recorded_at", "superseded_at")
    releases = list(Release.objects.filter(**here).order_by().values_list(*times))
    rows = Resolution.objects.filter(**here, verdict=Standing.INCLUDED).order_by()
    return {
        record: "it was included at full text, and its study may be under way"
        for record, begun, ended in rows.values_list(*times)
        for other, released, taken_back in releases
        if other == record
        and (ended is None or released < ended)
        and (taken_back is None or begun < taken_back)
    }


def follow(act: Act, records: Collection[int]) -> None:
    """Let votes, releases and full texts follow a merge or a parting, and deal what awaits it."""
    for row in bring_up_to_date(act, records):
        release_by_rule(act, row.stage, row)
    deal_open_stages(act, records)


def voted_on(batch: ImportBatch) -> ValidationError | None:
    """Return why an import stays: somebody has voted on one of its records, or on its paper."""
    votes = ScreeningDecision.objects.filter(record__batch=batch)
    releases = Release.objects.current().filter(record__batch=batch)
    if not votes.exists() and not releases.exists():
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
    must_stay=included,
    objection=voted_on,
    regrouped=follow,
    take_up_in_turns=deal_waiting,
    works_unseen=holds_seats,
)
