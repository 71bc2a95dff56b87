"""Votes on records that are merged: each stays on its record, all count, and parting is exact."""

import os
import random

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records.choices import DuplicateStanding
from records.models import DuplicateGroup, DuplicateMember, Record
from records.querysets.papers import papers_of
from records.services import (
    accept_sure_groups,
    find_duplicates,
    import_file,
    merge_group,
    separate_group,
    undo_decision,
    undo_import,
)
from reporting.reports.prisma import prisma_table
from reporting.reports.screening_agreement import agreement_table
from reporting.snapshot import take_snapshot
from reviews import guards
from reviews.roles import Role
from reviews.services import set_exclusion_reasons
from reviews.verification import verify_review
from screening.choices import Retrieval, Settled, Stage, Standing, Verdict
from screening.consensus import standing
from screening.models import FullText, Release, Resolution, ScreeningDecision, Seat
from screening.querysets.conflicts import to_adjudicate, to_discuss
from screening.querysets.queues import progress_of, queue_of
from screening.references import marks_of
from screening.services import (
    adjudicate_conflict,
    close_stage,
    open_stage,
    record_discussion,
    release_records,
    set_full_text,
    submit_decision,
    withdraw_decision,
)
from screening.use import USE
from tests.comparing import TOKEN, stop_clock
from tests.factories import make_batch, make_lead, make_member, make_records, make_source, ris
from tests.records.grouping import TITLE, last_event, make_group, shown

pytestmark = pytest.mark.django_db
TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
INCLUDE, EXCLUDE, UNSURE = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE
ROUNDS = 200 if os.environ.get("IFI_SOAK") == "1" else 10


def vote(member, record, verdict=INCLUDE, stage=TITLES, **more):
    return submit_decision(reviewer=member, record=record, stage=stage, verdict=verdict, **more)


def fetch(client, url):
    """Return what a page answers and what it costs."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    headers = sorted((k, v) for k, v in response.items() if k != "Set-Cookie")
    return response.status_code, headers, TOKEN.sub(rb"\1", response.content), len(queries)


def pair(number=2, **settings):
    """Return a lead, two reviewers, records that both were dealt, and a group that waits."""
    lead = make_lead(**settings)
    people = [make_member(lead, full_name=f"Reviewer {letter}") for letter in "AB"]
    records = make_records(lead, number)
    open_stage(lead=lead, stage=TITLES, screeners=people)
    return lead, people, records, make_group(lead, records, sure=True)


def row(record, stage=TITLES):
    return Resolution.objects.current().get(record=record, stage=stage)


def stands(record, stage=TITLES):
    return row(record, stage).verdict


def proved(lead):
    return verify_review(lead.review).problems == []


# What one reviewer learns of another


OTHERS = {
    "nothing": lambda b, one, other: None,
    "on the first": lambda b, one, other: vote(b, one),
    "on the second": lambda b, one, other: vote(b, other, EXCLUDE),
    "on both": lambda b, one, other: [vote(b, one), vote(b, other, EXCLUDE)],
}


@pytest.mark.catalogue("B04")
@pytest.mark.parametrize("how", ["merged", "accepted", "kept the second"])
def test_what_a_merge_leaves_in_a_queue_does_not_tell_what_the_other_voted_on(how, monkeypatch):
    lead, (a, b), records, group = pair(3)
    one, other = records[:2]
    group = make_group(lead, [one, other], sure=True)
    vote(a, records[2])
    client = Client()
    client.force_login(a.user)
    at = f"/reviews/{lead.review.slug}"
    pages = ["/", f"{at}/screening/{TITLES}/", f"{at}/records/", f"{at}/screening/{TITLES}/mine/"]
    for record in records:
        pages += [f"{at}/screening/{TITLES}/records/{record.uid}/", f"{at}/records/{record.uid}/"]
    client.get("/")
    instant = timezone.now()

    def look(others):
        with transaction.atomic():
            others(b, one, other)
            if how == "accepted":
                assert accept_sure_groups(lead=lead) == 2
            else:
                merge_group(lead=lead, group=group, kept=other if "second" in how else None)
            queue = [seat.pk for seat in queue_of(a, TITLES)]
            with monkeypatch.context() as still:
                stop_clock(still, instant)
                seen = [fetch(client, url) for url in pages]
            kept = shown(lead)
            transaction.set_rollback(True)
        return queue, kept, seen

    worlds = [look(others) for others in OTHERS.values()]

    assert len(worlds[0][0]) == 2
    for world in worlds[1:]:
        assert world == worlds[0]


@pytest.mark.catalogue("B06")
def test_a_vote_costs_the_same_on_a_merged_record_whatever_the_others_are():
    counts = []
    for others in OTHERS.values():
        lead, (a, b), (one, other), group = pair()
        merge_group(lead=lead, group=group)
        others(b, one, other)
        with CaptureQueriesContext(connection) as queries:
            vote(a, other)
        counts.append(len(queries))

    assert len(set(counts)) == 1


# What the votes of a paper make of it


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ([INCLUDE, INCLUDE, UNSURE, INCLUDE], Standing.INCLUDED),
        ([EXCLUDE] * 4, Standing.EXCLUDED),
        ([EXCLUDE, EXCLUDE, INCLUDE, INCLUDE], Standing.CONFLICT),
        ([INCLUDE, EXCLUDE, INCLUDE, EXCLUDE], Standing.CONFLICT),
        ([INCLUDE, INCLUDE, INCLUDE, None], Standing.UNDECIDED),
        ([EXCLUDE, None, INCLUDE, None], Standing.UNDECIDED),
    ],
)
@pytest.mark.parametrize("merged", ["before", "between", "after"])
def test_all_votes_count_and_any_difference_is_a_conflict(said, made, merged):
    lead, people, records, group = pair()
    places = [(member, record) for record in records for member in people]

    for number, ((member, record), verdict) in enumerate(zip(places, said, strict=True)):
        if (merged, number) in {("before", 0), ("between", 2)}:
            merge_group(lead=lead, group=group)
        if verdict:
            vote(member, record, verdict)
    if merged == "after":
        merge_group(lead=lead, group=group)

    assert stands(records[0]) == made
    assert ScreeningDecision.objects.standing().count() == sum(map(bool, said))
    assert proved(lead)


def test_a_record_that_was_never_dealt_speaks_for_the_dealt_one_behind_it():
    lead, people, [dealt, _], _ = pair()
    [late] = make_records(lead)
    for member in people:
        vote(member, dealt)

    group = make_group(lead, [late, dealt])
    merge_group(lead=lead, group=group)

    assert stands(late) == Standing.INCLUDED
    assert not Seat.objects.filter(record=late).exists()
    assert release_records(lead=lead, stage=TITLES) == 1
    assert {r.record_id for r in Release.objects.current()} == {late.pk, dealt.pk}
    assert FullText.objects.current().get(record=late).standing == Retrieval.SOUGHT
    assert proved(lead)
    separate_group(lead=lead, group=group)
    assert [r.record for r in Release.objects.current()] == [dealt]
    assert FullText.objects.current().get().record == dealt
    assert stands(late) == Standing.UNDECIDED, "it was dealt when it stood alone again"
    assert Seat.objects.current().filter(record=late).count() == 2
    assert proved(lead)


def test_a_paper_of_which_one_record_is_released_is_released_until_it_is_parted():
    lead, (a, b), (one, other), group = pair()
    for member in (a, b):
        vote(member, one)
    vote(a, other, EXCLUDE)
    release_records(lead=lead, stage=TITLES)

    merge_group(lead=lead, group=group, kept=other)

    assert stands(other) == Standing.CONFLICT
    assert to_discuss(Record.objects.all(), b, TITLES).get() == other
    assert not queue_of(b, TITLES).exists()
    assert {r["dealt"] - r["voted"] for r in progress_of(lead.review)} == {0}
    with pytest.raises(ValidationError) as refusal:
        vote(b, other)
    assert refusal.value.code == "released"
    assert close_stage(lead=lead, stage=TITLES) == 0
    separate_group(lead=lead, group=group)
    assert (stands(one), stands(other)) == (Standing.INCLUDED, Standing.UNDECIDED)
    assert queue_of(b, TITLES).get().record == other
    assert proved(lead)


# Settlements


def settled(verdict=INCLUDE, **settings):
    """Return a pair of which a third person settled the first record's conflict."""
    lead, (a, b), (one, other), group = pair(settling_rule="third_person", **settings)
    vote(a, one, INCLUDE)
    vote(b, one, EXCLUDE)
    settle(lead, one, verdict)
    return lead, (a, b), (one, other), group


def settle(lead, record, verdict=INCLUDE):
    adjudicate_conflict(adjudicator=lead, record=record, stage=TITLES, verdict=verdict)


@pytest.mark.parametrize("kept", [0, 1])
@pytest.mark.parametrize(("other_says", "contested"), [(INCLUDE, False), (EXCLUDE, True)])
def test_a_settlement_holds_for_the_paper_and_is_contested_by_other_votes(
    kept, other_says, contested
):
    lead, people, records, group = settled()
    for member in people:
        vote(member, records[1], other_says)
    before = row(records[0])

    merge_group(lead=lead, group=group, kept=records[kept])

    stands_now = row(records[kept])
    assert (stands_now.verdict, stands_now.how) == (Standing.INCLUDED, Settled.ADJUDICATION)
    assert stands_now.contested is contested
    assert to_adjudicate(Record.objects.all(), lead, TITLES).exists() is contested
    separate_group(lead=lead, group=group)
    now = row(records[0])
    assert (now.how, now.contested, now.settled_at) == (before.how, False, before.settled_at)
    assert row(records[1]).how == Settled.AGREEMENT
    assert proved(lead)


def test_two_settlements_that_differ_are_a_conflict_and_the_one_of_the_paper_ends_it():
    lead, (a, b), (one, other), group = settled()
    vote(a, other, INCLUDE)
    vote(b, other, EXCLUDE)
    settle(lead, other, EXCLUDE)
    merge_group(lead=lead, group=group)
    assert stands(one) == Standing.CONFLICT

    settle(lead, one, EXCLUDE)

    assert (stands(one), row(one).contested) == (Standing.EXCLUDED, False)
    assert proved(lead)
    separate_group(lead=lead, group=group)
    assert (stands(one), stands(other)) == (Standing.INCLUDED, Standing.EXCLUDED)
    undo_decision(lead=lead, event=last_event(lead))
    assert (stands(one), row(one).how) == (Standing.EXCLUDED, Settled.ADJUDICATION)
    assert proved(lead)


def test_everybody_whose_vote_stands_on_the_paper_takes_part_in_its_discussion():
    lead, (a, b), (one, other), group = pair()
    c = make_member(lead, full_name="Reviewer C")
    vote(a, one)
    vote(b, one, EXCLUDE)
    vote(a, other)
    vote(b, other)
    seat = Seat.objects.get(record=other, member=b)
    assert seat
    [third] = make_records(lead)
    merge_group(lead=lead, group=group)
    release_records(lead=lead, stage=TITLES)

    said = {"record": one, "stage": TITLES, "verdict": INCLUDE}
    with pytest.raises((Record.DoesNotExist, ValidationError)):
        record_discussion(reviewer=c, **said)
    record_discussion(reviewer=a, **said)
    assert stands(one) == Standing.CONFLICT
    record_discussion(reviewer=b, **said)

    assert (stands(one), row(one).how) == (Standing.INCLUDED, Settled.DISCUSSION)
    assert third.pk in shown(lead)
    assert proved(lead)


# Where the votes of a paper are read


def test_the_list_and_the_page_of_a_paper_show_ones_own_votes_on_what_is_behind_it(as_member):
    lead, (a, _), (one, other), group = pair()
    vote(a, other, UNSURE)
    merge_group(lead=lead, group=group, kept=one)

    assert [v.verdict for v in marks_of([one], a)[one.pk].votes] == [UNSURE]
    client = as_member(a)
    at = f"/reviews/{lead.review.slug}/records/"
    for asked, found in (("unsure", 1), ("include", 0), ("none", 1)):
        listed = client.get(f"{at}?mine={TITLES}:{asked}").content.decode()
        assert (f"{one.uid}" in listed) is bool(found), asked
    assert "answered unsure" in client.get(f"{at}{one.uid}/").content.decode()


def test_a_reviewer_reads_a_record_behind_another_with_the_papers_best_fields(as_member):
    lead, (a, _), (one, other), _ = pair()
    data = ris([one.title], AB="The one abstract there is. " * 10)
    batch = import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)
    full = batch.records.get()
    merge_group(lead=lead, group=make_group(lead, [full, other]))
    url = f"/reviews/{lead.review.slug}/screening/{TITLES}/records/{other.uid}/"

    page = as_member(a).get(url)

    assert "The one abstract there is." in page.content.decode()
    assert as_member(a).post(url, {"verdict": "include"}).status_code == 302
    assert ScreeningDecision.objects.get().record == other


def test_each_two_people_agree_once_on_a_paper_where_both_judged_it_first():
    lead, (a, b), (one, other), group = pair()
    for record, verdict in ((other, EXCLUDE), (one, INCLUDE)):
        vote(a, record)
        vote(b, record, verdict)
    merge_group(lead=lead, group=group)
    release_records(lead=lead, stage=TITLES)

    table = agreement_table(take_snapshot(lead.review))

    first = table.rows[0]
    assert first.cell("records").text == "1"
    assert first.cell("raw_agreement").text == "0.000"
    assert list(first.cell("raw_agreement").records) == [one.uid]
    separate_group(lead=lead, group=group)
    assert agreement_table(take_snapshot(lead.review)).rows[0].cell("records").text == "2"


def test_the_machine_merges_no_record_behind_which_a_dealt_one_stands():
    lead = make_lead()
    people = [make_member(lead), make_member(lead)]
    dealt = make_batch(lead, [TITLE]).records.get()
    open_stage(lead=lead, stage=TITLES, screeners=people)
    late = make_batch(lead, [TITLE + " of dancers"]).records.get()
    merge_group(lead=lead, group=make_group(lead, [late, dealt]))
    again = make_batch(lead, [TITLE + " of dancers."]).records.get()
    other = make_records(lead)[0]

    find_duplicates(lead=lead)

    [paper] = papers_of([dealt.pk])
    assert paper[0] == late.pk
    assert other.pk in shown(lead)
    assert again.pk not in shown(lead)
    assert proved(lead)


def test_the_machine_merges_what_was_never_given_out_behind_any_paper():
    lead = make_lead()
    people = [make_member(lead), make_member(lead)]
    for _ in range(2):
        make_batch(lead, [TITLE])
    find_duplicates(lead=lead)
    [alone] = shown(lead)
    assert set(USE.given_out(lead.review_id, None)) == set()
    open_stage(lead=lead, stage=TITLES, screeners=people)
    assert set(USE.given_out(lead.review_id, None)) == {alone}
    make_batch(lead, [TITLE])

    assert find_duplicates(lead=lead)["merged"] == 2
    assert shown(lead) == {alone}


def test_an_import_whose_record_speaks_for_a_released_paper_stays():
    lead, people, [dealt, _], _ = pair()
    [late] = make_records(lead)
    for member in people:
        vote(member, dealt)
    merge_group(lead=lead, group=make_group(lead, [late, dealt]))
    release_records(lead=lead, stage=TITLES)

    with pytest.raises(ValidationError) as refusal:
        undo_import(lead=lead, batch=late.batch)

    assert refusal.value.code == "voted"
    assert late.pk in shown(lead)


@pytest.mark.catalogue("F21")
def test_verify_names_a_paper_that_stands_otherwise_than_all_its_votes_say():
    lead, people, records, group = pair()
    for member, verdict in zip(people, (INCLUDE, EXCLUDE), strict=True):
        for record in records:
            vote(member, record, verdict)
    merge_group(lead=lead, group=group)
    assert proved(lead)

    with guards.suspended():
        rows = Resolution.objects.current().filter(record=records[0])
        rows.update(verdict=Standing.INCLUDED, how=Settled.AGREEMENT)

    [uid] = rows.values_list("uid", flat=True)
    found = verify_review(lead.review).problems
    assert any(str(uid) in problem and "2 records merged" in problem for problem in found)


# Parting gives back what was


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
                record_discussion(
                    reviewer=member,
                    record=record,
                    stage=TITLES,
                    verdict="" if self.rng.random() < 0.2 else INCLUDE,
                    hand_over=False,
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
