"""One moment of the database for many queries."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Let every query of the block see the database as it was when the block began.

    Nobody is kept waiting: on SQLite the transaction begins as a reader, where ``atomic`` alone
    would take the lock of a writer; PostgreSQL gives it one snapshot instead of one a statement.
    Inside a transaction that is already open the block is part of that.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        as_writer = connection.transaction_mode  # type: ignore[attr-defined]
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = as_writer  # type: ignore[attr-defined]
