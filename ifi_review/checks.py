"""System checks that refuse to start an unsafe installation.

They run with every command and before the server accepts a request (``wsgi.py``), not only with
``check --deploy``: whoever forgets the flag is the one who needs them.
"""

import ipaddress
from collections.abc import Callable, Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

WEAK_WORDS = ("insecure", "changeme", "change-me", "replace-me")
FEWEST_DIFFERENT_CHARACTERS = 10
# What databases of earlier layouts have: a table, or a column of one that is there still.
OLD_TABLE = "screening_record"
OLD_COLUMN = ("extraction_element", "level")


def check_hosts(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """Refuse the wildcard host, and any outside host where the protections are down."""
    messages: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        messages.append(
            Error(
                "ALLOWED_HOSTS contains '*': links in mails could be made to lead anywhere.",
                hint="Name the hosts that people type, separated by commas.",
                id="ifi_review.E001",
            )
        )
    outside = [host for host in settings.ALLOWED_HOSTS if not _is_loopback(host)]
    if (settings.DEBUG or settings.DEMO) and outside:
        messages.append(
            Error(
                f"DEBUG or DEMO is on and ALLOWED_HOSTS names {', '.join(outside)}.",
                hint="Both serve this machine only. Unset them for other hosts.",
                id="ifi_review.E002",
            )
        )
    return messages


def check_secret_key(
    app_configs: Sequence[AppConfig] | None, **options: object
) -> list[CheckMessage]:
    """Refuse a secret key that can be guessed."""
    if not settings.PRODUCTION:
        return []
    key = settings.SECRET_KEY
    varied = len(set(key)) >= FEWEST_DIFFERENT_CHARACTERS
    if varied and not any(word in key.lower() for word in WEAK_WORDS):
        return []
    return [
        Error(
            "SECRET_KEY can be guessed.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(64))'",
            id="ifi_review.E003",
        )
    ]


def check_durability(
    app_configs: Sequence[AppConfig] | None, **options: object
) -> list[CheckMessage]:
    """Refuse an SQLite that forgets votes, cannot take two writers, or replaces rows unguarded."""
    database = settings.DATABASES["default"]
    if settings.UNDER_TEST or not database["ENGINE"].endswith("sqlite3"):
        return []
    options_ = database.get("OPTIONS", {})
    pragmas = options_.get("init_command", "").replace(" ", "").lower()
    durable = "synchronous=full" in pragmas or "synchronous=extra" in pragmas
    if (
        durable
        and "journal_mode=wal" in pragmas
        and "recursive_triggers=on" in pragmas
        and options_.get("transaction_mode") == "IMMEDIATE"
    ):
        return []
    return [
        Error(
            "SQLite must run with transaction_mode IMMEDIATE, journal_mode WAL, synchronous FULL, "
            "recursive_triggers ON.",
            id="ifi_review.E004",
        )
    ]


def check_transport(
    app_configs: Sequence[AppConfig] | None, **options: object
) -> list[CheckMessage]:
    """Refuse cookies that travel unprotected in production."""
    if not settings.PRODUCTION:
        return []
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    off = [name for name in names if not getattr(settings, name)]
    if off:
        return [Error(f"{', '.join(off)} must be on in production.", id="ifi_review.E005")]
    return []


def check_mail(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """Warn when anybody may sign up and nobody's address is ever verified."""
    if settings.OPEN_SIGNUP and not settings.HAS_MAIL and settings.PRODUCTION:
        return [
            checks.Warning(
                "OPEN_SIGNUP is on without EMAIL_URL: addresses are not verified.",
                id="ifi_review.W001",
            )
        ]
    return []


def check_layout(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **options: object,
) -> list[CheckMessage]:
    """Refuse to migrate a database of an earlier layout.

    The migrations were written anew under names that such a database has applied already: without
    a word, it would be left without what it lacks.
    """
    return [
        Error(
            "This database was made by a version before the first release and cannot be migrated.",
            hint="Move it away or name a new, empty one in DATABASE_URL, and import the search "
            f"files again. This one has {found}; nothing in it was changed.",
            id="ifi_review.E006",
        )
        for alias in databases or ()
        if (found := _of_old_layout(alias))
    ]


def _of_old_layout(alias: str) -> str:
    """Return what a database has that only an earlier layout had, empty where it has nothing."""
    connection = connections[alias]
    tables = connection.introspection.table_names()
    if OLD_TABLE in tables:
        return f"the table {OLD_TABLE}"
    table, column = OLD_COLUMN
    if table in tables:
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, table)
        if column in {one.name for one in columns}:
            return f"the column {column} of the table {table}"
    return ""


def _is_loopback(host: str) -> bool:
    """Say whether the name leads to this machine only."""
    name = host.strip("[]")
    if name in {"localhost", "testserver"} or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


Check = Callable[..., list[CheckMessage]]
PRODUCTION_CHECKS: tuple[Check, ...] = (
    check_hosts,
    check_secret_key,
    check_durability,
    check_transport,
    check_mail,
)


def refuse_unsafe_start() -> None:
    """Raise what the checks find: a web server, unlike a command, does not run them by itself."""
    found = [message for check in PRODUCTION_CHECKS for message in check(None)]
    serious = [message for message in found if message.is_serious()]
    if serious:
        raise ImproperlyConfigured(" ".join(str(message.msg) for message in serious))
