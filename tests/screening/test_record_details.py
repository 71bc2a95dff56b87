"""What people add to a record: language and translator, retractions and corrections."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from records.models import PublicationNotice, RecordDetails
from records.services import import_file, remove_notice, set_notice, set_record_details
from records.whole_record import kind_said
from reviews.models import AuditEvent
from screening.services import open_stage
from tests.factories import make_records, make_source, ris
from tests.pages import address

pytestmark = pytest.mark.django_db
NOTICE = {"kind": "retraction", "reference": "J Hip 2021;4:12", "noticed_on": date(2021, 5, 4)}


def notices(record) -> list[str]:
    current = PublicationNotice.objects.current().filter(record=record, removed=False)
    return list(current.order_by("kind").values_list("reference", flat=True))


def test_a_notice_is_entered_corrected_and_taken_back(lead):
    (record,) = make_records(lead)
    set_notice(lead=lead, record=record, **NOTICE)
    set_notice(lead=lead, record=record, **{**NOTICE, "reference": " J Hip  2021;4:13 "})
    set_notice(lead=lead, record=record, kind="correction", reference="J Hip 2020;3:1")
    assert notices(record) == ["J Hip 2020;3:1", "J Hip 2021;4:13"]
    remove_notice(lead=lead, record=record, kind="correction")
    assert notices(record) == ["J Hip 2021;4:13"]


def test_the_same_notice_or_details_again_write_nothing(lead):
    (record,) = make_records(lead)
    set_notice(lead=lead, record=record, **NOTICE)
    set_record_details(lead=lead, record=record, language="German", translated_by="K. Weber")
    events = AuditEvent.objects.count()
    set_notice(lead=lead, record=record, **NOTICE)
    set_record_details(lead=lead, record=record, language="German ", translated_by="K. Weber")
    assert AuditEvent.objects.count() == events
    assert RecordDetails.objects.current().get(record=record).language == "German"


@pytest.mark.parametrize(
    "act",
    [
        lambda m, r: set_notice(lead=m, record=r, kind="retraction", reference=" "),
        lambda m, r: set_notice(lead=m, record=r, kind="rumour", reference="x"),
        lambda m, r: remove_notice(lead=m, record=r, kind="retraction"),
    ],
)
def test_what_is_no_notice_is_refused(lead, act):
    (record,) = make_records(lead)
    events = AuditEvent.objects.count()
    with pytest.raises(ValidationError):
        act(lead, record)
    assert (notices(record), AuditEvent.objects.count()) == ([], events)


def test_only_who_imports_adds_to_a_record(lead, reviewer_a):
    (record,) = make_records(lead)
    for act in (
        lambda: set_notice(lead=reviewer_a, record=record, **NOTICE),
        lambda: set_record_details(lead=reviewer_a, record=record, language="German"),
        lambda: remove_notice(lead=reviewer_a, record=record, kind="retraction"),
    ):
        with pytest.raises(ValidationError) as refusal:
            act()
        assert refusal.value.code == "right_lost"


def test_a_retraction_is_shown_wherever_the_record_is(lead, reviewer_a, reviewer_b, as_member):
    (record,) = make_records(lead)
    open_stage(lead=lead, stage="title-abstract", screeners=[reviewer_a, reviewer_b])
    set_notice(lead=lead, record=record, **NOTICE)
    pages = [
        address(lead, "records"),
        address(lead, "records", record.uid),
        address(lead, "records") + f"?open={record.uid}",
        address(lead, "screening", "title-abstract", "records", record.uid),
    ]
    for member in (reviewer_a, reviewer_b):
        for url in pages:
            assert "notice-badge" in as_member(member).get(url).content.decode(), url
    filtered = as_member(reviewer_a).get(address(lead, "records"), {"notice": "retraction"})
    assert list(filtered.context["page"].rows) == [record]


def test_what_the_file_says_is_offered_and_kept_through_the_page(lead, as_member):
    data = ris(["A withdrawn paper"], N1="Retraction in: J Hip. 2021;4:12")
    import_file(lead=lead, source=make_source(lead), file_name="x.ris", data=data)
    record = lead.review.records.get()
    url, client = address(lead, "records", record.uid), as_member(lead)
    page = client.get(url)
    assert page.context["notice_form"].initial["kind"] == "retraction"
    client.post(url + "notices/", {"kind": "retraction", "reference": "J Hip 2021;4:12"})
    assert notices(record) == ["J Hip 2021;4:12"]
    client.post(url + "details/", {"language": "German", "translated_by": "K. Weber"})
    assert "translated by <bdi>K. Weber</bdi>" in client.get(url).content.decode()
    assert client.post(url + "notices/", {"kind": "x", "reference": ""}).status_code == 400
    client.post(url + "notices/retraction/remove/")
    assert notices(record) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Retraction in: J Hip 2021", "retraction"),
        ("Retracted publication", "retraction"),
        ("Partial retraction in: J Hip 2021", "retraction"),
        ("Expression of concern in: J Hip 2021", "concern"),
        ("Erratum in: J Hip 2021", "correction"),
        ("Corrected and republished in: J Hip 2021", "correction"),
        ("Retraction of: J Hip 2020", None),
        ("Erratum for: J Hip 2020", None),
        ("Update in: J Hip 2022", None),
    ],
)
def test_the_words_of_a_file_name_the_kind_of_a_notice(line, kind):
    assert kind_said(line) == kind
