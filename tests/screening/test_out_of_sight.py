"""A record whose import was undone between the page and the lock."""

import pytest
from django.core.exceptions import ValidationError

from records.choices import NoticeKind
from records.services import remove_notice, set_notice, set_record_details, undo_import
from reviews.models import AuditEvent
from reviews.roles import Role
from screening.choices import Retrieval, Stage, Verdict
from screening.services import adjudicate_conflict, set_full_text, submit_decision
from tests.factories import make_batch, make_member, make_screening

pytestmark = pytest.mark.django_db
ACTS = {
    "vote": lambda people, record: submit_decision(
        reviewer=people["a"], record=record, stage=Stage.TITLE_ABSTRACT, verdict=Verdict.INCLUDE
    ),
    "settle": lambda people, record: adjudicate_conflict(
        adjudicator=people["adjudicator"],
        record=record,
        stage=Stage.TITLE_ABSTRACT,
        verdict=Verdict.INCLUDE,
    ),
    "retrieve": lambda people, record: set_full_text(
        lead=people["lead"], record=record, standing=Retrieval.RETRIEVED
    ),
    "language": lambda people, record: set_record_details(
        lead=people["lead"], record=record, language="German"
    ),
    "notice": lambda people, record: set_notice(
        lead=people["lead"], record=record, kind=NoticeKind.RETRACTION, reference="J 2020"
    ),
    "notice taken back": lambda people, record: remove_notice(
        lead=people["lead"], record=record, kind=NoticeKind.RETRACTION
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_said_of_a_record_that_was_taken_out_of_sight_meanwhile(act):
    lead, (a, _), _ = make_screening(1)
    people = {"lead": lead, "a": a, "adjudicator": make_member(lead, Role.ADJUDICATOR)}
    batch = make_batch(lead, ["A paper whose import is undone"])
    record = batch.records.get()
    undo_import(lead=lead, batch=batch)
    before = AuditEvent.objects.count()

    with pytest.raises(ValidationError) as refusal:
        ACTS[act](people, record)

    assert refusal.value.code in {"out_of_sight", "not_dealt"}, act
    assert AuditEvent.objects.count() == before
