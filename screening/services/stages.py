"""Changes of a stage: who screens, and when votes are released."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError

from records.models import Record
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.choices import ReleaseRule
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import Retrieval, Stage, StageStanding, Standing
from screening.models import FullText, Resolution, Screener, StageState
from screening.querysets.queues import orphaned, own_left
from screening.querysets.standing import awaiting_votes, to_release
from screening.services.papers import bring_up_to_date, released_with, with_more_dealt
from screening.services.seats import deal_new_seats, fit_to_screen

SCREENERS_AT_LEAST = 2


@all_or_nothing
def open_stage(*, lead: Membership, stage: str, screeners: Sequence[Membership]) -> StageState:
    """Open a stage for votes and deal its seats among ``screeners``.

    Raises:
        ValidationError: fewer than two people, or one who may not screen (code ``screeners``);
            the stage is open already (code ``stage_open``).
    """
    stage = Stage(stage)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    state = _state(act, stage)
    if state is not None and state.standing == StageStanding.OPEN:
        raise ValidationError(f"{stage.label} screening is open already.", code="stage_open")
    members = fit_to_screen(act, screeners)
    if len(members) < SCREENERS_AT_LEAST:
        raise ValidationError("Choose at least two people who may screen.", code="screeners")
    act.supersede(*Screener.objects.current().filter(review=act.review, stage=stage))
    act.bulk_insert([Screener(stage=stage, member=member) for member in members])
    opened = act.replace(state, StageState(stage=stage, standing=StageStanding.OPEN))
    records = deal_new_seats(act, stage)
    act.log(
        "screening.stage_opened",
        subject=opened,
        stage=stage,
        screeners=[member.uid for member in members],
        records=records,
    )
    return opened


@all_or_nothing
def release_records(
    *, lead: Membership, stage: str, records: Iterable[Record] | None = None
) -> int:
    """Release the records that both have decided and that are not released yet, or some of them.

    Returns the number of records released. Their votes are final from now on, the two see each
    other's, and included records go on to the next stage.

    Raises:
        ValidationError: the lead screens and has still to vote at the stage (code ``own_first``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    _refuse_before_own(lead, stage)
    released = _release_decided(act, stage, records)
    if released:
        act.log("screening.records_released", stage=stage, records=released)
    return released


@all_or_nothing
def close_stage(*, lead: Membership, stage: str) -> int:
    """Close a stage to votes and release all its records; returns how many were released.

    Raises:
        ValidationError: the stage is not open (code ``not_open``), the lead screens and has still
            to vote at it (code ``own_first``), or a record still waits for a vote (code
            ``votes_missing``).
    """
    stage = Stage(stage)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    _refuse_before_own(lead, stage)
    state = _state(act, stage)
    if state is None or state.standing != StageStanding.OPEN:
        raise ValidationError(f"{stage.label} screening is not open.", code="not_open")
    records = Record.objects.filter(review=act.review)
    if awaiting_votes(records, stage).order_by().exists():
        left = orphaned(act.review, stage).count()
        instead = (
            f"{left} seats are of people who have left: deal them anew."
            if left
            else "Release what both have decided instead."
        )
        raise ValidationError(f"Records still wait for a vote. {instead}", code="votes_missing")
    released = _release_decided(act, stage, None)
    closed = act.replace(state, StageState(stage=stage, standing=StageStanding.CLOSED))
    act.log("screening.stage_closed", subject=closed, stage=stage, records=released)
    return released


@all_or_nothing
def reopen_stage(*, lead: Membership, stage: str) -> StageState:
    """Open a closed stage again, for records that come later; what was released stays released.

    Raises:
        ValidationError: the stage is not closed (code ``not_closed``).
    """
    stage = Stage(stage)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    state = _state(act, stage)
    if state is None or state.standing != StageStanding.CLOSED:
        raise ValidationError(f"{stage.label} screening is not closed.", code="not_closed")
    opened = act.replace(state, StageState(stage=stage, standing=StageStanding.OPEN))
    records = deal_new_seats(act, stage)
    act.log("screening.stage_reopened", subject=opened, stage=stage, records=records)
    return opened


def release(act: Act, stage: str, resolutions: Sequence[Resolution]) -> None:
    """Write the releases of papers, and seek the full texts of those that go on."""
    known = {row.record_id: row.record for row in resolutions}
    releases = released_with(stage, known)
    known |= Record.objects.in_bulk([r.record_id for r in releases if r.record_id not in known])
    for row in releases:
        row.record = known[row.record_id]
    act.bulk_insert(releases)
    go_on(act, stage, resolutions)


def release_by_rule(act: Act, stage: str, resolution: Resolution) -> None:
    """Release a paper that is not yet, where the review's rule lets its votes do so."""
    rule = act.review.settings.release_rule
    decided = resolution.verdict != Standing.UNDECIDED
    if (rule == ReleaseRule.BOTH_DECIDED and decided) or (
        rule == ReleaseRule.ADJUDICATED and resolution.how
    ):
        release(act, stage, [resolution])


def go_on(act: Act, stage: str, resolutions: Sequence[Resolution]) -> None:
    """Let released inclusions at title and abstract be sought as full texts."""
    if stage != Stage.TITLE_ABSTRACT:
        return
    several = with_more_dealt([row.record_id for row in resolutions])
    if several:
        bring_up_to_date(act, several)
    included = [
        row.record
        for row in resolutions
        if row.verdict == Standing.INCLUDED and row.record_id not in several
    ]
    known = set(
        FullText.objects.current().filter(record__in=included).values_list("record", flat=True)
    )
    act.bulk_insert(
        [
            FullText(record=record, standing=Retrieval.SOUGHT)
            for record in included
            if record.pk not in known
        ]
    )


def _release_decided(act: Act, stage: str, records: Iterable[Record] | None) -> int:
    waiting = to_release(Record.objects.filter(review=act.review), stage).order_by()
    if records is not None:
        waiting = waiting.filter(pk__in=[record.pk for record in records])
    standing = Resolution.objects.current().filter(stage=stage, record__in=waiting.values("pk"))
    chosen = list(standing.select_related("record").order_by("record__number"))
    release(act, stage, chosen)
    return len(chosen)


def _refuse_before_own(lead: Membership, stage: str) -> None:
    """Refuse a lead who screens what would tell them on which records the others had voted."""
    if own_left(lead, stage):
        raise ValidationError(
            "Your own records at this stage come first: then you can release.", code="own_first"
        )


def _state(act: Act, stage: str) -> StageState | None:
    return StageState.objects.current().filter(review=act.review, stage=stage).first()
