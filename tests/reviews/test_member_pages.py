"""The pages of people and invitations."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.invited import INVITATION_SESSION_KEY
from accounts.models import User
from reviews.models import AuditEvent, Invitation, Membership
from reviews.roles import Role
from reviews.services import change_role, invite, revoke_invitation, token_of
from reviews.tasks import WAITS, mail_invitation
from tests.factories import PASSWORD, make_lead, make_member, make_owner, make_user
from tests.pages import OF_THE_RAIL

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://testserver(/invitations/[\w-]+/)")


def page(name: str, lead: Membership, **kwargs) -> str:
    return reverse(f"reviews:{name}", kwargs={"slug": lead.review.slug, **kwargs})


def accept_url(token: str) -> str:
    return reverse("reviews:invitation-accept", kwargs={"token": token})


def test_a_lead_sees_people_and_open_invitations(lead, reviewer_a, as_member):
    invite(lead=lead, email="new@example.org", role=Role.OBSERVER)

    body = as_member(lead).get(page("member-list", lead)).content.decode()

    assert "Reviewer A" in body
    assert reviewer_a.user.email in body
    assert "new@example.org" in body


@pytest.mark.catalogue("Z05")
def test_nobody_but_a_lead_sees_or_changes_the_people(
    lead, adjudicator, reviewer_a, observer, as_member
):
    invitation, _ = invite(lead=lead, email="new@example.org", role=Role.OBSERVER)
    before = AuditEvent.objects.count(), Invitation.objects.count()

    for member in (adjudicator, reviewer_a, observer):
        client = as_member(member)
        for name in ("member-list", "review-settings", "criteria-edit", "reason-list"):
            assert client.get(page(name, lead)).status_code == 403
        for url in (
            page("member-invite", lead),
            page("member-role", lead, uid=member.uid),
            page("member-remove", lead, uid=lead.uid),
            page("invitation-revoke", lead, uid=invitation.uid),
            page("review-settings", lead),
        ):
            answer = client.post(url, {"role": "lead", "email": "a@example.org", "title": "Mine"})
            assert answer.status_code == 403

    assert (AuditEvent.objects.count(), Invitation.objects.count()) == before
    assert not Membership.objects.filter(role=Role.LEAD).exclude(pk=lead.pk).exists()


def test_an_invitation_shows_its_link_once(lead, as_member):
    client = as_member(lead)

    made = client.post(
        page("member-invite", lead), {"email": "new@example.org", "role": "reviewer"}
    )

    body = made.content.decode()
    link = LINK.search(body).group(1)
    assert link == accept_url(token_of(Invitation.objects.get()))
    assert "This installation sends no mail" in body or "sends no mail" in body
    assert link not in client.get(page("member-list", lead)).content.decode()
    assert mail.outbox == []


def test_an_invitation_is_mailed_where_there_is_mail(lead, as_member, settings):
    settings.HAS_MAIL = True

    as_member(lead).post(
        page("member-invite", lead), {"email": "new@example.org", "role": "reviewer"}
    )

    [message] = mail.outbox
    assert message.to == ["new@example.org"]
    assert lead.review.title in message.subject
    assert accept_url(token_of(Invitation.objects.get())) in message.body


def down(*args, **kwargs):
    raise ConnectionRefusedError


@pytest.mark.catalogue("F22")
def test_a_mail_server_that_is_down_is_asked_again_later_and_not_for_ever(
    lead, settings, monkeypatch
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    invitation, token = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    monkeypatch.setattr("reviews.tasks.send_mail", down)

    mail_invitation.func(str(invitation.uid), "http://testserver/")

    [queued] = mail_invitation.get_backend().results
    assert queued.task.run_after > invitation.created_at
    assert queued.args[-1] == 1
    assert token not in str(queued.args)
    with pytest.raises(ConnectionRefusedError):
        mail_invitation.func(str(invitation.uid), "http://testserver/", len(WAITS))


def test_an_invitation_withdrawn_before_its_mail_was_sent_is_not_mailed(lead):
    invitation, _ = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    revoke_invitation(lead=lead, invitation=invitation)

    mail_invitation.func(str(invitation.uid), "http://testserver/")

    assert mail.outbox == []


@pytest.mark.catalogue("F22")
def test_a_mail_server_that_is_down_does_not_stop_an_invitation(
    lead, as_member, settings, monkeypatch
):
    settings.HAS_MAIL = True
    monkeypatch.setattr("reviews.tasks.send_mail", down)

    made = as_member(lead).post(
        page("member-invite", lead), {"email": "new@example.org", "role": "reviewer"}
    )

    assert LINK.search(made.content.decode())
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "", "role": "reviewer"}, "email"),
        ({"email": "nobody", "role": "reviewer"}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org", "role": "reviewer"}, "email"),
        ({"email": "a@example.org", "role": "emperor"}, "role"),
    ],
)
def test_a_bad_invitation_is_refused_beside_its_field(lead, as_member, data, field):
    response = as_member(lead).post(page("member-invite", lead), data)

    assert field in response.context["form"].errors
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_roles_are_changed_and_people_removed_on_the_page(lead, reviewer_a, as_member):
    client = as_member(lead)

    client.post(page("member-role", lead, uid=reviewer_a.uid), {"role": "adjudicator"})
    reviewer_a.refresh_from_db()
    assert reviewer_a.role == Role.ADJUDICATOR

    client.post(page("member-remove", lead, uid=reviewer_a.uid))
    reviewer_a.refresh_from_db()
    assert reviewer_a.removed_at is not None
    again = client.post(page("member-remove", lead, uid=reviewer_a.uid))
    assert again.status_code == 404


@pytest.mark.catalogue("Z09")
def test_the_last_lead_is_told_why_and_stays(lead, as_member):
    client = as_member(lead)

    demoted = client.post(page("member-role", lead, uid=lead.uid), {"role": "observer"})
    removed = client.post(page("member-remove", lead, uid=lead.uid))
    nonsense = client.post(page("member-role", lead, uid=lead.uid), {"role": "emperor"})

    assert [r.status_code for r in (demoted, removed, nonsense)] == [409, 409, 409]
    assert "keeps at least one lead" in demoted.content.decode()
    lead.refresh_from_db()
    assert (lead.role, lead.removed_at) == (Role.LEAD, None)


def test_a_lead_who_steps_down_lands_where_they_may_be(lead, as_member):
    other = make_member(lead, Role.LEAD)
    client = as_member(other)

    stepped = client.post(page("member-role", lead, uid=other.uid), {"role": "observer"})

    assert stepped["Location"] == page("review-detail", lead)
    change_role(lead=lead, member=other, role=Role.LEAD)
    left = client.post(page("member-remove", lead, uid=other.uid))
    assert left["Location"] == "/"


@pytest.mark.catalogue("Z01")
@pytest.mark.catalogue("Z02")
def test_people_and_invitations_of_another_review_do_not_exist_here(lead, as_member):
    foreign = make_lead()
    invitation, _ = invite(lead=foreign, email="new@example.org", role=Role.OBSERVER)
    client = as_member(lead)

    for url in (
        page("member-role", lead, uid=foreign.uid),
        page("member-remove", lead, uid=foreign.uid),
        page("invitation-revoke", lead, uid=invitation.uid),
        page("member-list", foreign),
    ):
        assert client.post(url, {"role": "observer"}).status_code in {404, 405}
    assert client.get(page("member-list", foreign)).status_code == 404
    foreign.refresh_from_db()
    invitation.refresh_from_db()
    assert (foreign.role, invitation.revoked_at) == (Role.LEAD, None)


def test_an_invitation_is_withdrawn_on_the_page_and_only_once(lead, as_member):
    invitation, _ = invite(lead=lead, email="new@example.org", role=Role.OBSERVER)
    client = as_member(lead)
    url = page("invitation-revoke", lead, uid=invitation.uid)

    assert "is withdrawn" in client.post(url, follow=True).content.decode()
    assert "revoked already" in client.post(url, follow=True).content.decode()


@pytest.mark.catalogue("A16")
@pytest.mark.catalogue("A11")
def test_opening_an_invitation_shows_it_and_consumes_nothing(lead, client):
    invitation, token = invite(lead=lead, email="new@example.org", role=Role.OBSERVER)

    for _ in range(3):
        body = client.get(accept_url(token)).content.decode()

    assert lead.review.title in body
    assert str(lead) in body
    assert "Observer" in body
    assert not client.session.keys()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert client.get(reverse("account_signup")).status_code in {200, 302, 403}
    assert not User.objects.filter(email="new@example.org").exists()


def test_the_invited_person_accepts_and_arrives(lead, client):
    _, token = invite(lead=lead, email="new@example.org", role=Role.OBSERVER)
    client.force_login(make_owner("new@example.org"))

    response = client.post(accept_url(token))

    assert response["Location"] == page("review-detail", lead)
    assert client.get(response["Location"]).status_code == 200
    again = client.get(accept_url(token))
    assert (again.status_code, "no longer valid" in again.content.decode()) == (404, True)


@pytest.mark.catalogue("A15")
def test_somebody_else_who_holds_the_link_is_refused(lead, stranger, client):
    invitation, token = invite(lead=lead, email="new@example.org", role=Role.LEAD)
    client.force_login(stranger)

    assert "Accept the invitation" not in client.get(accept_url(token)).content.decode()
    refused = client.post(accept_url(token))

    assert "another e-mail address" in refused.content.decode()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert not lead.review.memberships.filter(user=stranger).exists()


@pytest.mark.catalogue("A15")
def test_guessed_used_and_withdrawn_links_are_answered_alike(lead, client):
    invitation, token = invite(lead=lead, email="new@example.org", role=Role.LEAD)
    revoke_invitation(lead=lead, invitation=invitation)

    bodies = {client.get(accept_url(each)).content for each in (token, "guess", "x" * 500)}

    assert len(bodies) == 1


def test_an_invitation_lets_its_own_address_make_an_account_and_no_other(lead, settings):
    settings.OPEN_SIGNUP = False
    _, token = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    client = Client()
    form = {"full_name": "New", "password1": PASSWORD, "password2": PASSWORD}
    closed = client.post(reverse("account_signup"), {**form, "email": "new@example.org"})
    assert not User.objects.filter(email="new@example.org").exists(), closed

    sent = client.post(accept_url(token), {"go": "signup"})["Location"]
    client.post(sent, {**form, "email": "other@example.org"})
    assert not User.objects.filter(email="other@example.org").exists()

    made = client.post(sent, {**form, "email": "New@example.org", "next": accept_url(token)})
    assert made["Location"] == accept_url(token)
    client.post(accept_url(token))
    member = lead.review.memberships.get(user__email="new@example.org")
    assert member.role == Role.REVIEWER
    assert INVITATION_SESSION_KEY not in client.session


def test_a_visitor_with_an_account_logs_in_and_comes_back(lead):
    _, token = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    make_user("new@example.org")
    client = Client()

    sent = client.post(accept_url(token), {"go": "login"})["Location"]
    data = {"login": "new@example.org", "password": PASSWORD, "next": accept_url(token)}
    back = client.post(sent, data)

    assert back["Location"] == accept_url(token)


def test_the_page_of_members_asks_as_much_for_thirty_as_for_three_hundred(
    lead, as_member, django_assert_num_queries
):
    client = as_member(lead)

    def add(number: int) -> None:
        start = User.objects.count()
        people = [User(email=f"p{start + n}@example.org") for n in range(number)]
        made = User.objects.bulk_create(people)
        Membership.objects.bulk_create(
            Membership(review=lead.review, user=user, role=Role.OBSERVER) for user in made
        )

    add(30)
    # Where there are no records the rail asks for no duplicates.
    with django_assert_num_queries(4 + OF_THE_RAIL):
        client.get(page("member-list", lead))
    add(270)
    with django_assert_num_queries(4 + OF_THE_RAIL):
        client.get(page("member-list", lead))
