"""A check before migrating: a database of the layout before the first release is not migrated."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

OLDER_TABLE = "screening_record"


def no_older_layout(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a database whose records belong to ``screening``.

    The migrations were written anew under names that such a database has applied already, so
    migrating it would leave out what it lacks without a word.
    """
    return [
        Error(
            "This database was made by a version before the first release, and there is no way "
            "to migrate it. Begin with a new, empty database and import the review's files again.",
            hint=f"It has the table {OLDER_TABLE}. Nothing in it was changed.",
            id="records.E001",
        )
        for alias in databases or ()
        if OLDER_TABLE in connections[alias].introspection.table_names()
    ]
