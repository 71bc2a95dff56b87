"""A second step of logging in is there for everybody, with or without mail."""

import pytest

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ACTIVATE = "/accounts/2fa/totp/activate/"


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
