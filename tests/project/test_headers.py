import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'"
)
PAGES = [
    "/accounts/login/",
    "/no-such-page/",
    "/healthz",
    "/static/css/app.css",
    "/accounts/logout/",
]

pytestmark = pytest.mark.django_db


@pytest.mark.catalogue("A19")
@pytest.mark.parametrize("address", PAGES)
def test_every_answer_brings_the_policy_errors_and_files_too(client, address):
    response = client.get(address)
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Permissions-Policy"]
    response.close()


@pytest.mark.catalogue("A19")
@pytest.mark.parametrize("address", PAGES[:3])
def test_no_page_can_be_framed(client, address):
    assert client.get(address).headers["X-Frame-Options"] == "DENY"


def test_pages_stay_out_of_caches(client):
    assert "no-store" in client.get("/setup/").headers["Cache-Control"]
    assert "no-store" in client.get("/no-such-page/").headers["Cache-Control"]


@pytest.mark.catalogue("A14")
def test_addresses_with_tokens_are_not_told_to_other_sites(client):
    assert client.get("/accounts/login/").headers["Referrer-Policy"] == "same-origin"


@pytest.mark.catalogue("A13")
def test_a_made_up_host_is_refused(client):
    response = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert response.status_code == 400


@pytest.mark.catalogue("A10")
@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}])
def test_a_form_from_elsewhere_changes_nothing(headers):
    user = User.objects.create_user("ada@example.org", theme="light")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    response = client.post(
        "/accounts/preferences/", {"theme": "dark", "time_zone": "UTC"}, headers=headers
    )
    assert response.status_code == 403
    assert response.headers["Content-Security-Policy"] == POLICY
    user.refresh_from_db()
    assert user.theme == "light"


@pytest.mark.catalogue("I14", "D09")
def test_a_body_that_is_too_large_is_refused_before_it_is_read(client):
    too_much = str(settings.MAX_UPLOAD_MB * 1024 * 1024 + 1)
    response = client.generic("POST", "/accounts/login/", b"x", CONTENT_LENGTH=too_much)
    assert response.status_code == 413
    assert "larger than" in response.text
