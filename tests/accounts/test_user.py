import zoneinfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.keys import ACTIONS, RESERVED
from accounts.models import User
from accounts.services import (
    create_account,
    deactivate_account,
    erase_person,
    reactivate_account,
    set_key_map,
)

pytestmark = pytest.mark.django_db


def test_one_address_is_one_account_whatever_its_case():
    User.objects.create_user("Ada@Example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="ADA@example.org")])
    with pytest.raises(ValidationError, match="already"):
        create_account(email=" ada@EXAMPLE.org ")
    assert User.objects.count() == 1
    assert User.objects.get_by_natural_key("aDa@example.ORG").email == "ada@example.org"
    assert User.objects.named(" ADA@example.org").exists()


def test_an_account_without_a_password_cannot_be_signed_in_to(client):
    user = create_account(email="ada@example.org", full_name="Ada")
    assert not user.has_usable_password()
    assert not client.login(email="ada@example.org", password="")


def test_an_account_needs_an_address():
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("  ")
    with pytest.raises(ValidationError):
        create_account(email="not an address")
    assert not User.objects.exists()


def test_a_person_is_called_by_name_or_else_by_address():
    assert str(User(email="ada@example.org", full_name="Ada Lovelace")) == "Ada Lovelace"
    assert str(User(email="ada@example.org")) == "ada@example.org"
    assert User(email="ada@example.org", full_name="Ada Lovelace").get_short_name() == "Ada"


@pytest.mark.catalogue("A07")
def test_closing_an_account_ends_its_sessions_at_the_next_request(client):
    user = User.objects.create_user("ada@example.org")
    client.force_login(user)
    assert client.get("/accounts/preferences/").status_code == 200
    deactivate_account(user=user)
    assert client.get("/accounts/preferences/").status_code == 302
    reactivate_account(user=user)
    assert User.objects.active().count() == 1


@pytest.mark.catalogue("A07")
def test_a_new_password_ends_the_sessions_made_with_the_old_one(client):
    user = User.objects.create_user("ada@example.org")
    client.force_login(user)
    user.set_password("another long and quiet password")
    user.save()
    assert client.get("/accounts/preferences/").status_code == 302


def test_the_last_operators_account_stays_open():
    only = User.objects.create_superuser("op@example.org")
    with pytest.raises(ValidationError, match="last operator"):
        deactivate_account(user=only)
    only.refresh_from_db()
    assert only.is_active
    User.objects.create_superuser("second@example.org")
    deactivate_account(user=only)
    assert User.objects.operators().active().get().email == "second@example.org"


def test_erasing_a_person_keeps_the_account_without_name_or_address():
    user = User.objects.create_user("ada@example.org", full_name="Ada", password="long enough 1")
    erase_person(user=user)
    kept = User.objects.get(uid=user.uid)
    assert "Ada" not in str(kept)
    assert "ada" not in kept.email
    assert not kept.is_active
    assert not kept.has_usable_password()


def test_every_action_has_a_key_of_its_own():
    keys = [action.key for action in ACTIONS.values()]
    assert len(set(keys)) == len(keys)
    assert not RESERVED & set(keys)


def test_a_person_moves_a_key_and_it_is_moved_everywhere():
    user = User.objects.create_user("ada@example.org")
    set_key_map(user=user, key_map={"include": "y"})
    user.refresh_from_db()
    assert user.moved_keys == {"i": "y"}


@pytest.mark.parametrize(
    ("key_map", "code"),
    [
        ({"fly": "y"}, "unknown_action"),
        ({"include": "yes"}, "not_a_key"),
        ({"include": " "}, "not_a_key"),
        ({"include": 3}, "not_a_key"),
        ({"include": "3"}, "reserved_key"),
        ({"include": "E"}, "key_used_twice"),
        (["include"], "unknown_action"),
    ],
)
def test_a_key_map_that_would_confuse_is_refused_and_the_old_one_kept(key_map, code):
    user = User.objects.create_user("ada@example.org")
    with pytest.raises(ValidationError) as refusal:
        set_key_map(user=user, key_map=key_map)
    assert refusal.value.error_dict["key_map"][0].code == code
    user.refresh_from_db()
    assert user.key_map == {}


def test_keys_can_be_exchanged():
    user = User.objects.create_user("ada@example.org")
    set_key_map(user=user, key_map={"include": "e", "exclude": "i"})
    assert user.moved_keys == {"i": "e", "e": "i"}


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Lost/Zone"])
def test_times_are_shown_in_the_persons_own_zone(client, zone, monkeypatch):
    client.force_login(User.objects.create_user("ada@example.org", time_zone=zone))
    used = []
    monkeypatch.setattr(timezone, "activate", used.append)
    assert client.get("/accounts/preferences/").status_code == 200
    expected = [zoneinfo.ZoneInfo(zone)] if zone == "Europe/Vienna" else []
    assert used == expected
