"""Sheets at the same moment as others, and broken off: one outcome, all of it or nothing."""

import os

import pytest

from extraction.models import Element, Extraction, Study, Value, final_consensus
from extraction.services import reopen_study
from records.models import Record
from reviews.audit import Act
from reviews.models import AuditEvent, Review
from reviews.verification import verify_review
from tests.extraction.factories import make_world
from tests.extraction.sheet_data import ONDA, changed, enter_sheet, make_single_lead
from tests.racing import at_once, fresh

ROUNDS = 30 if os.environ.get("IFI_SOAK") == "1" else 3


def sound(member) -> bool:
    return verify_review(Review.objects.get(pk=member.review_id)).problems == []


def importing(lead, rows=ONDA, **said):
    return lambda: enter_sheet(fresh(lead), rows, **said)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_sheets_that_make_the_same_study_make_it_once():
    for _ in range(ROUNDS):
        lead = make_single_lead()

        at_once(importing(lead), importing(lead))

        assert Study.objects.filter(review=lead.review).count() == 1
        assert Record.objects.filter(review=lead.review).count() == 1
        assert Element.objects.filter(review=lead.review).count() == 6
        assert sound(lead)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_sheets_of_a_study_leave_one_value_in_each_cell():
    for _ in range(ROUNDS):
        lead = make_single_lead()
        enter_sheet(lead, ONDA)

        sheets = [changed(ONDA, "S", "patients.treated", number) for number in ("13", "14")]
        raised = at_once(*(importing(lead, rows, create_studies=False) for rows in sheets))

        assert raised == [None, None]
        values = Value.objects.current().filter(review=lead.review, key="patients_treated")
        assert values.get().text in {"13", "14"}
        assert sound(lead)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_study_that_is_opened_meanwhile_is_final_or_open_and_sound():
    for _ in range(ROUNDS):
        lead = make_single_lead()
        enter_sheet(lead, ONDA)
        study = Study.objects.get(review=lead.review)

        at_once(
            importing(lead, changed(ONDA, "S", "patients.treated", "13"), create_studies=False),
            lambda lead=lead, study=study: reopen_study(lead=fresh(lead), study=study, reason="x"),
        )

        assert Extraction.objects.current().filter(study=study).count() == 1
        assert final_consensus().filter(study=study).count() in {0, 1}
        assert sound(lead)


@pytest.mark.django_db
@pytest.mark.parametrize("at", range(1, 16))
def test_a_sheet_that_is_broken_off_at_any_row_leaves_nothing(at, monkeypatch):
    lead = make_single_lead()
    calls, insert = [], Act.bulk_insert

    def failing(self, rows, **how):
        calls.append(rows)
        if len(calls) == at:
            raise RuntimeError("the power is gone")
        return insert(self, rows, **how)

    monkeypatch.setattr(Act, "bulk_insert", failing)
    before = AuditEvent.objects.count()

    with pytest.raises(RuntimeError, match="power"):
        enter_sheet(lead, ONDA)

    assert [m.objects.count() for m in (Study, Record, Extraction, Element, Value)] == [0] * 5
    assert AuditEvent.objects.count() == before


@pytest.mark.django_db
def test_a_seat_tells_nothing_of_what_the_other_did():
    """The answer to a sheet is the same, whatever the other extractor entered."""
    rows = [("{}", "cohort", "S", "", "label", "All"), ("{}", "cohort", "S", "", "women", "4")]
    answers = []
    for other_too in (False, True):
        world = make_world()
        label = f"{world.study.details.get().label}"
        said = [(label, *row[1:]) for row in rows]
        seat = {"form": "small", "create_studies": False}
        if other_too:
            enter_sheet(world.second, said[:1], way="B", **seat)
        outcome = enter_sheet(world.first, said, way="A", **seat)
        told = [(w.check, w.element, w.question) for w in outcome.warnings]
        answers.append((outcome.studies, outcome.elements, outcome.values, outcome.changed, told))
    assert answers[0] == answers[1]
