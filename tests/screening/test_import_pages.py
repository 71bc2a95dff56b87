"""Importing files on the pages: ledgers, refusals, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from screening import forms
from screening.models import BatchState, ImportBatch, Record, Source
from screening.services import add_source, import_file, submit_decision
from tests.factories import make_batch, make_screening, make_source, ris
from tests.screening.pages import address, count_queries

pytestmark = pytest.mark.django_db


def upload(data, name="search.ris"):
    return SimpleUploadedFile(name, data, content_type="text/plain")


def post(client, lead, *files, **fields):
    fields = {"name": "MEDLINE", "kind": "database", **fields}
    return client.post(
        address(lead, "imports/new"), {"uploads": list(files), **fields}, follow=True
    )


def test_an_empty_review_offers_to_import(as_member, lead):
    assert (
        b"No file has been imported yet." in as_member(lead).get(address(lead, "imports")).content
    )


def test_a_file_and_its_new_source_are_stored_and_told(as_member, lead):
    answer = post(
        as_member(lead),
        lead,
        upload(ris(["One", "Two", "Two"])),
        platform="Ovid",
        search_string="hip$.mp.",
        searched_on="2026-02-01",
    )
    page = answer.content.decode()
    source = Source.objects.get(review=lead.review)
    details = source.details.current().get()
    assert (source.name, details.platform, details.searched_on.year) == ("MEDLINE", "Ovid", 2026)
    assert "3 found = 2 imported + 1 repeated + 0 rejected." in page
    assert "2 new, 0 duplicates merged in the whole review, 0 need a look." in page


def test_several_files_of_one_source_each_have_a_ledger(as_member, lead):
    source = make_source(lead, name="Embase")
    answer = post(
        as_member(lead),
        lead,
        upload(ris(["One"]), "a.ris"),
        upload(ris(["Two"]), "b.ris"),
        source=source.uid,
        name="",
    )
    assert answer.redirect_chain[-1][0] == address(lead, "imports")
    assert sorted(ImportBatch.objects.values_list("file_name", flat=True)) == ["a.ris", "b.ris"]
    assert Source.objects.count() == 1


@pytest.mark.catalogue("I23")
def test_a_refused_file_says_why_and_leaves_no_record(as_member, lead):
    answer = post(as_member(lead), lead, upload(b"%PDF-1.7\x00\x01 no references"))
    page = answer.content.decode()
    assert "was not imported." in page
    assert "The file was refused; nothing of it was imported." in page
    assert not Record.objects.exists()


def test_what_was_typed_is_kept_beside_the_error(as_member, lead):
    answer = post(as_member(lead), lead, upload(ris(["One"])), name="", platform="Ovid")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Choose a source above or name a new one." in page
    assert 'value="Ovid"' in page
    assert not Source.objects.exists()
    assert not ImportBatch.objects.exists()


def test_a_missing_file_is_an_error_beside_the_field(as_member, lead):
    answer = post(as_member(lead), lead)
    assert answer.status_code == 400
    assert "uploads" in answer.context["form"].errors
    assert not Source.objects.exists()


def test_a_file_above_the_limit_is_refused_in_plain_words(as_member, lead, monkeypatch):
    monkeypatch.setattr(forms, "MEGABYTE", 10)
    answer = post(as_member(lead), lead, upload(ris(["One"] * 50)))
    assert "search.ris is larger than 50 MB" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_source_whose_name_is_taken_is_refused(as_member, lead):
    add_source(lead=lead, name="MEDLINE")
    answer = post(as_member(lead), lead, upload(ris(["One"])))
    assert answer.status_code == 409
    assert "The review has a source of this name." in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_columns_of_an_unknown_table_can_be_named(as_member, lead):
    table = b"Titel,Jahr\nEine Studie,2020\n"
    post(as_member(lead), lead, upload(table, "t.csv"), format="csv", mapping="title = Titel")
    assert Record.objects.get().title == "Eine Studie"


@pytest.mark.parametrize("mapping", ["title", "= Titel", "title ="])
def test_a_line_of_columns_that_cannot_be_read_is_named(as_member, lead, mapping):
    answer = post(as_member(lead), lead, upload(ris(["One"])), mapping=mapping)
    assert "is not “field = column”" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_ledger_names_the_line_of_each_problem(as_member, lead):
    data = ris(["One"]) + b"TY  - JOUR\nAU  - Nobody\nER  - \n"
    batch = import_file(lead=lead, source=make_source(lead), file_name="x.ris", data=data)
    answer = as_member(lead).get(address(lead, "imports", batch.uid))
    (problem,) = answer.context["problems"]
    assert f'<td class="num">{problem.line}</td>' in answer.content.decode()
    assert problem["reason"] in answer.content.decode()
    assert "2 found = 1 imported + 0 repeated + 1 rejected." in answer.content.decode()


def test_an_import_without_votes_can_be_undone(as_member, lead):
    batch = make_batch(lead, ["One"])
    client = as_member(lead)
    url = address(lead, "imports", batch.uid)
    assert b"Undo this import" in client.get(url).content
    page = client.post(address(lead, "imports", batch.uid, "undo"), follow=True).content.decode()
    assert "is undone" in page
    assert "Undo this import" not in page
    assert not Record.objects.filter(review=lead.review).visible().exists()


@pytest.mark.catalogue("I51")
def test_an_import_that_was_voted_on_stays(as_member):
    lead, (a, _), (record,) = make_screening(1)
    submit_decision(reviewer=a, record=record, stage="title-abstract", verdict="include")
    client = as_member(lead)
    assert b"Undo this import" not in client.get(address(lead, "imports", record.batch.uid)).content
    answer = client.post(address(lead, "imports", record.batch.uid, "undo"))
    assert answer.status_code == 409
    assert "have been voted on" in answer.content.decode()
    assert BatchState.objects.current().get().standing == "published"


def test_the_list_costs_the_same_for_30_and_300_imports(as_member, lead):
    source = make_source(lead)
    for number in range(30):
        make_batch(lead, [f"Title {number}"], source)
    client = as_member(lead)
    before = count_queries(client, address(lead, "imports"))
    for number in range(270):
        make_batch(lead, [f"Another title {number}"], source)
    assert count_queries(client, address(lead, "imports")) == before
