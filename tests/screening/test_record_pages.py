"""The list of records and the page of one."""

from unittest.mock import patch

import pytest

from records.choices import DuplicateStanding
from records.models import DuplicateGroup, Record, RecordText
from records.services import (
    create_label,
    find_duplicates,
    import_file,
    label_records,
    merge_group,
    set_record_details,
    undo_import,
)
from screening.services import release_records, submit_decision
from tests.factories import (
    make_batch,
    make_member,
    make_records,
    make_screening,
    make_source,
    ris,
)
from tests.pages import OF_THE_RAIL, address, count_queries

pytestmark = pytest.mark.django_db
PAGE = 50


def merge_all(lead) -> None:
    find_duplicates(lead=lead)
    groups = DuplicateGroup.objects.filter(review=lead.review)
    for group in groups.of_standing(DuplicateStanding.WAITING):
        merge_group(lead=lead, group=group)


def found(client, lead, **query) -> list[int]:
    """Return the numbers on the page, the same whether few are gathered or many are walked."""
    ways = []
    for most in (0, 1, 1_000):
        with patch("records.listing.COUNTED_TO", most):
            page = client.get(address(lead, "records"), query).context["page"]
        ways.append([record.number for record in page.rows])
    assert ways[0] == ways[1] == ways[2]
    return ways[0]


def test_an_empty_review_says_where_records_come_from(as_member, lead, reviewer_a):
    assert b"Import a file" in as_member(lead).get(address(lead, "records")).content
    page = as_member(reviewer_a).get(address(lead, "records")).content.decode()
    assert "the lead imports them" in page


def test_pages_follow_each_other_without_gap_or_repeat_and_back(as_member, lead):
    records = make_records(lead, PAGE + 10)
    client = as_member(lead)
    first = client.get(address(lead, "records")).context["page"]
    second = client.get(address(lead, "records"), {"after": first.next_cursor}).context["page"]
    back = client.get(address(lead, "records"), {"before": second.previous_cursor}).context["page"]

    assert [*first.rows, *second.rows] == records
    assert back.rows == first.rows
    assert (first.previous_cursor, second.next_cursor) == ("", "")


@pytest.mark.catalogue("Z18")
def test_a_cursor_that_was_changed_is_not_found(as_member, lead):
    make_records(lead, 2)
    assert as_member(lead).get(address(lead, "records"), {"after": "made:up"}).status_code == 404


def test_every_word_of_a_search_must_match(as_member, lead):
    make_batch(lead, ["Hip pain in adults", "Hip pain in children", "Knee pain in adults"])
    page = as_member(lead).get(address(lead, "records"), {"q": "ADULTS hip"}).context["page"]
    assert [record.title for record in page.rows] == ["Hip pain in adults"]


def test_a_filter_can_be_taken_off_again(as_member, lead):
    make_records(lead, 2)
    page = as_member(lead).get(address(lead, "records"), {"q": "nowhere", "year_from": "2020"})
    assert b"Nothing matches." in page.content
    assert [chip["without"] for chip in page.context["chips"]] == ["?year_from=2020", "?q=nowhere"]


@pytest.mark.catalogue("Z16")
def test_a_filter_that_cannot_be_read_finds_nothing_and_says_so(as_member, lead):
    make_records(lead, 2)
    answer = as_member(lead).get(
        address(lead, "records"), {"year_from": "x", "mine": "reviewer__email"}
    )
    assert answer.status_code == 400
    assert not answer.context["page"].rows
    assert "Enter a whole number" in answer.content.decode()


def test_my_decision_filters_by_my_own_votes_alone(as_member):
    _, (a, b), (first, second) = make_screening(2)
    submit_decision(reviewer=a, record=first, stage="title-abstract", verdict="include")
    submit_decision(reviewer=b, record=second, stage="title-abstract", verdict="include")
    client = as_member(a)

    assert found(client, a, mine="title-abstract:include") == [first.number]
    assert found(client, a, mine="title-abstract:none") == [second.number]


def test_a_source_finds_the_records_merged_behind_those_of_another(as_member, lead):
    kept = make_batch(lead, ["The very same title of one and the same paper on hips"])
    other = make_batch(lead, ["The very same title of one and the same paper on hips"])
    merge_all(lead)
    client = as_member(lead)
    for batch in (kept, other):
        query = {"source": batch.source.uid}
        page = client.get(address(lead, "records"), query).context["page"]
        assert len(page.rows) == 1


def test_the_list_and_the_record_cost_the_same_for_30_and_300_records(as_member, lead):
    records = make_records(lead, 30)
    client = as_member(lead)
    listed = address(lead, "records")
    queries = ["", "?q=title", "?year_from=2000&abstract=no", "?mine=title-abstract:none"]
    urls = [listed + query for query in queries]
    urls.append(address(lead, "records", records[0].uid))
    urls.append(f"{listed}?open={records[0].uid}")
    before = [count_queries(client, url) for url in urls]
    assert max(before[:4]) <= 8 + OF_THE_RAIL
    make_records(lead, 270)
    assert [count_queries(client, url) for url in urls] == before


def test_a_record_shows_where_else_it_was_found_and_its_raw_text(as_member, lead):
    make_batch(lead, ["One title that two sources gave of the same hip paper"])
    make_batch(lead, ["One title that two sources gave of the same hip paper"])
    merge_all(lead)
    kept = Record.objects.filter(review=lead.review).unmerged().get()
    page = as_member(lead).get(address(lead, "records", kept.uid)).content.decode()
    assert "Same paper in" in page
    assert "TI  - One title" in page


@pytest.mark.catalogue("I41")
def test_only_web_addresses_become_links(as_member, lead):
    from records.services import import_file
    from tests.factories import make_source, ris

    data = ris(["<script>alert(1)</script>"], UR="javascript:alert(1)")
    import_file(lead=lead, source=make_source(lead), file_name="x.ris", data=data)
    record = Record.objects.get(review=lead.review)
    page = as_member(lead).get(address(lead, "records", record.uid)).content.decode()
    assert 'href="javascript' not in page
    assert "<script>alert" not in page


@pytest.mark.catalogue("Z02")
def test_a_record_of_another_review_is_not_found(as_member, lead):
    (foreign,) = make_screening(1)[2]
    assert as_member(lead).get(address(lead, "records", foreign.uid)).status_code == 404


@pytest.mark.catalogue("B12")
def test_votes_are_shown_to_others_only_once_released(as_member):
    lead, (a, b), (record,) = make_screening(1)
    reader = make_member(lead, "observer")
    url = address(lead, "records", record.uid)
    submit_decision(
        reviewer=a, record=record, stage="title-abstract", verdict="include", note="my words"
    )
    submit_decision(reviewer=b, record=record, stage="title-abstract", verdict="include")
    assert "my words" in as_member(a).get(url).content.decode()
    for other in (b, reader, lead):
        assert "my words" not in as_member(other).get(url).content.decode()

    release_records(lead=lead, stage="title-abstract")
    for anyone in (b, reader, lead):
        assert "my words" in as_member(anyone).get(url).content.decode()


def test_an_adjudicator_reads_the_votes_on_a_conflict_on_its_own_page_only(as_member):
    lead, (a, b), (record,) = make_screening(1, settling_rule="third_person")
    judge = make_member(lead, "adjudicator")
    submit_decision(
        reviewer=a, record=record, stage="title-abstract", verdict="include", note="my words"
    )
    submit_decision(reviewer=b, record=record, stage="title-abstract", verdict="exclude")
    client = as_member(judge)
    assert "my words" not in client.get(address(lead, "records", record.uid)).content.decode()
    conflict = address(lead, "screening/title-abstract/conflicts", record.uid)
    assert "my words" in client.get(conflict).content.decode()


def test_the_size_of_the_list_comes_from_the_ledgers_less_what_was_merged(as_member, lead):
    client = as_member(lead)
    make_batch(lead, ["The very same title of one and the same paper on hips", "Another"])
    batch = make_batch(lead, ["The very same title of one and the same paper on hips"])
    undone = make_batch(lead, ["Undone", "Undone as well"])
    merge_all(lead)
    undo_import(lead=lead, batch=undone)

    def size():
        return client.get(address(lead, "records")).context["size"].words

    assert size() == str(Record.objects.filter(review=lead.review).unmerged().count()) == "2"
    undo_import(lead=lead, batch=batch)
    assert size() == "2"


def test_what_is_narrowed_is_counted_so_far_and_exactly_on_demand(as_member, lead, monkeypatch):
    monkeypatch.setattr("records.listing.COUNTED_TO", 3)
    make_records(lead, 5)
    client, url = as_member(lead), address(lead, "records")
    page = client.get(url, {"q": "title"})
    assert "More than 3 records match." in page.content.decode()
    assert "5 records match." in client.get(url, {"q": "title", "count": "1"}).content.decode()
    assert "1 record matches." in client.get(url, {"q": "#2"}).content.decode()


def test_a_search_is_paged_without_gap_or_repeat_and_back(as_member, lead):
    records = make_records(lead, PAGE + 10)
    client, url = as_member(lead), address(lead, "records")
    first = client.get(url, {"q": "title"}).context["page"]
    second = client.get(url, {"q": "title", "after": first.next_cursor}).context["page"]
    back = client.get(url, {"q": "title", "before": second.previous_cursor}).context["page"]
    assert [*first.rows, *second.rows] == records
    assert back.rows == first.rows


def test_each_filter_narrows_the_list(as_member, lead):
    fields = {"LA": "ger", "AB": "An abstract of some length on hips"}
    source = make_source(lead)
    data = ris(["First"], **fields) + ris(["Second"]).replace(b"2020", b"2022")
    batch = import_file(lead=lead, source=source, file_name="one.ris", data=data)
    make_batch(lead, ["Third"])
    label = create_label(member=lead, name="Rats")
    first, second, third = Record.objects.filter(review=lead.review).order_by("number")
    label_records(member=lead, label=label, records=[second.pk])
    set_record_details(lead=lead, record=third, language="French")
    client = as_member(lead)
    assert found(client, lead, source=source.uid) == [1, 2]
    assert found(client, lead, batch=batch.uid) == [1, 2]
    assert found(client, lead, year_from="2021") == [2]
    assert found(client, lead, year_to="2021") == [1, 3]
    assert found(client, lead, year_from="2021", year_to="2020") == []
    assert found(client, lead, language="ger") == ([1] if first.language == "ger" else [])
    assert found(client, lead, language="French") == [3]
    assert found(client, lead, record_type=first.record_type) == [1, 2, 3]
    assert found(client, lead, abstract="yes") == [1]
    assert found(client, lead, abstract="no") == [2, 3]
    assert found(client, lead, label=label.uid) == [2]
    assert found(client, lead, notice="any") == []
    assert found(client, lead, notice="file") == []
    assert found(client, lead, q="third", year_to="2021") == [3]


def test_the_standing_of_records_narrows_the_list_only_once_released(as_member):
    lead, (a, b), (first, _) = make_screening(2)
    for member in (a, b):
        submit_decision(reviewer=member, record=first, stage="title-abstract", verdict="include")
    client = as_member(a)
    assert found(client, a, standing="title-abstract:include") == []
    release_records(lead=lead, stage="title-abstract")
    assert found(client, a, standing="title-abstract:include") == [1]
    assert found(client, a, standing="title-abstract:exclude") == []


def test_columns_are_chosen_by_the_address(as_member, lead):
    make_records(lead, 1)
    client, url = as_member(lead), address(lead, "records")
    assert "Journal</th>" in client.get(url).content.decode()
    page = client.get(url, {"columns": ["doi"]}).content.decode()
    assert "DOI</th>" in page
    assert "Journal</th>" not in page


def test_a_record_opens_beside_the_list_under_an_address_of_its_own(as_member, lead):
    _, second = make_records(lead, 2)
    client = as_member(lead)
    page = client.get(address(lead, "records"), {"open": second.uid}).content.decode()
    assert f"Record {second.number}</h2>" in page
    panel = address(lead, "records", second.uid, "panel")
    fragment = client.get(panel, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert f"Record {second.number}</h2>" in fragment
    assert client.get(panel).url == address(lead, "records", second.uid)
    for nonsense in ("x", "\x00", str(make_screening(1)[2][0].uid)):
        assert client.get(address(lead, "records"), {"open": nonsense}).status_code == 200


@pytest.mark.catalogue("B12")
def test_the_history_of_a_record_tells_ones_own_acts_and_released_ones(as_member):
    lead, (a, b), (record,) = make_screening(1)
    submit_decision(reviewer=a, record=record, stage="title-abstract", verdict="exclude")
    submit_decision(reviewer=a, record=record, stage="title-abstract", verdict="include")
    submit_decision(reviewer=b, record=record, stage="title-abstract", verdict="include")
    url = address(lead, "records", record.uid)

    def history(member):
        return [f"{m.who} {m.did}" for m in as_member(member).get(url).context["whole"].moments]

    own = ["You answered include (title and abstract)", "You answered exclude (title and abstract)"]
    assert history(a)[:2] == own
    assert history(b)[:1] == own[:1]
    assert len(history(lead)) == 1
    release_records(lead=lead, stage="title-abstract")
    assert f"{b} answered include (title and abstract)" in history(a)
    assert len(history(lead)) == 4


@pytest.mark.catalogue("I09")
@pytest.mark.catalogue("I11")
@pytest.mark.catalogue("I42")
def test_a_title_of_any_kind_is_shown_as_it_is_and_kept_to_its_place(as_member, lead):
    titles = ["\u202egnirts desrever\u202c {{7*7}} ${x} %s", "x" * 9_000]
    make_batch(lead, titles)
    records = Record.objects.filter(review=lead.review).order_by("number")
    client = as_member(lead)
    page = client.get(address(lead, "records")).content.decode()
    assert "<bdi>" + records[0].title + "</bdi>" in page
    assert "{{7*7}} ${x} %s" in page
    assert "x" * 301 not in page, "a row shows the beginning of a long title"
    for record in records:
        shown = client.get(address(lead, "records", record.uid)).content.decode()
        assert f'dir="auto">{record.title}</h2>' in shown


@pytest.mark.catalogue("I43")
def test_marks_of_every_engine_find_nothing_and_break_nothing(as_member, lead):
    make_records(lead, 2)
    client, url = as_member(lead), address(lead, "records")
    for text in ("'; DROP TABLE x; --", '"', "NEAR(", "a:*", "%_", "hip\x00", "!(&|)"):
        for name in ("q", "language", "record_type", "source", "label", "open", "after"):
            assert client.get(url, {name: text}).status_code in {200, 400, 404}, (name, text)
    assert RecordText.objects.filter(record__review=lead.review).count() == 2


def test_a_page_of_the_list_says_which_records_of_how_many_it_shows(as_member, lead):
    make_records(lead, PAGE + 10)
    client, url = as_member(lead), address(lead, "records")

    def place(**asked):
        page = client.get(url, asked)
        return page.context["place"], page.context["page"], page.content.decode()

    first, page, html = place()
    assert f"1–{PAGE} of {PAGE + 10}" in html
    second, last, html = place(after=page.next_cursor, at=first.after)
    assert f"{PAGE + 1}–{PAGE + 10} of {PAGE + 10}" in html
    assert place(before=last.previous_cursor, at=second.before)[0] == first
    for wrong in ("", "7", "999", "-1", "x", "0"):
        unknown, _, html = place(after=page.next_cursor, at=wrong)
        assert unknown.first == 0
        assert f"10 of {PAGE + 10}" in html


def test_each_filter_in_force_stands_at_its_chip_and_is_taken_off_there(as_member, lead):
    make_records(lead, 2)
    asked = {"year_from": "2000", "year_to": "2030", "abstract": "no", "q": "title"}
    page = as_member(lead).get(address(lead, "records"), asked)
    on = page.context["on"]
    assert on["years"] == {"words": "From: 2000, To: 2030", "without": "?abstract=no&q=title"}
    assert [chip["words"] for chip in on["others"]] == ["Abstract: Without abstract"]
    assert "Remove the filter From: 2000, To: 2030" in page.content.decode()
