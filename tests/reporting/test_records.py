"""The table of records holds every visible record with every field, however many there are."""

import csv
import io
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.importers import read_file
from records.models import Record
from records.services import find_duplicates, import_file, undo_import
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.reports import records as module
from reporting.reports.records import RECORDS
from reporting.snapshot import take_snapshot
from reviews.services import set_exclusion_reasons
from screening.choices import Stage, Standing
from tests.factories import make_batch, make_source
from tests.reporting.factories import make_records, settle

pytestmark = pytest.mark.django_db
TITLE = "Endoscopic resection of the lesser trochanter in twelve hips"
FULL = b"""TY  - JOUR
ID  - 17
TI  - Deep gluteal pain
TT  - Tiefer Schmerz
AU  - Smith, A.
AU  - Research and Development Group
PY  - 2019
JF  - Journal of Hips
J2  - J Hips
VL  - 3
IS  - 2
SP  - 10
EP  - 19
DO  - 10.1000/a
SN  - 1234-5678
LA  - German
KW  - hip
KW  - pain
AB  - =1+1 is what it says.
N1  - Erratum in: J Hips. 2020
ER  -
"""


def rows(review, as_of=None, **how) -> list[dict[str, str]]:
    data = RENDERERS["csv"].whole(RECORDS, take_snapshot(review, as_of), **how).decode()
    return list(csv.DictReader(io.StringIO(data, newline="")))


def test_every_field_of_a_record_is_there(lead):
    source = make_source(lead, name="Embase")
    batch = import_file(lead=lead, source=source, file_name="search.ris", data=FULL)

    (row,) = rows(lead.review)

    assert (row["record"], row["source_record_id"], row["merged_behind"]) == ("1", "17", "")
    assert (row["source_name"], row["file"]) == ("Embase", "search.ris")
    assert row["batch"] == str(batch.uid)
    assert row["authors"] == "Smith, A.; Research and Development Group"
    assert (row["pages"], row["language"], row["keywords"]) == ("10-19", "German", "hip; pain")
    assert row["notices"] == "Erratum in: J Hips. 2020"
    record = Record.objects.get()
    ours = {"review", "batch", "number", "raw", "raw_sha256", "line", "id", "uid", "recorded_at"}
    fields = {field.name for field in Record._meta.concrete_fields}
    assert fields - ours <= set(row)
    assert row["abstract"] == record.abstract


def test_for_spreadsheets_its_texts_are_inert(lead):
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=FULL)

    assert rows(lead.review, spreadsheet=True)[0]["abstract"].startswith("'=1+1")


def test_a_duplicate_names_the_record_that_is_kept(lead):
    make_batch(lead, [TITLE])
    make_batch(lead, [TITLE + "."])
    before = take_snapshot(lead.review).instant
    find_duplicates(lead=lead)

    assert [row["merged_behind"] for row in rows(lead.review)] in (["", "1"], ["2", ""])
    assert [row["merged_behind"] for row in rows(lead.review, before)] == ["", ""]


def test_the_records_of_an_undone_import_are_gone_now_and_there_before(lead):
    batch = make_batch(lead, ["One", "Two"])
    before = take_snapshot(lead.review).instant
    undo_import(lead=lead, batch=batch)

    assert rows(lead.review) == []
    assert [row["title"] for row in rows(lead.review, before)] == ["One", "Two"]


def test_the_page_shows_the_first_rows_and_says_how_many_there_are(lead, monkeypatch):
    make_batch(lead, [f"Title {number}" for number in range(12)])
    monkeypatch.setattr(module, "READ_AT_ONCE", 4)
    object.__setattr__(RECORDS, "rows_on_page", 5)
    try:
        table = printed(RECORDS, take_snapshot(lead.review))
    finally:
        object.__setattr__(RECORDS, "rows_on_page", module.ROWS_ON_PAGE)

    assert len(table.rows) == 5
    assert "The first 5 of 12 rows are shown; the files hold all." in table.notes
    assert "abstract" not in [column.key for column in table.columns]


def test_any_number_of_records_is_read_with_the_same_queries(lead):
    make_batch(lead, [f"Title {number}" for number in range(30)])
    snapshot = take_snapshot(lead.review)

    with CaptureQueriesContext(connection) as queries:
        assert len(list(RECORDS.table(snapshot).rows)) == 30

    assert len(queries) == 4


def test_where_a_record_stands_is_said_once_it_is_released(lead):
    [reason] = set_exclusion_reasons(lead=lead, labels=["Wrong population"])
    records = make_records(lead, 6)
    settle(lead, records[:1], released=False)
    settle(lead, records[1:2], verdict=Standing.EXCLUDED)
    settle(lead, records[2:])
    settle(lead, records[3:4], Stage.FULL_TEXT, Standing.EXCLUDED, reason=reason)
    settle(lead, records[4:5], Stage.FULL_TEXT)
    settle(lead, records[5:], Stage.FULL_TEXT, Standing.EXCLUDED, reason=reason, released=False)

    found = rows(lead.review)

    assert [row["standing"] for row in found] == [
        "",
        "excluded at title and abstract",
        "full text to be assessed",
        "excluded at full text",
        "included",
        "full text to be assessed",
    ]
    assert [row["exclusion_reason"] for row in found] == ["", "", "", "Wrong population", "", ""]


def test_a_record_merged_behind_another_stands_nowhere_itself(lead):
    one, other = make_batch(lead, [TITLE]), make_batch(lead, [TITLE + "."])
    find_duplicates(lead=lead)
    settle(lead, list(Record.objects.filter(batch__in=[one, other])), verdict=Standing.EXCLUDED)

    said = {bool(row["merged_behind"]): row["standing"] for row in rows(lead.review)}

    assert said == {True: "", False: "excluded at title and abstract"}


def test_what_ris_says_of_its_standing_changes_no_field_when_it_is_read_again(lead):
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=FULL)
    before = RENDERERS["ris"].whole(RECORDS, take_snapshot(lead.review))
    settle(lead, list(Record.objects.filter(review=lead.review)))

    data = RENDERERS["ris"].whole(RECORDS, take_snapshot(lead.review))

    assert b"C7  - Screening: full text to be assessed" in data
    [said], [bare] = read_file(data).records, read_file(before).records
    assert replace(said, raw="") == replace(bare, raw="")


def test_one_cell_opens_without_the_other_rows_being_made(lead, as_member, monkeypatch):
    make_batch(lead, ["One", "Two"])
    record = Record.objects.get(title="Two")
    monkeypatch.setattr(module, "record_table", None)
    address = f"/reviews/{lead.review.slug}/results/records/cells/{record.uid}/record/"

    page = as_member(lead).get(address)

    assert page.status_code == 200
    assert "Two" in page.content.decode()
    assert RECORDS.row(take_snapshot(lead.review), "no-uid") is None


@pytest.mark.parametrize("name", ["csv", "ris"])
def test_the_file_is_sent_as_it_is_made(lead, as_member, name):
    make_batch(lead, ["One", "Two"])

    answer = as_member(lead).get(
        f"/reviews/{lead.review.slug}/results/records/download/?format={name}"
    )

    assert answer.streaming
    text = answer.getvalue().decode()
    assert text.index("One") < text.index("Two")
    assert f'filename="{lead.review.slug}-records.{name}"' in answer["Content-Disposition"]


def test_a_format_that_the_table_has_not_is_refused(lead, as_member):
    answer = as_member(lead).get(
        f"/reviews/{lead.review.slug}/results/records/download/?format=json"
    )

    assert answer.status_code == 400
    assert "csv, xlsx, ris, html" in answer.content.decode()
