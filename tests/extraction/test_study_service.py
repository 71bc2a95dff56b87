import pytest
from django.core.exceptions import ValidationError

from extraction.models import Extraction, Report, Study, StudyDetails
from extraction.services import (
    assign_all,
    assign_extractors,
    link_report,
    open_studies,
    propose_alignment,
    publish_form,
    rename_study,
    set_value,
)
from reviews.models import AuditEvent
from tests.extraction.factories import (
    SMALL_FORM,
    fill,
    include,
    make_studies,
    make_world,
    submit,
)
from tests.factories import make_lead, make_member, make_records

pytestmark = pytest.mark.django_db


def test_every_included_and_released_report_becomes_a_study_once(lead):
    records = make_records(lead, 3)
    include(lead, records[:2])

    studies = open_studies(lead=lead)

    assert [study.number for study in studies] == [1, 2]
    assert set(Report.objects.values_list("record", flat=True)) == {r.pk for r in records[:2]}
    assert open_studies(lead=lead) == []
    assert AuditEvent.objects.filter(verb="extraction.studies_opened").count() == 1


def test_two_studies_of_one_author_and_year_have_different_names(lead):
    make_studies(lead, 3)
    labels = StudyDetails.objects.order_by("study__number").values_list("label", flat=True)
    assert list(labels) == ["Author 2020", "Author 2020b", "Author 2020c"]


def test_a_companion_report_joins_a_study_and_its_own_study_ends(lead):
    first, second = make_studies(lead, 2)
    record = second.reports.get().record

    link_report(lead=lead, study=first, record=record, kind="abstract")

    assert list(Study.objects.current()) == [first]
    assert first.reports.current().count() == 2
    assert second.reports.get().superseded_at is not None


def test_a_report_whose_study_people_extract_stays_with_it():
    world = make_world()
    other = make_studies(world.lead)[0]

    with pytest.raises(ValidationError) as refusal:
        link_report(lead=world.lead, study=other, record=world.study.reports.get().record)

    assert refusal.value.code == "study_in_use"
    assert Report.objects.current().count() == 2


def test_a_record_that_was_not_included_cannot_join_a_study(lead):
    study = make_studies(lead)[0]
    with pytest.raises(ValidationError) as refusal:
        link_report(lead=lead, study=study, record=make_records(lead)[0])
    assert refusal.value.code == "not_included"
    assert study.reports.count() == 1


def test_a_study_is_renamed_and_its_old_name_kept(lead):
    study = make_studies(lead)[0]

    rename_study(lead=lead, study=study, label="Author  2020 (surgery)", note="Invented")

    details = StudyDetails.objects.current().get(study=study)
    assert (details.label, details.note) == ("Author 2020 (surgery)", "Invented")
    assert StudyDetails.objects.filter(study=study).count() == 2


@pytest.mark.parametrize(("label", "code"), [("  ", "blank"), ("author 2020", "label_taken")])
def test_a_study_needs_a_name_of_its_own(lead, label, code):
    _, second = make_studies(lead, 2)
    with pytest.raises(ValidationError) as refusal:
        rename_study(lead=lead, study=second, label=label)
    assert refusal.value.code == code
    assert StudyDetails.objects.count() == 2


def test_one_person_never_has_both_seats(lead, reviewer_a):
    publish_form(lead=lead, definition=SMALL_FORM)
    study = make_studies(lead)[0]
    with pytest.raises(ValidationError) as refusal:
        assign_extractors(lead=lead, study=study, first=reviewer_a, second=reviewer_a)
    assert refusal.value.code == "extractors"
    assert not Extraction.objects.exists()


def test_who_may_not_extract_and_who_is_of_another_review_is_not_assigned(
    lead, reviewer_a, observer
):
    publish_form(lead=lead, definition=SMALL_FORM)
    study = make_studies(lead)[0]
    for second in (observer, make_member(make_lead())):
        with pytest.raises(ValidationError) as refusal:
            assign_extractors(lead=lead, study=study, first=reviewer_a, second=second)
        assert refusal.value.code == "extractors"
    assert not Extraction.objects.exists()


def test_a_study_is_not_assigned_before_a_form_is_published(lead, reviewer_a, reviewer_b):
    study = make_studies(lead)[0]
    with pytest.raises(ValidationError) as refusal:
        assign_extractors(lead=lead, study=study, first=reviewer_a, second=reviewer_b)
    assert refusal.value.code == "no_form"


def test_assigning_the_same_two_again_writes_nothing():
    world = make_world()
    events = AuditEvent.objects.count()
    again = assign_extractors(
        lead=world.lead, study=world.study, first=world.first, second=world.second
    )
    assert again == [world.a, world.b]
    assert AuditEvent.objects.count() == events


def test_two_people_can_change_seats():
    world = make_world()
    a, b = assign_extractors(
        lead=world.lead, study=world.study, first=world.second, second=world.first
    )
    assert (a.member, b.member) == (world.second, world.first)
    assert Extraction.objects.current().count() == 2


@pytest.mark.catalogue("B23")
def test_who_follows_another_starts_from_a_blank_copy():
    world = make_world()
    set_value(extractor=world.first, extraction=world.a, key="design", text="Series")
    third = make_member(world.lead)

    copy = assign_extractors(lead=world.lead, study=world.study, first=third, second=world.second)[
        0
    ]

    assert copy != world.a
    assert not copy.values.exists()
    assert world.a.values.get().text == "Series"


def test_extractors_stay_once_their_copies_are_being_compared():
    world = make_world()
    fill(world.first, world.a)
    fill(world.second, world.b)
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)

    with pytest.raises(ValidationError) as refusal:
        assign_extractors(
            lead=world.lead,
            study=world.study,
            first=make_member(world.lead),
            second=world.second,
        )

    assert refusal.value.code == "compared"
    assert set(Extraction.objects.current()) == {world.a, world.b}


def test_all_studies_are_dealt_to_all_pairs_equally_often(lead):
    people = [make_member(lead) for _ in range(3)]
    publish_form(lead=lead, definition=SMALL_FORM)
    make_studies(lead, 9)

    assert len(assign_all(lead=lead, extractors=people)) == 9

    copies = Extraction.objects.current()
    pairs: dict[int, set[int]] = {}
    for study, member in copies.values_list("study", "member"):
        pairs.setdefault(study, set()).add(member)
    counts = [list(pairs.values()).count(pair) for pair in map(set, pairs.values())]
    assert counts == [3] * 9
    assert {copies.filter(member=person).count() for person in people} == {6}
    assert assign_all(lead=lead, extractors=people) == []


@pytest.mark.catalogue("B30")
def test_who_has_which_seat_is_drawn_anew_for_each_study(lead, reviewer_a, reviewer_b):
    publish_form(lead=lead, definition=SMALL_FORM)
    make_studies(lead, 30)
    assign_all(lead=lead, extractors=[reviewer_a, reviewer_b])
    firsts = Extraction.objects.current().filter(seat="A").values_list("member", flat=True)
    assert set(firsts) == {reviewer_a.pk, reviewer_b.pk}


@pytest.mark.catalogue("C13")
def test_forms_published_one_after_the_other_are_ordered_versions(lead):
    first = publish_form(lead=lead, definition=SMALL_FORM)
    changed = {**SMALL_FORM, "title": "Small form, revised"}
    second = publish_form(lead=lead, definition=changed)
    assert (first.number, second.number) == (1, 2)
    assert first.form == second.form
    assert publish_form(lead=lead, definition=changed) == second


@pytest.mark.catalogue("C12")
def test_a_copy_begun_stays_on_its_version_of_the_form():
    world = make_world()
    publish_form(lead=world.lead, definition={**SMALL_FORM, "title": "Revised"})
    world.a.refresh_from_db()
    assert world.a.form_version == world.form


def test_the_shipped_form_is_published_with_a_reviews_own_fields(lead):
    version = publish_form(
        lead=lead,
        extra_fields=[{"key": "oedema_n", "question": "Oedema", "type": "integer"}],
    )
    assert version.spec.field("oedema_n").group == "cohort"
    assert version.fields.count() == len(version.spec.fields)


@pytest.mark.parametrize(
    "definition", [{}, {**SMALL_FORM, "fields": []}, {**SMALL_FORM, "odd": object()}]
)
def test_a_form_that_cannot_be_read_is_refused(lead, definition):
    with pytest.raises(ValidationError) as refusal:
        publish_form(lead=lead, definition=definition)
    assert refusal.value.code == "form_refused"
    assert not AuditEvent.objects.filter(verb="extraction.form_published").exists()
