"""How seats are dealt: two to a record, before anybody votes, in a seeded order."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from django.db.models import Exists, Max, OuterRef

from reviews.audit import Act
from reviews.models import Membership
from screening.choices import Retrieval, Stage, StageStanding, Standing
from screening.models import FullText, Record, Resolution, Screener, Seat, StageState


def is_open(act: Act, stage: str) -> bool:
    """Return whether votes are taken at ``stage``; the act holds the review's lock."""
    states = StageState.objects.current().filter(review=act.review, stage=stage)
    return states.filter(standing=StageStanding.OPEN).exists()


def deal_new_seats(act: Act, stage: str) -> int:
    """Deal the seats of every record that awaits a stage and has none, where the stage is open.

    Returns the number of records dealt.
    """
    if not is_open(act, stage):
        return 0
    screeners = Screener.objects.current().filter(review=act.review, stage=stage)
    members = [s.member for s in screeners.select_related("member").order_by("member")]
    waiting = _without_seats(act, stage)
    if waiting:
        act.bulk_insert(_deal(act, stage, waiting, members))
        act.bulk_insert(
            [
                Resolution(record=record, stage=stage, verdict=Standing.UNDECIDED)
                for record in waiting
            ]
        )
    return len(waiting)


def deal_open_stages(act: Act) -> None:
    """Deal what awaits either stage, after records came, parted or were merged."""
    for stage in Stage:
        deal_new_seats(act, stage)


def _without_seats(act: Act, stage: str) -> list[Record]:
    seats = Seat.objects.current().filter(record=OuterRef("pk"), stage=stage)
    records = Record.objects.filter(~Exists(seats), review=act.review).unmerged()
    if stage == Stage.FULL_TEXT:
        retrieved = FullText.objects.current().filter(
            record=OuterRef("pk"), standing=Retrieval.RETRIEVED
        )
        records = records.filter(Exists(retrieved))
    return list(records)


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
    last = Counter(
        dict(
            Seat.objects.filter(review=act.review, stage=stage)
            .order_by()
            .values_list("member")
            .annotate(last=Max("position"))
        )
    )
    return [
        Seat(
            record=record,
            stage=stage,
            number=number,
            member=member,
            position=last[member.pk] + place,
        )
        for member, places in dealt.items()
        for place, (record, number) in enumerate(rng.sample(places, len(places)), start=1)
    ]
