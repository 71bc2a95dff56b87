import pytest

from accounts.keys import ACTIONS
from accounts.models import User

ADDRESS = "/accounts/preferences/"
CHOSEN = {"full_name": "Ada L.", "theme": "dark", "time_zone": "Europe/Vienna", "shortcuts": "on"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    user = User.objects.create_user("ada@example.org", full_name="Ada")
    client.force_login(user)
    return user


def test_only_a_signed_in_person_has_preferences(client):
    assert client.get(ADDRESS).headers["Location"].startswith("/accounts/login/")
    assert client.post(f"{ADDRESS}keys/").headers["Location"].startswith("/accounts/login/")


def test_a_person_chooses_how_pages_look(client, ada):
    assert client.post(ADDRESS, CHOSEN).status_code == 302
    ada.refresh_from_db()
    assert (ada.full_name, ada.theme, ada.time_zone) == ("Ada L.", "dark", "Europe/Vienna")
    assert ada.shortcuts is True
    client.post(ADDRESS, {**CHOSEN, "shortcuts": ""})
    ada.refresh_from_db()
    assert ada.shortcuts is False


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"time_zone": "Mars/Base"}])
def test_a_choice_that_is_not_on_the_list_saves_nothing(client, ada, wrong):
    response = client.post(ADDRESS, {**CHOSEN, **wrong})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == wrong.keys()
    ada.refresh_from_db()
    assert ada.full_name == "Ada"


@pytest.mark.catalogue("Z08")
def test_preferences_change_nothing_else(client, ada):
    client.post(ADDRESS, {**CHOSEN, "is_superuser": "on", "email": "eve@example.org", "uid": "x"})
    ada.refresh_from_db()
    assert not ada.is_superuser
    assert ada.email == "ada@example.org"


def test_a_person_moves_a_key(client, ada):
    keys = {name: action.key for name, action in ACTIONS.items()}
    assert client.post(f"{ADDRESS}keys/", {**keys, "include": "y"}).status_code == 302
    ada.refresh_from_db()
    assert ada.key_map == {"include": "y"}
    assert 'value="y"' in client.get(ADDRESS).text
    client.post(f"{ADDRESS}keys/", {**keys, "include": ""})
    ada.refresh_from_db()
    assert ada.key_map == {}


def test_two_actions_on_one_key_are_refused_by_name(client, ada):
    response = client.post(f"{ADDRESS}keys/", {"include": "e"})
    assert response.status_code == 200
    assert "“Exclude” and “Include” both have the key e." in response.text
    ada.refresh_from_db()
    assert ada.key_map == {}


def test_a_person_who_scripts_is_shown_as_text(client, ada):
    client.post(ADDRESS, {**CHOSEN, "full_name": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get(ADDRESS).text


def test_a_theme_is_chosen_on_any_page_which_comes_again(client, ada):
    chosen = {"theme": "dark", "next": "/accounts/email/?a=1"}
    assert client.post(f"{ADDRESS}theme/", chosen).headers["Location"] == "/accounts/email/?a=1"
    ada.refresh_from_db()
    assert ada.theme == "dark"
    assert 'data-theme="dark"' in client.get(ADDRESS).text
    script = {"HX-Request": "true"}
    assert client.post(f"{ADDRESS}theme/", {"theme": "system"}, headers=script).status_code == 204
    assert "data-theme=" not in client.get(ADDRESS).text.partition("<head>")[0]


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_choosing_a_theme_leads_nowhere_else(client, ada, there):
    answer = client.post(f"{ADDRESS}theme/", {"theme": "dark", "next": there})
    assert answer.headers["Location"] == "/"


def test_a_theme_that_does_not_exist_is_refused(client, ada):
    assert client.post(f"{ADDRESS}theme/", {"theme": "pink"}).status_code == 400
    ada.refresh_from_db()
    assert ada.theme == "system"
