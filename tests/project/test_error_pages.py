"""What goes wrong keeps the frame, and says which role is needed and who can give it."""

import re

import pytest
from django.db import OperationalError
from django.test import Client

from reviews.roles import Role
from tests.factories import make_lead, make_member
from tests.pages import address

pytestmark = pytest.mark.django_db
FRAME = 'class="topbar"'
RAIL = 'aria-label="Sections of this review"'


def test_a_page_of_another_role_names_the_role_and_the_leads_to_ask(as_member, lead, observer):
    make_member(lead, Role.LEAD, full_name="Grace Hopper")
    lead.user.full_name = "Ada Lovelace"
    lead.user.save()

    answer = as_member(observer).get(address(lead, "settings"))

    assert answer.status_code == 403
    page = " ".join(answer.text.split())
    assert (
        "This page is for the role <strong>lead</strong>; you are observer in this review." in page
    )
    assert "ask Ada Lovelace or Grace Hopper, who lead the review, to give you the role." in page
    assert FRAME in page
    assert RAIL in page
    assert f'href="{address(lead, "settings")}"' not in page, "what a member may not do is absent"


def test_several_roles_that_may_are_all_named(as_member, lead, observer):
    page = " ".join(as_member(observer).get(address(lead, "screening/conflicts")).text.split())

    roles = "for the roles <strong>lead</strong> or <strong>adjudicator</strong>;"
    assert roles in page


def test_what_is_not_found_in_one_s_review_keeps_its_rail(as_member, lead):
    answer = as_member(lead).get(address(lead, "results/nothing"))

    assert answer.status_code == 404
    assert RAIL in answer.text
    assert "Not found, or not yours" in answer.text


def test_a_stranger_is_told_the_same_of_a_review_and_of_none(as_member, lead):
    client = as_member(make_lead())
    there, nowhere = (client.get(path) for path in (address(lead), "/reviews/no-such-review/"))

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert RAIL not in there.text
    assert lead.review.title not in there.text
    # Both pages repeat the address they were asked for, and nothing else differs.
    assert without_token(there, lead.review.slug) == without_token(nowhere, "no-such-review")


def without_token(answer, slug: str) -> str:
    """Return a page without the token of its forms and the address it was asked for."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.text)
    return page.replace(slug, "")


@pytest.mark.parametrize("path", ["/reviews/", "/nothing/at/all/"])
def test_a_visitor_finds_the_frame_where_nothing_is(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert FRAME in answer.text


def test_a_page_behind_a_button_says_so_and_still_names_the_method(as_member, lead):
    answer = as_member(lead).get("/accounts/sessions/end-others/")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert FRAME in answer.text
    assert "This address does something else" in answer.text
    asked = as_member(lead).get(
        "/accounts/sessions/end-others/", headers={"Accept": "application/json"}
    )
    assert (asked.status_code, asked.content) == (405, b"")


def test_a_form_that_is_too_old_keeps_the_frame(lead):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead.user)

    answer = client.post("/accounts/preferences/", {"full_name": "A"})

    assert answer.status_code == 403
    assert FRAME in answer.text
    assert "This form is no longer valid" in answer.text


@pytest.mark.parametrize(
    ("problem", "status"), [(RuntimeError("a mistake"), 500), (OperationalError("away"), 503)]
)
def test_a_failure_has_the_top_bar_and_asks_no_database(
    as_member, lead, monkeypatch, django_assert_num_queries, problem, status
):
    def failing(*_, **__):
        raise problem

    client = as_member(lead)
    client.raise_request_exception = False
    monkeypatch.setattr("reviews.views.home._card", failing)
    # Session, person and reviews: the page of the failure adds none.
    with django_assert_num_queries(3):
        answer = client.get("/")

    assert answer.status_code == status
    assert FRAME in answer.text
    assert "Account" not in answer.text
