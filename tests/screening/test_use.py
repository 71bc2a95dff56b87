"""What screening answers where records are merged, looked through or taken out of sight."""

import pytest
from django.core.exceptions import ValidationError

from records.querysets.papers import papers_of
from records.services import find_duplicates, merge_group, undo_import
from screening.services import open_stage, release_records
from screening.use import USE
from tests.factories import make_batch, make_lead, make_member, make_records
from tests.records.grouping import TITLE, make_group, shown
from tests.screening.papers import TITLES, pair, proved, vote

pytestmark = pytest.mark.django_db


def test_the_machine_merges_no_record_behind_which_a_dealt_one_stands():
    lead = make_lead()
    people = [make_member(lead), make_member(lead)]
    dealt = make_batch(lead, [TITLE]).records.get()
    open_stage(lead=lead, stage=TITLES, screeners=people)
    late = make_batch(lead, [TITLE + " of dancers"]).records.get()
    merge_group(lead=lead, group=make_group(lead, [late, dealt]))
    again = make_batch(lead, [TITLE + " of dancers."]).records.get()
    other = make_records(lead)[0]

    find_duplicates(lead=lead)

    [paper] = papers_of([dealt.pk])
    assert paper[0] == late.pk
    assert other.pk in shown(lead)
    assert again.pk not in shown(lead)
    assert proved(lead)


def test_the_machine_merges_what_was_never_given_out_behind_any_paper():
    lead = make_lead()
    people = [make_member(lead), make_member(lead)]
    for _ in range(2):
        make_batch(lead, [TITLE])
    find_duplicates(lead=lead)
    [alone] = shown(lead)
    assert set(USE.given_out(lead.review_id, None)) == set()
    open_stage(lead=lead, stage=TITLES, screeners=people)
    assert set(USE.given_out(lead.review_id, None)) == {alone}
    make_batch(lead, [TITLE])

    assert find_duplicates(lead=lead)["merged"] == 2
    assert shown(lead) == {alone}


def test_an_import_whose_record_speaks_for_a_released_paper_stays():
    lead, people, [dealt, _], _ = pair()
    [late] = make_records(lead)
    for member in people:
        vote(member, dealt)
    merge_group(lead=lead, group=make_group(lead, [late, dealt]))
    release_records(lead=lead, stage=TITLES)

    with pytest.raises(ValidationError) as refusal:
        undo_import(lead=lead, batch=late.batch)

    assert refusal.value.code == "voted"
    assert late.pk in shown(lead)
