import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User


@pytest.mark.django_db
def test_one_address_is_one_account_whatever_its_case():
    User.objects.create_user("Ada@Example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="ADA@example.org")])
    assert User.objects.count() == 1
    assert User.objects.get_by_natural_key("aDa@example.ORG").email == "ada@example.org"


@pytest.mark.django_db
def test_the_sqlite_test_database_is_a_file_in_wal_mode():
    if connection.vendor != "sqlite":
        pytest.skip("only about SQLite")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
