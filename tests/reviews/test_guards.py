"""The triggers of append-only tables, met with plain SQL as somebody behind the product would."""

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, IntegrityError, InternalError, connection, models, transaction
from django.utils import timezone

from records import text_index
from reviews import guards
from reviews.models import AuditEvent, Criterion, ReviewSettings
from reviews.services import set_criteria, update_settings
from reviews.verification import verify_guards
from tests.factories import make_lead

REFUSALS = (IntegrityError, InternalError)


@pytest.fixture
def criterion(lead):
    [criterion] = set_criteria(lead=lead, kind="inclusion", texts=["Adults"])
    return criterion


def assert_refused(act) -> None:
    with pytest.raises(REFUSALS, match="append-only"), transaction.atomic():
        act()


def change_and_fail() -> None:
    with guards.suspended():
        Criterion.objects.update(text="Children")
        raise RuntimeError


def test_every_append_only_model_has_its_guards(db):
    labels = {model._meta.label for model in guards.guarded_models()}

    assert {"reviews.AuditEvent", "reviews.ReviewSettings", "screening.ScreeningDecision"} <= labels
    assert guards.missing_guards() == []


@pytest.mark.parametrize(
    "act",
    [
        lambda: Criterion.objects.all().delete(),
        lambda: Criterion.objects.update(text="Children"),
        lambda: Criterion.objects.update(text="Children", superseded_at=timezone.now()),
        lambda: Criterion.objects.update(recorded_at=timezone.now()),
        lambda: ReviewSettings.objects.update(title="Other"),
        lambda: AuditEvent.objects.all().delete(),
        lambda: AuditEvent.objects.update(verb="other"),
        lambda: AuditEvent.objects.update(facts="{}"),
    ],
)
def test_the_database_refuses_to_change_or_remove_what_was_written(criterion, act):
    before = list(Criterion.objects.values()), list(AuditEvent.objects.values())

    assert_refused(act)

    assert (list(Criterion.objects.values()), list(AuditEvent.objects.values())) == before


def test_the_end_of_validity_is_set_once_and_never_again(criterion):
    rows = Criterion.objects.filter(pk=criterion.pk)
    first = timezone.now()

    assert rows.update(superseded_at=first) == 1

    assert_refused(lambda: rows.update(superseded_at=timezone.now()))
    assert_refused(lambda: rows.update(superseded_at=None))
    assert rows.get().superseded_at == first


def test_a_table_is_not_emptied_as_a_whole(criterion):
    postgresql = connection.vendor == "postgresql"
    statement = "TRUNCATE {} CASCADE" if postgresql else "DELETE FROM {}"

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format("reviews_criterion"))

    connection.check_constraints()
    assert_refused(empty)
    assert Criterion.objects.count() == 1


def test_suspended_guards_come_back_even_when_the_block_fails(criterion):
    with pytest.raises(RuntimeError):
        change_and_fail()

    assert guards.missing_guards() == []
    assert_refused(lambda: Criterion.objects.update(text="Adults"))


@pytest.mark.parametrize("kind", ["update", "delete"])
def test_a_guard_that_was_dropped_is_named(criterion, kind):
    name = f"guard_reviews_criterion_{kind}"
    if connection.vendor == "postgresql":
        connection.check_constraints()
    on_table = " ON reviews_criterion" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on_table}")

    assert guards.missing_guards() == [name]
    guards.install()
    assert guards.missing_guards() == []


@pytest.mark.django_db(transaction=True)
def test_the_guards_survive_a_migration_that_rebuilds_a_table():
    lead = make_lead()
    update_settings(lead=lead, changes={"title": "Another"})
    old = ReviewSettings._meta.get_field("title")
    new = models.CharField(max_length=310)
    new.set_attributes_from_name("title")
    new.model = ReviewSettings
    try:
        with connection.schema_editor() as editor:
            editor.alter_field(ReviewSettings, old, new)
        # Only SQLite rebuilds the table, and only there is anything lost.
        assert bool(guards.missing_guards()) == (connection.vendor == "sqlite")
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")

        assert guards.missing_guards() == []
        with pytest.raises(DatabaseError, match="append-only"):
            ReviewSettings.objects.update(title="Other")
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(ReviewSettings, new, old)
        guards.install()


def emptied(name: str, table: str) -> list[str]:
    """Return what replaces a trigger by one of its name that refuses nothing."""
    if connection.vendor == "postgresql":
        return [
            f"DROP TRIGGER {name} ON {table}",
            "CREATE FUNCTION nothing() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ "
            "LANGUAGE plpgsql",
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION nothing()",
        ]
    return [
        f"DROP TRIGGER {name}",
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} BEGIN SELECT 1; END",
    ]


@pytest.mark.catalogue("F20")
def test_a_guard_replaced_by_an_empty_one_of_its_name_is_named(criterion):
    name = "guard_reviews_criterion_update"
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in emptied(name, "reviews_criterion"):
            cursor.execute(statement)

    assert guards.missing_guards() == []
    assert guards.altered_guards() == [name]
    assert verify_guards(known=text_index.names()) == [f"{name}: is not what the product installs"]
    guards.install()
    assert verify_guards(known=text_index.names()) == []


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite's guards have no functions")
@pytest.mark.catalogue("F20")
@pytest.mark.parametrize("name", ["guard_refuse", "guard_supersede_once"])
def test_the_function_of_a_guard_replaced_by_an_empty_one_is_named(criterion, name):
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ "
            "LANGUAGE plpgsql"
        )

    assert guards.altered_guards() == [name]
    guards.install()
    assert guards.altered_guards() == []


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite turns no trigger off")
def test_a_guard_that_was_turned_off_is_named_and_made_again(criterion):
    name = "guard_reviews_criterion_update"
    for off in ("DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"):
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE reviews_criterion {off} {name}")

        assert guards.missing_guards() == [name]
        guards.install()
        assert guards.missing_guards() == []


@pytest.mark.catalogue("F20")
def test_a_trigger_that_the_product_did_not_install_is_named(criterion):
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in emptied("quiet", "reviews_criterion"):
            if not statement.startswith("DROP"):
                cursor.execute(statement)

    assert verify_guards(known=text_index.names()) == ["quiet: was not installed by the product"]


@pytest.mark.catalogue("F20")
def test_a_trigger_or_function_of_the_search_that_was_emptied_is_named(lead):
    name = "records_recordtext_insert"
    statements = emptied(name, "records_record")
    if connection.vendor == "postgresql":
        name = "records_index_insert"
        statements = [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN RETURN NULL; END $$ "
            "LANGUAGE plpgsql"
        ]
    assert text_index.altered() == []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

    assert text_index.altered() == [name]
    text_index.install()
    assert text_index.altered() == []


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has no such statement")
@pytest.mark.catalogue("F21")
def test_a_row_is_not_replaced_by_inserting_another_of_its_key(criterion):
    columns = ", ".join(f.column for f in Criterion._meta.concrete_fields if f.name != "text")

    def replace() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT OR REPLACE INTO reviews_criterion ({columns}, text) "
                f"SELECT {columns}, 'Children' FROM reviews_criterion"
            )

    assert_refused(replace)
    assert Criterion.objects.get().text == "Adults"
