"""Seats of people who left: dealt anew, so that no stage waits for ever for somebody who is gone.

Only seats without a standing vote pass on. Who takes one begins at the end of their own queue and
sees nothing of the person before them; votes that were cast stay, under their name, and count. To
whom a seat goes depends on who holds the seats and on a seed, never on what anybody said.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError

from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import Stage
from screening.models import Screener, Seat
from screening.querysets.queues import orphaned
from screening.services.seats import (
    deal_new_seats,
    fit_to_screen,
    is_open,
    last_positions,
    screeners_of,
)


class DealtAnew(NamedTuple):
    """What dealing anew came to.

    Attributes:
        seats: those that somebody else has now.
        left: those that still have nobody, since nobody holds both of a record.
        records: those dealt for the first time, which had waited for a second person.
    """

    seats: int
    left: int
    records: int


@all_or_nothing
def deal_seats_anew(
    *, lead: Membership, stage: str, people: Sequence[Membership] = ()
) -> DealtAnew:
    """Deal the seats of who left to ``people``, or among all who still screen at the stage.

    The people named join the stage's screeners, so this is how somebody is added to an open stage;
    who left is no longer one. What was dealt stays dealt for everybody else.

    Raises:
        ValidationError: the stage is not open (code ``not_open``), somebody named may not screen
            (code ``screeners``), or none of them can take any of the seats (code ``nobody_free``).
    """
    stage = Stage(stage)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    if not is_open(act.review, stage):
        raise ValidationError(f"{stage.label} screening is not open.", code="not_open")
    named = fit_to_screen(act, people)
    changed = _renew_screeners(act, stage, named)
    seats = list(orphaned(act.review, stage).select_related("record"))
    takers = named or screeners_of(act.review, stage)
    taken = _taken(act, stage, seats, takers)
    if seats and not taken and not changed:
        raise ValidationError(
            "None of these people can take these records: each holds the other seat. Choose "
            "another person.",
            code="nobody_free",
        )
    act.supersede(*taken)
    act.bulk_insert(_in_new_hands(stage, taken))
    records = deal_new_seats(act, stage)
    if taken or changed or records:
        act.log(
            "screening.seats_dealt_anew",
            stage=stage,
            seats=len(taken),
            records=records,
            people=[member.uid for member in takers],
        )
    return DealtAnew(len(taken), len(seats) - len(taken), records)


def _renew_screeners(act: Act, stage: str, named: Sequence[Membership]) -> bool:
    """Let who left be no screener of the stage any more, and the people named be some."""
    rows = list(Screener.objects.current().filter(review=act.review, stage=stage))
    able = {member.pk for member in screeners_of(act.review, stage)}
    gone = [row for row in rows if row.member_id not in able]
    new = [member for member in named if member.pk not in able]
    act.supersede(*gone)
    act.bulk_insert([Screener(stage=stage, member=member) for member in new])
    return bool(gone or new)


def _taken(
    act: Act, stage: str, seats: Sequence[Seat], takers: Sequence[Membership]
) -> dict[Seat, Membership]:
    """Return who takes which seat: as many for each as can be, and never both of a record."""
    if not seats:
        return {}
    holders: dict[int, set[int]] = defaultdict(set)
    records = orphaned(act.review, stage).order_by().values("record")
    of_records = Seat.objects.current().filter(stage=stage, record__in=records)
    for record, member in of_records.order_by().values_list("record", "member"):
        holders[record].add(member)
    # Nothing that a vote of those who stay could move: neither the chain's length nor an instant.
    rng = random.Random(f"{act.review.uid}:{stage}:{seats[0].uid}")
    given = dict.fromkeys((member.pk for member in takers), 0)
    taken: dict[Seat, Membership] = {}
    for seat in rng.sample(list(seats), len(seats)):
        free = [member for member in takers if member.pk not in holders[seat.record_id]]
        if free:
            member = min(rng.sample(free, len(free)), key=lambda one: given[one.pk])
            given[member.pk] += 1
            holders[seat.record_id].add(member.pk)
            taken[seat] = member
    return taken


def _in_new_hands(stage: str, taken: dict[Seat, Membership]) -> list[Seat]:
    """Return the seats that take the place of these, each at the end of its holder's queue."""
    places = last_positions(stage, list(dict.fromkeys(taken.values())))
    found = []
    for seat, member in taken.items():
        places[member.pk] = places.get(member.pk, 0) + 1
        found.append(
            Seat(
                record=seat.record,
                stage=stage,
                number=seat.number,
                member=member,
                position=places[member.pk],
            )
        )
    return found
