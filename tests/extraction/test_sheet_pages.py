"""A sheet is looked at, then imported; nothing is there before the second step."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from extraction import sheet_forms
from extraction.models import Report, Study, StudyDetails, Value
from extraction.services import publish_form
from records.models import ImportBatch
from reviews.models import AuditEvent
from reviews.services import update_settings
from tests.extraction.factories import SMALL_FORM
from tests.extraction.sheet_data import CASE_SERIES, ONDA, enter_sheet, make_single_lead, sheet
from tests.factories import make_member
from tests.pages import address

pytestmark = pytest.mark.django_db
CARRIED = re.compile(r'name="sheet" value="([^"]+)"')


def look(client, lead, data: bytes, **said):
    file = SimpleUploadedFile("our series.csv", data, content_type="text/csv")
    answers = {"form": CASE_SERIES, "way": "final", "create_studies": "on", **said}
    return client.post(address(lead, "studies/sheet"), {"sheet": file, **answers})


def test_a_lead_finds_the_page_in_the_list_of_studies(as_member):
    lead = make_single_lead()
    client = as_member(lead)

    page = client.get(address(lead, "studies")).content.decode()
    assert address(lead, "studies/sheet") in page
    assert client.get(address(lead, "studies/sheet")).status_code == 200


def test_a_sheet_is_shown_and_then_imported(as_member):
    lead = make_single_lead()
    client = as_member(lead)
    events = AuditEvent.objects.count()

    page = look(client, lead, sheet([*ONDA, ("Onda 2014", "cohort", "S", "", "women", "13")]))

    said = page.content.decode()
    assert page.status_code == 200
    assert "Onda 2014" in said
    assert "1 of them new" in said
    assert "What does not fit" in said
    assert not Study.objects.exists()
    assert AuditEvent.objects.count() == events

    (carried,) = CARRIED.findall(said)
    done = client.post(address(lead, "studies/sheet/import"), {"sheet": carried}, follow=True)
    assert "imported as final" in done.content.decode()
    assert StudyDetails.objects.get().label == "Onda 2014"
    assert Value.objects.count() == len(ONDA)

    again = client.post(address(lead, "studies/sheet/import"), {"sheet": carried}, follow=True)
    assert "nothing was changed" in again.content.decode()


def test_what_keeps_a_sheet_out_is_shown_with_line_and_field(as_member):
    lead = make_single_lead()
    client = as_member(lead)
    bad = [*ONDA, ("Onda 2014", "cohort", "S", "", "women", "<b>1e309</b>")]

    page = look(client, lead, sheet(bad))

    said = page.content.decode()
    assert page.status_code == 409
    assert f'<td class="num">{len(bad) + 1}</td><td>value</td>' in said
    assert "<b>1e309" not in said
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    ("data", "said", "status"),
    [
        (b"", {}, 409),
        (b"\xff\xfe\x00", {}, 409),
        (b"study,group\n", {}, 409),
        (sheet(ONDA), {"form": "none"}, 400),
        (sheet(ONDA), {"way": "C"}, 400),
        (sheet(ONDA), {"way": "A", "create_studies": ""}, 409),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_words(data, said, status, as_member):
    lead = make_single_lead()

    page = look(as_member(lead), lead, data, **said)

    assert page.status_code == status
    assert not Study.objects.exists()


def test_a_sheet_above_the_limit_of_uploads_is_refused(as_member, monkeypatch):
    monkeypatch.setattr(sheet_forms, "MEGABYTE", 0)
    lead = make_single_lead()

    page = look(as_member(lead), lead, sheet(ONDA))
    assert page.status_code == 400
    assert "is larger than" in page.content.decode()


def test_a_sheet_that_a_page_cannot_carry_is_left_to_the_command(as_member, monkeypatch):
    monkeypatch.setattr(sheet_forms, "MOST_CARRIED", 10)
    lead = make_single_lead()

    page = look(as_member(lead), lead, sheet(ONDA))
    assert page.status_code == 409
    assert "import_extraction" in page.content.decode()


@pytest.mark.parametrize("text", ["", "a.b.c", "\ud800".encode("utf-8", "surrogatepass")])
def test_what_was_not_looked_at_is_not_imported(text, as_member):
    lead = make_single_lead()

    page = as_member(lead).post(address(lead, "studies/sheet/import"), {"sheet": text})
    assert page.status_code == 400
    assert not Study.objects.exists()


def test_what_another_lead_looked_at_is_not_imported(as_member):
    lead, other = make_single_lead(), make_single_lead()
    (carried,) = CARRIED.findall(look(as_member(lead), lead, sheet(ONDA)).content.decode())

    page = as_member(other).post(address(other, "studies/sheet/import"), {"sheet": carried})
    assert page.status_code == 400
    assert not Study.objects.exists()


def test_a_sheet_that_does_not_fit_any_more_when_it_is_imported_is_refused(as_member):
    lead = make_single_lead()
    client = as_member(lead)
    (carried,) = CARRIED.findall(look(client, lead, sheet(ONDA)).content.decode())
    update_settings(lead=lead, changes={"single_extraction": False})

    page = client.post(address(lead, "studies/sheet/import"), {"sheet": carried})
    assert page.status_code == 409
    assert "does not declare" in page.content.decode()
    assert not Study.objects.exists()


def test_the_page_says_where_the_review_does_not_declare_extraction_by_one(lead, as_member):
    page = as_member(lead).get(address(lead, "studies/sheet"))
    assert "Final data are taken only where" in page.content.decode()


@pytest.mark.parametrize("part", ["studies/sheet", "studies/sheet/import"])
def test_nobody_but_a_lead_has_the_page(part, as_member):
    lead = make_single_lead()
    reviewer = make_member(lead)

    assert as_member(reviewer).post(address(reviewer, part)).status_code == 403


def test_a_form_of_the_review_is_offered_beside_those_that_ship(as_member):
    lead = make_single_lead()
    publish_form(lead=lead, definition=SMALL_FORM)

    page = as_member(lead).get(address(lead, "studies/sheet")).content.decode()
    assert 'value="small"' in page
    assert f'value="{CASE_SERIES}"' in page


def test_the_pages_of_what_a_sheet_made_open(as_member):
    lead = make_single_lead()
    enter_sheet(lead, ONDA)
    study, batch = Study.objects.get(), ImportBatch.objects.get()
    record = Report.objects.get(study=study).record
    value = Value.objects.get(key="patients_treated")
    client = as_member(lead)

    pages = [
        ("studies", study.uid),
        ("imports", batch.uid),
        ("records", record.uid),
        ("results", "values-long"),
        ("results", "values-long", "cells", value.uid, "value"),
        ("results", "prisma"),
    ]
    assert [client.get(address(lead, *page)).status_code for page in pages] == [200] * len(pages)
    lineage = client.get(address(lead, *pages[4])).content.decode()
    assert "12 patients" in lineage
