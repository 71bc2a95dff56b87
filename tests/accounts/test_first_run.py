import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from accounts.services import create_first_operator

FORM = {
    "full_name": "Olga Operator",
    "email": "Olga@Example.org",
    "password": "a long and quiet password",
}


@pytest.mark.django_db
@pytest.mark.catalogue("A24")
def test_the_first_visitor_becomes_the_operator_and_nobody_after(client):
    assert client.get("/setup/").status_code == 200
    assert client.post("/setup/", FORM).status_code == 302
    operator = User.objects.get()
    assert operator.is_operator
    assert operator.email == "olga@example.org"
    assert operator.check_password(FORM["password"])

    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", {**FORM, "email": "eve@example.org"}).status_code == 404
    assert User.objects.get() == operator


@pytest.mark.django_db
@pytest.mark.catalogue("A24")
def test_any_account_at_all_closes_the_page(client):
    User.objects.create_user("reviewer@example.org", is_active=False)
    assert client.post("/setup/", FORM).status_code == 404
    assert not User.objects.operators().exists()


@pytest.mark.django_db
def test_a_new_installation_leads_from_signing_in_to_its_first_run(client):
    assert client.get("/accounts/login/").headers["Location"] == "/setup/"
    User.objects.create_superuser("op@example.org")
    assert client.get("/accounts/login/").status_code == 200


@pytest.mark.django_db
@pytest.mark.catalogue("A04")
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "too short"),
        ("passwordpassword", "guess"),
        ("qwertyuiop", "too common"),
        ("73451029384756", "entirely numeric"),
        ("olga@example.org", "too similar"),
        ("Systematic-Review-2026!", "guess"),
        ("x" * 1025, "at most 1024"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_and_nothing_made(client, password, said):
    response = client.post("/setup/", {**FORM, "password": password})
    assert response.status_code == 200
    assert said in response.text
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.catalogue("A05")
@pytest.mark.parametrize(
    "password",
    ["v" * 40 + "Rest of a long one 2026 !", "пароль с пробелами и всем", "  quiet  hippo  "],
)
def test_a_long_password_with_any_letters_and_spaces_is_kept_as_typed(client, password):
    assert client.post("/setup/", {**FORM, "password": password}).status_code == 302
    assert User.objects.get().check_password(password)


@pytest.mark.catalogue("A05")
@pytest.mark.django_db
def test_ten_megabytes_of_password_are_refused_before_they_are_hashed(client):
    response = client.post("/setup/", {**FORM, "password": "x" * 10_000_000})
    assert response.status_code == 400
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.catalogue("A24")
@pytest.mark.parametrize("_round", range(3))
def test_of_two_who_set_up_at_once_one_becomes_the_operator(_round):
    start = threading.Barrier(2)
    refusals = []

    def set_up(number):
        try:
            start.wait()
            create_first_operator(
                email=f"p{number}@example.org", password="x", full_name=f"Person {number}"
            )
        except ValidationError as refusal:
            refusals.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=set_up, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.count() == 1
    assert refusals == ["not_first"]
