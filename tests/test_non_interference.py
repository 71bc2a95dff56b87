"""What a reviewer sees before release is the same to the byte whatever the other one did.

Each page of reviewer A is fetched in worlds that differ only in what reviewer B did; status,
headers, body and number of queries must be equal. The clock stands still while pages are fetched,
and only the value of the CSRF token may differ.
"""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extraction.services import CellInput, add_element, save_cells, submit_extraction
from records.models import Record
from reviews.roles import GRANTS, Role
from screening.choices import Stage, Verdict
from screening.models import ScreeningDecision
from screening.querysets.conflicts import to_adjudicate
from screening.querysets.queues import queue_of
from screening.querysets.standing import released
from screening.services import adjudicate_conflict, submit_decision, withdraw_decision
from tests.routes import review_routes, samples
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'((?:name="csrfmiddlewaretoken" value="|"token": "))[^"]+')


def nothing(world: World) -> None:
    """B does nothing."""


def b_votes(verdict: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        for stage in Stage:
            for seat in queue_of(world.b, stage).select_related("record"):
                chosen = verdict if stage == Stage.TITLE_ABSTRACT else Verdict.INCLUDE
                submit_decision(
                    reviewer=world.b,
                    record=seat.record,
                    stage=stage,
                    verdict=chosen,
                    note="A private note of B",
                )

    return act


def b_changes_everything(world: World) -> None:
    b_votes(Verdict.EXCLUDE)(world)
    seen = released(Record.objects.all(), Stage.TITLE_ABSTRACT)
    own = ScreeningDecision.objects.standing().filter(member=world.b, stage=Stage.TITLE_ABSTRACT)
    for vote in own.exclude(record__in=seen).select_related("record"):
        withdraw_decision(reviewer=world.b, record=vote.record, stage=Stage.TITLE_ABSTRACT)


def b_extracts(world: World) -> None:
    copy = world.copies["1B"]
    for number in range(3):
        cohort = add_element(extractor=world.b, extraction=copy, level="cohort")
        save_cells(
            extractor=world.b,
            extraction=copy,
            cells=[
                CellInput(key="label", text=f"Cohort {number} of B", element=cohort),
                CellInput(key="cohort_kind", text="subgroup", element=cohort),
                CellInput(key="counts_towards_totals", text="no", element=cohort),
            ],
        )
    save_cells(
        extractor=world.b,
        extraction=copy,
        cells=[CellInput(key="country", text="A country only B read")],
    )


def b_submits(world: World) -> None:
    b_extracts(world)
    submit_extraction(extractor=world.b, extraction=world.copies["1B"])


def a_third_person_settles(world: World) -> None:
    b_votes(Verdict.EXCLUDE)(world)
    for stage in Stage:
        for record in to_adjudicate(Record.objects.all(), world.adjudicator, stage):
            if not released(Record.objects.filter(pk=record.pk), stage).exists():
                adjudicate_conflict(
                    adjudicator=world.adjudicator,
                    record=record,
                    stage=stage,
                    verdict=Verdict.INCLUDE,
                )


OTHERS = {
    "b_includes": b_votes(Verdict.INCLUDE),
    "b_excludes": b_votes(Verdict.EXCLUDE),
    "b_is_unsure": b_votes(Verdict.UNSURE),
    "b_changes_everything": b_changes_everything,
    "b_extracts": b_extracts,
    "b_submits": b_submits,
    "a_third_person_settles": a_third_person_settles,
}
ROUTES = [r for r in review_routes() if r.capability in GRANTS[Role.REVIEWER]]


def pages_of_a(world: World) -> list[tuple[str, str]]:
    """Return every page a reviewer can open, with every record and copy of A's."""
    known = samples(world)
    slug = world.lead.review.slug
    pages = [(route.name, route.url(slug=slug, **known.get(route.name, {}))) for route in ROUTES]
    for route in ROUTES:
        if "uid" in known.get(route.name, {}) and "record" in route.name:
            for name, record in world.records.items():
                kwargs = {**known[route.name], "slug": slug, "uid": record.uid}
                pages.append((f"{route.name} {name}", route.url(**kwargs)))
    return [("my work", "/"), *pages]


def stop_clock(still: pytest.MonkeyPatch, instant: datetime) -> None:
    """Let the clock stand at ``instant``."""
    still.setattr("django.utils.timezone.now", lambda: instant)
    still.setattr("time.time", instant.timestamp)


def fetch(client: Client, method: str, url: str, data: dict | None = None, **headers: str) -> tuple:
    """Return what the request answered and what it cost, and take back what it changed."""
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            response = getattr(client, method)(url, data or {}, headers=headers)
        body = TOKEN.sub(rb"\1", b"".join(response) if response.streaming else response.content)
        headers = sorted((k, v) for k, v in response.items() if k != "Set-Cookie")
        transaction.set_rollback(True)
    return response.status_code, headers, body, len(queries)


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
@pytest.mark.catalogue("B03")
@pytest.mark.catalogue("B04")
@pytest.mark.catalogue("B05")
@pytest.mark.catalogue("B13")
def test_no_page_of_a_reviewer_tells_what_the_other_did(others, monkeypatch):
    world = make_world()
    client = Client()
    client.force_login(world.a.user)
    pages = pages_of_a(world)
    client.get("/")
    instant = timezone.now()

    def look() -> dict[str, tuple]:
        with monkeypatch.context() as still:
            stop_clock(still, instant)
            return {name: fetch(client, "get", url) for name, url in pages}

    before = look()
    others(world)
    after = look()

    assert [name for name, page in before.items() if page != after[name]] == []
    assert sum(page[0] == 200 for page in before.values()) > 20


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
@pytest.mark.catalogue("B06")
@pytest.mark.catalogue("B16")
def test_no_answer_to_a_reviewers_act_tells_what_the_other_did(others, monkeypatch):
    world = make_world()
    client = Client()
    client.force_login(world.a.user)
    slug = world.lead.review.slug
    at = f"/reviews/{slug}/screening/title-abstract/records"
    own = ScreeningDecision.objects.current().filter(member=world.a)
    seen = {n: own.get(record=world.records[n]).uid for n in ("mine", "settled")}
    acts = [
        (f"{at}/{world.records[name].uid}/{verb}", {**data, "seen": seen.get(name, "")})
        for name in ("fresh", "mine", "settled")
        for verb, data in [
            ("", {"verdict": "include"}),
            ("", {"verdict": "exclude"}),
            ("", {"verdict": "unsure", "note": "my note"}),
            ("withdraw/", {}),
        ]
    ]
    acts += [(url, {**data, "member": world.a.uid, "request_id": uuid4()}) for url, data in acts]
    client.get("/")
    instant = timezone.now()

    def look() -> list[tuple]:
        with monkeypatch.context() as still:
            stop_clock(still, instant)
            return [
                fetch(client, "post", url, data, accept=accept)
                for url, data in acts
                for accept in ("text/html", "application/json")
            ]

    before = look()
    others(world)
    after = look()

    sent = [act for act in acts for _ in ("page", "script")]
    assert [act for act, x, y in zip(sent, before, after, strict=True) if x != y] == []
    assert {page[0] for page in before} == {200, 302, 409}, "409: nothing to withdraw"
