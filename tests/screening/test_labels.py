"""Labels: whose they are, who sees them, and labelling many records in one undoable step."""

import pytest
from django.core.exceptions import ValidationError

from records.models import Label, Record, RecordLabel
from records.services import (
    create_label,
    label_records,
    remove_label,
    rename_label,
    restore_label,
    undo_labelling,
)
from reviews.models import AuditEvent
from reviews.services import remove_member
from screening.services import open_stage
from tests.factories import make_lead, make_member, make_records, make_screening
from tests.pages import address

pytestmark = pytest.mark.django_db


def keys(records) -> list[int]:
    return [record.pk for record in records]


def bearing(label: Label) -> list[int]:
    borne = RecordLabel.objects.current().filter(label=label, removed=False)
    return list(borne.order_by("record").values_list("record", flat=True))


def state() -> tuple:
    return (
        list(RecordLabel.objects.values_list("uid", "superseded_at")),
        AuditEvent.objects.count(),
    )


def test_a_label_is_put_on_many_records_by_one_event_and_undone_in_one_step(lead, reviewer_a):
    records = keys(make_records(lead, 3))
    label = create_label(member=reviewer_a, name="  Look   again ")
    label_records(member=reviewer_a, label=label, records=records[:1])
    before = AuditEvent.objects.count()

    changed, instants = label_records(member=reviewer_a, label=label, records=records)

    assert (changed, len(instants), AuditEvent.objects.count()) == (2, 1, before + 1)
    assert AuditEvent.objects.order_by("-pk")[0].verb == "records.label_put_on"
    assert bearing(label) == records
    assert undo_labelling(member=reviewer_a, label=label, instants=instants) == 2
    assert bearing(label) == records[:1], "what bore the label before keeps it"


def test_taking_a_label_off_is_undone_too_and_the_same_again_writes_nothing(lead, reviewer_a):
    records = keys(make_records(lead, 3))
    label = create_label(member=reviewer_a, name="Look again")
    label_records(member=reviewer_a, label=label, records=records)
    changed, instants = label_records(member=reviewer_a, label=label, records=records[1:], on=False)
    assert (changed, bearing(label)) == (2, records[:1])

    before = state()
    assert label_records(member=reviewer_a, label=label, records=records[1:], on=False) == (0, [])
    assert state() == before
    undo_labelling(member=reviewer_a, label=label, instants=instants)
    assert bearing(label) == records


def test_more_records_than_an_act_takes_are_labelled_in_chunks(lead, reviewer_a, monkeypatch):
    monkeypatch.setattr("records.services.labels.RECORDS_AN_ACT", 2)
    records = keys(make_records(lead, 5))
    label = create_label(member=reviewer_a, name="Many")
    changed, instants = label_records(member=reviewer_a, label=label, records=records)
    assert (changed, len(instants)) == (5, 3)
    assert undo_labelling(member=reviewer_a, label=label, instants=instants) == 5
    assert bearing(label) == []


@pytest.mark.catalogue("Z03")
def test_one_record_of_another_review_has_the_whole_labelling_refused(lead, reviewer_a):
    foreign = keys(make_records(make_lead(), 1))
    label = create_label(member=reviewer_a, name="Mine")
    mixed = keys(make_records(lead, 99)) + foreign
    before = state()
    with pytest.raises(ValidationError) as refusal:
        label_records(member=reviewer_a, label=label, records=mixed)
    assert refusal.value.code == "not_in_review"
    assert state() == before, "not one of the others is labelled either"


@pytest.mark.catalogue("B12")
def test_a_members_own_label_is_seen_and_used_by_nobody_else(
    lead, reviewer_a, reviewer_b, as_member
):
    (record,) = make_records(lead)
    label = create_label(member=reviewer_a, name="Secret of A")
    label_records(member=reviewer_a, label=label, records=[record.pk])
    urls = [
        address(lead, "records"),
        address(lead, "records", record.uid),
        address(lead, "labels"),
        address(lead, "records") + f"?label={label.uid}",
    ]
    assert all("Secret of A" in as_member(reviewer_a).get(url).content.decode() for url in urls)
    for other in (lead, reviewer_b):
        pages = [as_member(other).get(url) for url in urls]
        assert not any("Secret of A" in page.content.decode() for page in pages)
        assert pages[3].status_code == 400
    before = state()
    for act in (
        lambda: label_records(member=lead, label=label, records=[record.pk], on=False),
        lambda: rename_label(member=reviewer_b, label=label, name="Other"),
        lambda: remove_label(member=lead, label=label),
        lambda: undo_labelling(member=reviewer_b, label=label, instants=[record.recorded_at]),
    ):
        with pytest.raises(ValidationError) as refusal:
            act()
        assert refusal.value.code == "not_yours"
    assert state() == before
    for part in ("rename", "remove", "restore"):
        url = address(lead, "labels", label.uid, part)
        assert as_member(reviewer_b).post(url, {"name": "x"}).status_code == 404


def test_a_name_that_is_too_long_is_refused_for_its_length(reviewer_a, as_member):
    label = create_label(member=reviewer_a, name="Look again")
    url = address(reviewer_a, "labels", label.uid, "rename")
    page = as_member(reviewer_a).post(url, {"name": "x" * 61}, follow=True).content.decode()
    assert "at most 60 characters" in page
    assert label.details.current().get().name == "Look again"


def test_only_a_lead_without_a_seat_makes_and_uses_shared_labels(lead, reviewer_a, as_member):
    shared = create_label(member=lead, name="Animal study", shared=True)
    records = make_records(lead, 2)
    label_records(member=lead, label=shared, records=keys(records))
    page = as_member(reviewer_a).get(address(lead, "records")).content.decode()
    assert "Animal study" in page

    open_stage(lead=lead, stage="title-abstract", screeners=[lead, reviewer_a])
    before = state()
    for member, act in (
        (reviewer_a, lambda m: create_label(member=m, name="To B", shared=True)),
        (reviewer_a, lambda m: label_records(member=m, label=shared, records=keys(records))),
        (lead, lambda m: create_label(member=m, name="Of a screener", shared=True)),
        (lead, lambda m: label_records(member=m, label=shared, records=keys(records), on=False)),
        (lead, lambda m: rename_label(member=m, label=shared, name="See this")),
        (lead, lambda m: remove_label(member=m, label=shared)),
    ):
        with pytest.raises(ValidationError) as refusal:
            act(member)
        assert refusal.value.code == "not_yours"
    assert state() == before
    form = as_member(lead).get(address(lead, "labels")).content.decode()
    assert 'name="shared"' not in form


def test_a_removed_member_labels_nothing(lead, reviewer_a):
    (record,) = make_records(lead)
    label = create_label(member=reviewer_a, name="Mine")
    remove_member(lead=lead, member=reviewer_a)
    with pytest.raises(ValidationError):
        label_records(member=reviewer_a, label=label, records=[record.pk])


def test_names_are_told_apart_whatever_their_case_and_may_not_be_blank(lead, reviewer_a):
    label = create_label(member=reviewer_a, name="Rats")
    create_label(member=lead, name="Rats")
    for name, code in (("rats", "label_taken"), ("  ", "blank")):
        with pytest.raises(ValidationError) as refusal:
            create_label(member=reviewer_a, name=name)
        assert refusal.value.code == code
    rename_label(member=reviewer_a, label=label, name="Mice")
    create_label(member=reviewer_a, name="rats")


def test_a_removed_label_is_out_of_sight_and_comes_back_on_its_records(lead, reviewer_a, as_member):
    (record,) = make_records(lead)
    label = create_label(member=reviewer_a, name="Rats")
    label_records(member=reviewer_a, label=label, records=[record.pk])
    client = as_member(reviewer_a)
    client.post(address(lead, "labels", label.uid, "remove"))
    assert "Rats" not in client.get(address(lead, "records")).content.decode()
    with pytest.raises(ValidationError):
        restore_label(member=lead, label=label)
    client.post(address(lead, "labels", label.uid, "restore"))
    assert "Rats" in client.get(address(lead, "records")).content.decode()


def test_selected_rows_are_labelled_from_the_list_and_undone_there(as_member):
    lead, (a, _), records = make_screening(3)
    label = create_label(member=a, name="Rats")
    client = as_member(a)
    url, query = address(lead, "records", "label"), "year_from=2000"
    data = {"record": [r.uid for r in records[:2]], "label": label.uid, "query": query, "act": "on"}
    answer = client.post(url, data)
    assert answer.url == f"{address(lead, 'records')}?{query}"
    page = client.get(answer.url).content.decode()
    assert "“Rats” put on 2 records." in page
    client.post(address(lead, "records", "label", "undo"), {"query": query})
    assert bearing(label) == []
    again = client.post(address(lead, "records", "label", "undo"), follow=True)
    assert "no labelling to undo" in again.content.decode()


@pytest.mark.catalogue("Z03")
def test_one_foreign_record_among_the_selected_has_the_whole_request_refused(as_member):
    lead, (a, _), records = make_screening(3)
    [foreign] = make_records(make_lead(), 1)
    label = create_label(member=a, name="Rats")
    before = state()
    data = {"record": [r.uid for r in [*records, foreign]], "label": label.uid, "act": "on"}
    page = as_member(a).post(address(lead, "records", "label"), data, follow=True).content.decode()
    assert "No label was changed" in page
    assert state() == before


def test_all_that_match_are_labelled_only_after_their_number_was_named(lead, reviewer_a, as_member):
    make_records(lead, 3)
    other = make_member(lead)
    label = create_label(member=reviewer_a, name="Rats")
    url, client = address(lead, "records", "label"), as_member(reviewer_a)
    data = {"everything": "1", "label": label.uid, "act": "on", "query": "q=study"}
    page = client.post(url, data).content.decode()
    assert "“Rats” on 3 records?" in page
    assert bearing(label) == []
    client.post(url, {**data, "sure": "1"})
    assert len(bearing(label)) == 3
    assert as_member(other).post(url, {**data, "sure": "1"}).status_code == 404


@pytest.mark.parametrize(
    "data", [{}, {"label": "x"}, {"act": "on"}, {"record": "x", "act": "on"}, {"act": "?"}]
)
def test_a_broken_form_is_refused_with_words_and_changes_nothing(lead, as_member, data):
    label = create_label(member=lead, name="Rats")
    make_records(lead, 1)
    before = state()
    data = {"label": label.uid, **data} if data else {}
    page = as_member(lead).post(address(lead, "records", "label"), data, follow=True)
    assert page.status_code == 200
    assert "message-error" in page.content.decode()
    assert state() == before


def test_labels_stay_with_the_records_that_verify_knows(lead, reviewer_a):
    from reviews.verification import verify_review

    label = create_label(member=reviewer_a, name="Rats")
    records = keys(make_records(lead, 3))
    _, instants = label_records(member=reviewer_a, label=label, records=records)
    undo_labelling(member=reviewer_a, label=label, instants=instants)
    assert verify_review(lead.review).problems == []
    assert Record.objects.filter(review=lead.review).count() == 3
