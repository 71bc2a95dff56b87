"""A file becomes records, whole or not at all, and its ledger balances."""

import os
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from records.choices import BatchStanding
from records.models import BatchState, ImportBatch, Record
from records.services import (
    add_source,
    begin_import,
    cancel_import,
    find_duplicates,
    finish_imports,
    header_sha256,
    import_file,
    known_mapping,
    staging,
    undo_import,
)
from records.services.imports import shown_name
from reviews import turns
from reviews.models import AuditEvent, Review
from reviews.roles import Role
from reviews.services import remove_member
from reviews.verification import verify_review
from screening.choices import Stage, Verdict
from screening.models import Seat
from screening.querysets.queues import queue_of
from screening.services import open_stage, submit_decision
from tests.factories import make_batch, make_lead, make_member, make_screening, make_source, ris
from tests.racing import at_once, fresh
from tests.records.importing import (
    after_chunks,
    begin,
    break_off,
    ledger,
    receive,
    state_of,
    titles,
)

pytestmark = pytest.mark.django_db
ROUNDS = 50 if os.environ.get("IFI_SOAK") == "1" else 3


def test_every_record_of_a_file_is_kept_with_its_raw_text(lead):
    batch = make_batch(lead, ["First title", "Second title"])

    assert ledger(batch) == (2, 2, 0, 0)
    first = batch.records.get(number=1)
    assert (first.title, first.year, first.author_list) == ("First title", 2020, ["Author, A."])
    assert first.raw.startswith("TY  - JOUR")
    assert AuditEvent.objects.filter(verb="records.file_imported").count() == 1


@pytest.mark.catalogue("I46")
def test_importing_the_same_file_again_changes_nothing(lead):
    source = make_source(lead)
    make_batch(lead, ["First title", "Second title"], source)

    again = make_batch(lead, ["First title", "Second title"], source)

    assert ledger(again) == (2, 0, 2, 0)
    assert Record.objects.filter(review=lead.review).visible().count() == 2


def test_a_record_that_stands_in_the_file_twice_is_repeated_once(lead):
    assert ledger(make_batch(lead, ["Same title", "Same title", "Other"])) == (3, 2, 1, 0)


def test_a_broken_record_is_named_by_line_and_the_others_are_imported(lead):
    data = ris(["First title"]) + b"TY  - JOUR\nPY  - 2001\nER  - \n" + ris(["Last title"])

    batch = import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)

    assert ledger(batch) == (3, 2, 0, 1)
    [problem] = batch.problems.filter(rejected=True)
    assert problem.line == 6


@pytest.mark.catalogue("I22")
@pytest.mark.catalogue("I23")
@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf", b"\x89PNG\r\n\x1a\n\x00\x01"])
def test_a_file_that_is_no_reference_file_leaves_a_refused_batch_and_no_record(lead, data):
    batch = import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)

    state = BatchState.objects.current().get(batch=batch)
    assert state.standing == BatchStanding.REFUSED
    assert state.refusal
    assert not Record.objects.exists()


@pytest.mark.catalogue("I51")
def test_an_import_is_undone_until_somebody_has_voted_on_it():
    lead, (a, _), [record] = make_screening()
    later = make_batch(lead, ["Imported by mistake"])
    find_duplicates(lead=lead)
    assert Seat.objects.dealt(a, Stage.TITLE_ABSTRACT).count() == 2

    undo_import(lead=lead, batch=later)

    assert list(Record.objects.filter(review=lead.review).visible()) == [record]
    assert Seat.objects.dealt(a, Stage.TITLE_ABSTRACT).count() == 1
    submit_decision(reviewer=a, record=record, stage=Stage.TITLE_ABSTRACT, verdict=Verdict.INCLUDE)
    with pytest.raises(ValidationError) as refusal:
        undo_import(lead=lead, batch=record.batch)
    assert refusal.value.code == "voted"
    assert list(Record.objects.filter(review=lead.review).visible()) == [record]


def test_an_undone_file_can_be_imported_again(lead):
    source = make_source(lead)
    undo_import(lead=lead, batch=make_batch(lead, ["A title"], source))

    assert ledger(make_batch(lead, ["A title"], source)) == (1, 1, 0, 0)


def test_a_source_is_named_once(lead):
    add_source(lead=lead, name="PubMed")

    with pytest.raises(ValidationError) as refusal:
        add_source(lead=lead, name=" PubMed ")

    assert refusal.value.code == "source_taken"


def test_a_ledger_that_does_not_balance_is_refused_by_the_database(lead):
    batch = make_batch(lead, ["A title"])
    state = BatchState.objects.current().get(batch=batch)
    BatchState.objects.filter(pk=state.pk).update(superseded_at=state.recorded_at)
    state.pk, state.found, state.uid = None, 7, make_source(lead).uid

    with pytest.raises(IntegrityError):
        state.save(force_insert=True)


@pytest.mark.catalogue("I52")
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\files\\search.ris", "search.ris"),
        ("a\nb\u202egnp.ris", "a b gnp.ris"),
        ("x" * 300, "x" * 255),
        ("", "unnamed file"),
    ],
)
def test_a_file_name_is_only_shown_and_never_a_path(given, shown):
    assert shown_name(given) == shown


@pytest.mark.catalogue("D10")
@pytest.mark.parametrize(
    "name",
    ["../../a.ris", "/etc/a.ris", "..\\a.ris", "\\\\host\\share\\a.ris", "a\x00b.ris", "CON", "."],
)
def test_a_file_is_stored_under_its_digest_whatever_it_is_called(lead, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path / "media"
    batch = receive(lead, ris(["One"]), file_name=name)
    digest = batch.file_sha256
    stored = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert stored == [Path("media", "imports", digest[:2], digest)]


def test_records_that_come_while_a_stage_is_open_are_dealt(lead):
    reviewers = [make_member(lead), make_member(lead)]
    make_batch(lead, ["First title"])
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)

    make_batch(lead, ["Second title of another paper"])
    find_duplicates(lead=lead)

    for reviewer in reviewers:
        assert queue_of(reviewer, Stage.TITLE_ABSTRACT).count() == 2


@pytest.mark.catalogue("F02")
def test_an_import_that_was_killed_between_two_chunks_goes_on_behind_them(lead, monkeypatch):
    batch = break_off(lead, monkeypatch, ris(titles(9)) + b"TY  - JOUR\nAU  - Nobody\nER  - \n")
    assert ledger(batch) == (4, 4, 0, 0)
    assert not Record.objects.filter(review=lead.review).visible().exists()

    finish_imports(review=lead.review)

    assert ledger(batch) == (10, 9, 0, 1)
    seen = Record.objects.filter(review=lead.review).visible()
    assert [record.title for record in seen] == titles(9)
    assert batch.problems.filter(rejected=True).count() == 1
    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


def test_the_files_of_a_review_are_imported_in_the_order_they_came(lead):
    source = make_source(lead)
    first, second = begin(lead, ris(["One"]), source), begin(lead, ris(["One", "Two"]), source)

    finish_imports(review=lead.review)

    assert (ledger(first), ledger(second)) == ((1, 1, 0, 0), (2, 1, 1, 0))


@pytest.mark.catalogue("I51")
def test_an_import_cancelled_while_it_is_read_leaves_nothing_in_sight(lead, monkeypatch):
    batch = begin(lead, ris(titles(9)))
    after_chunks(monkeypatch, 2, lambda: cancel_import(lead=lead, batch=batch))

    finish_imports(review=lead.review)

    assert state_of(batch).standing == BatchStanding.CANCELLED
    assert not Record.objects.filter(review=lead.review).visible().exists()
    with pytest.raises(ValidationError):
        cancel_import(lead=lead, batch=batch)


def test_a_cancelled_file_can_be_imported_again(lead, monkeypatch):
    source = make_source(lead)
    batch = begin(lead, ris(titles(3)), source)
    after_chunks(monkeypatch, 1, lambda: cancel_import(lead=lead, batch=batch))
    finish_imports(review=lead.review)

    assert ledger(make_batch(lead, titles(3), source)) == (3, 3, 0, 0)


@pytest.mark.catalogue("I46")
def test_the_same_file_is_not_imported_twice_at_once(lead):
    source, other = make_source(lead), make_member(lead, Role.LEAD)
    begin(other, ris(["One"]), source)
    waiting = receive(lead, ris(["One"]), source)

    with pytest.raises(ValidationError) as refusal:
        begin_import(lead=lead, batch=waiting)
    assert refusal.value.code == "under_way"
    assert state_of(waiting).standing == BatchStanding.RECEIVED


@pytest.mark.catalogue("F02")
def test_who_imports_a_file_again_whose_import_was_broken_off_completes_that_one(lead, monkeypatch):
    data = ris(titles(9))
    broken = break_off(lead, monkeypatch, data)

    again = import_file(lead=lead, source=broken.source, file_name="again.ris", data=data)

    assert (ledger(broken), ledger(again)) == ((9, 9, 0, 0), (9, 0, 9, 0))
    assert Record.objects.filter(review=lead.review).visible().count() == 9


def test_who_lost_the_right_meanwhile_changes_nothing(lead):
    other = make_member(lead, Role.LEAD)
    batch = receive(other, ris(["One"]))
    remove_member(lead=lead, member=other)

    for act in (begin_import, cancel_import):
        with pytest.raises(ValidationError) as refusal:
            act(lead=other, batch=batch)
        assert refusal.value.code == "right_lost"
    assert state_of(batch).standing == BatchStanding.RECEIVED


def test_the_mapping_of_a_table_is_remembered_until_it_is_taken_back(lead):
    header, review = header_sha256(("Titel", "Jahr")), lead.review_id
    table = b"Titel,Jahr\nEine Studie,2020\n"
    for mapping in ({"title": "Titel"}, {}):
        batch = receive(lead, table, format="csv", mapping={"title": "Titel"})
        begin_import(lead=lead, batch=batch, mapping=mapping, header_sha256=header)
        assert known_mapping(review, header) == mapping
    assert known_mapping(make_lead().review_id, header) == {}


def test_a_table_with_unknown_columns_waits_and_a_picture_does_not(lead):
    assert state_of(receive(lead, b"Titel;Jahr\nEine Studie;2020\n")).format == "csv"
    picture = state_of(receive(lead, b"\x89PNG\r\n\x1a\n\x00\x01"))
    assert picture.standing == BatchStanding.REFUSED


def test_a_file_that_is_gone_from_the_store_is_refused_in_words(lead, monkeypatch):
    batch = begin(lead, ris(["One"]))
    monkeypatch.setattr("records.uploads._name", lambda sha256: f"imports/none/{sha256}")

    finish_imports(review=lead.review)

    state = state_of(batch)
    assert state.standing == BatchStanding.REFUSED
    assert "upload it again" in state.refusal


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_import_bring_each_record_once(monkeypatch):
    monkeypatch.setattr(staging, "RECORDS_A_CHUNK", 5)
    monkeypatch.setattr(turns, "BREATH", 0)
    monkeypatch.setattr(staging, "TURN", 0.01)
    for _ in range(ROUNDS):
        lead = make_lead()
        batch = begin(lead, ris(titles(40)))

        work = partial(finish_imports, review=lead.review)
        raised = at_once(work, work)

        assert raised == [None, None]
        assert ledger(batch) == (40, 40, 0, 0)
        assert [record.title for record in batch.records.order_by("number")] == titles(40)
    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.soak
@pytest.mark.catalogue("I46")
@pytest.mark.django_db(transaction=True)
def test_a_request_sent_twice_at_once_makes_one_batch_that_is_begun_once():
    lead = make_lead()
    source = make_source(lead)
    for number in range(ROUNDS):
        data = ris([f"Title of round {number}"])

        def sent(data=data, number=number):
            batch = receive(fresh(lead), data, source, request_key=f"key {number}")
            begin_import(lead=fresh(lead), batch=batch)

        raised = at_once(sent, sent)

        assert sorted(getattr(each, "code", "") for each in raised if each) == ["not_received"]
        assert ImportBatch.objects.filter(review=lead.review).count() == number + 1
        finish_imports(review=lead.review)
    assert Record.objects.count() == ROUNDS
