"""Everything that can be done to the database behind the product's back, done and then named."""

import io
import json
import os
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction

from accounts.models import User
from records import indexed_words
from records.models import ImportBatch, Record, RecordText
from records.text_index import RECORDS, document_of
from reviews import guards, stored
from reviews.models import AuditEvent, InstallationChain, Invitation, Membership, Review
from reviews.roles import Role
from reviews.services import invite, update_settings
from reviews.verification import verify_installation, verify_review
from tests.factories import make_lead, make_member, make_user
from tests.reviews.tampering import (
    Tampering,
    append_only_models,
    change,
    columns,
    nothing_refused,
    rows_of,
    tamper_with,
)
from tests.world import make_world

pytestmark = pytest.mark.django_db

# Columns of the product's own tables that nothing proves, and why.
NOT_PROVEN = {
    "accounts.User": {
        "password": "Django hashes it anew at sign-in; who set one is an event",
        "last_login": "says when somebody signed in, and nothing follows from it",
        "theme": "a preference",
        "time_zone": "a preference",
        "shortcuts": "a preference",
        "key_map": "a preference",
    },
}
# Tables that nothing proves, and why.
NOT_COVERED = {
    "accounts_user_groups": "the product asks no permission of Django's",
    "accounts_user_user_permissions": "the product asks no permission of Django's",
    "auth_group": "the product asks no permission of Django's",
    "auth_group_permissions": "the product asks no permission of Django's",
    "auth_permission": "the product asks no permission of Django's",
    "account_emailaddress": "of the log-in library: which addresses were verified",
    "account_emailconfirmation": "of the log-in library: links that were mailed",
    "mfa_authenticator": "of the log-in library: second factors; turning one on or off is an event",
    "django_content_type": "Django's list of models",
    "django_migrations": "Django's list of migrations",
    "accounts_accountsession": "who is signed in just now",
    "django_session": "not used: sessions name their account",
    "django_tasks_database_dbtaskresult": "jobs",
    "jobs_workerbeat": "the worker's signs of life",
    "jobs_cacheentry": "a cache",
}
HAS_NO_COLUMNS = 4


def problems_of_all() -> list[str]:
    reviews = Review.objects.order_by("pk")
    found = [problem for review in reviews for problem in verify_review(review, most=None).problems]
    return [*found, *verify_installation(most=None).problems, *indexed_words.strangers()]


def unnamed(done: list[Tampering]) -> list[str]:
    found = problems_of_all()
    return [tampering.what for tampering in done if not tampering.is_named(found)]


@pytest.mark.catalogue("F21")
def test_every_column_changed_and_every_row_removed_inserted_or_exchanged_is_named():
    review = make_world().lead.review
    make_lead()
    rows = {model: wanted_rows(review, model) for model in append_only_models()}
    assert problems_of_all() == []
    done: list[Tampering] = []

    with nothing_refused():
        for model, made in rows.items():
            done += tamper_with(review, model, made)

    assert len(done) > 400
    assert unnamed(done) == []


def wanted_rows(review: Review, model: Any) -> list[tuple[Any, int]]:
    """Write as many rows of a model as there are things to be done to them."""
    number = len(columns(model)) + HAS_NO_COLUMNS
    if model is not Record:
        return rows_of(review, model, number)
    # A record beyond what the ledger of its import counts would be named for that.
    [(batch, _)] = rows_of(review, ImportBatch, 1)
    return rows_of(review, model, number, batch=batch)


def test_every_table_is_proven_or_stands_on_the_list():
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    proven = {model._meta.db_table for model in append_only_models()}
    proven |= {
        model._meta.db_table
        for model in (AuditEvent, InstallationChain, Invitation, Membership, Review, User)
    }
    index = RecordText._meta.db_table
    own = {table for table in tables if table == index or table.startswith(f"{index}_")}

    assert tables - own - proven == set(NOT_COVERED)
    assert own


@pytest.mark.catalogue("F21")
def test_every_column_of_people_reviews_and_heads_is_named_when_it_is_changed():
    lead = make_lead()
    others_lead = make_lead()
    members = [make_member(lead) for _ in range(len(columns(Membership)) + HAS_NO_COLUMNS)]
    invited = [
        invite(lead=lead, email=f"invited{n}@example.org", role=Role.REVIEWER)[0]
        for n in range(len(columns(Invitation)) + HAS_NO_COLUMNS)
    ]
    users = [make_user(full_name="Somebody") for _ in range(len(columns(User)) + HAS_NO_COLUMNS)]
    reviews = [make_lead().review for _ in range(len(columns(Review)) + HAS_NO_COLUMNS)]
    for row in (others_lead, *members, *invited, *users, *reviews):
        row.refresh_from_db()
    assert problems_of_all() == []
    done: list[Tampering] = []

    with nothing_refused():
        for made, keep in ((members, ()), (invited, ()), (users, NOT_PROVEN["accounts.User"])):
            done += tamper_with_people(made, set(keep))
        # What a review's own row says is named among the problems of the review.
        for field, review in zip(columns(Review), reviews, strict=False):
            before = str(review.uid)
            change(review, field)
            found = [*verify_review(review).problems, *verify_installation(most=None).problems]
            assert any(before in p or p.startswith("chain: ") for p in found), field
    done.append(exchanged(reviews[-1], reviews[-2], "slug"))

    assert unnamed(done) == []


def tamper_with_people(rows: list[Any], kept: set[str]) -> list[Tampering]:
    """Change each column in one row, remove one, insert one, and exchange two."""
    model, waiting, done = type(rows[0]), iter(rows), []
    for field in columns(model):
        row = next(waiting)
        if field.name not in kept:
            change(row, field)
            done.append(_of(f"{model._meta.label}.{field.name} changed", row))
    removed = next(waiting)
    done.append(_of(f"a row of {model._meta.label} removed", removed))
    if model is User:
        # What a deleted person made stays, and so do the events that name the account.
        AuditEvent.objects.filter(user=removed).update(user=None)
    model._base_manager.filter(pk=removed.pk)._raw_delete("default")
    row = next(waiting)
    new = model(**{f.attname: getattr(row, f.attname) for f in columns(model)})
    new.uid = uuid.uuid4()
    if model is Membership:
        new.user = make_user()
    elif model is Invitation:
        new.token_hash = "0" * 64
    else:
        new.email = "inserted@example.org"
    model._base_manager.bulk_create([new])
    done.append(_of(f"a row of {model._meta.label} inserted", new))
    what = "user_id" if model is Membership else "email"
    done.append(exchanged(next(waiting), next(waiting), what))
    return done


def exchanged(first: Any, second: Any, name: str) -> Tampering:
    """Exchange what two rows say in one column that no two rows have in common."""
    model, value, other = type(first), getattr(first, name), getattr(second, name)
    between = make_user().pk if name == "user_id" else "between@example.org"
    for row, given in ((first, between), (second, value), (first, other)):
        model._base_manager.filter(pk=row.pk).update(**{name: given})
    return _of(f"{model._meta.label}.{name} exchanged", first)


def _of(what: str, row: Any) -> Tampering:
    return Tampering(what=what, words=(str(row.uid),))


@pytest.mark.catalogue("F20")
def test_every_column_of_an_event_and_of_the_head_of_the_installation_is_named():
    lead = make_lead()
    fields = columns(AuditEvent)
    for n in range(2 * len(fields) + 8):
        update_settings(lead=lead, changes={"registration": f"R{n}"})
    make_lead()
    assert problems_of_all() == []
    events = list(lead.review.events.order_by("position"))[1:]
    done = []

    with nothing_refused():
        for field in fields:
            event = events.pop(0)
            done.append(_event(f"AuditEvent.{field.name} changed", event))
            change(event, field)
            events.pop(0)
        removed = events.pop(1)
        AuditEvent.objects.filter(pk=removed.pk)._raw_delete("default")
        done.append(_event("an event removed", removed))
        first, second = events[2], events[4]
        for event, position in ((first, 9_000), (second, first.position), (first, second.position)):
            AuditEvent.objects.filter(pk=event.pk).update(position=position)
        done += [_event("two events exchanged", event) for event in (first, second)]
        last = lead.review.events.latest("position")
        last.pk, last.uid, last.position = None, uuid.uuid4(), last.position + 1
        AuditEvent.objects.bulk_create([last])
        done.append(_event("an event inserted", last))

    found = verify_review(lead.review, most=None).problems
    assert [t.what for t in done if not t.is_named(found)] == []
    head = InstallationChain.objects.get()
    for field in columns(InstallationChain):
        change(head, field)
        assert any(p.startswith("chain: ") for p in verify_installation().problems), field
        head.save()
    InstallationChain.objects.create(pk=2)
    assert any("row 2" in problem for problem in verify_installation().problems)


def _event(what: str, event: AuditEvent) -> Tampering:
    place = event.position
    return Tampering(what=what, words=(f"event {place} (", f"event {place} is missing"))


@pytest.mark.catalogue("F20")
def test_a_review_deleted_whole_with_its_chain_is_named_by_the_installation():
    review = make_world().lead.review
    slug, uid = review.slug, review.uid

    with nothing_refused():
        left = {*guards.guarded_models(), Membership, Invitation}
        for model in left:
            model._base_manager.filter(review=review)._raw_delete("default")
        Review.objects.filter(pk=review.pk)._raw_delete("default")

    assert f"reviews.review:{uid}: the review {slug} was made, and is not in the table" in (
        verify_installation(most=None).problems
    )


@pytest.mark.catalogue("F21")
def test_two_members_whose_accounts_were_exchanged_are_named():
    world = make_world()
    exchanged(world.a, world.b, "user_id")

    found = verify_review(world.lead.review).problems

    wrong = "belongs to another account than by the events"
    for member in (world.a, world.b):
        assert f"reviews.membership:{member.uid}: {wrong}" in found


@pytest.mark.catalogue("F21")
def test_an_index_of_the_search_that_was_emptied_lacks_a_row_or_says_other_words_is_named():
    review = make_world().lead.review
    lacking, other, *_ = Record.objects.filter(review=review).order_by("number")
    index = RecordText._meta.db_table

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DELETE FROM {index} WHERE rowid = %s", [lacking.pk])
            words = f"UPDATE {index} SET document = to_tsvector('other') WHERE rowid = %s"
            cursor.execute(words, [other.pk])
            cursor.execute(f"INSERT INTO {index} VALUES (9000, to_tsvector('no record'))")
        else:
            remove = f"INSERT INTO {index}({index}, rowid, document) VALUES ('delete', %s, %s)"
            for record in (lacking, other):
                cursor.execute(remove, [record.pk, document(record)])
            cursor.execute(f"INSERT INTO {index}(rowid, document) VALUES (%s, 'other')", [other.pk])
            cursor.execute(f"INSERT INTO {index}(rowid, document) VALUES (9000, 'no record')")

    found = problems_of_all()
    assert f"records.record number {lacking.number}: is not in the index of the search" in found
    assert f"records.record number {other.number}: has other words in the index of the search" in (
        found
    )
    assert "index of the search, row 9000: there is no such record" in found
    with connection.cursor() as cursor:
        empty = f"INSERT INTO {index}({index}) VALUES ('delete-all')"
        cursor.execute(f"TRUNCATE {index}" if connection.vendor == "postgresql" else empty)
    missing = [p for p in problems_of_all() if p.endswith("is not in the index of the search")]
    assert len(missing) == Record.objects.filter(review=review).count()


def document(record: Record) -> str:
    with connection.cursor() as cursor:
        made = f"SELECT {document_of()} FROM {RECORDS} WHERE id = %s"
        cursor.execute(made, [record.pk])
        return cursor.fetchone()[0]


@pytest.mark.catalogue("D20", "F32")
@pytest.mark.parametrize("harm", ["gone", "flipped", "shorter"])
def test_a_file_of_an_import_that_is_gone_or_has_another_bit_is_named(harm, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world = make_world()
    assert verify_review(world.lead.review).problems == []
    path = next(tmp_path.rglob(world.batch.file_sha256))
    data = bytearray(path.read_bytes())
    if harm == "gone":
        path.unlink()
    else:
        data[40] ^= 1
        path.chmod(0o600)
        path.write_bytes(data if harm == "flipped" else data[:-1])

    [problem] = verify_review(world.lead.review).problems

    assert problem.startswith(f"records.importbatch:{world.batch.uid}: its file is missing")


@pytest.mark.catalogue("F32")
def test_a_file_that_no_import_has_is_told_and_stays_where_it_is(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_world()
    left = tmp_path / "imports" / "ab" / ("ab" * 32)
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"of an upload that ended midway")
    out = io.StringIO()

    call_command("verify", stdout=out)

    assert json.loads(out.getvalue())["orphans"] == [f"imports/ab/{left.name}"]
    assert left.exists()


SPELLED = {
    models.DateTimeField: "replace({c}, ' ', 'T')",
    models.UUIDField: "upper({c})",
    models.BooleanField: "{c} + 2",
    models.IntegerField: "CAST({c} AS BLOB)",
    models.DateField: "{c} || ' '",
    models.CharField: "CAST({c} AS BLOB)",
    models.TextField: "CAST({c} AS BLOB)",
}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps no other text")
@pytest.mark.catalogue("F21")
def test_what_is_read_as_the_same_and_written_otherwise_is_named_in_every_column():
    review = make_world().lead.review
    rows = {model: wanted_rows(review, model) for model in append_only_models()}
    done: list[Tampering] = []

    with transaction.atomic():
        with nothing_refused(), connection.cursor() as cursor:
            for model, made in rows.items():
                for field, (row, _) in zip(columns(model), made, strict=False):
                    if spell(cursor, row, field):
                        words = f"{model._meta.label_lower}, row {row.pk} "
                        name = f"{model._meta.label}.{field.name}"
                        done.append(Tampering(what=name, words=(words,)))
        found = problems_of_all()
        transaction.set_rollback(True)

    assert len(done) > 300
    assert [t.what for t in done if not t.is_named(found)] == []


def spell(cursor: Any, row: Any, field: Any) -> bool:
    """Write one column otherwise; say whether it can be: 1234 has no capitals."""
    table, column = type(row)._meta.db_table, connection.ops.quote_name(field.column)
    spelled = SPELLED[kind(field)].replace("{c}", column)
    which = f"WHERE id = %s AND {column} IS NOT NULL AND {column} IS NOT {spelled}"
    cursor.execute(f"UPDATE {table} SET {column} = {spelled} {which}", [row.pk])
    return bool(cursor.rowcount)


def kind(field: Any) -> Any:
    while field.is_relation:
        field = field.target_field
    return next(base for base in type(field).__mro__ if base in SPELLED)


def test_every_kind_of_column_has_a_condition_for_how_it_is_written():
    for model in [*append_only_models(), AuditEvent, Review, Membership, Invitation, User]:
        for field in model._meta.concrete_fields:
            assert "{c}" in stored.condition(field)


GARBAGE = [
    ("reviews_criterion", "superseded_at", ""),
    ("reviews_criterion", "superseded_at", "never"),
    ("reviews_criterion", "recorded_at", "2026-02-31 10:00:00"),
    ("reviews_criterion", "recorded_at", "0000-01-01 10:00:00"),
    ("reviews_criterion", "recorded_at", "2026-01-01 10:00:00.000000"),
    ("reviews_criterion", "uid", "no uid"),
    ("reviews_criterion", "position", "first"),
    ("reviews_criterion", "text", b"\xff\xfe"),
    ("reviews_criterion", "review_id", 999_999),
    ("screening_seat", "member_id", 999_999),
    ("screening_resolution", "verdict", "perhaps"),
    ("screening_resolution", "uid", "no uid"),
    ("screening_screeningdecision", "verdict", "perhaps"),
    ("screening_screeningdecision", "uid", "no uid"),
    ("records_batchstate", "uid", "no uid"),
    ("records_batchstate", "imported", "many"),
    ("records_importbatch", "file_sha256", "../../etc/passwd"),
    ("records_importbatch", "file_sha256", ""),
    ("records_importbatch", "file_sha256", b"\xff\xfe"),
    ("records_record", "title", b"\xff\xfe"),
    ("reviews_auditevent", "at", "yesterday"),
    ("reviews_auditevent", "position", "first"),
    ("reviews_auditevent", "facts", "[" * 100_000),
    ("reviews_auditevent", "facts", '"text"'),
    ("reviews_auditevent", "actor_id", 999_999),
    ("reviews_auditevent", "uid", "no uid"),
    ("reviews_membership", "joined_at", "once"),
    ("reviews_membership", "user_id", 999_999),
    ("reviews_membership", "uid", "no uid"),
    ("reviews_invitation", "expires_at", "soon"),
    ("reviews_review", "created_at", "once"),
    ("reviews_review", "uid", "no uid"),
    ("reviews_review", "last_event_at", ""),
    ("reviews_reviewsettings", "uid", "no uid"),
    ("reviews_installationchain", "last_event_at", "once"),
    ("accounts_user", "uid", "no uid"),
    ("accounts_user", "joined_at", "once"),
    ("accounts_user", "full_name", b"\xff"),
]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps no such values")
@pytest.mark.catalogue("F21")
def test_garbage_is_named_and_never_a_traceback():
    make_world()
    passed = [harm for harm in GARBAGE if not is_named(*harm)]

    assert passed == []


def is_named(table: str, column: str, value: Any) -> bool:
    """Say whether ``verify`` names garbage in one column of one row; nothing of it stays."""
    given = "CAST(%s AS TEXT)" if isinstance(value, bytes) else "%s"
    one = f"UPDATE {table} SET {column} = {given} WHERE id = (SELECT max(id) FROM {table})"
    with transaction.atomic():
        with nothing_refused(), connection.cursor() as cursor:
            cursor.execute(one, [value])
        out = io.StringIO()
        with pytest.raises(CommandError, match="problem"):
            call_command("verify", stdout=out)
        transaction.set_rollback(True)
    found = json.loads(out.getvalue())
    assert "cannot be read" not in out.getvalue()
    named = [problem for review in found["reviews"] for problem in review["problems"]]
    named += found["installation"]["problems"]
    words = (table.replace("_", ".", 1), "event ", "chain: ")
    return any(word in problem for problem in named for word in words)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a file is what SQLite has")
def test_a_broken_copy_of_a_database_is_named_and_never_a_traceback(tmp_path):
    file = tmp_path / "copy.sqlite3"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file}"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    # What is committed of the test's own database: its tables, and no rows.
    own = closing(sqlite3.connect(connection.settings_dict["NAME"]))
    with own as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
    whole = file.read_bytes()
    torn = bytearray(whole)
    page = int.from_bytes(whole[16:18], "big")
    for start in range(4 * page, len(torn) - page, 3 * page):
        torn[start : start + page] = b"\xee" * page
    for broken in (torn, whole[: len(whole) // 2], b"no database " * 1000):
        file.write_bytes(broken)
        for left in tmp_path.glob("copy.sqlite3-*"):
            left.unlink()
        ended = run("verify")
        assert "Traceback" not in ended.stderr
        assert ended.returncode == 1
        assert json.loads(ended.stdout)["installation"]["problems"]
