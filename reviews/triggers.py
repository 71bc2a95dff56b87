"""The triggers that stand in the database, compared with those that the product installs."""

import re
from collections.abc import Iterable, Mapping

from django.db import connection

BODY = re.compile(r"AS (\$\w*\$)(.*?)\1", re.DOTALL)
FUNCTION = "CREATE OR REPLACE FUNCTION"
SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master"
POSTGRESQL_TRIGGERS = """
SELECT t.tgname, c.relname, t.tgenabled IN ('O', 'A'), pg_get_triggerdef(t.oid, true)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname = current_schema()
"""
POSTGRESQL_FUNCTIONS = """
SELECT p.proname, l.lanname, p.proconfig, p.prosrc
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = current_schema()
"""


def installed(*, in_force: bool = True) -> dict[tuple[str, str], str]:
    """Return the text of each trigger, by its name and table; of those in force, or of all."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_TRIGGERS)
            return {
                (name, table): text
                for name, table, works, text in cursor.fetchall()
                if works or not in_force
            }
        cursor.execute(SQLITE)
        rows = cursor.fetchall()
    return {(name, table): text for kind, name, table, text in rows if kind == "trigger"}


def altered(statements: Mapping[str, str]) -> list[str]:
    """Return those names under which something else stands than its statement would install.

    The statements make triggers, functions or, on SQLite, tables. What is not there at all is not
    named.
    """
    found = _texts()
    return sorted(
        name
        for name, statement in statements.items()
        if any(text != _plain(statement) for text in found.get(name, ()))
    )


def strangers(tables: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the names of triggers on ``tables`` that are none of the ``known`` ones."""
    ours, watched = set(known), set(tables)
    return sorted(name for name, table in installed() if table in watched and name not in ours)


def _texts() -> dict[str, list[str]]:
    """Return what stands in the database under each name, in the words of ``_plain``."""
    found: dict[str, list[str]] = {}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL_FUNCTIONS)
            for name, language, settings, body in cursor.fetchall():
                as_ours = language == "plpgsql" and not settings
                found.setdefault(name, []).append(body if as_ours else f"{language} {body}")
        for (name, _), text in installed().items():
            found.setdefault(name, []).append(_plain(text))
        return found
    with connection.cursor() as cursor:
        cursor.execute(SQLITE)
        for _, name, _, text in cursor.fetchall():
            found.setdefault(name, []).append(_plain(text or ""))
    return found


def _plain(statement: str) -> str:
    """Return the body of a function; of anything else its text without what says nothing."""
    if statement.lstrip().startswith(FUNCTION) and (body := BODY.search(statement)):
        return body[2]
    if connection.vendor == "sqlite":
        return statement
    return " ".join(statement.replace('"', "").replace("OR REPLACE ", "").split())
