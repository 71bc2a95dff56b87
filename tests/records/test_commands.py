"""The commands that import records and look for duplicates."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from records.models import ImportBatch, Record, Source
from reviews.models import AuditEvent
from tests.factories import make_member, ris

pytestmark = pytest.mark.django_db
KEYS = ["file", "format", "encoding", "found", "imported", "repeated", "rejected", "problems"]


def run(name, lead, *args, **options):
    """Run a command; return what it printed and the words of its refusal."""
    out, refusal = StringIO(), ""
    try:
        call_command(name, lead.review.slug, *map(str, args), stdout=out, **options)
    except CommandError as error:
        refusal = str(error)
    printed = out.getvalue()
    assert printed.isascii()
    return json.loads(printed) if printed else None, refusal


@pytest.fixture
def file(tmp_path):
    def write(data, name="search.ris"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def test_each_file_has_a_ledger_and_a_new_source_is_made(lead, file):
    path = file(ris(["One", "Two", "Two"]))
    (ledger,), refusal = run("import_records", lead, path, "--source", "MEDLINE")
    assert refusal == ""
    assert list(ledger) == KEYS
    assert ledger == {
        "file": str(path),
        "format": "ris",
        "encoding": ledger["encoding"],
        "found": 3,
        "imported": 2,
        "repeated": 1,
        "rejected": 0,
        "problems": ledger["problems"],
    }
    assert Source.objects.get().name == "MEDLINE"
    run("import_records", lead, path, "--source", "MEDLINE")
    assert Source.objects.count() == 1
    assert Record.objects.count() == 2


def test_rejected_records_are_told_with_their_line_and_are_no_failure(lead, file):
    path = file(ris(["One"]) + b"TY  - JOUR\nAU  - Nobody\nER  - \n")
    (ledger,), refusal = run("import_records", lead, path, "--source", "X")
    assert refusal == ""
    assert (ledger["found"], ledger["imported"], ledger["rejected"]) == (2, 1, 1)
    assert all(set(problem) == {"line", "reason"} for problem in ledger["problems"])


def test_a_refused_and_a_missing_file_are_told_and_do_not_stop_the_others(lead, file, tmp_path):
    bad, good = file(b"%PDF-1.4\x00", "a.ris"), file(ris(["One"]), "b.ris")
    missing = tmp_path / "none.ris"
    ledgers, refusal = run("import_records", lead, bad, missing, good, "--source", "X")
    assert refusal == "2 of 3 files could not be imported."
    for ledger in ledgers[:2]:
        assert (ledger["format"], ledger["found"], len(ledger["problems"])) == (None, 0, 1)
    assert ledgers[2]["imported"] == 1


def test_a_missing_file_alone_changes_nothing(lead, tmp_path):
    _, refusal = run("import_records", lead, tmp_path / "none.ris", "--source", "X")
    assert refusal
    assert not Source.objects.exists()
    assert not ImportBatch.objects.exists()


def test_columns_are_mapped_by_name(lead, file):
    path = file(b"Titel;Jahr\nEine Studie;2020\n", "t.csv")
    args = ("--source", "X", "--format", "csv", "--map", "title=Titel", "year=Jahr")
    (ledger,), _ = run("import_records", lead, path, *args)
    assert ledger["imported"] == 1
    assert (Record.objects.get().title, Record.objects.get().year) == ("Eine Studie", 2020)


def test_a_map_that_cannot_be_read_is_wrong_usage(lead, file):
    path = file(ris(["One"]))
    printed, refusal = run("import_records", lead, path, "--source", "X", "--map", "title")
    assert printed is None
    assert "is not field=column" in refusal
    assert not Source.objects.exists()


@pytest.mark.catalogue("Z23")
def test_the_first_lead_acts_unless_another_is_named_and_the_channel_is_kept(lead, file):
    second = make_member(lead, "lead", email="second@example.org")
    path = file(ris(["One"]))
    run("import_records", lead, path, "--source", "X")
    run("find_duplicates", lead, "--by", "SECOND@example.org")
    events = AuditEvent.objects.filter(review=lead.review, channel="command").order_by("position")
    assert [event.actor for event in events] == [lead] * 4 + [second]


def test_only_a_member_who_may_import_acts(lead, reviewer_a, stranger, file):
    path = file(ris(["One"]))
    for email in (reviewer_a.user.email, stranger.email):
        printed, refusal = run("import_records", lead, path, "--source", "X", "--by", email)
        assert printed is None
        assert email in refusal
    assert not Source.objects.exists()


def test_an_unknown_review_is_refused_in_one_sentence(lead):
    with pytest.raises(CommandError, match="There is no review “nowhere”"):
        call_command("find_duplicates", "nowhere")


def test_duplicates_are_counted_and_a_second_run_changes_nothing(lead, file):
    title = "One and the same long title of a paper about hips"
    run("import_records", lead, file(ris([title], DO="10.1000/hip"), "a.ris"), "--source", "A")
    run("import_records", lead, file(ris([title], DO="10.1000/hip"), "b.ris"), "--source", "B")
    first, _ = run("find_duplicates", lead)
    assert first == {"records": 2, "groups": 1, "merged": 1, "to_review": 0}
    assert run("find_duplicates", lead) == (first, "")
