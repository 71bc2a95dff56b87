"""Saved views: a member's own names for filters of the references."""

import pytest
from django.core.exceptions import ValidationError

from records.models import SavedView
from records.services import remove_view, restore_view, save_view
from reviews.models import AuditEvent
from tests.factories import make_records
from tests.pages import address

pytestmark = pytest.mark.django_db


def names(member) -> list[tuple[str, str]]:
    own = SavedView.objects.current().filter(member=member, removed=False)
    return list(own.order_by("name").values_list("name", "query"))


def test_a_view_is_kept_replaced_removed_and_brought_back(lead):
    save_view(member=lead, name=" Recent ", query="year_from=2020")
    save_view(member=lead, name="Recent", query="year_from=2022")
    assert names(lead) == [("Recent", "year_from=2022")]
    remove_view(member=lead, name="Recent")
    assert names(lead) == []
    restore_view(member=lead, name="Recent")
    assert names(lead) == [("Recent", "year_from=2022")]


def test_the_same_again_writes_nothing(lead):
    save_view(member=lead, name="Recent", query="q=hip")
    events = AuditEvent.objects.count()
    save_view(member=lead, name="Recent", query="q=hip")
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda m: save_view(member=m, name="  ", query=""), "blank"),
        (lambda m: remove_view(member=m, name="None"), "removed"),
        (lambda m: restore_view(member=m, name="None"), "not_removed"),
    ],
)
def test_what_makes_no_sense_is_refused(lead, act, code):
    events = AuditEvent.objects.count()
    with pytest.raises(ValidationError) as refusal:
        act(lead)
    assert (refusal.value.code, AuditEvent.objects.count()) == (code, events)


def test_a_member_keeps_so_many_views_at_most(lead, monkeypatch):
    monkeypatch.setattr("records.services.saved_views.MOST_VIEWS", 1)
    save_view(member=lead, name="One", query="")
    with pytest.raises(ValidationError) as refusal:
        save_view(member=lead, name="Two", query="")
    assert refusal.value.code == "too_many"


def test_views_are_saved_opened_and_removed_on_the_page_and_are_nobody_elses(
    lead, reviewer_a, as_member
):
    make_records(lead, 1)
    client, records = as_member(lead), address(lead, "records")
    query = "q=study&columns=year&columns=doi"
    assert "Save this view" in client.get(f"{records}?{query}").content.decode()
    client.post(records + "views/save/", {"name": "My hips", "query": query})
    page = client.get(f"{records}?{query}")
    assert page.context["view"] == "My hips"
    assert page.context["columns"] == ("year", "doi")
    assert "My hips" not in as_member(reviewer_a).get(records).content.decode()

    page = client.post(records + "views/remove/", {"name": "My hips"}, follow=True)
    assert "“<bdi>My hips</bdi>” removed." in page.content.decode()
    page = client.post(records + "views/restore/", {"name": "My hips"}, follow=True)
    assert page.context["view"] == "My hips"


def test_a_view_leads_nowhere_but_to_the_list(lead, as_member):
    url = address(lead, "records", "views", "save")
    answer = as_member(lead).post(url, {"name": "x", "query": "//evil.example/?a=1"})
    assert answer.url.startswith(address(lead, "records") + "?")
