import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from reviews.models import AuditEvent, Invitation, Membership
from reviews.roles import Role
from reviews.services import (
    accept_invitation,
    add_member,
    change_role,
    find_invitation,
    invite,
    remove_member,
    revoke_invitation,
)
from tests.factories import make_lead, make_member, make_owner, make_user

pytestmark = pytest.mark.django_db


def state() -> tuple:
    members = Membership.objects.order_by("pk").values_list("uid", "role", "removed_at")
    invitations = Invitation.objects.order_by("pk").values_list("uid", "accepted_at", "revoked_at")
    return list(members), list(invitations), AuditEvent.objects.count()


def last_verb(lead: Membership) -> str:
    return lead.review.events.latest("position").verb


def test_a_person_is_added_once_and_comes_back_with_the_role_they_are_given(lead):
    user = make_user()
    member = add_member(lead=lead, user=user, role=Role.REVIEWER)
    before = state()

    with pytest.raises(ValidationError) as refusal:
        add_member(lead=lead, user=user, role=Role.LEAD)

    assert refusal.value.code == "already_member"
    assert state() == before
    remove_member(lead=lead, member=member)
    back = add_member(lead=lead, user=user, role=Role.OBSERVER)
    assert (back.pk, back.role, back.removed_at) == (member.pk, Role.OBSERVER, None)
    assert last_verb(lead) == "reviews.member_added"


def test_a_role_that_does_not_exist_is_refused(lead):
    before = state()

    with pytest.raises(ValidationError):
        add_member(lead=lead, user=make_user(), role="emperor")

    assert state() == before


def test_a_changed_role_is_written_with_its_event_and_the_same_role_makes_none(lead, reviewer_a):
    change_role(lead=lead, member=reviewer_a, role=Role.ADJUDICATOR)
    after = state()

    change_role(lead=lead, member=reviewer_a, role=Role.ADJUDICATOR)

    reviewer_a.refresh_from_db()
    assert reviewer_a.role == Role.ADJUDICATOR
    assert last_verb(lead) == "reviews.role_changed"
    assert state() == after


@pytest.mark.catalogue("Z09")
@pytest.mark.parametrize(
    "act",
    [
        lambda lead: change_role(lead=lead, member=lead, role=Role.OBSERVER),
        lambda lead: remove_member(lead=lead, member=lead),
    ],
    ids=["demotes", "leaves"],
)
def test_the_last_lead_neither_leaves_nor_gives_the_role_away(lead, act):
    before = state()

    with pytest.raises(ValidationError) as refusal:
        act(lead)

    assert refusal.value.code == "last_lead"
    assert state() == before


@pytest.mark.catalogue("Z09")
def test_a_lead_who_was_demoted_meanwhile_cannot_demote_the_other(lead):
    other = make_member(lead, Role.LEAD)
    change_role(lead=lead, member=other, role=Role.REVIEWER)
    before = state()

    with pytest.raises(ValidationError) as refusal:
        change_role(lead=other, member=lead, role=Role.OBSERVER)

    assert refusal.value.code == "right_lost"
    assert state() == before


def test_a_removed_member_stays_in_the_table_and_cannot_be_removed_again(lead, reviewer_a):
    remove_member(lead=lead, member=reviewer_a)
    before = state()

    for act in (remove_member, lambda **who: change_role(**who, role=Role.LEAD)):
        with pytest.raises(ValidationError) as refusal:
            act(lead=lead, member=reviewer_a)
        assert refusal.value.code == "not_a_member"

    assert state() == before
    assert not Membership.objects.get(pk=reviewer_a.pk).capabilities


@pytest.mark.catalogue("Z01")
def test_a_member_of_another_review_cannot_be_changed_from_here(lead):
    foreign = make_lead()
    before = state()

    with pytest.raises(ValidationError):
        change_role(lead=lead, member=foreign, role=Role.OBSERVER)

    assert state() == before


@pytest.mark.catalogue("A15")
def test_an_invitation_stores_no_token_and_serves_its_own_address_once(lead):
    invitation, token = invite(lead=lead, email=" New.Person@Example.org ", role=Role.REVIEWER)
    assert invitation.email == "new.person@example.org"
    assert token not in str(list(Invitation.objects.values()))
    assert token not in "".join(AuditEvent.objects.values_list("facts", flat=True))
    someone, invited = make_user(), make_owner("new.person@example.org")
    before = state()

    with pytest.raises(ValidationError) as refusal:
        accept_invitation(user=someone, token=token)
    assert refusal.value.code == "other_address"
    assert state() == before

    member = accept_invitation(user=invited, token=token)
    assert (member.role, member.review) == (Role.REVIEWER, lead.review)
    assert last_verb(lead) == "reviews.member_added"
    after = state()
    with pytest.raises(ValidationError) as refusal:
        accept_invitation(user=invited, token=token)
    assert refusal.value.code == "not_open"
    assert state() == after


def revoked(lead: Membership, invitation: Invitation) -> None:
    revoke_invitation(lead=lead, invitation=invitation)


def expired(lead: Membership, invitation: Invitation) -> None:
    long_ago = timezone.now() - timedelta(days=1)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=long_ago)


def invited_again_as_something_else(lead: Membership, invitation: Invitation) -> None:
    invite(lead=lead, email=invitation.email, role=Role.OBSERVER)


def inviter_removed(lead: Membership, invitation: Invitation) -> None:
    remove_member(lead=make_member(lead, Role.LEAD), member=lead)


def inviter_demoted(lead: Membership, invitation: Invitation) -> None:
    change_role(lead=make_member(lead, Role.LEAD), member=lead, role=Role.REVIEWER)


@pytest.mark.catalogue("A15")
@pytest.mark.parametrize(
    "happened",
    [revoked, expired, invited_again_as_something_else, inviter_removed, inviter_demoted],
)
def test_an_invitation_is_useless_once_it_was(lead, happened):
    invitation, token = invite(lead=lead, email="new@example.org", role=Role.LEAD)
    invited = make_owner("new@example.org")
    happened(lead, invitation)
    before = state()

    assert find_invitation(token) is None
    with pytest.raises(ValidationError) as refusal:
        accept_invitation(user=invited, token=token)

    assert refusal.value.code == "not_open"
    assert state() == before


@pytest.mark.catalogue("A15")
@pytest.mark.parametrize("token", ["", "guess", "\ud800", "x" * 10_000])
def test_a_guessed_token_finds_nothing(lead, token):
    invite(lead=lead, email="new@example.org", role=Role.REVIEWER)

    assert find_invitation(token) is None


def test_a_member_is_not_invited_again(lead, reviewer_a):
    before = state()

    with pytest.raises(ValidationError) as refusal:
        invite(lead=lead, email=reviewer_a.user.email.upper(), role=Role.LEAD)

    assert refusal.value.code == "already_member"
    assert state() == before


@pytest.mark.parametrize(
    ("email", "role"), [("no address", Role.REVIEWER), ("a@example.org", "emperor")]
)
def test_a_bad_invitation_changes_nothing(lead, email, role):
    before = state()

    with pytest.raises(ValidationError):
        invite(lead=lead, email=email, role=role)

    assert state() == before


def test_an_invitation_that_was_accepted_is_not_revoked(lead):
    invitation, token = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    accept_invitation(user=make_owner("new@example.org"), token=token)
    before = state()

    with pytest.raises(ValidationError) as refusal:
        revoke_invitation(lead=lead, invitation=invitation)

    assert refusal.value.code == "not_open"
    assert state() == before


@pytest.mark.catalogue("A17")
@pytest.mark.django_db(transaction=True)
def test_an_invitation_accepted_twice_at_once_makes_one_member():
    lead = make_lead()
    _, token = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    user = make_owner("new@example.org")
    together = threading.Barrier(2)
    answers = []

    def accept() -> None:
        together.wait()
        try:
            answers.append(accept_invitation(user=user, token=token).role)
        except ValidationError as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["not_open", Role.REVIEWER]
    assert lead.review.memberships.filter(user=user).count() == 1
    assert lead.review.events.filter(verb="reviews.member_added").count() == 1
