"""New files on the pages: what is shown and asked before anything is imported."""

import pytest
from django.test import override_settings

from records.models import BatchState, ImportBatch, Record, Source
from records.services import add_source, import_file
from reviews.roles import Role
from tests.factories import make_batch, make_member, make_source, ris
from tests.pages import address, count_queries
from tests.records.importing import (
    begin,
    bring,
    filled_in,
    receive,
    send,
    state_of,
    titles,
    upload,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_a_file_is_shown_before_anything_of_it_is_imported(as_member, lead):
    client = as_member(lead)
    answer = send(
        client,
        lead,
        upload(ris(["One", "Two", "Two"])),
        platform="Ovid",
        search_string="hip$.mp.",
        searched_on="2026-02-01",
    )
    page = answer.content.decode()
    source = Source.objects.get(review=lead.review)
    details = source.details.current().get()
    assert answer.redirect_chain[-1][0] == address(lead, "imports/check")
    assert (source.name, details.platform, details.searched_on.year) == ("MEDLINE", "Ovid", 2026)
    assert "RIS, utf-8" in page
    assert "<dt>Records</dt><dd>3</dd>" in page
    assert "<bdi>One</bdi>" in page
    assert not Record.objects.exists()
    waiting = client.get(address(lead, "imports")).content.decode()
    assert "1 file waits to be looked at" in waiting


def test_an_import_ends_at_its_ledger_with_the_duplicates_looked_for(as_member, lead):
    known = ris(["Deep gluteal syndrome in forty hips of runners"], DO="10.1000/gluteal")
    import_file(lead=lead, source=make_source(lead), file_name="x.ris", data=known)
    answer = bring(as_member(lead), lead, upload(known + known + ris(["Another study"])))
    page = answer.content.decode()
    assert "3 found = 2 imported + 1 repeated + 0 rejected." in page
    assert "1 new, 1 is a duplicate of another record." in page
    assert Record.objects.filter(review=lead.review).unmerged().count() == 2


def test_several_files_of_one_source_each_have_a_card_and_a_ledger(as_member, lead):
    source = make_source(lead, name="Embase")
    answer = bring(
        as_member(lead),
        lead,
        upload(ris(["One"]), "a.ris"),
        upload(ris(["Two"]), "b.ris"),
        source=source.uid,
        name="",
    )
    assert answer.redirect_chain[-1][0] == address(lead, "imports")
    assert sorted(ImportBatch.objects.values_list("file_name", flat=True)) == ["a.ris", "b.ris"]
    assert Record.objects.filter(review=lead.review).visible().count() == 2
    assert Source.objects.count() == 1


@pytest.mark.catalogue("I46")
def test_a_page_sent_twice_makes_one_batch_and_one_source(as_member, lead):
    client = as_member(lead)
    for _ in range(2):
        answer = send(client, lead, upload(ris(["One"])))
        assert answer.status_code == 200
        assert len(answer.context["cards"]) == 1
    assert ImportBatch.objects.count() == Source.objects.count() == 1


def test_another_file_sent_under_the_same_key_is_not_lost(as_member, lead):
    client = as_member(lead)
    send(client, lead, upload(ris(["One"])))
    assert len(send(client, lead, upload(ris(["Two"]))).context["cards"]) == 2


@pytest.mark.catalogue("I46")
def test_import_pressed_twice_imports_once(as_member, lead):
    client = as_member(lead)
    data = filled_in(send(client, lead, upload(ris(["One", "Two"]))).context["cards"])
    for _ in range(2):
        assert client.post(address(lead, "imports/check"), data, follow=True).status_code == 200
    assert BatchState.objects.current().get().imported == 2
    assert Record.objects.count() == 2


@pytest.mark.catalogue("I46")
def test_a_file_that_somebody_else_is_importing_is_refused_and_still_waits(as_member, lead):
    source, other = make_source(lead), make_member(lead, Role.LEAD)
    running = begin(other, ris(["One"]), source)
    waiting = receive(lead, ris(["One"]), source)
    client = as_member(lead)
    cards = client.get(address(lead, "imports/check")).context["cards"]
    answer = client.post(address(lead, "imports/check"), filled_in(cards))
    assert answer.status_code == 409
    assert "The same file is being imported from this source just now." in answer.content.decode()
    assert state_of(waiting).standing == "received"
    assert state_of(running).standing == "staging"


def test_the_card_of_a_file_imported_before_says_so(as_member, lead):
    source = make_source(lead)
    make_batch(lead, ["One"], source)
    receive(lead, ris(["One"]), source)
    page = as_member(lead).get(address(lead, "imports/check")).content.decode()
    assert "The very same file was imported from this source on" in page


def test_problems_stand_on_the_card_with_their_line(as_member, lead):
    receive(lead, ris(["One"]) + b"TY  - JOUR\nAU  - Nobody\nER  - \n")
    answer = as_member(lead).get(address(lead, "imports/check"))
    (card,) = answer.context["cards"]
    assert card.preview.found == 2
    assert f"Line {card.preview.problems[0].line}: " in answer.content.decode()


def test_problems_of_one_kind_stand_together_on_the_card_with_the_first_ones_line(as_member, lead):
    rows = "".join(f"{number},Title {number},10.5555/a,x\n" for number in range(1, 31))
    receive(lead, f"id,title,doi\n{rows}".encode())
    answer = as_member(lead).get(address(lead, "imports/check"))
    (card,) = answer.context["cards"]
    (kind,) = card.preview.problems
    assert (kind.line, kind.count, kind.others) == (2, 30, list(range(3, 11)))
    page = answer.content.decode()
    assert "<bdi>1,Title 1,10.5555/a,x</bdi></q>" in page
    assert "30 of this kind, also at 3, 4, 5, 6, 7, 8, 9, 10, …." in page


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'key,title,notes\n1,T,"RAYYAN-INCLUSION: {""A""=>""Included""}"\n', "Rayyan"),
        (ris(["One"], N1="RAYYAN-INCLUSION: {A=>Included}"), "Rayyan"),
        (ris(["One"], N1="ASReview_relevant"), "ASReview"),
        (b"title,abstract,asreview_label\nT,Text,1\n", "ASReview (column “asreview_label”)"),
        (b"title,included\nT,1\n", "the column “included”"),
        (b'Title,Notes\nT,"Exclusion reason: Wrong population"\n', "Covidence"),
    ],
)
def test_decisions_in_a_file_are_said_to_be_seen_and_not_taken_over(as_member, lead, data, where):
    receive(lead, data)
    page = as_member(lead).get(address(lead, "imports/check")).content.decode()
    assert f"This file holds decisions of {where}" in page
    assert "not yet taken over" in page


def test_of_a_file_without_decisions_nothing_is_said(as_member, lead):
    receive(lead, ris(["Decisions of included patients"]))
    page = as_member(lead).get(address(lead, "imports/check")).content.decode()
    assert "holds decisions" not in page


def test_a_long_file_is_looked_at_in_part(as_member, lead, monkeypatch):
    monkeypatch.setattr("records.previews.ITEMS_READ", 3)
    receive(lead, ris(titles(4)))
    page = as_member(lead).get(address(lead, "imports/check")).content.decode()
    assert "3 in the part that was looked at; there are more" in page


def test_a_file_can_be_read_as_another_format(as_member, lead):
    batch = receive(lead, ris(["One"]))
    client, url = as_member(lead), address(lead, "imports/check")
    data = filled_in(client.get(url).context["cards"])
    data[f"{batch.uid.hex}-format"] = "xlsx"

    page = client.post(url, {**data, "look": "1"}).content.decode()
    assert "Read it as another format below, or do not import it." in page
    assert client.post(url, data).status_code == 400
    assert state_of(batch).standing == "received"

    data[f"{batch.uid.hex}-format"] = "ris"
    client.post(url, data)
    assert state_of(batch).standing == "published"


def test_a_file_on_a_card_need_not_be_imported(as_member, lead):
    first, second = receive(lead, ris(["One"])), receive(lead, ris(["Two"]))
    client = as_member(lead)
    answer = client.post(address(lead, "imports", first.uid, "cancel"), follow=True)
    assert answer.redirect_chain[-1][0] == address(lead, "imports/check")
    assert [card.batch for card in answer.context["cards"]] == [second]
    assert state_of(first).standing == "cancelled"


@pytest.mark.catalogue("I34")
def test_the_columns_of_an_unknown_table_are_asked_for_and_remembered(as_member, lead):
    table = b"Titel;Jahr\nEine Studie;2020\n"
    client, url = as_member(lead), address(lead, "imports/check")
    (card,) = send(client, lead, upload(table, "t.csv")).context["cards"]
    page = client.get(url).content.decode()
    assert "2 columns, parted by semicolons." in page
    assert "say which one holds it" in page
    data = filled_in([card])
    blocked = client.post(url, data)
    assert blocked.status_code == 400
    assert "Nothing was imported yet" in blocked.content.decode()
    assert not Record.objects.exists()

    chosen = {
        f"{card.form.prefix}-column-title": "Titel",
        f"{card.form.prefix}-column-year": "Jahr",
    }
    looked = client.post(url, {**data, **chosen, "look": "1"})
    assert looked.context["cards"][0].preview.records[0].title == "Eine Studie"
    assert not Record.objects.exists()
    client.post(url, {**data, **chosen})
    record = Record.objects.get()
    assert (record.title, record.year) == ("Eine Studie", 2020)

    receive(lead, table.replace(b"Eine", b"Zweite"))
    (again,) = client.get(url).context["cards"]
    assert again.form["column-title"].value() == "Titel"
    assert again.preview.records[0].title == "Zweite Studie"


def test_a_column_that_the_reader_knows_can_be_left_out(as_member, lead):
    receive(lead, b"Title,Year\nA study,2020\n")
    client, url = as_member(lead), address(lead, "imports/check")
    (card,) = client.get(url).context["cards"]
    assert card.form["column-year"].value() == "Year"
    data = {**filled_in([card]), f"{card.form.prefix}-column-year": ""}
    client.post(url, data)
    assert Record.objects.get().year is None
    page = client.get(address(lead, "imports", card.batch.uid)).content.decode()
    assert "Year: no column" in page


@pytest.mark.catalogue("I36")
def test_a_header_that_names_two_columns_alike_is_told(as_member, lead):
    receive(lead, b"Title,DOI,DOI,\nA study,10.1/a,10.1/b,c\n")
    page = as_member(lead).get(address(lead, "imports/check")).content.decode()
    assert "The header names more than one column “DOI”; where you choose it, the first" in page
    assert "no name" in page


def test_a_table_whose_columns_nobody_has_seen_is_shown_first(as_member, lead):
    batch = receive(lead, ris(["One"]))
    client, url = as_member(lead), address(lead, "imports/check")
    data = filled_in(client.get(url).context["cards"])
    data[f"{batch.uid.hex}-format"] = "csv"
    assert client.post(url, data).status_code == 400
    assert state_of(batch).standing == "received"


@pytest.mark.catalogue("I23")
def test_a_refused_file_says_why_and_leaves_no_record(as_member, lead):
    answer = send(as_member(lead), lead, upload(b"%PDF-1.7\x00\x01 no references"))
    page = answer.content.decode()
    assert "The file was refused; nothing of it was imported." in page
    assert "Upload the file again" in page
    assert not Record.objects.exists()


def test_of_several_files_the_refused_are_told_and_the_others_wait(as_member, lead):
    answer = send(
        as_member(lead), lead, upload(b"%PDF-1.7\x00\x01", "x.pdf"), upload(ris(["One"]), "a.ris")
    )
    assert "x.pdf was not imported." in answer.content.decode()
    assert [card.batch.file_name for card in answer.context["cards"]] == ["a.ris"]


def test_what_was_typed_is_kept_beside_the_error(as_member, lead):
    answer = send(as_member(lead), lead, upload(ris(["One"])), name="", platform="Ovid")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Choose a source above or name a new one." in page
    assert 'value="Ovid"' in page
    assert not Source.objects.exists()
    assert not ImportBatch.objects.exists()


def test_a_missing_file_is_an_error_beside_the_field(as_member, lead):
    answer = send(as_member(lead), lead)
    assert answer.status_code == 400
    assert "uploads" in answer.context["form"].errors
    assert not Source.objects.exists()


def test_a_file_above_the_limit_is_refused_in_plain_words(as_member, lead, monkeypatch):
    monkeypatch.setattr("records.forms.imports.MEGABYTE", 10)
    answer = send(as_member(lead), lead, upload(ris(["One"] * 50)))
    assert "search.ris is larger than 100 MB" in answer.content.decode()
    assert not ImportBatch.objects.exists()


@pytest.mark.catalogue("I14")
@override_settings(MAX_UPLOAD_MB=1)
def test_a_request_above_the_limit_is_refused_before_it_is_read(as_member, lead):
    class Unread:
        def read(self, *size):
            pytest.fail("the body was read")

        readline = read

    answer = as_member(lead).generic(
        "POST",
        address(lead, "imports/new"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(500 * 1024 * 1024),
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert b"larger than 1 MB" in answer.content
    assert not ImportBatch.objects.exists()


def test_a_source_whose_name_is_taken_by_another_search_is_refused(as_member, lead):
    add_source(lead=lead, name="MEDLINE", platform="Ovid")
    answer = send(as_member(lead), lead, upload(ris(["One"])), platform="PubMed")
    assert answer.status_code == 409
    assert "The review has a source of this name." in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_cards_cost_the_same_for_few_and_many_files(as_member, lead, monkeypatch):
    monkeypatch.setattr("records.views.import_checks.CARDS_SHOWN", 6)
    source = make_source(lead)
    client = as_member(lead)
    costs = []
    for number in (2, 5):
        for _ in range(number):
            receive(lead, b"Title,Year\nA study,2020\n", source)
        costs.append(count_queries(client, address(lead, "imports/check")))
    assert costs[0] == costs[1]
    page = client.get(address(lead, "imports/check"))
    assert len(page.context["cards"]) == 6
    assert "1 more file waits" in page.content.decode()
