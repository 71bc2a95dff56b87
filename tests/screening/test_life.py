"""A review of many people in any order of acts: what must hold holds after each of them."""

import inspect
import os
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from reporting.reports.prisma import prisma_table
from reporting.snapshot import take_snapshot
from reviews.models import AuditEvent, Membership
from reviews.roles import Role
from reviews.services import set_exclusion_reasons
from reviews.verification import verify_review
from screening.choices import Retrieval, Stage, Verdict
from screening.models import Resolution, ScreeningDecision, Seat
from screening.services import (
    adjudicate_conflict,
    close_stage,
    deal_seats_anew,
    hand_over_conflicts,
    open_stage,
    record_discussion,
    release_records,
    reopen_stage,
    set_full_text,
    submit_decision,
    withdraw_decision,
)
from tests.factories import make_lead, make_member, make_records

SOAK = os.environ.get("IFI_SOAK") == "1"
RECORDS = 4
STAGES = st.sampled_from(list(Stage))
RECORD = st.integers(0, RECORDS - 1)
THREE, TWO = st.integers(0, 2), st.integers(0, 1)
SAID = st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE])


class Life(RuleBasedStateMachine):
    """Three reviewers, two adjudicators and a lead, who may try anything at any time.

    At its end every row has its event, in an unbroken chain.
    """

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.lead = make_lead()
        self.reviewers = [make_member(self.lead) for _ in range(3)]
        self.judges = [make_member(self.lead, Role.ADJUDICATOR) for _ in range(2)]
        self.records = make_records(self.lead, RECORDS)
        [self.reason] = set_exclusion_reasons(lead=self.lead, labels=["Design"])
        for stage in Stage:
            open_stage(lead=self.lead, stage=stage, screeners=self.reviewers)

    def teardown(self) -> None:
        """Prove the chain, and take everything back."""
        try:
            assert verify_review(self.lead.review).problems == []
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    def act(self, service: Any, actor: Membership, **how: Any) -> None:
        """Let somebody do something; a refusal leaves everything, votes of others included."""
        others = ScreeningDecision.objects.exclude(member=actor).order_by("pk")
        before = list(others.values()), AuditEvent.objects.count()
        role = next(iter(inspect.signature(service).parameters))
        try:
            service(**{role: actor}, **how)
        except ValidationError:
            assert AuditEvent.objects.count() == before[1], "a refusal is no act"
        assert list(others.values()) == before[0], "nobody changes the vote of another"

    def of_exclusion(self, stage: str, verdict: str) -> dict[str, Any]:
        """Return the reason that an exclusion of a full text needs."""
        needed = (stage, verdict) == (Stage.FULL_TEXT, Verdict.EXCLUDE)
        return {"reason": self.reason} if needed else {}

    @rule(who=THREE, record=RECORD, stage=STAGES, verdict=SAID)
    def votes(self, who: int, record: int, stage: str, verdict: str) -> None:
        self.act(
            submit_decision, self.reviewers[who], record=self.records[record], stage=stage,
            verdict=verdict, **self.of_exclusion(stage, verdict),
        )  # fmt: skip

    @rule(stage=STAGES, verdict=SAID)
    def everybody_votes(self, stage: str, verdict: str) -> None:
        for seat in Seat.objects.current().filter(stage=stage).order_by("pk"):
            self.act(
                submit_decision, seat.member, record=seat.record, stage=stage, verdict=verdict,
                **self.of_exclusion(stage, verdict),
            )  # fmt: skip

    @rule(who=THREE, record=RECORD, stage=STAGES)
    def withdraws(self, who: int, record: int, stage: str) -> None:
        self.act(withdraw_decision, self.reviewers[who], record=self.records[record], stage=stage)

    @rule(who=TWO, record=RECORD, stage=STAGES, verdict=SAID)
    def settles(self, who: int, record: int, stage: str, verdict: str) -> None:
        self.act(
            adjudicate_conflict, self.judges[who], record=self.records[record], stage=stage,
            verdict=verdict, **self.of_exclusion(stage, verdict),
        )  # fmt: skip

    @rule(who=THREE, record=RECORD, stage=STAGES, verdict=SAID)
    def discusses(self, who: int, record: int, stage: str, verdict: str) -> None:
        self.act(
            record_discussion, self.reviewers[who], record=self.records[record], stage=stage,
            verdict=verdict, **self.of_exclusion(stage, verdict),
        )  # fmt: skip

    @rule(stage=STAGES, service=st.sampled_from([
        release_records, hand_over_conflicts, close_stage, reopen_stage, deal_seats_anew,
    ]))  # fmt: skip
    def leads(self, stage: str, service: Any) -> None:
        self.act(service, self.lead, stage=stage)

    @rule(record=RECORD, standing=st.sampled_from(list(Retrieval)))
    def retrieves(self, record: int, standing: str) -> None:
        self.act(set_full_text, self.lead, record=self.records[record], standing=standing, why="So")

    @invariant()
    def each_person_has_one_vote_and_each_record_one_standing(self) -> None:
        votes = ScreeningDecision.objects.current().values_list("record", "stage", "member")
        stands = Resolution.objects.current().values_list("record", "stage")
        for rows in (list(votes), list(stands)):
            assert len(rows) == len(set(rows))

    @invariant()
    def the_books_balance(self) -> None:
        table = prisma_table(take_snapshot(self.lead.review))
        printed = {row.key: row.cell("value").text for row in table.rows}
        identities = {key: text for key, text in printed.items() if key.startswith("identity_")}
        assert identities
        assert set(identities.values()) == {"0"}


@pytest.mark.soak
@pytest.mark.timeout(1_800 if SOAK else 180)
@pytest.mark.catalogue("C26")
@pytest.mark.django_db
def test_in_whatever_order_people_act_what_must_hold_holds():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=100 if SOAK else 3,
            stateful_step_count=40 if SOAK else 6,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
