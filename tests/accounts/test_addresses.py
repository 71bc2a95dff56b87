"""An address is proved by an invitation's link, by mail or by the operator, or opens nothing."""

import json
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import AccountSession, User
from accounts.services import erase_person, owns_address, verify_address
from reviews.models import AuditEvent, Membership
from reviews.services import accept_invitation, invite, revoke_invitation
from reviews.verification import verify_installation
from tests.factories import PASSWORD, make_lead, make_owner, make_user
from tests.routes import all_routes

pytestmark = pytest.mark.django_db
VICTIM = "invited@example.org"
FORM = {"full_name": "Ida", "password1": PASSWORD, "password2": PASSWORD}
MAIL_SETTINGS = [(False, False), (False, True), (True, False), (True, True)]


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


def signed_in(user: User) -> Client:
    """Sign in with the password, which the page of addresses wants to have seen lately."""
    client = Client()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def change(client: Client, address: str, act: str):
    return client.post(reverse("account_email"), {"email": address, f"action_{act}": ""})


def sign_up(client: Client, token: str, address: str = VICTIM):
    link = reverse("reviews:invitation-accept", kwargs={"token": token})
    client.post(link, {"go": "signup"})
    return client.post(reverse("account_signup"), {**FORM, "email": address, "next": link})


def invitation_of(address: str = VICTIM):
    lead = make_lead()
    return lead, *invite(lead=lead, email=address, role="reviewer")


@pytest.mark.catalogue("A15")
@pytest.mark.parametrize(("has_mail", "open_signup"), MAIL_SETTINGS)
def test_an_address_that_is_only_claimed_opens_nothing(settings, has_mail, open_signup):
    settings.HAS_MAIL, settings.OPEN_SIGNUP = has_mail, open_signup
    lead, _, token = invitation_of()
    thief = make_owner("thief@example.org")
    client = signed_in(thief)

    change(client, VICTIM, "add")
    change(client, VICTIM, "primary")
    link = reverse("reviews:invitation-accept", kwargs={"token": token})
    page = client.get(link).content.decode()
    client.post(link)

    thief.refresh_from_db()
    assert EmailAddress.objects.filter(user=thief, email=VICTIM, verified=False).exists()
    assert thief.email == "thief@example.org"
    assert not owns_address(user=thief, address=VICTIM)
    assert "Accept the invitation" not in page
    assert not Membership.objects.filter(review=lead.review, user=thief).exists()


def test_an_account_none_of_whose_addresses_is_confirmed_makes_no_claim_its_main_one():
    thief = make_user("thief@example.org")
    client = signed_in(thief)
    change(client, VICTIM, "add")
    page = client.post(
        reverse("account_email"), {"email": VICTIM, "action_primary": ""}, follow=True
    )
    assert "Only a confirmed address can be the main one." in page.content.decode()
    thief.refresh_from_db()
    assert thief.email == "thief@example.org"
    assert "Make it the main one" not in page.content.decode()


def test_a_main_address_that_nobody_confirmed_takes_no_invitation():
    lead, _, token = invitation_of()
    user = make_user(VICTIM)
    client = signed_in(user)
    link = reverse("reviews:invitation-accept", kwargs={"token": token})

    assert "Nobody has confirmed yet" in client.get(link).content.decode()
    refused = client.post(link)
    with pytest.raises(ValidationError) as refusal:
        accept_invitation(user=user, token=token)

    assert "Nobody has confirmed yet" in refused.content.decode()
    assert refusal.value.code == "unverified_address"
    assert not Membership.objects.filter(review=lead.review, user=user).exists()
    verify_address(user=user, address=VICTIM)
    assert client.post(link).headers["Location"] == f"/reviews/{lead.review.slug}/"


def test_a_lost_password_is_not_sent_to_an_address_that_is_only_claimed():
    user = make_owner("somebody@example.org")
    change(signed_in(user), "mistyped@example.org", "add")
    mail.outbox.clear()

    Client().post("/accounts/password/reset/", {"email": "mistyped@example.org"})
    assert mail.outbox == []
    Client().post("/accounts/password/reset/", {"email": user.email})
    assert [message.to for message in mail.outbox] == [[user.email]]


@pytest.mark.parametrize(("has_mail", "open_signup"), MAIL_SETTINGS)
def test_signing_up_by_the_link_of_an_invitation_confirms_its_address(
    settings, has_mail, open_signup
):
    settings.HAS_MAIL, settings.OPEN_SIGNUP = has_mail, open_signup
    lead, _, token = invitation_of()
    client = Client()

    link = sign_up(client, token).headers["Location"]

    user = User.objects.get(email=VICTIM)
    assert owns_address(user=user, address=VICTIM)
    client.post(link)
    assert Membership.objects.get(review=lead.review, user=user).role == "reviewer"


def test_who_only_claims_an_address_does_not_keep_the_invited_person_out():
    _, _, token = invitation_of()
    change(signed_in(make_owner("thief@example.org")), VICTIM, "add")

    sign_up(Client(), token)

    assert owns_address(user=User.objects.get(email=VICTIM), address=VICTIM)
    assert EmailAddress.objects.filter(email=VICTIM).count() == 1


@pytest.mark.parametrize("spoilt", ["password", "address"])
def test_a_sign_up_that_is_refused_takes_nobodys_claim(spoilt):
    _, _, token = invitation_of()
    thief = make_owner("thief@example.org")
    change(signed_in(thief), VICTIM, "add")
    client = Client()
    client.post(reverse("reviews:invitation-accept", kwargs={"token": token}), {"go": "signup"})
    form = {**FORM, "email": VICTIM}
    form |= {"password2": "another"} if spoilt == "password" else {"email": "no@example.org"}

    assert client.post(reverse("account_signup"), form).status_code == 200

    assert EmailAddress.objects.filter(user=thief, email=VICTIM).exists()
    assert not User.objects.filter(full_name="Ida").exists()


def test_the_invited_address_is_not_asked_again():
    _, _, token = invitation_of()
    client = Client()
    client.post(reverse("reviews:invitation-accept", kwargs={"token": token}), {"go": "signup"})
    field = client.get(reverse("account_signup")).context["form"]["email"]
    assert field.value() == VICTIM
    assert "readonly" in str(field)


def revoked(lead, invitation):
    revoke_invitation(lead=lead, invitation=invitation)


def invited_anew(lead, invitation):
    invite(lead=lead, email=invitation.email, role="observer")


@pytest.mark.catalogue("A15")
@pytest.mark.parametrize("happened", [revoked, invited_anew])
def test_nobody_signs_up_by_an_invitation_that_is_no_longer_open(settings, happened):
    settings.OPEN_SIGNUP = False
    lead, invitation, token = invitation_of()
    client = Client()
    client.post(reverse("reviews:invitation-accept", kwargs={"token": token}), {"go": "signup"})
    happened(lead, invitation)

    client.post(reverse("account_signup"), {**FORM, "email": VICTIM})

    assert not User.objects.filter(email=VICTIM).exists()
    assert "password1" not in client.get(reverse("account_signup")).content.decode()


def test_a_session_does_not_hold_the_link_of_an_invitation():
    _, _, token = invitation_of()
    client = Client()
    client.post(reverse("reviews:invitation-accept", kwargs={"token": token}), {"go": "signup"})
    assert token not in json.dumps(dict(client.session.items()))


def test_looking_at_the_pages_of_an_account_writes_nothing():
    client = signed_in(make_user("somebody@example.org"))
    tables = [model for model in apps.get_models() if model is not AccountSession]

    def rows() -> dict[str, list]:
        return {m._meta.label: list(m.objects.order_by("pk").values()) for m in tables}

    before = rows()
    pages = [r for r in all_routes() if r.path.startswith("accounts/") and "<" not in r.path]
    for route in pages:
        if "(?P" not in route.path:
            client.get(f"/{route.path}")
    assert len(pages) > 8
    assert rows() == before


def test_the_main_address_is_shown_though_it_has_no_row_yet():
    client = signed_in(make_user("somebody@example.org"))
    page = client.get(reverse("account_email")).content.decode()
    assert "somebody@example.org" in page
    assert "not confirmed" in page
    assert "ask its operator to confirm" in page


def verify(*words: str) -> dict:
    out = StringIO()
    call_command("verify_address", *words, stdout=out)
    return json.loads(out.getvalue())


def test_the_operator_confirms_an_address_and_the_installations_chain_keeps_who_did():
    operator = make_user("operator@example.org", is_superuser=True)
    user = make_user(VICTIM)

    said = verify(VICTIM.upper(), "--by", "Operator@example.org")

    assert said == {"address": VICTIM, "account": VICTIM, "changed": True}
    assert owns_address(user=user, address=VICTIM)
    event = AuditEvent.objects.get(verb="accounts.address_verified")
    assert (event.user, event.channel) == (operator, "command")
    assert json.loads(event.facts)["account"] == str(user.uid)
    assert VICTIM not in event.facts
    assert verify(VICTIM)["changed"] is False
    assert AuditEvent.objects.filter(verb="accounts.address_verified").count() == 1
    assert list(verify_installation().problems) == []


def test_of_several_who_claim_an_address_the_operator_names_one():
    make_user("operator@example.org", is_superuser=True)
    one, two = make_owner("one@example.org"), make_owner("two@example.org")
    for user in (one, two):
        change(signed_in(user), VICTIM, "add")
    assert EmailAddress.objects.filter(email=VICTIM).count() == 2

    with pytest.raises(CommandError, match="Several accounts"):
        verify(VICTIM)
    assert verify(VICTIM, "--account", "two@example.org")["account"] == "two@example.org"

    assert owns_address(user=two, address=VICTIM)
    assert not owns_address(user=one, address=VICTIM)
    with pytest.raises(CommandError, match="belongs to another account"):
        verify(VICTIM, "--account", "one@example.org")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nobody@example.org"], "No account has the address"),
        (["a@example.org", "--by", "a@example.org"], "no operator"),
        (["a@example.org", "--account", "nobody@example.org"], "There is no account"),
        (["new@example.org", "--account", "a@example.org"], "has no address"),
        (["operator@example.org", "--account", "a@example.org"], "belongs to another"),
    ],
)
def test_a_confirmation_that_is_refused_changes_nothing(words, why):
    make_user("operator@example.org", is_superuser=True)
    make_user("a@example.org")
    events = AuditEvent.objects.count()
    with pytest.raises(CommandError, match=why):
        verify(*words)
    assert not EmailAddress.objects.exists()
    assert AuditEvent.objects.count() == events


def test_without_an_operator_nobody_confirms():
    make_user("a@example.org")
    with pytest.raises(CommandError, match="no operator"):
        verify("a@example.org")


def test_erasing_a_person_erases_their_other_addresses_too():
    user = make_owner("a@example.org")
    EmailAddress.objects.create(user=user, email="b@example.org")
    erase_person(user=user)
    assert not EmailAddress.objects.exists()
