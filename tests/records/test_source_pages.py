"""Sources on the pages: what PRISMA-S asks about each search, and what each brought."""

import pytest
from django.db import transaction

from records.models import Source, SourceDetails
from records.services import find_duplicates, import_file, undo_import, update_source
from reviews import audit
from tests.factories import make_batch, make_source, ris
from tests.pages import address, count_queries

pytestmark = pytest.mark.django_db
PAPER = "Deep gluteal syndrome in forty hips of runners"


def details_of(source):
    return SourceDetails.objects.current().get(source=source)


def filled_in(form, **changes):
    return {field.html_name: field.value() or "" for field in form} | changes


def test_the_list_says_what_each_source_brought_and_what_is_still_to_be_said(as_member, lead):
    medline = make_source(lead, name="MEDLINE", platform="Ovid", searched_on="2026-02-01")
    chased = make_source(lead, name="Chased", kind="citation", direction="forward")
    paper = ris([PAPER], DO="10.1000/gluteal")
    import_file(lead=lead, source=medline, file_name="a.ris", data=paper)
    import_file(
        lead=lead, source=chased, file_name="b.ris", data=paper + paper + ris(["Another study"])
    )
    undo_import(lead=lead, batch=make_batch(lead, ["Of no account"], chased))
    find_duplicates(lead=lead)

    rows = as_member(lead).get(address(lead, "sources")).context["rows"]

    shown = [(row["source"].name, row["files"], row["found"], row["new"]) for row in rows]
    assert shown == [("Chased", 1, 3, 1), ("MEDLINE", 1, 1, 1)]
    assert [row["missing"] for row in rows] == [
        ["platform or tool", "date of the search", "papers it began with"],
        ["search as it was run"],
    ]


def test_everything_that_prisma_s_asks_can_be_said_and_every_version_is_kept(as_member, lead):
    source = make_source(lead, name="Chased", kind="database")
    client, url = as_member(lead), address(lead, "sources", source.uid)
    page = client.get(url)
    for item in ("Items 1, 3 to 7.", "Items 1 and 2:", *(f"Item {n}:" for n in (5, *range(8, 15)))):
        assert item in page.content.decode()
    said = {
        "kind": "citation",
        "platform": "Citationchaser",
        "searched_on": "2026-02-01",
        "search_string": "both ways",
        "limits": "none",
        "filters": "none",
        "prior_work": "none",
        "updates": "monthly",
        "peer_review": "PRESS",
        "seed": "Smith 2019",
        "direction": "both",
    }
    answer = client.post(url, filled_in(page.context["form"], **said))
    assert answer.status_code == 302
    now = details_of(source)
    assert {name: str(getattr(now, name)) for name in said} == said
    assert SourceDetails.objects.filter(source=source).count() == 2


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_written_over(as_member, lead):
    source = make_source(lead, name="MEDLINE")
    client, url = as_member(lead), address(lead, "sources", source.uid)
    data = filled_in(client.get(url).context["form"], platform="PubMed")
    update_source(lead=lead, source=source, platform="Ovid")

    answer = client.post(url, data)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "<bdi>Ovid</bdi>" in page
    assert 'value="PubMed"' in page
    assert details_of(source).platform == "Ovid"
    assert client.post(url, filled_in(answer.context["form"])).status_code == 302
    assert details_of(source).platform == "PubMed"


def test_a_source_can_be_named_without_a_file_but_once(as_member, lead):
    client, url = as_member(lead), address(lead, "sources/new")
    data = filled_in(client.get(url).context["form"], name="CENTRAL", kind="register")
    assert client.post(url, data).status_code == 302
    assert details_of(Source.objects.get()).kind == "register"
    refused = client.post(url, {**data, "kind": "database"})
    assert refused.status_code == 409
    assert "The review has a source of this name." in refused.content.decode()
    assert client.post(url, {**data, "name": ""}).status_code == 400
    assert Source.objects.count() == 1


def test_an_empty_review_says_how_the_first_source_comes(as_member, lead):
    page = as_member(lead).get(address(lead, "sources")).content.decode()
    assert "There is no source yet; the first comes with the first file." in page


def make_sources(lead, number):
    """Write sources in one act."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        start = Source.objects.count()
        sources = act.bulk_insert([Source(name=f"Source {start + n:04}") for n in range(number)])
        act.bulk_insert([SourceDetails(source=source) for source in sources])
        act.log("records.test")


def test_the_list_costs_the_same_for_30_and_300_sources(as_member, lead):
    client, costs = as_member(lead), []
    for number in (30, 270):
        make_sources(lead, number)
        costs.append(count_queries(client, address(lead, "sources")))
    assert costs[0] == costs[1]
    first = client.get(address(lead, "sources")).context["page"]
    more = client.get(address(lead, "sources"), {"after": first.next_cursor}).context["rows"]
    assert more[0]["source"].name == "Source 0050"
    assert client.get(address(lead, "sources"), {"after": "x"}).status_code == 404
