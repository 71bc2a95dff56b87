"""Records ask the packages above through one list, and work without any of them."""

import pytest
from django.core.exceptions import ValidationError

from records import uses
from records.choices import BatchStanding
from records.models import BatchState, DuplicateGroup, Record
from records.services import find_duplicates, merge_group, separate_group, undo_import
from records.uses import Use
from screening.use import USE
from tests.factories import make_batch
from tests.records.grouping import make_group, shown, two_files

pytestmark = pytest.mark.django_db


def make_use(**answers):
    silent = {
        "given_out": lambda review, records: [],
        "must_stay": lambda records: {},
        "objection": lambda batch: None,
        "regrouped": lambda act, records: None,
        "take_up_in_turns": lambda member: None,
        "works_unseen": lambda member: False,
    }
    return Use(**{**silent, **answers})


def test_screening_answers_and_is_asked_once():
    before = list(uses._uses)
    uses.register(USE)

    assert uses._uses == before == [USE]


def test_records_work_without_a_package_above(lead, monkeypatch):
    monkeypatch.setattr(uses, "_uses", [])
    _, batch = two_files(lead)
    assert find_duplicates(lead=lead)["merged"] == 1
    [group] = DuplicateGroup.objects.filter(review=lead.review)
    separate_group(lead=lead, group=group)
    merge_group(lead=lead, group=group)
    undo_import(lead=lead, batch=batch)

    assert BatchState.objects.current().get(batch=batch).standing == BatchStanding.UNDONE
    assert len(shown(lead)) == 1


def test_of_two_packages_either_may_hold_a_record_and_object(lead, monkeypatch):
    refusal = ValidationError("A study was made of it.", code="study")
    batch = make_batch(lead, ["One"])
    one = make_use(must_stay=lambda records: {7: "one"}, given_out=lambda review, records: [7])
    other = make_use(
        must_stay=lambda records: {8: "other"},
        given_out=lambda review, records: [8],
        objection=lambda batch: refusal,
        works_unseen=lambda member: True,
    )
    monkeypatch.setattr(uses, "_uses", [one, other])

    assert uses.must_stay([7, 8]) == {7: "one", 8: "other"}
    assert uses.given_out(lead.review_id) == {7, 8}
    assert uses.works_unseen(lead)
    with pytest.raises(ValidationError) as refused:
        undo_import(lead=lead, batch=batch)
    assert refused.value.code == "study"
    assert BatchState.objects.current().get(batch=batch).standing == BatchStanding.PUBLISHED


def test_what_was_merged_or_parted_is_handed_to_every_package_in_the_same_act(lead, monkeypatch):
    told = []
    use = {"regrouped": lambda act, records: told.append((act.review, sorted(records)))}
    monkeypatch.setattr(uses, "_uses", [make_use(**use), make_use(**use)])
    two_files(lead)
    records = list(Record.objects.filter(review=lead.review))
    group = merge_group(lead=lead, group=make_group(lead, records))
    separate_group(lead=lead, group=group)

    assert told == [(lead.review, sorted(record.pk for record in records))] * 4
