"""What `verify` proves, and that it names whatever was done behind the product's back."""

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from reviews import guards, verification
from reviews.audit import event_hash, row_digest
from reviews.models import (
    AuditEvent,
    Criterion,
    ExclusionReason,
    InstallationChain,
    Membership,
    Review,
    ReviewSettings,
)
from reviews.roles import Role
from reviews.services import (
    accept_invitation,
    change_role,
    invite,
    remove_member,
    replace_criteria,
    set_exclusion_reasons,
    update_settings,
)
from reviews.verification import verify_installation, verify_review
from reviews.versions import AppendOnly
from screening.choices import Stage
from screening.services import submit_decision
from tests.factories import make_lead, make_member, make_owner, make_screening, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    """A review in which settings, people, reasons and criteria were changed and changed again."""
    lead = make_lead(slug="hips")
    update_settings(lead=lead, changes={"title": "Hips", "population": "Adults"})
    update_settings(lead=lead, changes={"units_per_patient": 1})
    set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design"])
    set_exclusion_reasons(lead=lead, labels=["Wrong design", "Wrong population", "No data"])
    replace_criteria(lead=lead, inclusion=["Adults", "Surgery"], exclusion=["Reviews"])
    person = make_member(lead, Role.REVIEWER)
    change_role(lead=lead, member=person, role=Role.ADJUDICATOR)
    remove_member(lead=lead, member=person)
    _, token = invite(lead=lead, email="new@example.org", role=Role.OBSERVER)
    accept_invitation(user=make_owner("new@example.org"), token=token)
    lead.refresh_from_db()
    return lead


def problems(lead: Membership, **expected: str) -> list[str]:
    return verify_review(lead.review, **expected).problems


def verify(*args: str) -> dict:
    out = io.StringIO()
    call_command("verify", *args, stdout=out)
    return json.loads(out.getvalue())


def test_a_review_the_product_wrote_is_proven(lead):
    found = verify_review(lead.review)

    assert found.problems == []
    assert found.events == lead.review.events.count() == Review.objects.get().chain_length
    assert found.head == Review.objects.get().chain_head
    assert found.rows == sum(
        model.objects.filter(review=lead.review).count()
        for model in (ReviewSettings, ExclusionReason, Criterion)
    )


def test_a_review_with_records_seats_and_votes_is_proven():
    lead, reviewers, records = make_screening(3)
    for reviewer, verdict in zip(reviewers, ("include", "exclude"), strict=True):
        submit_decision(
            reviewer=reviewer, record=records[0], stage=Stage.TITLE_ABSTRACT, verdict=verdict
        )

    assert problems(lead) == []


def test_a_row_read_back_has_the_digest_it_was_written_with():
    lead, _, _ = make_screening(2)
    counted = 0

    for model in guards.guarded_models():
        if model is AuditEvent:
            continue
        for row in model._base_manager.filter(review=lead.review):
            again = type(row)(**{f.attname: getattr(row, f.attname) for f in row._meta.fields})
            assert digest(again) == digest(row)
            counted += 1
    assert counted > 5


def digest(row: AppendOnly) -> str:
    return row_digest(row, lambda row, field: getattr(row, field.name).uid)


def test_a_digest_does_not_depend_on_how_python_spelled_the_value(lead):
    values = {"units_per_patient": 1, "claims_comparable": False, "release_rule": "stage_closed"}
    spelled = {"units_per_patient": "1", "claims_comparable": 0, "release_rule": "stage_closed"}
    same = {"review": lead.review, "uid": uuid.uuid4(), "recorded_at": lead.review.last_event_at}

    assert digest(ReviewSettings(**same, **values)) == digest(ReviewSettings(**same, **spelled))


@pytest.mark.catalogue("F21")
def test_a_row_edited_in_the_database_is_named(lead):
    reason = lead.review.exclusion_reasons()[0]
    with guards.suspended():
        ExclusionReason.objects.filter(pk=reason.pk).update(label="Something else")

    [problem] = problems(lead)

    assert f"reviews.exclusionreason:{reason.uid} written" in problem
    assert "reviews.exclusion_reasons_set" in problem


@pytest.mark.catalogue("F21")
def test_a_row_deleted_in_the_database_is_missed_at_its_event(lead):
    criterion = lead.review.criteria().filter(kind="exclusion").get()
    with guards.suspended():
        Criterion.objects.filter(pk=criterion.pk).delete()

    [problem] = problems(lead)

    assert "reviews.criteria_set" in problem
    assert problem.endswith("found: none")


@pytest.mark.catalogue("F21")
def test_a_row_inserted_in_the_database_is_named_whatever_its_instant(lead):
    last = lead.review.last_event_at
    fields = {"review": lead.review, "position": 9}
    later = Criterion.objects.create(
        text="x", kind="inclusion", recorded_at=last + timedelta(days=1), **fields
    )
    hidden = Criterion.objects.create(
        text="y",
        kind="inclusion",
        recorded_at=lead.review.events.get(verb="reviews.role_changed").at,
        **fields,
    )

    found = problems(lead)

    assert any(f"reviews.criterion:{hidden.uid} written" in problem for problem in found)
    assert (
        f"reviews.criterion:{later.uid}: was written at an instant at which there is no event"
        in found
    )
    assert len(found) == 2


@pytest.mark.catalogue("F21")
def test_a_row_superseded_in_the_database_is_named(lead):
    reason = lead.review.exclusion_reasons()[0]
    later = lead.review.last_event_at + timedelta(seconds=1)
    ExclusionReason.objects.filter(pk=reason.pk).update(superseded_at=later)

    assert problems(lead) == [
        f"reviews.exclusionreason:{reason.uid}: was superseded at an instant at which there is "
        "no event"
    ]


@pytest.mark.catalogue("F20")
@pytest.mark.parametrize(
    "change",
    [
        {"verb": "reviews.nothing_happened"},
        {"facts": '{"role":"lead"}'},
        {"facts": "no json"},
        {"at": F("at") + timedelta(microseconds=1)},
        {"channel": "command"},
        {"actor": None},
        {"uid": uuid.uuid4()},
        {"hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_event_edited_in_the_database_is_named(lead, change):
    event = lead.review.events.get(verb="reviews.role_changed")
    with guards.suspended():
        AuditEvent.objects.filter(pk=event.pk).update(**change)

    assert any(problem.startswith(f"event {event.position} ") for problem in problems(lead))


@pytest.mark.catalogue("F20")
def test_an_event_whose_hash_was_made_anew_breaks_the_next_one(lead):
    event = lead.review.events.get(position=3)
    event.facts = '{"fields":[]}'
    with guards.suspended():
        AuditEvent.objects.filter(pk=event.pk).update(facts=event.facts, hash=event_hash(event))

    [problem] = problems(lead)

    assert problem.startswith("event 4 ")
    assert "does not follow" in problem


@pytest.mark.catalogue("F20")
def test_an_event_deleted_from_the_middle_is_missed(lead):
    with guards.suspended():
        AuditEvent.objects.filter(review=lead.review, position__in=[3, 4]).delete()

    assert "chain: events 3 to 4 are missing" in problems(lead)


@pytest.mark.catalogue("F20")
def test_two_events_in_each_others_place_are_named(lead):
    third, fourth = lead.review.events.filter(position__in=[3, 4]).order_by("position")
    with guards.suspended():
        for event, position in [(third, 900), (fourth, 3), (third, 4)]:
            AuditEvent.objects.filter(pk=event.pk).update(position=position)

    found = problems(lead)

    assert any(problem.startswith("event 3 ") for problem in found)
    assert any(problem.startswith("event 4 ") for problem in found)


@pytest.mark.catalogue("F20")
def test_a_chain_whose_tail_was_cut_is_named_even_when_the_review_was_made_to_agree(lead):
    printed = lead.review.chain_head
    last = lead.review.chain_length
    with guards.suspended():
        AuditEvent.objects.filter(review=lead.review, position=last).delete()
    assert f"chain: event {last} is missing at its end" in problems(lead)

    end = lead.review.events.latest("position")
    Review.objects.filter(pk=lead.review.pk).update(
        chain_length=end.position, chain_head=end.hash, last_event_at=end.at
    )
    with guards.suspended():
        Membership.objects.filter(review=lead.review, user__email="new@example.org").delete()

    assert problems(lead) == []
    assert problems(lead, expected_head=end.hash) == []
    assert problems(lead, expected_head=printed) == [
        f"chain: it never had the expected head {printed}"
    ]


@pytest.mark.catalogue("F20")
def test_an_event_put_behind_the_last_is_named(lead):
    end = lead.review.events.latest("position")
    end.pk, end.uid, end.position = None, uuid.uuid4(), end.position + 1
    end.at += timedelta(seconds=1)
    end.previous_hash, end.rows_digest = end.hash, verification.rows_digest([], [])
    end.hash = event_hash(end)
    end.save(force_insert=True)

    assert problems(lead) == [
        f"chain: it has {end.position} events, and {end.position - 1} are counted"
    ]


def test_a_role_or_a_removal_written_past_the_services_is_named(lead):
    observer = lead.review.memberships.get(user__email="new@example.org")
    Membership.objects.filter(pk=observer.pk).update(role=Role.LEAD)

    assert problems(lead) == [
        f"reviews.membership:{observer.uid}: is lead in the table of members and observer by the "
        "events"
    ]

    Membership.objects.filter(pk=observer.pk).update(removed_at=lead.review.last_event_at)
    assert "is removed in the table" in problems(lead)[0]


def test_a_member_nobody_added_and_a_member_who_vanished_are_named(lead):
    stray = Membership.objects.create(review=lead.review, user=make_user(), role=Role.LEAD)
    gone = lead.review.memberships.get(removed_at__isnull=False)
    gone_uid = gone.uid
    AuditEvent.objects.filter(actor=gone)
    gone.delete()

    assert problems(lead) == [
        f"reviews.membership:{stray.uid}: no event made this person a member",
        f"reviews.membership:{gone_uid}: the events name this member, who is not in the table",
    ]


def test_a_title_that_is_not_that_of_the_settings_is_named(lead):
    Review.objects.filter(pk=lead.review.pk).update(title="Another")

    assert problems(lead) == [
        f"reviews.review:{lead.review.uid}: its title is not that of its settings"
    ]


def test_checks_that_other_packages_hand_over_are_run_once(lead, monkeypatch):
    monkeypatch.setattr(verification, "_checks", [])

    def check(review: Review) -> list[str]:
        return [f"{review.slug}: a cache is stale"]

    verification.register_check(check)
    verification.register_check(check)

    assert problems(lead) == ["hips: a cache is stale"]


def test_more_problems_than_a_person_reads_are_counted(lead, monkeypatch):
    monkeypatch.setattr(verification, "_checks", [lambda review: map(str, range(250))])

    found = problems(lead)

    assert len(found) == verification.MOST_PROBLEMS + 1
    assert found[-1] == "and 150 more problems"


def test_the_command_prints_json_and_succeeds_where_nothing_is_wrong(lead):
    make_lead(slug="knees")

    found = verify()

    assert [review["review"] for review in found["reviews"]] == ["hips", "knees"]
    assert all(review["problems"] == [] for review in found["reviews"])
    assert (found["installation"]["problems"], found["guards"]) == ([], [])
    assert [review["review"] for review in verify("knees")["reviews"]] == ["knees"]
    head = found["reviews"][0]["head"]
    assert verify("hips", "--expect-head", head)["reviews"][0]["head"] == head


def test_the_command_fails_and_names_a_guard_that_was_dropped(lead):
    guards_before = guards.missing_guards()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.check_constraints()
            cursor.execute("DROP TRIGGER guard_reviews_auditevent_update ON reviews_auditevent")
        else:
            cursor.execute("DROP TRIGGER guard_reviews_auditevent_update")
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 problem was found"):
        call_command("verify", stdout=out)

    assert guards_before == []
    assert json.loads(out.getvalue())["guards"] == ["guard_reviews_auditevent_update"]
    guards.install()


def test_the_command_refuses_a_review_that_does_not_exist_and_a_head_without_a_review():
    with pytest.raises(CommandError, match="no review"):
        call_command("verify", "nothing")
    with pytest.raises(CommandError) as refusal:
        call_command("verify", "--expect-head", "0" * 64)
    assert refusal.value.returncode == 2


@pytest.mark.catalogue("F20")
def test_the_chain_of_the_installation_is_proven_too():
    call_command("create_review", "hips", "--title", "Hips", stdout=io.StringIO())
    assert verify_installation().problems == []
    with guards.suspended():
        AuditEvent.objects.filter(review=None).update(verb="accounts.nothing")

    [problem] = verify_installation().problems

    assert problem.startswith("event 1 (accounts.nothing)")
    InstallationChain.objects.update(chain_length=2)
    assert "chain: event 2 is missing at its end" in verify_installation().problems
