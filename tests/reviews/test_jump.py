"""Search and jump: everything a member may open, found by what they type, and nothing else."""

import re

import pytest

from extraction.services import rename_study
from records.services import import_file
from reviews.places import places_for
from screening.services import release_records, submit_decision
from tests.extraction.factories import make_studies
from tests.factories import make_batch, make_member, make_records, make_screening, make_source, ris
from tests.pages import address, count_queries
from tests.world import make_world

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}
IN_RAIL = re.compile(r'<nav class="rail".*?</nav>', re.DOTALL)


def found(member, text: str) -> dict[str, list[str]]:
    return {group.key: [p.label for p in group.places] for group in places_for(member, text)}


@pytest.mark.parametrize("role", ["lead", "a", "adjudicator", "observer"])
def test_every_page_of_the_rail_can_be_jumped_to_and_every_place_opens(role, as_member):
    world = make_world()
    member = getattr(world, role)
    client = as_member(member)
    groups = places_for(member, "")
    places = [place.url for group in groups for place in group.places]
    rail = IN_RAIL.search(client.get(address(member)).content.decode())
    linked = set(re.findall(r'href="([^"]+)"', rail[0]))

    tables = [place.url for group in places_for(member, "flow") for place in group.places]
    assert linked - {*places, *tables} == set()
    assert {client.get(url).status_code for url in places} <= {200, 302}
    assert {group.key for group in groups} <= {"acts", "pages"}


def test_a_record_is_found_by_number_author_identifier_and_words_of_its_title(lead):
    data = ris(["Hip pain in adults"], AU="Brannock, A.", DO="10.1000/abc.12", AN="38512345")
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)
    make_batch(lead, ["Knee pain in children"])
    for text in ("#1", "1", "brannock", "10.1000/abc.12", "adult hip"):
        assert found(lead, text)["records"] == ["Hip pain in adults"], text
    assert found(lead, "pain")["records"] == ["Hip pain in adults", "Knee pain in children"]
    assert "records" not in found(lead, "elbow")


def test_a_bare_number_finds_the_record_of_that_number_before_all_others(lead):
    make_batch(lead, [f"Title {n} of 7 more" for n in range(9)])
    assert found(lead, "7")["records"][0] == "Title 6 of 7 more"


def test_at_most_eight_records_are_listed_and_then_the_way_to_all(lead, as_member):
    make_records(lead, 12)
    (records,) = (group for group in places_for(lead, "title") if group.key == "records")
    assert len(records.places) == 9
    assert as_member(lead).get(records.places[-1].url).context["size"].number == 12


def test_an_act_is_found_by_its_words_and_told_once_to_the_dialog(as_member):
    _, (a, _), _ = make_screening(2)
    url, client = address(a, "jump"), as_member(a)
    assert found(a, "screen tit")["acts"] == ["Screen 2 titles"]
    assert "Screen 2 titles" in client.get(url, headers=FRAGMENT).content.decode()
    assert "Screen 2 titles" in client.get(url, {"q": "screen"}).content.decode()
    typed = client.get(url, {"q": "screen"}, headers=FRAGMENT).content.decode()
    assert "Screen 2 titles" not in typed
    assert "<html" not in typed


def test_a_study_is_found_by_its_name_by_whom_may_know_of_it(lead):
    study, _ = make_studies(lead, 2)
    rename_study(lead=lead, study=study, label="Brannock 2021")
    stranger_to_it = make_member(lead, "reviewer")
    assert found(lead, "brann 2021")["studies"] == ["Brannock 2021"]
    assert "studies" not in found(stranger_to_it, "brannock")


@pytest.mark.catalogue("B10")
def test_what_another_said_of_a_record_moves_nothing_that_is_found(as_member):
    lead, (a, b), (record, _) = make_screening(2)
    url, client = address(a, "jump"), as_member(a)
    asked = ["", "title", "exclude", "private words", f"#{record.number}"]

    def pages():
        return [client.get(url, {"q": text}, headers=FRAGMENT).content for text in asked]

    before = pages()
    submit_decision(
        reviewer=b, record=record, stage="title-abstract", verdict="exclude", note="private words"
    )
    release_records(lead=lead, stage="title-abstract")
    assert pages() == before


def test_nothing_found_says_what_to_type_and_what_was_typed_is_shown_as_text(lead, as_member):
    client, url = as_member(lead), address(lead, "jump")
    for headers in ({}, FRAGMENT):
        page = client.get(url, {"q": "<b>zebra"}, headers=headers).content.decode()
        assert "&lt;b&gt;zebra" in page
        assert "<b>zebra" not in page
        assert "Nothing is found" in page
    assert client.get(url, {"q": "\x00"}).status_code == 400
    assert client.get(url, {"q": "x" * 501}, headers=FRAGMENT).status_code == 400


def test_the_jump_costs_the_same_for_30_and_300_records(lead, as_member):
    make_records(lead, 30)
    client = as_member(lead)
    urls = [address(lead, "jump") + query for query in ("", "?q=title", "?q=12", "?q=%2312")]
    before = [count_queries(client, url) for url in urls]
    make_records(lead, 270)
    assert [count_queries(client, url) for url in urls] == before
