"""A service runs whole or not at all, again where the database broke it off, and speaks plainly."""

import logging
import os

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, OperationalError

from extraction.models import CopyState, Extraction, Value
from extraction.services import assign_extractors, set_value, submit_extraction
from records.models import Label
from records.services import create_label
from reviews.acts import TRIED_AGAIN, all_or_nothing
from reviews.audit import StaleRow
from reviews.models import Review
from reviews.verification import verify_review
from tests.extraction.factories import fill, make_world
from tests.factories import make_lead, make_member
from tests.racing import at_once, fresh

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 200 if os.environ.get("IFI_SOAK") == "1" else 20
DEADLOCK, TOO_LATE, OTHER = "40P01", "40001", "57014"


class Said(Exception):
    """What the driver raises, with the code by which PostgreSQL calls it."""

    def __init__(self, pgcode: str) -> None:
        super().__init__("the database says so")
        self.pgcode = pgcode


def broken_off(pgcode: str) -> OperationalError:
    """Return what Django raises where PostgreSQL broke a transaction off."""
    problem = OperationalError("deadlock detected")
    problem.__cause__ = Said(pgcode)
    return problem


def failing(times: int, problem: Exception):
    """Return a service that writes a label and then fails, the first ``times`` times."""
    lead, calls = make_lead(), []

    @all_or_nothing
    def service() -> int:
        calls.append(1)
        create_label(member=lead, name="Whole")
        if len(calls) <= times:
            raise problem
        return len(calls)

    return service, calls


@pytest.mark.catalogue("C21")
@pytest.mark.catalogue("C23")
@pytest.mark.parametrize("pgcode", [DEADLOCK, TOO_LATE])
def test_what_the_database_broke_off_for_another_is_tried_three_times_more(pgcode):
    service, calls = failing(TRIED_AGAIN, broken_off(pgcode))
    assert service() == 1 + TRIED_AGAIN
    assert Label.objects.count() == 1, "each trial began anew"

    service, calls = failing(TRIED_AGAIN + 1, broken_off(pgcode))
    with pytest.raises(OperationalError):
        service()
    assert len(calls) == 1 + TRIED_AGAIN
    assert Label.objects.count() == 1


def test_another_failure_of_the_database_is_not_tried_again():
    service, calls = failing(1, broken_off(OTHER))
    with pytest.raises(OperationalError):
        service()
    assert (len(calls), Label.objects.count()) == (1, 0)


def test_a_service_within_another_leaves_the_next_trial_to_the_whole():
    inner, calls = failing(1, broken_off(DEADLOCK))
    outer_calls = []

    @all_or_nothing
    def outer() -> int:
        outer_calls.append(1)
        return inner()

    assert outer() == 2
    assert (len(calls), len(outer_calls)) == (2, 2)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (ObjectDoesNotExist("no such row"), "gone"),
        (IntegrityError("UNIQUE constraint failed: secret.table"), "changed_meanwhile"),
        (StaleRow("Value was changed meanwhile"), "changed_meanwhile"),
        (DataError("NUL"), "unreadable"),
        (OverflowError("too large"), "unreadable"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "unreadable"),
    ],
)
@pytest.mark.catalogue("B16")
def test_what_lies_between_look_and_lock_is_a_plain_refusal_that_writes_nothing(problem, code):
    service, _ = failing(1, problem)
    with pytest.raises(ValidationError) as refusal:
        service()
    assert refusal.value.code == code
    assert str(problem) not in " ".join(refusal.value.messages), "no word of the database"
    assert not Label.objects.exists()


@pytest.mark.soak
@pytest.mark.catalogue("C21")
def test_assigning_and_autosave_at_once_take_their_locks_in_one_order(caplog):
    caplog.set_level(logging.WARNING, "reviews.acts")
    for _ in range(ROUNDS):
        world = make_world()
        other = make_member(world.lead)
        by_saving, by_assigning = at_once(
            lambda world=world: set_value(
                extractor=fresh(world.first), extraction=world.a, key="design", text="Series"
            ),
            lambda world=world, other=other: assign_extractors(
                lead=fresh(world.lead), study=world.study, first=other, second=world.second
            ),
        )
        assert by_assigning is None
        stored = Value.objects.filter(extraction=world.a).exists()
        assert stored == (by_saving is None)
        assert by_saving is None or by_saving.code == "gone"
        current = Extraction.objects.current().filter(study=world.study, seat="A").get()
        assert current.member_id == other.pk
    assert caplog.records == [], "no transaction was broken off, so none was tried again"
    assert verify_review(Review.objects.get(pk=world.lead.review_id)).problems == []


@pytest.mark.soak
def test_handing_in_and_being_replaced_at_once_has_one_outcome():
    for _ in range(ROUNDS):
        world = make_world()
        fill(world.first, world.a)
        other = make_member(world.lead)
        by_handing_in, by_assigning = at_once(
            lambda world=world: submit_extraction(extractor=fresh(world.first), extraction=world.a),
            lambda world=world, other=other: assign_extractors(
                lead=fresh(world.lead), study=world.study, first=other, second=world.second
            ),
        )
        assert by_assigning is None
        submitted = CopyState.objects.filter(extraction=world.a, standing="submitted").exists()
        assert submitted == (by_handing_in is None)
        assert by_handing_in is None or by_handing_in.code == "gone"
