import pytest
from django.core.exceptions import ValidationError

from reviews.models import AuditEvent, Criterion, ExclusionReason, Review, ReviewSettings
from reviews.roles import Role
from reviews.services import (
    change_role,
    create_review,
    replace_criteria,
    set_criteria,
    set_exclusion_reasons,
    update_settings,
)
from tests.factories import make_lead, make_member, make_user

pytestmark = pytest.mark.django_db


def counts() -> tuple[int, ...]:
    tables = (AuditEvent, Criterion, ExclusionReason, Review, ReviewSettings)
    return tuple(model.objects.count() for model in tables)


def test_a_review_begins_with_its_lead_its_settings_and_one_event():
    user = make_user()

    lead = create_review(lead=user, slug="hips", title="Hips", unit_plural="hips")

    assert (lead.role, lead.user) == (Role.LEAD, user)
    assert lead.review.settings.title == lead.review.title == "Hips"
    [event] = lead.review.events.all()
    assert (event.verb, event.position, event.actor) == ("reviews.review_created", 1, lead)
    assert lead.review.chain_head == event.hash


@pytest.mark.parametrize("slug", ["taken", "new"])
def test_an_address_that_is_taken_is_refused_beside_its_field_and_nothing_is_made(slug):
    make_lead(slug="taken")
    person = make_user()
    before = counts()

    with pytest.raises(ValidationError) as refusal:
        create_review(lead=person, slug=slug, title="Another")

    assert refusal.value.error_dict["slug"][0].code == "slug_taken"
    assert counts() == before


@pytest.mark.catalogue("A18")
@pytest.mark.parametrize(
    "title", ["Hips\nBcc: all@example.org", "Hips\r\nX: y", "Hips\u2028", "a\0"]
)
def test_a_title_of_more_than_one_line_is_refused_when_made_and_when_changed(title):
    lead = make_lead()
    before = counts()

    with pytest.raises(ValidationError, match="one line"):
        create_review(lead=lead.user, slug="other", title=title)
    with pytest.raises(ValidationError, match="one line"):
        update_settings(lead=lead, changes={"title": title})

    assert counts() == before


def test_a_review_with_a_setting_that_breaks_a_rule_is_not_made():
    user = make_user()

    with pytest.raises(ValidationError, match="at least one unit"):
        create_review(lead=user, slug="hips", title="Hips", units_per_patient=0)

    assert not Review.objects.exists()
    assert not AuditEvent.objects.filter(review__isnull=False).exists()


def test_new_settings_keep_what_is_not_named_and_the_old_row_stays(lead):
    old = lead.review.settings

    new = update_settings(lead=lead, changes={"title": "Knees", "unit_plural": "knees"}, why="typo")

    old.refresh_from_db()
    assert (new.title, new.unit_plural, new.unit_singular) == ("Knees", "knees", "hip")
    assert old.superseded_at == new.recorded_at
    assert Review.objects.get(pk=lead.review.pk).title == "Knees"
    event = lead.review.events.latest("position")
    assert event.verb == "reviews.settings_changed"
    assert event.facts_read() == {"fields": ["title", "unit_plural"], "why": "typo"}


def test_settings_that_change_nothing_make_no_event(lead):
    before = counts()

    assert update_settings(lead=lead, changes={"title": lead.review.title}) == lead.review.settings

    assert counts() == before


def test_settings_that_break_a_rule_change_nothing(lead):
    before = counts()

    with pytest.raises(ValidationError):
        update_settings(lead=lead, changes={"units_per_patient": 0, "title": "Other"})

    assert counts() == before
    assert Review.objects.get(pk=lead.review.pk).title == lead.review.title


def test_a_reason_that_moves_keeps_its_key_and_one_that_goes_is_superseded(lead):
    first = set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design", "No data"])

    second = set_exclusion_reasons(lead=lead, labels=["Wrong design", "Wrong population"])

    assert [reason.label for reason in second] == ["Wrong design", "Wrong population"]
    assert {r.label: r.key for r in second} == {r.label: r.key for r in first[:2]}
    assert list(lead.review.exclusion_reasons()) == second
    first[2].refresh_from_db()
    assert first[2].superseded_at is not None
    event = lead.review.events.latest("position")
    assert event.verb == "reviews.exclusion_reasons_set"


@pytest.mark.parametrize(
    "labels", [["Same", "same "], ["x" * 121], ["Good", "y" * 200]], ids=["twice", "long", "mixed"]
)
def test_a_list_of_reasons_with_a_bad_one_changes_nothing(lead, labels):
    set_exclusion_reasons(lead=lead, labels=["Wrong design"])
    before = counts()

    with pytest.raises(ValidationError):
        set_exclusion_reasons(lead=lead, labels=labels)

    assert counts() == before
    assert [reason.label for reason in lead.review.exclusion_reasons()] == ["Wrong design"]


def test_the_same_reasons_again_make_no_event(lead):
    set_exclusion_reasons(lead=lead, labels=["A", "B"])
    before = counts()

    set_exclusion_reasons(lead=lead, labels=["A", " ", "B"])

    assert counts() == before


def test_criteria_are_kept_by_kind_and_in_order(lead):
    replace_criteria(lead=lead, inclusion=["Adults", "IFI"], exclusion=["Case reports"])

    set_criteria(lead=lead, kind="inclusion", texts=["IFI", "Adults", "Surgery"])

    criteria = [(c.kind, c.text) for c in lead.review.criteria()]
    assert criteria == [
        ("exclusion", "Case reports"),
        ("inclusion", "IFI"),
        ("inclusion", "Adults"),
        ("inclusion", "Surgery"),
    ]


def test_of_two_lists_of_criteria_both_are_put_in_force_or_neither(lead):
    before = counts()

    with pytest.raises(ValidationError, match="twice"):
        replace_criteria(lead=lead, inclusion=["Adults"], exclusion=["Same", "SAME"])

    assert counts() == before


@pytest.mark.catalogue("Z11")
@pytest.mark.parametrize(
    "change",
    [
        lambda lead: update_settings(lead=lead, changes={"title": "Mine"}),
        lambda lead: set_exclusion_reasons(lead=lead, labels=["A"]),
        lambda lead: set_criteria(lead=lead, kind="inclusion", texts=["A"]),
    ],
    ids=["settings", "reasons", "criteria"],
)
def test_a_right_that_was_lost_since_the_page_was_opened_is_judged_anew(lead, change):
    other = make_member(lead, Role.LEAD)
    change_role(lead=lead, member=other, role=Role.OBSERVER)
    before = counts()

    with pytest.raises(ValidationError) as refusal:
        change(other)

    assert refusal.value.code == "right_lost"
    assert counts() == before
