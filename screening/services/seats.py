"""How seats are dealt: two to a record, before anybody votes, in a seeded order."""

import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Subquery

from records.models import Record, RecordQuerySet
from records.querysets.papers import heads_with
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership, Review
from reviews.roles import Capability
from reviews.turns import Pace, in_turns
from screening.choices import Retrieval, Stage, StageStanding, Standing
from screening.models import FullText, Release, Resolution, Screener, Seat, StageState

ROWS_A_RECORD = 3
SEATS_A_RECORD = 2


def screeners_of(review: Review, stage: str) -> list[Membership]:
    """Return the people among whom a stage is dealt and who may still screen."""
    rows = Screener.objects.current().filter(review=review, stage=stage).select_related("member")
    members = [row.member for row in rows.order_by("member")]
    return [m for m in members if m.removed_at is None and m.can(Capability.SCREEN)]


def fit_to_screen(act: Act, people: Iterable[Membership]) -> list[Membership]:
    """Return these people as they are under the lock, by key.

    Raises:
        ValidationError: one of them is no member of the review who may screen (code
            ``screeners``).
    """
    chosen = {member.pk for member in people}
    fit = Membership.objects.active().filter(pk__in=chosen, review=act.review).order_by("pk")
    members = [member for member in fit if member.can(Capability.SCREEN)]
    if len(members) != len(chosen):
        raise ValidationError("Choose members of this review who may screen.", code="screeners")
    return members


def is_open(review: Review, stage: str) -> bool:
    """Return whether votes are taken at ``stage``."""
    states = StageState.objects.current().filter(review=review, stage=stage)
    return states.filter(standing=StageStanding.OPEN).exists()


def deal_new_seats(act: Act, stage: str) -> int:
    """Deal the seats of every record that awaits a stage and has none, where the stage is open.

    Returns the number of records dealt.
    """
    return _deal_to(act, stage, _without_seats(act.review, stage))


def deal_open_stages(act: Act, records: Collection[int]) -> None:
    """Deal what of these records awaits either stage, after they were parted or came back."""
    for stage in Stage:
        _deal_to(act, stage, _without_seats(act.review, stage).filter(pk__in=records))


def deal_in_turns(*, lead: Membership) -> int:
    """Deal whatever awaits an open stage, in short acts; returns the number of records dealt.

    All that wait are put in a seeded order first, so that no queue keeps the order of the files.
    An act deals to each pair of reviewers equally often. Broken off, it goes on where it stopped.
    """
    dealt, pace = 0, Pace()
    for stage in Stage:
        if not is_open(lead.review, stage):
            continue
        waiting = list(_without_seats(lead.review, stage).values_list("pk", flat=True))
        random.Random(f"{lead.review.uid}:{stage}:{len(waiting)}").shuffle(waiting)
        screeners = len(screeners_of(lead.review, stage))
        for piece in in_turns(_pieces(waiting, screeners, pace), pace):
            dealt += _deal_piece(lead, stage, piece)
    if dealt >= audit.ANALYSED_FROM:
        audit.count_anew(Seat, Resolution)
    return dealt


@all_or_nothing
def _deal_piece(lead: Membership, stage: str, records: Sequence[int]) -> int:
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    waiting = _without_seats(act.review, stage).filter(pk__in=records)
    dealt = _deal_to(act, stage, waiting, counted=False)
    if dealt:
        act.log("screening.seats_dealt", stage=stage, records=dealt)
    return dealt


def _pieces(waiting: Sequence[int], screeners: int, pace: Pace) -> Iterator[Sequence[int]]:
    """Yield what an act deals: so many that every pair gets as many, where there are few pairs."""
    pairs = max(screeners * (screeners - 1) // 2, 1)
    start = 0
    while start < len(waiting):
        most = pace.size // ROWS_A_RECORD
        end = start + (most // pairs * pairs or most)
        yield waiting[start:end]
        start = end


def _deal_to(act: Act, stage: str, waiting: RecordQuerySet, *, counted: bool = True) -> int:
    if not is_open(act.review, stage):
        return 0
    members = screeners_of(act.review, stage)
    if len(members) < SEATS_A_RECORD:
        # Some have left. What comes waits until the lead names who takes their place.
        return 0
    # Sorted here: asked for an order SQLite would walk the whole review for some of its records.
    records = sorted(waiting.order_by().only("pk", "uid"), key=lambda record: record.pk)
    if records:
        act.bulk_insert(_deal(act, stage, records, members), counted=counted)
        undecided = [
            Resolution(record=record, stage=stage, verdict=Standing.UNDECIDED) for record in records
        ]
        act.bulk_insert(undecided, counted=counted)
    return len(records)


def _without_seats(review: Review, stage: str) -> RecordQuerySet:
    seats = Seat.objects.current().filter(record=OuterRef("pk"), stage=stage)
    # A paper of which one record was dealt has its two people.
    heads = heads_with("seats", stage=stage).filter(record=OuterRef("pk"))
    # What an extraction sheet named alone was included without anybody's vote, and waits for none.
    settled = Release.objects.current().filter(
        record=OuterRef("pk"), stage=stage, through_group=False
    )
    records: RecordQuerySet = Record.objects.filter(review=review).unmerged()
    records = records.filter(~Exists(seats), ~Exists(heads), ~Exists(settled))
    if stage == Stage.FULL_TEXT:
        retrieved = FullText.objects.current().filter(
            record=OuterRef("pk"), standing=Retrieval.RETRIEVED
        )
        records = records.filter(Exists(retrieved))
    return records


def _deal(
    act: Act, stage: str, records: Sequence[Record], members: Sequence[Membership]
) -> list[Seat]:
    """Return the seats: every pair of members equally often, each queue in an order of its own."""
    rng = random.Random(f"{act.review.uid}:{stage}:{records[0].uid}")
    shuffled = rng.sample(list(records), len(records))
    pairs = rng.sample(list(combinations(members, 2)), len(members) * (len(members) - 1) // 2)
    dealt: dict[Membership, list[tuple[Record, int]]] = {member: [] for member in members}
    for index, record in enumerate(shuffled):
        pair = rng.sample(pairs[index % len(pairs)], 2)
        for number, member in enumerate(pair, start=1):
            dealt[member].append((record, number))
    last = last_positions(stage, members)
    return [
        Seat(
            record=record,
            stage=stage,
            number=number,
            member=member,
            position=last.get(member.pk, 0) + place,
        )
        for member, places in dealt.items()
        for place, (record, number) in enumerate(rng.sample(places, len(places)), start=1)
    ]


def last_positions(stage: str, members: Sequence[Membership]) -> dict[int, int]:
    """Return where the queue of each member ends, read from the end of the index."""
    own = Seat.objects.filter(member=OuterRef("pk"), stage=stage).order_by("-position")
    people = Membership.objects.filter(pk__in=[member.pk for member in members])
    ends = people.annotate(end=Subquery(own.values("position")[:1])).values_list("pk", "end")
    return {member: end or 0 for member, end in ends}
