"""The triggers of append-only tables, met with plain SQL as somebody behind the product would."""

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, IntegrityError, InternalError, connection, models, transaction
from django.utils import timezone

from reviews import guards
from reviews.models import AuditEvent, Criterion, ReviewSettings
from reviews.services import set_criteria, update_settings
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
