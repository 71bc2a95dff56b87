from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ifi_review.env import (
    database_url,
    email_url,
    env_bool,
    env_int,
    env_list,
    env_path,
    env_secret,
)

pytestmark = pytest.mark.catalogue("F31")


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("yes", True), ("0", False), ("", True)]
)
def test_a_switch_is_on_off_or_its_default(monkeypatch, text, expected):
    monkeypatch.setenv("SWITCH", text)
    assert env_bool("SWITCH", default=True) is expected


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (env_bool, "maybe"),
        (lambda name: env_int(name, default=1), "eight"),
        (lambda name: env_int(name, default=1), "٨"),
        (lambda name: env_int(name, default=1), "-8"),
        (lambda name: env_int(name, default=1, least=1, most=65535), "70000"),
        (lambda name: env_path(name, default=Path("/")), "media"),
        (lambda name: env_secret(name, made_in=None), "short"),
        (lambda name: env_secret(name, made_in=None), ""),
        (lambda name: database_url(name, default="x"), "mysql://user@host/name"),
        (lambda name: database_url(name, default="x"), "nonsense"),
        (lambda name: database_url(name, default="x"), "postgres://"),
        (lambda name: database_url(name, default="x"), "postgres://host:port/name"),
        (lambda name: email_url(name, default="x"), "nonsense"),
        (lambda name: email_url(name, default="x"), "carrier-pigeon://home"),
        (lambda name: email_url(name, default="x"), "smtp://host:port"),
    ],
)
def test_nonsense_in_a_variable_is_refused_by_its_name(monkeypatch, read, text):
    monkeypatch.setenv("THE_VARIABLE", text)
    with pytest.raises(ImproperlyConfigured, match="THE_VARIABLE"):
        read("THE_VARIABLE")


def test_words_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("HOSTS", " a.example , b.example,")
    assert env_list("HOSTS", default=[]) == ["a.example", "b.example"]


def test_a_missing_secret_is_made_once_and_only_its_owner_can_read_it(monkeypatch, tmp_path):
    monkeypatch.delenv("KEY", raising=False)
    kept = tmp_path / "state" / "key"
    first = env_secret("KEY", made_in=kept)
    assert env_secret("KEY", made_in=kept) == first
    assert len(first) >= 50
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_the_embedded_database_and_postgresql_are_understood(monkeypatch):
    monkeypatch.setenv("DB", "postgres://someone:word@db:5433/reviews")
    server = database_url("DB", default="")
    assert server["ENGINE"] == "django.db.backends.postgresql"
    assert (server["NAME"], server["HOST"], server["PORT"]) == ("reviews", "db", 5433)
    monkeypatch.setenv("DB", "sqlite:////var/lib/reviews.sqlite3")
    assert database_url("DB", default="")["NAME"] == "/var/lib/reviews.sqlite3"
