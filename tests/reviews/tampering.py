"""A database in which every row that is tampered with had an act of its own, and the tampering."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from reviews import audit, guards
from reviews.models import AuditEvent, Review
from reviews.versions import AppendOnly, Versioned

KEYS = {"id", "uid", "review_id", "recorded_at", "superseded_at"}
CHECKS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """What was done, and the words one of which a problem must hold that names it."""

    what: str
    words: tuple[str, ...]

    def is_named(self, problems: list[str]) -> bool:
        return any(word in problem for problem in problems for word in self.words)


@contextmanager
def nothing_refused() -> Iterator[None]:
    """Let whoever has the database's password do as they like: no guard and no check stands."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.check_constraints()
            cursor.execute(CHECKS)
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            with guards.suspended():
                yield
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def append_only_models() -> list[Any]:
    return [model for model in guards.guarded_models() if model is not AuditEvent]


def columns(model: Any) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def write(review: Review, row: Any) -> int:
    """Write one row in an act of its own, and return the position of its event.

    A versioned row ends with the act, so that there is no other current one beside it.
    """
    with transaction.atomic():
        act = audit.begin(review=review)
        if isinstance(row, Versioned):
            row.superseded_at = act.at
            act._closed.append(audit.row_name(row))
        act.bulk_insert([row], counted=False)
        return act.log("tests.row_written").position


def rows_of(review: Review, model: Any, number: int, **said: Any) -> list[tuple[Any, int]]:
    """Write rows like those of the review, and return each with the position of its event."""
    template = model._base_manager.filter(review=review).order_by("pk").first() or invented(model)
    made = []
    for n in range(number):
        row = model(**{f.attname: getattr(template, f.attname) for f in columns(model)})
        row.uid = uuid.uuid4()
        for field in unlike(model):
            text = not isinstance(field, models.IntegerField)
            setattr(row, field.attname, f"unlike-{n}" if text else 10_000 + n)
        for name, value in said.items():
            setattr(row, name, value)
        made.append((row, write(review, row)))
    return made


def unlike(model: Any) -> Iterator[Any]:
    """Yield the fields that no two rows of a model have in common, one a constraint."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            fields = [model._meta.get_field(name) for name in constraint.fields]
            yield next(f for f in reversed(fields) if not f.is_relation)


def invented(model: Any) -> Any:
    """Return a row of a model of which the review has none."""
    row = model()
    for field in columns(model):
        if field.attname in KEYS or field.null or field.has_default():
            continue
        if field.is_relation:
            found = field.related_model._base_manager.order_by("pk").first()
            setattr(row, field.attname, found.pk)
        elif field.choices:
            setattr(row, field.attname, field.choices[-1][0])
        elif isinstance(field, models.IntegerField):
            setattr(row, field.attname, 1)
        else:
            setattr(row, field.attname, "x")
    return row


def others(field: Any, value: Any) -> Iterator[Any]:
    """Yield values that a column could be given in place of its own."""
    if field.is_relation:
        related = field.related_model._base_manager.exclude(pk=value).order_by("-pk")
        yield from related.values_list("pk", flat=True)[:5]
    elif isinstance(field, models.UUIDField):
        yield uuid.uuid4()
    elif isinstance(field, models.DateTimeField):
        yield (value or timezone.now()) + MICROSECOND
    elif isinstance(field, models.DateField):
        yield (value or date(2020, 1, 1)) + timedelta(days=1)
    elif isinstance(field, models.BooleanField):
        yield not value
    elif isinstance(field, models.IntegerField):
        yield from (1 if value is None else value + 1, 77_777)
    else:
        yield from (choice for choice, _ in field.choices or () if choice != value)
        yield from (f"{value}x"[-(field.max_length or 99) :], "x", "4", "[4]", "")
    if field.null and value is not None:
        yield None


def change(row: Any, field: Any) -> Any:
    """Change one column of a row behind the product's back; return what stands there then.

    Raises:
        AssertionError: the database itself takes no other value.
    """
    rows = type(row)._base_manager.filter(pk=row.pk)
    for value in others(field, getattr(row, field.attname)):
        try:
            with transaction.atomic():
                rows.update(**{field.attname: value})
        except IntegrityError:
            continue
        return value
    raise AssertionError(f"{field} takes no other value")


def tamper_with(review: Review, model: Any, rows: list[tuple[Any, int]]) -> Iterator[Tampering]:
    """Change each column of a model in one row, remove one, insert one, and exchange two."""
    label, waiting = model._meta.label, iter(rows)
    for field in columns(model):
        row, position = next(waiting)
        change(row, field)
        yield _named(f"{label}.{field.name} changed", row, position)
    row, position = next(waiting)
    model._base_manager.filter(pk=row.pk)._raw_delete("default")
    yield _named(f"a row of {label} removed", row, position)
    row, position = next(waiting)
    new = model(**{f.attname: getattr(row, f.attname) for f in columns(model)})
    new.uid = uuid.uuid4()
    for field in unlike(model):
        text = not isinstance(field, models.IntegerField)
        setattr(new, field.attname, "unlike-all" if text else 9_999)
    model._base_manager.bulk_create([new])
    yield _named(f"a row of {label} inserted", new, position)
    first, second = next(waiting), next(waiting)
    exchange(first[0], second[0])
    for row, position in (first, second):
        yield _named(f"two rows of {label} exchanged", row, position)


def exchange(first: Any, second: Any, *names: str) -> None:
    """Let two rows change places: each gets all that the other says, but not its uid."""
    model = type(first)
    kept = {f.attname for f in unlike(model)} | {"uid"} if issubclass(model, AppendOnly) else set()
    fields = [f.attname for f in columns(model) if not names or f.attname in names]
    for row, other in ((first, second), (second, first)):
        values = {name: getattr(other, name) for name in fields if name not in kept}
        model._base_manager.filter(pk=row.pk).update(**values)


def _named(what: str, row: Any, position: int) -> Tampering:
    return Tampering(what=what, words=(str(row.uid), f"event {position} (tests.row_written)"))
