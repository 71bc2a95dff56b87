"""Imports on the pages: progress, ledgers, undo."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from records.models import BatchState, ImportBatch, ImportProblem, Record
from records.services import find_duplicates, import_file
from reviews import audit
from screening.services import submit_decision
from tests.factories import make_batch, make_screening, make_source, ris
from tests.pages import address, count_queries
from tests.records.importing import (
    begin,
    break_off,
    make_job,
    titles,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_an_empty_review_offers_to_import(as_member, lead):
    assert (
        b"No file has been imported yet." in as_member(lead).get(address(lead, "imports")).content
    )


def test_a_running_import_shows_how_far_it_is_and_asks_anew(as_member, lead, monkeypatch):
    batch = break_off(lead, monkeypatch, ris(titles(10)))
    make_job(lead, "RUNNING", worker_ids=["w"])
    client, url = as_member(lead), address(lead, "imports", batch.uid)
    page = client.get(url).content.decode()
    assert "4 records read so far" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Cancel this import" in page
    assert not Record.objects.filter(review=lead.review).visible().exists()
    assert "?as=staging" in page
    assert "HX-Refresh" not in client.get(url, {"as": "staging"}, **HTMX).headers
    assert client.get(url, {"as": "published"}, **HTMX).headers["HX-Refresh"] == "true"
    listed = client.get(address(lead, "imports")).content.decode()
    assert 'hx-trigger="every 2s"' in listed
    assert "search.ris: " in listed


def test_the_page_is_loaded_anew_once_and_asks_no_more_when_the_import_has_ended(as_member, lead):
    batch = make_batch(lead, ["One"])
    client, url = as_member(lead), address(lead, "imports", batch.uid)
    assert client.get(url, **HTMX).headers["HX-Refresh"] == "true"
    for ended in (url, address(lead, "imports")):
        _, _, below_the_frame = client.get(ended).content.partition(b"<main")
        assert b"<h1" in below_the_frame
        assert b"hx-trigger" not in below_the_frame


def test_the_page_asks_on_while_duplicates_are_looked_for(as_member, lead):
    batch = make_batch(lead, ["One"])
    make_job(lead, "RUNNING", worker_ids=["w"])
    client, url = as_member(lead), address(lead, "imports", batch.uid)
    assert "Duplicates are being looked for" in client.get(url).content.decode()
    find_duplicates(lead=lead)
    assert client.get(url, **HTMX).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ({"status": "READY"}, "No background worker has taken this up for a minute"),
        ({"status": "RUNNING", "worker_ids": ["w"]}, "Nothing has been read for a minute"),
        ({"status": "FAILED", "worker_ids": ["w"] * 3}, "The import broke off several times"),
    ],
)
def test_an_import_that_stands_still_says_what_is_to_be_done(
    as_member, lead, monkeypatch, job, words
):
    batch = begin(lead, ris(["One"]))
    monkeypatch.setattr("records.tasks.STILL", timedelta(0))
    make_job(lead, **{"started_at": timezone.now() + timedelta(seconds=1), **job})
    page = as_member(lead).get(address(lead, "imports", batch.uid)).content.decode()
    assert words in page
    assert ("Go on with this import" in page) == (job["status"] == "FAILED")


def test_an_import_that_broke_off_goes_on_by_a_button(as_member, lead, monkeypatch):
    batch = break_off(lead, monkeypatch, ris(titles(10)))
    client = as_member(lead)
    answer = client.post(address(lead, "imports", batch.uid, "resume"), follow=True)
    assert "10 found = 10 imported + 0 repeated + 0 rejected." in answer.content.decode()
    assert client.post(address(lead, "imports", batch.uid, "resume")).status_code == 409


@pytest.mark.catalogue("I51")
def test_a_running_import_that_is_cancelled_leaves_nothing_in_sight(as_member, lead, monkeypatch):
    batch = break_off(lead, monkeypatch, ris(titles(10)))
    client = as_member(lead)
    client.post(address(lead, "imports", batch.uid, "cancel"))
    page = client.get(address(lead, "imports", batch.uid)).content.decode()
    assert "The import was cancelled; nothing of the file was imported." in page
    assert "Upload the file again" in page
    assert not Record.objects.filter(review=lead.review).visible().exists()
    assert client.post(address(lead, "imports", batch.uid, "cancel")).status_code == 409


def make_problems(lead, rejected, guessed):
    """Import one record, and write problems as the importer does."""
    batch = make_batch(lead, ["One"])
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        kinds = [True] * rejected + [False] * guessed
        act.bulk_insert(
            [
                ImportProblem(batch=batch, line=line, reason=f"Problem {line}.", rejected=kind)
                for line, kind in enumerate(kinds, start=1)
            ]
        )
        act.log("records.test")
    return batch


def test_the_ledger_names_the_line_of_each_problem(as_member, lead):
    data = ris(["One"]) + b"TY  - JOUR\nAU  - Nobody\nER  - \n"
    batch = import_file(lead=lead, source=make_source(lead), file_name="x.ris", data=data)
    answer = as_member(lead).get(address(lead, "imports", batch.uid))
    (problem,) = answer.context["page"].rows
    assert f'<td class="num">{problem.line}</td>' in answer.content.decode()
    assert problem.reason in answer.content.decode()
    assert "2 found = 1 imported + 0 repeated + 1 rejected." in answer.content.decode()


def test_the_ledger_puts_problems_of_one_kind_together_and_quotes_the_first_line(as_member, lead):
    data = b"title,doi\n" + b"One,10.5555/a,x\n" * 2 + b"Two,10.5555/b\n"
    batch = import_file(lead=lead, source=make_source(lead), file_name="x.csv", data=data)
    answer = as_member(lead).get(address(lead, "imports", batch.uid))
    (kind,) = answer.context["kinds"]
    assert (kind.line, kind.count, kind.others, kind.rejected) == (2, 2, [3], True)
    assert "<bdi>One,10.5555/a,x</bdi></q>" in answer.content.decode()


def test_problems_are_paged_and_narrowed_to_the_rejected_or_the_guesses(as_member, lead):
    batch = make_problems(lead, rejected=60, guessed=5)
    client, url = as_member(lead), address(lead, "imports", batch.uid)
    first = client.get(url)
    assert "65 problems" in first.content.decode()
    rest = client.get(url, {"after": first.context["page"].next_cursor})
    assert [row.line for row in rest.context["page"].rows] == list(range(51, 66))
    guesses = client.get(url, {"show": "guesses"}).context["page"].rows
    assert [row.line for row in guesses] == list(range(61, 66))
    assert client.get(url, {"after": "x"}).status_code == 404


def test_the_ledger_costs_the_same_for_30_and_300_problems(as_member, lead):
    few, many = make_problems(lead, 15, 15), make_problems(lead, 150, 150)
    client = as_member(lead)
    costs = {count_queries(client, address(lead, "imports", batch.uid)) for batch in (few, many)}
    assert len(costs) == 1


@pytest.mark.catalogue("I52")
@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("../../etc/passwd", "passwd"),
        ("CON.ris", "_CON.ris"),
        ('a"b<c>.ris', "a_b_c_.ris"),
        ("x" * 300 + ".ris", "x" * 146 + ".ris"),
        ("\u202egnp.ris", "gnp.ris"),
    ],
)
def test_the_file_can_be_had_as_it_was_given_under_a_safe_name(as_member, lead, name, saved):
    data = ris(["One"])
    batch = import_file(lead=lead, source=make_source(lead), file_name=name, data=data)
    answer = as_member(lead).get(address(lead, "imports", batch.uid, "file"))
    # A name is cut at 255 before, so what is left of the longest one has lost its end.
    expected = saved if len(name) < 255 else "x" * 150
    assert b"".join(answer.streaming_content) == data
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{expected}"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_not_in_the_store_any_more_is_not_found(as_member, lead, monkeypatch):
    batch = make_batch(lead, ["One"])
    monkeypatch.setattr("records.uploads._name", lambda sha256: f"imports/none/{sha256}")
    assert as_member(lead).get(address(lead, "imports", batch.uid, "file")).status_code == 404


def test_an_import_without_votes_can_be_undone(as_member, lead):
    batch = make_batch(lead, ["One"])
    client = as_member(lead)
    url = address(lead, "imports", batch.uid)
    assert b"Undo this import and hide 1 record?" in client.get(url).content
    page = client.post(address(lead, "imports", batch.uid, "undo"), follow=True).content.decode()
    assert "is undone" in page
    assert "Undo this import" not in page
    assert "upload the file again" in page
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
    client = as_member(lead)
    costs = []
    for number in (30, 270):
        make_waiting(lead, source, number)
        costs.append(count_queries(client, address(lead, "imports")))
    assert costs[0] == costs[1]


def test_a_file_that_waits_is_not_said_to_hold_nothing(as_member, lead):
    make_waiting(lead, make_source(lead), 1)
    page = as_member(lead).get(address(lead, "imports")).content.decode()
    assert "not read yet" in page
    assert '<td class="num">0</td>' not in page


def make_waiting(lead, source, number):
    """Write batches that wait, as if as many files had been received."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        batches = act.bulk_insert(
            [
                ImportBatch(source=source, member=lead, file_name="a.ris", file_size=1)
                for _ in range(number)
            ]
        )
        act.bulk_insert([BatchState(batch=batch, standing="received") for batch in batches])
        act.log("records.test")
