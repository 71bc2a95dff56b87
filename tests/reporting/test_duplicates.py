"""The table of duplicates says of each record what was decided, and by whom."""

import pytest

from records.models import DuplicateGroup, ImportBatch, Record
from records.services import (
    find_duplicates,
    import_file,
    merge_group,
    separate_group,
    tell_companions,
)
from reporting.flow import flow_columns
from reporting.reports.duplicates import DUPLICATES
from reporting.snapshot import take_snapshot
from tests.factories import make_batch, make_source, ris
from tests.records.grouping import make_group

pytestmark = pytest.mark.django_db
TITLE = "Endoscopic resection of the lesser trochanter in twelve hips"


def rows(review) -> list[dict[str, str]]:
    table = DUPLICATES.table(take_snapshot(review))
    return [{key: cell.text for key, cell in row.cells.items()} for row in table.rows]


def test_a_sure_merge_is_the_machines_and_names_the_record_kept(lead):
    make_batch(lead, [TITLE])
    make_batch(lead, [TITLE + "."])
    find_duplicates(lead=lead)

    first, second = rows(lead.review)

    assert (first["kept"], second["kept"]) == ("yes", "no")
    assert first["group"] == second["group"]
    assert {first["decided_by"], second["decided_by"]} == {"machine"}


def test_a_group_waits_without_a_name_then_carries_the_persons_and_parted_is_gone(lead):
    data = ris([TITLE], DO="10.1000/one") + ris([TITLE], DO="10.1000/two")
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)
    find_duplicates(lead=lead)
    assert {row["decided_by"] for row in rows(lead.review)} == {""}

    merge_group(lead=lead, group=DuplicateGroup.objects.get())
    assert {row["decided_by"] for row in rows(lead.review)} == {str(lead)}

    separate_group(lead=lead, group=DuplicateGroup.objects.get())
    assert rows(lead.review) == []


def test_reports_of_one_study_are_no_duplicates(lead):
    make_batch(lead, [TITLE])
    make_batch(lead, ["Another report of these hips at ten years"])
    group = make_group(lead, list(Record.objects.filter(review=lead.review)))
    tell_companions(lead=lead, group=group)
    assert rows(lead.review) == []


def test_counts_of_each_source_stay_right_however_often_a_group_is_decided(lead):
    sources = [make_source(lead, name=name) for name in ("Alpha", "Beta")]
    for source, alone in zip(sources, ("Only in the first", "Only in the second"), strict=True):
        make_batch(lead, [TITLE, alone], source=source)
    copies = Record.objects.filter(review=lead.review, title=TITLE)
    group = make_group(lead, list(copies))

    def counts():
        searched, other = flow_columns(take_snapshot(lead.review))
        assert other.counts.found == {}
        found = {sources[0].pk: 2, sources[1].pk: 2}
        assert searched.counts.found == found
        assert [found_by.count() for found_by in map(found_in, sources)] == [2, 2]
        return searched.counts.duplicates, searched.counts.waiting

    def found_in(source):
        papers = Record.objects.filter(review=lead.review).unmerged()
        return papers.found_in(ImportBatch.objects.filter(source=source))

    assert counts() == (0, 4)
    for decide in (merge_group, separate_group, tell_companions, merge_group):
        decide(lead=lead, group=group)
        merged = decide is merge_group
        assert counts() == ((1, 3) if merged else (0, 4))
