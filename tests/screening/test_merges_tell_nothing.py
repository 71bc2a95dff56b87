"""What a merge leaves a reviewer, and what a vote on it costs, tells nothing of another's votes."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records.services import accept_sure_groups, merge_group
from screening.querysets.queues import queue_of
from tests.comparing import TOKEN, stop_clock
from tests.records.grouping import make_group, shown
from tests.screening.papers import EXCLUDE, TITLES, pair, vote

pytestmark = pytest.mark.django_db
OTHERS = {
    "nothing": lambda b, one, other: None,
    "on the first": lambda b, one, other: vote(b, one),
    "on the second": lambda b, one, other: vote(b, other, EXCLUDE),
    "on both": lambda b, one, other: [vote(b, one), vote(b, other, EXCLUDE)],
}


def fetch(client, url):
    """Return what a page answers and what it costs."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    headers = sorted((k, v) for k, v in response.items() if k != "Set-Cookie")
    return response.status_code, headers, TOKEN.sub(rb"\1", response.content), len(queries)


@pytest.mark.catalogue("B04")
@pytest.mark.parametrize("how", ["merged", "accepted", "kept the second"])
def test_what_a_merge_leaves_in_a_queue_does_not_tell_what_the_other_voted_on(how, monkeypatch):
    lead, (a, b), records, group = pair(3)
    one, other = records[:2]
    group = make_group(lead, [one, other], sure=True)
    vote(a, records[2])
    client = Client()
    client.force_login(a.user)
    at = f"/reviews/{lead.review.slug}"
    queue = f"{at}/screening/{TITLES}/"
    pages = ["/", queue, f"{queue}decisions/", f"{at}/records/"]
    for record in records:
        pages += [f"{queue}records/{record.uid}/", f"{at}/records/{record.uid}/"]
    client.get("/")
    instant = timezone.now()

    def look(others):
        with transaction.atomic():
            others(b, one, other)
            if how == "accepted":
                assert accept_sure_groups(lead=lead) == 2
            else:
                merge_group(lead=lead, group=group, kept=other if "second" in how else None)
            left = [seat.pk for seat in queue_of(a, TITLES)]
            with monkeypatch.context() as still:
                stop_clock(still, instant)
                seen = [fetch(client, url) for url in pages]
            kept = shown(lead)
            transaction.set_rollback(True)
        return left, kept, seen

    worlds = [look(others) for others in OTHERS.values()]

    assert len(worlds[0][0]) == 2
    assert [answer[0] for answer in worlds[0][2]] == [200, 302, *[200] * 8]
    for world in worlds[1:]:
        assert world == worlds[0]


@pytest.mark.catalogue("B06")
def test_a_vote_costs_the_same_on_a_merged_record_whatever_the_others_are():
    counts = []
    for others in OTHERS.values():
        lead, (a, b), (one, other), group = pair()
        merge_group(lead=lead, group=group)
        others(b, one, other)
        with CaptureQueriesContext(connection) as queries:
            vote(a, other)
        counts.append(len(queries))

    assert len(set(counts)) == 1
