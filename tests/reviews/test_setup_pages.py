"""Pages on which a review is made and set up."""

import pytest
from django.urls import reverse

from reviews import work
from reviews.models import Review
from reviews.roles import Role
from reviews.services import (
    create_review,
    invite,
    remove_member,
    replace_criteria,
    set_exclusion_reasons,
    update_settings,
)
from reviews.work import Progress, WorkItem
from tests.factories import make_lead, make_member, make_user

pytestmark = pytest.mark.django_db

NEW_REVIEW = {
    "title": "Ischiofemoral impingement",
    "slug": "",
    "population": "Adults",
    "unit_singular": "hip",
    "unit_plural": "hips",
    "units_per_patient": "2",
    "release_rule": "stage_closed",
    "settling_rule": "discussion",
}


@pytest.fixture(autouse=True)
def _only_our_sources(monkeypatch):
    monkeypatch.setattr(work, "_sources", [work.setting_up])
    monkeypatch.setattr(work, "_progress_sources", [])
    monkeypatch.setattr(work, "_step_sources", [])


def page(name: str, lead, **kwargs) -> str:
    return reverse(f"reviews:{name}", kwargs={"slug": lead.review.slug, **kwargs})


def settings_of(lead) -> dict[str, str]:
    chosen = Review.objects.get(pk=lead.review.pk).settings
    names = (*NEW_REVIEW, "comparator", "notice")
    return {name: str(getattr(chosen, name)) for name in names if name != "slug"}


def test_a_person_without_a_review_is_told_what_one_is_and_how_to_begin(client):
    client.force_login(make_user())

    body = client.get("/").content.decode()

    assert "A systematic review answers one question" in body
    assert reverse("reviews:review-create") in body


def test_a_visitor_is_sent_to_log_in(client, stranger):
    assert client.get("/")["Location"].startswith(reverse("account_login"))
    assert client.get(reverse("reviews:review-create")).status_code == 302


def test_my_work_shows_one_card_a_review_with_the_next_act_first(lead, as_member, monkeypatch):
    def later_and_sooner(member):
        return [
            WorkItem(label="Settle 7 conflicts", url="/later/", count=7, order=400),
            WorkItem(label="Screen 212 titles", url="/sooner/", count=212, order=100),
        ]

    monkeypatch.setattr(work, "_sources", [])
    work.register(later_and_sooner)
    work.register(later_and_sooner)

    response = as_member(lead).get("/")

    [card] = response.context["cards"]
    assert [item.label for item in card["items"]] == ["Screen 212 titles", "Settle 7 conflicts"]
    body = response.content.decode()
    assert body.index("/sooner/") < body.index("/later/")


def test_a_removed_member_has_no_card_and_no_page(lead, reviewer_a, as_member):
    client = as_member(reviewer_a)
    remove_member(lead=lead, member=reviewer_a)

    assert client.get("/").context["cards"] == []
    assert client.get(page("review-detail", lead)).status_code == 404


def test_a_lead_is_led_through_setting_up_and_nobody_else_is(lead, observer):
    def labels() -> list[str]:
        return [item.label for item in work.items_for(lead)]

    assert labels() == [
        "Write the question",
        "Write the criteria",
        "Put the reasons for exclusion in order",
        "Invite a second person to screen",
    ]
    assert work.items_for(observer) == []

    update_settings(lead=lead, changes={"population": "Adults"})
    replace_criteria(lead=lead, inclusion=["Adults"], exclusion=[])
    set_exclusion_reasons(lead=lead, labels=["Wrong design"])
    assert labels() == ["Invite a second person to screen"]
    invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    assert labels() == []


def test_a_member_who_screens_is_the_second_person(lead):
    make_member(lead)

    assert "Invite a second person to screen" not in [i.label for i in work.items_for(lead)]


def test_a_review_is_made_and_led_by_whoever_makes_it(client):
    user = make_user()
    client.force_login(user)

    response = client.post(reverse("reviews:review-create"), NEW_REVIEW)

    assert response["Location"] == "/reviews/ischiofemoral-impingement/"
    review = Review.objects.get()
    assert review.settings.population == "Adults"
    assert review.memberships.get().user == user


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "This field is required."),
        ("slug", "not an address", "slug"),
        ("slug", "new", "This address is taken"),
        ("slug", "taken", "This address is taken"),
        ("units_per_patient", "0", "greater than or equal to 1"),
        ("units_per_patient", "99999", "less than or equal to 100"),
        ("release_rule", "whenever", "not one of the available choices"),
        ("title", "?!", "gives no address"),
        ("title", "two\nlines", "one line"),
    ],
)
def test_a_new_review_with_a_bad_field_is_not_made_and_says_why(client, field, value, message):
    lead = make_lead(slug="taken")
    client.force_login(lead.user)

    response = client.post(reverse("reviews:review-create"), {**NEW_REVIEW, field: value})

    assert response.status_code == 200
    errors = [str(error) for errors in response.context["form"].errors.values() for error in errors]
    assert any(message in error for error in errors), errors
    assert Review.objects.count() == 1


@pytest.mark.catalogue("Z08")
def test_fields_that_are_not_on_the_form_are_ignored(client):
    user = make_user()
    client.force_login(user)
    extra = {
        "created_at": "2001-01-01",
        "chain_length": "9",
        "notice": "x",
        "lead": "1",
        "uid": "1",
    }

    client.post(reverse("reviews:review-create"), {**NEW_REVIEW, **extra})

    review = Review.objects.get()
    assert (review.settings.notice, review.chain_length) == ("", 1)
    assert review.created_at.year > 2001


def test_the_overview_shows_question_criteria_next_act_and_own_progress(
    lead, observer, as_member, monkeypatch
):
    update_settings(lead=lead, changes={"population": "Adults\nwith pain"})
    replace_criteria(lead=lead, inclusion=["Open or endoscopic"], exclusion=["Cadavers"])
    line = Progress(label="Title and abstract", standing="open", done=3, total=9, order=100)
    monkeypatch.setattr(work, "_progress_sources", [lambda member: [line]])

    body = as_member(observer).get(page("review-detail", lead)).content.decode()

    for text in ("Adults<br>with pain", "Open or endoscopic", "Cadavers", "3 of 9"):
        assert text in body
    assert "Nothing waits for you here now." in body
    assert reverse("reviews:review-settings", kwargs={"slug": lead.review.slug}) not in body


def test_an_empty_overview_says_what_is_missing(lead, as_member):
    body = as_member(lead).get(page("review-detail", lead)).content.decode()

    assert "The question has not been written yet." in body
    assert "The criteria have not been written yet." in body
    assert "Write the question" in body


def test_settings_are_changed_and_shown(lead, as_member):
    client = as_member(lead)
    changed = {**settings_of(lead), "title": "New title", "notice": "For training only"}

    response = client.post(page("review-settings", lead), changed, follow=True)

    assert response.status_code == 200
    body = response.content.decode()
    assert "The settings are saved." in body
    assert "For training only" in body
    assert "New title" in body


def test_a_change_of_process_needs_its_reason(lead, as_member):
    client = as_member(lead)
    changed = {**settings_of(lead), "release_rule": "both_decided"}

    refused = client.post(page("review-settings", lead), changed)
    assert "why" in refused.context["form"].errors
    assert lead.review.events.count() == 1

    client.post(page("review-settings", lead), {**changed, "why": "A small team"})
    event = lead.review.events.latest("position")
    assert event.facts_read() == {"fields": ["release_rule"], "why": "A small team"}


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("criteria-edit", {"inclusion": "Adults\nadults"}, "Line 2 repeats line 1."),
        ("criteria-edit", {"exclusion": "a\n" + "x" * 1001}, "Line 2 has 1001 characters"),
        ("reason-list", {"labels": "A\r\n\r\nB\r\na"}, "Line 4 repeats line 1."),
        ("reason-list", {"labels": "A\n" + "x" * 121}, "at most 120 fit"),
    ],
)
def test_a_bad_line_is_named_and_what_was_typed_is_kept(lead, as_member, name, data, line):
    response = as_member(lead).post(page(name, lead), data)

    body = response.content.decode()
    assert line in body
    assert "is-invalid" in body
    assert next(iter(data.values())).split("\n")[0].strip() in body
    assert lead.review.events.count() == 1


def test_criteria_and_reasons_are_written_one_a_line(lead, as_member):
    client = as_member(lead)

    client.post(page("criteria-edit", lead), {"inclusion": "Adults\r\n\r\n Pain ", "exclusion": ""})
    client.post(page("reason-list", lead), {"labels": "\n".join(f"Reason {n}" for n in range(11))})

    assert [criterion.text for criterion in lead.review.criteria()] == ["Adults", "Pain"]
    body = client.get(page("reason-list", lead)).content.decode()
    assert "<kbd>9</kbd>" in body
    assert "<kbd>10</kbd>" not in body
    assert "Reason 10" in body


def test_text_is_shown_as_text_wherever_it_stands(lead, as_member):
    evil = "<script>alert(1)</script>"
    update_settings(lead=lead, changes={"title": evil, "population": evil, "notice": evil})
    replace_criteria(lead=lead, inclusion=[evil], exclusion=[])
    set_exclusion_reasons(lead=lead, labels=[evil])
    client = as_member(lead)

    for name in ("review-detail", "review-settings", "criteria-edit", "reason-list", "event-list"):
        assert evil not in client.get(page(name, lead)).content.decode()
    assert evil not in client.get("/").content.decode()


def test_my_work_asks_as_much_for_thirty_reviews_as_for_three_hundred(
    client, django_assert_num_queries
):
    user = make_user()
    client.force_login(user)
    for number in range(30):
        create_review(lead=user, slug=f"r{number}", title=f"Review {number}")
    with django_assert_num_queries(2 + 1 + 10):
        first = client.get("/")
    assert len(first.context["cards"]) == 10

    for number in range(30, 300):
        create_review(lead=user, slug=f"r{number}", title=f"Review {number}")
    with django_assert_num_queries(2 + 1 + 10):
        client.get("/")

    cursor = first.context["page"].next_cursor
    second = client.get("/", {"after": cursor})
    assert second.context["cards"][0]["member"].review.slug == "r19"
    assert client.get("/", {"after": cursor + "x"}).status_code == 404
