"""Triggers that keep append-only tables append-only, on both databases.

They refuse every DELETE, and every UPDATE but one: setting ``superseded_at`` once. SQLite drops a
table's triggers whenever a migration rebuilds the table, so they are installed anew after each
``migrate`` from the list of models, never written by hand in a migration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models

from reviews import triggers

PREFIX = "guard_"
POSTGRESQL_FUNCTIONS = {
    "guard_refuse": """
CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'append-only table % refuses %', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql;
""",
    "guard_supersede_once": """
CREATE OR REPLACE FUNCTION guard_supersede_once() RETURNS trigger AS $$
BEGIN
    IF OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
       AND to_jsonb(OLD) - 'superseded_at' = to_jsonb(NEW) - 'superseded_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append-only table % refuses %', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql;
""",
}


def guarded_models() -> list[type[models.Model]]:
    """Return every append-only model of the project, in order of table name."""
    event = apps.get_model("reviews", "AuditEvent")
    found = [model for model in apps.get_models() if model is event or _is_append_only(model)]
    return sorted(found, key=lambda model: model._meta.db_table)


def missing_guards() -> list[str]:
    """Return the names of the guards that should be installed and are not."""
    present = _installed()
    return sorted(
        name
        for model in guarded_models()
        for name, _ in _statements(model)
        if (name, model._meta.db_table) not in present
    )


def altered_guards() -> list[str]:
    """Return the names of guards, and of their functions, that are not what would be installed."""
    statements = {name: text for model in guarded_models() for name, text in _statements(model)}
    if connection.vendor == "postgresql":
        statements |= POSTGRESQL_FUNCTIONS
    return triggers.altered(statements)


def names() -> set[str]:
    """Return the names of all guards."""
    return {name for model in guarded_models() for name, _ in _statements(model)}


def install() -> None:
    """Install the guards of every append-only table that exists."""
    remove()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for function in POSTGRESQL_FUNCTIONS.values():
                cursor.execute(function)
        tables = set(connection.introspection.table_names(cursor))
        for model in guarded_models():
            if model._meta.db_table in tables:
                for _, statement in _statements(model):
                    cursor.execute(statement)


def remove() -> None:
    """Drop every guard; only ``suspended`` and the tests' clean-up have a reason to."""
    with connection.cursor() as cursor:
        for name, table in sorted(_installed(in_force=False)):
            on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on_table}')


@contextmanager
def suspended() -> Iterator[None]:
    """Take the guards away for one block; the caller writes the audit event that says why."""
    _settle()
    remove()
    try:
        yield
    finally:
        _settle()
        install()


def _settle() -> None:
    """Check what waits for the commit: PostgreSQL drops no trigger of a table that has such."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        connection.check_constraints()


def install_after_migrate(**_: Any) -> None:
    """Receive ``post_migrate`` of one app: it is sent when the tables of all of them are there."""
    install()


def _is_append_only(model: type[models.Model]) -> bool:
    return any(base.__name__ == "AppendOnly" for base in model.__mro__)


def _installed(*, in_force: bool = True) -> set[tuple[str, str]]:
    found = triggers.installed(in_force=in_force)
    return {(name, table) for name, table in found if name.startswith(PREFIX)}


def _statements(model: type[models.Model]) -> list[tuple[str, str]]:
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.local_concrete_fields]
    versioned = "superseded_at" in columns
    if connection.vendor == "postgresql":
        return _postgresql_statements(table, versioned=versioned)
    return _sqlite_statements(table, columns, versioned=versioned)


def _postgresql_statements(table: str, *, versioned: bool) -> list[tuple[str, str]]:
    on_update = "guard_supersede_once" if versioned else "guard_refuse"
    parts = [
        ("delete", "BEFORE DELETE", "ROW", "guard_refuse"),
        ("truncate", "BEFORE TRUNCATE", "STATEMENT", "guard_refuse"),
        ("update", "BEFORE UPDATE", "ROW", on_update),
    ]
    return [
        (
            f"{PREFIX}{table}_{kind}",
            f'CREATE TRIGGER "{PREFIX}{table}_{kind}" {when} ON "{table}" '
            f"FOR EACH {each} EXECUTE FUNCTION {function}()",
        )
        for kind, when, each, function in parts
    ]


def _sqlite_statements(table: str, columns: list[str], *, versioned: bool) -> list[tuple[str, str]]:
    unchanged = " AND ".join(
        f'OLD."{column}" IS NEW."{column}"' for column in columns if column != "superseded_at"
    )
    allowed = f"OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL AND {unchanged}"
    condition = f"WHEN NOT ({allowed}) " if versioned else ""
    return [
        (
            f"{PREFIX}{table}_{kind}",
            f'CREATE TRIGGER "{PREFIX}{table}_{kind}" BEFORE {operation} ON "{table}" {when}'
            f"BEGIN SELECT RAISE(ABORT, 'append-only table {table} refuses {operation}'); END",
        )
        for kind, operation, when in [("delete", "DELETE", ""), ("update", "UPDATE", condition)]
    ]
