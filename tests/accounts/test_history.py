"""Every act on an account is an event of the installation, sealed so that the account proves it."""

import io
from typing import Any

import pytest
from allauth.account.models import EmailConfirmationHMAC
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.services import (
    create_first_operator,
    deactivate_account,
    erase_person,
    reactivate_account,
    set_key_map,
    verify_address,
)
from reviews.models import AuditEvent
from reviews.verification import verify_installation
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEW = "another long and quiet password"


def acts() -> list[str]:
    """Return what happened to accounts, having made sure that all of it is proven."""
    assert verify_installation().problems == []
    events = AuditEvent.objects.filter(review=None).order_by("position")
    return [event.verb.removeprefix("accounts.") for event in events]


def signed_in(client: Any, user: User) -> None:
    """Sign in, and give the password once more, as the library asks before such changes."""
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_accounts_made_by_the_first_run_and_by_commands_are_events(monkeypatch):
    first = create_first_operator(email="op@example.org", password=NEW, full_name="Op")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
    call_command(
        "createsuperuser", "--no-input", "--email=second@example.org", "--full_name=Second",
        stdout=io.StringIO(),
    )  # fmt: skip
    call_command("create_review", "hips", "--title", "Hips", stdout=io.StringIO())

    assert acts() == ["account_made", "account_made", "account_made", "reviews.review_made"]
    events = AuditEvent.objects.filter(review=None).order_by("position")
    assert [event.channel for event in events] == ["web", "command", "command", "command"]
    assert events[0].facts_read() == {"account": str(first.uid), "seal": first.seal()}


def test_signing_up_is_one_event_and_keeps_the_name(client, settings):
    settings.OPEN_SIGNUP = True
    client.post(
        "/accounts/signup/",
        {"email": "Ada@example.org", "full_name": "Ada", "password1": NEW, "password2": NEW},
    )

    assert User.objects.get().full_name == "Ada"
    assert acts() == ["account_made"]


def test_a_password_that_is_set_and_a_name_that_is_changed_are_events(client):
    user = make_user(full_name="Ada")
    signed_in(client, user)
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )
    choices = {"theme": "dark", "time_zone": "UTC", "shortcuts": "on"}
    client.post("/accounts/preferences/", {"full_name": "Ada", **choices})
    assert acts() == ["account_made", "password_set"]
    client.post("/accounts/preferences/", {"full_name": "Ada Lovelace", **choices})

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert acts() == ["account_made", "password_set", "name_changed"]
    event = AuditEvent.objects.filter(review=None).latest("position")
    assert (event.user, "Ada" in event.facts) == (user, False)


def test_a_password_set_by_command_is_an_event_and_one_that_is_refused_is_none(monkeypatch):
    user = make_user("ada@example.org")
    given = [PASSWORD, "mistyped"] * 3 + [NEW, NEW]
    monkeypatch.setattr("getpass.getpass", lambda prompt: given.pop(0))
    with pytest.raises(CommandError, match="3 attempts"):
        call_command("changepassword", "ada@example.org", stdout=io.StringIO())
    assert acts() == ["account_made"]

    call_command("changepassword", "ada@example.org", stdout=io.StringIO())

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert acts() == ["account_made", "password_set"]
    assert AuditEvent.objects.latest("position").channel == "command"


def test_what_changed_of_an_account_while_its_password_was_typed_stays_changed(monkeypatch):
    user = make_user("ada@example.org")

    def typed(prompt):
        if user.is_active:
            deactivate_account(user=user)
        return NEW

    monkeypatch.setattr("getpass.getpass", typed)
    call_command("changepassword", "ada@example.org", stdout=io.StringIO())

    user.refresh_from_db()
    assert (user.check_password(NEW), user.is_active) == (True, False)
    assert acts() == ["account_made", "account_closed", "password_set"]
    assert verify_installation().problems == []


def test_another_address_becomes_the_account_s_by_an_event(client):
    user = make_user("old@example.org")
    user.emailaddress_set.create(email="old@example.org", primary=True, verified=True)
    user.emailaddress_set.create(email="new@example.org", verified=True)
    signed_in(client, user)
    client.post("/accounts/email/", {"action_primary": "", "email": "new@example.org"})

    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert acts() == ["account_made", "address_changed"]


def test_an_address_that_a_mail_proves_or_that_is_given_up_is_an_event_and_a_claim_is_none(client):
    user = make_user("old@example.org")
    user.emailaddress_set.create(email="old@example.org", primary=True, verified=True)
    signed_in(client, user)
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert acts() == ["account_made"]
    claim = user.emailaddress_set.get(email="new@example.org")
    client.post(f"/accounts/confirm-email/{EmailConfirmationHMAC(claim).key}/")
    assert acts() == ["account_made", "address_verified"]
    client.post("/accounts/email/", {"action_remove": "", "email": "new@example.org"})

    assert not user.emailaddress_set.filter(email="new@example.org").exists()
    assert acts() == ["account_made", "address_verified", "address_changed"]


def test_a_second_factor_turned_on_and_off_is_an_event(client):
    user = make_user()
    signed_in(client, user)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert acts()[1:] == ["second_factor_on"]
    client.post("/accounts/2fa/recovery-codes/generate/", {})
    client.post("/accounts/2fa/totp/deactivate/", {})

    assert acts()[1:] == ["second_factor_on", "recovery_codes_made", "second_factor_off"]


def test_a_change_by_any_other_method_than_post_is_an_event_too(client):
    user = make_user()
    signed_in(client, user)
    TOTP.activate(user, "SECRET")

    client.put("/accounts/2fa/recovery-codes/generate/")
    client.put("/accounts/2fa/totp/deactivate/")

    assert not user.authenticator_set.exists()
    assert acts()[1:] == ["recovery_codes_made", "second_factor_off"]


def test_an_account_that_is_closed_opened_and_erased_is_proven_and_its_keys_are_no_act():
    operator, user = make_user(is_superuser=True), make_user(full_name="Ada")
    deactivate_account(user=user, by=operator)
    reactivate_account(user=user, by=operator)
    set_key_map(user=user, key_map={"include": "y"})
    salt = user.salt
    erase_person(user=user, by=operator)

    assert acts()[2:] == ["account_closed", "account_opened", "person_erased"]
    assert User.objects.get(pk=user.pk).salt != salt
    event = AuditEvent.objects.filter(review=None).latest("position")
    assert event.user == operator


def test_an_address_that_is_confirmed_is_an_event_whoever_asks_for_it():
    user = make_user("ada@example.org")
    assert verify_address(user=user, address="ada@example.org")
    assert not verify_address(user=user, address="ada@example.org"), "it was confirmed before"
    assert acts() == ["account_made", "address_verified"]


@pytest.mark.catalogue("F21")
@pytest.mark.parametrize(
    "change", [{"email": "other@example.org"}, {"full_name": "Eve"}, {"is_superuser": True}]
)
def test_an_address_a_name_or_a_mark_written_past_the_services_is_named(change):
    user = make_user(full_name="Ada")
    User.objects.filter(pk=user.pk).update(**change)

    [problem] = verify_installation().problems

    assert problem.startswith(f"accounts.user:{user.uid}: ")
