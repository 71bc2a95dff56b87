import pytest
from django.test import Client

from tests.factories import make_user

ADDRESS = "/accounts/token/"

pytestmark = pytest.mark.django_db


def test_a_page_from_before_signing_in_again_gets_a_token_that_its_form_is_accepted_with():
    person = make_user()
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    old = client.get(ADDRESS).json()
    client.logout()
    client.cookies.clear()
    client.force_login(person)

    fresh = client.get(ADDRESS).json()

    assert fresh["account"] == old["account"] == str(person.uid)
    choices = {"theme": "dark", "time_zone": "UTC", "full_name": "Ada"}
    for token, status in ((old["token"], 403), (fresh["token"], 302)):
        answer = client.post("/accounts/preferences/", choices, headers={"X-CSRFToken": token})
        assert answer.status_code == status


def test_nobody_signed_in_gets_no_token_and_no_cookie():
    client = Client()
    answer = client.get(ADDRESS)
    assert answer.json() == {"account": "", "token": ""}
    assert not answer.cookies
    assert client.post(ADDRESS).status_code == 405


def test_a_token_is_never_kept_by_a_cache_nor_read_from_another_site():
    client = Client()
    client.force_login(make_user())
    answer = client.get(ADDRESS)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
