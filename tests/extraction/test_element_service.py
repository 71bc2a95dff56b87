import pytest
from django.core.exceptions import ValidationError

from extraction.copies import read_copy
from extraction.models import Element, ElementRemoval
from extraction.services import (
    add_element,
    remove_element,
    reopen_extraction,
    restore_element,
    set_value,
    submit_extraction,
)
from extraction.services import elements as service
from reviews.models import AuditEvent
from tests.extraction.factories import SMALL_FORM, World, add, enter, fill, make_world

pytestmark = pytest.mark.django_db

# A form in which each cohort has one consent, and each consent may have steps.
WITH_CONSENT = {
    **SMALL_FORM,
    "groups": [
        *SMALL_FORM["groups"],
        {
            "key": "consent",
            "name": "Consent",
            "plural": "Consents",
            "of": ["cohort", "intervention"],
            "repeats": False,
        },
        {"key": "step", "name": "Step", "plural": "Steps", "of": ["consent"]},
    ],
    "sections": [
        *SMALL_FORM["sections"],
        {"key": "consent", "title": "Consent", "group": "consent"},
        {"key": "step", "title": "Step", "group": "step"},
    ],
    "fields": [
        *SMALL_FORM["fields"],
        {
            "key": "asked",
            "question": "Asked",
            "group": "consent",
            "section": "consent",
            "type": "yesno",
        },
        {"key": "said", "question": "Said", "group": "step", "section": "step", "type": "text"},
    ],
}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.catalogue("N23")
def test_a_removed_cohort_takes_its_results_along_and_brings_them_back(world):
    made = fill(world.first, world.a)

    remove_element(extractor=world.first, element=made["cohort"])
    left = [element.group for element in read_copy(world.a).elements]
    restore_element(extractor=world.first, element=made["cohort"])

    assert sorted(left) == ["intervention", "outcome"]
    back = read_copy(world.a)
    assert {e.uid for e in back.results} == {made["before"].uid, made["after"].uid}
    assert back.cohorts[0].cells["women"].text == "18"
    assert ElementRemoval.objects.count() == 3


def test_a_result_removed_before_its_cohort_stays_removed(world):
    made = fill(world.first, world.a)
    remove_element(extractor=world.first, element=made["before"])
    remove_element(extractor=world.first, element=made["cohort"])

    with pytest.raises(ValidationError) as refusal:
        restore_element(extractor=world.first, element=made["before"])
    restore_element(extractor=world.first, element=made["cohort"])

    assert refusal.value.code == "parent_removed"
    assert [r.uid for r in read_copy(world.a).results] == [made["after"].uid]


def add_to(world: World, group: str, parent: Element | None = None) -> Element:
    return add_element(extractor=world.first, extraction=world.a, group=group, parent=parent)


def alive(world: World) -> set[Element]:
    uids = {element.uid for element in read_copy(world.a).elements}
    return set(Element.objects.filter(uid__in=uids))


def test_an_element_belongs_to_one_of_the_groups_its_own_may_belong_to():
    world = make_world(WITH_CONSENT)
    made = fill(world.first, world.a)
    add_to(world, "consent", made["cohort"])
    add_to(world, "consent", made["intervention"])
    for parent in (made["outcome"], None):
        with pytest.raises(ValidationError) as refusal:
            add_to(world, "consent", parent)
        assert refusal.value.code == "belongs_to_what"


def test_a_group_that_does_not_repeat_has_one_element_for_each_it_belongs_to():
    world = make_world(WITH_CONSENT)
    one = add(world.first, world.a, "cohort", label="One")
    two = add(world.first, world.a, "cohort", label="Two")
    consent = add_to(world, "consent", one)
    add_to(world, "consent", two)
    with pytest.raises(ValidationError) as refusal:
        add_to(world, "consent", one)
    assert refusal.value.code == "only_one"

    remove_element(extractor=world.first, element=consent)
    other = add_to(world, "consent", one)
    with pytest.raises(ValidationError) as refusal:
        restore_element(extractor=world.first, element=consent)
    assert refusal.value.code == "only_one"
    assert other in alive(world)
    remove_element(extractor=world.first, element=other)
    restore_element(extractor=world.first, element=consent)
    assert consent in alive(world)


def test_removal_takes_everything_below_and_bringing_back_brings_exactly_that():
    world = make_world(WITH_CONSENT)
    cohort = add(world.first, world.a, "cohort", label="One")
    other = add(world.first, world.a, "cohort", label="Two")
    consent, others = add_to(world, "consent", cohort), add_to(world, "consent", other)
    steps = [add(world.first, world.a, "step", of=(consent,), said=f"Step {n}") for n in range(3)]
    kept = add_to(world, "step", others)
    remove_element(extractor=world.first, element=steps[0])

    removals = remove_element(extractor=world.first, element=cohort)

    assert len(removals) == 4
    assert alive(world) == {other, others, kept}
    restore_element(extractor=world.first, element=cohort)
    assert alive(world) == {cohort, other, consent, others, steps[1], steps[2], kept}
    said = {element.cells["said"].text for element in read_copy(world.a).in_group("step")[:2]}
    assert said == {"Step 1", "Step 2"}
    restore_element(extractor=world.first, element=steps[0])
    assert steps[0] in alive(world)


def test_nothing_comes_back_to_what_is_still_removed(world):
    made = fill(world.first, world.a)
    remove_element(extractor=world.first, element=made["outcome"])
    remove_element(extractor=world.first, element=made["cohort"])

    restore_element(extractor=world.first, element=made["outcome"])

    assert alive(world) == {made["outcome"], made["intervention"]}
    restore_element(extractor=world.first, element=made["cohort"])
    restore_element(extractor=world.first, element=made["before"])
    assert made["before"] in alive(world)


@pytest.mark.catalogue("N26")
def test_what_was_removed_comes_back_only_where_there_is_room(world, monkeypatch):
    made = fill(world.first, world.a)
    remove_element(extractor=world.first, element=made["cohort"])
    monkeypatch.setattr(service, "MOST_ELEMENTS", 4)

    with pytest.raises(ValidationError) as refusal:
        restore_element(extractor=world.first, element=made["cohort"])

    assert refusal.value.code == "too_many"
    assert alive(world) == {made["outcome"], made["intervention"]}


def test_a_removed_element_takes_no_answers(world):
    made = fill(world.first, world.a)
    remove_element(extractor=world.first, element=made["cohort"])
    with pytest.raises(ValidationError) as refusal:
        set_value(
            extractor=world.first,
            extraction=world.a,
            key="women",
            text="3",
            element=made["cohort"],
        )
    assert refusal.value.error_list[0].code == "element_removed"


@pytest.mark.parametrize(
    "what",
    ["none", "cohort only", "outcome only", "cohort of another", "the wrong way round", "removed"],
)
def test_a_result_belongs_to_one_cohort_and_one_outcome_of_its_copy(world, what):
    made = fill(world.first, world.a)
    theirs = add(world.second, world.b, "cohort", label="All")
    gone = add(world.first, world.a, "cohort", label="Gone")
    remove_element(extractor=world.first, element=gone)
    parents = {
        "none": {},
        "cohort only": {"parent": made["cohort"]},
        "outcome only": {"across": made["outcome"]},
        "cohort of another": {"parent": theirs, "across": made["outcome"]},
        "the wrong way round": {"parent": made["outcome"], "across": made["cohort"]},
        "removed": {"parent": gone, "across": made["outcome"]},
    }[what]
    before = Element.objects.count()
    with pytest.raises(ValidationError) as refusal:
        add_element(extractor=world.first, extraction=world.a, group="result", **parents)
    assert refusal.value.code == "belongs_to_what"
    assert "one cohort and one outcome" in refusal.value.message
    assert Element.objects.count() == before


def test_what_belongs_to_the_study_is_added_below_nothing(world):
    made = fill(world.first, world.a)
    with pytest.raises(ValidationError) as refusal:
        add_element(
            extractor=world.first, extraction=world.a, group="cohort", parent=made["outcome"]
        )
    assert refusal.value.code == "belongs_to_what"


@pytest.mark.parametrize("group", ["study", "group", "event", ""])
def test_only_what_the_form_lists_several_of_is_added(world, group):
    with pytest.raises(ValidationError) as refusal:
        add_element(extractor=world.first, extraction=world.a, group=group)
    assert refusal.value.code == "unknown_group"


@pytest.mark.catalogue("N26")
def test_a_copy_holds_a_bounded_number_of_parts(world, monkeypatch):
    monkeypatch.setattr(service, "MOST_ELEMENTS", 2)
    add(world.first, world.a, "cohort", label="One")
    add(world.first, world.a, "cohort", label="Two")
    with pytest.raises(ValidationError) as refusal:
        add_element(extractor=world.first, extraction=world.a, group="cohort")
    assert refusal.value.code == "too_many"
    assert Element.objects.count() == 2


def test_nobody_changes_the_parts_of_another(world):
    cohort = add(world.first, world.a, "cohort", label="One")
    with pytest.raises(ValidationError, match="no longer yours"):
        add_element(extractor=world.second, extraction=world.a, group="cohort")
    with pytest.raises(ValidationError, match="no longer yours"):
        remove_element(extractor=world.second, element=cohort)
    assert not ElementRemoval.objects.exists()


@pytest.mark.catalogue("N21")
def test_a_blank_required_field_blocks_submission_with_a_list_and_the_draft_stays(world):
    cohort = add(world.first, world.a, "cohort", patients="4")
    with pytest.raises(ValidationError) as refusal:
        submit_extraction(extractor=world.first, extraction=world.a)
    assert {error.code for error in refusal.value.error_list} == {"required"}
    assert len(refusal.value.messages) == 2
    assert world.a.states.current().get().standing == "draft"
    enter(world.first, world.a, cohort, label="All")


def test_an_error_that_no_reason_overrides_blocks_submission(world):
    made = fill(world.first, world.a, units="45")
    with pytest.raises(ValidationError) as refusal:
        submit_extraction(extractor=world.first, extraction=world.a)
    assert refusal.value.error_list[0].code == "error"
    enter(world.first, world.a, made["cohort"], units="22")
    submit_extraction(extractor=world.first, extraction=world.a)


@pytest.mark.catalogue("N33")
def test_an_error_that_may_stand_needs_a_reason_and_keeps_it(world):
    fill(world.first, world.a, women="21")
    with pytest.raises(ValidationError) as refusal:
        submit_extraction(extractor=world.first, extraction=world.a)
    assert refusal.value.error_list[0].code == "reason_missing"

    from extraction.services import finding_name, findings_of

    finding = findings_of(read_copy(world.a), world.lead.review)[0]
    state = submit_extraction(
        extractor=world.first,
        extraction=world.a,
        overrides={finding_name(finding): "printed so in table 1"},
    )

    assert "printed so in table 1" in state.note
    assert state.standing == "submitted"


def test_a_reason_for_an_error_is_void_once_the_values_change(world):
    made = fill(world.first, world.a, women="21")
    from extraction.services import finding_name, findings_of

    name = finding_name(findings_of(read_copy(world.a), world.lead.review)[0])
    enter(world.first, world.a, made["cohort"], women="30")
    with pytest.raises(ValidationError):
        submit_extraction(extractor=world.first, extraction=world.a, overrides={name: "so"})


def test_people_counted_twice_block_submission(world):
    made = fill(world.first, world.a)
    add(
        world.first,
        world.a,
        "cohort",
        label="Part",
        counts="yes",
        part_of=str(made["cohort"].uid),
    )
    with pytest.raises(ValidationError, match="count a person twice"):
        submit_extraction(extractor=world.first, extraction=world.a)


@pytest.mark.catalogue("C11")
def test_a_copy_is_submitted_once(world):
    fill(world.first, world.a)
    submit_extraction(extractor=world.first, extraction=world.a)
    with pytest.raises(ValidationError) as refusal:
        submit_extraction(extractor=world.first, extraction=world.a)
    assert refusal.value.code == "submitted"
    assert AuditEvent.objects.filter(verb="extraction.extraction_submitted").count() == 1


def test_the_lead_opens_a_submitted_copy_again_with_a_reason(world):
    fill(world.first, world.a)
    submit_extraction(extractor=world.first, extraction=world.a)
    with pytest.raises(ValidationError) as refusal:
        reopen_extraction(lead=world.lead, extraction=world.a, reason=" ")
    assert refusal.value.code == "reason_missing"

    state = reopen_extraction(lead=world.lead, extraction=world.a, reason="table 2 forgotten")

    assert (state.standing, state.note) == ("draft", "table 2 forgotten")
    set_value(extractor=world.first, extraction=world.a, key="design", text="Cohort study")
    with pytest.raises(ValidationError) as refusal:
        reopen_extraction(lead=world.lead, extraction=world.a, reason="again")
    assert refusal.value.code == "not_submitted"
