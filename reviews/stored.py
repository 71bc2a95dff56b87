"""Whether what stands in a table is written as the product writes it.

PostgreSQL refuses anything else. SQLite keeps what it is given and compares texts: an instant with
a ``T`` in it is read as the same instant and found by no condition, and what is no instant at all
cannot be read. So ``verify`` asks SQLite for the rows that are written otherwise, and reads only
the others.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.db.models import Case, Func, Q, Value, When
from django.db.models.functions import Cast

# The condition on a column, which stands in it as {c}; a column that may be empty may be NULL.
# A day that its month does not have shows where "+0 days" moves it on.
YEAR = "substr({c}, 1, 4) > '0000'"
BYTES = "length(CAST({c} AS BLOB))"
DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
SECOND = f"{DAY} [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
MICROSECOND = SECOND + "." + 6 * "[0-9]"
# The first of a field's classes that stands here decides.
WRITTEN: dict[type[models.Field[Any, Any]], str] = {
    models.UUIDField: f"{BYTES} = 32 AND {{c}} NOT GLOB '*[^0-9a-f]*'",
    models.DateTimeField: (
        f"({{c}} GLOB '{SECOND}' AND {BYTES} = 19 OR {{c}} GLOB '{MICROSECOND}' AND {BYTES} = 26 "
        "AND substr({c}, 20) <> '.000000') "
        f"AND datetime(substr({{c}}, 1, 19), '+0 days') IS substr({{c}}, 1, 19) AND {YEAR}"
    ),
    models.DateField: (
        f"{{c}} GLOB '{DAY}' AND {BYTES} = 10 AND date({{c}}, '+0 days') IS {{c}} AND {YEAR}"
    ),
    models.BooleanField: "{c} IN (0, 1)",
    models.IntegerField: "1",
    models.CharField: "1",
    models.TextField: "1",
    models.JSONField: "json_valid({c})",
}
NUMBERS = (models.BooleanField, models.IntegerField)


def condition(field: Any) -> str:
    """Return what holds, on SQLite, of a column that the product wrote.

    Raises:
        KeyError: nothing is known of fields of this kind.
    """
    target = field
    while target.is_relation:
        target = target.target_field
    kind = next((kind for kind in type(target).__mro__ if kind in WRITTEN), type(target))
    stored_as = "integer" if issubclass(kind, NUMBERS) else "text"
    empty = "typeof({c}) = 'null' OR " if field.null else ""
    return f"({empty}typeof({{c}}) = '{stored_as}' AND {WRITTEN[kind]})"


def readable(rows: Any, *names: str) -> Any:
    """Return those of the rows that are written as the product writes them, and can be read.

    With ``names`` only these columns are looked at.
    """
    if connection.vendor != "sqlite":
        return rows
    return rows.filter(*(_is_written(field) for field in _fields(rows.model, names)))


def unreadable(rows: Any) -> Iterator[str]:
    """Name every row in which something is written otherwise, and in which columns."""
    if connection.vendor != "sqlite":
        return
    fields = _fields(rows.model, ())
    marks = [Case(When(_is_written(field), then=True), default=False) for field in fields]
    wrong = rows.exclude(*(_is_written(field) for field in fields)).order_by("pk")
    uid = Cast("uid", models.TextField()) if _has_uid(rows.model) else Value("")
    for key, text, *sound in wrong.values_list("pk", uid, *marks).iterator():
        columns = [field.column for field, mark in zip(fields, sound, strict=True) if not mark]
        yield (
            f"{rows.model._meta.label_lower}, row {key} ({text}): not written as the product "
            f"writes it: {', '.join(columns)}"
        )


def dangling(rows: Any, field: Any) -> Iterator[str]:
    """Name every row whose key in ``field`` leads to no row."""
    there = field.related_model._base_manager.filter(pk=models.OuterRef(field.attname))
    lost = rows.filter(~models.Exists(there), **{f"{field.attname}__isnull": False})
    uid = Cast("uid", models.TextField()) if _has_uid(rows.model) else Value("")
    for key, text in lost.order_by("pk").values_list("pk", uid).iterator():
        yield (
            f"{rows.model._meta.label_lower}, row {key} ({text}): its {field.name} is not in the "
            "database"
        )


@contextmanager
def undecoded() -> Iterator[None]:
    """Let SQLite give texts that are no UTF-8 as well, with what cannot be decoded marked."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    connection.connection.text_factory = _decoded
    try:
        yield
    finally:
        connection.connection.text_factory = str


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _fields(model: Any, names: Iterable[str]) -> list[Any]:
    chosen = set(names)
    return [field for field in model._meta.concrete_fields if not chosen or field.name in chosen]


def _has_uid(model: Any) -> bool:
    return any(field.name == "uid" for field in model._meta.concrete_fields)


def _is_written(field: Any) -> Q:
    template = condition(field).replace("{c}", "%(expressions)s")
    return Q(
        Func(
            models.F(field.attname), template=template, output_field=models.BooleanField(), arity=1
        )
    )
