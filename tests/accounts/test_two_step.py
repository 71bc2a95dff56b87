"""A second step of logging in is there for everybody, with or without mail."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ACTIVATE = "/accounts/2fa/totp/activate/"
NOON, STEP = 1_800_000_000, 30
SECRET = generate_totp_secret()


@pytest.mark.catalogue("A22")
def test_an_account_whose_address_nobody_verified_adds_a_second_step_with_its_password(client):
    user = make_user()
    client.force_login(user)
    assert client.get(ACTIVATE).url.startswith("/accounts/reauthenticate/")

    page = client.post(
        f"/accounts/reauthenticate/?next={ACTIVATE}", {"password": PASSWORD}, follow=True
    )

    assert page.redirect_chain[-1][0] == ACTIVATE
    assert b"totp" in page.content.lower() or b"authenticator" in page.content.lower()


@pytest.fixture
def at(monkeypatch, settings):
    """Return a function that sets the clock to so many seconds after noon."""
    settings.ACCOUNT_RATE_LIMITS = False
    cache.clear()
    yield lambda seconds: monkeypatch.setattr("time.time", lambda: float(NOON + seconds))
    cache.clear()


def code_of(step: int) -> str:
    """Return what the app shows so many steps after noon."""
    return format_hotp_value(hotp_value(SECRET, NOON // STEP + step))


def opens(user: User, code: str) -> bool:
    """Say whether a code lets the user in, behind the right password."""
    client = Client()
    asked = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert asked.url == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return "_auth_user_id" in client.session


@pytest.mark.catalogue("A21")
def test_a_code_opens_one_step_early_and_one_late_and_no_further(at):
    user = make_user()
    TOTP.activate(user, SECRET)
    at(0)
    assert [opens(user, code_of(step)) for step in range(-2, 3)] == [False, True, True, True, False]


@pytest.mark.catalogue("A21")
@pytest.mark.parametrize("later", [0, 29, 31, 59, 60, 89])
def test_a_code_opens_once_however_long_it_would_be_taken(at, later):
    user = make_user()
    TOTP.activate(user, SECRET)
    code = code_of(1)
    at(0)
    assert opens(user, code)
    at(later)
    assert not opens(user, f"{code[:3]} {code[3:]}")
    assert not opens(user, code)


@pytest.mark.catalogue("A21")
def test_a_recovery_code_opens_once(at):
    user = make_user()
    TOTP.activate(user, SECRET)
    code, other, *_ = RecoveryCodes.activate(user).get_unused_codes()
    at(0)
    assert [opens(user, each) for each in (code, code, other)] == [True, False, True]
