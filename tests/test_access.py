"""Every URL × every role, read from the resolver: a route without a door or a row fails."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from reviews.models import Membership
from reviews.roles import GRANTS, Capability, Role
from reviews.services import change_role, remove_member
from tests.factories import make_lead, make_member, make_user
from tests.routes import Route, all_routes, review_routes, samples
from tests.world import World, make_world

ROUTES = review_routes()
NAMING = [route for route in ROUTES if "<uuid:" in route.path]
MEMBERS = [Role.LEAD, Role.ADJUDICATOR, Role.REVIEWER, Role.OBSERVER]
OUTSIDERS = ["stranger", "operator", "ex_member", "lead_of_another_review"]
# Routes outside a review that nobody has to sign in for, and why.
OPEN = {
    "healthz": "asked by the machine that watches the process",
    "readyz": "asked by the machine that watches the process",
    "first-run": "makes the first account, while there is none",
    "reviews:invitation-accept": "opened by people who have no account yet",
}
PUBLIC_ACCOUNT_PAGES = ("account_", "mfa_", "accounts:", "sign-in", "socialaccount")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Make one review for the whole table; each request is rolled back."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            yield make_world()
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture(scope="module")
def people(world: World, django_db_blocker) -> dict[str, Client]:
    """Return a signed-in client for each column of the table."""
    with django_db_blocker.unblock():
        gone = make_member(world.lead)
        remove_member(lead=world.lead, member=gone)
        users = {
            Role.LEAD: world.lead.user,
            Role.ADJUDICATOR: world.adjudicator.user,
            Role.REVIEWER: world.a.user,
            Role.OBSERVER: world.observer.user,
            "stranger": make_user(),
            "operator": make_user(is_superuser=True),
            "ex_member": gone.user,
            "lead_of_another_review": make_lead().user,
        }
        clients = {}
        for name, user in users.items():
            clients[name] = Client()
            clients[name].force_login(user)
        clients["anonymous"] = Client()
        return clients


def ask(client: Client, method: str, url: str) -> int:
    """Send a request, take back whatever it changed, and return the status."""
    with transaction.atomic():
        response = getattr(client, method)(url)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response.status_code


def url_of(route: Route, world: World) -> str:
    return route.url(slug=world.lead.review.slug, **samples(world).get(route.name, {}))


def test_there_are_routes_to_try():
    assert len(ROUTES) > 40


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_inside_a_review_passes_the_door(route):
    assert route.capability in set(Capability), f"{route.name} has no door"


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_has_a_row_in_the_table(route, world):
    assert url_of(route, world)


@pytest.mark.django_db
@pytest.mark.catalogue("Z05")
@pytest.mark.catalogue("Z06")
@pytest.mark.parametrize("role", MEMBERS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_member_is_let_in_by_capability_alone(route, role, world, people):
    url = url_of(route, world)
    statuses = {ask(people[role], method, url) for method in ("get", "post")}
    assert all(status < 500 for status in statuses)
    if route.capability in GRANTS[role]:
        assert 403 not in statuses
    else:
        # A page that takes one method only refuses the other to everybody, before the door.
        assert statuses in ({403}, {403, 405})


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_lead_finds_every_page(route, world, people):
    status = ask(people[Role.LEAD], "get", url_of(route, world))
    own_seat_only = route.capability in {Capability.SCREEN, Capability.EXTRACT}
    assert status in ({200, 302, 404, 405} if own_seat_only else {200, 302, 405})


@pytest.mark.django_db
@pytest.mark.catalogue("E12")
@pytest.mark.catalogue("Z10")
@pytest.mark.catalogue("Z20")
@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_who_is_no_member_finds_nothing(route, who, world, people):
    url = url_of(route, world)
    # A page that takes one method only refuses the other to everybody, before the door.
    assert {ask(people[who], method, url) for method in ("get", "post")} in ({404}, {404, 405})


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_who_is_not_signed_in_is_asked_to(route, world, people):
    url = url_of(route, world)
    answers = [getattr(people["anonymous"], method)(url) for method in ("get", "post")]
    assert {answer.status_code for answer in answers} in ({302}, {302, 405})
    assert all("/accounts/login/" in a.url for a in answers if a.status_code == 302)


@pytest.mark.django_db
@pytest.mark.catalogue("Z01")
@pytest.mark.catalogue("Z02")
@pytest.mark.parametrize("route", NAMING, ids=lambda route: route.name)
def test_what_belongs_to_another_review_is_not_found_through_ones_own(route, world):
    kwargs = samples(world)[route.name]
    other = make_lead()
    client = Client()
    client.force_login(other.user)
    assert ask(client, "post", route.url(slug=other.review.slug, **kwargs)) in {404, 405}
    assert ask(client, "get", route.url(slug=other.review.slug, **kwargs)) in {404, 405}


def other_ways(url: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield other ways to ask for the same: a method, an address and headers."""
    *_, first, second, _ = url.split("/")
    for method in ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        yield method, url, {}
    for name in ("X-HTTP-Method-Override", "X-Method-Override"):
        yield "POST", url, {name: "GET"}
    for name in ("X-Original-URL", "X-Rewrite-URL"):
        yield "GET", "/no-such-page/", {name: url}
    for path in (
        url.rstrip("/"),
        url.upper(),
        f"/{url}",
        f"{url}.",
        f"{url};a=b",
        f"{url}%00",
        f"{url}..%2f{second}/",
        f"/x/..{url}",
        url.replace(f"/{first}/", f"/%{ord(first[0]):x}{first[1:]}/"),
        url.replace(f"/{first}/", f"/%25{ord(first[0]):x}{first[1:]}/"),
        url.replace("/reviews/", "/reviews%2f"),
    ):
        yield "GET", path, {}


@pytest.mark.django_db
@pytest.mark.catalogue("Z19")
@pytest.mark.parametrize("who", [Role.OBSERVER, "stranger"])
def test_no_other_way_to_write_a_request_opens_a_closed_door(who, world, people):
    allowed = GRANTS.get(who, frozenset())
    closed = {route.capability: route for route in ROUTES if route.capability not in allowed}
    assert len(closed) > 4
    opened = []
    for route in closed.values():
        for method, path, headers in other_ways(url_of(route, world)):
            with transaction.atomic():
                answer = people[who].generic(method, path, headers=headers)
                if answer.status_code == HTTPStatus.MOVED_PERMANENTLY:
                    # A slash was missing; what comes then is judged.
                    answer = people[who].generic(method, answer.url)
                transaction.set_rollback(True)
            if answer.status_code not in {400, 403, 404, 405}:
                opened.append((route.name, method, path, answer.status_code))
    assert opened == []


@pytest.mark.django_db
@pytest.mark.catalogue("Z22")
def test_what_a_member_may_do_changes_with_the_very_next_request(lead, as_member):
    other = make_member(lead, Role.LEAD)
    client, page = as_member(other), reverse("reviews:member-list", args=[lead.review.slug])

    def ask_after(role: str) -> int:
        change_role(lead=lead, member=other, role=role)
        return client.get(page).status_code

    assert client.get(page).status_code == 200
    assert [ask_after(role) for role in (Role.OBSERVER, Role.LEAD, Role.REVIEWER)] == [
        403,
        200,
        403,
    ]
    remove_member(lead=lead, member=other)
    assert client.get(page).status_code == 404


@pytest.mark.django_db
@pytest.mark.catalogue("B22")
def test_nothing_of_a_review_is_kept_in_a_cache(world, people):
    kept = {}
    for route in ROUTES:
        answer = people[Role.LEAD].get(url_of(route, world))
        if answer.streaming:
            b"".join(answer.streaming_content)
        if "no-store" not in answer.headers["Cache-Control"]:
            kept[route.name] = answer.headers["Cache-Control"]
    assert kept == {}


def test_every_other_route_is_listed_or_asks_who_is_there():
    outside = [r for r in all_routes() if r not in ROUTES and r.name not in OPEN]
    for route in outside:
        assert route.name.startswith(PUBLIC_ACCOUNT_PAGES) or hasattr(
            route.callback, "__wrapped__"
        ), f"{route.name} is neither listed nor behind a log-in"


def test_nobody_is_let_in_without_a_role():
    assert set(GRANTS) == set(Role)
    assert Membership(role=Role.LEAD, removed_at="2020-01-01").capabilities == frozenset()
