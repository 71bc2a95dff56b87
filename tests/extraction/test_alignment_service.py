import pytest
from django.core.exceptions import ValidationError

from extraction.choices import CopySeat
from extraction.compared import read_compared
from extraction.copies import read_copy
from extraction.models import Alignment, Element, Extraction, Study
from extraction.services import (
    CellInput,
    assign_extractors,
    bring_back,
    confirm_alignment,
    leave_out,
    pair_elements,
    propose_alignment,
    remove_element,
    reopen_extraction,
    resolve_cell,
    save_cells,
    set_vocabulary,
    settle_alignment,
    submit_extraction,
    unpair,
)
from extraction.vocabularies import Term
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import change_role, update_settings
from tests.extraction.factories import World, add, enter, fill, make_world, submit
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def both(world: World) -> tuple[dict[str, Element], dict[str, Element]]:
    """Fill both copies the same."""
    return fill(world.first, world.a), fill(world.second, world.b)


def pairs(world: World, group: str) -> set[tuple[int | None, int | None]]:
    rows = Alignment.objects.current().filter(study=world.study, group=group)
    return set(rows.values_list("element_a", "element_b"))


def propose(world: World) -> list[Alignment]:
    return propose_alignment(adjudicator=world.adjudicator, study=world.study)


def confirm(world: World) -> Extraction:
    return confirm_alignment(adjudicator=world.adjudicator, study=world.study)


def test_the_machine_proposes_and_nobody_has_settled_it(world):
    a, b = both(world)
    submit(world)

    rows = propose(world)

    assert len(rows) == 5
    assert all(row.settled_by is None and row.consensus is None for row in rows)
    assert pairs(world, "cohort") == {(a["cohort"].pk, b["cohort"].pk)}
    assert pairs(world, "result") == {
        (a["before"].pk, b["before"].pk),
        (a["after"].pk, b["after"].pk),
    }
    assert propose(world) == []


@pytest.mark.parametrize("who", ["first", "second"])
def test_who_extracted_a_study_does_not_compare_it(world, who):
    both(world)
    submit(world)
    change_role(lead=world.lead, member=getattr(world, who), role=Role.ADJUDICATOR)
    with pytest.raises(ValidationError) as refusal:
        propose_alignment(adjudicator=getattr(world, who), study=world.study)
    assert refusal.value.code == "not_to_compare"
    assert not Alignment.objects.exists()


def test_who_ever_held_a_copy_of_a_study_never_settles_it(world):
    held = assign_extractors(
        lead=world.lead, study=world.study, first=world.adjudicator, second=world.second
    )[0]
    save_cells(
        extractor=world.adjudicator,
        extraction=held,
        cells=[CellInput(key="design", text="A series read by the later adjudicator")],
    )
    world.a, world.b = assign_extractors(
        lead=world.lead, study=world.study, first=world.first, second=world.second
    )
    both(world)
    submit(world)

    with pytest.raises(ValidationError) as refusal:
        propose(world)

    assert refusal.value.code == "not_to_compare"
    assert not Alignment.objects.exists()
    assert not Study.objects.to_settle(world.adjudicator).exists()
    assert not Extraction.objects.filter(study=world.study).visible_to(world.adjudicator).exists()
    update_settings(lead=world.lead, changes={"adjudicator_may_have_voted": True})
    world.adjudicator.refresh_from_db()
    assert propose(world)


def test_a_review_may_allow_an_adjudicator_who_extracted(world):
    both(world)
    submit(world)
    update_settings(lead=world.lead, changes={"adjudicator_may_have_voted": True})
    change_role(lead=world.lead, member=world.first, role=Role.ADJUDICATOR)
    world.first.refresh_from_db()
    assert propose_alignment(adjudicator=world.first, study=world.study)


def test_nothing_is_compared_before_both_are_submitted(world):
    both(world)
    submit_extraction(extractor=world.first, extraction=world.a)
    with pytest.raises(ValidationError) as refusal:
        propose(world)
    assert refusal.value.code == "not_to_compare"


def test_confirming_makes_the_consensus_elements_with_their_parents(world):
    both(world)
    submit(world)
    propose(world)

    consensus = confirm(world)

    copy = read_copy(consensus)
    assert consensus.seat == CopySeat.CONSENSUS
    kinds = ("cohort", "intervention", "outcome")
    assert [len(copy.in_group(group)) for group in kinds] == [1, 1, 1]
    assert {(r.parent, r.across) for r in copy.results} == {
        (copy.cohorts[0].uid, copy.outcomes[0].uid)
    }
    rows = Alignment.objects.current().filter(study=world.study)
    assert {row.settled_by for row in rows} == {world.adjudicator}
    assert confirm(world) == consensus
    assert AuditEvent.objects.filter(verb="extraction.alignment_confirmed").count() == 1


def test_what_stands_in_no_pair_is_not_confirmed(world):
    both(world)
    submit(world)
    with pytest.raises(ValidationError) as refusal:
        confirm(world)
    assert refusal.value.code == "unaligned"
    assert not Extraction.objects.filter(seat="consensus").exists()


def test_a_study_of_which_neither_listed_a_part_still_has_a_consensus(world):
    enter(world.first, world.a, design="Series")
    enter(world.second, world.b, design="Series")
    submit(world)
    assert propose(world) == []
    assert confirm(world).seat == CopySeat.CONSENSUS


@pytest.mark.catalogue("N29")
def test_cohorts_listed_in_another_order_are_the_same_cohorts(world):
    a1 = add(world.first, world.a, "cohort", label="Injection", patients="20")
    a2 = add(world.first, world.a, "cohort", label="Surgery", patients="30")
    b2 = add(world.second, world.b, "cohort", label="Surgery", patients="30")
    b1 = add(world.second, world.b, "cohort", label="Injection", patients="20")
    for member, copy in ((world.first, world.a), (world.second, world.b)):
        enter(member, copy, design="Series")
    submit(world)

    propose(world)

    assert pairs(world, "cohort") == {(a1.pk, b1.pk), (a2.pk, b2.pk)}


@pytest.mark.catalogue("N30")
def test_a_cohort_that_only_one_listed_stands_alone_and_can_be_left_out(world):
    _a, _ = both(world)
    extra = add(world.second, world.b, "cohort", label="Controls", patients="99")
    submit(world)
    propose(world)
    consensus = confirm(world)
    assert (None, extra.pk) in pairs(world, "cohort")
    element = Element.objects.get(alignments__element_b=extra, alignments__superseded_at=None)

    with pytest.raises(ValidationError) as refusal:
        leave_out(adjudicator=world.adjudicator, study=world.study, element=element, reason=" ")
    assert refusal.value.code == "reason_missing"
    row = leave_out(
        adjudicator=world.adjudicator,
        study=world.study,
        element=element,
        reason="healthy controls are not eligible",
    )

    assert row.why == "left out: healthy controls are not eligible"
    assert len(read_copy(consensus).cohorts) == 1
    bring_back(adjudicator=world.adjudicator, study=world.study, element=element)
    assert len(read_copy(consensus).cohorts) == 2


def test_a_wrong_pair_is_parted_and_its_results_stand_alone(world):
    a, b = both(world)
    submit(world)
    propose(world)

    unpair(adjudicator=world.adjudicator, study=world.study, element=a["cohort"])

    assert pairs(world, "cohort") == {(a["cohort"].pk, None), (None, b["cohort"].pk)}
    assert (a["before"].pk, None) in pairs(world, "result")
    assert (None, b["before"].pk) in pairs(world, "result")


def test_cohorts_paired_by_hand_bring_their_results_together_again(world):
    a, b = both(world)
    submit(world)
    propose(world)
    unpair(adjudicator=world.adjudicator, study=world.study, element=a["cohort"])

    pair_elements(
        adjudicator=world.adjudicator,
        study=world.study,
        element_a=a["cohort"],
        element_b=b["cohort"],
    )

    assert (a["before"].pk, b["before"].pk) in pairs(world, "result")
    hand = Alignment.objects.current().get(element_a=a["cohort"])
    assert (hand.settled_by, hand.why) == (world.adjudicator, "paired by hand")


def test_pairs_can_be_changed_after_confirming_while_their_cells_are_untouched(world):
    a, _b = both(world)
    submit(world)
    propose(world)
    consensus = confirm(world)
    before = {e.uid for e in read_copy(consensus).elements}

    unpair(adjudicator=world.adjudicator, study=world.study, element=a["outcome"])
    confirm(world)

    copy = read_copy(consensus)
    assert len(copy.outcomes) == 2
    assert len(copy.results) == 4
    assert {c.uid for c in copy.cohorts} <= before
    assert not {o.uid for o in copy.outcomes} & before


def test_a_pair_is_frozen_once_a_cell_of_it_or_of_its_results_is_settled(world):
    a, _b = fill(world.first, world.a), fill(world.second, world.b, mean_after="80.0")
    submit(world)
    propose(world)
    confirm(world)
    after = Element.objects.get(alignments__element_a=a["after"], alignments__superseded_at=None)
    resolve_cell(
        adjudicator=world.adjudicator,
        study=world.study,
        key="mean",
        element=after,
        choice="A",
        reason="table 2",
    )
    before = list(Alignment.objects.values_list("pk", "superseded_at"))

    for part in ("after", "cohort", "outcome"):
        with pytest.raises(ValidationError) as refusal:
            unpair(adjudicator=world.adjudicator, study=world.study, element=a[part])
        assert refusal.value.code == "frozen"

    assert list(Alignment.objects.values_list("pk", "superseded_at")) == before
    unpair(adjudicator=world.adjudicator, study=world.study, element=a["intervention"])


def test_a_pair_needs_one_part_of_each_copy_of_one_group_and_one_parent(world):
    a, b = both(world)
    other = add(world.second, world.b, "cohort", label="Controls")
    far = add(world.second, world.b, "result", of=(other, b["outcome"]), mean="1")
    submit(world)
    propose(world)
    before = list(Alignment.objects.values_list("pk", "superseded_at"))
    for one, two in [
        (a["cohort"], b["outcome"]),
        (a["cohort"], a["outcome"]),
        (b["cohort"], b["outcome"]),
        (a["after"], far),
    ]:
        with pytest.raises(ValidationError) as refusal:
            pair_elements(
                adjudicator=world.adjudicator, study=world.study, element_a=one, element_b=two
            )
        assert refusal.value.code == "no_pair"
    assert list(Alignment.objects.values_list("pk", "superseded_at")) == before


def test_all_pairs_can_be_set_at_once(world):
    a, b = both(world)
    submit(world)
    settle_alignment(
        adjudicator=world.adjudicator,
        study=world.study,
        pairs=[(a[part], b[part]) for part in ("cohort", "outcome", "after")],
    )
    assert (a["before"].pk, None) in pairs(world, "result")
    assert (a["after"].pk, b["after"].pk) in pairs(world, "result")
    assert (a["intervention"].pk, None) in pairs(world, "intervention")


def test_a_part_added_after_reopening_is_proposed_and_the_rest_stays(world):
    _a, _b = both(world)
    submit(world)
    propose(world)
    consensus = confirm(world)
    kept = {e.uid for e in read_copy(consensus).elements}
    reopen_extraction(lead=world.lead, extraction=world.b, reason="a cohort was forgotten")
    new = add(world.second, world.b, "cohort", label="Revision cases")
    submit_extraction(extractor=world.second, extraction=world.b)

    assert [row.element_b for row in propose(world)] == [new]
    confirm(world)

    assert kept < {e.uid for e in read_copy(consensus).elements}


def test_a_part_removed_after_reopening_leaves_its_pair(world):
    a, b = both(world)
    submit(world)
    propose(world)
    consensus = confirm(world)
    reopen_extraction(lead=world.lead, extraction=world.b, reason="wrong outcome")
    remove_element(extractor=world.second, element=b["intervention"])
    submit_extraction(extractor=world.second, extraction=world.b)

    confirm(world)

    assert pairs(world, "intervention") == {(a["intervention"].pk, None)}
    assert len(read_copy(consensus).interventions) == 1


def test_two_adjudicators_work_on_one_alignment_one_after_the_other(world):
    both(world)
    submit(world)
    propose(world)
    other = make_member(world.lead, Role.ADJUDICATOR)
    assert confirm(world) == confirm_alignment(adjudicator=other, study=world.study)


REQUIRED = {
    "label": "All patients",
    "cohort_kind": "whole_series",
    "counts_towards_totals": "yes",
    "patients_treated": "26",
}
COMPLICATION = {"event_class": "complication"}


def with_groups() -> World:
    """Return a study whose copies list a cohort, an intervention and what belongs to them."""
    world = make_world(None)
    for seat, member, copy in (("A", world.first, world.a), ("B", world.second, world.b)):
        enter(member, copy, design="Case series")
        cohort = add(member, copy, "cohort", **REQUIRED)
        treated = add(
            member, copy, "intervention", intervention_label="Resection", cohorts=str(cohort.uid)
        )
        made = {
            "cohort": cohort,
            "intervention": treated,
            "outcome": add(
                member, copy, "outcome", instrument="VAS" if seat == "A" else "VAS pain"
            ),
            "procedure": add(member, copy, "procedure", of=(treated,), procedure_name="Bursectomy"),
            "whole": add(member, copy, "event", of=(cohort,), **COMPLICATION),
            "kind": add(member, copy, "event", of=(cohort,), **COMPLICATION, event_type="Palsy"),
        }
        world.elements |= {f"{seat} {name}": element for name, element in made.items()}
    return world


def paired(world: World, name: str) -> bool:
    a, b = world.elements[f"A {name}"], world.elements[f"B {name}"]
    return (a.pk, b.pk) in pairs(world, a.group)


def test_what_belongs_to_cohorts_and_interventions_is_paired_and_made_below_them():
    world = with_groups()
    submit(world)

    propose(world)
    copy = read_copy(confirm(world))

    assert all(paired(world, name) for name in ("outcome", "procedure", "whole", "kind"))
    [procedure] = copy.in_group("procedure")
    assert [e.parent for e in copy.in_group("event")] == [copy.cohorts[0].uid] * 2
    assert procedure.parent == copy.interventions[0].uid
    assert copy.of("event", copy.cohorts[0]) == copy.in_group("event")


def test_parted_parents_part_what_belongs_to_them_and_pairing_brings_it_together():
    world = with_groups()
    submit(world)
    propose(world)
    a, b = world.elements["A intervention"], world.elements["B intervention"]
    who = {"adjudicator": world.adjudicator, "study": world.study}

    unpair(**who, element=a)
    parted = [paired(world, name) for name in ("intervention", "procedure", "whole")]
    with pytest.raises(ValidationError) as refusal:
        pair_elements(
            **who, element_a=world.elements["A procedure"], element_b=world.elements["B procedure"]
        )
    pair_elements(**who, element_a=a, element_b=b)

    assert parted == [False, False, True]
    assert refusal.value.code == "no_pair"
    assert paired(world, "procedure")


def test_a_pair_is_frozen_once_a_cell_of_what_belongs_to_it_is_settled():
    world = with_groups()
    enter(world.first, world.a, world.elements["A procedure"], procedure_n="4")
    submit(world)
    propose(world)
    confirm(world)
    procedure = Element.objects.get(extraction__seat="consensus", group="procedure")
    who = {"adjudicator": world.adjudicator, "study": world.study}
    resolve_cell(**who, key="procedure_n", element=procedure, choice="A", reason="Table 2")

    with pytest.raises(ValidationError) as refusal:
        unpair(**who, element=world.elements["A intervention"])

    assert refusal.value.code == "frozen"


def test_the_reviews_own_names_of_instruments_are_used(world):
    fill(world.first, world.a, instrument="Bern value")
    fill(world.second, world.b, instrument="Subjective value of Bern")
    set_vocabulary(
        lead=world.lead,
        name="instruments",
        terms=[Term("Bern value", ("Subjective value of Bern",))],
    )
    submit(world)

    propose(world)

    assert all(a and b for a, b in pairs(world, "outcome") | pairs(world, "result"))


def test_outcomes_that_neither_named_stand_alone_with_their_results():
    world = make_world(None)
    made = {}
    for member, copy in ((world.first, world.a), (world.second, world.b)):
        enter(member, copy, design="Case series")
        cohort = add(member, copy, "cohort", **REQUIRED)
        outcome = add(member, copy, "outcome", unit="points")
        made[copy.seat] = add(
            member, copy, "result", of=(cohort, outcome), time_kind="baseline", n="20"
        )
    submit(world)

    propose(world)

    assert pairs(world, "result") == {(made["A"].pk, None), (None, made["B"].pk)}


def test_cohorts_added_later_are_not_paired_for_being_the_only_ones_left(world):
    both(world)
    submit(world)
    propose(world)
    confirm(world)
    for member, copy, label in (
        (world.first, world.a, "Revision cases"),
        (world.second, world.b, "Healthy controls"),
    ):
        reopen_extraction(lead=world.lead, extraction=copy, reason="a cohort was forgotten")
        add(member, copy, "cohort", label=label)
        submit_extraction(extractor=member, extraction=copy)

    assert [(row.element_a is None, row.element_b is None) for row in propose(world)] == [
        (False, True),
        (True, False),
    ]


def test_what_is_added_to_a_part_that_was_left_out_is_left_out_too():
    world = with_groups()
    submit(world)
    propose(world)
    consensus = confirm(world)
    cohort = Element.objects.get(extraction=consensus, group="cohort")
    who = {"adjudicator": world.adjudicator, "study": world.study}
    leave_out(**who, element=cohort, reason="not eligible")
    reopen_extraction(lead=world.lead, extraction=world.b, reason="an event was forgotten")
    of = (world.elements["B cohort"],)
    add(world.second, world.b, "event", of=of, **COMPLICATION, event_type="Haematoma")
    submit_extraction(extractor=world.second, extraction=world.b)

    propose(world)
    confirm(world)

    assert read_copy(consensus).in_group("event") == []
    assert read_compared(world.study).is_aligned
    bring_back(**who, element=cohort)
    assert len(read_copy(consensus).in_group("event")) == 2
