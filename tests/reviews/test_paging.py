"""Pages of lists: cursors, their signature, and rows that come and go between two pages."""

import pytest

from records.models import Record
from reviews.models import AuditEvent
from reviews.paging import BadCursor, keyset_page, page_by_uid
from tests.factories import make_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def records(lead):
    return make_records(lead, 7)


def rows(lead):
    return Record.objects.filter(review=lead.review)


def test_pages_run_forth_and_back_without_gap_or_repeat(lead, records):
    first = keyset_page(rows(lead), {}, size=3)
    second = keyset_page(rows(lead), {"after": first.next_cursor}, size=3)
    third = keyset_page(rows(lead), {"after": second.next_cursor}, size=3)
    back = keyset_page(rows(lead), {"before": third.previous_cursor}, size=3)

    assert [*first.rows, *second.rows, *third.rows] == records
    assert (back.rows, third.next_cursor, first.previous_cursor) == (second.rows, "", "")


def test_a_cursor_serves_when_its_row_has_left_the_list(lead, records):
    first = keyset_page(rows(lead), {}, size=3)
    rest = rows(lead).exclude(pk=records[2].pk)
    assert keyset_page(rest, {"after": first.next_cursor}, size=3).rows == records[3:6]


def test_equal_values_are_told_apart_by_the_uid(lead, records):
    by = "recorded_at"
    seen, after = [], {}
    while True:
        page = keyset_page(rows(lead), after, by=by, descending=True, size=2)
        seen += page.rows
        if not page.next_cursor:
            break
        after = {"after": page.next_cursor}
    assert sorted(r.number for r in seen) == [r.number for r in records]


@pytest.mark.catalogue("Z18")
@pytest.mark.parametrize("bad", ["x", "1:2", "\x00", ":"])
def test_what_is_no_cursor_of_the_list_is_refused(lead, records, bad):
    for page, by in ((keyset_page, "number"), (page_by_uid, "pk")):
        with pytest.raises(BadCursor):
            page(rows(lead), {"after": bad}, by=by)


@pytest.mark.catalogue("Z18")
def test_a_cursor_of_another_list_is_refused(lead, records):
    by_number = keyset_page(rows(lead), {}, size=3).next_cursor
    by_uid = page_by_uid(rows(lead), {}, by="number", size=3).next_cursor
    for cursor in (by_number, by_uid):
        with pytest.raises(BadCursor):
            keyset_page(rows(lead), {"after": cursor}, by="recorded_at")
    with pytest.raises(BadCursor):
        keyset_page(rows(lead), {"after": by_uid})
    with pytest.raises(BadCursor):
        page_by_uid(rows(lead), {"after": by_number}, by="number")


def test_where_the_order_may_not_be_told_the_cursor_carries_the_uid_alone(lead, records):
    events = AuditEvent.objects.filter(review=lead.review)
    page = page_by_uid(events, {}, by="position", size=1)
    told = keyset_page(events, {}, by="position", size=1).next_cursor
    assert len(page.next_cursor) < len(told)
    with pytest.raises(BadCursor):
        page_by_uid(events.none(), {"after": page.next_cursor}, by="position")


def test_a_page_of_nothing_has_no_neighbours(lead):
    page = keyset_page(rows(lead).none(), {})
    assert (list(page.rows), page.next_cursor, page.previous_cursor) == ([], "", "")
