"""Whatever happens to records, merging and parting them in between leaves each its own."""

import os
import random

import pytest
from django.core.exceptions import ValidationError

from records.choices import DuplicateStanding
from records.models import DuplicateGroup, DuplicateMember, Record
from records.querysets.papers import papers_of
from records.services import merge_group, separate_group, undo_decision
from reporting.reports.prisma import prisma_table
from reporting.snapshot import take_snapshot
from reviews.roles import Role
from reviews.services import set_exclusion_reasons
from reviews.verification import verify_review
from screening.choices import Retrieval, Settled, Stage
from screening.consensus import standing
from screening.models import FullText, Release, Resolution, ScreeningDecision, Seat
from screening.querysets.conflicts import to_adjudicate, to_discuss
from screening.services import (
    adjudicate_conflict,
    open_stage,
    record_discussion,
    release_records,
    set_full_text,
    withdraw_decision,
)
from tests.factories import make_member
from tests.records.grouping import last_event, make_group
from tests.screening.papers import EXCLUDE, FULL, INCLUDE, TITLES, pair, vote

pytestmark = pytest.mark.django_db
ROUNDS = 200 if os.environ.get("IFI_SOAK") == "1" else 5
SAID = {
    ScreeningDecision: ("stage", "member", "verdict", "reason", "late"),
    Resolution: (
        "stage", "verdict", "reason", "how", "member", "second_member", "note", "settled_at",
        "contested",
    ),
    Release: ("stage",),
    FullText: ("standing", "why"),
}  # fmt: skip


def everything(lead):
    """Return what is current of every record of a review, by record."""
    found = {}
    for model, said in SAID.items():
        rows = model.objects.current().filter(review=lead.review)
        found[model.__name__] = sorted(map(str, rows.values_list("record", *said)))
    found["queues"] = sorted(
        map(str, Seat.objects.current().filter(review=lead.review).values_list("record", "member"))
    )
    return found


class Chance:
    """One review in which random things happen to a few records."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.lead, self.people, self.records, _ = pair(
            4, settling_rule=self.rng.choice(["third_person", "discussion"])
        )
        self.third = make_member(self.lead, Role.ADJUDICATOR)
        [self.reason] = set_exclusion_reasons(lead=self.lead, labels=["Design"])
        open_stage(lead=self.lead, stage=FULL, screeners=self.people)
        self.acts = [
            self.votes, self.votes, self.votes, self.votes, self.votes, self.withdraws,
            self.releases, self.settles, self.discusses, self.retrieves,
        ]  # fmt: skip

    def happens(self, number):
        for _ in range(number):
            try:
                self.rng.choice(self.acts)()
            except (ValidationError, Record.DoesNotExist):
                continue

    def votes(self):
        for _ in range(3):
            stage = self.rng.choice([TITLES, TITLES, FULL])
            seats = Seat.objects.dealt(self.rng.choice(self.people), stage)
            seats = list(seats.select_related("record", "member"))
            if seats:
                seat = self.rng.choice(seats)
                verdict = self.rng.choice([INCLUDE, INCLUDE, INCLUDE, EXCLUDE])
                reason = self.reason if (verdict, stage) == (EXCLUDE, FULL) else None
                vote(seat.member, seat.record, verdict, stage, reason=reason)

    def withdraws(self):
        withdraw_decision(
            reviewer=self.rng.choice(self.people),
            record=self.rng.choice(self.records),
            stage=self.rng.choice([TITLES, FULL]),
        )

    def releases(self):
        stage = self.rng.choice([TITLES, FULL])
        release_records(lead=self.lead, stage=stage, records=self.rng.sample(self.records, 3))

    def settles(self):
        for stage in Stage:
            for record in to_adjudicate(Record.objects.all(), self.third, stage)[:1]:
                adjudicate_conflict(
                    adjudicator=self.third,
                    record=record,
                    stage=stage,
                    verdict=self.rng.choice([INCLUDE, EXCLUDE]),
                    reason=self.reason if stage == FULL else None,
                )

    def discusses(self):
        for member in self.people:
            for record in to_discuss(Record.objects.all(), member, TITLES)[:1]:
                hand_over = self.rng.random() < 0.2
                verdict = "" if hand_over else INCLUDE
                record_discussion(
                    reviewer=member,
                    record=record,
                    stage=TITLES,
                    verdict=verdict,
                    hand_over=hand_over,
                )

    def retrieves(self):
        set_full_text(
            lead=self.lead,
            record=self.rng.choice(self.records),
            standing=self.rng.choice([Retrieval.RETRIEVED, Retrieval.RETRIEVED, Retrieval.SOUGHT]),
        )

    def merges(self):
        chosen = self.rng.sample(self.records, self.rng.choice([2, 2, 3]))
        group = make_group(self.lead, chosen)
        try:
            return merge_group(lead=self.lead, group=group, kept=self.rng.choice(chosen))
        except ValidationError:
            return None

    def holds(self):
        """Say whether all is as it must be in every state."""
        assert verify_review(self.lead.review).problems == []
        printed = {r.key: r.cell("value").text for r in flow_rows(self.lead)}
        identities = {k: v for k, v in printed.items() if k.startswith("identity_")}
        assert set(identities.values()) == {"0"}, identities
        for paper in papers_of([record.pk for record in self.records]):
            for stage in Stage:
                self.stands_as_its_votes_say(paper, stage)
        return True

    def stands_as_its_votes_say(self, paper, stage):
        now = Resolution.objects.current().filter(record=paper[0], stage=stage).first()
        if now is None or now.how not in {"", Settled.AGREEMENT}:
            return
        settled_by = Resolution.objects.filter(record__in=paper, stage=stage).exclude(
            how__in=["", Settled.AGREEMENT]
        )
        if settled_by.exists():
            return
        cast = ScreeningDecision.objects.standing().filter(record__in=paper, stage=stage)
        seats = Seat.objects.current().filter(record__in=paper, stage=stage).count()
        own = Release.objects.current().filter(record__in=paper, stage=stage, through_group=False)
        verdicts = list(cast.values_list("verdict", flat=True))
        made = standing(verdicts, max(len(verdicts) if own.exists() else seats, 2))
        assert now.verdict == made


def flow_rows(lead):
    return prisma_table(take_snapshot(lead.review)).rows


@pytest.mark.soak
@pytest.mark.catalogue("I49")
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_after_parting_everything_is_as_if_it_had_never_been_merged(seed):
    world = Chance(seed)
    world.happens(14)
    assert world.holds()
    before = everything(world.lead)
    group = world.merges()
    if group is None:
        assert everything(world.lead) == before
        return
    assert world.holds()

    if seed % 2:
        undo_decision(lead=world.lead, event=last_event(world.lead))
    else:
        separate_group(lead=world.lead, group=group)

    assert everything(world.lead) == before
    assert world.holds()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_whatever_happens_the_books_balance_and_each_record_gets_its_own_back(seed):
    world = Chance(1_000 + seed)
    for _ in range(3):
        world.happens(6)
        world.merges()
        assert world.holds()
        world.happens(6)
        assert world.holds()
        if world.rng.random() < 0.4:
            undo_some(world)
            assert world.holds()
    for group in DuplicateGroup.objects.filter(review=world.lead.review):
        rows = DuplicateMember.objects.current().filter(group=group)
        if rows.filter(standing=DuplicateStanding.MERGED).exists():
            separate_group(lead=world.lead, group=group)

    assert world.holds()
    assert not Release.objects.current().filter(through_group=True).exists()
    assert not FullText.objects.current().filter(through_group=True).exists()
    assert not Resolution.objects.current().filter(through_group=True).exists()


def undo_some(world):
    try:
        undo_decision(lead=world.lead, event=last_event(world.lead))
    except ValidationError:
        merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
        place = merged.order_by("pk").first()
        if place is not None:
            separate_group(lead=world.lead, group=place.group)
