"""A file becomes records, whole or not at all, and its ledger balances."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from reviews.models import AuditEvent
from screening.choices import BatchStanding, Stage, Verdict
from screening.models import BatchState, ImportBatch, Record, Seat
from screening.services import (
    add_source,
    find_duplicates,
    import_file,
    open_stage,
    submit_decision,
    undo_import,
)
from screening.services.imports import shown_name
from tests.factories import make_batch, make_member, make_screening, make_source, ris

pytestmark = pytest.mark.django_db


def ledger(batch: ImportBatch) -> tuple[int, int, int, int]:
    state = BatchState.objects.current().get(batch=batch)
    return state.found, state.imported, state.repeated, state.rejected


def test_every_record_of_a_file_is_kept_with_its_raw_text(lead):
    batch = make_batch(lead, ["First title", "Second title"])

    assert ledger(batch) == (2, 2, 0, 0)
    first = batch.records.get(number=1)
    assert (first.title, first.year, first.author_list) == ("First title", 2020, ["Author, A."])
    assert first.raw.startswith("TY  - JOUR")
    assert AuditEvent.objects.filter(verb="screening.file_imported").count() == 1


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


def test_records_that_come_while_a_stage_is_open_are_dealt(lead):
    reviewers = [make_member(lead), make_member(lead)]
    make_batch(lead, ["First title"])
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)

    make_batch(lead, ["Second title of another paper"])
    find_duplicates(lead=lead)

    for reviewer in reviewers:
        assert Seat.objects.queue(reviewer, Stage.TITLE_ABSTRACT).count() == 2
