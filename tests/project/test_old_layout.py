"""A database of the layout before the first release is not migrated, and is told so."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from ifi_review.checks import OLD_COLUMN, OLD_TABLE

pytestmark = pytest.mark.django_db


def applied():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return cursor.fetchall()


@pytest.mark.parametrize(
    "made",
    [
        f"CREATE TABLE {OLD_TABLE} (id integer)",
        "ALTER TABLE {} ADD COLUMN {} varchar(20)".format(*OLD_COLUMN),
    ],
)
def test_migrate_stops_at_a_database_of_an_old_layout_and_changes_nothing(made):
    with connection.cursor() as cursor:
        cursor.execute(made)
    before = applied()

    with pytest.raises(SystemCheckError, match="cannot be migrated"):
        call_command("migrate", skip_checks=False, verbosity=0)

    assert applied() == before


def test_a_database_of_this_layout_is_migrated_without_a_word(capsys):
    call_command("migrate", skip_checks=False, verbosity=0)

    assert capsys.readouterr() == ("", "")
