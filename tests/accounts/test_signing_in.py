import pytest
from django.core.cache import cache

from accounts.models import User
from reviews.services import invite
from reviews.verification import verify_review
from tests.factories import make_lead

PASSWORD = "a long and quiet password"
NEW = {
    "full_name": "Nora New",
    "email": "Nora@Example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


def make_user(email: str = "ada@example.org", **fields: object) -> User:
    return User.objects.create_user(email, PASSWORD, **fields)


def sign_in(client, email="ada@example.org", password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def test_a_person_signs_in_with_the_address_in_any_case(client):
    make_user()
    assert sign_in(client, email="ADA@example.org").status_code == 302
    assert client.get("/accounts/preferences/").status_code == 200


@pytest.mark.catalogue("A03")
def test_every_failure_to_sign_in_says_the_same(client):
    make_user()
    make_user("closed@example.org", is_active=False)
    answers = {
        sign_in(client, email=email, password="wrong password").context["form"].errors.as_json()
        for email in ("ada@example.org", "nobody@example.org", "closed@example.org")
    }
    assert len(answers) == 1


@pytest.mark.catalogue("A03")
def test_asking_for_a_new_password_tells_nobody_who_has_an_account(client):
    make_user()
    answers = []
    for email in ("ada@example.org", "nobody@example.org"):
        response = client.post("/accounts/password/reset/", {"email": email}, follow=True)
        answers.append((response.status_code, response.redirect_chain))
    assert answers[0] == answers[1]


@pytest.mark.catalogue("A01")
def test_guessing_is_stopped_for_a_while_and_locks_nobody_out_for_ever(client):
    make_user()
    for _ in range(5):
        sign_in(client, password="wrong password")
    refused = sign_in(client)
    assert refused.status_code == 200
    assert "_auth_user_id" not in client.session
    cache.clear()
    assert sign_in(client).status_code == 302


@pytest.mark.catalogue("A06")
def test_signing_in_makes_a_new_session(client):
    make_user()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.catalogue("A12")
@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(client, target):
    make_user()
    response = sign_in(client, next=target)
    assert response.status_code == 302
    assert response.headers["Location"] == "/"


@pytest.mark.catalogue("A11")
def test_opening_the_page_for_signing_out_signs_nobody_out(client):
    client.force_login(make_user())
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_uninvited(client):
    make_user()
    assert client.get("/accounts/signup/").status_code == 200
    client.post("/accounts/signup/", NEW)
    assert User.objects.count() == 1


def test_an_invited_person_makes_an_account(client):
    _, token = invite(lead=make_lead(), email="nora@example.org", role="reviewer")
    link = f"/invitations/{token}/"
    client.post(link, {"go": "signup"})
    response = client.post("/accounts/signup/", {**NEW, "next": link})
    assert response.headers["Location"] == link
    made = User.objects.get(email="nora@example.org")
    assert made.full_name == "Nora New"
    assert not made.is_operator


@pytest.mark.catalogue("Z08")
def test_an_open_installation_lets_people_in_but_not_as_operators(client, settings):
    settings.OPEN_SIGNUP = True
    make_user()
    client.post("/accounts/signup/", {**NEW, "is_superuser": "1", "uid": "1", "is_active": "0"})
    made = User.objects.get(email="nora@example.org")
    assert made.is_active
    assert not made.is_superuser


@pytest.mark.catalogue("A22")
def test_two_factor_sign_in_is_set_up_only_after_the_password_was_given_again(client):
    client.force_login(make_user())
    response = client.get("/accounts/2fa/totp/activate/")
    assert response.status_code == 302
    assert "reauthenticate" in response.headers["Location"]


@pytest.mark.catalogue("F29")
def test_another_secret_key_signs_everybody_out_and_touches_nothing_else(client, settings):
    lead = make_lead()
    page = f"/reviews/{lead.review.slug}/"
    client.force_login(lead.user)
    assert client.get(page).status_code == 200

    settings.SECRET_KEY = "another key, as long as the one before it and just as hard to guess"

    assert client.get(page).url.startswith("/accounts/login/")
    assert sign_in(client, email=lead.user.email).status_code == 302
    assert client.get(page).status_code == 200
    assert verify_review(lead.review).problems == []
