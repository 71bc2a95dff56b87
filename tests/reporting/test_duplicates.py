"""The table of duplicates says of each record what was decided, and by whom."""

import pytest

from reporting.reports.duplicates import DUPLICATES
from reporting.snapshot import take_snapshot
from screening.models import DuplicateGroup
from screening.services import find_duplicates, import_file, merge_group, separate_group
from tests.factories import make_batch, make_source, ris

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
