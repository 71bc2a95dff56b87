"""The ledger of imports has one row for each file, and it balances."""

import csv
import io

import pytest

from records.services import import_file, undo_import
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.reports.import_ledger import COUNTED, IMPORT_LEDGER
from reporting.snapshot import take_snapshot
from tests.factories import make_batch, make_source, ris

pytestmark = pytest.mark.django_db
BROKEN = b"TY  - JOUR\nPY  - 2001\nER  - \n"


def rows(review, as_of=None) -> list[dict[str, str]]:
    data = RENDERERS["csv"].whole(IMPORT_LEDGER, take_snapshot(review, as_of)).decode()
    return list(csv.DictReader(io.StringIO(data, newline="")))


def test_every_file_has_a_row_that_balances(lead):
    source = make_source(lead, name="Embase")
    data = ris(["First", "First", "Second"]) + BROKEN
    import_file(lead=lead, source=source, file_name="search.ris", data=data)

    (row,) = rows(lead.review)

    assert [row[name] for name in COUNTED] == ["4", "2", "1", "1"]
    assert (row["file"], row["source"]) == ("search.ris", "Embase")
    assert (row["format"], row["encoding"], row["standing"]) == ("ris", "utf-8", "published")
    assert row["by"] == str(lead)
    assert row["when"].endswith("Z")


def test_a_refused_file_is_listed_with_the_reason(lead):
    import_file(lead=lead, source=make_source(lead), file_name="x.pdf", data=b"%PDF-1.7")

    (row,) = rows(lead.review)

    assert (row["standing"], row["found"]) == ("refused", "0")
    assert "PDF" in row["refusal"]


def test_an_earlier_instant_shows_an_undone_import_in_force(lead):
    batch = make_batch(lead, ["One", "Two"])
    before = take_snapshot(lead.review).instant
    undo_import(lead=lead, batch=batch)

    assert [row["standing"] for row in rows(lead.review)] == ["undone"]
    assert [row["standing"] for row in rows(lead.review, before)] == ["published"]


def test_the_page_shows_it(lead, as_member):
    make_batch(lead, ["One"])

    page = as_member(lead).get(f"/reviews/{lead.review.slug}/results/import-ledger/")

    assert page.status_code == 200
    assert "search.ris" in page.content.decode()


def test_the_number_of_imported_records_opens_them(lead, as_member):
    batch = make_batch(lead, ["One and only"])
    address = f"/reviews/{lead.review.slug}/results/import-ledger/cells/{batch.uid}/imported/"

    assert "One and only" in as_member(lead).get(address).content.decode()


def test_it_is_among_the_tables():
    assert REPORTS["import-ledger"] is IMPORT_LEDGER
