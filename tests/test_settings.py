"""The settings as another process reads them: each combination of variables in one of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from ifi_review import checks

KEY = "kD8-vQ2mZ6xW1pL4sT9yB3nR7cF5hJ0gA_eU8iO2kM6dV1wX4zQ9"
PRODUCTION = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "review.example.org"}
ROOT = Path(__file__).resolve().parent.parent
START = "import ifi_review.wsgi"
CLEARED = ("PYTEST_VERSION", "DATABASE_URL", "DEBUG", "DEMO", "SECRET_KEY", "ALLOWED_HOSTS")


def python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if key not in CLEARED}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**inherited, "DJANGO_SETTINGS_MODULE": "ifi_review.settings", **variables},
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip


def read(*names: str, **variables: str) -> dict[str, object]:
    code = (
        "import json; from django.conf import settings; "
        f"print(json.dumps({{n: getattr(settings, n, None) for n in {names!r}}}, default=str))"
    )
    done = python(code, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.catalogue("F31")
@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"ALLOWED_HOSTS": "review.example.org"}, "SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": f"django-insecure-{KEY}"}, "SECRET_KEY"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "DEBUG": "1"}, "DEBUG"),
        ({**PRODUCTION, "DEMO": "1"}, "DEMO"),
        ({**PRODUCTION, "DEBUG": "perhaps"}, "DEBUG"),
        ({**PRODUCTION, "DATABASE_URL": "oracle://x/y"}, "DATABASE_URL"),
        ({**PRODUCTION, "MEDIA_ROOT": "uploads"}, "MEDIA_ROOT"),
        ({**PRODUCTION, "MAX_UPLOAD_MB": "many"}, "MAX_UPLOAD_MB"),
        ({**PRODUCTION, "TRUSTED_PROXIES": "99"}, "TRUSTED_PROXIES"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_server_does_not_start_with_unsafe_settings(variables, named):
    done = python(START, **variables)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert named in last


@pytest.mark.catalogue("A08")
def test_cookies_of_production_are_bound_to_host_and_tls():
    found = read(
        "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH",
        "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE",
        "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG", **PRODUCTION,
    )  # fmt: skip
    assert found["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert found["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    for kind in ("SESSION", "CSRF"):
        assert found[f"{kind}_COOKIE_SECURE"] is True
        assert found[f"{kind}_COOKIE_HTTPONLY"] is True
        assert found[f"{kind}_COOKIE_SAMESITE"] == "Lax"
    # What the prefix demands of a cookie, or browsers drop it.
    assert found["SESSION_COOKIE_DOMAIN"] is None
    assert found["SESSION_COOKIE_PATH"] == "/"
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60
    assert found["DEBUG"] is False


@pytest.mark.catalogue("A02")
def test_forwarded_headers_are_believed_only_behind_a_named_proxy():
    names = ("SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT", "USE_X_FORWARDED_HOST")
    alone = read(*names, **PRODUCTION)
    assert alone["SECURE_PROXY_SSL_HEADER"] is None
    assert not alone["ALLAUTH_TRUSTED_PROXY_COUNT"]
    behind = read(*names, **PRODUCTION, TRUSTED_PROXIES="1")
    assert behind["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert behind["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    assert behind["USE_X_FORWARDED_HOST"] is False


def test_the_demonstration_needs_no_variable_and_answers_this_machine_only():
    found = read("DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", DEMO="1")
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "SESSION_COOKIE_SECURE": False,
    }


def test_acknowledged_writes_reach_the_disk_outside_tests():
    database = read("DATABASES", **PRODUCTION)["DATABASES"]["default"]
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["init_command"] == (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
    )


@pytest.mark.catalogue("F31")
def test_an_embedded_database_that_forgets_is_refused(settings, monkeypatch):
    settings.UNDER_TEST = False
    forgetful = {
        "ENGINE": "django.db.backends.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"},
    }
    monkeypatch.setitem(settings.DATABASES, "default", forgetful)
    with pytest.raises(ImproperlyConfigured, match="synchronous"):
        checks.refuse_unsafe_start()


@pytest.mark.catalogue("A25")
def test_the_admin_site_and_debug_tools_are_not_installed():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert settings.DEBUG is False


@pytest.mark.django_db
def test_tests_run_on_the_database_that_was_asked_for():
    vendor = {"postgres": "postgresql"}.get(os.environ.get("IFI_TEST_DB", "sqlite"), "sqlite")
    assert connection.vendor == vendor


def test_postgresql_is_spoken_to_through_psycopg2():
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    assert is_psycopg3 is False


@pytest.mark.django_db
def test_the_embedded_test_database_is_a_file_that_two_can_write():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite can be in memory")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert Path(cursor.execute("PRAGMA database_list").fetchone()[2]).is_file()
