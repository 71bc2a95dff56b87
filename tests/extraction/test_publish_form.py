"""A new version keeps all answers; what would leave one without its question is refused."""

import copy
import os
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from extraction.models import Field, FormVersion, Value
from extraction.querysets.orphans import orphans_of
from extraction.schema import load_form, shipped_form
from extraction.services import (
    assign_extractors,
    confirm_alignment,
    propose_alignment,
    publish_form,
    remove_element,
    save_cells,
    set_value,
    take_agreed,
)
from extraction.services.entry import CellInput
from reviews.models import AuditEvent, Review
from reviews.verification import verify_review
from tests.extraction.factories import (
    SMALL_FORM,
    World,
    add,
    enter,
    fill,
    make_studies,
    make_world,
    submit,
)
from tests.factories import make_lead
from tests.racing import at_once, fresh

pytestmark = pytest.mark.django_db
ROUNDS = 50 if os.environ.get("IFI_SOAK") == "1" else 3


def form_without(*keys: str) -> dict[str, Any]:
    """Return the small form without some questions, and without the checks that name them."""
    form = copy.deepcopy(SMALL_FORM)
    form["fields"] = [field for field in form["fields"] if field["key"] not in keys]
    form["checks"] = [
        check for check in form["checks"] if not set(keys) & set(str(check).split("'"))
    ]
    return form


def form_with(key: str, **changes: Any) -> dict[str, Any]:
    """Return the small form with one question changed, and without its checks."""
    form = copy.deepcopy(SMALL_FORM)
    form["fields"] = [f | changes if f["key"] == key else f for f in form["fields"]]
    form["fields"] = [{n: v for n, v in f.items() if v is not None} for f in form["fields"]]
    return {**form, "checks": []}


def refused(world: World, definition: dict[str, Any]) -> str:
    """Publish what must be refused, see that nothing changed, and return the words."""
    before = (FormVersion.objects.count(), Field.objects.count(), AuditEvent.objects.count())
    with pytest.raises(ValidationError) as refusal:
        publish_form(lead=world.lead, definition=definition)
    after = (FormVersion.objects.count(), Field.objects.count(), AuditEvent.objects.count())
    assert after == before
    assert refusal.value.code == "orphans"
    return " ".join(refusal.value.messages)


def test_a_question_with_an_answer_cannot_leave_the_form():
    world = make_world()
    fill(world.first, world.a)
    words = refused(world, form_without("women"))
    assert "“Women” is not asked any more" in words
    assert "Patients" not in words


def test_a_question_that_nobody_answered_can_leave_the_form():
    world = make_world()
    enter(world.first, world.a, design="Case series")
    assert publish_form(lead=world.lead, definition=form_without("women", "year")).number == 2


def test_an_answer_that_was_cleared_again_keeps_no_question():
    world = make_world()
    enter(world.first, world.a, year="2015")
    enter(world.first, world.a, year="")
    assert publish_form(lead=world.lead, definition=form_without("year")).number == 2


def test_a_missing_code_is_an_answer_too():
    world = make_world()
    enter(world.first, world.a, year="nr")
    assert "“Recruitment: start”" in refused(world, form_without("year"))


@pytest.mark.parametrize("who", ["second", "consensus"])
def test_the_answers_of_every_copy_count(who):
    world = make_world()
    fill(world.second, world.b)
    if who == "consensus":
        fill(world.first, world.a)
        submit(world)
        propose_alignment(adjudicator=world.adjudicator, study=world.study)
        confirm_alignment(adjudicator=world.adjudicator, study=world.study)
        take_agreed(adjudicator=world.adjudicator, study=world.study)
    assert "“Women”" in refused(world, form_without("women"))


@pytest.mark.catalogue("N25")
def test_an_answered_question_keeps_its_type_and_one_without_answers_may_change_it():
    world = make_world()
    as_text = form_with("women", type="text", means=None, unit=None, minimum=None)
    fill(world.first, world.a, women="")
    assert publish_form(lead=world.lead, definition=as_text).number == 2
    other = make_world()
    fill(other.first, other.a, women="018")
    before = list(other.a.values.order_by("pk").values())
    assert "“Women” changes from integer to text" in refused(other, as_text)
    assert list(other.a.values.order_by("pk").values()) == before


def test_an_answered_question_stays_in_its_group_and_keeps_what_it_names():
    world = make_world()
    made = fill(world.first, world.a)
    moved = form_with("women", group="outcome", section="outcome", means=None)
    assert "“Women” moves from the group “cohort” to “outcome”" in refused(world, moved)
    renamed = form_with("cohorts", refers_to="outcome", means=None)
    assert "names elements of “outcome” instead of “cohort”" in refused(world, renamed)
    assert made


def test_an_answered_part_of_a_summary_statistic_stays():
    timed = {
        "key": "stay", "question": "Length of stay", "group": "cohort", "section": "cohort",
        "type": "summary", "duration": True,
    }  # fmt: skip
    form = {**SMALL_FORM, "fields": [*SMALL_FORM["fields"], timed]}
    plain = {**SMALL_FORM, "fields": [*SMALL_FORM["fields"], {**timed, "duration": False}]}
    world = make_world(form)
    parts = {"stay.centre": "mean", "stay.value": "3", "stay.unit": "weeks"}
    add(world.first, world.a, "cohort", label="All", **parts)
    assert "“Length of stay” is asked without a part" in refused(world, plain)
    assert "“Length of stay” is not asked any more" in refused(world, SMALL_FORM)


def test_a_group_with_elements_stays_where_it_is():
    visits = {"key": "visit", "name": "Visit", "plural": "Visits", "of": ["cohort"]}
    section = {"key": "visit", "title": "Visit", "group": "visit"}
    form = {
        **SMALL_FORM,
        "groups": [*SMALL_FORM["groups"], visits],
        "sections": [*SMALL_FORM["sections"], section],
    }
    world = make_world(form)
    cohort = add(world.first, world.a, "cohort", label="All")
    visit = add(world.first, world.a, "visit", of=(cohort,))
    assert "the group “visit” has elements" in refused(world, SMALL_FORM)
    elsewhere = {**form, "groups": [*SMALL_FORM["groups"], {**visits, "of": ["outcome"]}]}
    assert "“visit” has elements that belong to something else" in refused(world, elsewhere)
    remove_element(extractor=world.first, element=visit)
    assert publish_form(lead=world.lead, definition=SMALL_FORM).number == 2


def test_the_answers_of_a_part_that_was_taken_out_can_come_back_and_keep_their_question():
    world = make_world()
    cohort = fill(world.first, world.a)["cohort"]
    remove_element(extractor=world.first, element=cohort)
    assert "“Women”" in refused(world, form_without("women"))


def test_another_form_of_the_review_owes_these_answers_nothing():
    world = make_world()
    fill(world.first, world.a)
    other = {**form_without("women"), "slug": "other"}
    assert publish_form(lead=world.lead, definition=other).number == 1


def test_every_lost_question_is_named_up_to_five():
    world = make_world()
    fill(world.first, world.a)
    form = form_without("women", "patients", "units", "counts", "name", "design", "year")
    lost = orphans_of(world.form.form, load_form(form))
    assert len(lost) == 7
    assert "and 2 more" in refused(world, form)


def test_a_new_version_bears_its_own_number_and_the_same_form_is_none():
    lead = make_lead()
    first = publish_form(lead=lead, definition={**SMALL_FORM, "version": 7})
    assert (first.number, first.spec.version) == (1, 1)
    second = publish_form(lead=lead, definition={**SMALL_FORM, "title": "Revised"})
    assert (second.number, second.spec.version) == (2, 2)
    assert publish_form(lead=lead, definition=second.spec.as_data()) == second


def test_a_form_made_from_an_older_version_is_refused():
    lead = make_lead()
    publish_form(lead=lead, definition=SMALL_FORM, follows=0)
    publish_form(lead=lead, definition={**SMALL_FORM, "title": "Second"}, follows=1)
    for follows, code in ((0, "form_exists"), (1, "changed_meanwhile"), (3, "changed_meanwhile")):
        with pytest.raises(ValidationError) as refusal:
            publish_form(lead=lead, definition={**SMALL_FORM, "title": "New"}, follows=follows)
        assert refusal.value.code == code
    assert FormVersion.objects.count() == 2


@pytest.mark.parametrize("slug", ["two-arm-trial", "diagnostic-accuracy"])
def test_new_extractions_are_made_with_the_form_published_last(lead, reviewer_a, reviewer_b, slug):
    publish_form(lead=lead)
    publish_form(lead=lead, definition=shipped_form(slug).as_data())
    [study] = make_studies(lead)
    copies = assign_extractors(lead=lead, study=study, first=reviewer_a, second=reviewer_b)
    assert {made.form_version.form.slug for made in copies} == {slug}


@pytest.mark.parametrize("bad", ["circle", "nested", float("nan"), {1, 2}])
def test_what_is_no_json_is_refused_in_words(lead, bad):
    if bad == "circle":
        bad = {}
        bad["bad"] = bad
    elif bad == "nested":
        for _ in range(100_000):
            bad = [bad]
    with pytest.raises(ValidationError) as refusal:
        publish_form(lead=lead, definition={**SMALL_FORM, "title": bad})
    assert refusal.value.code == "form_refused"


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_version_that_drops_its_question_never_both_succeed_unseen():
    """Whichever comes first, no version follows that lost a question answered before it."""
    for _ in range(ROUNDS):
        world = make_world()
        new = form_without("year")

        def typing(world=world):
            set_value(extractor=fresh(world.first), extraction=world.a, key="year", text="2015")

        def publishing(world=world, new=new):
            publish_form(lead=fresh(world.lead), definition=new)

        typed, published = at_once(typing, publishing)
        assert typed is None
        answer = Value.objects.current().get(extraction=world.a, key="year")
        versions = world.form.form.versions
        if published is None:
            assert versions.get(number=2).recorded_at < answer.recorded_at
        else:
            assert published.code == "orphans"
            assert versions.count() == 1
        review = Review.objects.get(pk=world.lead.review_id)
        assert verify_review(review).problems == []


def test_what_a_copy_of_the_old_version_answers_still_counts_for_the_next():
    world = make_world()
    publish_form(lead=world.lead, definition=form_without("year"))
    cell = CellInput(key="year", text="2015")
    save_cells(extractor=world.first, extraction=world.a, cells=[cell])
    assert "“Recruitment: start”" in refused(world, {**form_without("year"), "title": "Third"})
    assert publish_form(lead=world.lead, definition=SMALL_FORM).number == 3
