"""Two requests at the same moment: exactly one outcome, an unbroken chain, nothing lost."""

import os

import pytest
from django.core.exceptions import ValidationError

from extraction.models import CellResolution, CopyState, Element, FormVersion, Study, Value
from extraction.services import (
    CellInput,
    add_element,
    confirm_alignment,
    open_studies,
    propose_alignment,
    publish_form,
    resolve_cell,
    save_cells,
    set_value,
    submit_extraction,
)
from reviews.models import Review
from reviews.roles import Role
from reviews.verification import verify_review
from tests.extraction.factories import (
    SMALL_FORM,
    World,
    add,
    enter,
    fill,
    include,
    make_world,
    submit,
)
from tests.extraction.test_element_service import WITH_CONSENT
from tests.extraction.test_settling_summaries import compared
from tests.factories import make_lead, make_member, make_records
from tests.racing import at_once, fresh

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 100 if os.environ.get("IFI_SOAK") == "1" else 4


def sound(member) -> bool:
    found = verify_review(Review.objects.get(pk=member.review_id)).problems
    assert found == []
    return True


def typing(world: World, key: str, text: str, seen: str | None = ""):
    return lambda: set_value(
        extractor=fresh(world.first), extraction=world.a, key=key, text=text, seen=seen
    )


def submitting(world: World):
    return lambda: submit_extraction(extractor=fresh(world.first), extraction=world.a)


def settling(world: World, member, element: Element, key: str, choice: str):
    return lambda: resolve_cell(
        adjudicator=fresh(member),
        study=world.study,
        element=element,
        key=key,
        choice=choice,
        reason="read again",
    )


def aligned() -> World:
    world = make_world()
    fill(world.first, world.a)
    fill(world.second, world.b, women="17", patients="21")
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    return world


@pytest.mark.soak
@pytest.mark.catalogue("C09")
def test_one_cell_from_two_windows_at_once_keeps_one_and_tells_the_other():
    for _ in range(ROUNDS):
        world = make_world()
        raised = at_once(typing(world, "design", "Series"), typing(world, "design", "Cohort"))
        refused = [problem for problem in raised if problem is not None]
        assert [type(problem) for problem in refused] == [ValidationError]
        assert Value.objects.filter(extraction=world.a).count() == 1
    assert sound(world.lead)


def typing_parts(world: World, element: Element, seen: str, **parts: str):
    cells = [
        CellInput(key=f"age.{part}", text=text, element=element, seen=seen)
        for part, text in parts.items()
    ]
    return lambda: save_cells(extractor=fresh(world.first), extraction=world.a, cells=cells)


@pytest.mark.soak
@pytest.mark.catalogue("C09")
def test_two_parts_of_one_summary_from_two_windows_at_once_keep_one_and_tell_the_other():
    for _ in range(ROUNDS):
        world = make_world(None)
        cohort = add(world.first, world.a, "cohort", label="All")
        enter(world.first, world.a, cohort, **{"age.centre": "mean"})
        seen = str(Value.objects.current().get(element=cohort, key="age.centre").uid)
        one, other = {"value": "41.7"}, {"spread": "sd", "spread_value": "11.2"}
        raised = at_once(
            typing_parts(world, cohort, seen, **one), typing_parts(world, cohort, seen, **other)
        )
        [refusal] = [problem for problem in raised if problem is not None]
        assert isinstance(refusal, ValidationError)
        assert {error.code for error in refusal.error_list} == {"changed_meanwhile"}
        kept = other if raised[0] is refusal else one
        values = Value.objects.current().filter(element=cohort, key__startswith="age.")
        stored = {value.key.removeprefix("age."): value.text for value in values}
        assert stored == {"centre": "mean", **kept}
    assert sound(world.lead)


@pytest.mark.soak
@pytest.mark.catalogue("C09")
def test_a_third_answer_against_a_settlement_leaves_the_parts_of_one_of_them():
    for _ in range(ROUNDS):
        world = compared({"age.centre": "mean", "age.value": "41"}, {"age.min": "18"})
        other = make_member(world.lead, Role.ADJUDICATOR)
        cohort = world.elements["final"]
        raised = at_once(
            settling(world, world.adjudicator, cohort, "age", "A"),
            settling(world, other, cohort, "age", "B"),
        )
        assert raised == [None, None]
        choice = CellResolution.objects.current().get(study=world.study).choice
        values = Value.objects.current().answered().filter(element=cohort)
        assert {value.key: value.text for value in values} == {
            "A": {"age.centre": "mean", "age.value": "41"},
            "B": {"age.min": "18"},
        }[choice]
    assert sound(world.lead)


@pytest.mark.soak
@pytest.mark.catalogue("C10")
def test_two_cells_from_two_windows_at_once_are_both_kept():
    world = make_world()
    for number in range(ROUNDS):
        raised = at_once(
            typing(world, "design", f"Series {number}", seen=None),
            typing(world, "year", str(2000 + number), seen=None),
        )
        assert raised == [None, None]
    texts = Value.objects.current().filter(extraction=world.a).values_list("text", flat=True)
    assert set(texts) == {f"Series {ROUNDS - 1}", str(2000 + ROUNDS - 1)}
    assert sound(world.lead)


@pytest.mark.soak
@pytest.mark.catalogue("C11")
def test_an_answer_against_the_submission_is_in_it_or_refused():
    for _ in range(ROUNDS):
        world = make_world()
        fill(world.first, world.a)
        late, handed_in = at_once(typing(world, "design", "Late", seen=None), submitting(world))
        assert handed_in is None
        value = Value.objects.current().get(extraction=world.a, key="design")
        state = CopyState.objects.current().get(extraction=world.a)
        assert state.standing == "submitted"
        assert (late is None) == (value.text == "Late")
        assert value.recorded_at < state.recorded_at
    assert sound(world.lead)


@pytest.mark.soak
@pytest.mark.catalogue("C11")
def test_two_submissions_at_once_are_one():
    for _ in range(ROUNDS):
        world = make_world()
        fill(world.first, world.a)
        raised = at_once(submitting(world), submitting(world))
        assert sum(problem is None for problem in raised) == 1
        assert world.a.states.filter(standing="submitted").count() == 1


@pytest.mark.soak
@pytest.mark.catalogue("C07")
@pytest.mark.catalogue("C08")
def test_two_adjudicators_at_once_keep_both_cells_and_one_settlement_of_each():
    for _ in range(ROUNDS):
        world = aligned()
        other = make_member(world.lead, Role.ADJUDICATOR)
        cohort = Element.objects.get(
            extraction__study=world.study, extraction__seat="consensus", group="cohort"
        )
        raised = at_once(
            settling(world, world.adjudicator, cohort, "women", "A"),
            settling(world, other, cohort, "patients", "B"),
            settling(world, other, cohort, "women", "B"),
        )
        assert raised == [None, None, None]
        current = CellResolution.objects.current().filter(study=world.study)
        assert sorted(current.values_list("key", flat=True)) == ["patients", "women"]
        settled = current.get(key="women")
        stored = Value.objects.current().get(element=cohort, key="women")
        assert settled.value == stored
    assert sound(world.lead)


@pytest.mark.soak
def test_two_leads_make_the_studies_of_the_same_reports_once():
    for _ in range(ROUNDS):
        lead = make_lead()
        include(lead, make_records(lead, 3))
        raised = at_once(
            lambda lead=lead: open_studies(lead=fresh(lead)),
            lambda lead=lead: open_studies(lead=fresh(lead)),
        )
        assert raised == [None, None]
        studies = Study.objects.filter(review=lead.review)
        assert sorted(studies.values_list("number", flat=True)) == [1, 2, 3]
    assert sound(lead)


@pytest.mark.soak
@pytest.mark.catalogue("C13")
def test_two_forms_published_at_once_are_two_ordered_versions():
    for _ in range(ROUNDS):
        lead = make_lead()

        def publishing(title: str, lead=lead):
            form = {**SMALL_FORM, "title": title}
            return lambda: publish_form(lead=fresh(lead), definition=form)

        assert at_once(publishing("One"), publishing("Two")) == [None, None]
        versions = FormVersion.objects.filter(review=lead.review)
        assert sorted(versions.values_list("number", flat=True)) == [1, 2]


@pytest.mark.soak
def test_what_an_element_has_one_of_is_added_once_by_two_windows_at_once():
    for _ in range(ROUNDS):
        world = make_world(WITH_CONSENT)
        cohort = add(world.first, world.a, "cohort", label="All")

        def adding(world=world, cohort=cohort):
            return add_element(
                extractor=fresh(world.first), extraction=world.a, group="consent", parent=cohort
            )

        raised = at_once(adding, adding)
        [refusal] = [problem for problem in raised if problem is not None]
        assert refusal.code == "only_one"
        assert Element.objects.filter(extraction=world.a, group="consent").count() == 1
    assert sound(world.lead)
